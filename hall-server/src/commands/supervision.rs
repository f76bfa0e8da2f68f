//! `hall-server supervision …`: the rules of supervision.

use std::path::PathBuf;

use clap::Subcommand;

use super::CommandError;
use crate::clock::{Clock, SystemClock};
use crate::store::Store;
use crate::supervision::{load, rules_in_force};

#[derive(Debug, Subcommand)]
pub(super) enum Supervision {
    /// Put rules in force from a TOML file (docs/supervision.md); signals that were raised stay
    Load {
        file: PathBuf,
        /// Who loads them, for the record
        #[arg(long, env = "USER", default_value = "operator")]
        by: String,
    },
    /// The rules in force
    Show,
}

impl Supervision {
    pub(super) async fn run(self, store: &Store) -> Result<(), CommandError> {
        match self {
            Supervision::Load { file, by } => {
                let version = load::load(store, &file, &format!("operator:{by}"), SystemClock.now()).await?;
                println!("version {version} of the rules is in force");
            }
            Supervision::Show => {
                let mut connection = store.reader().acquire().await?;
                let (version, rules) = rules_in_force(&mut connection).await?;
                println!("version {version}");
                for rule in rules.all() {
                    println!(
                        "{}  {}  {:?}  reply within {} days",
                        rule.id, rule.name.zh, rule.trigger, rule.reply_days
                    );
                }
            }
        }
        Ok(())
    }
}
