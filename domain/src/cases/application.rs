//! Applications (申请): cases taken in together, which ask for a document once.

use protocol::case::DocumentStatus;

use super::{Case, CaseChange, CaseEvent, CaseState, Ticked};

/// A document that one case of the application has, and its siblings may take over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    pub material: String,
    pub status: DocumentStatus,
    pub files: Vec<protocol::case::FileRef>,
}

impl Shared {
    /// What a case has to share: documents with a material's code that are there.
    pub fn of(case: &Case) -> Vec<Shared> {
        case.documents
            .iter()
            .filter(|document| !document.material.is_empty())
            .map(|document| Shared {
                material: document.material.clone(),
                status: document.status,
                files: document.files.clone(),
            })
            .collect()
    }
}

/// Gives a case what its sibling has; `None` where nothing changes. A sibling that is past intake stays as it is.
pub fn share(mut case: Case, shared: &[Shared]) -> Option<(Case, CaseEvent)> {
    if !matches!(case.state, CaseState::Submitted { .. } | CaseState::Received { .. } | CaseState::Correction { .. }) {
        return None;
    }
    let mut ticked = Vec::new();
    for document in case.documents.iter_mut().filter(|document| !document.material.is_empty()) {
        let Some(given) = shared.iter().find(|given| given.material == document.material) else { continue };
        // A paper may be missing here for this item's own reasons; only what is there is handed on, or taken back.
        let status = match given.status {
            DocumentStatus::Deferred | DocumentStatus::Committed => continue,
            status => status,
        };
        if document.status != status || document.files != given.files {
            document.status = status;
            document.files.clone_from(&given.files);
            ticked.push(Ticked { key: document.key.clone(), status });
        }
    }
    if ticked.is_empty() {
        return None;
    }
    let event = CaseEvent { case_no: case.case_no.clone(), change: CaseChange::DocumentsShared { ticked } };
    Some((case, event))
}
