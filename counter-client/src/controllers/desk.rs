//! The desk as a whole: hands each act to the controller it concerns. What comes in is in `news`, what asks first in `dialogs`.

use protocol::case::{CaseAction, DocumentStatus};
use protocol::catalogue::Text;
use protocol::staff::Role;
use protocol::supervision::SignalAction;

use super::absences::Absences;
use super::case_file::CaseFile;
use super::colleagues::Colleagues;
use super::dialogs::Dialog;
use super::guides::Guides;
use super::intake::Intake;
use super::issued::Issued;
use super::notice::Notice;
use super::outside::Outside;
use super::paper_files::PaperFiles;
use super::papers;
use super::queue_board::QueueBoard;
use super::session::Session;
use super::signals::Signals;
use super::step_form::StepForm;
use super::tasks::Tasks;
use super::window::{Act, WindowDesk};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    SignIn,
    Window,
    Tasks,
    Case,
    Signals,
    Absences,
}

#[derive(Debug)]
pub struct Desk<O> {
    pub outside: O,
    pub page: Page,
    /// Where a person whose sign-in ran out goes on.
    pub(super) resume: Page,
    pub connected: bool,
    pub notice: Option<Notice>,
    pub dialog: Option<Dialog>,
    /// What is typed into the open dialog: a ticket's number, or the notice's note.
    pub dialog_text: String,
    /// The line picked in the open dialog's list.
    pub picked: usize,
    /// What the open dialog's step is to say.
    pub step_form: StepForm,
    pub session: Session,
    pub board: QueueBoard,
    pub window: WindowDesk,
    pub intake: Intake,
    pub tasks: Tasks,
    pub signals: Signals,
    pub absences: Absences,
    pub colleagues: Colleagues,
    pub guides: Guides,
    pub paper_files: PaperFiles,
    pub issued: Issued,
    /// The case opened from the list.
    pub file: CaseFile,
    /// Opinion, reason, or who collects, as typed on the case's screen.
    pub case_text: String,
    pub(super) leaving: Option<Dialog>,
    /// The program may end.
    pub quit: bool,
}

impl<O: Outside> Desk<O> {
    /// A desk at the window of this number; 0 where it has none.
    pub fn new(outside: O, window: i64) -> Self {
        Desk {
            outside,
            page: Page::SignIn,
            resume: Page::SignIn,
            // Until the first call says otherwise: a fresh desk should not greet with an alarm.
            connected: true,
            notice: None,
            dialog: None,
            dialog_text: String::new(),
            picked: 0,
            step_form: StepForm::default(),
            session: Session::default(),
            board: QueueBoard::default(),
            window: WindowDesk::new(window),
            intake: Intake::default(),
            tasks: Tasks::default(),
            signals: Signals::default(),
            absences: Absences::default(),
            colleagues: Colleagues::default(),
            guides: Guides::default(),
            paper_files: PaperFiles::default(),
            issued: Issued::default(),
            file: CaseFile::default(),
            case_text: String::new(),
            leaving: None,
            quit: false,
        }
    }

    pub fn has_window(&self) -> bool {
        self.window.number() != 0 && self.session.is(Role::Clerk)
    }

    /// Whether this person's work lies with them, so that somebody can stand in. A clerk's lies with the hall.
    pub fn has_absences(&self) -> bool {
        self.session.user().is_some_and(|user| user.department.is_some())
    }

    /// Empty until the first snapshot has come.
    pub fn hall_name(&self) -> Text {
        self.board.snapshot().map(|snapshot| snapshot.hall.name.clone()).unwrap_or_default()
    }

    /// The cases on screen: the application's at the window, else the one opened from a list.
    pub fn files(&self) -> &[CaseFile] {
        if self.page == Page::Window { &self.intake.files } else { std::slice::from_ref(&self.file) }
    }

    pub(super) fn files_and_outside(&mut self) -> (&mut [CaseFile], &mut O) {
        let files =
            if self.page == Page::Window { &mut self.intake.files[..] } else { std::slice::from_mut(&mut self.file) };
        (files, &mut self.outside)
    }

    /// Whether any case on screen allows the step.
    pub fn may(&self, action: CaseAction) -> bool {
        self.files().iter().any(|file| file.may(action))
    }

    pub fn case_busy(&self) -> bool {
        self.files().iter().any(CaseFile::busy)
    }

    pub fn sign_in(&mut self, username: &str, password: &str) {
        let result = self.session.sign_in(&mut self.outside, username, password);
        self.tell(result);
    }

    pub fn go(&mut self, page: Page) {
        let there = match page {
            Page::Window => self.has_window(),
            Page::Absences => self.has_absences(),
            Page::SignIn | Page::Tasks | Page::Case | Page::Signals => true,
        };
        if self.session.user().is_none() || !there {
            return;
        }
        self.settle();
        self.page = page;
        match page {
            Page::Tasks => self.tasks.refresh(&mut self.outside),
            Page::Signals => self.signals.refresh(&mut self.outside),
            Page::Absences => self.absences.refresh(&mut self.outside),
            Page::SignIn | Page::Window | Page::Case => {}
        }
    }

    /// An act at the window; the notice of the last one goes.
    pub fn act(&mut self, act: Act) {
        self.settle();
        if act == Act::CallNumber {
            if self.window.allows(act) {
                self.open_dialog(Dialog::CallNumber);
            }
        } else if self.window.act(&mut self.outside, act, "") {
            self.notice = None;
        }
    }

