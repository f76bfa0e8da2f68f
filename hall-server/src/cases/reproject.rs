//! Due dates, tasks and watch days as lists and jobs read them, reckoned anew where the calendar changed.

use domain::calendar::Calendar;
use domain::supervision::Rules;
use jiff::civil::date;
use sqlx::AnyConnection;

use super::joint;
use super::projection::project;
use crate::store::cases::CaseRow;
use crate::store::{StoreError, cases, signals};

/// How many cases are read at a time.
const PAGE: i64 = 500;

/// Reckons open cases anew after a year's arrangement changed; returns how many moved. A clock that ended before that year's
/// arrangement can have no other end by it.
pub async fn reproject(
    connection: &mut AnyConnection,
    calendar: &Calendar,
    rules: &Rules,
    year: i16,
) -> Result<usize, StoreError> {
    let earliest = date(year - 1, 12, 1).to_string();
    let (mut after, mut moved) = (String::new(), 0);
    loop {
        let rows = cases::open_due_from(connection, &earliest, &after, PAGE).await?;
        let Some(last) = rows.last() else { return Ok(moved) };
        after.clone_from(&last.case.case_no);
        let numbers: Vec<&str> = rows.iter().map(|row| row.case.case_no.as_str()).collect();
        let raised = signals::keys(connection, &numbers).await?;
        let mut changed = Vec::new();
        for row in &rows {
            let mut projected = row.clone();
            project(&mut projected, calendar, rules, &raised);
            if projected.due_on != row.due_on || projected.watch_on != row.watch_on {
                changed.push(projected);
            }
        }
        moved += changed.len();
        let changed: Vec<&CaseRow> = changed.iter().collect();
        cases::put(connection, &changed).await?;
        joint::project(connection, &changed, calendar).await?;
    }
}
