use proptest::prelude::*;
use protocol::case::{CheckedDocument, DocumentStatus, StepState};

use super::*;

const NOW: Millis = 1_795_500_000_000;

fn staff(username: &str, roles: &[Role], hall: Option<&str>, department: Option<&str>) -> protocol::staff::User {
    protocol::staff::User {
        username: username.into(),
        name: username.into(),
        roles: roles.to_vec(),
        hall: hall.map(str::to_owned),
        department: department.map(str::to_owned),
    }
}

fn clerk() -> protocol::staff::User {
    staff("clerk", &[Role::Clerk], Some("district"), None)
}

fn reviewer(department: &str) -> protocol::staff::User {
    staff(&format!("reviewer-{department}"), &[Role::Reviewer], None, Some(department))
}

fn signer() -> protocol::staff::User {
    staff("signer", &[Role::Signer], None, Some("market"))
}

/// A food business permit, which market and health review together and market decides.
fn food_permit() -> Case {
    let document = |key: &str, mandatory| Document { key: key.into(), mandatory, status: DocumentStatus::Missing };
    Case {
        case_no: case_number("440304", 1, jiff::civil::date(2026, 11, 24), 1),
        hall: "district".into(),
        item: "food".into(),
        item_version: 1,
        department: "market".into(),
        review_departments: vec!["market".into(), "health".into()],
        limit_days: 10,
        ticket: Some(1),
        received_at: NOW,
        documents: vec![document("form", true), document("lease", true), document("photo", false)],
        correction: None,
        accepted_at: None,
        branches: Vec::new(),
        state: CaseState::Received { since: NOW },
    }
}

fn checked(keys: &[&str]) -> Action {
    let provided = |key: &&str| CheckedDocument { key: (*key).into(), status: DocumentStatus::Provided };
    Action::CheckDocuments(keys.iter().map(provided).collect())
}

fn step(case: Case, asker: &protocol::staff::User, action: Action) -> Case {
    case.apply(asker, action, NOW).unwrap().0
}

fn accepted() -> Case {
    let case = step(food_permit(), &clerk(), checked(&["form", "lease"]));
    step(case, &clerk(), Action::Accept)
}

fn approve(case: Case, department: &str) -> Case {
    step(case, &reviewer(department), Action::Approve { opinion: "符合要求".into() })
}

fn in_approval() -> Case {
    approve(approve(accepted(), "health"), "market")
}

#[test]
fn a_restaurant_opens_after_two_departments_agree() {
    let case = in_approval();
    let case = step(case, &signer(), Action::Grant { opinion: String::new() });
    let case = step(case, &reviewer("market"), Action::Complete);
    let case = step(case, &clerk(), Action::Deliver { collected_by: "王小明".into() });
    assert!(matches!(case.state, CaseState::Delivered { granted: true, .. }));
    assert!(progress_steps(&case).iter().all(|s| s.state == StepState::Done));
    assert!(!serde_json::to_string(&case).unwrap().contains("王小明"), "no name in the case's own record");
}

#[test]
fn a_case_waits_for_the_second_department() {
    let case = approve(accepted(), "health");
    assert_eq!(case.state, CaseState::InReview { since: NOW });
    let open: Vec<_> = case.open_tasks().into_iter().map(|t| t.falls_to).collect();
    assert_eq!(open, [TaskFor::Department("market".into(), Role::Reviewer)]);
    assert_eq!(approve(case, "market").state, CaseState::InApproval { since: NOW });
}

#[test]
fn one_veto_refuses_the_case_and_cancels_the_other_review() {
    let veto = Action::Veto { reason: "场所不符合卫生要求".into() };
    let case = step(accepted(), &reviewer("health"), veto);
    let CaseState::DecidedRefused { decision } = &case.state else { panic!("{:?}", case.state) };
    assert_eq!((decision.by.as_deref(), decision.reason.as_str()), (None, "场所不符合卫生要求"));
    assert_eq!(case.branches[0].state, BranchState::CancelledByVeto { at: NOW });
    let late = case.apply(&reviewer("market"), Action::Approve { opinion: "同意".into() }, NOW);
    assert_eq!(late.unwrap_err(), CaseRefusal::TaskClosed);
}

#[test]
fn nothing_is_accepted_while_a_mandatory_paper_is_missing() {
    let case = step(food_permit(), &clerk(), checked(&["form", "photo"]));
    let refused = case.apply(&clerk(), Action::Accept, NOW).unwrap_err();
    assert_eq!(refused, CaseRefusal::DocumentsMissing(vec!["lease".into()]));
}

#[test]
fn the_correction_notice_lists_all_that_is_missing_and_is_given_once() {
    let notice = || Action::NotifyCorrection { note: String::new() };
    let case = step(food_permit(), &clerk(), notice());
    assert_eq!(case.correction.as_ref().unwrap().documents, ["form", "lease"]);
    let case = step(case, &clerk(), Action::Supply);
    let again = case.clone().apply(&clerk(), notice(), NOW).unwrap_err();
    assert_eq!(again, CaseRefusal::CorrectionAlreadyGiven);
    let case = step(case, &clerk(), checked(&["form", "lease"]));
    assert!(matches!(step(case, &clerk(), Action::Accept).state, CaseState::Accepted { .. }));
}

