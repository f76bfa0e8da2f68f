//! The applicant withdraws (撤回) on the phone, by the receipt's code and the end of the number under which the application stands.

use domain::cases::{Asker, Moment};
use protocol::case::{CaseAction, Step};
use protocol::problem::Code;
use sha2::{Digest, Sha256};

use crate::AppState;
use crate::engine::command::CaseAsker;
use crate::engine::{Answer, Command, Request};
use crate::http::problem::ApiError;
use crate::store::cases::CaseRow;

/// How much of the number's end is asked for.
const LAST: usize = 4;

/// The longest reason, in characters.
const LONGEST_REASON: usize = 200;

/// What the applicant enters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Withdrawal {
    /// The last four characters of the applicant's or agent's number.
    pub last_four: String,
    pub reason: String,
}

/// Whether an application can be withdrawn as it stands.
pub fn is_possible(state: &AppState, row: &CaseRow) -> bool {
    let calendar = state.engine.calendar();
    let moment = Moment { now: state.clock.now(), calendar: &calendar };
    row.case.allowed(&Asker::Applicant, &moment).contains(&CaseAction::Withdraw)
}

/// Checks what was entered without doing anything: the confirming page is shown to nobody else.
pub fn check(state: &AppState, row: &CaseRow, entered: &Withdrawal) -> Result<(), ApiError> {
    if entered.reason.trim().is_empty() {
        return Err(ApiError::new(Code::OpinionRequired).detail("请填写撤回原因", "Say why you withdraw"));
    }
    if entered.reason.chars().count() > LONGEST_REASON {
        return Err(ApiError::new(Code::InvalidField).field("reason", format!("more than {LONGEST_REASON} characters")));
    }
    if !state.submissions.withdrawals.allows(place(row), state.clock.now()) {
        return Err(ApiError::new(Code::TooManyRequests).detail(
            "尝试次数过多，请一小时后再试，或到窗口办理",
            "Too many attempts: try again in an hour, or come to the window",
        ));
    }
    let numbers = [Some(&row.applicant.id_number), row.applicant.agent.as_ref().map(|agent| &agent.id_number)];
    let entered = entered.last_four.trim().to_ascii_uppercase();
    let fits = |number: &&String| {
        number.len() >= LAST && number.is_char_boundary(number.len() - LAST) && number[number.len() - LAST..] == entered
    };
    if numbers.into_iter().flatten().any(|number| fits(&number)) {
        return Ok(());
    }
    Err(ApiError::new(Code::InvalidIdNumber)
        .detail("证件号码后四位与申请不符", "These are not the last four characters of the number in the application"))
}

/// Withdraws, or asks the department to confirm it once the application was accepted.
pub async fn withdraw(state: &AppState, row: &CaseRow, entered: &Withdrawal) -> Result<CaseRow, ApiError> {
    check(state, row, entered)?;
    let request = Request {
        hall: row.case.hall.clone(),
        actor: "applicant".to_owned(),
        key: None,
        command: Command::Step {
            case_no: row.case.case_no.clone(),
            asker: CaseAsker::Applicant,
            step: Box::new(Step::Withdraw { reason: entered.reason.trim().to_owned() }),
        },
    };
    match state.engine.submit(request).await? {
        Answer::Case(row) => Ok(*row),
        _ => Err(ApiError::new(Code::IdempotencyKeyReused)),
    }
}

/// A number by which attempts on one case are counted.
fn place(row: &CaseRow) -> i64 {
    let digest = Sha256::digest(&row.case.case_no);
    digest.iter().take(8).fold(0, |place, byte| (place << 8) | i64::from(*byte))
}
