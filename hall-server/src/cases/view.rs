//! Cases as staff and citizens see them: rows of storage with the names of the catalogue.

use std::collections::HashMap;
use std::sync::Arc;

use domain::cases::{BranchState, CaseEvent, CaseState, Moment, progress_steps, state_text};
use domain::civil;
use domain::identity::mask_name;
use protocol::absence::Person;
use protocol::case::{
    Answered, Branch, Case, CaseDocument, Consulted, Decision, DeficiencyNotice, HistoryEntry, Progress, Receipt,
    SpecialProcedure, SpecialState, Task,
};
use protocol::catalogue::{Item, Text};
use protocol::staff::User;
use sqlx::AnyConnection;

use crate::AppState;
use crate::absences;
use crate::exchange::record::ExchangeEvent;
use crate::http::problem::ApiError;
use crate::store::case_tasks::TaskRow;
use crate::store::cases::CaseRow;
use crate::store::events::Happened;
use crate::store::{StoreError, cases, departments, events, halls, identity};

/// Names of items and departments, for a whole list.
#[derive(Debug, Default)]
pub struct Names {
    departments: HashMap<String, Text>,
}

impl Names {
    pub async fn read(connection: &mut AnyConnection) -> Result<Self, StoreError> {
        Ok(Names { departments: departments::names(connection).await? })
    }

    pub fn department(&self, code: &str) -> Text {
        self.departments.get(code).cloned().unwrap_or_default()
    }

    /// The item's name under the version of a case.
    pub async fn item(
        &self,
        state: &AppState,
        connection: &mut AnyConnection,
        row: &CaseRow,
    ) -> Result<Text, StoreError> {
        Ok(item(state, connection, row).await?.name.clone())
    }
}

/// A case on one screen, with what the asker may do.
pub async fn case(
    state: &AppState,
    connection: &mut AnyConnection,
    row: CaseRow,
    asker: &User,
) -> Result<Case, ApiError> {
    let item = item(state, connection, &row).await?;
    let case = &row.case;
    let concerned = case.branches.iter().map(|branch| branch.department.as_str()).chain([case.department.as_str()]);
    let departments = departments::names_of(connection, &concerned.collect::<Vec<_>>()).await?;
    let history = events::history(connection, &case.case_no).await?;
    let siblings = cases::siblings(connection, &case.application, &case.case_no).await?;
    let names = people(connection, case, &history).await?;
    let history = history_entries(&history, &names)?;
    let name_of = |department: &str| departments.get(department).cloned().unwrap_or_default();
    let absent = absences::stood_in_for(state, connection, asker).await?;
    let calendar = state.engine.calendar();
    let moment = Moment { now: state.clock.now(), calendar: &calendar };
    let actions = case.allowed_for(asker, &absent, &moment);
    let due = case.promised_due(&calendar);
    let documents: HashMap<&str, &Text> = item.documents.iter().map(|d| (d.key.as_str(), &d.name)).collect();
    let document_name = |key: &str| documents.get(key).map_or_else(|| Text::new(key, ""), |name| (*name).clone());
    let returned = match &case.state {
        CaseState::Accepted { returned, .. } => returned.clone(),
        _ => None,
    };
    let elsewhere =
        |material: &str| siblings.iter().any(|other| other.case.documents.iter().any(|d| d.material == material));
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
                deferrable: d.deferrable,
                commitment: d.commitment,
                material: d.material.clone(),
                shared_source: d.shared_source.clone(),
                shared: !d.material.is_empty() && elsewhere(&d.material),
                files: d.files.clone(),
            })
            .collect(),
        application: case.application.clone(),
        siblings: siblings.iter().map(|other| other.case.case_no.clone()).collect(),
        answers: answered(&item, case),
        clocks: case.clocks().iter().map(|clock| clock.view(moment.today(), &calendar)).collect(),
        special_procedures: case.special_procedures.iter().map(special_view).collect(),
        extension_days: case.extension.as_ref().map(|extension| extension.days),
        withdrawal: case.withdrawal.as_ref().map(|withdrawal| withdrawal.reason.clone()),
        correction: case.corrections.last().map(|correction| DeficiencyNotice {
            at: correction.at,
            by: person(&names, &correction.by),
            documents: correction.documents.iter().map(|key| document_name(key)).collect(),
            note: correction.note.clone(),
        }),
        branches: case.branches.iter().map(|branch| branch_view(branch, name_of(&branch.department), &names)).collect(),
        returned,
        decision: case.state.decision().map(|(decision, granted)| Decision {
            granted,
            by: Some(person(&names, &decision.by)),
            at: decision.at,
            reason: decision.reason.clone(),
        }),
        history,
        on_behalf_of: actions.iter().find_map(|action| {
            let username = case.asker_for(asker, &absent, *action, &moment).on_behalf_of()?.to_owned();
            let name = absent.iter().find(|user| user.username == username)?.name.clone();
            Some(Person { username, name })
        }),
        actions,
        query_url: query_url(state, &row.query_code),
        query_code: row.query_code,
        ticket_number: row.ticket_number,
        form: row.form,
        applicant: row.applicant,
    })
}

