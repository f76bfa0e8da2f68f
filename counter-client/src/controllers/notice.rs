//! What the desk tells the person at it. The words are the screen's; here is only what happened.

use protocol::catalogue::Text;
use protocol::problem::Problem;

use crate::server::Trouble;

use super::issued::SheetTrouble;

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
    BasisNeeded,
    DaysNeeded,
    /// A day that cannot be read.
    DayNeeded,
    /// The last day lies before the first.
    DaysReversed,
    /// The first day is past.
    DayPast,
    ColleagueNeeded,
    /// What kind: of a special procedure, or which fee.
    KindNeeded,
    AmountNeeded,
    /// A question of the item is not answered.
    AnswerNeeded(Text),
    /// A mandatory field of the item's form is empty.
    FieldNeeded(Text),
    NothingMarked,
    PurposeNeeded,
    PathNeeded,
    /// A file of this computer that cannot be read.
    FileUnreadable {
        path: String,
    },
    FileAttached,
    /// What a lookup found, and what to do now.
    LookedUp {
        found: bool,
        advice: Text,
    },
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
    /// So many cases were granted together.
    Granted {
        done: usize,
        refused: usize,
    },
    SignalDone,
    AbsenceArranged,
    AbsenceEnded,
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
    /// No notice (文书) has been issued yet.
    NoNotices,
    NoticePrinted {
        case_no: String,
        name: Text,
    },
    /// It can be printed again.
    NoticeNotPrinted {
        name: Text,
        trouble: SheetTrouble,
    },
    NoticeNotShown {
        name: Text,
        trouble: SheetTrouble,
    },
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
            | Notice::SignalDone
            | Notice::AbsenceArranged
            | Notice::AbsenceEnded
            | Notice::FileAttached
            | Notice::LookedUp { found: true, .. }
            | Notice::Granted { refused: 0, .. }
            | Notice::NoticePrinted { .. }
            | Notice::Printed { .. } => Tone::Good,
            Notice::Refused(problem) if problem.code == Code::NobodyWaiting => Tone::Info,
            Notice::NothingMissing | Notice::NothingMarked | Notice::NoNotices => Tone::Info,
            Notice::Unreadable
            | Notice::NotPrinted(_)
            | Notice::HalfPrinted(_)
            | Notice::NoticeNotPrinted { .. }
            | Notice::NoticeNotShown { .. } => Tone::Bad,
            Notice::Refused(problem) if problem.status >= 500 => Tone::Bad,
            _ => Tone::Warn,
        }
    }
}

impl From<Trouble> for Notice {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Away { .. } => Notice::NoAnswer,
            Trouble::NoFile { path, .. } => Notice::FileUnreadable { path: path.display().to_string() },
            Trouble::Refused(problem) => Notice::Refused(problem),
            Trouble::Unreadable { .. } => Notice::Unreadable,
        }
    }
}
