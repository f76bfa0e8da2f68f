//! My tasks, the search, several granted together.

use protocol::case::{CaseState, Done, SeveralSteps, Task, TaskKind};
use protocol::catalogue::Text;
use protocol::problem::Code;
use protocol::staff::Role;

use crate::controllers::test_support::*;
use crate::controllers::{Dialog, Notice, Page};
use crate::server::{Answer, Call};

#[test]
fn tasks_come_the_most_urgent_first() {
    let task = |case_no: &str, due_on: Option<&str>, since| Task {
        case_no: case_no.to_owned(),
        kind: TaskKind::Review,
        item_name: Text::default(),
        department_name: Text::default(),
        applicant_name: String::new(),
        state: CaseState::InReview,
        since,
        due_on: due_on.map(str::to_owned),
        days_left: None,
        bulk: false,
        on_behalf_of: None,
    };
    let mut desk = desk_of(&[Role::Reviewer]);
    desk.go(Page::Tasks);
    desk.answer_last(Ok(Answer::Tasks(vec![
        task("none", None, 1),
        task("late", Some("2026-12-30"), 2),
        task("soon-new", Some("2026-11-25"), 9),
        task("soon-old", Some("2026-11-25"), 3),
    ])));
    let order: Vec<&str> = desk.tasks.lines().iter().map(|task| task.case_no.as_str()).collect();
    assert_eq!(order, ["soon-old", "soon-new", "late", "none"]);
}

fn task(case_no: &str, kind: TaskKind, bulk: bool) -> Task {
    Task {
        case_no: case_no.to_owned(),
        kind,
        item_name: Text::default(),
        department_name: Text::default(),
        applicant_name: String::new(),
        state: CaseState::InApproval,
        since: 1,
        due_on: None,
        days_left: None,
        bulk,
        on_behalf_of: None,
    }
}

fn signer_with_tasks() -> TestDesk {
    let mut desk = desk_of(&[Role::Signer]);
    desk.go(Page::Tasks);
    desk.answer_last(Ok(Answer::Tasks(vec![
        task("a", TaskKind::Decide, true),
        task("b", TaskKind::Decide, false),
        task("c", TaskKind::Decide, true),
        task("d", TaskKind::Complete, true),
    ])));
    desk
}

#[test]
fn only_decisions_that_the_item_allows_are_granted_together_and_each_outcome_is_shown() {
    let mut desk = signer_with_tasks();
    desk.grant_marked();
    assert_eq!((&desk.notice, desk.dialog), (&Some(Notice::NothingMarked), None));
    for index in 0..4 {
        desk.tasks.mark(index);
    }
    assert_eq!(desk.tasks.marked_count(), 2);
    desk.grant_marked();
    desk.dialog_text = "同意".to_owned();
    desk.confirm();
    let cases = vec!["a".to_owned(), "c".to_owned()];
    assert_eq!(*desk.last_call(), Call::Several(SeveralSteps { cases, opinion: "同意".to_owned() }));
    let done = |case_no: &str, refused| Done { case_no: case_no.to_owned(), refused };
    desk.answer_last(Ok(Answer::Several(vec![done("a", None), done("c", Some(Code::WrongState))])));
    assert_eq!((desk.dialog, &desk.notice), (Some(Dialog::Outcomes), &Some(Notice::Granted { done: 1, refused: 1 })));
    assert_eq!((*desk.last_call() == Call::Tasks, desk.tasks.marked_count()), (true, 0));
}

#[test]
fn tasks_are_shown_by_kind_and_the_arrows_turn_round() {
    let mut desk = signer_with_tasks();
    let shown = |desk: &TestDesk| desk.tasks.lines().len();
    let mut counts = vec![shown(&desk)];
    for _ in 0..3 {
        desk.tasks.turn_kind(true);
        counts.push(shown(&desk));
    }
    assert_eq!(counts, [4, 3, 1, 4]);
}

#[test]
fn a_scanned_receipt_finds_its_case() {
    let mut desk = desk_of(&[Role::Clerk]);
    desk.scanned("http://hall.example/c/Abc123\r");
    assert_eq!((desk.last_call(), desk.page), (&Call::Search("Abc123".to_owned()), Page::Tasks));
}
