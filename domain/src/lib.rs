//! The rules of the hall. No I/O, no clock and no randomness of its own: instants, ids and codes are passed in.
//!
//! Plain values that also travel between programs (texts, items, states) are those of `protocol`, so that a word has one definition.

pub mod absences;
pub mod calendar;
pub mod cases;
pub mod catalogue;
pub mod civil;
pub mod identity;
pub mod lookups;
pub mod notices;
pub mod preparation;
pub mod queue;
pub mod supervision;
