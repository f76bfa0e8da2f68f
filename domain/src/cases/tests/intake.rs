//! Rows 1 to 7: submission, intake, correction, acceptance.

use super::*;

fn notice() -> Step {
    Step::NotifyCorrection { note: String::new() }
}

#[test]
fn row_1_and_2_what_the_applicant_sent_is_received_at_the_window() {
    let item = food();
    let (case, _) = opening(&item).submit(&today());
    assert!(matches!(case.state, CaseState::Submitted { .. }));
    assert_eq!(case.due(&CALENDAR).unwrap().date, date(2026, 9, 8), "five working days to take it in");
    assert_eq!(case.promised_due(&CALENDAR), None, "nothing is promised yet");
    assert_eq!(case.open_tasks()[0].kind, protocol::case::TaskKind::Receive);
    let case = case.step_on(date(2026, 9, 3), &clerk(), Step::Receive);
    assert!(matches!(case.state, CaseState::Received { from, .. } if from == date(2026, 9, 3)));
    assert_eq!(case.due(&CALENDAR).unwrap().date, date(2026, 9, 10));
}

#[test]
fn row_2_where_the_department_accepts_its_officer_receives() {
    let item = Item { department_accepts: true, ..food() };
    let (case, _) = opening(&item).submit(&today());
    assert_eq!(case.open_tasks()[0].falls_to, TaskFor::Department("market".into(), Role::IntakeOfficer));
    assert!(matches!(case.step(&officer(), Step::Receive).state, CaseState::Received { .. }));
    let (entrusted, _) = opening(&food()).submit(&today());
    assert_eq!(entrusted.refused(&officer(), Step::Receive), CaseRefusal::Forbidden);
    assert_eq!(entrusted.refused(&reviewer("market"), Step::Receive), CaseRefusal::Forbidden);
}

#[test]
fn row_5a_silence_receives_what_was_submitted_and_accepts_it_as_from_that_day() {
    let item = food();
    let (case, _) = opening(&item).submit(&today());
    let last = date(2026, 9, 8);
    assert_eq!(case.own_step(last, &CALENDAR), None);
    assert_eq!(case.clone().system(last, Step::Receive).unwrap_err(), CaseRefusal::IntakeRunning(last));
    let after = date(2026, 9, 9);
    assert_eq!(case.own_step(after, &CALENDAR), Some(Step::Receive));
    let case = case.system(after, Step::Receive).unwrap();
    assert_eq!(case.own_step(after, &CALENDAR), Some(Step::DeemAccepted));
    let case = case.system(after, Step::DeemAccepted).unwrap();
    assert!(case.deemed);
    assert_eq!(case.ledger.as_ref().unwrap().started(), TODAY, "the limits count from the day it was sent");
}

#[test]
fn row_17_the_applicant_withdraws_what_was_submitted_at_once() {
    let item = food();
    let (case, _) = opening(&item).submit(&today());
    let step = Step::Withdraw { reason: "不办了".into() };
    let (case, _) = case.apply(&Asker::Applicant, step, &today()).unwrap();
    assert!(matches!(case.state, CaseState::Withdrawn { .. }));
    assert_eq!(progress_steps(&case)[0].state, protocol::case::StepState::Ahead, "it was never taken in");
    assert!(case.open_tasks().is_empty() && case.acts_on(&CALENDAR).is_empty());
}

#[test]
fn row_2_papers_taken_in_before_they_were_entered_count_from_their_day() {
    let item = food();
    let opening = Opening { received_on: Some(date(2026, 8, 28)), ..opening(&item) };
    let (case, event) = opening.receive(&today());
    assert_eq!(case.due(&CALENDAR).unwrap().date, date(2026, 9, 4));
    assert!(event.text().zh.contains("2026-08-28"), "{:?}", event.text());
}

#[test]
fn row_3_the_notice_lists_all_that_is_missing_and_is_given_once() {
    let case = received().step(&clerk(), notice());
    assert_eq!(case.corrections[0].documents, ["form", "lease", "plan", "hygiene"]);
    let case = case.step(&clerk(), Step::Supply);
    assert_eq!(case.refused(&clerk(), notice()), CaseRefusal::CorrectionAlreadyGiven);
}

