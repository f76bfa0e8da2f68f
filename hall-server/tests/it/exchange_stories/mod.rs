//! Departments that decide in their own systems.

mod answers;
mod delivery;
mod stuck;
