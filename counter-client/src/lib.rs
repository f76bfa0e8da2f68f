//! The desk (窗口工作台): a clerk calls, takes in and hands over; a reviewer and a signer work through their tasks.
//!
//! | layer | where | knows |
//! |---|---|---|
//! | screens | `ui/*.slint` | what is shown, no server |
//! | adapters | [`adapters`] | one per screen: binds its global to a controller |
//! | controllers | [`controllers`] | what the desk does; plain Rust, no window, no clock of its own |
//! | server | [`server`] | HTTP and events, on a thread of its own |
//! | devices | [`devices`] | printer, window display and scanner, on threads of their own |

#[cfg(all(feature = "remote-control", not(debug_assertions)))]
compile_error!(
    "the remote control lets any program on this machine press the desk's buttons: it is for tests, never for a release"
);

pub mod adapters;
pub mod bindings;
pub mod clock;
pub mod config;
pub mod controllers;
pub mod devices;
pub mod keyboard;
pub mod server;
#[cfg(test)]
mod translations_test;
