//! Events of the exchange with departments' own systems, in the chain of their case's hall.

use domain::cases::CaseRefusal;

use super::batch::Batch;
use super::cell::Cell;
use super::chain::Draft;
use super::command::{Answer, Command, EngineError, Request};
use super::run::canonical;
use crate::exchange::inbound::waits_for;
use crate::exchange::record::ExchangeEvent;

/// The messages that a batch's commands want sent again.
pub(super) fn replays(batch: &[Request]) -> Vec<&str> {
    batch.iter().filter_map(replayed).collect()
}

fn replayed(request: &Request) -> Option<&str> {
    let Command::Exchange(event) = &request.command else { return None };
    match &**event {
        ExchangeEvent::MessageReplayed { message, .. } => Some(message),
        _ => None,
    }
}

impl Batch<'_> {
    /// Records what was said about a case or done about a message. A department is heard while its branch is open.
    pub(super) fn exchange(
        &mut self,
        cell: &mut Cell,
        request: &Request,
        event: &ExchangeEvent,
    ) -> Result<Answer, EngineError> {
        let case_no = event.case_no();
        let row = self.cases.get(case_no).ok_or_else(|| EngineError::UnknownCase(case_no.to_owned()))?;
        if event.department().is_some_and(|department| !waits_for(&row.case, department)) {
            return Err(EngineError::Case { case_no: case_no.to_owned(), refusal: CaseRefusal::TaskClosed });
        }
        if let ExchangeEvent::MessageReplayed { message, .. } = event {
            if !self.stuck.remove(message) {
                return Err(EngineError::MessageNotStuck(message.clone()));
            }
            self.writes.replayed.push(message.clone());
        }
        let turn = cell.queue.next_turn();
        self.draft(
            &request.hall,
            Draft {
                turn,
                at: self.now,
                kind: event.kind().to_owned(),
                actor: request.actor.clone(),
                on_behalf: String::new(),
                subject: format!("case:{case_no}"),
                body: canonical(event),
            },
        );
        Ok(Answer::Done)
    }
}
