//! The window's screen: who waits, who is here, and the intake beside it.

use std::rc::Rc;

use protocol::catalogue::Question;
use protocol::catalogue::{Handling, Item};
use protocol::queue::{Identification, LineStatus, WindowState};
use slint::{ComponentHandle, Model, ModelRc, SharedString, VecModel};

use crate::bindings::{FactRow, FieldRow, IntakeView, LineRow, MainWindow, QuestionRow, WindowStage, WindowView};
use crate::clock;
use crate::controllers::case_file::CaseFile;
use crate::controllers::intake::Form;
use crate::controllers::window::Act;
use crate::controllers::{Desk, Outside};

use super::{App, shell, sync, with};

#[derive(Default)]
pub(super) struct Models {
    lines: Rc<VecModel<LineRow>>,
    questions: Rc<VecModel<QuestionRow>>,
    fields: Rc<VecModel<FieldRow>>,
    cases: Rc<VecModel<FactRow>>,
}

impl Models {
    pub(super) fn bind(&self, ui: &MainWindow) {
        ui.global::<WindowView>().set_lines(ModelRc::from(self.lines.clone()));
        let intake = ui.global::<IntakeView>();
        intake.set_questions(ModelRc::from(self.questions.clone()));
        intake.set_fields(ModelRc::from(self.fields.clone()));
        intake.set_cases(ModelRc::from(self.cases.clone()));
    }
}

pub(super) fn connect(app: &Rc<App>) {
    let view = app.ui.global::<WindowView>();
    macro_rules! act {
        ($on:ident, $act:expr) => {{
            let weak = Rc::downgrade(app);
            view.$on(move || with(&weak, |app| app.change(|desk| desk.act($act))));
        }};
    }
    act!(on_open_window, Act::Open);
    act!(on_pause, Act::Pause);
    act!(on_resume, Act::Resume);
    act!(on_close_window, Act::Close);
    act!(on_call_next, Act::CallNext);
    act!(on_recall, Act::Recall);
    act!(on_serve, Act::Serve);
    act!(on_no_show, Act::NoShow);
    act!(on_no_show_and_next, Act::NoShowAndNext);
    act!(on_complete, Act::Complete);
    act!(on_call_number, Act::CallNumber);

    let intake = app.ui.global::<IntakeView>();
    let weak = Rc::downgrade(app);
    intake.on_edited(move || {
        with(&weak, |app| {
            let form = form_on_screen(&app.ui);
            app.desk.borrow_mut().intake.form = form;
        });
    });
    let weak = Rc::downgrade(app);
    intake.on_choose(move |key, choice| {
        with(&weak, |app| {
            app.change(|desk| {
                let question = desk.intake.questions().into_iter().find(|question| question.key == key.as_str());
                let place = usize::try_from(choice).unwrap_or(usize::MAX);
                if let Some(choice) = question.and_then(|question| question.choices.get(place)).map(|c| c.key.clone()) {
                    desk.intake.choose(&key, &choice);
                }
            });
        });
    });
    let weak = Rc::downgrade(app);
    intake.on_fill(move |key, value| with(&weak, |app| app.desk.borrow_mut().intake.fill(&key, &value)));
    let weak = Rc::downgrade(app);
    intake.on_start(move || with(&weak, |app| app.change(Desk::start_application)));
    let weak = Rc::downgrade(app);
    intake.on_another(move || with(&weak, |app| app.change(shell::another)));
}

fn form_on_screen(ui: &MainWindow) -> Form {
    let view = ui.global::<IntakeView>();
    Form {
        name: view.get_name().into(),
        id_number: view.get_id_number().into(),
        phone: view.get_phone().into(),
        agent_name: view.get_agent_name().into(),
        agent_id_number: view.get_agent_id_number().into(),
    }
}

pub(super) fn draw<O: Outside>(ui: &MainWindow, models: &Models, desk: &Desk<O>, english: bool) {
    let view = ui.global::<WindowView>();
    let now = desk.outside.now();
    let lines = desk.board.lines_for(desk.window.number());
    let waiting = |mine_only: bool| {
        let total: i64 = lines.iter().filter(|(_, mine)| *mine || !mine_only).map(|(line, _)| line.waiting).sum();
        i32::try_from(total).unwrap_or(i32::MAX)
    };
    view.set_waiting_here(waiting(true));
    view.set_waiting_all(waiting(false));
    sync(&models.lines, lines.iter().map(|(line, mine)| line_row(line, *mine, now, english)).collect());

    let window = &desk.window;
    view.set_stage(match window.state() {
        WindowState::Closed | WindowState::Unknown => WindowStage::Closed,
        WindowState::Open => WindowStage::Open,
        WindowState::Serving => WindowStage::Serving,
        WindowState::Paused => WindowStage::Paused,
    });
    view.set_busy(window.busy());
    view.set_has_ticket(window.ticket().is_some());
    view.set_serving(window.being_served());
    if let Some(called) = window.ticket() {
        let ticket = &called.ticket;
        view.set_number((&ticket.number).into());
        view.set_item(ticket.item_name.pick(english).into());
        view.set_person(match &called.identification {
            Identification::Card { name, .. } => name.into(),
            Identification::Phone { phone } => phone.into(),
            Identification::Anonymous => slint::SharedString::new(),
        });
        let called_at = ticket.called_at.unwrap_or(now);
        view.set_waited_minutes(clock::minutes_between(ticket.taken_at, called_at));
        view.set_served_minutes(clock::minutes_between(called_at, now));
        view.set_calls(i32::try_from(ticket.calls).unwrap_or(i32::MAX));
    }
    view.set_may_open(window.allows(Act::Open));
    view.set_may_pause(window.allows(Act::Pause));
    view.set_may_resume(window.allows(Act::Resume));
    view.set_may_close(window.allows(Act::Close));
    view.set_may_call_next(window.allows(Act::CallNext));
    view.set_may_recall(window.allows(Act::Recall));
    view.set_may_serve(window.allows(Act::Serve));
    view.set_may_no_show(window.allows(Act::NoShow));
    view.set_may_complete(window.allows(Act::Complete));
    view.set_may_call_number(window.allows(Act::CallNumber));

    draw_intake(ui, models, desk, english);
}

