//! Electronic supervision (电子监察): rules watch the clocks and steps of cases and raise signals; units reply, supervisors review
//! (approval reference, section 3.2).

mod rules;
mod signal;
#[cfg(test)]
mod tests;

pub use rules::{Raise, RuleError, Rules};
pub use signal::{Reply, Review, Signal, SignalEvent, SignalRefusal, SignalState};
