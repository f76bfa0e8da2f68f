//! Signals of supervision, raised once per case, rule, unit and round.

use std::collections::HashSet;

use domain::supervision::Signal;
use protocol::supervision::SignalState;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::{StoreError, placeholders};

/// A signal's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalRow {
    pub id: i64,
    pub signal: Signal,
}

/// What makes a signal the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SignalKey {
    pub case_no: String,
    pub rule: String,
    pub department: String,
    pub round: i64,
}

/// Which signals a reader sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen<'a> {
    All,
    Department(&'a str),
    /// Those that the hall's clerks answer for.
    Hall(&'a str),
}

/// Which signals of these cases have been raised.
pub async fn keys(connection: &mut AnyConnection, numbers: &[&str]) -> Result<HashSet<SignalKey>, StoreError> {
    let mut keys = HashSet::new();
    for chunk in numbers.chunks(1000) {
        let sql = format!(
            "SELECT case_no, rule, department, round FROM signals WHERE case_no IN {}",
            placeholders(connection, 1, chunk.len())
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for number in chunk {
            query = query.bind(*number);
        }
        for row in &query.fetch_all(&mut *connection).await? {
            keys.insert(signal_key(row)?);
        }
    }
    Ok(keys)
}

/// Which signals have been raised on cases from one number to another, both included.
pub async fn keys_between(
    connection: &mut AnyConnection,
    first: &str,
    last: &str,
) -> Result<HashSet<SignalKey>, StoreError> {
    let sql = "SELECT case_no, rule, department, round FROM signals WHERE case_no >= $1 AND case_no <= $2";
    let rows = sqlx::query(sql).bind(first).bind(last).fetch_all(connection).await?;
    rows.iter().map(signal_key).collect()
}

fn signal_key(row: &AnyRow) -> Result<SignalKey, StoreError> {
    Ok(SignalKey {
        case_no: row.try_get(0)?,
        rule: row.try_get(1)?,
        department: row.try_get(2)?,
        round: row.try_get(3)?,
    })
}

pub async fn find(connection: &mut AnyConnection, ids: &[i64]) -> Result<Vec<SignalRow>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!("SELECT id, body FROM signals WHERE id IN {}", placeholders(connection, 1, ids.len()));
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for id in ids {
        query = query.bind(id);
    }
    query.fetch_all(connection).await?.iter().map(signal_row).collect()
}

/// Signals in these states, the gravest and oldest first.
pub async fn list(
    connection: &mut AnyConnection,
    seen: Seen<'_>,
    states: &[SignalState],
    limit: i64,
) -> Result<Vec<SignalRow>, StoreError> {
    if states.is_empty() {
        return Ok(Vec::new());
    }
    let marks: Vec<String> = (0..states.len()).map(|n| format!("${}", n + 4)).collect();
    let sql = format!(
        "SELECT id, body FROM signals WHERE ($1 = '' OR department = $1) AND ($2 = '' OR (hall = $2 AND department = '')) \
         AND state IN ({}) \
         ORDER BY CASE kind WHEN 'red-statutory' THEN 0 WHEN 'red' THEN 1 WHEN 'yellow' THEN 2 ELSE 3 END, \
         reply_due_on, id LIMIT $3",
        marks.join(", ")
    );
    let (department, hall) = match seen {
        Seen::All => ("", ""),
        Seen::Department(department) => (department, ""),
        Seen::Hall(hall) => ("", hall),
    };
    let mut query = sqlx::query(AssertSqlSafe(sql)).bind(department).bind(hall).bind(limit);
    for state in states {
        query = query.bind(text_of(state));
    }
    query.fetch_all(connection).await?.iter().map(signal_row).collect()
}

/// Writes signals, new ones and changed ones.
pub async fn put(connection: &mut AnyConnection, rows: &[&SignalRow]) -> Result<(), StoreError> {
    for chunk in rows.chunks(500) {
        let sql = format!(
            "INSERT INTO signals (id, case_no, hall, rule, department, round, kind, raised_at, reply_due_on, state, body) \
             VALUES {} ON CONFLICT (id) DO UPDATE SET state = excluded.state, body = excluded.body",
            placeholders(connection, chunk.len(), 11)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for SignalRow { id, signal } in chunk {
            let body = serde_json::to_string(signal).map_err(|e| bad(*id, &e.to_string()))?;
            query = query
                .bind(id)
                .bind(&signal.case_no)
                .bind(&signal.hall)
                .bind(&signal.rule)
                .bind(&signal.department)
                .bind(signal.round)
                .bind(text_of(&signal.kind))
                .bind(signal.raised_at)
                .bind(signal.reply_due_on.to_string())
                .bind(text_of(&signal.state.name()))
                .bind(body);
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

/// A state's or kind's name as it is stored and sent.
fn text_of<T: serde::Serialize>(name: &T) -> String {
    let name = serde_json::to_value(name).unwrap_or_default();
    name.as_str().unwrap_or_default().to_owned()
}

fn signal_row(row: &AnyRow) -> Result<SignalRow, StoreError> {
    let id: i64 = row.try_get(0)?;
    let body: String = row.try_get(1)?;
    Ok(SignalRow { id, signal: serde_json::from_str(&body).map_err(|e| bad(id, &e.to_string()))? })
}

fn bad(id: i64, what: &str) -> StoreError {
    StoreError::Inconsistent { table: "signals", row: id.to_string(), what: what.to_owned() }
}
