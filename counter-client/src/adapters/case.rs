//! The case on screen, in review and at the window.

use std::rc::Rc;

use protocol::case::{
    Branch, BranchState, Case, CaseAction, CaseState, ClockKind, ClockState, ClockView, Consulted, HistoryEntry,
    SpecialState,
};
use protocol::catalogue::{Item, Voice};
use slint::{ComponentHandle, ModelRc, SharedString, VecModel};

use crate::bindings::{
    ActionRow, BranchRow, BranchStage, CaseAllows, CaseData, CaseStage, CaseView, ClockRow, ClockSort, ClockStage,
    FactRow, HistoryRow, MainWindow, PaperRow, SpecialRow, SpecialStage, VoiceKind,
};
use crate::clock;
use crate::controllers::actions::{self, Offered, Place};
use crate::controllers::case_file::CaseFile;
use crate::controllers::papers as checklist;
use crate::controllers::tasks::Urgency;
use crate::controllers::{Desk, Outside, Page};

use super::papers::{document_status, guide_row, paper_row};
use super::{App, steps, sync, tasks, with};

#[derive(Default)]
pub(super) struct Models {
    actions: Rc<VecModel<ActionRow>>,
    papers: Rc<VecModel<PaperRow>>,
    branches: Rc<VecModel<BranchRow>>,
    history: Rc<VecModel<HistoryRow>>,
    clocks: Rc<VecModel<ClockRow>>,
    special: Rc<VecModel<SpecialRow>>,
    facts: Rc<VecModel<FactRow>>,
    siblings: Rc<VecModel<SharedString>>,
}

