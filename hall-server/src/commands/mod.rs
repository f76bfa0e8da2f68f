//! The command line: what an operator does.

mod backup;
mod calendar;
mod devices;
mod dossier;
mod evidence;
mod exchange;
mod files;
mod items;
mod migrate_database;
mod sample;
mod serve;
mod supervision;
mod users;
pub mod verify;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::catalogue::{halls_file, import, publication, sample as district};
use crate::clock::{Clock, SystemClock};
use crate::store::{Store, StoreError};

/// The hall's server.
#[derive(Debug, Parser)]
#[command(name = "hall-server", version)]
pub struct Cli {
    #[command(flatten)]
    database: Database,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
struct Database {
    /// `sqlite://FILE` or `postgres://…`
    #[arg(long = "database", global = true, env = "HALL_DATABASE", default_value = "sqlite://data/hall.db")]
    address: String,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API and the pages
    Serve(serve::Serve),
    /// Import an item list (CSV or XLSX), all or nothing
    Import {
        file: PathBuf,
        /// Take items off that the list does not hold
        #[arg(long)]
        retire_missing: bool,
        /// Offer the list's items in this hall
        #[arg(long)]
        hall: Option<String>,
    },
    /// Single items as JSON files
    #[command(subcommand)]
    Item(items::Items),
    /// Describe the district's halls: hours, lines, windows and what they offer
    Halls { file: PathBuf },
    /// Load the sample district, with its users and devices
    Sample(sample::Sample),
    /// Walk every hall's chain of events, hold it against the signed heads, and name the first bad row or head; look at the files
    Verify(verify::Verify),
    /// The key that signs the history
    #[command(subcommand)]
    Evidence(evidence::Evidence),
    /// Write a case's dossier, or verify one without a database
    Dossier(dossier::Dossier),
    /// Remove files' bytes that nothing refers to, as a crash may leave them
    Sweep {
        #[command(flatten)]
        files: files::Folder,
    },
    /// Users
    #[command(subcommand)]
    User(users::User),
    /// Devices that act by themselves, such as kiosks
    #[command(subcommand)]
    Device(devices::Device),
    /// Write a copy of an SQLite database while it is in use, with its files beside it
    Backup {
        file: PathBuf,
        #[command(flatten)]
        files: files::Folder,
    },
    /// Put a copy back; the server must not run
    Restore {
        file: PathBuf,
        /// Replace a database that is there
        #[arg(long)]
        replace: bool,
        #[command(flatten)]
        files: files::Folder,
    },
    /// Copy everything into another, empty database; the server must not run
    MigrateDatabase {
        /// `sqlite://FILE` or `postgres://…`
        #[arg(long, value_name = "URL")]
        to: String,
    },
    /// Messages to departments' own systems
    #[command(subcommand)]
    Exchange(exchange::Exchange),
    /// Working days
    #[command(subcommand)]
    Calendar(Calendar),
    /// Rules of electronic supervision
    #[command(subcommand)]
    Supervision(supervision::Supervision),
}

#[derive(Debug, Subcommand)]
enum Calendar {
    /// The due date DAYS working days after DATE
    Due(calendar::Due),
    /// Put a year's arrangement of days off in force, from the State Council's notice (docs/calendar.md)
    Load(calendar::Load),
    /// Every year's notice and version, or one year's days
    Show { year: Option<i16> },
}

/// Why a command failed, in a sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    #[error("the database {address} cannot be used")]
    Database { address: String, source: StoreError },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Import(#[from] import::ImportError),
    #[error(transparent)]
    Draft(#[from] crate::catalogue::drafts::DraftError),
    #[error(transparent)]
    Halls(#[from] halls_file::HallsError),
    #[error(transparent)]
    Calendar(#[from] crate::calendar::load::LoadError),
    #[error(transparent)]
    Providers(#[from] crate::lookups::providers::ProvidersError),
    #[error(transparent)]
    Sample(#[from] district::SampleError),
    #[error(transparent)]
    Secret(#[from] crate::identity::secrets::SecretError),
    #[error(transparent)]
    Key(#[from] crate::evidence::keys::KeyError),
    #[error(transparent)]
    Evidence(#[from] crate::evidence::signer::EvidenceError),
    #[error(transparent)]
    Copies(#[from] crate::evidence::copies::CopiesError),
    #[error(transparent)]
    Dossier(#[from] crate::evidence::dossier::DossierError),
    #[error("the dossier does not hold: {0}")]
    DossierFault(#[from] crate::evidence::check::Fault),
    #[error(transparent)]
    Systems(#[from] ::exchange::settings::SettingsError),
    #[error(transparent)]
    Send(#[from] crate::exchange::outbound::SendError),
    #[error(transparent)]
    Replay(#[from] crate::exchange::staff::ReplayError),
    #[error(transparent)]
    Rules(#[from] crate::supervision::load::LoadError),
    #[error(transparent)]
    Notices(#[from] crate::notices::settings::NoticeSettingsError),
    #[error("the history is not whole")]
    NotWhole,
    #[error("the files are not whole")]
    FilesNotWhole,
    #[error("{0}")]
    Refused(String),
    #[error("{what}")]
    Io { what: String, source: std::io::Error },
}

impl From<sqlx::Error> for CommandError {
    fn from(error: sqlx::Error) -> Self {
        CommandError::Store(error.into())
    }
}

impl From<getrandom::Error> for CommandError {
    fn from(error: getrandom::Error) -> Self {
        CommandError::Secret(error.into())
    }
}

impl Cli {
    pub async fn run(self) -> Result<(), CommandError> {
        let address = self.database.address;
        match self.command {
            Command::Calendar(Calendar::Due(due)) => due.run(&address).await,
            Command::Calendar(Calendar::Load(load)) => load.run(&open(&address).await?).await,
            Command::Calendar(Calendar::Show { year }) => calendar::show(&address, year).await,
            Command::Restore { file, replace, files } => {
                backup::restore(&address, &file, replace, &files.vault(&address)).await
            }
            Command::Serve(serve) => serve.run(open(&address).await?, &address).await,
            Command::Import { file, retire_missing, hall } => {
                let store = open(&address).await?;
                let missing = if retire_missing { publication::Missing::Retire } else { publication::Missing::Keep };
                let report = import::run(&store, &file, &import::Options { missing, hall }, SystemClock.now()).await?;
                println!("{report}");
                Ok(())
            }
            Command::Item(items) => items.run(&open(&address).await?).await,
            Command::Halls { file } => {
                let described = halls_file::load(&open(&address).await?, &file).await?;
                println!("described {described} halls");
                Ok(())
            }
            Command::Sample(sample) => sample.run(&open(&address).await?).await,
            Command::Verify(verify) => verify.run(&open(&address).await?, &address).await,
            Command::Evidence(evidence) => evidence.run(),
            Command::Dossier(dossier) => dossier.run(&address).await,
            Command::Sweep { files } => files::sweep(&open(&address).await?, &files.vault(&address)).await,
            Command::Supervision(supervision) => supervision.run(&open(&address).await?).await,
            Command::User(user) => user.run(&open(&address).await?).await,
            Command::Device(device) => device.run(&open(&address).await?).await,
            Command::MigrateDatabase { to } => migrate_database::run(&open(&address).await?, &address, &to).await,
            Command::Backup { file, files } => {
                backup::backup(&open(&address).await?, &file, &files.vault(&address)).await
            }
            Command::Exchange(exchange) => exchange.run(&open(&address).await?).await,
        }
    }
}

/// Opens the database and brings its schema up to date.
async fn open(address: &str) -> Result<Store, CommandError> {
    let failed = |source| CommandError::Database { address: without_password(address), source };
    let store = Store::connect(address).await.map_err(failed)?;
    store.migrate().await.map_err(failed)?;
    Ok(store)
}

/// An address as it may stand in a message.
fn without_password(address: &str) -> String {
    match (address.find("://"), address.rfind('@')) {
        (Some(start), Some(at)) if at > start => format!("{}://…{}", &address[..start], &address[at..]),
        _ => address.to_owned(),
    }
}

/// A sentence with all its causes, for the operator's terminal.
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}
