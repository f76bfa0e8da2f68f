//! Users, sessions and devices: who asks, and for which hall.

use axum::Router;

use crate::AppState;

/// Addresses under `/api/v1`.
pub fn router() -> Router<AppState> {
    Router::new()
}
