//! Pages as people see them, from made-up halls that stretch them: kept as snapshots.

use askama::Template;
use protocol::case::{CaseState, Progress, ProgressStep, StepState};
use protocol::catalogue::{Hall, HallKind, Line, Text};
use protocol::lookup::LookupOutcome;
use protocol::problem::{Code, Problem};
use protocol::queue::{Calling, Follow, LineStatus, QueueSnapshot, Ticket, TicketState, Wait, Window, WindowState};

use super::board::{BoardPage, Speaking};
use super::error::ErrorPage;
use super::follow::{CasePage, FollowPage, Withdrawing};
use super::index::IndexPage;
use super::prepare::PreparePage;
use super::supervisor::{Detail, HallPage, LivePage, Viewer};
use crate::lookups::view::CitizenLookup;
use crate::pages::frame::Frame;
use crate::pages::words::Words;
use crate::store::supervision::{CaseCounts, Hour};

/// Tuesday 24 November 2026, 10:00 in China.
pub(super) const NOW: i64 = 1_795_485_600_000;
const MINUTE: i64 = 60_000;

/// A published name of 110 characters.
pub(super) const LONG: &str = "除从事剧毒、易制爆、汽油加油站、专用危化品仓储的企业外，除中央企业所属省级、设区的市级公司（分公司）从事危险化学品经营活动的企业，不带有储存设施经营除剧毒化学品、易制爆危险化学品以外的其他危险化学品企业经营许可证变更审查";

/// Asset names hold a hash that changes with every edit; a snapshot need not.
pub(super) fn page(template: &impl Template) -> String {
    let html = template.render().unwrap();
    let mut text = String::new();
    let mut rest = html.as_str();
    while let Some(at) = rest.find("/static/") {
        let end = at + rest[at..].find('"').unwrap();
        let (name, hash) = rest[at..end].rsplit_once('-').unwrap();
        let extension = hash.split_once('.').unwrap().1;
        text.push_str(&rest[..at]);
        text.push_str(&format!("{name}-HASH.{extension}"));
        rest = &rest[end..];
    }
    text + rest
}

fn hall(name: &str, english: &str) -> Hall {
    Hall {
        code: "district".into(),
        name: Text::new(name, english),
        kind: HallKind::District,
        address: Text::new("示例路1号", "1 Sample Road"),
        phone: "0755-00000000".into(),
        hours: Vec::new(),
        one_ticket_per_person: false,
    }
}

fn line(letter: &str, name: Text, waiting: i64, windows: i64, to_minutes: Option<i64>) -> LineStatus {
    LineStatus {
        line: Line { letter: letter.into(), name },
        waiting,
        longest_since: (waiting > 0).then_some(NOW - 12 * MINUTE),
        wait: Wait { from_minutes: to_minutes.map(|m| m / 2), to_minutes },
        windows,
        taken_today: 40 + waiting,
        completed_today: 30,
        no_show_today: 2,
        mean_wait_seconds: Some(660),
    }
}

fn window(number: i64, state: WindowState, clerk: Option<&str>, ticket: Option<&str>) -> Window {
    Window {
        number,
        name: Text::new(format!("{number}号窗口"), format!("Window {number}")),
        lines: vec!["A".into()],
        state,
        clerk: clerk.map(str::to_owned),
        ticket: ticket.map(str::to_owned),
        since: None,
    }
}

fn busy() -> QueueSnapshot {
    let call = |number: &str, window, turn| Calling { number: number.into(), window, at: NOW, calls: 1, turn };
    QueueSnapshot {
        hall: hall("示例区政务服务大厅", "Sample District Service Hall"),
        turn: 41,
        at: NOW,
        open: true,
        calling: vec![call("A1023", 60, 41), call("B007", 2, 39), call("A1022", 1, 30)],
        lines: vec![
            line("A", Text::new("企业登记", "Business registration"), 9, 2, Some(18)),
            line("B", Text::new(LONG, ""), 3, 0, None),
            line("C", Text::new("税务", "Taxation"), 0, 1, Some(0)),
        ],
        windows: vec![
            window(1, WindowState::Open, Some("clerk1"), None),
            window(2, WindowState::Serving, Some("clerk2"), Some("B007")),
            window(3, WindowState::Paused, Some("clerk3"), None),
            window(60, WindowState::Serving, Some("clerk4"), Some("A1023")),
            window(61, WindowState::Closed, None, None),
        ],
    }
}