impl Models {
    pub(super) fn bind(&self, ui: &MainWindow) {
        let view = ui.global::<CaseView>();
        view.set_actions(ModelRc::from(self.actions.clone()));
        view.set_papers(ModelRc::from(self.papers.clone()));
        view.set_branches(ModelRc::from(self.branches.clone()));
        view.set_history(ModelRc::from(self.history.clone()));
        view.set_clocks(ModelRc::from(self.clocks.clone()));
        view.set_special(ModelRc::from(self.special.clone()));
        view.set_facts(ModelRc::from(self.facts.clone()));
        view.set_siblings(ModelRc::from(self.siblings.clone()));
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
    let weak = Rc::downgrade(app);
    view.on_set_paper(move |index, status| {
        with(&weak, |app| {
            app.change(|desk| desk.set_paper(usize::try_from(index).unwrap_or(usize::MAX), document_status(status)));
            app.settle_soon();
        });
    });
    let weak = Rc::downgrade(app);
    view.on_act(move |kind| {
        with(&weak, |app| {
            if let Some(action) = steps::action(kind) {
                app.change(|desk| desk.case_action(action));
            }
        });
    });
    let weak = Rc::downgrade(app);
    view.on_open_sibling(move |case_no| with(&weak, |app| app.change(|desk| desk.open_case(&case_no))));
    macro_rules! paper {
        ($on:ident, $act:ident) => {{
            let weak = Rc::downgrade(app);
            view.$on(move |index| {
                with(&weak, |app| app.change(|desk| desk.$act(usize::try_from(index).unwrap_or(usize::MAX))));
            });
        }};
    }
    paper!(on_show_files, show_files);
    paper!(on_look_up, open_lookup);
    paper!(on_attach, open_attach);
    on!(on_tick_all, Desk::tick_all_papers);
    on!(on_print, Desk::print);
    on!(on_open_notices, Desk::open_notices);
    on!(on_back, |desk| desk.go(Page::Tasks));
    on!(on_further, Desk::open_further);
    on!(on_open_signals, |desk| {
        if let Some(case_no) = desk.file.case().map(|case| case.case_no.clone()) {
            desk.open_signals_of(&case_no);
        }
    });
}

pub(super) fn draw<O: Outside>(ui: &MainWindow, models: &Models, desk: &Desk<O>, english: bool) {
    let view = ui.global::<CaseView>();
    let files = desk.files();
    let cases: Vec<&Case> = files.iter().filter_map(CaseFile::case).collect();
    let offered = offered(&cases);
    view.set_present(!cases.is_empty());
    view.set_allows(allows(desk, files, &offered));
    sync(&models.actions, action_rows(offered.into_iter().filter(|offered| offered.place == Place::Row)));
    if view.get_text() != desk.case_text {
        view.set_text((&desk.case_text).into());
    }
    let Some(case) = cases.first().copied() else {
        return draw_guide(&view, models, desk, english);
    };
    let papers = checklist::of(files);
    let item = if desk.page == Page::Window { desk.intake.item() } else { desk.guides.get(&case.item) };
    view.set_data(CaseData {
        missing_mandatory: count(papers.iter().filter(|paper| paper.mandatory && paper.status.is_lacking()).count()),
        provided_count: count(papers.iter().filter(|paper| !paper.status.is_lacking()).count()),
        signals: count(desk.signals.on_case(&case.case_no).count()),
        ..data(case, english)
    });
    let guide = item.map_or(&[][..], |item| &item.documents);
    sync(&models.papers, papers.iter().map(|paper| paper_row(paper, guide, english)).collect());
    if usize::try_from(view.get_paper()).unwrap_or_default() >= papers.len() {
        view.set_paper(0);
    }
    sync(&models.branches, case.branches.iter().map(|branch| branch_row(branch, english)).collect());
    sync(&models.history, case.history.iter().rev().map(|entry| history_row(entry, english)).collect());
    sync(&models.clocks, clock_rows(case, english));
    sync(&models.special, special_rows(case, english));
    sync(&models.facts, facts(case, item, english));
    let siblings = if desk.page == Page::Window { &[][..] } else { &case.siblings };
    sync(&models.siblings, siblings.iter().map(SharedString::from).collect());
}

/// Before the application there is only what the item asks for.
fn draw_guide<O: Outside>(view: &CaseView<'_>, models: &Models, desk: &Desk<O>, english: bool) {
    view.set_data(CaseData::default());
    view.set_paper(0);
    let documents = if desk.page == Page::Window { desk.intake.documents() } else { Vec::new() };
    sync(&models.papers, documents.into_iter().map(|document| guide_row(document, english)).collect());
    sync(&models.branches, Vec::new());
    sync(&models.history, Vec::new());
    sync(&models.clocks, Vec::new());
    sync(&models.special, Vec::new());
    sync(&models.facts, Vec::new());
    sync(&models.siblings, Vec::new());
}

/// The steps that any of the cases offers, each once, in the order of the screen.
fn offered(cases: &[&Case]) -> Vec<Offered> {
    let mut all: Vec<Offered> = Vec::new();
    for offered in cases.iter().flat_map(|case| actions::offered(case)) {
        if !all.contains(&offered) {
            all.push(offered);
        }
    }
    all.sort_by_key(|offered| offered.weight);
    all
}

pub(super) fn action_rows(offered: impl Iterator<Item = Offered>) -> Vec<ActionRow> {
    let mut rows: Vec<ActionRow> = Vec::new();
    for offered in offered {
        let weight = steps::weight(offered.weight);
        let first = rows.iter().all(|row| row.weight != weight);
        rows.push(ActionRow { action: steps::kind(offered.action), weight, first });
    }
    rows
}

fn allows<O: Outside>(desk: &Desk<O>, files: &[CaseFile], offered: &[Offered]) -> CaseAllows {
    use CaseAction as A;
    let may = |action| desk.may(action);
    let any = |actions: &[CaseAction]| actions.iter().any(|action| may(*action));
    let on_case = desk.page == Page::Case;
    let opinion_needed = any(&[A::Approve, A::Object, A::Return, A::Resubmit, A::Refuse, A::Deliver]);
    CaseAllows {
        check: may(A::CheckDocuments),
        supply_deferred: may(A::SupplyDeferred),
        attach: may(A::AttachFile) && !desk.paper_files.busy(),
        attaching: desk.paper_files.uploading(),
        // Registers are asked at the hall before acceptance, and by reviewers after it.
        look_up: any(&[A::CheckDocuments, A::Approve]) && !desk.paper_files.busy(),
        opinion: on_case && (opinion_needed || may(A::Grant)),
        opinion_needed,
        approve: may(A::Approve),
        grant: may(A::Grant),
        resubmit: may(A::Resubmit),
        deliver: may(A::Deliver),
        print: files.iter().any(CaseFile::printable),
        busy: desk.case_busy(),
        printing: files.iter().any(CaseFile::printing),
        printed: files.iter().any(CaseFile::printed_once),
        further: count(offered.iter().filter(|offered| offered.place == Place::Menu).count()),
        notices: count(desk.notices().len()),
    }
}

pub(super) fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn data(case: &Case, english: bool) -> CaseData {
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
        behalf: case.on_behalf_of.as_ref().map(|person| (&person.name).into()).unwrap_or_default(),
        withdrawal: case.withdrawal.as_deref().unwrap_or_default().into(),
        extension_days: case.extension_days.unwrap_or_default().into(),
        decision: case.decision.as_ref().map(|decision| (&decision.reason).into()).unwrap_or_default(),
        decided: case.decision.is_some(),
        granted: case.decision.as_ref().is_some_and(|decision| decision.granted),
        ..CaseData::default()
    }
}

