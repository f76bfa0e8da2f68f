//! Commands carried out in memory by the rules of `domain`.

use domain::queue::{QueueEvent, Ticket, TicketId};
use protocol::catalogue::IdentityRule;
use protocol::queue::Identification;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::batch::Batch;
use super::cell::Cell;
use super::chain::Draft;
use super::command::{Answer, Command, EngineError, Request, Take, WindowAct};
use crate::store::queue::{Holder, TicketRow};

impl Batch<'_> {
    /// Carries out one command. A refusal leaves the hall as it was, but for a new day that may have begun.
    pub(super) fn carry(&mut self, cell: &mut Cell, request: &Request) -> Result<Answer, EngineError> {
        self.begin_day(cell, request);
        let outcome = match &request.command {
            Command::Take(take) => self.take(cell, request, take),
            Command::Printed { ticket, printed, reason } => self.printed(cell, request, *ticket, *printed, reason),
            Command::Window { number, clerk, act } => self.window(cell, *number, clerk, act),
            Command::AskLookup(ask) => self.ask_lookup(cell, request, ask),
            Command::EndLookup(end) => self.end_lookup(cell, request, end),
            Command::OpenApplication(open) => self.open_application(cell, request, open),
            Command::HandOver { ticket } => self.hand_over(cell, request, *ticket),
            Command::Step { case_no, asker, step } => self.step(cell, request, case_no, asker, step),
            Command::Watch(numbers) => self.watch(cell, request, numbers),
            Command::Said(event) => self.record_said(cell, request, event),
            Command::SignalStep { id, asker, step } => self.signal_step(cell, request, *id, asker, step),
        };
        let changes = cell.queue.drain();
        self.note(&request.hall, cell, &request.actor, changes);
        outcome
    }

    /// Begins the hall's new day where one has come, in its own name and whatever becomes of the command.
    fn begin_day(&mut self, cell: &mut Cell, request: &Request) {
        cell.queue.roll(self.now);
        let changes = cell.queue.drain();
        if !changes.is_empty() {
            cell.holders.clear();
            cell.cases.clear();
            self.note(&request.hall, cell, "system", changes);
        }
    }

    fn take(&mut self, cell: &mut Cell, request: &Request, take: &Take) -> Result<Answer, EngineError> {
        let offer = cell.offers.get(&take.item).ok_or_else(|| EngineError::UnknownItem(take.item.clone()))?;
        if !offer.open {
            return Err(EngineError::ItemClosed(take.item.clone()));
        }
        identified(offer.item.identity, take)?;
        // Unique over all halls and days: the hall's place and the turn of the event that records the taking.
        let id = (cell.ordinal << 32) | (cell.queue.turn() + 1);
        let holder = Holder {
            item_name: offer.item.name.clone(),
            language: take.language.clone(),
            identification: take.identification.clone(),
        };
        let taken = domain::queue::Take {
            id,
            line: offer.line,
            item: take.item.clone(),
            item_version: offer.item.version,
            person: person(&take.identification),
            follow_code: take.follow_code.clone(),
        };
        cell.queue.take(taken, self.now, &self.shared.calendar())?;
        cell.holders.insert(id, holder.clone());
        let ticket = ticket(cell, id)?.clone();
        let view = cell.ticket_view(&ticket, &self.shared.public_url);
        let day = cell.queue.day().to_string();
        self.writes.new_tickets.push(TicketRow { hall: request.hall.clone(), day, ticket, holder });
        Ok(Answer::Ticket(Box::new(view)))
    }

    fn printed(
        &mut self,
        cell: &mut Cell,
        request: &Request,
        id: TicketId,
        printed: bool,
        reason: &str,
    ) -> Result<Answer, EngineError> {
        let number = ticket(cell, id)?.number();
        let kind = if printed { "ticket-printed" } else { "ticket-print-failed" };
        self.writes.printed.push((id, if printed { "printed" } else { "failed" }));
        let turn = cell.queue.next_turn();
        self.draft(
            &request.hall,
            Draft {
                turn,
                at: self.now,
                kind: kind.to_owned(),
                actor: request.actor.clone(),
                on_behalf: String::new(),
                subject: format!("ticket:{id}"),
                body: canonical(&serde_json::json!({
                    "kind": kind, "ticket": id, "number": number, "reason": reason,
                })),
            },
        );
        Ok(Answer::Done)
    }

    fn window(&mut self, cell: &mut Cell, number: i64, clerk: &str, act: &WindowAct) -> Result<Answer, EngineError> {
        let (queue, now) = (&mut cell.queue, self.now);
        let called = match act {
            WindowAct::Open => queue.open_window(number, clerk, now).map(|()| None)?,
            WindowAct::Pause => queue.pause_window(number, clerk, now).map(|()| None)?,
            WindowAct::Resume => queue.resume_window(number, clerk, now).map(|()| None)?,
            WindowAct::Close => queue.close_window(number, clerk, now).map(|()| None)?,
            WindowAct::Finish(finish) => queue.finish(number, clerk, *finish, now).map(|_| None)?,
            WindowAct::CallNext(finish) => Some(queue.call_next(number, clerk, *finish, now)?),
            WindowAct::CallNumber(ticket, finish) => Some(queue.call_number(number, clerk, ticket, *finish, now)?),
            WindowAct::Recall => Some(queue.recall(number, clerk, now)?),
            WindowAct::Serve => Some(queue.serve(number, clerk, now)?),
        };
        Ok(match called {
            Some(id) => {
                let ticket = ticket(cell, id)?;
                Answer::Called(Box::new(cell.called_view(ticket, &self.shared.public_url)))
            }
            None => Answer::Window(Box::new(cell.queue.window_view(cell.queue.window(number)?))),
        })
    }
}

