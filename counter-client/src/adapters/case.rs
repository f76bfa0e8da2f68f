//! The case on screen, in review and at the window.

use std::rc::Rc;

use protocol::case::{Branch, BranchState, Case, CaseAction, CaseState, HistoryEntry};
use protocol::catalogue::RequiredDocument;
use slint::{ComponentHandle, ModelRc, VecModel};

use crate::bindings::{
    BranchRow, BranchStage, CaseAllows, CaseData, CaseStage, CaseView, HistoryRow, MainWindow, PaperRow,
};
use crate::clock;
use crate::controllers::case_file::CaseFile;
use crate::controllers::{Desk, Outside, Page};

use super::{App, sync, with};

#[derive(Default)]
pub(super) struct Models {
    papers: Rc<VecModel<PaperRow>>,
    branches: Rc<VecModel<BranchRow>>,
    history: Rc<VecModel<HistoryRow>>,
}

impl Models {
    pub(super) fn bind(&self, ui: &MainWindow) {
        let view = ui.global::<CaseView>();
        view.set_papers(ModelRc::from(self.papers.clone()));
        view.set_branches(ModelRc::from(self.branches.clone()));
        view.set_history(ModelRc::from(self.history.clone()));
    }
}

pub(super) fn connect(app: &Rc<App>) {
    let view = app.ui.global::<CaseView>();
    macro_rules! on {
        ($on:ident, $act:expr) => {{
            let weak = Rc::downgrade(app);
            view.$on(move || with(&weak, |app| app.change($act)));
        }};
    }
    let weak = Rc::downgrade(app);
    view.on_text_edited(move || {
        with(&weak, |app| {
            let text = app.ui.global::<CaseView>().get_text();
            app.desk.borrow_mut().case_text = text.into();
        });
    });
    let weak = Rc::downgrade(app);
    view.on_toggle_paper(move |index| {
        with(&weak, |app| {
            app.change(|desk| desk.toggle_paper(usize::try_from(index).unwrap_or(usize::MAX)));
            app.settle_soon();
        });
    });
    on!(on_tick_all, Desk::tick_all_papers);
    on!(on_print, Desk::print);
    on!(on_back, |desk| desk.go(Page::Tasks));
    macro_rules! action {
        ($on:ident, $action:ident) => {
            on!($on, |desk| desk.case_action(CaseAction::$action));
        };
    }
    action!(on_correction, NotifyCorrection);
    action!(on_supply, Supply);
    action!(on_accept, Accept);
    action!(on_approve, Approve);
    action!(on_give_back, Return);
    action!(on_object, Object);
    action!(on_resubmit, Resubmit);
    action!(on_grant, Grant);
    action!(on_refuse, Refuse);
    action!(on_complete, Complete);
    action!(on_deliver, Deliver);
    action!(on_withdraw, Withdraw);
}

pub(super) fn draw<O: Outside>(ui: &MainWindow, models: &Models, desk: &Desk<O>, english: bool) {
    let view = ui.global::<CaseView>();
    let file = if desk.page == Page::Window { &desk.intake.file } else { &desk.file };
    view.set_present(file.case().is_some());
    view.set_allows(allows(file));
    if view.get_text() != desk.case_text {
        view.set_text((&desk.case_text).into());
    }
    match file.case() {
        Some(case) => {
            view.set_data(data(case, file, english));
            sync(
                &models.papers,
                papers(case, file, desk.intake.item().map_or(&[][..], |item| &item.documents), english),
            );
            sync(&models.branches, case.branches.iter().map(|branch| branch_row(branch, english)).collect());
            sync(&models.history, case.history.iter().rev().map(|entry| history_row(entry, english)).collect());
        }
        None => {
            // Before the application there is only what the item asks for.
            let guide = desk.intake.item().filter(|_| desk.page == Page::Window);
            view.set_data(CaseData::default());
            sync(
                &models.papers,
                guide.iter().flat_map(|item| &item.documents).map(|d| guide_row(d, english)).collect(),
            );
            sync(&models.branches, Vec::new());
            sync(&models.history, Vec::new());
        }
    }
}

fn allows(file: &CaseFile) -> CaseAllows {
    let may = |action| file.may(action);
    CaseAllows {
        check: may(CaseAction::CheckDocuments),
        correction: may(CaseAction::NotifyCorrection),
        supply: may(CaseAction::Supply),
        accept: may(CaseAction::Accept),
        approve: may(CaseAction::Approve),
        give_back: may(CaseAction::Return),
        object: may(CaseAction::Object),
        resubmit: may(CaseAction::Resubmit),
        grant: may(CaseAction::Grant),
        refuse: may(CaseAction::Refuse),
        complete: may(CaseAction::Complete),
        deliver: may(CaseAction::Deliver),
        withdraw: may(CaseAction::Withdraw),
        print: file.printable(),
        busy: file.busy(),
        printing: file.printing(),
        printed: file.printed_once(),
    }
}

