//! Tickets: taken by kiosks, followed by phones.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::civil;
use domain::queue::TicketId;
use protocol::problem::{Code, Problem};
use protocol::queue::{Follow, TakeTicket, Ticket};
use serde::Deserialize;
use utoipa::ToSchema;

use super::identification;
use crate::AppState;
use crate::engine::command::Take;
use crate::engine::{Answer, Command, Request};
use crate::http::asker::Machine;
use crate::http::body::{self, Repeatable};
use crate::http::problem::ApiError;
use crate::identity::{secrets, sessions};

/// Take a ticket. A repeated request with the same `Idempotency-Key` gets the same ticket.
#[utoipa::path(post, path = "/api/v1/halls/{hall}/tickets", tag = "queue", request_body = TakeTicket,
    params(("hall" = String, Path), ("idempotency-key" = Option<String>, Header)),
    responses((status = 201, body = Ticket), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn take(
    State(state): State<AppState>,
    Path(hall): Path<String>,
    machine: Machine,
    Repeatable(key): Repeatable,
    body::Json(take): body::Json<TakeTicket>,
) -> Result<Response, ApiError> {
    machine.stands_in(&hall)?;
    let identification = identification::checked(take.identification, civil::day(state.clock.now()))?;
    let language = if take.language == "en" { "en" } else { "zh" }.to_owned();
    let follow_code = secrets::page_code(state.clock.now()).map_err(sessions::no_randomness)?;
    let request = Request {
        hall,
        actor: machine.asker().actor(),
        key,
        command: Command::Take(Take { item: take.item, identification, language, follow_code }),
    };
    match state.engine.submit(request).await? {
        Answer::Ticket(ticket) => Ok((StatusCode::CREATED, Json(*ticket)).into_response()),
        _ => Err(ApiError::new(Code::IdempotencyKeyReused)),
    }
}

/// What became of a ticket's paper.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Printed {
    outcome: Outcome,
    /// Why it failed, as the printer said it.
    #[serde(default)]
    reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Outcome {
    Printed,
    Failed,
}

/// Say whether the ticket's paper came out.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/printed", tag = "queue", request_body = Printed,
    params(("id" = i64, Path), ("idempotency-key" = Option<String>, Header)),
    responses((status = 204), (status = 404, body = Problem)))]
pub async fn printed(
    State(state): State<AppState>,
    Path(ticket): Path<TicketId>,
    machine: Machine,
    Repeatable(key): Repeatable,
    body::Json(printed): body::Json<Printed>,
) -> Result<StatusCode, ApiError> {
    let request = Request {
        hall: machine.device().hall.clone(),
        actor: machine.asker().actor(),
        key,
        command: Command::Printed {
            ticket,
            printed: printed.outcome == Outcome::Printed,
            reason: printed.reason.chars().take(200).collect(),
        },
    };
    state.engine.submit(request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The phone page's state, by the code on the ticket.
#[utoipa::path(get, path = "/api/v1/follow/{code}", tag = "queue", params(("code" = String, Path)),
    responses((status = 200, body = Follow), (status = 404, body = Problem)))]
pub async fn follow(State(state): State<AppState>, Path(code): Path<String>) -> Result<Json<Follow>, ApiError> {
    let place = super::follow::find(&state, &code).await?;
    Ok(Json(super::follow::follow(&state, &place).await?))
}
