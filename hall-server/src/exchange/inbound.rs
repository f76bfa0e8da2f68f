//! What departments' systems say: verified, acted on once, acknowledged.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use exchange::SIGNATURE;
use exchange::answer::{Acknowledgement, Outcome};
use exchange::envelope::Envelope;
use exchange::messages::{DepartmentMessage, MessageError};
use exchange::settings::System;
use exchange::signing::Keys;
use exchange::verify::{Receiver, Refusal, is_new};
use protocol::Millis;
use protocol::case::Step;
use protocol::problem::{Code, Problem};

use super::record::ExchangeEvent;
use crate::AppState;
use crate::engine::command::CaseAsker;
use crate::engine::{Command, Request, RequestKey};
use crate::http::problem::ApiError;
use crate::store::cases;
use crate::store::exchange::{self as store, InboxOutcome, InboxRow};

/// The longest text of a message, in characters.
const LONGEST_TEXT: usize = 2000;

/// How long a message that cannot be acted on waits for one before it that has not come, in milliseconds.
const PATIENCE: Millis = 10 * 60 * 1000;

/// Why a message of a known sender was not acted on: what it is told, and what is noted of it here.
#[derive(Debug)]
pub struct Refused {
    pub error: ApiError,
    /// The code; or what the sender is not told.
    pub reason: &'static str,
}

impl From<ApiError> for Refused {
    fn from(error: ApiError) -> Self {
        Refused { reason: error.code.as_str(), error }
    }
}

/// A message from a department's own system. The envelope, its signature and the answers are described in `docs/exchange.md`.
#[utoipa::path(post, path = "/api/v1/exchange/{system}", tag = "exchange", request_body = Object,
    params(("system" = String, Path), ("exchange-signature" = String, Header)),
    responses((status = 200, description = "Acknowledged; signed like the message"), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
        (status = 425, body = Problem)))]
pub async fn take(
    State(state): State<AppState>,
    Path(system): Path<String>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    let settings = state.settings.clone();
    let signature = headers.get(SIGNATURE).and_then(|value| value.to_str().ok());
    let Some(system) = settings.systems.get(&system) else {
        return Err(unverified(&state, "", &Refusal::UnknownSender(system)));
    };
    let receiver = Receiver { name: &settings.systems.hall, now: state.clock.now(), window: system.window };
    let keys_of = |from: &str| if from == system.name { &system.keys[..] } else { &[] };
    let (envelope, keys) =
        receiver.verify(&bytes, signature, keys_of).map_err(|refusal| unverified(&state, &system.name, &refusal))?;
    let outcome = receive(&state, system, &envelope).await;
    let result = match &outcome {
        Ok(Outcome::Applied) => "applied",
        Ok(Outcome::Repeated) => "repeated",
        Ok(Outcome::Overtaken) => "overtaken",
        Err(refused) => refused.reason,
    };
    let (id, case_no, kind) = (&envelope.message_id, &envelope.case_no, &envelope.kind);
    tracing::info!(system = system.name, id, case_no, kind, sequence = envelope.sequence, result, "message received");
    state.exchange.came(&system.name, result);
    acknowledge(&state, keys, &envelope, outcome.map_err(|refused| refused.error)?)
}

/// A message whose sender is not certain: nothing of it is noted, lest a stranger fill the inbox.
fn unverified(state: &AppState, system: &str, refusal: &Refusal) -> ApiError {
    let code = refusal.code();
    tracing::warn!(system, code = code.as_str(), error = refusal as &dyn std::error::Error, "message refused");
    state.exchange.came(system, code.as_str());
    ApiError::new(code)
}

fn acknowledge(state: &AppState, keys: &Keys, envelope: &Envelope, outcome: Outcome) -> Result<Response, ApiError> {
    let acknowledgement = Acknowledgement {
        message_id: envelope.message_id.clone(),
        by: state.settings.systems.hall.clone(),
        outcome,
        at: state.clock.now(),
    };
    let signed =
        acknowledgement.signed(keys).ok().and_then(|(text, header)| Some((text, HeaderValue::from_str(&header).ok()?)));
    let Some((text, signature)) = signed else { return Err(ApiError::new(Code::Internal)) };
    let mut response = ([(header::CONTENT_TYPE, "application/json")], text).into_response();
    response.headers_mut().insert(SIGNATURE, signature);
    Ok(response)
}

