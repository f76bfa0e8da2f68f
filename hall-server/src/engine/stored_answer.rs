//! An answer as kept for a repeated request: without personal data, which is read again from the ticket or case.

use protocol::queue::{Ticket, Window};
use serde::{Deserialize, Serialize};

use super::command::Answer;

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum StoredAnswer {
    Ticket(Box<Ticket>),
    Called {
        ticket: Box<Ticket>,
        cases: Vec<String>,
    },
    Window(Box<Window>),
    Case(String),
    /// The lookup, without the number it asks by.
    Lookup(String),
    Cases(Vec<String>),
    Signal(i64),
    Watched(usize),
    Done,
}

impl StoredAnswer {
    pub(super) fn of(answer: &Answer) -> Self {
        match answer {
            Answer::Ticket(ticket) => StoredAnswer::Ticket(ticket.clone()),
            Answer::Called(called) => {
                StoredAnswer::Called { ticket: Box::new(called.ticket.clone()), cases: called.cases.clone() }
            }
            Answer::Window(window) => StoredAnswer::Window(window.clone()),
            Answer::Case(row) => StoredAnswer::Case(row.case.case_no.clone()),
            Answer::Cases(rows) => StoredAnswer::Cases(rows.iter().map(|row| row.case.case_no.clone()).collect()),
            Answer::Signal(row) => StoredAnswer::Signal(row.id),
            Answer::Watched(raised) => StoredAnswer::Watched(*raised),
            Answer::Lookup(granted) => StoredAnswer::Lookup(granted.id.clone()),
            Answer::Done => StoredAnswer::Done,
        }
    }

    pub(super) fn parse(json: &str) -> Result<Self, String> {
        serde_json::from_str(json).map_err(|e| e.to_string())
    }

    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
