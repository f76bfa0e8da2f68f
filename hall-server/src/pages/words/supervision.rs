//! Texts of the pages of electronic supervision (电子监察).

use protocol::case::{CaseState, ClockState, TaskKind};
use protocol::supervision::SignalState;

use super::Words;

words! {
    watch_title: "电子监察", "Electronic supervision";
    watch_halls: "大厅实况", "Halls";
    watch_cases: "办件时限", "Time limits";
    watch_signals: "监察信号", "Signals";
    watch_units: "部门与大厅", "Departments and halls";
    watch_units_lead: "最需要关注的在前；点击查看该单位。", "Those that need somebody most first. Choose one to see its own.";
    watch_everybody: "全部单位", "All units";
    watch_to_units: "按部门查看", "By department";
    watch_nothing: "没有在计时的办件", "No clock is running";
    watch_no_signals: "没有这样的信号", "No such signals";
    watch_reload: "刷新", "Reload";
    figure_overdue: "已超期", "Overdue";
    figure_soon: "3 个工作日内到期", "Due in 3 working days";
    figure_open: "在办", "Open";
    figure_statutory: "红牌（超法定）", "Red, statutory";
    figure_red: "红牌", "Red";
    figure_yellow: "黄牌", "Yellow";
    figure_warnings: "预警", "Warnings";
    figure_on_time: "近 30 天按期办结", "On time, 30 days";
    figure_on_time_short: "按期", "on time";
    figure_soon_short: "3 日内", "in 3 days";
    group_overdue: "已超期", "Overdue";
    group_today: "今日到期", "Due today";
    group_soon: "3 个工作日内到期", "Due within 3 working days";
    group_later: "以后到期", "Due later";
    due_today: "今日到期", "Due today";
    joint_clock: "一件事总时限", "Joint limit";
    of_application: "所属申请", "Part of";
    with_unit: "责任单位", "Answers for it";
    taken_by: "经办", "Taken by";
    taken_by_nobody: "尚无人领办", "Nobody has taken it";
    next_page: "下一页", "Next page";
    previous_page: "上一页", "Previous page";
    to_do_signals: "待处理", "To be dealt with";
    all_colours: "全部颜色", "All colours";
    raised_on: "发出", "Raised";
    reply_by: "回复期限", "Reply due";
    reply_is_overdue: "逾期未回复", "Reply overdue";
    recipient: "接收单位", "Recipient";
    addressed: "可回复人员", "Who may reply";
    addressed_nobody: "该单位目前没有可回复的人员", "Nobody there can reply at present";
    signal_case: "办件", "Case";
    signal_clock: "时限", "Clock";
    signal_history: "信号经过", "What happened";
    signal_system: "系统", "System";
    signal_raised: "发出信号", "Raised";
    signal_was_replied: "单位回复", "Replied";
    signal_was_confirmed: "督导确认", "Confirmed";
    signal_was_sent_back: "督导退回", "Sent back";
    signal_was_cancelled: "督导撤销", "Cancelled";
    review_title: "督导处理", "Review";
    review_lead_open: "单位尚未回复。信号发错时可以撤销，须写明理由。", "The unit has not replied. A signal raised in error may be cancelled with a reason.";
    review_lead_replied: "单位已回复，请审核。退回和撤销须写明理由。", "The unit has replied. Sending back and cancelling need a reason.";
    review_text: "意见或理由", "Opinion or reason";
    review_confirm: "确认，信号成立", "Confirm: the signal stands";
    review_send_back: "退回，要求重新回复", "Send back for another reply";
    review_cancel: "撤销信号", "Cancel the signal";
    review_by_supervisors: "由督导人员处理。", "Supervisors review it.";
    review_done: "已记录。", "Recorded.";
    case_clocks: "时限", "Clocks";
    case_tasks: "待办", "To do";
    case_signals: "本办件的监察信号", "Signals on this case";
    case_history: "办理经过", "History";
    case_no_clocks: "没有时限在计算", "No clock is running";
    case_no_signals: "没有监察信号", "None";
    clock_column: "时限", "Clock";
    days_column: "余日", "Days left";
    due_column: "到期日", "Due";
    explained_column: "说明", "Explanation";
    whole_title: "整件申请", "The whole application";
    whole_lead: "本次申请共开出以下办件。", "The application opened these cases.";
    whole_due: "总承诺办结", "All promised by";
    whole_paused: "总时限暂停计算", "The joint limit stands still";
    whole_not_yet: "各办件均受理后起算", "Counts once every case is accepted";
}

