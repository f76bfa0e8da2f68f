//! What comes in at the desk: the server's pushes and answers, and the printer's, each for the controller that it concerns.

use protocol::case::Step;
use protocol::event::{Change, Push};
use protocol::queue::QueueSnapshot;

use crate::server::{Answer, News, RequestId, Trouble};

use super::absences::Left;
use super::actions;
use super::case_file::{CaseFile, Filed};
use super::colleagues::Colleagues;
use super::desk::{Desk, Page};
use super::dialogs::Dialog;
use super::intake::{Intake, Taken};
use super::notice::{Notice, PrinterTrouble};
use super::outside::Outside;
use super::session::{Session, Signed};
use super::signals::Signalled;
use super::tasks::Listed;
use super::window::Landed;

/// How much paper the printer has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaperLeft {
    Enough,
    NearEnd,
}

/// Why a paper is not, or not wholly, out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrintFailure {
    /// `None` where the desk has no printer.
    pub trouble: Option<PrinterTrouble>,
    pub nothing_came_out: bool,
}

impl<O: Outside> Desk<O> {
    pub fn news(&mut self, news: News) {
        match news {
            News::Connected => self.back(),
            News::Away => self.connected = false,
            News::Snapshot(snapshot) => self.snapshot(*snapshot),
            News::Pushed(push) => self.pushed(&push),
            News::Answered { id, result } => self.answered(id, &result),
        }
    }

    /// The server answers, perhaps again.
    fn back(&mut self) {
        if !std::mem::replace(&mut self.connected, true) && self.session.user().is_some() {
            self.catch_up();
        }
    }

    /// After the server was away: reads what may have changed, sends what waited.
    fn catch_up(&mut self) {
        if self.notice == Some(Notice::NoAnswer) {
            self.notice = None;
        }
        if self.has_window() {
            self.window.refresh(&mut self.outside);
            self.intake.refresh(&mut self.outside);
        }
        self.signals.refresh(&mut self.outside);
        if self.has_absences() {
            self.absences.refresh(&mut self.outside);
        }
        if self.page == Page::Case {
            self.file.refresh(&mut self.outside);
        }
        self.refresh_notices();
        self.tasks.refresh(&mut self.outside);
    }

    fn snapshot(&mut self, snapshot: QueueSnapshot) {
        self.board.replace(snapshot);
        if let Some(window) = self.board.window(self.window.number()) {
            self.window.snapshot(window);
        }
    }

    fn pushed(&mut self, push: &Push) {
        self.board.push(push);
        if self.session.user().is_none() {
            return;
        }
        if self.window.push(push) && self.has_window() {
            self.window.refresh(&mut self.outside);
        }
        if matches!(push.change, Change::SignalChanged { .. }) {
            self.signals.refresh(&mut self.outside);
        }
        if let Change::CaseChanged { case_no } = &push.change {
            for file in self.intake.files.iter_mut().chain([&mut self.file]) {
                if file.is(case_no) {
                    file.refresh(&mut self.outside);
                }
            }
            match self.page {
                Page::Tasks => self.tasks.refresh(&mut self.outside),
                Page::Signals => self.signals.refresh(&mut self.outside),
                Page::SignIn | Page::Window | Page::Case | Page::Absences => {}
            }
        }
    }

    pub fn answered(&mut self, id: RequestId, result: &Result<Answer, Trouble>) {
        // An answer is as good a sign of life as the stream's return.
        if !matches!(result, Err(Trouble::Away { .. })) {
            self.back();
        }
        let signed = self.session.landed(id, result);
        if signed != Signed::NotMine {
            return self.signed(signed);
        }
        if Session::has_lapsed(result) && self.session.user().is_some() {
            self.resume = self.page;
            self.session.lapse();
            self.page = Page::SignIn;
            self.dialog = None;
        }
        match self.window.landed(&mut self.outside, id, result) {
            Landed::NotMine => {}
            Landed::Changed => return self.window_changed(),
            Landed::Failed(trouble) => {
                self.leaving = None;
                return self.failed(trouble.into());
            }
        }
        match self.intake.landed(id, result) {
            Taken::NotMine => {}
            Taken::Changed => return,
            Taken::Opened => {
                self.notice = Some(Notice::Opened);
                for file in &self.intake.files {
                    if let Some(case) = file.case() {
                        self.issued.stepped(&mut self.outside, &case.case_no, &Step::Receive);
                    }
                }
                return;
            }
            Taken::Failed(notice) => return self.failed(notice),
        }
        match self.tasks.landed(&mut self.outside, id, result) {
            Listed::NotMine => {}
            Listed::Changed => return,
            Listed::Granted => return self.granted(),
            Listed::Failed(notice) => return self.failed(notice),
        }
        match self.signals.landed(&mut self.outside, id, result) {
            Signalled::NotMine => {}
            Signalled::Changed => return,
            Signalled::Done => {
                self.notice = Some(Notice::SignalDone);
                return;
            }
            Signalled::Failed(notice) => return self.failed(notice),
        }
        let left = self.absences.landed(&mut self.outside, id, result);
        if left != Left::NotMine {
            return self.left(left);
        }
        if self.guides.landed(id, result) || self.paper_landed(id, result) {
            return;
        }
        if let Some(colleagues) = self.colleagues.landed(id, result) {
            if let Err(trouble) = colleagues {
                self.failed(trouble.into());
            }
            return;
        }
        if let Some(outcome) = self.issued.landed(&mut self.outside, id, result) {
            return self.notices_landed(outcome);
        }
        let (at_window, place) = self.intake.filed(&mut self.outside, id, result);
        if at_window != Filed::NotMine {
            self.want_notices();
            return self.filed(at_window, place);
        }
        let filed = self.file.landed(&mut self.outside, id, result);
        if filed != Filed::NotMine
            && let Some(case) = self.file.case()
        {
            self.guides.want(&mut self.outside, &case.item);
        }
        self.filed(filed, None);
    }

