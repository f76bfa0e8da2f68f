//! Cases: the state as one JSON document, what lists and searches need as columns, the applicant in columns of their own.

use std::collections::HashMap;

use domain::cases::{Case, TaskFor};
use domain::queue::TicketId;
use protocol::Millis;
use protocol::case::{Agent, Applicant, TaskKind};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::{StoreError, placeholders};

/// A case's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRow {
    pub case: Case,
    pub ticket_number: Option<String>,
    /// The clerk who took it in.
    pub clerk: String,
    pub changed_at: Millis,
    /// The due date as it was when the case last changed, for sorting; what is shown is derived.
    pub due_on: Option<String>,
    pub query_code: String,
    pub applicant: Applicant,
    /// Who collected the result.
    pub collected_by: String,
}

const CASE: &str = "body, ticket_number, clerk, changed_at, due_on, query_code, applicant_name, applicant_id_number, \
     applicant_phone, agent_name, agent_id_number, collected_by";

const COLUMNS: &str = "case_no, hall, item, item_version, department, state, ticket, received_at";

/// A line of *my tasks*.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRow {
    pub kind: TaskKind,
    pub since: Millis,
    pub row: CaseRow,
}

pub async fn find(connection: &mut AnyConnection, numbers: &[&str]) -> Result<Vec<CaseRow>, StoreError> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!("SELECT {CASE} FROM cases WHERE case_no IN {}", placeholders(connection, 1, numbers.len()));
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for number in numbers {
        query = query.bind(*number);
    }
    query.fetch_all(connection).await?.iter().map(case_row).collect()
}

/// One case, by its number.
pub async fn one(connection: &mut AnyConnection, case_no: &str) -> Result<Option<CaseRow>, StoreError> {
    Ok(find(connection, &[case_no]).await?.into_iter().next())
}

pub async fn by_query_code(connection: &mut AnyConnection, code: &str) -> Result<Option<CaseRow>, StoreError> {
    let sql = format!("SELECT {CASE} FROM cases WHERE query_code = $1");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(code).fetch_optional(connection).await?;
    row.as_ref().map(case_row).transpose()
}

/// The cases of an applicant or agent, the newest first.
pub async fn by_applicant(connection: &mut AnyConnection, id_number: &str) -> Result<Vec<CaseRow>, StoreError> {
    let sql = format!(
        "SELECT {CASE} FROM cases WHERE applicant_id_number = $1 OR agent_id_number = $1 \
         ORDER BY received_at DESC LIMIT 50"
    );
    sqlx::query(AssertSqlSafe(sql)).bind(id_number).fetch_all(connection).await?.iter().map(case_row).collect()
}

pub async fn by_ticket(connection: &mut AnyConnection, ticket: TicketId) -> Result<Vec<CaseRow>, StoreError> {
    let sql = format!("SELECT {CASE} FROM cases WHERE ticket = $1 ORDER BY received_at");
    sqlx::query(AssertSqlSafe(sql)).bind(ticket).fetch_all(connection).await?.iter().map(case_row).collect()
}

/// Cases whose number ends or begins so, whose applicant is called so or has this ID number; within a hall or a
/// department, the newest first.
pub async fn search(
    connection: &mut AnyConnection,
    text: &str,
    hall: Option<&str>,
    department: Option<&str>,
) -> Result<Vec<CaseRow>, StoreError> {
    let pattern = format!("%{}%", text.replace(['%', '_', '\\'], ""));
    let sql = format!(
        "SELECT {CASE} FROM cases WHERE (case_no LIKE $1 OR applicant_name LIKE $1 OR applicant_id_number = $2 \
         OR ticket_number = $2) AND ($3 = '' OR hall = $3) AND ($4 = '' OR department = $4 \
         OR case_no IN (SELECT case_no FROM case_tasks WHERE assignee = $4)) \
         ORDER BY changed_at DESC LIMIT 50"
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(pattern)
        .bind(text)
        .bind(hall.unwrap_or_default())
        .bind(department.unwrap_or_default())
        .fetch_all(connection)
        .await?
        .iter()
        .map(case_row)
        .collect()
}

/// Open tasks of a department or a hall, of the given kinds; what is due first comes first.
pub async fn tasks(
    connection: &mut AnyConnection,
    assignee: &str,
    kinds: &[TaskKind],
) -> Result<Vec<TaskRow>, StoreError> {
    if kinds.is_empty() {
        return Ok(Vec::new());
    }
    let marks: Vec<String> = (0..kinds.len()).map(|n| format!("${}", n + 2)).collect();
    let sql = format!(
        "SELECT case_tasks.kind AS task_kind, case_tasks.since AS task_since, {} FROM case_tasks \
         JOIN cases ON cases.case_no = case_tasks.case_no \
         WHERE case_tasks.assignee = $1 AND case_tasks.kind IN ({}) \
         ORDER BY COALESCE(case_tasks.due_on, '9999'), case_tasks.since LIMIT 200",
        CASE.split(", ").map(|c| format!("cases.{} AS {}", c.trim(), c.trim())).collect::<Vec<_>>().join(", "),
        marks.join(", ")
    );
    let mut query = sqlx::query(AssertSqlSafe(sql)).bind(assignee);
    for kind in kinds {
        query = query.bind(kind_text(*kind));
    }
    let rows = query.fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            let kind: String = row.try_get("task_kind")?;
            let kind = KINDS.iter().find(|(_, text)| *text == kind).map_or(TaskKind::Unknown, |(kind, _)| *kind);
            Ok(TaskRow { kind, since: row.try_get("task_since")?, row: case_row(row)? })
        })
        .collect()
}

