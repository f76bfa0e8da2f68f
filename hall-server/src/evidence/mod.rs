//! Evidence: signed heads over the halls' chains of events, and cases' dossiers that are verified without the database.
//! What it proves and what not stands in `docs/evidence.md`.

mod archive;
pub mod check;
pub mod copies;
pub mod dossier;
mod enclosures;
pub mod head;
pub mod http;
pub mod keys;
pub mod merkle;
pub mod proof;
pub mod signer;
pub mod trail;

use axum::Router;
use axum::routing::get;

use crate::AppState;

pub use signer::{Setup, Signer};

/// Addresses under `/api/v1`.
pub fn router() -> Router<AppState> {
    Router::new().route("/cases/{case_no}/dossier", get(http::dossier))
}
