//! The hall's server. Rooms are named after the domain's words; each has its rules in `domain`, its statements in
//! [`store`] and its endpoints beside it. The arrows run one way: endpoints → [`engine`] → [`store`] and `domain`.

pub mod absences;
pub mod calendar;
pub mod cases;
pub mod catalogue;
pub mod clock;
pub mod commands;
pub mod config;
pub mod engine;
pub mod events;
pub mod evidence;
pub mod exchange;
pub mod files;
pub mod http;
pub mod identity;
pub mod lookups;
pub mod metrics;
pub mod notices;
pub mod pages;
pub mod preparation;
pub mod queue;
pub mod state;
pub mod store;
pub mod submission;
pub mod supervision;

pub use http::router;
pub use state::AppState;

/// Bytes from lower-case hexadecimal; `None` for anything else.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let nibble = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| Some((nibble(*pair.first()?)? << 4) | nibble(*pair.get(1)?)?)).collect()
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