fn quiet() -> QueueSnapshot {
    QueueSnapshot { open: false, calling: Vec::new(), lines: Vec::new(), windows: Vec::new(), ..busy() }
}

fn follow(state: TicketState, ahead: i64, cases: Vec<Progress>) -> Follow {
    Follow {
        ticket: Ticket {
            id: 7,
            hall: "district".into(),
            day: "2026-11-24".into(),
            number: "A1023".into(),
            line: "A".into(),
            item: "SAMPLE-1".into(),
            item_version: 1,
            item_name: Text::new("食品经营许可（新办）", "Food business permit"),
            state,
            taken_at: NOW - 20 * MINUTE,
            window: (state != TicketState::Waiting).then_some(60),
            called_at: None,
            calls: i64::from(state != TicketState::Waiting),
            ahead,
            wait: Wait { from_minutes: Some(10), to_minutes: Some(18) },
            follow_code: "0123456789abcdefghijkl".into(),
            follow_url: "http://hall.test/t/0123456789abcdefghijkl".into(),
        },
        hall_name: Text::new("示例区政务服务大厅", "Sample District Service Hall"),
        turn: 41,
        cases,
    }
}

fn progress() -> Progress {
    let step = |zh: &str, en: &str, state, at| ProgressStep { name: Text::new(zh, en), state, at };
    Progress {
        case_no: "4403040120261124000018".into(),
        item_name: Text::new("食品经营许可（新办）", "Food business permit"),
        department_name: Text::new("区市场监督管理局", "District Administration for Market Regulation"),
        state: CaseState::Correction,
        text: Text::new("材料还不齐，请按告知补交。", "Some papers are missing. Please bring those listed."),
        received_at: NOW,
        due_on: Some("2026-12-08".into()),
        missing: vec![Text::new("经营场所平面图 <1:100>", "Floor plan <1:100>")],
        steps: vec![
            step("收件", "Received", StepState::Done, Some(NOW)),
            step("受理", "Accepted", StepState::Current, None),
            step("审查", "Review", StepState::Ahead, None),
        ],
    }
}

fn viewer() -> Viewer {
    Viewer { name: "示例督导".into(), csrf: "0f0f".into() }
}

#[test]
fn the_board_shows_the_newest_call_the_last_ones_and_who_waits() {
    let speaking = Speaking { speak: "cmn en".into(), voices: "cmn".into(), repeat: 2 };
    let frame = Frame::new(Words::ZH, "/halls/district/board");
    insta::assert_snapshot!(page(&BoardPage::new(frame, &busy(), true, speaking)));
}

#[test]
fn an_empty_board_says_so_in_english_too() {
    let speaking = Speaking { speak: String::new(), voices: String::new(), repeat: 1 };
    let frame = Frame::new(Words::EN, "/halls/district/board");
    insta::assert_snapshot!(page(&BoardPage::new(frame, &quiet(), false, speaking)));
}

#[test]
fn the_phone_of_somebody_who_waits() {
    let frame = Frame::new(Words::ZH, "/t/0123456789abcdefghijkl");
    let follow = follow(TicketState::Waiting, 4, Vec::new());
    insta::assert_snapshot!(page(&FollowPage::new(frame, &follow, "/api/v1/follow/x/events".into(), true)));
}

#[test]
fn the_phone_of_somebody_who_is_called_with_an_application_under_way() {
    let frame = Frame::new(Words::EN, "/t/0123456789abcdefghijkl");
    let follow = follow(TicketState::Called, 0, vec![progress()]);
    insta::assert_snapshot!(page(&FollowPage::new(frame, &follow, "/api/v1/follow/x/events".into(), false)));
}

