//! My tasks and the search.

use std::rc::Rc;

use protocol::case::{Task, TaskKind};
use slint::{ComponentHandle, Model, ModelRc, SharedString, VecModel};

use crate::bindings::{MainWindow, TaskRow, TaskSort, TasksView, Urgency as UrgencyKind};
use crate::clock;
use crate::controllers::tasks::Urgency;
use crate::controllers::{Desk, Outside};

use super::{App, case, sync, with};

#[derive(Default)]
pub(super) struct Models {
    rows: Rc<VecModel<TaskRow>>,
}

impl Models {
    pub(super) fn bind(&self, ui: &MainWindow) {
        ui.global::<TasksView>().set_rows(ModelRc::from(self.rows.clone()));
    }
}

pub(super) fn connect(app: &Rc<App>) {
    let view = app.ui.global::<TasksView>();
    let weak = Rc::downgrade(app);
    view.on_open_row(move |index| {
        with(&weak, |app| {
            let index = usize::try_from(index).unwrap_or_default();
            // What the person sees is what they open, even where the list has moved on since.
            let case_no = app.models.tasks.rows.row_data(index).map(|row| row.case_no);
            app.change(|desk| {
                desk.tasks.select(index);
                if let Some(case_no) = case_no {
                    desk.open_case(&case_no);
                }
            });
        });
    });
    let weak = Rc::downgrade(app);
    view.on_select_row(move |index| {
        with(&weak, |app| app.change(|desk| desk.tasks.select(usize::try_from(index).unwrap_or_default())));
    });
    let weak = Rc::downgrade(app);
    view.on_search(move || {
        with(&weak, |app| {
            let text = app.ui.global::<TasksView>().get_query();
            app.change(|desk| desk.search(&text));
            app.ui.invoke_focus_page();
        });
    });
    let weak = Rc::downgrade(app);
    view.on_leave_search(move || {
        with(&weak, |app| {
            app.change(|desk| desk.search(""));
            app.ui.invoke_focus_page();
        });
    });
    let weak = Rc::downgrade(app);
    view.on_refresh(move || with(&weak, |app| app.change(|desk| desk.tasks.refresh(&mut desk.outside))));
}

/// `drawn_query` is the search as it was when the screen was last drawn: only a new one overwrites what is being typed.
pub(super) fn draw<O: Outside>(ui: &MainWindow, models: &Models, desk: &Desk<O>, english: bool, drawn_query: &str) {
    let view = ui.global::<TasksView>();
    let tasks = &desk.tasks;
    let found = tasks.shows_search();
    sync(&models.rows, tasks.lines().iter().map(|task| row(task, found, english)).collect());
    view.set_selected(i32::try_from(tasks.selected()).unwrap_or_default());
    view.set_open_count(i32::try_from(tasks.open_count()).unwrap_or(i32::MAX));
    view.set_overdue_count(i32::try_from(tasks.overdue_count()).unwrap_or(i32::MAX));
    view.set_loading(tasks.loading());
    view.set_searching(found);
    if drawn_query != tasks.query() {
        view.set_query(tasks.query().into());
    }
}

fn row(task: &Task, found: bool, english: bool) -> TaskRow {
    let urgency = Urgency::of(task);
    TaskRow {
        case_no: (&task.case_no).into(),
        sort: match task.kind {
            // Among what a search finds, most lies with others.
            _ if found => TaskSort::Found,
            TaskKind::Review => TaskSort::Review,
            TaskKind::Decide => TaskSort::Decide,
            TaskKind::Complete => TaskSort::Complete,
            TaskKind::Deliver => TaskSort::Deliver,
            TaskKind::Resubmit => TaskSort::Resubmit,
            TaskKind::Supply => TaskSort::Supply,
            TaskKind::Receive => TaskSort::Receive,
            TaskKind::Accept => TaskSort::Accept,
            TaskKind::SupplyDeferred => TaskSort::SupplyDeferred,
            TaskKind::Advise => TaskSort::Advise,
            TaskKind::Countersign => TaskSort::Countersign,
            TaskKind::Special => TaskSort::Special,
            TaskKind::Withdrawal => TaskSort::Withdrawal,
            TaskKind::Unknown => TaskSort::Found,
        },
        item: task.item_name.pick(english).into(),
        applicant: (&task.applicant_name).into(),
        stage: case::stage(task.state),
        since: clock::day_and_time(task.since).into(),
        due: task.due_on.as_deref().map(SharedString::from).unwrap_or_default(),
        days_left: task.days_left.and_then(|days| i32::try_from(days).ok()).unwrap_or_default(),
        urgency: match urgency {
            Urgency::Overdue => UrgencyKind::Overdue,
            Urgency::Soon => UrgencyKind::Soon,
            Urgency::InTime => UrgencyKind::InTime,
            Urgency::None => UrgencyKind::None,
        },
    }
}
