//! Every row of one database written into another, whatever the two engines are.

use futures_util::TryStreamExt;
use sqlx::any::{AnyRow, AnyTypeInfoKind};
use sqlx::{AnyConnection, AssertSqlSafe, Column, Row};

use super::{Store, StoreError, Tx, placeholders};

/// Every table but the migrations' own, each after those it refers to.
pub const TABLES: &[&str] = &[
    "halls",
    "events",
    "tickets",
    "line_days",
    "window_states",
    "requests",
    "cases",
    "case_tasks",
    "supervised_clocks",
    "signals",
    "notices",
    "supervision_rules",
    "surveys",
    "case_days",
    "users",
    "absences",
    "absence_ends",
    "sessions",
    "devices",
    "departments",
    "department_codes",
    "themes",
    "items",
    "item_versions",
    "item_lists",
    "item_drafts",
    "publications",
    "hall_lines",
    "hall_windows",
    "offers",
    "signed_heads",
    "chain_tiles",
    "calendars",
    "lookups",
    "lookup_answers",
    "pulled_documents",
    "files",
    "preparations",
    "preparation_files",
    "submissions",
    "submission_files",
    "outbox",
    "document_fetches",
    "inbox",
];

/// Rows written by one statement.
const ROWS: usize = 200;

/// True where a database holds nothing yet.
pub async fn is_empty(store: &Store) -> Result<bool, StoreError> {
    for table in TABLES {
        let sql = format!("SELECT 1 FROM {table} LIMIT 1");
        if sqlx::query(AssertSqlSafe(sql)).fetch_optional(store.reader()).await?.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Copies all tables in one instant of the source and one transaction of the target; returns the rows of each.
pub async fn copy(from: &Store, to: &Store) -> Result<Vec<(&'static str, usize)>, StoreError> {
    let mut source = from.begin_read().await?;
    let mut target = to.begin_write().await?;
    let mut copied = Vec::with_capacity(TABLES.len());
    for table in TABLES {
        copied.push((*table, copy_table(&mut source, &mut target, table).await?));
    }
    target.commit().await?;
    source.rollback().await?;
    Ok(copied)
}

async fn copy_table(source: &mut Tx, target: &mut Tx, table: &'static str) -> Result<usize, StoreError> {
    let sql = format!("SELECT * FROM {table}");
    let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(&mut **source);
    let mut waiting = Vec::with_capacity(ROWS);
    let mut count = 0;
    while let Some(row) = rows.try_next().await? {
        waiting.push(row);
        count += 1;
        if waiting.len() == ROWS {
            write(target, table, &waiting).await?;
            waiting.clear();
        }
    }
    write(target, table, &waiting).await?;
    Ok(count)
}

async fn write(target: &mut AnyConnection, table: &'static str, rows: &[AnyRow]) -> Result<(), StoreError> {
    let Some(first) = rows.first() else { return Ok(()) };
    // Named, since the engines may hold a table's columns in different orders.
    let names: Vec<&str> = first.columns().iter().map(Column::name).collect();
    let values = placeholders(target, rows.len(), names.len());
    let sql = format!("INSERT INTO {table} ({}) VALUES {values}", names.join(", "));
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for row in rows {
        for (place, column) in row.columns().iter().enumerate() {
            query = match column.type_info().kind() {
                AnyTypeInfoKind::BigInt | AnyTypeInfoKind::Integer => query.bind(row.try_get::<Option<i64>, _>(place)?),
                AnyTypeInfoKind::Text => query.bind(row.try_get::<Option<String>, _>(place)?),
                other => {
                    return Err(StoreError::Inconsistent {
                        table,
                        row: column.name().to_owned(),
                        what: format!("a column of kind {other:?} has no place in a portable table"),
                    });
                }
            };
        }
    }
    query.execute(target).await?;
    Ok(())
}
