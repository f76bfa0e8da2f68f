//! Instants and dates as people read them, in the halls' civil time.

use domain::civil;
use jiff::civil::Date;
use protocol::Millis;

use super::words::Words;

/// `09:41`.
pub fn clock(at: Millis) -> String {
    let time = civil::at(at);
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// `11月24日 09:41`, `24 Nov 09:41`.
pub fn moment(at: Millis, words: Words) -> String {
    format!("{} {}", day_month(civil::day(at), words), clock(at))
}

/// `2026年11月24日 星期二`, `Tuesday 24 Nov 2026`.
pub fn long_day(at: Millis, words: Words) -> String {
    let date = civil::day(at);
    let weekday = words.weekday(date.weekday().to_monday_one_offset());
    if words.english { format!("{weekday} {}", long(date, words)) } else { format!("{} {weekday}", long(date, words)) }
}

/// An ISO date as people read it; what is not a date comes back as it is.
pub fn day(iso: &str, words: Words) -> String {
    iso.parse().map_or_else(|_| iso.to_owned(), |date| long(date, words))
}

fn long(date: Date, words: Words) -> String {
    let day_month = day_month(date, words);
    if words.english { format!("{day_month} {}", date.year()) } else { format!("{}年{day_month}", date.year()) }
}

fn day_month(date: Date, words: Words) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    if words.english {
        let month = usize::try_from(date.month() - 1).ok().and_then(|m| MONTHS.get(m)).copied().unwrap_or_default();
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
    }

    #[test]
    fn a_due_date_is_shown_in_words_and_nonsense_is_left_alone() {
        assert_eq!(day("2026-12-03", Words::ZH), "2026年12月3日");
        assert_eq!(day("2026-12-03", Words::EN), "3 Dec 2026");
        assert_eq!(day("soon", Words::ZH), "soon");
    }
}
