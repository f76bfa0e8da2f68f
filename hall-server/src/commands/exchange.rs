//! `hall-server exchange …`: the outbox to departments' own systems.

use clap::{Subcommand, ValueEnum};
use protocol::exchange::OutboxState;
use protocol::staff::Role;

use super::CommandError;
use crate::clock::{Clock, SystemClock};
use crate::exchange::staff::replay_for;
use crate::store::{Store, exchange, identity};

/// The most messages listed.
const MOST: i64 = 10_000;

#[derive(Debug, Subcommand)]
pub(super) enum Exchange {
    /// List messages, the oldest first: id, system, case, kind, state, attempts, why the last one failed
    List {
        #[arg(long, value_enum, default_value = "stuck")]
        state: StateName,
        #[arg(long)]
        system: Option<String>,
    },
    /// Have a stuck message sent again; a running server sends it
    Replay {
        id: String,
        /// The administrator in whose name it is done: the case's history says so
        #[arg(long, value_name = "USERNAME")]
        by: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum StateName {
    Waiting,
    Sent,
    Stuck,
    All,
}

impl StateName {
    fn state(self) -> Option<OutboxState> {
        match self {
            StateName::Waiting => Some(OutboxState::Waiting),
            StateName::Sent => Some(OutboxState::Sent),
            StateName::Stuck => Some(OutboxState::Stuck),
            StateName::All => None,
        }
    }
}

impl Exchange {
    pub(super) async fn run(self, store: &Store) -> Result<(), CommandError> {
        match self {
            Exchange::List { state, system } => list(store, state.state(), system.as_deref()).await,
            Exchange::Replay { id, by } => replay(store, &id, &by).await,
        }
    }
}

async fn list(store: &Store, state: Option<OutboxState>, system: Option<&str>) -> Result<(), CommandError> {
    let mut connection = store.reader().acquire().await?;
    for kept in exchange::list(&mut connection, state, system, MOST).await? {
        let state = serde_json::to_value(kept.state).unwrap_or_default();
        let (row, state) = (kept.row, state.as_str().unwrap_or_default());
        println!(
            "{}\t{}\t{}\t{}\t{state}\t{}\t{}",
            row.id, row.system, row.case_no, row.kind, kept.attempts, kept.last_error
        );
    }
    Ok(())
}

async fn replay(store: &Store, id: &str, by: &str) -> Result<(), CommandError> {
    let accounts = identity::users(store).await?;
    let administers = |user: &protocol::staff::User| user.username == by && user.roles.contains(&Role::Administrator);
    if !accounts.iter().any(|account| account.active && administers(&account.user)) {
        return Err(CommandError::Refused(format!("{by} is not an administrator")));
    }
    replay_for(store, id, &format!("user:{by}"), SystemClock.now()).await?;
    println!("{id} is sent again");
    Ok(())
}
