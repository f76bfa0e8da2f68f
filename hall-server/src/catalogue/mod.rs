//! Halls, departments and items: import, publication, what kiosks show.

pub mod halls_file;
pub mod http;
pub mod import;
pub mod publication;
pub mod sample;

pub use http::router;
