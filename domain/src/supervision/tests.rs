use std::sync::LazyLock;

use jiff::civil::{Date, date};
use proptest::prelude::*;
use protocol::case::{CheckedDocument, ClockKind, DocumentStatus, Step};
use protocol::catalogue::{BranchRule, Item, RequiredDocument, SpecialKind, SpecialRule, Text};
use protocol::staff::{Role, User};
use protocol::supervision::{Rule, SignalAction, SignalKind, SignalStep, Trigger};

use super::*;
use crate::calendar::Calendar;
use crate::cases::{Asker, Case, CaseEvent, Moment, Opening};
use crate::civil;

static CALENDAR: LazyLock<Calendar> = LazyLock::new(Calendar::published);

fn on(day: Date) -> Moment<'static> {
    Moment { now: civil::instant(day.at(10, 0, 0, 0)), calendar: &CALENDAR }
}

fn staff(role: Role, hall: Option<&str>, department: Option<&str>) -> User {
    User {
        username: format!("{role:?}"),
        name: String::new(),
        roles: vec![role],
        hall: hall.map(str::to_owned),
        department: department.map(str::to_owned),
    }
}

fn clerk() -> User {
    staff(Role::Clerk, Some("district"), None)
}

fn reviewer(department: &str) -> User {
    staff(Role::Reviewer, None, Some(department))
}

fn supervisor() -> User {
    staff(Role::Supervisor, None, None)
}

/// Ten promised days from Tuesday 1 September 2026: due on the 15th; twenty statutory ones: on the 29th.
fn accepted() -> Case {
    let item = Item {
        code: "food".into(),
        department: "market".into(),
        promised_days: 10,
        statutory_days: 20,
        review_days: 6,
        documents: vec![RequiredDocument { key: "form".into(), mandatory: true, ..Default::default() }],
        branches: vec![BranchRule::of("market"), BranchRule::of("health")],
        special_procedures: vec![SpecialRule { kind: SpecialKind::Testing, basis: Text::default(), longest_days: 0 }],
        extension_days: 10,
        ..Item::default()
    };
    let opening = Opening {
        package: None,
        case_no: "1".into(),
        hall: "district".into(),
        application: "1".into(),
        item: &item,
        documents: vec![0],
        fees: Vec::new(),
        branches: vec![0, 1],
        answers: Default::default(),
        ticket: None,
        received_on: None,
    };
    let (case, _) = opening.receive(&on(date(2026, 9, 1)));
    let provided = CheckedDocument { key: "form".into(), status: DocumentStatus::Provided };
    let (case, _) = take(case, &clerk(), Step::CheckDocuments { documents: vec![provided] }, date(2026, 9, 1));
    take(case, &clerk(), Step::Accept, date(2026, 9, 1)).0
}

fn take(case: Case, who: &User, step: Step, day: Date) -> (Case, CaseEvent) {
    case.apply(&Asker::Staff(who), step, &on(day)).unwrap()
}

fn fires_on(case: &Case, rule: &str) -> Vec<Date> {
    let firings = Rules::default().firings(case, &CALENDAR);
    firings.into_iter().filter(|raise| raise.rule == rule).map(|raise| raise.on).collect()
}

#[test]
fn the_colours_come_in_their_order() {
    let case = accepted();
    assert_eq!(fires_on(&case, "promised-near"), [date(2026, 9, 11)], "two working days before Tuesday the 15th");
    assert_eq!(fires_on(&case, "promised-last-day"), [date(2026, 9, 14)]);
    assert_eq!(fires_on(&case, "promised-passed"), [date(2026, 9, 16)]);
    assert_eq!(fires_on(&case, "statutory-passed"), [date(2026, 9, 30)]);
    assert_eq!(fires_on(&case, "review-passed"), [date(2026, 9, 10), date(2026, 9, 10)], "one for each department");
    assert_eq!(Rules::default().watch_on(&case, &CALENDAR), Some(date(2026, 9, 10)));
}

#[test]
fn a_clock_that_stands_still_raises_nothing() {
    let ask = Step::AskSpecial { kind: SpecialKind::Testing, days: 5, reason: "检测".into() };
    let day = date(2026, 9, 3);
    let (case, _) = take(accepted(), &reviewer("health"), Step::Approve { opinion: "同意".into() }, day);
    let (case, _) = take(case, &reviewer("market"), ask, day);
    let (case, _) = take(case, &staff(Role::Leader, None, Some("market")), Step::ApproveSpecial, day);
    assert_eq!(Rules::default().firings(&case, &CALENDAR), []);
    assert_eq!(Rules::default().watch_on(&case, &CALENDAR), Some(date(2026, 9, 10)), "the hall ends it then");
}

#[test]
fn a_vetoed_departments_review_is_not_blamed_for_its_silence() {
    let (case, _) =
        take(accepted(), &reviewer("health"), Step::Object { reason: "不符合卫生要求".into() }, date(2026, 9, 3));
    assert!(fires_on(&case, "review-passed").is_empty());
    assert_eq!(fires_on(&case, "promised-passed"), [date(2026, 9, 16)], "the case itself still has its limit");
}

#[test]
fn an_extension_begins_a_new_round() {
    let leader = staff(Role::Leader, None, Some("market"));
    let extend = Step::Extend { days: 10, reason: "核查".into() };
    let (case, _) = take(accepted(), &leader, extend, date(2026, 9, 14));
    let red: Vec<_> =
        Rules::default().firings(&case, &CALENDAR).into_iter().filter(|r| r.rule == "promised-passed").collect();
    assert_eq!((red[0].on, red[0].round), (date(2026, 9, 30), 2));
}

