//! The hall's server. Rooms are named after the domain's words; each has its rules in `domain`, its statements in
//! [`store`] and its endpoints beside it. The arrows run one way: endpoints → [`engine`] → [`store`] and `domain`.

pub mod cases;
pub mod catalogue;
pub mod clock;
pub mod config;
pub mod engine;
pub mod events;
pub mod http;
pub mod identity;
pub mod pages;
pub mod queue;
pub mod state;
pub mod store;

pub use http::router;
pub use state::AppState;
