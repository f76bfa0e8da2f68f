use jiff::ToSpan;
use jiff::civil::date;
use proptest::prelude::*;

use super::*;

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
fn a_clock_with_nothing_left_is_due_when_it_resumes_however_often_it_is_paused() {
    let pause = |from, to| Pause { from: date(2024, 5, from), to: date(2024, 5, to) };
    let due = Calendar::published().due_with_pauses(date(2024, 5, 5), 2, &[pause(7, 8), pause(8, 9)]).unwrap();
    assert_eq!(due.date, date(2024, 5, 9));
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
const THEIRS_ENDS: Date = date(2026, 12, 25);

fn worked_by_theirs(day: Date) -> bool {
    let ymd = chinese_holiday::Ymd::new(day.year() as u16, day.month() as u8, day.day() as u8);
    chinese_holiday::chinese_holiday(ymd).is_workday()
}

fn plus(day: Date, days: i64) -> Date {
    day.checked_add(days.days()).unwrap()
}

#[test]
fn every_day_of_2024_to_2026_agrees_with_an_independent_calendar() {
    let calendar = Calendar::published();
    for day in date(2024, 1, 1).series(1.day()).take_while(|day| *day <= THEIRS_ENDS) {
        assert_eq!(calendar.kind(day).is_worked(), worked_by_theirs(day), "{day}");
    }
}

/// A clock told day by day: it stands still after a pause's first day up to and with the day of its resumption.
fn due_day_by_day(start: Date, days: u32, pauses: &[Pause], worked: impl Fn(Date) -> bool) -> Date {
    let (mut day, mut left) = (start, days);
    while left > 0 {
        day = plus(day, 1);
        let stopped = pauses.iter().any(|pause| pause.from < day && day <= pause.to);
        if worked(day) && !stopped {
            left -= 1;
        }
    }
    // Paused on the last day counted, a clock resumes with nothing left; and may at once be paused again.
    pauses.iter().fold(day, |end, pause| if pause.from <= end { end.max(pause.to) } else { end })
}

/// Pauses one after another, each begun while the clock still runs.
fn pauses_of(start: Date, days: u32, gaps: &[(i64, i64)], calendar: &Calendar) -> Vec<Pause> {
    let mut pauses: Vec<Pause> = Vec::new();
    for (wait, length) in gaps {
        let from = plus(pauses.last().map_or(start, |pause| pause.to), *wait);
        let pause = Pause { from, to: plus(from, *length) };
        if from > calendar.due_with_pauses(start, days, &pauses).unwrap().date {
            break;
        }
        pauses.push(pause);
    }
    pauses
}

/// Rows reckoned by the Python package chinesecalendar 1.11.0 in `tests/due_dates.py`.
#[test]
fn due_dates_agree_with_those_of_a_second_independent_calendar() {
    let calendar = Calendar::published();
    let rows: Vec<&str> = include_str!("../../tests/due_dates.csv").lines().skip(1).collect();
    assert!(rows.len() > 500);
    for row in rows {
        let [start, days, pauses, due] = row.split(',').collect::<Vec<_>>().try_into().unwrap();
        let pauses: Vec<Pause> = pauses
            .split_whitespace()
            .map(|pause| pause.split_once("..").unwrap())
            .map(|(from, to)| Pause { from: from.parse().unwrap(), to: to.parse().unwrap() })
            .collect();
        let ours = calendar.due_with_pauses(start.parse().unwrap(), days.parse().unwrap(), &pauses).unwrap();
        assert_eq!(ours, Due { date: due.parse().unwrap(), provisional: false }, "{row}");
    }
}

#[test]
fn natural_days_are_all_counted_and_an_end_on_a_day_off_moves_to_the_next_working_day() {
    let calendar = Calendar::published();
    let due = |start, days| calendar.due_natural(start, days).date;
    assert_eq!(due(date(2026, 9, 1), 15), date(2026, 9, 16));
    assert_eq!(due(date(2026, 9, 16), 15), date(2026, 10, 8), "1 October is off until the 7th");
    assert_eq!(due(date(2026, 9, 25), 15), date(2026, 10, 10), "a Saturday that is worked");
    assert_eq!(due(date(2026, 11, 28), 0), date(2026, 11, 30));
    let pause = Pause { from: date(2026, 9, 6), to: date(2026, 9, 21) };
    let paused = calendar.due_natural_with_pauses(date(2026, 9, 1), 15, &[pause]).unwrap();
    assert_eq!(
        paused,
        Due { date: date(2026, 10, 8), provisional: false },
        "5 used; 10 after the 21st end on 1 October"
    );
    assert!(calendar.due_natural(date(2026, 12, 20), 15).provisional);
    assert!(!calendar.due_natural(date(2026, 12, 10), 15).provisional);
}

fn year_2027() -> Arrangement {
    let off = |name: &str, from, to| DaysOff { name: name.to_owned(), from, to };
    Arrangement {
        year: 2027,
        notice: Notice { number: "国办发明电〔2026〕1号".to_owned(), date: date(2026, 11, 3) },
        off: vec![
            off("元旦", date(2027, 1, 1), date(2027, 1, 3)),
            off("春节", date(2027, 2, 5), date(2027, 2, 12)),
            off("国庆节", date(2027, 10, 1), date(2027, 10, 7)),
        ],
        makeup: vec![date(2026, 12, 27), date(2027, 2, 14)],
    }
}

#[test]
fn a_loaded_year_is_no_longer_provisional_and_may_move_days_of_the_december_before() {
    let before = Calendar::published();
    let after = before.with(year_2027()).unwrap();
    assert_eq!(before.due(date(2026, 12, 24), 8), Due { date: date(2027, 1, 5), provisional: true });
    // Sunday 27 December is worked, 1 January is off.
    assert_eq!(after.due(date(2026, 12, 24), 8), Due { date: date(2027, 1, 5), provisional: false });
    assert_eq!(after.kind(date(2026, 12, 27)), DayKind::MakeupWorkday);
    assert_eq!(after.kind(date(2026, 10, 1)), before.kind(date(2026, 10, 1)));
    assert_eq!(after.arrangements().count(), 4);
}

#[test]
fn everything_wrong_with_an_arrangement_is_said() {
    let off = |from, to| DaysOff { name: String::new(), from, to };
    let mut wrong = year_2027();
    wrong.notice = Notice { number: " ".to_owned(), date: date(2028, 1, 1) };
    wrong.off.push(off(date(2027, 10, 7), date(2027, 10, 8)));
    wrong.off.push(off(date(2027, 5, 5), date(2027, 5, 1)));
    wrong.off.push(off(date(2027, 6, 1), date(2027, 9, 1)));
    wrong.off.push(off(date(2026, 12, 5), date(2026, 12, 6)));
    wrong.off.push(off(date(2026, 11, 25), date(2027, 1, 1)));
    wrong.off.push(off(date(2028, 1, 29), date(2028, 2, 2)));
    wrong.makeup.extend([date(2027, 2, 14), date(2027, 2, 6), date(2027, 3, 1), date(2026, 11, 29)]);
    let said: Vec<String> = wrong.faults().iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "the notice has no number: an arrangement is loaded from the notice alone, never from a forecast",
            "the notice is dated 2028-01-01, after the year that it arranges",
            "2027-10-07 is off twice",
            "the days off from 2027-05-05 to 2027-05-01 end before they begin",
            "the days off from 2027-06-01 to 2027-09-01 are more than 31",
            "no day of the span from 2026-12-05 to 2026-12-06 is in the year",
            "the days off from 2026-11-25 to 2027-01-01 are more than 31",
            "no day of the span from 2028-01-29 to 2028-02-02 is in the year",
            "2027-02-14 is a make-up workday twice",
            "2027-02-06 is both off and a make-up workday",
            "2027-03-01 is a Monday: only a weekend day can be a make-up workday",
            "2026-11-29 is neither in the year nor in the month before or after it",
        ]
    );
    let empty = Arrangement { off: Vec::new(), makeup: Vec::new(), ..year_2027() };
    assert_eq!(empty.faults(), [ArrangementFault::NothingOff]);
    assert_eq!(Arrangement { year: 207, ..year_2027() }.faults(), [ArrangementFault::Year(207)]);
}

