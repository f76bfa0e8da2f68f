//! Handing over when on leave.

use std::rc::Rc;

use protocol::absence::{Absence, Person};
use slint::{ComponentHandle, ModelRc, SharedString, VecModel};

use crate::bindings::{AbsenceCourse, AbsenceRow, AbsencesView, MainWindow};
use crate::controllers::absences::Course;
use crate::controllers::colleagues;
use crate::controllers::{Desk, Dialog, Outside};

use super::{App, sync, with};

#[derive(Default)]
pub(super) struct Models {
    rows: Rc<VecModel<AbsenceRow>>,
    people: Rc<VecModel<SharedString>>,
    substitutes: Rc<VecModel<SharedString>>,
}

impl Models {
    pub(super) fn bind(&self, ui: &MainWindow) {
        let view = ui.global::<AbsencesView>();
        view.set_rows(ModelRc::from(self.rows.clone()));
        view.set_people(ModelRc::from(self.people.clone()));
        view.set_substitutes(ModelRc::from(self.substitutes.clone()));
    }
}

pub(super) fn connect(app: &Rc<App>) {
    let view = app.ui.global::<AbsencesView>();
    let weak = Rc::downgrade(app);
    view.on_edited(move || {
        with(&weak, |app| {
            let view = app.ui.global::<AbsencesView>();
            let mut desk = app.desk.borrow_mut();
            desk.absences.form.from = view.get_from().into();
            desk.absences.form.until = view.get_until().into();
            desk.absences.form.reason = view.get_reason().into();
        });
    });
    let weak = Rc::downgrade(app);
    view.on_arrange(move || with(&weak, |app| app.change(Desk::open_absence)));
    let weak = Rc::downgrade(app);
    view.on_end(move || with(&weak, |app| app.change(Desk::open_end_absence)));
    macro_rules! place {
        ($on:ident, $act:expr) => {{
            let weak = Rc::downgrade(app);
            view.$on(move |index| {
                let place = usize::try_from(index).unwrap_or_default();
                with(&weak, |app| app.change(|desk| $act(desk, place)));
            });
        }};
    }
    place!(on_select_row, |desk: &mut super::TheDesk, place| desk.absences.select(place));
    place!(on_pick_person, |desk: &mut super::TheDesk, place| desk.pick_who_goes(place));
    place!(on_pick_substitute, |desk: &mut super::TheDesk, place| desk.pick(place));
}

pub(super) fn draw<O: Outside>(ui: &MainWindow, models: &Models, desk: &Desk<O>, english: bool) {
    let view = ui.global::<AbsencesView>();
    let absences = &desk.absences;
    let me = desk.session.user().map(|user| user.username.as_str()).unwrap_or_default();
    let today = desk.today();
    sync(&models.rows, absences.list().iter().map(|absence| row(absence, me, &today)).collect());
    view.set_selected(i32::try_from(absences.selected()).unwrap_or_default());
    view.set_current(absences.current().map(|absence| row(absence, me, &today)).unwrap_or_default());
    view.set_loading(absences.loading());
    view.set_busy(absences.busy());
    view.set_may_end(desk.may_end_absence());
    view.set_standing_in(i32::try_from(absences.stood_in_for(me).count()).unwrap_or(i32::MAX));
    let away = absences.away(me);
    view.set_away_until(away.map(|absence| (&absence.until).into()).unwrap_or_default());
    view.set_away_to(away.map(|absence| (&absence.substitute.name).into()).unwrap_or_default());
    if desk.dialog == Some(Dialog::Absence) {
        draw_form(&view, models, desk, english);
    }
}

fn draw_form<O: Outside>(view: &AbsencesView<'_>, models: &Models, desk: &Desk<O>, english: bool) {
    let name = |person: Person| {
        let colleague = desk.colleagues.list().iter().find(|colleague| colleague.username == person.username);
        colleague.map_or(person.name, |colleague| colleagues::described(colleague).pick(english).to_owned()).into()
    };
    let names = |people: Vec<Person>| people.into_iter().map(name).collect();
    let form = &desk.absences.form;
    sync(&models.people, names(desk.may_go()));
    sync(&models.substitutes, names(desk.may_stand_in()));
    view.set_person(i32::try_from(form.person).unwrap_or_default());
    view.set_substitute(i32::try_from(form.substitute).unwrap_or_default());
    // Only what differs is written: the caret stays where it is while somebody types.
    if view.get_from() != form.from {
        view.set_from((&form.from).into());
    }
    if view.get_until() != form.until {
        view.set_until((&form.until).into());
    }
    if view.get_reason() != form.reason {
        view.set_reason((&form.reason).into());
    }
}

fn row(absence: &Absence, me: &str, today: &str) -> AbsenceRow {
    AbsenceRow {
        person: (&absence.person.name).into(),
        substitute: (&absence.substitute.name).into(),
        mine: absence.person.username == me,
        standing_in: absence.substitute.username == me,
        from: (&absence.from).into(),
        until: (&absence.until).into(),
        reason: absence.reason.as_deref().unwrap_or_default().into(),
        course: match Course::of(absence, today) {
            Course::Now => AbsenceCourse::Now,
            Course::Coming => AbsenceCourse::Coming,
            Course::Past => AbsenceCourse::Past,
            Course::Ended => AbsenceCourse::Ended,
        },
    }
}
