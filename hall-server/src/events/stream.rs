//! Streams of server-sent events (SSE): a hall's events for boards, one ticket for a phone.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, stream};
use protocol::event::Change;
use protocol::problem::Problem;
use protocol::queue::Follow;
use serde::{Deserialize, Serialize};
use tokio::sync::{broadcast, watch};

use super::{Message, Pushed};
use crate::AppState;
use crate::engine::{EngineError, pushes};
use crate::http::problem::ApiError;
use crate::queue::follow::{self, Place};
use crate::queue::snapshot;
use crate::store::events;

/// A comment is sent this often where nothing else is, so that proxies keep the connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// A screen that missed more events than these starts again from a snapshot.
const REPLAYED: i64 = 500;

#[derive(Debug, Default, Deserialize)]
pub struct After {
    after: Option<i64>,
}

/// A hall's events. First a `snapshot`, or what came after the turn of `Last-Event-ID` or `?after=`.
#[utoipa::path(get, path = "/api/v1/halls/{hall}/events", tag = "queue",
    params(("hall" = String, Path), ("after" = Option<i64>, Query), ("last-event-id" = Option<String>, Header)),
    responses((status = 200, content_type = "text/event-stream", body = protocol::event::Push),
        (status = 404, body = Problem)))]
pub async fn hall(
    State(state): State<AppState>,
    Path(hall): Path<String>,
    Query(after): Query<After>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let last = headers.get("last-event-id").and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    let mut screen = Screen::open(state, hall);
    screen.begin(last.or(after.after)).await?;
    Ok(response(stream::unfold(
        screen,
        |mut screen| async move { screen.next().await.map(|bytes| (Ok(bytes), screen)) },
    )))
}

/// One ticket, sent as a `follow` event whenever something about it changes.
#[utoipa::path(get, path = "/api/v1/follow/{code}/events", tag = "queue", params(("code" = String, Path)),
    responses((status = 200, content_type = "text/event-stream", body = Follow), (status = 404, body = Problem)))]
pub async fn follow(State(state): State<AppState>, Path(code): Path<String>) -> Result<Response, ApiError> {
    let place = follow::find(&state, &code).await?;
    let listener = state.bus.listen(&place.hall);
    let known = follow::follow(&state, &place).await?;
    let stopping = state.stopping.clone();
    let phone = Phone { state, place, listener, known, first: true, stopping };
    Ok(response(stream::unfold(phone, |mut phone| async move { phone.next().await.map(|bytes| (Ok(bytes), phone)) })))
}

fn response(stream: impl Stream<Item = Result<Bytes, Infallible>> + Send + 'static) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        // Proxies that buffer would hold events back.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, Body::from_stream(stream)).into_response()
}

/// A board or desk that listens to a hall.
struct Screen {
    state: AppState,
    hall: String,
    listener: broadcast::Receiver<Message>,
    /// The turn of the last event it has.
    last: i64,
    waiting: VecDeque<Bytes>,
    stopping: watch::Receiver<bool>,
}

impl Screen {
    /// Listens before anything is read, so that nothing falls between.
    fn open(state: AppState, hall: String) -> Self {
        let listener = state.bus.listen(&hall);
        let stopping = state.stopping.clone();
        Screen { state, hall, listener, last: 0, waiting: VecDeque::new(), stopping }
    }

    async fn begin(&mut self, after: Option<i64>) -> Result<(), ApiError> {
        if let Some(after) = after
            && self.replay(after).await?
        {
            return Ok(());
        }
        Ok(self.snapshot().await?)
    }

    /// Sends what came after a turn; false where that is too much or cannot be told by events.
    async fn replay(&mut self, after: i64) -> Result<bool, ApiError> {
        let turn = self.state.engine.hall(&self.hall).await?.queue.turn();
        if after > turn || turn - after > REPLAYED {
            return Ok(false);
        }
        let mut connection = self.state.store.reader().acquire().await?;
        let missed = events::after(&mut connection, &self.hall, after, REPLAYED).await?;
        let mut replayed = VecDeque::new();
        for event in missed.iter().filter(|event| event.draft.turn <= turn) {
            let Some(push) = pushes::replayed(event) else { return Ok(false) };
            let pushed = Pushed::new(push).map_err(|_| ApiError::new(protocol::problem::Code::Internal))?;
            replayed.push_back(pushed.bytes);
        }
        self.waiting = replayed;
        self.waiting.push_back(Bytes::from_static(b": up to date\n\n"));
        self.last = turn;
        Ok(true)
    }

