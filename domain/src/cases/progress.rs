//! A case's progress in a citizen's words.

use protocol::Millis;
use protocol::case::{ProgressStep, StepState};
use protocol::catalogue::Text;

use super::{Case, CaseState};

/// What the state means for the citizen, in a sentence.
pub fn state_text(state: &CaseState) -> Text {
    match state {
        CaseState::Submitted { .. } => Text::new(
            "申请已提交，等待大厅收件。领取结果时请带身份证件和材料原件。",
            "Your application was sent, and the hall will take it in. Bring your ID and the originals when you collect the result.",
        ),
        CaseState::Received { .. } => {
            Text::new("窗口已收到您的材料，正在核对。", "The window has your papers and is checking them.")
        }
        CaseState::Correction { .. } => {
            Text::new("材料还不齐，请按告知补交。", "Some papers are missing. Please bring those listed.")
        }
        CaseState::Accepted { returned: Some(_), .. } => Text::new(
            "部门请窗口补充说明，窗口正在处理，您无需再来。",
            "The department asked the window for details. You need not come.",
        ),
        CaseState::Accepted { .. } => Text::new("已受理，等待部门审查。", "Accepted. The departments will review it."),
        CaseState::InReview { .. } => Text::new("部门正在审查。", "The departments are reviewing it."),
        CaseState::InApproval { .. } => {
            Text::new("审查已完成，等待签批。", "The review is done. The decision is being signed.")
        }
        CaseState::DecidedGranted { .. } => {
            Text::new("已准予，正在制作结果。", "Granted. The result is being made ready.")
        }
        CaseState::DecidedRefused { .. } => {
            Text::new("不予许可，正在制作决定书。", "Refused. The written decision is being made ready.")
        }
        CaseState::Completed { granted: true, .. } => {
            Text::new("已办结，请到大厅出件窗口领取结果。", "Ready. Please collect the result at the hall.")
        }
        CaseState::Completed { granted: false, .. } => {
            Text::new("已办结，请到大厅领取不予许可决定书。", "Closed. Please collect the written refusal at the hall.")
        }
        CaseState::Delivered { .. } => Text::new("结果已领取，办件结束。", "Collected. The case is closed."),
        CaseState::Special { .. } => Text::new(
            "正在进行特别程序（如专家评审、检验），办理时限暂停计算。",
            "A special procedure (such as an expert review) is under way. The time limit stands still.",
        ),
        CaseState::Withdrawn { .. } => Text::new("申请已撤回。", "The application was withdrawn."),
        CaseState::NotAccepted { .. } => {
            Text::new("申请不予受理，原因见通知书。", "Not accepted. The notice says why and what you can do.")
        }
        CaseState::NotRequired { .. } => Text::new("该事项不需要办理许可。", "No permit is needed for this."),
        CaseState::Terminated { .. } => Text::new("办理已终止，原因见通知书。", "Terminated. The notice says why."),
        CaseState::Revoked { .. } => Text::new("许可已被撤销，原因见决定书。", "Revoked. The decision says why."),
    }
}

/// The steps from intake to collection, with the one under way.
pub fn progress_steps(case: &Case) -> Vec<ProgressStep> {
    let names = [
        Text::new("收件", "Received"),
        Text::new("受理", "Accepted"),
        Text::new("审查", "Review"),
        Text::new("决定", "Decision"),
        Text::new("办结", "Result ready"),
        Text::new("领取", "Collected"),
    ];
    let decided = case.state.decision().map(|(decision, _)| decision.at);
    let mut completed = None;
    let mut delivered = None;
    match case.state {
        CaseState::Completed { at, .. } => completed = Some(at),
        CaseState::Delivered { completed_at, at, .. } => (completed, delivered) = (Some(completed_at), Some(at)),
        _ => {}
    }
    let reviewed = match case.state {
        CaseState::InApproval { since, .. } => Some(since),
        _ => decided,
    };
    let received = (!case.unreceived).then_some(case.received_at);
    let done: [Option<Millis>; 6] = [received, case.accepted_at, reviewed, decided, completed, delivered];
    let current = done.iter().position(Option::is_none);
    let ended = case.state.end().is_some();
    names
        .into_iter()
        .zip(done)
        .enumerate()
        .map(|(place, (name, at))| {
            let state = match at {
                Some(_) => StepState::Done,
                None if current == Some(place) && !ended => StepState::Current,
                None => StepState::Ahead,
            };
            ProgressStep { name, state, at }
        })
        .collect()
}
