//! Commands carried out in memory by the rules of `domain`.

use domain::cases::{Case, CaseEvent, CaseState, Document, case_number};
use domain::queue::{QueueEvent, Ticket, TicketId, TicketState};
use protocol::case::DocumentStatus;
use protocol::catalogue::IdentityRule;
use protocol::queue::Identification;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::batch::Batch;
use super::cell::Cell;
use super::chain::Draft;
use super::command::{Answer, Command, EngineError, OpenCase, Request, Take, WindowAct};
use crate::store::cases::CaseRow;
use crate::store::queue::{Holder, TicketRow};

impl Batch<'_> {
    /// Carries out one command. A refusal leaves the hall as it was, but for a new day that may have begun.
    pub(super) fn carry(&mut self, cell: &mut Cell, request: &Request) -> Result<Answer, EngineError> {
        self.begin_day(cell, request);
        let outcome = match &request.command {
            Command::Take(take) => self.take(cell, request, take),
            Command::Printed { ticket, printed, reason } => self.printed(cell, request, *ticket, *printed, reason),
            Command::Window { number, clerk, act } => self.window(cell, *number, clerk, act),
            Command::OpenCase(open) => self.open_case(cell, request, open),
            Command::Exchange(event) => self.exchange(cell, request, event),
            Command::Step { case_no, asker, action } => {
                let now = self.now;
                let row = self.cases.get(case_no).cloned().ok_or_else(|| EngineError::UnknownCase(case_no.clone()))?;
                let collected_by = match action {
                    domain::cases::Action::Deliver { collected_by } => collected_by.trim().to_owned(),
                    _ => row.collected_by.clone(),
                };
                let (case, event) = row
                    .case
                    .apply(asker, action.clone(), now)
                    .map_err(|refusal| EngineError::Case { case_no: case_no.clone(), refusal })?;
                let row = CaseRow { case, collected_by, changed_at: now, ..self.cases[case_no].clone() };
                Ok(self.put_case(cell, request, row, &event))
            }
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
        cell.queue.take(taken, self.now, &self.shared.calendar)?;
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

    fn open_case(&mut self, cell: &mut Cell, request: &Request, open: &OpenCase) -> Result<Answer, EngineError> {
        let ticket = ticket(cell, open.ticket)?.clone();
        at_the_clerks_window(cell, &ticket, &open.clerk)?;
        let code = open.item.as_ref().unwrap_or(&ticket.item);
        let item = cell.offers.get(code).ok_or_else(|| EngineError::UnknownItem(code.clone()))?.item.clone();
        let day = self.today();
        let serial = cell.next_case_serial(&day);
        self.writes.case_serials.insert((request.hall.clone(), day), serial);
        let hall_number = u16::try_from(cell.ordinal).map_err(|_| EngineError::UnknownHall(request.hall.clone()))?;
        let case_no = case_number(&self.shared.area, hall_number, domain::civil::day(self.now), serial);
        let reviewers = match item.branches.as_slice() {
            [] => vec![item.department.clone()],
            branches => branches.iter().map(|branch| branch.department.clone()).collect(),
        };
        let case = Case {
            case_no: case_no.clone(),
            hall: request.hall.clone(),
            item: item.code.clone(),
            item_version: item.version,
            department: item.department.clone(),
            review_departments: reviewers,
            limit_days: if item.promised_days > 0 { item.promised_days } else { item.statutory_days },
            ticket: Some(ticket.id),
            received_at: self.now,
            documents: item
                .documents
                .iter()
                .map(|d| Document { key: d.key.clone(), mandatory: d.mandatory, status: DocumentStatus::Missing })
                .collect(),
            correction: None,
            accepted_at: None,
            branches: Vec::new(),
            state: CaseState::Received { since: self.now },
        };
        let event = CaseEvent::CaseReceived {
            case_no: case_no.clone(),
            item: item.code.clone(),
            item_version: item.version,
            ticket: Some(ticket.id),
        };
        let row = CaseRow {
            case,
            ticket_number: Some(ticket.number()),
            clerk: open.clerk.clone(),
            changed_at: self.now,
            due_on: None,
            query_code: open.query_code.clone(),
            applicant: open.applicant.clone(),
            collected_by: String::new(),
        };
        cell.cases.entry(ticket.id).or_default().push(case_no);
        Ok(self.put_case(cell, request, row, &event))
    }

    fn put_case(&mut self, cell: &mut Cell, request: &Request, mut row: CaseRow, event: &CaseEvent) -> Answer {
        row.due_on = row.case.due(&self.shared.calendar).map(|due| due.date.to_string());
        let case_no = row.case.case_no.clone();
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
        self.writes.changed_cases.insert(case_no.clone());
        self.cases.insert(case_no, row.clone());
        Answer::Case(Box::new(row))
    }
}

fn ticket(cell: &Cell, id: TicketId) -> Result<&Ticket, EngineError> {
    cell.queue.ticket(id).ok_or_else(|| EngineError::Queue(domain::queue::Refusal::UnknownTicket(id.to_string())))
}

/// A case is opened for whoever stands at the clerk's own window.
fn at_the_clerks_window(cell: &Cell, ticket: &Ticket, clerk: &str) -> Result<(), EngineError> {
    use domain::queue::Refusal;
    let number = ticket.number();
    let Some(window) = ticket.at_window() else {
        return Err(match ticket.state {
            TicketState::Waiting => EngineError::TicketNotCalled(number),
            _ => EngineError::Queue(Refusal::Finished(number)),
        });
    };
    if cell.queue.window(window)?.clerk() == Some(clerk) {
        Ok(())
    } else {
        Err(EngineError::Queue(Refusal::CalledElsewhere { number, window }))
    }
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
