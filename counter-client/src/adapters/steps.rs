//! What a step asks, and the other lists of dialogs.

use std::cell::RefCell;
use std::rc::Rc;

use protocol::case::{Case, CaseAction, IssuedNotice, NoticeStanding, SpecialState};
use protocol::problem::Code;
use protocol::supervision::SignalAction;
use slint::{ComponentHandle, ModelRc, SharedString, VecModel};

use crate::bindings::{
    ActionKind, DialogView, IssuedRow, IssuedStanding, MainWindow, OutcomeRow, SignalAction as SignalActionKind,
    Weight as WeightKind,
};
use crate::clock;
use crate::controllers::actions::Weight;
use crate::controllers::case_file::CaseFile;
use crate::controllers::issued::NoticeId;
use crate::controllers::step_form::{self, Asked, Pick, StepForm};
use crate::controllers::{Desk, Dialog, Outside};

use super::{App, sync, with};

/// The steps as the screens name them.
const KINDS: &[(CaseAction, ActionKind)] = &[
    (CaseAction::Receive, ActionKind::Receive),
    (CaseAction::Approve, ActionKind::Approve),
    (CaseAction::Grant, ActionKind::Grant),
    (CaseAction::Resubmit, ActionKind::Resubmit),
    (CaseAction::Complete, ActionKind::Complete),
    (CaseAction::Deliver, ActionKind::Deliver),
    (CaseAction::Accept, ActionKind::Accept),
    (CaseAction::Supply, ActionKind::Supply),
    (CaseAction::Advise, ActionKind::Advise),
    (CaseAction::Countersign, ActionKind::Countersign),
    (CaseAction::ApproveSpecial, ActionKind::ApproveSpecial),
    (CaseAction::ConfirmWithdrawal, ActionKind::ConfirmWithdrawal),
    (CaseAction::SupplyDeferred, ActionKind::SupplyDeferred),
    (CaseAction::CloseSpecial, ActionKind::CloseSpecial),
    (CaseAction::NotifyCorrection, ActionKind::NotifyCorrection),
    (CaseAction::StartReview, ActionKind::StartReview),
    (CaseAction::Return, ActionKind::GiveBack),
    (CaseAction::NotApplicable, ActionKind::NotApplicable),
    (CaseAction::DeclineSpecial, ActionKind::DeclineSpecial),
    (CaseAction::DeclineWithdrawal, ActionKind::DeclineWithdrawal),
    (CaseAction::AskSpecial, ActionKind::AskSpecial),
    (CaseAction::Extend, ActionKind::Extend),
    (CaseAction::Reassign, ActionKind::Reassign),
    (CaseAction::Delegate, ActionKind::Delegate),
    (CaseAction::AskCountersign, ActionKind::AskCountersign),
    (CaseAction::ChargeFee, ActionKind::ChargeFee),
    (CaseAction::Object, ActionKind::Object),
    (CaseAction::Refuse, ActionKind::Refuse),
    (CaseAction::RefuseAcceptance, ActionKind::RefuseAcceptance),
    (CaseAction::NotRequired, ActionKind::NotRequired),
    (CaseAction::Withdraw, ActionKind::Withdraw),
    (CaseAction::Terminate, ActionKind::Terminate),
    (CaseAction::Revoke, ActionKind::Revoke),
];

#[derive(Default)]
pub(super) struct Models {
    options: Rc<VecModel<SharedString>>,
    outcomes: Rc<VecModel<OutcomeRow>>,
    notices: Rc<VecModel<IssuedRow>>,
    /// The file on show, and whether its picture was there when it was last drawn.
    picture: RefCell<(String, bool)>,
}

impl Models {
    pub(super) fn bind(&self, ui: &MainWindow) {
        let view = ui.global::<DialogView>();
        view.set_options(ModelRc::from(self.options.clone()));
        view.set_outcomes(ModelRc::from(self.outcomes.clone()));
        view.set_notices(ModelRc::from(self.notices.clone()));
    }
}

pub(super) fn connect(app: &Rc<App>) {
    let view = app.ui.global::<DialogView>();
    let weak = Rc::downgrade(app);
    view.on_edited(move || {
        with(&weak, |app| {
            let view = app.ui.global::<DialogView>();
            let mut desk = app.desk.borrow_mut();
            desk.step_form.text = view.get_text().into();
            desk.step_form.second = view.get_second().into();
            desk.step_form.days = view.get_days().into();
            desk.step_form.amount = view.get_amount().into();
        });
    });
    let weak = Rc::downgrade(app);
    view.on_turn_file(move |right| {
        with(&weak, |app| app.change(|desk| desk.turn_file(if right { 1 } else { -1 })));
    });
    let weak = Rc::downgrade(app);
    view.on_agree(move |agrees| with(&weak, |app| app.change(|desk| desk.step_form.agrees = agrees)));
    let weak = Rc::downgrade(app);
    view.on_detach_file(move || with(&weak, |app| app.change(Desk::detach_file)));
    let weak = Rc::downgrade(app);
    view.on_print_notice(move || with(&weak, |app| app.change(Desk::print_picked_notice)));
    let weak = Rc::downgrade(app);
    view.on_show_notice(move || with(&weak, |app| app.change(Desk::show_picked_notice)));
    let weak = Rc::downgrade(app);
    view.on_pick(move |index| {
        with(&weak, |app| app.change(|desk| desk.pick(usize::try_from(index).unwrap_or_default())));
    });
}

