//! A year's arrangement as a TOML file. See docs/calendar.md.

use domain::calendar::Arrangement;
use serde::Deserialize;

/// Parses a file; whether it can be used as an arrangement is for [`Arrangement::faults`] to say.
pub fn read(text: &str) -> Result<Arrangement, toml::de::Error> {
    let file: toml::Value = toml::from_str(text)?;
    Arrangement::deserialize(dates_as_text(file))
}

/// TOML has dates of its own, which many would write here: they mean the same with and without quotes.
fn dates_as_text(value: toml::Value) -> toml::Value {
    match value {
        toml::Value::Datetime(date) => toml::Value::String(date.to_string()),
        toml::Value::Array(list) => toml::Value::Array(list.into_iter().map(dates_as_text).collect()),
        toml::Value::Table(table) => {
            toml::Value::Table(table.into_iter().map(|(name, value)| (name, dates_as_text(value))).collect())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use domain::calendar::Calendar;

    use super::*;

    /// The example of docs/calendar.md is the arrangement of 2026 itself.
    #[test]
    fn the_example_of_the_description_is_what_the_program_brings_along() {
        let description = include_str!("../../../docs/calendar.md");
        let example = description.split("```toml").nth(1).unwrap().split("```").next().unwrap();
        let read = read(example).unwrap();
        assert_eq!(Some(&read), Calendar::published().arrangement(2026));
        assert_eq!(read.faults(), []);
    }

    #[test]
    fn a_file_that_is_no_arrangement_is_refused_by_what_it_lacks() {
        let refused = |text| read(text).unwrap_err().to_string();
        assert!(refused("year = 2027").contains("missing field `notice`"));
        assert!(refused("year = 2027\nholidays = []").contains("unknown field `holidays`"));
        assert!(refused("year = ").contains("line 1"));
        let no_day = "year = 2027\nmakeup = [\"2027-02-30\"]\noff = []\nnotice = { number = \"1\", date = 2026-11-03 }";
        assert!(refused(no_day).contains("day"), "{}", refused(no_day));
    }
}
