//! The desk as a whole: hands each act and each piece of news to the controller it concerns.

use protocol::case::CaseAction;
use protocol::catalogue::Text;
use protocol::event::{Change, Push};
use protocol::queue::{QueueSnapshot, WindowState};
use protocol::staff::Role;

use crate::server::{Answer, News, RequestId, Step, Trouble};

use super::case_file::{CaseFile, Filed};
use super::intake::{Intake, Taken};
use super::notice::{Notice, PrinterTrouble};
use super::outside::Outside;
use super::queue_board::QueueBoard;
use super::session::{Session, Signed};
use super::tasks::{Listed, Tasks};
use super::window::{Act, Landed, WindowDesk};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    SignIn,
    Window,
    Tasks,
    Case,
}

/// Something to answer before going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialog {
    /// Leaving while the window is open.
    Leave { quit: bool },
    /// Which ticket to call.
    CallNumber,
    /// The one full notice, before it is given.
    Correction,
    /// A step that cannot be taken back.
    Confirm(CaseAction),
}

/// What happens to the window when its clerk leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parting {
    Close,
    Pause,
    AsItIs,
}

#[derive(Debug)]
pub struct Desk<O> {
    pub outside: O,
    pub page: Page,
    /// Where a person whose sign-in ran out goes on.
    resume: Page,
    pub connected: bool,
    pub notice: Option<Notice>,
    pub dialog: Option<Dialog>,
    /// What is typed into the open dialog: a ticket's number, or the notice's note.
    pub dialog_text: String,
    pub session: Session,
    pub board: QueueBoard,
    pub window: WindowDesk,
    pub intake: Intake,
    pub tasks: Tasks,
    /// The case opened from the list.
    pub file: CaseFile,
    /// Opinion, reason, or who collects, as typed on the case's screen.
    pub case_text: String,
    leaving: Option<Dialog>,
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
            session: Session::default(),
            board: QueueBoard::default(),
            window: WindowDesk::new(window),
            intake: Intake::default(),
            tasks: Tasks::default(),
            file: CaseFile::default(),
            case_text: String::new(),
            leaving: None,
            quit: false,
        }
    }

    pub fn has_window(&self) -> bool {
        self.window.number() != 0 && self.session.is(Role::Clerk)
    }

    /// Empty until the first snapshot has come.
    pub fn hall_name(&self) -> Text {
        self.board.snapshot().map(|snapshot| snapshot.hall.name.clone()).unwrap_or_default()
    }

    /// The case on screen: the window's own on the window page, else the one opened from the list.
    pub fn file_on_screen(&mut self) -> &mut CaseFile {
        if self.page == Page::Window { &mut self.intake.file } else { &mut self.file }
    }

    pub fn sign_in(&mut self, username: &str, password: &str) {
        let result = self.session.sign_in(&mut self.outside, username, password);
        self.tell(result);
    }

    pub fn go(&mut self, page: Page) {
        if self.session.user().is_none() || (page == Page::Window && !self.has_window()) {
            return;
        }
        self.settle();
        self.page = page;
        if page == Page::Tasks {
            self.tasks.refresh(&mut self.outside);
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
        if self.page == Page::Window {
            self.intake.file.toggle(index);
        } else {
            self.file.toggle(index);
        }
    }

    /// Sends what is ticked: a moment after the last tick, and before the desk turns to anything else.
    pub fn settle(&mut self) {
        self.intake.file.settle(&mut self.outside);
        self.file.settle(&mut self.outside);
    }

    pub fn tick_all_papers(&mut self) {
        if self.page == Page::Window {
            self.intake.file.tick_all(&mut self.outside);
        } else {
            self.file.tick_all(&mut self.outside);
        }
    }

    pub fn print(&mut self) {
        let hall = self.hall_name();
        if self.page == Page::Window {
            self.intake.file.print(&mut self.outside, &hall);
        } else {
            self.file.print(&mut self.outside, &hall);
        }
    }

    /// A step of the case on screen. Those that cannot be taken back, and the one notice, ask first.
    pub fn case_action(&mut self, action: CaseAction) {
        if !self.file_on_screen().may(action) || self.file_on_screen().busy() {
            return;
        }
        match action {
            CaseAction::NotifyCorrection => self.open_dialog(Dialog::Correction),
            CaseAction::Veto | CaseAction::Refuse | CaseAction::Withdraw => {
                if self.case_text.trim().is_empty() {
                    self.notice = Some(Notice::OpinionNeeded);
                } else {
                    self.open_dialog(Dialog::Confirm(action));
                }
            }
            _ => self.take_action(action),
        }
    }

    fn take_action(&mut self, action: CaseAction) {
        let text = self.case_text.clone();
        let result = match self.page {
            Page::Window => self.intake.file.act(&mut self.outside, action, &text),
            _ => self.file.act(&mut self.outside, action, &text),
        };
        self.tell(result);
    }

    pub fn open_case(&mut self, case_no: &str) {
        if self.session.user().is_none() {
            return;
        }
        self.settle();
        self.notice = None;
        self.case_text.clear();
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

    fn open_dialog(&mut self, dialog: Dialog) {
        self.dialog_text.clear();
        self.notice = None;
        self.dialog = Some(dialog);
    }

    /// Enter in a dialog.
    pub fn confirm(&mut self) {
        match self.dialog {
            Some(Dialog::Leave { .. }) => {
                self.part(if self.window.allows(Act::Close) { Parting::Close } else { Parting::AsItIs });
            }
            Some(Dialog::CallNumber) => {
                if self.dialog_text.trim().is_empty() {
                    return;
                }
                let number = self.dialog_text.clone();
                self.window.act(&mut self.outside, Act::CallNumber, &number);
                self.dialog = None;
            }
            Some(Dialog::Correction) => {
                let note = self.dialog_text.clone();
                let result = match self.page {
                    Page::Window => self.intake.file.notify_correction(&mut self.outside, &note),
                    _ => self.file.notify_correction(&mut self.outside, &note),
                };
                self.dialog = None;
                self.tell(result);
            }
            Some(Dialog::Confirm(action)) => {
                self.dialog = None;
                self.take_action(action);
            }
            None => {}
        }
    }

    /// Escape: closes the dialog, else the notice, else goes back to the list.
    pub fn cancel(&mut self) {
        if self.dialog.take().is_some() || self.notice.take().is_some() {
            return;
        }
        if self.page == Page::Case {
            self.go(Page::Tasks);
        }
    }

    /// Signing out, or closing the program: asks first what becomes of an open window.
    pub fn leave(&mut self, quit: bool) {
        self.settle();
        if self.session.user().is_none() {
            self.quit = quit;
        } else if self.has_window() && matches!(self.window.state(), WindowState::Open | WindowState::Serving) {
            self.open_dialog(Dialog::Leave { quit });
        } else {
            self.leaving = Some(Dialog::Leave { quit });
            self.session.sign_out(&mut self.outside);
        }
    }

    pub fn part(&mut self, parting: Parting) {
        let Some(dialog @ Dialog::Leave { .. }) = self.dialog.take() else {
            return;
        };
        self.leaving = Some(dialog);
        let act = match parting {
            Parting::Close => Some(Act::Close),
            Parting::Pause => Some(Act::Pause),
            Parting::AsItIs => None,
        };
        if !act.is_some_and(|act| self.window.act(&mut self.outside, act, "")) {
            self.session.sign_out(&mut self.outside);
        }
    }

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
        if self.page == Page::Case {
            self.file.refresh(&mut self.outside);
        }
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
        if let Change::CaseChanged { case_no } = &push.change {
            for file in [&mut self.intake.file, &mut self.file] {
                if file.is(case_no) {
                    file.refresh(&mut self.outside);
                }
            }
            if self.page == Page::Tasks {
                self.tasks.refresh(&mut self.outside);
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
                return;
            }
            Taken::Failed(notice) => return self.failed(notice),
        }
        match self.tasks.landed(&mut self.outside, id, result) {
            Listed::NotMine => {}
            Listed::Changed => return,
            Listed::Failed(notice) => return self.failed(notice),
        }
        let at_window = self.intake.file.landed(&mut self.outside, id, result);
        if at_window != Filed::NotMine {
            return self.filed(at_window, true);
        }
        let filed = self.file.landed(&mut self.outside, id, result);
        self.filed(filed, false);
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
        self.file.clear();
    }

    fn window_changed(&mut self) {
        if self.leaving.is_some() && !self.window.busy() {
            self.session.sign_out(&mut self.outside);
            return;
        }
        self.intake.follow(&mut self.outside, self.window.ticket());
    }

    fn filed(&mut self, filed: Filed, at_window: bool) {
        let hall = self.hall_name();
        let file = if at_window { &mut self.intake.file } else { &mut self.file };
        let case_no = file.case().map(|case| case.case_no.clone()).unwrap_or_default();
        match filed {
            Filed::NotMine | Filed::Changed => {}
            Filed::Failed(notice) => self.failed(notice),
            Filed::Stepped(step) => {
                if !at_window {
                    self.case_text.clear();
                }
                self.notice = Some(match step {
                    Step::Accept => Notice::Accepted { case_no },
                    Step::NotifyCorrection(_) => Notice::CorrectionGiven { case_no },
                    _ => Notice::StepDone { case_no },
                });
                if matches!(step, Step::NotifyCorrection(_)) {
                    file.print(&mut self.outside, &hall);
                }
                let done = file.case().is_some_and(|case| case.actions.iter().all(|a| *a == CaseAction::Withdraw));
                if !at_window {
                    self.tasks.refresh(&mut self.outside);
                    // Nothing left to do here: on to the next case of the list.
                    if done && !file_has_paper_to_print(&step) {
                        self.page = Page::Tasks;
                    }
                }
            }
        }
    }

    /// The printer is done with a paper.
    pub fn printed(&mut self, case_no: &str, outcome: Result<PaperLeft, PrintFailure>) {
        let maybe_out = !matches!(outcome, Err(PrintFailure { nothing_came_out: true, .. }));
        for file in [&mut self.intake.file, &mut self.file] {
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

    fn failed(&mut self, notice: Notice) {
        let lapsed = self.session.user().is_none() && self.resume != Page::SignIn && self.page == Page::SignIn;
        let refused_as_unknown =
            matches!(&notice, Notice::Refused(problem) if problem.code == protocol::problem::Code::Unauthenticated);
        self.notice = Some(if lapsed && refused_as_unknown { Notice::SignInAgain } else { notice });
    }

    fn tell(&mut self, result: Result<(), Notice>) {
        self.notice = result.err();
    }
}

fn file_has_paper_to_print(step: &Step) -> bool {
    matches!(step, Step::Accept | Step::NotifyCorrection(_))
}

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
