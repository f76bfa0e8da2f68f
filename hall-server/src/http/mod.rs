//! What all endpoints share: the router, problems, who asks.

pub mod problem;

use axum::Router;
use axum::middleware;

use crate::AppState;
use crate::{cases, catalogue, identity, pages, queue};

/// Everything the server answers.
pub fn router(state: AppState) -> Router {
    let api = Router::new()
        .merge(catalogue::router())
        .merge(identity::router())
        .merge(queue::router())
        .merge(cases::router());
    Router::new()
        .nest("/api/v1", api)
        .merge(pages::router())
        .fallback(problem::no_such_address)
        .layer(middleware::from_fn(problem::in_the_askers_language))
        .with_state(state)
}
