//! The phone's page on which a ticket's holder prepares. Every form works without a script; with it, the page saves by itself and shows
//! how far an upload is.

use std::collections::BTreeMap;
use std::pin::pin;
use std::time::Duration;

use axum::extract::multipart::Field;
use axum::extract::{Form, FromRequest, Multipart, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::civil;
use protocol::preparation::Entered;
use protocol::problem::{Code, Problem};

use super::frame::{Frame, page};
use super::view::prepare::{PreparePage, PreparePart, Strip};
use super::words::Words;
use crate::AppState;
use crate::files::receive::{self, Announced, Refused};
use crate::http::problem::ApiError;
use crate::preparation::changes::{self, NewFile};
use crate::queue::follow;
use crate::submission;

/// What the page's script sends, to be answered with the part that changes.
pub(super) const PART: &str = "x-part";

/// What a form adds to the bytes of its files, at most.
const FORM_ROOM: u64 = 256 * 1024;

/// How long the rest of a refused upload is read, so that the browser gets to the answer.
const DRAINING: Duration = Duration::from_secs(60);

/// `GET /t/{code}/prepare`. Where there is nothing to prepare any more, the ticket is what matters.
pub(super) async fn show(
    State(state): State<AppState>,
    Path(code): Path<String>,
    frame: Frame,
) -> Result<Response, ApiError> {
    let holder = changes::find(&state, &code).await?;
    if !changes::is_open(&holder.follow, &civil::day(state.clock.now()).to_string()) {
        return Ok(Redirect::to(&format!("/t/{code}?lang={}", frame.w.code())).into_response());
    }
    shown(&state, &code, frame, String::new()).await
}

async fn shown(state: &AppState, code: &str, frame: Frame, message: String) -> Result<Response, ApiError> {
    let holder = changes::find_open(state, code).await?;
    let prepared = changes::read_of(state, &holder).await?;
    page(&PreparePage::new(&frame, &holder.follow, &prepared, message, holder.item.sample))
}

/// `GET /t/{code}/prepare/strip`.
pub(super) async fn strip(
    State(state): State<AppState>,
    Path(code): Path<String>,
    frame: Frame,
) -> Result<Response, ApiError> {
    let place = follow::find(&state, &code).await?;
    page(&Strip::new(frame.w, &follow::follow(&state, &place).await?))
}

/// `POST /t/{code}/prepare/answers`.
pub(super) async fn answers(
    State(state): State<AppState>,
    Path(code): Path<String>,
    frame: Frame,
    headers: HeaderMap,
    Form(answers): Form<BTreeMap<String, String>>,
) -> Result<Response, ApiError> {
    let done = changes::enter(&state, &code, &Entered { answers, ..Entered::default() }).await.map(|_| ());
    answered(&state, &code, frame, &headers, done, "papers").await
}

/// `POST /t/{code}/prepare/form`.
pub(super) async fn form(
    State(state): State<AppState>,
    Path(code): Path<String>,
    frame: Frame,
    headers: HeaderMap,
    Form(form): Form<BTreeMap<String, String>>,
) -> Result<Response, ApiError> {
    let done = changes::enter(&state, &code, &Entered { form, ..Entered::default() }).await.map(|_| ());
    answered(&state, &code, frame, &headers, done, "open").await
}

/// `POST /t/{code}/prepare/send`.
pub(super) async fn send(
    State(state): State<AppState>,
    Path(code): Path<String>,
    frame: Frame,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let done = changes::send(&state, &code).await.map(|_| ());
    answered(&state, &code, frame, &headers, done, "top").await
}

/// `POST /t/{code}/files/{file}/take-back`.
pub(super) async fn take_back(
    State(state): State<AppState>,
    Path((code, file)): Path<(String, String)>,
    frame: Frame,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let done = changes::take_back(&state, &code, &file).await;
    answered(&state, &code, frame, &headers, done, "papers").await
}

/// `POST /t/{code}/prepare/documents/{document}`: one or several files of a multipart form.
pub(super) async fn upload(
    State(state): State<AppState>,
    Path((code, document)): Path<(String, String)>,
    frame: Frame,
    request: Request,
) -> Result<Response, ApiError> {
    let headers = request.headers().clone();
    let done = received(&state, request, To::Ticket(&code), &document).await;
    answered(&state, &code, frame, &headers, done, &format!("paper-{document}")).await
}

/// What the files of a form are for, by its code.
#[derive(Debug, Clone, Copy)]
pub(super) enum To<'a> {
    Ticket(&'a str),
    Submission(&'a str),
}

impl To<'_> {
    async fn keep(self, state: &AppState, document: &str, name: String, field: Field<'_>) -> Result<(), ApiError> {
        let document = document.to_owned();
        match self {
            To::Ticket(code) => {
                let new = NewFile { document, name, announced: Announced::default(), key: None };
                changes::add_file(state, code, new, pin!(field)).await.map(|_| ())
            }
            To::Submission(code) => {
                submission::add_file(state, code, submission::NewFile { document, name }, pin!(field)).await.map(|_| ())
            }
        }
    }
}

/// Has every file of a multipart form kept, until one is refused.
pub(super) async fn received(state: &AppState, request: Request, to: To<'_>, document: &str) -> Result<(), ApiError> {
    let limit = state.files.settings.largest;
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > state.files.settings.largest_per_ticket + FORM_ROOM) {
        tokio::spawn(receive::drain(request.into_body().into_data_stream()));
        return Err(Refused::TooLarge { limit }.into());
    }
    let broken = |_| ApiError::new(Code::BadRequest).detail("文件没有传完", "The file did not arrive whole");
    let mut form = Multipart::from_request(request, state).await.map_err(|_| ApiError::new(Code::BadRequest))?;
    let mut done = Ok(());
    let mut any = false;
    while let Some(field) = form.next_field().await.map_err(broken)? {
        // An input that was left empty is sent without a name.
        let name = field.file_name().unwrap_or_default().to_owned();
        if name.is_empty() {
            continue;
        }
        any = true;
        done = to.keep(state, document, name, field).await;
        if done.is_err() {
            break;
        }
    }
    if done.is_err() {
        let rest = async { while let Ok(Some(_)) = form.next_field().await {} };
        let _ = tokio::time::timeout(DRAINING, rest).await;
    }
    if done.is_ok() && !any {
        return Err(ApiError::new(Code::InvalidField).detail("请先选择文件", "Choose a file first"));
    }
    done
}

