//! Cases as staff and citizens see them: rows of storage with the names of the catalogue.

use std::collections::HashMap;

use domain::cases::{BranchState, CaseEvent, progress_steps, state_text};
use domain::civil;
use domain::identity::mask_name;
use protocol::case::{
    Branch, Case, CaseDocument, Decision, DeficiencyNotice, DocumentStatus, HistoryEntry, Progress, Receipt, Task,
};
use protocol::catalogue::{Item, Text};
use protocol::staff::User;
use sqlx::AnyConnection;

use crate::AppState;
use crate::engine::chain::Event;
use crate::exchange::record::ExchangeEvent;
use crate::http::problem::ApiError;
use crate::store::cases::{CaseRow, TaskRow};
use crate::store::{StoreError, catalogue, events, halls, identity};

/// A case on one screen, with what the asker may do.
pub async fn case(
    state: &AppState,
    connection: &mut AnyConnection,
    row: CaseRow,
    asker: &User,
) -> Result<Case, ApiError> {
    let item = item(connection, &row).await?;
    let departments = departments(connection).await?;
    let history = events::of_case(connection, &row.case.case_no).await?;
    let names = names(connection, &history).await?;
    let history = history_entries(&history, &names)?;
    let case = &row.case;
    let name_of = |department: &str| departments.get(department).cloned().unwrap_or_default();
    let due = case.due(state.engine.calendar());
    let documents: HashMap<&str, &Text> = item.documents.iter().map(|d| (d.key.as_str(), &d.name)).collect();
    let document_name = |key: &str| documents.get(key).map_or_else(|| Text::new(key, ""), |name| (*name).clone());
    let returned = match &case.state {
        domain::cases::CaseState::Accepted { returned, .. } => returned.clone(),
        _ => None,
    };
    Ok(Case {
        case_no: case.case_no.clone(),
        hall: case.hall.clone(),
        item: case.item.clone(),
        item_version: case.item_version,
        item_name: item.name.clone(),
        department: case.department.clone(),
        department_name: name_of(&case.department),
        state: case.state.name(),
        ticket: case.ticket,
        received_at: case.received_at,
        accepted_at: case.accepted_at,
        due_on: due.map(|due| due.date.to_string()),
        due_provisional: due.is_some_and(|due| due.provisional),
        documents: case
            .documents
            .iter()
            .map(|d| CaseDocument {
                key: d.key.clone(),
                name: document_name(&d.key),
                mandatory: d.mandatory,
                status: d.status,
            })
            .collect(),
        correction: case.correction.as_ref().map(|correction| DeficiencyNotice {
            at: correction.at,
            by: person(&names, &correction.by),
            documents: correction.documents.iter().map(|key| document_name(key)).collect(),
            note: correction.note.clone(),
        }),
        branches: case.branches.iter().map(|branch| branch_view(branch, name_of(&branch.department), &names)).collect(),
        returned,
        decision: case.state.decision().map(|(decision, granted)| Decision {
            granted,
            by: decision.by.as_deref().map(|by| person(&names, by)),
            at: decision.at,
            reason: decision.reason.clone(),
        }),
        history,
        actions: case.allowed(asker),
        query_url: query_url(state, &row.query_code),
        query_code: row.query_code,
        ticket_number: row.ticket_number,
        applicant: row.applicant,
    })
}

/// A case's progress as a citizen sees it: no personal data.
pub async fn progress(state: &AppState, connection: &mut AnyConnection, row: &CaseRow) -> Result<Progress, ApiError> {
    let item = item(connection, row).await?;
    let departments = departments(connection).await?;
    let case = &row.case;
    let in_correction = matches!(case.state, domain::cases::CaseState::Correction { .. });
    let missing = if in_correction { case.missing() } else { Vec::new() };
    Ok(Progress {
        case_no: case.case_no.clone(),
        department_name: departments.get(&case.department).cloned().unwrap_or_default(),
        state: case.state.name(),
        text: state_text(&case.state),
        received_at: case.received_at,
        due_on: case.due(state.engine.calendar()).map(|due| due.date.to_string()),
        missing: item.documents.iter().filter(|d| missing.contains(&d.key)).map(|d| d.name.clone()).collect(),
        steps: progress_steps(case),
        item_name: item.name,
    })
}

