//! Files (材料文件): scans, photographs and other documents. Their bytes lie in a folder ([`vault`]), their rows in the database.

pub mod access;
pub mod http;
pub mod keep;
pub mod kind;
mod pdf;
pub mod preview;
pub mod receive;
pub mod serve;
pub mod vault;

use std::path::{Path, PathBuf};

use axum::Router;
use axum::routing::{get, post};

use crate::AppState;
use preview::Previews;
use vault::Vault;

/// What an operator sets about files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSettings {
    /// The folder of their bytes; made at the first use.
    pub folder: PathBuf,
    /// The most that one file may have, in bytes.
    pub largest: u64,
    /// The most that a ticket's files may have together, in bytes.
    pub largest_per_ticket: u64,
    /// The most files of a ticket.
    pub most_per_ticket: u32,
}

impl Default for FileSettings {
    fn default() -> Self {
        const MB: u64 = 1024 * 1024;
        FileSettings {
            folder: PathBuf::from("data/files"),
            largest: 50 * MB,
            largest_per_ticket: 200 * MB,
            most_per_ticket: 40,
        }
    }
}

/// The folder where none is named: beside an SQLite database, else `data/files`.
pub fn default_folder(database: &str) -> PathBuf {
    let file =
        database.strip_prefix("sqlite:").map(|rest| rest.trim_start_matches("//").split('?').next().unwrap_or(""));
    match file {
        Some(file) => Path::new(file).with_file_name("files"),
        None => FileSettings::default().folder,
    }
}

/// The room's parts; cheap to clone.
#[derive(Debug, Clone)]
pub struct Files {
    pub vault: Vault,
    pub settings: FileSettings,
    pub previews: Previews,
}

impl Files {
    pub fn new(settings: FileSettings) -> Self {
        Files { vault: Vault::new(&settings.folder), settings, previews: Previews::default() }
    }
}

/// Addresses under `/api/v1`.
pub fn router() -> Router<AppState> {
    Router::new().route("/files/{id}", get(http::download)).route("/files/{id}/preview", get(http::preview))
}

/// Addresses under `/api/v1` whose bodies are streamed.
pub fn uploads() -> Router<AppState> {
    Router::new().route("/files", post(http::upload).get(http::list))
}
