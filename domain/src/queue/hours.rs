//! Opening hours of a hall.

use jiff::civil::{Time, Weekday};
use protocol::Millis;
use protocol::catalogue::Opening;
use thiserror::Error;

use crate::calendar::Calendar;
use crate::civil;

/// Checked opening spans.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OpeningHours {
    spans: Vec<Span>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Span {
    weekdays: Vec<Weekday>,
    from: Time,
    /// `None`: until midnight.
    to: Option<Time>,
}

/// What is wrong with an opening span.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HoursError {
    #[error("{0} is not a weekday from 1 (Monday) to 7 (Sunday)")]
    Weekday(u8),
    #[error("{0} is not a time like 09:00")]
    Time(String),
    #[error("{from} does not come before {to}")]
    Order { from: String, to: String },
}

impl OpeningHours {
    pub fn new(spans: &[Opening]) -> Result<Self, HoursError> {
        let spans = spans.iter().map(Span::new).collect::<Result<_, _>>()?;
        Ok(OpeningHours { spans })
    }

    /// True at an instant within the hours. A make-up workday has Monday's hours, a holiday Sunday's.
    pub fn open_at(&self, now: Millis, calendar: &Calendar) -> bool {
        let civil = civil::at(now);
        let weekday = calendar.effective_weekday(civil.date());
        self.spans.iter().any(|span| span.holds(weekday, civil.time()))
    }
}

impl Span {
    fn new(opening: &Opening) -> Result<Self, HoursError> {
        let weekdays = opening
            .weekdays
            .iter()
            .map(|day| {
                i8::try_from(*day)
                    .ok()
                    .and_then(|day| Weekday::from_monday_one_offset(day).ok())
                    .ok_or(HoursError::Weekday(*day))
            })
            .collect::<Result<_, _>>()?;
        let from = time(&opening.from)?;
        let to = if opening.to == "24:00" { None } else { Some(time(&opening.to)?) };
        if to.is_some_and(|to| to <= from) {
            return Err(HoursError::Order { from: opening.from.clone(), to: opening.to.clone() });
        }
        Ok(Span { weekdays, from, to })
    }

    fn holds(&self, weekday: Weekday, time: Time) -> bool {
        self.weekdays.contains(&weekday) && time >= self.from && self.to.is_none_or(|to| time < to)
    }
}

fn time(text: &str) -> Result<Time, HoursError> {
    let bad = || HoursError::Time(text.to_owned());
    let (hour, minute) = text.split_once(':').ok_or_else(bad)?;
    let hour = hour.parse().map_err(|_| bad())?;
    let minute = minute.parse().map_err(|_| bad())?;
    Time::new(hour, minute, 0, 0).map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn weekday_hours() -> OpeningHours {
        let span =
            |from: &str, to: &str| Opening { weekdays: vec![1, 2, 3, 4, 5], from: from.to_owned(), to: to.to_owned() };
        OpeningHours::new(&[span("09:00", "12:00"), span("14:00", "18:00")]).unwrap()
    }

    fn at(day: jiff::civil::Date, hour: i8, minute: i8) -> Millis {
        civil::instant(day.at(hour, minute, 0, 0))
    }

    #[test]
    fn the_hall_is_open_within_its_hours_and_shut_at_noon() {
        let (hours, calendar) = (weekday_hours(), Calendar::published());
        let tuesday = date(2026, 11, 24);
        assert!(hours.open_at(at(tuesday, 9, 0), &calendar));
        assert!(!hours.open_at(at(tuesday, 12, 0), &calendar));
        assert!(hours.open_at(at(tuesday, 17, 59), &calendar));
        assert!(!hours.open_at(at(tuesday, 18, 0), &calendar));
    }

    #[test]
    fn it_opens_on_a_makeup_saturday_and_stays_shut_on_a_holiday() {
        let (hours, calendar) = (weekday_hours(), Calendar::published());
        assert!(hours.open_at(at(date(2026, 10, 10), 10, 0), &calendar));
        assert!(!hours.open_at(at(date(2026, 10, 1), 10, 0), &calendar));
        assert!(!hours.open_at(at(date(2026, 11, 28), 10, 0), &calendar));
    }

    #[test]
    fn bad_spans_are_named() {
        let span = |weekday, from: &str, to: &str| {
            OpeningHours::new(&[Opening { weekdays: vec![weekday], from: from.into(), to: to.into() }])
        };
        assert_eq!(span(8, "09:00", "10:00"), Err(HoursError::Weekday(8)));
        assert_eq!(span(1, "nine", "10:00"), Err(HoursError::Time("nine".into())));
        assert!(matches!(span(1, "10:00", "09:00"), Err(HoursError::Order { .. })));
        assert!(span(7, "00:00", "24:00").is_ok());
    }
}
