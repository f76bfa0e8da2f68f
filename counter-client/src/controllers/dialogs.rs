//! What asks before the desk goes on: a number to call, the one notice, what a step needs, the menu of further steps, cases to grant
//! together, a signal's reply, leaving an open window.

use protocol::case::CaseAction;
use protocol::queue::WindowState;
use protocol::supervision::SignalAction;

use super::actions::{self, Offered};
use super::case_file::CaseFile;
use super::desk::{Desk, Page};
use super::notice::Notice;
use super::outside::Outside;
use super::step_form::{self, Choices, Pick, StepForm};
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
    /// What a step needs, and a last question before a grave one.
    Step(CaseAction),
    /// The steps that have no button of their own.
    Further,
    /// Granting the marked cases together.
    Bulk,
    /// What became of them.
    Outcomes,
    /// The files of a paper.
    Files,
    /// What a lookup is for.
    Lookup,
    /// Which scan belongs to a paper.
    Attach,
    /// Whether the result (结果) that is ready has a document.
    Complete,
    /// The notices (文书) of the cases on screen.
    Notices,
    /// A new absence (休假).
    Absence,
    /// Whether an absence is to be ended.
    EndAbsence,
    /// The reply to a signal, or its review.
    Signal(SignalAction),
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
        self.picked = 0;
        self.notice = None;
        self.dialog = Some(dialog);
    }

    /// Asks what the step needs, beginning with what stands on the screen already.
    pub(super) fn open_step(&mut self, action: CaseAction) {
        self.open_dialog(Dialog::Step(action));
        let fields = step_form::fields(action);
        let mut form = StepForm::default();
        if fields.text != step_form::Asked::No {
            form.text.clone_from(&self.case_text);
        }
        let case = self.files().iter().find_map(CaseFile::case);
        if let (CaseAction::Deliver, Some(case)) = (action, case)
            && form.text.is_empty()
        {
            form.text.clone_from(&case.applicant.name);
        }
        if fields.pick == Pick::Colleague {
            self.colleagues.refresh(&mut self.outside);
        }
        let choices = self.choices();
        match action {
            CaseAction::ChargeFee => form.take_amount(&choices.fees),
            CaseAction::Extend => {
                let item = case_item(self.files()).and_then(|code| self.guides.get(code));
                form.days =
                    item.filter(|i| i.extension_days > 0).map(|i| i.extension_days.to_string()).unwrap_or_default();
            }
            _ => {}
        }
        self.step_form = form;
    }

    /// What there is to pick for a step of the case on screen.
    pub fn choices(&self) -> Choices {
        let code = case_item(self.files()).unwrap_or_default();
        Choices {
            colleagues: self.colleagues.list().to_vec(),
            special: self.guides.special_kinds(code),
            fees: self.guides.get(code).map(|item| item.fees.clone()).unwrap_or_default(),
        }
    }

    /// The steps of the menu.
    pub fn further(&self) -> Vec<Offered> {
        let mut further = Vec::new();
        for offered in self.files().iter().filter_map(CaseFile::case).flat_map(actions::further) {
            if !further.contains(&offered) {
                further.push(offered);
            }
        }
        further
    }

    /// A line of the dialog's list.
    pub fn pick(&mut self, index: usize) {
        match self.dialog {
            Some(Dialog::Step(action)) => {
                self.step_form.picked = index;
                if action == CaseAction::ChargeFee {
                    let fees = self.choices().fees;
                    self.step_form.take_amount(&fees);
                }
            }
            Some(Dialog::Absence) => self.absences.form.substitute = index,
            _ => self.picked = index,
        }
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
                self.dialog = None;
                let result = self.give_correction();
                self.tell(result);
            }
            Some(Dialog::Step(action)) => {
                let form = self.step_form.clone();
                match form.step(action, &self.choices()) {
                    // It stays open: what is missing is named beside it.
                    Err(notice) if action != CaseAction::SupplyDeferred => self.notice = Some(notice),
                    _ => {
                        self.dialog = None;
                        self.take_action(action, &form);
                    }
                }
            }
            Some(Dialog::Further) => {
                if let Some(offered) = self.further().get(self.picked).copied() {
                    self.dialog = None;
                    self.case_action(offered.action);
                }
            }
            Some(Dialog::Bulk) => {
                let opinion = self.dialog_text.clone();
                self.dialog = None;
                let result = self.tasks.grant_marked(&mut self.outside, &opinion);
                self.tell(result);
            }
            Some(Dialog::Outcomes | Dialog::Files) => self.dialog = None,
            Some(Dialog::Notices) => self.print_picked_notice(),
            Some(Dialog::Lookup) => {
                let result = self.look_up();
                self.close_unless(result);
            }
            Some(Dialog::Attach) => {
                let result = self.attach();
                self.close_unless(result);
            }
            Some(Dialog::Absence) => {
                let result = self.arrange_absence();
                self.close_unless(result);
            }
            Some(Dialog::EndAbsence) => {
                self.dialog = None;
                self.end_absence();
            }
            Some(Dialog::Complete) => {
                self.complete();
                self.dialog = None;
            }
            Some(Dialog::Signal(action)) => {
                let text = self.dialog_text.clone();
                let result = self.signals.act(&mut self.outside, action, &text);
                self.close_unless(result);
            }
            None => {}
        }
    }

    /// Closes the dialog, unless something is still missing in it.
    fn close_unless(&mut self, result: Result<(), Notice>) {
        if result.is_ok() {
            self.dialog = None;
        }
        self.tell(result);
    }

    /// The notice of every case that lacks something; where none does, the note alone goes to the first.
    fn give_correction(&mut self) -> Result<(), Notice> {
        let note = self.dialog_text.clone();
        let at_window = self.page == Page::Window;
        let files = if at_window { &mut self.intake.files[..] } else { std::slice::from_mut(&mut self.file) };
        let lacking: Vec<usize> = (0..files.len())
            .filter(|place| files[*place].may(CaseAction::NotifyCorrection) && !files[*place].missing().is_empty())
            .collect();
        let Some(first) = files.iter().position(|file| file.may(CaseAction::NotifyCorrection)) else { return Ok(()) };
        let places = if lacking.is_empty() { vec![first] } else { lacking };
        for place in places {
            files[place].notify_correction(&mut self.outside, &note)?;
        }
        Ok(())
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

fn case_item(files: &[CaseFile]) -> Option<&str> {
    files.iter().find_map(CaseFile::case).map(|case| case.item.as_str())
}
