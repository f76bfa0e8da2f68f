//! What is printed, as plain data. Texts come already translated from the caller; the fixed words follow `language`.

use crate::Language;

/// A queue ticket (号票).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TicketSlip {
    pub language: Language,
    pub hall: String,
    /// `A001`: printed as large as the paper allows.
    pub number: String,
    pub service: String,
    /// People before this one in the line.
    pub ahead: Option<u32>,
    /// The estimated wait as a text, such as `约 12 分钟`; left out where empty.
    pub wait: String,
    /// `2026-11-24 09:30`.
    pub taken_at: String,
    /// Further lines, such as where to wait.
    pub notes: Vec<String>,
    /// The phone page behind the QR code; no code where empty.
    pub url: String,
    /// True where an earlier copy may exist: the slip says so.
    pub reprint: bool,
}

/// The guide of a service item (办事指南).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GuideSlip {
    pub language: Language,
    pub hall: String,
    pub item: String,
    /// What to bring, one document each.
    pub bring: Vec<String>,
    /// Statutory and promised limits, one line each.
    pub limits: Vec<String>,
    pub fee: String,
    pub place: String,
    pub hours: String,
    /// A page with the whole guide; no code where empty.
    pub url: String,
}

/// The receipt of an accepted case (受理回执).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReceiptSlip {
    pub language: Language,
    pub hall: String,
    pub case_no: String,
    pub item: String,
    pub department: String,
    /// Masked by the caller: `王*`.
    pub applicant: String,
    /// `2026-11-24 09:30`.
    pub accepted: String,
    /// The promised day; left out where empty.
    pub due: String,
    /// The papers taken in.
    pub documents: Vec<String>,
    /// The progress page behind the QR code.
    pub url: String,
    pub reprint: bool,
}

/// The one full notice of what is missing (补正告知书).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CorrectionSlip {
    pub language: Language,
    pub hall: String,
    pub case_no: String,
    pub item: String,
    pub department: String,
    /// Masked by the caller.
    pub applicant: String,
    pub notified: String,
    /// Every paper to bring or to put right.
    pub documents: Vec<String>,
    /// What is wrong with papers that were given; may be empty.
    pub note: String,
    pub url: String,
    pub reprint: bool,
}

/// Something to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slip {
    Ticket(TicketSlip),
    Guide(GuideSlip),
    Receipt(ReceiptSlip),
    Correction(CorrectionSlip),
}

impl From<TicketSlip> for Slip {
    fn from(slip: TicketSlip) -> Self {
        Slip::Ticket(slip)
    }
}

impl From<GuideSlip> for Slip {
    fn from(slip: GuideSlip) -> Self {
        Slip::Guide(slip)
    }
}

impl From<ReceiptSlip> for Slip {
    fn from(slip: ReceiptSlip) -> Self {
        Slip::Receipt(slip)
    }
}

impl From<CorrectionSlip> for Slip {
    fn from(slip: CorrectionSlip) -> Self {
        Slip::Correction(slip)
    }
}
