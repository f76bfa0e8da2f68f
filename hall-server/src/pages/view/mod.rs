//! What the pages show: from the protocol's types to the texts that stand in the templates. No request, no storage.

pub mod apply;
pub mod board;
pub mod error;
pub mod follow;
pub mod index;
pub mod items;
pub mod notice;
pub mod prepare;
pub mod supervision;
pub mod supervisor;
pub mod withdraw;

#[cfg(test)]
mod tests;
