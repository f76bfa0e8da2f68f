//! Somebody is on leave, and a colleague stands in.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

const BOTH: &[Role] = &[Role::Reviewer, Role::Signer];

fn li() -> User {
    staff("li", BOTH, None, Some("market"))
}

fn wang() -> User {
    staff("wang", BOTH, None, Some("market"))
}

/// What wang is told who stands in for li.
fn stands_in(case: &Case, step: Step) -> Result<(Case, Option<String>), CaseRefusal> {
    let (wang, absent) = (wang(), [li()]);
    let asker = case.asker_for(&wang, &absent, step.action(), &today());
    case.clone().apply(&asker, step, &today()).map(|(case, _)| (case, asker.on_behalf_of().map(str::to_owned)))
}

fn of_market(case: &Case) -> &Branch {
    case.current_branches().find(|branch| branch.department == "market").unwrap()
}

fn in_lis_hands() -> Case {
    accepted().step(&li(), Step::StartReview)
}

fn countersign() -> Step {
    Step::Countersign { agrees: true, opinion: "同意".into() }
}

#[test]
fn the_branch_of_whoever_is_on_leave_is_answered_on_their_behalf() {
    let case = in_lis_hands();
    assert_eq!(case.refused(&wang(), approve()), CaseRefusal::TakenByAnother("li".into()));
    let (case, on_behalf) = stands_in(&case, approve()).unwrap();
    assert_eq!(on_behalf.as_deref(), Some("li"));
    let branch = of_market(&case);
    assert_eq!((branch.state.by(), branch.reviewer.as_deref()), (Some("wang"), Some("li")));
    assert_eq!(branch.voices().collect::<Vec<_>>(), ["wang", "li"]);
}

#[test]
fn what_the_substitute_may_do_anyway_is_done_in_their_own_right() {
    let (case, on_behalf) = stands_in(&accepted(), Step::StartReview).unwrap();
    assert_eq!((on_behalf, of_market(&case).reviewer.as_deref()), (None, Some("wang")));
    let (_, on_behalf) = stands_in(&in_approval(), grant()).unwrap();
    assert_eq!(on_behalf, None, "the decision is anybody's who signs");
}

#[test]
fn the_due_date_stays_where_it_was() {
    let case = in_lis_hands();
    let due = case.due(&CALENDAR);
    let (case, _) = stands_in(&case, approve()).unwrap();
    assert_eq!(case.due(&CALENDAR), due);
    assert_eq!(of_market(&case).ledger, of_market(&in_lis_hands()).ledger);
}

#[test]
fn neither_of_the_two_signs_what_one_reviewed_for_the_other() {
    let (case, _) = stands_in(&in_lis_hands(), approve()).unwrap();
    let case = case.step(&reviewer("health"), approve());
    assert_eq!(stands_in(&case, grant()).unwrap_err(), CaseRefusal::SignerIsReviewer);
    assert_eq!(case.refused(&li(), grant()), CaseRefusal::SignerIsReviewer);
    for who in [&li(), &wang()] {
        assert!(!case.task_is_for(protocol::case::TaskKind::Decide, &Asker::Staff(who)));
    }
    case.step(&signer(), grant());
}

#[test]
fn what_li_reviewed_before_leaving_wang_signs_in_their_own_name() {
    let case = in_lis_hands().step(&li(), approve()).step(&reviewer("health"), approve());
    let (case, on_behalf) = stands_in(&case, grant()).unwrap();
    let (decision, _) = case.state.decision().unwrap();
    assert_eq!((decision.by.as_str(), on_behalf), ("wang", None));
}

#[test]
fn who_reviewed_does_not_sign_on_behalf_of_a_signer_who_is_away() {
    let case = accepted().step(&wang(), approve()).step(&reviewer("health"), approve());
    assert_eq!(stands_in(&case, grant()).unwrap_err(), CaseRefusal::SignerIsReviewer);
}

