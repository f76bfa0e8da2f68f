//! What all endpoints share: the router, problems, bodies, who asks.

pub mod asker;
pub mod body;
pub mod health;
pub mod openapi;
pub mod problem;
mod refusals;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use protocol::problem::Code;

use self::problem::ApiError;
use crate::AppState;
use crate::{
    absences, calendar, cases, catalogue, evidence, exchange, files, identity, lookups, notices, pages, preparation,
    queue, supervision,
};

/// Everything the server answers.
pub fn router(state: AppState) -> Router {
    let api = Router::new()
        .route("/openapi.json", get(openapi::openapi))
        .merge(catalogue::router())
        .merge(identity::router())
        .merge(queue::router())
        .merge(files::router())
        .merge(preparation::router())
        .merge(cases::router())
        .merge(notices::router())
        .merge(supervision::router())
        .merge(calendar::router())
        .merge(absences::router())
        .merge(evidence::router())
        .merge(lookups::router())
        .merge(exchange::router());
    Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .nest("/api/v1", api)
        .merge(pages::router())
        .fallback(problem::no_such_address)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn(body::read))
        // Their bodies are too large to be read whole.
        .merge(pages::uploads())
        .nest("/api/v1", files::uploads().merge(preparation::uploads()))
        .layer(middleware::from_fn(problem::in_the_askers_language))
        .layer(middleware::from_fn_with_state(state.clone(), count))
        .with_state(state)
}

async fn wrong_method() -> Response {
    let error = ApiError::new(Code::BadRequest).detail("该地址不接受此方法", "This address does not take this method");
    let mut response = axum::response::IntoResponse::into_response(error);
    *response.status_mut() = axum::http::StatusCode::METHOD_NOT_ALLOWED;
    response
}

async fn count(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    state.metrics.request(response.status().is_server_error());
    response
}
