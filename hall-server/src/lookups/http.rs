//! Looking up, and the log of a case.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::lookups::Office;
use protocol::lookup::{AskLookup, Lookup, LookupOutcome};
use protocol::problem::{Code, Problem};
use tokio::time::Instant;

use super::asking::{NoData, Question};
use super::providers::Provider;
use super::view;
use crate::AppState;
use crate::cases::reading;
use crate::engine::lookups::{self as engine, EndLookup, Granted};
use crate::engine::{Answer, Command, Request};
use crate::http::asker::Staff;
use crate::http::body::{self, Repeatable};
use crate::http::problem::ApiError;
use crate::identity::{secrets, sessions};
use crate::store::{cases, lookups};

/// The longest texts that are kept of what somebody asks, in characters; what is longer is refused by the rules all the same.
const KEPT_PURPOSE: usize = 201;
const KEPT_KEY: usize = 64;

/// Look up in another office's register what a document would say. The hall's clerk may before acceptance, reviewers of open
/// branches after it; refusals are logged too. Where nothing could be had, the outcome says so and nothing is attached.
#[utoipa::path(post, path = "/api/v1/cases/{case_no}/lookups", tag = "lookups", request_body = AskLookup,
    params(("case_no" = String, Path), ("idempotency-key" = Option<String>, Header)),
    responses((status = 201, body = Lookup), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub async fn ask(
    State(state): State<AppState>,
    Path(case_no): Path<String>,
    staff: Staff,
    Repeatable(key): Repeatable,
    body::Json(ask): body::Json<AskLookup>,
) -> Result<(StatusCode, Json<Lookup>), ApiError> {
    let case = {
        let mut connection = state.store.reader().acquire().await?;
        let row = cases::one(&mut connection, &case_no).await?;
        row.ok_or_else(|| ApiError::new(Code::UnknownCase))?.case
    };
    let source = case.documents.iter().find(|d| d.key == ask.document).map(|d| d.shared_source.clone());
    let source = source.unwrap_or_default();
    let provider = state.settings.providers.get(&source).cloned();
    let actor = staff.asker().actor();
    let command = engine::AskLookup {
        id: secrets::page_code(state.clock.now()).map_err(sessions::no_randomness)?,
        salt: secrets::token().map_err(sessions::no_randomness)?,
        case_no,
        asker: staff.user().clone(),
        purpose: ask.purpose.trim().chars().take(KEPT_PURPOSE).collect(),
        document: ask.document.chars().take(KEPT_KEY).collect(),
        provider: provider.as_ref().map(|p| engine::Connected { data: p.data.clone(), number: p.number }),
        number: ask.number,
    };
    let looking = Looking { state: state.clone(), hall: case.hall, item: case.item, source, actor, provider, command };
    // On a task of its own: whoever hangs up cannot keep an answer out of the log.
    let id = tokio::spawn(looking.carry_out(key)).await.map_err(|error| {
        tracing::error!(%error, "a lookup panicked");
        ApiError::new(Code::Internal)
    })??;
    let mut connection = state.store.reader().acquire().await?;
    let logged = lookups::one(&mut connection, &id).await?.ok_or_else(|| ApiError::new(Code::Internal))?;
    let view = view::for_staff(&mut connection, vec![logged]).await?.pop();
    Ok((StatusCode::CREATED, Json(view.ok_or_else(|| ApiError::new(Code::Internal))?)))
}

/// A lookup under way.
struct Looking {
    state: AppState,
    hall: String,
    actor: String,
    provider: Option<Provider>,
    item: String,
    /// The provider's name.
    source: String,
    command: engine::AskLookup,
}

impl Looking {
    /// Logs the lookup, asks the provider, and logs and attaches what came of it. Returns the lookup's id.
    async fn carry_out(self, key: Option<crate::engine::RequestKey>) -> Result<String, ApiError> {
        let granted = self.submit(key, Command::AskLookup(Box::new(self.command.clone()))).await?;
        let (Some(allowed), Some(provider)) = (granted.allowed, &self.provider) else { return Ok(granted.id) };
        let ask = &self.command;
        let (Office::Hall(office) | Office::Department(office)) = allowed.office;
        let question = Question {
            id: ask.id.clone(),
            salt: ask.salt.clone(),
            number: allowed.number,
            purpose: ask.purpose.clone(),
            case_no: ask.case_no.clone(),
            item: self.item.clone(),
            office,
        };
        let began = Instant::now();
        let asked = provider.adapter.ask(&question).await;
        let duration_ms = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
        let (outcome, content) = match &asked.found {
            Ok(fields) => {
                (LookupOutcome::Found, Some(serde_json::to_string(fields).map_err(|error| unwritable(&error))?))
            }
            Err(error) => {
                tracing::warn!(lookup = ask.id, case_no = ask.case_no, %error, "a lookup gave nothing");
                let outcome = match error {
                    NoData::NotFound => LookupOutcome::NotFound,
                    NoData::NoAnswer(_) => LookupOutcome::NoAnswer,
                    NoData::WrongAnswer(_) => LookupOutcome::WrongAnswer,
                };
                (outcome, None)
            }
        };
        let end = EndLookup {
            id: ask.id.clone(),
            case_no: ask.case_no.clone(),
            document: ask.document.clone(),
            provider: self.source.clone(),
            outcome,
            request_digest: asked.request_digest,
            response_digest: asked.response_digest,
            duration_ms,
            content,
        };
        Ok(self.submit(None, Command::EndLookup(Box::new(end))).await?.id)
    }

    async fn submit(&self, key: Option<crate::engine::RequestKey>, command: Command) -> Result<Granted, ApiError> {
        let request = Request { hall: self.hall.clone(), actor: self.actor.clone(), key, command };
        match self.state.engine.submit(request).await? {
            Answer::Lookup(granted) => Ok(granted),
            _ => Err(ApiError::new(Code::IdempotencyKeyReused)),
        }
    }
}

fn unwritable(error: &serde_json::Error) -> ApiError {
    tracing::error!(%error, "a document pulled could not be written");
    ApiError::new(Code::Internal)
}

/// Everything looked up for a case, and what was refused, for the staff that it concerns and supervisors.
#[utoipa::path(get, path = "/api/v1/cases/{case_no}/lookups", tag = "lookups", params(("case_no" = String, Path)),
    responses((status = 200, body = Vec<Lookup>), (status = 404, body = Problem)))]
pub async fn of_case(
    State(state): State<AppState>,
    Path(case_no): Path<String>,
    staff: Staff,
) -> Result<Json<Vec<Lookup>>, ApiError> {
    let mut connection = state.store.reader().acquire().await?;
    reading::visible(&mut connection, &case_no, staff.user()).await?;
    let logged = lookups::of_case(&mut connection, &case_no).await?;
    Ok(Json(view::for_staff(&mut connection, logged).await?))
}
