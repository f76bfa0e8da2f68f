//! What the desk does, without a window: plain values that take in the clerk's acts and the server's news.
//!
//! Every controller speaks to the outside through [`Outside`] alone, so each story of a desk can be told in a test.

pub mod absences;
pub mod actions;
pub mod case_file;
pub mod colleagues;
pub mod desk;
pub mod dialogs;
pub mod flight;
pub mod guides;
pub mod intake;
pub mod issued;
pub mod news;
pub mod notice;
pub mod outside;
pub mod paper_files;
pub mod papers;
pub mod queue_board;
pub mod session;
pub mod signals;
pub mod step_form;
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
