//! Departments that decide in their own systems.

mod answers;
mod course;
mod delivery;
mod files;
mod stuck;
