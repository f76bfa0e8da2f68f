//! Versions of years' arrangements.

use domain::calendar::Arrangement;
use protocol::Millis;
use sha2::{Digest, Sha256};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::StoreError;

/// A loaded version of a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarRow {
    pub version: i64,
    pub arrangement: Arrangement,
    /// The name of the file it was loaded from.
    pub source: String,
    /// SHA-256 of its canonical JSON, in lower-case hex.
    pub digest: String,
    pub loaded_at: Millis,
    pub loaded_by: String,
}

const COLUMNS: &str = "version, content, source, digest, loaded_at, loaded_by";

/// The version of the whole calendar: 0 where nothing has been loaded.
pub async fn version(connection: &mut AnyConnection) -> Result<i64, StoreError> {
    let row = sqlx::query("SELECT COALESCE(MAX(version), 0) FROM calendars").fetch_one(connection).await?;
    Ok(row.try_get(0)?)
}

/// The newest version of every year that has one, by year.
pub async fn in_force(connection: &mut AnyConnection) -> Result<Vec<CalendarRow>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM calendars WHERE version IN (SELECT MAX(version) FROM calendars GROUP BY year) ORDER BY year"
    );
    sqlx::query(AssertSqlSafe(sql)).fetch_all(connection).await?.iter().map(calendar_row).collect()
}

/// The newest version of one year.
pub async fn of_year(connection: &mut AnyConnection, year: i16) -> Result<Option<CalendarRow>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM calendars WHERE year = $1 ORDER BY version DESC LIMIT 1");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(i64::from(year)).fetch_optional(connection).await?;
    row.as_ref().map(calendar_row).transpose()
}

/// An arrangement as stored, canonical JSON (RFC 8785), and its SHA-256 in lower-case hex.
pub fn content(arrangement: &Arrangement) -> (String, String) {
    // Texts, whole numbers and lists, which it can always write.
    let content = serde_json_canonicalizer::to_string(arrangement).unwrap_or_default();
    let digest = crate::hex(&Sha256::digest(&content));
    (content, digest)
}

/// Writes a new version; `content` is the arrangement's canonical JSON.
pub async fn add(connection: &mut AnyConnection, row: &CalendarRow, content: &str) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO calendars (version, year, content, source, digest, loaded_at, loaded_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(row.version)
    .bind(i64::from(row.arrangement.year))
    .bind(content)
    .bind(&row.source)
    .bind(&row.digest)
    .bind(row.loaded_at)
    .bind(&row.loaded_by)
    .execute(connection)
    .await?;
    Ok(())
}

fn calendar_row(row: &AnyRow) -> Result<CalendarRow, StoreError> {
    let version: i64 = row.try_get(0)?;
    let content: String = row.try_get(1)?;
    let arrangement = serde_json::from_str(&content).map_err(|e| StoreError::Inconsistent {
        table: "calendars",
        row: version.to_string(),
        what: e.to_string(),
    })?;
    Ok(CalendarRow {
        version,
        arrangement,
        source: row.try_get(2)?,
        digest: row.try_get(3)?,
        loaded_at: row.try_get(4)?,
        loaded_by: row.try_get(5)?,
    })
}
