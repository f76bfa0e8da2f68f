//! The pages of supervision with what stretches them: names of 110 characters, every colour, every state.

use domain::supervision::SignalEvent;
use jiff::civil::date;
use protocol::case::{CaseState, ClockKind, ClockState, ClockView, Joint, JointOutcome};
use protocol::catalogue::Text;
use protocol::supervision::{Ahead, Figures, Signal, SignalAction, SignalKind, SignalState, UnitFigures};

use super::ahead::{self, AheadPage, Level};
use super::signal::{Message, Shown, SignalPage};
use super::signals::{self, SignalsPage};
use crate::pages::frame::Frame;
use crate::pages::view::supervisor::Viewer;
use crate::pages::view::tests::{LONG, NOW, page};
use crate::pages::words::Words;
use crate::supervision::history::SignalStepTaken;

fn viewer() -> Viewer {
    Viewer { name: "督导员".into(), csrf: "0123".into() }
}

fn clock(kind: ClockKind, days_left: i64) -> ClockView {
    ClockView {
        kind,
        department: String::new(),
        state: ClockState::Running,
        used: 7,
        days: 10,
        due_on: Some("2026-12-08".into()),
        provisional: false,
        days_left: Some(days_left),
        overdue: days_left < 0,
        text: Text::new(
            "第7天，共10个工作日；9月8日至9月22日因专家评审暂停",
            "day 7 of 10 working days; paused 2026-09-08 to 2026-09-22 for expert review",
        ),
    }
}

fn line(case_no: &str, days_left: i64) -> Ahead {
    Ahead {
        case_no: case_no.into(),
        hall: "district".into(),
        item_name: Text::new(LONG, "Food licence"),
        case_state: CaseState::InReview,
        joint: false,
        unit: "market".into(),
        unit_name: Text::new(LONG, "District Administration for Market Regulation"),
        persons: vec!["王建国".into(), "李慧敏".into()],
        due_on: "2026-12-08".into(),
        clock: clock(ClockKind::Review, days_left),
        promised: Some(clock(ClockKind::Promised, days_left + 4)),
        application: None,
    }
}

fn figures() -> Figures {
    let market = UnitFigures {
        unit: "market".into(),
        unit_name: Text::new(LONG, "District Administration for Market Regulation"),
        open: 26,
        soon: 9,
        overdue: 12,
        warnings: 13,
        yellow: 24,
        red: 6,
        red_statutory: 2,
        finished: 200,
        on_time: 199,
    };
    let quiet = UnitFigures {
        unit: "district".into(),
        unit_name: Text::new("示例区政务服务大厅", "Sample District Service Hall"),
        open: 3,
        ..UnitFigures::default()
    };
    let all = UnitFigures { unit: String::new(), unit_name: Text::default(), open: 29, ..market.clone() };
    Figures { all, units: vec![market, quiet] }
}

fn joint() -> Joint {
    Joint {
        item_name: Text::new("开餐馆“一件事”", "Opening a restaurant, all in one"),
        cases: 3,
        decided: 1,
        outcome: JointOutcome::Open,
        clocks: vec![clock(ClockKind::Promised, 1)],
    }
}

fn ahead_page(w: Words, unit: &str) -> String {
    let whole = Ahead {
        joint: true,
        item_name: joint().item_name,
        application: Some(joint()),
        promised: None,
        persons: Vec::new(),
        clock: clock(ClockKind::Promised, 0),
        ..line("44030400120261124000030", 0)
    };
    let lines = [line("44030400120261124000014", -3), whole, line("44030400120261124000022", 8)];
    let asked = ahead::Asked { unit, page: 1, now: NOW };
    page(&AheadPage::new(Frame::new(w, ahead::PATH), viewer(), &figures(), &lines, true, asked))
}

fn signal(kind: SignalKind, state: SignalState) -> Signal {
    Signal {
        id: 7,
        hall: "district".into(),
        case_no: "44030400120261124000014".into(),
        item_name: Text::new(LONG, "Food licence"),
        case_state: CaseState::InReview,
        rule: "promised-passed".into(),
        rule_name: Text::new("超承诺时限", "Promised limit passed"),
        signal: kind,
        recipient: "market".into(),
        recipient_name: Text::new(LONG, "District Administration for Market Regulation"),
        round: 1,
        raised_at: NOW,
        reply_due_on: "2026-11-27".into(),
        reply_overdue: state == SignalState::Open,
        state,
        reply: String::new(),
        replied_by: None,
        replied_at: None,
        review: String::new(),
        reviewed_by: None,
        reviewed_at: None,
        clock: Some(clock(ClockKind::Promised, -1)),
        actions: match state {
            SignalState::Open => vec![SignalAction::Cancel],
            SignalState::Replied => vec![SignalAction::Confirm, SignalAction::SendBack, SignalAction::Cancel],
            _ => Vec::new(),
        },
    }
}

