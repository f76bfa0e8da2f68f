//! `hall-server evidence key`, and what `serve` is told about signing.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand};

use super::CommandError;
use crate::evidence::Setup;
use crate::evidence::keys::{Algorithm, Key};

#[derive(Debug, Subcommand)]
pub(super) enum Evidence {
    /// Make a key pair: the private key in FILE (mode 0600), the public key beside it in FILE.pub
    Key {
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[arg(long, value_enum, default_value = "ed25519")]
        kind: Algorithm,
    },
}

impl Evidence {
    pub(super) fn run(&self) -> Result<(), CommandError> {
        let Evidence::Key { out, kind } = self;
        let key = Key::generate(*kind)?;
        let public = key.write(out)?;
        print!("{}", key.public().pem);
        println!("{}\t{}\t{}", key.public().algorithm().as_str(), key.public().fingerprint, public.display());
        Ok(())
    }
}

/// How a server signs.
#[derive(Debug, Args)]
pub(super) struct Signing {
    /// The private key that signs heads of the history and dossiers; made by `hall-server evidence key`
    #[arg(long, value_name = "FILE", env = "HALL_EVIDENCE_KEY")]
    evidence_key: Option<PathBuf>,
    /// Minutes between signed heads
    #[arg(long, value_name = "MINUTES", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..), requires = "evidence_key")]
    heads_every: u32,
    /// A folder, better on another machine, to which signed heads are copied
    #[arg(long, value_name = "FOLDER", requires = "evidence_key")]
    heads_to: Option<PathBuf>,
}

impl Signing {
    /// Reads the key; `None` where the server has none.
    pub(super) fn setup(self) -> Result<Option<Setup>, CommandError> {
        let Some(path) = self.evidence_key else {
            tracing::warn!("no --evidence-key: the history is not signed");
            return Ok(None);
        };
        let key = Key::read(&path)?;
        tracing::info!(key = key.public().fingerprint, "the history is signed");
        Ok(Some(Setup { key: Arc::new(key), period: i64::from(self.heads_every) * 60_000, heads_to: self.heads_to }))
    }
}
