//! Who holds a token. Answers are remembered for a few seconds, so that requests do not each ask the database;
//! a revoked device or session is shut out when the memory runs out.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use protocol::Millis;
use protocol::staff::{Role, User};

use super::secrets;
use crate::clock::Clock;
use crate::store::identity::Device;
use crate::store::{Store, StoreError, identity};

/// How long an answer is remembered, in milliseconds.
pub const REMEMBERED: Millis = 3_000;

/// How many tokens are remembered before those that ran out are cleared away.
const MANY: usize = 10_000;

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asker {
    Staff(User),
    Device(Device),
}

impl Asker {
    /// As events name them: `user:NAME` or `device:NAME`.
    pub fn actor(&self) -> String {
        match self {
            Asker::Staff(user) => format!("user:{}", user.username),
            Asker::Device(device) => format!("device:{}", device.name),
        }
    }

    pub fn has(&self, role: Role) -> bool {
        matches!(self, Asker::Staff(user) if user.roles.contains(&role))
    }
}

#[derive(Debug, Clone)]
struct Remembered {
    asker: Arc<Asker>,
    until: Millis,
}

/// Answers who holds a token; cheap to clone.
#[derive(Debug, Clone)]
pub struct Directory {
    store: Store,
    clock: Arc<dyn Clock>,
    remembered: Arc<RwLock<HashMap<String, Remembered>>>,
}

impl Directory {
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Directory { store, clock, remembered: Arc::default() }
    }

    /// The holder of a token that is in force.
    pub async fn asker(&self, token: &str) -> Result<Option<Arc<Asker>>, StoreError> {
        let hash = secrets::token_hash(token);
        let now = self.clock.now();
        if let Some(known) = self.remembered.read().unwrap_or_else(PoisonError::into_inner).get(&hash)
            && now < known.until
        {
            return Ok(Some(known.asker.clone()));
        }
        let (asker, until) = if let Some((user, expires_at)) = identity::session(&self.store, &hash, now).await? {
            (Asker::Staff(user), expires_at.min(now + REMEMBERED))
        } else if let Some(device) = identity::device(&self.store, &hash).await? {
            (Asker::Device(device), now + REMEMBERED)
        } else {
            return Ok(None);
        };
        let asker = Arc::new(asker);
        let mut remembered = self.remembered.write().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= MANY {
            remembered.retain(|_, known| now < known.until);
        }
        remembered.insert(hash, Remembered { asker: asker.clone(), until });
        Ok(Some(asker))
    }

    /// Forgets a token at once, as at signing out.
    pub fn forget(&self, token: &str) {
        let hash = secrets::token_hash(token);
        self.remembered.write().unwrap_or_else(PoisonError::into_inner).remove(&hash);
    }
}
