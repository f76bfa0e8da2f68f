//! The visit of one person, as a state machine.
//!
//! Touches and news go in, commands come out; nothing here knows a window, a server or a device. All that belongs to the person
//! is in [`Visit`], which is dropped whole when the kiosk returns to its first page.

mod kiosk;
mod news;
#[cfg(test)]
pub(crate) mod sample;
mod stage;
#[cfg(test)]
mod tests;
mod touches;

pub(crate) use touches::{none_allowed, phone_allowed};

pub use kiosk::{Kiosk, Settings, Surroundings, Visit};
pub use stage::{
    Ask, GuidePage, GuidePaper, IdentityProblem, IdentityStep, NoTicket, Possession, Search, Stage, TakingStep, Way,
};

use hardware::Language;
use hardware::printer::GuideSlip;
use protocol::case::{Progress, ProgressQuery};
use protocol::queue::TakeTicket;

use crate::devices::{DeviceNews, PrinterCondition};
use crate::server::ServerNews;
use crate::taking::TicketNews;

/// What a person does at the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touch {
    Home,
    Back,
    /// Still here: goes on where they were.
    Stay,
    SwitchLanguage,
    SwitchSize,
    /// A list was moved.
    Moved,
    Themes,
    Departments,
    Search,
    Progress,
    Group(String),
    Item(String),
    Letter(char),
    Erase,
    Clear,
    Candidate(String),
    PrintGuide,
    TakeTicket,
    ByPhone,
    ByCard,
    WithoutIdentification,
    Digit(char),
    Confirm,
    Retry,
    PrintAgain,
    Finish,
    ShowCase(usize),
    AskAgain,
}

/// Why a question about progress has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoProgress {
    Unknown,
    ServerAway,
}

/// What happened outside.
#[derive(Debug, Clone)]
pub enum News {
    Server(ServerNews),
    Printer(PrinterCondition),
    Device(DeviceNews),
    Ticket(TicketNews),
    /// The guide asked for by that visit was printed, or was not.
    GuidePrinted {
        visit: u64,
        printed: bool,
    },
    Progress {
        visit: u64,
        answer: Result<Vec<Progress>, NoProgress>,
    },
}

#[derive(Debug, Clone)]
pub enum Event {
    Touch(Touch),
    News(Box<News>),
    /// The clock went on; at least once a second.
    Tick,
}

/// What the visit wants done outside.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    Take {
        visit: u64,
        request: TakeTicket,
    },
    Retry {
        visit: u64,
    },
    PrintAgain {
        visit: u64,
    },
    /// The person has gone.
    Leave {
        visit: u64,
    },
    PrintGuide {
        visit: u64,
        slip: Box<GuideSlip>,
    },
    AskProgress {
        visit: u64,
        query: ProgressQuery,
        language: Language,
    },
}
