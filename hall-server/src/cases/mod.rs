//! Cases: intake, review, decision, collection.

pub mod intake;
pub mod reading;
mod reproject;
pub mod steps;
pub mod view;

use axum::routing::{get, post, put};
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
        .route("/cases", post(intake::open).get(reading::search))
        .route("/cases/{case_no}", get(reading::one))
        .route("/cases/{case_no}/documents", put(steps::documents))
        .route("/cases/{case_no}/correction", post(steps::correction))
        .route("/cases/{case_no}/supply", post(steps::supply))
        .route("/cases/{case_no}/accept", post(steps::accept))
        .route("/cases/{case_no}/receipt", get(reading::receipt))
        .route("/cases/{case_no}/approve", post(steps::approve))
        .route("/cases/{case_no}/return", post(steps::return_))
        .route("/cases/{case_no}/veto", post(steps::veto))
        .route("/cases/{case_no}/resubmit", post(steps::resubmit))
        .route("/cases/{case_no}/grant", post(steps::grant))
        .route("/cases/{case_no}/refuse", post(steps::refuse))
        .route("/cases/{case_no}/withdraw", post(steps::withdraw))
        .route("/cases/{case_no}/complete", post(steps::complete))
        .route("/cases/{case_no}/deliver", post(steps::deliver))
        .route("/tasks", get(reading::tasks))
        .route("/progress", post(reading::progress))
}

/// The engine's answer as the asker's screen shows it.
async fn answered(state: &AppState, answer: Answer, asker: &User) -> Result<Json<Case>, ApiError> {
    let Answer::Case(row) = answer else { return Err(ApiError::new(Code::IdempotencyKeyReused)) };
    let mut connection = state.store.reader().acquire().await?;
    Ok(Json(view::case(state, &mut connection, *row, asker).await?))
}
