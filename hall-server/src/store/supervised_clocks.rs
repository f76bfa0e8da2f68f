//! What supervision lists by date: the clock that runs out first of each open case, joint clocks, promises kept and missed. Derived,
//! and written with the case.

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::cases::CaseRow;
use super::{StoreError, placeholders};

/// Stands where no clock runs: after every other date.
const NEVER: &str = "9999-12-31";

/// Which clock a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Supervised {
    /// The open case's clock that runs out first.
    First,
    /// The first of those for which another unit answers.
    Also,
    /// The application's joint clock.
    Joint,
    /// The promise of a case whose result was ready in time.
    Kept,
    /// The promise of a case whose result came late.
    Missed,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockRow {
    pub what: Supervised,
    /// A department's code, or the hall's.
    pub unit: String,
    /// `None` where no clock runs.
    pub due_on: Option<String>,
    pub ended_on: Option<String>,
}

/// A line of what is about to go wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub case_no: String,
    pub joint: bool,
    pub unit: String,
    pub due_on: String,
}

/// A unit's figures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    pub unit: String,
    pub open: i64,
    pub overdue: i64,
    pub soon: i64,
}

/// Promises that a unit's cases came to since a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    pub unit: String,
    pub finished: i64,
    pub late: i64,
}

impl Supervised {
    fn text(self) -> &'static str {
        match self {
            Supervised::First => "first",
            Supervised::Also => "also",
            Supervised::Joint => "joint",
            Supervised::Kept => "kept",
            Supervised::Missed => "missed",
        }
    }
}

/// Writes the clocks of cases in place of those that were. Joint ones are [`put_joint`]'s.
pub(super) async fn put(connection: &mut AnyConnection, rows: &[&CaseRow]) -> Result<(), StoreError> {
    let numbers: Vec<&str> = rows.iter().map(|row| row.case.case_no.as_str()).collect();
    remove(connection, &numbers, "what <> 'joint'").await?;
    let clocks: Vec<(&str, &ClockRow)> =
        rows.iter().flat_map(|row| row.clocks.iter().map(move |clock| (row.case.case_no.as_str(), clock))).collect();
    add(connection, &clocks).await
}

/// Writes the joint clocks of applications in place of those that were; `None` where there is nothing to list.
pub async fn put_joint(
    connection: &mut AnyConnection,
    applications: &[(&str, Option<ClockRow>)],
) -> Result<(), StoreError> {
    let numbers: Vec<&str> = applications.iter().map(|(application, _)| *application).collect();
    remove(connection, &numbers, "what = 'joint'").await?;
    let clocks: Vec<(&str, &ClockRow)> =
        applications.iter().filter_map(|(application, clock)| Some((*application, clock.as_ref()?))).collect();
    add(connection, &clocks).await
}

async fn remove(connection: &mut AnyConnection, numbers: &[&str], which: &'static str) -> Result<(), StoreError> {
    for chunk in numbers.chunks(500) {
        let places = placeholders(connection, 1, chunk.len());
        let sql = format!("DELETE FROM supervised_clocks WHERE case_no IN {places} AND {which}");
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for number in chunk {
            query = query.bind(*number);
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

async fn add(connection: &mut AnyConnection, clocks: &[(&str, &ClockRow)]) -> Result<(), StoreError> {
    for chunk in clocks.chunks(500) {
        let sql = format!(
            "INSERT INTO supervised_clocks (case_no, what, unit, due_on, ended_on) VALUES {}",
            placeholders(connection, chunk.len(), 5)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (case_no, clock) in chunk {
            query = query
                .bind(*case_no)
                .bind(clock.what.text())
                .bind(&clock.unit)
                .bind(clock.due_on.as_deref().unwrap_or(NEVER))
                .bind(clock.ended_on.as_deref().unwrap_or_default());
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

/// Running clocks by the day on which they are due, a unit's or all, from a place on.
pub async fn ahead(
    connection: &mut AnyConnection,
    unit: Option<&str>,
    limit: i64,
    skip: i64,
) -> Result<Vec<Line>, StoreError> {
    // Of all units together a case stands once.
    let of_unit = if unit.is_some() { "AND unit = $4 " } else { "AND what <> 'also' " };
    let sql = format!(
        "SELECT case_no, what, unit, due_on FROM supervised_clocks WHERE ended_on = '' AND due_on < $1 {of_unit}\
         ORDER BY due_on, case_no, what LIMIT $2 OFFSET $3"
    );
    let mut query = sqlx::query(AssertSqlSafe(sql)).bind(NEVER).bind(limit).bind(skip);
    if let Some(unit) = unit {
        query = query.bind(unit);
    }
    query.fetch_all(connection).await?.iter().map(line).collect()
}

fn line(row: &AnyRow) -> Result<Line, StoreError> {
    let what: String = row.try_get(1)?;
    Ok(Line {
        case_no: row.try_get(0)?,
        joint: what == Supervised::Joint.text(),
        unit: row.try_get(2)?,
        due_on: row.try_get(3)?,
    })
}

/// Open cases of all units together and of each, and how many of them are past their due date (`today`) or due by the day `soon`. A
/// case counts for every unit that answers for a clock of it, and once for all together.
pub async fn counts(
    connection: &mut AnyConnection,
    today: &str,
    soon: &str,
) -> Result<(Counts, Vec<Counts>), StoreError> {
    // One pass in the index's own order.
    let rows = sqlx::query(
        "SELECT unit, CAST(COUNT(*) AS BIGINT), CAST(SUM(CASE WHEN due_on < $1 THEN 1 ELSE 0 END) AS BIGINT), \
         CAST(SUM(CASE WHEN due_on >= $1 AND due_on <= $2 THEN 1 ELSE 0 END) AS BIGINT), \
         CAST(SUM(CASE WHEN what = 'first' THEN 1 ELSE 0 END) AS BIGINT), \
         CAST(SUM(CASE WHEN what = 'first' AND due_on < $1 THEN 1 ELSE 0 END) AS BIGINT), \
         CAST(SUM(CASE WHEN what = 'first' AND due_on >= $1 AND due_on <= $2 THEN 1 ELSE 0 END) AS BIGINT) \
         FROM supervised_clocks WHERE ended_on = '' AND what <> 'joint' GROUP BY unit",
    )
    .bind(today)
    .bind(soon)
    .fetch_all(connection)
    .await?;
    let (mut all, mut units) = (Counts::default(), Vec::with_capacity(rows.len()));
    for row in &rows {
        let unit =
            Counts { unit: row.try_get(0)?, open: row.try_get(1)?, overdue: row.try_get(2)?, soon: row.try_get(3)? };
        all.open += row.try_get::<i64, _>(4)?;
        all.overdue += row.try_get::<i64, _>(5)?;
        all.soon += row.try_get::<i64, _>(6)?;
        units.push(unit);
    }
    Ok((all, units))
}

/// Each unit's cases whose result was ready on a day or later, and how many of them came after the promised limit.
pub async fn kept(connection: &mut AnyConnection, since: &str) -> Result<Vec<Kept>, StoreError> {
    let rows = sqlx::query(
        "SELECT unit, CAST(COUNT(*) AS BIGINT), CAST(SUM(CASE WHEN what = 'missed' THEN 1 ELSE 0 END) AS BIGINT) FROM supervised_clocks \
         WHERE ended_on <> '' AND ended_on >= $1 GROUP BY unit",
    )
    .bind(since)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| Ok(Kept { unit: row.try_get(0)?, finished: row.try_get(1)?, late: row.try_get(2)? }))
        .collect()
}