#[test]
fn what_is_about_to_go_wrong_stands_in_groups() {
    insta::assert_snapshot!(ahead_page(Words::ZH, ""));
}

#[test]
fn a_units_own_page_names_the_unit() {
    let own = ahead_page(Words::EN, "market");
    assert!(own.contains(r#"data-testid="unit-name">District Administration"#) && own.contains("99%"));
    assert!(own.contains("page=2") && own.contains("page=0"));
    let unknown = ahead_page(Words::ZH, "<b>");
    assert!(!unknown.contains("<b>&") && unknown.contains(r#"data-testid="figure-overdue">0"#));
}

#[test]
fn nothing_is_running() {
    let asked = ahead::Asked { unit: "", page: 0, now: NOW };
    let frame = Frame::new(Words::ZH, ahead::PATH);
    let empty = page(&AheadPage::new(frame, viewer(), &Figures::default(), &[], false, asked));
    assert!(empty.contains("nothing-ahead") && empty.contains(r#"data-testid="figure-on-time">–"#));
    assert!(!empty.contains("watch-pager"));
}

#[test]
fn signals_have_their_colours_in_words() {
    let kinds = [SignalKind::RedStatutory, SignalKind::Red, SignalKind::Yellow, SignalKind::Warn];
    let states = [SignalState::Open, SignalState::Replied, SignalState::Confirmed, SignalState::Cancelled];
    let listed: Vec<Signal> = kinds.into_iter().zip(states).map(|(kind, state)| signal(kind, state)).collect();
    let asked =
        signals::Asked { unit: "", shown: signals::Shown::ToDo, colour: Some(SignalKind::Red), page: 0, now: NOW };
    let frame = Frame::new(Words::ZH, signals::PATH);
    insta::assert_snapshot!(page(&SignalsPage::new(frame, viewer(), &figures(), &listed, false, asked)));
}

#[test]
fn a_signal_shows_everything_that_happened_to_it() {
    let step = |event, by: &str| SignalStepTaken { at: NOW, event, by: by.into() };
    let (case_no, rule, department) = ("4403".to_owned(), "promised-passed".to_owned(), "market".to_owned());
    let raised = SignalEvent::SignalRaised {
        case_no: case_no.clone(),
        rule: rule.clone(),
        signal: SignalKind::Red,
        department: department.clone(),
        round: 1,
        reply_due_on: date(2026, 11, 27),
    };
    let replied =
        SignalEvent::SignalReplied { case_no, rule, department, round: 1, text: "<script>alert(1)</script>".into() };
    let steps = [step(raised, ""), step(replied, "王建国")];
    let shown = |state, message, typed| {
        let signal = signal(SignalKind::Red, state);
        let shown = Shown { signal: &signal, steps: &steps, addressed: vec!["王建国".into(), LONG.into()] };
        page(&SignalPage::new(Frame::new(Words::ZH, "/supervisor/signals/7"), viewer(), shown, message, typed))
    };
    let refused = Message { good: false, text: "请填写意见或理由".into() };
    insta::assert_snapshot!(shown(SignalState::Replied, refused, "写了一半"));
    let closed = shown(SignalState::Confirmed, Message::default(), "");
    assert!(!closed.contains("<form method=\"post\" action=\"/supervisor/signals"));
}

#[test]
fn a_date_that_passed_on_a_day_off_is_overdue_without_a_lost_day() {
    let passed = ClockView { overdue: true, ..clock(ClockKind::Review, 0) };
    assert_eq!(Level::of(&passed), Level::Overdue);
    assert_eq!(ahead::left(&passed, Words::ZH), "已超期");
    assert_eq!(Level::of(&clock(ClockKind::Review, 0)), Level::Today);
    assert_eq!(Level::of(&clock(ClockKind::Review, 3)), Level::Soon);
    assert_eq!(Level::of(&clock(ClockKind::Review, 4)), Level::Later);
}
