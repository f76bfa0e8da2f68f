//! Signs a head each period, and keeps its copies elsewhere up to date.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use protocol::Millis;
use sqlx::AnyConnection;
use tokio::sync::watch;

use super::copies::{self, CopiesError};
use super::head::{HallHead, Head, HeadError, SignedHead};
use super::keys::Key;
use super::merkle::{self, Node, TILE, Tree};
use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::store::evidence::HeadRow;
use crate::store::{Store, StoreError, events, evidence, halls};

/// How often it is looked whether a head is due, or a copy is missing.
const LOOK: Duration = Duration::from_secs(10);

/// How many events are read at a time.
const PAGE: i64 = 5000;

/// How many heads are copied at a time.
const HEADS: i64 = 200;

/// The least time between two heads that dossiers ask for, so that nobody fills the table by asking.
const APART: Millis = 60_000;

/// What an operator sets: the key, how often, and where copies go.
#[derive(Debug, Clone)]
pub struct Setup {
    pub key: Arc<Key>,
    /// Milliseconds between heads.
    pub period: Millis,
    pub heads_to: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// History was changed after it was signed: no head is put over it.
    #[error("hall {hall}: event {turn} is not the one that head {head} was signed over")]
    Rewritten { hall: String, turn: i64, head: i64 },
    #[error("hall {hall}, of which head {head} signed events, is gone")]
    HallGone { hall: String, head: i64 },
    #[error("hall {hall}: the chain does not hold together at event {turn}")]
    Broken { hall: String, turn: i64 },
    #[error("head {sequence}: {source}")]
    Head { sequence: i64, source: HeadError },
    #[error("the head could not be written as JSON")]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Copies(#[from] CopiesError),
    #[error(
        "the copies in {folder} end at head {copied}, the database at head {last}: an older database was put back, or \
         heads were removed; give a new folder"
    )]
    CopiesAhead { folder: PathBuf, copied: i64, last: i64 },
}

impl From<sqlx::Error> for EvidenceError {
    fn from(error: sqlx::Error) -> Self {
        EvidenceError::Store(error.into())
    }
}

/// When a head is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// A period has passed since the last one.
    Due,
    /// Something happened since the last one.
    Changed,
    /// Something happened since the last one and it is not of this minute, or another key signed it.
    Wanted,
}

/// Signs heads over a store; cheap to clone.
#[derive(Debug, Clone)]
pub struct Signer {
    store: Store,
    clock: Arc<dyn Clock>,
    metrics: Arc<Metrics>,
    setup: Setup,
    /// The last head known to be among the copies.
    copied: Arc<AtomicI64>,
}

/// A hall's part of a head, and the tiles that became full.
struct Grown {
    head: HallHead,
    first_tile: i64,
    tiles: Vec<String>,
}

impl Signer {
    pub fn new(store: Store, clock: Arc<dyn Clock>, metrics: Arc<Metrics>, setup: Setup) -> Self {
        Signer { store, clock, metrics, setup, copied: Arc::default() }
    }

    pub fn key(&self) -> &Key {
        &self.setup.key
    }

    /// Signs each period and keeps the copies up to date until the server stops; then signs once more where anything
    /// happened. Copying has a task of its own: a share that hangs must not hold up signing.
    pub async fn run(self, mut stopping: watch::Receiver<bool>) {
        let copier = tokio::spawn(self.clone().keep_copies());
        let mut looks = tokio::time::interval(LOOK);
        loop {
            let stop = tokio::select! {
                _ = looks.tick() => false,
                _ = stopping.wait_for(|stopping| *stopping) => true,
            };
            if stop {
                break;
            }
            self.attempt(When::Due).await;
        }
        copier.abort();
    }

    /// The last head, once nothing more happens. Waits for its copy only for a while.
    pub async fn finish(&self) {
        self.attempt(When::Changed).await;
        if tokio::time::timeout(LOOK, self.attempt_copy()).await.is_err() {
            tracing::warn!("the last signed heads were not copied: the folder does not answer; the next start does it");
        }
    }

    async fn keep_copies(self) {
        let mut looks = tokio::time::interval(LOOK);
        loop {
            looks.tick().await;
            self.attempt_copy().await;
        }
    }

    async fn attempt(&self, when: When) {
        if let Err(error) = self.sign(when).await {
            self.metrics.head_failed();
            tracing::error!(error = &error as &dyn std::error::Error, "no head was signed");
        }
    }

