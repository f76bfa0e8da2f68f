//! Absences (休假): who is away, and who stands in.

mod arranging;
pub mod http;

use axum::Router;
use axum::routing::{get, post};
use protocol::staff::User;
use sqlx::AnyConnection;

use crate::AppState;
use crate::store::{StoreError, absences};

/// Addresses under `/api/v1`.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/absences", get(http::list).post(http::arrange))
        .route("/absences/{id}/end", post(http::end))
        .route("/absences/{id}/steps", get(http::steps))
}

/// Those for whom somebody stands in today.
pub async fn stood_in_for(
    state: &AppState,
    connection: &mut AnyConnection,
    user: &User,
) -> Result<Vec<User>, StoreError> {
    absences::stood_in_for(connection, &user.username, domain::civil::day(state.clock.now())).await
}
