//! An item's way from draft to published version: draft → checked → published.
//!
//! A draft is made from the version in force and remembers which it was. It is published only while that version is still in
//! force; a newer one (from a list, say) is shown to whoever edits, so that nothing published is lost. Two people who edit
//! at once do not overwrite each other: each change names the draft's revision that was seen.

use domain::catalogue::publication::Fault;
use domain::catalogue::themes;
use protocol::Millis;
use protocol::catalogue::Item;
use protocol::draft::{Draft, DraftProblem, DraftState, Publication, SaveDraft};
use sqlx::AnyConnection;
use thiserror::Error;

use super::connected::Connected;
use super::difference::{self, Change};
use crate::store::catalogue::{self as rows, Content};
use crate::store::{Store, StoreError, drafts, halls};

/// Why a draft was not saved, checked or published. Nothing has changed.
#[derive(Debug, Error)]
pub enum DraftError {
    #[error("there is no draft of item {0}")]
    NoDraft(String),
    #[error("there is no item {0}")]
    NoItem(String),
    #[error("the draft is of item {draft}, not of {asked}")]
    OtherItem { asked: String, draft: String },
    #[error("{by} has changed the draft; its revision is now {revision}")]
    Changed { by: String, revision: i64 },
    #[error("the draft was made from version {base}, but version {current} is in force")]
    Outdated { base: i64, current: i64, changes: Vec<Change> },
    #[error("the draft has not been checked since it was changed")]
    NotChecked,
    #[error("nothing differs from version {0}, which is in force")]
    Unchanged(i64),
    #[error("{}", sentences(.0))]
    Unfit(Vec<Fault>),
    #[error("the draft could not be stored")]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for DraftError {
    fn from(error: sqlx::Error) -> Self {
        DraftError::Store(error.into())
    }
}

fn sentences(faults: &[Fault]) -> String {
    let lines = faults.iter().map(|fault| format!("{}: {}", fault.place, fault.reason));
    lines.chain([format!("nothing was published: {} faults", faults.len())]).collect::<Vec<_>>().join("\n")
}

/// Whoever edits, and when.
#[derive(Debug, Clone, Copy)]
pub struct Editor<'a> {
    /// The user name.
    pub username: &'a str,
    pub now: Millis,
}

/// The item's draft; where there is none, one that equals the version in force is made.
pub async fn start(store: &Store, code: &str, editor: Editor<'_>) -> Result<Draft, DraftError> {
    let mut tx = store.begin_write().await?;
    if let Some(draft) = drafts::one(&mut tx, code).await? {
        return Ok(draft);
    }
    let standing = rows::standing_item(&mut tx, code).await?.ok_or_else(|| DraftError::NoItem(code.to_owned()))?;
    let draft = fresh(standing.content.item, editor);
    if !drafts::put(&mut tx, &draft, 0).await? {
        return Err(changed(&mut tx, code).await?);
    }
    tx.commit().await?;
    Ok(draft)
}

/// Saves what was edited. The first save of an item that was never published makes its draft.
pub async fn save(store: &Store, code: &str, save: SaveDraft, editor: Editor<'_>) -> Result<Draft, DraftError> {
    if save.item.code != code {
        return Err(DraftError::OtherItem { asked: code.to_owned(), draft: save.item.code });
    }
    let mut tx = store.begin_write().await?;
    let base = match drafts::one(&mut tx, code).await? {
        Some(there) => there.base_version,
        None => rows::standing_item(&mut tx, code).await?.map_or(0, |standing| standing.content.item.version),
    };
    let item = Item { version: base, ..save.item };
    let draft = Draft { base_version: base, revision: save.revision.saturating_add(1), ..fresh(item, editor) };
    if !drafts::put(&mut tx, &draft, save.revision).await? {
        return Err(changed(&mut tx, code).await?);
    }
    tx.commit().await?;
    Ok(draft)
}

/// Checks the draft of that revision against everything that publication asks for, and keeps what was found with it.
pub async fn check(
    store: &Store,
    connected: &Connected,
    code: &str,
    seen: i64,
    editor: Editor<'_>,
) -> Result<Draft, DraftError> {
    let mut tx = store.begin_write().await?;
    let mut draft = the_draft(&mut tx, code, seen).await?;
    let faults = connected.check(&mut tx, &draft.item, &[]).await?;
    draft.state = if faults.is_empty() { DraftState::Checked } else { DraftState::Draft };
    draft.problems = problems(&faults);
    draft.revision += 1;
    (draft.changed_at, draft.changed_by) = (editor.now, editor.username.to_owned());
    if !drafts::put(&mut tx, &draft, seen).await? {
        return Err(changed(&mut tx, code).await?);
    }
    tx.commit().await?;
    Ok(draft)
}

