//! Versions of an item, and what differs between them.

use protocol::draft::Publication;

use super::labels::place;
use crate::catalogue::difference::Change;
use crate::pages::times;
use crate::pages::words::Words;

#[derive(Debug)]
pub struct VersionRow {
    pub number: i64,
    pub name: String,
    pub at: String,
    pub by: String,
    pub source: &'static str,
    /// There is one before it.
    pub comparable: bool,
}

#[derive(Debug)]
pub struct ChangeRow {
    pub place: String,
    pub old: String,
    pub new: String,
}

pub fn rows(publications: &[Publication], w: Words) -> Vec<VersionRow> {
    publications
        .iter()
        .map(|publication| VersionRow {
            number: publication.version,
            name: w.version(publication.version),
            at: format!("{} {}", times::long_day(publication.at, w), times::clock(publication.at)),
            by: publication.by.clone(),
            source: match publication.source.as_str() {
                "draft" => w.source_draft(),
                "file" => w.source_file(),
                _ => w.source_list(),
            },
            comparable: publication.version > 1,
        })
        .collect()
}

pub fn changes(all: Vec<Change>, w: Words) -> Vec<ChangeRow> {
    all.into_iter()
        .map(|change| ChangeRow { place: place(&change.place, w), old: change.old, new: change.new })
        .collect()
}
