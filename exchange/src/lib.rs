//! What travels between the hall and departments' own systems (部门业务系统): one signed message after the other, each of
//! which may come twice. `docs/exchange.md` describes it for those who build the other side.
//!
//! The server and the stand-in for a department's system use the same words from here: [`envelope`] is what is sent,
//! [`signing`] how it is signed, [`verify`] what a receiver refuses, [`messages`] what may be said, [`answer`] what is
//! answered, [`client`] how it is sent and what an answer means, [`retry`] when it is tried again.

pub mod answer;
pub mod client;
pub mod envelope;
pub mod hex;
pub mod messages;
pub mod retry;
pub mod settings;
pub mod signing;
pub mod stand_in;
pub mod verify;

/// The header that carries a message's or an answer's signature.
pub const SIGNATURE: &str = "exchange-signature";

/// Epoch milliseconds, UTC.
pub type Millis = i64;
