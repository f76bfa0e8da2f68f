//! One case on the desk: its papers ticked, its steps taken, its receipt printed. Intake and review both work on one of these.

use std::collections::BTreeMap;

use protocol::case::{Case, CaseAction, CheckedDocument, DocumentStatus, Step};
use protocol::catalogue::Text;

use crate::server::{Answer, Call, RequestId, Trouble};

use super::flight::Flight;
use super::notice::Notice;
use super::outside::{Outside, Paper};

#[derive(Debug, Default)]
pub struct CaseFile {
    wanted: Option<String>,
    case: Option<Case>,
    /// Ticks that the server has not confirmed yet; they survive its absence.
    ticks: BTreeMap<String, DocumentStatus>,
    sent_ticks: BTreeMap<String, DocumentStatus>,
    ticking: Flight,
    stepping: Flight,
    /// A step that waits until the ticks are with the server.
    next: Option<Step>,
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

    /// Takes a case that is at hand already.
    pub fn hold(&mut self, case: Case) {
        self.clear();
        self.wanted = Some(case.case_no.clone());
        self.case = Some(case);
    }

    /// Reads the case again, keeping what is ticked.
    pub fn refresh(&mut self, outside: &mut impl Outside) {
        if let Some(case_no) = self.wanted.clone()
            && self.reading.is_none()
        {
            self.reading = Some(outside.ask(Call::Case(case_no), None));
        }
        self.send_ticks(outside);
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

    /// Mandatory papers that are not there.
    pub fn missing(&self) -> Vec<Text> {
        let Some(case) = &self.case else { return Vec::new() };
        case.documents
            .iter()
            .filter(|document| document.mandatory && self.status_of(&document.key).is_lacking())
            .map(|document| document.name.clone())
            .collect()
    }

    /// Ticks or unticks the paper at `index`. The ticks go to the server together, by [`CaseFile::settle`] or before the next
    /// step, so that a checklist makes one entry of the case's history and not one for each paper.
    pub fn toggle(&mut self, index: usize) {
        if !self.may(CaseAction::CheckDocuments) {
            return;
        }
        let Some(key) = self.case.as_ref().and_then(|case| case.documents.get(index)).map(|d| d.key.clone()) else {
            return;
        };
        let status = if self.status_of(&key).is_lacking() { DocumentStatus::Provided } else { DocumentStatus::Missing };
        self.ticks.insert(key, status);
    }

    /// Sends the ticks that have not been sent.
    pub fn settle(&mut self, outside: &mut impl Outside) {
        self.send_ticks(outside);
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

    /// Takes the step that an action names, with its opinion, reason or collector.
    pub fn act(&mut self, outside: &mut impl Outside, action: CaseAction, text: &str) -> Result<(), Notice> {
        let text = text.trim();
        let said = || if text.is_empty() { Err(Notice::OpinionNeeded) } else { Ok(text.to_owned()) };
        let step = match action {
            CaseAction::Receive => Step::Receive,
            CaseAction::Supply => Step::Supply,
            CaseAction::Accept => return self.accept(outside),
            CaseAction::NotifyCorrection => return self.notify_correction(outside, text),
            CaseAction::StartReview => Step::StartReview,
            CaseAction::Approve => Step::Approve { opinion: said()? },
            CaseAction::Object => Step::Object { reason: said()? },
            CaseAction::Return => Step::Return { reason: said()? },
            CaseAction::Resubmit => Step::Resubmit { note: said()? },
            CaseAction::Grant => Step::Grant { opinion: text.to_owned() },
            CaseAction::Refuse => Step::Refuse { reason: said()? },
            CaseAction::Withdraw => Step::Withdraw { reason: said()? },
            CaseAction::Complete => Step::Complete { result: None },
            CaseAction::Deliver if text.is_empty() => return Err(Notice::CollectorNeeded),
            CaseAction::Deliver => Step::Deliver { collected_by: text.to_owned() },
            // These say more than one text, or are not a person's to take.
            _ => return Ok(()),
        };
        if !self.may(action) {
            return Ok(());
        }
        self.step(outside, step)
    }

    fn step(&mut self, outside: &mut impl Outside, step: Step) -> Result<(), Notice> {
        let Some(case_no) = self.wanted.clone().filter(|_| !self.busy()) else {
            return Ok(());
        };
        if self.ticking.busy() || !self.ticks.is_empty() {
            self.next = Some(step);
            self.send_ticks(outside);
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
        let Some(Call::Step { step, .. }) = self.stepping.land(id, result) else {
            return Filed::NotMine;
        };
        self.outdate_reading();
        match self.take(result.clone()) {
            Filed::Changed => {
                self.printed_once = self.printed_once && step != Step::Accept;
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
            self.send_ticks(outside);
            if !self.ticking.busy()
                && let (Some(step), Some(case_no)) = (self.next.take(), self.wanted.clone())
            {
                self.stepping.send(outside, Call::Step { case_no, step });
            }
        }
        filed
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
