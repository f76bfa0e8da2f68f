//! The phone's page on which an applicant withdraws. It says nothing of the person but what they typed.

use askama::Template;
use protocol::catalogue::Item;

use crate::pages::frame::Frame;
use crate::store::cases::CaseRow;
use crate::submission::Withdrawal;

/// `/c/{code}/withdraw`.
#[derive(Debug, Template)]
#[template(path = "phone/withdraw.html")]
pub struct WithdrawPage {
    frame: Frame,
    /// `/c/{code}`.
    case_path: String,
    case_no: String,
    item_name: String,
    /// Accepted already: the department confirms it.
    late: bool,
    confirming: bool,
    last_four: String,
    reason: String,
    message: String,
}

/// Which of the two forms is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithdrawStage {
    Asked,
    Confirming,
}

impl WithdrawPage {
    pub fn new(
        frame: Frame,
        code: &str,
        row: &CaseRow,
        item: &Item,
        stage: WithdrawStage,
        entered: &Withdrawal,
        message: String,
    ) -> Self {
        WithdrawPage {
            case_path: format!("/c/{code}"),
            case_no: row.case.case_no.clone(),
            item_name: item.name.pick(frame.w.english).to_owned(),
            late: row.case.accepted_at.is_some(),
            confirming: stage == WithdrawStage::Confirming,
            last_four: entered.last_four.clone(),
            reason: entered.reason.clone(),
            message,
            frame,
        }
    }
}
