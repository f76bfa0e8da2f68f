//! The outbox as administrators and supervisors see it, and having a stuck message sent again.

use axum::Json;
use axum::extract::{Path, Query, State};
use protocol::Millis;
use protocol::exchange::{OutboxMessage, OutboxState};
use protocol::problem::{Code, Problem};
use protocol::staff::Role;
use serde::Deserialize;
use utoipa::IntoParams;

use super::record::ExchangeEvent;
use crate::AppState;
use crate::engine::outside::{self, Occurrence};
use crate::http::asker::Staff;
use crate::http::problem::ApiError;
use crate::store::exchange::{self as store, Kept};
use crate::store::{Store, StoreError, queue};

/// The most messages in one answer.
const MOST: i64 = 500;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Only those in this state.
    state: Option<OutboxState>,
    /// Only those to this system.
    system: Option<String>,
}

/// Messages to departments' systems, the oldest first; for administrators and supervisors.
#[utoipa::path(get, path = "/api/v1/exchange/outbox", tag = "exchange", params(Which),
    responses((status = 200, body = Vec<OutboxMessage>), (status = 403, body = Problem)))]
pub async fn outbox(
    State(state): State<AppState>,
    staff: Staff,
    Query(which): Query<Which>,
) -> Result<Json<Vec<OutboxMessage>>, ApiError> {
    if !(staff.has(Role::Administrator) || staff.has(Role::Supervisor)) {
        return Err(ApiError::new(Code::Forbidden));
    }
    let mut connection = state.store.reader().acquire().await?;
    let kept = store::list(&mut connection, which.state, which.system.as_deref(), MOST).await?;
    Ok(Json(kept.into_iter().map(|kept| view(&state, kept)).collect()))
}

/// Have a stuck message sent again, from the beginning of its retry plan; for administrators.
#[utoipa::path(post, path = "/api/v1/exchange/outbox/{id}/replay", tag = "exchange",
    params(("id" = String, Path)),
    responses((status = 200, body = OutboxMessage), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub async fn replay(
    State(state): State<AppState>,
    Path(id): Path<String>,
    staff: Staff,
) -> Result<Json<OutboxMessage>, ApiError> {
    if !staff.has(Role::Administrator) {
        return Err(ApiError::new(Code::Forbidden));
    }
    replay_for(&state.store, &id, &staff.asker().actor(), state.clock.now()).await?;
    let mut connection = state.store.reader().acquire().await?;
    let kept = store::one(&mut connection, &id).await?.ok_or_else(|| ApiError::new(Code::UnknownMessage))?;
    Ok(Json(view(&state, kept)))
}

/// Why a message is not sent again.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    #[error("there is no message {0}")]
    Unknown(String),
    #[error("message {0} is not stuck")]
    NotStuck(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ReplayError> for ApiError {
    fn from(error: ReplayError) -> Self {
        match error {
            ReplayError::Unknown(_) => ApiError::new(Code::UnknownMessage),
            ReplayError::NotStuck(_) => ApiError::new(Code::MessageNotStuck),
            ReplayError::Store(error) => error.into(),
        }
    }
}

/// Has a stuck message sent again in somebody's name, in one transaction with the event that says who did.
pub async fn replay_for(main: &Store, id: &str, actor: &str, now: Millis) -> Result<(), ReplayError> {
    let unknown = || ReplayError::Unknown(id.to_owned());
    let mut tx = main.begin_write().await?;
    let row = store::one(&mut tx, id).await?.ok_or_else(unknown)?.row;
    let turn = queue::take_turn(&mut tx, &row.hall).await?.ok_or_else(unknown)?;
    if !store::replay(&mut tx, id, now).await? {
        return Err(ReplayError::NotStuck(id.to_owned()));
    }
    let subject = format!("case:{}", row.case_no);
    let event = ExchangeEvent::MessageReplayed { case_no: row.case_no, system: row.system, message: row.id };
    let occurrence = Occurrence { at: now, kind: event.kind(), actor, subject, body: &event };
    outside::record(&mut tx, &row.hall, &turn, occurrence).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}

fn view(state: &AppState, kept: Kept) -> OutboxMessage {
    OutboxMessage {
        configured: state.settings.systems.get(&kept.row.system).is_some(),
        id: kept.row.id,
        system: kept.row.system,
        hall: kept.row.hall,
        case_no: kept.row.case_no,
        kind: kept.row.kind,
        state: kept.state,
        created_at: kept.row.created_at,
        attempts: kept.attempts,
        next_try_at: (kept.state == OutboxState::Waiting).then_some(kept.next_try_at),
        last_error: kept.last_error,
        sent_at: kept.sent_at,
    }
}
