//! Files for members of staff: uploaded from a scanner, read at desks.

use axum::Json;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use protocol::files::File;
use protocol::problem::{Code, Problem};
use serde::Deserialize;
use utoipa::IntoParams;

use super::access::{self, Subject};
use super::keep::{self, Given};
use super::receive::{self, Announced};
use super::{preview, serve};
use crate::AppState;
use crate::http::asker::Staff;
use crate::http::body::UploadKey;
use crate::http::problem::ApiError;
use crate::store::files::{self, FileRow};

/// What an upload is for and called.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Upload {
    /// `ticket:ID` or `case:NO`.
    #[serde(rename = "for")]
    subject: String,
    #[serde(default)]
    name: String,
}

/// Store a file: the body is its bytes. What it is is decided by them, not by its name. `Content-Digest: sha-256=:…:` is checked.
#[utoipa::path(post, path = "/api/v1/files", tag = "files",
    params(("for" = String, Query), ("name" = Option<String>, Query), ("idempotency-key" = Option<String>, Header),
        ("content-digest" = Option<String>, Header)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = File), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, body = Problem)))]
pub async fn upload(
    State(state): State<AppState>,
    staff: Staff,
    Query(upload): Query<Upload>,
    UploadKey(key): UploadKey,
    request: Request,
) -> Result<(StatusCode, Json<File>), ApiError> {
    let subject = subject(&upload.subject)?;
    let announced = Announced::of(request.headers())?;
    let mut chunks = request.into_body().into_data_stream();
    let received = async {
        let mut connection = state.store.reader().acquire().await?;
        if !access::may_add(&mut connection, &subject, staff.user()).await? {
            return Err(unknown(&subject));
        }
        drop(connection);
        let limit = state.files.settings.largest;
        Ok(receive::receive(&state.files.vault, announced, limit, &mut chunks).await?)
    };
    let received = match received.await {
        Ok(received) => received,
        Err(error) => {
            // Answered at once; what is still coming is read meanwhile and thrown away.
            tokio::spawn(receive::drain(chunks));
            return Err(error);
        }
    };
    let key = key.map(|key| key.of(&received.digest));
    let by = staff.asker().actor();
    let mut tx = state.store.begin_write().await?;
    if let Some(row) = keep::answered_before(&mut tx, &by, key.as_ref()).await? {
        return Ok((StatusCode::CREATED, Json(keep::view(row))));
    }
    let given = Given { subject: subject.to_string(), by, name: upload.name };
    let now = state.clock.now();
    let row = keep::keep(&mut tx, &state.files.vault, &received, given, key.as_ref(), now).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(keep::view(row))))
}

#[derive(Debug, Deserialize)]
pub struct Listed {
    #[serde(rename = "for")]
    subject: String,
}

/// The files of a ticket or case, in the order of their coming.
#[utoipa::path(get, path = "/api/v1/files", tag = "files", params(("for" = String, Query)),
    responses((status = 200, body = Vec<File>), (status = 404, body = Problem)))]
pub async fn list(
    State(state): State<AppState>,
    staff: Staff,
    Query(listed): Query<Listed>,
) -> Result<Json<Vec<File>>, ApiError> {
    let subject = subject(&listed.subject)?;
    let mut connection = state.store.reader().acquire().await?;
    if !access::may_see(&mut connection, &subject, staff.user()).await? {
        return Err(unknown(&subject));
    }
    let rows = files::of(&mut connection, &subject.to_string()).await?;
    Ok(Json(rows.into_iter().map(keep::view).collect()))
}

/// A file's bytes; a part of them where `Range` asks for one.
#[utoipa::path(get, path = "/api/v1/files/{id}", tag = "files",
    params(("id" = String, Path), ("range" = Option<String>, Header)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 206, body = Vec<u8>, content_type = "application/octet-stream"), (status = 404, body = Problem)))]
pub async fn download(
    State(state): State<AppState>,
    staff: Staff,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let row = visible(&state, &id, &staff).await?;
    serve::serve(&state.files.vault, &row, &headers).await
}

/// A picture's preview, at most 1200 pixels wide and high and upright. Other files have none.
#[utoipa::path(get, path = "/api/v1/files/{id}/preview", tag = "files", params(("id" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "image/jpeg"), (status = 404, body = Problem)))]
pub async fn preview(
    State(state): State<AppState>,
    staff: Staff,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let row = visible(&state, &id, &staff).await?;
    preview::preview(&state.files.vault, &state.files.previews, &row).await
}

/// A file that the asker may see. To others it does not exist.
async fn visible(state: &AppState, id: &str, staff: &Staff) -> Result<FileRow, ApiError> {
    let mut connection = state.store.reader().acquire().await?;
    let unknown = || ApiError::new(Code::UnknownFile);
    let row = files::one(&mut connection, id).await?.ok_or_else(unknown)?;
    let subject = Subject::parse(&row.subject).ok_or_else(unknown)?;
    if access::may_see(&mut connection, &subject, staff.user()).await? { Ok(row) } else { Err(unknown()) }
}

fn subject(text: &str) -> Result<Subject, ApiError> {
    Subject::parse(text).ok_or_else(|| ApiError::new(Code::InvalidField).field("for", "ticket:ID or case:NO"))
}

fn unknown(subject: &Subject) -> ApiError {
    ApiError::new(match subject {
        Subject::Ticket(_) => Code::UnknownTicket,
        Subject::Submission(_) => Code::UnknownFile,
        Subject::Case(_) => Code::UnknownCase,
    })
}