    async fn snapshot(&mut self) -> Result<(), EngineError> {
        let snapshot = snapshot::of(&self.state, &self.hall).await?;
        self.last = snapshot.turn;
        self.waiting.clear();
        self.waiting.push_back(message("snapshot", Some(snapshot.turn), &snapshot));
        Ok(())
    }

    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(bytes) = self.waiting.pop_front() {
                return Some(bytes);
            }
            let received = tokio::select! {
                received = self.listener.recv() => received,
                () = tokio::time::sleep(KEEP_ALIVE) => return Some(Bytes::from_static(b": \n\n")),
                _ = self.stopping.wait_for(|stopping| *stopping) => return None,
            };
            match received {
                Ok(Message::Event(pushed)) if pushed.push.turn > self.last => {
                    self.last = pushed.push.turn;
                    return Some(pushed.bytes.clone());
                }
                Ok(Message::Event(_)) => {}
                Ok(Message::Resync) | Err(broadcast::error::RecvError::Lagged(_)) => {
                    if let Err(error) = self.snapshot().await {
                        tracing::warn!(error = &error as &dyn std::error::Error, "a screen lost its hall");
                        return None;
                    }
                }
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}

/// A phone that follows a ticket.
struct Phone {
    state: AppState,
    place: Place,
    listener: broadcast::Receiver<Message>,
    known: Follow,
    first: bool,
    stopping: watch::Receiver<bool>,
}

impl Phone {
    async fn next(&mut self) -> Option<Bytes> {
        if std::mem::take(&mut self.first) {
            return Some(message("follow", None, &self.known));
        }
        loop {
            let received = tokio::select! {
                received = self.listener.recv() => received,
                () = tokio::time::sleep(KEEP_ALIVE) => return Some(Bytes::from_static(b": \n\n")),
                _ = self.stopping.wait_for(|stopping| *stopping) => return None,
            };
            let mut changed = self.concerns(&received)?;
            // Whatever else has come meanwhile is told by the same message.
            loop {
                match self.listener.try_recv() {
                    Ok(message) => changed = changed.max(self.concerns(&Ok(message))?),
                    Err(broadcast::error::TryRecvError::Lagged(_)) => changed = Concern::All,
                    Err(_) => break,
                }
            }
            let now = match changed {
                Concern::None => continue,
                Concern::Queue => self.queue_only().await,
                Concern::All => follow::follow(&self.state, &self.place).await,
            };
            let now = now.ok()?;
            let known = Follow { turn: now.turn, ..self.known.clone() };
            if now != known {
                self.known = now;
                return Some(message("follow", None, &self.known));
            }
        }
    }

    /// What of a hall's message concerns this ticket; `None` where the hall's channel is closed.
    fn concerns(&self, received: &Result<Message, broadcast::error::RecvError>) -> Option<Concern> {
        let pushed = match received {
            Ok(Message::Event(pushed)) => pushed,
            Ok(Message::Resync) | Err(broadcast::error::RecvError::Lagged(_)) => return Some(Concern::All),
            Err(broadcast::error::RecvError::Closed) => return None,
        };
        Some(match &pushed.push.change {
            Change::CaseChanged { .. } => Concern::All,
            // A ticket taken stands behind this one.
            Change::TicketTaken { .. } | Change::SignalChanged { .. } | Change::Unknown => Concern::None,
            _ => Concern::Queue,
        })
    }

    /// The ticket from memory, its cases as they were.
    async fn queue_only(&self) -> Result<Follow, ApiError> {
        let cell = self.state.engine.hall(&self.place.hall).await?;
        let Some(ticket) = cell.queue.ticket(self.place.ticket) else { return Ok(self.known.clone()) };
        Ok(Follow {
            ticket: cell.ticket_view(ticket, &self.state.settings.public_url),
            turn: cell.queue.turn(),
            ..self.known.clone()
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Concern {
    None,
    Queue,
    All,
}

fn message<T: Serialize>(event: &str, id: Option<i64>, data: &T) -> Bytes {
    let id = id.map(|id| format!("id: {id}\n")).unwrap_or_default();
    // What is sent are our own types, which can always be written as JSON.
    let data = serde_json::to_string(data).unwrap_or_default();
    format!("{id}event: {event}\ndata: {data}\n\n").into()
}
