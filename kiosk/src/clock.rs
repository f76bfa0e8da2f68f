//! The kiosk's clock: the one place that asks the system for the time.

use std::time::{Duration, Instant};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use protocol::Millis;

/// The hall's time zone.
pub const ZONE: &str = "Asia/Shanghai";

/// One reading of the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Since the program began; never jumps. What waiting times are measured with.
    pub running: Duration,
    /// Civil time in the hall.
    pub civil: DateTime,
    /// Epoch milliseconds.
    pub epoch: Millis,
}

#[derive(Debug, Clone)]
pub struct Clock {
    began: Instant,
    zone: TimeZone,
}

impl Default for Clock {
    fn default() -> Self {
        Clock { began: Instant::now(), zone: TimeZone::get(ZONE).unwrap_or(TimeZone::UTC) }
    }
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn read(&self) -> Moment {
        let now = jiff::Timestamp::now();
        Moment { running: self.began.elapsed(), civil: self.zone.to_datetime(now), epoch: now.as_millisecond() }
    }
}

/// Civil time in the hall of an instant that the server gave.
pub fn civil(at: Millis) -> DateTime {
    let zone = TimeZone::get(ZONE).unwrap_or(TimeZone::UTC);
    zone.to_datetime(jiff::Timestamp::from_millisecond(at).unwrap_or(jiff::Timestamp::UNIX_EPOCH))
}
