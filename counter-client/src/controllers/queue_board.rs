//! The hall's queue as this desk sees it: a snapshot, then each push on top.

use protocol::Millis;
use protocol::event::{Change, Push};
use protocol::queue::{LineStatus, QueueSnapshot, Window, WindowState};

#[derive(Debug, Default)]
pub struct QueueBoard {
    snapshot: Option<QueueSnapshot>,
}

impl QueueBoard {
    pub fn replace(&mut self, snapshot: QueueSnapshot) {
        self.snapshot = Some(snapshot);
    }

    pub fn snapshot(&self) -> Option<&QueueSnapshot> {
        self.snapshot.as_ref()
    }

    pub fn window(&self, number: i64) -> Option<&Window> {
        self.snapshot.as_ref()?.windows.iter().find(|window| window.number == number)
    }

    /// Applies a push; one that is already in the snapshot (repeated after a reconnect) changes nothing.
    pub fn push(&mut self, push: &Push) {
        let Some(snapshot) = self.snapshot.as_mut().filter(|snapshot| push.turn > snapshot.turn) else {
            return;
        };
        snapshot.turn = push.turn;
        snapshot.at = push.at;
        if let Some(line) = &push.line
            && let Some(known) = snapshot.lines.iter_mut().find(|known| known.line.letter == line.line.letter)
        {
            *known = line.clone();
        }
        let set = |snapshot: &mut QueueSnapshot, number: i64, state: WindowState, ticket: Option<&String>| {
            if let Some(window) = snapshot.windows.iter_mut().find(|window| window.number == number) {
                window.state = state;
                window.ticket = ticket.cloned();
            }
        };
        match &push.change {
            Change::TicketCalled { number, window, .. } | Change::TicketServing { number, window } => {
                set(snapshot, *window, WindowState::Serving, Some(number));
            }
            Change::TicketCompleted { window, .. } | Change::TicketNoShow { window, .. } => {
                set(snapshot, *window, WindowState::Open, None);
            }
            Change::WindowChanged { window, state } => {
                let number = snapshot.windows.iter().find(|w| w.number == *window).and_then(|w| w.ticket.clone());
                let ticket = number.filter(|_| *state == WindowState::Serving);
                set(snapshot, *window, *state, ticket.as_ref());
            }
            Change::TicketTaken { .. }
            | Change::CaseChanged { .. }
            | Change::SignalChanged { .. }
            | Change::Unknown => {}
        }
    }

    /// The lines this window serves, first those where somebody has waited longest; the rest after them.
    pub fn lines_for(&self, window: i64) -> Vec<(&LineStatus, bool)> {
        let served = self.window(window).map_or(&[][..], |window| &window.lines);
        let mut lines: Vec<_> = self
            .snapshot
            .iter()
            .flat_map(|snapshot| &snapshot.lines)
            .map(|line| (line, served.contains(&line.line.letter)))
            .collect();
        lines.sort_by_key(|(line, mine)| (!mine, line.longest_since.unwrap_or(Millis::MAX), line.line.letter.clone()));
        lines
    }
}
