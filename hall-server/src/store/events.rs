//! History: written once, read by screens that were away, by cases' histories and by `verify`.

use protocol::Millis;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::{StoreError, placeholders};
use crate::engine::chain::{Draft, Event};

const EVENT: &str = "hall, turn, at, kind, actor, on_behalf, subject, body, prev_hash, hash";

pub async fn add(connection: &mut AnyConnection, events: &[Event]) -> Result<(), StoreError> {
    for chunk in events.chunks(500) {
        let sql = format!("INSERT INTO events ({EVENT}) VALUES {}", placeholders(connection, chunk.len(), 10));
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for event in chunk {
            query = query
                .bind(&event.hall)
                .bind(event.draft.turn)
                .bind(event.draft.at)
                .bind(&event.draft.kind)
                .bind(&event.draft.actor)
                .bind(&event.draft.on_behalf)
                .bind(&event.draft.subject)
                .bind(&event.draft.body)
                .bind(&event.prev_hash)
                .bind(&event.hash);
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

/// A hall's events after a turn, in order, at most `limit`.
pub async fn after(
    connection: &mut AnyConnection,
    hall: &str,
    turn: i64,
    limit: i64,
) -> Result<Vec<Event>, StoreError> {
    let sql = format!("SELECT {EVENT} FROM events WHERE hall = $1 AND turn > $2 ORDER BY turn LIMIT $3");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(hall).bind(turn).bind(limit).fetch_all(connection).await?;
    rows.iter().map(event).collect()
}

/// An event's place in its chain, without what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub turn: i64,
    pub prev_hash: String,
    pub hash: String,
}

/// The chain of a hall after a turn, in order, at most `limit` links.
pub async fn links(connection: &mut AnyConnection, hall: &str, turn: i64, limit: i64) -> Result<Vec<Link>, StoreError> {
    let rows =
        sqlx::query("SELECT turn, prev_hash, hash FROM events WHERE hall = $1 AND turn > $2 ORDER BY turn LIMIT $3")
            .bind(hall)
            .bind(turn)
            .bind(limit)
            .fetch_all(connection)
            .await?;
    rows.iter()
        .map(|row| Ok(Link { turn: row.try_get(0)?, prev_hash: row.try_get(1)?, hash: row.try_get(2)? }))
        .collect()
}

/// Everything that happened in a case, in order.
pub async fn of_case(connection: &mut AnyConnection, case_no: &str) -> Result<Vec<Event>, StoreError> {
    // The pattern is repeated so that SQLite sees that the partial index fits.
    let sql = format!("SELECT {EVENT} FROM events WHERE subject = $1 AND subject LIKE 'case:%' ORDER BY turn");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(format!("case:{case_no}")).fetch_all(connection).await?;
    rows.iter().map(event).collect()
}

/// The same with the events of its signals.
pub async fn of_dossier(connection: &mut AnyConnection, case_no: &str) -> Result<Vec<Event>, StoreError> {
    let mut events = of_case(connection, case_no).await?;
    events.extend(of_signals(connection, case_no).await?);
    events.sort_by(|a, b| (&a.hall, a.draft.turn).cmp(&(&b.hall, b.draft.turn)));
    Ok(events)
}

/// The steps of cases that somebody took on behalf of another from one instant on and before another, in order, the first 500.
pub async fn on_behalf(
    connection: &mut AnyConnection,
    actor: &str,
    on_behalf: &str,
    (from, until): (Millis, Millis),
) -> Result<Vec<Happened>, StoreError> {
    // The comparison with nothing is repeated so that SQLite sees that the partial index fits.
    let sql = format!(
        "SELECT {HAPPENED} FROM events WHERE on_behalf = $1 AND on_behalf <> '' AND at >= $2 AND at < $3 AND actor = $4 \
         AND subject LIKE 'case:%' ORDER BY at, hall, turn LIMIT 500"
    );
    let query = sqlx::query(AssertSqlSafe(sql)).bind(on_behalf).bind(from).bind(until).bind(actor);
    query.fetch_all(connection).await?.iter().map(happened).collect()
}

/// Everything that happened to the signals of a case, in order.
pub async fn of_signals(connection: &mut AnyConnection, case_no: &str) -> Result<Vec<Event>, StoreError> {
    let sql = format!("SELECT {EVENT} FROM events WHERE subject = $1 AND subject LIKE 'signal:%' ORDER BY turn");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(format!("signal:{case_no}")).fetch_all(connection).await?;
    rows.iter().map(event).collect()
}

/// An event of a case, without its place in the chain: as far as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    pub hall: String,
    pub turn: i64,
    pub at: Millis,
    pub kind: String,
    pub actor: String,
    /// Whose step it was, where somebody took it for another; empty as a rule.
    pub on_behalf: String,
    /// `case:NO`.
    pub subject: String,
    pub body: String,
}

const HAPPENED: &str = "hall, turn, at, kind, actor, on_behalf, subject, body";

/// The same as [`of_case`], as far as people read it.
pub async fn history(connection: &mut AnyConnection, case_no: &str) -> Result<Vec<Happened>, StoreError> {
    let sql = format!("SELECT {HAPPENED} FROM events WHERE subject = $1 AND subject LIKE 'case:%' ORDER BY turn");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(format!("case:{case_no}")).fetch_all(connection).await?;
    rows.iter().map(happened).collect()
}

fn happened(row: &AnyRow) -> Result<Happened, StoreError> {
    Ok(Happened {
        hall: row.try_get(0)?,
        turn: row.try_get(1)?,
        at: row.try_get(2)?,
        kind: row.try_get(3)?,
        actor: row.try_get(4)?,
        on_behalf: row.try_get(5)?,
        subject: row.try_get(6)?,
        body: row.try_get(7)?,
    })
}

fn event(row: &AnyRow) -> Result<Event, StoreError> {
    Ok(Event {
        hall: row.try_get(0)?,
        draft: Draft {
            turn: row.try_get(1)?,
            at: row.try_get(2)?,
            kind: row.try_get(3)?,
            actor: row.try_get(4)?,
            on_behalf: row.try_get(5)?,
            subject: row.try_get(6)?,
            body: row.try_get(7)?,
        },
        prev_hash: row.try_get(8)?,
        hash: row.try_get(9)?,
    })
}
