//! The notices (文书) of the cases on screen: listed with their standing, put on paper, opened on the screen.

use std::collections::{BTreeMap, BTreeSet};

use protocol::case::{IssuedNotice, Step};
use serde::Deserialize;
use strum::IntoStaticStr;

use crate::server::{Answer, Call, RequestId, Trouble};

use super::case_file::CaseFile;
use super::desk::Desk;
use super::dialogs::Dialog;
use super::notice::Notice;
use super::outside::Outside;

/// Kinds of notices that a desk's settings can name, as the server calls them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, IntoStaticStr)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Kind {
    Receipt,
    Correction,
    Acceptance,
    NonAcceptance,
    NotRequired,
    SpecialProcedure,
    Extension,
    Grant,
    Refusal,
    Delivery,
    Withdrawn,
    Terminated,
    Revoked,
}

impl Kind {
    /// The kind that a step issues, where it issues one.
    pub(super) fn of(step: &Step) -> Option<Self> {
        Some(match step {
            Step::Receive => Kind::Receipt,
            Step::NotifyCorrection { .. } => Kind::Correction,
            Step::Accept => Kind::Acceptance,
            Step::RefuseAcceptance { .. } => Kind::NonAcceptance,
            Step::NotRequired { .. } => Kind::NotRequired,
            Step::ApproveSpecial => Kind::SpecialProcedure,
            Step::Extend { .. } => Kind::Extension,
            Step::Grant { .. } => Kind::Grant,
            Step::Refuse { .. } => Kind::Refusal,
            Step::Deliver { .. } => Kind::Delivery,
            // After acceptance a withdrawal is only asked for: then there is no such notice yet.
            Step::Withdraw { .. } | Step::ConfirmWithdrawal => Kind::Withdrawn,
            Step::Terminate { .. } => Kind::Terminated,
            Step::Revoke { .. } => Kind::Revoked,
            _ => return None,
        })
    }
}

/// Names a notice: its case, and its place there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NoticeId {
    pub case_no: String,
    pub serial: i64,
}

/// Where a notice's PDF goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Printer,
    Screen,
}

/// A notice as PDF, on its way to the printer or the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    pub id: NoticeId,
    pub way: Way,
    pub pdf: Vec<u8>,
}

/// Why a notice is not on paper, or not on the screen. The cause is in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetTrouble {
    /// The desk's settings name none.
    NotSetUp,
    /// The command is not there or cannot be started.
    NotStarted,
    /// The command ended with an error.
    Failed,
    /// The command did not end in time and was stopped.
    TooLong,
    /// The PDF cannot be written to this computer's disk.
    NoRoom,
}

/// What an answer was to, and what is to be said of it.
#[derive(Debug)]
pub enum Landed {
    List(Result<(), Notice>),
    Pdf(Result<(), Notice>),
}

#[derive(Debug, Default)]
pub struct Issued {
    /// By the case's number, the first first.
    lists: BTreeMap<String, Vec<IssuedNotice>>,
    /// The newest question for each case's list; an older answer no longer counts.
    reading: BTreeMap<String, RequestId>,
    /// What a step has just issued and is printed by itself once the list tells its serial.
    due: BTreeMap<String, Vec<Kind>>,
    fetching: BTreeMap<RequestId, (NoticeId, Way)>,
    at_the_printer: BTreeSet<NoticeId>,
    printed: BTreeSet<NoticeId>,
    /// Kinds that are printed by themselves when a step at this desk issues them.
    on_step: Vec<Kind>,
}

impl Issued {
    pub fn print_on_step(&mut self, kinds: &[Kind]) {
        self.on_step = kinds.to_vec();
    }

    /// A case's notices, the newest first.
    fn of(&self, case_no: &str) -> impl Iterator<Item = &IssuedNotice> {
        self.lists.get(case_no).into_iter().flatten().rev()
    }

    /// Whether a notice waits to be printed by itself until its list comes.
    pub fn has_due(&self) -> bool {
        !self.due.is_empty()
    }