/// Publishes a checked draft as the item's next version, and removes it. What it is checked against may have changed since, so it is
/// checked once more in the transaction that publishes.
pub async fn publish(
    store: &Store,
    connected: &Connected,
    code: &str,
    seen: i64,
    editor: Editor<'_>,
) -> Result<Publication, DraftError> {
    let mut tx = store.begin_write().await?;
    rows::lock(&mut tx, store.engine()).await?;
    let draft = the_draft(&mut tx, code, seen).await?;
    if draft.state != DraftState::Checked {
        return Err(DraftError::NotChecked);
    }
    let publication = put_version(&mut tx, connected, draft.item, draft.base_version, "draft", editor).await?;
    if !drafts::remove(&mut tx, code, seen).await? {
        return Err(changed(&mut tx, code).await?);
    }
    tx.commit().await?;
    Ok(publication)
}

/// Publishes an item from a file; its `version` is that from which the file was made, 0 for a new item. A draft of the item stays,
/// and is out of date from then on.
pub async fn publish_file(
    store: &Store,
    connected: &Connected,
    item: Item,
    editor: Editor<'_>,
) -> Result<Publication, DraftError> {
    let mut tx = store.begin_write().await?;
    rows::lock(&mut tx, store.engine()).await?;
    let base = item.version;
    let publication = put_version(&mut tx, connected, item, base, "file", editor).await?;
    tx.commit().await?;
    Ok(publication)
}

/// Throws the draft of that revision away.
pub async fn discard(store: &Store, code: &str, seen: i64) -> Result<(), DraftError> {
    let mut tx = store.begin_write().await?;
    the_draft(&mut tx, code, seen).await?;
    if !drafts::remove(&mut tx, code, seen).await? {
        return Err(changed(&mut tx, code).await?);
    }
    tx.commit().await?;
    Ok(())
}

/// Makes an outdated draft one of the version in force: what was edited stays, and the next publication replaces that version.
pub async fn rebase(store: &Store, code: &str, seen: i64, editor: Editor<'_>) -> Result<Draft, DraftError> {
    let mut tx = store.begin_write().await?;
    let draft = the_draft(&mut tx, code, seen).await?;
    let base = rows::standing_item(&mut tx, code).await?.map_or(0, |standing| standing.content.item.version);
    let item = Item { version: base, ..draft.item };
    let draft = Draft { base_version: base, revision: seen + 1, ..fresh(item, editor) };
    if !drafts::put(&mut tx, &draft, seen).await? {
        return Err(changed(&mut tx, code).await?);
    }
    tx.commit().await?;
    Ok(draft)
}

/// What the faults are, for a draft's record and its editor.
pub fn problems(faults: &[Fault]) -> Vec<DraftProblem> {
    faults.iter().map(|fault| DraftProblem { place: fault.place.clone(), reason: fault.sentence() }).collect()
}

fn fresh(item: Item, editor: Editor<'_>) -> Draft {
    Draft {
        base_version: item.version,
        item,
        revision: 1,
        state: DraftState::Draft,
        problems: Vec::new(),
        changed_at: editor.now,
        changed_by: editor.username.to_owned(),
    }
}

async fn the_draft(connection: &mut AnyConnection, code: &str, seen: i64) -> Result<Draft, DraftError> {
    let draft = drafts::one(connection, code).await?.ok_or_else(|| DraftError::NoDraft(code.to_owned()))?;
    if draft.revision == seen {
        return Ok(draft);
    }
    Err(DraftError::Changed { by: draft.changed_by, revision: draft.revision })
}

/// Who was faster; on PostgreSQL that may show only when the row is written.
async fn changed(connection: &mut AnyConnection, code: &str) -> Result<DraftError, StoreError> {
    Ok(match drafts::one(connection, code).await? {
        Some(there) => DraftError::Changed { by: there.changed_by, revision: there.revision },
        None => DraftError::NoDraft(code.to_owned()),
    })
}

/// Writes the next version, tells running servers, and records who did it.
async fn put_version(
    connection: &mut AnyConnection,
    connected: &Connected,
    item: Item,
    base: i64,
    source: &str,
    editor: Editor<'_>,
) -> Result<Publication, DraftError> {
    let standing = rows::standing_item(connection, &item.code).await?;
    let current = standing.as_ref().map_or(0, |standing| standing.content.item.version);
    if current != base {
        let changes = match (&standing, rows::item_version(connection, &item.code, base).await?) {
            (Some(standing), Some(old)) => difference::between(&old, &standing.content.item),
            _ => Vec::new(),
        };
        return Err(DraftError::Outdated { base, current, changes });
    }
    let faults = connected.check(connection, &item, &[]).await?;
    if !faults.is_empty() {
        return Err(DraftError::Unfit(faults));
    }
    let item = Item { version: current + 1, ..item };
    if standing
        .as_ref()
        .is_some_and(|there| !there.retired && difference::between(&there.content.item, &item).is_empty())
    {
        return Err(DraftError::Unchanged(current));
    }
    let publication = Publication {
        code: item.code.clone(),
        version: item.version,
        at: editor.now,
        by: editor.username.to_owned(),
        source: source.to_owned(),
    };
    let themes: Vec<_> = item.themes.iter().map(|code| themes::named(code)).collect();
    rows::put_themes(connection, &themes).await?;
    let area_code = standing.map(|there| there.content.area_code).unwrap_or_default();
    rows::publish(connection, &[Content { item, area_code }], editor.now).await?;
    drafts::record(connection, &publication).await?;
    halls::touch_all(connection).await?;
    Ok(publication)
}
