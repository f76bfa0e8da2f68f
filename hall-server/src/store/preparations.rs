//! What tickets' holders prepare: answers and form as JSON, and which file is for which document.

use std::collections::BTreeMap;

use domain::preparation::Draft;
use domain::queue::TicketId;
use protocol::Millis;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::{AnyConnection, Row};

use super::StoreError;

/// A preparation's row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PreparationRow {
    pub ticket: TicketId,
    pub draft: Draft,
    pub sent_at: Option<Millis>,
    pub changed_at: Millis,
}

pub async fn one(connection: &mut AnyConnection, ticket: TicketId) -> Result<Option<PreparationRow>, StoreError> {
    let row = sqlx::query("SELECT answers, form, sent_at, changed_at FROM preparations WHERE ticket = $1")
        .bind(ticket)
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        Ok(PreparationRow {
            ticket,
            draft: Draft {
                answers: parsed(ticket, &row.try_get::<String, _>(0)?)?,
                form: parsed(ticket, &row.try_get::<String, _>(1)?)?,
            },
            sent_at: row.try_get(2)?,
            changed_at: row.try_get(3)?,
        })
    })
    .transpose()
}

/// Writes a preparation as it is now.
pub async fn put(connection: &mut AnyConnection, row: &PreparationRow) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO preparations (ticket, answers, form, sent_at, changed_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (ticket) DO UPDATE SET answers = excluded.answers, form = excluded.form, \
         sent_at = excluded.sent_at, changed_at = excluded.changed_at",
    )
    .bind(row.ticket)
    .bind(written(row.ticket, &row.draft.answers)?)
    .bind(written(row.ticket, &row.draft.form)?)
    .bind(row.sent_at)
    .bind(row.changed_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes that a preparation was handed over, whether anything was entered or not.
pub async fn hand_over(connection: &mut AnyConnection, ticket: TicketId, at: Millis) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO preparations (ticket, answers, form, sent_at, changed_at) VALUES ($1, '{}', '{}', $2, $2) \
         ON CONFLICT (ticket) DO UPDATE SET sent_at = excluded.sent_at, changed_at = excluded.changed_at",
    )
    .bind(ticket)
    .bind(at)
    .execute(connection)
    .await?;
    Ok(())
}

/// Files' ids with the keys of the documents that they are for.
pub async fn files(connection: &mut AnyConnection, ticket: TicketId) -> Result<BTreeMap<String, String>, StoreError> {
    let rows = sqlx::query("SELECT file, document FROM preparation_files WHERE ticket = $1")
        .bind(ticket)
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

pub async fn add_file(
    connection: &mut AnyConnection,
    ticket: TicketId,
    document: &str,
    file: &str,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO preparation_files (file, ticket, document) VALUES ($1, $2, $3)")
        .bind(file)
        .bind(ticket)
        .bind(document)
        .execute(connection)
        .await?;
    Ok(())
}

/// Takes a file out of a preparation; false where it is not in it.
pub async fn remove_file(connection: &mut AnyConnection, ticket: TicketId, file: &str) -> Result<bool, StoreError> {
    let done = sqlx::query("DELETE FROM preparation_files WHERE ticket = $1 AND file = $2")
        .bind(ticket)
        .bind(file)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Tickets whose preparation was changed last from one instant on and before another.
pub async fn changed_between(
    connection: &mut AnyConnection,
    from: Millis,
    to: Millis,
) -> Result<Vec<TicketId>, StoreError> {
    let rows =
        sqlx::query("SELECT ticket FROM preparations WHERE changed_at >= $1 AND changed_at < $2 ORDER BY ticket")
            .bind(from)
            .bind(to)
            .fetch_all(connection)
            .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// Removes a preparation whose files are out of it.
pub async fn remove(connection: &mut AnyConnection, ticket: TicketId) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM preparations WHERE ticket = $1").bind(ticket).execute(connection).await?;
    Ok(())
}

fn parsed<T: DeserializeOwned>(ticket: TicketId, json: &str) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(|error| bad(ticket, &error))
}

fn written<T: Serialize>(ticket: TicketId, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| bad(ticket, &error))
}

fn bad(ticket: TicketId, error: &serde_json::Error) -> StoreError {
    StoreError::Inconsistent { table: "preparations", row: ticket.to_string(), what: error.to_string() }
}