fn data(case: &Case, file: &CaseFile, english: bool) -> CaseData {
    let provided = case.documents.iter().filter(|d| !file.status_of(&d.key).is_lacking()).count();
    let day = |at: Option<i64>| at.map(clock::day_and_time).unwrap_or_default();
    CaseData {
        case_no: (&case.case_no).into(),
        item: case.item_name.pick(english).into(),
        department: case.department_name.pick(english).into(),
        stage: stage(case.state),
        applicant: (&case.applicant.name).into(),
        id_number: (&case.applicant.id_number).into(),
        phone: (&case.applicant.phone).into(),
        agent: case
            .applicant
            .agent
            .as_ref()
            .map(|agent| format!("{} {}", agent.name, agent.id_number).into())
            .unwrap_or_default(),
        ticket: case.ticket_number.as_deref().unwrap_or_default().into(),
        received: clock::day_and_time(case.received_at).into(),
        accepted: day(case.accepted_at).into(),
        due: case.due_on.as_deref().unwrap_or_default().into(),
        due_provisional: case.due_provisional,
        returned: case.returned.as_deref().unwrap_or_default().into(),
        correction_at: day(case.correction.as_ref().map(|notice| notice.at)).into(),
        correction_note: case.correction.as_ref().map(|notice| (&notice.note).into()).unwrap_or_default(),
        decision: case.decision.as_ref().map(|decision| (&decision.reason).into()).unwrap_or_default(),
        decided: case.decision.is_some(),
        granted: case.decision.as_ref().is_some_and(|decision| decision.granted),
        provided_count: i32::try_from(provided).unwrap_or(i32::MAX),
        missing_mandatory: i32::try_from(file.missing().len()).unwrap_or(i32::MAX),
    }
}

fn papers(case: &Case, file: &CaseFile, guide: &[RequiredDocument], english: bool) -> Vec<PaperRow> {
    case.documents
        .iter()
        .map(|document| {
            let guide = guide.iter().find(|required| required.key == document.key && required.name == document.name);
            PaperRow {
                name: document.name.pick(english).into(),
                mandatory: document.mandatory,
                provided: !file.status_of(&document.key).is_lacking(),
                ..guide.map(|required| guide_row(required, english)).unwrap_or_default()
            }
        })
        .collect()
}

fn guide_row(document: &RequiredDocument, english: bool) -> PaperRow {
    PaperRow {
        name: document.name.pick(english).into(),
        originals: document.originals.into(),
        copies: document.copies.into(),
        hint: document.note.pick(english).into(),
        mandatory: document.mandatory,
        provided: false,
    }
}

fn branch_row(branch: &Branch, english: bool) -> BranchRow {
    BranchRow {
        department: branch.department_name.pick(english).into(),
        stage: match branch.state {
            BranchState::Open => BranchStage::Open,
            BranchState::Approved => BranchStage::Approved,
            BranchState::Refused => BranchStage::Refused,
            BranchState::Paused => BranchStage::Paused,
            BranchState::NotApplicable => BranchStage::NotApplicable,
            BranchState::CancelledByVeto
            | BranchState::CancelledByReturn
            | BranchState::CancelledByJoin
            | BranchState::CancelledByEnd => BranchStage::Cancelled,
            BranchState::Unknown => BranchStage::Unknown,
        },
        by: branch.by.as_deref().unwrap_or_default().into(),
        opinion: (&branch.opinion).into(),
        at: branch.at.map(clock::day_and_time).unwrap_or_default().into(),
        round: i32::try_from(branch.round).unwrap_or(i32::MAX),
    }
}

fn history_row(entry: &HistoryEntry, english: bool) -> HistoryRow {
    HistoryRow {
        at: clock::day_and_time(entry.at).into(),
        text: entry.text.pick(english).into(),
        by: (&entry.by).into(),
        note: (&entry.note).into(),
    }
}

pub(super) fn stage(state: CaseState) -> CaseStage {
    match state {
        CaseState::Submitted => CaseStage::Submitted,
        CaseState::Received => CaseStage::Received,
        CaseState::Correction => CaseStage::Correction,
        CaseState::Accepted => CaseStage::Accepted,
        CaseState::InReview => CaseStage::InReview,
        CaseState::InApproval => CaseStage::InApproval,
        CaseState::Special => CaseStage::Special,
        CaseState::DecidedGranted => CaseStage::Granted,
        CaseState::DecidedRefused => CaseStage::Refused,
        CaseState::Completed => CaseStage::Completed,
        CaseState::Delivered => CaseStage::Delivered,
        CaseState::NotRequired => CaseStage::NotRequired,
        CaseState::NotAccepted => CaseStage::NotAccepted,
        CaseState::Withdrawn => CaseStage::Withdrawn,
        CaseState::Terminated => CaseStage::Terminated,
        CaseState::Revoked => CaseStage::Revoked,
        CaseState::Unknown => CaseStage::Unknown,
    }
}
