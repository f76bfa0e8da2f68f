//! Whatever people do in whatever order: no decision without its guards, one join a round, no lost history.

use proptest::prelude::*;

use super::*;

fn any_step() -> impl Strategy<Value = Step> {
    let text = || prop_oneof![Just(String::new()), Just("有".to_owned()), Just("有".to_owned())];
    let colleague = || prop_oneof![Just("colleague-market".to_owned()), Just("signer".to_owned())];
    let checked = prop::sample::subsequence(vec!["form", "lease", "plan", "hygiene"], 0..=4).prop_flat_map(|keys| {
        let status = prop_oneof![
            6 => Just(DocumentStatus::Provided),
            1 => Just(DocumentStatus::Deferred),
            1 => Just(DocumentStatus::Committed),
            1 => Just(DocumentStatus::Rejected),
        ];
        status.prop_map(move |status| tick(&keys.iter().map(|key| (*key, status)).collect::<Vec<_>>()))
    });
    let special =
        (1u16..40).prop_map(|days| Step::AskSpecial { kind: SpecialKind::ExpertReview, days, reason: "评审".into() });
    prop_oneof![
        4 => Just(all_there()),
        2 => checked,
        4 => Just(Step::Accept),
        6 => text().prop_map(|opinion| Step::Approve { opinion }),
        2 => text().prop_map(|reason| Step::Object { reason }),
        4 => Just(grant()),
        1 => prop_oneof![
            text().prop_map(|note| Step::NotifyCorrection { note }),
            Just(Step::Supply),
            text().prop_map(|reason| Step::NotApplicable { reason }),
            text().prop_map(|reason| Step::Return { reason }),
            text().prop_map(|note| Step::Resubmit { note }),
            text().prop_map(|reason| Step::Refuse { reason }),
        ],
        2 => prop_oneof![
            special,
            Just(Step::ApproveSpecial),
            Just(Step::ApproveSpecial),
            Just(Step::CloseSpecial { result: String::new() }),
            Just(Step::DeclineSpecial { reason: "否".into() }),
            Just(Step::Extend { days: 5, reason: "核查".into() }),
        ],
        2 => prop_oneof![
            Just(Step::StartReview),
            colleague().prop_map(|to| Step::Reassign { to }),
            colleague().prop_map(|to| Step::AskCountersign { to }),
            Just(Step::Countersign { agrees: true, opinion: "同意".into() }),
            Just(Step::SupplyDeferred { documents: vec!["plan".into()] }),
        ],
        1 => prop_oneof![
            Just(Step::DeemAccepted),
            Just(Step::Lapse),
            Just(Step::Complete { result: None }),
            Just(Step::Withdraw { reason: "不办了".into() }),
            Just(Step::ConfirmWithdrawal),
            Just(Step::Terminate { reason: "终止".into(), basis: "第七十条".into() }),
        ],
    ]
}

fn anybody() -> impl Strategy<Value = Option<User>> {
    prop_oneof![
        Just(Some(clerk())),
        Just(Some(clerk())),
        Just(Some(reviewer("market"))),
        Just(Some(reviewer("health"))),
        Just(Some(colleague("market"))),
        Just(Some(signer())),
        Just(Some(leader("market"))),
        Just(Some(staff("signer", &[Role::Reviewer, Role::Signer], None, Some("market")))),
        Just(Some(staff("reviewer-market", &[Role::Reviewer, Role::Signer], None, Some("market")))),
        Just(None),
    ]
}

