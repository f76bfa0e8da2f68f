//! What boards, desks and the supervisor start from.

use axum::Json;
use axum::extract::{Path, State};
use protocol::problem::Problem;
use protocol::queue::QueueSnapshot;

use crate::AppState;
use crate::engine::EngineError;
use crate::http::problem::ApiError;

/// A hall's queue as committed last.
pub async fn of(state: &AppState, hall: &str) -> Result<QueueSnapshot, EngineError> {
    let cell = state.engine.hall(hall).await?;
    Ok(cell.snapshot(state.clock.now(), &state.engine.calendar()))
}

/// The hall's queue: who is called where, how many wait, which windows work.
#[utoipa::path(get, path = "/api/v1/halls/{hall}/queue", tag = "queue", params(("hall" = String, Path)),
    responses((status = 200, body = QueueSnapshot), (status = 404, body = Problem)))]
pub async fn queue(State(state): State<AppState>, Path(hall): Path<String>) -> Result<Json<QueueSnapshot>, ApiError> {
    Ok(Json(of(&state, &hall).await?))
}