fn branch_row(branch: &Branch, english: bool) -> BranchRow {
    let consulted: Vec<String> = branch.consulted.iter().map(|asked| consulted(asked, english)).collect();
    BranchRow {
        department: branch.department_name.pick(english).into(),
        stage: match branch.state {
            BranchState::Open => BranchStage::Open,
            BranchState::Paused => BranchStage::Paused,
            BranchState::Approved => BranchStage::Approved,
            BranchState::Refused => BranchStage::Refused,
            BranchState::NotApplicable => BranchStage::NotApplicable,
            BranchState::CancelledByVeto
            | BranchState::CancelledByReturn
            | BranchState::CancelledByJoin
            | BranchState::CancelledByEnd => BranchStage::Cancelled,
            BranchState::Unknown => BranchStage::Unknown,
        },
        voice: match branch.voice {
            Voice::Veto => VoiceKind::Veto,
            Voice::Advisory => VoiceKind::Advisory,
            Voice::Vote => VoiceKind::Vote,
        },
        reviewer: branch.reviewer.as_deref().filter(|_| branch.by.is_none()).unwrap_or_default().into(),
        system: (&branch.system).into(),
        consulted: consulted.join("\n").into(),
        by: branch.by.as_deref().unwrap_or_default().into(),
        opinion: (&branch.opinion).into(),
        at: branch.at.map(clock::day_and_time).unwrap_or_default().into(),
        round: i32::try_from(branch.round).unwrap_or(i32::MAX),
    }
}

/// `加签 周敏：同意，属实`, or that the answer is awaited.
fn consulted(asked: &Consulted, english: bool) -> String {
    let pick = |zh: &'static str, en: &'static str| if english { en } else { zh };
    let what = if asked.countersign { pick("加签", "Countersign") } else { pick("委托", "Advice") };
    let said = match asked.agrees {
        _ if asked.opinion.is_empty() => pick("待答复", "awaited").to_owned(),
        Some(true) => format!("{}{}{}", pick("同意", "agrees"), pick("，", ", "), asked.opinion),
        Some(false) => format!("{}{}{}", pick("不同意", "does not agree"), pick("，", ", "), asked.opinion),
        None => asked.opinion.clone(),
    };
    format!("{what} {}{}{said}", asked.name, pick("：", ": "))
}

/// Who took the step, and for whom.
fn by(entry: &HistoryEntry, english: bool) -> String {
    match &entry.on_behalf_of {
        Some(person) if english => format!("{} for {person}", entry.by),
        Some(person) => format!("{}（代 {person}）", entry.by),
        None => entry.by.clone(),
    }
}

