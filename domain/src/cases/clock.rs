//! Clocks (时限): a budget of days and a ledger of pauses. Due dates, days used and overdue are derived from them and the calendar,
//! never stored (approval reference, section 3).
//!
//! The start day is day 0 and not counted; a pause's first day counts as used; the day work resumes is a new day 0.

use jiff::civil::Date;
use protocol::case::{ClockKind, ClockState, ClockView};
use protocol::catalogue::{DayUnit, SpecialKind, Text};
use serde::{Deserialize, Serialize};

use crate::calendar::{Calendar, Due};

/// Days to spend, and how they are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    pub days: u32,
    pub unit: DayUnit,
}

impl Budget {
    pub fn working(days: u16) -> Self {
        Budget { days: u32::from(days), unit: DayUnit::WorkingDays }
    }
}

/// When a clock started and stood still. Entries are added and ended, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    started: Date,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pauses: Vec<Pause>,
}

/// A span in which a clock stood still.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    pub from: Date,
    /// The day it ran on: a new day 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
    pub why: SpecialKind,
}

impl Ledger {
    pub fn start(day: Date) -> Self {
        Ledger { started: day, pauses: Vec::new() }
    }

    pub fn started(&self) -> Date {
        self.started
    }

    pub fn pauses(&self) -> &[Pause] {
        &self.pauses
    }

    pub fn is_paused(&self) -> bool {
        self.paused_for().is_some()
    }

    /// What it stands still for.
    pub fn paused_for(&self) -> Option<SpecialKind> {
        self.pauses.last().filter(|pause| pause.to.is_none()).map(|pause| pause.why)
    }

    /// Stops the clock. One that stands still stays as it is.
    pub fn pause(&mut self, day: Date, why: SpecialKind) {
        if !self.is_paused() {
            self.pauses.push(Pause { from: day.max(self.day0()), to: None, why });
        }
    }

    /// Lets the clock run on. One that runs stays as it is.
    pub fn resume(&mut self, day: Date) {
        if let Some(pause) = self.pauses.last_mut().filter(|pause| pause.to.is_none()) {
            pause.to = Some(day.max(pause.from));
        }
    }

    /// The day from which the present run counts.
    fn day0(&self) -> Date {
        self.pauses.last().and_then(|pause| pause.to).unwrap_or(self.started)
    }

    /// The due date; `None` while the clock stands still with days left. A clock that had run out before a pause stays run out.
    pub fn due(&self, budget: Budget, calendar: &Calendar) -> Option<Due> {
        let mut day0 = self.started;
        let mut left = budget.days;
        let mut provisional = false;
        for pause in &self.pauses {
            let due = count(calendar, budget.unit, day0, left);
            if pause.from > due.date {
                return Some(due);
            }
            provisional |= due.provisional && !calendar.knows(pause.from.year());
            left = left.saturating_sub(spent(calendar, budget.unit, day0, pause.from));
            day0 = pause.to?;
        }
        let due = count(calendar, budget.unit, day0, left);
        Some(Due { date: due.date, provisional: due.provisional || provisional })
    }

    /// Days used up to the end of a day.
    pub fn used(&self, unit: DayUnit, until: Date, calendar: &Calendar) -> u32 {
        let mut day0 = self.started;
        let mut used = 0;
        for pause in &self.pauses {
            used += spent(calendar, unit, day0, pause.from.min(until));
            match pause.to {
                Some(to) if to <= until => day0 = to,
                _ => return used,
            }
        }
        used + spent(calendar, unit, day0, until)
    }
}

fn count(calendar: &Calendar, unit: DayUnit, day0: Date, days: u32) -> Due {
    match unit {
        DayUnit::WorkingDays => calendar.due(day0, days),
        DayUnit::NaturalDays => calendar.due_natural(day0, days),
    }
}

