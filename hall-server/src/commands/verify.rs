//! `hall-server verify`: walks every hall's chain of events, and looks at every file.

use std::path::PathBuf;

use serde_json::Value;

use super::CommandError;
use super::files::{self, Look};
use crate::engine::chain;
use crate::files::default_folder;
use crate::files::vault::Vault;
use crate::store::{Store, StoreError, events, halls, queue};

/// How many events are read at a time.
const PAGE: i64 = 2000;

/// What is wrong with a hall's chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("event {turn} is missing")]
    Missing { turn: i64 },
    #[error("event {turn} does not follow the one before it: one of the two was changed, replaced or moved")]
    Unlinked { turn: i64 },
    #[error("event {turn} was changed: its hash does not fit")]
    Changed { turn: i64 },
    #[error("event {turn} was changed: its body is not canonical JSON")]
    Body { turn: i64 },
    #[error("the hall's row says that its last event is {expected}, but the last one there is {found}")]
    End { expected: i64, found: i64 },
    #[error("the hall's row does not name the hash of its last event {turn}")]
    Head { turn: i64 },
}

/// A hall's chain, walked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    pub hall: String,
    pub events: i64,
    /// The first fault, where there is one.
    pub fault: Option<Fault>,
}

/// `files` is given where every file's digest is to be computed anew, with a folder or without.
pub(super) async fn run(store: &Store, address: &str, files: Option<Option<PathBuf>>) -> Result<(), CommandError> {
    let look = if files.is_some() { Look::Digests } else { Look::Sizes };
    let named = files.flatten().or_else(|| std::env::var_os("HALL_FILES").map(PathBuf::from));
    let vault = Vault::new(named.unwrap_or_else(|| default_folder(address)));

    let mut whole = true;
    for hall in halls::all(store).await? {
        let walk = walk(store, &hall.code).await?;
        match &walk.fault {
            None => println!("{}: {} events, whole", walk.hall, walk.events),
            Some(fault) => {
                println!("{}: {fault}", walk.hall);
                whole = false;
            }
        }
    }
    if !whole {
        return Err(CommandError::NotWhole);
    }
    if files::verify(store, &vault, look).await? { Ok(()) } else { Err(CommandError::FilesNotWhole) }
}

/// Walks a hall's chain in one instant of the database, to its first fault.
pub async fn walk(store: &Store, hall: &str) -> Result<Walk, StoreError> {
    let mut tx = store.begin_read().await?;
    let Some(turn) = queue::turn(&mut tx, hall).await? else {
        return Ok(Walk { hall: hall.to_owned(), events: 0, fault: None });
    };
    let (mut last, mut head) = (0, String::new());
    let fault = loop {
        let page = events::after(&mut tx, hall, last, PAGE).await?;
        if page.is_empty() {
            break at_end(last, &head, &turn);
        }
        let fault = page.iter().find_map(|event| {
            let fault = check(event, last, &head);
            last = event.draft.turn;
            head.clone_from(&event.hash);
            fault
        });
        if fault.is_some() {
            break fault;
        }
    };
    tx.rollback().await?;
    Ok(Walk { hall: hall.to_owned(), events: last, fault })
}

fn check(event: &chain::Event, last: i64, head: &str) -> Option<Fault> {
    let turn = event.draft.turn;
    if turn != last + 1 {
        return Some(Fault::Missing { turn: last + 1 });
    }
    let canonical = serde_json::from_str::<Value>(&event.draft.body)
        .ok()
        .and_then(|body| serde_json_canonicalizer::to_string(&body).ok());
    if canonical.as_ref() != Some(&event.draft.body) {
        return Some(Fault::Body { turn });
    }
    if chain::hash(&event.hall, &event.draft, &event.prev_hash) != event.hash {
        return Some(Fault::Changed { turn });
    }
    (event.prev_hash != head).then_some(Fault::Unlinked { turn })
}

fn at_end(last: i64, head: &str, turn: &queue::Turn) -> Option<Fault> {
    if last != turn.last {
        return Some(Fault::End { expected: turn.last, found: last });
    }
    (head != turn.chain_head).then_some(Fault::Head { turn: last })
}
