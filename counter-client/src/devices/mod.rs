//! The desk's devices: each on its own thread, spoken to by message.

mod display;
mod printer;
mod scans;
mod sheets;
mod slips;

use std::path::PathBuf;
use std::sync::Arc;

use hardware::display::WindowDisplay;
use hardware::scanner::{self, ScannerConfig, ScannerEvent};
use hardware::{DeviceThread, Language};

use crate::config::Config;
use crate::controllers::issued::{NoticeId, Sheet, SheetTrouble, Way};
use crate::controllers::news::{PaperLeft, PrintFailure};
use crate::controllers::outside::{Paper, Shown};

/// What the devices report.
#[derive(Debug, Clone, PartialEq)]
pub enum DeviceNews {
    Printed {
        case_no: String,
        outcome: Result<PaperLeft, PrintFailure>,
    },
    /// A notice (文书) is with the printer or on the screen, or is not.
    PutOut {
        id: NoticeId,
        way: Way,
        outcome: Result<(), SheetTrouble>,
    },
    Scanned(String),
    /// The files in the scanner's folder, the newest first.
    Scans(Vec<PathBuf>),
}

type Sink = Arc<dyn Fn(DeviceNews) + Send + Sync>;

#[derive(Debug)]
pub struct Devices {
    printer: printer::ReceiptPrinter,
    sheets: sheets::Sheets,
    display: Option<WindowDisplay>,
    window: i64,
    _scanner: Option<DeviceThread>,
    _scans: Option<scans::Watch>,
}

impl Devices {
    /// Starts the threads of the devices that the configuration names. News is handed to `sink` on their threads.
    pub fn start(config: &Config, sink: impl Fn(DeviceNews) + Send + Sync + 'static) -> Self {
        let sink: Sink = Arc::new(sink);
        // A scanner that types needs no thread: what it types lands in the search field.
        let scanner = config.scanner.as_ref().filter(|scanner| scanner.port != "keyboard").map(|scanner| {
            let sink = sink.clone();
            scanner::spawn(ScannerConfig::new(&scanner.port), move |event| match event {
                ScannerEvent::Code(code) => sink(DeviceNews::Scanned(code)),
                other => tracing::info!(?other, "scanner"),
            })
        });
        let watched = config.scans.as_ref().map(|scans| scans::watch(scans.folder.clone(), sink.clone()));
        Devices {
            sheets: sheets::Sheets::start(config.paper_printer.clone(), config.viewer.clone(), sink.clone()),
            printer: printer::ReceiptPrinter::start(config.printer.clone(), sink),
            display: config.display.as_ref().map(display::start),
            window: config.window.unwrap_or_default(),
            _scanner: scanner,
            _scans: watched,
        }
    }

    pub fn print(&self, paper: Paper, language: Language) {
        self.printer.print(paper, language);
    }

    pub fn put_out(&self, sheet: Sheet) {
        self.sheets.put(sheet);
    }

    /// Removes what notices have left on the disk.
    pub fn clear_sheets(&self) {
        self.sheets.clear();
    }

    pub fn show(&self, shown: &Shown) {
        if let Some(display) = &self.display {
            display.show(display::screen(shown, self.window));
        }
    }
}
