//! Frames of the window display's protocol; its description is in [the module above](super).

use encoding_rs::GB18030;

const START: u8 = 0x02;
/// Bytes of sequence, command and payload together.
const MAX_LEN: usize = 1024;
/// The longest field, in bytes of GB18030.
const MAX_FIELD: usize = 250;

pub(crate) const SHOW: u8 = 0x10;
pub(crate) const CLEAR: u8 = 0x11;
pub(crate) const PING: u8 = 0x13;
pub(crate) const ACK: u8 = 0x06;
pub(crate) const NAK: u8 = 0x15;

/// What a display shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Screen {
    /// The called ticket, such as `A001`.
    pub number: String,
    /// The window's name, such as `3号窗口`.
    pub window: String,
    /// A line of text, such as `暂停服务`.
    pub message: String,
}

impl Screen {
    pub(crate) fn is_blank(&self) -> bool {
        *self == Screen::default()
    }

    /// The payload of SHOW: three fields, each a length byte and GB18030 text. Text that has no room is cut at a character.
    pub(crate) fn payload(&self) -> Vec<u8> {
        let mut payload = Vec::new();
        for field in [&self.number, &self.window, &self.message] {
            let mut bytes = Vec::new();
            for c in field.chars().filter(|c| !c.is_control()) {
                let mut text = [0; 4];
                let encoded = GB18030.encode(c.encode_utf8(&mut text)).0.into_owned();
                if bytes.len() + encoded.len() > MAX_FIELD {
                    break;
                }
                bytes.extend(encoded);
            }
            payload.push(bytes.len() as u8);
            payload.extend(bytes);
        }
        payload
    }

    /// Reads the payload of SHOW; `None` where it is not three fields of text.
    pub(crate) fn from_payload(mut payload: &[u8]) -> Option<Self> {
        let mut fields = [const { String::new() }; 3];
        for field in &mut fields {
            let (len, rest) = payload.split_first()?;
            let (text, rest) = rest.split_at_checked(usize::from(*len))?;
            let (text, _, bad) = GB18030.decode(text);
            if bad {
                return None;
            }
            *field = text.into_owned();
            payload = rest;
        }
        let [number, window, message] = fields;
        payload.is_empty().then_some(Screen { number, window, message })
    }
}

/// A frame's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) sequence: u8,
    pub(crate) command: u8,
    pub(crate) payload: Vec<u8>,
}

impl Frame {
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let len = (self.payload.len() + 2) as u16;
        let mut bytes = vec![START];
        bytes.extend(len.to_be_bytes());
        bytes.extend([self.sequence, self.command]);
        bytes.extend(&self.payload);
        let check = crc16(&bytes[1..]);
        bytes.extend(check.to_be_bytes());
        bytes
    }
}

/// CRC-16/XMODEM: polynomial 1021, start 0.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0u16, |crc, byte| {
        (0..8).fold(
            crc ^ (u16::from(*byte) << 8),
            |crc, _| if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 },
        )
    })
}

/// Finds frames in a stream with noise; what fails its check is skipped byte by byte.
#[derive(Debug, Default)]
pub(crate) struct FrameReader {
    buffer: Vec<u8>,
}

impl FrameReader {
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    pub(crate) fn clear(&mut self) {
        self.buffer.clear();
    }

    pub(crate) fn next_frame(&mut self) -> Option<Frame> {
        loop {
            let start = self.buffer.iter().position(|byte| *byte == START).unwrap_or(self.buffer.len());
            self.buffer.drain(..start);
            let [_, high, low, rest @ ..] = self.buffer.as_slice() else { return None };
            let len = usize::from(u16::from_be_bytes([*high, *low]));
            if (2..=MAX_LEN).contains(&len) {
                let check = rest.get(len..len + 2)?;
                if check == crc16(&self.buffer[1..3 + len]).to_be_bytes() {
                    let frame = Frame { sequence: rest[0], command: rest[1], payload: rest[2..len].to_vec() };
                    self.buffer.drain(..len + 5);
                    return Some(frame);
                }
            }
            self.buffer.drain(..1);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_checksum_is_the_published_one() {
        assert_eq!(crc16(b"123456789"), 0x31C3);
    }

    #[test]
    fn a_screen_with_a_rare_character_survives_the_line() {
        let screen =
            Screen { number: "A001".into(), window: "3号窗口".into(), message: "请㐂𠮷到窗口".into() };
        assert_eq!(Screen::from_payload(&screen.payload()), Some(screen));
        assert_eq!(Screen::from_payload(&[3, b'A']), None);
    }

    #[test]
    fn a_text_without_room_is_cut_at_a_character() {
        let screen = Screen { message: "暂".repeat(400), ..Screen::default() };
        let shown = Screen::from_payload(&screen.payload()).unwrap();
        assert_eq!(shown.message, "暂".repeat(125));
    }

    proptest! {
        #[test]
        fn a_frame_is_found_behind_any_noise_without_a_start_byte(
            noise in proptest::collection::vec(3u8.., 0..40),
            payload in proptest::collection::vec(any::<u8>(), 0..60),
            cut in 0usize..40,
        ) {
            let frame = Frame { sequence: 7, command: SHOW, payload };
            let stream = [noise, frame.to_bytes()].concat();
            let mut reader = FrameReader::default();
            let cut = cut.min(stream.len());
            reader.feed(&stream[..cut]);
            let early = reader.next_frame();
            reader.feed(&stream[cut..]);
            prop_assert_eq!(early.or_else(|| reader.next_frame()), Some(frame));
        }

        #[test]
        fn no_stream_makes_the_reader_panic_or_hang(stream in proptest::collection::vec(any::<u8>(), 0..400)) {
            let mut reader = FrameReader::default();
            reader.feed(&stream);
            while reader.next_frame().is_some() {}
        }
    }
}