    async fn attempt_copy(&self) {
        if let Err(error) = self.copy().await {
            self.metrics.head_copy_failed();
            tracing::warn!(error = &error as &dyn std::error::Error, "signed heads were not copied; tried again soon");
        }
    }

    /// Signs a head over all halls where one is wanted; `None` where not, or where another server was first.
    pub async fn sign(&self, when: When) -> Result<Option<SignedHead>, EvidenceError> {
        let now = self.clock.now();
        // Reading takes as long as there is something new and holds nobody up; only the writing is a transaction that
        // writes.
        let mut tx = self.store.begin_read().await?;
        let last = last(&mut tx).await?;
        let mut chains = halls::chain_heads(&mut tx).await?;
        chains.sort_unstable();
        if !self.is_wanted(when, now, last.as_ref(), &chains) {
            return Ok(None);
        }
        let mut grown = Vec::with_capacity(chains.len());
        for (hall, turn, hash) in &chains {
            grown.push(grow(&mut tx, hall, *turn, hash, last.as_ref()).await?);
        }
        let key = &self.setup.key;
        if let Some(last) = &last {
            // A head of an older key is left to `verify`, which is given that one too.
            if let Err(source @ HeadError::Signature) = last.check(std::slice::from_ref(key.public())) {
                return Err(EvidenceError::Head { sequence: last.head.sequence, source });
            }
            let gone = last.head.halls.iter().find(|head| !chains.iter().any(|(hall, ..)| *hall == head.hall));
            if let Some(gone) = gone {
                return Err(EvidenceError::HallGone { hall: gone.hall.clone(), head: last.head.sequence });
            }
        }
        tx.rollback().await?;
        let head = Head {
            version: 1,
            sequence: last.as_ref().map_or(0, |last| last.head.sequence) + 1,
            at: now,
            previous: last.as_ref().map(SignedHead::hash).unwrap_or_default(),
            halls: grown.iter().map(|grown| grown.head.clone()).collect(),
            algorithm: key.public().algorithm(),
            key: key.public().fingerprint.clone(),
        };
        let signed = SignedHead::sign(head, key)?;
        let mut tx = self.store.begin_write().await?;
        evidence::lock(&mut tx).await?;
        let newest = evidence::last(&mut tx).await?.map_or(0, |row| row.sequence);
        if newest + 1 != signed.head.sequence {
            return Ok(None);
        }
        for grown in &grown {
            evidence::add_tiles(&mut tx, &grown.head.hall, grown.first_tile, &grown.tiles).await?;
        }
        evidence::add(&mut tx, &signed.row()).await?;
        tx.commit().await?;
        self.metrics.head_signed();
        Ok(Some(signed))
    }

    fn is_wanted(&self, when: When, now: Millis, last: Option<&SignedHead>, chains: &[(String, i64, String)]) -> bool {
        let Some(last) = last else { return true };
        let head = &last.head;
        let changed = || {
            let mut signed = head.halls.iter().map(|head| (&head.hall, head.turn));
            !chains.iter().map(|(hall, turn, _)| (hall, *turn)).eq(signed.by_ref())
        };
        match when {
            // A clock that was once ahead must not hold up heads until it is there again.
            When::Due => (now - head.at).abs() >= self.setup.period,
            When::Changed => changed(),
            When::Wanted => {
                head.key != self.setup.key.public().fingerprint || ((now - head.at).abs() >= APART && changed())
            }
        }
    }

    /// Writes the heads that the folder lacks; returns how many.
    pub async fn copy(&self) -> Result<usize, EvidenceError> {
        let Some(folder) = self.setup.heads_to.clone() else { return Ok(0) };
        let mut connection = self.store.reader().acquire().await?;
        let last = evidence::last(&mut connection).await?.map_or(0, |row| row.sequence);
        let known = self.copied.load(Ordering::Relaxed);
        if known == last {
            return Ok(0);
        }
        // At most so many: what the folder holds is not known until it answers.
        self.metrics.heads_not_copied(last - known);
        let asked = folder.clone();
        let mut copied = blocking(move || copies::last_sequence(&asked)).await?;
        if copied > last {
            return Err(EvidenceError::CopiesAhead { folder, copied, last });
        }
        let first = copied;
        while copied < last {
            let rows = evidence::after(&mut connection, copied, HEADS).await?;
            let heads = rows.iter().map(parsed).collect::<Result<Vec<_>, _>>()?;
            let Some(newest) = heads.last() else { break };
            copied = newest.head.sequence;
            let folder = folder.clone();
            blocking(move || copies::append(&folder, &heads)).await?;
        }
        self.copied.store(copied, Ordering::Relaxed);
        self.metrics.heads_not_copied(last - copied);
        Ok(usize::try_from(copied - first).unwrap_or_default())
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, CopiesError> + Send + 'static,
) -> Result<T, EvidenceError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(StoreError::Panicked.into()),
    }
}

