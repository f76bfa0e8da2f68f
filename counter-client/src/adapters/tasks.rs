//! My tasks and the search.

use std::rc::Rc;

use protocol::case::{Task, TaskKind};
use protocol::catalogue::Text;
use slint::{ComponentHandle, Model, ModelRc, SharedString, VecModel};

use crate::bindings::{KindRow, MainWindow, TaskRow, TaskSort, TasksView, Urgency as UrgencyKind};
use crate::clock;
use crate::controllers::tasks::Urgency;
use crate::controllers::{Desk, Outside};

use super::{App, case, sync, with};

#[derive(Default)]
pub(super) struct Models {
    rows: Rc<VecModel<TaskRow>>,
    kinds: Rc<VecModel<KindRow>>,
}

impl Models {
    pub(super) fn bind(&self, ui: &MainWindow) {
        let view = ui.global::<TasksView>();
        view.set_rows(ModelRc::from(self.rows.clone()));
        view.set_kinds(ModelRc::from(self.kinds.clone()));
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
    view.on_mark_row(move |index| {
        with(&weak, |app| {
            app.change(|desk| {
                let index = usize::try_from(index).unwrap_or(usize::MAX);
                desk.tasks.mark(index);
                desk.tasks.select(index);
            });
        });
    });
    let weak = Rc::downgrade(app);
    view.on_mark_all(move || with(&weak, |app| app.change(|desk| desk.tasks.mark_all())));
    let weak = Rc::downgrade(app);
    view.on_grant_marked(move || with(&weak, |app| app.change(Desk::grant_marked)));
    let weak = Rc::downgrade(app);
    view.on_show_kind(move |index| {
        with(&weak, |app| {
            // All stands before the first kind.
            app.change(|desk| {
                let place = usize::try_from(index).unwrap_or_default();
                let kind = place.checked_sub(1).and_then(|place| desk.tasks.kinds().get(place).map(|(kind, _)| *kind));
                desk.tasks.show_kind(kind);
            });
            app.ui.invoke_focus_page();
        });
    });
    let weak = Rc::downgrade(app);
    view.on_turn_kind(move |right| with(&weak, |app| app.change(|desk| desk.tasks.turn_kind(right))));
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
    let marked = |task: &Task| tasks.is_marked(&task.case_no);
    let rows = tasks.lines().into_iter().map(|task| TaskRow { marked: marked(task), ..row(task, found, english) });
    sync(&models.rows, rows.collect());
    let all = KindRow { sort: TaskSort::All, count: count(tasks.open_count()), current: tasks.kind().is_none() };
    let kinds = tasks.kinds().into_iter().map(|(kind, number)| KindRow {
        sort: sort(kind),
        count: count(number),
        current: tasks.kind() == Some(kind),
    });
    sync(&models.kinds, std::iter::once(all).chain(kinds).collect());
    view.set_marked_count(count(tasks.marked_count()));
    view.set_has_bulk(tasks.has_bulk());
    view.set_long_names(tasks.lines().iter().any(|task| is_long(task)));
    view.set_granting(tasks.granting());
    view.set_selected(i32::try_from(tasks.selected()).unwrap_or_default());
    view.set_open_count(count(tasks.open_count()));
    view.set_overdue_count(count(tasks.overdue_count()));
    view.set_loading(tasks.loading());
    view.set_searching(found);
    if drawn_query != tasks.query() {
        view.set_query(tasks.query().into());
    }
}

fn row(task: &Task, found: bool, english: bool) -> TaskRow {
    TaskRow {
        case_no: (&task.case_no).into(),
        // Among what a search finds, most lies with others.
        sort: if found { TaskSort::Found } else { sort(task.kind) },
        bulk: task.bulk && task.kind == TaskKind::Decide && !found,
        marked: false,
        behalf: task.on_behalf_of.as_ref().map(|person| (&person.name).into()).unwrap_or_default(),
        department: task.department_name.pick(english).into(),
        item: task.item_name.pick(english).into(),
        applicant: (&task.applicant_name).into(),
        stage: case::stage(task.state),
        since: clock::day_and_time(task.since).into(),
        due: task.due_on.as_deref().map(SharedString::from).unwrap_or_default(),
        days_left: task.days_left.and_then(|days| i32::try_from(days).ok()).unwrap_or_default(),
        urgency: urgency(Urgency::of(task.days_left)),
    }
}

/// Whether item and department together need more than the three lines of a common row.
fn is_long(task: &Task) -> bool {
    let length = |text: &Text| text.zh.chars().count().max(text.en.chars().count() / 2);
    length(&task.item_name) > 56 || length(&task.department_name) > 30
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn sort(kind: TaskKind) -> TaskSort {
    match kind {
        TaskKind::Receive => TaskSort::Receive,
        TaskKind::Accept => TaskSort::Accept,
        TaskKind::Review => TaskSort::Review,
        TaskKind::Decide => TaskSort::Decide,
        TaskKind::Complete => TaskSort::Complete,
        TaskKind::Deliver => TaskSort::Deliver,
        TaskKind::Resubmit => TaskSort::Resubmit,
        TaskKind::Supply => TaskSort::Supply,
        TaskKind::SupplyDeferred => TaskSort::SupplyDeferred,
        TaskKind::Advise => TaskSort::Advise,
        TaskKind::Countersign => TaskSort::Countersign,
        TaskKind::Special => TaskSort::Special,
        TaskKind::CloseSpecial => TaskSort::CloseSpecial,
        TaskKind::Withdrawal => TaskSort::Withdrawal,
        TaskKind::Unknown => TaskSort::Found,
    }
}

pub(super) fn urgency(urgency: Urgency) -> UrgencyKind {
    match urgency {
        Urgency::Overdue => UrgencyKind::Overdue,
        Urgency::Soon => UrgencyKind::Soon,
        Urgency::InTime => UrgencyKind::InTime,
        Urgency::None => UrgencyKind::None,
    }
}
