//! One ticket's way: requested → taken → printing → printed or failed → offered again, once.

use protocol::Millis;
use protocol::queue::{TakeTicket, Ticket};
use serde::{Deserialize, Serialize};

/// Where a ticket stands. Personal data is only in `Requested` and goes with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Entry {
    /// Sent or about to be sent; the answer is not known.
    Requested {
        at: Millis,
        request: TakeTicket,
    },
    /// The server gave the ticket; no byte has gone to the printer.
    Taken {
        at: Millis,
        ticket: Box<Ticket>,
        language: String,
    },
    /// Bytes may be on their way to paper. `again`: the second and last time.
    Printing {
        at: Millis,
        ticket: Box<Ticket>,
        language: String,
        again: bool,
    },
    Printed {
        at: Millis,
        ticket: i64,
        number: String,
        reported: bool,
    },
    /// Not, or not wholly, on paper. `again`: the second time too.
    Failed {
        at: Millis,
        ticket: Box<Ticket>,
        language: String,
        again: bool,
        reason: String,
        reported: bool,
    },
    /// Refused by the server, or given up before there was a ticket.
    Closed {
        at: Millis,
    },
}

/// A step that does not follow from where the ticket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a ticket that is {from} cannot be {step}")]
pub struct WrongStep {
    pub from: &'static str,
    pub step: &'static str,
}

impl Entry {
    pub fn name(&self) -> &'static str {
        match self {
            Entry::Requested { .. } => "requested",
            Entry::Taken { .. } => "taken",
            Entry::Printing { .. } => "printing",
            Entry::Printed { .. } => "printed",
            Entry::Failed { .. } => "failed",
            Entry::Closed { .. } => "closed",
        }
    }

    pub fn at(&self) -> Millis {
        match self {
            Entry::Requested { at, .. }
            | Entry::Taken { at, .. }
            | Entry::Printing { at, .. }
            | Entry::Printed { at, .. }
            | Entry::Failed { at, .. }
            | Entry::Closed { at } => *at,
        }
    }

    /// The ticket, where it is known whole.
    pub fn ticket(&self) -> Option<&Ticket> {
        match self {
            Entry::Taken { ticket, .. } | Entry::Printing { ticket, .. } | Entry::Failed { ticket, .. } => Some(ticket),
            _ => None,
        }
    }

    fn wrong(&self, step: &'static str) -> WrongStep {
        WrongStep { from: self.name(), step }
    }

    /// The server's answer came.
    pub fn take(self, ticket: Ticket, at: Millis) -> Result<Entry, WrongStep> {
        match self {
            Entry::Requested { request, .. } => {
                Ok(Entry::Taken { at, ticket: Box::new(ticket), language: request.language })
            }
            other => Err(other.wrong("taken")),
        }
    }

    /// The server refused, nobody waits for the answer any more, or the ticket was shown on the screen and never printed.
    pub fn close(self, at: Millis) -> Result<Entry, WrongStep> {
        match self {
            Entry::Requested { .. } | Entry::Taken { .. } => Ok(Entry::Closed { at }),
            other => Err(other.wrong("closed")),
        }
    }

    /// Bytes are about to go to the printer: the first time by itself, once more where it was asked for.
    pub fn begin_print(self, at: Millis) -> Result<Entry, WrongStep> {
        match self {
            Entry::Taken { ticket, language, .. } => Ok(Entry::Printing { at, ticket, language, again: false }),
            Entry::Failed { ticket, language, again: false, .. } => {
                Ok(Entry::Printing { at, ticket, language, again: true })
            }
            other => Err(other.wrong("printing")),
        }
    }

    pub fn printed(self, at: Millis) -> Result<Entry, WrongStep> {
        match self {
            Entry::Printing { ticket, .. } => {
                Ok(Entry::Printed { at, ticket: ticket.id, number: ticket.number, reported: false })
            }
            other => Err(other.wrong("printed")),
        }
    }

    /// The printer failed; or the program ended while it printed.
    pub fn fail(self, reason: impl Into<String>, at: Millis) -> Result<Entry, WrongStep> {
        match self {
            Entry::Printing { ticket, language, again, .. } => {
                Ok(Entry::Failed { at, ticket, language, again, reason: reason.into(), reported: false })
            }
            other => Err(other.wrong("failed")),
        }
    }

    /// True where it may be printed once more, if the person asks for it.
    pub fn may_print_again(&self) -> bool {
        matches!(self, Entry::Failed { again: false, .. })
    }

    /// What the server has not been told yet: ticket, and the reason where it failed.
    pub fn unreported(&self) -> Option<(i64, Option<&str>)> {
        match self {
            Entry::Printed { ticket, reported: false, .. } => Some((*ticket, None)),
            Entry::Failed { ticket, reason, reported: false, .. } => Some((ticket.id, Some(reason))),
            _ => None,
        }
    }

    pub fn mark_reported(&mut self) {
        if let Entry::Printed { reported, .. } | Entry::Failed { reported, .. } = self {
            *reported = true;
        }
    }
}
