//! How often one ticket's preparation may be changed: enough for a person in a hurry, not for a program.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use domain::queue::TicketId;
use protocol::Millis;

/// Changes that may be made at once.
const AT_ONCE: i64 = 60;

/// Afterwards one in so many milliseconds.
const EVERY: Millis = 2_000;

/// How many tickets are remembered before those that are at rest are cleared away.
const MANY: usize = 10_000;

/// Counts each ticket's changes. Every server counts its own.
#[derive(Debug, Default)]
pub struct Pace(Mutex<HashMap<TicketId, Millis>>);

impl Pace {
    /// Counts a change; false where it comes too soon.
    pub fn allows(&self, ticket: TicketId, now: Millis) -> bool {
        let mut tickets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tickets.len() >= MANY {
            tickets.retain(|_, rested_at| *rested_at > now);
        }
        // When the ticket would have all its changes again.
        let rested_at = tickets.entry(ticket).or_insert(now);
        let next = (*rested_at).max(now) + EVERY;
        if next - now > AT_ONCE * EVERY {
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
        assert!(pace.0.lock().unwrap().len() <= MANY + 1);
    }
}
