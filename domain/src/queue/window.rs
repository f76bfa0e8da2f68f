//! A window and its states.

use protocol::Millis;
use serde::{Deserialize, Serialize};

use super::{Refusal, TicketId};

/// A window of the hall, with the clerk at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    pub number: i64,
    pub lines: Vec<char>,
    pub state: WindowState,
}

/// Where a window stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum WindowState {
    #[default]
    Closed,
    Open {
        clerk: String,
        since: Millis,
    },
    /// A ticket is called to it or served at it.
    Serving {
        clerk: String,
        since: Millis,
        ticket: TicketId,
    },
    Paused {
        clerk: String,
        since: Millis,
    },
}

impl Window {
    pub fn name(&self) -> protocol::queue::WindowState {
        use protocol::queue::WindowState as Name;
        match self.state {
            WindowState::Closed => Name::Closed,
            WindowState::Open { .. } => Name::Open,
            WindowState::Serving { .. } => Name::Serving,
            WindowState::Paused { .. } => Name::Paused,
        }
    }

    pub fn clerk(&self) -> Option<&str> {
        match &self.state {
            WindowState::Closed => None,
            WindowState::Open { clerk, .. }
            | WindowState::Serving { clerk, .. }
            | WindowState::Paused { clerk, .. } => Some(clerk),
        }
    }

    pub fn ticket(&self) -> Option<TicketId> {
        match self.state {
            WindowState::Serving { ticket, .. } => Some(ticket),
            _ => None,
        }
    }

    pub fn since(&self) -> Option<Millis> {
        match self.state {
            WindowState::Closed => None,
            WindowState::Open { since, .. }
            | WindowState::Serving { since, .. }
            | WindowState::Paused { since, .. } => Some(since),
        }
    }

    pub fn is_staffed(&self) -> bool {
        self.clerk().is_some()
    }

    /// True where a ticket taken now may be called here soon.
    pub fn is_working(&self) -> bool {
        matches!(self.state, WindowState::Open { .. } | WindowState::Serving { .. })
    }

    /// Refuses where another clerk holds the window, or nobody does.
    pub(super) fn held_by(&self, clerk: &str) -> Result<(), Refusal> {
        match self.clerk() {
            None => Err(Refusal::WindowNotOpen(self.number)),
            Some(holder) if holder != clerk => {
                Err(Refusal::WindowTaken { window: self.number, clerk: holder.to_owned() })
            }
            Some(_) => Ok(()),
        }
    }
}
