//! A ticket printer on a TCP port or a pseudo-terminal: it answers status questions, fails on demand, and keeps every ticket as bytes,
//! text and picture.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::escpos_parser::{Parser, Token};
use super::paper::{Faces, Paper};
use super::pty::{Line, LineDevice};
use crate::serial::{self, DeviceThread};

/// What is wrong with the printer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case")]
pub enum Fault {
    #[default]
    None,
    PaperNearEnd,
    PaperOut,
    CoverOpen,
    Offline,
    /// Takes bytes and answers nothing.
    Silent,
    /// Prints as slowly as a real one: it says that it is through only so long after the last byte.
    Slow {
        millis: u64,
    },
    /// After so many bytes of the next ticket the line is closed, and the printer is well again.
    DieAfter {
        bytes: usize,
    },
    /// After so many bytes of the next ticket the paper is out.
    PaperOutAfter {
        bytes: usize,
    },
}

impl Fault {
    /// Answers to DLE EOT 1 to 4, as measured on an independent emulator.
    fn answers(self) -> [u8; 4] {
        match self {
            Fault::None | Fault::Silent | Fault::Slow { .. } | Fault::DieAfter { .. } | Fault::PaperOutAfter { .. } => {
                [0x12; 4]
            }
            Fault::PaperNearEnd => [0x12, 0x12, 0x12, 0x1E],
            Fault::PaperOut => [0x1A, 0x32, 0x12, 0x7E],
            Fault::CoverOpen => [0x1A, 0x16, 0x12, 0x12],
            Fault::Offline => [0x1A, 0x12, 0x12, 0x12],
        }
    }

    /// True where the printer holds its data back.
    fn blocks(self) -> bool {
        matches!(self, Fault::PaperOut | Fault::CoverOpen | Fault::Offline)
    }
}

/// A ticket that came out, or the torn rest of one.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// From 1 on, torn ones counted apart.
    pub number: usize,
    /// False where the printer died before the cut.
    pub complete: bool,
    pub bytes: Vec<u8>,
    pub text: String,
    pub png: Vec<u8>,
    /// The picture's file; `.bin` and `.txt` lie beside it. `None` where the simulator keeps no files.
    pub file: Option<PathBuf>,
}

struct State {
    fault: Fault,
    tickets: Vec<Ticket>,
    /// Raised to cut all connections.
    plug: u64,
    plugged: bool,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    faces: Faces,
    folder: Option<PathBuf>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The simulated printer.
pub struct PrinterSimulator {
    shared: Arc<Shared>,
    tcp: Option<DeviceThread>,
    serial: Option<Line<SerialPrinter>>,
}

impl std::fmt::Debug for PrinterSimulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PrinterSimulator").field("folder", &self.shared.folder).finish_non_exhaustive()
    }
}

impl PrinterSimulator {
    /// A printer that keeps its tickets in memory, and in `folder` as `ticket-N.bin`, `.png`, `.txt`.
    ///
    /// # Errors
    /// Where the folder cannot be made.
    pub fn new(folder: Option<&Path>) -> io::Result<Self> {
        if let Some(folder) = folder {
            std::fs::create_dir_all(folder)?;
        }
        let state = State { fault: Fault::None, tickets: Vec::new(), plug: 0, plugged: true };
        let shared = Shared {
            state: Mutex::new(state),
            changed: Condvar::new(),
            faces: Faces::load(),
            folder: folder.map(Path::to_owned),
        };
        Ok(PrinterSimulator { shared: Arc::new(shared), tcp: None, serial: None })
    }

