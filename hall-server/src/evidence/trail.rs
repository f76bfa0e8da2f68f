//! All signed heads, those of the database and the copies kept elsewhere, held against each other. What they say of each
//! hall's chain is then held against its events.

use std::collections::{BTreeMap, HashMap};

use sqlx::AnyConnection;

use super::head::{HeadError, SignedHead};
use super::keys::PublicKey;
use crate::store::{StoreError, evidence};

/// How many heads are read at a time.
const PAGE: i64 = 200;

/// What is wrong with the heads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrailFault {
    #[error("head {sequence} is missing")]
    Missing { sequence: i64 },
    #[error("head {sequence} was removed: there is a copy of it, but it is not in the database")]
    Removed { sequence: i64 },
    #[error("head {sequence} was changed: {source}")]
    Head { sequence: i64, source: HeadError },
    #[error("head {sequence} does not follow the one before it: one of the two was changed or replaced")]
    Unlinked { sequence: i64 },
    #[error("head {sequence} was replaced: its copy says something else")]
    Replaced { sequence: i64 },
    #[error("head {sequence} says less of hall {hall} than the one before it")]
    Shrunk { sequence: i64, hall: String },
    #[error("hall {hall} is gone: head {sequence} was signed over {turn} of its events")]
    HallGone { sequence: i64, hall: String, turn: i64 },
}

/// What a head says of a hall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    pub head: i64,
    pub turn: i64,
    pub hash: String,
    pub root: String,
}

/// The heads, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trail {
    /// How many the database has, and how many copies there are.
    pub heads: usize,
    pub copies: usize,
    /// How many signatures were checked.
    pub checked: usize,
    /// The first fault, where there is one.
    pub fault: Option<TrailFault>,
    /// By hall, in order; where the copy of a head says something else, what the copy says.
    pub checkpoints: HashMap<String, Vec<Checkpoint>>,
    last: Option<(i64, String)>,
    /// The last turn that was signed of each hall, and the last head that speaks of it.
    turns: BTreeMap<String, (i64, i64)>,
}

/// Reads the database's heads and holds them against each other, the copies, and the keys (where there are any).
pub async fn follow(
    connection: &mut AnyConnection,
    copies: &BTreeMap<i64, SignedHead>,
    keys: &[PublicKey],
) -> Result<Trail, StoreError> {
    let mut trail = Trail { copies: copies.len(), ..Trail::default() };
    let mut copies_left = copies.iter().peekable();
    let mut at = 0;
    loop {
        let rows = evidence::after(connection, at, PAGE).await?;
        for row in &rows {
            at = row.sequence;
            // Copies of heads that the database skips.
            while let Some((_, copy)) = copies_left.next_if(|(sequence, _)| **sequence < row.sequence) {
                trail.blame(TrailFault::Removed { sequence: copy.head.sequence });
                trail.take(copy, keys);
            }
            let copy = copies_left.next_if(|(sequence, _)| **sequence == row.sequence).map(|(_, copy)| copy);
            trail.heads += 1;
            match (SignedHead::from_row(row), copy) {
                (Ok(head), Some(copy)) if head.text != copy.text => {
                    trail.blame(TrailFault::Replaced { sequence: row.sequence });
                    trail.take(copy, keys);
                }
                (Ok(head), _) => trail.take(&head, keys),
                (Err(source), copy) => {
                    trail.blame(TrailFault::Head { sequence: row.sequence, source });
                    if let Some(copy) = copy {
                        trail.take(copy, keys);
                    } else {
                        trail.last = None;
                    }
                }
            }
        }
        if rows.is_empty() {
            break;
        }
    }
    for (sequence, copy) in copies_left {
        trail.blame(TrailFault::Removed { sequence: *sequence });
        trail.take(copy, keys);
    }
    Ok(trail)
}

impl Trail {
    /// Names halls that heads speak of and that are not there.
    pub fn missing_halls(&mut self, there: &[String]) {
        let gone = self.turns.iter().find(|(hall, _)| !there.contains(hall));
        let Some((hall, turn, sequence)) = gone.map(|(hall, (turn, head))| (hall.clone(), *turn, *head)) else {
            return;
        };
        self.blame(TrailFault::HallGone { sequence, hall, turn });
    }

    fn blame(&mut self, fault: TrailFault) {
        self.fault.get_or_insert(fault);
    }

    /// Takes the next head, whether it came from the database or from the copies.
    fn take(&mut self, signed: &SignedHead, keys: &[PublicKey]) {
        let sequence = signed.head.sequence;
        match self.last.take() {
            Some((last, _)) if last + 1 != sequence => self.blame(TrailFault::Missing { sequence: last + 1 }),
            Some((_, hash)) if hash != signed.head.previous => self.blame(TrailFault::Unlinked { sequence }),
            None if sequence > 1 && self.fault.is_none() => self.blame(TrailFault::Missing { sequence: 1 }),
            _ => {}
        }
        if !keys.is_empty() {
            match signed.check(keys) {
                Ok(()) => self.checked += 1,
                Err(source) => self.blame(TrailFault::Head { sequence, source }),
            }
        }
        let now: HashMap<&str, i64> = signed.head.halls.iter().map(|head| (head.hall.as_str(), head.turn)).collect();
        let shrunk = self.turns.iter().find(|(hall, (turn, _))| now.get(hall.as_str()).is_none_or(|now| now < turn));
        if let Some(hall) = shrunk.map(|(hall, _)| hall.clone()) {
            self.blame(TrailFault::Shrunk { sequence, hall });
        }
        for head in &signed.head.halls {
            self.turns.insert(head.hall.clone(), (head.turn, sequence));
            let points = self.checkpoints.entry(head.hall.clone()).or_default();
            // A hall in which nothing happened says the same again.
            let again =
                points.last().is_some_and(|p| (p.turn, &p.hash, &p.root) == (head.turn, &head.hash, &head.root));
            if head.turn > 0 && !again {
                points.push(Checkpoint {
                    head: sequence,
                    turn: head.turn,
                    hash: head.hash.clone(),
                    root: head.root.clone(),
                });
            }
        }
        self.last = Some((sequence, signed.hash()));
    }
}
