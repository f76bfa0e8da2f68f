//! Rows 8 to 10 and the joins: review, return, colleagues, four eyes.

use super::*;

fn states(case: &Case) -> Vec<&'static str> {
    case.current_branches()
        .map(|branch| match branch.state {
            BranchState::Open => "open",
            BranchState::Approved { .. } => "approved",
            BranchState::Refused { .. } => "refused",
            BranchState::NotApplicable { .. } => "not applicable",
            BranchState::CancelledByVeto { .. } => "cancelled by veto",
            BranchState::CancelledByReturn { .. } => "cancelled by return",
            BranchState::CancelledByJoin { .. } => "cancelled by join",
            BranchState::CancelledByEnd { .. } => "cancelled by end",
        })
        .collect()
}

fn proposal(case: &Case) -> &Proposal {
    let CaseState::InApproval { proposal, .. } = &case.state else { panic!("{:?}", case.state) };
    proposal
}

#[test]
fn row_8_a_reviewer_takes_the_branch_and_it_is_theirs() {
    let case = accepted().step(&reviewer("market"), Step::StartReview);
    assert!(matches!(case.state, CaseState::InReview { .. }));
    assert_eq!(case.refused(&colleague("market"), approve()), CaseRefusal::TakenByAnother("reviewer-market".into()));
    assert_eq!(case.refused(&reviewer("police"), approve()), CaseRefusal::Forbidden);
    assert_eq!(case.open_tasks()[0].person.as_deref(), Some("reviewer-market"));
}

#[test]
fn row_9_the_last_department_hands_it_to_the_signer() {
    let case = accepted().step(&reviewer("health"), approve());
    assert_eq!(states(&case), ["open", "approved"]);
    assert!(matches!(case.state, CaseState::InReview { .. }));
    let case = case.step(&reviewer("market"), approve());
    assert_eq!(proposal(&case), &Proposal::Grant);
}

#[test]
fn row_9_an_opinion_is_not_optional() {
    for step in [Step::Approve { opinion: "  ".into() }, Step::Object { reason: String::new() }] {
        assert_eq!(accepted().refused(&reviewer("health"), step), CaseRefusal::TextRequired);
    }
}

#[test]
fn row_9_the_signer_gets_it_when_the_deferred_papers_are_there() {
    use DocumentStatus::{Deferred, Provided};
    let ticked = tick(&[("form", Provided), ("lease", Provided), ("plan", Deferred), ("hygiene", Provided)]);
    let case = received().step(&clerk(), ticked).step(&clerk(), Step::Accept);
    let case = case.step(&reviewer("health"), approve()).step(&reviewer("market"), approve());
    assert!(matches!(case.state, CaseState::InReview { .. }), "agreed, and waiting for the plan");
    assert_eq!(case.open_tasks()[0].kind, protocol::case::TaskKind::SupplyDeferred);
    let supply = |key: &str| Step::SupplyDeferred { documents: vec![key.into()] };
    assert_eq!(case.refused(&clerk(), supply("form")), CaseRefusal::NotOutstanding("form".into()));
    assert_eq!(proposal(&case.step(&clerk(), supply("plan"))), &Proposal::Grant);
}

#[test]
fn where_the_item_allows_it_a_licence_is_granted_before_the_deferred_paper_comes() {
    use DocumentStatus::{Deferred, Provided};
    let item = Item { grant_before_deferred: true, ..food() };
    let ticked = tick(&[("form", Provided), ("lease", Provided), ("plan", Deferred), ("hygiene", Provided)]);
    let case = received_of(&item).step(&clerk(), ticked).step(&clerk(), Step::Accept);
    let case = case.step(&reviewer("health"), approve()).step(&reviewer("market"), approve()).step(&signer(), grant());
    let case = case.step(&clerk(), Step::SupplyDeferred { documents: vec!["plan".into()] });
    assert!(case.outstanding().is_empty());
}

#[test]
fn row_10_the_signer_sends_it_back_and_the_clock_runs_on() {
    let due = in_approval().due(&CALENDAR);
    let case = in_approval().step(&signer(), Step::Return { reason: "意见不明确".into() });
    assert_eq!((case.round(), states(&case)), (2, vec!["open", "open"]));
    assert_eq!(case.due(&CALENDAR), due);
    assert_eq!(case.branches.len(), 4, "the first round stays readable");
}

