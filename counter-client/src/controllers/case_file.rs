//! One case on the desk: its papers ticked, its steps taken, its receipt printed. Intake and review both work on one of these.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use protocol::case::{Case, CaseAction, CaseDocument, CheckedDocument, DocumentStatus, FileRef, Step};
use protocol::catalogue::Text;

use crate::server::{Answer, Call, RequestId, Trouble};

use super::flight::Flight;
use super::notice::Notice;
use super::outside::{Outside, Paper};
use super::step_form::{Choices, StepForm};

#[derive(Debug, Default)]
pub struct CaseFile {
    wanted: Option<String>,
    case: Option<Case>,
    /// Ticks that the server has not confirmed yet; they survive its absence.
    ticks: BTreeMap<String, DocumentStatus>,
    sent_ticks: BTreeMap<String, DocumentStatus>,
    /// Deferred papers (容缺) that are here now, until they are handed in together.
    came: BTreeSet<String>,
    ticking: Flight,
    stepping: Flight,
    /// A step that waits until the ticks and files are with the server.
    next: Option<Step>,
    /// Files to be attached, one after the other.
    later: VecDeque<Step>,
    attaching: Flight,
    reading: Option<RequestId>,
    receipt: Option<RequestId>,
    /// A paper is on its way to the printer.
    printing: bool,
    printed_once: bool,
}

/// What became of an answer.
#[derive(Debug, PartialEq)]
pub enum Filed {
    NotMine,
    Changed,
    /// A step is done; the case is as the server now has it.
    Stepped(Step),
    Failed(Notice),
}

impl CaseFile {
    pub fn case(&self) -> Option<&Case> {
        self.case.as_ref()
    }

    pub fn busy(&self) -> bool {
        self.stepping.busy() || self.next.is_some() || (self.reading.is_some() && self.case.is_none())
    }

    pub fn printing(&self) -> bool {
        self.printing
    }

    /// Whether a receipt of this case has come out already.
    pub fn printed_once(&self) -> bool {
        self.printed_once
    }

    pub fn clear(&mut self) {
        *self = CaseFile::default();
    }

    /// Reads a case from the server.
    pub fn open(&mut self, outside: &mut impl Outside, case_no: &str) {
        self.clear();
        self.wanted = Some(case_no.to_owned());
        self.reading = Some(outside.ask(Call::Case(case_no.to_owned()), None));
    }

    /// A case that is at hand already.
    pub fn of(case: Case) -> Self {
        CaseFile { wanted: Some(case.case_no.clone()), case: Some(case), ..CaseFile::default() }
    }

    /// A step that needs nobody's attention: it is taken when its turn comes.
    pub fn take_later(&mut self, step: Step) {
        self.later.push_back(step);
    }

    /// Reads the case again, keeping what is ticked.
    pub fn refresh(&mut self, outside: &mut impl Outside) {
        if let Some(case_no) = self.wanted.clone()
            && self.reading.is_none()
        {
            self.reading = Some(outside.ask(Call::Case(case_no), None));
        }
        self.settle(outside);
    }

    pub fn is(&self, case_no: &str) -> bool {
        self.wanted.as_deref() == Some(case_no)
    }

    pub fn may(&self, action: CaseAction) -> bool {
        self.case.as_ref().is_some_and(|case| case.actions.contains(&action))
    }

    /// The paper's state with the clerk's newest tick on top.
    pub fn status_of(&self, key: &str) -> DocumentStatus {
        let confirmed = || self.case.as_ref()?.documents.iter().find(|document| document.key == key).map(|d| d.status);
        self.ticks
            .get(key)
            .or_else(|| self.sent_ticks.get(key))
            .copied()
            .or_else(confirmed)
            .unwrap_or(DocumentStatus::Missing)
    }

    /// Whether a deferred paper is marked as here.
    pub fn has_come(&self, key: &str) -> bool {
        self.came.contains(key)
    }

    /// Mandatory papers that are not there.
    pub fn missing(&self) -> Vec<Text> {
        let Some(case) = &self.case else { return Vec::new() };
        case.documents
            .iter()
            .filter(|document| document.mandatory && self.status_of(&document.key).is_lacking())
            .map(|document| document.name.clone())
            .collect()
    }

    /// Marks a deferred paper as here, or takes the mark back.
    pub fn toggle_deferred(&mut self, key: &str) {
        let deferred = self.may(CaseAction::SupplyDeferred) && self.status_of(key) == DocumentStatus::Deferred;
        if deferred && !self.came.remove(key) {
            self.came.insert(key.to_owned());
        }
    }

