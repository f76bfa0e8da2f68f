//! The desk as a whole: hands each act to the controller it concerns. What comes in is in `news`, what asks first in `dialogs`.

use protocol::case::CaseAction;
use protocol::catalogue::Text;
use protocol::staff::Role;

use super::case_file::CaseFile;
use super::dialogs::Dialog;
use super::intake::Intake;
use super::notice::Notice;
use super::outside::Outside;
use super::queue_board::QueueBoard;
use super::session::Session;
use super::tasks::Tasks;
use super::window::{Act, WindowDesk};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    SignIn,
    Window,
    Tasks,
    Case,
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
    pub session: Session,
    pub board: QueueBoard,
    pub window: WindowDesk,
    pub intake: Intake,
    pub tasks: Tasks,
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
            CaseAction::Object | CaseAction::Refuse | CaseAction::Withdraw => {
                if self.case_text.trim().is_empty() {
                    self.notice = Some(Notice::OpinionNeeded);
                } else {
                    self.open_dialog(Dialog::Confirm(action));
                }
            }
            _ => self.take_action(action),
        }
    }

    pub(super) fn take_action(&mut self, action: CaseAction) {
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

    pub(super) fn tell(&mut self, result: Result<(), Notice>) {
        self.notice = result.err();
    }
}
