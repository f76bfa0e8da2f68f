//! The polling thread: find → select → read, again and again, through unplugging and silence.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serialport::TTYPort;

use super::frame::{Command, FrameParser, Received, SamStatus};
use super::{Card, CardError};
use crate::serial::{self, DeviceThread, Stop};
use crate::{Language, printer};

/// Where the reader is and how often it is asked.
#[derive(Debug, Clone)]
pub struct ReaderConfig {
    pub port: PathBuf,
    /// 115200 unless the reader was set otherwise.
    pub baud: u32,
    /// Between two looks for a card.
    pub poll: Duration,
    /// Between two attempts to open a port that is not there.
    pub reconnect: Duration,
}

impl ReaderConfig {
    pub fn new(port: impl Into<PathBuf>) -> Self {
        ReaderConfig {
            port: port.into(),
            baud: printer::DEFAULT_BAUD,
            poll: Duration::from_millis(250),
            reconnect: Duration::from_millis(500),
        }
    }
}

/// What the reader's thread reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReaderEvent {
    /// The port is open.
    Connected,
    /// The port is gone or cannot be opened; said once, with the cause for the log. The thread keeps trying.
    Disconnected(String),
    /// A card was read. The same card is not read again until it was lifted.
    Read(Box<Reading>),
    /// The card that was read is no longer there.
    Lifted,
    /// A card lies there but could not be read, or the reader is silent; said once until something changes.
    Failed(ReadError),
}

/// A card's content.
#[derive(Clone, PartialEq, Eq)]
pub struct Reading {
    pub card: Card,
    /// The photo as the reader sends it, for a [`super::PhotoDecoder`]; empty where the card gave none.
    pub wlt: Vec<u8>,
}

impl std::fmt::Debug for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reading").field("card", &self.card).finish_non_exhaustive()
    }
}

/// Why a card was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error("the reader's answer has a wrong checksum")]
    BadChecksum,
    #[error("the reader does not answer, or stopped in the middle of an answer")]
    NoAnswer,
    #[error("the reader says: {0}")]
    Refused(SamStatus),
    #[error("the reader's answer to {0:?} has an unexpected form")]
    BadAnswer(Command),
    #[error("the card's content cannot be read: {0}")]
    BadCard(CardError),
}

impl ReadError {
    /// The sentence for the person in front of the screen.
    pub fn sentence(&self, language: Language) -> &'static str {
        match self {
            ReadError::NoAnswer => language.pick(
                "身份证阅读器没有反应，请联系工作人员。",
                "The ID card reader does not respond. Please ask a member of staff.",
            ),
            ReadError::BadCard(CardError::UnknownKind(_)) | ReadError::Refused(SamStatus::UnknownCardType) => {
                language.pick("无法识别这种证件。", "This kind of card is not supported.")
            }
            _ => language.pick(
                "读卡失败，请拿起身份证，重新放好。",
                "The card could not be read. Please lift it and put it down again.",
            ),
        }
    }
}

/// Starts the reader's thread. `on_event` is called on that thread and should hand the event on quickly.
pub fn spawn(config: ReaderConfig, on_event: impl Fn(ReaderEvent) + Send + 'static) -> DeviceThread {
    DeviceThread::spawn("id-reader", move |stop| {
        let mut announced = false;
        while !stop.is_set() {
            let reason = match serial::open(&config.port, config.baud, Duration::from_millis(50)) {
                Ok(port) => {
                    announced = false;
                    on_event(ReaderEvent::Connected);
                    let mut session = Session::new(port, &stop);
                    let error = session.run(&config, &on_event);
                    if stop.is_set() {
                        break;
                    }
                    if session.lying {
                        on_event(ReaderEvent::Lifted);
                    }
                    error
                }
                Err(error) => error,
            };
            if !announced {
                announced = true;
                tracing::warn!(port = %config.port.display(), %reason, "ID-card reader is away");
                on_event(ReaderEvent::Disconnected(reason.to_string()));
            }
            stop.wait(config.reconnect);
        }
    })
}

/// One plugged-in time of the reader.
struct Session<'a> {
    port: TTYPort,
    stop: &'a Stop,
    parser: FrameParser,
    /// True from a successful read until the card is gone.
    lying: bool,
    /// The last failure told, so that it is told once.
    told: Option<ReadError>,
}

/// A failure of a step: of the line (unplugged), or of the reader's answer.
enum StepError {
    Line(std::io::Error),
    Read(ReadError),
}

impl From<std::io::Error> for StepError {
    fn from(error: std::io::Error) -> Self {
        StepError::Line(error)
    }
}

impl<'a> Session<'a> {
    fn new(port: TTYPort, stop: &'a Stop) -> Self {
        Session { port, stop, parser: FrameParser::default(), lying: false, told: None }
    }

