//! Versions of the rules of supervision.

use protocol::Millis;
use protocol::supervision::Rule;
use sqlx::{AnyConnection, Row};

use super::StoreError;

/// A loaded version of the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesRow {
    pub version: i64,
    pub rules: Vec<Rule>,
    /// The name of the file they were loaded from.
    pub source: String,
    /// SHA-256 of their canonical JSON, in lower-case hex.
    pub digest: String,
    pub loaded_at: Millis,
    pub loaded_by: String,
}

/// The newest version's number; 0 where nothing has been loaded.
pub async fn version(connection: &mut AnyConnection) -> Result<i64, StoreError> {
    let row = sqlx::query("SELECT COALESCE(MAX(version), 0) FROM supervision_rules").fetch_one(connection).await?;
    Ok(row.try_get(0)?)
}

/// The rules in force; `None` where nothing has been loaded.
pub async fn in_force(connection: &mut AnyConnection) -> Result<Option<RulesRow>, StoreError> {
    let row = sqlx::query(
        "SELECT version, content, source, digest, loaded_at, loaded_by FROM supervision_rules ORDER BY version DESC LIMIT 1",
    )
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let version: i64 = row.try_get(0)?;
    let content: String = row.try_get(1)?;
    Ok(Some(RulesRow {
        version,
        rules: serde_json::from_str(&content).map_err(|e| StoreError::Inconsistent {
            table: "supervision_rules",
            row: version.to_string(),
            what: e.to_string(),
        })?,
        source: row.try_get(2)?,
        digest: row.try_get(3)?,
        loaded_at: row.try_get(4)?,
        loaded_by: row.try_get(5)?,
    }))
}

/// Adds a version; `content` is the rules' canonical JSON.
pub async fn add(connection: &mut AnyConnection, row: &RulesRow, content: &str) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO supervision_rules (version, content, source, digest, loaded_at, loaded_by) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(row.version)
    .bind(content)
    .bind(&row.source)
    .bind(&row.digest)
    .bind(row.loaded_at)
    .bind(&row.loaded_by)
    .execute(connection)
    .await?;
    Ok(())
}