fn draw_intake<O: Outside>(ui: &MainWindow, models: &Models, desk: &Desk<O>, english: bool) {
    let view = ui.global::<IntakeView>();
    let form = &desk.intake.form;
    if form_on_screen(ui) != *form {
        view.set_name((&form.name).into());
        view.set_id_number((&form.id_number).into());
        view.set_phone((&form.phone).into());
        view.set_agent_name((&form.agent_name).into());
        view.set_agent_id_number((&form.agent_id_number).into());
    }
    let started = desk.intake.started();
    let questions = if started { Vec::new() } else { desk.intake.questions() };
    let open = questions.iter().filter(|question| desk.intake.answer(&question.key).is_empty()).count();
    view.set_open_questions(i32::try_from(open).unwrap_or(i32::MAX));
    sync_questions(&models.questions, &questions, desk, english);
    let fields = if started { Vec::new() } else { desk.intake.fields() };
    let field_row = |field: &protocol::catalogue::FormField| FieldRow {
        key: (&field.key).into(),
        name: field.name.pick(english).into(),
        value: desk.intake.field(&field.key).into(),
        mandatory: field.mandatory,
    };
    sync(&models.fields, fields.into_iter().map(field_row).collect());
    let case_row = |case: &protocol::case::Case| FactRow {
        name: (&case.case_no).into(),
        value: case.item_name.pick(english).into(),
    };
    sync(&models.cases, desk.intake.files.iter().filter_map(CaseFile::case).map(case_row).collect());
    view.set_fields_open(!started && !desk.intake.busy());
    view.set_may_start(desk.window.being_served() && !desk.window.busy() && !started && !desk.intake.busy());
    view.set_item_known(desk.intake.item().is_some());
    if let Some(item) = desk.intake.item() {
        view.set_item(item.name.pick(english).into());
        view.set_conditions(item.conditions.pick(english).into());
        view.set_result(item.result.pick(english).into());
        view.set_fees(fees(item, english).into());
        view.set_promised_days(item.promised_days.into());
        view.set_statutory_days(item.statutory_days.into());
        view.set_immediate(item.handling == Handling::Immediate);
    }
}

/// A list within a row is equal to none but itself: what has not changed is told by its content, and stays as it is on screen.
fn sync_questions<O: Outside>(model: &VecModel<QuestionRow>, questions: &[&Question], desk: &Desk<O>, english: bool) {
    while model.row_count() > questions.len() {
        model.remove(model.row_count() - 1);
    }
    for (place, question) in questions.iter().enumerate() {
        let answer = desk.intake.answer(&question.key);
        let chosen = question.choices.iter().position(|choice| choice.key == answer);
        let chosen = chosen.and_then(|place| i32::try_from(place).ok()).unwrap_or(-1);
        let text = question.text.pick(english);
        match model.row_data(place) {
            Some(row) if row.key == question.key && row.text == text => {
                if row.chosen != chosen {
                    model.set_row_data(place, QuestionRow { chosen, ..row });
                }
            }
            known => {
                let choices: Vec<SharedString> =
                    question.choices.iter().map(|choice| choice.text.pick(english).into()).collect();
                let row = QuestionRow {
                    key: (&question.key).into(),
                    text: text.into(),
                    choices: ModelRc::new(VecModel::from(choices)),
                    chosen,
                };
                if known.is_some() { model.set_row_data(place, row) } else { model.push(row) }
            }
        }
    }
}

fn line_row(status: &LineStatus, mine: bool, now: protocol::Millis, english: bool) -> LineRow {
    LineRow {
        letter: (&status.line.letter).into(),
        name: status.line.name.pick(english).into(),
        waiting: i32::try_from(status.waiting).unwrap_or(i32::MAX),
        longest: status
            .longest_since
            .filter(|_| status.waiting > 0)
            .map_or(-1, |since| clock::minutes_between(since, now)),
        mine,
    }
}

/// The fees as one line; empty where the item is free.
fn fees(item: &Item, english: bool) -> String {
    let each: Vec<String> = item
        .fees
        .iter()
        .map(|fee| {
            let name = fee.name.pick(english);
            let standard = fee.standard.pick(english);
            match (fee.amount, standard) {
                (0, "") => name.to_owned(),
                (0, standard) => format!("{name} {standard}"),
                (fen, _) => format!("{name} ¥{}.{:02}", fen / 100, fen % 100),
            }
        })
        .collect();
    each.join("，")
}
