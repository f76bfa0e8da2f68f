//! What asks before the desk goes on: a number to call, the one notice, a step that cannot be taken back, leaving an open window.

use protocol::case::CaseAction;
use protocol::queue::WindowState;

use super::desk::{Desk, Page};
use super::outside::Outside;
use super::window::Act;

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

impl<O: Outside> Desk<O> {
    pub(super) fn open_dialog(&mut self, dialog: Dialog) {
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
}
