//! A preparation over the API: by the code on the ticket for its holder, by the ticket for the desk.

use axum::Json;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::queue::TicketId;
use protocol::files::File;
use protocol::preparation::{Entered, Preparation};
use protocol::problem::{Code, Problem};
use serde::Deserialize;

use super::changes::{self, NewFile};
use crate::AppState;
use crate::files::receive::{self, Announced};
use crate::files::{keep, preview as previews, serve};
use crate::http::asker::Staff;
use crate::http::body::{self, UploadKey};
use crate::http::problem::ApiError;
use crate::store::queue;

/// What the holder of a ticket has prepared, for clerks of its hall. A draft that was not handed over is theirs to see once the ticket
/// is called.
#[utoipa::path(get, path = "/api/v1/tickets/{id}/preparation", tag = "preparation", params(("id" = i64, Path)),
    responses((status = 200, body = Preparation), (status = 404, body = Problem)))]
pub async fn of_ticket(
    State(state): State<AppState>,
    Path(ticket): Path<TicketId>,
    staff: Staff,
) -> Result<Json<Preparation>, ApiError> {
    let mut connection = state.store.reader().acquire().await?;
    let row = queue::ticket(&mut connection, ticket).await?.ok_or_else(|| ApiError::new(Code::UnknownTicket))?;
    staff.clerk_of(&row.hall)?;
    let prepared = super::of_ticket(&mut connection, ticket).await?;
    let called = row.ticket.state.calls() > 0;
    prepared.filter(|preparation| preparation.sent_at.is_some() || called).map(Json).ok_or_else(|| {
        ApiError::new(Code::NotFound).detail("该号没有交来准备的材料", "Nothing was handed over for this ticket")
    })
}

/// What is prepared so far, with the questions, fields and documents that apply and what is still open.
#[utoipa::path(get, path = "/api/v1/follow/{code}/preparation", tag = "preparation", params(("code" = String, Path)),
    responses((status = 200, body = Preparation), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn read(State(state): State<AppState>, Path(code): Path<String>) -> Result<Json<Preparation>, ApiError> {
    Ok(Json(changes::read(&state, &code).await?))
}

/// Enter answers and form entries; they are kept as a draft.
#[utoipa::path(put, path = "/api/v1/follow/{code}/preparation", tag = "preparation", request_body = Entered,
    params(("code" = String, Path)),
    responses((status = 200, body = Preparation), (status = 409, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem)))]
pub async fn enter(
    State(state): State<AppState>,
    Path(code): Path<String>,
    body::Json(entered): body::Json<Entered>,
) -> Result<Json<Preparation>, ApiError> {
    Ok(Json(changes::enter(&state, &code, &entered).await?))
}

/// Hand the preparation over to the window. It can still be changed afterwards.
#[utoipa::path(post, path = "/api/v1/follow/{code}/preparation/send", tag = "preparation", params(("code" = String, Path)),
    responses((status = 200, body = Preparation), (status = 409, body = Problem)))]
pub async fn send(State(state): State<AppState>, Path(code): Path<String>) -> Result<Json<Preparation>, ApiError> {
    Ok(Json(changes::send(&state, &code).await?))
}

/// Which document a file is for, and its name.
#[derive(Debug, Deserialize)]
pub struct Upload {
    document: String,
    #[serde(default)]
    name: String,
}

/// Add a file for one of the item's documents: the body is its bytes.
#[utoipa::path(post, path = "/api/v1/follow/{code}/files", tag = "preparation",
    params(("code" = String, Path), ("document" = String, Query), ("name" = Option<String>, Query),
        ("idempotency-key" = Option<String>, Header), ("content-digest" = Option<String>, Header)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = File), (status = 409, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 429, body = Problem)))]
pub async fn upload(
    State(state): State<AppState>,
    Path(code): Path<String>,
    Query(upload): Query<Upload>,
    UploadKey(key): UploadKey,
    request: Request,
) -> Result<(StatusCode, Json<File>), ApiError> {
    let announced = Announced::of(request.headers())?;
    let mut chunks = request.into_body().into_data_stream();
    let new = NewFile { document: upload.document, name: upload.name, announced, key };
    match changes::add_file(&state, &code, new, std::pin::Pin::new(&mut chunks)).await {
        Ok(row) => Ok((StatusCode::CREATED, Json(keep::view(row)))),
        Err(error) => {
            tokio::spawn(receive::drain(chunks));
            Err(error)
        }
    }
}

/// One of the holder's own files.
#[utoipa::path(get, path = "/api/v1/follow/{code}/files/{file}", tag = "preparation",
    params(("code" = String, Path), ("file" = String, Path), ("range" = Option<String>, Header)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 404, body = Problem)))]
pub async fn download(
    State(state): State<AppState>,
    Path((code, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let row = changes::file(&state, &code, &file).await?;
    serve::serve(&state.files.vault, &row, &headers).await
}

/// The preview of one of the holder's own pictures.
#[utoipa::path(get, path = "/api/v1/follow/{code}/files/{file}/preview", tag = "preparation",
    params(("code" = String, Path), ("file" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "image/jpeg"), (status = 404, body = Problem)))]
pub async fn preview(
    State(state): State<AppState>,
    Path((code, file)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let row = changes::file(&state, &code, &file).await?;
    previews::preview(&state.files.vault, &state.files.previews, &row).await
}

/// Take a file back.
#[utoipa::path(delete, path = "/api/v1/follow/{code}/files/{file}", tag = "preparation",
    params(("code" = String, Path), ("file" = String, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn take_back(
    State(state): State<AppState>,
    Path((code, file)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    changes::take_back(&state, &code, &file).await?;
    Ok(StatusCode::NO_CONTENT)
}
