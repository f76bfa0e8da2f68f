//! An ID-card reader on a pseudo-terminal, with a hand that lays cards on it.

use std::io;
use std::path::Path;

use serde::Deserialize;

use super::pty::{Line, LineDevice};
use crate::id_card::frame::{self, Command, FrameParser, Received, SamStatus};
use crate::id_card::{Card, CardError, TEXT_LEN};

/// Which answer a fault hits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultAt {
    /// The next answer with a card's content.
    #[default]
    Read,
    /// The very next answer.
    Any,
}

/// The simulated reader.
#[derive(Debug)]
pub struct IdReaderSimulator {
    line: Line<Reader>,
}

impl IdReaderSimulator {
    /// Appears at the end of the symbolic link `link`.
    ///
    /// # Errors
    /// Where the pseudo-terminal or the link cannot be made.
    pub fn attach(link: &Path) -> io::Result<Self> {
        Ok(IdReaderSimulator { line: Line::spawn("id-reader", link, Reader::default())? })
    }

    /// Lays a card on the reader; one that lies there already is taken away.
    ///
    /// # Errors
    /// [`CardError::TooLong`] (as invalid input) where a field has no room on the card.
    pub fn place(&self, card: &Card) -> io::Result<()> {
        let text = card.encode().map_err(|error: CardError| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        self.line.act(move |reader, _| reader.on_plate = Some(OnPlate { text, step: Step::Laid }))
    }

    /// Takes the card away.
    ///
    /// # Errors
    /// Where the simulator has stopped; so for all below.
    pub fn lift(&self) -> io::Result<()> {
        self.line.act(|reader, _| reader.on_plate = None)
    }

    /// Spoils the checksum of an answer.
    pub fn corrupt(&self, at: FaultAt) -> io::Result<()> {
        self.line.act(move |reader, _| reader.corrupt = Some(at))
    }

    /// Stops in the middle of an answer and stays silent until [`IdReaderSimulator::resume`].
    pub fn stall(&self, at: FaultAt) -> io::Result<()> {
        self.line.act(move |reader, _| reader.stall = Some(at))
    }

    pub fn resume(&self) -> io::Result<()> {
        self.line.act(|reader, _| (reader.stall, reader.silent) = (None, false))
    }

    /// Pulls the cable.
    pub fn unplug(&self) -> io::Result<()> {
        self.line.unplug()
    }

    /// Plugs it in again, at the same link.
    pub fn plug(&self) -> io::Result<()> {
        self.line.plug()
    }

    /// True where a card lies on the reader, and true where a program has the port open.
    pub fn state(&self) -> io::Result<(bool, bool)> {
        self.line.act(|reader, outlet| (reader.on_plate.is_some(), outlet.open))
    }
}

#[derive(Debug)]
struct OnPlate {
    text: [u8; TEXT_LEN],
    step: Step,
}

/// How far the program has come with the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Laid,
    Found,
    Selected,
    /// Not found again until it is lifted.
    Read,
}

#[derive(Debug, Default)]
struct Reader {
    parser: FrameParser,
    on_plate: Option<OnPlate>,
    corrupt: Option<FaultAt>,
    stall: Option<FaultAt>,
    silent: bool,
}

impl LineDevice for Reader {
    fn received(&mut self, bytes: &[u8], answer: &mut Vec<u8>) {
        self.parser.feed(bytes);
        while let Some(received) = self.parser.next_received() {
            if self.silent {
                continue;
            }
            let body = match received {
                Received::Frame(request) => self.answer(&request),
                Received::BadChecksum => status(SamStatus::ChecksumWrong),
                Received::ReaderTimeout => continue,
            };
            let mut frame = frame::build(&body);
            let hit = |at: FaultAt| at == FaultAt::Any || body.len() > TEXT_LEN;
            if self.corrupt.is_some_and(hit) {
                self.corrupt = None;
                if let Some(check) = frame.last_mut() {
                    *check ^= 0x55;
                }
            }
            if self.stall.is_some_and(hit) {
                self.stall = None;
                self.silent = true;
                frame.truncate(frame.len() / 2);
            }
            answer.extend(frame);
        }
    }

    fn closed(&mut self) {
        self.parser.clear();
    }
}

impl Reader {
    /// The answer's body to a request's body.
    fn answer(&mut self, request: &[u8]) -> Vec<u8> {
        let Some(command) = Command::from_body(request) else { return status(SamStatus::BadCommand) };
        match (command, &mut self.on_plate) {
            (Command::ResetSam | Command::SamStatus | Command::SetMaxRf(_) | Command::SetBaud(_), _) => {
                status(SamStatus::Ok)
            }
            (Command::SamId, _) => {
                let id = [5, 0, 1, 0, 0x3C, 0x14, 0x34, 1, 0x40, 0xE2, 1, 0, 0x15, 0xCD, 0x5B, 7];
                [status(SamStatus::Ok), id.to_vec()].concat()
            }
            (Command::Find, Some(card)) if card.step != Step::Read => {
                card.step = Step::Found;
                [status(SamStatus::Found), vec![0; 4]].concat()
            }
            (Command::Find, _) => status(SamStatus::FindFailed),
            (Command::Select, Some(card)) if card.step == Step::Found => {
                card.step = Step::Selected;
                [status(SamStatus::Ok), vec![0; 8]].concat()
            }
            (Command::Select, _) => status(SamStatus::SelectFailed),
            (Command::ReadBase, Some(card)) if matches!(card.step, Step::Selected | Step::Read) => {
                card.step = Step::Read;
                let photo = vec![0xC5; 1024];
                [status(SamStatus::Ok), vec![0x01, 0x00, 0x04, 0x00], card.text.to_vec(), photo].concat()
            }
            (Command::ReadBaseAndFingerprint, Some(card)) if matches!(card.step, Step::Selected | Step::Read) => {
                card.step = Step::Read;
                let (photo, finger) = (vec![0xC5; 1024], vec![0x46; 1024]);
                [status(SamStatus::Ok), vec![0x01, 0x00, 0x04, 0x00, 0x04, 0x00], card.text.to_vec(), photo, finger]
                    .concat()
            }
            (Command::ReadNewAddress, Some(card)) if card.step == Step::Read => status(SamStatus::NoContent),
            (Command::ReadBase | Command::ReadBaseAndFingerprint | Command::ReadNewAddress, _) => {
                status(SamStatus::ReadFailed)
            }
        }
    }
}

fn status(status: SamStatus) -> Vec<u8> {
    vec![0x00, 0x00, status.code()]
}