    pub fn loading(&self) -> bool {
        !self.reading.is_empty()
    }

    /// Whether the notice is being fetched for the printer, or is with it.
    pub fn is_printing(&self, id: &NoticeId) -> bool {
        self.at_the_printer.contains(id) || self.fetching.values().any(|wanted| *wanted == (id.clone(), Way::Printer))
    }

    /// Whether it went to the printer since somebody signed in.
    pub fn is_printed(&self, id: &NoticeId) -> bool {
        self.printed.contains(id)
    }

    /// Another person comes to the desk. What is at the printer comes out all the same.
    pub fn forget_person(&mut self) {
        *self = Issued {
            on_step: std::mem::take(&mut self.on_step),
            at_the_printer: std::mem::take(&mut self.at_the_printer),
            ..Issued::default()
        };
    }

    pub fn refresh(&mut self, outside: &mut impl Outside, case_no: &str) {
        let id = outside.ask(Call::Notices(case_no.to_owned()), None);
        self.reading.insert(case_no.to_owned(), id);
    }

    /// Reads a case's list, unless it is here or on its way.
    fn want(&mut self, outside: &mut impl Outside, case_no: &str) {
        if !self.lists.contains_key(case_no) && !self.reading.contains_key(case_no) {
            self.refresh(outside, case_no);
        }
    }

    /// A step at this desk may have issued a notice.
    pub fn stepped(&mut self, outside: &mut impl Outside, case_no: &str, step: &Step) {
        let Some(kind) = Kind::of(step) else { return };
        if self.on_step.contains(&kind) {
            self.due.entry(case_no.to_owned()).or_default().push(kind);
        }
        self.refresh(outside, case_no);
    }

    fn fetch(&mut self, outside: &mut impl Outside, id: NoticeId, way: Way) {
        if self.fetching.values().any(|wanted| *wanted == (id.clone(), way)) || self.at_the_printer.contains(&id) {
            return;
        }
        let call = Call::NoticePdf { case_no: id.case_no.clone(), serial: id.serial };
        let request = outside.ask(call, None);
        self.fetching.insert(request, (id, way));
    }

    pub fn landed(
        &mut self,
        outside: &mut impl Outside,
        id: RequestId,
        result: &Result<Answer, Trouble>,
    ) -> Option<Landed> {
        if let Some(case_no) = self.reading.iter().find(|(_, reading)| **reading == id).map(|(no, _)| no.clone()) {
            self.reading.remove(&case_no);
            return Some(Landed::List(self.listed(outside, &case_no, result)));
        }
        let (notice, way) = self.fetching.remove(&id)?;
        Some(Landed::Pdf(match result {
            Ok(Answer::Pdf(pdf)) => {
                if way == Way::Printer {
                    self.at_the_printer.insert(notice.clone());
                }
                outside.put_out(Sheet { id: notice, way, pdf: pdf.clone() });
                Ok(())
            }
            Ok(_) => Err(Notice::Unreadable),
            Err(trouble) => Err(trouble.clone().into()),
        }))
    }

    fn listed(
        &mut self,
        outside: &mut impl Outside,
        case_no: &str,
        result: &Result<Answer, Trouble>,
    ) -> Result<(), Notice> {
        match result {
            Ok(Answer::Notices(list)) => {
                self.lists.insert(case_no.to_owned(), list.clone());
                for kind in self.due.remove(case_no).unwrap_or_default() {
                    let newest = list.iter().rfind(|notice| notice.kind == <&str>::from(kind));
                    if let Some(notice) = newest {
                        let id = NoticeId { case_no: case_no.to_owned(), serial: notice.serial };
                        self.fetch(outside, id, Way::Printer);
                    }
                }
                Ok(())
            }
            Ok(_) => Err(Notice::Unreadable),
            // What a step issued stays due until the list comes.
            Err(trouble) => Err(trouble.clone().into()),
        }
    }
}

