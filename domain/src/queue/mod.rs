//! The queue of one hall: tickets (排队号), lines (队列), windows (窗口).
//!
//! [`HallQueue`] holds one hall's day in memory. A command takes the present instant, refuses with a named [`Refusal`] and then has
//! changed nothing, or carries itself out and leaves what changed to be drained and written in one transaction.

mod estimate;
mod hall_queue;
mod hours;
mod keeping;
mod snapshot;
#[cfg(test)]
mod tests;
mod ticket;
mod window;

pub use estimate::ServiceTimes;
pub use hall_queue::{Changes, HallQueue, Take};
pub use hours::{HoursError, OpeningHours};
pub use ticket::{Ticket, TicketId, TicketState, number_text};
pub use window::{Window, WindowState};

use protocol::catalogue::Line;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What is set for a hall: it changes rarely, and a change reloads the queue.
#[derive(Debug, Clone)]
pub struct HallSetup {
    pub hall: protocol::catalogue::Hall,
    pub hours: OpeningHours,
    pub lines: Vec<LineSetup>,
    pub windows: Vec<WindowSetup>,
}

#[derive(Debug, Clone)]
pub struct LineSetup {
    pub line: Line,
    /// The prior for service times: seconds that one handling usually takes.
    pub usual_seconds: f64,
}

#[derive(Debug, Clone)]
pub struct WindowSetup {
    pub number: i64,
    pub name: protocol::catalogue::Text,
    /// Letters of the lines it serves.
    pub lines: Vec<char>,
}

/// Why a command is refused. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    #[error("the hall is closed")]
    HallClosed,
    #[error("there is no line {0}")]
    UnknownLine(char),
    #[error("there is no window {0}")]
    UnknownWindow(i64),
    #[error("there is no ticket {0} today")]
    UnknownTicket(String),
    #[error("window {0} is not open")]
    WindowNotOpen(i64),
    #[error("window {window} is taken by {clerk}")]
    WindowTaken { window: i64, clerk: String },
    #[error("window {window} still has ticket {number}")]
    WindowBusy { window: i64, number: String },
    #[error("nobody is waiting for window {0}")]
    NobodyWaiting(i64),
    #[error("window {0} has no ticket")]
    NoCurrentTicket(i64),
    #[error("ticket {number} is at window {window}")]
    CalledElsewhere { number: String, window: i64 },
    #[error("ticket {0} is finished")]
    Finished(String),
    #[error("this person already waits with ticket {0}")]
    AlreadyWaiting(String),
}

/// What happened, as the hall's events record it. No personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum QueueEvent {
    DayOpened { day: String, lapsed: i64 },
    TicketTaken { ticket: TicketId, number: String, item: String, item_version: i64 },
    TicketCalled { ticket: TicketId, number: String, window: i64, calls: i64 },
    TicketServing { ticket: TicketId, number: String, window: i64 },
    TicketCompleted { ticket: TicketId, number: String, window: i64 },
    TicketNoShow { ticket: TicketId, number: String, window: i64 },
    WindowOpened { window: i64, clerk: String },
    WindowPaused { window: i64 },
    WindowResumed { window: i64 },
    WindowClosed { window: i64 },
}

impl QueueEvent {
    /// The event's kind as stored, such as `ticket-called`.
    pub fn kind(&self) -> &'static str {
        match self {
            QueueEvent::DayOpened { .. } => "day-opened",
            QueueEvent::TicketTaken { .. } => "ticket-taken",
            QueueEvent::TicketCalled { .. } => "ticket-called",
            QueueEvent::TicketServing { .. } => "ticket-serving",
            QueueEvent::TicketCompleted { .. } => "ticket-completed",
            QueueEvent::TicketNoShow { .. } => "ticket-no-show",
            QueueEvent::WindowOpened { .. } => "window-opened",
            QueueEvent::WindowPaused { .. } => "window-paused",
            QueueEvent::WindowResumed { .. } => "window-resumed",
            QueueEvent::WindowClosed { .. } => "window-closed",
        }
    }
}