/// The script gets the part that changes, or the problem; a browser without it is led back to where it was, with a sentence where
/// something went wrong.
async fn answered(
    state: &AppState,
    code: &str,
    frame: Frame,
    headers: &HeaderMap,
    done: Result<(), ApiError>,
    place: &str,
) -> Result<Response, ApiError> {
    let scripted = headers.contains_key(PART);
    match done {
        Ok(()) if scripted => {
            let holder = changes::find_open(state, code).await?;
            let prepared = changes::read_of(state, &holder).await?;
            page(&PreparePart::of_ticket(frame.w, &holder.follow, &prepared, String::new()))
        }
        Ok(()) => Ok(Redirect::to(&format!("/t/{code}/prepare?lang={}#{place}", frame.w.code())).into_response()),
        Err(error) if scripted || matches!(error.code, Code::TicketFinished | Code::UnknownTicket) => Err(error),
        Err(error) => {
            let (message, status) = said(&error, frame.w);
            let mut response = shown(state, code, frame, message).await?;
            *response.status_mut() = status;
            Ok(response)
        }
    }
}

/// A refusal in a sentence for the page on which it happened, with its status.
pub(super) fn said(error: &ApiError, w: Words) -> (String, StatusCode) {
    let problem = Problem::new(error.code, error.detail.pick(w.english), w.english);
    let colon = if w.english { ": " } else { "：" };
    let sentences = [problem.title, problem.detail].into_iter().filter(|text| !text.is_empty());
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
    (sentences.collect::<Vec<_>>().join(colon), status)
}
