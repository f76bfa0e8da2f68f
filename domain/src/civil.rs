//! Civil time of the halls. China keeps one offset all year, so no zone table is needed.

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use protocol::Millis;

/// China Standard Time, UTC+8.
const CHINA: Offset = Offset::constant(8);

/// The civil date and time of an instant. Instants outside years -9999…9999 are held at the epoch.
pub fn at(now: Millis) -> DateTime {
    let instant = jiff::Timestamp::from_millisecond(now).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    CHINA.to_datetime(instant)
}

/// The civil date of an instant.
pub fn day(now: Millis) -> Date {
    at(now).date()
}

/// The instant at which a civil time stands; the epoch where it cannot be one.
pub fn instant(time: DateTime) -> Millis {
    CHINA.to_timestamp(time).map_or(0, jiff::Timestamp::as_millisecond)
}