fn spent(calendar: &Calendar, unit: DayUnit, from: Date, to: Date) -> u32 {
    match unit {
        DayUnit::WorkingDays => calendar.working_days(from, to),
        DayUnit::NaturalDays => u32::try_from((to - from).get_days()).unwrap_or(0),
    }
}

/// One clock of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseClock {
    pub kind: ClockKind,
    /// The department whose step it is; `None` where it is the whole case's.
    pub department: Option<String>,
    pub ledger: Ledger,
    pub budget: Budget,
    /// The day it came to its end.
    pub stopped: Option<Date>,
    /// Signals are raised once in a round.
    pub round: i64,
}

impl CaseClock {
    pub fn due(&self, calendar: &Calendar) -> Option<Due> {
        self.ledger.due(self.budget, calendar)
    }

    pub fn state(&self) -> ClockState {
        match self.stopped {
            Some(_) => ClockState::Stopped,
            None if self.ledger.is_paused() => ClockState::Paused,
            None => ClockState::Running,
        }
    }

    /// Whether it went, or goes, past its due date.
    pub fn is_overdue(&self, today: Date, calendar: &Calendar) -> bool {
        self.due(calendar).is_some_and(|due| self.stopped.unwrap_or(today) > due.date)
    }

    /// The clock explains itself.
    pub fn view(&self, today: Date, calendar: &Calendar) -> ClockView {
        let due = self.due(calendar);
        let state = self.state();
        let used = self.ledger.used(self.budget.unit, self.stopped.unwrap_or(today), calendar);
        let running = state == ClockState::Running;
        ClockView {
            kind: self.kind,
            department: self.department.clone().unwrap_or_default(),
            state,
            used,
            days: self.budget.days,
            due_on: due.map(|due| due.date.to_string()),
            provisional: due.is_some_and(|due| due.provisional),
            days_left: due.filter(|_| running).map(|due| calendar.days_left(today, due.date)),
            overdue: self.is_overdue(today, calendar),
            text: self.text(used),
        }
    }

    fn text(&self, used: u32) -> Text {
        let days = self.budget.days;
        let (unit_zh, unit_en) = match self.budget.unit {
            DayUnit::WorkingDays => ("个工作日", "working days"),
            DayUnit::NaturalDays => ("天", "days"),
        };
        let mut zh = format!("第{used}天，共{days}{unit_zh}");
        let mut en = format!("day {used} of {days} {unit_en}");
        for pause in self.ledger.pauses() {
            let why = pause.why.name();
            let (from, to) = (pause.from, pause.to);
            match to {
                Some(to) => {
                    zh += &format!("；{}至{}因{}暂停", short_zh(from), short_zh(to), why.zh);
                    en += &format!("; paused {} to {} for {}", from, to, why.en);
                }
                None => {
                    zh += &format!("；{}起因{}暂停", short_zh(from), why.zh);
                    en += &format!("; paused since {from} for {}", why.en);
                }
            }
        }
        if let Some(stopped) = self.stopped {
            zh += &format!("；{}停止计时", short_zh(stopped));
            en += &format!("; stopped on {stopped}");
        }
        Text::new(zh, en)
    }
}