    /// Says what is the matter with a paper. What the item does not allow for it is not taken: the server would refuse it.
    /// The ticks go to the server together, by [`CaseFile::settle`] or before the next step, so that a checklist makes one entry of
    /// the case's history and not one for each paper.
    pub fn set_status(&mut self, key: &str, status: DocumentStatus) {
        let Some(document) = self.document(key).filter(|_| self.may(CaseAction::CheckDocuments)) else { return };
        let allowed = match status {
            DocumentStatus::Deferred => document.deferrable,
            DocumentStatus::Committed => document.commitment,
            DocumentStatus::Pulled => false,
            DocumentStatus::Missing | DocumentStatus::Provided | DocumentStatus::Rejected => true,
        };
        if allowed && self.status_of(key) != status {
            self.ticks.insert(key.to_owned(), status);
        }
    }

    pub fn document(&self, key: &str) -> Option<&CaseDocument> {
        self.case.as_ref()?.documents.iter().find(|document| document.key == key)
    }

    /// Sends the ticks that have not been sent.
    pub fn settle(&mut self, outside: &mut impl Outside) {
        self.send_ticks(outside);
        self.send_later(outside);
    }

    /// Ticks every paper.
    pub fn tick_all(&mut self, outside: &mut impl Outside) {
        if !self.may(CaseAction::CheckDocuments) {
            return;
        }
        let keys: Vec<String> = self.case.iter().flat_map(|case| &case.documents).map(|d| d.key.clone()).collect();
        for key in keys {
            if self.status_of(&key).is_lacking() {
                self.ticks.insert(key, DocumentStatus::Provided);
            }
        }
        self.send_ticks(outside);
    }

    /// Accepts the case, unless a mandatory paper is not there: then nothing is asked and the list is the notice.
    pub fn accept(&mut self, outside: &mut impl Outside) -> Result<(), Notice> {
        let missing = self.missing();
        if !missing.is_empty() {
            return Err(Notice::PapersMissing(missing));
        }
        self.step(outside, Step::Accept)
    }

    /// Gives the one full notice of what is missing.
    pub fn notify_correction(&mut self, outside: &mut impl Outside, note: &str) -> Result<(), Notice> {
        if self.missing().is_empty() && note.trim().is_empty() {
            return Err(Notice::NothingMissing);
        }
        self.step(outside, Step::NotifyCorrection { note: note.trim().to_owned() })
    }

    /// Takes a step with what it asks for.
    pub fn act(
        &mut self,
        outside: &mut impl Outside,
        action: CaseAction,
        form: &StepForm,
        choices: &Choices,
    ) -> Result<(), Notice> {
        if !self.may(action) {
            return Ok(());
        }
        match action {
            CaseAction::Accept => self.accept(outside),
            CaseAction::NotifyCorrection => self.notify_correction(outside, &form.text),
            CaseAction::SupplyDeferred => self.supply_deferred(outside),
            _ => {
                let step = form.step(action, choices)?;
                self.step(outside, step)
            }
        }
    }

    /// The result is ready, and its document is stored.
    pub fn complete(&mut self, outside: &mut impl Outside, result: FileRef) -> Result<(), Notice> {
        self.step(outside, Step::Complete { result: Some(result) })
    }

    /// The deferred papers that are marked as here are handed in; without a mark, all that are outstanding.
    fn supply_deferred(&mut self, outside: &mut impl Outside) -> Result<(), Notice> {
        let outstanding = self.case.iter().flat_map(|case| &case.documents);
        let outstanding = outstanding.filter(|document| document.status == DocumentStatus::Deferred);
        let documents = outstanding
            .map(|document| document.key.clone())
            .filter(|key| self.came.is_empty() || self.came.contains(key))
            .collect();
        self.step(outside, Step::SupplyDeferred { documents })
    }

    fn step(&mut self, outside: &mut impl Outside, step: Step) -> Result<(), Notice> {
        let Some(case_no) = self.wanted.clone().filter(|_| !self.busy()) else {
            return Ok(());
        };
        if self.ticking.busy() || !self.ticks.is_empty() || self.attaching.busy() || !self.later.is_empty() {
            self.next = Some(step);
            self.settle(outside);
        } else {
            self.stepping.send(outside, Call::Step { case_no, step });
        }
        Ok(())
    }

    /// Prints the receipt, or the notice of a case in correction. `hall` is the name at the notice's head.
    pub fn print(&mut self, outside: &mut impl Outside, hall: &Text) {
        let Some(case) = self.case.clone().filter(|_| !self.printing) else {
            return;
        };
        if case.accepted_at.is_some() {
            self.printing = true;
            self.receipt = Some(outside.ask(Call::Receipt(case.case_no), None));
        } else if case.correction.is_some() {
            self.printing = true;
            outside.print(Paper::Correction { case: Box::new(case), hall: hall.clone(), reprint: self.printed_once });
        }
    }

