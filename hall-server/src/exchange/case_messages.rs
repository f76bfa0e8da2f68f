//! What a change of a case says to departments' own systems.

use domain::calendar::Calendar;
use domain::cases::{BranchState, Case, CaseChange, CaseEvent};
use exchange::messages::{HandOver, HandedApplicant, HandedDocument};
use protocol::Millis;
use protocol::case::ClockKind;
use protocol::catalogue::Item;

use super::documents;
use super::handover::{BranchNow, Need, Place, Stands, needs};
use crate::store::cases::CaseRow;
use crate::store::exchange::OutboxRow;

/// A change of a case, before it is written.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// The case before; `None` for one that begins.
    pub before: Option<&'a Case>,
    pub after: &'a CaseRow,
    pub event: &'a CaseEvent,
    /// The event's turn.
    pub turn: i64,
    /// The version the case was taken in under, for names.
    pub item: Option<&'a Item>,
    pub calendar: &'a Calendar,
    pub now: Millis,
}

/// Whether a case has anything to do with departments' own systems.
pub fn concerns(case: &Case) -> bool {
    case.terms.branches.iter().any(|branch| !branch.system.is_empty())
}

impl Change<'_> {
    /// The messages for the outbox, in the same transaction.
    pub fn messages(&self) -> Vec<OutboxRow> {
        let case = &self.after.case;
        if !concerns(case) {
            return Vec::new();
        }
        let before = self.before.map(branches).unwrap_or_default();
        let after = branches(case);
        let place = Place { hall: &case.hall, case_no: &case.case_no, turn: self.turn, now: self.now };
        let needs = needs(&before, &after);
        let mut messages = place.rows(&needs, &self.reason(), |branch| self.hand_over(branch));
        let keys = self.supplemented();
        if !keys.is_empty() {
            // Who is handed the case in this change has the documents with it.
            let told = |branch: &BranchNow| needs.iter().any(|(b, need)| b == branch && *need == Need::HandOver);
            let others: Vec<BranchNow> = after.into_iter().filter(|branch| !told(branch)).collect();
            messages.extend(place.supplements(&others, &self.documents(Some(&keys)), &self.event.text().zh));
        }
        messages
    }

    /// Documents that came with the change, by key.
    fn supplemented(&self) -> Vec<&str> {
        match &self.event.change {
            CaseChange::DeferredSupplied { documents, .. } => documents.iter().map(String::as_str).collect(),
            CaseChange::FileAttached { document, .. } | CaseChange::DocumentPulled { document, .. } => vec![document],
            _ => Vec::new(),
        }
    }

    fn reason(&self) -> String {
        match (self.event.text().zh, self.event.note()) {
            (what, "") => what,
            (what, note) => format!("{what}：{note}"),
        }
    }

    fn hand_over(&self, branch: &BranchNow) -> HandOver {
        let (case, applicant) = (&self.after.case, &self.after.applicant);
        HandOver {
            item: case.item.clone(),
            item_version: case.item_version,
            item_name: self.item.map_or_else(|| case.item.clone(), |item| item.name.zh.clone()),
            department: branch.department.clone(),
            round: branch.round,
            applicant: HandedApplicant {
                name: applicant.name.clone(),
                id_number: applicant.id_number.clone(),
                phone: applicant.phone.clone(),
            },
            answers: case.answers.clone(),
            form: self.after.form.clone(),
            documents: self.documents(None),
            due_on: self.due(&branch.department),
        }
    }

    /// All documents of the case, or those with the keys.
    fn documents(&self, keys: Option<&[&str]>) -> Vec<HandedDocument> {
        let name = |key: &str| {
            let known = self.item.and_then(|item| item.documents.iter().find(|document| document.key == key));
            known.map_or_else(|| key.to_owned(), |document| document.name.zh.clone())
        };
        let wanted = |key: &str| keys.is_none_or(|keys| keys.contains(&key));
        let documents = self.after.case.documents.iter().filter(|document| wanted(&document.key));
        documents
            .map(|document| HandedDocument {
                key: document.key.clone(),
                name: name(&document.key),
                status: document.status,
                files: document.files.iter().map(documents::named).collect(),
            })
            .collect()
    }

    /// The day by which the department is to answer: its step's, else the case's.
    fn due(&self, department: &str) -> Option<String> {
        let clocks = self.after.case.clocks();
        let mut running = clocks.iter().filter(|clock| clock.stopped.is_none());
        let step = running.clone().find(|c| c.kind == ClockKind::Review && c.department.as_deref() == Some(department));
        let clock = step.or_else(|| running.find(|c| matches!(c.kind, ClockKind::Promised | ClockKind::Statutory)))?;
        clock.due(self.calendar).map(|due| due.date.to_string())
    }
}

fn branches(case: &Case) -> Vec<BranchNow> {
    let stands = |state: &BranchState| match state {
        BranchState::Open => Stands::Open,
        BranchState::Approved { .. } | BranchState::Refused { .. } | BranchState::NotApplicable { .. } => {
            Stands::Answered
        }
        BranchState::CancelledByVeto { .. }
        | BranchState::CancelledByReturn { .. }
        | BranchState::CancelledByJoin { .. }
        | BranchState::CancelledByEnd { .. } => Stands::Ended,
    };
    case.branches
        .iter()
        .map(|branch| BranchNow {
            department: branch.department.clone(),
            round: branch.round,
            system: branch.system.clone(),
            stands: stands(&branch.state),
        })
        .collect()
}