fn short_zh(day: Date) -> String {
    format!("{}月{}日", day.month(), day.day())
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn ten_days_from_september() -> Ledger {
        Ledger::start(date(2026, 9, 1))
    }

    #[test]
    fn ten_days_with_an_expert_review_in_between_end_on_30_september() {
        let calendar = Calendar::published();
        let mut ledger = ten_days_from_september();
        let budget = Budget::working(10);
        assert_eq!(ledger.due(budget, &calendar).unwrap().date, date(2026, 9, 15));
        ledger.pause(date(2026, 9, 8), SpecialKind::ExpertReview);
        assert_eq!(ledger.due(budget, &calendar), None, "nobody knows while it stands still");
        assert_eq!(ledger.used(DayUnit::WorkingDays, date(2026, 9, 18), &calendar), 5);
        ledger.resume(date(2026, 9, 22));
        assert_eq!(ledger.due(budget, &calendar).unwrap().date, date(2026, 9, 30));
        let clock = CaseClock { kind: ClockKind::Promised, department: None, ledger, budget, stopped: None, round: 1 };
        let view = clock.view(date(2026, 9, 24), &calendar);
        assert_eq!(view.text.zh, "第7天，共10个工作日；9月8日至9月22日因专家评审暂停");
        assert_eq!(view.text.en, "day 7 of 10 working days; paused 2026-09-08 to 2026-09-22 for expert review");
        assert_eq!(view.days_left, Some(3));
    }

    #[test]
    fn a_pause_after_the_clock_ran_out_does_not_mend_it() {
        let calendar = Calendar::published();
        let mut ledger = ten_days_from_september();
        ledger.pause(date(2026, 9, 16), SpecialKind::Hearing);
        assert_eq!(ledger.due(Budget::working(10), &calendar).unwrap().date, date(2026, 9, 15));
    }

    #[test]
    fn natural_days_count_every_day_and_end_on_a_working_day() {
        let calendar = Calendar::published();
        let budget = Budget { days: 30, unit: DayUnit::NaturalDays };
        // 3 October is within the National Day holiday, which ends on the 7th.
        let ledger = Ledger::start(date(2026, 9, 3));
        assert_eq!(ledger.due(budget, &calendar).unwrap().date, date(2026, 10, 8));
        assert_eq!(ledger.used(DayUnit::NaturalDays, date(2026, 9, 13), &calendar), 10);
    }

    /// Starts and gaps in days: pauses in order, none overlapping.
    fn pauses() -> impl Strategy<Value = Vec<(i32, i32)>> {
        prop::collection::vec((0i32..6, 0i32..25), 0..5)
    }

    fn ledger(start: i32, pauses: &[(i32, i32)]) -> Ledger {
        let start = date(2024, 3, 1).checked_add(start.days()).unwrap();
        let mut ledger = Ledger::start(start);
        let mut day = start;
        for (run, pause) in pauses {
            day = day.checked_add(run.days()).unwrap();
            ledger.pause(day, SpecialKind::Testing);
            day = day.checked_add(pause.days()).unwrap();
            ledger.resume(day);
        }
        ledger
    }

    proptest! {
        #[test]
        fn due_dates_are_monotone_in_pauses(start in 0i32..600, pauses in pauses(), more in 1i32..20, days in 1u16..40) {
            let calendar = Calendar::published();
            let budget = Budget::working(days);
            let short = ledger(start, &pauses).due(budget, &calendar).unwrap().date;
            let without = ledger(start, &[]).due(budget, &calendar).unwrap().date;
            prop_assert!(without <= short);
            let mut longer = pauses;
            if let Some(pause) = longer.last_mut() {
                pause.1 += more;
            }
            prop_assert!(short <= ledger(start, &longer).due(budget, &calendar).unwrap().date);
        }

        #[test]
        fn on_the_due_date_the_budget_is_used_up(start in 0i32..600, pauses in pauses(), days in 1u16..40) {
            let calendar = Calendar::published();
            let ledger = ledger(start, &pauses);
            let due = ledger.due(Budget::working(days), &calendar).unwrap().date;
            let used = ledger.used(DayUnit::WorkingDays, due, &calendar);
            // A pause that begins on the very day on which the budget is used up leaves a new day 0 and nothing to count.
            prop_assert_eq!(used, u32::from(days));
        }

        #[test]
        fn a_day_more_in_the_budget_never_ends_earlier(start in 0i32..600, pauses in pauses(), days in 1u16..40) {
            let calendar = Calendar::published();
            let ledger = ledger(start, &pauses);
            let due = |days| ledger.due(Budget::working(days), &calendar).unwrap().date;
            prop_assert!(due(days) <= due(days + 1));
        }
    }
}
