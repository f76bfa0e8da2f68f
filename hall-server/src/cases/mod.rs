//! Cases: intake, review, decision, collection.

pub mod intake;
pub mod joint;
pub mod projection;
pub mod reading;
mod reproject;
pub mod steps;
pub mod view;

use axum::routing::{get, post};
use axum::{Json, Router};
use protocol::case::Case;
use protocol::problem::Code;
use protocol::staff::User;

use crate::AppState;
use crate::engine::Answer;
use crate::http::problem::ApiError;

pub use self::reproject::reproject;

/// Addresses under `/api/v1`.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/applications", post(intake::open))
        .route("/applications/{application}", get(reading::application))
        .route("/cases", get(reading::search))
        .route("/cases/steps", post(steps::several))
        .route("/cases/{case_no}", get(reading::one))
        .route("/cases/{case_no}/steps", post(steps::step))
        .route("/cases/{case_no}/receipt", get(reading::receipt))
        .route("/tasks", get(reading::tasks))
        .route("/progress", post(reading::progress))
}

/// The engine's answer as the asker's screen shows it.
async fn answered(state: &AppState, answer: Answer, asker: &User) -> Result<Json<Case>, ApiError> {
    let Answer::Case(row) = answer else { return Err(ApiError::new(Code::IdempotencyKeyReused)) };
    let mut connection = state.store.reader().acquire().await?;
    Ok(Json(view::case(state, &mut connection, *row, asker).await?))
}
