//! `hall-server calendar …`: years loaded and shown, and due dates for anyone who asks.

use std::path::{Path, PathBuf};

use clap::Args;
use domain::calendar::{Calendar, Pause};
use jiff::civil::{Date, date};

use super::{CommandError, without_password};
use crate::calendar::load;
use crate::clock::{Clock, SystemClock};
use crate::engine::calendar::in_force;
use crate::store::calendars::{self, CalendarRow};
use crate::store::{Store, migrations};

#[derive(Debug, Args)]
pub(super) struct Due {
    date: Date,
    days: u32,
    /// Days on which the clock stood still, as FROM..TO; TO is the day it resumed
    #[arg(long = "pause", value_name = "FROM..TO")]
    pauses: Vec<String>,
    /// Count all days (自然日); an end on a day off moves to the next working day
    #[arg(long)]
    natural: bool,
}

#[derive(Debug, Args)]
pub(super) struct Load {
    file: PathBuf,
    /// Who loads it, for the history
    #[arg(long, value_name = "NAME", env = "USER", default_value = "unknown")]
    by: String,
}

impl Due {
    pub(super) async fn run(self, address: &str) -> Result<(), CommandError> {
        let pauses = self.pauses.iter().map(|text| pause(text)).collect::<Result<Vec<_>, _>>()?;
        let calendar = match existing(address).await? {
            Some(store) => in_force(&mut *store.reader().acquire().await?).await?.calendar,
            None => Calendar::published().into(),
        };
        let due = if self.natural {
            calendar.due_natural_with_pauses(self.date, self.days, &pauses)
        } else {
            calendar.due_with_pauses(self.date, self.days, &pauses)
        };
        let due = due.map_err(|error| CommandError::Refused(error.to_string()))?;
        println!("{}{}", due.date, if due.provisional { " provisional" } else { "" });
        Ok(())
    }
}

fn pause(text: &str) -> Result<Pause, CommandError> {
    let parts = text.split_once("..").and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
    let (from, to) =
        parts.ok_or_else(|| CommandError::Refused(format!("{text:?} is not a pause like 2026-09-08..2026-09-22")))?;
    Ok(Pause { from, to })
}

impl Load {
    pub(super) async fn run(self, store: &Store) -> Result<(), CommandError> {
        let by = format!("operator:{}", self.by);
        let loaded = load::load(store, &self.file, &by, SystemClock.now()).await?;
        if loaded.changed {
            println!(
                "{}: version {} is in force; {} open cases have another due date",
                loaded.year, loaded.version, loaded.moved
            );
        } else {
            println!("{}: nothing changed", loaded.year);
        }
        Ok(())
    }
}

pub(super) async fn show(address: &str, year: Option<i16>) -> Result<(), CommandError> {
    let loaded = match existing(address).await? {
        Some(store) => calendars::in_force(&mut *store.reader().acquire().await?).await?,
        None => Vec::new(),
    };
    let calendar = Calendar::of(
        Calendar::published().arrangements().cloned().chain(loaded.iter().map(|row| row.arrangement.clone())),
    );
    let rows: Vec<CalendarRow> = calendar
        .arrangements()
        .map(|arrangement| {
            let row = loaded.iter().find(|row| row.arrangement.year == arrangement.year);
            row.cloned().unwrap_or_else(|| load::brought_along(arrangement))
        })
        .collect();
    let Some(year) = year else {
        for row in &rows {
            println!("{}", heading(row, &calendar));
        }
        return Ok(());
    };
    let row = rows.iter().find(|row| row.arrangement.year == year).ok_or_else(|| {
        CommandError::Refused(format!("{year} has no arrangement: its due dates are provisional, counted in weekdays"))
    })?;
    println!("{}", heading(row, &calendar));
    for off in &row.arrangement.off {
        println!("off     {}..{}  {}", off.from, off.to, off.name);
    }
    for day in &row.arrangement.makeup {
        println!("worked  {day}");
    }
    Ok(())
}

fn heading(row: &CalendarRow, calendar: &Calendar) -> String {
    let arrangement = &row.arrangement;
    let year = arrangement.year;
    let worked = calendar.working_days(date(year - 1, 12, 31), date(year, 12, 31));
    let version = match row.version {
        0 => "brought along by the program".to_owned(),
        version => format!("version {version}, loaded by {} from {}", row.loaded_by, row.source),
    };
    let notice = &arrangement.notice;
    format!("{year}  {worked} working days  {} of {}  ({version})", notice.number, notice.date)
}

/// The database where it is there and has been brought up to this program; asking for a date makes none.
async fn existing(address: &str) -> Result<Option<Store>, CommandError> {
    if let Some(file) = address.strip_prefix("sqlite:") {
        let file = file.trim_start_matches("//").split('?').next().unwrap_or_default();
        if !Path::new(file).exists() {
            return Ok(None);
        }
    }
    let failed = |source| CommandError::Database { address: without_password(address), source };
    let store = Store::connect(address).await.map_err(failed)?;
    let up_to_date = migrations::missing(&store).await.map_err(failed)? == 0;
    Ok(up_to_date.then_some(store))
}
