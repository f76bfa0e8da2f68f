//! What the writer is asked, and what it answers.

use std::sync::Arc;

use domain::cases::{Action, CaseRefusal};
use domain::queue::{Refusal, TicketId};
use protocol::case::Applicant;
use protocol::queue::{CalledTicket, Finish, Identification, Ticket, Window};

use protocol::staff::User;

use crate::exchange::record::ExchangeEvent;
use crate::store::StoreError;
use crate::store::cases::CaseRow;

/// A command for one hall, with who asks.
#[derive(Debug, Clone)]
pub struct Request {
    pub hall: String,
    /// As events name them: `user:NAME`, `device:NAME`, `system`.
    pub actor: String,
    pub key: Option<RequestKey>,
    pub command: Command,
}

/// What makes a repeated request known as such.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RequestKey {
    pub key: String,
    /// Method, address and body, digested: the same key with another of these is a mistake of the asker.
    pub fingerprint: String,
}

#[derive(Debug, Clone)]
pub enum Command {
    Take(Take),
    /// What the kiosk says about the paper.
    Printed {
        ticket: TicketId,
        printed: bool,
        reason: String,
    },
    Window {
        number: i64,
        clerk: String,
        act: WindowAct,
    },
    OpenCase(Box<OpenCase>),
    /// A step of a case, by somebody who is signed in.
    Step {
        case_no: String,
        asker: Box<User>,
        action: Action,
    },
    /// What a department's own system says beside its answer, or what is done by hand about a message to it.
    Exchange(Box<ExchangeEvent>),
}

/// A case to be opened for the ticket at the clerk's window; the applicant is checked.
#[derive(Debug, Clone)]
pub struct OpenCase {
    pub ticket: TicketId,
    /// The ticket's own item where absent.
    pub item: Option<String>,
    pub applicant: Applicant,
    pub clerk: String,
    pub query_code: String,
}

/// A ticket to be taken; the identification is checked.
#[derive(Debug, Clone)]
pub struct Take {
    pub item: String,
    pub identification: Identification,
    pub language: String,
    pub follow_code: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WindowAct {
    Open,
    Pause,
    Resume,
    Close,
    CallNext(Option<Finish>),
    CallNumber(String, Option<Finish>),
    Recall,
    Serve,
    Finish(Finish),
}

/// What became of a command that was carried out, after its commit.
#[derive(Debug, Clone)]
pub enum Answer {
    Ticket(Box<Ticket>),
    Called(Box<CalledTicket>),
    Window(Box<Window>),
    Case(Box<CaseRow>),
    Done,
}

/// Why a command was not carried out. Nothing has changed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EngineError {
    #[error("there is no hall {0}")]
    UnknownHall(String),
    #[error("the hall does not offer item {0}")]
    UnknownItem(String),
    #[error("no tickets are taken for item {0} at present")]
    ItemClosed(String),
    #[error("item {item} needs {needed}")]
    IdentityRequired { item: String, needed: &'static str },
    #[error(transparent)]
    Queue(#[from] Refusal),
    #[error("ticket {0} has not been called")]
    TicketNotCalled(String),
    #[error("there is no case {0}")]
    UnknownCase(String),
    #[error("case {case_no}: {refusal}")]
    Case { case_no: String, refusal: CaseRefusal },
    #[error("message {0} is not stuck")]
    MessageNotStuck(String),
    #[error("the idempotency key was used for another request")]
    KeyReused,
    #[error("the storage failed")]
    Storage(#[source] Arc<StoreError>),
    #[error("too many commands are waiting")]
    Busy,
    #[error("the server is stopping")]
    Stopped,
}

impl From<StoreError> for EngineError {
    fn from(error: StoreError) -> Self {
        EngineError::Storage(Arc::new(error))
    }
}
