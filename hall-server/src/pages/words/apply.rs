//! The texts of the pages on which an application is sent from a phone, and withdrawn.

use super::Words;

words! {
    apply_title: "手机申报", "Apply by phone";
    apply_lead: "下列事项不用到大厅就能提交申请。", "You can apply for these services without coming to the hall.";
    apply_none: "目前没有可以在手机上申报的事项。", "No service can be applied for by phone at present.";
    apply_hall: "由哪个大厅办理", "Which hall handles it";
    apply_start: "开始填写", "Begin";
    apply_steps_title: "怎么办", "How it works";
    apply_step_fill: "填写情况和申请表，拍摄材料，随时保存为草稿。", "Fill in the form and photograph the documents. It is kept as a draft.";
    apply_step_send: "填写申请人姓名、证件号码和手机号码，提交。", "Enter the applicant's name, number and telephone, and send it.";
    apply_step_follow: "保存进度页面，收件、补正、受理和结果都在那里查看。", "Keep the page you then see: it tells you of receipt, missing papers, acceptance and result.";
    apply_identity_note: "手机不能证明您是谁：姓名和证件号码以您填写的为准，领取结果时大厅核验身份证件和材料原件，不符的不予发放。冒用他人身份申报的，依法承担责任。", "The phone does not prove who you are. The hall relies on what you enter, and checks your ID and the originals when the result is collected; if they differ, nothing is handed out. Whoever applies in another's name answers for it in law.";
    apply_draft_note: "填写的内容和照片随时保存为草稿，提交前大厅看不到。请保存本页链接，草稿保留 7 天。", "What you enter is saved at once as a draft that the hall does not see until you send it. Keep this page's link: a draft is kept for 7 days.";
    apply_papers_hint: "每份材料拍清楚、拍完整。原件在领取结果时核验。", "Photograph each document whole and sharp. The originals are checked when you collect the result.";
    apply_complete: "材料和申请表都齐了，请在下面提交。", "Everything is there: send it below.";
    apply_who: "申请人", "The applicant";
    apply_name: "姓名或单位名称", "Name of the person or firm";
    apply_number: "身份证号码或统一社会信用代码", "ID number or unified social credit code";
    apply_phone: "手机号码", "Mobile phone number";
    apply_true: "以上内容真实，我对其负责", "What I have entered is true, and I answer for it";
    apply_true_missing: "请先确认所填内容真实", "Confirm first that what you entered is true";
    apply_send: "提交申请", "Send the application";
    apply_sent_title: "申请已提交", "Your application was sent";
    apply_sent_note: "请保存本页或截图：凭它查看进度。大厅应在五个工作日内收件；逾期不答复的，自提交之日起视为收件并受理。", "Keep this page or take a picture of it: it is where you follow your application. The hall takes it in within five working days; if it stays silent, it counts as received and accepted from the day you sent it.";
    submitted_on: "提交日期", "Sent on";
    apply_private: "本页有您填写的内容，请勿转发链接。", "This page holds what you entered: do not pass on its link.";
    apply_open_case: "查看进度", "Follow it";
    withdraw_title: "撤回申请", "Withdraw the application";
    withdraw_lead_early: "大厅还没有受理，撤回后申请立即结束，不能恢复。需要时可以重新申报。", "It has not been accepted yet: withdrawn, it ends at once and cannot be taken up again. You may apply anew.";
    withdraw_lead_late: "部门已经受理，撤回须经部门确认；确认之前办理暂不作出决定。", "It has been accepted: the department confirms the withdrawal, and decides nothing until then.";
    withdraw_last_four: "申请人或代理人证件号码后四位", "Last four characters of the applicant's or agent's number";
    withdraw_reason: "撤回原因", "Why you withdraw";
    withdraw_next: "下一步", "Next";
    withdraw_sure: "确定撤回这件申请吗？", "Withdraw this application?";
    withdraw_do: "确定撤回", "Withdraw";
    withdraw_keep: "不撤回，返回", "Keep it, go back";
    withdraw_waiting: "您已申请撤回，等待部门确认。", "You have asked to withdraw: the department has still to confirm it.";
    withdraw_link: "撤回申请", "Withdraw";
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_text_is_there_in_both_languages() {
        for (name, zh, en) in super::ALL {
            assert!(!zh.trim().is_empty() && !en.trim().is_empty() && en.is_ascii(), "{name}");
        }
    }
}
