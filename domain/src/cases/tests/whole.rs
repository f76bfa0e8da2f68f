//! Rows 14 to 19 and whole lives: decision, completion, delivery, withdrawal, termination, revocation, one sitting.

use protocol::case::StepState;

use super::*;

fn withdraw() -> Step {
    Step::Withdraw { reason: "不再开店".into() }
}

#[test]
fn a_restaurant_opens_after_two_departments_agree() {
    let case = completed().step(&clerk(), Step::Deliver { collected_by: "王小明".into() });
    assert!(matches!(case.state, CaseState::Delivered { granted: true, .. }));
    assert!(progress_steps(&case).iter().all(|step| step.state == StepState::Done));
    assert!(!serde_json::to_string(&case).unwrap().contains("王小明"), "no name in the case's own record");
}

#[test]
fn row_14_a_refusal_says_why() {
    assert_eq!(in_approval().refused(&signer(), Step::Refuse { reason: " ".into() }), CaseRefusal::TextRequired);
    let case = in_approval().step(&signer(), Step::Refuse { reason: "不符合规划".into() });
    assert_eq!(case.state.decision().unwrap().0.reason, "不符合规划");
}

#[test]
fn row_14_a_signer_of_another_department_and_a_clerk_of_another_hall_may_nothing() {
    let stranger = staff("x", &[Role::Signer, Role::Reviewer, Role::Leader], None, Some("police"));
    assert_eq!(in_approval().allowed(&Asker::Staff(&stranger), &today()), []);
    let other_clerk = staff("y", &[Role::Clerk], Some("yuanling"), None);
    assert_eq!(received().allowed(&Asker::Staff(&other_clerk), &today()), []);
}

#[test]
fn row_15_and_16_the_result_is_made_ready_and_handed_over() {
    assert_eq!(granted().refused(&clerk(), Step::Complete { result: None }), CaseRefusal::Forbidden);
    assert_eq!(completed().refused(&clerk(), Step::Deliver { collected_by: " ".into() }), CaseRefusal::TextRequired);
    let result = FileRef { id: "f".into(), digest: "d".into() };
    let case = granted().step(&reviewer("market"), Step::Complete { result: Some(result.clone()) });
    let case = case.step(&clerk(), Step::Deliver { collected_by: "王小明".into() });
    assert!(matches!(case.state, CaseState::Delivered { result: Some(kept), .. } if kept == result));
}

#[test]
fn row_17_before_acceptance_a_withdrawal_is_done_at_once() {
    let case = received().step(&clerk(), withdraw());
    assert!(matches!(case.state, CaseState::Withdrawn { .. }) && case.open_tasks().is_empty());
    let (case, _) = received().apply(&Asker::Applicant, withdraw(), &today()).unwrap();
    assert!(matches!(case.state, CaseState::Withdrawn { .. }));
}

#[test]
fn row_17_after_acceptance_the_department_confirms_it() {
    let asked = in_approval().step(&clerk(), withdraw());
    assert_eq!(asked.refused(&signer(), grant()), CaseRefusal::WithdrawalPending);
    assert_eq!(asked.refused(&clerk(), Step::ConfirmWithdrawal), CaseRefusal::Forbidden);
    let declined = asked.clone().step(&reviewer("market"), Step::DeclineWithdrawal { reason: "已缴费".into() });
    declined.step(&signer(), grant());
    let case = accepted().step(&clerk(), withdraw()).step(&reviewer("market"), Step::ConfirmWithdrawal);
    assert!(matches!(case.state, CaseState::Withdrawn { .. }));
    assert!(case.branches.iter().all(|branch| matches!(branch.state, BranchState::CancelledByEnd { .. })));
    assert!(case.open_tasks().is_empty());
}

#[test]
fn row_17_a_decided_case_is_not_withdrawn() {
    assert_eq!(granted().refused(&clerk(), withdraw()), CaseRefusal::WrongState);
}

