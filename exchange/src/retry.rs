//! When a message that could not be delivered is tried again.

use serde::{Deserialize, Serialize};

use crate::Millis;

const SECOND: f64 = 1000.0;
const DAY: Millis = 24 * 3600 * 1000;

/// Growing pauses over days, then the message is stuck and a person looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RetryPlan {
    /// The first pause, in seconds.
    pub first_seconds: u32,
    /// The longest pause, in seconds.
    pub longest_seconds: u32,
    /// How long it is tried, in days from the first attempt.
    pub days: u32,
}

impl Default for RetryPlan {
    /// 30 s, doubled up to 6 h, for 7 days: a system that is down from Friday evening to Monday noon loses nothing.
    fn default() -> Self {
        RetryPlan { first_seconds: 30, longest_seconds: 6 * 3600, days: 7 }
    }
}

impl RetryPlan {
    /// The pause after a failed attempt (1 for the first), in milliseconds. `jitter` from 0 to 1 takes up to a fifth
    /// off, so that what failed together is not tried together.
    pub fn pause(&self, attempt: i64, jitter: f64) -> Millis {
        let doublings = i32::try_from(attempt.clamp(1, 31) - 1).unwrap_or(0);
        let pause = (f64::from(self.first_seconds) * 2f64.powi(doublings)).min(f64::from(self.longest_seconds));
        let shortened = pause * SECOND * (1.0 - 0.2 * jitter.clamp(0.0, 1.0));
        (shortened as Millis).max(1)
    }

    /// When it is tried next; `None` where the plan is at its end and the message is stuck.
    pub fn next(&self, first: Millis, attempt: i64, now: Millis, jitter: f64) -> Option<Millis> {
        let next = now + self.pause(attempt, jitter);
        (next <= first + Millis::from(self.days) * DAY).then_some(next)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pauses_double_from_half_a_minute_to_six_hours() {
        let plan = RetryPlan::default();
        let pauses: Vec<i64> = (1..=12).map(|attempt| plan.pause(attempt, 0.0) / 1000).collect();
        assert_eq!(pauses, [30, 60, 120, 240, 480, 960, 1920, 3840, 7680, 15360, 21600, 21600]);
    }

    #[test]
    fn a_week_holds_some_thirty_attempts_and_then_the_message_is_stuck() {
        let plan = RetryPlan::default();
        let (mut now, mut attempts) = (0, 1);
        while let Some(next) = plan.next(0, attempts, now, 0.0) {
            now = next;
            attempts += 1;
        }
        assert!((30..50).contains(&attempts), "{attempts}");
        assert!(now > 6 * DAY && now <= 7 * DAY);
    }

    proptest! {
        #[test]
        fn pauses_grow_and_jitter_only_shortens_them(
            first in 1u32..600, longest in 600u32..100_000, attempt in 1i64..100, jitter in 0.0f64..=1.0,
        ) {
            let plan = RetryPlan { first_seconds: first, longest_seconds: longest, days: 7 };
            let whole = plan.pause(attempt, 0.0);
            prop_assert!(plan.pause(attempt + 1, 0.0) >= whole);
            prop_assert!(whole <= i64::from(longest) * 1000);
            let shortened = plan.pause(attempt, jitter);
            prop_assert!(shortened <= whole && shortened * 10 >= whole * 7);
        }
    }
}
