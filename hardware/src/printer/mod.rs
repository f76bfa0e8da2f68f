//! The ticket printer: ESC/POS with Chinese in GB18030, asked for its state before and after every slip.

mod connection;
mod encode;
mod error;
mod escpos_ext;
mod labels;
mod layout;
mod link;
mod profile;
mod slip;
mod status;

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

pub(crate) use connection::DEFAULT_BAUD;
pub use connection::{Connection, ConnectionError};
pub use encode::encode;
pub use error::{MidwayCause, PrintError};
pub use profile::{Limits, Profile, QrCode, UnknownProfile};
pub use slip::{CorrectionSlip, GuideSlip, ReceiptSlip, Slip, TicketSlip};
pub use status::{Paper, PrinterStatus};

use link::Link;
use status::{is_end_answer, is_status_answer};

/// A slip that is on paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Printed {
    /// The printer's state afterwards: paper near its end is worth telling the staff.
    pub status: PrinterStatus,
    /// True where the printer itself said that it worked through the whole slip; false where it took all bytes and reports no
    /// trouble but never says so (device files, and printers without GS r).
    pub confirmed: bool,
}

/// A printer at a place. It opens the connection for each conversation, so a printer that was switched off and on is simply there
/// again. Calls from several threads take turns.
#[derive(Debug)]
pub struct Printer {
    connection: Connection,
    profile: Profile,
    turn: Mutex<()>,
}

impl Printer {
    pub fn new(connection: Connection, profile: Profile) -> Self {
        Printer { connection, profile, turn: Mutex::new(()) }
    }

    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Asks the printer for its state (DLE EOT 1–4). For `file:` connections the answer is "not reported".
    ///
    /// # Errors
    /// [`PrintError::Unreachable`] or [`PrintError::NoAnswer`].
    pub fn status(&self) -> Result<PrinterStatus, PrintError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.ask(&mut self.open()?)
    }

    /// Prints a slip: asks for the state, sends, and waits until the printer says that it is through.
    ///
    /// # Errors
    /// [`PrintError::certainly_nothing_printed`] tells whether paper may have come out.
    pub fn print(&self, slip: &Slip) -> Result<Printed, PrintError> {
        let bytes = encode(slip, &self.profile)?;
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut link = self.open()?;
        let before = self.ask(&mut link)?;
        if let Some(error) = PrintError::from_status(&before) {
            return Err(error);
        }
        let printed = self.send(&mut link, &bytes, before.reported);
        match &printed {
            Ok(printed) => tracing::info!(bytes = bytes.len(), confirmed = printed.confirmed, "slip printed"),
            Err(error) => tracing::warn!(%error, connection = %self.connection, "slip not printed, or not wholly"),
        }
        printed
    }

    fn open(&self) -> Result<Link, PrintError> {
        Link::open(&self.connection, &self.profile.limits)
            .map_err(|error| PrintError::Unreachable { connection: self.connection.clone(), cause: error.to_string() })
    }

    fn send(&self, link: &mut Link, bytes: &[u8], answers: bool) -> Result<Printed, PrintError> {
        let total = bytes.len();
        let midway = |sent, cause| PrintError::DiedMidway { sent, total, cause };
        // Small pieces, so that the count of what went out means something.
        let mut sent = 0;
        for piece in bytes.chunks(512) {
            if let Err(error) = link.write_all(piece) {
                // The piece may have gone out in part before the line broke.
                if sent > 0 || link.took_bytes() {
                    return Err(midway(sent, MidwayCause::ConnectionLost(error.to_string())));
                }
                return Err(PrintError::Unreachable { connection: self.connection.clone(), cause: error.to_string() });
            }
            sent += piece.len();
        }
        if !answers {
            link.flush().map_err(|error| midway(sent, MidwayCause::ConnectionLost(error.to_string())))?;
            return Ok(Printed { status: PrinterStatus::UNKNOWN, confirmed: false });
        }
        self.wait_for_end(link).map_err(|cause| midway(sent, cause))
    }

    /// Waits for the answer to GS r, and asks in real time meanwhile what may keep it away.
    fn wait_for_end(&self, link: &mut Link) -> Result<Printed, MidwayCause> {
        let lost = |error: std::io::Error| MidwayCause::ConnectionLost(error.to_string());
        let until = Instant::now() + self.profile.limits.finish;
        link.write_all(&escpos_ext::ANSWER_AT_END).map_err(lost)?;
        let mut confirmed = false;
        let mut status = None;
        loop {
            // First a while of listening: printing takes about as long.
            let listen = Instant::now() + Duration::from_millis(400);
            while !confirmed {
                match link.read_byte(listen.min(until)).map_err(lost)? {
                    Some(byte) if is_end_answer(byte) => confirmed = true,
                    Some(_) => {}
                    None => break,
                }
            }
            let now = match self.answers(link, &mut confirmed) {
                Ok(now) => now,
                // Closed after it was through: on paper, whatever the state.
                Err(_) if confirmed => None,
                Err(error) => return Err(lost(error)),
            };
            if confirmed {
                // Paper that ran out with the cut is the next slip's trouble.
                return Ok(Printed { status: now.or(status).unwrap_or(PrinterStatus::UNKNOWN), confirmed });
            }
            if let Some(now) = now {
                if let Some(cause) = MidwayCause::from_status(&now) {
                    return Err(cause);
                }
                status = Some(now);
            }
            if Instant::now() >= until {
                return match status {
                    Some(status) if status.ready() => Ok(Printed { status, confirmed }),
                    _ => Err(MidwayCause::NoAnswer),
                };
            }
        }
    }

    /// The state, or the error that says why it is not known.
    fn ask(&self, link: &mut Link) -> Result<PrinterStatus, PrintError> {
        if !link.answers() {
            return Ok(PrinterStatus::UNKNOWN);
        }
        match self.answers(link, &mut false) {
            Ok(Some(status)) => Ok(status),
            Ok(None) => Err(PrintError::NoAnswer { connection: self.connection.clone() }),
            Err(error) => {
                Err(PrintError::Unreachable { connection: self.connection.clone(), cause: error.to_string() })
            }
        }
    }

    /// Asks DLE EOT 1 to 4, one after the other; bytes that are no status answer are skipped. `None` where the printer is silent.
    /// The answer to GS r may come in between: it sets `ended`.
    fn answers(&self, link: &mut Link, ended: &mut bool) -> std::io::Result<Option<PrinterStatus>> {
        let mut answers = [0; 4];
        for (n, answer) in (1..).zip(&mut answers) {
            link.write_all(&escpos_ext::real_time_status(n))?;
            let until = Instant::now() + self.profile.limits.answer;
            *answer = loop {
                match link.read_byte(until)? {
                    Some(byte) if is_status_answer(byte) => break byte,
                    Some(byte) => *ended |= is_end_answer(byte),
                    None => return Ok(None),
                }
            };
        }
        PrinterStatus::from_answers(answers).map(Some).map_err(std::io::Error::other)
    }
}
