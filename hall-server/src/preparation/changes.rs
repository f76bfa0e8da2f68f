//! What the holder of a ticket does to its preparation, by the code on the ticket: through the API and the phone's page alike.

use std::pin::Pin;

use axum::body::Bytes;
use domain::civil;
use domain::preparation::EntryFault;
use futures_util::Stream;
use protocol::catalogue::Item;
use protocol::preparation::{Entered, Preparation};
use protocol::problem::Code;
use protocol::queue::{Follow, TicketState};

use super::{item, view};
use crate::AppState;
use crate::engine::{Command, Request};
use crate::files::access::Subject;
use crate::files::keep::{self, Given};
use crate::files::receive::{self, Announced};
use crate::http::body::PendingKey;
use crate::http::problem::ApiError;
use crate::queue::follow;
use crate::store::files::FileRow;
use crate::store::preparations::{self, PreparationRow};
use crate::store::{Tx, cases, files};

/// A ticket found by its code, with its item.
#[derive(Debug)]
pub struct Holder {
    pub follow: Follow,
    pub item: Item,
}

/// Whether a ticket's preparation may be read and changed by its code: on its day, until it is finished or an application was taken in
/// for it. Afterwards the papers are the case's, and a ticket that was thrown away opens nothing.
pub fn is_open(follow: &Follow, today: &str) -> bool {
    let ticket = &follow.ticket;
    let going_on = matches!(ticket.state, TicketState::Waiting | TicketState::Called | TicketState::Serving);
    going_on && ticket.day == today && follow.cases.is_empty()
}

/// Finds the ticket, whatever its state.
pub async fn find(state: &AppState, code: &str) -> Result<Holder, ApiError> {
    let place = follow::find(state, code).await?;
    let follow = follow::follow(state, &place).await?;
    let mut connection = state.store.reader().acquire().await?;
    let item = item(&mut connection, &follow.ticket.item, follow.ticket.item_version).await?;
    Ok(Holder { follow, item })
}

/// Finds the ticket where its preparation is open.
pub async fn find_open(state: &AppState, code: &str) -> Result<Holder, ApiError> {
    let holder = find(state, code).await?;
    if is_open(&holder.follow, &civil::day(state.clock.now()).to_string()) {
        return Ok(holder);
    }
    Err(no_longer_open())
}

fn no_longer_open() -> ApiError {
    ApiError::new(Code::TicketFinished)
        .detail("该号已办结、已收件或已过期，不能再准备材料", "This ticket is finished, taken in or out of date")
}

/// The preparation as it is, or an empty one.
pub async fn read(state: &AppState, code: &str) -> Result<Preparation, ApiError> {
    let holder = find_open(state, code).await?;
    read_of(state, &holder).await
}

pub async fn read_of(state: &AppState, holder: &Holder) -> Result<Preparation, ApiError> {
    let ticket = holder.follow.ticket.id;
    let mut connection = state.store.reader().acquire().await?;
    let row = preparations::one(&mut connection, ticket).await?;
    Ok(view(&mut connection, &holder.item, row, ticket).await?)
}

/// Enters answers and form entries.
pub async fn enter(state: &AppState, code: &str, entered: &Entered) -> Result<Preparation, ApiError> {
    let holder = changing(state, code).await?;
    let (mut tx, mut row) = taken(state, &holder).await?;
    row.draft.enter(&holder.item, &entered.answers, &entered.form).map_err(refused)?;
    preparations::put(&mut tx, &row).await?;
    finish(tx, &holder, row).await
}

/// Hands the preparation over to the window, as it is now and as it will be changed.
pub async fn send(state: &AppState, code: &str) -> Result<Preparation, ApiError> {
    let holder = changing(state, code).await?;
    let ticket = holder.follow.ticket.id;
    let request = Request {
        hall: holder.follow.ticket.hall.clone(),
        actor: Subject::Ticket(ticket).to_string(),
        key: None,
        command: Command::HandOver { ticket },
    };
    state.engine.submit(request).await?;
    read_of(state, &holder).await
}

/// A file for one of the item's documents, as it is being sent.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// The document's key.
    pub document: String,
    pub name: String,
    pub announced: Announced,
    pub key: Option<PendingKey>,
}

