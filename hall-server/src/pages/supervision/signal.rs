//! One signal: its history, and its review by a form that works without scripts.

use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use protocol::problem::{Code, Problem};
use protocol::supervision::SignalStep;
use serde::Deserialize;

use super::Supervising;
use crate::AppState;
use crate::http::problem::ApiError;
use crate::pages::frame::{Frame, page};
use crate::pages::session::Supervisor;
use crate::pages::view::supervision::signal::{Message, Shown, SignalPage};
use crate::store::signals;
use crate::supervision::{history, http, view};

#[derive(Debug, Deserialize)]
pub(super) struct Was {
    /// There after a review.
    done: Option<String>,
}

/// `GET /supervisor/signals/{id}`.
pub(super) async fn show(
    State(state): State<AppState>,
    Supervising(asker): Supervising,
    Path(id): Path<i64>,
    Query(was): Query<Was>,
    frame: Frame,
) -> Result<Response, ApiError> {
    let done = was.done.is_some();
    let message =
        if done { Message { good: true, text: frame.w.review_done().to_owned() } } else { Message::default() };
    signal_page(&state, &asker, id, frame, message, "").await
}

async fn signal_page(
    state: &AppState,
    asker: &Supervisor,
    id: i64,
    frame: Frame,
    message: Message,
    typed: &str,
) -> Result<Response, ApiError> {
    let (row, signal, steps) = {
        let mut connection = state.store.reader().acquire().await?;
        let row = signals::find(&mut connection, &[id]).await?.into_iter().next();
        let row = row.ok_or(ApiError::new(Code::UnknownSignal))?;
        let seen = view::signals(state, &mut connection, std::slice::from_ref(&row), &asker.user).await?;
        let signal = seen.into_iter().next().ok_or(ApiError::new(Code::UnknownSignal))?;
        let steps = history::of_signal(&mut connection, &row.signal).await?;
        (row, signal, steps)
    };
    let addressed = history::addressed(state, &row.signal).await?;
    let shown = Shown { signal: &signal, steps: &steps, addressed };
    page(&SignalPage::new(frame, asker.viewer(), shown, message, typed))
}

#[derive(Debug, Deserialize)]
pub(super) struct Review {
    csrf: String,
    action: String,
    #[serde(default)]
    text: String,
}

/// `POST /supervisor/signals/{id}`: confirms, sends back or cancels. What is refused comes back with what was typed.
pub(super) async fn review(
    State(state): State<AppState>,
    Supervising(asker): Supervising,
    Path(id): Path<i64>,
    frame: Frame,
    headers: HeaderMap,
    Form(review): Form<Review>,
) -> Result<Response, ApiError> {
    if !asker.sent(&headers, &review.csrf) {
        return Err(ApiError::new(Code::Forbidden));
    }
    let text = review.text.clone();
    let step = match review.action.as_str() {
        "confirm" => SignalStep::Confirm { text },
        "send-back" => SignalStep::SendBack { text },
        "cancel" => SignalStep::Cancel { text },
        _ => return Err(ApiError::new(Code::BadRequest)),
    };
    match http::take(&state, &asker.user, id, None, step).await {
        Ok(_) => {
            let address = format!("/supervisor/signals/{id}?lang={}&done=1", frame.w.code());
            Ok(Redirect::to(&address).into_response())
        }
        Err(error) if matches!(error.code, Code::WrongState | Code::OpinionRequired | Code::InvalidField) => {
            let english = frame.w.english;
            let problem = Problem::new(error.code, error.detail.pick(english), english);
            let text = if problem.detail.is_empty() { problem.title } else { problem.detail };
            let status = StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let message = Message { good: false, text };
            Ok((status, signal_page(&state, &asker, id, frame, message, &review.text).await?).into_response())
        }
        Err(error) => Err(error),
    }
}
