//! An application's own clock and outcome, over cases of one package.

use jiff::ToSpan;
use proptest::prelude::*;
use protocol::case::{ClockKind, JointOutcome};
use protocol::catalogue::{DayUnit, Extender};

use super::*;
use crate::cases::{Ledger, decided, joint_clocks, outcome};

/// 开餐馆一件事: fifteen working days for everything together.
fn package() -> Item {
    Item { code: "restaurant".into(), version: 2, promised_days: 15, statutory_days: 45, ..Item::default() }
}

fn member_of(item: &Item) -> Case {
    Opening { package: Some(&package()), ..opening(item) }.receive(&today()).0.step(&clerk(), all_there())
}

fn member() -> Case {
    member_of(&food())
}

fn accepted_on(day: Date) -> Case {
    member().step_on(day, &clerk(), Step::Accept)
}

fn clocks(cases: &[Case]) -> Vec<CaseClock> {
    joint_clocks(&cases.iter().collect::<Vec<_>>())
}

fn promised_due(cases: &[Case]) -> Option<Date> {
    clocks(cases).first()?.due(&CALENDAR).map(|due| due.date)
}

/// One day after the other from `TODAY`.
fn day(n: i32) -> Date {
    TODAY.checked_add(n.days()).unwrap()
}

fn paused(case: Case, from: Date, to: Option<Date>) -> Case {
    let mut case = case;
    let ledger = case.ledger.as_mut().unwrap();
    ledger.pause(from, SpecialKind::ExpertReview);
    if let Some(to) = to {
        ledger.resume(to);
    }
    case
}

#[test]
fn the_whole_is_promised_from_the_day_on_which_its_last_case_was_accepted() {
    let early = accepted_on(day(0));
    assert_eq!(clocks(&[early.clone(), member()]), [], "nothing is promised while a case may still want papers");
    let cases = [early, accepted_on(day(2))];
    let promised = &clocks(&cases)[0];
    assert_eq!((promised.kind, promised.ledger.started()), (ClockKind::Promised, day(2)));
    // Thursday the 3rd and fifteen working days, of which Sunday the 20th is one and Friday the 25th is none.
    assert_eq!(promised_due(&cases), Some(date(2026, 9, 23)));
    assert_eq!(clocks(&cases)[1].budget.days, 45);
}

#[test]
fn what_ended_before_acceptance_is_no_part_of_the_promise() {
    let gone = member().step_on(day(1), &clerk(), Step::Withdraw { reason: "不办了".into() });
    assert_eq!(gone.state.name(), protocol::case::CaseState::Withdrawn);
    assert!(promised_due(&[accepted_on(day(0)), gone.clone()]).is_some());
    assert_eq!(clocks(&[gone]), [], "and alone it has none");
}

#[test]
fn one_departments_expert_review_does_not_stop_the_whole_but_everybodys_does() {
    let runs = accepted_on(day(0));
    let before = promised_due(&[runs.clone(), runs.clone()]);
    let stands = paused(runs.clone(), day(3), Some(day(10)));
    assert_eq!(before, Some(date(2026, 9, 21)));
    assert_eq!(promised_due(&[runs.clone(), stands.clone()]), before);
    assert_eq!(
        promised_due(&[stands.clone(), paused(runs.clone(), day(8), None)]),
        Some(date(2026, 9, 23)),
        "two days, 10 and 11"
    );
    let both = [paused(runs.clone(), day(3), None), paused(runs, day(4), None)];
    assert_eq!(promised_due(&both), None, "nobody knows while everything stands still");
    assert!(clocks(&both)[0].ledger.is_paused());
}

#[test]
fn a_case_that_is_done_holds_up_no_pause_and_the_last_one_stops_the_clock() {
    let done = completed_member();
    let stands = paused(accepted_on(day(0)), day(2), None);
    let clock = &clocks(&[done.clone(), stands])[0];
    assert!(clock.ledger.is_paused() && clock.stopped.is_none());
    assert_eq!(clocks(&[done.clone(), done])[0].stopped, Some(TODAY));
}

#[test]
fn only_the_head_of_government_moves_the_whole() {
    let extended = |extender| {
        let case = member_of(&Item { extender, ..food() }).step(&clerk(), Step::Accept);
        Case { extension: Some(Extension { at: 0, by: "head".into(), days: 5, reason: "复杂".into() }), ..case }
    };
    let days = |extender| clocks(&[accepted_on(day(0)), extended(extender)])[0].budget.days;
    assert_eq!((days(Extender::AgencyHead), days(Extender::GovernmentHead)), (15, 20));
}

fn completed_member() -> Case {
    let case = member().step(&clerk(), Step::Accept);
    let case = case.step(&reviewer("health"), approve()).step(&reviewer("market"), approve());
    case.step(&signer(), grant()).step(&reviewer("market"), Step::Complete { result: None })
}

/// A case that came to each end there is, by the steps that lead to it.
fn ended(way: usize) -> Case {
    let refuse = || Step::Refuse { reason: "不符合卫生要求".into() };
    match way {
        0 => completed_member(),
        1 => in_approval().step(&signer(), refuse()),
        2 => member().step(&clerk(), Step::Withdraw { reason: "不办了".into() }),
        3 => {
            let end =
                End { at: today().now, by: "officer".into(), reason: "无需许可".into(), basis: String::new() };
            Case { state: CaseState::NotRequired { end }, ..member() }
        }
        4 => {
            let end =
                End { at: today().now, by: "officer".into(), reason: "不属本机关".into(), basis: String::new() };
            Case { state: CaseState::NotAccepted { end }, ..member() }
        }
        _ => {
            let step = Step::Terminate { reason: "终止".into(), basis: "第七十条".into() };
            let case = member().step(&clerk(), Step::Accept).step(&reviewer("market"), Step::StartReview);
            case.step(&leader("market"), step)
        }
    }
}