#[test]
fn an_answer_asked_of_whoever_is_on_leave_counts_for_both() {
    let case = accepted().step(&reviewer("market"), Step::AskCountersign { to: "li".into() });
    let (case, on_behalf) = stands_in(&case, countersign()).unwrap();
    assert_eq!(on_behalf.as_deref(), Some("li"));
    let answer = of_market(&case).consulted[0].answer.as_ref().unwrap();
    assert_eq!(answer.given_by.as_deref(), Some("wang"));
    let case = case.step(&reviewer("market"), approve()).step(&reviewer("health"), approve());
    assert_eq!(case.refused(&li(), grant()), CaseRefusal::SignerIsReviewer);
    assert_eq!(stands_in(&case, grant()).unwrap_err(), CaseRefusal::SignerIsReviewer);
}

#[test]
fn nobody_countersigns_their_own_answer_by_standing_in() {
    // wang reviews and asks li, who is away.
    let case = accepted().step(&wang(), Step::AskCountersign { to: "li".into() });
    assert_eq!(stands_in(&case, countersign()).unwrap_err(), CaseRefusal::SamePerson);
    // li reviews and asks wang, and goes on leave.
    let case = in_lis_hands().step(&li(), Step::AskCountersign { to: "wang".into() });
    assert_eq!(stands_in(&case, approve()).unwrap_err(), CaseRefusal::CountersignAwaited);
    let (case, on_behalf) = stands_in(&case, countersign()).unwrap();
    assert_eq!(on_behalf, None, "wang was asked, and answers for nobody else");
    assert_eq!(stands_in(&case, approve()).unwrap_err(), CaseRefusal::SamePerson);
    assert_eq!(of_market(&case.step(&li(), approve())).state.by(), Some("li"));
    // On li's behalf neither of the two is asked.
    for to in ["li", "wang"] {
        let ask = Step::AskCountersign { to: to.into() };
        assert_eq!(stands_in(&in_lis_hands(), ask).unwrap_err(), CaseRefusal::NotAColleague(to.into()));
    }
}

#[test]
fn what_a_substitute_may_not_do_is_not_among_their_tasks() {
    use protocol::case::TaskKind::{Countersign, Review};
    let (user, absent) = (wang(), li());
    let stands_in = Asker::Substitute { user: &user, absent: &absent };
    let case = accepted().step(&wang(), Step::AskCountersign { to: "li".into() });
    assert!(!case.task_is_for(Countersign, &stands_in) && case.task_is_for(Countersign, &Asker::Staff(&absent)));
    let case = in_lis_hands().step(&li(), Step::AskCountersign { to: "wang".into() });
    assert!(case.task_is_for(Review, &stands_in));
    let case = case.step(&wang(), countersign());
    assert!(!case.task_is_for(Review, &stands_in) && case.task_is_for(Review, &Asker::Staff(&absent)));
}

#[test]
fn a_special_procedure_of_the_absent_persons_branch_is_ended_on_their_behalf() {
    let ask = Step::AskSpecial { kind: SpecialKind::ExpertReview, days: 5, reason: "专家评审".into() };
    let close = Step::CloseSpecial { result: "通过".into() };
    let case = in_lis_hands().step(&li(), ask.clone()).step(&leader("market"), Step::ApproveSpecial);
    assert_eq!(stands_in(&case, close.clone()).unwrap().1.as_deref(), Some("li"));
    let nobodys = accepted().step(&colleague("market"), ask).step(&leader("market"), Step::ApproveSpecial);
    assert_eq!(stands_in(&nobodys, close).unwrap().1, None);
}

#[test]
fn a_special_procedure_asked_for_on_behalf_is_approved_by_neither() {
    let ask = Step::AskSpecial { kind: SpecialKind::ExpertReview, days: 5, reason: "专家评审".into() };
    let (case, _) = stands_in(&in_lis_hands(), ask).unwrap();
    let as_leader = |name: &str| staff(name, &[Role::Reviewer, Role::Signer, Role::Leader], None, Some("market"));
    for name in ["li", "wang"] {
        assert_eq!(case.refused(&as_leader(name), Step::ApproveSpecial), CaseRefusal::SamePerson, "{name}");
    }
    case.step(&leader("market"), Step::ApproveSpecial);
}

