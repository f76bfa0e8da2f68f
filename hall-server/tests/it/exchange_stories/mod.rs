//! Departments that decide in their own systems.

mod answers;
mod course;
mod delivery;
pub(crate) mod files;
mod stuck;
