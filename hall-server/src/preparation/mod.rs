//! Preparation (等候即准备): while a ticket waits, its holder answers the item's questions, fills in its form and photographs the documents;
//! the desk finds them when the ticket is called.

pub mod changes;
pub mod forgetting;
pub mod http;
pub mod pace;

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use axum::routing::{get, post};
use domain::catalogue::package;
use domain::catalogue::situations::Situations;
use domain::queue::TicketId;
use protocol::catalogue::Item;
use protocol::preparation::{Preparation, PreparedFile};
use sqlx::AnyConnection;

use crate::AppState;
use crate::files::access::Subject;
use crate::files::keep;
use crate::store::files::FileRow;
use crate::store::preparations::PreparationRow;
use crate::store::submissions::SubmissionRow;
use crate::store::{StoreError, catalogue, files, preparations, queue, submissions};

/// Addresses under `/api/v1`.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/tickets/{id}/preparation", get(http::of_ticket))
        .route("/follow/{code}/preparation", get(http::read).put(http::enter))
        .route("/follow/{code}/preparation/send", post(http::send))
        .route("/follow/{code}/files/{file}", get(http::download).delete(http::take_back))
        .route("/follow/{code}/files/{file}/preview", get(http::preview))
}

/// Addresses under `/api/v1` whose bodies are streamed.
pub fn uploads() -> Router<AppState> {
    Router::new().route("/follow/{code}/files", post(http::upload))
}

/// What a ticket's holder has prepared, as it is now; `None` where nothing was entered, or no such ticket is there.
///
/// For whoever opens a case from the ticket: answers and form are as entered and not checked beyond their keys; `open` says what is
/// missing or wrong.
pub async fn of_ticket(connection: &mut AnyConnection, ticket: TicketId) -> Result<Option<Preparation>, StoreError> {
    let Some(row) = preparations::one(connection, ticket).await? else { return Ok(None) };
    let Some(holder) = queue::ticket(connection, ticket).await? else { return Ok(None) };
    let item = item(connection, &holder.ticket.item, holder.ticket.item_version).await?;
    view(connection, &item, Some(row), ticket).await.map(Some)
}

/// The item as its ticket's holder sees it: the version of the ticket; one matter (一件事) with everything that its members ask.
pub(crate) async fn item(connection: &mut AnyConnection, code: &str, version: i64) -> Result<Item, StoreError> {
    let wrong = |what: String| StoreError::Inconsistent { table: "items", row: code.to_owned(), what };
    let item = catalogue::item_version(connection, code, version).await?;
    let item = item.ok_or_else(|| wrong(format!("there is no version {version}")))?;
    if item.members.is_empty() {
        return Ok(item);
    }
    let mut members = Vec::with_capacity(item.members.len());
    for member in &item.members {
        if let Some(standing) = catalogue::standing_item(connection, member).await? {
            members.push(standing.content.item);
        }
    }
    Ok(match package::join(&item, &members) {
        Ok(joined) => joined.item,
        Err(error) => {
            // A member was retired since the ticket was taken: the window sorts it out, the phone shows what is left.
            tracing::warn!(%error, item = code, "one matter cannot be joined");
            item
        }
    })
}

/// Whether there is anything to prepare.
pub(crate) fn asks_for_something(item: &Item) -> bool {
    !(item.questions.is_empty() && item.form.is_empty() && item.documents.is_empty() && item.members.is_empty())
}

/// A preparation as it travels; an empty one where nothing was entered.
pub(crate) async fn view(
    connection: &mut AnyConnection,
    item: &Item,
    row: Option<PreparationRow>,
    ticket: TicketId,
) -> Result<Preparation, StoreError> {
    let documents = preparations::files(connection, ticket).await?;
    let stored = files::of(connection, &Subject::Ticket(ticket).to_string()).await?;
    Ok(composed(item, row, ticket, documents, stored))
}

/// What was prepared on a phone, without a ticket.
pub(crate) async fn of_submission(
    connection: &mut AnyConnection,
    row: &SubmissionRow,
) -> Result<Preparation, StoreError> {
    let item = item(connection, &row.item, row.item_version).await?;
    submission(connection, &item, row).await
}

/// The same with the item at hand.
pub(crate) async fn submission(
    connection: &mut AnyConnection,
    item: &Item,
    row: &SubmissionRow,
) -> Result<Preparation, StoreError> {
    let documents = submissions::files(connection, row.id).await?;
    let stored = files::of(connection, &Subject::Submission(row.id).to_string()).await?;
    let prepared = PreparationRow { ticket: 0, draft: row.draft.clone(), sent_at: None, changed_at: row.changed_at };
    Ok(composed(item, Some(prepared), 0, documents, stored))
}

/// `documents` are files' ids with the keys of their documents.
fn composed(
    item: &Item,
    row: Option<PreparationRow>,
    ticket: TicketId,
    mut documents: BTreeMap<String, String>,
    stored: Vec<FileRow>,
) -> Preparation {
    let (sent_at, changed_at) = (row.as_ref().and_then(|r| r.sent_at), row.as_ref().map(|r| r.changed_at));
    let draft = row.unwrap_or_default().draft;
    let files: Vec<PreparedFile> = stored
        .into_iter()
        .filter_map(|file| Some(PreparedFile { document: documents.remove(&file.id)?, file: keep::view(file) }))
        .collect();
    let situations = Situations::of(item);
    let applies = situations.applies(&draft.answers);
    let brought: BTreeSet<&str> = files.iter().map(|file| file.document.as_str()).collect();
    let open = draft.open(item, &brought);
    let fields: Vec<_> = applies.fields.iter().map(|place| item.form[*place].clone()).collect();
    Preparation {
        ticket,
        item: item.code.clone(),
        item_version: item.version,
        questions: situations.asked(&draft.answers).iter().map(|place| item.questions[*place].clone()).collect(),
        documents: applies.documents.iter().map(|place| item.documents[*place].clone()).collect(),
        form: draft.form.into_iter().filter(|(key, _)| fields.iter().any(|field| field.key == *key)).collect(),
        answers: draft.answers,
        fields,
        files,
        sent_at,
        changed_at,
        open,
    }
}
