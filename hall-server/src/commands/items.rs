//! `hall-server item …`: single items as JSON files.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use protocol::catalogue::Item;

use super::CommandError;
use crate::catalogue::connected::{Connected, SAMPLE_SOURCE, SAMPLE_SYSTEM};
use crate::catalogue::drafts::{self, Editor};
use crate::clock::{Clock, SystemClock};
use crate::store::{Store, catalogue};

/// What items may name.
#[derive(Debug, Args)]
pub(super) struct ConnectedNames {
    /// A provider of shared data that documents may name; may be given several times
    #[arg(long = "shared-source", value_name = "NAME", default_value = SAMPLE_SOURCE)]
    shared_sources: Vec<String>,
    /// A department's own system that branches may name; may be given several times
    #[arg(long = "department-system", value_name = "NAME", default_value = SAMPLE_SYSTEM)]
    department_systems: Vec<String>,
}

impl From<ConnectedNames> for Connected {
    fn from(names: ConnectedNames) -> Self {
        Connected {
            shared_sources: names.shared_sources.into_iter().collect(),
            systems: names.department_systems.into_iter().collect(),
        }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Items {
    /// Print an item's version in force as JSON
    Export { code: String },
    /// Publish an item from a JSON file as its next version; every fault is named
    Publish {
        file: PathBuf,
        /// Who publishes it, for the record
        #[arg(long, env = "USER", default_value = "operator")]
        by: String,
        #[command(flatten)]
        connected: ConnectedNames,
    },
}

impl Items {
    pub(super) async fn run(self, store: &Store) -> Result<(), CommandError> {
        match self {
            Items::Export { code } => {
                let item = catalogue::item(store, &code).await?;
                let item = item.ok_or_else(|| CommandError::Refused(format!("there is no item {code}")))?;
                let json = serde_json::to_string_pretty(&item)
                    .map_err(|error| CommandError::Refused(format!("item {code} has no JSON form: {error}")))?;
                println!("{json}");
            }
            Items::Publish { file, by, connected } => {
                let text = std::fs::read_to_string(&file).map_err(|source| CommandError::Io {
                    what: format!("{} could not be read", file.display()),
                    source,
                })?;
                let item: Item = serde_json::from_str(&text)
                    .map_err(|error| CommandError::Refused(format!("{} is not an item: {error}", file.display())))?;
                let editor = Editor { username: &by, now: SystemClock.now() };
                let published = drafts::publish_file(store, &connected.into(), item, editor).await?;
                println!("published item {} as version {}", published.code, published.version);
            }
        }
        Ok(())
    }
}
