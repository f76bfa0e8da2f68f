//! The working-day calendar, as anyone may ask for it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Millis;

/// `GET /api/v1/calendar/{year}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct YearCalendar {
    pub year: i16,
    /// False while the year has no arrangement: its due dates are provisional, counted in plain weekdays.
    pub published: bool,
    /// The version in force; 0 where it is the program's own or there is none.
    pub version: i64,
    /// The notice's number and date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Notice>,
    /// Days off, weekends within them included.
    pub off: Vec<DaysOff>,
    /// Weekend days that are worked (调休上班).
    pub makeup: Vec<String>,
    pub working_days: u32,
    /// SHA-256 of the arrangement's canonical JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loaded_at: Option<Millis>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Notice {
    pub number: String,
    pub date: String,
}

/// A span of days off, from the first to the last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DaysOff {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    pub from: String,
    pub to: String,
}

/// `GET /api/v1/calendar/due`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DueDate {
    /// The last day, until its end.
    pub due_on: String,
    /// True where it crosses a year without an arrangement.
    pub provisional: bool,
    /// The calendar's version by which it was reckoned.
    pub calendar_version: i64,
}
