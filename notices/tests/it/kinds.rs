//! What each kind of paper says.

use jiff::civil::date;
use notices::{Due, Ending, Ground, Kind, NoticeError, Period, Remedies};
use protocol::catalogue::Text;

use crate::samples;
use crate::support::{close, every_paper, fonts, printed, says};

#[test]
fn every_kind_reads_as_it_always_did() {
    for paper in every_paper() {
        insta::assert_snapshot!(paper.name, paper.pdf.lines());
    }
}

#[test]
fn a_receipt_lists_every_document_and_says_that_silence_is_acceptance() {
    let paper = printed(&samples::receipt());
    says(
        &paper,
        &[
            "收件凭证",
            "榕江区市场监督管理局",
            "榕市监许〔2026〕第00128号",
            "榕江区沙头街道老陈家常菜馆：",
            "2026年9月28日收到你（单位）提交的“食品经营许可（新办）”申请材料，共4项、5份",
            "440304-20260930-00128-7",
            "9244**********5T3X",
            "1xW4n6PXM9VmISOLBIj3MW",
            "与食品经营相适应的主要设备设施布局图、操作流程等文件",
            "由市场主体登记库核验，免提交",
            "自收到申请材料之日起5个工作日内，将告知你（单位）是否受理；逾期不告知的，自收到申请材料之日起即为受理。",
            "不表示申请已经受理",
            "4 documents in 5 copies",
            "within 5 working days",
            "经办人：李雨晴",
            "0755-8200 1234",
        ],
    );
    let mut patient = samples::receipt();
    let Kind::Receipt { silence_accepts, .. } = &mut patient.kind else { unreachable!() };
    *silence_accepts = false;
    assert!(!printed(&patient).text().contains("逾期"), "where silence means nothing, nothing is said of it");
}

#[test]
fn a_correction_asks_once_for_everything_with_a_reason_for_each() {
    let paper = printed(&samples::correction());
    says(
        &paper,
        &[
            "补正告知书",
            "根据《中华人民共和国行政许可法》第三十二条第一款第四项，现一次性告知需要补正的全部内容，共2项。",
            "图上未标明洗手消毒设施的位置",
            "厨师王㐂的健康证明已于2026年8月1日到期，请提交有效证明。",
            "请于2026年10月23日前补正；逾期未补正的，视为撤回申请。",
            "不再要求补正其他内容",
            "Under Article 32(1)(4) of the Administrative Licensing Law, everything that must be corrected is listed below",
        ],
    );
}

#[test]
fn a_correction_without_documents_or_without_a_reason_is_not_issued() {
    let mut empty = samples::correction();
    let Kind::Correction { requests, .. } = &mut empty.kind else { unreachable!() };
    requests.clear();
    assert_incomplete(&empty, "需要补正的材料");

    let mut silent = samples::correction();
    let Kind::Correction { requests, .. } = &mut silent.kind else { unreachable!() };
    requests[1].reason = Text::new("  ", "");
    assert_incomplete(&silent, "补正理由");
}

#[test]
fn an_acceptance_gives_both_limits_the_due_date_and_what_may_come_later() {
    let paper = printed(&samples::acceptance());
    says(
        &paper,
        &[
            "受理通知书",
            "决定自2026年9月30日起予以受理",
            "法定办结时限",
            "20个工作日",
            "承诺办结时限",
            "5个工作日",
            "2026年10月13日",
            "所需时间不计入上述时限，并将另行书面告知",
            "以下材料容缺受理，请在期限前补交：",
            "场所使用证明（租赁合同）",
            "2026年10月12日",
        ],
    );
    assert!(!paper.text().contains("暂定"));
}

#[test]
fn a_due_date_beyond_the_published_holidays_is_called_provisional() {
    let mut notice = samples::acceptance();
    let Kind::Acceptance { due, deemed, .. } = &mut notice.kind else { unreachable!() };
    *due = Due { date: date(2027, 1, 8), provisional: true };
    *deemed = true;
    says(
        &printed(&notice),
        &["2027年1月8日（暂定）", "尚未公布放假安排", "未在规定期限内告知是否受理", "8 January 2027 (provisional)"],
    );
}

#[test]
fn a_non_acceptance_names_who_is_competent_and_what_may_be_done_against_it() {
    says(
        &printed(&samples::non_acceptance()),
        &[
            "不予受理通知书",
            "不属于本机关职权范围",
            "理由：所申请的户外招牌设置不属于食品经营许可的范围",
            "请向榕江区城市管理和综合执法局申请。",
            "如对本通知书不服，可以自收到本通知书之日起60日内向榕江区人民政府申请行政复议，\
             也可以自收到本通知书之日起6个月内向榕江区人民法院提起行政诉讼。",
        ],
    );
}

#[test]
fn what_needs_no_permission_is_told_so_under_another_title() {
    let mut notice = samples::non_acceptance();
    let Kind::NonAcceptance { ground, .. } = &mut notice.kind else { unreachable!() };
    *ground = Ground::NotRequired;
    let paper = printed(&notice);
    says(&paper, &["不受理通知书", "依法不需要办理", "决定不受理。"]);
    assert!(!close(&paper.text()).contains("不予受理"));
}

#[test]
fn periods_of_remedies_are_the_callers() {
    let mut notice = samples::refusal();
    let Kind::Refusal { remedies, .. } = &mut notice.kind else { unreachable!() };
    remedies.review.as_mut().unwrap().within = Period::days(45);
    remedies.litigation = None;
    let paper = printed(&notice);
    says(&paper, &["自收到本决定书之日起45日内向榕江区人民政府申请行政复议。", "within 45 days of receiving it."]);
    let text = paper.text();
    assert!(!close(&text).contains("60日") && !text.contains("60 days") && !text.contains("诉讼"), "{text}");
}

