//! What departments are called.

use std::collections::HashMap;

use protocol::catalogue::Text;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::{StoreError, placeholders};

/// The names of all departments, by code.
pub async fn names(connection: &mut AnyConnection) -> Result<HashMap<String, Text>, StoreError> {
    let rows = sqlx::query("SELECT code, name_zh, name_en FROM departments").fetch_all(connection).await?;
    rows.iter().map(name).collect()
}

/// The names of these departments, by code; those that are not there are left out.
pub async fn names_of(connection: &mut AnyConnection, codes: &[&str]) -> Result<HashMap<String, Text>, StoreError> {
    if codes.is_empty() {
        return Ok(HashMap::new());
    }
    let places = placeholders(connection, 1, codes.len());
    let sql = format!("SELECT code, name_zh, name_en FROM departments WHERE code IN {places}");
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for code in codes {
        query = query.bind(*code);
    }
    query.fetch_all(connection).await?.iter().map(name).collect()
}

fn name(row: &AnyRow) -> Result<(String, Text), StoreError> {
    let (zh, en): (String, String) = (row.try_get(1)?, row.try_get(2)?);
    Ok((row.try_get(0)?, Text::new(zh, en)))
}