#[test]
fn row_3_a_second_notice_is_for_a_supplied_paper_that_is_itself_wrong() {
    use DocumentStatus::{Provided, Rejected};
    let case = received()
        .step(&clerk(), tick(&[("lease", Provided), ("plan", Provided), ("hygiene", Provided)]))
        .step(&clerk(), notice())
        .step(&clerk(), Step::Supply);
    let wrong = case.clone().step(&clerk(), tick(&[("form", Rejected)])).step(&clerk(), notice());
    assert_eq!(wrong.corrections[1].documents, ["form"]);
    let other = case.step(&clerk(), tick(&[("form", Provided), ("lease", Rejected)]));
    assert_eq!(
        other.refused(&clerk(), notice()),
        CaseRefusal::CorrectionAlreadyGiven,
        "it could have been seen at first"
    );
}

#[test]
fn row_3_a_notice_that_asks_for_nothing_is_refused() {
    let case = received().step(&clerk(), all_there());
    assert_eq!(case.refused(&clerk(), Step::NotifyCorrection { note: " ".into() }), CaseRefusal::TextRequired);
}

#[test]
fn row_3_after_five_working_days_no_notice_is_given_any_more() {
    let last_day = date(2026, 9, 8);
    received().step_on(last_day, &clerk(), notice());
    assert_eq!(received().refused_on(date(2026, 9, 9), &clerk(), notice()), CaseRefusal::IntakeOver(last_day));
}

#[test]
fn row_4_supplied_papers_begin_a_new_intake() {
    let case = received().step(&clerk(), notice()).step_on(date(2026, 9, 21), &clerk(), Step::Supply);
    // The 25th is Mid-Autumn, and the Sunday before it, the 20th, was worked.
    assert_eq!(case.due(&CALENDAR).unwrap().date, date(2026, 9, 29));
    let (case, _) = received().step(&clerk(), notice()).apply(&Asker::Applicant, Step::Supply, &today()).unwrap();
    assert!(matches!(case.state, CaseState::Received { .. }), "the applicant may send them by phone");
}

#[test]
fn row_5_nothing_is_accepted_while_a_mandatory_paper_is_missing() {
    let case =
        received().step(&clerk(), tick(&[("form", DocumentStatus::Provided), ("photo", DocumentStatus::Provided)]));
    let missing = ["lease", "plan", "hygiene"].map(str::to_owned).to_vec();
    assert_eq!(case.refused(&clerk(), Step::Accept), CaseRefusal::DocumentsMissing(missing));
    let case = case.step(&clerk(), all_there()).step(&clerk(), Step::Accept);
    assert_eq!(case.current_branches().count(), 2);
    assert_eq!(case.due(&CALENDAR).unwrap().date, date(2026, 9, 15));
}

#[test]
fn row_5_what_may_be_deferred_or_replaced_by_a_commitment_does_not_hold_it_up() {
    use DocumentStatus::{Committed, Deferred, Provided};
    let ticked = tick(&[("form", Provided), ("lease", Provided), ("plan", Deferred), ("hygiene", Committed)]);
    let case = received().step(&clerk(), ticked).step(&clerk(), Step::Accept);
    assert_eq!(case.outstanding(), ["plan"]);
    assert_eq!(case.deferred_due(&CALENDAR), Some(date(2026, 9, 8)), "it has a clock of its own");
    assert_eq!(case.due(&CALENDAR).unwrap().date, date(2026, 9, 15), "which leaves the others alone");
}

#[test]
fn row_5_only_documents_that_say_so_are_deferred_or_committed() {
    use DocumentStatus::{Committed, Deferred, Pulled};
    let refused = |key, status| received().refused(&clerk(), tick(&[(key, status)]));
    assert_eq!(refused("form", Deferred), CaseRefusal::NotDeferrable("form".into()));
    assert_eq!(refused("form", Committed), CaseRefusal::NoCommitment("form".into()));
    assert_eq!(refused("form", Pulled), CaseRefusal::PulledByLookupOnly("form".into()));
    assert_eq!(refused("passport", Deferred), CaseRefusal::UnknownDocument("passport".into()));
}

#[test]
fn row_5_a_refused_checklist_ticks_nothing() {
    let ticked = tick(&[("lease", DocumentStatus::Provided), ("form", DocumentStatus::Deferred)]);
    received().refused(&clerk(), ticked);
    assert!(received().missing().contains(&"lease".to_owned()));
}

