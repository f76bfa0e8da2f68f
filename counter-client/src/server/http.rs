//! One call over HTTP, repeated under the same key while its answer stays away.

use std::path::Path;
use std::time::Duration;

use protocol::IDEMPOTENCY_KEY;
use reqwest::header::{ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE};

use super::Place;
use super::call::{Answer, Call, Method, Trouble};

/// A call that has no answer after this long is taken for lost.
const ANSWER_LIMIT: Duration = Duration::from_secs(6);
/// The same for a file on its way.
const UPLOAD_LIMIT: Duration = Duration::from_secs(120);
/// Pauses before a lost call is sent again; after the last one the clerk is told.
const PAUSES: [Duration; 3] = [Duration::from_millis(250), Duration::from_millis(750), Duration::from_millis(1500)];

#[derive(Debug, Clone)]
pub(super) struct Http {
    client: reqwest::Client,
    pub(super) place: Place,
    pub(super) english: bool,
}

impl Http {
    pub(super) fn new(place: Place) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder().no_proxy().connect_timeout(Duration::from_secs(2)).build()?;
        Ok(Http { client, place, english: false })
    }

    /// Asks, and asks again under the same key while no answer comes. `lost` hears of each attempt without an answer, so that
    /// the screen can say so before the last one.
    pub(super) async fn ask(
        &self,
        call: &Call,
        key: Option<&str>,
        token: Option<&str>,
        lost: impl Fn(),
    ) -> Result<Answer, Trouble> {
        let mut pauses = PAUSES.iter();
        loop {
            let result = self.ask_once(call, key, token).await;
            let again = match &result {
                Err(Trouble::Away { .. }) => {
                    lost();
                    pauses.next()
                }
                Err(Trouble::Refused(problem)) if problem.code == protocol::problem::Code::Busy => pauses.next(),
                _ => None,
            };
            match again {
                Some(pause) => tokio::time::sleep(*pause).await,
                None => return result,
            }
        }
    }

    async fn ask_once(&self, call: &Call, key: Option<&str>, token: Option<&str>) -> Result<Answer, Trouble> {
        let outgoing = call.outgoing(&self.place.hall, self.place.window);
        let address = format!("{}{}", self.place.server, outgoing.path);
        let mut request = match outgoing.method {
            Method::Get => self.client.get(address),
            Method::Post => self.client.post(address),
            Method::Delete => self.client.delete(address),
        };
        let limit = if outgoing.file.is_some() { UPLOAD_LIMIT } else { ANSWER_LIMIT };
        request = request.timeout(limit).header(ACCEPT_LANGUAGE, self.language()).query(&outgoing.query);
        if let Some(path) = &outgoing.file {
            request = request.header(CONTENT_TYPE, "application/octet-stream").body(streamed(path).await?);
        }
        if let Some(body) = &outgoing.body {
            request = request.json(body);
        }
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        if let (true, Some(key)) = (outgoing.changes, key) {
            request = request.header(IDEMPOTENCY_KEY, key);
        }
        let away = |cause: reqwest::Error| Trouble::Away { cause: cause.to_string() };
        let response = request.send().await.map_err(away)?;
        let status = response.status().as_u16();
        let body = response.bytes().await.map_err(away)?;
        call.answer(status, &body)
    }

    /// Opens the hall's stream of events after `last_turn`.
    pub(super) async fn events(
        &self,
        token: Option<&str>,
        last_turn: Option<&str>,
    ) -> Result<reqwest::Response, reqwest::Error> {
        let address = format!("{}/api/v1/halls/{}/events", self.place.server, self.place.hall);
        let mut request = self.client.get(address).header(ACCEPT_LANGUAGE, self.language());
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(turn) = last_turn {
            request = request.header("last-event-id", turn);
        }
        request.send().await?.error_for_status()
    }

    fn language(&self) -> &'static str {
        if self.english { "en" } else { "zh" }
    }
}

/// A file's bytes as a body, read as they are sent.
async fn streamed(path: &Path) -> Result<reqwest::Body, Trouble> {
    let no_file = |cause: std::io::Error| Trouble::NoFile { path: path.to_owned(), cause: cause.to_string() };
    let file = tokio::fs::File::open(path).await.map_err(no_file)?;
    Ok(reqwest::Body::from(file))
}