#[test]
fn a_return_to_the_hall_cancels_all_branches_and_a_new_round_makes_new_ones() {
    let due = accepted().due(&CALENDAR);
    let case = accepted().step(&reviewer("market"), approve());
    let case = case.step(&reviewer("health"), Step::Return { reason: "缺平面图说明".into() });
    assert_eq!(states(&case), ["approved", "cancelled by return"]);
    assert_eq!(case.open_tasks()[0].kind, protocol::case::TaskKind::Resubmit);
    let case = case.step(&clerk(), Step::Resubmit { note: "已补充".into() });
    assert_eq!((case.round(), states(&case)), (2, vec!["open", "open"]));
    assert_eq!(case.due(&CALENDAR), due);
}

#[test]
fn one_veto_proposes_a_refusal_and_cancels_the_other_reviews() {
    let case = accepted().step(&reviewer("health"), object());
    assert_eq!(states(&case), ["cancelled by veto", "refused"]);
    assert!(matches!(proposal(&case), Proposal::Refuse { veto: true, department, .. } if department == "health"));
    assert_eq!(case.refused(&reviewer("market"), approve()), CaseRefusal::TaskClosed);
    assert!(case.clocks().iter().all(
        |clock| clock.department.as_deref() != Some("market") || clock.kind == protocol::case::ClockKind::Decision
    ));
    assert_eq!(case.refused(&signer(), grant()), CaseRefusal::Vetoed);
    let case = case.step(&signer(), Step::Refuse { reason: "场所不符合卫生要求".into() });
    assert!(matches!(case.state, CaseState::DecidedRefused { .. }));
}

#[test]
fn an_advisory_no_is_an_opinion_and_no_more() {
    let advisory = BranchRule { voice: Voice::Advisory, ..BranchRule::of("health") };
    let case = with_join(JoinRule::All, vec![BranchRule::of("market"), advisory]);
    let case = case.step(&reviewer("health"), object());
    assert_eq!(states(&case), ["open", "refused"]);
    assert_eq!(proposal(&case.step(&reviewer("market"), approve())), &Proposal::Grant);
}

#[test]
fn not_applicable_counts_as_done() {
    let case = accepted().step(&reviewer("health"), Step::NotApplicable { reason: "不涉及".into() });
    assert_eq!(proposal(&case.step(&reviewer("market"), approve())), &Proposal::Grant);
}

#[test]
fn any_takes_the_first_approval_and_no_noes() {
    let case = with_join(JoinRule::Any, vec![vote("market"), vote("health"), vote("fire")]);
    let case = case.step(&reviewer("health"), object());
    assert_eq!(states(&case), ["open", "refused", "open"]);
    let agreed = case.clone().step(&reviewer("fire"), approve());
    assert_eq!(
        (states(&agreed), proposal(&agreed)),
        (vec!["cancelled by join", "refused", "approved"], &Proposal::Grant)
    );
    let nobody = case.step(&reviewer("fire"), object()).step(&reviewer("market"), object());
    assert!(matches!(proposal(&nobody), Proposal::Refuse { veto: false, .. }));
    nobody.step(&signer(), grant());
}

#[test]
fn two_of_three_decide_as_soon_as_they_can() {
    let case = with_join(JoinRule::AtLeast { approvals: 2 }, vec![vote("market"), vote("health"), vote("fire")]);
    let yes = case.clone().step(&reviewer("market"), approve()).step(&reviewer("fire"), approve());
    assert_eq!(proposal(&yes), &Proposal::Grant);
    let no = case.clone().step(&reviewer("market"), object()).step(&reviewer("fire"), object());
    assert!(matches!(proposal(&no), Proposal::Refuse { .. }), "two approvals cannot come any more");
    let fewer = case.step(&reviewer("market"), Step::NotApplicable { reason: "不涉及".into() });
    let fewer = fewer.step(&reviewer("fire"), Step::NotApplicable { reason: "不涉及".into() });
    assert_eq!(proposal(&fewer.step(&reviewer("health"), approve())), &Proposal::Grant);
}