/// The receipt of an accepted case; `None` before acceptance.
pub async fn receipt(
    state: &AppState,
    connection: &mut AnyConnection,
    row: &CaseRow,
) -> Result<Option<Receipt>, ApiError> {
    let Some(accepted_at) = row.case.accepted_at else { return Ok(None) };
    let item = item(connection, row).await?;
    let departments = departments(connection).await?;
    let hall = halls::one(connection, &row.case.hall).await?;
    let provided = |key: &str| row.case.documents.iter().any(|d| d.key == key && d.status == DocumentStatus::Provided);
    Ok(Some(Receipt {
        case_no: row.case.case_no.clone(),
        hall_name: hall.map(|hall| hall.name).unwrap_or_default(),
        department_name: departments.get(&row.case.department).cloned().unwrap_or_default(),
        applicant_name: mask_name(&row.applicant.name),
        accepted_at,
        due_on: row.case.due(state.engine.calendar()).map(|due| due.date.to_string()),
        documents: item.documents.iter().filter(|d| provided(&d.key)).map(|d| d.name.clone()).collect(),
        query_url: query_url(state, &row.query_code),
        item_name: item.name,
    }))
}

/// A line of *my tasks*, or of a search.
pub async fn task(state: &AppState, connection: &mut AnyConnection, task: TaskRow) -> Result<Task, ApiError> {
    let item = item(connection, &task.row).await?;
    let calendar = state.engine.calendar();
    let due = task.row.case.due(calendar);
    let today = civil::day(state.clock.now());
    Ok(Task {
        case_no: task.row.case.case_no.clone(),
        kind: task.kind,
        item_name: item.name,
        applicant_name: task.row.applicant.name,
        state: task.row.case.state.name(),
        since: task.since,
        due_on: due.map(|due| due.date.to_string()),
        days_left: due.map(|due| calendar.days_left(today, due.date)),
    })
}

fn query_url(state: &AppState, code: &str) -> String {
    format!("{}/c/{code}", state.settings.public_url)
}

fn branch_view(branch: &domain::cases::Branch, department_name: Text, names: &HashMap<String, String>) -> Branch {
    use protocol::case::BranchState as Name;
    let (state, opinion, at) = match &branch.state {
        BranchState::Open => (Name::Open, String::new(), None),
        BranchState::Approved { opinion, at, .. } => (Name::Approved, opinion.clone(), Some(*at)),
        BranchState::Refused { opinion, at, .. } => (Name::Refused, opinion.clone(), Some(*at)),
        BranchState::CancelledByVeto { at } => (Name::CancelledByVeto, String::new(), Some(*at)),
        BranchState::CancelledByReturn { at } => (Name::CancelledByReturn, String::new(), Some(*at)),
    };
    let by = branch.state.by().map(|by| person(names, by));
    Branch { department: branch.department.clone(), department_name, round: branch.round, state, by, opinion, at }
}

/// The names of everybody who did something in a case, by user name: whoever stands in it also stands in its history.
async fn names(connection: &mut AnyConnection, history: &[Event]) -> Result<HashMap<String, String>, StoreError> {
    let mut usernames: Vec<&str> = history.iter().filter_map(|e| e.draft.actor.strip_prefix("user:")).collect();
    usernames.sort_unstable();
    usernames.dedup();
    identity::names(connection, &usernames).await
}

/// A person's name; the user name where the person is no longer known.
fn person(names: &HashMap<String, String>, username: &str) -> String {
    names.get(username).cloned().unwrap_or_else(|| username.to_owned())
}

fn history_entries(history: &[Event], names: &HashMap<String, String>) -> Result<Vec<HistoryEntry>, StoreError> {
    history
        .iter()
        .map(|event| {
            let draft = &event.draft;
            let by = person(names, draft.actor.strip_prefix("user:").unwrap_or_default());
            if let Some(said) = ExchangeEvent::read(&draft.kind, &draft.body) {
                let (kind, note) = (draft.kind.clone(), said.note().to_owned());
                return Ok(HistoryEntry { at: draft.at, kind, text: said.text(), by, note });
            }
            let what: CaseEvent = serde_json::from_str(&draft.body).map_err(|e| StoreError::Inconsistent {
                table: "events",
                row: format!("{} {}", event.hall, draft.turn),
                what: e.to_string(),
            })?;
            Ok(HistoryEntry {
                at: draft.at,
                kind: draft.kind.clone(),
                text: what.text(),
                by,
                note: what.note().to_owned(),
            })
        })
        .collect()
}

async fn item(connection: &mut AnyConnection, row: &CaseRow) -> Result<Item, StoreError> {
    let case = &row.case;
    catalogue::item_version(connection, &case.item, case.item_version).await?.ok_or_else(|| StoreError::Inconsistent {
        table: "cases",
        row: case.case_no.clone(),
        what: format!("item {} has no version {}", case.item, case.item_version),
    })
}

async fn departments(connection: &mut AnyConnection) -> Result<HashMap<String, Text>, StoreError> {
    let listed = catalogue::departments(connection).await?;
    Ok(listed.into_iter().map(|d| (d.department.code, d.department.name)).collect())
}
