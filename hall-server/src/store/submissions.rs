//! Applications being made ready on a phone, without a ticket: answers and form as JSON, which file is for which document, and the
//! application that each became.

use std::collections::BTreeMap;

use domain::preparation::Draft;
use protocol::Millis;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::StoreError;

/// A submission's row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SubmissionRow {
    pub id: i64,
    /// 22 unguessable characters: the page on the phone.
    pub code: String,
    pub hall: String,
    pub item: String,
    pub item_version: i64,
    pub draft: Draft,
    pub changed_at: Millis,
    /// The number of the first case that it became; empty while it is a draft.
    pub application: String,
}

const SUBMISSION: &str =
    "SELECT id, code, hall, item, item_version, answers, form, changed_at, application FROM submissions";

pub async fn one(connection: &mut AnyConnection, id: i64) -> Result<Option<SubmissionRow>, StoreError> {
    let sql = format!("{SUBMISSION} WHERE id = $1");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    row.as_ref().map(submission_row).transpose()
}

pub async fn by_code(connection: &mut AnyConnection, code: &str) -> Result<Option<SubmissionRow>, StoreError> {
    let sql = format!("{SUBMISSION} WHERE code = $1");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(code).fetch_optional(connection).await?;
    row.as_ref().map(submission_row).transpose()
}

/// Writes a new draft under the next id. Whoever does so holds the lock `submissions`.
pub async fn add(connection: &mut AnyConnection, row: &SubmissionRow) -> Result<i64, StoreError> {
    let next = sqlx::query("SELECT COALESCE(MAX(id), 0) + 1 FROM submissions").fetch_one(&mut *connection).await?;
    let id: i64 = next.try_get(0)?;
    sqlx::query(
        "INSERT INTO submissions (id, code, hall, item, item_version, answers, form, changed_at, application) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '')",
    )
    .bind(id)
    .bind(&row.code)
    .bind(&row.hall)
    .bind(&row.item)
    .bind(row.item_version)
    .bind(written(id, &row.draft.answers)?)
    .bind(written(id, &row.draft.form)?)
    .bind(row.changed_at)
    .execute(connection)
    .await?;
    Ok(id)
}

/// Writes what was entered.
pub async fn put(connection: &mut AnyConnection, row: &SubmissionRow) -> Result<(), StoreError> {
    sqlx::query("UPDATE submissions SET answers = $2, form = $3, changed_at = $4 WHERE id = $1")
        .bind(row.id)
        .bind(written(row.id, &row.draft.answers)?)
        .bind(written(row.id, &row.draft.form)?)
        .bind(row.changed_at)
        .execute(connection)
        .await?;
    Ok(())
}

/// Notes what a draft became. Its answers and form are the cases' from then on.
pub async fn put_application(
    connection: &mut AnyConnection,
    id: i64,
    application: &str,
    at: Millis,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE submissions SET application = $2, changed_at = $3, answers = '{}', form = '{}' WHERE id = $1")
        .bind(id)
        .bind(application)
        .bind(at)
        .execute(connection)
        .await?;
    Ok(())
}

/// Files' ids with the keys of the documents that they are for.
pub async fn files(connection: &mut AnyConnection, id: i64) -> Result<BTreeMap<String, String>, StoreError> {
    let rows = sqlx::query("SELECT file, document FROM submission_files WHERE submission = $1")
        .bind(id)
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

pub async fn add_file(connection: &mut AnyConnection, id: i64, document: &str, file: &str) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO submission_files (file, submission, document) VALUES ($1, $2, $3)")
        .bind(file)
        .bind(id)
        .bind(document)
        .execute(connection)
        .await?;
    Ok(())
}

/// Takes a file out of a submission; false where it is not in it.
pub async fn remove_file(connection: &mut AnyConnection, id: i64, file: &str) -> Result<bool, StoreError> {
    let done = sqlx::query("DELETE FROM submission_files WHERE submission = $1 AND file = $2")
        .bind(id)
        .bind(file)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Drafts that were changed last before an instant and became nothing, at most 1000.
pub async fn abandoned(connection: &mut AnyConnection, before: Millis) -> Result<Vec<i64>, StoreError> {
    let rows = sqlx::query(
        "SELECT id FROM submissions WHERE application = '' AND changed_at < $1 ORDER BY changed_at LIMIT 1000",
    )
    .bind(before)
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// Removes a draft whose files are out of it.
pub async fn remove(connection: &mut AnyConnection, id: i64) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM submissions WHERE id = $1").bind(id).execute(connection).await?;
    Ok(())
}

fn submission_row(row: &AnyRow) -> Result<SubmissionRow, StoreError> {
    let id: i64 = row.try_get(0)?;
    Ok(SubmissionRow {
        id,
        code: row.try_get(1)?,
        hall: row.try_get(2)?,
        item: row.try_get(3)?,
        item_version: row.try_get(4)?,
        draft: Draft {
            answers: parsed(id, &row.try_get::<String, _>(5)?)?,
            form: parsed(id, &row.try_get::<String, _>(6)?)?,
        },
        changed_at: row.try_get(7)?,
        application: row.try_get(8)?,
    })
}

fn parsed<T: DeserializeOwned>(id: i64, json: &str) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(|error| bad(id, &error))
}

fn written<T: Serialize>(id: i64, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| bad(id, &error))
}

fn bad(id: i64, error: &serde_json::Error) -> StoreError {
    StoreError::Inconsistent { table: "submissions", row: id.to_string(), what: error.to_string() }
}
