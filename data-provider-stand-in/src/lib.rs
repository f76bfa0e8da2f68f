//! A stand-in for another office's registers: it knows some firms and people, can be slow, down or wrong, and remembers what it
//! was asked, so that its log can be held against the hall's.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::watch;

/// How it behaves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mood", rename_all = "kebab-case")]
pub enum Mood {
    #[default]
    Honest,
    /// Answers after a while.
    Slow { ms: u64 },
    /// Answers once it is in another mood.
    Held,
    /// Says that it cannot.
    Down,
    /// Answers in words instead of JSON.
    Babbling,
    /// Answers about somebody else.
    Confused,
    /// Leaves out what it always gives.
    Forgetful,
    /// Answers without end.
    Endless,
}

/// A question as it was heard, with the digests that both sides can reckon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    pub lookup: String,
    pub request: String,
    pub request_digest: String,
    pub response_digest: String,
}

#[derive(Debug, Default)]
struct Register {
    firms: BTreeMap<String, Value>,
    people: BTreeMap<String, Value>,
    heard: Vec<Heard>,
    /// What askers must show; empty: nothing.
    token: String,
}

/// The registers; clones share them.
#[derive(Debug, Clone)]
pub struct DataProvider {
    register: Arc<Mutex<Register>>,
    mood: watch::Sender<Mood>,
    /// How many questions it has ever held.
    held: watch::Sender<u32>,
}

impl DataProvider {
    /// Some made-up firms and people. Askers show `token` as a bearer's, unless it is empty.
    pub fn new(token: &str) -> Self {
        let firm = |number: &str, name: &str, state: &str| {
            let entry = json!({
                "creditCode": number, "name": name, "state": state, "legalPerson": "示例人",
                "established": "2019-05-06", "address": "示例区示例路 1 号",
                "shareholders": ["不应保存的内容"],
            });
            (number.to_owned(), entry)
        };
        let person = json!({ "idNumber": "11010519491231002X", "registered": true, "household": "示例区示例街道" });
        let register = Register {
            firms: [
                firm("91350100M000100Y43", "示例餐饮有限公司", "存续"),
                firm("91440300MA5DA1232B", "示例贸易有限公司", "注销"),
            ]
            .into(),
            people: [("11010519491231002X".to_owned(), person)].into(),
            token: token.to_owned(),
            ..Register::default()
        };
        DataProvider {
            register: Arc::new(Mutex::new(register)),
            mood: watch::Sender::new(Mood::Honest),
            held: watch::Sender::new(0),
        }
    }

    pub fn set_mood(&self, mood: Mood) {
        self.mood.send_replace(mood);
    }

    /// Waits until a question has come that it holds.
    pub async fn held(&self) {
        // The sender is this provider's own and lives as long.
        let _ = self.held.subscribe().wait_for(|held| *held > 0).await;
    }

    /// What it was asked, in order.
    pub fn heard(&self) -> Vec<Heard> {
        self.with(|register| register.heard.clone())
    }

    fn with<T>(&self, act: impl FnOnce(&mut Register) -> T) -> T {
        act(&mut self.register.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// `GET /firms/{credit code}` and `POST /people {"idNumber": …}`; `/control/mood` and `/control/heard` for whoever plays it.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/firms/{code}", get(firm))
            .route("/people", post(person))
            .route("/control/mood", put(set_mood))
            .route("/control/heard", get(heard))
            .with_state(self.clone())
    }
}

async fn set_mood(State(provider): State<DataProvider>, Json(mood): Json<Mood>) {
    provider.set_mood(mood);
}

async fn heard(State(provider): State<DataProvider>) -> Json<Vec<Heard>> {
    Json(provider.heard())
}

async fn firm(State(provider): State<DataProvider>, Path(code): Path<String>, request: Request) -> Response {
    let found = provider.with(|register| register.firms.get(&code).cloned());
    let asked = format!("GET http://{}{}\n", host(request.headers()), request.uri());
    let body = found.map(|firm| json!({ "status": "ok", "data": firm }));
    provider.answer(request.headers(), asked, body).await
}

async fn person(State(provider): State<DataProvider>, headers: HeaderMap, body: Bytes) -> Response {
    let asked = format!("POST http://{}/people\n{}", host(&headers), String::from_utf8_lossy(&body));
    let question: Value = serde_json::from_slice(&body).unwrap_or_default();
    let number = question["idNumber"].as_str().unwrap_or_default();
    let found = provider.with(|register| register.people.get(number).cloned());
    let status = if found.is_some() { "ok" } else { "none" };
    provider.answer(&headers, asked, Some(json!({ "status": status, "data": found }))).await
}

impl DataProvider {
    async fn answer(&self, headers: &HeaderMap, asked: String, body: Option<Value>) -> Response {
        let token = self.with(|register| register.token.clone());
        if !token.is_empty() && text(headers, header::AUTHORIZATION.as_str()) != format!("Bearer {token}") {
            return StatusCode::UNAUTHORIZED.into_response();
        }
        let mut mood = *self.mood.borrow();
        if mood == Mood::Held {
            self.held.send_modify(|held| *held += 1);
            let mut moods = self.mood.subscribe();
            if let Ok(another) = moods.wait_for(|mood| *mood != Mood::Held).await {
                mood = *another;
            }
        }
        if let Mood::Slow { ms } = mood {
            tokio::time::sleep(Duration::from_millis(ms)).await;
        }
        let (status, bytes) = told(mood, body);
        let salt = text(headers, "lookup-salt");
        let heard = Heard {
            lookup: text(headers, "lookup-id").to_owned(),
            request_digest: digest(salt, asked.as_bytes()),
            request: asked,
            response_digest: digest(salt, &bytes),
        };
        self.with(|register| register.heard.push(heard));
        (status, bytes).into_response()
    }
}

fn told(mood: Mood, body: Option<Value>) -> (StatusCode, Vec<u8>) {
    let Some(mut body) = body else { return (StatusCode::NOT_FOUND, b"{}".to_vec()) };
    match mood {
        Mood::Honest | Mood::Slow { .. } | Mood::Held => {}
        Mood::Down => return (StatusCode::SERVICE_UNAVAILABLE, b"{}".to_vec()),
        Mood::Babbling => return (StatusCode::OK, "系统升级中".as_bytes().to_vec()),
        Mood::Confused => body["data"]["creditCode"] = "91440300MA5DA1232B".into(),
        Mood::Forgetful => body["data"]["name"] = Value::Null,
        Mood::Endless => body["data"]["name"] = "长".repeat(200_000).into(),
    }
    (StatusCode::OK, body.to_string().into_bytes())
}

/// As docs/providers.md says, written here a second time so that the two can differ.
fn digest(salt: &str, bytes: &[u8]) -> String {
    let salted = [salt.as_bytes(), b"\n", bytes].concat();
    Sha256::digest(salted).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn host(headers: &HeaderMap) -> &str {
    text(headers, header::HOST.as_str())
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
