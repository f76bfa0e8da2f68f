//! The calendar in memory. The tables are the truth; whoever finds a newer version there puts it here.

use std::sync::{Arc, PoisonError, RwLock};

use domain::calendar::Calendar;
use sqlx::AnyConnection;

use super::{Engine, Shared};
use crate::store::{StoreError, calendars};

/// The calendar with its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    pub calendar: Arc<Calendar>,
    /// The version of the newest loaded year; 0 where all is as the program brings it along.
    pub version: i64,
}

impl Default for InForce {
    fn default() -> Self {
        InForce { calendar: Arc::new(Calendar::published()), version: 0 }
    }
}

/// Reads the calendar in force: the loaded years over those that the program brings along.
pub async fn in_force(connection: &mut AnyConnection) -> Result<InForce, StoreError> {
    let loaded = calendars::in_force(connection).await?;
    let version = loaded.iter().map(|row| row.version).max().unwrap_or(0);
    let brought = Calendar::published();
    let years = brought.arrangements().cloned().chain(loaded.into_iter().map(|row| row.arrangement));
    Ok(InForce { calendar: Arc::new(Calendar::of(years)), version })
}

/// Where a process keeps the calendar in force.
#[derive(Debug, Default)]
pub(super) struct CalendarSlot(RwLock<InForce>);

impl CalendarSlot {
    fn get(&self) -> InForce {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes a calendar unless a newer one is here already; true where it did.
    fn put(&self, newer: InForce) -> bool {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let take = newer.version > kept.version;
        if take {
            *kept = newer;
        }
        take
    }
}

impl Shared {
    pub(super) fn calendar(&self) -> Arc<Calendar> {
        self.calendar.get().calendar
    }

    /// Reads the calendar where the tables hold a newer version than memory.
    pub(super) async fn refresh_calendar(&self, connection: &mut AnyConnection) -> Result<(), StoreError> {
        if calendars::version(&mut *connection).await? == self.calendar.get().version {
            return Ok(());
        }
        let newer = in_force(connection).await?;
        let version = newer.version;
        if self.calendar.put(newer) {
            tracing::info!(version, "a new version of the calendar is in force");
        }
        Ok(())
    }
}

impl Engine {
    /// The calendar in force. Whoever asks several questions about one case asks them of one calendar.
    pub fn calendar(&self) -> Arc<Calendar> {
        self.shared.calendar()
    }

    /// The same with its version.
    pub fn calendar_in_force(&self) -> InForce {
        self.shared.calendar.get()
    }

    /// Reads what was loaded; a server does so before it answers.
    pub async fn read_calendar(&self) -> Result<(), StoreError> {
        let mut connection = self.shared.store.reader().acquire().await?;
        self.shared.refresh_rules(&mut connection).await?;
        self.shared.refresh_calendar(&mut connection).await
    }
}
