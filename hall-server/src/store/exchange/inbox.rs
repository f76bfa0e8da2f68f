//! The inbox: verified messages of departments' systems and what was done with each.

use protocol::Millis;
use sqlx::{AnyConnection, Row};

use crate::store::StoreError;

/// What was done with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InboxOutcome {
    Applied,
    /// A later one about the case had been applied before.
    Overtaken,
    /// Nothing was done; sent again, it is looked at again.
    Refused,
}

const OUTCOMES: [(InboxOutcome, &str); 3] =
    [(InboxOutcome::Applied, "applied"), (InboxOutcome::Overtaken, "overtaken"), (InboxOutcome::Refused, "refused")];

/// A message as it came, and what was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxRow {
    pub system: String,
    pub message_id: String,
    pub digest: String,
    pub case_no: String,
    pub sequence: i64,
    pub kind: String,
    pub outcome: InboxOutcome,
    /// Why it was refused; empty otherwise.
    pub reason: String,
    pub at: Millis,
}

/// What is known of a message id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    pub digest: String,
    pub outcome: InboxOutcome,
    pub reason: String,
    pub first_at: Millis,
    pub times: i64,
}

/// Which numbers of a system's messages about a case are known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen {
    /// The highest that was applied; 0 before the first.
    pub applied: i64,
    /// The highest below the one asked about, whatever was done with it; 0 for none.
    pub before: i64,
}

pub async fn noted(
    connection: &mut AnyConnection,
    system: &str,
    message_id: &str,
) -> Result<Option<Noted>, StoreError> {
    let row =
        sqlx::query("SELECT digest, outcome, reason, first_at, times FROM inbox WHERE system = $1 AND message_id = $2")
            .bind(system)
            .bind(message_id)
            .fetch_optional(connection)
            .await?;
    row.map(|row| {
        let outcome: String = row.try_get(1)?;
        let known = OUTCOMES.iter().find(|(_, text)| *text == outcome).map(|(outcome, _)| *outcome);
        Ok(Noted {
            digest: row.try_get(0)?,
            outcome: known.ok_or_else(|| StoreError::Inconsistent {
                table: "inbox",
                row: format!("{system} {message_id}"),
                what: format!("outcome {outcome:?}"),
            })?,
            reason: row.try_get(2)?,
            first_at: row.try_get(3)?,
            times: row.try_get(4)?,
        })
    })
    .transpose()
}

pub async fn seen(
    connection: &mut AnyConnection,
    system: &str,
    case_no: &str,
    sequence: i64,
) -> Result<Seen, StoreError> {
    let row = sqlx::query(
        "SELECT CAST(COALESCE(MAX(CASE WHEN outcome = 'applied' THEN sequence END), 0) AS BIGINT), \
         CAST(COALESCE(MAX(CASE WHEN sequence < $3 THEN sequence END), 0) AS BIGINT) \
         FROM inbox WHERE system = $1 AND case_no = $2",
    )
    .bind(system)
    .bind(case_no)
    .bind(sequence)
    .fetch_one(connection)
    .await?;
    Ok(Seen { applied: row.try_get(0)?, before: row.try_get(1)? })
}

/// Notes what was done with a message: for the first time, or after it had been refused before.
pub async fn note(connection: &mut AnyConnection, row: &InboxRow) -> Result<(), StoreError> {
    let outcome = OUTCOMES.iter().find(|(outcome, _)| *outcome == row.outcome).map_or("", |(_, text)| *text);
    sqlx::query(
        "INSERT INTO inbox (system, message_id, digest, case_no, sequence, kind, outcome, reason, first_at, last_at, times) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, 1) ON CONFLICT (system, message_id) DO UPDATE SET \
         outcome = excluded.outcome, reason = excluded.reason, last_at = excluded.last_at, times = inbox.times + 1",
    )
    .bind(&row.system)
    .bind(&row.message_id)
    .bind(&row.digest)
    .bind(&row.case_no)
    .bind(row.sequence)
    .bind(&row.kind)
    .bind(outcome)
    .bind(&row.reason)
    .bind(row.at)
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes that a message came once more.
pub async fn again(
    connection: &mut AnyConnection,
    system: &str,
    message_id: &str,
    at: Millis,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE inbox SET times = times + 1, last_at = $3 WHERE system = $1 AND message_id = $2")
        .bind(system)
        .bind(message_id)
        .bind(at)
        .execute(connection)
        .await?;
    Ok(())
}
