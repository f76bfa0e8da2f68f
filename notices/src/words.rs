//! Small words in both languages: dates, periods, lists.

use jiff::civil::Date;
use protocol::catalogue::Text;

use crate::notice::{Due, Period, Unit};

pub(crate) fn date(date: Date) -> Text {
    let month = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ]
    .get(usize::from(date.month().unsigned_abs()) - 1)
    .copied()
    .unwrap_or_default();
    Text::new(
        format!("{}年{}月{}日", date.year(), date.month(), date.day()),
        format!("{} {month} {}", date.day(), date.year()),
    )
}

pub(crate) fn due(due: Due) -> Text {
    let Text { zh, en } = date(due.date);
    if due.provisional {
        Text::new(format!("{zh}（暂定）"), format!("{en} (provisional)"))
    } else {
        Text::new(zh, en)
    }
}

pub(crate) fn period(period: Period) -> Text {
    let Period { count, unit } = period;
    let (zh, one, many) = match unit {
        Unit::WorkingDays => ("个工作日", "working day", "working days"),
        Unit::Days => ("日", "day", "days"),
        Unit::Months => ("个月", "month", "months"),
    };
    Text::new(format!("{count}{zh}"), format!("{count} {}", if count == 1 { one } else { many }))
}

pub(crate) fn counted(count: u32, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// `根据甲、乙，` and `Under A and B, `; nothing where nothing is given.
pub(crate) fn under(basis: &[Text]) -> Text {
    if basis.is_empty() {
        return Text::default();
    }
    let zh: Vec<&str> = basis.iter().map(|text| text.zh.as_str()).collect();
    let en: Vec<&str> = basis.iter().map(|text| text.pick(true)).collect();
    let en = match en.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => en.join(""),
    };
    Text::new(format!("根据{}，", zh.join("、")), format!("under {en}, "))
}

/// The same with a capital letter, to begin an English sentence.
pub(crate) fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