const KINDS: [(TaskKind, &str); 6] = [
    (TaskKind::Review, "review"),
    (TaskKind::Decide, "decide"),
    (TaskKind::Complete, "complete"),
    (TaskKind::Deliver, "deliver"),
    (TaskKind::Resubmit, "resubmit"),
    (TaskKind::Supply, "supply"),
];

fn kind_text(kind: TaskKind) -> &'static str {
    KINDS.iter().find(|(k, _)| *k == kind).map_or("unknown", |(_, text)| text)
}

/// Cases still running whose due date is this day or later, by number, at most `limit` after the given one.
pub async fn open_due_from(
    connection: &mut AnyConnection,
    day: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<CaseRow>, StoreError> {
    let sql = format!(
        "SELECT {CASE} FROM cases WHERE due_on >= $1 AND case_no > $2 \
         AND state NOT IN ('completed', 'delivered', 'withdrawn') ORDER BY case_no LIMIT $3"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(day).bind(after).bind(limit).fetch_all(connection).await?;
    rows.iter().map(case_row).collect()
}

/// Writes a case's due date, for sorting, with that of its tasks.
pub async fn put_due(connection: &mut AnyConnection, case_no: &str, due_on: Option<&str>) -> Result<(), StoreError> {
    for sql in
        ["UPDATE cases SET due_on = $2 WHERE case_no = $1", "UPDATE case_tasks SET due_on = $2 WHERE case_no = $1"]
    {
        sqlx::query(sql).bind(case_no).bind(due_on).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Numbers of the cases opened from a day's tickets.
pub async fn of_tickets_of_day(
    connection: &mut AnyConnection,
    hall: &str,
    day: &str,
) -> Result<HashMap<TicketId, Vec<String>>, StoreError> {
    let rows = sqlx::query(
        "SELECT cases.ticket, cases.case_no FROM cases JOIN tickets ON tickets.id = cases.ticket \
         WHERE tickets.hall = $1 AND tickets.day = $2 ORDER BY cases.received_at, cases.case_no",
    )
    .bind(hall)
    .bind(day)
    .fetch_all(connection)
    .await?;
    let mut cases: HashMap<TicketId, Vec<String>> = HashMap::new();
    for row in &rows {
        cases.entry(row.try_get(0)?).or_default().push(row.try_get(1)?);
    }
    Ok(cases)
}

/// The last case number's serial in a hall on a day.
pub async fn last_serial(connection: &mut AnyConnection, hall: &str, day: &str) -> Result<u32, StoreError> {
    let row = sqlx::query("SELECT last_serial FROM case_days WHERE hall = $1 AND day = $2")
        .bind(hall)
        .bind(day)
        .fetch_optional(connection)
        .await?;
    let serial = row.map(|row| row.try_get::<i64, _>(0)).transpose()?.unwrap_or(0);
    u32::try_from(serial).map_err(|_| StoreError::Inconsistent {
        table: "case_days",
        row: format!("{hall} {day}"),
        what: "a serial out of range".to_owned(),
    })
}

pub async fn put_serials(connection: &mut AnyConnection, serials: &[(String, String, u32)]) -> Result<(), StoreError> {
    if serials.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO case_days (hall, day, last_serial) VALUES {} \
         ON CONFLICT (hall, day) DO UPDATE SET last_serial = excluded.last_serial",
        placeholders(connection, serials.len(), 3)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for (hall, day, serial) in serials {
        query = query.bind(hall).bind(day).bind(i64::from(*serial));
    }
    query.execute(connection).await?;
    Ok(())
}

/// Writes cases as they are now, with their open tasks.
pub async fn put(connection: &mut AnyConnection, rows: &[&CaseRow]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    for chunk in rows.chunks(200) {
        let sql = format!(
            "INSERT INTO cases ({COLUMNS}, {CASE}) VALUES {} ON CONFLICT (case_no) DO UPDATE SET \
             state = excluded.state, body = excluded.body, changed_at = excluded.changed_at, \
             due_on = excluded.due_on, collected_by = excluded.collected_by",
            placeholders(connection, chunk.len(), 20)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for row in chunk {
            let (case, agent) = (&row.case, row.applicant.agent.clone().unwrap_or_default());
            let body = serde_json::to_string(case).map_err(|e| bad(&case.case_no, &e.to_string()))?;
            query = query
                .bind(&case.case_no)
                .bind(&case.hall)
                .bind(&case.item)
                .bind(case.item_version)
                .bind(&case.department)
                .bind(state_text(case))
                .bind(case.ticket)
                .bind(case.received_at)
                .bind(body)
                .bind(&row.ticket_number)
                .bind(&row.clerk)
                .bind(row.changed_at)
                .bind(&row.due_on)
                .bind(&row.query_code)
                .bind(&row.applicant.name)
                .bind(&row.applicant.id_number)
                .bind(&row.applicant.phone)
                .bind(agent.name)
                .bind(agent.id_number)
                .bind(&row.collected_by);
        }
        query.execute(&mut *connection).await?;
    }
    put_tasks(connection, rows).await
}

async fn put_tasks(connection: &mut AnyConnection, rows: &[&CaseRow]) -> Result<(), StoreError> {
    let sql = format!("DELETE FROM case_tasks WHERE case_no IN {}", placeholders(connection, 1, rows.len()));
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for row in rows {
        query = query.bind(&row.case.case_no);
    }
    query.execute(&mut *connection).await?;
    let tasks: Vec<_> =
        rows.iter().flat_map(|row| row.case.open_tasks().into_iter().map(move |task| (*row, task))).collect();
    if tasks.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO case_tasks (case_no, kind, assignee, since, due_on) VALUES {}",
        placeholders(connection, tasks.len(), 5)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for (row, task) in tasks {
        let assignee = match task.falls_to {
            TaskFor::Department(department, _) => department,
            TaskFor::Hall(hall) => hall,
        };
        query =
            query.bind(&row.case.case_no).bind(kind_text(task.kind)).bind(assignee).bind(task.since).bind(&row.due_on);
    }
    query.execute(&mut *connection).await?;
    Ok(())
}

/// The state's name as stored and sent, such as `in-review`.
fn state_text(case: &Case) -> String {
    let name = serde_json::to_value(case.state.name()).unwrap_or_default();
    name.as_str().unwrap_or("unknown").to_owned()
}

fn case_row(row: &AnyRow) -> Result<CaseRow, StoreError> {
    let body: String = row.try_get("body")?;
    let case: Case = serde_json::from_str(&body).map_err(|e| bad(&body, &e.to_string()))?;
    let agent = Agent { name: row.try_get("agent_name")?, id_number: row.try_get("agent_id_number")? };
    Ok(CaseRow {
        case,
        ticket_number: row.try_get("ticket_number")?,
        clerk: row.try_get("clerk")?,
        changed_at: row.try_get("changed_at")?,
        due_on: row.try_get("due_on")?,
        query_code: row.try_get("query_code")?,
        applicant: Applicant {
            name: row.try_get("applicant_name")?,
            id_number: row.try_get("applicant_id_number")?,
            phone: row.try_get("applicant_phone")?,
            agent: (agent != Agent::default()).then_some(agent),
        },
        collected_by: row.try_get("collected_by")?,
    })
}

fn bad(row: &str, what: &str) -> StoreError {
    StoreError::Inconsistent { table: "cases", row: row.to_owned(), what: what.to_owned() }
}