pub(super) fn ticket(cell: &Cell, id: TicketId) -> Result<&Ticket, EngineError> {
    cell.queue.ticket(id).ok_or_else(|| EngineError::Queue(domain::queue::Refusal::UnknownTicket(id.to_string())))
}

fn identified(rule: IdentityRule, take: &Take) -> Result<(), EngineError> {
    let needed = match (rule, &take.identification) {
        (IdentityRule::Card, Identification::Phone { .. } | Identification::Anonymous) => "an ID card",
        (IdentityRule::CardOrPhone, Identification::Anonymous) => "an ID card or a phone number",
        _ => return Ok(()),
    };
    Err(EngineError::IdentityRequired { item: take.item.clone(), needed })
}

/// The same for the same card or phone number; nothing for somebody unknown.
fn person(identification: &Identification) -> Option<String> {
    let text = match identification {
        Identification::Card { id_number, .. } => format!("card:{id_number}"),
        Identification::Phone { phone } => format!("phone:{phone}"),
        Identification::Anonymous => return None,
    };
    Some(crate::hex(&Sha256::digest(text)))
}

/// What a queue event is about.
pub(super) fn subject(event: &QueueEvent) -> String {
    match event {
        QueueEvent::DayOpened { day, .. } => format!("day:{day}"),
        QueueEvent::TicketTaken { ticket, .. }
        | QueueEvent::TicketCalled { ticket, .. }
        | QueueEvent::TicketServing { ticket, .. }
        | QueueEvent::TicketCompleted { ticket, .. }
        | QueueEvent::TicketNoShow { ticket, .. } => format!("ticket:{ticket}"),
        QueueEvent::WindowOpened { window, .. }
        | QueueEvent::WindowPaused { window }
        | QueueEvent::WindowResumed { window }
        | QueueEvent::WindowClosed { window } => format!("window:{window}"),
    }
}

/// Canonical JSON (RFC 8785). Our own events hold texts, whole numbers and lists, which it can always write.
pub(super) fn canonical<T: Serialize>(value: &T) -> String {
    serde_json_canonicalizer::to_string(value).unwrap_or_default()
}
