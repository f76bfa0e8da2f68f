//! Files' rows. Their bytes lie in a folder (`files::vault`).

use protocol::Millis;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::{StoreError, placeholders};

/// A file's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    pub id: String,
    /// SHA-256 in hexadecimal.
    pub digest: String,
    /// In bytes.
    pub size: i64,
    pub media_type: String,
    /// `ticket:ID` or `case:NO`.
    pub subject: String,
    pub uploaded_at: Millis,
    /// `user:NAME` or `ticket:ID`.
    pub uploaded_by: String,
    /// Personal data.
    pub name: String,
}

const FILE: &str = "id, digest, size, media_type, subject, uploaded_at, uploaded_by, name";

/// Keeps others who lock the same text waiting until the transaction ends.
pub async fn lock(connection: &mut AnyConnection, text: &str) -> Result<(), StoreError> {
    // SQLite has one writer anyway.
    if connection.backend_name() == "PostgreSQL" {
        sqlx::query("SELECT CAST(pg_advisory_xact_lock(hashtextextended($1, 4841)) AS TEXT)")
            .bind(text)
            .execute(connection)
            .await?;
    }
    Ok(())
}

pub async fn add(connection: &mut AnyConnection, row: &FileRow) -> Result<(), StoreError> {
    let sql = format!("INSERT INTO files ({FILE}) VALUES {}", placeholders(connection, 1, 8));
    sqlx::query(AssertSqlSafe(sql))
        .bind(&row.id)
        .bind(&row.digest)
        .bind(row.size)
        .bind(&row.media_type)
        .bind(&row.subject)
        .bind(row.uploaded_at)
        .bind(&row.uploaded_by)
        .bind(&row.name)
        .execute(connection)
        .await?;
    Ok(())
}

pub async fn one(connection: &mut AnyConnection, id: &str) -> Result<Option<FileRow>, StoreError> {
    let sql = format!("SELECT {FILE} FROM files WHERE id = $1");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    row.as_ref().map(file_row).transpose()
}

/// The files of a ticket or case, in the order of their coming.
pub async fn of(connection: &mut AnyConnection, subject: &str) -> Result<Vec<FileRow>, StoreError> {
    let sql = format!("SELECT {FILE} FROM files WHERE subject = $1 ORDER BY uploaded_at, id");
    sqlx::query(AssertSqlSafe(sql)).bind(subject).fetch_all(connection).await?.iter().map(file_row).collect()
}

/// How many files a ticket or case has, and their bytes.
pub async fn total(connection: &mut AnyConnection, subject: &str) -> Result<(i64, i64), StoreError> {
    let row = sqlx::query("SELECT COUNT(*), CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM files WHERE subject = $1")
        .bind(subject)
        .fetch_one(connection)
        .await?;
    Ok((row.try_get(0)?, row.try_get(1)?))
}

pub async fn remove(connection: &mut AnyConnection, id: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM files WHERE id = $1").bind(id).execute(connection).await?;
    Ok(())
}

/// Whether any file has these bytes.
pub async fn refers_to(connection: &mut AnyConnection, digest: &str) -> Result<bool, StoreError> {
    let row = sqlx::query("SELECT 1 FROM files WHERE digest = $1 LIMIT 1").bind(digest).fetch_optional(connection);
    Ok(row.await?.is_some())
}

/// Digests and sizes of what files refer to, each once, the next `limit` after a digest.
pub async fn digests_after(
    connection: &mut AnyConnection,
    digest: &str,
    limit: i64,
) -> Result<Vec<(String, i64)>, StoreError> {
    let rows =
        sqlx::query("SELECT digest, MAX(size) FROM files WHERE digest > $1 GROUP BY digest ORDER BY digest LIMIT $2")
            .bind(digest)
            .bind(limit)
            .fetch_all(connection)
            .await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// Ids of the files with these bytes.
pub async fn with_digest(connection: &mut AnyConnection, digest: &str) -> Result<Vec<String>, StoreError> {
    let rows = sqlx::query("SELECT id FROM files WHERE digest = $1 ORDER BY id").bind(digest).fetch_all(connection);
    rows.await?.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

fn file_row(row: &AnyRow) -> Result<FileRow, StoreError> {
    Ok(FileRow {
        id: row.try_get("id")?,
        digest: row.try_get("digest")?,
        size: row.try_get("size")?,
        media_type: row.try_get("media_type")?,
        subject: row.try_get("subject")?,
        uploaded_at: row.try_get("uploaded_at")?,
        uploaded_by: row.try_get("uploaded_by")?,
        name: row.try_get("name")?,
    })
}
