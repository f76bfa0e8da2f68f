//! Applications as a whole: their joint clock and outcome as people read them, and as supervision lists them.

use std::collections::{BTreeMap, BTreeSet};

use domain::calendar::Calendar;
use domain::cases::{Case, decided, joint_clocks, outcome};
use domain::civil;
use protocol::case::Joint;
use protocol::catalogue::Text;
use sqlx::AnyConnection;

use crate::AppState;
use crate::store::cases::CaseRow;
use crate::store::supervised_clocks::{self, ClockRow, Supervised};
use crate::store::{StoreError, cases, catalogue};

/// An application as a whole, from all its cases.
pub async fn joint(state: &AppState, connection: &mut AnyConnection, rows: &[CaseRow]) -> Result<Joint, StoreError> {
    let of: Vec<&Case> = rows.iter().map(|row| &row.case).collect();
    let (today, calendar) = (civil::day(state.clock.now()), state.engine.calendar());
    Ok(Joint {
        item_name: package_name(connection, &of).await?,
        cases: of.len(),
        decided: decided(of.iter().copied()),
        outcome: outcome(of.iter().copied()),
        clocks: joint_clocks(&of).iter().map(|clock| clock.view(today, &calendar)).collect(),
    })
}

/// The package's name as it was when the application was opened; empty where there is none.
async fn package_name(connection: &mut AnyConnection, of: &[&Case]) -> Result<Text, StoreError> {
    let Some(terms) = of.first().and_then(|case| case.terms.joint.as_ref()) else { return Ok(Text::default()) };
    let package = catalogue::item_version(connection, &terms.item, terms.item_version).await?;
    Ok(package.map(|item| item.name).unwrap_or_default())
}

/// Writes down the joint clocks of the applications whose cases changed, for supervision to list: those that run out before the
/// clocks of all their cases. An application with a case that cannot be read is left as it is.
pub async fn project(
    connection: &mut AnyConnection,
    changed: &[&CaseRow],
    calendar: &Calendar,
) -> Result<(), StoreError> {
    let applications: BTreeSet<&str> =
        changed.iter().filter(|row| row.case.terms.joint.is_some()).map(|row| row.case.application.as_str()).collect();
    let applications: Vec<&str> = applications.into_iter().collect();
    for chunk in applications.chunks(200) {
        let numbers = cases::numbers_of_applications(connection, chunk).await?;
        let numbers: Vec<(&str, &str)> =
            numbers.iter().map(|(case_no, application)| (case_no.as_str(), application.as_str())).collect();
        let (rows, bad) =
            cases::readable(connection, &numbers.iter().map(|(case_no, _)| *case_no).collect::<Vec<_>>()).await?;
        let unreadable: BTreeSet<&str> = numbers
            .iter()
            .filter(|(case_no, _)| bad.iter().any(|(number, _)| number == case_no))
            .map(|(_, application)| *application)
            .collect();
        let mut of: BTreeMap<&str, Vec<&Case>> = BTreeMap::new();
        for row in rows.iter().filter(|row| !unreadable.contains(row.case.application.as_str())) {
            of.entry(&row.case.application).or_default().push(&row.case);
        }
        let clocks: Vec<(&str, Option<ClockRow>)> =
            of.into_iter().map(|(application, cases)| (application, first_to_go(&cases, calendar))).collect();
        supervised_clocks::put_joint(connection, &clocks).await?;
    }
    Ok(())
}

/// The application's joint clock, where it runs out before those of all its cases.
fn first_to_go(cases: &[&Case], calendar: &Calendar) -> Option<ClockRow> {
    let terms = cases.first()?.terms.joint.as_ref()?;
    let due = joint_clocks(cases)
        .iter()
        .filter(|clock| clock.stopped.is_none())
        .filter_map(|clock| clock.due(calendar))
        .map(|due| due.date)
        .min()?;
    let own = cases
        .iter()
        .filter(|case| !case.state.is_over())
        .filter_map(|case| case.first_clocks(calendar).first()?.due)
        .min();
    own.is_none_or(|own| due < own).then(|| ClockRow {
        what: Supervised::Joint,
        unit: terms.department.clone(),
        due_on: Some(due.to_string()),
        ended_on: None,
    })
}
