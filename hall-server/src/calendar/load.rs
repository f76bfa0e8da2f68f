//! A year is loaded: a new version, an event in every hall's chain, and open cases' due dates reckoned anew, in one
//! transaction.

use std::path::{Path, PathBuf};

use domain::calendar::{Arrangement, ArrangementFault, Calendar};
use protocol::Millis;
use serde::Serialize;

use super::file;
use crate::cases;
use crate::engine::calendar::in_force;
use crate::engine::outside::{self, Occurrence};
use crate::store::calendars::{self, CalendarRow};
use crate::store::{Store, StoreError};
use crate::supervision;

/// Why a file changes nothing.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("{path} cannot be read")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{path} is not an arrangement of a year")]
    Form { path: PathBuf, source: Box<toml::de::Error> },
    #[error("nothing was stored:\n{}", lines(.0))]
    Faults(Vec<ArrangementFault>),
    #[error("the calendar could not be stored")]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for LoadError {
    fn from(error: sqlx::Error) -> Self {
        LoadError::Store(error.into())
    }
}

fn lines(faults: &[ArrangementFault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// What a loading did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    pub year: i16,
    /// The year's version in force.
    pub version: i64,
    /// False where the file says what was in force already.
    pub changed: bool,
    /// Open cases whose due date moved.
    pub moved: usize,
}

/// The event in every hall's chain.
#[derive(Debug, Serialize)]
struct CalendarChanged<'a> {
    kind: &'static str,
    year: i16,
    version: i64,
    digest: &'a str,
    notice: &'a str,
    by: &'a str,
}

const KIND: &str = "calendar-changed";

/// Loads a file. `by` is who does so, as events name it.
pub async fn load(store: &Store, path: &Path, by: &str, now: Millis) -> Result<Loaded, LoadError> {
    let text = std::fs::read_to_string(path).map_err(|source| LoadError::Read { path: path.to_owned(), source })?;
    let arrangement =
        file::read(&text).map_err(|source| LoadError::Form { path: path.to_owned(), source: Box::new(source) })?;
    let source = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    put(store, arrangement, source, by, now).await
}

/// Puts an arrangement in force.
pub async fn put(
    store: &Store,
    arrangement: Arrangement,
    source: String,
    by: &str,
    now: Millis,
) -> Result<Loaded, LoadError> {
    let mut tx = store.begin_write().await?;
    let turns = outside::take_all_turns(&mut tx).await?;
    let year = arrangement.year;
    let (content, digest) = calendars::content(&arrangement);
    let before = in_force(&mut tx).await?;
    if before.calendar.arrangement(year) == Some(&arrangement) {
        let version = calendars::of_year(&mut tx, year).await?.map_or(0, |row| row.version);
        tx.rollback().await?;
        return Ok(Loaded { year, version, changed: false, moved: 0 });
    }
    let calendar = before.calendar.with(arrangement.clone()).map_err(LoadError::Faults)?;
    let version = before.version + 1;
    let row = CalendarRow { version, arrangement, source, digest, loaded_at: now, loaded_by: by.to_owned() };
    calendars::add(&mut tx, &row, &content).await?;
    let body =
        CalendarChanged { kind: KIND, year, version, digest: &row.digest, notice: &row.arrangement.notice.number, by };
    for (hall, turn) in &turns {
        let occurrence =
            Occurrence { at: now, kind: KIND, actor: by, subject: format!("calendar:{year}"), body: &body };
        outside::record(&mut tx, hall, turn, occurrence).await?;
    }
    let rules = supervision::rules_in_force(&mut tx).await?.1;
    let moved = cases::reproject(&mut tx, &calendar, &rules, year).await?;
    tx.commit().await?;
    Ok(Loaded { year, version, changed: true, moved })
}

/// A year as it is in force, with its version; `None` where it has no arrangement.
pub async fn year(connection: &mut sqlx::AnyConnection, year: i16) -> Result<Option<CalendarRow>, StoreError> {
    if let Some(row) = calendars::of_year(connection, year).await? {
        return Ok(Some(row));
    }
    Ok(Calendar::published().arrangement(year).map(brought_along))
}

/// A year of the program's own as a row would be: version 0.
pub fn brought_along(arrangement: &Arrangement) -> CalendarRow {
    CalendarRow {
        version: 0,
        digest: calendars::content(arrangement).1,
        arrangement: arrangement.clone(),
        source: String::new(),
        loaded_at: 0,
        loaded_by: String::new(),
    }
}
