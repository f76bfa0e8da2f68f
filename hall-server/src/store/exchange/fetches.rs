//! Where departments' systems fetch the files that messages name.

use protocol::Millis;
use sqlx::{AnyConnection, Row};

use crate::store::StoreError;

/// How long a file can be fetched, in milliseconds from when its message is first sent.
const OPEN_FOR: Millis = 30 * 24 * 3600 * 1000;

/// A file that may be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    pub file: String,
    pub expires_at: Millis,
    pub fetched_at: Option<Millis>,
}

pub async fn add_fetch(
    connection: &mut AnyConnection,
    token_hash: &str,
    message: &str,
    file: &str,
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO document_fetches (token_hash, message, file, expires_at) VALUES ($1, $2, $3, $4)")
        .bind(token_hash)
        .bind(message)
        .bind(file)
        .bind(now + OPEN_FOR)
        .execute(connection)
        .await?;
    Ok(())
}

pub async fn fetch(connection: &mut AnyConnection, token_hash: &str) -> Result<Option<Fetch>, StoreError> {
    let row = sqlx::query("SELECT file, expires_at, fetched_at FROM document_fetches WHERE token_hash = $1")
        .bind(token_hash)
        .fetch_optional(connection)
        .await?;
    row.map(|row| Ok(Fetch { file: row.try_get(0)?, expires_at: row.try_get(1)?, fetched_at: row.try_get(2)? }))
        .transpose()
}

/// Notes that a file was fetched.
pub async fn fetched(connection: &mut AnyConnection, token_hash: &str, now: Millis) -> Result<(), StoreError> {
    sqlx::query("UPDATE document_fetches SET fetched_at = $2 WHERE token_hash = $1 AND fetched_at IS NULL")
        .bind(token_hash)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// Lets a message's files be fetched once more.
pub(super) async fn allow_again(connection: &mut AnyConnection, message: &str, now: Millis) -> Result<(), StoreError> {
    sqlx::query("UPDATE document_fetches SET fetched_at = NULL, expires_at = $2 WHERE message = $1")
        .bind(message)
        .bind(now + OPEN_FOR)
        .execute(connection)
        .await?;
    Ok(())
}

/// Puts what a message says, once its files have addresses.
pub async fn set_body(connection: &mut AnyConnection, message: &str, body: &str) -> Result<(), StoreError> {
    sqlx::query("UPDATE outbox SET body = $2 WHERE id = $1").bind(message).bind(body).execute(connection).await?;
    Ok(())
}