    fn signed(&mut self, signed: Signed) {
        match signed {
            Signed::NotMine => {}
            Signed::Failed(notice) => self.failed(notice),
            Signed::InAgain => {
                self.notice = None;
                self.page = self.resume;
                self.catch_up();
            }
            Signed::In => {
                self.forget_work();
                self.page = if self.has_window() { Page::Window } else { Page::Tasks };
                self.tasks.refresh(&mut self.outside);
                self.signals.refresh(&mut self.outside);
                if self.has_absences() {
                    self.absences.refresh(&mut self.outside);
                }
                if self.has_window() {
                    if let Some(window) = self.board.window(self.window.number()) {
                        self.window.snapshot(window);
                    }
                    self.window.refresh(&mut self.outside);
                }
            }
            Signed::Out => {
                self.forget_work();
                self.page = Page::SignIn;
                self.quit = matches!(self.leaving.take(), Some(Dialog::Leave { quit: true }));
            }
        }
    }

    fn forget_work(&mut self) {
        self.notice = None;
        self.dialog = None;
        self.case_text.clear();
        self.window.leave();
        self.intake = Intake::default();
        self.tasks.clear();
        self.signals.clear();
        self.absences.clear();
        self.colleagues = Colleagues::default();
        self.paper_files.forget_person();
        self.issued.forget_person();
        self.outside.clear_sheets();
        self.file.clear();
    }

    fn window_changed(&mut self) {
        if self.leaving.is_some() && !self.window.busy() {
            self.session.sign_out(&mut self.outside);
            return;
        }
        self.intake.follow(&mut self.outside, self.window.ticket());
    }

    /// `place`: which of the application's cases at the window; `None` for the case opened from a list.
    fn filed(&mut self, filed: Filed, place: Option<usize>) {
        let hall = self.hall_name();
        let accepted = self.accepted_at_window();
        let file = match place {
            Some(place) => &mut self.intake.files[place],
            None => &mut self.file,
        };
        let case_no = file.case().map(|case| case.case_no.clone()).unwrap_or_default();
        match filed {
            Filed::NotMine | Filed::Changed => {}
            Filed::Failed(notice) => self.failed(notice),
            Filed::Stepped(step) => {
                self.issued.stepped(&mut self.outside, &case_no, &step);
                if place.is_none() {
                    self.case_text.clear();
                }
                self.notice = Some(match step {
                    Step::Accept if place.is_some() => Notice::Accepted { case_no: accepted },
                    Step::Accept => Notice::Accepted { case_no },
                    Step::NotifyCorrection { .. } => Notice::CorrectionGiven { case_no },
                    _ => Notice::StepDone { case_no },
                });
                if matches!(step, Step::NotifyCorrection { .. }) {
                    file.print(&mut self.outside, &hall);
                }
                let done = file.case().is_some_and(|case| !actions::awaits(case));
                if place.is_none() {
                    self.tasks.refresh(&mut self.outside);
                    // Nothing left to do here: on to the next case of the list.
                    if done && !file_has_paper_to_print(&step) && !matches!(step, Step::ChargeFee { .. }) {
                        self.page = Page::Tasks;
                    }
                }
            }
        }
    }

    /// Numbers of the application's cases that are accepted.
    fn accepted_at_window(&self) -> String {
        let cases = self.intake.files.iter().filter_map(CaseFile::case).filter(|case| case.accepted_at.is_some());
        cases.map(|case| case.case_no.as_str()).collect::<Vec<_>>().join("、")
    }

    /// What became of the cases granted together: said in one line where all went well, else case by case.
    fn granted(&mut self) {
        let outcomes = self.tasks.outcomes();
        let refused = outcomes.iter().filter(|done| done.refused.is_some()).count();
        self.notice = Some(Notice::Granted { done: outcomes.len() - refused, refused });
        self.dialog = Some(Dialog::Outcomes);
    }

    /// The printer is done with a paper.
    pub fn printed(&mut self, case_no: &str, outcome: Result<PaperLeft, PrintFailure>) {
        let maybe_out = !matches!(outcome, Err(PrintFailure { nothing_came_out: true, .. }));
        for file in self.intake.files.iter_mut().chain([&mut self.file]) {
            if file.is(case_no) {
                file.printed(maybe_out);
            }
        }
        self.notice = Some(match outcome {
            Ok(PaperLeft::Enough) => Notice::Printed { case_no: case_no.to_owned() },
            Ok(PaperLeft::NearEnd) => Notice::PaperNearEnd,
            Err(PrintFailure { trouble: None, .. }) => Notice::NoPrinter,
            Err(PrintFailure { trouble: Some(trouble), nothing_came_out: true }) => Notice::NotPrinted(trouble),
            Err(PrintFailure { trouble: Some(trouble), nothing_came_out: false }) => Notice::HalfPrinted(trouble),
        });
    }

    pub(super) fn failed(&mut self, notice: Notice) {
        let lapsed = self.session.user().is_none() && self.resume != Page::SignIn && self.page == Page::SignIn;
        let refused_as_unknown =
            matches!(&notice, Notice::Refused(problem) if problem.code == protocol::problem::Code::Unauthenticated);
        self.notice = Some(if lapsed && refused_as_unknown { Notice::SignInAgain } else { notice });
    }
}

fn file_has_paper_to_print(step: &Step) -> bool {
    matches!(step, Step::Accept | Step::NotifyCorrection { .. })
}
