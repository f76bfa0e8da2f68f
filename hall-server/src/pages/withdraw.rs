//! `/c/{code}/withdraw`: the applicant withdraws. Two forms one after the other, without a script: what and why, then whether.

use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use protocol::problem::Code;
use serde::Deserialize;

use super::frame::{Frame, page};
use super::prepare;
use super::view::withdraw::{WithdrawPage, WithdrawStage};
use crate::AppState;
use crate::http::problem::ApiError;
use crate::store::cases::{self, CaseRow};
use crate::submission::{self, Withdrawal};

/// `GET /c/{code}/withdraw`. Where nothing can be withdrawn any more, the case is what matters.
pub(super) async fn ask(
    State(state): State<AppState>,
    Path(code): Path<String>,
    frame: Frame,
) -> Result<Response, ApiError> {
    let row = found(&state, &code).await?;
    if !submission::may_withdraw(&state, &row) {
        return Ok(back(&code, &frame));
    }
    shown(&state, &code, &row, frame, WithdrawStage::Asked, &Withdrawal::default(), String::new()).await
}

#[derive(Debug, Deserialize)]
pub(super) struct Entered {
    #[serde(default)]
    last_four: String,
    #[serde(default)]
    reason: String,
    /// Sent by the second form.
    #[serde(default)]
    sure: String,
}

/// `POST /c/{code}/withdraw`.
pub(super) async fn answer(
    State(state): State<AppState>,
    Path(code): Path<String>,
    frame: Frame,
    Form(entered): Form<Entered>,
) -> Result<Response, ApiError> {
    let row = found(&state, &code).await?;
    if !submission::may_withdraw(&state, &row) {
        return Ok(back(&code, &frame));
    }
    let withdrawal = Withdrawal { last_four: entered.last_four, reason: entered.reason };
    let done = if entered.sure.is_empty() {
        submission::check_withdrawal(&state, &row, &withdrawal).map(|()| false)
    } else {
        submission::withdraw(&state, &row, &withdrawal).await.map(|_| true)
    };
    match done {
        Ok(true) => Ok(back(&code, &frame)),
        Ok(false) => shown(&state, &code, &row, frame, WithdrawStage::Confirming, &withdrawal, String::new()).await,
        Err(error) => {
            let (message, status) = prepare::said(&error, frame.w);
            let mut response = shown(&state, &code, &row, frame, WithdrawStage::Asked, &withdrawal, message).await?;
            *response.status_mut() = status;
            Ok(response)
        }
    }
}

async fn found(state: &AppState, code: &str) -> Result<CaseRow, ApiError> {
    let mut connection = state.store.reader().acquire().await?;
    cases::by_query_code(&mut connection, code).await?.ok_or_else(|| ApiError::new(Code::UnknownCase))
}

fn back(code: &str, frame: &Frame) -> Response {
    Redirect::to(&format!("/c/{code}?lang={}", frame.w.code())).into_response()
}

async fn shown(
    state: &AppState,
    code: &str,
    row: &CaseRow,
    frame: Frame,
    stage: WithdrawStage,
    entered: &Withdrawal,
    message: String,
) -> Result<Response, ApiError> {
    let item = {
        let mut connection = state.store.reader().acquire().await?;
        crate::cases::view::item(state, &mut connection, row).await?
    };
    page(&WithdrawPage::new(frame, code, row, &item, stage, entered, message))
}
