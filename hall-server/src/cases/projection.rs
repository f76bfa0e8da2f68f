//! What of a case depends on the calendar and the rules of supervision, as lists and jobs read it. Derived, and written only so
//! that it can be sorted and looked up.

use std::collections::HashSet;

use domain::calendar::Calendar;
use domain::cases::Case;
use domain::supervision::{Raise, Rules};
use jiff::civil::Date;

use crate::store::cases::CaseRow;
use crate::store::signals::SignalKey;
use crate::store::supervised_clocks::{ClockRow, Supervised};

/// Reckons a row's due date, its tasks and the day on which it is to be looked at next. `raised` are the signals that there are.
pub fn project(row: &mut CaseRow, calendar: &Calendar, rules: &Rules, raised: &HashSet<SignalKey>) {
    let case = &row.case;
    row.due_on = case.due(calendar).map(|due| due.date.to_string());
    row.tasks = case
        .open_tasks()
        .into_iter()
        .map(|task| {
            let due_on = task.due(calendar).map(|due| due.to_string());
            (task, due_on)
        })
        .collect();
    row.clocks = clocks(case, calendar);
    row.watch_on = watch_on(case, calendar, rules, raised).map(|day| day.to_string());
}

/// The first day on which a case is to be looked at: a rule fires that has not, or the hall itself has something to do.
pub fn watch_on(case: &Case, calendar: &Calendar, rules: &Rules, raised: &HashSet<SignalKey>) -> Option<Date> {
    let firings = rules.firings(case, calendar).into_iter();
    let awaited = firings.filter(|raise| !raised.contains(&key(&case.case_no, raise))).map(|raise| raise.on);
    awaited.chain(case.acts_on(calendar)).min()
}

/// The clocks by which supervision lists an open case, and how a finished one kept its promise.
fn clocks(case: &Case, calendar: &Calendar) -> Vec<ClockRow> {
    let row = |what, department: Option<&str>, due: Option<Date>| ClockRow {
        what,
        unit: department.unwrap_or(&case.hall).to_owned(),
        due_on: due.map(|due| due.to_string()),
        ended_on: None,
    };
    let mut clocks: Vec<ClockRow> = Vec::new();
    if !case.state.is_over() {
        for (place, first) in case.first_clocks(calendar).iter().enumerate() {
            let what = if place == 0 { Supervised::First } else { Supervised::Also };
            clocks.push(row(what, case.department_of(&first.clock), first.due));
        }
        if clocks.is_empty() {
            clocks.push(row(Supervised::First, case.lies_with(), None));
        }
    }
    clocks.extend(case.promise_kept(calendar).map(|(day, on_time)| ClockRow {
        what: if on_time { Supervised::Kept } else { Supervised::Missed },
        unit: case.department.clone(),
        due_on: case.promised_due(calendar).map(|due| due.date.to_string()),
        ended_on: Some(day.to_string()),
    }));
    clocks
}

/// What makes a signal the same.
pub fn key(case_no: &str, raise: &Raise) -> SignalKey {
    SignalKey {
        case_no: case_no.to_owned(),
        rule: raise.rule.clone(),
        department: raise.department.clone().unwrap_or_default(),
        round: raise.round,
    }
}
