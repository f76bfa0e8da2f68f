//! Import of an item list from a file: CSV or a spreadsheet, whole or not at all. `docs/item-list.md` describes the columns.

mod delimited;
mod encoding;
mod spreadsheet;

use std::path::{Path, PathBuf};

use domain::catalogue::listing::{self, ListError, Listing, Row};
use protocol::Millis;
use sha2::{Digest, Sha256};
use thiserror::Error;

pub use self::delimited::DelimitedError;
pub use self::encoding::EncodingError;
pub use self::spreadsheet::SpreadsheetError;
use super::publication::{Missing, Report, publish};
use crate::store::catalogue::{self as rows, HallOffer, ImportRecord};
use crate::store::{Store, StoreError};

/// What the operator chose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    pub missing: Missing,
    /// Offer the items in this hall, each in its line; those without one in the hall's last line.
    pub hall: Option<String>,
}

/// Why nothing was imported.
#[derive(Debug, Error)]
pub enum ImportError {
    #[error("the file {path} could not be read")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error(transparent)]
    Encoding(#[from] EncodingError),
    #[error(transparent)]
    Delimited(#[from] DelimitedError),
    #[error(transparent)]
    Spreadsheet(#[from] SpreadsheetError),
    #[error("{}\nnothing was imported: {} faults in the list", lines_of(.0), .0.len())]
    Faults(Vec<ListError>),
    #[error("there is no hall {0:?}")]
    UnknownHall(String),
    #[error("line {line}, column line: hall {hall} has no line {letter}; nothing was imported")]
    UnknownLine { line: u64, hall: String, letter: String },
    #[error("hall {0} has no lines yet; nothing was imported")]
    HallWithoutLines(String),
    #[error("the list could not be stored; nothing was imported")]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for ImportError {
    fn from(error: sqlx::Error) -> Self {
        ImportError::Store(error.into())
    }
}

fn lines_of(errors: &[ListError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Imports the file in one transaction.
pub async fn run(store: &Store, path: &Path, options: &Options, now: Millis) -> Result<Report, ImportError> {
    let bytes = std::fs::read(path).map_err(|source| ImportError::Unreadable { path: path.to_owned(), source })?;
    let digest = crate::hex(&Sha256::digest(&bytes));
    let rows_read = read_rows(&bytes)?;

    let mut tx = store.begin_write().await?;
    rows::lock(&mut tx, store.engine()).await?;
    let known = rows::departments(&mut tx).await?;
    let listing = listing::read(rows_read, &known).map_err(ImportError::Faults)?;
    let mut report = publish(&mut tx, &listing, options.missing, now).await?;
    if let Some(hall) = &options.hall {
        let offers =
            offers_in(hall, &listing, &rows::lines(&mut tx, hall).await?, &rows::offers(&mut tx, hall).await?)?;
        rows::put_offers(&mut tx, hall, &offers).await?;
        report.offered = Some((hall.clone(), offers.len()));
    }
    rows::record_import(&mut tx, &record(path, digest, &report, now)).await?;
    tx.commit().await?;
    Ok(report)
}

/// The rows of a file of any of the forms.
pub fn read_rows(bytes: &[u8]) -> Result<Vec<Row>, ImportError> {
    if spreadsheet::is_one(bytes) {
        return Ok(spreadsheet::rows(bytes)?);
    }
    Ok(delimited::rows(&encoding::decode(bytes)?)?)
}

/// How the listed items are offered in a hall. An item that is offered there already stays on the first page and keeps its line
/// where the list names none.
fn offers_in(
    hall: &str,
    listing: &Listing,
    lines: &[protocol::catalogue::Line],
    standing: &[HallOffer],
) -> Result<Vec<HallOffer>, ImportError> {
    let last = lines.last().ok_or_else(|| ImportError::HallWithoutLines(hall.to_owned()))?;
    listing
        .items
        .iter()
        .map(|listed| {
            let known = standing.iter().find(|offer| offer.item == listed.item.code);
            let letter = match (listed.queue_line.as_str(), known) {
                ("", Some(known)) => known.line.clone(),
                ("", None) => last.letter.clone(),
                (letter, _) => letter.to_owned(),
            };
            if !lines.iter().any(|line| line.letter == letter) {
                return Err(ImportError::UnknownLine { line: listed.line, hall: hall.to_owned(), letter });
            }
            Ok(HallOffer {
                item: listed.item.code.clone(),
                line: letter,
                open: known.is_none_or(|offer| offer.open),
                common: known.map_or(0, |offer| offer.common),
            })
        })
        .collect()
}

fn record(path: &Path, digest: String, report: &Report, now: Millis) -> ImportRecord {
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    ImportRecord {
        at: now,
        source: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        digest,
        items: count(report.items),
        added: count(report.added),
        changed: count(report.changed),
        unchanged: count(report.unchanged),
        retired: if report.retired { count(report.missing.len()) } else { 0 },
    }
}