#[test]
fn a_special_procedure_says_when_the_clock_stands_still_and_for_how_long() {
    says(
        &printed(&samples::special_procedure()),
        &[
            "特别程序告知书",
            "需要进行专家评审",
            "《中华人民共和国行政许可法》第四十五条",
            "10个工作日",
            "1个工作日（共5个工作日）",
            "自2026年10月9日起至特别程序结束之日止，所需时间不计入办理时限",
            "2026年10月22日",
            "1 working day of 5 working days",
        ],
    );
}

#[test]
fn an_extension_says_why_who_approved_it_and_until_when() {
    says(
        &printed(&samples::extension()),
        &[
            "延期告知书",
            "不能在2026年10月13日前作出决定",
            "理由：现场核查发现油烟排放管道与相邻建筑的距离需要复测",
            "经本局局长批准，办理时限延长10个工作日，延长后的办结期限为2026年10月27日（暂定）。",
        ],
    );
}

#[test]
fn a_grant_names_what_is_granted_its_certificate_and_its_conditions() {
    says(
        &printed(&samples::grant()),
        &[
            "准予行政许可决定书",
            "决定准予行政许可",
            "《食品经营许可和备案管理办法》",
            "热食类食品制售；经营场所面积86平方米",
            "JY24403040123456",
            "2026年10月12日至2031年10月11日",
            "（2）许可事项发生变化的，在变化后10个工作日内申请变更。",
            "自作出本决定之日起10个工作日内",
        ],
    );
}

#[test]
fn a_decision_is_titled_by_what_kind_of_act_it_is() {
    let mut notice = samples::grant();
    notice.case.matter = samples::text("行政确认", "Administrative Confirmation");
    says(&printed(&notice), &["准予行政确认决定书", "Decision to Grant Administrative Confirmation"]);
}

#[test]
fn a_refusal_gives_its_reason_and_the_remedies() {
    says(
        &printed(&samples::refusal()),
        &["不予行政许可决定书", "决定不予行政许可", "4.2米，低于规定的25米", "60日内", "6个月内", "within 6 months"],
    );
}

#[test]
fn a_refusal_without_reason_or_without_remedies_is_not_issued() {
    let mut silent = samples::refusal();
    let Kind::Refusal { reason, .. } = &mut silent.kind else { unreachable!() };
    *reason = Text::default();
    assert_incomplete(&silent, "理由");

    let mut final_word = samples::refusal();
    let Kind::Refusal { remedies, .. } = &mut final_word.kind else { unreachable!() };
    *remedies = Remedies::default();
    assert_incomplete(&final_word, "救济途径");
}

#[test]
fn a_delivery_receipt_has_room_for_signatures() {
    says(
        &printed(&samples::delivery()),
        &["送达回证", "受送达人签名或者盖章", "送达人签名", "直接送达（出件窗口领取）", "食品经营许可证（正本、副本）"],
    );
    assert_eq!(printed(&samples::delivery()).pages(), 1, "who signs sees what for");
    let mut known = samples::delivery();
    let Kind::Delivery { delivered, .. } = &mut known.kind else { unreachable!() };
    *delivered = Some(date(2026, 10, 13));
    says(&printed(&known), &["送达日期", "2026年10月13日", "13 October 2026"]);
}

#[test]
fn other_endings_say_what_happened_since_when_and_why() {
    let told = |ending, expected: &[&str]| {
        says(&printed(&samples::ending(ending, samples::text("申请人已注销。", "Struck off."))), expected);
    };
    told(Ending::Withdrawn, &["撤回申请通知书", "同意撤回，自2026年10月15日起停止办理", "理由：申请人已注销。"]);
    told(Ending::Lapsed, &["视为撤回申请通知书", "自2026年10月15日起视为撤回申请"]);
    told(Ending::Terminated, &["终止办理通知书", "决定自2026年10月15日起终止办理"]);
    says(
        &printed(&samples::revocation()),
        &[
            "撤销行政许可决定书",
            "决定自2026年10月15日起撤销榕市监许〔2026〕第00128号行政许可决定",
            "请于2026年10月30日前交回",
        ],
    );
}

#[test]
fn a_paper_needs_its_number_its_department_and_its_addressee() {
    let mut notice = samples::receipt();
    notice.number.clear();
    assert_incomplete(&notice, "文号");
    let mut notice = samples::receipt();
    notice.department = Text::default();
    assert_incomplete(&notice, "发文机关");
    let mut notice = samples::receipt();
    notice.addressee.name = " ".into();
    assert_incomplete(&notice, "当事人姓名或名称");
}

#[test]
fn a_paper_in_chinese_alone_has_no_english_word() {
    let mut notice = samples::refusal();
    notice.english = false;
    notice.verification = None;
    notice.case.query_code = None;
    let text = printed(&notice).text();
    assert!(!text.chars().any(|letter| letter.is_ascii_lowercase()), "{text}");
}

#[test]
fn a_sample_says_on_every_page_that_it_is_one_and_a_real_paper_does_not() {
    let mut notice = samples::acceptance();
    let paper = printed(&notice);
    assert!(paper.pages() > 1);
    for page in 1..=paper.pages() {
        assert!(paper.page_text(page).contains("不是正式文书"), "page {page}");
    }
    notice.sample = false;
    let text = printed(&notice).text();
    assert!(!text.contains("样张") && !text.contains("Sample"), "{text}");
}

#[track_caller]
fn assert_incomplete(notice: &notices::Notice, what: &str) {
    match notices::render(notice, fonts()) {
        Err(NoticeError::Incomplete { missing }) => assert_eq!(missing.zh, what),
        other => panic!("{:?}", other.map(|pdf| pdf.len())),
    }
}
