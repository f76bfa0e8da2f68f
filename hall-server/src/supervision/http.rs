//! Signals over HTTP: listed, answered, reviewed; what is about to go wrong.

use axum::Json;
use axum::extract::{Path, Query, State};
use protocol::problem::{Code, Problem};
use protocol::staff::{Role, User};
use protocol::supervision::{Ahead, Figures, Rule, Signal, SignalState, SignalStep};
use serde::Deserialize;

use super::{ahead, figures, view};
use crate::AppState;
use crate::engine::command::RequestKey;
use crate::engine::{Answer, Command, Request};
use crate::http::asker::Staff;
use crate::http::body::{self, Repeatable};
use crate::http::problem::ApiError;
use crate::store::signals::{self, Seen, SignalRow};

/// The most signals on one list.
const MOST: i64 = 500;

/// The longest reply or review, in characters.
pub const LONGEST_TEXT: usize = 2000;

#[derive(Debug, Deserialize)]
pub struct Listed {
    /// `all` lists those that are closed too.
    #[serde(default)]
    state: String,
}

/// Signals: a supervisor's all, a department's and a hall's own; the gravest and oldest first.
#[utoipa::path(get, path = "/api/v1/signals", tag = "supervision", params(("state" = Option<String>, Query)),
    responses((status = 200, body = Vec<Signal>)))]
pub async fn list(
    State(state): State<AppState>,
    Query(listed): Query<Listed>,
    staff: Staff,
) -> Result<Json<Vec<Signal>>, ApiError> {
    let mut states = vec![SignalState::Open, SignalState::Replied];
    if listed.state == "all" {
        states.extend([SignalState::Confirmed, SignalState::Cancelled]);
    }
    let mut connection = state.store.reader().acquire().await?;
    let rows = seen_by(&mut connection, staff.user(), &states).await?;
    Ok(Json(view::signals(&state, &mut connection, &rows, staff.user()).await?))
}

async fn seen_by(
    connection: &mut sqlx::AnyConnection,
    user: &User,
    states: &[SignalState],
) -> Result<Vec<SignalRow>, ApiError> {
    if sees_all(user) {
        return Ok(signals::list(connection, Seen::All, states, MOST).await?);
    }
    let mut rows = Vec::new();
    if let Some(department) = &user.department {
        rows.extend(signals::list(connection, Seen::Department(department), states, MOST).await?);
    }
    if let Some(hall) = user.hall.as_ref().filter(|_| user.roles.contains(&Role::Clerk)) {
        rows.extend(signals::list(connection, Seen::Hall(hall), states, MOST).await?);
    }
    Ok(rows)
}

fn sees_all(user: &User) -> bool {
    user.roles.iter().any(|role| matches!(role, Role::Supervisor | Role::Administrator))
}

/// Reply to a signal, or review the reply.
#[utoipa::path(post, path = "/api/v1/signals/{id}/steps", tag = "supervision", request_body = SignalStep,
    params(("id" = i64, Path), ("idempotency-key" = Option<String>, Header)),
    responses((status = 200, body = Signal), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub async fn step(
    State(state): State<AppState>,
    Path(id): Path<i64>,
    staff: Staff,
    Repeatable(key): Repeatable,
    body::Json(step): body::Json<SignalStep>,
) -> Result<Json<Signal>, ApiError> {
    take(&state, staff.user(), id, key, step).await.map(Json)
}

/// Takes a step of a signal that the asker may see.
pub(crate) async fn take(
    state: &AppState,
    user: &User,
    id: i64,
    key: Option<RequestKey>,
    step: SignalStep,
) -> Result<Signal, ApiError> {
    let (SignalStep::Reply { text }
    | SignalStep::Confirm { text }
    | SignalStep::SendBack { text }
    | SignalStep::Cancel { text }) = &step;
    if text.chars().count() > LONGEST_TEXT {
        return Err(ApiError::new(Code::InvalidField).field("text", format!("more than {LONGEST_TEXT} characters")));
    }
    let hall = {
        let mut connection = state.store.reader().acquire().await?;
        let row = signals::find(&mut connection, &[id]).await?.into_iter().next();
        let seen = row.filter(|row| sees_all(user) || row.signal.is_recipient(user));
        seen.ok_or_else(|| ApiError::new(Code::UnknownSignal))?.signal.hall
    };
    let request = Request {
        hall,
        actor: format!("user:{}", user.username),
        key,
        command: Command::SignalStep { id, asker: Box::new(user.clone()), step },
    };
    let Answer::Signal(row) = state.engine.submit(request).await? else {
        return Err(ApiError::new(Code::IdempotencyKeyReused));
    };
    let mut connection = state.store.reader().acquire().await?;
    let seen = view::signals(state, &mut connection, &[*row], user).await?;
    seen.into_iter().next().ok_or_else(|| ApiError::new(Code::UnknownSignal))
}

/// The rules in force.
#[utoipa::path(get, path = "/api/v1/supervision/rules", tag = "supervision", responses((status = 200, body = Vec<Rule>)))]
pub async fn rules(State(state): State<AppState>, _staff: Staff) -> Json<Vec<Rule>> {
    Json(state.engine.rules().all().to_vec())
}

#[derive(Debug, Deserialize)]
pub struct Asked {
    /// A department's or hall's code; absent: all.
    unit: Option<String>,
    /// From 0.
    #[serde(default)]
    page: u16,
}

/// What is about to go wrong, for supervisors: open cases by the clock that runs out first, overdue ones before others, and
/// applications whose joint clock runs out before those of all their cases. Fifty a page.
#[utoipa::path(get, path = "/api/v1/supervision/ahead", tag = "supervision",
    params(("unit" = Option<String>, Query), ("page" = Option<u16>, Query)),
    responses((status = 200, body = Vec<Ahead>), (status = 403, body = Problem)))]
pub async fn ahead(
    State(state): State<AppState>,
    Query(asked): Query<Asked>,
    staff: Staff,
) -> Result<Json<Vec<Ahead>>, ApiError> {
    if !sees_all(staff.user()) {
        return Err(ApiError::new(Code::Forbidden));
    }
    let mut connection = state.store.reader().acquire().await?;
    let unit = asked.unit.as_deref().filter(|unit| !unit.is_empty());
    Ok(Json(ahead::lines(&state, &mut connection, unit, asked.page).await?.lines))
}

/// Departments' and halls' figures, for supervisors.
#[utoipa::path(get, path = "/api/v1/supervision/figures", tag = "supervision",
    responses((status = 200, body = Figures), (status = 403, body = Problem)))]
pub async fn figures(State(state): State<AppState>, staff: Staff) -> Result<Json<Figures>, ApiError> {
    if !sees_all(staff.user()) {
        return Err(ApiError::new(Code::Forbidden));
    }
    let mut connection = state.store.reader().acquire().await?;
    Ok(Json(figures::read(&state, &mut connection).await?))
}
