//! Rows 11 to 13: what stops the clock and what lengthens it.

use protocol::case::{ClockKind, TaskKind};

use super::*;

fn ask(days: u16) -> Step {
    Step::AskSpecial { kind: SpecialKind::ExpertReview, days, reason: "油烟净化方案需专家评审".into() }
}

fn close() -> Step {
    Step::CloseSpecial { result: "评审通过".into() }
}

fn single() -> Case {
    let item = Item { branches: vec![BranchRule::of("market")], ..food() };
    received_of(&item).step(&clerk(), all_there()).step(&clerk(), Step::Accept)
}

fn promised_due(case: &Case) -> Option<Date> {
    let clocks = case.clocks();
    let clock = clocks.iter().find(|clock| clock.kind == ClockKind::Promised).unwrap();
    clock.due(&CALENDAR).map(|due| due.date)
}

#[test]
fn row_11_and_12_an_expert_review_from_8_to_22_september_moves_15_to_30_september() {
    let (pause, resume) = (date(2026, 9, 8), date(2026, 9, 22));
    let case = single().step_on(date(2026, 9, 7), &reviewer("market"), ask(10));
    assert!(!matches!(case.state, CaseState::Special { .. }), "asking stops nothing");
    assert_eq!(promised_due(&case), Some(date(2026, 9, 15)));
    let case = case.step_on(pause, &leader("market"), Step::ApproveSpecial);
    assert!(matches!(case.state, CaseState::Special { .. }));
    assert_eq!(promised_due(&case), None);
    assert_eq!(case.refused_on(pause, &reviewer("market"), approve()), CaseRefusal::TaskClosed);
    let case = case.step_on(resume, &reviewer("market"), close());
    assert!(matches!(case.state, CaseState::InReview { .. }));
    assert_eq!(promised_due(&case), Some(date(2026, 9, 30)));
    case.step_on(resume, &reviewer("market"), approve());
}

#[test]
fn row_11_only_kinds_that_the_item_lists_and_no_longer_than_it_says() {
    let hearing = Step::AskSpecial { kind: SpecialKind::Hearing, days: 5, reason: "听证".into() };
    assert_eq!(single().refused(&reviewer("market"), hearing), CaseRefusal::SpecialNotAllowed);
    assert_eq!(single().refused(&reviewer("market"), ask(31)), CaseRefusal::SpecialTooLong(30));
    let case = single().step(&reviewer("market"), ask(10));
    assert_eq!(case.refused(&reviewer("market"), ask(10)), CaseRefusal::SpecialAlready);
}

#[test]
fn row_11_whoever_asks_does_not_approve_and_another_leader_neither() {
    let both = staff("reviewer-market", &[Role::Reviewer, Role::Leader], None, Some("market"));
    let case = single().step(&both, ask(10));
    assert_eq!(case.refused(&both, Step::ApproveSpecial), CaseRefusal::SamePerson);
    assert_eq!(case.refused(&leader("health"), Step::ApproveSpecial), CaseRefusal::Forbidden);
    let case = case.step(&leader("market"), Step::DeclineSpecial { reason: "材料足以判断".into() });
    assert_eq!(promised_due(&case), Some(date(2026, 9, 15)));
    assert!(matches!(case.special_procedures[0].state, SpecialState::Declined { .. }));
}

#[test]
fn row_12_the_hall_ends_it_on_the_planned_day() {
    let case = single().step(&reviewer("market"), ask(5)).step(&leader("market"), Step::ApproveSpecial);
    let planned = case.special_procedures[0].planned_end().unwrap();
    assert_eq!(planned, date(2026, 9, 8));
    let task = &case.open_tasks()[0];
    assert_eq!((task.kind, task.due(&CALENDAR)), (TaskKind::CloseSpecial, Some(planned)), "the reviewer ends it sooner");
    let withdrawn = case.clone().step(&clerk(), Step::Withdraw { reason: "不办了".into() });
    let withdrawn = withdrawn.step(&reviewer("market"), Step::ConfirmWithdrawal);
    assert!(withdrawn.open_tasks().is_empty());
    assert_eq!(case.clone().system(date(2026, 9, 7), close()).unwrap_err(), CaseRefusal::Forbidden);
    let case = case.system(planned, close()).unwrap();
    assert_eq!(promised_due(&case), Some(date(2026, 9, 21)), "ten days from then, over a worked Sunday");
}

