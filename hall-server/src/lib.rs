//! The hall's server. Rooms are named after the domain's words; each has its rules in `domain`, its statements in
//! [`store`] and its endpoints beside it. The arrows run one way: endpoints → [`engine`] → [`store`] and `domain`.

pub mod calendar;
pub mod cases;
pub mod catalogue;
pub mod clock;
pub mod commands;
pub mod config;
pub mod engine;
pub mod events;
pub mod exchange;
pub mod http;
pub mod identity;
pub mod metrics;
pub mod pages;
pub mod queue;
pub mod state;
pub mod store;
pub mod supervision;

pub use http::router;
pub use state::AppState;

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
