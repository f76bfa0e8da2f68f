//! What stands behind a paper: its files shown, a scan attached, another office's register asked instead of the paper.

use std::collections::BTreeMap;
use std::path::PathBuf;

use protocol::case::{CaseAction, FileRef, Step};
use protocol::lookup::{AskLookup, LookupOutcome};

use crate::server::{Answer, Call, RequestId, Trouble};

use super::desk::{Desk, Page};
use super::dialogs::Dialog;
use super::flight::Flight;
use super::notice::Notice;
use super::outside::Outside;
use super::papers::{self, Paper};

#[derive(Debug, Default)]
pub struct PaperFiles {
    /// The line of the checklist that the open dialog is about.
    paper: usize,
    /// The file on show, by its place among the paper's.
    place: usize,
    /// Previews as JPEG by the file's id; `None` where there is none, or not yet.
    pictures: BTreeMap<String, Option<Vec<u8>>>,
    reading: BTreeMap<RequestId, String>,
    looking: Flight,
    uploading: Flight,
    /// The case and document that the file on its way is for.
    upload_for: Option<(String, String)>,
    /// The newest files of the scanner's folder first.
    pub scans: Vec<PathBuf>,
}

impl PaperFiles {
    pub fn place(&self) -> usize {
        self.place
    }

    pub fn picture(&self, file: &str) -> Option<&[u8]> {
        self.pictures.get(file)?.as_deref()
    }

    /// Whether the preview is still on its way.
    pub fn is_reading(&self, file: &str) -> bool {
        self.reading.values().any(|reading| reading == file)
    }

    pub fn busy(&self) -> bool {
        self.looking.busy() || self.uploading.busy()
    }

    pub fn uploading(&self) -> bool {
        self.uploading.busy()
    }

    /// Another person comes to the desk. The scanner's folder is the desk's, and stays.
    pub fn forget_person(&mut self) {
        *self = PaperFiles { scans: std::mem::take(&mut self.scans), ..PaperFiles::default() };
    }

    fn want(&mut self, outside: &mut impl Outside, file: &str) {
        if !self.pictures.contains_key(file) && !self.is_reading(file) {
            let id = outside.ask(Call::Preview(file.to_owned()), None);
            self.reading.insert(id, file.to_owned());
        }
    }
}

impl<O: Outside> Desk<O> {
    /// The paper that the open dialog is about.
    pub fn paper_in_dialog(&self) -> Option<Paper> {
        papers::of(self.files()).into_iter().nth(self.paper_files.paper)
    }

    /// Shows the paper's files, the first of them large.
    pub fn show_files(&mut self, index: usize) {
        self.paper_files.paper = index;
        self.paper_files.place = 0;
        if self.paper_in_dialog().is_some_and(|paper| !paper.document.files.is_empty()) {
            self.open_dialog(Dialog::Files);
            self.turn_file(0);
        }
    }

    /// The next file to the right (1) or left (-1).
    pub fn turn_file(&mut self, by: isize) {
        let files = self.paper_in_dialog().map(|paper| paper.document.files).unwrap_or_default();
        let place = self.paper_files.place.saturating_add_signed(by).min(files.len().saturating_sub(1));
        self.paper_files.place = place;
        if let Some(file) = files.get(place) {
            self.paper_files.want(&mut self.outside, &file.id);
        }
    }

    /// Asks what another office's answer is needed for: the citizen can read it.
    pub fn open_lookup(&mut self, index: usize) {
        self.paper_files.paper = index;
        let asks = self.paper_in_dialog().is_some_and(|paper| !paper.document.shared_source.is_empty());
        if asks && !self.paper_files.busy() {
            self.open_dialog(Dialog::Lookup);
        }
    }

    /// Asks which scan belongs to the paper.
    pub fn open_attach(&mut self, index: usize) {
        self.paper_files.paper = index;
        if self.paper_in_dialog().is_some() && self.may(CaseAction::AttachFile) && !self.paper_files.busy() {
            self.open_dialog(Dialog::Attach);
        }
    }

    pub(super) fn look_up(&mut self) -> Result<(), Notice> {
        let purpose = self.dialog_text.trim().to_owned();
        if purpose.is_empty() {
            return Err(Notice::PurposeNeeded);
        }
        if let Some((case_no, document)) = self.place_in_dialog(|_| true) {
            let ask = AskLookup { document, purpose, number: None };
            self.paper_files.looking.send(&mut self.outside, Call::Lookup { case_no, ask });
        }
        Ok(())
    }

    /// Sends the file whose path is typed, else the scan that is picked.
    pub(super) fn attach(&mut self) -> Result<(), Notice> {
        let typed = self.dialog_text.trim();
        let picked = || self.paper_files.scans.get(self.picked).cloned();
        let path = if typed.is_empty() { picked() } else { Some(PathBuf::from(typed)) }.ok_or(Notice::PathNeeded)?;
        if let Some((case_no, document)) = self.place_in_dialog(|may| may.contains(&CaseAction::AttachFile)) {
            self.paper_files.upload_for = Some((case_no.clone(), document));
            self.paper_files.uploading.send(&mut self.outside, Call::Upload { case_no, path });
        }
        Ok(())
    }

    /// The first case with the dialog's paper that allows it, and the document's key there.
    fn place_in_dialog(&self, allows: impl Fn(&[CaseAction]) -> bool) -> Option<(String, String)> {
        let paper = self.paper_in_dialog()?;
        let files = self.files();
        paper.places.iter().find_map(|(place, key)| {
            let case = files.get(*place)?.case()?;
            allows(&case.actions).then(|| (case.case_no.clone(), key.clone()))
        })
    }

    /// True where the answer was for a paper's files.
    pub(super) fn paper_landed(&mut self, id: RequestId, result: &Result<Answer, Trouble>) -> bool {
        if let Some(file) = self.paper_files.reading.remove(&id) {
            let picture = match result {
                Ok(Answer::Picture(bytes)) => Some(bytes.clone()),
                _ => None,
            };
            self.paper_files.pictures.insert(file, picture);
            return true;
        }
        if let Some(call) = self.paper_files.looking.land(id, result) {
            self.looked_up(&call, result);
            return true;
        }
        if self.paper_files.uploading.land(id, result).is_none() {
            return false;
        }
        match (result, self.paper_files.upload_for.take()) {
            (Ok(Answer::File(stored)), Some((case_no, document))) => {
                let file = FileRef { id: stored.id.clone(), digest: stored.sha256.clone() };
                for at in self.intake.files.iter_mut().chain([&mut self.file]).filter(|file| file.is(&case_no)) {
                    at.take_later(Step::AttachFile { document: document.clone(), file: file.clone() });
                    at.settle(&mut self.outside);
                }
                self.notice = Some(Notice::FileAttached);
            }
            (Err(trouble), _) => self.failed(trouble.clone().into()),
            _ => {}
        }
        true
    }

    fn looked_up(&mut self, call: &Call, result: &Result<Answer, Trouble>) {
        match result {
            Ok(Answer::Lookup(lookup)) => {
                let found = lookup.outcome == LookupOutcome::Found;
                self.notice = Some(Notice::LookedUp { found, advice: lookup.advice.clone() });
            }
            Ok(_) => {}
            Err(trouble) => self.failed(trouble.clone().into()),
        }
        // What was pulled stands on the case now, and on those that share the paper.
        let Call::Lookup { case_no, .. } = call else { return };
        let at_window = self.page == Page::Window;
        for file in self.intake.files.iter_mut().chain([&mut self.file]) {
            if at_window || file.is(case_no) {
                file.refresh(&mut self.outside);
            }
        }
    }
}
