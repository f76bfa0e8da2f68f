//! `hall-simulators`: the simulated devices of a hall as one program. The control port's commands are described in
//! `hardware::simulator::control`.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Parser;
use hardware::simulator::control::{ControlPort, Devices};
use hardware::simulator::{DisplaySimulator, IdReaderSimulator, PrinterSimulator, ScannerSimulator};

/// Simulated devices of a service hall: each option starts one.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
    /// Ticket printer: listens for raw ESC/POS, such as 127.0.0.1:9100
    #[arg(long, value_name = "ADDRESS")]
    printer: Option<String>,
    /// Ticket printer on a pseudo-terminal at this link
    #[arg(long, value_name = "LINK")]
    printer_serial: Option<PathBuf>,
    /// Where the printer keeps its tickets: ticket-N.bin, .png, .txt
    #[arg(long, value_name = "DIR")]
    tickets: Option<PathBuf>,
    /// ID-card reader on a pseudo-terminal at this link
    #[arg(long, value_name = "LINK")]
    id_reader: Option<PathBuf>,
    /// Code scanner on a pseudo-terminal at this link
    #[arg(long, value_name = "LINK")]
    scanner: Option<PathBuf>,
    /// Window display on a pseudo-terminal at this link
    #[arg(long, value_name = "LINK")]
    display: Option<PathBuf>,
    /// Control port: one JSON object a line
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    control: String,
}

fn main() -> io::Result<()> {
    let options = Options::parse();
    let mut devices = Devices::default();
    if options.printer.is_some() || options.printer_serial.is_some() {
        let mut printer = PrinterSimulator::new(options.tickets.as_deref())?;
        if let Some(address) = &options.printer {
            println!("printer on tcp:{}", printer.listen(address)?);
        }
        if let Some(link) = &options.printer_serial {
            printer.attach(link)?;
            println!("printer on serial:{}@115200", link.display());
        }
        devices.printer = Some(printer);
    }
    if let Some(link) = &options.id_reader {
        devices.id_reader = Some(IdReaderSimulator::attach(link)?);
        println!("id-reader on {}", link.display());
    }
    if let Some(link) = &options.scanner {
        devices.scanner = Some(ScannerSimulator::attach(link)?);
        println!("scanner on {}", link.display());
    }
    if let Some(link) = &options.display {
        devices.display = Some(DisplaySimulator::attach(link)?);
        println!("display on {}", link.display());
    }
    let control = ControlPort::open(&options.control, Arc::new(devices))?;
    println!("control on {}", control.address());
    println!("ready");
    loop {
        std::thread::park();
    }
}