    /// Listens for raw printing; returns the address, for port 0.
    ///
    /// # Errors
    /// Where the address is taken.
    pub fn listen(&mut self, address: &str) -> io::Result<SocketAddr> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let shared = Arc::clone(&self.shared);
        self.tcp = Some(DeviceThread::spawn("printer-simulator", move |stop| {
            let mut listener = Some(listener);
            let mut conversations = Vec::new();
            while !stop.wait(Duration::from_millis(5)) {
                if !shared.state().plugged {
                    // An unplugged printer refuses connections.
                    listener = None;
                    continue;
                }
                let Some(listening) = &listener else {
                    listener = TcpListener::bind(address).ok();
                    continue;
                };
                if listening.set_nonblocking(true).is_err() {
                    continue;
                }
                if let Ok((stream, _)) = listening.accept() {
                    let shared = Arc::clone(&shared);
                    conversations.retain(|thread: &DeviceThread| !thread.is_finished());
                    conversations.push(DeviceThread::spawn("printer-conversation", move |stop| {
                        if let Err(error) = converse(&shared, &stream, &stop) {
                            tracing::debug!(%error, "printer conversation over");
                        }
                    }));
                }
            }
        }));
        Ok(address)
    }

    /// Appears as a pseudo-terminal as well, at the end of the symbolic link `link`.
    ///
    /// # Errors
    /// Where the pseudo-terminal or the link cannot be made.
    pub fn attach(&mut self, link: &Path) -> io::Result<()> {
        let device = SerialPrinter { conversation: Conversation::new(Arc::clone(&self.shared)), dead: false };
        self.serial = Some(Line::spawn("printer", link, device)?);
        Ok(())
    }

    pub fn set_fault(&self, fault: Fault) {
        self.shared.state().fault = fault;
        self.shared.changed.notify_all();
    }

    pub fn fault(&self) -> Fault {
        self.shared.state().fault
    }

    /// Cuts every connection; new ones are refused until [`PrinterSimulator::plug`].
    ///
    /// # Errors
    /// Where the pseudo-terminal's thread has ended.
    pub fn unplug(&self) -> io::Result<()> {
        {
            let mut state = self.shared.state();
            state.plugged = false;
            state.plug += 1;
        }
        self.serial.as_ref().map_or(Ok(()), Line::unplug)
    }

    /// Is there again, at the same address and link.
    ///
    /// # Errors
    /// Where the pseudo-terminal cannot be made.
    pub fn plug(&self) -> io::Result<()> {
        self.shared.state().plugged = true;
        self.serial.as_ref().map_or(Ok(()), Line::plug)
    }

    pub fn tickets(&self) -> Vec<Ticket> {
        self.shared.state().tickets.clone()
    }

    /// Waits until so many tickets (complete or torn) came out; gives what there is when the time is over.
    pub fn wait_for_tickets(&self, count: usize, time: Duration) -> Vec<Ticket> {
        let state = self.shared.state();
        let waited = self.shared.changed.wait_timeout_while(state, time, |state| state.tickets.len() < count);
        waited.unwrap_or_else(PoisonError::into_inner).0.tickets.clone()
    }
}

/// Serves one TCP connection.
fn converse(shared: &Arc<Shared>, mut stream: &TcpStream, stop: &serial::Stop) -> io::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_millis(50)))?;
    let plug = shared.state().plug;
    let mut conversation = Conversation::new(Arc::clone(shared));
    let mut bytes = [0; 4096];
    while !stop.is_set() && shared.state().plug == plug {
        let count = match stream.read(&mut bytes) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if serial::is_timeout(&error) => 0,
            Err(error) => {
                conversation.end();
                return Err(error);
            }
        };
        let (answer, alive) = conversation.take(&bytes[..count]);
        stream.write_all(&answer)?;
        if !alive {
            break;
        }
    }
    conversation.end();
    stream.shutdown(std::net::Shutdown::Both)
}

/// The printer on a pseudo-terminal.
pub(super) struct SerialPrinter {
    conversation: Conversation,
    /// A serial line does not close when a printer dies: it only goes silent, until the program opens it anew.
    dead: bool,
}

impl SerialPrinter {
    fn take(&mut self, bytes: &[u8], answer: &mut Vec<u8>) {
        if self.dead {
            return;
        }
        let (more, alive) = self.conversation.take(bytes);
        answer.extend(more);
        if !alive {
            self.conversation.end();
            self.dead = true;
        }
    }
}

impl LineDevice for SerialPrinter {
    fn received(&mut self, bytes: &[u8], answer: &mut Vec<u8>) {
        self.take(bytes, answer);
    }

    fn idle(&mut self, answer: &mut Vec<u8>) {
        self.take(&[], answer);
    }

    fn closed(&mut self) {
        self.conversation.end();
        self.conversation = Conversation::new(Arc::clone(&self.conversation.shared));
        self.dead = false;
    }
}

/// One open line: the stream is cut into tokens, real-time questions are answered at once, the rest in its turn.
struct Conversation {
    shared: Arc<Shared>,
    parser: Parser,
    /// What waits for paper, cover or line.
    waiting: VecDeque<(Token, Vec<u8>)>,
    /// The bytes of the command that is still coming in.
    raw: Vec<u8>,
    paper: Paper,
    /// Until when a slow printer is at work on what it has.
    busy_until: Option<Instant>,
    /// The bytes of the ticket in work.
    bytes: Vec<u8>,
}

