//! The working-day calendar as versioned data: what the program brings along, and years that operators have loaded.

pub mod file;
pub mod http;
pub mod load;

use std::sync::Arc;

use domain::calendar::{Arrangement, Calendar};
use sha2::{Digest, Sha256};
use sqlx::AnyConnection;

use crate::store::StoreError;
use crate::store::calendars;

pub use self::http::router;

/// The calendar with its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    pub calendar: Arc<Calendar>,
    /// The version of the newest loaded year; 0 where all is as the program brings it along.
    pub version: i64,
}

impl Default for InForce {
    fn default() -> Self {
        InForce { calendar: Arc::new(Calendar::published()), version: 0 }
    }
}

/// Reads the calendar in force: the loaded years over those that the program brings along.
pub async fn in_force(connection: &mut AnyConnection) -> Result<InForce, StoreError> {
    let loaded = calendars::in_force(connection).await?;
    let version = loaded.iter().map(|row| row.version).max().unwrap_or(0);
    let brought = Calendar::published();
    let years = brought.arrangements().cloned().chain(loaded.into_iter().map(|row| row.arrangement));
    Ok(InForce { calendar: Arc::new(Calendar::of(years)), version })
}

/// An arrangement's canonical JSON (RFC 8785) and its SHA-256 in hex.
pub fn content(arrangement: &Arrangement) -> (String, String) {
    // Texts, whole numbers and lists, which it can always write.
    let content = serde_json_canonicalizer::to_string(arrangement).unwrap_or_default();
    let digest = crate::hex(&Sha256::digest(&content));
    (content, digest)
}