pub(super) fn draw<O: Outside>(ui: &MainWindow, models: &Models, desk: &Desk<O>, english: bool) {
    let view = ui.global::<DialogView>();
    match desk.dialog {
        Some(Dialog::Step(action)) => draw_step(&view, models, desk, action, english),
        Some(Dialog::Further) => {
            let further = desk.further();
            let labels = ui.global::<crate::bindings::ActionWords>();
            let label = |action| labels.invoke_label(kind(action));
            sync(&models.options, further.iter().map(|offered| label(offered.action)).collect());
            view.set_picked(i32::try_from(desk.picked).unwrap_or_default());
        }
        Some(Dialog::Outcomes) => {
            let row = |done: &protocol::case::Done| OutcomeRow {
                case_no: (&done.case_no).into(),
                done: done.refused.is_none(),
                reason: done.refused.map(|code| refusal(code, english)).unwrap_or_default().into(),
            };
            sync(&models.outcomes, desk.tasks.outcomes().iter().map(row).collect());
        }
        Some(Dialog::Signal(action)) => {
            view.set_signal_action(match action {
                SignalAction::Reply => SignalActionKind::Reply,
                SignalAction::Confirm => SignalActionKind::Confirm,
                SignalAction::SendBack => SignalActionKind::SendBack,
                SignalAction::Cancel => SignalActionKind::Cancel,
            });
            let signal =
                desk.signals.current().map(|signal| format!("{}  {}", signal.case_no, signal.rule_name.pick(english)));
            view.set_signal(signal.unwrap_or_default().into());
        }
        Some(Dialog::Complete) => {
            let none = ui.global::<crate::bindings::ActionWords>().get_no_result_file();
            sync(&models.options, std::iter::once(none).chain(scans(desk)).collect());
            view.set_picked(i32::try_from(desk.picked).unwrap_or_default());
            let case = desk.file.case();
            view.set_about(
                case.map(|case| format!("{}  {}", case.case_no, case.item_name.pick(english)))
                    .unwrap_or_default()
                    .into(),
            );
        }
        Some(Dialog::Attach) => {
            sync(&models.options, scans(desk).collect());
            view.set_picked(i32::try_from(desk.picked).unwrap_or_default());
            view.set_about(paper_name(desk, english));
        }
        Some(Dialog::Notices) => draw_notices(&view, models, desk, english),
        Some(Dialog::Lookup) => view.set_about(paper_name(desk, english)),
        Some(Dialog::Files) => draw_files(&view, models, desk, english),
        _ => {}
    }
}

/// The names of the scanner's files.
fn scans<O: Outside>(desk: &Desk<O>) -> impl Iterator<Item = SharedString> {
    let files = desk.paper_files.scans.iter();
    files.map(|path| path.file_name().unwrap_or_default().to_string_lossy().as_ref().into())
}

fn draw_notices<O: Outside>(view: &DialogView<'_>, models: &Models, desk: &Desk<O>, english: bool) {
    let row = |(id, notice): (NoticeId, &IssuedNotice)| IssuedRow {
        name: notice.name.pick(english).into(),
        number: (&notice.number).into(),
        issued: clock::full(notice.issued_at).into(),
        standing: match notice.standing {
            NoticeStanding::InForce => IssuedStanding::InForce,
            NoticeStanding::Fulfilled => IssuedStanding::Fulfilled,
            NoticeStanding::Void => IssuedStanding::Void,
        },
        printing: desk.issued.is_printing(&id),
        printed: desk.issued.is_printed(&id),
        case_no: id.case_no.into(),
    };
    sync(&models.notices, desk.notices().into_iter().map(row).collect());
    view.set_notices_loading(desk.issued.loading());
    view.set_several_cases(desk.files().len() > 1);
    view.set_picked(i32::try_from(desk.picked).unwrap_or_default());
}

fn paper_name<O: Outside>(desk: &Desk<O>, english: bool) -> SharedString {
    desk.paper_in_dialog().map(|paper| paper.document.name.pick(english).into()).unwrap_or_default()
}