#[test]
fn row_18_a_leader_terminates_with_a_reason_and_a_legal_basis() {
    let terminate = |basis: &str| Step::Terminate { reason: "申请人死亡".into(), basis: basis.into() };
    assert_eq!(in_approval().refused(&signer(), terminate("第七十条")), CaseRefusal::Forbidden);
    assert_eq!(in_approval().refused(&leader("market"), terminate("")), CaseRefusal::TextRequired);
    let case = in_approval().step(&leader("market"), terminate("行政许可法第七十条"));
    assert!(matches!(case.state, CaseState::Terminated { .. }) && case.open_tasks().is_empty());
    assert_eq!(received().refused(&leader("market"), terminate("第七十条")), CaseRefusal::WrongState);
}

#[test]
fn row_19_a_false_commitment_revokes_and_the_old_decision_stays_readable() {
    let revoke = Step::Revoke { reason: "承诺不实".into(), basis: "行政许可法第六十九条".into() };
    assert_eq!(granted().refused(&leader("market"), revoke.clone()), CaseRefusal::WrongState);
    let case = completed().step(&leader("market"), revoke);
    assert!(matches!(case.state, CaseState::Revoked { .. }));
    assert_eq!(case.state.decision().unwrap().0.by, "signer");
}

#[test]
fn what_is_done_in_one_sitting_needs_a_second_pair_of_eyes_unless_the_item_waives_it() {
    let item = Item { handling: Handling::Immediate, branches: Vec::new(), ..food() };
    let case = received_of(&item).step(&clerk(), all_there()).step(&clerk(), Step::Accept);
    assert!(matches!(case.state, CaseState::InApproval { .. }), "nothing to review");
    assert_eq!(case.refused(&clerk(), grant()), CaseRefusal::Forbidden);
    case.step(&signer(), grant());

    let waived = Item { one_pair_of_eyes: true, ..item };
    let case = received_of(&waived).step(&clerk(), all_there()).step(&clerk(), Step::Accept).step(&clerk(), grant());
    let case = case.step(&clerk(), Step::Complete { result: None });
    case.step(&clerk(), Step::Deliver { collected_by: "王小明".into() });

    let promised = Item { handling: Handling::Promised, ..waived };
    assert!(!received_of(&promised).terms.one_pair_of_eyes, "only what is done in one sitting can waive it");
}

#[test]
fn whoever_accepts_what_has_no_review_does_not_sign_it() {
    let item = Item { handling: Handling::Immediate, branches: Vec::new(), ..food() };
    let both = staff("both", &[Role::Clerk, Role::Signer], Some("district"), Some("market"));
    let case = received_of(&item).step(&clerk(), all_there()).step(&both, Step::Accept);
    assert_eq!(case.refused(&both, grant()), CaseRefusal::SignerIsReviewer);
}

#[test]
fn a_fee_outside_the_list_is_recorded_as_such() {
    let item = Item {
        fees: vec![protocol::catalogue::Fee {
            name: protocol::catalogue::Text::new("工本费", ""),
            amount: 1_000,
            ..Default::default()
        }],
        ..food()
    };
    let charge = |amount| {
        let step = Step::ChargeFee { name: "工本费".into(), amount };
        received_of(&item).apply(&Asker::Staff(&clerk()), step, &today())
    };
    let listed = |amount| matches!(charge(amount).unwrap().1.change, CaseChange::FeeCharged { listed: true, .. });
    assert!(listed(1_000) && !listed(2_000));
    assert_eq!(charge(0).unwrap_err(), CaseRefusal::NoFee);
}

#[test]
fn what_a_case_was_taken_in_under_stays_when_the_item_changes() {
    let case = accepted();
    let text = serde_json::to_string(&case).unwrap();
    assert_eq!(serde_json::from_str::<Case>(&text).unwrap(), case);
    assert_eq!((case.item_version, case.terms.promised_days), (3, 10));
}
