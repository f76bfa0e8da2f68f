//! Working days (工作日) with the State Council's holidays and make-up workdays, and due dates counted in them.
//!
//! Arrangements are data by year. A date in a year without one falls back to plain weekdays and is marked provisional.
//! Rules: the start day is day 0 and not counted; the due date is the end of day N; a pause's first day counts as used and its
//! last day is a new day 0 (approval reference, section 3).

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};

/// One year's published arrangement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Arrangement {
    off: Vec<Date>,
    makeup: Vec<Date>,
}

/// The working-day calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    years: BTreeMap<i16, Arrangement>,
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
    /// The arrangements of 2024 to 2026: 国办发明电〔2023〕7号, 〔2024〕12号 and the notice of 4 November 2025.
    pub fn published() -> Self {
        const D: fn(i16, i8, i8) -> Date = date;
        let years = BTreeMap::from([
            (
                2024,
                Arrangement {
                    off: spans(&[
                        (D(2024, 1, 1), 1),
                        (D(2024, 2, 10), 8),
                        (D(2024, 4, 4), 3),
                        (D(2024, 5, 1), 5),
                        (D(2024, 6, 10), 1),
                        (D(2024, 9, 15), 3),
                        (D(2024, 10, 1), 7),
                    ]),
                    makeup: vec![
                        D(2024, 2, 4),
                        D(2024, 2, 18),
                        D(2024, 4, 7),
                        D(2024, 4, 28),
                        D(2024, 5, 11),
                        D(2024, 9, 14),
                        D(2024, 9, 29),
                        D(2024, 10, 12),
                    ],
                },
            ),
            (
                2025,
                Arrangement {
                    off: spans(&[
                        (D(2025, 1, 1), 1),
                        (D(2025, 1, 28), 8),
                        (D(2025, 4, 4), 3),
                        (D(2025, 5, 1), 5),
                        (D(2025, 5, 31), 3),
                        (D(2025, 10, 1), 8),
                    ]),
                    makeup: vec![D(2025, 1, 26), D(2025, 2, 8), D(2025, 4, 27), D(2025, 9, 28), D(2025, 10, 11)],
                },
            ),
            (
                2026,
                Arrangement {
                    off: spans(&[
                        (D(2026, 1, 1), 3),
                        (D(2026, 2, 15), 9),
                        (D(2026, 4, 4), 3),
                        (D(2026, 5, 1), 5),
                        (D(2026, 6, 19), 3),
                        (D(2026, 9, 25), 3),
                        (D(2026, 10, 1), 7),
                    ]),
                    makeup: vec![
                        D(2026, 1, 4),
                        D(2026, 2, 14),
                        D(2026, 2, 28),
                        D(2026, 5, 9),
                        D(2026, 9, 20),
                        D(2026, 10, 10),
                    ],
                },
            ),
        ]);
        Calendar { years }
    }

    /// True where the year's arrangement is published.
    pub fn knows(&self, year: i16) -> bool {
        self.years.contains_key(&year)
    }

    pub fn kind(&self, day: Date) -> DayKind {
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        match self.years.get(&day.year()) {
            Some(year) if year.off.contains(&day) => DayKind::Holiday,
            Some(year) if year.makeup.contains(&day) => DayKind::MakeupWorkday,
            _ if weekend => DayKind::Weekend,
            _ => DayKind::Workday,
        }
    }

    /// The end of working day `days` after `start`. Zero days is due on the start day itself.
    pub fn due(&self, start: Date, days: u32) -> Due {
        let mut day = start;
        let mut left = days;
        let mut provisional = !self.knows(day.year());
        while left > 0 {
            let Ok(next) = day.checked_add(1.day()) else {
                break;
            };
            day = next;
            provisional |= !self.knows(day.year());
            if self.kind(day).is_worked() {
                left -= 1;
            }
        }
        Due { date: day, provisional }
    }

    /// As `due`, with the clock stopped over `pauses`, which are in order.
    pub fn due_with_pauses(&self, start: Date, days: u32, pauses: &[Pause]) -> Result<Due, PauseError> {
        let mut day0 = start;
        let mut left = days;
        let mut provisional = false;
        for pause in pauses {
            if pause.to < pause.from {
                return Err(PauseError::Backwards);
            }
            if pause.from < day0 {
                return Err(PauseError::Overlap);
            }
            let due = self.due(day0, left);
            if pause.from > due.date {
                return Err(PauseError::AfterDue(due.date));
            }
            left -= self.working_days(day0, pause.from).min(left);
            provisional |= !self.knows(pause.to.year());
            day0 = pause.to;
        }
        let due = self.due(day0, left);
        Ok(Due { date: due.date, provisional: due.provisional || provisional })
    }

    /// Working days in (`from`, `to`]; 0 where `to` is not after `from`.
    pub fn working_days(&self, from: Date, to: Date) -> u32 {
        let mut count = 0;
        let mut day = from;
        while day < to {
            let Ok(next) = day.checked_add(1.day()) else {
                break;
            };
            day = next;
            count += u32::from(self.kind(day).is_worked());
        }
        count
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

fn spans(list: &[(Date, i8)]) -> Vec<Date> {
    list.iter().flat_map(|(first, days)| first.series(1.day()).take(*days as usize)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn due(start: Date, days: u32) -> Date {
        Calendar::published().due(start, days).date
    }

    #[test]
    fn the_worked_dates_of_the_reference_hold() {
        assert_eq!(due(date(2026, 9, 30), 5), date(2026, 10, 13));
        assert_eq!(due(date(2026, 2, 13), 5), date(2026, 2, 27));
        assert_eq!(due(date(2026, 9, 18), 10), date(2026, 10, 9));
        assert_eq!(due(date(2025, 9, 26), 10), date(2025, 10, 16));
        assert_eq!(due(date(2024, 4, 30), 3), date(2024, 5, 8));
        assert_eq!(due(date(2026, 4, 30), 20), date(2026, 6, 1));
    }

    #[test]
    fn a_pause_moves_the_due_date_by_the_days_it_took() {
        let calendar = Calendar::published();
        let pause = Pause { from: date(2026, 9, 8), to: date(2026, 9, 22) };
        assert_eq!(calendar.due(date(2026, 9, 1), 10).date, date(2026, 9, 15));
        let due = calendar.due_with_pauses(date(2026, 9, 1), 10, &[pause]).unwrap();
        assert_eq!(due, Due { date: date(2026, 9, 30), provisional: false });
    }

    #[test]
    fn pauses_that_cannot_be_are_refused() {
        let calendar = Calendar::published();
        let pause = |from, to| Pause { from, to };
        let start = date(2026, 9, 1);
        let backwards = [pause(date(2026, 9, 8), date(2026, 9, 7))];
        assert_eq!(calendar.due_with_pauses(start, 10, &backwards), Err(PauseError::Backwards));
        let overlap = [pause(date(2026, 9, 3), date(2026, 9, 8)), pause(date(2026, 9, 7), date(2026, 9, 9))];
        assert_eq!(calendar.due_with_pauses(start, 10, &overlap), Err(PauseError::Overlap));
        let late = [pause(date(2026, 10, 20), date(2026, 10, 21))];
        assert_eq!(calendar.due_with_pauses(start, 10, &late), Err(PauseError::AfterDue(date(2026, 9, 15))));
    }

    #[test]
    fn a_due_date_in_an_unpublished_year_says_so() {
        let due = Calendar::published().due(date(2026, 12, 28), 10);
        assert!(due.provisional);
        assert!(!Calendar::published().due(date(2026, 12, 1), 10).provisional);
    }

    #[test]
    fn a_makeup_saturday_is_open_as_a_monday_and_a_holiday_as_a_sunday() {
        let calendar = Calendar::published();
        assert_eq!(calendar.effective_weekday(date(2026, 10, 10)), Weekday::Monday);
        assert_eq!(calendar.effective_weekday(date(2026, 10, 1)), Weekday::Sunday);
        assert_eq!(calendar.effective_weekday(date(2026, 11, 24)), Weekday::Tuesday);
    }

    #[test]
    fn days_left_fall_to_zero_on_the_day_and_below_after_it() {
        let calendar = Calendar::published();
        let due = date(2026, 11, 27);
        assert_eq!(calendar.days_left(date(2026, 11, 24), due), 3);
        assert_eq!(calendar.days_left(due, due), 0);
        assert_eq!(calendar.days_left(date(2026, 12, 1), due), -2);
    }

    /// An independent table of the same notices; it ends on 25 December 2026.
    #[test]
    fn every_day_of_2024_to_2026_agrees_with_an_independent_calendar() {
        let calendar = Calendar::published();
        for day in date(2024, 1, 1).series(1.day()).take_while(|d| *d <= date(2026, 12, 25)) {
            let theirs = chinese_holiday::chinese_holiday(chinese_holiday::Ymd::new(
                day.year() as u16,
                day.month() as u8,
                day.day() as u8,
            ));
            assert_eq!(calendar.kind(day).is_worked(), theirs.is_workday(), "{day}");
        }
    }

    proptest! {
        #[test]
        fn a_due_date_is_a_workday_and_counts_back_to_its_days(offset in 0i32..1000, days in 1u32..60) {
            let calendar = Calendar::published();
            let start = date(2024, 1, 1).checked_add(offset.days()).unwrap();
            let due = calendar.due(start, days);
            prop_assert!(calendar.kind(due.date).is_worked());
            prop_assert_eq!(calendar.working_days(start, due.date), days);
        }

        #[test]
        fn a_longer_pause_never_brings_the_due_date_forward(from in 1i32..8, length in 0i32..60, more in 0i32..30) {
            let calendar = Calendar::published();
            let start = date(2026, 3, 2);
            let at = |days: i32| start.checked_add(days.days()).unwrap();
            let with = |to| calendar.due_with_pauses(start, 10, &[Pause { from: at(from), to: at(to) }]).unwrap().date;
            prop_assert!(with(from + length) <= with(from + length + more));
            prop_assert!(calendar.due(start, 10).date <= with(from + length));
        }
    }
}