fn draw_files<O: Outside>(view: &DialogView<'_>, models: &Models, desk: &Desk<O>, english: bool) {
    let files = desk.paper_in_dialog().map(|paper| paper.document.files).unwrap_or_default();
    let place = desk.paper_files.place();
    view.set_about(paper_name(desk, english));
    view.set_files(i32::try_from(files.len()).unwrap_or(i32::MAX));
    view.set_may_detach(desk.may(CaseAction::DetachFile));
    view.set_detaching(desk.paper_files.detaching());
    view.set_file(i32::try_from(place).unwrap_or_default());
    let Some(file) = files.get(place) else { return };
    view.set_file_loading(desk.paper_files.is_reading(&file.id));
    let mut shown = models.picture.borrow_mut();
    if shown.0 != file.id || !shown.1 {
        let decoded = desk.paper_files.picture(&file.id).and_then(picture);
        *shown = (file.id.clone(), decoded.is_some());
        view.set_picture_there(decoded.is_some());
        view.set_picture(decoded.unwrap_or_default());
    }
}

/// A preview as the screen takes it; `None` for what is no picture.
fn picture(bytes: &[u8]) -> Option<slint::Image> {
    let decoded = image::load_from_memory(bytes)
        .inspect_err(|cause| tracing::warn!(%cause, "a preview that is no picture"))
        .ok()?
        .into_rgb8();
    let (width, height) = decoded.dimensions();
    Some(slint::Image::from_rgb8(slint::SharedPixelBuffer::clone_from_slice(decoded.as_raw(), width, height)))
}

fn draw_step<O: Outside>(view: &DialogView<'_>, models: &Models, desk: &Desk<O>, action: CaseAction, english: bool) {
    let fields = step_form::fields(action);
    view.set_action(kind(action));
    view.set_grave(weight_of(desk, action) == Some(Weight::Grave));
    view.set_asks_text(fields.text != Asked::No);
    view.set_asks_second(fields.second != Asked::No);
    view.set_asks_days(fields.days);
    view.set_asks_amount(fields.amount);
    view.set_asks_agreement(fields.agrees);
    view.set_asks_pick(fields.pick != Pick::Nothing);
    let StepForm { text, second, days, amount, picked, agrees } = &desk.step_form;
    // Only what differs is written: the caret stays where it is while somebody types.
    if view.get_text() != *text {
        view.set_text(text.into());
    }
    if view.get_second() != *second {
        view.set_second(second.into());
    }
    if view.get_days() != *days {
        view.set_days(days.into());
    }
    if view.get_amount() != *amount {
        view.set_amount(amount.into());
    }
    view.set_agrees(*agrees);
    view.set_picked(i32::try_from(*picked).unwrap_or_default());
    let names = step_form::names(fields.pick, &desk.choices());
    sync(&models.options, names.iter().map(|name| name.pick(english).into()).collect());
    let case = desk.files().iter().find_map(CaseFile::case);
    view.set_about(case.map(|case| about(case, action, english)).unwrap_or_default().into());
}

fn weight_of<O: Outside>(desk: &Desk<O>, action: CaseAction) -> Option<Weight> {
    let cases = desk.files().iter().filter_map(CaseFile::case);
    let offered = cases.flat_map(crate::controllers::actions::offered).find(|offered| offered.action == action);
    offered.map(|offered| offered.weight)
}

/// What the step is about, where the case holds it.
fn about(case: &Case, action: CaseAction, english: bool) -> String {
    let procedure = |state: SpecialState| case.special_procedures.iter().rev().find(|special| special.state == state);
    let special = match action {
        CaseAction::ApproveSpecial | CaseAction::DeclineSpecial => procedure(SpecialState::Asked),
        CaseAction::CloseSpecial => procedure(SpecialState::Open),
        CaseAction::ConfirmWithdrawal | CaseAction::DeclineWithdrawal => {
            return case.withdrawal.clone().unwrap_or_default();
        }
        _ => None,
    };
    special
        .map(|special| {
            let days = if english {
                format!("{} days", special.planned_days)
            } else {
                format!("{} 天", special.planned_days)
            };
            format!("{} · {days}\n{}", special.kind_name.pick(english), special.reason)
        })
        .unwrap_or_default()
}

fn refusal(code: Code, english: bool) -> String {
    if english { code.title_en() } else { code.title_zh() }.to_owned()
}

/// The step as the screens name it.
pub(super) fn kind(action: CaseAction) -> ActionKind {
    KINDS.iter().find(|(known, _)| *known == action).map_or(ActionKind::None, |(_, kind)| *kind)
}

/// The step that a button names.
pub(super) fn action(kind: ActionKind) -> Option<CaseAction> {
    KINDS.iter().find(|(_, known)| *known == kind).map(|(action, _)| *action)
}

pub(super) fn weight(weight: Weight) -> WeightKind {
    match weight {
        Weight::Main => WeightKind::Main,
        Weight::Secondary => WeightKind::Secondary,
        Weight::Grave => WeightKind::Grave,
    }
}
