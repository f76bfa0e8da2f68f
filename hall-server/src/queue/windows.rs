//! Windows: opened, paused, closed by their clerks; tickets called to them.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use protocol::problem::{Code, Problem};
use protocol::queue::{CallNext, CalledTicket, Finish, Window};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::AppState;
use crate::engine::{Answer, Command, Request, WindowAct};
use crate::http::asker::Staff;
use crate::http::body::{self, OptionalJson, Repeatable};
use crate::http::problem::ApiError;

type At = Path<(String, i64)>;

async fn act(
    state: &AppState,
    (hall, number): (String, i64),
    staff: &Staff,
    key: Repeatable,
    act: WindowAct,
) -> Result<Response, ApiError> {
    staff.clerk_of(&hall)?;
    let request = Request {
        hall,
        actor: staff.asker().actor(),
        key: key.0,
        command: Command::Window { number, clerk: staff.user().username.clone(), act },
    };
    match state.engine.submit(request).await? {
        Answer::Called(called) => Ok(Json(*called).into_response()),
        Answer::Window(window) => Ok(Json(*window).into_response()),
        _ => Err(ApiError::new(Code::IdempotencyKeyReused)),
    }
}

macro_rules! window_endpoint {
    ($(#[$doc:meta])* $name:ident, $path:literal, $answer:ty, $act:expr) => {
        $(#[$doc])*
        #[utoipa::path(post, path = $path, tag = "queue",
            params(("hall" = String, Path), ("number" = i64, Path), ("idempotency-key" = Option<String>, Header)),
            responses((status = 200, body = $answer), (status = 409, body = Problem)))]
        pub async fn $name(
            State(state): State<AppState>,
            Path(at): At,
            staff: Staff,
            key: Repeatable,
        ) -> Result<Response, ApiError> {
            act(&state, at, &staff, key, $act).await
        }
    };
}

window_endpoint!(
    /// Open the window for the asker; a window they hold already stays open.
    open, "/api/v1/halls/{hall}/windows/{number}/open", Window, WindowAct::Open
);
window_endpoint!(
    /// Pause the window.
    pause, "/api/v1/halls/{hall}/windows/{number}/pause", Window, WindowAct::Pause
);
window_endpoint!(
    /// Work again after a pause.
    resume, "/api/v1/halls/{hall}/windows/{number}/resume", Window, WindowAct::Resume
);
window_endpoint!(
    /// Close the window.
    close, "/api/v1/halls/{hall}/windows/{number}/close", Window, WindowAct::Close
);
window_endpoint!(
    /// Call the window's ticket again.
    recall, "/api/v1/halls/{hall}/windows/{number}/recall", CalledTicket, WindowAct::Recall
);
window_endpoint!(
    /// The person has come.
    serve, "/api/v1/halls/{hall}/windows/{number}/serve", CalledTicket, WindowAct::Serve
);
window_endpoint!(
    /// The person did not come.
    no_show, "/api/v1/halls/{hall}/windows/{number}/no-show", Window, WindowAct::Finish(Finish::NoShow)
);
window_endpoint!(
    /// The person has been served.
    complete, "/api/v1/halls/{hall}/windows/{number}/complete", Window, WindowAct::Finish(Finish::Completed)
);

/// Call whoever has waited longest for this window.
#[utoipa::path(post, path = "/api/v1/halls/{hall}/windows/{number}/call-next", tag = "queue",
    request_body = CallNext,
    params(("hall" = String, Path), ("number" = i64, Path), ("idempotency-key" = Option<String>, Header)),
    responses((status = 200, body = CalledTicket), (status = 409, body = Problem)))]
pub async fn call_next(
    State(state): State<AppState>,
    Path(at): At,
    staff: Staff,
    key: Repeatable,
    OptionalJson(call): OptionalJson<CallNext>,
) -> Result<Response, ApiError> {
    act(&state, at, &staff, key, WindowAct::CallNext(call.finish)).await
}

/// `POST …/call`: a ticket to be called out of its order.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct CallNumber {
    /// As printed, such as `A005`.
    ticket: String,
    /// What becomes of the ticket now at the window.
    #[serde(default)]
    finish: Option<Finish>,
}

/// Call a given ticket.
#[utoipa::path(post, path = "/api/v1/halls/{hall}/windows/{number}/call", tag = "queue",
    request_body = CallNumber,
    params(("hall" = String, Path), ("number" = i64, Path), ("idempotency-key" = Option<String>, Header)),
    responses((status = 200, body = CalledTicket), (status = 409, body = Problem)))]
pub async fn call_number(
    State(state): State<AppState>,
    Path(at): At,
    staff: Staff,
    key: Repeatable,
    body::Json(call): body::Json<CallNumber>,
) -> Result<Response, ApiError> {
    act(&state, at, &staff, key, WindowAct::CallNumber(call.ticket, call.finish)).await
}

/// The ticket now at the window.
#[utoipa::path(get, path = "/api/v1/halls/{hall}/windows/{number}/current", tag = "queue",
    params(("hall" = String, Path), ("number" = i64, Path)),
    responses((status = 200, body = CalledTicket), (status = 204), (status = 404, body = Problem)))]
pub async fn current(
    State(state): State<AppState>,
    Path((hall, number)): At,
    staff: Staff,
) -> Result<Response, ApiError> {
    staff.clerk_of(&hall)?;
    let cell = state.engine.hall(&hall).await?;
    let window = cell.queue.window(number)?;
    match window.ticket().and_then(|id| cell.queue.ticket(id)) {
        Some(ticket) => Ok(Json(cell.called_view(ticket, &state.settings.public_url)).into_response()),
        None => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}
