use crate::Language;
use crate::printer::{Connection, PrinterStatus};

/// Why a slip is not, or perhaps not wholly, on paper.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrintError {
    #[error("cannot reach the printer at {connection}: {cause}")]
    Unreachable { connection: Connection, cause: String },
    #[error("the printer at {connection} does not answer")]
    NoAnswer { connection: Connection },
    #[error("the printer is out of paper")]
    PaperOut,
    #[error("the printer's cover is open")]
    CoverOpen,
    #[error("the printer reports an error (cutter or mechanics)")]
    Fault,
    #[error("the printer is offline")]
    Offline,
    /// The slip cannot be turned into bytes, such as a web address too long for a QR code.
    #[error("the slip cannot be laid out: {0}")]
    Unprintable(String),
    /// `sent` of `total` bytes were handed over and then the printer went silent or stopped: paper may have come out, or part
    /// of it. Offer the slip again once, marked as a reprint.
    #[error("the printer died after {sent} of {total} bytes: {cause}")]
    DiedMidway { sent: usize, total: usize, cause: MidwayCause },
}

/// What stopped a printer in the middle of a slip.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MidwayCause {
    #[error("connection lost: {0}")]
    ConnectionLost(String),
    #[error("out of paper")]
    PaperOut,
    #[error("cover opened")]
    CoverOpen,
    #[error("machine error")]
    Fault,
    #[error("went offline")]
    Offline,
    #[error("no answer")]
    NoAnswer,
}

impl PrintError {
    /// True where no byte of the slip went to the printer: it may be printed again without a second copy in the world. False
    /// means "perhaps, or in part".
    pub fn certainly_nothing_printed(&self) -> bool {
        !matches!(self, PrintError::DiedMidway { .. })
    }

    /// A short stable name for reports and logs.
    pub fn code(&self) -> &'static str {
        match self {
            PrintError::Unreachable { .. } => "printer-unreachable",
            PrintError::NoAnswer { .. } => "printer-no-answer",
            PrintError::PaperOut => "printer-paper-out",
            PrintError::CoverOpen => "printer-cover-open",
            PrintError::Fault => "printer-fault",
            PrintError::Offline => "printer-offline",
            PrintError::Unprintable(_) => "slip-unprintable",
            PrintError::DiedMidway { .. } => "printer-died-midway",
        }
    }

    /// The sentence for the person in front of the screen.
    pub fn sentence(&self, language: Language) -> &'static str {
        let (zh, en) = match self {
            PrintError::Unreachable { .. } | PrintError::NoAnswer { .. } => {
                ("打印机没有连接，请联系工作人员。", "The printer is not connected. Please ask a member of staff.")
            }
            PrintError::PaperOut => {
                ("打印机缺纸，请联系工作人员。", "The printer is out of paper. Please ask a member of staff.")
            }
            PrintError::CoverOpen => {
                ("打印机盖子没有关好，请联系工作人员。", "The printer's cover is open. Please ask a member of staff.")
            }
            PrintError::Fault => {
                ("打印机出现故障，请联系工作人员。", "The printer has a fault. Please ask a member of staff.")
            }
            PrintError::Offline => (
                "打印机暂时不可用，请联系工作人员。",
                "The printer is not available now. Please ask a member of staff.",
            ),
            PrintError::Unprintable(_) => {
                ("这张单据无法打印，请联系工作人员。", "This slip cannot be printed. Please ask a member of staff.")
            }
            PrintError::DiedMidway { cause: MidwayCause::PaperOut, .. } => {
                ("打印中途缺纸，单据可能不完整。", "The paper ran out while printing. The slip may be incomplete.")
            }
            PrintError::DiedMidway { .. } => (
                "打印中断，单据可能不完整，可以重新打印一次。",
                "Printing was interrupted and the slip may be incomplete. You can print it once more.",
            ),
        };
        language.pick(zh, en)
    }

    /// What keeps a printer of this status from printing, if anything.
    pub(crate) fn from_status(status: &PrinterStatus) -> Option<Self> {
        if status.paper == crate::printer::Paper::Out {
            Some(PrintError::PaperOut)
        } else if status.cover_open {
            Some(PrintError::CoverOpen)
        } else if status.error {
            Some(PrintError::Fault)
        } else if !status.online {
            Some(PrintError::Offline)
        } else {
            None
        }
    }
}

impl MidwayCause {
    pub(crate) fn from_status(status: &PrinterStatus) -> Option<Self> {
        Some(match PrintError::from_status(status)? {
            PrintError::PaperOut => MidwayCause::PaperOut,
            PrintError::CoverOpen => MidwayCause::CoverOpen,
            PrintError::Fault => MidwayCause::Fault,
            _ => MidwayCause::Offline,
        })
    }
}
