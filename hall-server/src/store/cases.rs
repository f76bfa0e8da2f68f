//! Cases: the state as one JSON document, what lists and searches need as columns, the applicant in columns of their own.

use std::collections::{BTreeMap, HashMap};

use domain::cases::{Case, OpenTask};
use domain::queue::TicketId;
use protocol::Millis;
use protocol::case::{Agent, Applicant};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::supervised_clocks::{self, ClockRow};
use super::{StoreError, case_search, case_tasks, placeholders};

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
    /// The first day on which the hall's jobs or supervision look at it.
    pub watch_on: Option<String>,
    pub query_code: String,
    /// Field's key → text.
    pub form: BTreeMap<String, String>,
    pub applicant: Applicant,
    /// Who collected the result.
    pub collected_by: String,
    /// Its open tasks with the days on which they are due, reckoned when it was changed; not read back.
    pub tasks: Vec<(OpenTask, Option<String>)>,
    /// Its clocks as supervision lists them, reckoned when it was changed; not read back.
    pub clocks: Vec<ClockRow>,
}

pub(super) const CASE: &str = "body, ticket_number, clerk, changed_at, due_on, watch_on, query_code, form, applicant_name, \
     applicant_id_number, applicant_phone, agent_name, agent_id_number, collected_by";

const COLUMNS: &str = "case_no, hall, application, item, item_version, department, state, ticket, received_at, applicant_pinyin, \
     applicant_initials";

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

/// The cases of applications, in the order in which they were opened.
pub async fn of_applications(
    connection: &mut AnyConnection,
    applications: &[&str],
) -> Result<Vec<CaseRow>, StoreError> {
    if applications.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {CASE} FROM cases WHERE application IN {} ORDER BY application, case_no",
        placeholders(connection, 1, applications.len())
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for application in applications {
        query = query.bind(*application);
    }
    query.fetch_all(connection).await?.iter().map(case_row).collect()
}