impl<O: Outside> Desk<O> {
    /// The notices of the cases on screen: case by case, the newest first.
    pub fn notices(&self) -> Vec<(NoticeId, &IssuedNotice)> {
        let cases = self.files().iter().filter_map(CaseFile::case);
        cases
            .flat_map(|case| {
                let id = |notice: &IssuedNotice| NoticeId { case_no: case.case_no.clone(), serial: notice.serial };
                self.issued.of(&case.case_no).map(move |notice| (id(notice), notice))
            })
            .collect()
    }

    /// Reads what lists of the window's cases are not here: of a case that was opened before its clerk sat down again.
    pub(super) fn want_notices(&mut self) {
        for case in self.intake.files.iter().filter_map(CaseFile::case) {
            self.issued.want(&mut self.outside, &case.case_no);
        }
    }

    /// Reads the lists of the cases on screen again.
    pub(super) fn refresh_notices(&mut self) {
        let cases: Vec<String> =
            self.files().iter().filter_map(CaseFile::case).map(|case| case.case_no.clone()).collect();
        for case_no in cases {
            self.issued.refresh(&mut self.outside, &case_no);
        }
    }

    pub(super) fn notices_landed(&mut self, landed: Landed) {
        let failed = match landed {
            Landed::Pdf(outcome) => outcome.err(),
            // Lists are also read without anybody asking for them: then what was last said stays.
            Landed::List(outcome) => {
                outcome.err().filter(|_| self.dialog == Some(Dialog::Notices) || self.issued.has_due())
            }
        };
        if let Some(notice) = failed {
            self.failed(notice);
        }
    }

    /// The list of the notices, to print or open one.
    pub fn open_notices(&mut self) {
        if self.files().iter().any(|file| file.case().is_some()) {
            self.open_dialog(Dialog::Notices);
            self.refresh_notices();
        }
    }

    /// The notice that is picked in the open list.
    fn picked_notice(&self) -> Option<NoticeId> {
        self.notices().into_iter().nth(self.picked).map(|(id, _)| id)
    }

    /// Prints the picked notice. The list stays open: the next may follow.
    pub fn print_picked_notice(&mut self) {
        self.notice = None;
        if let Some(id) = self.picked_notice() {
            self.issued.fetch(&mut self.outside, id, Way::Printer);
        }
    }

    pub fn show_picked_notice(&mut self) {
        if self.dialog != Some(Dialog::Notices) {
            return;
        }
        self.notice = None;
        if let Some(id) = self.picked_notice() {
            self.issued.fetch(&mut self.outside, id, Way::Screen);
        }
    }

    /// Prints the newest notice of each case on screen.
    pub fn print_newest_notices(&mut self) {
        let mut newest: Vec<NoticeId> = Vec::new();
        for (id, _) in self.notices() {
            if newest.iter().all(|known| known.case_no != id.case_no) {
                newest.push(id);
            }
        }
        self.notice = newest.is_empty().then_some(Notice::NoNotices);
        for id in newest {
            self.issued.fetch(&mut self.outside, id, Way::Printer);
        }
    }

    /// The printer or the viewer is done with a notice, or could not take it.
    pub fn put_out(&mut self, id: &NoticeId, way: Way, outcome: Result<(), SheetTrouble>) {
        let name =
            self.issued.of(&id.case_no).find(|notice| notice.serial == id.serial).map(|notice| notice.name.clone());
        let name = name.unwrap_or_default();
        if way == Way::Printer {
            self.issued.at_the_printer.remove(id);
            if outcome.is_ok() {
                self.issued.printed.insert(id.clone());
            }
        }
        let case_no = id.case_no.clone();
        self.notice = match (outcome, way) {
            (Ok(()), Way::Printer) => Some(Notice::NoticePrinted { case_no, name }),
            (Ok(()), Way::Screen) => return,
            (Err(trouble), Way::Printer) => Some(Notice::NoticeNotPrinted { name, trouble }),
            (Err(trouble), Way::Screen) => Some(Notice::NoticeNotShown { name, trouble }),
        };
    }
}
