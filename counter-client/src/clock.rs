//! The one place where the desk reads the time, and the hall's way of writing it.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use protocol::Millis;

/// Every hall keeps Beijing time.
const HALL_ZONE: &str = "Asia/Shanghai";

#[expect(clippy::disallowed_methods, reason = "this is the desk's clock")]
pub fn now() -> Millis {
    Timestamp::now().as_millisecond()
}

/// `11-24 09:05` in the hall's civil time.
pub fn day_and_time(at: Millis) -> String {
    civil(at, "%m-%d %H:%M")
}

/// `09:05` in the hall's civil time.
pub fn time_of_day(at: Millis) -> String {
    civil(at, "%H:%M")
}

/// `2026-11-24` in the hall's civil time.
pub fn day(at: Millis) -> String {
    civil(at, "%Y-%m-%d")
}

/// `2026-11-24 09:05` in the hall's civil time.
pub fn full(at: Millis) -> String {
    civil(at, "%Y-%m-%d %H:%M")
}

fn civil(at: Millis, format: &str) -> String {
    let zone = TimeZone::get(HALL_ZONE).unwrap_or(TimeZone::UTC);
    Timestamp::from_millisecond(at)
        .map_or_else(|_| String::new(), |t| t.to_zoned_datetime(zone).strftime(format).to_string())
}

/// Whole minutes from `since` to `now`; 0 where the clocks disagree.
pub fn minutes_between(since: Millis, now: Millis) -> i32 {
    let span = SignedDuration::from_millis(now.saturating_sub(since));
    i32::try_from(span.as_mins().max(0)).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_in_beijing_time() {
        // 2026-11-24T01:05:00Z
        assert_eq!(full(1_795_482_300_000), "2026-11-24 09:05");
        assert_eq!(time_of_day(1_795_482_300_000), "09:05");
    }

    #[test]
    fn a_wait_is_never_negative() {
        assert_eq!(minutes_between(120_000, 0), 0);
        assert_eq!(minutes_between(0, 179_999), 2);
    }
}
