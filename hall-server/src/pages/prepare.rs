//! The phone's page on which a ticket's holder prepares. Every form works without a script; with it, the page saves by itself and shows
//! how far an upload is.

use std::collections::BTreeMap;
use std::pin::pin;
use std::time::Duration;

use axum::extract::{Form, FromRequest, Multipart, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::civil;
use protocol::preparation::Entered;
use protocol::problem::{Code, Problem};

use super::frame::{Frame, page};
use super::view::prepare::{PreparePage, PreparePart, Strip};
use crate::AppState;
use crate::files::receive::{self, Announced, Refused};
use crate::http::problem::ApiError;
use crate::preparation::changes::{self, NewFile};
use crate::queue::follow;

/// What the page's script sends, to be answered with the part that changes.
const PART: &str = "x-part";

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
    let limit = state.files.settings.largest;
    let length = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    let done = if length.is_some_and(|length| length > state.files.settings.largest_per_ticket + FORM_ROOM) {
        tokio::spawn(receive::drain(request.into_body().into_data_stream()));
        Err(Refused::TooLarge { limit }.into())
    } else {
        received(&state, &code, &document, request).await
    };
    answered(&state, &code, frame, &headers, done, &format!("paper-{document}")).await
}

async fn received(state: &AppState, code: &str, document: &str, request: Request) -> Result<(), ApiError> {
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
        let new = NewFile { document: document.to_owned(), name, announced: Announced::default(), key: None };
        done = changes::add_file(state, code, new, pin!(field)).await.map(|_| ());
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
            page(&PreparePart::new(frame.w, &holder.follow, &prepared, String::new()))
        }
        Ok(()) => Ok(Redirect::to(&format!("/t/{code}/prepare?lang={}#{place}", frame.w.code())).into_response()),
        Err(error) if scripted || matches!(error.code, Code::TicketFinished | Code::UnknownTicket) => Err(error),
        Err(error) => {
            let problem = Problem::new(error.code, error.detail.pick(frame.w.english), frame.w.english);
            let colon = if frame.w.english { ": " } else { "：" };
            let message = [problem.title, problem.detail].into_iter().filter(|text| !text.is_empty());
            let mut response = shown(state, code, frame, message.collect::<Vec<_>>().join(colon)).await?;
            *response.status_mut() = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
            Ok(response)
        }
    }
}
