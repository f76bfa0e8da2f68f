//! Instants as people read them: the hall's civil time, whatever the machine's own zone.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use protocol::Millis;

use super::words::Words;

/// The time zone of every hall.
pub const ZONE: &str = "Asia/Shanghai";

fn civil(at: Millis) -> Option<DateTime> {
    let instant = Timestamp::from_millisecond(at).ok()?;
    let zone = TimeZone::get(ZONE).ok()?;
    Some(zone.to_datetime(instant))
}

/// `09:41`; empty for an instant outside the calendar.
pub fn clock(at: Millis) -> String {
    civil(at).map_or_else(String::new, |t| format!("{:02}:{:02}", t.hour(), t.minute()))
}

/// `11月24日 09:41`, `24 Nov 09:41`.
pub fn moment(at: Millis, words: Words) -> String {
    civil(at).map_or_else(String::new, |t| format!("{} {:02}:{:02}", day_month(t.date(), words), t.hour(), t.minute()))
}

/// `2026年11月24日 星期二`, `Tuesday 24 Nov 2026`.
pub fn long_day(at: Millis, words: Words) -> String {
    civil(at).map_or_else(String::new, |t| {
        let weekday = words.weekday(t.weekday().to_monday_one_offset());
        if words.english {
            format!("{weekday} {} {}", day_month(t.date(), words), t.year())
        } else {
            format!("{}年{} {weekday}", t.year(), day_month(t.date(), words))
        }
    })
}

/// The civil day of an instant, ISO.
pub fn iso_day(at: Millis) -> String {
    civil(at).map_or_else(String::new, |t| t.date().to_string())
}

/// An ISO date as people read it; what is not a date comes back as it is.
pub fn day(iso: &str, words: Words) -> String {
    iso.parse::<Date>().map_or_else(
        |_| iso.to_owned(),
        |date| {
            let text = day_month(date, words);
            if words.english { format!("{text} {}", date.year()) } else { format!("{}年{text}", date.year()) }
        },
    )
}

fn day_month(date: Date, words: Words) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    if words.english {
        let month = usize::try_from(date.month()).ok().and_then(|m| MONTHS.get(m.wrapping_sub(1))).copied().unwrap_or_default();
        format!("{} {month}", date.day())
    } else {
        format!("{}月{}日", date.month(), date.day())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_shown_in_the_halls_civil_time() {
        // 2026-11-24T16:30:00Z is already the 25th in Shenzhen.
        let at = 1_795_537_800_000;
        assert_eq!(clock(at), "00:30");
        assert_eq!(long_day(at, Words::ZH), "2026年11月25日 星期三");
        assert_eq!(long_day(at, Words::EN), "Wednesday 25 Nov 2026");
        assert_eq!(moment(at, Words::EN), "25 Nov 00:30");
        assert_eq!(iso_day(at), "2026-11-25");
    }

    #[test]
    fn a_due_date_is_shown_in_words_and_nonsense_is_left_alone() {
        assert_eq!(day("2026-12-03", Words::ZH), "2026年12月3日");
        assert_eq!(day("2026-12-03", Words::EN), "3 Dec 2026");
        assert_eq!(day("soon", Words::ZH), "soon");
        assert_eq!(clock(i64::MAX), "");
    }
}
