//! Drafts of items, and the record of what was published from them.

use protocol::Millis;
use protocol::catalogue::Item;
use protocol::draft::{Draft, DraftState, DraftSummary, Publication};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::{Store, StoreError};

/// The draft of an item, where there is one.
pub async fn one(connection: &mut AnyConnection, code: &str) -> Result<Option<Draft>, StoreError> {
    let row = sqlx::query(
        "SELECT item, content, base_version, revision, state, problems, changed_at, changed_by FROM item_drafts \
         WHERE item = $1",
    )
    .bind(code)
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(draft).transpose()
}

/// Every draft, the last changed first.
pub async fn all(store: &Store) -> Result<Vec<DraftSummary>, StoreError> {
    let rows = sqlx::query(
        "SELECT item, content, base_version, revision, state, problems, changed_at, changed_by FROM item_drafts \
         ORDER BY changed_at DESC, item",
    )
    .fetch_all(store.reader())
    .await?;
    rows.iter()
        .map(|row| {
            let draft = draft(row)?;
            Ok(DraftSummary {
                code: draft.item.code,
                name: draft.item.name,
                base_version: draft.base_version,
                revision: draft.revision,
                state: draft.state,
                problems: draft.problems.len(),
                changed_at: draft.changed_at,
                changed_by: draft.changed_by,
            })
        })
        .collect()
}

/// Writes a draft over the one of revision `seen`, 0 for none. False where another revision stands there: nothing is written.
pub async fn put(connection: &mut AnyConnection, draft: &Draft, seen: i64) -> Result<bool, StoreError> {
    let code = &draft.item.code;
    let json = |text: Result<String, serde_json::Error>| text.map_err(|error| bad(code, &error));
    let sql = if seen == 0 {
        "INSERT INTO item_drafts (item, content, base_version, revision, state, problems, changed_at, changed_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (item) DO NOTHING"
    } else {
        "UPDATE item_drafts SET content = $2, base_version = $3, revision = $4, state = $5, problems = $6, \
         changed_at = $7, changed_by = $8 WHERE item = $1 AND revision = $9"
    };
    let mut query = sqlx::query(sql)
        .bind(code)
        .bind(json(serde_json::to_string(&draft.item))?)
        .bind(draft.base_version)
        .bind(draft.revision)
        .bind(state_name(draft.state))
        .bind(json(serde_json::to_string(&draft.problems))?)
        .bind(draft.changed_at)
        .bind(&draft.changed_by);
    if seen != 0 {
        query = query.bind(seen);
    }
    Ok(query.execute(connection).await?.rows_affected() == 1)
}

/// Removes the draft of that revision. False where another stands there, or none.
pub async fn remove(connection: &mut AnyConnection, code: &str, seen: i64) -> Result<bool, StoreError> {
    let done = sqlx::query("DELETE FROM item_drafts WHERE item = $1 AND revision = $2")
        .bind(code)
        .bind(seen)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Records who published a version. The version must be there.
pub async fn record(connection: &mut AnyConnection, publication: &Publication) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO publications (item, version, at, published_by, source) VALUES ($1, $2, $3, $4, $5)")
        .bind(&publication.code)
        .bind(publication.version)
        .bind(publication.at)
        .bind(&publication.by)
        .bind(&publication.source)
        .execute(connection)
        .await?;
    Ok(())
}

/// When and by whom each version of an item was published, the latest first.
pub async fn publications(store: &Store, code: &str) -> Result<Vec<Publication>, StoreError> {
    let rows = sqlx::query(
        "SELECT item_versions.item, item_versions.version, item_versions.published_at, \
         COALESCE(publications.published_by, '') AS published_by, COALESCE(publications.source, 'list') AS source \
         FROM item_versions LEFT JOIN publications ON publications.item = item_versions.item \
         AND publications.version = item_versions.version WHERE item_versions.item = $1 \
         ORDER BY item_versions.version DESC",
    )
    .bind(code)
    .fetch_all(store.reader())
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Publication {
                code: row.try_get("item")?,
                version: row.try_get("version")?,
                at: row.try_get::<Millis, _>("published_at")?,
                by: row.try_get("published_by")?,
                source: row.try_get("source")?,
            })
        })
        .collect()
}

fn state_name(state: DraftState) -> &'static str {
    match state {
        DraftState::Draft => "draft",
        DraftState::Checked => "checked",
    }
}

fn draft(row: &AnyRow) -> Result<Draft, StoreError> {
    let code: String = row.try_get("item")?;
    let content: String = row.try_get("content")?;
    let problems: String = row.try_get("problems")?;
    let item: Item = serde_json::from_str(&content).map_err(|error| bad(&code, &error))?;
    Ok(Draft {
        item,
        base_version: row.try_get("base_version")?,
        revision: row.try_get("revision")?,
        state: if row.try_get::<String, _>("state")? == "checked" { DraftState::Checked } else { DraftState::Draft },
        problems: serde_json::from_str(&problems).map_err(|error| bad(&code, &error))?,
        changed_at: row.try_get("changed_at")?,
        changed_by: row.try_get("changed_by")?,
    })
}

fn bad(code: &str, error: &serde_json::Error) -> StoreError {
    StoreError::Inconsistent { table: "item_drafts", row: code.to_owned(), what: error.to_string() }
}