fn guards_hold(case: &Case) -> Result<(), TestCaseError> {
    let Some((decision, granted)) = case.state.decision() else { return Ok(()) };
    prop_assert!(case.accepted_at.is_some());
    prop_assert!(case.branches.iter().all(|branch| !branch.is_open()), "nothing is left open");
    prop_assert!(case.branches.iter().all(|branch| branch.voices().all(|voice| voice != decision.by)), "four eyes");
    prop_assert!(case.withdrawal.is_none() && !case.special_procedures.iter().any(SpecialProcedure::is_open));
    if granted {
        prop_assert!(case.deemed || case.missing().is_empty());
        prop_assert!(case.outstanding().is_empty());
        for branch in case.current_branches() {
            let agreed = matches!(branch.state, BranchState::Approved { .. } | BranchState::NotApplicable { .. });
            prop_assert!(agreed, "{branch:?}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn no_path_reaches_a_decision_without_its_guards(
        steps in prop::collection::vec((anybody(), any_step(), 0u8..4), 0..80)
    ) {
        let mut case = received();
        let mut day = TODAY;
        for (who, step, later) in steps {
            // Now and then the next thing happens on a later day.
            if later == 0 {
                day = day.tomorrow().unwrap();
            }
            let asker = who.as_ref().map_or(Asker::System, Asker::Staff);
            let allowed = case.allowed(&asker, &on(day)).contains(&step.action());
            let before = case.clone();
            match case.clone().apply(&asker, step, &on(day)) {
                Ok((next, event)) => {
                    prop_assert!(allowed, "what is carried out was also offered");
                    prop_assert_eq!(&event.case_no, &next.case_no);
                    prop_assert!(next.branches.len() >= before.branches.len(), "branches are kept");
                    prop_assert!(next.special_procedures.len() >= before.special_procedures.len());
                    if let (Some(then), Some(now)) = (&before.ledger, &next.ledger) {
                        prop_assert_eq!(then.started(), now.started(), "no step sets the limit's start anew");
                    }
                    case = next;
                }
                Err(CaseRefusal::WrongState | CaseRefusal::Forbidden) => prop_assert!(!allowed),
                Err(_) => {}
            }
            guards_hold(&case)?;
            let standing_still = case.ledger.as_ref().is_some_and(Ledger::is_paused);
            let special = matches!(case.state, CaseState::Special { .. });
            prop_assert!(case.state.is_over() || standing_still == special, "{:?}", case.state);
            let text = serde_json::to_string(&case).unwrap();
            prop_assert_eq!(serde_json::from_str::<Case>(&text).unwrap(), case.clone());
        }
    }

    #[test]
    fn a_join_fires_once_whatever_the_order(
        order in Just(vec!["market", "health", "fire", "water"]).prop_shuffle(),
        answers in prop::collection::vec(0u8..3, 4),
        rule in prop_oneof![
            Just(JoinRule::All),
            Just(JoinRule::Any),
            (1u16..5).prop_map(|approvals| JoinRule::AtLeast { approvals }),
            Just(JoinRule::Lead { department: "fire".into() }),
        ],
    ) {
        let branches = vec![BranchRule::of("market"), vote("health"), vote("fire"), vote("water")];
        let mut case = with_join(rule.clone(), branches);
        let mut fired = 0;
        for department in &order {
            let place = ["market", "health", "fire", "water"].iter().position(|d| d == department).unwrap();
            let step = match answers[place] {
                0 => approve(),
                1 => object(),
                _ => Step::NotApplicable { reason: "不涉及".into() },
            };
            match case.clone().apply(&Asker::Staff(&reviewer(department)), step, &today()) {
                Ok((next, _)) => {
                    fired += u32::from(matches!(next.state, CaseState::InApproval { .. }));
                    case = next;
                }
                Err(refusal) => {
                    prop_assert_eq!(refusal, CaseRefusal::TaskClosed);
                    prop_assert_eq!(fired, 1, "closed only by the join");
                }
            }
        }
        prop_assert_eq!(fired, 1);
        if rule == JoinRule::All {
            let refused = answers.contains(&1);
            let proposed = matches!(case.state, CaseState::InApproval { proposal: Proposal::Refuse { .. }, .. });
            prop_assert_eq!(proposed, refused, "the order changes nothing where all are heard");
        }
    }
}
