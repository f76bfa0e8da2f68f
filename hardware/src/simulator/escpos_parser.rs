//! Reads an ESC/POS stream as a printer's firmware does. Written from the command tables, without a look at this crate's encoder,
//! so that the two check each other.

/// One command, or a run of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// Bytes from 0x20 on.
    Text(Vec<u8>),
    LineFeed,
    /// ESC d n
    FeedLines(u8),
    /// ESC J n
    FeedDots(u8),
    /// ESC @
    Init,
    /// ESC a n: 0 left, 1 centre, 2 right.
    Align(u8),
    /// GS ! n, as (width, height) from 1 to 8.
    Size(u8, u8),
    /// ESC E n
    Bold(bool),
    /// GS B n
    Reverse(bool),
    /// ESC 3 n; `None` for ESC 2.
    LineSpacing(Option<u8>),
    /// FS & and FS .
    Chinese(bool),
    /// GS v 0
    Raster {
        bytes_per_row: usize,
        rows: usize,
        data: Vec<u8>,
    },
    /// GS ( k with cn 49: function and its parameters.
    Qr {
        function: u8,
        data: Vec<u8>,
    },
    /// GS V
    Cut,
    /// DLE EOT n
    RealTimeStatus(u8),
    /// GS r n
    Status(u8),
    /// A known command without effect on a simulated paper, by name.
    Other(&'static str),
    /// Bytes that are no command of this printer.
    Unknown(Vec<u8>),
}

/// Cuts a stream into tokens; a command that is not complete waits for its rest.
#[derive(Debug, Clone, Default)]
pub struct Parser {
    pending: Vec<u8>,
}

/// What stands at the front of the stream.
enum Front {
    Token(Token, usize),
    /// More bytes are needed.
    Incomplete,
}

impl Parser {
    /// Takes bytes and returns the tokens that are complete with them. Text at the end of `bytes` is returned at once, but for the
    /// first half of a Chinese character.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Token> {
        self.pending.extend_from_slice(bytes);
        let mut tokens = Vec::new();
        let mut at = 0;
        while at < self.pending.len() {
            match front(&self.pending[at..]) {
                Front::Token(token, len) => {
                    tokens.push(token);
                    at += len;
                }
                Front::Incomplete => break,
            }
        }
        self.pending.drain(..at);
        tokens
    }
}

fn front(stream: &[u8]) -> Front {
    let [first, rest @ ..] = stream else { return Front::Incomplete };
    match first {
        0x20.. => text(stream),
        b'\n' => Front::Token(Token::LineFeed, 1),
        b'\r' => Front::Token(Token::Other("CR"), 1),
        0x10 => match rest {
            [] | [0x04] => Front::Incomplete,
            [0x04, n, ..] => Front::Token(Token::RealTimeStatus(*n), 3),
            [other, ..] => unknown(&[0x10, *other]),
        },
        0x1B => escape(rest),
        0x1C => match rest {
            [] => Front::Incomplete,
            [b'&', ..] => Front::Token(Token::Chinese(true), 2),
            [b'.', ..] => Front::Token(Token::Chinese(false), 2),
            [b'!' | b'-' | b'W', ..] => with_n(rest, |_| Token::Other("FS attribute")),
            [other, ..] => unknown(&[0x1C, *other]),
        },
        0x1D => group(rest),
        other => unknown(&[*other]),
    }
}

fn unknown(bytes: &[u8]) -> Front {
    Front::Token(Token::Unknown(bytes.to_vec()), bytes.len())
}

/// A command of three bytes, the last of which is its parameter; `rest` starts at the second.
fn with_n(rest: &[u8], token: impl FnOnce(u8) -> Token) -> Front {
    match rest {
        [_, n, ..] => Front::Token(token(*n), 3),
        _ => Front::Incomplete,
    }
}

fn escape(rest: &[u8]) -> Front {
    match rest.first() {
        None => Front::Incomplete,
        Some(b'@') => Front::Token(Token::Init, 2),
        Some(b'2') => Front::Token(Token::LineSpacing(None), 2),
        Some(b'3') => with_n(rest, |n| Token::LineSpacing(Some(n))),
        Some(b'a') => with_n(rest, |n| Token::Align(n % 48)),
        Some(b'd') => with_n(rest, Token::FeedLines),
        Some(b'J') => with_n(rest, Token::FeedDots),
        Some(b'E') => with_n(rest, |n| Token::Bold(n & 1 == 1)),
        Some(b'!' | b'G' | b'-' | b'M' | b'{' | b't' | b'R' | b' ') => with_n(rest, |_| Token::Other("ESC setting")),
        Some(other) => unknown(&[0x1B, *other]),
    }
}

