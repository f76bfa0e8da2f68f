//! For the people who keep the server running.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use protocol::problem::Code;

use super::problem::ApiError;
use crate::AppState;
use crate::exchange;
use crate::store::{halls, migrations};

/// The process runs.
#[utoipa::path(get, path = "/healthz", tag = "operation", responses((status = 200, body = String)))]
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// The database answers and its schema is up to date.
#[utoipa::path(get, path = "/readyz", tag = "operation",
    responses((status = 200, body = String), (status = 503, body = protocol::problem::Problem)))]
pub async fn readyz(State(state): State<AppState>) -> Result<&'static str, ApiError> {
    match migrations::missing(&state.store).await {
        Ok(0) => Ok("ready\n"),
        Ok(_) => Err(ApiError::new(Code::Busy).detail("数据库结构尚未更新", "The schema is not up to date")),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the database does not answer");
            Err(ApiError::new(Code::Busy).detail("数据库没有应答", "The database does not answer"))
        }
    }
}

/// Counters and gauges, in Prometheus' text format.
#[utoipa::path(get, path = "/metrics", tag = "operation", responses((status = 200, body = String)))]
pub async fn metrics(State(state): State<AppState>) -> Result<impl IntoResponse, ApiError> {
    let mut waiting = Vec::new();
    for hall in halls::all(&state.store).await? {
        let cell = state.engine.hall(&hall.code).await?;
        for line in &cell.queue.setup().lines {
            let letter = line.line.letter.chars().next().unwrap_or_default();
            if let Some(status) = cell.queue.line_status(letter) {
                waiting.push((hall.code.clone(), line.line.letter.clone(), status.waiting));
            }
        }
    }
    let mut text = state.metrics.text(&waiting, &state.bus.listeners());
    text.push_str(&exchange::metrics(&state, state.clock.now()).await?);
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text))
}
