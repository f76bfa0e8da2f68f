//! Storage: SQL statements and nothing else. One text serves SQLite and PostgreSQL through sqlx's `Any`; where a
//! statement must differ, it asks [`Store::engine`].
//!
//! Columns are `BIGINT`, `TEXT` and `DOUBLE PRECISION`; instants are epoch milliseconds UTC, civil dates ISO text,
//! documents JSON text, flags named states.

pub mod absences;
pub mod calendars;
pub mod case_search;
pub mod case_tasks;
pub mod cases;
pub mod catalogue;
pub mod departments;
pub mod drafts;
pub mod events;
pub mod evidence;
pub mod exchange;
pub mod files;
pub mod halls;
pub mod identity;
pub mod lookups;
pub mod migrations;
pub mod notices;
pub mod preparations;
pub mod queue;
pub mod requests;
pub mod setup;
pub mod signals;
pub mod submissions;
pub mod supervised_clocks;
pub mod supervision;
pub mod supervision_rules;
pub mod surveys;
pub mod transfer;

use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{Any, AnyConnection, AnyPool, Transaction};

/// A write transaction of either engine.
pub type Tx = Transaction<'static, Any>;

/// Which database stands behind the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the database address must begin with sqlite:// or postgres://, not {0:?}")]
    Address(String),
    #[error("the database folder {path} could not be made")]
    Folder { path: String, source: std::io::Error },
    #[error("the database did not do what was asked")]
    Database(#[from] sqlx::Error),
    #[error("migration {number:04}_{name} failed")]
    Migration { number: i64, name: &'static str, source: sqlx::Error },
    #[error("the database has migration {number:04}, which this program does not know: it was written by a newer one")]
    NewerDatabase { number: i64 },
    #[error("the system gives no random numbers")]
    NoRandomness(#[source] getrandom::Error),
    #[error("a rule or a statement panicked; nothing was written")]
    Panicked,
    #[error("table {table}, row {row}: {what}")]
    Inconsistent { table: &'static str, row: String, what: String },
}

/// Connections to one database: one that writes and several that read.
#[derive(Debug, Clone)]
pub struct Store {
    engine: Engine,
    write: AnyPool,
    read: AnyPool,
}

impl Store {
    /// Opens `sqlite://FILE` (made where absent, with its folder) or `postgres://…`. Runs no migrations.
    pub async fn connect(address: &str) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let engine = match address {
            a if a.starts_with("sqlite:") => Engine::Sqlite,
            a if a.starts_with("postgres:") || a.starts_with("postgresql:") => Engine::Postgres,
            _ => return Err(StoreError::Address(address.to_owned())),
        };
        match engine {
            Engine::Sqlite => Self::connect_sqlite(address).await,
            Engine::Postgres => Self::connect_postgres(address).await,
        }
    }

    async fn connect_sqlite(address: &str) -> Result<Self, StoreError> {
        let file = address.trim_start_matches("sqlite:").trim_start_matches("//");
        let file = file.split('?').next().unwrap_or_default();
        if let Some(folder) = std::path::Path::new(file).parent().filter(|f| !f.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(|source| StoreError::Folder { path: folder.display().to_string(), source })?;
        }
        let options: AnyConnectOptions = format!("sqlite://{file}?mode=rwc").parse()?;
        // One writer: SQLite has one anyway, and waiting in the program is cheaper than waiting on its lock.
        let write = sqlite_pool(1).connect_with(options.clone()).await?;
        let read = sqlite_pool(4).connect_with(options).await?;
        Ok(Store { engine: Engine::Sqlite, write, read })
    }

    async fn connect_postgres(address: &str) -> Result<Self, StoreError> {
        let options: AnyConnectOptions = address.parse()?;
        let pool = |max| AnyPoolOptions::new().max_connections(max).acquire_timeout(Duration::from_secs(10));
        let write = pool(4).connect_with(options.clone()).await?;
        let read = pool(8).connect_with(options).await?;
        Ok(Store { engine: Engine::Postgres, write, read })
    }

    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Connections for reading; what they read is committed.
    pub fn reader(&self) -> &AnyPool {
        &self.read
    }

    /// Begins a transaction that writes. On SQLite it takes the write lock at once, so that it cannot fail half way.
    pub async fn begin_write(&self) -> Result<Tx, StoreError> {
        let begin = match self.engine {
            Engine::Sqlite => "BEGIN IMMEDIATE",
            Engine::Postgres => "BEGIN",
        };
        Ok(self.write.begin_with(begin).await?)
    }

    /// Begins a transaction in which everything read is of one instant.
    pub async fn begin_read(&self) -> Result<Tx, StoreError> {
        let begin = match self.engine {
            Engine::Sqlite => "BEGIN",
            Engine::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        Ok(self.read.begin_with(begin).await?)
    }

    /// Moves what is committed from SQLite's log into its file, beside the writer, so that the writer seldom has to stop
    /// for it. PostgreSQL does so by itself.
    pub async fn checkpoint(&self) -> Result<(), StoreError> {
        if self.engine == Engine::Sqlite {
            sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").fetch_all(&self.read).await?;
        }
        Ok(())
    }

    /// Writes what is committed into a new SQLite file, beside readers and the writer. SQLite only.
    pub async fn copy_into(&self, file: &str) -> Result<(), StoreError> {
        sqlx::query("VACUUM INTO $1").bind(file).execute(&self.read).await?;
        Ok(())
    }

    /// Brings the schema up to date, one process at a time.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        migrations::run(self).await
    }

    pub async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }
}

fn sqlite_pool(max: u32) -> AnyPoolOptions {
    // Asking a connection whether it lives costs as much as a small question, and a file does not go away.
    let options = AnyPoolOptions::new().max_connections(max).acquire_timeout(Duration::from_secs(10));
    options.test_before_acquire(false).after_connect(|connection, _| {
        Box::pin(async move {
            sqlx::raw_sql(
                "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                     PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32000; \
                     PRAGMA wal_autocheckpoint = 8000;",
            )
            .execute(connection)
            .await?;
            Ok(())
        })
    })
}

/// Placeholders for a statement that writes `rows` rows of `width` columns at once, and has no others.
///
/// SQLite looks every named parameter (`$1`) up in a list of all of them, which takes longer than the writing once a
/// statement has hundreds; so there they have no names.
pub fn placeholders(connection: &AnyConnection, rows: usize, width: usize) -> String {
    let named = connection.backend_name() == "PostgreSQL";
    let mut text = String::with_capacity(rows * width * 6);
    let mut n = 0;
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..width {
            n += 1;
            if column > 0 {
                text.push_str(", ");
            }
            if named {
                text.push('$');
                text.push_str(&n.to_string());
            } else {
                text.push('?');
            }
        }
        text.push(')');
    }
    text
}