impl Words {
    /// `剩 2 个工作日`, `超期 3 个工作日`.
    pub fn days_left(self, days: i64) -> String {
        match (days, self.english) {
            (0, _) => self.due_today().to_owned(),
            (1.., false) => format!("剩 {days} 个工作日"),
            (1, true) => "1 working day left".to_owned(),
            (1.., true) => format!("{days} working days left"),
            (_, false) => format!("超期 {} 个工作日", -days),
            (-1, true) => "1 working day overdue".to_owned(),
            (_, true) => format!("{} working days overdue", -days),
        }
    }

    /// `共 3 件，已决定或结束 1 件`.
    pub fn decided_of(self, decided: usize, all: usize) -> String {
        if self.english {
            format!("{decided} of {all} cases decided or ended")
        } else {
            format!("共 {all} 件，已决定或结束 {decided} 件")
        }
    }

    /// `第 2 页`.
    pub fn page_number(self, page: u16) -> String {
        let page = u32::from(page) + 1;
        if self.english { format!("Page {page}") } else { format!("第 {page} 页") }
    }

    pub fn case_state(self, state: CaseState) -> &'static str {
        let (zh, en) = match state {
            CaseState::Submitted => ("已申报", "Submitted"),
            CaseState::Received => ("收件", "Received"),
            CaseState::Correction => ("待补正", "Waiting for papers"),
            CaseState::Accepted => ("已受理", "Accepted"),
            CaseState::InReview => ("审查中", "In review"),
            CaseState::InApproval => ("待决定", "To be decided"),
            CaseState::Special => ("特别程序", "Special procedure"),
            CaseState::DecidedGranted => ("准予", "Granted"),
            CaseState::DecidedRefused => ("不予许可", "Refused"),
            CaseState::Completed => ("已办结", "Result ready"),
            CaseState::Delivered => ("已领取", "Collected"),
            CaseState::NotRequired => ("无需办理", "Not required"),
            CaseState::NotAccepted => ("不予受理", "Not accepted"),
            CaseState::Withdrawn => ("已撤回", "Withdrawn"),
            CaseState::Terminated => ("已终止", "Terminated"),
            CaseState::Revoked => ("已撤销", "Revoked"),
            CaseState::Unknown => ("其他", "Other"),
        };
        if self.english { en } else { zh }
    }

    pub fn signal_state(self, state: SignalState) -> &'static str {
        let (zh, en) = match state {
            SignalState::Open => ("待回复", "Reply awaited"),
            SignalState::Replied => ("待审核", "To be reviewed"),
            SignalState::Confirmed => ("已确认", "Confirmed"),
            SignalState::Cancelled => ("已撤销", "Cancelled"),
            SignalState::Unknown => ("其他", "Other"),
        };
        if self.english { en } else { zh }
    }

    pub fn clock_state(self, state: ClockState) -> &'static str {
        let (zh, en) = match state {
            ClockState::Running => ("计时中", "Running"),
            ClockState::Paused => ("暂停", "Paused"),
            ClockState::Stopped => ("已停止", "Stopped"),
        };
        if self.english { en } else { zh }
    }

    pub fn task(self, kind: TaskKind) -> &'static str {
        let (zh, en) = match kind {
            TaskKind::Receive => ("收件", "Take in"),
            TaskKind::Accept => ("受理", "Accept"),
            TaskKind::Supply => ("等待补正", "Papers to be supplied"),
            TaskKind::SupplyDeferred => ("等待容缺补交", "Deferred papers to be supplied"),
            TaskKind::Resubmit => ("补充说明后再送", "Send on again"),
            TaskKind::Review => ("审查", "Review"),
            TaskKind::Advise => ("协助答复", "Advise"),
            TaskKind::Countersign => ("加签", "Countersign"),
            TaskKind::Special => ("审批特别程序", "Decide on a special procedure"),
            TaskKind::CloseSpecial => ("结束特别程序", "End a special procedure"),
            TaskKind::Withdrawal => ("确认撤回", "Confirm a withdrawal"),
            TaskKind::Decide => ("决定", "Decide"),
            TaskKind::Complete => ("办结", "Make the result ready"),
            TaskKind::Deliver => ("送达", "Hand over"),
            TaskKind::Unknown => ("其他", "Other"),
        };
        if self.english { en } else { zh }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_there_in_chinese_and_english_is_plain() {
        for (name, zh, en) in super::ALL {
            assert!(!zh.trim().is_empty() && !en.trim().is_empty() && en.is_ascii(), "{name}");
        }
    }

    #[test]
    fn days_left_read_as_a_person_would_say_it() {
        assert_eq!(Words::ZH.days_left(2), "剩 2 个工作日");
        assert_eq!(Words::ZH.days_left(0), "今日到期");
        assert_eq!(Words::ZH.days_left(-3), "超期 3 个工作日");
        assert_eq!(Words::EN.days_left(1), "1 working day left");
        assert_eq!(Words::EN.days_left(-1), "1 working day overdue");
    }
}
