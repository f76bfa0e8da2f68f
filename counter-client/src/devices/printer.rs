//! The receipt printer's thread: one paper after the other, each with its outcome.

use std::sync::mpsc;
use std::thread;

use hardware::Language;
use hardware::printer::{self, MidwayCause, PrintError};

use crate::config;
use crate::controllers::news::{PaperLeft, PrintFailure};
use crate::controllers::notice::PrinterTrouble;
use crate::controllers::outside::Paper;

use super::slips::slip;
use super::{DeviceNews, Sink};

#[derive(Debug)]
pub(super) struct ReceiptPrinter {
    papers: mpsc::Sender<(Paper, Language)>,
}

impl ReceiptPrinter {
    /// Starts the thread. Without a printer every paper comes back as not printed.
    pub(super) fn start(config: Option<config::Printer>, sink: Sink) -> Self {
        let (papers, inbox) = mpsc::channel::<(Paper, Language)>();
        let started = thread::Builder::new().name("receipts".to_owned()).spawn(move || {
            let printer = config.map(|config| printer::Printer::new(config.connection, config.profile));
            for (paper, language) in inbox {
                let case_no = paper.case_no().to_owned();
                let outcome = match &printer {
                    None => Err(PrintFailure { trouble: None, nothing_came_out: true }),
                    Some(printer) => match printer.print(&slip(&paper, language)) {
                        Ok(printed) if printed.status.paper == printer::Paper::Ok => Ok(PaperLeft::Enough),
                        Ok(_) => Ok(PaperLeft::NearEnd),
                        Err(error) => {
                            tracing::warn!(%error, %case_no, "paper not printed");
                            Err(failure(&error))
                        }
                    },
                };
                sink(DeviceNews::Printed { case_no, outcome });
            }
        });
        if let Err(cause) = started {
            tracing::error!(%cause, "no thread for the printer");
        }
        ReceiptPrinter { papers }
    }

    pub(super) fn print(&self, paper: Paper, language: Language) {
        if self.papers.send((paper, language)).is_err() {
            tracing::error!("the printer's thread has ended");
        }
    }
}

fn failure(error: &PrintError) -> PrintFailure {
    let trouble = match error {
        PrintError::PaperOut | PrintError::DiedMidway { cause: MidwayCause::PaperOut, .. } => PrinterTrouble::PaperOut,
        PrintError::CoverOpen | PrintError::DiedMidway { cause: MidwayCause::CoverOpen, .. } => {
            PrinterTrouble::CoverOpen
        }
        PrintError::Unreachable { .. }
        | PrintError::NoAnswer { .. }
        | PrintError::DiedMidway { cause: MidwayCause::ConnectionLost(_) | MidwayCause::NoAnswer, .. } => {
            PrinterTrouble::NotConnected
        }
        PrintError::Fault
        | PrintError::Offline
        | PrintError::Unprintable(_)
        | PrintError::DiedMidway { cause: MidwayCause::Fault | MidwayCause::Offline, .. } => PrinterTrouble::Fault,
    };
    PrintFailure { trouble: Some(trouble), nothing_came_out: error.certainly_nothing_printed() }
}
