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
use super::step_form::StepForm;

/// What a file is stored for.
#[derive(Debug)]
enum UploadFor {
    Document {
        case_no: String,
        key: String,
    },
    /// The result (结果) of a case, which is then complete.
    Result {
        case_no: String,
    },
}

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
    /// What the file on its way is for.
    upload_for: Option<UploadFor>,
    /// The file on show is taken off its paper with the next press.
    detaching: bool,
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

    /// Whether the next press takes the file on show off its paper.
    pub fn detaching(&self) -> bool {
        self.detaching
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
        self.paper_files.detaching = false;
        if let Some(file) = files.get(place) {
            self.paper_files.want(&mut self.outside, &file.id);
        }
    }

    /// Takes the file on show off its paper, in every case that has it; the first press asks. The file itself stays stored.
    pub fn detach_file(&mut self) {
        let Some(paper) = self.paper_in_dialog().filter(|_| self.dialog == Some(Dialog::Files)) else { return };
        let Some(shown) = paper.document.files.get(self.paper_files.place).cloned() else { return };
        if !self.may(CaseAction::DetachFile) {
            return;
        }
        if !std::mem::replace(&mut self.paper_files.detaching, true) {
            return;
        }
        let (files, outside) = self.files_and_outside();
        for (place, key) in paper.places {
            let Some(file) = files.get_mut(place).filter(|file| file.may(CaseAction::DetachFile)) else { continue };
            let has = file.document(&key).is_some_and(|document| document.files.contains(&shown));
            if has {
                file.take_later(Step::DetachFile { document: key, file: shown.id.clone() });
                file.settle(outside);
            }
        }
        self.paper_files.detaching = false;
        self.dialog = None;
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
        let path = self.typed_or(self.picked.checked_add(1)).ok_or(Notice::PathNeeded)?;
        if let Some((case_no, key)) = self.place_in_dialog(|may| may.contains(&CaseAction::AttachFile)) {
            self.upload(path, &case_no.clone(), UploadFor::Document { case_no, key });
        }
        Ok(())
    }

    /// Completes the case on screen: with the file whose path is typed, else the scan that is picked; none stands before the first.
    pub(super) fn complete(&mut self) {
        let Some(case_no) = self.file.case().map(|case| case.case_no.clone()) else { return };
        match self.typed_or(Some(self.picked)) {
            Some(path) => self.upload(path, &case_no.clone(), UploadFor::Result { case_no }),
            None => {
                self.take_action(CaseAction::Complete, &StepForm::default());
            }
        }
    }

    /// The path that is typed into the dialog, else the scan of this number, counted from 1.
    fn typed_or(&self, picked: Option<usize>) -> Option<PathBuf> {
        match self.dialog_text.trim() {
            "" => self.paper_files.scans.get(picked?.checked_sub(1)?).cloned(),
            typed => Some(PathBuf::from(typed)),
        }
    }

    fn upload(&mut self, path: PathBuf, case_no: &str, wanted: UploadFor) {
        let sent =
            self.paper_files.uploading.send(&mut self.outside, Call::Upload { case_no: case_no.to_owned(), path });
        if sent {
            self.paper_files.upload_for = Some(wanted);
        }
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
            (Ok(Answer::File(stored)), Some(wanted)) => {
                self.stored(&wanted, FileRef { id: stored.id.clone(), digest: stored.sha256.clone() });
            }
            (Err(trouble), _) => self.failed(trouble.clone().into()),
            _ => {}
        }
        true
    }

    fn stored(&mut self, wanted: &UploadFor, file: FileRef) {
        match wanted {
            UploadFor::Document { case_no, key } => {
                for at in self.intake.files.iter_mut().chain([&mut self.file]).filter(|file| file.is(case_no)) {
                    at.take_later(Step::AttachFile { document: key.clone(), file: file.clone() });
                    at.settle(&mut self.outside);
                }
                self.notice = Some(Notice::FileAttached);
            }
            UploadFor::Result { case_no } if self.file.is(case_no) => {
                let result = self.file.complete(&mut self.outside, file);
                self.tell(result);
            }
            // The case is no longer on the desk: nothing is done to it unseen.
            UploadFor::Result { .. } => {}
        }
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