#[test]
fn the_joint_clock_stands_still_only_when_every_unfinished_branch_does() {
    let case = accepted().step(&reviewer("market"), ask(10)).step(&leader("market"), Step::ApproveSpecial);
    assert!(matches!(case.state, CaseState::InReview { .. }), "health works on");
    assert_eq!(promised_due(&case), Some(date(2026, 9, 15)));
    assert_eq!(case.refused(&reviewer("market"), approve()), CaseRefusal::BranchPaused);
    let paused_on = date(2026, 9, 3);
    let case = case.step_on(paused_on, &reviewer("health"), approve());
    assert!(matches!(case.state, CaseState::Special { .. }), "now nobody does");
    assert_eq!(promised_due(&case), None);
    let case = case.step_on(date(2026, 9, 10), &reviewer("market"), close());
    assert_eq!(promised_due(&case), Some(date(2026, 9, 21)), "the Sunday before is worked");
}

#[test]
fn a_veto_ends_another_departments_special_procedure() {
    let case = accepted().step(&reviewer("market"), ask(10)).step(&leader("market"), Step::ApproveSpecial);
    let case = case.step(&reviewer("health"), object());
    assert!(matches!(case.state, CaseState::InApproval { .. }));
    assert!(!case.special_procedures.iter().any(SpecialProcedure::is_open));
}

#[test]
fn the_decision_may_wait_for_a_special_procedure_too() {
    let case = in_approval().step(&reviewer("market"), ask(10)).step(&leader("market"), Step::ApproveSpecial);
    assert_eq!(case.refused(&signer(), grant()), CaseRefusal::WrongState);
    let case = case.step_on(date(2026, 9, 10), &reviewer("market"), close());
    assert!(matches!(case.state, CaseState::InApproval { .. }));
    case.step_on(date(2026, 9, 10), &signer(), grant());
}

#[test]
fn row_13_one_extension_by_the_head_of_the_agency_before_it_is_due() {
    let extend = |days| Step::Extend { days, reason: "需核查油烟排放".into() };
    assert_eq!(accepted().refused(&reviewer("market"), extend(5)), CaseRefusal::Forbidden);
    assert_eq!(accepted().refused(&leader("market"), extend(11)), CaseRefusal::ExtensionTooLong(10));
    assert_eq!(
        accepted().refused_on(date(2026, 9, 16), &leader("market"), extend(5)),
        CaseRefusal::AlreadyDue(date(2026, 9, 15))
    );
    let case = accepted().step(&leader("market"), extend(10));
    assert_eq!(promised_due(&case), Some(date(2026, 9, 29)));
    assert_eq!(case.refused(&leader("market"), extend(1)), CaseRefusal::ExtendedAlready);
}

#[test]
fn row_13_a_joint_case_is_extended_by_the_head_of_the_government() {
    let item = Item { extension_days: 15, extender: protocol::catalogue::Extender::GovernmentHead, ..food() };
    let case = received_of(&item).step(&clerk(), all_there()).step(&clerk(), Step::Accept);
    let extend = || Step::Extend { days: 15, reason: "联合核查".into() };
    assert_eq!(case.refused(&leader("market"), extend()), CaseRefusal::Forbidden);
    case.step(&staff("head", &[Role::GovernmentHead], None, None), extend());
}

#[test]
fn clocks_of_steps_run_inside_the_cases_own() {
    let due = |case: &Case, kind| {
        let clocks = case.clocks();
        clocks.iter().find(|clock| clock.kind == kind).map(|clock| clock.due(&CALENDAR).unwrap().date)
    };
    let case = accepted();
    assert_eq!(due(&case, ClockKind::Review), Some(date(2026, 9, 9)));
    assert_eq!(due(&case, ClockKind::Statutory), Some(date(2026, 9, 29)));
    let case = in_approval();
    assert_eq!(due(&case, ClockKind::Decision), Some(date(2026, 9, 3)));
}

#[test]
fn the_statutory_clock_stops_at_the_decision_and_the_promised_one_at_completion() {
    let decided = in_approval().step_on(date(2026, 9, 15), &signer(), grant());
    let late = date(2026, 9, 18);
    let case = decided.step_on(late, &reviewer("market"), Step::Complete { result: None });
    let clock = |kind| case.clocks().into_iter().find(|clock| clock.kind == kind).unwrap();
    assert!(!clock(ClockKind::Statutory).is_overdue(date(2027, 1, 1), &CALENDAR));
    assert_eq!(clock(ClockKind::Promised).stopped, Some(late));
    assert!(clock(ClockKind::Promised).is_overdue(late, &CALENDAR));
}
