//! How often one preparation may be changed: enough for a person in a hurry, not for a program.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use protocol::Millis;

/// How many preparations are remembered before those that are at rest are cleared away.
const MANY: usize = 10_000;

/// Counts changes by the number of what is changed. Every server counts its own.
#[derive(Debug)]
pub struct Pace {
    at_once: i64,
    every: Millis,
    rested: Mutex<HashMap<i64, Millis>>,
}

impl Default for Pace {
    fn default() -> Self {
        Pace::new(60, 2_000)
    }
}

impl Pace {
    /// So many changes at once; afterwards one in so many milliseconds.
    pub fn new(at_once: i64, every: Millis) -> Self {
        Pace { at_once, every, rested: Mutex::default() }
    }

    /// Counts a change; false where it comes too soon.
    pub fn allows(&self, changed: i64, now: Millis) -> bool {
        let mut rested = self.rested.lock().unwrap_or_else(PoisonError::into_inner);
        if rested.len() >= MANY {
            rested.retain(|_, rested_at| *rested_at > now);
        }
        // When it would have all its changes again.
        let rested_at = rested.entry(changed).or_insert(now);
        let next = (*rested_at).max(now) + self.every;
        if next - now > self.at_once * self.every {
            return false;
        }
        *rested_at = next;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hurried_person_is_served_and_a_program_waits() {
        let pace = Pace::default();
        let at_once = (0..100).filter(|_| pace.allows(1, 0)).count();
        assert_eq!(at_once, 60);
        assert!(pace.allows(2, 0), "others are not slowed down");
        assert!(!pace.allows(1, 1_999));
        assert!(pace.allows(1, 2_000) && !pace.allows(1, 2_000));
        assert_eq!((0..100).filter(|_| pace.allows(1, 1_000_000)).count(), 60);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let pace = Pace::default();
        for ticket in 0..25_000 {
            pace.allows(ticket, ticket * 10);
        }
        assert!(pace.rested.lock().unwrap().len() <= MANY + 1);
    }
}