#[test]
fn two_years_that_say_different_things_of_a_day_are_refused() {
    let mut wrong = year_2027();
    wrong.off.push(DaysOff { name: "元旦".to_owned(), from: date(2027, 12, 31), to: date(2028, 1, 2) });
    let mut year_2028 = Arrangement { year: 2028, ..year_2027() };
    year_2028.off = vec![DaysOff { name: "春节".to_owned(), from: date(2028, 1, 26), to: date(2028, 2, 2) }];
    year_2028.makeup = vec![date(2028, 1, 2)];
    let refused = Calendar::published().with(wrong).unwrap().with(year_2028).unwrap_err();
    assert_eq!(
        refused.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["2028-01-02 is a make-up workday here, but a day off by the arrangement of 2027"]
    );
}

#[test]
fn far_from_every_known_year_weekdays_are_counted_and_the_end_of_time_is_no_panic() {
    let calendar = Calendar::published();
    // Friday 1 January 1999; Monday the 4th is the first weekday after it.
    assert_eq!(calendar.due(date(1999, 1, 1), 1), Due { date: date(1999, 1, 4), provisional: true });
    assert_eq!(calendar.due(Date::MAX, 5).date, Date::MAX);
    assert_eq!(calendar.due(date(2026, 1, 1), u32::MAX).date, Date::MAX);
    assert_eq!(calendar.due_natural(date(2026, 1, 1), u32::MAX).date, Date::MAX);
    let all = calendar.working_days(Date::MIN, Date::MAX);
    for day in [date(-4, 2, 29), date(2023, 6, 1), date(2025, 6, 1), date(2030, 6, 1)] {
        assert_eq!(calendar.working_days(Date::MIN, day) + calendar.working_days(day, Date::MAX), all);
    }
    assert_eq!(Calendar::of([]).due(date(2026, 10, 1), 1), Due { date: date(2026, 10, 2), provisional: true });
}

