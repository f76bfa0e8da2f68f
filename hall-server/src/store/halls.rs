//! The row of a hall: its description, its turn and the head of its chain of events.

use protocol::catalogue::Hall;
use sqlx::{AnyConnection, Row};

use super::{Store, StoreError};

/// Writes or replaces a hall's description and tells running servers to read its setup anew.
pub async fn describe(connection: &mut AnyConnection, hall: &Hall) -> Result<(), StoreError> {
    let description = serde_json::to_string(hall).map_err(|e| bad(&hall.code, &e))?;
    sqlx::query(
        "INSERT INTO halls (code, ordinal, description) \
         VALUES ($1, (SELECT COALESCE(MAX(ordinal), 0) + 1 FROM halls), $2) \
         ON CONFLICT (code) DO UPDATE SET description = excluded.description, revision = halls.revision + 1",
    )
    .bind(&hall.code)
    .bind(description)
    .execute(connection)
    .await?;
    Ok(())
}

/// Tells running servers that what every hall offers has changed: lines, windows, items.
/// Whoever changes the catalogue calls it in the same transaction.
pub async fn touch_all(connection: &mut AnyConnection) -> Result<(), StoreError> {
    sqlx::query("UPDATE halls SET revision = revision + 1").execute(connection).await?;
    Ok(())
}

/// Every hall, in the order in which they were first described.
pub async fn all(store: &Store) -> Result<Vec<Hall>, StoreError> {
    list(&mut *store.reader().acquire().await?).await
}

/// The same on a connection that is at hand.
pub async fn list(connection: &mut AnyConnection) -> Result<Vec<Hall>, StoreError> {
    let rows = sqlx::query("SELECT code, description FROM halls ORDER BY ordinal").fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            let code: String = row.try_get(0)?;
            let description: String = row.try_get(1)?;
            serde_json::from_str(&description).map_err(|e| bad(&code, &e))
        })
        .collect()
}

/// Where the chain of every hall stands: its code, its last turn and that event's hash; by code.
pub async fn chain_heads(connection: &mut AnyConnection) -> Result<Vec<(String, i64, String)>, StoreError> {
    let rows = sqlx::query("SELECT code, turn, chain_head FROM halls ORDER BY code").fetch_all(connection).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))).collect()
}

/// One hall by its code.
pub async fn one(connection: &mut AnyConnection, code: &str) -> Result<Option<Hall>, StoreError> {
    let row =
        sqlx::query("SELECT description FROM halls WHERE code = $1").bind(code).fetch_optional(connection).await?;
    row.map(|row| {
        let description: String = row.try_get(0)?;
        serde_json::from_str(&description).map_err(|e| bad(code, &e))
    })
    .transpose()
}

fn bad(code: &str, error: &serde_json::Error) -> StoreError {
    StoreError::Inconsistent { table: "halls", row: code.to_owned(), what: error.to_string() }
}