fn group(rest: &[u8]) -> Front {
    match rest {
        [] => Front::Incomplete,
        [b'!', ..] => with_n(rest, |n| Token::Size((n >> 4 & 7) + 1, (n & 7) + 1)),
        [b'B', ..] => with_n(rest, |n| Token::Reverse(n & 1 == 1)),
        [b'b', ..] => with_n(rest, |_| Token::Other("GS b")),
        [b'r', ..] => with_n(rest, Token::Status),
        [b'V', 0 | 1 | 48 | 49, ..] => Front::Token(Token::Cut, 3),
        [b'V', 65 | 66 | 97 | 98 | 103 | 104, _, ..] => Front::Token(Token::Cut, 4),
        [b'V'] | [b'V', 65 | 66 | 97 | 98 | 103 | 104] => Front::Incomplete,
        [b'v', b'0', _m, x_low, x_high, y_low, y_high, data @ ..] => {
            let bytes_per_row = usize::from(*x_low) + 256 * usize::from(*x_high);
            let rows = usize::from(*y_low) + 256 * usize::from(*y_high);
            match data.get(..bytes_per_row * rows) {
                Some(data) => {
                    let len = 8 + data.len();
                    Front::Token(Token::Raster { bytes_per_row, rows, data: data.to_vec() }, len)
                }
                None => Front::Incomplete,
            }
        }
        [b'v'] | [b'v', b'0', ..] => Front::Incomplete,
        [b'(', b'k', low, high, data @ ..] => {
            let len = usize::from(*low) + 256 * usize::from(*high);
            match data.get(..len) {
                Some([49, function, data @ ..]) => {
                    Front::Token(Token::Qr { function: *function, data: data.to_vec() }, 5 + len)
                }
                Some(_) => Front::Token(Token::Other("GS ( k"), 5 + len),
                None => Front::Incomplete,
            }
        }
        [b'('] | [b'(', b'k', ..] => Front::Incomplete,
        [other, ..] => unknown(&[0x1D, *other]),
    }
}

/// A run of text that does not end within a Chinese character.
fn text(stream: &[u8]) -> Front {
    let end = stream.iter().position(|byte| *byte < 0x20).unwrap_or(stream.len());
    let mut at = 0;
    while at < end {
        let len = match &stream[at..end] {
            [0x81..=0xFE, 0x30..=0x39, ..] => 4,
            [0x81..=0xFE, ..] => 2,
            _ => 1,
        };
        if at + len > end {
            // The rest of the character may still come, unless a control byte already follows.
            if end < stream.len() {
                at = end;
            }
            break;
        }
        at += len;
    }
    if at == 0 { Front::Incomplete } else { Front::Token(Token::Text(stream[..at].to_vec()), at) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_measured_stream_is_read_command_by_command() {
        let stream = [
            &b"\x1b@\x1ba\x01\x1c&\xb8\xa3\xcc\xef\x1d!\x11A001"[..],
            b"\x1d(k\x04\x001A2\x00\x1d(k\x05\x001P0hi\x1d(k\x03\x001Q0",
            b"\x1dVB\x00\x10\x04\x01",
        ]
        .concat();
        let tokens = Parser::default().feed(&stream);
        assert_eq!(
            tokens,
            [
                Token::Init,
                Token::Align(1),
                Token::Chinese(true),
                Token::Text(b"\xb8\xa3\xcc\xef".to_vec()),
                Token::Size(2, 2),
                Token::Text(b"A001".to_vec()),
                Token::Qr { function: 65, data: vec![50, 0] },
                Token::Qr { function: 80, data: b"0hi".to_vec() },
                Token::Qr { function: 81, data: b"0".to_vec() },
                Token::Cut,
                Token::RealTimeStatus(1),
            ]
        );
    }

    /// Joins neighbouring text, which may arrive in several tokens.
    fn joined(tokens: Vec<Token>) -> Vec<Token> {
        let mut joined: Vec<Token> = Vec::new();
        for token in tokens {
            match (joined.last_mut(), token) {
                (Some(Token::Text(text)), Token::Text(more)) => text.extend(more),
                (_, token) => joined.push(token),
            }
        }
        joined
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_pieces_give_the_same_tokens(bytes in proptest::collection::vec(any::<u8>(), 0..300), cuts in proptest::collection::vec(1usize..20, 0..40)) {
            let whole = joined(Parser::default().feed(&bytes));
            let mut parser = Parser::default();
            let mut pieces = Vec::new();
            let mut rest = bytes.as_slice();
            for cut in cuts.into_iter().chain([usize::MAX]) {
                let (piece, after) = rest.split_at(cut.min(rest.len()));
                pieces.extend(parser.feed(piece));
                rest = after;
            }
            // A run of text may be given out early in pieces, but never other commands or other bytes.
            prop_assert_eq!(joined(pieces), whole);
        }
    }
}
