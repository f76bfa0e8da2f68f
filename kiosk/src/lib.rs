//! The self-service kiosk (自助终端).
//!
//! | module | what it holds |
//! |---|---|
//! | [`visit`] | the visit of one person as a state machine: pure, told of touches and news, answers with commands |
//! | [`shelf`] | the hall's catalogue, with what the screens look up in it |
//! | [`taking`] | taking and printing a ticket: durable, never twice |
//! | [`server`] | the hall server: client, watch over catalogue and queue |
//! | [`devices`] | printer, ID-card reader and code scanner, each on its own thread |
//! | `adapters` | one per screen: shows the visit's state in its Slint global, turns its callbacks into touches |
//! | [`application`] | the wiring |
//!
//! The arrows run one way: `ui/*.slint` knows no Rust, adapters know the visit, the visit knows neither window nor server.

mod adapters;
pub mod application;
pub mod clock;
pub mod config;
pub mod devices;
#[cfg(test)]
mod screen_tests;
pub mod server;
pub mod shelf;
pub mod slips;
pub mod taking;
pub mod visit;

/// What slint-build made of `ui/`.
#[expect(missing_debug_implementations, unreachable_pub, clippy::todo, clippy::unwrap_used, reason = "generated code")]
mod ui {
    slint::include_modules!();
}
