//! Data instead of papers (数据共享、免提交): somebody with a case at hand looks up in another office's register what a document
//! would say. Allowed by the rules of `domain::lookups` alone; logged before anybody is asked; seen by the citizen.

pub mod asking;
pub mod http;
pub mod http_json;
pub mod providers;
pub mod template;
pub mod view;

use axum::Router;
use axum::routing::post;

use crate::AppState;

/// Addresses under `/api/v1`.
pub fn router() -> Router<AppState> {
    Router::new().route("/cases/{case_no}/lookups", post(http::ask).get(http::of_case))
}
