//! Handing over when on leave (休假交接).

use protocol::absence::{Absence, NewAbsence, Person};
use protocol::problem::Code;
use protocol::staff::{Colleague, Role};

use crate::controllers::absences::Course;
use crate::controllers::test_support::*;
use crate::controllers::{Dialog, Notice, Page};
use crate::server::{Answer, Call};

fn person(username: &str) -> Person {
    Person { username: username.to_owned(), name: username.to_owned() }
}

fn absence(id: i64, who: &str, substitute: &str, days: (&str, &str), current: bool) -> Absence {
    Absence {
        id,
        person: person(who),
        substitute: person(substitute),
        from: days.0.to_owned(),
        until: days.1.to_owned(),
        reason: None,
        ended: false,
        current,
    }
}

/// Somebody of a department on the page of absences, whose list is empty. Their today is 1970-01-01.
fn on_the_page(roles: &[Role]) -> TestDesk {
    let mut desk = desk_of_department(roles);
    desk.answer_all(&Call::Absences, &Ok(Answer::Absences(Vec::new())));
    desk.go(Page::Absences);
    desk.answer_all(&Call::Absences, &Ok(Answer::Absences(Vec::new())));
    desk
}

fn with_the_form(roles: &[Role]) -> TestDesk {
    let mut desk = on_the_page(roles);
    desk.open_absence();
    let colleague =
        |name: &str| Colleague { username: name.to_owned(), name: name.to_owned(), roles: vec![Role::Reviewer] };
    desk.answer_last(Ok(Answer::Colleagues(vec![colleague("he"), colleague("wu")])));
    desk
}

#[test]
fn a_clerk_whose_work_lies_with_the_hall_hands_nothing_over() {
    let mut desk = desk_of(&[Role::Clerk]);
    desk.go(Page::Absences);
    assert_ne!(desk.page, Page::Absences);
    assert_eq!(desk.times_asked(&Call::Absences), 0);
}

#[test]
fn an_absence_is_arranged_from_today_on_with_a_colleague_of_the_list() {
    let mut desk = with_the_form(&[Role::Reviewer]);
    assert_eq!((desk.dialog, desk.absences.form.from.as_str()), (Some(Dialog::Absence), "1970-01-01"));
    desk.confirm();
    assert_eq!((&desk.notice, desk.dialog), (&Some(Notice::DayNeeded), Some(Dialog::Absence)));
    desk.pick(1);
    desk.absences.form.until = "1.5".to_owned();
    desk.absences.form.reason = " 年休假 ".to_owned();
    desk.confirm();
    let wanted = NewAbsence {
        person: None,
        substitute: "wu".to_owned(),
        from: "1970-01-01".to_owned(),
        until: "1970-01-05".to_owned(),
        reason: Some("年休假".to_owned()),
    };
    assert_eq!((desk.last_call(), desk.dialog), (&Call::ArrangeAbsence(wanted), None));
    let arranged = absence(1, "li.jing", "wu", ("1970-01-01", "1970-01-05"), true);
    desk.answer_last(Ok(Answer::Absence(Box::new(arranged))));
    assert_eq!(desk.notice, Some(Notice::AbsenceArranged));
    assert_eq!(desk.times_asked(&Call::Absences), 3, "at the sign-in, on the page, and now");
}

#[test]
fn days_that_cannot_be_are_refused_here() {
    let mut desk = with_the_form(&[Role::Reviewer]);
    for (from, until, notice) in [
        ("1970-01-05", "1970-01-04", Notice::DaysReversed),
        ("1969-12-31", "1970-01-04", Notice::DayPast),
        ("2-30", "3-1", Notice::DayNeeded),
    ] {
        desk.absences.form.from = from.to_owned();
        desk.absences.form.until = until.to_owned();
        desk.confirm();
        assert_eq!((&desk.notice, desk.dialog), (&Some(notice), Some(Dialog::Absence)));
    }
}

#[test]
fn what_the_server_refuses_can_be_put_right_in_a_new_form() {
    let mut desk = with_the_form(&[Role::Reviewer]);
    desk.absences.form.until = "1970-01-05".to_owned();
    desk.confirm();
    desk.answer_last(refused(Code::Forbidden));
    assert!(matches!(&desk.notice, Some(Notice::Refused(problem)) if problem.code == Code::Forbidden));
}

#[test]
fn a_leader_arranges_anybodys_and_nobody_stands_in_for_themselves() {
    let names = |people: Vec<Person>| people.into_iter().map(|person| person.username).collect::<Vec<_>>();
    let mut desk = with_the_form(&[Role::Leader]);
    assert_eq!(names(desk.may_go()), ["li.jing", "he", "wu"]);
    assert_eq!(names(desk.may_stand_in()), ["he", "wu"]);
    desk.pick(1);
    desk.pick_who_goes(2);
    assert_eq!(names(desk.may_stand_in()), ["li.jing", "he"]);
    desk.absences.form.until = "1970-01-02".to_owned();
    desk.confirm();
    let Call::ArrangeAbsence(wanted) = desk.last_call() else { panic!("not asked: {:?}", desk.last_call()) };
    assert_eq!((wanted.person.as_deref(), wanted.substitute.as_str()), (Some("wu"), "li.jing"));
    assert_eq!(names(with_the_form(&[Role::Reviewer]).may_go()), ["li.jing"], "others only their own");
}

#[test]
fn what_is_under_way_stands_first_and_only_ones_own_can_be_ended() {
    let mut desk = on_the_page(&[Role::Reviewer]);
    desk.go(Page::Absences);
    let over = absence(1, "li.jing", "he", ("1969-01-01", "1969-01-09"), false);
    let coming = absence(2, "li.jing", "he", ("1970-03-01", "1970-03-09"), false);
    let now = absence(3, "wu", "li.jing", ("1969-12-30", "1970-01-09"), true);
    desk.answer_last(Ok(Answer::Absences(vec![over, coming, now])));
    let order: Vec<i64> = desk.absences.list().iter().map(|absence| absence.id).collect();
    assert_eq!(order, [3, 2, 1]);
    assert_eq!(desk.absences.stood_in_for("li.jing").count(), 1);
    let courses: Vec<Course> = desk.absences.list().iter().map(|absence| Course::of(absence, &desk.today())).collect();
    assert_eq!(courses, [Course::Now, Course::Coming, Course::Past]);
    let may: Vec<bool> = (0..3)
        .map(|place| {
            desk.absences.select(place);
            desk.may_end_absence()
        })
        .collect();
    assert_eq!(may, [false, true, false]);
    desk.absences.select(1);
    desk.open_end_absence();
    assert_eq!(desk.dialog, Some(Dialog::EndAbsence));
    desk.confirm();
    assert_eq!(*desk.last_call(), Call::EndAbsence(2));
}

#[test]
fn a_list_that_does_not_come_is_said_on_its_own_page_alone() {
    let mut desk = desk_of_department(&[Role::Reviewer]);
    desk.answer_all(&Call::Absences, &refused(Code::Internal));
    assert_eq!(desk.notice, None);
    desk.go(Page::Absences);
    desk.answer_last(refused(Code::Internal));
    assert!(desk.notice.is_some());
}
