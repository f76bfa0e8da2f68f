//! What the stand-in can be told, as JSON at its control address.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Shared;
use crate::messages::DepartmentMessage;

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Control {
    /// Be reachable, or not.
    Line { line: Line },
    /// Say something to the hall now.
    Say(Say),
    /// The hall is somewhere else now.
    Hall { address: String },
    /// Answer what comes by itself, or stop doing so.
    Automatic { automatic: Option<Automatic> },
}

/// How the department's system is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Line {
    #[default]
    Well,
    /// It answers after a while.
    Slow { millis: u64 },
    /// Connections are closed at once.
    Refusing,
    /// Connections are taken and nothing is answered.
    Hanging,
    /// It answers with this status, without having looked.
    Failing { status: u16 },
    /// It takes a message and acts on it, and the line breaks before its answer.
    Cutting,
}

/// Messages to be sent to the hall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Say {
    pub case_no: String,
    pub messages: Vec<DepartmentMessage>,
    /// How often each is sent, with the same id.
    #[serde(default = "once")]
    pub times: u32,
    /// Numbered as they stand here, sent in the opposite order.
    #[serde(default)]
    pub backwards: bool,
    #[serde(default)]
    pub lie: Option<Lie>,
}

fn once() -> u32 {
    1
}

/// What is not true about a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "kebab-case")]
pub enum Lie {
    /// Signed with something else.
    Signature,
    /// A case that there never was.
    UnknownCase,
    /// A case that was never handed to it.
    AnotherCase { case_no: String },
    /// A kind of message that there is not, such as a department that declares the licence issued.
    Status,
    /// The id of the message before, for something else.
    Id,
    /// Sent a day ago.
    Past,
    /// Sent tomorrow.
    Future,
    /// It gives itself out as another.
    Sender { name: String },
}

/// How it answers by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Automatic {
    pub after_millis: u64,
    pub decision: Decision,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "kebab-case")]
pub enum Decision {
    Approve {
        opinion: String,
        by: String,
    },
    Refuse {
        reason: String,
        by: String,
    },
    /// It says that it has the case, and no more.
    None,
}

/// A message that was sent, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub message_id: String,
    pub kind: String,
    pub sequence: i64,
    /// The answer's HTTP status; 0 where none came.
    pub status: u16,
    /// `applied`, `repeated`, `overtaken`; or the problem's code; or why no answer came.
    pub answer: String,
}

/// What the stand-in knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    pub line: Line,
    pub automatic: Option<Automatic>,
    pub cases: BTreeMap<String, HandedCase>,
}

/// A case as it was handed over.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HandedCase {
    /// In the order in which they came.
    pub messages: Vec<Got>,
    pub withdrawn: bool,
    /// The sequence of the last message acted on.
    pub last_sequence: i64,
}

/// A message that came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Got {
    pub message_id: String,
    pub kind: String,
    pub sequence: i64,
    pub body: Value,
    /// How often it came; it was acted on once.
    pub times: u32,
    /// Kept to know a repetition by.
    pub digest: String,
}

/// An order about a case that the stand-in does not know, and that is not meant as a lie.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no case {0} was handed over")]
pub struct Unknown(pub String);

pub(super) async fn obey(State(shared): State<Arc<Shared>>, Json(control): Json<Control>) -> Response {
    match carry_out(&shared, control).await {
        Ok(said) => Json(said).into_response(),
        Err(unknown) => (StatusCode::NOT_FOUND, unknown.to_string()).into_response(),
    }
}

pub(super) async fn status(State(shared): State<Arc<Shared>>) -> Json<Status> {
    Json(known(&shared))
}

pub(super) fn known(shared: &Shared) -> Status {
    Status { line: shared.switch.get(), automatic: shared.desk.automatic(), cases: shared.desk.cases() }
}

pub(super) async fn carry_out(shared: &Shared, control: Control) -> Result<Vec<Said>, Unknown> {
    match control {
        Control::Line { line } => {
            shared.switch.set(line);
            Ok(Vec::new())
        }
        Control::Automatic { automatic } => {
            shared.desk.set_automatic(automatic);
            Ok(Vec::new())
        }
        Control::Hall { address } => {
            shared.move_hall(address);
            Ok(Vec::new())
        }
        Control::Say(say) => super::say::say(shared, say).await,
    }
}
