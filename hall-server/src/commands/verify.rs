//! `hall-server verify`: walks every hall's chain of events, holds it against the signed heads and the cases' rows, and looks at
//! every file.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use super::CommandError;
use super::files::{self, Look};
use crate::engine::chain;
use crate::evidence::copies;
use crate::evidence::head::SignedHead;
use crate::evidence::keys::PublicKey;
use crate::evidence::merkle::{self, Tree};
use crate::evidence::trail::{self, Checkpoint, Trail};
use crate::files::default_folder;
use crate::files::vault::Vault;
use crate::store::{Store, StoreError, cases, events, halls, queue};

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
    #[error("event {turn} is not the one that head {head} was signed over: of the events {} to {turn} one or more were written anew", .after + 1)]
    Rewritten { turn: i64, head: i64, after: i64 },
    #[error("head {head} does not hold the tree of the events up to {turn}")]
    Tree { turn: i64, head: i64 },
    #[error("the chain ends at event {last}, but head {head} was signed over {turn} events: its end was cut off")]
    CutOff { last: i64, turn: i64, head: i64 },
}

/// A hall's chain, walked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    pub hall: String,
    pub events: i64,
    /// The first fault, where there is one.
    pub fault: Option<Fault>,
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// Copies of signed heads kept elsewhere: a file, or the folder given to `serve --heads-to`
    #[arg(long, value_name = "FILE-OR-FOLDER")]
    heads: Option<PathBuf>,
    /// The server's public key; after a change of keys, each of them
    #[arg(long = "public-key", value_name = "FILE")]
    public_keys: Vec<PathBuf>,
    /// Read every file's bytes and compare their digest; a folder may be named
    #[arg(long = "files", value_name = "FOLDER", num_args = 0..=1, require_equals = true)]
    files: Option<Option<PathBuf>>,
}

impl Verify {
    pub(super) async fn run(&self, store: &Store, address: &str) -> Result<(), CommandError> {
        let keys = self.public_keys.iter().map(|path| PublicKey::read(path)).collect::<Result<Vec<_>, _>>()?;
        let copies = match &self.heads {
            Some(path) => copies::read(path)?,
            None => BTreeMap::new(),
        };
        let found = verify(store, &copies, &keys).await?;
        for walk in &found.walks {
            match &walk.fault {
                None => println!("{}: {} events, whole", walk.hall, walk.events),
                Some(fault) => println!("{}: {fault}", walk.hall),
            }
        }
        if let Some(case_no) = &found.case {
            println!("case {case_no}: its row was changed at an instant at which its history has no event");
        }
        let trail = &found.trail;
        match &trail.fault {
            Some(fault) => println!("heads: {fault}"),
            None if trail.heads == 0 && self.heads.is_none() => {}
            None => println!(
                "heads: {} signed, whole; {} compared with copies; {}",
                trail.heads,
                trail.copies,
                match (trail.checked, keys.is_empty()) {
                    (_, true) => "signatures not checked, since no --public-key was given".to_owned(),
                    (checked, false) => format!("{checked} signatures checked"),
                }
            ),
        }
        if !found.is_whole() {
            return Err(CommandError::NotWhole);
        }
        let look = if self.files.is_some() { Look::Digests } else { Look::Sizes };
        let named = self.files.clone().flatten().or_else(|| std::env::var_os("HALL_FILES").map(PathBuf::from));
        let vault = Vault::new(named.unwrap_or_else(|| default_folder(address)));
        if files::verify(store, &vault, look).await? { Ok(()) } else { Err(CommandError::FilesNotWhole) }
    }
}

/// What a database's history looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub walks: Vec<Walk>,
    pub trail: Trail,
    /// The first case whose row was changed without an event.
    pub case: Option<String>,
}

impl Found {
    pub fn is_whole(&self) -> bool {
        self.trail.fault.is_none() && self.case.is_none() && self.walks.iter().all(|walk| walk.fault.is_none())
    }
}

/// Looks at everything. Where no keys are given, signatures are not checked.
pub async fn verify(
    store: &Store,
    copies: &BTreeMap<i64, SignedHead>,
    keys: &[PublicKey],
) -> Result<Found, StoreError> {
    // Before the chains: a head signed meanwhile must not speak of more than is then walked.
    let mut tx = store.begin_read().await?;
    let mut trail = trail::follow(&mut tx, copies, keys).await?;
    let case = cases::changed_without_event(&mut tx).await?;
    tx.rollback().await?;
    let halls: Vec<String> = halls::all(store).await?.into_iter().map(|hall| hall.code).collect();
    trail.missing_halls(&halls);
    let mut walks = Vec::with_capacity(halls.len());
    for hall in &halls {
        let points = trail.checkpoints.get(hall).map_or(&[][..], Vec::as_slice);
        walks.push(walk_to(store, hall, points).await?);
    }
    Ok(Found { walks, trail, case })
}

/// Walks a hall's chain in one instant of the database, to its first fault.
pub async fn walk(store: &Store, hall: &str) -> Result<Walk, StoreError> {
    walk_to(store, hall, &[]).await
}

/// Walks a hall's chain past what heads say of it.
async fn walk_to(store: &Store, hall: &str, points: &[Checkpoint]) -> Result<Walk, StoreError> {
    let mut tx = store.begin_read().await?;
    let Some(turn) = queue::turn(&mut tx, hall).await? else {
        return Ok(Walk { hall: hall.to_owned(), events: 0, fault: None });
    };
    let (mut last, mut head) = (0, String::new());
    let mut signed = Signed { points, tree: Tree::default(), held: 0 };
    let fault = loop {
        let page = events::after(&mut tx, hall, last, PAGE).await?;
        if page.is_empty() {
            break at_end(last, &head, &turn).or_else(|| signed.at_end(last));
        }
        let fault = page.iter().find_map(|event| {
            let fault = check(event, last, &head).or_else(|| signed.check(event));
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

/// What heads say of a hall, while it is walked.
struct Signed<'a> {
    /// What is still to come.
    points: &'a [Checkpoint],
    tree: Tree,
    /// The turn up to which heads and events agree.
    held: i64,
}

impl Signed<'_> {
    fn check(&mut self, event: &chain::Event) -> Option<Fault> {
        if self.points.is_empty() {
            return None;
        }
        let turn = event.draft.turn;
        self.tree.push(merkle::leaf(&crate::unhex(&event.hash).unwrap_or_default()));
        while let Some((point, rest)) = self.points.split_first().filter(|(point, _)| point.turn <= turn) {
            if point.hash != event.hash {
                return Some(Fault::Rewritten { turn, head: point.head, after: self.held });
            }
            if point.root != crate::hex(&self.tree.root()) {
                return Some(Fault::Tree { turn, head: point.head });
            }
            self.held = turn;
            self.points = rest;
        }
        None
    }

    fn at_end(&self, last: i64) -> Option<Fault> {
        let point = self.points.first()?;
        Some(Fault::CutOff { last, turn: point.turn, head: point.head })
    }
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
