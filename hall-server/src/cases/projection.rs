//! What of a case depends on the calendar and the rules of supervision, as lists and jobs read it. Derived, and written only so
//! that it can be sorted and looked up.

use std::collections::HashSet;

use domain::calendar::Calendar;
use domain::supervision::{Raise, Rules};

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
    let firings = rules.firings(case, calendar).into_iter();
    let awaited = firings.filter(|raise| !raised.contains(&key(&case.case_no, raise))).map(|raise| raise.on);
    row.watch_on = awaited.chain(case.acts_on(calendar)).min().map(|day| day.to_string());
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
