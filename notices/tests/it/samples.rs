//! One paper of every kind, as an office would issue it.

use jiff::civil::date;
use notices::{
    Addressee, CaseFacts, Certificate, Contact, Deferred, Delivered, Document, Due, Ending, Ground, Kind, Notice,
    Period, Remedies, Remedy, Request, Verification,
};
use protocol::catalogue::Text;

pub(crate) fn text(zh: &str, en: &str) -> Text {
    Text::new(zh, en)
}

pub(crate) fn notice(kind: Kind) -> Notice {
    Notice {
        department: text("榕江区市场监督管理局", "Rongjiang District Administration for Market Regulation"),
        number: "榕市监许〔2026〕第00128号".into(),
        issued: date(2026, 9, 30),
        addressee: Addressee {
            name: "榕江区沙头街道老陈家常菜馆".into(),
            identity: Some("9244**********5T3X".into()),
            agent: Some("陈小满".into()),
        },
        case: CaseFacts {
            number: "440304-20260930-00128-7".into(),
            item: text("食品经营许可（新办）", "Food Business Licence (new)"),
            matter: text("行政许可", "Administrative Licence"),
            received: date(2026, 9, 28),
            query_code: Some("1xW4n6PXM9VmISOLBIj3MW".into()),
        },
        kind,
        english: true,
        handler: Some("李雨晴".into()),
        contact: Some(Contact {
            place: text(
                "榕江区政务服务大厅二楼综合窗口（福民路123号）",
                "Rongjiang District Service Hall, 2nd floor, 123 Fumin Road",
            ),
            phone: "0755-8200 1234".into(),
        }),
        verification: Some(Verification {
            address: "https://hall.rongjiang.example.gov.cn/verify/4Q7ZK2M9XW3T".into(),
            code: "4Q7Z-K2M9-XW3T".into(),
        }),
        sample: true,
    }
}

pub(crate) fn law(article: &str, article_en: &str) -> Text {
    text(
        &format!("《中华人民共和国行政许可法》{article}"),
        &format!("{article_en} of the Administrative Licensing Law"),
    )
}

pub(crate) fn remedies() -> Remedies {
    Remedies {
        review: Some(Remedy {
            authority: text("榕江区人民政府", "the People's Government of Rongjiang District"),
            within: Period::days(60),
        }),
        litigation: Some(Remedy {
            authority: text("榕江区人民法院", "the People's Court of Rongjiang District"),
            within: Period::months(6),
        }),
    }
}

pub(crate) fn documents() -> Vec<Document> {
    vec![
        Document {
            name: text("食品经营许可申请书", "Application form for a food business licence"),
            form: text("原件", "Original"),
            copies: 1,
            remark: Text::default(),
        },
        Document {
            name: text("营业执照", "Business licence"),
            form: text("共享获取", "Pulled"),
            copies: 1,
            remark: text("由市场主体登记库核验，免提交", "Checked in the business register; no copy needed"),
        },
        Document {
            name: text(
                "与食品经营相适应的主要设备设施布局图、操作流程等文件",
                "Layout of equipment and facilities, and the workflow",
            ),
            form: text("复印件", "Copy"),
            copies: 2,
            remark: Text::default(),
        },
        Document {
            name: text("从业人员健康证明", "Health certificates of the staff"),
            form: text("告知承诺", "Commitment"),
            copies: 1,
            remark: text("签署承诺书代替", "Replaced by a signed commitment"),
        },
    ]
}

pub(crate) fn receipt() -> Notice {
    notice(Kind::Receipt {
        documents: documents(),
        answer_within: Some(Period::working_days(5)),
        silence_accepts: true,
    })
}

pub(crate) fn correction() -> Notice {
    notice(Kind::Correction {
        requests: vec![
            Request {
                document: text("设备设施布局图", "Layout of equipment"),
                reason: text(
                    "图上未标明洗手消毒设施的位置，请补充标注并由申请人签字。",
                    "The place for washing and disinfecting hands is not marked; add it and sign.",
                ),
            },
            Request {
                document: text("从业人员健康证明", "Health certificates"),
                reason: text(
                    "厨师王㐂的健康证明已于2026年8月1日到期，请提交有效证明。",
                    "The certificate of the cook 王㐂 ended on 1 August 2026; hand in a valid one.",
                ),
            },
        ],
        basis: vec![law("第三十二条第一款第四项", "Article 32(1)(4)")],
        due: Some(date(2026, 10, 23)),
        otherwise: text("视为撤回申请", "the application counts as withdrawn"),
    })
}

pub(crate) fn acceptance() -> Notice {
    notice(Kind::Acceptance {
        accepted: date(2026, 9, 30),
        deemed: false,
        basis: vec![law("第三十二条第一款第五项", "Article 32(1)(5)")],
        statutory: Some(Period::working_days(20)),
        promised: Some(Period::working_days(5)),
        due: Due { date: date(2026, 10, 13), provisional: false },
        documents: documents(),
        deferred: vec![Deferred {
            document: text("场所使用证明（租赁合同）", "Proof of premises (lease)"),
            due: date(2026, 10, 12),
        }],
    })
}

