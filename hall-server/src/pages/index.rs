//! The first page: every hall with its board, and the way to the supervisor's page.

use axum::extract::State;
use axum::response::Response;

use super::frame::{Frame, page};
use super::view::index::IndexPage;
use crate::AppState;
use crate::http::problem::ApiError;
use crate::store::halls;

/// `GET /`.
pub(super) async fn show(State(state): State<AppState>, frame: Frame) -> Result<Response, ApiError> {
    let halls = halls::all(&state.store).await?;
    let sample = match halls.first() {
        Some(hall) => state.engine.hall(&hall.code).await?.offers.values().any(|offered| offered.item.sample),
        None => false,
    };
    page(&IndexPage::new(frame, &halls, sample))
}