/// Acts on a verified message unless that was done before, and notes what was done.
async fn receive(state: &AppState, system: &System, envelope: &Envelope) -> Result<Outcome, Refused> {
    let now = state.clock.now();
    let (noted, seen) = {
        let mut connection = state.store.reader().acquire().await.map_err(ApiError::from)?;
        let noted = store::noted(&mut connection, &system.name, &envelope.message_id).await.map_err(ApiError::from)?;
        let seen = store::seen(&mut connection, &system.name, &envelope.case_no, envelope.sequence).await;
        (noted, seen.map_err(ApiError::from)?)
    };
    let digest = noted.as_ref().map(|noted| noted.digest.as_str());
    let new = is_new(envelope, digest).map_err(|refusal| ApiError::new(refusal.code()))?;
    if !new && noted.as_ref().is_some_and(|noted| noted.outcome != InboxOutcome::Refused) {
        let mut tx = state.store.begin_write().await.map_err(ApiError::from)?;
        store::again(&mut tx, &system.name, &envelope.message_id, now).await.map_err(ApiError::from)?;
        tx.commit().await.map_err(ApiError::from)?;
        return Ok(Outcome::Repeated);
    }
    if envelope.sequence <= seen.applied {
        note(state, system, envelope, InboxOutcome::Overtaken, "").await?;
        return Ok(Outcome::Overtaken);
    }
    match apply(state, system, envelope).await {
        Ok(()) => {
            note(state, system, envelope, InboxOutcome::Applied, "").await?;
            Ok(Outcome::Applied)
        }
        Err(refused) if refused.error.code.status() >= 500 => Err(refused),
        Err(refused) => {
            note(state, system, envelope, InboxOutcome::Refused, refused.reason).await?;
            let since = noted.map_or(now, |noted| noted.first_at);
            if may_be_early(refused.error.code, seen.before, envelope.sequence, now - since) {
                return Err(ApiError::new(Code::EarlierMessageMissing).into());
            }
            Err(refused)
        }
    }
}

/// Whether a refusal may only be for now: the state is not right yet, and a message before this one has not come. `before`
/// is the highest number below its own that came, `age` the time since it first came.
fn may_be_early(code: Code, before: i64, sequence: i64, age: Millis) -> bool {
    // An answer before the end of a special procedure, that end before its beginning.
    let early = matches!(code, Code::WrongState | Code::BranchPaused);
    early && before + 1 < sequence && age < PATIENCE
}

async fn note(
    state: &AppState,
    system: &System,
    envelope: &Envelope,
    outcome: InboxOutcome,
    reason: &str,
) -> Result<(), ApiError> {
    let row = InboxRow {
        system: system.name.clone(),
        message_id: envelope.message_id.clone(),
        digest: envelope.digest().map_err(|_| ApiError::new(Code::BadRequest))?,
        case_no: envelope.case_no.clone(),
        sequence: envelope.sequence,
        kind: envelope.kind.clone(),
        outcome,
        reason: reason.to_owned(),
        at: state.clock.now(),
    };
    let mut tx = state.store.begin_write().await?;
    store::note(&mut tx, &row).await?;
    tx.commit().await?;
    Ok(())
}

/// Turns a message into a step or an event of its case. Asked twice with one message id, the engine does it once.
pub async fn apply(state: &AppState, system: &System, envelope: &Envelope) -> Result<(), Refused> {
    let message = DepartmentMessage::parse(&envelope.kind, &envelope.body).map_err(|error| match error {
        MessageError::UnknownKind(_) => ApiError::new(Code::UnknownMessageKind),
        MessageError::BadBody { source, .. } => ApiError::new(Code::InvalidField).field("body", source.to_string()),
    })?;
    let hall = hall_of(state, system, &envelope.case_no).await?;
    let command = command(system, &envelope.case_no, message)?;
    let digest = envelope.digest().map_err(|_| ApiError::new(Code::BadRequest))?;
    let request = Request {
        hall,
        actor: format!("system:{}", system.name),
        key: Some(RequestKey { key: envelope.message_id.clone(), fingerprint: digest }),
        command,
    };
    state.engine.submit(request).await.map(|_| ()).map_err(|error| ApiError::from(error).into())
}

