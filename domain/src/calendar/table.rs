//! Days counted ahead: how a day is worked, and how many working days there are up to it, read from a table within the
//! known years and reckoned outside them. Every question takes the same short time, however far apart its days are.

use std::collections::BTreeMap;
use std::fmt::{self, Debug, Formatter};

use jiff::civil::{Date, date};

use super::DayKind;
use super::arrangement::{Arrangement, is_weekend};

/// Days since this Monday are negative before it.
const MONDAY: Date = date(2024, 1, 1);

const SECONDS_A_DAY: i64 = 86_400;

/// All days from the year before the first known one to the year after the last known one.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Table {
    first_year: i16,
    /// The place of each year's 1 January in `kinds`; one more for the end.
    years: Vec<u32>,
    /// Whether each of these years has an arrangement.
    known: Vec<bool>,
    kinds: Vec<DayKind>,
    /// Working days from the table's first day to this one, both included.
    worked: Vec<u32>,
    /// The working days in order.
    workdays: Vec<Date>,
    /// Weekdays from MONDAY to the day before the table's first.
    before: i64,
    /// The table's first and last day, counted from MONDAY.
    ends: (i64, i64),
}

impl Debug for Table {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").field("first_year", &self.first_year).field("days", &self.kinds.len()).finish()
    }
}

impl Table {
    pub(super) fn new(arrangements: &BTreeMap<i16, Arrangement>) -> Self {
        let (first, last) = match (arrangements.keys().next(), arrangements.keys().next_back()) {
            (Some(first), Some(last)) => (first - 1, last + 1),
            _ => (MONDAY.year(), MONDAY.year()),
        };
        // A day's own year is heard last and so prevails.
        let mut named = BTreeMap::new();
        for foreign in [true, false] {
            for arrangement in arrangements.values() {
                let days = arrangement.named_days();
                named.extend(days.into_iter().filter(|(day, _)| (day.year() != arrangement.year) == foreign));
            }
        }
        let mut table = Table {
            first_year: first,
            years: vec![0],
            known: (first..=last).map(|year| arrangements.contains_key(&year)).collect(),
            kinds: Vec::new(),
            worked: Vec::new(),
            workdays: Vec::new(),
            before: weekdays_up_to(number(date(first, 1, 1)) - 1),
            ends: (number(date(first, 1, 1)), number(date(last, 12, 31))),
        };
        for year in first..=last {
            let mut day = date(year, 1, 1);
            while day.year() == year {
                table.push(day, named.get(&day).copied());
                let Ok(next) = day.tomorrow() else { break };
                day = next;
            }
            table.years.push(table.kinds.len() as u32);
        }
        table
    }

    fn push(&mut self, day: Date, off: Option<bool>) {
        let kind = match off {
            Some(true) => DayKind::Holiday,
            Some(false) => DayKind::MakeupWorkday,
            None => plain(day),
        };
        self.kinds.push(kind);
        if kind.is_worked() {
            self.workdays.push(day);
        }
        self.worked.push(self.workdays.len() as u32);
    }

    pub(super) fn kind(&self, day: Date) -> DayKind {
        self.place(day).map_or_else(|| plain(day), |place| self.kinds[place])
    }

    /// True where all years from the first to the last have an arrangement.
    pub(super) fn knows_all(&self, first: i16, last: i16) -> bool {
        (first..=last).all(|year| self.year(year).is_some_and(|place| self.known[place]))
    }

    /// How many working days there are from MONDAY to a day; only differences mean something.
    pub(super) fn worked_up_to(&self, day: Date) -> i64 {
        match self.place(day) {
            Some(place) => self.before + i64::from(self.worked[place]),
            None if day.year() < self.first_year => weekdays_up_to(number(day)),
            None => weekdays_up_to(number(day)) + self.excess(),
        }
    }

    /// The working day up to which there are so many. The calendar's last day where it would lie after it.
    pub(super) fn workday(&self, count: i64) -> Date {
        let in_table = count - self.before;
        if in_table <= 0 {
            return day_of(weekday_of(count));
        }
        match self.workdays.get(usize::try_from(in_table - 1).unwrap_or(usize::MAX)) {
            Some(day) => *day,
            None => day_of(weekday_of(count - self.excess())),
        }
    }

    /// By how many the table's working days differ from its weekdays.
    fn excess(&self) -> i64 {
        self.before + self.workdays.len() as i64 - weekdays_up_to(self.ends.1)
    }

    fn place(&self, day: Date) -> Option<usize> {
        let year = self.year(day.year())?;
        let of_year = DAYS_BEFORE[(day.month() - 1) as usize]
            + day.day() as u16
            + u16::from(day.month() > 2 && day.in_leap_year());
        Some(self.years[year] as usize + usize::from(of_year) - 1)
    }

    fn year(&self, year: i16) -> Option<usize> {
        usize::try_from(i32::from(year) - i32::from(self.first_year)).ok().filter(|place| *place < self.known.len())
    }
}

/// Days of a year before each month, without a leap day.
const DAYS_BEFORE: [u16; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

fn plain(day: Date) -> DayKind {
    if is_weekend(day) { DayKind::Weekend } else { DayKind::Workday }
}

/// Days from MONDAY to a day.
fn number(day: Date) -> i64 {
    day.duration_since(MONDAY).as_secs() / SECONDS_A_DAY
}

fn day_of(number: i64) -> Date {
    MONDAY.saturating_add(jiff::SignedDuration::from_secs(number.saturating_mul(SECONDS_A_DAY)))
}

/// How many weekdays there are from MONDAY to a day, both included; below zero before it.
fn weekdays_up_to(number: i64) -> i64 {
    let (weeks, rest) = (number.div_euclid(7), number.rem_euclid(7));
    weeks * 5 + (rest + 1).min(5)
}

/// The weekday up to which there are so many weekdays.
fn weekday_of(count: i64) -> i64 {
    let (weeks, rest) = ((count - 1).div_euclid(5), (count - 1).rem_euclid(5));
    weeks * 7 + rest
}
