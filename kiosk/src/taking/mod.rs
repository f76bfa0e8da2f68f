//! Taking and printing a ticket: durable, and never twice.
//!
//! A request is on disk with its idempotency key before it is sent, and is repeated with the same key when the answer is lost.
//! A print is on disk before its first byte is sent, so that a ticket which may be on paper is never printed again by itself:
//! it is offered once more, and that is all.

mod entry;
mod journal;
mod pipeline;
#[cfg(test)]
mod pipeline_tests;

pub use entry::{Entry, WrongStep};
pub use journal::{Journal, JournalError, Key};
pub use pipeline::{Office, Outside, Paper, Pipeline, PrintFailure, TakeError, TicketNews, TicketPaper};
