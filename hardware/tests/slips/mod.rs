//! Sample slips.

use hardware::Language;
use hardware::printer::{CorrectionSlip, GuideSlip, ReceiptSlip, Slip, TicketSlip};

pub(crate) const TICKET_URL: &str = "https://hall.example.test/t/Zk3mQ9vX2bLr7TpWc5NhYa";

/// 110 characters, as long as the longest name in a published list.
const LONG_NAME: &str = "对在电力设施周围或者电力设施保护区内进行可能危及电力设施安全作业的审批（含新建、改建、扩建建筑物、构筑物以及\
    使用起重机械等可能危及电力设施安全的作业事项，并且需要同时办理道路占用挖掘许可和临时用电申请的建设单位及其委托代理人）";

pub(crate) fn ticket(language: Language) -> TicketSlip {
    let zh = TicketSlip {
        language,
        hall: "福田区行政服务中心".into(),
        number: "A001".into(),
        service: "食品经营许可（新办）".into(),
        ahead: Some(3),
        wait: "约 12 分钟".into(),
        taken_at: "2026-11-24 09:30".into(),
        notes: vec!["请在二楼 A 区等候，留意屏幕和广播。".into()],
        url: TICKET_URL.into(),
        reprint: false,
    };
    match language {
        Language::Zh => zh,
        Language::En => TicketSlip {
            hall: "Futian District Administrative Service Center".into(),
            service: "Food business licence (new)".into(),
            wait: "about 12 min".into(),
            notes: vec!["Please wait in area A on the second floor and watch the screens.".into()],
            ..zh
        },
    }
}

pub(crate) fn receipt(language: Language) -> ReceiptSlip {
    ReceiptSlip {
        language,
        hall: "福田区行政服务中心".into(),
        case_no: "FT-2026-000123".into(),
        item: "食品经营许可（新办）".into(),
        department: "福田区市场监督管理局".into(),
        applicant: "王*".into(),
        accepted: "2026-11-24 09:58".into(),
        due: "2026-12-08".into(),
        documents: vec!["食品经营许可申请书".into(), "营业执照复印件".into(), "经营场所平面布局图".into()],
        url: "https://hall.example.test/c/q8VtM2xK7bRz4YpLw9NcHd".into(),
        reprint: false,
    }
}

fn guide(language: Language) -> GuideSlip {
    let zh = GuideSlip {
        language,
        hall: "福田区行政服务中心".into(),
        item: LONG_NAME.into(),
        bring: vec![
            "申请书（原件 1 份，加盖公章）".into(),
            "法定代表人身份证明：居民身份证、港澳台居民居住证或者外国人永久居留身份证（原件及复印件）".into(),
            "作业方案和安全防护措施".into(),
        ],
        limits: vec!["法定 20 个工作日".into(), "承诺 5 个工作日".into()],
        fee: "不收费".into(),
        place: "福田区行政服务中心二楼 12 号窗口".into(),
        hours: "周一至周五 9:00–12:00，14:00–18:00".into(),
        url: "https://hall.example.test/i/44030400012".into(),
    };
    match language {
        Language::Zh => zh,
        Language::En => GuideSlip {
            hall: "Futian District Administrative Service Center".into(),
            item: "Approval of work near electric power facilities that may endanger their safety".into(),
            bring: vec![
                "Application form (1 original, sealed)".into(),
                "Identity of the legal representative (original and copy)".into(),
            ],
            limits: vec!["By law: 20 working days".into(), "Promised: 5 working days".into()],
            fee: "Free of charge".into(),
            place: "Window 12, second floor".into(),
            hours: "Mon–Fri 9:00–12:00, 14:00–18:00".into(),
            ..zh
        },
    }
}

fn correction() -> CorrectionSlip {
    CorrectionSlip {
        language: Language::Zh,
        hall: "园岭街道行政服务大厅".into(),
        case_no: "FT-2026-000124".into(),
        item: "高龄津贴申请".into(),
        department: "园岭街道办事处".into(),
        applicant: "㐂*𠮷".into(),
        notified: "2026-11-24 10:05".into(),
        documents: vec!["居民户口簿（原件）".into(), "银行卡复印件".into()],
        note: "户口簿缺少本人页，请补带原件。".into(),
        url: "https://hall.example.test/c/q8VtM2xK7bRz4YpLw9NcHe".into(),
        reprint: true,
    }
}

pub(crate) fn all() -> Vec<Slip> {
    vec![
        ticket(Language::Zh).into(),
        ticket(Language::En).into(),
        TicketSlip { service: LONG_NAME.into(), number: "BC1234".into(), reprint: true, ..ticket(Language::Zh) }.into(),
        receipt(Language::Zh).into(),
        ReceiptSlip {
            item: "Food business licence (new)".into(),
            department: "Market Regulation Bureau".into(),
            documents: vec!["Application form".into(), "Copy of the business licence".into()],
            hall: "Futian District Administrative Service Center".into(),
            ..receipt(Language::En)
        }
        .into(),
        guide(Language::Zh).into(),
        guide(Language::En).into(),
        correction().into(),
    ]
}