    /// Whether there is something to print.
    pub fn printable(&self) -> bool {
        !self.printing && self.case.as_ref().is_some_and(|case| case.accepted_at.is_some() || case.correction.is_some())
    }

    /// The printer is done with a paper of this case. `maybe_out` is true where paper may have come out.
    pub fn printed(&mut self, maybe_out: bool) {
        self.printing = false;
        self.printed_once |= maybe_out;
    }

    pub fn landed(&mut self, outside: &mut impl Outside, id: RequestId, result: &Result<Answer, Trouble>) -> Filed {
        if self.reading == Some(id) {
            self.reading = None;
            return self.take(result.clone());
        }
        if self.receipt == Some(id) {
            self.receipt = None;
            return match result {
                Ok(Answer::Receipt(receipt)) => {
                    outside.print(Paper::Receipt { receipt: receipt.clone(), reprint: self.printed_once });
                    Filed::Changed
                }
                Ok(_) => Filed::Changed,
                Err(trouble) => {
                    self.printing = false;
                    Filed::Failed(trouble.clone().into())
                }
            };
        }
        if self.ticking.land(id, result).is_some() {
            self.outdate_reading();
            return self.ticked(outside, result.clone());
        }
        if let Some(Call::Step { step, .. }) = self.attaching.land(id, result) {
            self.outdate_reading();
            if matches!(result, Err(Trouble::Away { .. })) {
                // It goes again once the server is back.
                self.later.push_front(step);
                self.next = None;
                return self.take(result.clone());
            }
            let filed = self.take(result.clone());
            self.go_on(outside);
            return filed;
        }
        let Some(Call::Step { step, .. }) = self.stepping.land(id, result) else {
            return Filed::NotMine;
        };
        self.outdate_reading();
        match self.take(result.clone()) {
            Filed::Changed => {
                self.printed_once = self.printed_once && step != Step::Accept;
                self.came.clear();
                Filed::Stepped(step)
            }
            failed => {
                // Somebody else may have moved the case: show it as it is.
                if matches!(result, Err(Trouble::Refused(_))) {
                    self.refresh(outside);
                }
                failed
            }
        }
    }

    fn ticked(&mut self, outside: &mut impl Outside, result: Result<Answer, Trouble>) -> Filed {
        let sent = std::mem::take(&mut self.sent_ticks);
        match &result {
            Err(Trouble::Away { .. }) => {
                // Kept, under newer ticks, until the server is back.
                for (key, status) in sent {
                    self.ticks.entry(key).or_insert(status);
                }
                self.next = None;
            }
            Err(_) => {
                self.next = None;
                self.refresh(outside);
            }
            Ok(_) => {}
        }
        let filed = self.take(result);
        if filed == Filed::Changed {
            self.go_on(outside);
        }
        filed
    }

    /// What still waits for its turn: ticks, then files, then the step.
    fn go_on(&mut self, outside: &mut impl Outside) {
        self.settle(outside);
        if !self.ticking.busy()
            && !self.attaching.busy()
            && let (Some(step), Some(case_no)) = (self.next.take(), self.wanted.clone())
        {
            self.stepping.send(outside, Call::Step { case_no, step });
        }
    }

    fn send_later(&mut self, outside: &mut impl Outside) {
        if self.attaching.busy() {
            return;
        }
        if let (Some(case_no), Some(step)) = (self.wanted.clone(), self.later.pop_front()) {
            self.attaching.send(outside, Call::Step { case_no, step });
        }
    }

    /// An answer that was read before a change of ours may arrive after it: it no longer counts.
    fn outdate_reading(&mut self) {
        self.reading = None;
    }

    fn send_ticks(&mut self, outside: &mut impl Outside) {
        let Some(case_no) = self.wanted.clone().filter(|_| !self.ticks.is_empty() && !self.ticking.busy()) else {
            return;
        };
        self.sent_ticks = std::mem::take(&mut self.ticks);
        let documents =
            self.sent_ticks.iter().map(|(key, status)| CheckedDocument { key: key.clone(), status: *status }).collect();
        self.ticking.send(outside, Call::Step { case_no, step: Step::CheckDocuments { documents } });
    }

    fn take(&mut self, result: Result<Answer, Trouble>) -> Filed {
        match result {
            Ok(Answer::Case(case)) => {
                self.case = Some(*case);
                Filed::Changed
            }
            Ok(_) => Filed::Changed,
            Err(trouble) => Filed::Failed(trouble.into()),
        }
    }
}