    pub fn start_application(&mut self) {
        if self.window.being_served() {
            let result = self.intake.start(&mut self.outside);
            self.tell(result);
        }
    }

    pub fn toggle_paper(&mut self, index: usize) {
        papers::toggle(self.files_and_outside().0, index);
    }

    pub fn set_paper(&mut self, index: usize, status: DocumentStatus) {
        papers::set_status(self.files_and_outside().0, index, status);
    }

    /// Sends what is ticked: a moment after the last tick, and before the desk turns to anything else.
    pub fn settle(&mut self) {
        for file in self.intake.files.iter_mut().chain([&mut self.file]) {
            file.settle(&mut self.outside);
        }
    }

    pub fn tick_all_papers(&mut self) {
        let (files, outside) = self.files_and_outside();
        for file in files {
            file.tick_all(outside);
        }
    }

    pub fn print(&mut self) {
        let hall = self.hall_name();
        let (files, outside) = self.files_and_outside();
        for file in files {
            file.print(outside, &hall);
        }
    }

    /// A step of the case on screen. What needs more than the words on the screen, or cannot be taken back, asks first.
    pub fn case_action(&mut self, action: CaseAction) {
        if !self.may(action) || self.case_busy() {
            return;
        }
        let words_here = self.page == Page::Case;
        let said = !self.case_text.trim().is_empty();
        match action {
            CaseAction::NotifyCorrection => self.open_dialog(Dialog::Correction),
            CaseAction::Object | CaseAction::Refuse if words_here && !said => self.notice = Some(Notice::OpinionNeeded),
            CaseAction::Receive
            | CaseAction::Accept
            | CaseAction::Supply
            | CaseAction::SupplyDeferred
            | CaseAction::StartReview
            | CaseAction::Grant => self.take_said(action),
            CaseAction::Complete => self.open_dialog(Dialog::Complete),
            CaseAction::Approve | CaseAction::Return | CaseAction::Resubmit | CaseAction::Deliver if words_here => {
                self.take_said(action);
            }
            _ => self.open_step(action),
        }
    }

    /// The menu of the steps that have no button of their own.
    pub fn open_further(&mut self) {
        if !self.further().is_empty() && !self.case_busy() {
            self.open_dialog(Dialog::Further);
        }
    }

    fn take_said(&mut self, action: CaseAction) {
        let words = if self.page == Page::Case { StepForm::saying(&self.case_text) } else { StepForm::default() };
        self.take_action(action, &words);
    }

    /// At the window the step is every case's of the application that allows it.
    pub(super) fn take_action(&mut self, action: CaseAction, form: &StepForm) {
        let choices = self.choices();
        if action == CaseAction::Accept && self.page == Page::Window {
            let missing = self.intake.missing();
            if !missing.is_empty() {
                self.notice = Some(Notice::PapersMissing(missing));
                return;
            }
        }
        let (files, outside) = self.files_and_outside();
        let mut result = Ok(());
        for file in files.iter_mut().filter(|file| file.may(action)) {
            result = result.and(file.act(outside, action, form, &choices));
        }
        self.tell(result);
    }

    /// The next case of the same application.
    pub fn next_sibling(&mut self) {
        let Some(case) = self.file.case().filter(|_| self.page == Page::Case) else { return };
        let mut all = case.siblings.clone();
        all.push(case.case_no.clone());
        all.sort_unstable();
        let place = all.iter().position(|case_no| *case_no == case.case_no).unwrap_or_default();
        let next = all[(place + 1) % all.len()].clone();
        if next != case.case_no {
            self.open_case(&next);
        }
    }

    /// Asks for the opinion under which the marked cases are granted together.
    pub fn grant_marked(&mut self) {
        if self.tasks.marked_count() == 0 {
            self.notice = Some(Notice::NothingMarked);
        } else if !self.tasks.granting() {
            self.open_dialog(Dialog::Bulk);
        }
    }

    pub fn signal_action(&mut self, action: SignalAction) {
        if self.signals.may(action) {
            self.open_dialog(Dialog::Signal(action));
        }
    }

    /// The case of the selected signal.
    pub fn open_signals_case(&mut self) {
        if let Some(case_no) = self.signals.current().map(|signal| signal.case_no.clone()) {
            self.open_case(&case_no);
        }
    }

    /// The signals, with the one on this case selected.
    pub fn open_signals_of(&mut self, case_no: &str) {
        self.signals.select_case(case_no);
        self.go(Page::Signals);
    }

    pub fn open_case(&mut self, case_no: &str) {
        if self.session.user().is_none() {
            return;
        }
        self.settle();
        self.notice = None;
        self.case_text.clear();
        self.issued.refresh(&mut self.outside, case_no);
        self.file.open(&mut self.outside, case_no);
        self.page = Page::Case;
    }

    pub fn search(&mut self, text: &str) {
        self.tasks.search(&mut self.outside, text);
        self.page = Page::Tasks;
    }

    /// A code from the scanner: a receipt's or a ticket's address, or a case number. Searches by its last part.
    pub fn scanned(&mut self, code: &str) {
        let last = code.trim().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        if self.session.user().is_some() && !last.is_empty() {
            self.search(last);
        }
    }

    pub(super) fn tell(&mut self, result: Result<(), Notice>) {
        self.notice = result.err();
    }
}
