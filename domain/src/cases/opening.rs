//! How a case begins: submitted by the applicant, or received at the window.

use std::collections::BTreeMap;

use jiff::civil::Date;
use protocol::catalogue::Item;

use super::{Case, CaseChange, CaseEvent, CaseState, Document, Moment, Terms};

/// What a case begins with.
#[derive(Debug, Clone)]
pub struct Opening<'a> {
    pub case_no: String,
    pub hall: String,
    /// The application's number: that of its first case.
    pub application: String,
    pub item: &'a Item,
    /// The package (一件事) whose member the item was applied for as.
    pub package: Option<&'a Item>,
    /// Places of the item's documents, fees and branches that apply under the answers.
    pub documents: Vec<usize>,
    pub fees: Vec<usize>,
    pub branches: Vec<usize>,
    pub answers: BTreeMap<String, String>,
    pub ticket: Option<i64>,
    /// The day the papers came, where they were taken in before they could be entered. Not after today.
    pub received_on: Option<Date>,
}

impl Opening<'_> {
    /// 网上申报: by the applicant.
    pub fn submit(self, moment: &Moment<'_>) -> (Case, CaseEvent) {
        let change = CaseChange::CaseSubmitted {
            application: self.application.clone(),
            item: self.item.code.clone(),
            item_version: self.item.version,
            ticket: self.ticket,
        };
        let case = Case { unreceived: true, ..self.case(CaseState::Submitted { since: moment.now }, moment) };
        let event = CaseEvent { case_no: case.case_no.clone(), change };
        (case, event)
    }

    /// 收件: at the window. The intake clock counts from the day the papers came.
    pub fn receive(self, moment: &Moment<'_>) -> (Case, CaseEvent) {
        let today = moment.today();
        let received_on = self.received_on.filter(|day| *day < today);
        let change = CaseChange::CaseReceived {
            application: self.application.clone(),
            item: self.item.code.clone(),
            item_version: self.item.version,
            ticket: self.ticket,
            answers: self.answers.clone(),
            received_on,
        };
        let from = received_on.unwrap_or(today);
        let case = self.case(CaseState::Received { since: moment.now, from }, moment);
        let event = CaseEvent { case_no: case.case_no.clone(), change };
        (case, event)
    }

    fn case(self, state: CaseState, moment: &Moment<'_>) -> Case {
        let item = self.item;
        Case {
            terms: Terms::of(item, &self.branches, &self.fees, self.package),
            documents: self
                .documents
                .iter()
                .filter_map(|place| item.documents.get(*place))
                .map(|document| Document {
                    key: document.key.clone(),
                    mandatory: document.mandatory,
                    deferrable: document.deferrable && item.deferred_days > 0,
                    commitment: document.commitment,
                    shared_source: document.shared_source.clone(),
                    material: document.material.clone(),
                    ..Document::default()
                })
                .collect(),
            case_no: self.case_no,
            hall: self.hall,
            application: self.application,
            item: item.code.clone(),
            item_version: item.version,
            department: item.department.clone(),
            answers: self.answers,
            ticket: self.ticket,
            received_at: moment.now,
            unreceived: false,
            corrections: Vec::new(),
            accepted_at: None,
            accepted_by: String::new(),
            deemed: false,
            ledger: None,
            decision_ledger: None,
            branches: Vec::new(),
            special_procedures: Vec::new(),
            extension: None,
            withdrawal: None,
            charged: Vec::new(),
            papers: 0,
            state,
        }
    }
}