#[test]
fn a_substitute_who_lost_the_role_takes_no_step_and_an_absent_person_without_it_gives_none() {
    let (case, moment) = (in_lis_hands(), today());
    let only = |roles: &[Role], name: &str| staff(name, roles, None, Some("market"));
    let refused = |user: &User, absent: User| {
        let absent = [absent];
        let asker = case.asker_for(user, &absent, CaseAction::Approve, &moment);
        case.clone().apply(&asker, approve(), &moment).unwrap_err()
    };
    assert_eq!(refused(&only(&[Role::Signer], "wang"), li()), CaseRefusal::Forbidden);
    assert_eq!(refused(&wang(), only(&[Role::Signer], "li")), CaseRefusal::TakenByAnother("li".into()));
}

#[test]
fn whoever_is_on_leave_may_still_act_and_it_is_their_own_act() {
    let case = in_lis_hands().step(&li(), approve());
    assert_eq!(of_market(&case).voices().collect::<Vec<_>>(), ["li"]);
}

#[test]
fn what_is_offered_includes_what_is_done_on_behalf() {
    let case = in_lis_hands();
    assert!(!case.allowed_for(&wang(), &[], &today()).contains(&CaseAction::Approve));
    assert!(case.allowed_for(&wang(), &[li()], &today()).contains(&CaseAction::Approve));
}

fn a_review_step() -> impl Strategy<Value = Step> {
    let colleague = || prop::sample::select(vec!["a", "b", "c", "d"]).prop_map(str::to_owned);
    prop_oneof![
        3 => Just(Step::StartReview),
        4 => Just(approve()),
        1 => Just(object()),
        1 => Just(Step::NotApplicable { reason: "不涉及".into() }),
        1 => Just(Step::Return { reason: "再核".into() }),
        2 => colleague().prop_map(|to| Step::Reassign { to }),
        2 => colleague().prop_map(|to| Step::AskCountersign { to }),
        2 => Just(countersign()),
        1 => colleague().prop_map(|to| Step::Delegate { to, question: "请核".into() }),
        1 => Just(Step::Advise { opinion: "可".into() }),
        4 => Just(grant()),
        1 => Just(Step::Refuse { reason: "不符合".into() }),
    ]
}

fn somebody() -> impl Strategy<Value = User> {
    let roles = prop::sample::subsequence(vec![Role::Reviewer, Role::Signer, Role::Leader], 1..=3);
    (prop::sample::select(vec!["a", "b", "c", "d"]), roles)
        .prop_map(|(name, roles)| staff(name, &roles, None, Some("market")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Whoever stands in for whomever, and however that changes from step to step: the people behind a review and those behind its
    /// signature are not the same. Reckoned from who pressed what, not from what the case remembers.
    #[test]
    fn no_arrangement_lets_one_person_both_review_and_sign(
        steps in prop::collection::vec(
            (somebody(), prop::collection::vec(somebody(), 0..3), a_review_step()), 0..60)
    ) {
        let mut case = with_join(JoinRule::All, vec![BranchRule::of("market")]);
        let mut had_a_say: BTreeSet<String> = BTreeSet::new();
        for (user, absent, step) in steps {
            let absent: Vec<User> = absent.into_iter().filter(|other| other.username != user.username).collect();
            let action = step.action();
            let asker = case.asker_for(&user, &absent, action, &today());
            let people: BTreeSet<String> =
                asker.on_behalf_of().map(str::to_owned).into_iter().chain([user.username.clone()]).collect();
            let Ok((next, _)) = case.clone().apply(&asker, step, &today()) else { continue };
            prop_assert!(case.allowed_for(&user, &absent, &today()).contains(&action));
            match action {
                CaseAction::Approve | CaseAction::Object | CaseAction::NotApplicable | CaseAction::Advise
                | CaseAction::Countersign => had_a_say.extend(people),
                CaseAction::Grant | CaseAction::Refuse => {
                    prop_assert!(had_a_say.is_disjoint(&people), "{had_a_say:?} and {people:?}");
                    prop_assert!(!had_a_say.is_empty(), "somebody reviewed it");
                }
                _ => {}
            }
            case = next;
        }
    }
}
