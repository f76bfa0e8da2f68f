//! The outbox: messages written with the change that caused them, sent afterwards, each in its turn.

use protocol::Millis;
use protocol::exchange::OutboxState;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use crate::store::{StoreError, placeholders};

/// A message to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    pub id: String,
    pub system: String,
    pub hall: String,
    pub case_no: String,
    pub sequence: i64,
    pub kind: String,
    /// JSON; it may hold personal data.
    pub body: String,
    pub created_at: Millis,
}

/// A message as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub row: OutboxRow,
    pub state: OutboxState,
    pub plan_from: Millis,
    pub attempts: i64,
    pub next_try_at: Millis,
    pub last_error: String,
    pub sent_at: Option<Millis>,
}

/// How many messages of a system are in a state, and since when the oldest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    pub system: String,
    pub state: OutboxState,
    pub count: i64,
    pub oldest: Millis,
}

const KEPT: &str = "id, system, hall, case_no, sequence, kind, body, created_at, state, plan_from, attempts, next_try_at, \
     last_error, sent_at";

/// Puts messages into the outbox, in the transaction of the change that they tell of: both are written or neither.
pub async fn put_outbox(connection: &mut AnyConnection, rows: &[OutboxRow]) -> Result<(), StoreError> {
    for chunk in rows.chunks(200) {
        let sql = format!(
            "INSERT INTO outbox (id, system, hall, case_no, sequence, kind, body, created_at, state, plan_from, \
             attempts, next_try_at, lease, lease_until, last_error) VALUES {}",
            placeholders(connection, chunk.len(), 15)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for row in chunk {
            query = query
                .bind(&row.id)
                .bind(&row.system)
                .bind(&row.hall)
                .bind(&row.case_no)
                .bind(row.sequence)
                .bind(&row.kind)
                .bind(&row.body)
                .bind(row.created_at)
                .bind("waiting")
                .bind(row.created_at)
                .bind(0_i64)
                .bind(row.created_at)
                .bind("")
                .bind(0_i64)
                .bind("");
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

/// Whether a system has anything to be sent now; cheaper than [`claim`], and without a transaction.
pub async fn due(connection: &mut AnyConnection, system: &str, now: Millis) -> Result<bool, StoreError> {
    let row = sqlx::query(
        "SELECT 1 FROM outbox WHERE system = $1 AND state = 'waiting' AND next_try_at <= $2 AND lease_until <= $2 LIMIT 1",
    )
    .bind(system)
    .bind(now)
    .fetch_optional(connection)
    .await?;
    Ok(row.is_some())
}

/// Takes messages of a system that are due, each for one server until `lease_until`, and counts the attempt. A message
/// waits until those before it about the same case are sent.
pub async fn claim(
    connection: &mut AnyConnection,
    system: &str,
    lease: &str,
    now: Millis,
    lease_until: Millis,
    limit: i64,
) -> Result<Vec<Kept>, StoreError> {
    // SQLite has one writer; on PostgreSQL another server takes the rows after these instead of waiting for them.
    let lock = if connection.backend_name() == "PostgreSQL" { "FOR UPDATE SKIP LOCKED" } else { "" };
    // Picked in a table of its own, which PostgreSQL then makes once: within `IN (…)` it may do so for every row.
    let sql = format!(
        "WITH picked AS (SELECT candidate.id FROM outbox AS candidate WHERE candidate.system = $3 \
         AND candidate.state = 'waiting' AND candidate.next_try_at <= $4 AND candidate.lease_until <= $4 AND NOT EXISTS (\
         SELECT 1 FROM outbox AS earlier WHERE earlier.system = candidate.system \
         AND earlier.case_no = candidate.case_no AND earlier.sequence < candidate.sequence \
         AND earlier.state <> 'sent') ORDER BY candidate.next_try_at, candidate.created_at LIMIT $5 {lock}) \
         UPDATE outbox SET lease = $1, lease_until = $2, attempts = attempts + 1 \
         WHERE id IN (SELECT id FROM picked) AND state = 'waiting' AND lease_until <= $4 RETURNING {KEPT}"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(lease)
        .bind(lease_until)
        .bind(system)
        .bind(now)
        .bind(limit)
        .fetch_all(connection)
        .await?;
    rows.iter().map(kept).collect()
}

/// Notes that a message was acknowledged; false where the lease has passed to another server meanwhile.
pub async fn delivered(connection: &mut AnyConnection, id: &str, lease: &str, now: Millis) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "UPDATE outbox SET state = 'sent', sent_at = $3, last_error = '', lease = '', lease_until = 0 \
         WHERE id = $1 AND lease = $2 AND state = 'waiting'",
    )
    .bind(id)
    .bind(lease)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Notes that an attempt failed, and when the next is made.
pub async fn put_off(
    connection: &mut AnyConnection,
    id: &str,
    lease: &str,
    next_try_at: Millis,
    error: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE outbox SET next_try_at = $3, last_error = $4, lease = '', lease_until = 0 \
         WHERE id = $1 AND lease = $2 AND state = 'waiting'",
    )
    .bind(id)
    .bind(lease)
    .bind(next_try_at)
    .bind(error)
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes that a message is not tried any more.
pub async fn stick(connection: &mut AnyConnection, id: &str, lease: &str, error: &str) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE outbox SET state = 'stuck', last_error = $3, lease = '', lease_until = 0 \
         WHERE id = $1 AND lease = $2 AND state = 'waiting'",
    )
    .bind(id)
    .bind(lease)
    .bind(error)
    .execute(connection)
    .await?;
    Ok(())
}

/// A system answers again: what waits for its next attempt is due now. Returns how many are.
pub async fn hasten(connection: &mut AnyConnection, system: &str, now: Millis) -> Result<u64, StoreError> {
    let done = sqlx::query(
        "UPDATE outbox SET next_try_at = $2 WHERE system = $1 AND state = 'waiting' AND next_try_at > $2 AND lease_until <= $2",
    )
    .bind(system)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Puts a stuck message at the beginning of its retry plan; false where it is not stuck. Its files can be fetched again.
pub async fn replay(connection: &mut AnyConnection, id: &str, now: Millis) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "UPDATE outbox SET state = 'waiting', plan_from = $2, attempts = 0, next_try_at = $2 \
         WHERE id = $1 AND state = 'stuck'",
    )
    .bind(id)
    .bind(now)
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    super::fetches::allow_again(connection, id, now).await?;
    Ok(true)
}

/// Messages in a state, of one system or all, the oldest first.
pub async fn list(
    connection: &mut AnyConnection,
    state: Option<OutboxState>,
    system: Option<&str>,
    limit: i64,
) -> Result<Vec<Kept>, StoreError> {
    let sql = format!(
        "SELECT {KEPT} FROM outbox WHERE ($1 = '' OR state = $1) AND ($2 = '' OR system = $2) \
         ORDER BY created_at, sequence, id LIMIT $3"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(state.map(state_text).unwrap_or_default())
        .bind(system.unwrap_or_default())
        .bind(limit)
        .fetch_all(connection)
        .await?;
    rows.iter().map(kept).collect()
}

pub async fn one(connection: &mut AnyConnection, id: &str) -> Result<Option<Kept>, StoreError> {
    let sql = format!("SELECT {KEPT} FROM outbox WHERE id = $1");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    row.as_ref().map(kept).transpose()
}

/// What is not sent yet, by system and state.
pub async fn figures(connection: &mut AnyConnection) -> Result<Vec<Figures>, StoreError> {
    let rows = sqlx::query(
        "SELECT system, state, CAST(COUNT(*) AS BIGINT), CAST(MIN(created_at) AS BIGINT) FROM outbox \
         WHERE state IN ('waiting', 'stuck') GROUP BY system, state ORDER BY system, state",
    )
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            let state: String = row.try_get(1)?;
            Ok(Figures {
                system: row.try_get(0)?,
                state: state_of(&state),
                count: row.try_get(2)?,
                oldest: row.try_get(3)?,
            })
        })
        .collect()
}

