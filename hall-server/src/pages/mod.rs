//! Web pages: boards, the phone page, the supervisor's page.

use axum::Router;

use crate::AppState;

/// The pages' addresses, from the root.
pub fn router() -> Router<AppState> {
    Router::new()
}
