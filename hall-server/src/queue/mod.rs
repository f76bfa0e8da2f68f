//! Tickets and windows: the endpoints of kiosks, desks and boards.

pub mod follow;
pub mod identification;
pub mod snapshot;
pub mod tickets;
pub mod windows;

use axum::Router;
use axum::routing::{get, post};

use crate::AppState;
use crate::events::stream;

/// Addresses under `/api/v1`.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/halls/{hall}/tickets", post(tickets::take))
        .route("/tickets/{id}/printed", post(tickets::printed))
        .route("/halls/{hall}/queue", get(snapshot::queue))
        .route("/halls/{hall}/events", get(stream::hall))
        .route("/follow/{code}", get(tickets::follow))
        .route("/follow/{code}/events", get(stream::follow))
        .route("/halls/{hall}/windows/{number}/open", post(windows::open))
        .route("/halls/{hall}/windows/{number}/pause", post(windows::pause))
        .route("/halls/{hall}/windows/{number}/resume", post(windows::resume))
        .route("/halls/{hall}/windows/{number}/close", post(windows::close))
        .route("/halls/{hall}/windows/{number}/current", get(windows::current))
        .route("/halls/{hall}/windows/{number}/call-next", post(windows::call_next))
        .route("/halls/{hall}/windows/{number}/call", post(windows::call_number))
        .route("/halls/{hall}/windows/{number}/recall", post(windows::recall))
        .route("/halls/{hall}/windows/{number}/serve", post(windows::serve))
        .route("/halls/{hall}/windows/{number}/no-show", post(windows::no_show))
        .route("/halls/{hall}/windows/{number}/complete", post(windows::complete))
}
