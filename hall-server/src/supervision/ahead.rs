//! What is about to go wrong, as people read it: open cases by the clock that runs out first, joint clocks of applications.

use std::collections::{BTreeSet, HashMap};

use domain::calendar::Calendar;
use domain::cases::{Case, CaseClock, joint_clocks};
use domain::civil;
use jiff::civil::Date;
use protocol::case::{ClockKind, Joint};
use protocol::catalogue::Text;
use protocol::supervision::Ahead;
use sqlx::AnyConnection;

use crate::AppState;
use crate::cases::joint::joint;
use crate::cases::view::Names;
use crate::http::problem::ApiError;
use crate::store::cases::CaseRow;
use crate::store::supervised_clocks::{self, Line};
use crate::store::{StoreError, cases, halls, identity};

/// Lines on a page.
pub const PAGE: u16 = 50;

/// A page of lines.
#[derive(Debug)]
pub struct AheadPage {
    pub lines: Vec<Ahead>,
    /// Whether a page comes after it.
    pub more: bool,
}

/// A page of what is due, a unit's or everybody's. A case that cannot be read is left out; the sweep logs it.
pub async fn lines(
    state: &AppState,
    connection: &mut AnyConnection,
    unit: Option<&str>,
    page: u16,
) -> Result<AheadPage, ApiError> {
    let (size, skip) = (i64::from(PAGE), i64::from(PAGE) * i64::from(page));
    let mut listed = supervised_clocks::ahead(connection, unit, size + 1, skip).await?;
    let more = listed.len() > usize::from(PAGE);
    listed.truncate(usize::from(PAGE));
    let numbers: Vec<&str> = listed.iter().map(|line| line.case_no.as_str()).collect();
    let (rows, _) = cases::readable(connection, &numbers).await?;
    let rows: HashMap<&str, &CaseRow> = rows.iter().map(|row| (row.case.case_no.as_str(), row)).collect();
    let wholes = Wholes::read(state, connection, rows.values().copied()).await?;
    let persons = persons(connection, rows.values().copied()).await?;
    let units = Units::read(connection).await?;
    let names = Names::read(connection).await?;
    let (today, calendar) = (civil::day(state.clock.now()), state.engine.calendar());
    let mut lines = Vec::with_capacity(listed.len());
    for line in listed {
        let Some(row) = rows.get(line.case_no.as_str()) else { continue };
        let case = &row.case;
        let whole = wholes.of(&case.application);
        let first = match whole.filter(|_| line.joint) {
            Some(whole) => whole.first(&calendar),
            None => {
                let firsts = case.first_clocks(&calendar).into_iter().map(|first| first.clock);
                let unit = |clock: &CaseClock| case.department_of(clock).unwrap_or(&case.hall) == line.unit;
                firsts.into_iter().find(unit)
            }
        };
        let Some(clock) = first else { continue };
        let item_name = match whole.filter(|_| line.joint) {
            Some(whole) => whole.joint.item_name.clone(),
            None => names.item(state, connection, row).await?,
        };
        lines.push(Ahead {
            case_no: line.case_no.clone(),
            hall: case.hall.clone(),
            item_name,
            case_state: case.state.name(),
            joint: line.joint,
            unit_name: units.name(&line.unit),
            persons: if line.joint { Vec::new() } else { who(case, &line, &persons) },
            promised: promised(case, &clock, line.joint).map(|clock| clock.view(today, &calendar)),
            clock: clock.view(today, &calendar),
            application: whole.map(|whole| whole.joint.clone()),
            unit: line.unit,
            due_on: line.due_on,
        });
    }
    Ok(AheadPage { lines, more })
}

/// The case's own promise, where another clock stands on the line.
fn promised(case: &Case, shown: &CaseClock, joint: bool) -> Option<CaseClock> {
    if joint || shown.kind == ClockKind::Promised {
        return None;
    }
    case.clocks().into_iter().find(|clock| clock.kind == ClockKind::Promised && clock.stopped.is_none())
}

/// Names of units: departments' and halls'.
#[derive(Debug)]
pub struct Units(HashMap<String, Text>);

impl Units {
    pub async fn read(connection: &mut AnyConnection) -> Result<Self, StoreError> {
        let departments = crate::store::catalogue::departments(connection).await?;
        let mut names: HashMap<String, Text> =
            departments.into_iter().map(|listed| (listed.department.code, listed.department.name)).collect();
        names.extend(halls::list(connection).await?.into_iter().map(|hall| (hall.code, hall.name)));
        Ok(Units(names))
    }

    /// The unit's name; its code where it is no longer known.
    pub fn name(&self, unit: &str) -> Text {
        self.0.get(unit).cloned().unwrap_or_else(|| Text::new(unit, unit))
    }
}

/// Applications of several cases.
struct Wholes(HashMap<String, Whole>);

struct Whole {
    rows: Vec<CaseRow>,
    joint: Joint,
}

impl Wholes {
    async fn read<'a>(
        state: &AppState,
        connection: &mut AnyConnection,
        rows: impl Iterator<Item = &'a CaseRow>,
    ) -> Result<Self, StoreError> {
        let of: BTreeSet<&str> =
            rows.filter(|row| row.case.terms.joint.is_some()).map(|row| row.case.application.as_str()).collect();
        let numbers = cases::numbers_of_applications(connection, &of.into_iter().collect::<Vec<_>>()).await?;
        let numbers: Vec<&str> = numbers.iter().map(|(case_no, _)| case_no.as_str()).collect();
        let mut found: HashMap<String, Vec<CaseRow>> = HashMap::new();
        for chunk in numbers.chunks(500) {
            for row in cases::readable(connection, chunk).await?.0 {
                found.entry(row.case.application.clone()).or_default().push(row);
            }
        }
        let mut wholes = HashMap::with_capacity(found.len());
        for (application, rows) in found {
            let joint = joint(state, connection, &rows).await?;
            wholes.insert(application, Whole { rows, joint });
        }
        Ok(Wholes(wholes))
    }

    fn of(&self, application: &str) -> Option<&Whole> {
        self.0.get(application)
    }
}

impl Whole {
    /// The joint clock that runs out first.
    fn first(&self, calendar: &Calendar) -> Option<CaseClock> {
        let of: Vec<&Case> = self.rows.iter().map(|row| &row.case).collect();
        let running = joint_clocks(&of).into_iter().filter(|clock| clock.stopped.is_none());
        running.min_by_key(|clock| clock.due(calendar).map_or(Date::MAX, |due| due.date))
    }
}

/// Who has taken what lies with the line's unit.
fn who(case: &Case, line: &Line, names: &HashMap<String, String>) -> Vec<String> {
    let mut persons: Vec<String> = case
        .current_branches()
        .filter(|branch| branch.is_open() && branch.department == line.unit)
        .filter_map(|branch| branch.reviewer.as_ref())
        .map(|reviewer| names.get(reviewer).unwrap_or(reviewer).clone())
        .collect();
    persons.dedup();
    persons
}

async fn persons<'a>(
    connection: &mut AnyConnection,
    rows: impl Iterator<Item = &'a CaseRow>,
) -> Result<HashMap<String, String>, StoreError> {
    let mut names: Vec<&str> =
        rows.flat_map(|row| row.case.current_branches()).filter_map(|branch| branch.reviewer.as_deref()).collect();
    names.sort_unstable();
    names.dedup();
    identity::names(connection, &names).await
}