#[test]
fn row_5_where_the_department_kept_acceptance_its_officer_accepts() {
    let item = Item { department_accepts: true, ..food() };
    let case = received_of(&item).step(&clerk(), all_there());
    assert_eq!(case.refused(&clerk(), Step::Accept), CaseRefusal::Forbidden);
    case.step(&officer(), Step::Accept);
}

#[test]
fn row_5a_five_silent_days_accept_it_from_the_day_of_receipt() {
    let early = received().system(date(2026, 9, 8), Step::DeemAccepted);
    assert_eq!(early.unwrap_err(), CaseRefusal::IntakeRunning(date(2026, 9, 8)));
    let case = received().system(date(2026, 9, 9), Step::DeemAccepted).unwrap();
    assert!(case.deemed && matches!(case.state, CaseState::Accepted { .. }));
    assert_eq!(case.due(&CALENDAR).unwrap().date, date(2026, 9, 15), "ten days from 1 September");
    assert_eq!(received().refused_on(date(2026, 9, 9), &clerk(), Step::DeemAccepted), CaseRefusal::Forbidden);
}

#[test]
fn row_6_only_the_departments_officer_refuses_acceptance_and_says_why() {
    let step = |reason: &str| Step::RefuseAcceptance { reason: reason.into(), authority: "市生态环境局".into() };
    assert_eq!(received().refused(&clerk(), step("不属本部门职权")), CaseRefusal::Forbidden);
    assert_eq!(received().refused(&officer(), step(" ")), CaseRefusal::TextRequired);
    let case = received().step(&officer(), step("不属本部门职权"));
    let CaseState::NotAccepted { end } = &case.state else { panic!("{:?}", case.state) };
    assert_eq!((end.reason.as_str(), end.basis.as_str()), ("不属本部门职权", "市生态环境局"));
    assert!(case.allowed(&Asker::Staff(&officer()), &today()).is_empty());
}

#[test]
fn row_6a_what_needs_no_permit_ends_at_once() {
    let case = received().step(&officer(), Step::NotRequired { reason: "小型摊贩备案即可".into() });
    assert!(matches!(case.state, CaseState::NotRequired { .. }) && case.open_tasks().is_empty());
}

#[test]
fn row_7_an_unanswered_notice_lapses_where_the_item_says_when() {
    let case = received().step(&clerk(), notice());
    let early = case.clone().system(date(2026, 9, 21), Step::Lapse);
    assert!(matches!(early, Err(CaseRefusal::LapseNotDue(_))), "{early:?}");
    let case = case.system(date(2026, 9, 22), Step::Lapse).unwrap();
    assert!(matches!(case.state, CaseState::Withdrawn { .. }));
    let never = Item { lapse_days: 0, ..food() };
    let case = received_of(&never).step(&clerk(), notice());
    assert_eq!(case.system(date(2027, 9, 1), Step::Lapse).unwrap_err(), CaseRefusal::Forbidden);
}

#[test]
fn a_paper_given_for_one_case_is_there_for_its_siblings() {
    let first =
        received().step(&clerk(), tick(&[("lease", DocumentStatus::Provided), ("form", DocumentStatus::Provided)]));
    let (sibling, event) = share(received(), &Shared::of(&first)).unwrap();
    assert_eq!(sibling.missing(), ["form", "plan", "hygiene"], "the form is each item's own");
    assert!(matches!(event.change, CaseChange::DocumentsShared { .. }));
    assert_eq!(share(sibling, &Shared::of(&first)), None, "and is handed on once");
    assert_eq!(share(accepted(), &Shared::of(&received())), None, "what is accepted is not touched");
}

#[test]
fn files_come_and_go_before_acceptance_and_only_come_after_it() {
    let file = FileRef { id: "f1".into(), digest: "00".into() };
    let attach = Step::AttachFile { document: "lease".into(), file: file.clone() };
    let case = received().step(&clerk(), attach.clone());
    assert_eq!(case.refused(&clerk(), attach.clone()), CaseRefusal::FileAlready);
    let detach = || Step::DetachFile { document: "lease".into(), file: "f1".into() };
    assert!(case.clone().step(&clerk(), detach()).documents[1].files.is_empty());
    let case = case.step(&clerk(), all_there()).step(&clerk(), Step::Accept);
    assert_eq!(case.refused(&clerk(), detach()), CaseRefusal::WrongState);
    let other = FileRef { id: "f2".into(), digest: "01".into() };
    case.step(&clerk(), Step::AttachFile { document: "lease".into(), file: other });
}