/// The applicant's answers in the item's words.
fn answered(item: &Item, case: &domain::cases::Case) -> Vec<Answered> {
    item.questions
        .iter()
        .filter_map(|question| {
            let choice = case.answers.get(&question.key)?;
            let choice = question.choices.iter().find(|offered| offered.key == *choice)?;
            Some(Answered { question: question.text.clone(), choice: choice.text.clone() })
        })
        .collect()
}

fn special_view(special: &domain::cases::SpecialProcedure) -> SpecialProcedure {
    use domain::cases::SpecialState as State;
    let (state, planned_end) = match &special.state {
        State::Asked => (SpecialState::Asked, None),
        State::Declined { .. } => (SpecialState::Declined, None),
        State::Open { planned_end, .. } => (SpecialState::Open, Some(planned_end.to_string())),
        State::Closed { .. } => (SpecialState::Closed, None),
    };
    SpecialProcedure {
        kind: special.kind,
        kind_name: special.kind.name(),
        department: special.branch.clone().unwrap_or_default(),
        reason: special.reason.clone(),
        planned_days: special.planned_days,
        state,
        planned_end,
    }
}

/// A case's progress as a citizen sees it: no personal data.
pub async fn progress(state: &AppState, connection: &mut AnyConnection, row: &CaseRow) -> Result<Progress, ApiError> {
    let item = item(state, connection, row).await?;
    let case = &row.case;
    let departments = departments::names_of(connection, &[&case.department]).await?;
    let in_correction = matches!(case.state, domain::cases::CaseState::Correction { .. });
    let asked = case.corrections.last().filter(|_| in_correction).map(|correction| correction.documents.clone());
    let missing = asked.unwrap_or_default();
    Ok(Progress {
        case_no: case.case_no.clone(),
        department_name: departments.get(&case.department).cloned().unwrap_or_default(),
        state: case.state.name(),
        text: state_text(&case.state),
        received_at: case.received_at,
        due_on: case.promised_due(&state.engine.calendar()).map(|due| due.date.to_string()),
        missing: item.documents.iter().filter(|d| missing.contains(&d.key)).map(|d| d.name.clone()).collect(),
        steps: progress_steps(case),
        item_name: item.name.clone(),
    })
}

/// The receipt of an accepted case; `None` before acceptance.
pub async fn receipt(
    state: &AppState,
    connection: &mut AnyConnection,
    row: &CaseRow,
) -> Result<Option<Receipt>, ApiError> {
    let Some(accepted_at) = row.case.accepted_at else { return Ok(None) };
    let item = item(state, connection, row).await?;
    let departments = departments::names_of(connection, &[&row.case.department]).await?;
    let hall = halls::one(connection, &row.case.hall).await?;
    let provided = |key: &str| row.case.documents.iter().any(|d| d.key == key && !d.status.is_lacking());
    Ok(Some(Receipt {
        case_no: row.case.case_no.clone(),
        hall_name: hall.map(|hall| hall.name).unwrap_or_default(),
        department_name: departments.get(&row.case.department).cloned().unwrap_or_default(),
        applicant_name: mask_name(&row.applicant.name),
        accepted_at,
        due_on: row.case.promised_due(&state.engine.calendar()).map(|due| due.date.to_string()),
        documents: item.documents.iter().filter(|d| provided(&d.key)).map(|d| d.name.clone()).collect(),
        query_url: query_url(state, &row.query_code),
        item_name: item.name.clone(),
    }))
}

/// Lines of *my tasks*, or of a search. `absent` are those for whom the asker stands in.
pub async fn tasks(
    state: &AppState,
    connection: &mut AnyConnection,
    rows: Vec<TaskRow>,
    absent: &[User],
) -> Result<Vec<Task>, ApiError> {
    let calendar = state.engine.calendar();
    let today = civil::day(state.clock.now());
    let names = Names::read(connection).await?;
    let mut tasks = Vec::with_capacity(rows.len());
    for task in rows {
        let due = task.due_on.as_ref().and_then(|due| due.parse().ok());
        let theirs = absent.iter().find(|user| user.username == task.person);
        let item = version(state, connection, &task.item, task.item_version, &task.case_no).await?;
        tasks.push(Task {
            kind: task.kind,
            item_name: item.name.clone(),
            department_name: names.department(&task.department),
            state: task.state,
            since: task.since,
            days_left: due.map(|due| calendar.days_left(today, due)),
            due_on: task.due_on,
            bulk: item.bulk,
            on_behalf_of: theirs.map(|user| Person { username: user.username.clone(), name: user.name.clone() }),
            applicant_name: task.applicant_name,
            case_no: task.case_no,
        });
    }
    Ok(tasks)
}

