//! Documents that came from another office's register instead of the applicant (共享获取).

use protocol::case::DocumentStatus;

use super::Case;

impl Case {
    /// The case with a document pulled: the applicant need not bring it any more. One that was brought stays as it was.
    pub fn with_pulled(mut self, key: &str) -> Self {
        let missing = |d: &&mut super::Document| d.key == key && d.status == DocumentStatus::Missing;
        if let Some(document) = self.documents.iter_mut().find(missing) {
            document.status = DocumentStatus::Provided;
        }
        self
    }
}
