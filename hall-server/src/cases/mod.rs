//! Cases: intake, review, decision, collection.

use axum::Router;

use crate::AppState;

/// Addresses under `/api/v1`.
pub fn router() -> Router<AppState> {
    Router::new()
}
