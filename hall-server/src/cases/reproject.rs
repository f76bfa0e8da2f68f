//! Due dates as lists sort by them, reckoned anew where the calendar changed.

use domain::calendar::Calendar;
use jiff::civil::date;
use sqlx::AnyConnection;

use crate::store::StoreError;
use crate::store::cases;

/// How many cases are read at a time.
const PAGE: i64 = 500;

/// Reckons the due dates of open cases anew after a year's arrangement changed; returns how many moved. A clock that ended
/// before that year's arrangement can have no other end by it.
pub async fn reproject(connection: &mut AnyConnection, calendar: &Calendar, year: i16) -> Result<usize, StoreError> {
    let earliest = date(year - 1, 12, 1).to_string();
    let (mut after, mut moved) = (String::new(), 0);
    loop {
        let rows = cases::open_due_from(connection, &earliest, &after, PAGE).await?;
        let Some(last) = rows.last() else { return Ok(moved) };
        after.clone_from(&last.case.case_no);
        for row in &rows {
            let due_on = row.case.due(calendar).map(|due| due.date.to_string());
            if due_on != row.due_on {
                cases::put_due(connection, &row.case.case_no, due_on.as_deref()).await?;
                moved += 1;
            }
        }
    }
}