impl Conversation {
    fn new(shared: Arc<Shared>) -> Self {
        Conversation {
            shared,
            parser: Parser::default(),
            waiting: VecDeque::new(),
            raw: Vec::new(),
            paper: Paper::new(),
            busy_until: None,
            bytes: Vec::new(),
        }
    }

    /// Takes bytes; the answer, and false where the printer dies of them.
    fn take(&mut self, bytes: &[u8]) -> (Vec<u8>, bool) {
        let mut answer = Vec::new();
        for byte in bytes {
            self.raw.push(*byte);
            for token in self.parser.feed(std::slice::from_ref(byte)) {
                let raw = std::mem::take(&mut self.raw);
                if let Token::RealTimeStatus(n) = token {
                    let fault = self.shared.state().fault;
                    if fault != Fault::Silent {
                        answer.extend(fault.answers().get(usize::from(n).wrapping_sub(1)));
                    }
                } else {
                    self.waiting.push_back((token, raw));
                    if !self.work(&mut answer) {
                        return (answer, false);
                    }
                }
            }
        }
        let alive = self.work(&mut answer);
        (answer, alive)
    }

    /// Works through what waits, as far as the printer's state lets it.
    fn work(&mut self, answer: &mut Vec<u8>) -> bool {
        loop {
            let fault = self.shared.state().fault;
            if fault.blocks() {
                return true;
            }
            match fault {
                Fault::DieAfter { bytes } if self.bytes.len() >= bytes => {
                    self.shared.state().fault = Fault::None;
                    return false;
                }
                Fault::PaperOutAfter { bytes } if self.bytes.len() >= bytes => {
                    self.shared.state().fault = Fault::PaperOut;
                    return true;
                }
                _ => {}
            }
            if let (Fault::Slow { millis }, Some((Token::Status(_), _))) = (fault, self.waiting.front()) {
                let until = *self.busy_until.get_or_insert_with(|| Instant::now() + Duration::from_millis(millis));
                if Instant::now() < until {
                    return true;
                }
                self.busy_until = None;
            }
            let Some((token, raw)) = self.waiting.pop_front() else { return true };
            if let Token::Status(_) = token {
                if fault != Fault::Silent {
                    answer.push(if fault == Fault::PaperNearEnd { 0x03 } else { 0x00 });
                }
                continue;
            }
            // After the cut only the return from Chinese mode belongs to the ticket.
            if self.paper.is_empty() && token == Token::Chinese(false) {
                continue;
            }
            self.bytes.extend(raw);
            self.paper.apply(&token, &self.shared.faces);
            if token == Token::Cut {
                self.keep(true);
            }
        }
    }

    /// The line is closed: what is on the paper stays there as a torn ticket.
    fn end(&mut self) {
        if !self.paper.is_empty() {
            self.keep(false);
        }
        self.waiting.clear();
    }

    fn keep(&mut self, complete: bool) {
        let paper = std::mem::replace(&mut self.paper, Paper::new());
        let bytes = std::mem::take(&mut self.bytes);
        let png = paper.png().unwrap_or_else(|error| {
            tracing::error!(%error, "no picture of the ticket");
            Vec::new()
        });
        let mut state = self.shared.state();
        let number = state.tickets.iter().filter(|ticket| ticket.complete == complete).count() + 1;
        let name = format!("{}-{number}", if complete { "ticket" } else { "torn" });
        let file = self.shared.folder.as_ref().map(|folder| folder.join(format!("{name}.png")));
        if let Some(file) = &file {
            // The picture last: who sees it finds the others.
            let written = std::fs::write(file.with_extension("bin"), &bytes)
                .and_then(|()| std::fs::write(file.with_extension("txt"), paper.text()))
                .and_then(|()| std::fs::write(file.with_extension("png.part"), &png))
                .and_then(|()| std::fs::rename(file.with_extension("png.part"), file));
            if let Err(error) = written {
                tracing::error!(%error, file = %file.display(), "ticket not kept");
            }
        }
        state.tickets.push(Ticket { number, complete, bytes, text: paper.text().to_owned(), png, file });
        drop(state);
        self.shared.changed.notify_all();
    }
}
