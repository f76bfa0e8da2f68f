//! A draft on a phone: begun, filled in, photographed for, until it is sent.

use std::pin::Pin;

use axum::body::Bytes;
use futures_util::Stream;
use protocol::catalogue::Item;
use protocol::preparation::{Entered, Preparation};
use protocol::problem::Code;

use super::offer;
use crate::AppState;
use crate::files::access::Subject;
use crate::files::keep::{self, Given};
use crate::files::receive::{self, Announced};
use crate::http::problem::ApiError;
use crate::identity::{secrets, sessions};
use crate::preparation::{self, changes};
use crate::store::files::FileRow;
use crate::store::submissions::{self, SubmissionRow};
use crate::store::{Tx, files};

/// A submission found by its code, with its item.
#[derive(Debug, Clone)]
pub struct Open {
    pub row: SubmissionRow,
    pub item: Item,
}

/// Begins a draft for an item that may be applied for from a phone; returns its code.
pub async fn start(state: &AppState, item: &str, hall: &str) -> Result<String, ApiError> {
    let now = state.clock.now();
    let offer = offer(state, item).await?;
    if !offer.halls.iter().any(|offering| offering.code == hall) {
        return Err(ApiError::new(Code::UnknownHall).detail("请选择办理大厅", "Choose the hall"));
    }
    if !state.submissions.starts.allows(0, now) {
        return Err(ApiError::new(Code::TooManyRequests));
    }
    let row = SubmissionRow {
        code: secrets::page_code(now).map_err(sessions::no_randomness)?,
        hall: hall.to_owned(),
        item: offer.item.code,
        item_version: offer.item.version,
        changed_at: now,
        ..SubmissionRow::default()
    };
    let mut tx = state.store.begin_write().await?;
    files::lock(&mut tx, "submissions").await?;
    submissions::add(&mut tx, &row).await?;
    tx.commit().await?;
    Ok(row.code)
}

/// Finds a submission, sent or not.
pub async fn find(state: &AppState, code: &str) -> Result<Open, ApiError> {
    let mut connection = state.store.reader().acquire().await?;
    let row = submissions::by_code(&mut connection, code).await?;
    let row = row.ok_or_else(|| {
        ApiError::new(Code::NotFound)
            .detail("没有这份申请，或草稿已过期", "There is no such application, or the draft is out of date")
    })?;
    let item = preparation::item(&mut connection, &row.item, row.item_version).await?;
    Ok(Open { row, item })
}

/// What is filled in so far, with what is still open.
pub async fn read(state: &AppState, open: &Open) -> Result<Preparation, ApiError> {
    let mut connection = state.store.reader().acquire().await?;
    Ok(preparation::submission(&mut connection, &open.item, &open.row).await?)
}

/// Enters answers and form entries.
pub async fn enter(state: &AppState, code: &str, entered: &Entered) -> Result<(), ApiError> {
    let open = changing(state, code).await?;
    let (mut tx, mut row) = taken(state, &open).await?;
    row.draft.enter(&open.item, &entered.answers, &entered.form).map_err(changes::refused)?;
    submissions::put(&mut tx, &row).await?;
    Ok(tx.commit().await?)
}

/// A file for one of the item's documents, as it is being sent.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// The document's key.
    pub document: String,
    pub name: String,
}

/// Receives and keeps a file. `chunks` is read as far as the file is taken.
pub async fn add_file<S, E>(
    state: &AppState,
    code: &str,
    new: NewFile,
    chunks: Pin<&mut S>,
) -> Result<FileRow, ApiError>
where
    S: Stream<Item = Result<Bytes, E>>,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let open = changing(state, code).await?;
    if open.item.documents.iter().all(|document| document.key != new.document) {
        let reason = format!("the item has no document {:?}", new.document);
        return Err(ApiError::new(Code::InvalidField).field("document", reason));
    }
    let settings = &state.files.settings;
    let received = receive::receive(&state.files.vault, Announced::default(), settings.largest, chunks).await?;
    let subject = Subject::Submission(open.row.id).to_string();
    // The file may have been long under way.
    let (mut tx, row) = taken(state, &open).await?;
    keep::has_room(&mut tx, &subject, settings, received.incoming.size()).await?;
    let given = Given { subject: subject.clone(), by: subject, name: new.name };
    submissions::put(&mut tx, &row).await?;
    let file = keep::keep(&mut tx, &state.files.vault, &received, given, None, row.changed_at).await?;
    submissions::add_file(&mut tx, row.id, &new.document, &file.id).await?;
    tx.commit().await?;
    Ok(file)
}

/// Takes a file back, with its bytes where nobody else brought the same.
pub async fn take_back(state: &AppState, code: &str, file: &str) -> Result<(), ApiError> {
    let open = changing(state, code).await?;
    let (mut tx, row) = taken(state, &open).await?;
    let stored = files::one(&mut tx, file).await?;
    let (Some(stored), true) = (stored, submissions::remove_file(&mut tx, row.id, file).await?) else {
        return Err(ApiError::new(Code::UnknownFile));
    };
    files::remove(&mut tx, file).await?;
    submissions::put(&mut tx, &row).await?;
    tx.commit().await?;
    keep::let_go(&state.store, &state.files.vault, &stored.digest).await
}

/// A file of a draft, for whoever has its code.
pub async fn file(state: &AppState, code: &str, file: &str) -> Result<FileRow, ApiError> {
    let open = find(state, code).await?;
    if !open.row.application.is_empty() {
        return Err(sent_already());
    }
    let subject = Subject::Submission(open.row.id).to_string();
    let mut connection = state.store.reader().acquire().await?;
    let row = files::one(&mut connection, file).await?.filter(|row| row.subject == subject);
    row.ok_or_else(|| ApiError::new(Code::UnknownFile))
}

/// The draft, where it is not changed too often.
async fn changing(state: &AppState, code: &str) -> Result<Open, ApiError> {
    let open = find(state, code).await?;
    if state.submissions.changes.allows(open.row.id, state.clock.now()) {
        return Ok(open);
    }
    Err(ApiError::new(Code::TooManyRequests))
}

/// Begins a change: the row as it is, with the instant of the change, and nobody else changing or sending it until the transaction ends.
async fn taken(state: &AppState, open: &Open) -> Result<(Tx, SubmissionRow), ApiError> {
    let mut tx = state.store.begin_write().await?;
    files::lock(&mut tx, &Subject::Submission(open.row.id).to_string()).await?;
    let mut row = submissions::one(&mut tx, open.row.id).await?.ok_or_else(|| ApiError::new(Code::NotFound))?;
    if !row.application.is_empty() {
        return Err(sent_already());
    }
    row.changed_at = state.clock.now();
    Ok((tx, row))
}

fn sent_already() -> ApiError {
    ApiError::new(Code::AlreadyDone).detail("该申请已提交", "The application was sent already")
}
