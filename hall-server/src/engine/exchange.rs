//! The exchange with departments' own systems: what a change says to them is written with it; what they say beside their
//! answers is an event in the chain of their case's hall.

use std::collections::BTreeSet;

use domain::cases::{CaseEvent, CaseRefusal};
use sqlx::AnyConnection;

use super::batch::Batch;
use super::cases::Who;
use super::cell::Cell;
use super::command::{Answer, EngineError, Request};
use super::run::canonical;
use crate::exchange::case_messages::{self, Change};
use crate::exchange::record::ExchangeEvent;
use crate::store::cases::CaseRow;
use crate::store::{StoreError, catalogue};

impl Batch<'_> {
    /// The item versions of cases that departments' own systems are told of: names stand in what they are told.
    pub(super) async fn find_handed_items(&mut self, tx: &mut AnyConnection) -> Result<(), StoreError> {
        let concerned = self.cases.values().map(|row| &row.case).filter(|case| case_messages::concerns(case));
        let wanted: BTreeSet<(String, i64)> = concerned.map(|case| (case.item.clone(), case.item_version)).collect();
        for (code, version) in wanted {
            if let Some(item) = catalogue::item_version(tx, &code, version).await? {
                self.items.insert((code, version), item);
            }
        }
        Ok(())
    }

    /// Puts what a change says to departments' systems into the outbox.
    pub(super) fn tell_departments(&mut self, row: &CaseRow, event: &CaseEvent, turn: i64) {
        let change = Change {
            before: self.cases.get(&row.case.case_no).map(|before| &before.case),
            after: row,
            event,
            turn,
            item: self.items.get(&(row.case.item.clone(), row.case.item_version)),
            calendar: &self.shared.calendar(),
            now: self.now,
        };
        let messages = change.messages();
        self.writes.outbox.extend(messages);
    }

    /// Records what a department's system said about a case. It is heard while the department's branch is open.
    pub(super) fn record_said(
        &mut self,
        cell: &mut Cell,
        request: &Request,
        event: &ExchangeEvent,
    ) -> Result<Answer, EngineError> {
        let case_no = event.case_no();
        let row = self.cases.get(case_no).ok_or_else(|| EngineError::UnknownCase(case_no.to_owned()))?;
        let waits = |department| row.case.branches.iter().any(|b| b.department == department && b.is_open());
        if event.department().is_some_and(|department| !waits(department)) {
            return Err(EngineError::Case { case_no: case_no.to_owned(), refusal: CaseRefusal::TaskClosed });
        }
        self.draft_event(cell, request, Who::asks(request), format!("case:{case_no}"), event.kind(), canonical(event));
        Ok(Answer::Done)
    }
}
