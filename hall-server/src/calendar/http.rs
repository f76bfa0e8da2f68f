//! The calendar for anyone who asks.

use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use jiff::civil::{Date, date};
use protocol::calendar::{DaysOff, DueDate, Notice, YearCalendar};
use protocol::problem::{Code, Problem};
use serde::Deserialize;

use super::load;
use crate::AppState;
use crate::http::problem::ApiError;
use crate::store::calendars::CalendarRow;

/// The longest limit that is reckoned, in days.
const MOST_DAYS: u32 = 36_500;

/// Addresses under `/api/v1`.
pub fn router() -> Router<AppState> {
    Router::new().route("/calendar/due", get(due)).route("/calendar/{year}", get(year))
}

/// A year's days off and make-up workdays, with the notice and the version in force.
#[utoipa::path(get, path = "/api/v1/calendar/{year}", tag = "calendar", params(("year" = i16, Path)),
    responses((status = 200, body = YearCalendar), (status = 422, body = Problem)))]
pub async fn year(State(state): State<AppState>, Path(year): Path<String>) -> Result<Json<YearCalendar>, ApiError> {
    let wrong = || ApiError::new(Code::InvalidField).field("year", "a year such as 2026");
    let year: i16 = year.parse().ok().filter(|year| (1000..=9998).contains(year)).ok_or_else(wrong)?;
    let mut connection = state.store.reader().acquire().await?;
    let row = load::year(&mut connection, year).await?;
    let calendar = state.engine.calendar();
    let working_days = calendar.working_days(date(year - 1, 12, 31), date(year, 12, 31));
    Ok(Json(view(year, row, working_days)))
}

fn view(year: i16, row: Option<CalendarRow>, working_days: u32) -> YearCalendar {
    let Some(row) = row else {
        return YearCalendar {
            year,
            published: false,
            version: 0,
            notice: None,
            off: Vec::new(),
            makeup: Vec::new(),
            working_days,
            digest: None,
            loaded_at: None,
        };
    };
    let arrangement = row.arrangement;
    YearCalendar {
        year,
        published: true,
        version: row.version,
        notice: Some(Notice { number: arrangement.notice.number, date: arrangement.notice.date.to_string() }),
        off: arrangement
            .off
            .into_iter()
            .map(|off| DaysOff { name: off.name, from: off.from.to_string(), to: off.to.to_string() })
            .collect(),
        makeup: arrangement.makeup.iter().map(ToString::to_string).collect(),
        working_days,
        digest: Some(row.digest),
        loaded_at: (row.version > 0).then_some(row.loaded_at),
    }
}

#[derive(Debug, Deserialize)]
pub struct Question {
    from: String,
    days: u32,
    #[serde(default)]
    natural: bool,
}

/// The due date so many working days after a day; with `natural` all days count, and an end on a day off moves on.
#[utoipa::path(get, path = "/api/v1/calendar/due", tag = "calendar",
    params(("from" = String, Query), ("days" = u32, Query), ("natural" = Option<bool>, Query)),
    responses((status = 200, body = DueDate), (status = 422, body = Problem)))]
pub async fn due(State(state): State<AppState>, Query(question): Query<Question>) -> Result<Json<DueDate>, ApiError> {
    let wrong = |place, reason| ApiError::new(Code::InvalidField).field(place, reason);
    let from: Date = question.from.parse().map_err(|_| wrong("from", "a day such as 2026-11-24"))?;
    if question.days > MOST_DAYS {
        return Err(wrong("days", "at most 36500"));
    }
    let in_force = state.engine.calendar_in_force();
    let due = match question.natural {
        true => in_force.calendar.due_natural(from, question.days),
        false => in_force.calendar.due(from, question.days),
    };
    Ok(Json(DueDate { due_on: due.date.to_string(), provisional: due.provisional, calendar_version: in_force.version }))
}
