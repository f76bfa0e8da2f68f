//! What the desk does, without a window: plain values that take in the clerk's acts and the server's news.
//!
//! Every controller speaks to the outside through [`Outside`] alone, so each story of a desk can be told in a test.

pub mod case_file;
pub mod desk;
pub mod dialogs;
pub mod flight;
pub mod intake;
pub mod news;
pub mod notice;
pub mod outside;
pub mod queue_board;
pub mod session;
pub mod tasks;
pub mod window;

pub use desk::{Desk, Page};
pub use dialogs::Dialog;
pub use notice::{Notice, Tone};
pub use outside::{Outside, Paper};

#[cfg(test)]
mod stories;
#[cfg(test)]
mod test_support;