/// Receives and keeps a file. `chunks` is read as far as the file is taken; what is left of a refused one is the caller's to drain.
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
    let holder = changing(state, code).await?;
    if holder.item.documents.iter().all(|document| document.key != new.document) {
        let reason = format!("the item has no document {:?}", new.document);
        return Err(ApiError::new(Code::InvalidField).field("document", reason));
    }
    let settings = &state.files.settings;
    let received = receive::receive(&state.files.vault, new.announced, settings.largest, chunks).await?;
    // The file may have been long under way.
    let holder = find_open(state, code).await?;
    let subject = Subject::Ticket(holder.follow.ticket.id).to_string();
    let key = new.key.map(|key| key.of(&received.digest));
    let (mut tx, row) = taken(state, &holder).await?;
    if let Some(file) = keep::answered_before(&mut tx, &subject, key.as_ref()).await? {
        return Ok(file);
    }
    keep::has_room(&mut tx, &subject, settings, received.incoming.size()).await?;
    let given = Given { subject: subject.clone(), by: subject, name: new.name };
    preparations::put(&mut tx, &row).await?;
    let file = keep::keep(&mut tx, &state.files.vault, &received, given, key.as_ref(), row.changed_at).await?;
    preparations::add_file(&mut tx, row.ticket, &new.document, &file.id).await?;
    tx.commit().await?;
    Ok(file)
}

/// Takes a file back, with its bytes where nobody else brought the same.
pub async fn take_back(state: &AppState, code: &str, file: &str) -> Result<(), ApiError> {
    let holder = changing(state, code).await?;
    let (mut tx, row) = taken(state, &holder).await?;
    let stored = files::one(&mut tx, file).await?;
    let (Some(stored), true) = (stored, preparations::remove_file(&mut tx, row.ticket, file).await?) else {
        return Err(ApiError::new(Code::UnknownFile));
    };
    files::remove(&mut tx, file).await?;
    preparations::put(&mut tx, &row).await?;
    tx.commit().await?;
    keep::let_go(&state.store, &state.files.vault, &stored.digest).await
}

/// A file of the preparation, for its holder.
pub async fn file(state: &AppState, code: &str, file: &str) -> Result<FileRow, ApiError> {
    let holder = find_open(state, code).await?;
    let subject = Subject::Ticket(holder.follow.ticket.id).to_string();
    let mut connection = state.store.reader().acquire().await?;
    let row = files::one(&mut connection, file).await?;
    // What a clerk scanned for the ticket is not the holder's to read here.
    let own = row.filter(|row| row.subject == subject && row.uploaded_by == subject);
    own.ok_or_else(|| ApiError::new(Code::UnknownFile))
}

/// The ticket, where its preparation is open and not changed too often.
async fn changing(state: &AppState, code: &str) -> Result<Holder, ApiError> {
    let holder = find_open(state, code).await?;
    if state.pace.allows(holder.follow.ticket.id, state.clock.now()) {
        return Ok(holder);
    }
    Err(ApiError::new(Code::TooManyRequests))
}

/// Begins a change: the row as it is, with the instant of the change, and nobody else changing it until the transaction ends.
async fn taken(state: &AppState, holder: &Holder) -> Result<(Tx, PreparationRow), ApiError> {
    let ticket = holder.follow.ticket.id;
    let mut tx = state.store.begin_write().await?;
    files::lock(&mut tx, &Subject::Ticket(ticket).to_string()).await?;
    // The window may have taken the matter in since the ticket was looked up.
    if !cases::by_ticket(&mut tx, ticket).await?.is_empty() {
        return Err(no_longer_open());
    }
    let mut row = preparations::one(&mut tx, ticket).await?.unwrap_or_default();
    row.ticket = ticket;
    row.changed_at = state.clock.now();
    Ok((tx, row))
}

async fn finish(mut tx: Tx, holder: &Holder, row: PreparationRow) -> Result<Preparation, ApiError> {
    let ticket = row.ticket;
    let preparation = view(&mut tx, &holder.item, Some(row), ticket).await?;
    tx.commit().await?;
    Ok(preparation)
}

pub(crate) fn refused(faults: Vec<EntryFault>) -> ApiError {
    let error = ApiError::new(Code::InvalidField)
        .detail("有内容无法保存，请核对后再试", "Something cannot be kept: please check it and try again");
    faults.into_iter().fold(error, |error, fault| error.field(fault.key(), fault.to_string()))
}
