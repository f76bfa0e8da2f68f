//! Signals of supervision, raised once per case, rule, unit and round.

use std::collections::HashSet;

use domain::supervision::Signal;
use protocol::supervision::{SignalKind, SignalState};
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

const GRAVEST: &str =
    "CASE kind WHEN 'red-statutory' THEN 0 WHEN 'red' THEN 1 WHEN 'yellow' THEN 2 ELSE 3 END, reply_due_on, id";

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
         ORDER BY {GRAVEST} LIMIT $3",
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

/// What a list of signals is about. Those that await something stand by gravity and deadline, closed ones newest first.
#[derive(Debug, Clone, Copy)]
pub struct Listing<'a> {
    pub seen: Seen<'a>,
    pub states: &'a [SignalState],
    pub kind: Option<SignalKind>,
    pub newest_first: bool,
    pub limit: i64,
    pub skip: i64,
}

/// A page of signals. The bodies are read of those on the page alone.
pub async fn page(connection: &mut AnyConnection, listing: Listing<'_>) -> Result<Vec<SignalRow>, StoreError> {
    if listing.states.is_empty() {
        return Ok(Vec::new());
    }
    let mut marks = (3..).map(|n| format!("${n}"));
    let states = marks.by_ref().take(listing.states.len()).collect::<Vec<_>>().join(", ");
    let mut wanted = format!("state IN ({states})");
    let mut next = || marks.next().unwrap_or_default();
    let unit = match listing.seen {
        Seen::All => None,
        Seen::Department(department) => {
            wanted += &format!(" AND department = {}", next());
            Some(department)
        }
        Seen::Hall(hall) => {
            wanted += &format!(" AND department = '' AND hall = {}", next());
            Some(hall)
        }
    };
    let kind = listing.kind.map(|kind| text_of(&kind));
    if kind.is_some() {
        wanted += &format!(" AND kind = {}", next());
    }
    let order = if listing.newest_first { "raised_at DESC, id DESC" } else { GRAVEST };
    let sql = format!("SELECT id FROM signals WHERE {wanted} ORDER BY {order} LIMIT $1 OFFSET $2");
    let mut query = sqlx::query(AssertSqlSafe(sql)).bind(listing.limit).bind(listing.skip);
    for state in listing.states {
        query = query.bind(text_of(state));
    }
    for bound in unit.into_iter().chain(kind.as_deref()) {
        query = query.bind(bound);
    }
    let found = query.fetch_all(&mut *connection).await?;
    let ids: Vec<i64> = found.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    let mut rows = find(connection, &ids).await?;
    rows.sort_by_key(|row| ids.iter().position(|id| *id == row.id));
    Ok(rows)
}

/// How many signals of a kind await a reply or a review, by unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSignals {
    /// Empty where the hall answers.
    pub department: String,
    pub hall: String,
    pub kind: Option<SignalKind>,
    pub count: i64,
}

pub async fn open_counts(connection: &mut AnyConnection) -> Result<Vec<OpenSignals>, StoreError> {
    let rows = sqlx::query(
        "SELECT department, CASE WHEN department = '' THEN hall ELSE '' END AS of_hall, kind, CAST(COUNT(*) AS BIGINT) \
         FROM signals WHERE state IN ('open', 'replied') GROUP BY department, of_hall, kind",
    )
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            let kind: String = row.try_get(2)?;
            Ok(OpenSignals {
                department: row.try_get(0)?,
                hall: row.try_get(1)?,
                kind: SignalKind::ALL.into_iter().find(|known| text_of(known) == kind),
                count: row.try_get(3)?,
            })
        })
        .collect()
}

/// The signals of a case, the oldest first.
pub async fn of_case(connection: &mut AnyConnection, case_no: &str) -> Result<Vec<SignalRow>, StoreError> {
    let sql = "SELECT id, body FROM signals WHERE case_no = $1 ORDER BY raised_at, id";
    sqlx::query(sql).bind(case_no).fetch_all(connection).await?.iter().map(signal_row).collect()
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