#[test]
fn the_lead_department_decides_alone() {
    let lead = JoinRule::Lead { department: "market".into() };
    let case = with_join(lead, vec![vote("market"), vote("health")]);
    let case = case.step(&reviewer("health"), object());
    assert_eq!(states(&case), ["open", "refused"]);
    assert_eq!(proposal(&case.step(&reviewer("market"), approve())), &Proposal::Grant);
}

#[test]
fn reassigning_moves_responsibility_and_no_due_date() {
    let to = |name: &str| Step::Reassign { to: name.into() };
    let due = accepted().due(&CALENDAR);
    let tasks_due = accepted().open_tasks()[0].due(&CALENDAR);
    let case = accepted().step(&reviewer("market"), Step::StartReview);
    assert_eq!(
        case.refused(&colleague("market"), to("colleague-market")),
        CaseRefusal::TakenByAnother("reviewer-market".into())
    );
    let case = case.step_on(date(2026, 9, 4), &leader("market"), to("colleague-market"));
    assert_eq!(case.refused(&reviewer("market"), approve()), CaseRefusal::TakenByAnother("colleague-market".into()));
    assert_eq!((case.due(&CALENDAR), case.open_tasks()[0].due(&CALENDAR)), (due, tasks_due));
    case.step(&colleague("market"), approve());
}

#[test]
fn a_delegation_comes_back_to_whoever_asked() {
    let ask = Step::Delegate { to: "colleague-market".into(), question: "现场核查".into() };
    let case = accepted().step(&reviewer("market"), ask.clone());
    assert_eq!(case.refused(&reviewer("market"), ask), CaseRefusal::AskedAlready);
    assert_eq!(case.refused(&reviewer("health"), Step::Advise { opinion: "好".into() }), CaseRefusal::Forbidden);
    let advised = case.clone().step(&colleague("market"), Step::Advise { opinion: "现场符合".into() });
    advised.step(&reviewer("market"), approve());
    case.step(&reviewer("market"), approve());
}

#[test]
fn a_countersignature_is_awaited_and_a_no_does_not_jam_the_case() {
    let case = accepted().step(&reviewer("market"), Step::AskCountersign { to: "colleague-market".into() });
    assert_eq!(case.refused(&reviewer("market"), approve()), CaseRefusal::CountersignAwaited);
    let no = Step::Countersign { agrees: false, opinion: "面积有误".into() };
    let case = case.step(&colleague("market"), no);
    let case = case.step(&reviewer("market"), object());
    assert!(matches!(proposal(&case), Proposal::Refuse { .. }));
}

#[test]
fn whoever_had_a_say_never_signs() {
    let both = staff("reviewer-market", &[Role::Reviewer, Role::Signer], None, Some("market"));
    assert_eq!(in_approval().refused(&both, grant()), CaseRefusal::SignerIsReviewer);
    assert!(!in_approval().allowed(&Asker::Staff(&both), &today()).contains(&CaseAction::Grant));
    let case = accepted().step(&reviewer("market"), Step::AskCountersign { to: "signer".into() });
    let case = case.step(
        &staff("signer", &[Role::Reviewer], None, Some("market")),
        Step::Countersign { agrees: true, opinion: "同意".into() },
    );
    let case = case.step(&reviewer("market"), approve()).step(&reviewer("health"), approve());
    assert_eq!(case.refused(&signer(), grant()), CaseRefusal::SignerIsReviewer, "a countersignature is a say");
}

#[test]
fn a_departments_own_system_answers_in_place_of_its_reviewers() {
    let external = BranchRule { system: "water".into(), ..BranchRule::of("water") };
    let case = with_join(JoinRule::All, vec![BranchRule::of("market"), external]);
    assert_eq!(case.refused(&reviewer("water"), approve()), CaseRefusal::AnsweredBySystem);
    assert_eq!(case.open_tasks().len(), 1, "nobody here has its task");
    let system = Asker::Department { code: "water", officer: "李工" };
    let (case, _) = case.apply(&system, approve(), &today()).unwrap();
    assert_eq!(states(&case), ["open", "approved"]);
    let impostor = Asker::Department { code: "market", officer: "x" };
    assert_eq!(case.apply(&impostor, approve(), &today()).unwrap_err(), CaseRefusal::Forbidden);
}