#[test]
fn the_receipts_page_lists_what_is_missing() {
    insta::assert_snapshot!(page(&CasePage::new(
        Frame::new(Words::ZH, "/c/x"),
        "x",
        &progress(),
        &[],
        &[],
        Withdrawing::Possible("/c/x/withdraw".into()),
        NOW
    )));
}

#[test]
fn the_receipts_page_shows_the_whole_that_the_case_is_part_of() {
    use protocol::case::{ClockKind, ClockState, ClockView, Joint, JointOutcome};
    let clock = ClockView {
        kind: ClockKind::Promised,
        department: String::new(),
        state: ClockState::Running,
        used: 3,
        days: 15,
        due_on: Some("2026-12-15".into()),
        provisional: false,
        days_left: Some(12),
        overdue: false,
        text: Text::new("第3天，共15个工作日", "day 3 of 15 working days"),
    };
    let joint = Joint {
        item_name: Text::new("开餐馆“一件事”", "Opening a restaurant"),
        cases: 2,
        decided: 1,
        outcome: JointOutcome::Open,
        clocks: vec![clock],
    };
    let cases = [
        (progress().case_no, Text::new("食品经营许可（新办）", "Food business permit"), CaseState::InReview),
        ("4403040120261124000026".to_owned(), Text::new(LONG, LONG), CaseState::DecidedGranted),
    ];
    let shown = |w: Words, joint: &Joint| {
        let page_of = CasePage::new(Frame::new(w, "/c/x"), "x", &progress(), &[], &[], Withdrawing::No, NOW);
        page(&page_of.with_whole(joint, &cases))
    };
    insta::assert_snapshot!(shown(Words::ZH, &joint));
    let before = shown(Words::EN, &Joint { clocks: Vec::new(), ..joint.clone() });
    assert!(before.contains("Counts once every case is accepted"));
    let alone = shown(Words::ZH, &Joint { item_name: Text::default(), clocks: Vec::new(), ..joint });
    assert!(!alone.contains("whole-due"), "cases without a package promise nothing together");
}

#[test]
fn the_receipts_page_says_which_office_looked_up_what_and_what_for() {
    let lookup = |office: &str, data: &str, purpose: &str, outcome| CitizenLookup {
        at: NOW,
        office: Text::new(office, "Sample office"),
        data: Text::new(data, "Sample data"),
        purpose: purpose.to_owned(),
        outcome,
    };
    let lookups = [
        lookup("区市场监督管理局", "营业执照信息", "核对经营者登记状态", LookupOutcome::Found),
        lookup("示例区政务服务大厅", LONG, "<script>alert(1)</script>", LookupOutcome::NoAnswer),
    ];
    insta::assert_snapshot!(page(&CasePage::new(
        Frame::new(Words::ZH, "/c/x"),
        "x",
        &progress(),
        &lookups,
        &[],
        Withdrawing::Asked,
        NOW
    )));
}

#[test]
fn the_supervisor_sees_every_hall_as_a_card() {
    let frame = Frame::new(Words::ZH, "/supervisor");
    insta::assert_snapshot!(page(&LivePage::new(frame, viewer(), &[busy(), quiet()], true)));
}

#[test]
fn the_supervisor_sees_a_halls_day_by_the_hour() {
    let hours = [
        Hour { hour: 9, taken: 31, called: 22, mean_wait_seconds: Some(540) },
        Hour { hour: 11, taken: 12, called: 20, mean_wait_seconds: Some(8_000) },
    ];
    let clerks = [("clerk1".to_owned(), "示例一".to_owned())].into();
    let cases = CaseCounts { received: 4, in_review: 3, decided: 9, overdue: 1 };
    let detail = Detail::new(Words::EN, &busy(), &clerks, &hours, cases);
    let frame = Frame::new(Words::EN, "/supervisor/halls/district");
    insta::assert_snapshot!(page(&HallPage::new(frame, viewer(), &busy(), detail, false)));
}

