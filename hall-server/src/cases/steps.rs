//! The steps of a case, by clerks, reviewers, signers and leaders. Who may take which is the rules' to say.

use axum::Json;
use axum::extract::{Path, State};
use protocol::case::{Case, Done, FileRef, SeveralSteps, Step};
use protocol::problem::{Code, Problem};
use protocol::staff::{Role, User};
use sqlx::AnyConnection;

use super::answered;
use crate::AppState;
use crate::absences;
use crate::engine::command::CaseAsker;
use crate::engine::{Command, EngineError, Request};
use crate::files::access::Subject;
use crate::http::asker::Staff;
use crate::http::body::{self, Repeatable};
use crate::http::problem::ApiError;
use crate::store::cases::CaseRow;
use crate::store::{cases, files, identity, submissions};

/// The longest opinion, reason or note, in characters.
const LONGEST_TEXT: usize = 2000;

/// The most cases that one request grants.
const MOST_AT_ONCE: usize = 100;

/// Take a step.
#[utoipa::path(post, path = "/api/v1/cases/{case_no}/steps", tag = "cases", request_body = Step,
    params(("case_no" = String, Path), ("idempotency-key" = Option<String>, Header)),
    responses((status = 200, body = Case), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub async fn step(
    State(state): State<AppState>,
    Path(case_no): Path<String>,
    staff: Staff,
    Repeatable(key): Repeatable,
    body::Json(step): body::Json<Step>,
) -> Result<Json<Case>, ApiError> {
    check(&state, staff.user(), &step).await?;
    let (hall, asker) = {
        let mut connection = state.store.reader().acquire().await?;
        let asker = asker(&state, &mut connection, staff.user()).await?;
        if let Step::AttachFile { file, .. } = &step {
            let row = cases::one(&mut connection, &case_no).await?.ok_or_else(|| ApiError::new(Code::UnknownCase))?;
            check_file(&mut connection, &row, file).await?;
        }
        let hall = cases::hall_of(&mut connection, &case_no).await?.ok_or_else(|| ApiError::new(Code::UnknownCase))?;
        (hall, asker)
    };
    let command = Command::Step { case_no, asker, step: Box::new(step) };
    let answer = state.engine.submit(Request { hall, actor: staff.asker().actor(), key, command }).await?;
    answered(&state, answer, staff.user()).await
}

/// Grant several cases at once (批量审批), where their items allow it. Each stands for itself: what is refused for one changes nothing
/// for the others.
#[utoipa::path(post, path = "/api/v1/cases/steps", tag = "cases", request_body = SeveralSteps,
    responses((status = 200, body = Vec<Done>), (status = 422, body = Problem)))]
pub async fn several(
    State(state): State<AppState>,
    staff: Staff,
    body::Json(several): body::Json<SeveralSteps>,
) -> Result<Json<Vec<Done>>, ApiError> {
    if several.cases.len() > MOST_AT_ONCE {
        return Err(ApiError::new(Code::InvalidField).field("cases", format!("more than {MOST_AT_ONCE}")));
    }
    let step = Step::Grant { opinion: several.opinion };
    check(&state, staff.user(), &step).await?;
    let numbers: Vec<&str> = several.cases.iter().map(String::as_str).collect();
    let (rows, asker) = {
        let mut connection = state.store.reader().acquire().await?;
        let asker = asker(&state, &mut connection, staff.user()).await?;
        (cases::find(&mut connection, &numbers).await?, asker)
    };
    let mut done = Vec::with_capacity(numbers.len());
    for case_no in &several.cases {
        let outcome = match rows.iter().find(|row| row.case.case_no == *case_no) {
            None => Err(ApiError::new(Code::UnknownCase)),
            Some(row) if !row.case.terms.bulk => Err(ApiError::new(Code::NotInBulk)),
            Some(row) => {
                let command =
                    Command::Step { case_no: case_no.clone(), asker: asker.clone(), step: Box::new(step.clone()) };
                let request = Request { hall: row.case.hall.clone(), actor: staff.asker().actor(), key: None, command };
                state.engine.submit(request).await.map_err(ApiError::from)
            }
        };
        done.push(Done { case_no: case_no.clone(), refused: outcome.err().map(|error| error.code) });
    }
    Ok(Json(done))
}

/// Whoever asks, with those for whom they stand in.
async fn asker(state: &AppState, connection: &mut AnyConnection, user: &User) -> Result<CaseAsker, ApiError> {
    let absent = absences::stood_in_for(state, connection, user).await?;
    let user = Box::new(user.clone());
    Ok(if absent.is_empty() { CaseAsker::Staff(user) } else { CaseAsker::StandsIn { user, absent } })
}

/// A file is attached that is there, was given for this case, its ticket or its submission, and has the digest that will stand in the history.
async fn check_file(connection: &mut AnyConnection, row: &CaseRow, file: &FileRef) -> Result<(), ApiError> {
    let unknown = || ApiError::new(Code::UnknownFile);
    let there = files::one(connection, &file.id).await?.ok_or_else(unknown)?;
    let of_case = there.subject == format!("case:{}", row.case.case_no);
    let of_ticket = row.case.ticket.is_some_and(|ticket| there.subject == format!("ticket:{ticket}"));
    let of_submission = match Subject::parse(&there.subject) {
        Some(Subject::Submission(id)) => {
            submissions::one(connection, id).await?.is_some_and(|sent| sent.application == row.case.application)
        }
        _ => false,
    };
    if (of_case || of_ticket || of_submission) && there.digest == file.digest { Ok(()) } else { Err(unknown()) }
}

/// What the rules cannot see: endless texts, and whether a colleague is one.
async fn check(state: &AppState, asker: &User, step: &Step) -> Result<(), ApiError> {
    if step.texts().iter().any(|text| text.chars().count() > LONGEST_TEXT) {
        return Err(ApiError::new(Code::InvalidField).field("text", format!("more than {LONGEST_TEXT} characters")));
    }
    let (Step::Reassign { to } | Step::Delegate { to, .. } | Step::AskCountersign { to }) = step else { return Ok(()) };
    let account = identity::user(&state.store, to).await?;
    let colleague = account.filter(|account| {
        account.active
            && account.user.department.is_some()
            && account.user.department == asker.department
            && account.user.roles.iter().any(|role| matches!(role, Role::Reviewer | Role::Signer | Role::Leader))
    });
    match colleague {
        Some(_) => Ok(()),
        None => Err(EngineError::Case {
            case_no: String::new(),
            refusal: domain::cases::CaseRefusal::NotAColleague(to.clone()),
        }
        .into()),
    }
}
