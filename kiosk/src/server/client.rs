//! The HTTP client.

use std::time::Duration;

use hardware::Language;
use protocol::case::{Progress, ProgressQuery};
use protocol::catalogue::Catalogue;
use protocol::problem::{Code, Problem};
use protocol::queue::{QueueSnapshot, TakeTicket, Ticket};
use reqwest::StatusCode;
use reqwest::blocking::{RequestBuilder, Response};
use reqwest::header::{ACCEPT_LANGUAGE, ETAG, IF_NONE_MATCH};
use serde::de::DeserializeOwned;

use crate::config::Config;
use crate::taking::{Office, TakeError};

/// Why a question to the server has no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("the server does not answer: {0}")]
    Away(#[from] reqwest::Error),
    #[error("the server refused: {} ({})", .0.title, .0.detail)]
    Refused(Box<Problem>),
    #[error("the server's answer makes no sense: {0}")]
    Nonsense(String),
}

/// Cheap to clone: clones share connections.
#[derive(Clone)]
pub struct Client {
    http: reqwest::blocking::Client,
    server: String,
    hall: String,
    token: String,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("server", &self.server).field("hall", &self.hall).finish_non_exhaustive()
    }
}

/// A catalogue as it came, with the tag to ask for newer ones by.
#[derive(Debug)]
pub struct Published {
    pub body: Vec<u8>,
    pub catalogue: Catalogue,
    pub tag: Option<String>,
}

impl Client {
    pub fn new(config: &Config) -> Result<Self, reqwest::Error> {
        let http = reqwest::blocking::Client::builder()
            .connect_timeout(Duration::from_secs(3))
            .timeout(Duration::from_secs(8))
            // The hall's own network: a proxy of the machine's environment must not see personal data.
            .no_proxy()
            .build()?;
        Ok(Client { http, server: config.server.clone(), hall: config.hall.clone(), token: config.token.clone() })
    }

    fn send(&self, request: RequestBuilder) -> Result<Response, ClientError> {
        let response = request.bearer_auth(&self.token).send()?;
        let status = response.status();
        if status.is_success() || status == StatusCode::NOT_MODIFIED {
            return Ok(response);
        }
        let body = response.bytes()?;
        Err(match serde_json::from_slice::<Problem>(&body) {
            Ok(problem) => ClientError::Refused(Box::new(problem)),
            // Something between kiosk and server answered.
            Err(_) => ClientError::Nonsense(format!("status {status}")),
        })
    }

    fn json<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, ClientError> {
        let body = self.send(request)?.bytes()?;
        serde_json::from_slice(&body).map_err(|error| ClientError::Nonsense(error.to_string()))
    }

    /// The hall's catalogue, or `None` where it is still the one of `tag`.
    pub fn catalogue(&self, tag: Option<&str>) -> Result<Option<Published>, ClientError> {
        let mut request = self.http.get(format!("{}/api/v1/halls/{}/catalogue", self.server, self.hall));
        if let Some(tag) = tag {
            request = request.header(IF_NONE_MATCH, tag);
        }
        let response = self.send(request)?;
        if response.status() == StatusCode::NOT_MODIFIED {
            return Ok(None);
        }
        let tag = response.headers().get(ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
        let body = response.bytes()?.to_vec();
        let catalogue = serde_json::from_slice(&body).map_err(|error| ClientError::Nonsense(error.to_string()))?;
        Ok(Some(Published { body, catalogue, tag }))
    }

    pub fn queue(&self) -> Result<QueueSnapshot, ClientError> {
        self.json(self.http.get(format!("{}/api/v1/halls/{}/queue", self.server, self.hall)))
    }

    pub fn progress(&self, query: &ProgressQuery, language: Language) -> Result<Vec<Progress>, ClientError> {
        let request = self.http.post(format!("{}/api/v1/progress", self.server));
        self.json(request.header(ACCEPT_LANGUAGE, language.pick("zh", "en")).json(query))
    }
}

fn take_error(error: ClientError) -> TakeError {
    match error {
        ClientError::Refused(problem) => TakeError::Refused(problem),
        other => TakeError::Unanswered(other.to_string()),
    }
}

impl Office for Client {
    fn take(&self, key: &str, request: &TakeTicket) -> Result<Ticket, TakeError> {
        let post = self
            .http
            .post(format!("{}/api/v1/halls/{}/tickets", self.server, self.hall))
            .header(protocol::IDEMPOTENCY_KEY, key)
            .header(ACCEPT_LANGUAGE, request.language.as_str())
            .json(request);
        self.json(post).map_err(take_error)
    }

    fn report(&self, ticket: i64, failure: Option<&str>) -> Result<(), TakeError> {
        let (outcome, reason) = failure.map_or(("printed", ""), |reason| ("failed", reason));
        let post = self
            .http
            .post(format!("{}/api/v1/tickets/{ticket}/printed", self.server))
            .json(&serde_json::json!({ "outcome": outcome, "reason": reason }));
        self.send(post).map(drop).map_err(take_error)
    }
}

/// True where nobody asking now or later would find anything: the code or number is unknown.
pub(crate) fn is_unknown(error: &ClientError) -> bool {
    matches!(error, ClientError::Refused(problem)
        if matches!(problem.code, Code::NotFound | Code::UnknownCase | Code::UnknownTicket | Code::InvalidField))
}
