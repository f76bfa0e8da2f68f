//! The supervisor's pages: all halls, one hall's day, and the stream that keeps both true.

use std::collections::HashMap;
use std::convert::Infallible;
use std::time::Duration;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, StreamExt};
use protocol::problem::Code;
use protocol::queue::QueueSnapshot;
use serde::Deserialize;

use super::frame::{Frame, page};
use super::session::{self, MaybeSupervisor};
use super::view::index::SignInPage;
use super::view::supervisor::{Detail, HallCard, HallPage, LivePage, Totals};
use super::words::Words;
use crate::AppState;
use crate::http::problem::ApiError;
use crate::store::{halls, identity, supervision};

/// How often the halls are looked at: one look serves any number of events, so a busy morning floods no screen.
const LOOK: Duration = Duration::from_secs(1);

/// Waits grow although nothing happens: after this many looks everything is sent again.
const SEND_ALL: u32 = 30;

#[derive(Debug, Deserialize)]
pub(super) struct Was {
    /// There when an open page found its session over.
    ended: Option<String>,
}

/// `GET /supervisor`: the live page, or the form to sign in.
pub(super) async fn show(
    State(state): State<AppState>,
    MaybeSupervisor(supervisor): MaybeSupervisor,
    Query(was): Query<Was>,
    frame: Frame,
) -> Result<Response, ApiError> {
    let Some(supervisor) = supervisor else {
        let message = if was.ended.is_some() { frame.w.sign_in_again() } else { "" };
        return sign_in_form(frame, message);
    };
    let codes = codes(&state).await?;
    let (snapshots, sample) = snapshots(&state, &codes).await?;
    page(&LivePage::new(frame, supervisor.viewer(), &snapshots, sample))
}

/// `GET /supervisor/halls/{hall}`.
pub(super) async fn show_hall(
    State(state): State<AppState>,
    MaybeSupervisor(supervisor): MaybeSupervisor,
    Path(hall): Path<String>,
    frame: Frame,
) -> Result<Response, ApiError> {
    let Some(supervisor) = supervisor else { return sign_in_form(frame, "") };
    let (snapshot, sample) = snapshot(&state, &hall).await?;
    let detail = detail(&state, frame.w, &snapshot).await?;
    page(&HallPage::new(frame, supervisor.viewer(), &snapshot, detail, sample))
}

fn sign_in_form(frame: Frame, message: &str) -> Result<Response, ApiError> {
    page(&SignInPage { frame, message: message.to_owned(), username: String::new(), to: String::new() })
}

#[derive(Debug, Deserialize)]
pub(super) struct Which {
    hall: Option<String>,
}

/// `GET /supervisor/events`: `part` events, each an element's id and its new HTML; `end` when the session is over.
pub(super) async fn events(
    State(state): State<AppState>,
    MaybeSupervisor(supervisor): MaybeSupervisor,
    Query(which): Query<Which>,
    frame: Frame,
) -> Result<Response, ApiError> {
    let supervisor = supervisor.ok_or(ApiError::new(Code::Unauthenticated))?;
    if let Some(hall) = &which.hall {
        snapshot(&state, hall).await?;
    }
    let watcher =
        Watcher { state, words: frame.w, token: supervisor.token, hall: which.hall, sent: HashMap::new(), looks: 0 };
    let events = stream::unfold(Some(watcher), |watcher| async {
        let mut watcher = watcher?;
        let mut stopping = watcher.state.stopping.clone();
        if watcher.looks > 0 {
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                _ = stopping.wait_for(|stop| *stop) => return None,
            }
        }
        match watcher.look().await {
            Ok(Some(parts)) => Some((parts, Some(watcher))),
            Ok(None) => Some((vec![Event::default().event("end").data("")], None)),
            Err(error) => {
                // The browser comes again by itself, and is then told what is wrong.
                tracing::warn!(code = error.code.as_str(), "the supervisor's stream ends");
                None
            }
        }
    })
    .flat_map(|parts| stream::iter(parts.into_iter().map(Ok::<_, Infallible>)));
    Ok(Sse::new(events).keep_alive(KeepAlive::default()).into_response())
}

