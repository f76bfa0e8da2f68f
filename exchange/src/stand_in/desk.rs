//! The stand-in's desk: what was handed over, and taking what comes.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::PROBLEM_JSON;
use protocol::problem::{Code, Problem};

use super::Shared;
use super::control::{Automatic, Got, HandedCase, Line};
use crate::SIGNATURE;
use crate::answer::{Acknowledgement, Outcome};
use crate::envelope::Envelope;
use crate::messages::{HallMessage, MessageError};
use crate::verify::{Receiver, is_new};

#[derive(Debug)]
pub(super) struct Desk(Mutex<Papers>);

#[derive(Debug)]
struct Papers {
    automatic: Option<Automatic>,
    cases: BTreeMap<String, HandedCase>,
    /// The sequence last used towards the hall, for each case.
    said: HashMap<String, i64>,
}

impl Desk {
    pub(super) fn new(automatic: Option<Automatic>) -> Self {
        Desk(Mutex::new(Papers { automatic, cases: BTreeMap::new(), said: HashMap::new() }))
    }

    fn papers(&self) -> MutexGuard<'_, Papers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn automatic(&self) -> Option<Automatic> {
        self.papers().automatic.clone()
    }

    pub(super) fn set_automatic(&self, automatic: Option<Automatic>) {
        self.papers().automatic = automatic;
    }

    pub(super) fn cases(&self) -> BTreeMap<String, HandedCase> {
        self.papers().cases.clone()
    }

    /// Whether an answer is still waited for.
    pub(super) fn waits(&self, case_no: &str) -> bool {
        self.papers().cases.get(case_no).is_some_and(|case| !case.withdrawn)
    }

    pub(super) fn knows(&self, case_no: &str) -> bool {
        self.papers().cases.contains_key(case_no)
    }

    pub(super) fn next_sequence(&self, case_no: &str) -> i64 {
        let mut papers = self.papers();
        let sequence = papers.said.entry(case_no.to_owned()).or_default();
        *sequence += 1;
        *sequence
    }

    fn take(&self, envelope: Envelope) -> Result<Outcome, Code> {
        let message = HallMessage::parse(&envelope.kind, &envelope.body).map_err(|error| match error {
            MessageError::UnknownKind(_) => Code::UnknownMessageKind,
            MessageError::BadBody { .. } => Code::InvalidField,
        })?;
        let digest = envelope.digest().map_err(|_| Code::BadRequest)?;
        let mut papers = self.papers();
        let handed = matches!(message, HallMessage::CaseAcceptedForReview(_));
        if !handed && !papers.cases.contains_key(&envelope.case_no) {
            return Err(Code::UnknownCase);
        }
        let case = papers.cases.entry(envelope.case_no.clone()).or_default();
        let before = case.messages.iter_mut().find(|got| got.message_id == envelope.message_id);
        let noted = before.as_ref().map(|got| got.digest.as_str());
        if !is_new(&envelope, noted).map_err(|refusal| refusal.code())? {
            if let Some(got) = before {
                got.times += 1;
            }
            return Ok(Outcome::Repeated);
        }
        if envelope.sequence <= case.last_sequence {
            return Ok(Outcome::Overtaken);
        }
        case.last_sequence = envelope.sequence;
        case.withdrawn = matches!(message, HallMessage::CaseWithdrawn { .. }) || (case.withdrawn && !handed);
        case.messages.push(Got {
            message_id: envelope.message_id,
            kind: envelope.kind,
            sequence: envelope.sequence,
            body: envelope.body,
            times: 1,
            digest,
        });
        Ok(Outcome::Applied)
    }
}

/// `POST /exchange`: a message of the hall.
pub(super) async fn take(State(shared): State<Arc<Shared>>, headers: HeaderMap, bytes: Bytes) -> Response {
    match shared.switch.get() {
        Line::Slow { millis } => tokio::time::sleep(Duration::from_millis(millis)).await,
        Line::Hanging => std::future::pending().await,
        Line::Failing { status } => {
            return StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response();
        }
        Line::Well | Line::Refusing | Line::Cutting => {}
    }
    let who = &shared.who;
    let signature = headers.get(SIGNATURE).and_then(|value| value.to_str().ok());
    let receiver = Receiver { name: &who.name, now: shared.now(), window: who.window };
    let keys_of = |from: &str| if from == who.hall { std::slice::from_ref(&who.keys) } else { &[] };
    let envelope = match receiver.verify(&bytes, signature, keys_of) {
        Ok((envelope, _)) => envelope,
        Err(refusal) => return problem(refusal.code(), &refusal.to_string()),
    };
    let (message_id, case_no, kind) = (envelope.message_id.clone(), envelope.case_no.clone(), envelope.kind.clone());
    let outcome = match shared.desk.take(envelope) {
        Ok(outcome) => outcome,
        Err(code) => return problem(code, &format!("{kind} about {case_no}")),
    };
    tracing::info!(message_id, case_no, kind, ?outcome, "taken");
    if outcome == Outcome::Applied && kind == HallMessage::KINDS[0] {
        super::automatic::answer(&shared, case_no);
    }
    let acknowledgement = Acknowledgement { message_id, by: who.name.clone(), outcome, at: shared.now() };
    match acknowledgement.signed(&who.keys) {
        Ok((text, signature)) => {
            let headers = [(header::CONTENT_TYPE.as_str(), "application/json"), (SIGNATURE, signature.as_str())];
            (headers, text).into_response()
        }
        Err(error) => problem(Code::Internal, &error.to_string()),
    }
}

fn problem(code: Code, detail: &str) -> Response {
    tracing::warn!(code = code.as_str(), detail, "refused");
    let problem = Problem::new(code, detail, false);
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, PROBLEM_JSON)], serde_json::to_string(&problem).unwrap_or_default())
        .into_response()
}