#[test]
fn the_first_page_leads_to_every_board() {
    let halls = [hall("示例区政务服务大厅", "Sample District Service Hall")];
    insta::assert_snapshot!(page(&IndexPage::new(Frame::new(Words::ZH, "/"), &halls, true)));
}

/// A restaurant's ticket, its premises rented; the lease photographed, the credit code wrong.
fn prepared(sent_at: Option<i64>) -> protocol::preparation::Preparation {
    let text = |zh: &str, en: &str| serde_json::json!({ "zh": zh, "en": en });
    let body = serde_json::json!({
        "ticket": 1, "item": "X", "item_version": 1, "sent_at": sent_at, "changed_at": NOW,
        "answers": { "premises": "rented" },
        "form": { "name": "<福记>", "code": "91350100M000100Y44" },
        "questions": [{ "key": "premises", "text": text("自有还是租赁？", "Own or rented?"), "choices": [
            { "key": "owned", "text": text("自有", "Own") }, { "key": "rented", "text": text("租赁", "Rented") }] }],
        "documents": [
            { "key": "lease", "name": text("租赁合同", "Lease"), "mandatory": true, "originals": 1, "copies": 2 },
            { "key": "plan", "name": text("平面图", "Floor plan"), "mandatory": true, "deferrable": true }],
        "fields": [
            { "key": "name", "name": text("名称", "Name"), "mandatory": true },
            { "key": "code", "name": text("代码", "Code"), "kind": "credit-code" },
            { "key": "story", "name": text("说明", "Story"), "kind": "prose" }],
        "files": [{ "document": "lease", "id": "f1", "name": "IMG_1.jpg", "media_type": "image/jpeg", "size": 2_100_000,
            "sha256": "ab", "for": "ticket:1", "uploaded_at": NOW, "has_preview": true }],
        "open": [{ "about": "document", "key": "plan", "text": text("请拍摄：平面图", "Please photograph: Floor plan") }],
    });
    serde_json::from_value(body).unwrap()
}

#[test]
fn the_page_on_which_a_waiting_person_prepares() {
    let follow = follow(TicketState::Waiting, 3, vec![]);
    let frame = Frame::new(Words::ZH, "/t/x/prepare/answers");
    let html = page(&PreparePage::new(&frame, &follow, &prepared(None), "文件过大".to_owned(), true));
    assert!(!html.contains("<福记>"), "what was entered is escaped");
    insta::assert_snapshot!(html);
}

#[test]
fn the_page_says_in_english_that_it_was_handed_over() {
    let follow = follow(TicketState::Called, 0, vec![]);
    let frame = Frame::new(Words::EN, "/t/x/prepare");
    insta::assert_snapshot!(page(&PreparePage::new(&frame, &follow, &prepared(Some(NOW)), String::new(), false)));
}

#[test]
fn an_error_is_a_plain_page_with_nothing_to_inject() {
    let problem = Problem::new(Code::UnknownHall, "<script>alert(1)</script>", false);
    let html = page(&ErrorPage::new(Frame::new(Words::ZH, "/halls/x/board"), &problem));
    assert!(!html.contains("<script>alert"), "what the asker sent is escaped");
    insta::assert_snapshot!(html);
}

#[test]
fn a_phone_never_shows_a_window_before_the_call_and_says_who_is_next() {
    let html = page(&FollowPage::new(
        Frame::new(Words::ZH, "/t/x"),
        &follow(TicketState::Waiting, 0, vec![]),
        "e".into(),
        false,
    ));
    assert!(html.contains(r#"data-state="next""#) && !html.contains(r#"data-testid="window""#));
    for state in [TicketState::Completed, TicketState::NoShow, TicketState::Lapsed, TicketState::Unknown] {
        let html = page(&FollowPage::new(Frame::new(Words::ZH, "/t/x"), &follow(state, 0, vec![]), "e".into(), false));
        assert!(!html.contains(r#"data-testid="window""#), "{state:?} sends nobody to a window");
        assert!(!html.contains(r#"data-testid="ahead""#), "{state:?} has nobody ahead");
    }
}
