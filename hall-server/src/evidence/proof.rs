//! Shows that some events belong to the chain that a head was signed over, without anybody else's events.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;

use super::head::SignedHead;
use super::merkle::{self, Node, Parts, TILE};
use super::signer::{EvidenceError, leaf, node};
use crate::engine::chain::Event;
use crate::store::{StoreError, events, evidence};

/// The proofs of a dossier's events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// 1 for now.
    pub version: i64,
    /// The head that signed the roots.
    pub head: i64,
    /// By hall.
    pub chains: Vec<ChainProof>,
    /// Events that came after the head: no signed head speaks of them yet.
    pub later: Vec<Place>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    pub hall: String,
    pub turn: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainProof {
    pub hall: String,
    /// How many leaves the tree has.
    pub size: i64,
    pub root: String,
    pub events: Vec<EventProof>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventProof {
    /// The event's leaf has index `turn` − 1.
    pub turn: i64,
    /// The digests beside the way from the leaf to the root, the lowest first.
    pub path: Vec<String>,
}

/// Proves these events under a head.
pub async fn prove(connection: &mut AnyConnection, own: &[Event], head: &SignedHead) -> Result<Proof, EvidenceError> {
    let mut by_hall: BTreeMap<&str, Vec<&Event>> = BTreeMap::new();
    let mut later = Vec::new();
    for event in own {
        let signed = head.of_hall(&event.hall).map_or(0, |head| head.turn);
        if event.draft.turn <= signed {
            by_hall.entry(&event.hall).or_default().push(event);
        } else {
            later.push(Place { hall: event.hall.clone(), turn: event.draft.turn });
        }
    }
    let mut chains = Vec::with_capacity(by_hall.len());
    for (hall, own) in by_hall {
        chains.push(prove_hall(connection, hall, &own, head).await?);
    }
    Ok(Proof { version: 1, head: head.head.sequence, chains, later })
}

async fn prove_hall(
    connection: &mut AnyConnection,
    hall: &str,
    own: &[&Event],
    signed: &SignedHead,
) -> Result<ChainProof, EvidenceError> {
    let size = signed.of_hall(hall).map_or(0, |head| head.turn);
    let parts = parts(connection, hall, own, size).await?;
    let root = parts.root().map(|root| crate::hex(&root));
    let rewritten = || EvidenceError::Rewritten { hall: hall.to_owned(), turn: size, head: signed.head.sequence };
    let root = root.filter(|root| signed.of_hall(hall).is_some_and(|head| head.root == *root)).ok_or_else(rewritten)?;
    let mut events = Vec::with_capacity(own.len());
    for event in own {
        let turn = event.draft.turn;
        let path = u64::try_from(turn - 1).ok().and_then(|index| parts.path(index)).ok_or_else(rewritten)?;
        events.push(EventProof { turn, path: path.iter().map(|node| crate::hex(node)).collect() });
    }
    Ok(ChainProof { hall: hall.to_owned(), size, root, events })
}

/// Reads the full tiles, and the leaves of those tiles in which own events lie and of the last one.
async fn parts(connection: &mut AnyConnection, hall: &str, own: &[&Event], size: i64) -> Result<Parts, StoreError> {
    let tile_size = TILE as i64;
    let tiles = evidence::tiles(connection, hall, size / tile_size).await?;
    let tiles = tiles.iter().map(|hash| node(hall, hash)).collect::<Result<Vec<Node>, _>>()?;
    let mut leaves = BTreeMap::new();
    let needed = own.iter().map(|event| (event.draft.turn - 1) / tile_size).chain([size / tile_size]);
    for tile in needed {
        let first = tile * tile_size;
        let key = u64::try_from(tile).unwrap_or_default();
        if leaves.contains_key(&key) || first >= size {
            continue;
        }
        let links = events::links(connection, hall, first, tile_size.min(size - first)).await?;
        let nodes = links.iter().map(|link| leaf(hall, link.turn, &link.hash)).collect::<Result<Vec<_>, _>>()?;
        leaves.insert(key, nodes);
    }
    Ok(Parts { size: u64::try_from(size).unwrap_or_default(), tiles, leaves })
}

impl ChainProof {
    /// Whether an event of this hash and place leads to the root.
    pub fn shows(&self, turn: i64, hash: &str) -> bool {
        let Some(proof) = self.events.iter().find(|event| event.turn == turn) else { return false };
        let path: Option<Vec<Node>> =
            proof.path.iter().map(|node| crate::unhex(node).and_then(|bytes| bytes.try_into().ok())).collect();
        let places = (u64::try_from(turn - 1), u64::try_from(self.size));
        let (Ok(index), Ok(size), Some(path), Ok(leaf)) = (places.0, places.1, path, leaf(&self.hall, turn, hash))
        else {
            return false;
        };
        merkle::root_by_path(leaf, index, size, &path).is_some_and(|root| crate::hex(&root) == self.root)
    }
}
