//! Handing cases over: once each, in order, whatever the line does.

use exchange::messages::HallMessage;
use exchange::stand_in::Line;
use hall_server::clock::Clock;
use hall_server::store::exchange::{self as store};
use protocol::exchange::OutboxState;

use crate::case_stories::{accepted, answers, applicant, check_all, step};
use crate::support::exchange::{Exchanging, Told, case_accepted};
use crate::support::{Desk, Hall};
use serde_json::{Value, json};

const HOUR: i64 = 3600 * 1000;

fn number(case: &Value) -> &str {
    case["case_no"].as_str().unwrap()
}

/// Further accepted cases of the person at the desk.
async fn more_cases(desk: &Desk<'_>, count: usize) -> Vec<Value> {
    let ticket = desk.current().await.ok()["ticket"]["id"].clone();
    let mut cases = Vec::new();
    for _ in 0..count {
        let open = json!({ "ticket": ticket, "applicant": applicant(), "answers": answers(desk.person.hall).await });
        let case = desk.person.post("/api/v1/applications", open).await.ok()["cases"][0].clone();
        check_all(&desk.person, &case, "provided").await;
        cases.push(step(&desk.person, &case, "accept", "").await.ok());
    }
    cases
}

story! {
    async fn a_case_is_handed_over_with_all_that_the_department_needs(hall: &Hall) {
        let (_desk, case) = accepted(hall).await;
        let world = Exchanging::beside(hall).await;
        for (system, running, turn) in [("market", &world.market, 100), ("health", &world.health, 101)] {
            world.hand_over(system, number(&case), turn).await;
            let handed = running.handed(number(&case));
            assert_eq!(handed.messages.len(), 1);
            let got = &handed.messages[0];
            assert_eq!((got.kind.as_str(), got.sequence, got.times), ("case-accepted-for-review", turn, 1));
            let (_, sent) = case_accepted().parts();
            assert_eq!(got.body, sent);
        }
        assert_eq!(world.sender.send_due().await.unwrap(), 0, "once");
        world.close().await;
    }
}

story! {
    async fn a_case_is_handed_over_once_although_the_line_was_cut_after_sending(hall: &Hall) {
        let (_desk, case) = accepted(hall).await;
        let world = Exchanging::beside(hall).await;
        let row = world.put("market", number(&case), 100, &case_accepted()).await;
        world.market.line(Line::Cutting).await;
        assert_eq!(world.sender.send_due().await.unwrap(), 0);
        let kept = world.kept(&row.id).await;
        assert_eq!((kept.state, kept.attempts, kept.last_error.as_str()), (OutboxState::Waiting, 1, "the connection was cut"));
        assert_eq!(world.market.handed(number(&case)).messages.len(), 1, "the department has it already");

        world.market.line(Line::Well).await;
        assert_eq!(world.sender.send_due().await.unwrap(), 0, "not before the pause is over");
        hall.clock.advance(30_000);
        assert_eq!(world.sender.send_due().await.unwrap(), 1);
        let handed = world.market.handed(number(&case));
        assert_eq!((handed.messages.len(), handed.messages[0].times), (1, 2), "it came twice and was acted on once");
        assert_eq!(world.kept(&row.id).await.state, OutboxState::Sent);
        world.close().await;
    }
}

story! {
    async fn a_department_that_is_down_for_two_days_gets_everything_when_it_is_back(hall: &Hall) {
        let (desk, first) = accepted(hall).await;
        let second = more_cases(&desk, 1).await.remove(0);
        let world = Exchanging::beside(hall).await;
        world.market.line(Line::Refusing).await;
        let rows = [
            world.put("market", number(&first), 100, &case_accepted()).await,
            world.put("market", number(&second), 101, &case_accepted()).await,
        ];
        let start = hall.clock.now();
        let mut attempts = 0;
        while hall.clock.now() < start + 48 * HOUR {
            assert_eq!(world.sender.send_due().await.unwrap(), 0);
            attempts += 1;
            let next = world.kept(&rows[0].id).await.next_try_at;
            assert!(next > hall.clock.now() && next <= hall.clock.now() + 6 * HOUR);
            hall.clock.set(next.max(world.kept(&rows[1].id).await.next_try_at));
        }
        assert!((14..24).contains(&attempts), "pauses grow: {attempts} attempts in two days");
        assert_eq!(world.kept(&rows[0].id).await.attempts, attempts);

        world.market.line(Line::Well).await;
        let mut tx = hall.store.begin_write().await.unwrap();
        sqlx::query("UPDATE outbox SET next_try_at = next_try_at + 20000000 WHERE id = $1")
            .bind(&rows[1].id).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(world.sender.send_due().await.unwrap(), 2, "the second does not wait out its own pause");
        for case in [&first, &second] {
            assert_eq!(world.market.handed(number(case)).messages[0].times, 1);
        }
        world.close().await;
    }
}

