//! The serial frame of the reader's security module (SAM_V):
//!
//! ```text
//! request   AA AA AA 96 69 | Len Len | CMD Para [data…] | CHK
//! response  AA AA AA 96 69 | Len Len | SW1 SW2 SW3 [data…] | CHK
//! ```
//!
//! Len is big-endian and counts everything after itself, CHK included; CHK is the exclusive-or of everything between preamble and
//! itself.

/// Five bytes before every frame.
pub const PREAMBLE: [u8; 5] = [0xAA, 0xAA, 0xAA, 0x96, 0x69];

/// The longest answer there is: text, photo and two fingerprints, 2321 bytes with preamble and length.
pub const MAX_LEN: usize = 2321 - 7;

/// What some readers with an Android board send when they lose patience with the module themselves: not a proper frame, two bytes
/// short of its own length.
const READER_TIMEOUT: [u8; 5] = [0x00, 0x05, 0x05, 0x05, 0x05];

/// Builds a frame around a body (command or status with data).
///
/// # Panics
/// In debug builds where the body is longer than [`MAX_LEN`] allows.
pub fn build(body: &[u8]) -> Vec<u8> {
    debug_assert!(body.len() < MAX_LEN);
    let len = u16::try_from(body.len() + 1).unwrap_or(u16::MAX).to_be_bytes();
    let check = len.iter().chain(body).fold(0, |check, byte| check ^ byte);
    [&PREAMBLE, len.as_slice(), body, &[check]].concat()
}

/// A command to the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    ResetSam,
    SamStatus,
    SamId,
    Find,
    Select,
    /// Text and photo.
    ReadBase,
    ReadBaseAndFingerprint,
    /// The newest appended address; also tells whether the card is still there.
    ReadNewAddress,
    /// Largest radio packet, in bytes.
    SetMaxRf(u8),
    /// 0: 115200 … 4: 9600.
    SetBaud(u8),
}

impl Command {
    pub fn frame(self) -> Vec<u8> {
        match self {
            Command::ResetSam => build(&[0x10, 0xFF]),
            Command::SamStatus => build(&[0x11, 0xFF]),
            Command::SamId => build(&[0x12, 0xFF]),
            Command::Find => build(&[0x20, 0x01]),
            Command::Select => build(&[0x20, 0x02]),
            Command::ReadBase => build(&[0x30, 0x01]),
            Command::ReadBaseAndFingerprint => build(&[0x30, 0x10]),
            Command::ReadNewAddress => build(&[0x30, 0x03]),
            Command::SetMaxRf(bytes) => build(&[0x61, 0xFF, bytes]),
            Command::SetBaud(code) => build(&[0x60, code]),
        }
    }

    /// The command in a request's body, as the simulator reads it.
    pub fn from_body(body: &[u8]) -> Option<Self> {
        Some(match body {
            [0x10, 0xFF] => Command::ResetSam,
            [0x11, 0xFF] => Command::SamStatus,
            [0x12, 0xFF] => Command::SamId,
            [0x20, 0x01] => Command::Find,
            [0x20, 0x02] => Command::Select,
            [0x30, 0x01] => Command::ReadBase,
            [0x30, 0x10] => Command::ReadBaseAndFingerprint,
            [0x30, 0x03] => Command::ReadNewAddress,
            [0x61, 0xFF, bytes] => Command::SetMaxRf(*bytes),
            [0x60, code @ 0..=4] => Command::SetBaud(*code),
            _ => return None,
        })
    }
}

/// The module's own status, SW3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SamStatus {
    #[error("ok")]
    Ok,
    #[error("card found")]
    Found,
    #[error("no content for this item")]
    NoContent,
    #[error("checksum wrong")]
    ChecksumWrong,
    #[error("length wrong")]
    LengthWrong,
    #[error("bad command")]
    BadCommand,
    #[error("not permitted")]
    NotPermitted,
    #[error("unknown error")]
    UnknownError,
    #[error("card refused the module")]
    CardRefusedSam,
    #[error("module refused the card")]
    SamRefusedCard,
    #[error("information failed verification")]
    VerificationFailed,
    #[error("unknown card type")]
    UnknownCardType,
    #[error("read failed")]
    ReadFailed,
    #[error("random number failed")]
    RandomFailed,
    #[error("self-test failed, takes no commands")]
    SelfTestFailed,
    #[error("module not authorised")]
    NotAuthorised,
    #[error("no card found")]
    FindFailed,
    #[error("card not selected")]
    SelectFailed,
    #[error("code {0:02x}")]
    Other(u8),
}