/// Empties what was said in messages that were delivered before an instant; returns how many.
pub async fn empty_bodies(connection: &mut AnyConnection, before: Millis) -> Result<u64, StoreError> {
    let done = sqlx::query("UPDATE outbox SET body = '{}' WHERE state = 'sent' AND sent_at < $1 AND body <> '{}'")
        .bind(before)
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}

const STATES: [(OutboxState, &str); 3] =
    [(OutboxState::Waiting, "waiting"), (OutboxState::Sent, "sent"), (OutboxState::Stuck, "stuck")];

fn state_text(state: OutboxState) -> &'static str {
    STATES.iter().find(|(s, _)| *s == state).map_or("unknown", |(_, text)| text)
}

fn state_of(text: &str) -> OutboxState {
    STATES.iter().find(|(_, t)| *t == text).map_or(OutboxState::Unknown, |(state, _)| *state)
}

fn kept(row: &AnyRow) -> Result<Kept, StoreError> {
    let state: String = row.try_get(8)?;
    Ok(Kept {
        row: OutboxRow {
            id: row.try_get(0)?,
            system: row.try_get(1)?,
            hall: row.try_get(2)?,
            case_no: row.try_get(3)?,
            sequence: row.try_get(4)?,
            kind: row.try_get(5)?,
            body: row.try_get(6)?,
            created_at: row.try_get(7)?,
        },
        state: state_of(&state),
        plan_from: row.try_get(9)?,
        attempts: row.try_get(10)?,
        next_try_at: row.try_get(11)?,
        last_error: row.try_get(12)?,
        sent_at: row.try_get(13)?,
    })
}
