//! The control port: TCP, one JSON object a line in, one out. Every command is answered `{"ok":true,…}` or
//! `{"ok":false,"error":"…"}`.
//!
//! | device | `do` | further members | answer |
//! |---|---|---|---|
//! | `printer` | `fault` | `fault`: `none`, `paper-near-end`, `paper-out`, `cover-open`, `offline`, `silent`, `slow` (with `millis`), `die-after` or `paper-out-after` (both with `bytes`) | |
//! | | `tickets` | | `tickets`: list of `{number, complete, text, png, bin, txt}` |
//! | | `status` | | `fault`, `tickets` (how many are complete) |
//! | `id-reader` | `place`, `replace` | `card` | |
//! | | `lift`, `resume` | | |
//! | | `corrupt`, `stall` | `at`: `read` (default: the next answer with a card's content) or `any` | |
//! | | `status` | | `card` (lies there), `open` (a program has the port) |
//! | `scanner` | `scan` | `text` | |
//! | `display` | `show` | | `number`, `window`, `message` |
//! | each | `unplug`, `plug` | | |
//!
//! A card is written as `{"kind":"resident","name":"王芳","sex":"female","nation":1,"birth":"1990-03-07","address":"…",
//! "id_number":"…","issuer":"…","valid_from":"2020-01-01","valid_until":"2040-01-01"}`; `kind` is `resident`, `residence-permit`,
//! `foreigner` or `five-star` (fields: [`crate::id_card::Card`]); `valid_until` may be `long-term`. Only name, birth and number
//! must be there.
//!
//! ```text
//! > {"device":"id-reader","do":"place","card":{"kind":"resident","name":"王芳","birth":"1990-03-07","id_number":"440304199003070022"}}
//! < {"ok":true}
//! > {"device":"printer","do":"fault","fault":"die-after","bytes":200}
//! < {"ok":true}
//! ```

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{DisplaySimulator, Fault, FaultAt, IdReaderSimulator, PrinterSimulator, ScannerSimulator};
use crate::id_card::Card;
use crate::serial::{self, DeviceThread};

/// The longest command line.
const MAX_LINE: u64 = 64 * 1024;

/// The devices under control; those that are `None` answer with an error.
#[derive(Debug, Default)]
pub struct Devices {
    pub printer: Option<PrinterSimulator>,
    pub id_reader: Option<IdReaderSimulator>,
    pub scanner: Option<ScannerSimulator>,
    pub display: Option<DisplaySimulator>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "device", rename_all = "kebab-case")]
enum Command {
    Printer(PrinterCommand),
    IdReader(IdReaderCommand),
    Scanner(ScannerCommand),
    Display(DisplayCommand),
}

#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
enum PrinterCommand {
    Fault(Fault),
    Tickets,
    Status,
    Unplug,
    Plug,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
enum IdReaderCommand {
    Place { card: Box<Card> },
    Replace { card: Box<Card> },
    Lift,
    Corrupt(At),
    Stall(At),
    Resume,
    Status,
    Unplug,
    Plug,
}

#[derive(Debug, Default, Deserialize)]
struct At {
    #[serde(default)]
    at: FaultAt,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
enum ScannerCommand {
    Scan { text: String },
    Unplug,
    Plug,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
enum DisplayCommand {
    Show,
    Unplug,
    Plug,
}

impl Devices {
    /// Obeys one line and answers with one (without its line end).
    pub fn obey(&self, line: &str) -> String {
        let answer =
            serde_json::from_str(line).map_err(|error| error.to_string()).and_then(|command| self.execute(command));
        let answer = match answer {
            Ok(Value::Object(mut members)) => {
                members.insert("ok".to_owned(), Value::Bool(true));
                Value::Object(members)
            }
            Ok(_) => json!({ "ok": true }),
            Err(error) => json!({ "ok": false, "error": error }),
        };
        answer.to_string()
    }

