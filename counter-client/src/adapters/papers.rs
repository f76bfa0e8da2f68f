//! A line of the checklist, as a case or only its item asks for it.

use protocol::case::DocumentStatus;
use protocol::catalogue::RequiredDocument;

use crate::bindings::{PaperRow, PaperStatus};
use crate::controllers::papers::Paper;

use super::case::count;

pub(super) fn paper_row(paper: &Paper, guide: &[RequiredDocument], english: bool) -> PaperRow {
    let document = &paper.document;
    let same = |required: &&RequiredDocument| {
        required.name == document.name && (required.key == document.key || required.material == document.material)
    };
    PaperRow {
        name: document.name.pick(english).into(),
        mandatory: paper.mandatory,
        provided: !paper.status.is_lacking(),
        status: match paper.status {
            DocumentStatus::Missing => PaperStatus::Missing,
            DocumentStatus::Provided => PaperStatus::Provided,
            DocumentStatus::Pulled => PaperStatus::Pulled,
            DocumentStatus::Deferred => PaperStatus::Deferred,
            DocumentStatus::Committed => PaperStatus::Committed,
            DocumentStatus::Rejected => PaperStatus::Rejected,
        },
        deferrable: paper.deferrable,
        commitment: paper.commitment,
        source: (&document.shared_source).into(),
        shared: paper.places.len() > 1 || document.shared,
        files: count(document.files.len()),
        came: paper.came,
        ..guide.iter().find(same).map(|required| guide_row(required, english)).unwrap_or_default()
    }
}

pub(super) fn guide_row(document: &RequiredDocument, english: bool) -> PaperRow {
    PaperRow {
        name: document.name.pick(english).into(),
        originals: document.originals.into(),
        copies: document.copies.into(),
        hint: document.note.pick(english).into(),
        mandatory: document.mandatory,
        ..PaperRow::default()
    }
}

pub(super) fn document_status(status: PaperStatus) -> DocumentStatus {
    match status {
        PaperStatus::Missing => DocumentStatus::Missing,
        PaperStatus::Provided => DocumentStatus::Provided,
        PaperStatus::Pulled => DocumentStatus::Pulled,
        PaperStatus::Deferred => DocumentStatus::Deferred,
        PaperStatus::Committed => DocumentStatus::Committed,
        PaperStatus::Rejected => DocumentStatus::Rejected,
    }
}