    /// Polls until stopped or unplugged; the error is the line's.
    fn run(&mut self, config: &ReaderConfig, on_event: &impl Fn(ReaderEvent)) -> std::io::Error {
        loop {
            match self.look(on_event) {
                Ok(()) => {}
                Err(StepError::Line(error)) => return error,
                Err(StepError::Read(error)) => {
                    if self.told.as_ref() != Some(&error) {
                        self.told = Some(error.clone());
                        tracing::warn!(%error, "ID card not read");
                        on_event(ReaderEvent::Failed(error));
                    }
                }
            }
            if self.stop.wait(config.poll) {
                return std::io::ErrorKind::Interrupted.into();
            }
        }
    }

    /// One look at the reader.
    fn look(&mut self, on_event: &impl Fn(ReaderEvent)) -> Result<(), StepError> {
        if self.lying {
            // A card that was read is not found again until it is lifted, so "not found" says nothing about it; asking for an
            // appended address does: 91 (there is none) while the card lies there, 41 once it is gone.
            return match self.ask(Command::ReadNewAddress)?.0 {
                SamStatus::Ok | SamStatus::NoContent => Ok(()),
                _ => {
                    self.lying = false;
                    on_event(ReaderEvent::Lifted);
                    Ok(())
                }
            };
        }
        match self.ask(Command::Find)?.0 {
            SamStatus::Found | SamStatus::Ok => {}
            SamStatus::FindFailed => {
                self.told = None;
                return Ok(());
            }
            other => return Err(StepError::Read(ReadError::Refused(other))),
        }
        self.expect_ok(Command::Select)?;
        let data = self.expect_ok(Command::ReadBase)?;
        let reading = reading(&data).map_err(StepError::Read)?;
        self.told = None;
        self.lying = true;
        on_event(ReaderEvent::Read(Box::new(reading)));
        Ok(())
    }

    fn expect_ok(&mut self, command: Command) -> Result<Vec<u8>, StepError> {
        match self.ask(command)? {
            (SamStatus::Ok, data) => Ok(data),
            (other, _) => Err(StepError::Read(ReadError::Refused(other))),
        }
    }

    /// Sends a command and waits for its answer: status and data.
    fn ask(&mut self, command: Command) -> Result<(SamStatus, Vec<u8>), StepError> {
        // What came late from an earlier question is no answer to this one.
        self.parser.clear();
        serialport::SerialPort::clear(&self.port, serialport::ClearBuffer::Input).map_err(std::io::Error::from)?;
        self.port.write_all(&command.frame())?;
        let until = Instant::now() + time_limit(command);
        let mut bytes = [0; 512];
        loop {
            match self.parser.next_received() {
                Some(Received::Frame(body)) => {
                    return match body.as_slice() {
                        [_, _, sw3, data @ ..] => Ok((SamStatus::from_code(*sw3), data.to_vec())),
                        _ => Err(StepError::Read(ReadError::BadAnswer(command))),
                    };
                }
                Some(Received::BadChecksum) => return Err(StepError::Read(ReadError::BadChecksum)),
                Some(Received::ReaderTimeout) => return Err(StepError::Read(ReadError::NoAnswer)),
                None => {}
            }
            if Instant::now() >= until || self.stop.is_set() {
                return Err(StepError::Read(ReadError::NoAnswer));
            }
            match self.port.read(&mut bytes) {
                Ok(0) => return Err(StepError::Line(std::io::ErrorKind::UnexpectedEof.into())),
                Ok(count) => self.parser.feed(&bytes[..count]),
                Err(error) if serial::is_timeout(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// How long the reader may take, with room for a busy machine. A photo alone needs 90 ms at 115200 bit/s and over a second at 9600.
fn time_limit(command: Command) -> Duration {
    match command {
        Command::ReadBase => Duration::from_millis(3000),
        Command::ReadBaseAndFingerprint => Duration::from_millis(3500),
        _ => Duration::from_millis(1500),
    }
}

/// Takes the answer to *read base* apart: two lengths, text, photo.
fn reading(data: &[u8]) -> Result<Reading, ReadError> {
    let bad = ReadError::BadAnswer(Command::ReadBase);
    let Some(([t1, t2, p1, p2], rest)) = data.split_first_chunk::<4>() else { return Err(bad) };
    let text_len = usize::from(u16::from_be_bytes([*t1, *t2]));
    let photo_len = usize::from(u16::from_be_bytes([*p1, *p2]));
    let (text, photo) = rest.split_at_checked(text_len).ok_or_else(|| bad.clone())?;
    if photo.len() != photo_len {
        return Err(bad);
    }
    Ok(Reading { card: Card::decode(text).map_err(ReadError::BadCard)?, wlt: photo.to_vec() })
}
