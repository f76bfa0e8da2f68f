//! Item versions in memory: a published version never changes, so what was read once stays right.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use protocol::catalogue::Item;
use sqlx::AnyConnection;

use crate::store::{StoreError, catalogue};

/// More than a district has in use at a time; beyond that the memory begins anew.
const MANY: usize = 5_000;

/// Versions that were read, by item and version; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct ItemVersions(Arc<RwLock<Known>>);

type Known = HashMap<(String, i64), Arc<Item>>;

impl ItemVersions {
    /// A published version; `None` where there is none.
    pub async fn get(
        &self,
        connection: &mut AnyConnection,
        code: &str,
        version: i64,
    ) -> Result<Option<Arc<Item>>, StoreError> {
        let key = (code.to_owned(), version);
        if let Some(known) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Some(known.clone()));
        }
        let Some(item) = catalogue::item_version(connection, code, version).await? else { return Ok(None) };
        let item = Arc::new(item);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MANY {
            known.clear();
        }
        known.insert(key, item.clone());
        Ok(Some(item))
    }
}
