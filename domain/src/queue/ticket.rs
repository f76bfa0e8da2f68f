//! A ticket and its states.

use protocol::Millis;
use serde::{Deserialize, Serialize};

use super::Refusal;

/// Unique over all halls and days.
pub type TicketId = i64;

/// A ticket of today. Who holds it is not in here: personal data stays in storage's own columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    pub id: TicketId,
    pub line: char,
    /// 1 for the line's first ticket of the day.
    pub serial: u32,
    pub item: String,
    pub item_version: i64,
    pub taken_at: Millis,
    pub follow_code: String,
    /// A digest that is the same for the same person, where the person is known.
    pub person: Option<String>,
    /// The turn of the event that called it last; 0 where it was never called.
    pub call_turn: i64,
    pub state: TicketState,
}

/// Where a ticket stands. A transition takes the state by value; what is not listed is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum TicketState {
    Waiting,
    Called {
        window: i64,
        called_at: Millis,
        last_called_at: Millis,
        calls: i64,
    },
    Serving {
        window: i64,
        called_at: Millis,
        served_at: Millis,
        calls: i64,
    },
    Completed {
        window: i64,
        called_at: Millis,
        served_at: Millis,
        finished_at: Millis,
        calls: i64,
    },
    NoShow {
        window: i64,
        called_at: Millis,
        finished_at: Millis,
        calls: i64,
    },
    /// 作废: still waiting when its day ended.
    Lapsed,
}

/// `A001`: the letter and at least three digits.
pub fn number_text(line: char, serial: u32) -> String {
    format!("{line}{serial:03}")
}

impl Ticket {
    pub fn number(&self) -> String {
        number_text(self.line, self.serial)
    }

    pub fn is_waiting(&self) -> bool {
        matches!(self.state, TicketState::Waiting)
    }

    /// The window it is at now.
    pub fn at_window(&self) -> Option<i64> {
        match self.state {
            TicketState::Called { window, .. } | TicketState::Serving { window, .. } => Some(window),
            _ => None,
        }
    }

    /// From taking to the first call, in milliseconds, where it was called.
    pub fn waited(&self) -> Option<Millis> {
        self.state.called_at().map(|at| (at - self.taken_at).max(0))
    }
}

impl TicketState {
    pub fn called_at(&self) -> Option<Millis> {
        match self {
            TicketState::Called { called_at, .. }
            | TicketState::Serving { called_at, .. }
            | TicketState::Completed { called_at, .. }
            | TicketState::NoShow { called_at, .. } => Some(*called_at),
            TicketState::Waiting | TicketState::Lapsed => None,
        }
    }

    pub fn calls(&self) -> i64 {
        match self {
            TicketState::Called { calls, .. }
            | TicketState::Serving { calls, .. }
            | TicketState::Completed { calls, .. }
            | TicketState::NoShow { calls, .. } => *calls,
            TicketState::Waiting | TicketState::Lapsed => 0,
        }
    }

    /// The window that called it last.
    pub fn window(&self) -> Option<i64> {
        match self {
            TicketState::Called { window, .. }
            | TicketState::Serving { window, .. }
            | TicketState::Completed { window, .. }
            | TicketState::NoShow { window, .. } => Some(*window),
            TicketState::Waiting | TicketState::Lapsed => None,
        }
    }

    pub fn name(&self) -> protocol::queue::TicketState {
        use protocol::queue::TicketState as Name;
        match self {
            TicketState::Waiting => Name::Waiting,
            TicketState::Called { .. } => Name::Called,
            TicketState::Serving { .. } => Name::Serving,
            TicketState::Completed { .. } => Name::Completed,
            TicketState::NoShow { .. } => Name::NoShow,
            TicketState::Lapsed => Name::Lapsed,
        }
    }

    /// A first call, or the call of somebody who was not there and came back.
    pub(super) fn call(self, number: &str, at_window: i64, now: Millis) -> Result<Self, Refusal> {
        match self {
            TicketState::Waiting => {
                Ok(TicketState::Called { window: at_window, called_at: now, last_called_at: now, calls: 1 })
            }
            TicketState::NoShow { called_at, calls, .. } => {
                Ok(TicketState::Called { window: at_window, called_at, last_called_at: now, calls: calls + 1 })
            }
            TicketState::Called { window, .. } | TicketState::Serving { window, .. } => {
                Err(Refusal::CalledElsewhere { number: number.to_owned(), window })
            }
            TicketState::Completed { .. } | TicketState::Lapsed => Err(Refusal::Finished(number.to_owned())),
        }
    }

    pub(super) fn recall(self, at_window: i64, now: Millis) -> Result<Self, Refusal> {
        match self {
            TicketState::Called { window, called_at, calls, .. } if window == at_window => {
                Ok(TicketState::Called { window, called_at, last_called_at: now, calls: calls + 1 })
            }
            _ => Err(Refusal::NoCurrentTicket(at_window)),
        }
    }

    /// The person has come to the window. Said twice, it stays as it was.
    pub(super) fn serve(self, at_window: i64, now: Millis) -> Result<Self, Refusal> {
        match self {
            TicketState::Called { window, called_at, calls, .. } if window == at_window => {
                Ok(TicketState::Serving { window, called_at, served_at: now, calls })
            }
            TicketState::Serving { window, .. } if window == at_window => Ok(self),
            _ => Err(Refusal::NoCurrentTicket(at_window)),
        }
    }

    pub(super) fn complete(self, at_window: i64, now: Millis) -> Result<Self, Refusal> {
        match self {
            TicketState::Serving { window, called_at, served_at, calls } if window == at_window => {
                Ok(TicketState::Completed { window, called_at, served_at, finished_at: now, calls })
            }
            TicketState::Called { window, called_at, last_called_at, calls } if window == at_window => {
                Ok(TicketState::Completed { window, called_at, served_at: last_called_at, finished_at: now, calls })
            }
            _ => Err(Refusal::NoCurrentTicket(at_window)),
        }
    }

    pub(super) fn no_show(self, at_window: i64, now: Millis) -> Result<Self, Refusal> {
        match self {
            TicketState::Called { window, called_at, calls, .. }
            | TicketState::Serving { window, called_at, calls, .. }
                if window == at_window =>
            {
                Ok(TicketState::NoShow { window, called_at, finished_at: now, calls })
            }
            _ => Err(Refusal::NoCurrentTicket(at_window)),
        }
    }
}
