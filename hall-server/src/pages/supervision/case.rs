//! One case: its clocks, with whom it lies, its signals, what happened.

use std::collections::HashMap;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::cases::TaskFor;

use super::Supervising;
use crate::AppState;
use crate::cases::view::{self as case_view, Names};
use crate::cases::{joint, reading};
use crate::http::problem::ApiError;
use crate::pages::frame::{Frame, page};
use crate::pages::view::supervision::case::{CasePage, CaseTask, Shown};
use crate::store::{cases, identity, signals};
use crate::supervision::ahead::Units;
use crate::supervision::view;

/// `GET /supervisor/cases/{case_no}`.
pub(super) async fn show(
    State(state): State<AppState>,
    Supervising(asker): Supervising,
    Path(case_no): Path<String>,
    frame: Frame,
) -> Result<Response, ApiError> {
    let mut connection = state.store.reader().acquire().await?;
    let row = reading::visible(&mut connection, &case_no, &asker.user).await?;
    let whole = cases::of_applications(&mut connection, &[&row.case.application]).await?;
    let joint = joint::joint(&state, &mut connection, &whole).await?;
    let names = Names::read(&mut connection).await?;
    let mut siblings = Vec::new();
    for other in whole.iter().filter(|other| other.case.case_no != case_no) {
        let name = names.item(&state, &mut connection, other).await?;
        siblings.push((other.case.case_no.clone(), name, other.case.state.name()));
    }
    let rows = signals::of_case(&mut connection, &case_no).await?;
    let signals = view::signals(&state, &mut connection, &rows, &asker.user).await?;
    let units = Units::read(&mut connection).await?;
    let open = row.case.open_tasks();
    let usernames: Vec<&str> = open.iter().filter_map(|task| task.person.as_deref()).collect();
    let persons: HashMap<String, String> = identity::names(&mut connection, &usernames).await?;
    let calendar = state.engine.calendar();
    let tasks: Vec<CaseTask> = open
        .iter()
        .map(|task| CaseTask {
            what: task.kind,
            unit_name: match &task.falls_to {
                TaskFor::Department(code, _) | TaskFor::Hall(code) => units.name(code),
            },
            person: task
                .person
                .as_ref()
                .map(|person| persons.get(person).unwrap_or(person).clone())
                .unwrap_or_default(),
            due_on: task.due(&calendar).map(|due| due.to_string()),
        })
        .collect();
    let case = case_view::case(&state, &mut connection, row, &asker.user).await?;
    let shown = Shown { case: &case, tasks: &tasks, signals: &signals, joint: &joint, siblings };
    page(&CasePage::new(frame, asker.viewer(), &shown))
}
