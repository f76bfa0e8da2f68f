use crate::Language;

/// The fixed words of the slips.
#[derive(Debug)]
pub(super) struct Labels {
    pub(super) your_number: &'static str,
    pub(super) ahead: &'static str,
    pub(super) wait: &'static str,
    pub(super) taken_at: &'static str,
    pub(super) reprint: &'static str,
    pub(super) scan_queue: &'static str,
    pub(super) scan_guide: &'static str,
    pub(super) scan_case: &'static str,
    pub(super) guide: &'static str,
    pub(super) bring: &'static str,
    pub(super) limits: &'static str,
    pub(super) fee: &'static str,
    pub(super) place: &'static str,
    pub(super) hours: &'static str,
    pub(super) receipt: &'static str,
    pub(super) correction: &'static str,
    pub(super) case_no: &'static str,
    pub(super) item: &'static str,
    pub(super) department: &'static str,
    pub(super) applicant: &'static str,
    pub(super) accepted: &'static str,
    pub(super) due: &'static str,
    pub(super) documents: &'static str,
    pub(super) keep_receipt: &'static str,
    pub(super) notified: &'static str,
    pub(super) to_bring: &'static str,
    pub(super) note: &'static str,
    pub(super) correction_advice: &'static str,
    language: Language,
}

impl Labels {
    pub(super) fn of(language: Language) -> &'static Labels {
        match language {
            Language::Zh => &ZH,
            Language::En => &EN,
        }
    }

    /// How many people are before this one.
    pub(super) fn people(&self, count: u32) -> String {
        match self.language {
            Language::Zh => format!("{count} 人"),
            Language::En => count.to_string(),
        }
    }
}

static ZH: Labels = Labels {
    your_number: "您的号码",
    ahead: "前面等候",
    wait: "预计等候",
    taken_at: "取号",
    reprint: "补打",
    scan_queue: "扫码查看排队进度",
    scan_guide: "扫码查看完整指南",
    scan_case: "扫码查询办理进度",
    guide: "办事指南",
    bring: "需要带的材料",
    limits: "办理时限",
    fee: "费用",
    place: "办理地点",
    hours: "办理时间",
    receipt: "受理回执",
    correction: "补正告知书",
    case_no: "办件编号",
    item: "办理事项",
    department: "办理部门",
    applicant: "申请人",
    accepted: "受理",
    due: "办结期限",
    documents: "已收材料",
    keep_receipt: "请妥善保管，领取结果时出示。",
    notified: "告知",
    to_bring: "需要补正的材料",
    note: "说明",
    correction_advice: "以上为一次性告知的全部内容。补齐后可到任一窗口继续办理。",
    language: Language::Zh,
};

static EN: Labels = Labels {
    your_number: "Your number",
    ahead: "People ahead",
    wait: "Wait",
    taken_at: "Time",
    reprint: "REPRINT",
    scan_queue: "Scan to follow the queue",
    scan_guide: "Scan for the full guide",
    scan_case: "Scan to see progress",
    guide: "Service guide",
    bring: "What to bring",
    limits: "Time limits",
    fee: "Fee",
    place: "Where",
    hours: "Opening hours",
    receipt: "Receipt",
    correction: "Correction notice",
    case_no: "Case number",
    item: "Service",
    department: "Department",
    applicant: "Applicant",
    accepted: "Accepted",
    due: "Due by",
    documents: "Documents received",
    keep_receipt: "Please keep this receipt and show it when you collect the result.",
    notified: "Notified",
    to_bring: "What is missing",
    note: "Remarks",
    correction_advice: "This is the complete list. Bring these to any window to continue.",
    language: Language::En,
};