fn history_row(entry: &HistoryEntry, english: bool) -> HistoryRow {
    HistoryRow {
        at: clock::day_and_time(entry.at).into(),
        text: entry.text.pick(english).into(),
        by: by(entry, english).into(),
        note: (&entry.note).into(),
    }
}

/// The clocks that count now come first, the most pressing of them at the head; what has stopped comes last.
fn clock_rows(case: &Case, english: bool) -> Vec<ClockRow> {
    let mut clocks: Vec<&ClockView> = case.clocks.iter().collect();
    clocks.sort_by_key(|clock| {
        (clock.state == ClockState::Stopped, clock.state == ClockState::Paused, clock.days_left.unwrap_or(i64::MAX))
    });
    clocks.into_iter().map(|clock| clock_row(clock, case, english)).collect()
}

fn clock_row(clock: &ClockView, case: &Case, english: bool) -> ClockRow {
    let branch = case.branches.iter().find(|branch| branch.department == clock.department);
    let department = branch.map_or("", |branch| branch.department_name.pick(english));
    ClockRow {
        sort: match clock.kind {
            ClockKind::Intake => ClockSort::Intake,
            ClockKind::Correction => ClockSort::Correction,
            ClockKind::Review => ClockSort::Review,
            ClockKind::Decision => ClockSort::Decision,
            ClockKind::Promised => ClockSort::Promised,
            ClockKind::Statutory => ClockSort::Statutory,
            ClockKind::Deferred => ClockSort::Deferred,
            ClockKind::Delivery => ClockSort::Delivery,
        },
        department: department.into(),
        stage: match clock.state {
            ClockState::Running => ClockStage::Running,
            ClockState::Paused => ClockStage::Paused,
            ClockState::Stopped => ClockStage::Stopped,
        },
        used: if clock.days == 0 { 1.0 } else { (f64::from(clock.used) / f64::from(clock.days)) as f32 },
        text: clock.text.pick(english).into(),
        due: clock.due_on.as_deref().unwrap_or_default().into(),
        days_left: clock.days_left.and_then(|days| i32::try_from(days).ok()).unwrap_or_default(),
        urgency: tasks::urgency(Urgency::of(clock.days_left)),
        overdue: clock.overdue,
        provisional: clock.provisional,
    }
}

fn special_rows(case: &Case, english: bool) -> Vec<SpecialRow> {
    let department = |code: &str| {
        let branch = case.branches.iter().find(|branch| branch.department == code);
        branch.map_or(code, |branch| branch.department_name.pick(english)).to_owned()
    };
    case.special_procedures
        .iter()
        .rev()
        .map(|special| SpecialRow {
            kind: special.kind_name.pick(english).into(),
            department: department(&special.department).into(),
            reason: (&special.reason).into(),
            days: special.planned_days.into(),
            end: special.planned_end.as_deref().unwrap_or_default().into(),
            stage: match special.state {
                SpecialState::Asked => SpecialStage::Asked,
                SpecialState::Declined => SpecialStage::Declined,
                SpecialState::Open => SpecialStage::Running,
                SpecialState::Closed => SpecialStage::Closed,
            },
        })
        .collect()
}

/// The answers, then the form in the item's words. A field that the item no longer has keeps its key.
fn facts(case: &Case, item: Option<&Item>, english: bool) -> Vec<FactRow> {
    let answers = case.answers.iter().map(|answered| FactRow {
        name: answered.question.pick(english).into(),
        value: answered.choice.pick(english).into(),
    });
    let form = item.map_or(&[][..], |item| &item.form);
    let fields = case.form.iter().map(|(key, value)| FactRow {
        name: form.iter().find(|field| field.key == *key).map_or(key.as_str(), |field| field.name.pick(english)).into(),
        value: value.into(),
    });
    answers.chain(fields).collect()
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