fn query_url(state: &AppState, code: &str) -> String {
    format!("{}/c/{code}", state.settings.public_url)
}

fn branch_view(branch: &domain::cases::Branch, department_name: Text, names: &HashMap<String, String>) -> Branch {
    use protocol::case::BranchState as Name;
    let state = match &branch.state {
        BranchState::Open if branch.ledger.is_paused() => Name::Paused,
        BranchState::Open => Name::Open,
        BranchState::Approved { .. } => Name::Approved,
        BranchState::Refused { .. } => Name::Refused,
        BranchState::NotApplicable { .. } => Name::NotApplicable,
        BranchState::CancelledByVeto { .. } => Name::CancelledByVeto,
        BranchState::CancelledByReturn { .. } => Name::CancelledByReturn,
        BranchState::CancelledByJoin { .. } => Name::CancelledByJoin,
        BranchState::CancelledByEnd { .. } => Name::CancelledByEnd,
    };
    Branch {
        department: branch.department.clone(),
        department_name,
        round: branch.round,
        state,
        voice: branch.voice,
        system: branch.system.clone(),
        reviewer: branch.reviewer.as_deref().map(|reviewer| person(names, reviewer)),
        by: branch.state.by().map(|by| person(names, by)),
        opinion: branch.state.opinion().to_owned(),
        at: branch.state.at(),
        consulted: branch
            .consulted
            .iter()
            .map(|asked| Consulted {
                name: person(names, &asked.to),
                countersign: asked.countersign,
                agrees: asked.answer.as_ref().map(|answer| answer.agrees),
                opinion: asked.answer.as_ref().map(|answer| answer.opinion.clone()).unwrap_or_default(),
            })
            .collect(),
    }
}

/// The names of everybody who stands in a case, by user name.
async fn people(
    connection: &mut AnyConnection,
    case: &domain::cases::Case,
    history: &[Happened],
) -> Result<HashMap<String, String>, StoreError> {
    let actors = history.iter().flat_map(|event| [&event.actor, &event.on_behalf]);
    let mut usernames: Vec<&str> = actors.filter_map(|actor| actor.strip_prefix("user:")).collect();
    for branch in &case.branches {
        usernames.extend(branch.reviewer.as_deref());
        usernames.extend(branch.consulted.iter().map(|asked| asked.to.as_str()));
    }
    usernames.sort_unstable();
    usernames.dedup();
    identity::names(connection, &usernames).await
}

/// A person's name; the user name where the person is no longer known.
fn person(names: &HashMap<String, String>, username: &str) -> String {
    names.get(username).cloned().unwrap_or_else(|| username.to_owned())
}

pub(crate) fn history_entries(
    history: &[Happened],
    names: &HashMap<String, String>,
) -> Result<Vec<HistoryEntry>, StoreError> {
    history
        .iter()
        .map(|event| {
            let actor = event.actor.strip_prefix("user:").or_else(|| event.actor.strip_prefix("system:"));
            let by = person(names, actor.unwrap_or_default());
            let on_behalf_of = event.on_behalf.strip_prefix("user:").map(|absent| person(names, absent));
            if let Some(said) = ExchangeEvent::read(&event.kind, &event.body) {
                let (kind, note) = (event.kind.clone(), said.note().to_owned());
                return Ok(HistoryEntry { at: event.at, kind, text: said.text(), by, note, on_behalf_of });
            }
            let what: CaseEvent = serde_json::from_str(&event.body).map_err(|e| StoreError::Inconsistent {
                table: "events",
                row: format!("{} {}", event.hall, event.turn),
                what: e.to_string(),
            })?;
            Ok(HistoryEntry {
                at: event.at,
                kind: event.kind.clone(),
                text: what.text(),
                by,
                note: what.note().to_owned(),
                on_behalf_of,
            })
        })
        .collect()
}

/// The item's version under which a case was taken in.
pub async fn item(state: &AppState, connection: &mut AnyConnection, row: &CaseRow) -> Result<Arc<Item>, StoreError> {
    version(state, connection, &row.case.item, row.case.item_version, &row.case.case_no).await
}

async fn version(
    state: &AppState,
    connection: &mut AnyConnection,
    item: &str,
    version: i64,
    case_no: &str,
) -> Result<Arc<Item>, StoreError> {
    state.items.get(connection, item, version).await?.ok_or_else(|| StoreError::Inconsistent {
        table: "cases",
        row: case_no.to_owned(),
        what: format!("item {item} has no version {version}"),
    })
}