/// One open supervisor's page.
struct Watcher {
    state: AppState,
    words: Words,
    token: String,
    /// The hall whose day is open; `None` for all halls.
    hall: Option<String>,
    /// The turn of each hall as last sent.
    sent: HashMap<String, i64>,
    looks: u32,
}

impl Watcher {
    /// The parts that changed since the last look; `None` when the session is over.
    async fn look(&mut self) -> Result<Option<Vec<Event>>, ApiError> {
        if session::supervisor(&self.state, &self.token).await?.is_none() {
            return Ok(None);
        }
        let all = self.looks.is_multiple_of(SEND_ALL);
        self.looks = self.looks.wrapping_add(1);
        match self.hall.clone() {
            Some(hall) => self.look_at_one(&hall, all).await,
            None => self.look_at_all(all).await,
        }
        .map(Some)
    }

    async fn look_at_all(&mut self, all: bool) -> Result<Vec<Event>, ApiError> {
        let (snapshots, _) = snapshots(&self.state, &codes(&self.state).await?).await?;
        let mut parts = Vec::new();
        for snapshot in &snapshots {
            if self.is_new(snapshot) || all {
                let id = format!("hall-{}", snapshot.hall.code);
                parts.extend(part(&id, &HallCard::new(self.words, snapshot)));
            }
        }
        if !parts.is_empty() {
            parts.extend(part("totals", &Totals::new(self.words, &snapshots)));
        }
        Ok(parts)
    }

    async fn look_at_one(&mut self, hall: &str, all: bool) -> Result<Vec<Event>, ApiError> {
        let (snapshot, _) = snapshot(&self.state, hall).await?;
        if !self.is_new(&snapshot) && !all {
            return Ok(Vec::new());
        }
        let detail = detail(&self.state, self.words, &snapshot).await?;
        Ok(part("detail", &detail).into_iter().collect())
    }

    fn is_new(&mut self, snapshot: &QueueSnapshot) -> bool {
        self.sent.insert(snapshot.hall.code.clone(), snapshot.turn) != Some(snapshot.turn)
    }
}

fn part(id: &str, template: &impl Template) -> Option<Event> {
    match template.render() {
        Ok(html) => {
            let data = serde_json::json!({ "id": id, "html": html }).to_string();
            Some(Event::default().event("part").data(data))
        }
        Err(error) => {
            tracing::error!(%error, id, "a part of the supervisor's page could not be rendered");
            None
        }
    }
}

async fn codes(state: &AppState) -> Result<Vec<String>, ApiError> {
    Ok(halls::all(&state.store).await?.into_iter().map(|hall| hall.code).collect())
}

/// A hall as it is, and whether it is a sample.
async fn snapshot(state: &AppState, hall: &str) -> Result<(QueueSnapshot, bool), ApiError> {
    let hall = state.engine.hall(hall).await?;
    let sample = hall.offers.values().any(|offered| offered.item.sample);
    Ok((hall.snapshot(state.clock.now(), &state.engine.calendar()), sample))
}

async fn snapshots(state: &AppState, codes: &[String]) -> Result<(Vec<QueueSnapshot>, bool), ApiError> {
    let mut all = Vec::with_capacity(codes.len());
    let mut any_sample = false;
    for code in codes {
        let (snapshot, sample) = snapshot(state, code).await?;
        any_sample |= sample;
        all.push(snapshot);
    }
    Ok((all, any_sample))
}

async fn detail(state: &AppState, words: Words, snapshot: &QueueSnapshot) -> Result<Detail, ApiError> {
    let hall = &snapshot.hall.code;
    let today = domain::civil::day(snapshot.at).to_string();
    let hours = supervision::hours(&state.store, hall, &today).await?;
    let cases = supervision::case_counts(&state.store, hall, &today).await?;
    let users = identity::users(&state.store).await?;
    let clerks = users.into_iter().map(|account| (account.user.username, account.user.name)).collect();
    Ok(Detail::new(words, snapshot, &clerks, &hours, cases))
}
