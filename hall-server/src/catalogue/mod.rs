//! Halls, departments and items: import, publication, what kiosks show.

use axum::Router;

use crate::AppState;

/// The catalogue's addresses under `/api/v1`.
pub fn router() -> Router<AppState> {
    Router::new()
}
