//! The ticket printer: printing, and its condition said before anybody asks for a ticket.

use std::sync::Arc;
use std::time::Duration;

use hardware::printer::{Paper as Roll, PrintError, Printer, PrinterStatus, TicketSlip};

use crate::taking::{Paper, PrintFailure};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrinterCondition {
    Absent,
    Ready,
    PaperLow,
    PaperOut,
    CoverOpen,
    Offline,
}

impl PrinterCondition {
    fn of(status: &Result<PrinterStatus, PrintError>) -> Self {
        match status {
            Err(_) => PrinterCondition::Offline,
            Ok(status) if status.paper == Roll::Out => PrinterCondition::PaperOut,
            Ok(status) if status.cover_open => PrinterCondition::CoverOpen,
            Ok(status) if !status.ready() => PrinterCondition::Offline,
            Ok(status) if status.paper == Roll::NearEnd => PrinterCondition::PaperLow,
            Ok(_) => PrinterCondition::Ready,
        }
    }
}

/// The printer as the ticket pipeline uses it.
#[derive(Debug, Clone)]
pub struct TicketPrinter(pub Arc<Printer>);

impl Paper for TicketPrinter {
    fn print(&self, slip: TicketSlip) -> Result<(), PrintFailure> {
        self.0.print(&slip.into()).map(drop).map_err(PrintFailure::from)
    }
}

const LOOK_EVERY: Duration = Duration::from_secs(3);

/// Tells the printer's condition whenever it changes; runs for as long as the program does, on a thread of its own.
pub fn watch(printer: &Printer, tell: impl Fn(PrinterCondition)) -> ! {
    let mut last = None;
    loop {
        let status = printer.status();
        let now = PrinterCondition::of(&status);
        if last != Some(now) {
            tracing::info!(condition = ?now, ?status, "printer");
            tell(now);
            last = Some(now);
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_condition_says_what_a_person_can_see() {
        let ok = PrinterStatus { reported: true, online: true, paper: Roll::Ok, cover_open: false, error: false };
        let of = |status| PrinterCondition::of(&Ok(status));
        assert_eq!(of(ok), PrinterCondition::Ready);
        assert_eq!(of(PrinterStatus { paper: Roll::NearEnd, ..ok }), PrinterCondition::PaperLow);
        assert_eq!(of(PrinterStatus { paper: Roll::Out, online: false, ..ok }), PrinterCondition::PaperOut);
        assert_eq!(of(PrinterStatus { cover_open: true, online: false, ..ok }), PrinterCondition::CoverOpen);
        assert_eq!(of(PrinterStatus { error: true, ..ok }), PrinterCondition::Offline);
        assert_eq!(PrinterCondition::of(&Err(PrintError::Offline)), PrinterCondition::Offline);
    }
}
