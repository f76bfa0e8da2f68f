//! The pages of electronic supervision (电子监察): what is about to go wrong, signals with their reviews, one case.

mod case;
mod signal;

use axum::Router;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use super::frame::{Frame, page};
use super::session::{MaybeSupervisor, Supervisor, sign_in_first};
use super::view::supervision::{ahead, signals};
use crate::AppState;
use crate::http::problem::ApiError;
use crate::store::halls;
use crate::store::signals::{self as rows, Listing, Seen};
use crate::supervision::ahead::{PAGE, lines};
use crate::supervision::{figures, view};

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/supervisor/cases", get(show_ahead))
        .route("/supervisor/cases/{case_no}", get(case::show))
        .route("/supervisor/signals", get(show_signals))
        .route("/supervisor/signals/{id}", get(signal::show).post(signal::review))
}

/// The supervisor who asks. Whoever is not signed in gets the form to sign in, which leads back here.
#[derive(Debug)]
struct Supervising(Supervisor);

impl FromRequestParts<AppState> for Supervising {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let MaybeSupervisor(asker) =
            MaybeSupervisor::from_request_parts(parts, state).await.map_err(IntoResponse::into_response)?;
        asker.map(Supervising).ok_or_else(|| sign_in_first(parts))
    }
}

#[derive(Debug, Deserialize)]
struct Asked {
    #[serde(default)]
    unit: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    colour: String,
    #[serde(default)]
    page: u16,
}

/// `GET /supervisor/cases`.
async fn show_ahead(
    State(state): State<AppState>,
    Supervising(asker): Supervising,
    Query(asked): Query<Asked>,
    frame: Frame,
) -> Result<Response, ApiError> {
    let mut connection = state.store.reader().acquire().await?;
    let units = figures::read(&state, &mut connection).await?;
    let unit = Some(asked.unit.as_str()).filter(|unit| !unit.is_empty());
    let found = lines(&state, &mut connection, unit, asked.page).await?;
    let shown = ahead::Asked { unit: &asked.unit, page: asked.page, now: state.clock.now() };
    page(&ahead::AheadPage::new(frame, asker.viewer(), &units, &found.lines, found.more, shown))
}

/// `GET /supervisor/signals`.
async fn show_signals(
    State(state): State<AppState>,
    Supervising(asker): Supervising,
    Query(asked): Query<Asked>,
    frame: Frame,
) -> Result<Response, ApiError> {
    let (which, colour) = (signals::Shown::named(&asked.state), signals::colour(&asked.colour));
    let mut connection = state.store.reader().acquire().await?;
    let units = figures::read(&state, &mut connection).await?;
    let seen = match asked.unit.as_str() {
        "" => Seen::All,
        unit if halls::one(&mut connection, unit).await?.is_some() => Seen::Hall(unit),
        unit => Seen::Department(unit),
    };
    let (size, skip) = (i64::from(PAGE), i64::from(PAGE) * i64::from(asked.page));
    let states = which.states();
    let listing =
        Listing { seen, states: &states, kind: colour, newest_first: which.is_closed(), limit: size + 1, skip };
    let mut found = rows::page(&mut connection, listing).await?;
    let more = found.len() > usize::from(PAGE);
    found.truncate(usize::from(PAGE));
    let found = view::signals(&state, &mut connection, &found, &asker.user).await?;
    let shown = signals::Asked { unit: &asked.unit, shown: which, colour, page: asked.page, now: state.clock.now() };
    page(&signals::SignalsPage::new(frame, asker.viewer(), &units, &found, more, shown))
}
