//! The steps of a case, by clerks, reviewers and signers. Who may take which is the rules' to say.

use axum::Json;
use axum::extract::{Path, State};
use domain::cases::Action;
use protocol::case::{Case, CheckDocuments, Deliver, NotifyCorrection, Opinion};
use protocol::problem::{Code, Problem};

use super::answered;
use crate::AppState;
use crate::engine::{Command, Request};
use crate::http::asker::Staff;
use crate::http::body::{self, OptionalJson, Repeatable};
use crate::http::problem::ApiError;
use crate::store::cases;

/// The longest opinion, reason or note, in characters.
const LONGEST_TEXT: usize = 2000;

async fn step(
    state: &AppState,
    case_no: String,
    staff: &Staff,
    key: Repeatable,
    action: Action,
) -> Result<Json<Case>, ApiError> {
    let hall = {
        let mut connection = state.store.reader().acquire().await?;
        let row = cases::one(&mut connection, &case_no).await?;
        row.ok_or_else(|| ApiError::new(Code::UnknownCase))?.case.hall
    };
    let request = Request {
        hall,
        actor: staff.asker().actor(),
        key: key.0,
        command: Command::Step { case_no, asker: Box::new(staff.user().clone()), action },
    };
    let answer = state.engine.submit(request).await?;
    answered(state, answer, staff.user()).await
}

fn text(text: String, place: &str) -> Result<String, ApiError> {
    if text.chars().count() > LONGEST_TEXT {
        return Err(ApiError::new(Code::InvalidField).field(place, format!("more than {LONGEST_TEXT} characters")));
    }
    Ok(text)
}

/// Tick the checklist of documents. Keys not named stay as they are.
#[utoipa::path(put, path = "/api/v1/cases/{case_no}/documents", tag = "cases", request_body = CheckDocuments,
    params(("case_no" = String, Path), ("idempotency-key" = Option<String>, Header)),
    responses((status = 200, body = Case), (status = 409, body = Problem)))]
pub async fn documents(
    State(state): State<AppState>,
    Path(case_no): Path<String>,
    staff: Staff,
    key: Repeatable,
    body::Json(check): body::Json<CheckDocuments>,
) -> Result<Json<Case>, ApiError> {
    step(&state, case_no, &staff, key, Action::CheckDocuments(check.documents)).await
}

/// Give the one full correction notice.
#[utoipa::path(post, path = "/api/v1/cases/{case_no}/correction", tag = "cases", request_body = NotifyCorrection,
    params(("case_no" = String, Path), ("idempotency-key" = Option<String>, Header)),
    responses((status = 200, body = Case), (status = 409, body = Problem)))]
pub async fn correction(
    State(state): State<AppState>,
    Path(case_no): Path<String>,
    staff: Staff,
    key: Repeatable,
    OptionalJson(notice): OptionalJson<NotifyCorrection>,
) -> Result<Json<Case>, ApiError> {
    let action = Action::NotifyCorrection { note: text(notice.note, "note")? };
    step(&state, case_no, &staff, key, action).await
}

/// Hand the result over.
#[utoipa::path(post, path = "/api/v1/cases/{case_no}/deliver", tag = "cases", request_body = Deliver,
    params(("case_no" = String, Path), ("idempotency-key" = Option<String>, Header)),
    responses((status = 200, body = Case), (status = 409, body = Problem)))]
pub async fn deliver(
    State(state): State<AppState>,
    Path(case_no): Path<String>,
    staff: Staff,
    key: Repeatable,
    OptionalJson(deliver): OptionalJson<Deliver>,
) -> Result<Json<Case>, ApiError> {
    let action = Action::Deliver { collected_by: text(deliver.collected_by, "collected_by")? };
    step(&state, case_no, &staff, key, action).await
}

macro_rules! plain_step {
    ($(#[$doc:meta])* $name:ident, $path:literal, $action:expr) => {
        $(#[$doc])*
        #[utoipa::path(post, path = $path, tag = "cases",
            params(("case_no" = String, Path), ("idempotency-key" = Option<String>, Header)),
            responses((status = 200, body = Case), (status = 409, body = Problem)))]
        pub async fn $name(
            State(state): State<AppState>,
            Path(case_no): Path<String>,
            staff: Staff,
            key: Repeatable,
        ) -> Result<Json<Case>, ApiError> {
            step(&state, case_no, &staff, key, $action).await
        }
    };
}

plain_step!(
    /// The missing papers came: back to intake.
    supply, "/api/v1/cases/{case_no}/supply", Action::Supply
);
plain_step!(
    /// Accept the application: the clock starts.
    accept, "/api/v1/cases/{case_no}/accept", Action::Accept
);
plain_step!(
    /// The result is ready.
    complete, "/api/v1/cases/{case_no}/complete", Action::Complete
);

macro_rules! opinion_step {
    ($(#[$doc:meta])* $name:ident, $path:literal, $action:expr) => {
        $(#[$doc])*
        #[utoipa::path(post, path = $path, tag = "cases", request_body = Opinion,
            params(("case_no" = String, Path), ("idempotency-key" = Option<String>, Header)),
            responses((status = 200, body = Case), (status = 403, body = Problem), (status = 409, body = Problem)))]
        pub async fn $name(
            State(state): State<AppState>,
            Path(case_no): Path<String>,
            staff: Staff,
            key: Repeatable,
            OptionalJson(opinion): OptionalJson<Opinion>,
        ) -> Result<Json<Case>, ApiError> {
            let action = ($action)(text(opinion.text, "text")?);
            step(&state, case_no, &staff, key, action).await
        }
    };
}

opinion_step!(
    /// A reviewer approves their department's branch.
    approve, "/api/v1/cases/{case_no}/approve", |opinion| Action::Approve { opinion }
);
opinion_step!(
    /// A reviewer returns the case to the hall, or the signer to the reviewers.
    return_, "/api/v1/cases/{case_no}/return", |reason| Action::Return { reason }
);
opinion_step!(
    /// A reviewer vetoes: the case is refused.
    veto, "/api/v1/cases/{case_no}/veto", |reason| Action::Veto { reason }
);
opinion_step!(
    /// Answer a return, and send the case to review again.
    resubmit, "/api/v1/cases/{case_no}/resubmit", |note| Action::Resubmit { note }
);
opinion_step!(
    /// The signer grants.
    grant, "/api/v1/cases/{case_no}/grant", |opinion| Action::Grant { opinion }
);
opinion_step!(
    /// The signer refuses.
    refuse, "/api/v1/cases/{case_no}/refuse", |reason| Action::Refuse { reason }
);
opinion_step!(
    /// The applicant withdraws.
    withdraw, "/api/v1/cases/{case_no}/withdraw", |reason| Action::Withdraw { reason }
);
