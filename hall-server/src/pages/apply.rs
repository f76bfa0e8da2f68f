//! The phone's pages on which an application is made ready and sent without a visit. Every form works without a script.

use std::collections::BTreeMap;

use axum::extract::{Form, Path, Request, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use protocol::case::Applicant;
use protocol::preparation::Entered;
use protocol::problem::Code;
use serde::Deserialize;

use super::frame::{Frame, page};
use super::prepare::{self, PART, To};
use super::view::apply::{ApplyItemPage, ApplyListPage, SentPage, SubmissionPage, Typed};
use super::view::prepare::PreparePart;
use crate::AppState;
use crate::cases::view;
use crate::files::{preview as previews, serve};
use crate::http::problem::ApiError;
use crate::store::cases;
use crate::submission::{self, Open};

/// `GET /apply`.
pub(super) async fn list(State(state): State<AppState>, frame: Frame) -> Result<Response, ApiError> {
    page(&ApplyListPage::new(frame, &submission::offers(&state).await?))
}

/// `GET /apply/{item}`.
pub(super) async fn item(
    State(state): State<AppState>,
    Path(item): Path<String>,
    frame: Frame,
) -> Result<Response, ApiError> {
    page(&ApplyItemPage::new(frame, &submission::offer(&state, &item).await?, String::new()))
}

#[derive(Debug, Deserialize)]
pub(super) struct Start {
    #[serde(default)]
    hall: String,
}

/// `POST /apply/{item}`: a draft begins.
pub(super) async fn start(
    State(state): State<AppState>,
    Path(item): Path<String>,
    frame: Frame,
    Form(start): Form<Start>,
) -> Result<Response, ApiError> {
    match submission::start(&state, &item, &start.hall).await {
        Ok(code) => Ok(Redirect::to(&format!("/s/{code}?lang={}", frame.w.code())).into_response()),
        Err(error) if error.code == Code::UnknownItem => Err(error),
        Err(error) => {
            let (message, status) = prepare::said(&error, frame.w);
            let mut response = page(&ApplyItemPage::new(frame, &submission::offer(&state, &item).await?, message))?;
            *response.status_mut() = status;
            Ok(response)
        }
    }
}

/// `GET /s/{code}`: the draft, or what it became.
pub(super) async fn show(
    State(state): State<AppState>,
    Path(code): Path<String>,
    frame: Frame,
) -> Result<Response, ApiError> {
    let open = submission::find(&state, &code).await?;
    if open.row.application.is_empty() {
        return draft(&state, &open, frame, String::new(), Typed::default()).await;
    }
    let mut connection = state.store.reader().acquire().await?;
    let rows = cases::of_applications(&mut connection, &[&open.row.application]).await?;
    let mut sent = Vec::with_capacity(rows.len());
    for row in &rows {
        sent.push((row.query_code.clone(), view::progress(&state, &mut connection, row).await?));
    }
    page(&SentPage::new(frame, &sent))
}

async fn draft(
    state: &AppState,
    open: &Open,
    frame: Frame,
    message: String,
    typed: Typed,
) -> Result<Response, ApiError> {
    let prepared = submission::read(state, open).await?;
    page(&SubmissionPage::new(&frame, &open.row.code, &open.item, &prepared, message, typed))
}

/// `POST /s/{code}/prepare/answers`.
pub(super) async fn answers(
    State(state): State<AppState>,
    Path(code): Path<String>,
    frame: Frame,
    headers: HeaderMap,
    Form(answers): Form<BTreeMap<String, String>>,
) -> Result<Response, ApiError> {
    let done = submission::enter(&state, &code, &Entered { answers, ..Entered::default() }).await;
    answered(&state, &code, frame, &headers, done, "papers").await
}

/// `POST /s/{code}/prepare/form`.
pub(super) async fn form(
    State(state): State<AppState>,
    Path(code): Path<String>,
    frame: Frame,
    headers: HeaderMap,
    Form(form): Form<BTreeMap<String, String>>,
) -> Result<Response, ApiError> {
    let done = submission::enter(&state, &code, &Entered { form, ..Entered::default() }).await;
    answered(&state, &code, frame, &headers, done, "open").await
}

/// `POST /s/{code}/prepare/documents/{document}`.
pub(super) async fn upload(
    State(state): State<AppState>,
    Path((code, document)): Path<(String, String)>,
    frame: Frame,
    request: Request,
) -> Result<Response, ApiError> {
    let headers = request.headers().clone();
    let done = prepare::received(&state, request, To::Submission(&code), &document).await;
    answered(&state, &code, frame, &headers, done, &format!("paper-{document}")).await
}

/// `POST /s/{code}/files/{file}/take-back`.
pub(super) async fn take_back(
    State(state): State<AppState>,
    Path((code, file)): Path<(String, String)>,
    frame: Frame,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let done = submission::take_back(&state, &code, &file).await;
    answered(&state, &code, frame, &headers, done, "papers").await
}

/// `GET /s/{code}/files/{file}`.
pub(super) async fn download(
    State(state): State<AppState>,
    Path((code, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let row = submission::file(&state, &code, &file).await?;
    serve::serve(&state.files.vault, &row, &headers).await
}

/// `GET /s/{code}/files/{file}/preview`.
pub(super) async fn preview(
    State(state): State<AppState>,
    Path((code, file)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let row = submission::file(&state, &code, &file).await?;
    previews::preview(&state.files.vault, &state.files.previews, &row).await
}

/// What is typed under the draft. The fields are optional, so that whoever left one empty gets the page back and not a bare refusal.
#[derive(Debug, Deserialize)]
pub(super) struct Who {
    #[serde(default)]
    name: String,
    #[serde(default)]
    id_number: String,
    #[serde(default)]
    phone: String,
    /// The box that confirms what was entered; sent only where it is ticked.
    #[serde(default)]
    confirmed: String,
}

/// `POST /s/{code}/send`: the draft becomes an application.
pub(super) async fn send(
    State(state): State<AppState>,
    Path(code): Path<String>,
    frame: Frame,
    Form(who): Form<Who>,
) -> Result<Response, ApiError> {
    let open = submission::find(&state, &code).await?;
    let applicant =
        Applicant { name: who.name.clone(), id_number: who.id_number.clone(), phone: who.phone.clone(), agent: None };
    let done = if who.confirmed.is_empty() && open.row.application.is_empty() {
        let w = |english| super::words::Words { english }.apply_true_missing();
        Err(ApiError::new(Code::InvalidField).detail(w(false), w(true)))
    } else {
        submission::send(&state, &open, applicant).await
    };
    match done {
        Ok(_) => Ok(Redirect::to(&format!("/s/{code}?lang={}", frame.w.code())).into_response()),
        Err(error) => {
            let (message, status) = prepare::said(&error, frame.w);
            let typed = Typed {
                name: who.name,
                id_number: who.id_number,
                phone: who.phone,
                confirmed: !who.confirmed.is_empty(),
            };
            let mut response = draft(&state, &open, frame, message, typed).await?;
            *response.status_mut() = status;
            Ok(response)
        }
    }
}

/// The script gets the part that changes, or the problem; a browser without it is led back to where it was.
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
            let open = submission::find(state, code).await?;
            let prepared = submission::read(state, &open).await?;
            page(&PreparePart::of_submission(frame.w, format!("/s/{code}"), &open.item, &prepared, String::new()))
        }
        Ok(()) => Ok(Redirect::to(&format!("/s/{code}?lang={}#{place}", frame.w.code())).into_response()),
        Err(error) if scripted || matches!(error.code, Code::AlreadyDone | Code::NotFound) => Err(error),
        Err(error) => {
            let (message, status) = prepare::said(&error, frame.w);
            let open = submission::find(state, code).await?;
            let mut response = draft(state, &open, frame, message, Typed::default()).await?;
            *response.status_mut() = status;
            Ok(response)
        }
    }
}
