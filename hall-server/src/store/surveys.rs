//! Open cases page by page, and how far they have been looked at under the rules in force.

use domain::cases::Case;
use protocol::Millis;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::{StoreError, placeholders};

/// The one survey there is.
const NAME: &str = "watch";

/// How far the survey has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// The digest of the rules under which it looks.
    pub rules: String,
    /// The last case looked at; empty before the first.
    pub up_to: String,
    pub finished: bool,
}

/// A case as the survey reads it.
#[derive(Debug)]
pub struct SurveyedRow {
    pub case_no: String,
    pub hall: String,
    pub changed_at: Millis,
    pub watch_on: Option<String>,
    body: String,
}

impl SurveyedRow {
    /// The case, where it can be read.
    pub fn case(&self) -> Result<Case, StoreError> {
        serde_json::from_str(&self.body).map_err(|error| StoreError::Inconsistent {
            table: "cases",
            row: self.case_no.clone(),
            what: error.to_string(),
        })
    }
}

pub async fn one(connection: &mut AnyConnection) -> Result<Option<Survey>, StoreError> {
    let row = sqlx::query("SELECT rules, up_to, state FROM surveys WHERE name = $1")
        .bind(NAME)
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let state: String = row.try_get(2)?;
    Ok(Some(Survey { rules: row.try_get(0)?, up_to: row.try_get(1)?, finished: state == "finished" }))
}

pub async fn put(connection: &mut AnyConnection, survey: &Survey) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO surveys (name, rules, up_to, state) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (name) DO UPDATE SET rules = excluded.rules, up_to = excluded.up_to, state = excluded.state",
    )
    .bind(NAME)
    .bind(&survey.rules)
    .bind(&survey.up_to)
    .bind(if survey.finished { "finished" } else { "running" })
    .execute(connection)
    .await?;
    Ok(())
}

/// Cases after a number in which anything may still fall due, in the order of their numbers, at most `limit`.
pub async fn page(connection: &mut AnyConnection, after: &str, limit: i64) -> Result<Vec<SurveyedRow>, StoreError> {
    // What is over may still await deferred papers: then it has a task.
    let rows = sqlx::query(
        "SELECT case_no, hall, changed_at, watch_on, body FROM cases WHERE case_no > $1 \
         AND (watch_on IS NOT NULL \
         OR state NOT IN ('delivered', 'not-required', 'not-accepted', 'withdrawn', 'terminated', 'revoked') \
         OR EXISTS (SELECT 1 FROM case_tasks WHERE case_tasks.case_no = cases.case_no)) ORDER BY case_no LIMIT $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(SurveyedRow {
                case_no: row.try_get(0)?,
                hall: row.try_get(1)?,
                changed_at: row.try_get(2)?,
                watch_on: row.try_get(3)?,
                body: row.try_get(4)?,
            })
        })
        .collect()
}

/// When a case is to be looked at, unless it has changed since it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    pub case_no: String,
    /// As it was read.
    pub changed_at: Millis,
    pub watch_on: Option<String>,
}

/// Notes other watch days, of those cases that have not changed since; whoever changed one has reckoned its day.
pub async fn move_watch(connection: &mut AnyConnection, moved: &[Moved]) -> Result<(), StoreError> {
    for chunk in moved.chunks(500) {
        // `column1`, `column2` … are what both engines call the columns of VALUES.
        let sql = format!(
            "UPDATE cases SET watch_on = seen.column3 FROM (VALUES {}) AS seen \
             WHERE cases.case_no = seen.column1 AND cases.changed_at = seen.column2",
            placeholders(connection, chunk.len(), 3)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for Moved { case_no, changed_at, watch_on } in chunk {
            query = query.bind(case_no).bind(changed_at).bind(watch_on);
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}
