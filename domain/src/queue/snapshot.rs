//! The queue as boards, phones and desks see it.

use protocol::Millis;
use protocol::catalogue::Text;
use protocol::queue::{Calling, LineStatus, QueueSnapshot, Wait};

use super::estimate::{self, WorkAhead};
use super::{HallQueue, Ticket, TicketState, Window};
use crate::calendar::Calendar;

impl HallQueue {
    /// People who wait in the same line and will be called before this ticket.
    pub fn ahead(&self, ticket: &Ticket) -> i64 {
        match self.lines.get(&ticket.line) {
            Some(line) if ticket.is_waiting() => self.rank(&line.waiting, ticket.serial),
            _ => 0,
        }
    }

    /// The wait of a waiting ticket from now on; of one taken now where the ticket is the newest of its line.
    pub fn wait(&self, ticket: &Ticket) -> Wait {
        if ticket.is_waiting() { self.wait_behind(ticket.line, Some(ticket)) } else { Wait::default() }
    }

    /// A ticket as it travels. The item's name and the phone page's address are not the queue's to know.
    pub fn ticket_view(&self, ticket: &Ticket, item_name: Text, follow_url: String) -> protocol::queue::Ticket {
        protocol::queue::Ticket {
            id: ticket.id,
            hall: self.setup.hall.code.clone(),
            day: self.day.to_string(),
            number: ticket.number(),
            line: ticket.line.to_string(),
            item: ticket.item.clone(),
            item_version: ticket.item_version,
            item_name,
            state: ticket.state.name(),
            taken_at: ticket.taken_at,
            window: ticket.state.window(),
            called_at: ticket.state.called_at(),
            calls: ticket.state.calls(),
            ahead: self.ahead(ticket),
            wait: self.wait(ticket),
            follow_code: ticket.follow_code.clone(),
            follow_url,
        }
    }

    pub fn window_view(&self, window: &Window) -> protocol::queue::Window {
        let name = self.setup.windows.iter().find(|w| w.number == window.number);
        protocol::queue::Window {
            number: window.number,
            name: name.map(|w| w.name.clone()).unwrap_or_default(),
            lines: window.lines.iter().map(char::to_string).collect(),
            state: window.name(),
            clerk: window.clerk().map(str::to_owned),
            ticket: window.ticket().and_then(|id| self.ticket(id)).map(Ticket::number),
            since: window.since(),
        }
    }

    /// One line's figures; `None` for a letter the hall does not have.
    pub fn line_status(&self, letter: char) -> Option<LineStatus> {
        let line = self.lines.get(&letter)?;
        let setup = self.setup.lines.iter().find(|l| l.line.letter.starts_with(letter))?;
        let longest =
            line.waiting.first().and_then(|serial| self.ticket_by_number(&super::number_text(letter, *serial)));
        Some(LineStatus {
            line: setup.line.clone(),
            waiting: line.waiting.len() as i64,
            longest_since: longest.map(|t| t.taken_at),
            wait: self.wait_behind(letter, None),
            windows: self.windows.values().filter(|w| w.is_staffed() && w.lines.contains(&letter)).count() as i64,
            taken_today: i64::from(line.last_serial),
            completed_today: line.completed,
            no_show_today: line.no_show,
            mean_wait_seconds: (line.waited_count > 0).then(|| line.waited_total / line.waited_count / 1000),
        })
    }

    /// The newest calls first. Who did not come is no longer shown.
    pub fn calling(&self) -> Vec<Calling> {
        self.recent
            .iter()
            .filter_map(|id| self.ticket(*id))
            .filter_map(|ticket| {
                let (window, at, calls) = match ticket.state {
                    TicketState::Called { window, last_called_at, calls, .. } => (window, last_called_at, calls),
                    TicketState::Serving { window, called_at, calls, .. }
                    | TicketState::Completed { window, called_at, calls, .. } => (window, called_at, calls),
                    _ => return None,
                };
                Some(Calling { number: ticket.number(), window, at, calls, turn: ticket.call_turn })
            })
            .collect()
    }

    /// Everything a board starts from.
    pub fn snapshot(&self, now: Millis, calendar: &Calendar) -> QueueSnapshot {
        QueueSnapshot {
            hall: self.setup.hall.clone(),
            turn: self.turn(),
            at: now,
            open: self.is_open(now, calendar),
            calling: self.calling(),
            lines: self.lines.keys().filter_map(|letter| self.line_status(*letter)).collect(),
            windows: self.windows.values().map(|w| self.window_view(w)).collect(),
        }
    }

    fn wait_behind(&self, letter: char, ticket: Option<&Ticket>) -> Wait {
        let mine: Vec<&Window> =
            self.windows.values().filter(|w| w.is_working() && w.lines.contains(&letter)).collect();
        let Some(own) = self.lines.get(&letter) else {
            return Wait::default();
        };
        let ahead: Vec<WorkAhead> = self
            .lines
            .iter()
            .filter(|(_, line)| !line.waiting.is_empty())
            .filter_map(|(other, line)| {
                let shared = mine.iter().filter(|w| w.lines.contains(other)).count();
                if shared == 0 {
                    return None;
                }
                let all = self.windows.values().filter(|w| w.is_working() && w.lines.contains(other)).count();
                let tickets = match ticket {
                    Some(ticket) if *other == letter => self.rank(&line.waiting, ticket.serial),
                    Some(ticket) if !self.is_newest(ticket) => self.taken_before(*other, ticket),
                    _ => line.waiting.len() as i64,
                };
                let share = shared as f64 / all.max(1) as f64;
                Some(WorkAhead { tickets: tickets as f64 * share, mean_seconds: line.times.mean() })
            })
            .collect();
        let free = mine.iter().filter(|w| w.ticket().is_none()).count();
        estimate::wait(&ahead, own.times.mean(), mine.len(), free)
    }

    fn rank(&self, waiting: &std::collections::BTreeSet<u32>, serial: u32) -> i64 {
        // A ticket just taken is the last of its line; counting from the far end would be slow in a long line.
        if waiting.last() == Some(&serial) {
            return waiting.len() as i64 - 1;
        }
        waiting.range(..serial).count() as i64
    }

    fn is_newest(&self, ticket: &Ticket) -> bool {
        self.lines.get(&ticket.line).is_some_and(|line| line.last_serial == ticket.serial)
    }

    fn taken_before(&self, letter: char, ticket: &Ticket) -> i64 {
        let Some(line) = self.lines.get(&letter) else {
            return 0;
        };
        let before = |serial: &&u32| {
            self.ticket_by_number(&super::number_text(letter, **serial))
                .is_some_and(|other| (other.taken_at, other.id) < (ticket.taken_at, ticket.id))
        };
        line.waiting.iter().take_while(before).count() as i64
    }
}
