//! Who has something to do in a case, and which cases are to be looked at when: what lists and jobs read, written with the case.

use domain::cases::{Case, TaskFor};
use protocol::Millis;
use protocol::case::{CaseState, TaskKind};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::cases::CaseRow;
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
    /// As reckoned when the case last changed.
    pub due_on: Option<String>,
    pub case_no: String,
    pub item: String,
    pub item_version: i64,
    /// The department that answers for the item.
    pub department: String,
    pub state: CaseState,
    pub applicant_name: String,
    /// Whose it is alone; empty where it is anybody's of the unit.
    pub person: String,
    /// The case, where who has had a say in it decides whose task this is: of what is to be decided, and of what lies with somebody
    /// absent.
    pub four_eyes: Option<Box<Case>>,
}

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

/// Open tasks of a department or a hall, of the given kinds, that are anybody's there, the asker's own or one of these absent persons'.
/// What is due first comes first.
///
/// Each kind and person is read by itself, in the order of the index, so that a list takes the same time however much waits; of the
/// cases only those on the list are read.
pub async fn of(
    connection: &mut AnyConnection,
    assignee: &str,
    kinds: &[TaskKind],
    own: &str,
    absent: &[&str],
) -> Result<Vec<TaskRow>, StoreError> {
    if kinds.is_empty() {
        return Ok(Vec::new());
    }
    let mut persons = vec![""];
    persons.extend(Some(own).filter(|own| !own.is_empty()));
    let anothers = persons.len();
    persons.extend(absent);
    let mut parts = Vec::new();
    for kind in kinds {
        let whole = i32::from(*kind == TaskKind::Decide);
        let kind = kind_text(*kind);
        for place_of_person in 0..persons.len() {
            let place = parts.len();
            let person = place_of_person + 2;
            let whole = if place_of_person < anothers { whole } else { 1 };
            parts.push(format!(
                "SELECT * FROM (SELECT kind, since, due_on, case_no, person, {whole} AS whole FROM case_tasks \
                 WHERE assignee = $1 AND kind = '{kind}' AND person = ${person} \
                 ORDER BY due_on, since LIMIT {MOST}) AS part{place}"
            ));
        }
    }
    let waiting = parts.join(" UNION ALL ");
    let listed = format!("SELECT * FROM ({waiting}) AS waiting ORDER BY due_on, since LIMIT {MOST}");
    let sql = with_cases(&listed);
    let mut query = sqlx::query(AssertSqlSafe(sql)).bind(assignee);
    for person in persons {
        query = query.bind(person);
    }
    query.fetch_all(connection).await?.iter().map(task_row).collect()
}

/// Tasks with what lists show of their cases.
fn with_cases(tasks: &str) -> String {
    format!(
        "SELECT tasks.kind, tasks.since, tasks.due_on, cases.case_no, cases.item, cases.item_version, \
         cases.department, cases.state, cases.applicant_name, \
         CASE WHEN tasks.whole = 1 THEN cases.body ELSE '' END, tasks.person FROM ({tasks}) AS tasks \
         JOIN cases ON cases.case_no = tasks.case_no ORDER BY tasks.due_on, tasks.since"
    )
}

fn task_row(row: &AnyRow) -> Result<TaskRow, StoreError> {
    let (kind, due_on, case_no): (String, String, String) = (row.try_get(0)?, row.try_get(2)?, row.try_get(3)?);
    let (state, body): (String, String) = (row.try_get(7)?, row.try_get(9)?);
    let bad = |error: serde_json::Error| StoreError::Inconsistent {
        table: "cases",
        row: case_no.clone(),
        what: error.to_string(),
    };
    Ok(TaskRow {
        kind: KINDS.iter().find(|(_, text)| *text == kind).map_or(TaskKind::Unknown, |(kind, _)| *kind),
        since: row.try_get(1)?,
        due_on: Some(due_on).filter(|due| due != NEVER),
        item: row.try_get(4)?,
        item_version: row.try_get(5)?,
        department: row.try_get(6)?,
        state: serde_json::from_value(state.into()).map_err(bad)?,
        applicant_name: row.try_get(8)?,
        person: row.try_get(10)?,
        four_eyes: Some(body)
            .filter(|body| !body.is_empty())
            .map(|body| serde_json::from_str(&body).map_err(bad))
            .transpose()?,
        case_no,
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
