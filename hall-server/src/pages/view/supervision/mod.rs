//! The pages of electronic supervision (电子监察): what is about to go wrong, signals, one case.

pub mod ahead;
pub mod case;
pub mod parts;
pub mod signal;
pub mod signals;

#[cfg(test)]
mod tests;