    fn execute(&self, command: Command) -> Result<Value, String> {
        fn have<'a, D>(device: Option<&'a D>, name: &str) -> Result<&'a D, String> {
            device.ok_or_else(|| format!("there is no simulated {name} here"))
        }
        let done = |result: io::Result<()>| result.map(|()| Value::Null).map_err(|error| error.to_string());
        match command {
            Command::Printer(command) => {
                let printer = have(self.printer.as_ref(), "printer")?;
                match command {
                    PrinterCommand::Fault(fault) => {
                        printer.set_fault(fault);
                        Ok(Value::Null)
                    }
                    PrinterCommand::Tickets => Ok(json!({ "tickets": tickets(printer) })),
                    PrinterCommand::Status => {
                        let complete = printer.tickets().iter().filter(|ticket| ticket.complete).count();
                        let mut status = serde_json::to_value(printer.fault()).map_err(|error| error.to_string())?;
                        status["tickets"] = json!(complete);
                        Ok(status)
                    }
                    PrinterCommand::Unplug => done(printer.unplug()),
                    PrinterCommand::Plug => done(printer.plug()),
                }
            }
            Command::IdReader(command) => {
                let reader = have(self.id_reader.as_ref(), "ID-card reader")?;
                done(match command {
                    IdReaderCommand::Place { card } | IdReaderCommand::Replace { card } => reader.place(&card),
                    IdReaderCommand::Lift => reader.lift(),
                    IdReaderCommand::Corrupt(At { at }) => reader.corrupt(at),
                    IdReaderCommand::Stall(At { at }) => reader.stall(at),
                    IdReaderCommand::Resume => reader.resume(),
                    IdReaderCommand::Unplug => reader.unplug(),
                    IdReaderCommand::Plug => reader.plug(),
                    IdReaderCommand::Status => {
                        let (card, open) = reader.state().map_err(|error| error.to_string())?;
                        return Ok(json!({ "card": card, "open": open }));
                    }
                })
            }
            Command::Scanner(command) => {
                let scanner = have(self.scanner.as_ref(), "scanner")?;
                done(match command {
                    ScannerCommand::Scan { text } => scanner.scan(&text),
                    ScannerCommand::Unplug => scanner.unplug(),
                    ScannerCommand::Plug => scanner.plug(),
                })
            }
            Command::Display(command) => {
                let display = have(self.display.as_ref(), "window display")?;
                done(match command {
                    DisplayCommand::Unplug => display.unplug(),
                    DisplayCommand::Plug => display.plug(),
                    DisplayCommand::Show => {
                        let screen = display.screen();
                        return Ok(
                            json!({ "number": screen.number, "window": screen.window, "message": screen.message }),
                        );
                    }
                })
            }
        }
    }
}

fn tickets(printer: &PrinterSimulator) -> Vec<Value> {
    let path = |ticket: &super::Ticket, extension: &str| {
        ticket.file.as_ref().map(|file| file.with_extension(extension).to_string_lossy().into_owned())
    };
    let tickets = printer.tickets();
    tickets
        .iter()
        .map(|ticket| {
            json!({
                "number": ticket.number,
                "complete": ticket.complete,
                "text": ticket.text,
                "png": path(ticket, "png"),
                "bin": path(ticket, "bin"),
                "txt": path(ticket, "txt"),
            })
        })
        .collect()
}

/// The open control port.
#[derive(Debug)]
pub struct ControlPort {
    address: SocketAddr,
    _thread: DeviceThread,
}

impl ControlPort {
    /// Opens the port and obeys it.
    ///
    /// # Errors
    /// Where the address is taken.
    pub fn open(address: &str, devices: Arc<Devices>) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        listener.set_nonblocking(true)?;
        let thread = DeviceThread::spawn("simulator-control", move |stop| {
            let mut callers = Vec::new();
            while !stop.wait(Duration::from_millis(5)) {
                if let Ok((stream, _)) = listener.accept() {
                    let devices = Arc::clone(&devices);
                    callers.retain(|caller: &DeviceThread| !caller.is_finished());
                    callers.push(DeviceThread::spawn("simulator-caller", move |stop| {
                        if let Err(error) = serve(&devices, &stream, &stop) {
                            tracing::debug!(%error, "control connection over");
                        }
                    }));
                }
            }
        });
        Ok(ControlPort { address, _thread: thread })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

fn serve(devices: &Devices, stream: &TcpStream, stop: &serial::Stop) -> io::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_millis(200)))?;
    let mut reader = BufReader::new(stream);
    let mut line = Vec::new();
    while !stop.is_set() {
        match reader.by_ref().take(MAX_LINE - line.len() as u64).read_until(b'\n', &mut line) {
            Ok(0) => return Ok(()),
            Ok(_) if line.ends_with(b"\n") => {
                let text = String::from_utf8_lossy(&line);
                if !text.trim().is_empty() {
                    writeln!(&mut &*stream, "{}", devices.obey(&text))?;
                }
                line.clear();
            }
            Ok(_) if line.len() as u64 >= MAX_LINE => {
                writeln!(&mut &*stream, "{}", json!({ "ok": false, "error": "a command is at most 64 KiB long" }))?;
                return Ok(());
            }
            Ok(_) => {}
            Err(error) if serial::is_timeout(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
