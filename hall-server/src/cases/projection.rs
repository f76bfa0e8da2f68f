//! What of a case depends on the calendar and the rules of supervision, as lists and jobs read it. Derived, and written only so
//! that it can be sorted and looked up.

use std::collections::HashSet;

use domain::calendar::Calendar;
use domain::cases::Case;
use domain::supervision::{Raise, Rules};
use jiff::civil::Date;

use crate::store::cases::CaseRow;
use crate::store::signals::SignalKey;

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
    row.watch_on = watch_on(case, calendar, rules, raised).map(|day| day.to_string());
}

/// The first day on which a case is to be looked at: a rule fires that has not, or the hall itself has something to do.
pub fn watch_on(case: &Case, calendar: &Calendar, rules: &Rules, raised: &HashSet<SignalKey>) -> Option<Date> {
    let firings = rules.firings(case, calendar).into_iter();
    let awaited = firings.filter(|raise| !raised.contains(&key(&case.case_no, raise))).map(|raise| raise.on);
    awaited.chain(case.acts_on(calendar)).min()
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
