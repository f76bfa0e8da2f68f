//! What travels between the hall's programs: requests, responses, events and error codes.
//!
//! Kiosks lag behind the server when it is upgraded, so every type here tolerates fields it does not know,
//! and every enum that a program reads has an `Unknown` arm or is only written by the reader's own side.
//! Instants are epoch milliseconds UTC (`…_at`); civil dates are ISO text; money is in fen (1/100 yuan).

pub mod absence;
pub mod calendar;
pub mod case;
pub mod catalogue;
pub mod draft;
pub mod event;
pub mod exchange;
pub mod files;
pub mod lookup;
pub mod preparation;
pub mod problem;
pub mod queue;
pub mod staff;
pub mod supervision;

/// Epoch milliseconds, UTC.
pub type Millis = i64;

/// The header that carries the idempotency key of a request that changes state: 8–64 characters of `[A-Za-z0-9-]`.
/// A request repeated with the same key gets the first answer again and changes nothing.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The media type of an error body (RFC 9457).
pub const PROBLEM_JSON: &str = "application/problem+json";
