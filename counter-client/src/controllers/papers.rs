//! The papers (收件材料) of the cases on screen as one checklist: what several cases ask for is shown and given once.

use protocol::case::{CaseAction, CaseDocument, DocumentStatus};

use super::case_file::CaseFile;

/// A line of the checklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// As the first of its cases asks for it.
    pub document: CaseDocument,
    /// Asked for without exception by at least one case.
    pub mandatory: bool,
    pub deferrable: bool,
    pub commitment: bool,
    /// With the clerk's newest tick on top.
    pub status: DocumentStatus,
    /// A deferred paper that is here now.
    pub came: bool,
    /// Which case, and the document's key there.
    pub places: Vec<(usize, String)>,
}

/// The checklist over these cases, in the order of the first that asks.
pub fn of(files: &[CaseFile]) -> Vec<Paper> {
    let mut papers: Vec<Paper> = Vec::new();
    for (place, file) in files.iter().enumerate() {
        for document in file.case().iter().flat_map(|case| &case.documents) {
            let status = file.status_of(&document.key);
            let here = (place, document.key.clone());
            let same = papers
                .iter_mut()
                .find(|paper| !document.material.is_empty() && paper.document.material == document.material);
            match same {
                Some(paper) => {
                    paper.mandatory |= document.mandatory;
                    paper.deferrable |= document.deferrable;
                    paper.commitment |= document.commitment;
                    paper.came |= file.has_come(&document.key);
                    // It counts as there when it is there for every case.
                    if status.is_lacking() {
                        paper.status = status;
                    }
                    paper.places.push(here);
                }
                None => papers.push(Paper {
                    document: document.clone(),
                    mandatory: document.mandatory,
                    deferrable: document.deferrable,
                    commitment: document.commitment,
                    status,
                    came: file.has_come(&document.key),
                    places: vec![here],
                }),
            }
        }
    }
    papers
}

/// Ticks or unticks a line.
pub fn toggle(files: &mut [CaseFile], index: usize) {
    let Some(paper) = of(files).into_iter().nth(index) else { return };
    let checks = files.iter().any(|file| file.may(CaseAction::CheckDocuments));
    let status = if paper.status.is_lacking() { DocumentStatus::Provided } else { DocumentStatus::Missing };
    for (place, key) in &paper.places {
        let Some(file) = files.get_mut(*place) else { continue };
        if checks {
            file.set_status(key, status);
        } else {
            file.toggle_deferred(key);
        }
    }
}

/// Says what is the matter with a line.
pub fn set_status(files: &mut [CaseFile], index: usize, status: DocumentStatus) {
    for (place, key) in of(files).get(index).iter().flat_map(|paper| &paper.places) {
        if let Some(file) = files.get_mut(*place) {
            file.set_status(key, status);
        }
    }
}