#[test]
fn what_cases_come_to_together() {
    let of = |ways: &[usize]| outcome(&ways.iter().map(|way| ended(*way)).collect::<Vec<_>>());
    use JointOutcome::{Ended, Granted, NotRequired, PartlyGranted, Refused};
    assert_eq!(of(&[0, 0]), Granted);
    assert_eq!(of(&[0, 3]), Granted, "what needs no permit is lacking nowhere");
    assert_eq!(of(&[0, 1]), PartlyGranted);
    assert_eq!(of(&[2, 0]), PartlyGranted);
    assert_eq!(of(&[4, 2]), Refused);
    assert_eq!(of(&[1, 5]), Refused);
    assert_eq!(of(&[2, 5]), Ended);
    assert_eq!(of(&[3, 3]), NotRequired);
    assert_eq!(outcome(&[ended(0), member()]), JointOutcome::Open);
    assert_eq!(outcome(&[]), JointOutcome::Open);
}

/// A member's ledger: accepted on a day, then runs and pauses in turn, and the day on which it was done.
type Course = (i32, Vec<(i32, i32)>, Option<i32>);

fn course() -> impl Strategy<Value = Course> {
    (0i32..8, prop::collection::vec((0i32..9, 1i32..12), 0..4), prop::option::of(5i32..50))
}

/// A case that went this course; `longer` days are added to each of its pauses at the end.
fn went((accepted, pauses, done): &Course, longer: i32) -> Case {
    let mut ledger = Ledger::start(day(*accepted));
    let mut at = *accepted;
    for (run, pause) in pauses {
        ledger.pause(day(at + run), SpecialKind::Testing);
        at += run + pause;
        ledger.resume(day(at));
    }
    if longer > 0 && !pauses.is_empty() {
        let mut last = Ledger::start(ledger.started());
        for (place, pause) in ledger.pauses().iter().enumerate() {
            let more = if place + 1 == pauses.len() { longer } else { 0 };
            last.pause(pause.from, pause.why);
            last.resume(pause.to.unwrap().checked_add(more.days()).unwrap());
        }
        ledger = last;
    }
    let state = match done {
        Some(done) => {
            let at = on(day(*done)).now;
            let decision = Decision { by: "signer".into(), at, reason: String::new() };
            CaseState::Completed { granted: true, decision, at, result: None }
        }
        None => CaseState::InReview { since: 0 },
    };
    Case { ledger: Some(ledger), state, ..MEMBER.clone() }
}

static MEMBER: LazyLock<Case> = LazyLock::new(member);

/// Whether a day counts for the whole, asked day by day: it does unless every case that was unfinished the evening before stood still.
fn counts(courses: &[Case], day: Date) -> bool {
    let before = day.yesterday().unwrap();
    let done = |case: &Case| matches!(case.state, CaseState::Completed { at, .. } if civil::day(at) <= before);
    let stands = |case: &Case| {
        let pauses = case.ledger.as_ref().unwrap().pauses();
        pauses.iter().any(|pause| pause.from <= before && before < pause.to.unwrap())
    };
    let mut unfinished = courses.iter().filter(|case| !done(case)).peekable();
    unfinished.peek().is_none() || unfinished.any(|case| !stands(case))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_outcome_does_not_depend_on_the_order_of_decisions(
        (ways, one, other) in prop::collection::vec(0usize..6, 1..5).prop_flat_map(|ways| {
            let order = Just((0..ways.len()).collect::<Vec<_>>()).prop_shuffle();
            (Just(ways), order.clone(), order)
        }),
    ) {
        let decide = |order: &[usize]| {
            let mut cases = vec![MEMBER.clone(); ways.len()];
            for (done, place) in order.iter().enumerate() {
                prop_assert_eq!((outcome(&cases), decided(&cases)), (JointOutcome::Open, done));
                cases[*place] = ended(ways[*place]);
            }
            prop_assert_ne!(outcome(&cases), JointOutcome::Open);
            let listed: Vec<Case> = order.iter().map(|place| cases[*place].clone()).collect();
            prop_assert_eq!(outcome(&listed), outcome(&cases));
            Ok(outcome(&cases))
        };
        prop_assert_eq!(decide(&one)?, decide(&other)?);
    }

    #[test]
    fn a_longer_pause_never_brings_the_joint_date_nearer(
        courses in prop::collection::vec(course(), 1..4), which in 0usize..4, longer in 1i32..15,
    ) {
        let due = |longer_of: Option<usize>| {
            let cases: Vec<Case> = courses
                .iter()
                .enumerate()
                .map(|(place, course)| went(course, if longer_of == Some(place) { longer } else { 0 }))
                .collect();
            promised_due(&cases).unwrap()
        };
        let without: Vec<Case> = courses.iter().map(|(accepted, _, done)| went(&(*accepted, Vec::new(), *done), 0)).collect();
        prop_assert!(promised_due(&without).unwrap() <= due(None));
        prop_assert!(due(None) <= due(Some(which % courses.len())));
    }

    #[test]
    fn days_used_are_those_on_which_a_case_went_on(courses in prop::collection::vec(course(), 1..4), until in 0i32..70) {
        let cases: Vec<Case> = courses.iter().map(|course| went(course, 0)).collect();
        let clock = &clocks(&cases)[0];
        let start = clock.ledger.started();
        let mut expected = 0;
        let mut at = start;
        while at < start.checked_add(until.days()).unwrap() {
            at = at.tomorrow().unwrap();
            expected += u32::from(CALENDAR.kind(at).is_worked() && counts(&cases, at));
        }
        prop_assert_eq!(clock.ledger.used(DayUnit::WorkingDays, at, &CALENDAR), expected);
    }
}
