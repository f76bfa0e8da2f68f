//! Everything that happened to one signal, from the hall's chain, and who may answer it.

use std::collections::HashMap;

use domain::supervision::{Signal, SignalEvent};
use protocol::Millis;
use sqlx::AnyConnection;

use crate::AppState;
use crate::store::{StoreError, events, identity};

/// One step of a signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalStepTaken {
    pub at: Millis,
    pub event: SignalEvent,
    /// A person's name; empty for the system.
    pub by: String,
}

/// What happened to a signal, the oldest first.
pub async fn of_signal(connection: &mut AnyConnection, signal: &Signal) -> Result<Vec<SignalStepTaken>, StoreError> {
    let events = events::of_signals(connection, &signal.case_no).await?;
    let mut steps = Vec::new();
    for event in &events {
        let what: SignalEvent = serde_json::from_str(&event.draft.body).map_err(|error| StoreError::Inconsistent {
            table: "events",
            row: format!("{} {}", event.hall, event.draft.turn),
            what: error.to_string(),
        })?;
        if what.is_of(signal) {
            let by = event.draft.actor.strip_prefix("user:").unwrap_or_default().to_owned();
            steps.push(SignalStepTaken { at: event.draft.at, event: what, by });
        }
    }
    let usernames: Vec<&str> = steps.iter().map(|step| step.by.as_str()).filter(|by| !by.is_empty()).collect();
    let names: HashMap<String, String> = identity::names(connection, &usernames).await?;
    for step in &mut steps {
        if let Some(name) = names.get(&step.by) {
            step.by.clone_from(name);
        }
    }
    Ok(steps)
}

/// The names of those who may answer a signal now.
pub async fn addressed(state: &AppState, signal: &Signal) -> Result<Vec<String>, StoreError> {
    let accounts = identity::users(&state.store).await?;
    let may = accounts.into_iter().filter(|account| account.active && signal.is_recipient(&account.user));
    Ok(may.map(|account| account.user.name).collect())
}
