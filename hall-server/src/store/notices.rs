//! Papers that were put into applicants' hands.

use domain::notices::Facts;
use protocol::Millis;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::{StoreError, placeholders};

/// A paper's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRow {
    /// 22 unguessable characters; its page is `/n/{code}`.
    pub code: String,
    pub case_no: String,
    pub hall: String,
    /// 1, 2, … within the case.
    pub serial: i64,
    pub issued_at: Millis,
    /// The event that issued it.
    pub turn: i64,
    pub facts: Facts,
}

const COLUMNS: &str = "code, case_no, hall, serial, issued_at, turn, facts";

pub async fn add(connection: &mut AnyConnection, rows: &[NoticeRow]) -> Result<(), StoreError> {
    for chunk in rows.chunks(500) {
        let sql = format!("INSERT INTO notices ({COLUMNS}, kind) VALUES {}", placeholders(connection, chunk.len(), 8));
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for row in chunk {
            let facts = serde_json::to_string(&row.facts).map_err(|e| bad(&row.code, &e.to_string()))?;
            query = query
                .bind(&row.code)
                .bind(&row.case_no)
                .bind(&row.hall)
                .bind(row.serial)
                .bind(row.issued_at)
                .bind(row.turn)
                .bind(facts)
                .bind(row.facts.kind());
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

/// A case's papers, the first first.
pub async fn of_case(connection: &mut AnyConnection, case_no: &str) -> Result<Vec<NoticeRow>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM notices WHERE case_no = $1 ORDER BY serial");
    sqlx::query(AssertSqlSafe(sql)).bind(case_no).fetch_all(connection).await?.iter().map(notice_row).collect()
}

pub async fn by_code(connection: &mut AnyConnection, code: &str) -> Result<Option<NoticeRow>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM notices WHERE code = $1");
    sqlx::query(AssertSqlSafe(sql)).bind(code).fetch_optional(connection).await?.as_ref().map(notice_row).transpose()
}

fn notice_row(row: &AnyRow) -> Result<NoticeRow, StoreError> {
    let code: String = row.try_get(0)?;
    let facts: String = row.try_get(6)?;
    Ok(NoticeRow {
        facts: serde_json::from_str(&facts).map_err(|e| bad(&code, &e.to_string()))?,
        code,
        case_no: row.try_get(1)?,
        hall: row.try_get(2)?,
        serial: row.try_get(3)?,
        issued_at: row.try_get(4)?,
        turn: row.try_get(5)?,
    })
}

fn bad(code: &str, what: &str) -> StoreError {
    StoreError::Inconsistent { table: "notices", row: code.to_owned(), what: what.to_owned() }
}
