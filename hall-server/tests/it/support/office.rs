//! Whoever holds the server's key, and the copies of its heads.

use std::collections::BTreeMap;
use std::sync::Arc;

use hall_server::commands::verify::{Found, verify};
use hall_server::engine::chain;
use hall_server::evidence::head::SignedHead;
use hall_server::evidence::keys::{Algorithm, Key, PublicKey};
use hall_server::evidence::signer::When;
use hall_server::evidence::{Setup, Signer, copies};
use hall_server::metrics::Metrics;
use hall_server::store::{Store, events, queue};

use super::Hall;

pub(crate) const HOUR: i64 = 3_600_000;

/// The server's key, its public half as others have it, and a folder elsewhere.
pub(crate) struct Office {
    pub(crate) key: Arc<Key>,
    pub(crate) folder: tempfile::TempDir,
}

impl Office {
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        Office { key: Arc::new(Key::generate(algorithm).unwrap()), folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn signer(&self, hall: &Hall) -> Signer {
        self.signer_of(&hall.store, hall)
    }

    pub(crate) fn signer_of(&self, store: &Store, hall: &Hall) -> Signer {
        let setup = Setup { key: self.key.clone(), period: HOUR, heads_to: Some(self.folder.path().to_owned()) };
        Signer::new(store.clone(), Arc::new(hall.clock.clone()), Arc::new(Metrics::default()), setup)
    }

    pub(crate) fn copies(&self) -> BTreeMap<i64, SignedHead> {
        copies::read(self.folder.path()).unwrap()
    }

    pub(crate) fn public(&self) -> Vec<PublicKey> {
        vec![self.key.public().clone()]
    }

    /// What somebody finds who has the copies and the public key.
    pub(crate) async fn audit(&self, hall: &Hall) -> Found {
        verify(&hall.store, &self.copies(), &self.public()).await.unwrap()
    }
}

pub(crate) async fn happen(hall: &Hall, name: &str, tickets: usize) {
    let kiosk = hall.kiosk().await;
    for n in 0..tickets {
        let phone = format!("138{:04}{n:04}", name.len());
        kiosk.ticket(&phone).await;
    }
}

/// Seven events of which three heads speak: after 3, after 5 and after 7; all copied.
pub(crate) async fn signed_history(hall: &Hall, office: &Office) -> Signer {
    let signer = office.signer(hall);
    for (name, tickets) in [("a", 3), ("bb", 2), ("ccc", 2)] {
        happen(hall, name, tickets).await;
        signer.sign(When::Changed).await.unwrap().unwrap();
        hall.clock.advance(HOUR);
    }
    assert_eq!(signer.copy().await.unwrap(), 3);
    let found = office.audit(hall).await;
    assert!(found.is_whole(), "{found:?}");
    assert_eq!((found.trail.heads, found.trail.copies, found.trail.checked), (3, 3, 3));
    signer
}

/// Lets the district hall's chain grow to a turn.
pub(crate) async fn grow_to(hall: &Hall, turn: i64) {
    let mut tx = hall.store.begin_write().await.unwrap();
    let there = queue::turn(&mut tx, "district").await.unwrap().unwrap();
    let mut head = there.chain_head;
    let mut new = Vec::new();
    for turn in there.last + 1..=turn {
        let draft = chain::Draft {
            turn,
            at: turn,
            kind: "window-paused".into(),
            actor: "user:li".into(),
            on_behalf: String::new(),
            subject: "window:1".into(),
            body: r#"{"kind":"window-paused","window":1}"#.into(),
        };
        let sealed = chain::seal("district", draft, &head);
        head.clone_from(&sealed.hash);
        new.push(sealed);
    }
    events::add(&mut tx, &new).await.unwrap();
    queue::give_turn(&mut tx, "district", turn, &head).await.unwrap();
    tx.commit().await.unwrap();
}