/// The hall of a case that was handed to a system. A case of others is to it as if there were none.
async fn hall_of(state: &AppState, system: &System, case_no: &str) -> Result<String, Refused> {
    let mut connection = state.store.reader().acquire().await.map_err(ApiError::from)?;
    let row = cases::one(&mut connection, case_no).await.map_err(ApiError::from)?;
    let case = row.ok_or_else(|| ApiError::new(Code::UnknownCase))?.case;
    if case.branches.iter().any(|branch| branch.department == system.department && branch.system == system.name) {
        return Ok(case.hall);
    }
    Err(Refused { error: ApiError::new(Code::UnknownCase), reason: "another-departments-case" })
}

/// A message as the engine is asked for it.
fn command(system: &System, case_no: &str, message: DepartmentMessage) -> Result<Command, ApiError> {
    let (case_no, department) = (case_no.to_owned(), system.department.clone());
    let (officer, step) = match message {
        DepartmentMessage::Received { reference } => {
            let reference = short(reference, "reference")?;
            return Ok(Command::Said(Box::new(ExchangeEvent::DepartmentReceived { case_no, department, reference })));
        }
        DepartmentMessage::Progress { text } => {
            let text = said(text, "text")?;
            return Ok(Command::Said(Box::new(ExchangeEvent::DepartmentProgress { case_no, department, text })));
        }
        DepartmentMessage::CorrectionAsked { opinion } => {
            let opinion = said(opinion, "opinion")?;
            return Ok(Command::Said(Box::new(ExchangeEvent::CorrectionAdvised { case_no, department, opinion })));
        }
        DepartmentMessage::Approved { opinion, by } => (by, Step::Approve { opinion: short(opinion, "opinion")? }),
        DepartmentMessage::Refused { reason, by } => (by, Step::Object { reason: short(reason, "reason")? }),
        DepartmentMessage::NotApplicable { reason, by } => {
            (by, Step::NotApplicable { reason: short(reason, "reason")? })
        }
        DepartmentMessage::SpecialProcedureOpened { procedure, reason, days, by } => {
            (by, Step::AskSpecial { kind: procedure, days, reason: short(reason, "reason")? })
        }
        DepartmentMessage::SpecialProcedureClosed { result, by } => {
            (by, Step::CloseSpecial { result: short(result, "result")? })
        }
    };
    let asker = CaseAsker::Department { code: department, officer: said(officer, "by")? };
    Ok(Command::Step { case_no, asker, step: Box::new(step) })
}

fn short(text: String, place: &str) -> Result<String, ApiError> {
    if text.chars().count() > LONGEST_TEXT {
        return Err(ApiError::new(Code::InvalidField).field(place, format!("more than {LONGEST_TEXT} characters")));
    }
    Ok(text)
}

/// A text that must say something.
fn said(text: String, place: &str) -> Result<String, ApiError> {
    if text.trim().is_empty() {
        return Err(ApiError::new(Code::OpinionRequired).field(place, "empty"));
    }
    short(text, place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_waits_for_the_one_before_it_and_not_for_ever() {
        assert!(may_be_early(Code::WrongState, 1, 3, 0), "number 2 has not come");
        assert!(may_be_early(Code::WrongState, 0, 2, PATIENCE - 1));
        assert!(may_be_early(Code::BranchPaused, 1, 3, 0));
        assert!(!may_be_early(Code::WrongState, 0, 2, PATIENCE), "it had its time");
        assert!(!may_be_early(Code::WrongState, 2, 3, 0), "nothing is missing");
        assert!(!may_be_early(Code::WrongState, 0, 1, 0), "it is the first");
        assert!(!may_be_early(Code::TaskClosed, 0, 9, 0), "what is closed does not open again");
    }
}