pub(crate) fn non_acceptance() -> Notice {
    notice(Kind::NonAcceptance {
        ground: Ground::NotCompetent {
            competent: text("榕江区城市管理和综合执法局", "the District Urban Management Bureau"),
        },
        reason: text(
            "所申请的户外招牌设置不属于食品经营许可的范围，由城市管理部门负责。",
            "Setting up an outdoor sign is no part of the food business licence; urban management is responsible for it.",
        ),
        basis: vec![law("第三十二条第一款第二项", "Article 32(1)(2)")],
        remedies: remedies(),
    })
}

pub(crate) fn special_procedure() -> Notice {
    notice(Kind::SpecialProcedure {
        procedure: text("专家评审", "expert review"),
        basis: vec![law("第四十五条", "Article 45")],
        from: date(2026, 10, 9),
        planned: Period::working_days(10),
        until: Some(date(2026, 10, 22)),
        used: Period::working_days(1),
        budget: Period::working_days(5),
    })
}

pub(crate) fn extension() -> Notice {
    notice(Kind::Extension {
        reason: text(
            "现场核查发现油烟排放管道与相邻建筑的距离需要复测，复测结果预计10月20日取得。",
            "The distance between the fume duct and the neighbouring building must be measured again; the result is expected \
             on 20 October.",
        ),
        basis: vec![law("第四十二条第一款", "Article 42(1)")],
        approved_by: text("本局局长", "the head of this administration"),
        by: Period::working_days(10),
        former_due: date(2026, 10, 13),
        due: Due { date: date(2026, 10, 27), provisional: true },
    })
}

pub(crate) fn grant() -> Notice {
    notice(Kind::Grant {
        decided: date(2026, 10, 12),
        basis: vec![
            law("第三十八条第一款", "Article 38(1)"),
            text("《食品经营许可和备案管理办法》", "the Measures for Food Business Licensing and Filing"),
        ],
        content: text("热食类食品制售；经营场所面积86平方米", "Preparing and selling hot food; premises of 86 m²"),
        certificates: vec![Certificate {
            name: text("食品经营许可证", "Food business licence"),
            number: "JY24403040123456".into(),
            from: Some(date(2026, 10, 12)),
            until: Some(date(2031, 10, 11)),
        }],
        conditions: vec![
            text("在经营场所的显著位置悬挂许可证正本。", "Hang up the licence where guests can see it."),
            text("许可事项发生变化的，在变化后10个工作日内申请变更。", "Report changes within 10 working days."),
        ],
        deliver_within: Some(Period::working_days(10)),
        remedies: remedies(),
    })
}

pub(crate) fn refusal() -> Notice {
    notice(Kind::Refusal {
        decided: date(2026, 10, 12),
        reason: text(
            "经营场所距离有毒、有害场所以及其他污染源不足规定距离：现场核查（2026年10月9日）测得与相邻油漆仓库的距离为4.2米，\
             低于规定的25米，且申请人未采取隔离措施。",
            "The premises are too close to a source of pollution: on 9 October 2026 the distance to the neighbouring paint store \
             was measured as 4.2 m, less than the 25 m required, and nothing separates them.",
        ),
        basis: vec![law("第三十八条第二款", "Article 38(2)")],
        remedies: remedies(),
    })
}

pub(crate) fn delivery() -> Notice {
    notice(Kind::Delivery {
        papers: vec![
            Delivered {
                name: text("准予行政许可决定书", "Decision to grant"),
                number: "榕市监许〔2026〕第00128号".into(),
                copies: 1,
            },
            Delivered {
                name: text("食品经营许可证（正本、副本）", "Food business licence, original and duplicate"),
                number: "JY24403040123456".into(),
                copies: 2,
            },
        ],
        method: text("直接送达（出件窗口领取）", "In person, at the collection window"),
        place: text("榕江区政务服务大厅出件窗口", "Collection window, District Service Hall"),
        delivered: None,
    })
}

pub(crate) fn ending(ending: Ending, reason: Text) -> Notice {
    notice(Kind::Ending {
        ending,
        on: date(2026, 10, 15),
        reason,
        basis: vec![law("第六十九条第二款", "Article 69(2)")],
        consequences: vec![text(
            "已经领取证照的，请于2026年10月30日前交回。",
            "If you have collected a certificate, hand it back by 30 October 2026.",
        )],
        remedies: remedies(),
    })
}

pub(crate) fn revocation() -> Notice {
    ending(
        Ending::Revoked { decision: "榕市监许〔2026〕第00128号".into() },
        text(
            "核查发现所承诺的健康证明不存在，取得许可所依据的承诺不实。",
            "The health certificates that were committed to do not exist; the commitment on which the licence rests is false.",
        ),
    )
}

/// Every paper, with a name for its file.
pub(crate) fn every_kind() -> Vec<(&'static str, Notice)> {
    vec![
        ("receipt", receipt()),
        ("correction", correction()),
        ("acceptance", acceptance()),
        ("non-acceptance", non_acceptance()),
        ("special-procedure", special_procedure()),
        ("extension", extension()),
        ("grant", grant()),
        ("refusal", refusal()),
        ("delivery", delivery()),
        ("withdrawal", ending(Ending::Withdrawn, text("申请人自愿撤回。", "The applicant's own wish."))),
        ("lapse", ending(Ending::Lapsed, text("逾期未补正。", "Nothing was handed in by the day given."))),
        ("termination", ending(Ending::Terminated, text("申请人已注销。", "The applicant was struck off."))),
        ("revocation", revocation()),
    ]
}
