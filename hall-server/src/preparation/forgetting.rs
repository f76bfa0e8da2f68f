//! What was prepared and led to no application is forgotten: nobody has a reason to keep it.

use protocol::Millis;

use crate::files::access::Subject;
use crate::files::keep;
use crate::files::vault::Vault;
use crate::http::problem::ApiError;
use crate::store::{Store, cases, files, preparations};

const DAY: Millis = 24 * 3600 * 1000;

/// How long it is kept after its last change, should the person come back with the same matter.
const KEPT: Millis = 7 * DAY;

/// How far back is looked beyond that: a server that stood still for some days catches up.
const CAUGHT_UP: Millis = 3 * DAY;

/// Forgets abandoned preparations with their files; returns how many. Those from whose ticket a case was opened are the case's.
pub async fn forget_abandoned(store: &Store, vault: &Vault, now: Millis) -> Result<usize, ApiError> {
    let tickets = {
        let mut connection = store.reader().acquire().await?;
        preparations::changed_between(&mut connection, now - KEPT - CAUGHT_UP, now - KEPT).await?
    };
    let mut forgotten = 0;
    for ticket in tickets {
        let mut tx = store.begin_write().await?;
        files::lock(&mut tx, &Subject::Ticket(ticket).to_string()).await?;
        if !cases::by_ticket(&mut tx, ticket).await?.is_empty() {
            continue;
        }
        let mut digests = Vec::new();
        for id in preparations::files(&mut tx, ticket).await?.into_keys() {
            preparations::remove_file(&mut tx, ticket, &id).await?;
            if let Some(file) =
                files::one(&mut tx, &id).await?.filter(|f| f.subject == Subject::Ticket(ticket).to_string())
            {
                files::remove(&mut tx, &id).await?;
                digests.push(file.digest);
            }
        }
        preparations::remove(&mut tx, ticket).await?;
        tx.commit().await?;
        for digest in digests {
            keep::let_go(store, vault, &digest).await?;
        }
        forgotten += 1;
    }
    Ok(forgotten)
}
