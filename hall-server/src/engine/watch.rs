//! What other processes write: another server on the same PostgreSQL, an import or a year of the calendar at
//! the command line. The tables are the
//! truth; they are asked once a second.

use std::sync::Weak;
use std::time::Duration;

use super::Shared;
use super::cell::Cell;
use super::pushes;
use crate::store::{StoreError, events, queue};

const EVERY: Duration = Duration::from_secs(1);

/// More events than these, and screens start again from a snapshot.
const REPLAYED: i64 = 500;

/// Watches until the engine is gone.
pub(super) async fn run(shared: Weak<Shared>) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Some(shared) = shared.upgrade() else { return };
        if let Err(error) = look(&shared).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "other servers' changes could not be read");
        }
        if let Err(error) = shared.store.checkpoint().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the log could not be moved into the file");
        }
    }
}

async fn look(shared: &Shared) -> Result<(), StoreError> {
    let turns = {
        let mut connection = shared.store.reader().acquire().await?;
        shared.refresh_calendar(&mut connection).await?;
        shared.refresh_rules(&mut connection).await?;
        queue::turns(&mut connection).await?
    };
    for (hall, slot) in shared.slots() {
        let Some((_, turn, revision)) = turns.iter().find(|(code, ..)| *code == hall) else { continue };
        let stale =
            slot.read().await.as_ref().is_some_and(|cell| *turn > cell.queue.turn() || *revision != cell.revision);
        if stale {
            refresh(shared, &hall, &slot).await?;
        }
    }
    Ok(())
}

async fn refresh(shared: &Shared, hall: &str, slot: &super::Slot) -> Result<(), StoreError> {
    let mut guard = slot.write().await;
    let mut tx = shared.store.begin_read().await?;
    let (Some(turn), Some(known)) = (queue::turn(&mut tx, hall).await?, guard.as_ref()) else { return Ok(()) };
    if known.is_fresh(&turn) {
        return Ok(());
    }
    let (last, same_setup) = (known.queue.turn(), known.revision == turn.revision);
    let missed = events::after(&mut tx, hall, last, REPLAYED + 1).await?;
    *guard = Cell::load(&mut tx, hall, turn, shared.clock.now()).await?;
    tx.rollback().await?;
    let Some(cell) = guard.as_ref() else { return Ok(()) };
    if same_setup && missed.len() as i64 <= REPLAYED {
        let drafts: Vec<_> = missed.iter().map(|event| &event.draft).collect();
        shared.publish(pushes::outgoing(hall, cell, &drafts));
    } else {
        shared.bus.resync(hall);
    }
    Ok(())
}