/// The newest head.
pub(super) async fn last(connection: &mut AnyConnection) -> Result<Option<SignedHead>, EvidenceError> {
    evidence::last(connection).await?.as_ref().map(parsed).transpose()
}

fn parsed(row: &HeadRow) -> Result<SignedHead, EvidenceError> {
    SignedHead::from_row(row).map_err(|source| EvidenceError::Head { sequence: row.sequence, source })
}

/// A hall's tree with what is new since the last head. Refuses a chain that no longer holds what that head signed.
async fn grow(
    connection: &mut AnyConnection,
    hall: &str,
    turn: i64,
    hash: &str,
    last: Option<&SignedHead>,
) -> Result<Grown, EvidenceError> {
    let signed = last.and_then(|last| last.of_hall(hall));
    if let Some(before) = signed {
        let there = events::links(connection, hall, before.turn - 1, 1).await?;
        let holds = match there.first() {
            Some(link) if before.turn > 0 => link.turn == before.turn && link.hash == before.hash,
            _ => before.turn == 0,
        };
        if !holds || before.turn > turn {
            let head = last.map_or(0, |last| last.head.sequence);
            return Err(EvidenceError::Rewritten { hall: hall.to_owned(), turn: before.turn, head });
        }
        if before.turn == turn {
            return Ok(Grown { head: before.clone(), first_tile: 0, tiles: Vec::new() });
        }
    }
    let broken = |turn| EvidenceError::Broken { hall: hall.to_owned(), turn };
    let tiles = evidence::tiles(connection, hall, i64::MAX).await?;
    let first_tile = i64::try_from(tiles.len()).unwrap_or(i64::MAX);
    let mut tree = Tree::of_tiles(tiles.iter().map(|hash| node(hall, hash)).collect::<Result<Vec<_>, _>>()?);
    let mut full = Vec::new();
    // The event before the first new leaf is read too, for the link to it.
    let base = first_tile * TILE as i64;
    let (mut at, mut head) = ((base - 1).max(0), None);
    while at < turn {
        let links = events::links(connection, hall, at, PAGE.min(turn - at)).await?;
        if links.is_empty() {
            return Err(broken(at + 1));
        }
        for link in links {
            if link.turn != at + 1 || head.as_ref().is_some_and(|head| *head != link.prev_hash) {
                return Err(broken(at + 1));
            }
            if link.turn > base {
                full.extend(tree.push(leaf(hall, link.turn, &link.hash)?).map(|tile| crate::hex(&tile)));
            }
            at = link.turn;
            head = Some(link.hash);
        }
    }
    if head.is_some_and(|head| head != hash) {
        return Err(broken(turn));
    }
    let root = crate::hex(&tree.root());
    let head = HallHead { hall: hall.to_owned(), turn, hash: hash.to_owned(), root };
    Ok(Grown { head, first_tile, tiles: full })
}

/// The leaf of an event: its hash, which stands for the whole event.
pub(super) fn leaf(hall: &str, turn: i64, hash: &str) -> Result<Node, StoreError> {
    let bytes = crate::unhex(hash).filter(|bytes| bytes.len() == 32).ok_or_else(|| StoreError::Inconsistent {
        table: "events",
        row: format!("{hall} {turn}"),
        what: "its hash is not one".to_owned(),
    })?;
    Ok(merkle::leaf(&bytes))
}

pub(super) fn node(hall: &str, hash: &str) -> Result<Node, StoreError> {
    crate::unhex(hash).and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| StoreError::Inconsistent {
        table: "chain_tiles",
        row: hall.to_owned(),
        what: "a tile's hash is not one".to_owned(),
    })
}
