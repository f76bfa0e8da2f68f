//! The working-day calendar as versioned data: years that operators load, and what anyone may ask. The engine holds what is
//! in force.

pub mod file;
pub mod http;
pub mod load;

pub use self::http::router;
