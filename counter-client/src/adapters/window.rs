//! The window's screen: who waits, who is here, and the intake beside it.

use std::rc::Rc;

use protocol::catalogue::{Handling, Item};
use protocol::queue::{Identification, LineStatus, WindowState};
use slint::{ComponentHandle, ModelRc, VecModel};

use crate::bindings::{IntakeView, LineRow, MainWindow, WindowStage, WindowView};
use crate::clock;
use crate::controllers::intake::Form;
use crate::controllers::window::Act;
use crate::controllers::{Desk, Outside};

use super::{App, shell, sync, with};

#[derive(Default)]
pub(super) struct Models {
    lines: Rc<VecModel<LineRow>>,
}

impl Models {
    pub(super) fn bind(&self, ui: &MainWindow) {
        ui.global::<WindowView>().set_lines(ModelRc::from(self.lines.clone()));
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

    draw_intake(ui, desk, english);
}

fn draw_intake<O: Outside>(ui: &MainWindow, desk: &Desk<O>, english: bool) {
    let view = ui.global::<IntakeView>();
    let form = &desk.intake.form;
    if form_on_screen(ui) != *form {
        view.set_name((&form.name).into());
        view.set_id_number((&form.id_number).into());
        view.set_phone((&form.phone).into());
        view.set_agent_name((&form.agent_name).into());
        view.set_agent_id_number((&form.agent_id_number).into());
    }
    let started = desk.intake.file.case().is_some();
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
