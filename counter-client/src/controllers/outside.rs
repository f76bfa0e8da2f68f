//! Everything that controllers ask of the world outside.

use protocol::Millis;
use protocol::case::{Case, Receipt};
use protocol::catalogue::Text;

use crate::server::{Call, RequestId};

use super::issued::Sheet;

/// A paper for the receipt printer.
#[derive(Debug, Clone, PartialEq)]
pub enum Paper {
    /// 受理回执
    Receipt { receipt: Box<Receipt>, reprint: bool },
    /// 补正告知书, of a case that has one.
    Correction { case: Box<Case>, hall: Text, reprint: bool },
}

impl Paper {
    pub fn case_no(&self) -> &str {
        match self {
            Paper::Receipt { receipt, .. } => &receipt.case_no,
            Paper::Correction { case, .. } => &case.case_no,
        }
    }
}

/// What the display above the window shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// A ticket called to this window.
    Ticket(String),
    Paused,
    /// Open, and nobody called.
    Ready,
    Closed,
}

pub trait Outside {
    /// A fresh idempotency key.
    fn new_key(&mut self) -> String;
    /// Sends a call; its answer comes back to [`super::Desk::answered`].
    fn ask(&mut self, call: Call, key: Option<String>) -> RequestId;
    /// Prints; the outcome comes back to [`super::Desk::printed`].
    fn print(&mut self, paper: Paper);
    /// Prints or shows a notice; the outcome comes back to [`super::Desk::put_out`].
    fn put_out(&mut self, sheet: Sheet);
    /// Removes what notices have left on this computer's disk.
    fn clear_sheets(&mut self);
    fn show(&mut self, shown: Shown);
    fn now(&self) -> Millis;
}
