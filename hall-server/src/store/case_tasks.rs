//! Who has something to do in a case, and which cases are to be looked at when: what lists and jobs read, written with the case.

use domain::cases::TaskFor;
use protocol::Millis;
use protocol::case::TaskKind;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::cases::{CASE, CaseRow, case_row};
use super::{StoreError, placeholders};

/// Stands where no clock runs: after every other date.
const NEVER: &str = "9999-12-31";

/// Lists show this many tasks at most.
const MOST: u32 = 200;

/// A line of *my tasks*.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRow {
    pub kind: TaskKind,
    pub since: Millis,
    /// The department's or hall's code.
    pub assignee: String,
    pub person: String,
    /// As reckoned when the case last changed.
    pub due_on: Option<String>,
    pub row: CaseRow,
}

const DUE_FIRST: &str = "ORDER BY case_tasks.due_on, case_tasks.since";

const KINDS: [(TaskKind, &str); 14] = [
    (TaskKind::Review, "review"),
    (TaskKind::Decide, "decide"),
    (TaskKind::Complete, "complete"),
    (TaskKind::Deliver, "deliver"),
    (TaskKind::Resubmit, "resubmit"),
    (TaskKind::Supply, "supply"),
    (TaskKind::Receive, "receive"),
    (TaskKind::Accept, "accept"),
    (TaskKind::SupplyDeferred, "supply-deferred"),
    (TaskKind::Advise, "advise"),
    (TaskKind::Countersign, "countersign"),
    (TaskKind::Special, "special"),
    (TaskKind::CloseSpecial, "close-special"),
    (TaskKind::Withdrawal, "withdrawal"),
];

fn kind_text(kind: TaskKind) -> &'static str {
    KINDS.iter().find(|(k, _)| *k == kind).map_or("unknown", |(_, text)| text)
}

/// Open tasks of a department or a hall, of the given kinds, that are anybody's there or one of these persons'. What is due first
/// comes first.
///
/// Each kind and person is read by itself, in the order of the index, so that a list takes the same time however much waits; of the
/// cases only those on the list are read.
pub async fn of(
    connection: &mut AnyConnection,
    assignee: &str,
    kinds: &[TaskKind],
    persons: &[&str],
) -> Result<Vec<TaskRow>, StoreError> {
    if kinds.is_empty() {
        return Ok(Vec::new());
    }
    let mut parts = Vec::new();
    for kind in kinds {
        let kind = kind_text(*kind);
        for person in 0..=persons.len() {
            let place = parts.len();
            let person = person + 2;
            parts.push(format!(
                "SELECT * FROM (SELECT kind, since, person, due_on, assignee, case_no FROM case_tasks \
                 WHERE assignee = $1 AND kind = '{kind}' AND person = ${person} \
                 ORDER BY due_on, since LIMIT {MOST}) AS part{place}"
            ));
        }
    }
    let waiting = parts.join(" UNION ALL ");
    let listed = format!("SELECT * FROM ({waiting}) AS waiting ORDER BY due_on, since LIMIT {MOST}");
    let sql = with_cases(&format!("({listed}) AS case_tasks"), DUE_FIRST);
    let mut query = sqlx::query(AssertSqlSafe(sql)).bind(assignee);
    for person in std::iter::once(&"").chain(persons) {
        query = query.bind(*person);
    }
    query.fetch_all(connection).await?.iter().map(task_row).collect()
}

/// Tasks with their cases: of the table, or of what stands for it.
fn with_cases(tasks: &str, rest: &str) -> String {
    let columns: Vec<String> = CASE.split(", ").map(|c| format!("cases.{} AS {}", c.trim(), c.trim())).collect();
    format!(
        "SELECT case_tasks.kind AS task_kind, case_tasks.since AS task_since, case_tasks.person AS task_person, \
         case_tasks.due_on AS task_due_on, case_tasks.assignee AS task_assignee, {} FROM {tasks} \
         JOIN cases ON cases.case_no = case_tasks.case_no {rest}",
        columns.join(", ")
    )
}

fn task_row(row: &AnyRow) -> Result<TaskRow, StoreError> {
    let kind: String = row.try_get("task_kind")?;
    let due_on: String = row.try_get("task_due_on")?;
    Ok(TaskRow {
        kind: KINDS.iter().find(|(_, text)| *text == kind).map_or(TaskKind::Unknown, |(kind, _)| *kind),
        since: row.try_get("task_since")?,
        assignee: row.try_get("task_assignee")?,
        person: row.try_get("task_person")?,
        due_on: Some(due_on).filter(|due| due != NEVER),
        row: case_row(row)?,
    })
}

/// Writes the open tasks of cases in place of those that were.
pub(super) async fn put(connection: &mut AnyConnection, rows: &[&CaseRow]) -> Result<(), StoreError> {
    let sql = format!("DELETE FROM case_tasks WHERE case_no IN {}", placeholders(connection, 1, rows.len()));
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for row in rows {
        query = query.bind(&row.case.case_no);
    }
    query.execute(&mut *connection).await?;
    let tasks: Vec<_> =
        rows.iter().flat_map(|row| row.tasks.iter().map(move |task| (&row.case.case_no, task))).collect();
    for chunk in tasks.chunks(500) {
        let sql = format!(
            "INSERT INTO case_tasks (case_no, kind, assignee, person, since, due_on) VALUES {} \
             ON CONFLICT (case_no, kind, assignee, person) DO NOTHING",
            placeholders(connection, chunk.len(), 6)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (case_no, (task, due_on)) in chunk {
            let assignee = match &task.falls_to {
                TaskFor::Department(code, _) | TaskFor::Hall(code) => code,
            };
            query = query
                .bind(*case_no)
                .bind(kind_text(task.kind))
                .bind(assignee)
                .bind(task.person.as_deref().unwrap_or_default())
                .bind(task.since)
                .bind(due_on.as_deref().unwrap_or(NEVER));
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

/// Numbers of cases to be looked at by a day, with their halls, the longest waiting first.
pub async fn to_watch(
    connection: &mut AnyConnection,
    today: &str,
    limit: i64,
) -> Result<Vec<(String, String)>, StoreError> {
    let sql =
        "SELECT hall, case_no FROM cases WHERE watch_on IS NOT NULL AND watch_on <= $1 ORDER BY watch_on LIMIT $2";
    let rows = sqlx::query(sql).bind(today).bind(limit).fetch_all(connection).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// Notes when cases are to be looked at again, where nothing else of them changed.
pub async fn put_watch(connection: &mut AnyConnection, watched: &[(&str, Option<&str>)]) -> Result<(), StoreError> {
    for chunk in watched.chunks(500) {
        // `column1` and `column2` are what both engines call the columns of VALUES.
        let sql = format!(
            "UPDATE cases SET watch_on = seen.column2 FROM (VALUES {}) AS seen WHERE cases.case_no = seen.column1",
            placeholders(connection, chunk.len(), 2)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (case_no, watch_on) in chunk {
            query = query.bind(*case_no).bind(*watch_on);
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}
