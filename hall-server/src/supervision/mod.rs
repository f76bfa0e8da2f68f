//! Electronic supervision (电子监察): the rules in force, the sweep that looks at what is due, signals and their replies.

pub mod ahead;
pub mod figures;
pub mod history;
pub mod http;
pub mod load;
pub mod survey;
pub mod sweep;
pub mod view;

use axum::Router;
use axum::routing::{get, post};
use domain::supervision::Rules;
use sha2::{Digest, Sha256};
use sqlx::AnyConnection;

use crate::AppState;
use crate::store::{StoreError, supervision_rules};

/// Addresses under `/api/v1`.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/signals", get(http::list))
        .route("/signals/{id}/steps", post(http::step))
        .route("/supervision/rules", get(http::rules))
        .route("/supervision/ahead", get(http::ahead))
        .route("/supervision/figures", get(http::figures))
}

/// Rules as canonical JSON (RFC 8785), and its SHA-256 in lower-case hex.
pub fn content(rules: &Rules) -> (String, String) {
    // Texts, whole numbers and lists, which it can always write.
    let content = serde_json_canonicalizer::to_string(&rules.all()).unwrap_or_default();
    let digest = crate::hex(&Sha256::digest(&content));
    (content, digest)
}

/// The rules in force with their version; version 0: those that the program brings along.
pub async fn rules_in_force(connection: &mut AnyConnection) -> Result<(i64, Rules), StoreError> {
    let Some(row) = supervision_rules::in_force(connection).await? else { return Ok((0, Rules::default())) };
    let rules = Rules::new(row.rules).map_err(|errors| StoreError::Inconsistent {
        table: "supervision_rules",
        row: row.version.to_string(),
        what: errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
    })?;
    Ok((row.version, rules))
}
