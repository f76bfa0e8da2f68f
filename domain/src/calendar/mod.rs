//! Working days (工作日) with the State Council's holidays and make-up workdays, and due dates counted in them.
//!
//! Arrangements are data by year. A date in a year without one falls back to plain weekdays and is marked provisional.
//! Rules: the start day is day 0 and not counted; the due date is the end of day N; a pause's first day counts as used and its
//! last day is a new day 0 (approval reference, section 3).

mod arrangement;
mod published;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::civil::{Date, Weekday};

pub use self::arrangement::{Arrangement, ArrangementFault, DaysOff, Notice};
use self::table::Table;

/// The working-day calendar: arrangements by year, and the days counted ahead from them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    years: BTreeMap<i16, Arrangement>,
    table: Table,
}

/// How a day is worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayKind {
    Workday,
    /// 调休上班: a weekend day that is worked.
    MakeupWorkday,
    Weekend,
    /// A day off by the year's arrangement.
    Holiday,
}

impl DayKind {
    pub fn is_worked(self) -> bool {
        matches!(self, DayKind::Workday | DayKind::MakeupWorkday)
    }
}

/// A due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    pub date: Date,
    /// True where the count crossed a year with no published arrangement.
    pub provisional: bool,
}

/// A pause of a clock, first and last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    pub from: Date,
    /// The day work resumed: a new day 0.
    pub to: Date,
}

/// Which days a clock counts.
#[derive(Clone, Copy)]
enum Days {
    Working,
    Natural,
}

/// Why pauses are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PauseError {
    #[error("a pause ends before it begins")]
    Backwards,
    #[error("a pause begins before the clock started or before the pause before it ended")]
    Overlap,
    #[error("a pause begins after the clock had run out on {0}")]
    AfterDue(Date),
}

impl Default for Calendar {
    fn default() -> Self {
        Self::published()
    }
}

impl Calendar {
    /// What the program brings along: 国办发明电〔2023〕7号 and 〔2024〕12号, and the notice of 4 November 2025.
    pub fn published() -> Self {
        Self::of(published::arrangements())
    }

    /// The calendar by these arrangements; of two for one year the later one holds. They are taken as checked.
    pub fn of(arrangements: impl IntoIterator<Item = Arrangement>) -> Self {
        let years: BTreeMap<_, _> = arrangements.into_iter().map(|a| (a.year, a)).collect();
        let table = Table::new(&years);
        Calendar { years, table }
    }

    /// This calendar with one year arranged anew, or all that is wrong with the new arrangement.
    pub fn with(&self, arrangement: Arrangement) -> Result<Self, Vec<ArrangementFault>> {
        let mut faults = arrangement.faults();
        let others = self.years.values().filter(|other| other.year != arrangement.year);
        faults.extend(others.flat_map(|other| arrangement.contradictions(other)));
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self::of(self.years.values().cloned().chain([arrangement])))
    }

    /// The arrangements by year.
    pub fn arrangements(&self) -> impl Iterator<Item = &Arrangement> {
        self.years.values()
    }

    pub fn arrangement(&self, year: i16) -> Option<&Arrangement> {
        self.years.get(&year)
    }

    /// True where the year's arrangement is published.
    pub fn knows(&self, year: i16) -> bool {
        self.table.knows_all(year, year)
    }

    pub fn kind(&self, day: Date) -> DayKind {
        self.table.kind(day)
    }

    /// The end of working day `days` after `start`. Zero days is due on the start day itself. In years without an
    /// arrangement plain weekdays are counted; a day past the year 9999 is that year's last.
    pub fn due(&self, start: Date, days: u32) -> Due {
        let date = match days {
            0 => start,
            days => self.table.workday(self.table.worked_up_to(start) + i64::from(days)),
        };
        Due { date, provisional: !self.table.knows_all(start.year(), date.year()) }
    }

    /// The end of day `days` after `start`, all days counted (自然日). Due on a day off, it moves to the next working day.
    pub fn due_natural(&self, start: Date, days: u32) -> Due {
        let last = start.saturating_add(SignedDuration::from_hours(24 * i64::from(days)));
        let date = if self.kind(last).is_worked() { last } else { self.due(last, 1).date };
        Due { date, provisional: !self.table.knows_all(last.year(), date.year()) }
    }

    /// As `due`, with the clock stopped over `pauses`, which are in order.
    pub fn due_with_pauses(&self, start: Date, days: u32, pauses: &[Pause]) -> Result<Due, PauseError> {
        self.due_after(start, days, pauses, Days::Working)
    }

    /// As `due_natural`, with the clock stopped over `pauses`, which are in order.
    pub fn due_natural_with_pauses(&self, start: Date, days: u32, pauses: &[Pause]) -> Result<Due, PauseError> {
        self.due_after(start, days, pauses, Days::Natural)
    }

    fn due_after(&self, start: Date, days: u32, pauses: &[Pause], counted: Days) -> Result<Due, PauseError> {
        let due = |from, days| match counted {
            Days::Working => self.due(from, days),
            Days::Natural => self.due_natural(from, days),
        };
        let (mut day0, mut left, mut provisional) = (start, days, false);
        for pause in pauses {
            if pause.to < pause.from {
                return Err(PauseError::Backwards);
            }
            if pause.from < day0 {
                return Err(PauseError::Overlap);
            }
            let end = due(day0, left);
            if pause.from > end.date {
                return Err(PauseError::AfterDue(end.date));
            }
            let used = match counted {
                Days::Working => {
                    provisional |= !self.table.knows_all(day0.year(), pause.from.year());
                    self.working_days(day0, pause.from)
                }
                Days::Natural => u32::try_from(pause.from.duration_since(day0).as_hours() / 24).unwrap_or(0),
            };
            left -= used.min(left);
            day0 = pause.to;
        }
        let end = due(day0, left);
        Ok(Due { date: end.date, provisional: end.provisional || provisional })
    }

    /// Working days in (`from`, `to`]; 0 where `to` is not after `from`.
    pub fn working_days(&self, from: Date, to: Date) -> u32 {
        if to <= from {
            return 0;
        }
        let days = self.table.worked_up_to(to) - self.table.worked_up_to(from);
        u32::try_from(days).unwrap_or(0)
    }

    /// Working days left until the end of `due`, negative when it is past. On the due day itself it is 0.
    pub fn days_left(&self, today: Date, due: Date) -> i64 {
        if today <= due { i64::from(self.working_days(today, due)) } else { -i64::from(self.working_days(due, today)) }
    }

    /// The weekday whose opening hours hold on a day: a make-up workday is worked as a Monday, a holiday kept as a Sunday.
    pub fn effective_weekday(&self, day: Date) -> Weekday {
        match self.kind(day) {
            DayKind::MakeupWorkday => Weekday::Monday,
            DayKind::Holiday => Weekday::Sunday,
            DayKind::Workday | DayKind::Weekend => day.weekday(),
        }
    }
}
