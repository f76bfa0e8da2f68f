//! Signals over HTTP: listed, answered, reviewed; what is about to go wrong.

use axum::Json;
use axum::extract::{Path, Query, State};
use domain::civil;
use protocol::case::Task;
use protocol::problem::{Code, Problem};
use protocol::staff::{Role, User};
use protocol::supervision::{Rule, Signal, SignalState, SignalStep};
use serde::Deserialize;

use super::view;
use crate::AppState;
use crate::cases::view as case_view;
use crate::engine::{Answer, Command, Request};
use crate::http::asker::Staff;
use crate::http::body::{self, Repeatable};
use crate::http::problem::ApiError;
use crate::store::signals::{self, Seen, SignalRow};
use crate::store::{case_tasks, supervision};

/// The most signals on one list.
const MOST: i64 = 500;

/// The longest reply or review, in characters.
const LONGEST_TEXT: usize = 2000;

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
        let seen = row.filter(|row| sees_all(staff.user()) || row.signal.is_recipient(staff.user()));
        seen.ok_or_else(|| ApiError::new(Code::UnknownSignal))?.signal.hall
    };
    let request = Request {
        hall,
        actor: staff.asker().actor(),
        key,
        command: Command::SignalStep { id, asker: Box::new(staff.user().clone()), step },
    };
    let Answer::Signal(row) = state.engine.submit(request).await? else {
        return Err(ApiError::new(Code::IdempotencyKeyReused));
    };
    let mut connection = state.store.reader().acquire().await?;
    let seen = view::signals(&state, &mut connection, &[*row], staff.user()).await?;
    seen.into_iter().next().map(Json).ok_or_else(|| ApiError::new(Code::UnknownSignal))
}

/// The rules in force.
#[utoipa::path(get, path = "/api/v1/supervision/rules", tag = "supervision", responses((status = 200, body = Vec<Rule>)))]
pub async fn rules(State(state): State<AppState>, _staff: Staff) -> Json<Vec<Rule>> {
    Json(state.engine.rules().all().to_vec())
}

/// What is about to go wrong: open tasks of every department and hall by the day on which they are due, for supervisors.
#[utoipa::path(get, path = "/api/v1/supervision/ahead", tag = "supervision", responses((status = 200, body = Vec<Task>)))]
pub async fn ahead(State(state): State<AppState>, staff: Staff) -> Result<Json<Vec<Task>>, ApiError> {
    if !sees_all(staff.user()) {
        return Err(ApiError::new(Code::Forbidden));
    }
    let today = civil::day(state.clock.now());
    let until = state.engine.calendar().due(today, supervision::AHEAD_DAYS).date;
    let mut connection = state.store.reader().acquire().await?;
    let rows = case_tasks::due_by(&mut connection, &until.to_string()).await?;
    Ok(Json(case_view::tasks(&state, &mut connection, rows, &[]).await?))
}
