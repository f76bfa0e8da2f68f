//! `hall-server dossier CASE_NO --out FILE.zip` and `hall-server dossier verify FILE.zip`.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use protocol::staff::User;

use super::files::Folder;
use super::{CommandError, open};
use crate::AppState;
use crate::clock::SystemClock;
use crate::config::Settings;
use crate::evidence::keys::{Key, PublicKey};
use crate::evidence::{Setup, check, dossier};
use crate::files::FileSettings;
use crate::notices::settings::NoticeSettings;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Dossier {
    #[command(subcommand)]
    verify: Option<DossierCommand>,
    #[arg(required = true)]
    case_no: Option<String>,
    /// The ZIP file to write
    #[arg(long, value_name = "FILE", required = true)]
    out: Option<PathBuf>,
    /// The server's private key, which signs the dossier and, where the case has gone on since the last one, a head
    #[arg(long, value_name = "FILE", env = "HALL_EVIDENCE_KEY", required = true)]
    evidence_key: Option<PathBuf>,
    #[command(flatten)]
    files: Folder,
    /// What papers say, as `serve` has it
    #[arg(long, value_name = "FILE.toml")]
    notices: Option<PathBuf>,
    /// The address in the papers' QR codes, as `serve` has it
    #[arg(long, value_name = "URL", env = "HALL_PUBLIC_URL", required = true)]
    public_url: Option<String>,
}

#[derive(Debug, Subcommand)]
enum DossierCommand {
    /// Verify a dossier; needs no database
    Verify {
        file: PathBuf,
        /// The server's public key, had from elsewhere than the dossier
        #[arg(long, value_name = "FILE")]
        public_key: Option<PathBuf>,
    },
}

impl Dossier {
    pub(super) async fn run(self, address: &str) -> Result<(), CommandError> {
        match (self.verify, self.case_no, self.out, self.evidence_key) {
            (Some(DossierCommand::Verify { file, public_key }), ..) => verify(&file, public_key.as_deref()),
            (None, Some(case_no), Some(out), Some(key)) => {
                let setup = Setup { key: Arc::new(Key::read(&key)?), period: i64::MAX, heads_to: None };
                let public_url = self.public_url.unwrap_or_default();
                let settings = Settings {
                    evidence: Some(setup),
                    public_url: public_url.trim_end_matches('/').to_owned(),
                    files: FileSettings { folder: self.files.of(address), ..FileSettings::default() },
                    notices: self.notices.as_deref().map(NoticeSettings::read).transpose()?.unwrap_or_default(),
                    ..Settings::default()
                };
                write(address, settings, &case_no, &out).await
            }
            // The command line has refused it before.
            _ => Err(CommandError::Refused("a case number, --out and --evidence-key are needed".to_owned())),
        }
    }
}

async fn write(address: &str, settings: Settings, case_no: &str, out: &Path) -> Result<(), CommandError> {
    let store = open(address).await?;
    let (_stop, stopping) = tokio::sync::watch::channel(false);
    let state = AppState::new(store.clone(), Arc::new(SystemClock), settings, stopping)?;
    let operator =
        User { username: "operator".to_owned(), name: String::new(), roles: Vec::new(), hall: None, department: None };
    let dossier = dossier::gather(&state, case_no, &operator).await?;
    let failed = |source| CommandError::Io { what: format!("{} could not be written", out.display()), source };
    // Beside it first, so that a full disk leaves no half dossier under the name asked for.
    let beside = out.with_extension("part");
    let file = File::create_new(&beside).map_err(failed)?;
    let size = match dossier.write(file) {
        Ok(file) => file.sync_all().and_then(|()| file.metadata()).map_err(failed)?.len(),
        Err(error) => {
            let _ = std::fs::remove_file(&beside);
            return Err(error.into());
        }
    };
    std::fs::rename(&beside, out).map_err(failed)?;
    println!("wrote {} ({size} bytes)", out.display());
    store.close().await;
    Ok(())
}

fn verify(path: &Path, public_key: Option<&Path>) -> Result<(), CommandError> {
    let key = public_key.map(PublicKey::read).transpose()?;
    let failed = |source| CommandError::Io { what: format!("{} could not be read", path.display()), source };
    let found = check::check(File::open(path).map_err(failed)?, key.as_ref())?;
    println!("{found}");
    Ok(())
}
