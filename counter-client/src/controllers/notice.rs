//! What the desk tells the person at it. The words are the screen's; here is only what happened.

use protocol::catalogue::Text;
use protocol::problem::Problem;

use crate::server::Trouble;

#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    /// The server's refusal, by its code.
    Refused(Box<Problem>),
    /// No answer came; nothing is known to have been done, and pressing again is safe.
    NoAnswer,
    /// An answer that this program cannot read: an old desk before a new server.
    Unreadable,
    /// The sign-in has run out.
    SignInAgain,
    NameNeeded,
    NumberNeeded,
    OpinionNeeded,
    CollectorNeeded,
    CredentialsNeeded,
    /// Mandatory papers are not there.
    PapersMissing(Vec<Text>),
    NothingMissing,
    Opened,
    Accepted {
        case_no: String,
    },
    CorrectionGiven {
        case_no: String,
    },
    StepDone {
        case_no: String,
    },
    Printed {
        case_no: String,
    },
    /// No paper came out; printing again makes the first copy.
    NotPrinted(PrinterTrouble),
    /// Perhaps a part came out.
    HalfPrinted(PrinterTrouble),
    PaperNearEnd,
    NoPrinter,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrinterTrouble {
    NotConnected,
    PaperOut,
    CoverOpen,
    Fault,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Good,
    Info,
    Warn,
    Bad,
}

impl Notice {
    pub fn tone(&self) -> Tone {
        use protocol::problem::Code;
        match self {
            Notice::Opened
            | Notice::Accepted { .. }
            | Notice::CorrectionGiven { .. }
            | Notice::StepDone { .. }
            | Notice::Printed { .. } => Tone::Good,
            Notice::Refused(problem) if problem.code == Code::NobodyWaiting => Tone::Info,
            Notice::NothingMissing => Tone::Info,
            Notice::Unreadable | Notice::NotPrinted(_) | Notice::HalfPrinted(_) => Tone::Bad,
            Notice::Refused(problem) if problem.status >= 500 => Tone::Bad,
            _ => Tone::Warn,
        }
    }
}

impl From<Trouble> for Notice {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Away { .. } => Notice::NoAnswer,
            Trouble::Refused(problem) => Notice::Refused(problem),
            Trouble::Unreadable { .. } => Notice::Unreadable,
        }
    }
}