#[test]
fn a_refusal_without_a_reason_is_seen_whatever_the_time() {
    let day = date(2026, 9, 3);
    let raised = |reason: &str| {
        let (case, event) = take(accepted(), &reviewer("health"), Step::Object { reason: reason.into() }, day);
        Rules::default().on_step(&case, &event, day)
    };
    assert_eq!(raised("场所不符合卫生要求"), []);
    let signal = &raised("不行")[0];
    assert_eq!((signal.rule.as_str(), signal.department.as_deref()), ("refused-without-reason", Some("health")));
}

#[test]
fn a_fee_outside_the_list_is_a_red_card_for_the_hall() {
    let day = date(2026, 9, 3);
    let (case, event) = take(accepted(), &clerk(), Step::ChargeFee { name: "加急费".into(), amount: 5_000 }, day);
    let raised = Rules::default().on_step(&case, &event, day);
    assert_eq!((raised[0].signal, raised[0].department.as_deref()), (SignalKind::Red, None));
}

#[test]
fn rules_that_cannot_be_are_named() {
    let rule = |id: &str, zh: &str, reply_days| Rule {
        id: id.into(),
        name: Text::new(zh, ""),
        signal: SignalKind::Red,
        trigger: Trigger::Overdue { clock: ClockKind::Promised },
        reply_days,
    };
    let errors = Rules::new(vec![rule("a", "甲", 1), rule("a", "", 0), rule("B!", "乙", 1)]).unwrap_err();
    assert_eq!(
        errors,
        [
            RuleError::IdTwice("a".into()),
            RuleError::Unnamed("a".into()),
            RuleError::NoTimeToReply("a".into()),
            RuleError::Id("B!".into()),
        ]
    );
    assert_eq!(Rules::new(Rules::default().all().to_vec()), Ok(Rules::default()));
}

fn red_card() -> Signal {
    let case = accepted();
    let firings = Rules::default().firings(&case, &CALENDAR);
    let raise = firings.into_iter().find(|raise| raise.rule == "promised-passed").unwrap();
    Signal::raise(&case, raise, on(date(2026, 9, 16)).now, &CALENDAR).0
}

fn reply(text: &str) -> SignalStep {
    SignalStep::Reply { text: text.into() }
}

#[test]
fn a_red_card_is_answered_reviewed_and_stands() {
    let now = on(date(2026, 9, 17)).now;
    let card = red_card();
    assert_eq!(card.reply_due_on, date(2026, 9, 20), "three working days: the Sunday is worked");
    assert_eq!(card.clone().apply(&reviewer("health"), reply("我"), now).unwrap_err(), SignalRefusal::Forbidden);
    assert_eq!(card.clone().apply(&reviewer("market"), reply(" "), now).unwrap_err(), SignalRefusal::TextRequired);
    let (card, _) = card.apply(&reviewer("market"), reply("现场核查延误，今日办结"), now).unwrap();
    let (back, _) = card.apply(&supervisor(), SignalStep::SendBack { text: "未说明整改".into() }, now).unwrap();
    assert_eq!(back.allowed(&reviewer("market")), [SignalAction::Reply]);
    let (card, _) = back.apply(&reviewer("market"), reply("已调整派件"), now).unwrap();
    let (card, _) = card.apply(&supervisor(), SignalStep::Confirm { text: String::new() }, now).unwrap();
    assert!(matches!(card.state, SignalState::Confirmed { .. }));
    assert_eq!(card.allowed(&supervisor()), []);
}

#[test]
fn a_cancelled_card_keeps_its_reason() {
    let now = on(date(2026, 9, 17)).now;
    let cancel = |text: &str| SignalStep::Cancel { text: text.into() };
    assert_eq!(red_card().apply(&supervisor(), cancel(""), now).unwrap_err(), SignalRefusal::TextRequired);
    assert_eq!(red_card().apply(&reviewer("market"), cancel("误发"), now).unwrap_err(), SignalRefusal::Forbidden);
    let (card, _) = red_card().apply(&supervisor(), cancel("系统停机一日"), now).unwrap();
    assert_eq!(card.state.review().unwrap().text, "系统停机一日");
}

proptest! {
    #[test]
    fn a_warning_comes_on_the_first_day_with_so_few_days_left(offset in 0i32..700, days in 0u16..6) {
        let start = date(2024, 2, 1).checked_add(jiff::Span::new().days(offset)).unwrap();
        let rule = Rule {
            id: "near".into(),
            name: Text::new("将到", ""),
            signal: SignalKind::Warn,
            trigger: Trigger::DaysLeft { clock: ClockKind::Promised, days },
            reply_days: 1,
        };
        let mut case = accepted();
        case.ledger = Some(crate::cases::Ledger::start(start));
        let raise = Rules::new(vec![rule]).unwrap().firings(&case, &CALENDAR).remove(0);
        let due = CALENDAR.due(start, 10).date;
        prop_assert!(CALENDAR.days_left(raise.on, due) <= i64::from(days));
        prop_assert!(raise.on >= start);
        if raise.on > start {
            prop_assert!(CALENDAR.days_left(raise.on.yesterday().unwrap(), due) > i64::from(days));
        }
    }
}