#[test]
fn a_notice_that_asks_for_nothing_is_refused() {
    let case = step(food_permit(), &clerk(), checked(&["form", "lease"]));
    let empty = case.apply(&clerk(), Action::NotifyCorrection { note: " ".into() }, NOW);
    assert_eq!(empty.unwrap_err(), CaseRefusal::OpinionRequired);
}

#[test]
fn whoever_reviewed_never_signs() {
    let both = staff("reviewer-market", &[Role::Reviewer, Role::Signer], None, Some("market"));
    let refused = in_approval().apply(&both, Action::Grant { opinion: String::new() }, NOW).unwrap_err();
    assert_eq!(refused, CaseRefusal::SignerIsReviewer);
    assert!(!in_approval().allowed(&both).contains(&CaseAction::Grant));
}

#[test]
fn a_signer_of_another_department_and_a_clerk_of_another_hall_may_nothing() {
    let stranger = staff("x", &[Role::Signer, Role::Reviewer], None, Some("police"));
    assert_eq!(in_approval().allowed(&stranger), []);
    let other_clerk = staff("y", &[Role::Clerk], Some("yuanling"), None);
    assert_eq!(food_permit().allowed(&other_clerk), []);
}

#[test]
fn a_return_to_the_hall_opens_a_new_round_and_the_clock_runs_on() {
    let due = accepted().due(&Calendar::published());
    let case = approve(accepted(), "market");
    let case = step(case, &reviewer("health"), Action::Return { reason: "缺平面图说明".into() });
    assert_eq!(case.open_tasks()[0].kind, TaskKind::Resubmit);
    let case = step(case, &clerk(), Action::Resubmit { note: "已补充".into() });
    assert_eq!(case.round(), 2);
    assert_eq!(case.branches.iter().filter(|b| b.state == BranchState::Open).count(), 2);
    assert_eq!(case.due(&Calendar::published()), due);
}

#[test]
fn the_signer_may_send_it_back_to_the_reviewers() {
    let case = step(in_approval(), &signer(), Action::Return { reason: "意见不明确".into() });
    assert_eq!((case.round(), case.state.name()), (2, protocol::case::CaseState::InReview));
}

#[test]
fn opinions_and_reasons_are_not_optional() {
    for action in [
        Action::Approve { opinion: "  ".into() },
        Action::Veto { reason: String::new() },
        Action::Return { reason: String::new() },
    ] {
        let refused = accepted().apply(&reviewer("health"), action, NOW).unwrap_err();
        assert_eq!(refused, CaseRefusal::OpinionRequired);
    }
}

fn any_action() -> impl Strategy<Value = Action> {
    let text = || prop_oneof![Just(String::new()), Just("有".to_owned())];
    prop_oneof![
        Just(checked(&["form", "lease"])),
        Just(checked(&["photo"])),
        text().prop_map(|note| Action::NotifyCorrection { note }),
        Just(Action::Supply),
        Just(Action::Accept),
        text().prop_map(|opinion| Action::Approve { opinion }),
        text().prop_map(|reason| Action::Veto { reason }),
        text().prop_map(|reason| Action::Return { reason }),
        text().prop_map(|note| Action::Resubmit { note }),
        text().prop_map(|opinion| Action::Grant { opinion }),
        text().prop_map(|reason| Action::Refuse { reason }),
        Just(Action::Complete),
        text().prop_map(|collected_by| Action::Deliver { collected_by }),
        text().prop_map(|reason| Action::Withdraw { reason }),
    ]
}

fn anybody() -> impl Strategy<Value = protocol::staff::User> {
    prop_oneof![
        Just(clerk()),
        Just(reviewer("market")),
        Just(reviewer("health")),
        Just(signer()),
        Just(staff("reviewer-market", &[Role::Reviewer, Role::Signer], None, Some("market"))),
        Just(staff("z", &[Role::Clerk], Some("nanyuan"), None)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_path_reaches_a_grant_without_its_guards(steps in prop::collection::vec((anybody(), any_action()), 0..60)) {
        let mut case = food_permit();
        for (asker, action) in steps {
            let kind = action.kind();
            let allowed = case.allowed(&asker).contains(&kind);
            match case.clone().apply(&asker, action, NOW) {
                Ok((next, _)) => {
                    prop_assert!(allowed, "what is carried out was also offered");
                    case = next;
                }
                Err(CaseRefusal::WrongState | CaseRefusal::Forbidden) => prop_assert!(!allowed),
                Err(_) => {}
            }
            if let Some((decision, true)) = case.state.decision() {
                let round = case.round();
                prop_assert!(case.missing().is_empty() && case.accepted_at.is_some());
                let approvals = case.branches.iter().filter(|b| b.round == round);
                for branch in approvals {
                    let approved = matches!(branch.state, BranchState::Approved { .. });
                    prop_assert!(approved);
                }
                let by = decision.by.as_deref();
                prop_assert!(by.is_some() && case.branches.iter().all(|b| b.state.by() != by));
            }
        }
    }
}
