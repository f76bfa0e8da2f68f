//! Halls, departments and items: import, drafts, publication, what kiosks show.

pub mod connected;
pub mod difference;
pub mod drafts;
pub mod drafts_http;
pub mod halls_file;
pub mod http;
pub mod import;
pub mod item_versions;
pub mod packages;
pub mod publication;
pub mod sample;

use axum::Router;

use crate::AppState;

/// The room's addresses under `/api/v1`.
pub fn router() -> Router<AppState> {
    http::router().merge(drafts_http::router())
}
