//! What the writer is asked, and what it answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::cases::{Asker, CaseRefusal};
use domain::catalogue::situations::AnswerError;
use domain::lookups::LookupRefusal;
use domain::queue::{Refusal, TicketId};
use domain::supervision::SignalRefusal;
use jiff::civil::Date;
use protocol::case::{Applicant, Step};
use protocol::catalogue::Item;
use protocol::queue::{CalledTicket, Finish, Identification, Ticket, Window};
use protocol::staff::User;
use protocol::supervision::SignalStep;

use super::lookups::{AskLookup, EndLookup, Granted};
use crate::exchange::record::ExchangeEvent;
use crate::files::access::Subject;
use crate::store::StoreError;
use crate::store::cases::CaseRow;
use crate::store::signals::SignalRow;

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
    OpenApplication(Box<OpenApplication>),
    /// What was prepared with a ticket is handed over to the window.
    HandOver {
        ticket: TicketId,
    },
    /// A step of a case.
    Step {
        case_no: String,
        asker: CaseAsker,
        step: Box<Step>,
    },
    /// The hall's own look at cases: what it has to do itself, and what supervision raises today.
    Watch(Vec<String>),
    SignalStep {
        id: i64,
        asker: Box<User>,
        step: SignalStep,
    },
    AskLookup(Box<AskLookup>),
    EndLookup(Box<EndLookup>),
    /// What a department's own system says beside its answer.
    Said(Box<ExchangeEvent>),
}

impl Command {
    /// The one case that it is about, where it is about one that is there.
    pub(super) fn case_no(&self) -> Option<&str> {
        match self {
            Command::Step { case_no, .. } => Some(case_no),
            Command::AskLookup(ask) => Some(&ask.case_no),
            Command::EndLookup(end) => Some(&end.case_no),
            Command::Said(event) => Some(event.case_no()),
            _ => None,
        }
    }

    /// Whether it may give a case a document that others of the application ask for too.
    pub(super) fn shares(&self) -> bool {
        match self {
            Command::Step { step, .. } => super::cases::shares(step.action()),
            Command::EndLookup(_) => true,
            _ => false,
        }
    }
}

/// Who asks for a step.
#[derive(Debug, Clone)]
pub enum CaseAsker {
    Staff(Box<User>),
    /// One of the staff who stands in for others on leave. The writer looks whether they still do.
    StandsIn {
        user: Box<User>,
        absent: Vec<User>,
    },
    /// The applicant, by the code of ticket or receipt.
    Applicant,
    System,
    /// A department's own system, for one of its officers.
    Department {
        code: String,
        officer: String,
    },
}

impl CaseAsker {
    /// Who asks in their own right.
    pub fn asker(&self) -> Asker<'_> {
        match self {
            CaseAsker::Staff(user) | CaseAsker::StandsIn { user, .. } => Asker::Staff(user),
            CaseAsker::Applicant => Asker::Applicant,
            CaseAsker::System => Asker::System,
            CaseAsker::Department { code, officer } => Asker::Department { code, officer },
        }
    }
}

/// The most cases that one application opens.
pub const MOST_CASES: usize = 20;

/// Where an application comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The ticket at the clerk's window: it is received (收件).
    Window { ticket: TicketId, clerk: String },
    /// 网上申报: it is submitted, for the hall to receive.
    Phone { submission: i64 },
}

impl Origin {
    /// What its files are for.
    pub fn subject(&self) -> String {
        match self {
            Origin::Window { ticket, .. } => Subject::Ticket(*ticket).to_string(),
            Origin::Phone { submission } => Subject::Submission(*submission).to_string(),
        }
    }
}

/// An application to be opened, with what was prepared for it; the applicant is checked.
#[derive(Debug, Clone)]
pub struct OpenApplication {
    pub origin: Origin,
    /// The ticket's own item where absent.
    pub item: Option<String>,
    pub applicant: Applicant,
    /// To the questions of the item, or of the package as faces show it.
    pub answers: BTreeMap<String, String>,
    pub form: BTreeMap<String, String>,
    pub received_on: Option<Date>,
    /// One for each case that may be opened, [`MOST_CASES`] of them.
    pub query_codes: Vec<String>,
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
    /// The cases of an application.
    Cases(Vec<CaseRow>),
    Signal(Box<SignalRow>),
    /// How many signals a look has raised.
    Watched(usize),
    Lookup(Granted),
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
    #[error("the application's answers are not right")]
    Answers { item: Arc<Item>, errors: Vec<AnswerError> },
    #[error("the application cannot be opened: {0}")]
    Package(String),
    #[error("the papers cannot have come on {0}")]
    ReceivedOn(Date),
    #[error("there is no submission {0}")]
    UnknownSubmission(i64),
    #[error("submission {0} was sent already")]
    SubmittedAlready(i64),
    #[error("there is no signal {0}")]
    UnknownSignal(i64),
    #[error("signal {id}: {refusal}")]
    Signal { id: i64, refusal: SignalRefusal },
    #[error("the lookup is refused: {0}")]
    Lookup(#[from] LookupRefusal),
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