story! {
    async fn a_system_that_hangs_or_fails_is_in_nobody_elses_way(hall: &Hall) {
        let (_desk, case) = accepted(hall).await;
        let world = Exchanging::beside(hall).await;
        world.market.line(Line::Hanging).await;
        let hanging = world.put("market", number(&case), 100, &case_accepted()).await;
        let well = world.put("health", number(&case), 101, &case_accepted()).await;
        assert_eq!(world.sender.send_due().await.unwrap(), 1);
        assert_eq!(world.kept(&well.id).await.state, OutboxState::Sent);
        assert_eq!(world.kept(&hanging.id).await.last_error, "no answer in time");
        world.market.line(Line::Failing { status: 500 }).await;
        hall.clock.advance(HOUR);
        assert_eq!(world.sender.send_due().await.unwrap(), 0);
        assert_eq!(world.kept(&hanging.id).await.last_error, "status 500");
        // A page of some proxy on the way, which is no acknowledgement.
        world.market.line(Line::Failing { status: 200 }).await;
        hall.clock.advance(HOUR);
        assert_eq!(world.sender.send_due().await.unwrap(), 0);
        let kept = world.kept(&hanging.id).await;
        assert_eq!((kept.state, kept.last_error.as_str()), (OutboxState::Waiting, "status 200 without a signed acknowledgement"));
        world.market.line(Line::Slow { millis: 200 }).await;
        hall.clock.advance(HOUR);
        assert_eq!(world.sender.send_due().await.unwrap(), 1);
        world.close().await;
    }
}

story! {
    async fn messages_about_a_case_go_in_order(hall: &Hall) {
        let (_desk, case) = accepted(hall).await;
        let world = Exchanging::beside(hall).await;
        world.market.line(Line::Refusing).await;
        world.put("market", number(&case), 100, &case_accepted()).await;
        world.sender.send_due().await.unwrap();
        let withdrawn = HallMessage::CaseWithdrawn { reason: "申请人撤回".to_owned() };
        let later = world.put("market", number(&case), 107, &withdrawn).await;
        world.market.line(Line::Well).await;
        assert_eq!(world.sender.send_due().await.unwrap(), 0, "the first waits for its pause, and the second for the first");
        assert_eq!(world.kept(&later.id).await.attempts, 0);
        hall.clock.advance(30_000);
        assert_eq!(world.sender.send_due().await.unwrap(), 2);
        let handed = world.market.handed(number(&case));
        let kinds: Vec<&str> = handed.messages.iter().map(|got| got.kind.as_str()).collect();
        assert_eq!((kinds, handed.withdrawn), (vec!["case-accepted-for-review", "case-withdrawn"], true));
        world.close().await;
    }
}

story! {
    async fn two_servers_do_not_both_send(hall: &Hall) {
        let (desk, first) = accepted(hall).await;
        let mut cases = more_cases(&desk, 11).await;
        cases.push(first);
        let world = Exchanging::beside(hall).await;
        let (other_hall, other) = world.another_sender().await;
        world.market.line(Line::Slow { millis: 150 }).await;
        // Both are at work already, and connected.
        assert_eq!(other.send_due().await.unwrap() + world.sender.send_due().await.unwrap(), 0);
        for (turn, case) in (100..).zip(&cases) {
            world.put("market", number(case), turn, &case_accepted()).await;
        }
        let (ours, theirs) = tokio::join!(world.sender.send_due(), other.send_due());
        let (ours, theirs) = (ours.unwrap(), theirs.unwrap());
        assert_eq!(ours + theirs, cases.len());
        assert!(ours > 0 && theirs > 0, "both work: {ours} and {theirs}");
        for case in &cases {
            assert_eq!(world.market.handed(number(case)).messages[0].times, 1);
        }
        drop(other);
        other_hall.close().await;
        world.close().await;
    }
}

story! {
    async fn what_a_server_was_sending_when_it_died_is_sent_by_another(hall: &Hall) {
        let (_desk, case) = accepted(hall).await;
        let world = Exchanging::beside(hall).await;
        let row = world.put("market", number(&case), 100, &case_accepted()).await;
        let now = hall.clock.now();
        let mut tx = hall.store.begin_write().await.unwrap();
        let claimed = store::claim(&mut tx, "market", "a server that died", now, now + 31_000, 8).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(claimed.len(), 1);
        hall.clock.advance(30_000);
        assert_eq!(world.sender.send_due().await.unwrap(), 0, "it may still be sending");
        hall.clock.advance(1_000);
        assert_eq!(world.sender.send_due().await.unwrap(), 1);
        let mut tx = hall.store.begin_write().await.unwrap();
        let late = store::delivered(&mut tx, &row.id, "a server that died", now).await.unwrap();
        tx.commit().await.unwrap();
        assert!(!late, "whoever comes too late changes nothing");
        world.close().await;
    }
}

story! {
    async fn what_was_said_is_emptied_a_month_after_delivery(hall: &Hall) {
        let (_desk, case) = accepted(hall).await;
        let world = Exchanging::beside(hall).await;
        world.hand_over("market", number(&case), 100).await;
        hall.clock.advance(29 * 24 * HOUR);
        assert_eq!(world.sender.empty_old_bodies().await.unwrap(), 0);
        assert!(world.kept("district-100-market").await.row.body.contains("王小明"));
        hall.clock.advance(2 * 24 * HOUR);
        assert_eq!(world.sender.empty_old_bodies().await.unwrap(), 1);
        assert_eq!(world.kept("district-100-market").await.row.body, "{}");
        world.close().await;
    }
}
