//! Messages to and from departments' own systems.

mod fetches;
mod inbox;
mod outbox;

pub use fetches::{Fetch, add_fetch, fetch, fetched, set_body};
pub use inbox::{InboxOutcome, InboxRow, Noted, Seen, again, note, noted, seen};
pub use outbox::{
    Figures, Kept, OutboxRow, claim, delivered, due, empty_bodies, figures, hasten, list, one, put_off, put_outbox,
    replay, stick,
};
