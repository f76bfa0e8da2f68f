//! Users, sessions and devices: who asks, and for which hall.

pub mod colleagues;
pub mod directory;
pub mod secrets;
pub mod sessions;

use axum::Router;
use axum::routing::{get, post};

use crate::AppState;

/// Addresses under `/api/v1`.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/sessions", post(sessions::sign_in))
        .route("/colleagues", get(colleagues::list))
        .route("/sessions/current", get(sessions::current).delete(sessions::sign_out))
}
