//! Messages to and from departments' own systems.

mod inbox;
mod outbox;

pub use inbox::{InboxOutcome, InboxRow, Noted, Seen, again, note, noted, seen};
pub use outbox::{
    Figures, Kept, OutboxRow, claim, delivered, due, empty_bodies, figures, hasten, list, one, put_off, put_outbox,
    replay, stick,
};
