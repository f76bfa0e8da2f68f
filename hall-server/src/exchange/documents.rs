//! The files of handed-over documents: each is fetched by the department's system at an address of its own, once.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use exchange::messages::HandedFile;
use futures_util::StreamExt;
use protocol::Millis;
use protocol::case::FileRef;
use protocol::problem::{Code, Problem};
use serde_json::Value;
use sqlx::AnyConnection;

use super::outbound::SendError;
use crate::AppState;
use crate::files::serve;
use crate::http::problem::ApiError;
use crate::identity::secrets;
use crate::store::exchange::{self as store, OutboxRow};
use crate::store::files;

/// Begins a file's place until the message is first sent, and it is given an address.
const BY_ID: &str = "file:";

/// A file as it stands in the outbox: named, without an address.
pub fn named(file: &FileRef) -> HandedFile {
    HandedFile { digest: file.digest.clone(), fetch: format!("{BY_ID}{}", file.id), ..HandedFile::default() }
}

/// Gives a message's files their addresses, when it is first sent: a repetition says the same. A file that is not there any
/// more is left out.
pub(super) async fn give_addresses(
    connection: &mut AnyConnection,
    row: &mut OutboxRow,
    public_url: &str,
    now: Millis,
) -> Result<(), SendError> {
    if !row.body.contains(&format!("\"{BY_ID}")) {
        return Ok(());
    }
    let Ok(mut body) = serde_json::from_str::<Value>(&row.body) else { return Ok(()) };
    for document in body["documents"].as_array_mut().into_iter().flatten() {
        let mut there = Vec::new();
        for file in document["files"].as_array().into_iter().flatten() {
            let Some(id) = file["fetch"].as_str().and_then(|place| place.strip_prefix(BY_ID)) else { continue };
            let Some(known) = files::one(&mut *connection, id).await? else {
                tracing::warn!(file = id, message = row.id, "a file to be handed over is not there");
                continue;
            };
            let token = secrets::token()?;
            store::add_fetch(&mut *connection, &secrets::token_hash(&token), &row.id, id, now).await?;
            let handed = HandedFile {
                media_type: known.media_type,
                size: known.size,
                digest: known.digest,
                fetch: format!("{public_url}/api/v1/exchange/documents/{token}"),
            };
            there.push(serde_json::to_value(handed).unwrap_or_default());
        }
        document["files"] = there.into();
    }
    row.body = body.to_string();
    store::set_body(connection, &row.id, &row.body).await?;
    Ok(())
}

/// A file that a message named, for the department's system. It is given once.
#[utoipa::path(get, path = "/api/v1/exchange/documents/{token}", tag = "exchange", params(("token" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 404, body = Problem),
        (status = 410, body = Problem)))]
pub async fn fetch(State(state): State<AppState>, Path(token): Path<String>) -> Result<Response, ApiError> {
    let hash = secrets::token_hash(&token);
    let file = {
        let mut connection = state.store.reader().acquire().await?;
        let fetch = store::fetch(&mut connection, &hash).await?.ok_or_else(|| ApiError::new(Code::NotFound))?;
        if fetch.fetched_at.is_some() {
            return Err(ApiError::new(Code::AlreadyFetched));
        }
        if fetch.expires_at <= state.clock.now() {
            return Err(ApiError::new(Code::NotFound));
        }
        files::one(&mut connection, &fetch.file).await?.ok_or_else(|| ApiError::new(Code::NotFound))?
    };
    // Whole, whatever range is asked for: a part of it would not count as fetched.
    let (parts, body) = serve::serve(&state.files.vault, &file, &HeaderMap::new()).await?.into_parts();
    let (size, mut sent, mut done) = (file.size, 0_i64, Some((state, hash)));
    let watched = body.into_data_stream().inspect(move |chunk| {
        sent += chunk.as_ref().map_or(0, |bytes| i64::try_from(bytes.len()).unwrap_or(i64::MAX));
        // A connection that breaks before the end leaves the address open.
        if sent >= size
            && let Some((state, hash)) = done.take()
        {
            tokio::spawn(async move { note_fetched(&state, &hash).await });
        }
    });
    Ok(Response::from_parts(parts, Body::from_stream(watched)))
}

async fn note_fetched(state: &AppState, hash: &str) {
    let noted = async {
        let mut tx = state.store.begin_write().await?;
        store::fetched(&mut tx, hash, state.clock.now()).await?;
        tx.commit().await?;
        Ok::<_, crate::store::StoreError>(())
    };
    if let Err(error) = noted.await {
        tracing::error!(error = &error as &dyn std::error::Error, "a fetched file could not be noted as such");
    }
}
