//! Requests already answered.

use std::collections::HashMap;

use protocol::Millis;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::{StoreError, placeholders};

/// An answered request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    pub scope: String,
    pub key: String,
    pub fingerprint: String,
    /// JSON without personal data.
    pub answer: String,
    pub at: Millis,
}

/// Those of the (scope, key) pairs that were answered before, with fingerprint and answer.
pub async fn find(
    connection: &mut AnyConnection,
    keys: &[(&str, &str)],
) -> Result<HashMap<(String, String), (String, String)>, StoreError> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    // A join, since SQLite reads the whole table for `(scope, key) IN (VALUES …)`.
    let sql = format!(
        "WITH wanted (scope, key) AS (VALUES {}) \
         SELECT requests.scope, requests.key, requests.fingerprint, requests.answer FROM wanted \
         JOIN requests ON requests.scope = wanted.scope AND requests.key = wanted.key",
        placeholders(connection, keys.len(), 2)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for (scope, key) in keys {
        query = query.bind(*scope).bind(*key);
    }
    let rows = query.fetch_all(connection).await?;
    rows.iter().map(|row| Ok(((row.try_get(0)?, row.try_get(1)?), (row.try_get(2)?, row.try_get(3)?)))).collect()
}

pub async fn add(connection: &mut AnyConnection, requests: &[Answered]) -> Result<(), StoreError> {
    for chunk in requests.chunks(500) {
        let sql = format!(
            "INSERT INTO requests (scope, key, fingerprint, answer, at) VALUES {}",
            placeholders(connection, chunk.len(), 5)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for request in chunk {
            query = query
                .bind(&request.scope)
                .bind(&request.key)
                .bind(&request.fingerprint)
                .bind(&request.answer)
                .bind(request.at);
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

/// Forgets requests answered before an instant.
pub async fn forget_before(connection: &mut AnyConnection, at: Millis) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM requests WHERE at < $1").bind(at).execute(connection).await?;
    Ok(())
}