/// Numbers of the cases of applications, each with its application's, whether the cases can be read or not.
pub async fn numbers_of_applications(
    connection: &mut AnyConnection,
    applications: &[&str],
) -> Result<Vec<(String, String)>, StoreError> {
    if applications.is_empty() {
        return Ok(Vec::new());
    }
    let places = placeholders(connection, 1, applications.len());
    let sql = format!("SELECT case_no, application FROM cases WHERE application IN {places} ORDER BY case_no");
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for application in applications {
        query = query.bind(*application);
    }
    let rows = query.fetch_all(connection).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// The other cases of a case's application, in the order in which they were opened.
pub async fn siblings(
    connection: &mut AnyConnection,
    application: &str,
    case_no: &str,
) -> Result<Vec<CaseRow>, StoreError> {
    let sql = format!("SELECT {CASE} FROM cases WHERE application = $1 AND case_no <> $2 ORDER BY case_no");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(application).bind(case_no).fetch_all(connection).await?;
    rows.iter().map(case_row).collect()
}

/// The hall that has a case.
pub async fn hall_of(connection: &mut AnyConnection, case_no: &str) -> Result<Option<String>, StoreError> {
    let row = sqlx::query("SELECT hall FROM cases WHERE case_no = $1").bind(case_no).fetch_optional(connection).await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// Cases as far as they can be read, and the numbers of those that cannot.
pub async fn readable(
    connection: &mut AnyConnection,
    numbers: &[&str],
) -> Result<(Vec<CaseRow>, Vec<(String, StoreError)>), StoreError> {
    if numbers.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let sql =
        format!("SELECT case_no, {CASE} FROM cases WHERE case_no IN {}", placeholders(connection, 1, numbers.len()));
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for number in numbers {
        query = query.bind(*number);
    }
    let (mut rows, mut bad) = (Vec::new(), Vec::new());
    for row in &query.fetch_all(connection).await? {
        match case_row(row) {
            Ok(case) => rows.push(case),
            Err(error) => bad.push((row.try_get("case_no")?, error)),
        }
    }
    Ok((rows, bad))
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

/// Undecided cases with a date of theirs on this day or later, by number, at most `limit` after the given one.
pub async fn open_due_from(
    connection: &mut AnyConnection,
    day: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<CaseRow>, StoreError> {
    let sql = format!(
        "SELECT {CASE} FROM cases WHERE (due_on >= $1 OR watch_on >= $1) AND case_no > $2 ORDER BY case_no LIMIT $3"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(day).bind(after).bind(limit).fetch_all(connection).await?;
    rows.iter().map(case_row).collect()
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
             received_at = excluded.received_at, clerk = excluded.clerk, due_on = excluded.due_on, watch_on = excluded.watch_on, collected_by = excluded.collected_by",
            placeholders(connection, chunk.len(), 25)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for row in chunk {
            let (case, agent) = (&row.case, row.applicant.agent.clone().unwrap_or_default());
            let body = serde_json::to_string(case).map_err(|e| bad(&case.case_no, &e.to_string()))?;
            let form = serde_json::to_string(&row.form).map_err(|e| bad(&case.case_no, &e.to_string()))?;
            let typed = case_search::typed(&row.applicant.name);
            query = query
                .bind(&case.case_no)
                .bind(&case.hall)
                .bind(&case.application)
                .bind(&case.item)
                .bind(case.item_version)
                .bind(&case.department)
                .bind(state_text(case))
                .bind(case.ticket)
                .bind(case.received_at)
                .bind(typed.syllables)
                .bind(typed.initials)
                .bind(body)
                .bind(&row.ticket_number)
                .bind(&row.clerk)
                .bind(row.changed_at)
                .bind(&row.due_on)
                .bind(&row.watch_on)
                .bind(&row.query_code)
                .bind(form)
                .bind(&row.applicant.name)
                .bind(&row.applicant.id_number)
                .bind(&row.applicant.phone)
                .bind(agent.name)
                .bind(agent.id_number)
                .bind(&row.collected_by);
        }
        query.execute(&mut *connection).await?;
    }
    supervised_clocks::put(connection, rows).await?;
    case_tasks::put(connection, rows).await
}

/// The first case whose row was last changed at an instant at which its history has no event.
pub async fn changed_without_event(connection: &mut AnyConnection) -> Result<Option<String>, StoreError> {
    let row = sqlx::query(
        "SELECT case_no FROM cases WHERE NOT EXISTS (SELECT 1 FROM events WHERE events.subject = 'case:' || cases.case_no \
         AND events.subject LIKE 'case:%' AND events.hall = cases.hall AND events.at = cases.changed_at) \
         ORDER BY case_no LIMIT 1",
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// The state's name as stored and sent, such as `in-review`.
fn state_text(case: &Case) -> String {
    let name = serde_json::to_value(case.state.name()).unwrap_or_default();
    name.as_str().unwrap_or("unknown").to_owned()
}

pub(super) fn case_row(row: &AnyRow) -> Result<CaseRow, StoreError> {
    let body: String = row.try_get("body")?;
    let case: Case = serde_json::from_str(&body).map_err(|e| bad(&body, &e.to_string()))?;
    let form: String = row.try_get("form")?;
    let agent = Agent { name: row.try_get("agent_name")?, id_number: row.try_get("agent_id_number")? };
    Ok(CaseRow {
        case,
        ticket_number: row.try_get("ticket_number")?,
        clerk: row.try_get("clerk")?,
        changed_at: row.try_get("changed_at")?,
        due_on: row.try_get("due_on")?,
        watch_on: row.try_get("watch_on")?,
        form: serde_json::from_str(&form).map_err(|e| bad("form", &e.to_string()))?,
        query_code: row.try_get("query_code")?,
        applicant: Applicant {
            name: row.try_get("applicant_name")?,
            id_number: row.try_get("applicant_id_number")?,
            phone: row.try_get("applicant_phone")?,
            agent: (agent != Agent::default()).then_some(agent),
        },
        collected_by: row.try_get("collected_by")?,
        tasks: Vec::new(),
        clocks: Vec::new(),
    })
}

fn bad(row: &str, what: &str) -> StoreError {
    StoreError::Inconsistent { table: "cases", row: row.to_owned(), what: what.to_owned() }
}
