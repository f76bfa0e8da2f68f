//! The rules of supervision in memory. The table is the truth; whoever finds a newer version there puts it here.

use std::sync::{Arc, PoisonError, RwLock};

use domain::supervision::Rules;
use sqlx::AnyConnection;

use super::{Engine, Shared};
use crate::store::{StoreError, supervision_rules};
use crate::supervision::rules_in_force;

/// Where a process keeps the rules in force, with their version.
#[derive(Debug, Default)]
pub(super) struct RulesSlot(RwLock<(i64, Arc<Rules>)>);

impl Shared {
    pub(super) fn rules(&self) -> Arc<Rules> {
        self.rules.0.read().unwrap_or_else(PoisonError::into_inner).1.clone()
    }

    /// Reads the rules where the table holds a newer version than memory.
    pub(super) async fn refresh_rules(&self, connection: &mut AnyConnection) -> Result<(), StoreError> {
        let known = self.rules.0.read().unwrap_or_else(PoisonError::into_inner).0;
        if supervision_rules::version(&mut *connection).await? == known {
            return Ok(());
        }
        let (version, rules) = rules_in_force(connection).await?;
        let mut kept = self.rules.0.write().unwrap_or_else(PoisonError::into_inner);
        if version > kept.0 {
            *kept = (version, Arc::new(rules));
            tracing::info!(version, "a new version of the rules of supervision is in force");
        }
        Ok(())
    }
}

impl Engine {
    /// The rules of supervision in force.
    pub fn rules(&self) -> Arc<Rules> {
        self.shared.rules()
    }
}
