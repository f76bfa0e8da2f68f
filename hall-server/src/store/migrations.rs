//! The schema's history. `migrations/sqlite` and `migrations/postgres` hold the same numbers and names.

use sqlx::Row;

use super::{Engine, Store, StoreError};

struct Migration {
    number: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! migration {
    ($number:literal, $name:literal, $file:literal) => {
        Migration {
            number: $number,
            name: $name,
            sqlite: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations/sqlite/", $file, ".sql")),
            postgres: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations/postgres/", $file, ".sql")),
        }
    };
}

const ALL: &[Migration] = &[
    migration!(1, "core", "0001_core"),
    migration!(2, "catalogue", "0002_catalogue"),
    migration!(3, "cases", "0003_cases"),
    migration!(4, "evidence", "0004_evidence"),
    migration!(5, "files", "0005_files"),
    migration!(6, "exchange", "0006_exchange"),
    migration!(7, "catalogue_drafts", "0007_catalogue_drafts"),
    migration!(8, "calendars", "0008_calendars"),
    migration!(9, "lookups", "0009_lookups"),
    migration!(10, "case_search", "0010_case_search"),
    migration!(11, "notices", "0011_notices"),
    migration!(12, "absences", "0012_absences"),
    migration!(13, "supervised_clocks", "0013_supervised_clocks"),
    migration!(14, "signal_events", "0014_signal_events"),
    migration!(15, "submissions", "0015_submissions"),
    migration!(16, "surveys", "0016_surveys"),
];

/// The tables whose rows are written once and never changed or removed: triggers of both databases refuse it. A migration
/// that adds such a table copies the triggers of `0004_evidence` and names the table here; a story looks at each.
pub const HISTORY: &[&str] = &[
    "events",
    "item_versions",
    "signed_heads",
    "chain_tiles",
    "supervision_rules",
    "publications",
    "calendars",
    "lookups",
    "lookup_answers",
    "notices",
    "absences",
    "absence_ends",
];

/// Runs what is missing, in one transaction and under a lock, so that two servers may start at once.
pub(super) async fn run(store: &Store) -> Result<(), StoreError> {
    let mut tx = store.begin_write().await?;
    if store.engine() == Engine::Postgres {
        // Any constant will do: it only has to be the same in every process of this program.
        sqlx::query("SELECT CAST(pg_advisory_xact_lock(4841) AS TEXT)").execute(&mut *tx).await?;
    }
    sqlx::query("CREATE TABLE IF NOT EXISTS schema_migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL)")
        .execute(&mut *tx)
        .await?;
    let done: Vec<i64> = sqlx::query("SELECT number FROM schema_migrations ORDER BY number")
        .fetch_all(&mut *tx)
        .await?
        .iter()
        .map(|row| row.try_get(0))
        .collect::<Result<_, _>>()?;
    if let Some(&number) = done.iter().find(|n| ALL.iter().all(|m| m.number != **n)) {
        return Err(StoreError::NewerDatabase { number });
    }
    for migration in ALL.iter().filter(|m| !done.contains(&m.number)) {
        let sql = match store.engine() {
            Engine::Sqlite => migration.sqlite,
            Engine::Postgres => migration.postgres,
        };
        let failed = |source| StoreError::Migration { number: migration.number, name: migration.name, source };
        sqlx::raw_sql(sql).execute(&mut *tx).await.map_err(failed)?;
        sqlx::query("INSERT INTO schema_migrations (number, name) VALUES ($1, $2)")
            .bind(migration.number)
            .bind(migration.name)
            .execute(&mut *tx)
            .await
            .map_err(failed)?;
        tracing::info!(number = migration.number, name = migration.name, "schema migrated");
    }
    tx.commit().await?;
    Ok(())
}

/// The files of all migrations, in order.
pub fn names() -> impl Iterator<Item = String> {
    ALL.iter().map(|migration| format!("{:04}_{}.sql", migration.number, migration.name))
}

/// How many migrations the database still lacks; 0 when it is up to date.
pub async fn missing(store: &Store) -> Result<usize, StoreError> {
    let done = sqlx::query("SELECT number FROM schema_migrations").fetch_all(store.reader()).await?.len();
    Ok(ALL.len().saturating_sub(done))
}