impl SamStatus {
    const CODES: [(u8, SamStatus); 18] = [
        (0x90, SamStatus::Ok),
        (0x9F, SamStatus::Found),
        (0x91, SamStatus::NoContent),
        (0x10, SamStatus::ChecksumWrong),
        (0x11, SamStatus::LengthWrong),
        (0x21, SamStatus::BadCommand),
        (0x23, SamStatus::NotPermitted),
        (0x24, SamStatus::UnknownError),
        (0x31, SamStatus::CardRefusedSam),
        (0x32, SamStatus::SamRefusedCard),
        (0x33, SamStatus::VerificationFailed),
        (0x40, SamStatus::UnknownCardType),
        (0x41, SamStatus::ReadFailed),
        (0x47, SamStatus::RandomFailed),
        (0x60, SamStatus::SelfTestFailed),
        (0x66, SamStatus::NotAuthorised),
        (0x80, SamStatus::FindFailed),
        (0x81, SamStatus::SelectFailed),
    ];

    pub fn from_code(code: u8) -> Self {
        Self::CODES.iter().find(|(known, _)| *known == code).map_or(SamStatus::Other(code), |(_, status)| *status)
    }

    pub fn code(self) -> u8 {
        match self {
            SamStatus::Other(code) => code,
            known => Self::CODES.iter().find(|(_, status)| *status == known).map_or(0x24, |(code, _)| *code),
        }
    }
}

/// What came out of the byte stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// A frame's body: everything between Len and CHK.
    Frame(Vec<u8>),
    /// A whole frame whose checksum does not fit.
    BadChecksum,
    /// The reader's board gave up waiting for its module (`00 05 05 05 05`).
    ReaderTimeout,
}

/// Finds frames in a stream of bytes that may be cut anywhere and hold noise.
///
/// It looks for the preamble byte by byte, bounds Len, and never holds more than one longest frame. After a frame with a wrong
/// checksum it goes on one byte after the false start, so a good frame inside it is still found.
#[derive(Debug, Clone, Default)]
pub struct FrameParser {
    buffer: Vec<u8>,
    /// What lies before it is done with; thrown away when more comes in.
    start: usize,
}

impl FrameParser {
    pub fn feed(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.start);
        self.start = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The next thing in the stream, or `None` until more bytes come.
    pub fn next_received(&mut self) -> Option<Received> {
        loop {
            self.skip_to_preamble();
            let after = self.buffer.get(self.start + PREAMBLE.len()..)?;
            if after.starts_with(&READER_TIMEOUT) {
                self.start += PREAMBLE.len() + READER_TIMEOUT.len();
                return Some(Received::ReaderTimeout);
            }
            let [high, low, rest @ ..] = after else { return None };
            let len = usize::from(u16::from_be_bytes([*high, *low]));
            if !(2..=MAX_LEN).contains(&len) {
                self.start += 1;
                continue;
            }
            let (content, _) = rest.split_at_checked(len)?;
            let (body, check) = content.split_at(len - 1);
            let expected = body.iter().fold(high ^ low, |check, byte| check ^ byte);
            if check == [expected] {
                let body = body.to_vec();
                self.start += PREAMBLE.len() + 2 + len;
                return Some(Received::Frame(body));
            }
            self.start += 1;
            return Some(Received::BadChecksum);
        }
    }

    /// Time has run out for the frame at the front: forget its first byte, so that a frame behind it is found. True where there
    /// was something to forget.
    pub fn give_up(&mut self) -> bool {
        let half = self.start < self.buffer.len();
        self.start += usize::from(half);
        half
    }

    /// Forgets everything, before a new question is asked.
    pub fn clear(&mut self) {
        self.buffer.clear();
        self.start = 0;
    }

    fn skip_to_preamble(&mut self) {
        let stands = |rest: &[u8]| rest.iter().zip(PREAMBLE).all(|(byte, expected)| *byte == expected);
        while self.start < self.buffer.len() && !stands(&self.buffer[self.start..]) {
            self.start += 1;
        }
    }
}
