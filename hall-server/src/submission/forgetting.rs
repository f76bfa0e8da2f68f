//! A draft that was never sent is forgotten: nobody has a reason to keep it.

use protocol::Millis;

use crate::files::access::Subject;
use crate::files::keep;
use crate::files::vault::Vault;
use crate::http::problem::ApiError;
use crate::store::{Store, files, submissions};

const DAY: Millis = 24 * 3600 * 1000;

/// How long it is kept after its last change.
const KEPT: Millis = 7 * DAY;

/// Forgets abandoned drafts with their files; returns how many.
pub async fn forget_abandoned(store: &Store, vault: &Vault, now: Millis) -> Result<usize, ApiError> {
    let abandoned = {
        let mut connection = store.reader().acquire().await?;
        submissions::abandoned(&mut connection, now - KEPT).await?
    };
    let mut forgotten = 0;
    for id in abandoned {
        let mut tx = store.begin_write().await?;
        files::lock(&mut tx, &Subject::Submission(id).to_string()).await?;
        let draft = submissions::one(&mut tx, id).await?;
        if !draft.is_some_and(|row| row.application.is_empty() && row.changed_at < now - KEPT) {
            continue;
        }
        let mut digests = Vec::new();
        for file in submissions::files(&mut tx, id).await?.into_keys() {
            submissions::remove_file(&mut tx, id, &file).await?;
            if let Some(row) = files::one(&mut tx, &file).await? {
                files::remove(&mut tx, &file).await?;
                digests.push(row.digest);
            }
        }
        submissions::remove(&mut tx, id).await?;
        tx.commit().await?;
        for digest in digests {
            keep::let_go(store, vault, &digest).await?;
        }
        forgotten += 1;
    }
    Ok(forgotten)
}