proptest! {
    #[test]
    fn a_due_date_is_a_workday_and_counts_back_to_its_days(offset in 0i64..1000, days in 1u32..60) {
        let calendar = Calendar::published();
        let start = plus(date(2024, 1, 1), offset);
        let due = calendar.due(start, days);
        prop_assert!(calendar.kind(due.date).is_worked());
        prop_assert_eq!(calendar.working_days(start, due.date), days);
    }

    #[test]
    fn a_longer_pause_never_brings_the_due_date_forward(from in 1i64..8, length in 0i64..60, more in 0i64..30) {
        let calendar = Calendar::published();
        let start = date(2026, 3, 2);
        let at = |days| plus(start, days);
        let with = |to| calendar.due_with_pauses(start, 10, &[Pause { from: at(from), to: at(to) }]).unwrap().date;
        prop_assert!(with(from + length) <= with(from + length + more));
        prop_assert!(calendar.due(start, 10).date <= with(from + length));
    }

    /// Years before, within, between and after the known ones, with a gap among them.
    #[test]
    fn the_days_counted_ahead_say_what_plain_counting_says(offset in 0i64..5000, days in 0u32..900) {
        let mut late = year_2027();
        late.year = 2030;
        late.off = vec![DaysOff { name: String::new(), from: date(2029, 12, 29), to: date(2030, 1, 2) }];
        late.makeup = vec![date(2030, 1, 5), date(2029, 12, 16)];
        let calendar = Calendar::published().with(late).unwrap();
        let start = plus(date(2020, 1, 1), offset);
        let due = calendar.due(start, days);
        prop_assert_eq!(due.date, due_day_by_day(start, days, &[], |day| calendar.kind(day).is_worked()));
        let known = (start.year()..=due.date.year()).all(|year| calendar.knows(year));
        prop_assert_eq!(due.provisional, !known);
        prop_assert_eq!(calendar.working_days(start, due.date), days);
        prop_assert_eq!(calendar.days_left(due.date, start), -i64::from(days));
    }

    #[test]
    fn due_dates_agree_with_an_independent_calendar_counted_day_by_day(
        offset in 0i64..1060,
        days in 0u32..80,
        gaps in proptest::collection::vec((0i64..12, 0i64..40), 0..4),
    ) {
        let calendar = Calendar::published();
        let start = plus(date(2024, 1, 1), offset);
        let pauses = pauses_of(start, days, &gaps, &calendar);
        let ours = calendar.due_with_pauses(start, days, &pauses).unwrap();
        prop_assume!(ours.date <= THEIRS_ENDS);
        prop_assert_eq!(ours.date, due_day_by_day(start, days, &pauses, worked_by_theirs));
        prop_assert!(!ours.provisional);
    }
}
