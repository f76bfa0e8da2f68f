//! The hall server: requests, and a watch over catalogue and queue. Everything here blocks and runs on threads of its own.

mod client;
mod store;
mod watch;

pub(crate) use client::is_unknown;
pub use client::{Client, ClientError};
pub use store::Store;
pub use watch::{ServerNews, watch};
