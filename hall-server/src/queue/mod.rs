//! Tickets and windows: the endpoints of kiosks, desks and boards.

use axum::Router;

use crate::AppState;

/// Addresses under `/api/v1`.
pub fn router() -> Router<AppState> {
    Router::new()
}
