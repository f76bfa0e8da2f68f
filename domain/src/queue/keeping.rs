//! How a hall's day is kept: tickets, figures and events change together, and every change is noted to be written.

use protocol::Millis;

use super::ticket::number_text;
use super::{HallQueue, QueueEvent, Refusal, Ticket, TicketId, TicketState, WindowState};

/// Calls that a board remembers.
const RECENT_CALLS: usize = 12;

impl HallQueue {
    pub(super) fn change_ticket(
        &mut self,
        id: TicketId,
        transition: impl FnOnce(TicketState, &str) -> Result<TicketState, Refusal>,
    ) -> Result<(), Refusal> {
        let Some(ticket) = self.tickets.get(&id) else {
            return Err(Refusal::UnknownTicket(id.to_string()));
        };
        let mut changed = ticket.clone();
        changed.state = transition(changed.state, &ticket.number())?;
        self.unlearn(id);
        self.learn(&changed);
        self.changes.tickets.push(changed.clone());
        self.insert(changed);
        Ok(())
    }

    pub(super) fn insert(&mut self, ticket: Ticket) {
        self.numbers.insert((ticket.line, ticket.serial), ticket.id);
        if let Some(line) = self.lines.get_mut(&ticket.line) {
            if ticket.is_waiting() {
                line.waiting.insert(ticket.serial);
            } else {
                line.waiting.remove(&ticket.serial);
            }
        }
        if let Some(person) = ticket.person.clone().filter(|_| self.setup.hall.one_ticket_per_person) {
            let key = (person, ticket.item.clone());
            if ticket.is_waiting() || ticket.at_window().is_some() {
                self.holders.insert(key, ticket.id);
            } else if self.holders.get(&key) == Some(&ticket.id) {
                self.holders.remove(&key);
            }
        }
        self.tickets.insert(ticket.id, ticket);
    }

    /// Adds a ticket to its line's figures of the day.
    pub(super) fn learn(&mut self, ticket: &Ticket) {
        let Some(line) = self.lines.get_mut(&ticket.line) else {
            return;
        };
        line.last_serial = line.last_serial.max(ticket.serial);
        line.waited_total += ticket.waited().unwrap_or(0);
        line.waited_count += i64::from(ticket.waited().is_some());
        match ticket.state {
            TicketState::Completed { served_at, finished_at, .. } => {
                line.completed += 1;
                line.times.observe((finished_at - served_at) as f64 / 1000.0);
            }
            TicketState::NoShow { .. } => line.no_show += 1,
            _ => {}
        }
    }

    /// Takes a ticket that is about to change out of the figures again.
    fn unlearn(&mut self, id: TicketId) {
        let Some(ticket) = self.tickets.get(&id) else {
            return;
        };
        let Some(line) = self.lines.get_mut(&ticket.line) else {
            return;
        };
        line.waited_total -= ticket.waited().unwrap_or(0);
        line.waited_count -= i64::from(ticket.waited().is_some());
        if matches!(ticket.state, TicketState::NoShow { .. }) {
            line.no_show -= 1;
        }
    }

    pub(super) fn set_window(&mut self, number: i64, state: WindowState) {
        if let Some(window) = self.windows.get_mut(&number) {
            window.state = state;
            self.changes.windows.push(window.clone());
        }
    }

    pub(super) fn record(&mut self, now: Millis, event: QueueEvent) {
        self.turn += 1;
        self.changes.events.push((self.turn, now, event));
    }

    pub(super) fn record_call(&mut self, id: TicketId, window: i64, now: Millis) {
        let (number, calls) = {
            let ticket = &self.tickets[&id];
            (number_text(ticket.line, ticket.serial), ticket.state.calls())
        };
        self.record(now, QueueEvent::TicketCalled { ticket: id, number, window, calls });
        if let Some(ticket) = self.tickets.get_mut(&id) {
            ticket.call_turn = self.turn;
            // The change noted before did not know its event's turn yet.
            self.changes.tickets.push(ticket.clone());
        }
        self.note_call(id);
    }

    pub(super) fn note_call(&mut self, id: TicketId) {
        self.recent.retain(|other| *other != id);
        self.recent.push_front(id);
        self.recent.truncate(RECENT_CALLS);
    }
}
