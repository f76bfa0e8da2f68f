//! Messages that nobody takes: seen, and sent again by hand.

use exchange::messages::HallMessage;
use exchange::stand_in::Line;
use hall_server::clock::Clock;
use protocol::exchange::OutboxState;
use protocol::staff::Role;
use serde_json::json;

use crate::case_stories::accepted;
use crate::support::Hall;
use crate::support::exchange::{Exchanging, Told, case_accepted, kinds};

const DAY: i64 = 24 * 3600 * 1000;

story! {
    async fn a_message_that_a_department_refuses_is_stuck_seen_and_replayed_by_hand(hall: &Hall) {
        let (_desk, case) = accepted(hall).await;
        let case_no = case["case_no"].as_str().unwrap();
        let world = Exchanging::beside(hall).await;
        let supplement = HallMessage::DocumentsSupplemented { documents: Vec::new(), note: "容缺补齐".to_owned() };
        let row = world.put("market", case_no, 105, &supplement).await;
        assert_eq!(world.sender.send_due().await.unwrap(), 0);
        let kept = world.kept(&row.id).await;
        assert_eq!((kept.state, kept.attempts), (OutboxState::Stuck, 1), "a refusal is not tried again");

        let supervisor = world.hall.person("supervisor", &[Role::Supervisor], None, None).await;
        let listed = supervisor.get("/api/v1/exchange/outbox?state=stuck").await.ok();
        assert_eq!(listed.as_array().unwrap().len(), 1);
        assert_eq!((&listed[0]["case_no"], &listed[0]["configured"]), (&json!(case_no), &json!(true)));
        assert!(listed[0]["last_error"].as_str().unwrap().starts_with("refused with status 404, unknown-case"));
        assert!(listed[0].get("body").is_none(), "what is said is not shown");
        let elsewhere = hall.reply(hall.request(reqwest::Method::GET, "/api/v1/exchange/outbox").bearer_auth(&supervisor.token)).await;
        assert_eq!(elsewhere.ok()[0]["configured"], json!(false), "a server without this system says so");
        assert_eq!(supervisor.get("/api/v1/exchange/outbox?state=sent").await.ok(), json!([]));
        let replay = format!("/api/v1/exchange/outbox/{}/replay", row.id);
        assert_eq!(supervisor.post(&replay, json!({})).await.code(), "forbidden");
        let clerk = world.hall.person("clerk", &[Role::Clerk], Some("district"), None).await;
        assert_eq!(clerk.get("/api/v1/exchange/outbox").await.code(), "forbidden");

        // The department is told of the case after all; then its supplement can go.
        world.put("market", case_no, 104, &case_accepted()).await;
        assert_eq!(world.sender.send_due().await.unwrap(), 1);
        let administrator = world.hall.person("admin", &[Role::Administrator], None, None).await;
        assert_eq!(administrator.post("/api/v1/exchange/outbox/nothing/replay", json!({})).await.code(), "unknown-message");
        let replayed = administrator.post(&replay, json!({})).await.ok();
        assert_eq!((&replayed["state"], &replayed["attempts"]), (&json!("waiting"), &json!(0)));
        assert_eq!(administrator.post(&replay, json!({})).await.code(), "message-not-stuck");
        assert_eq!(world.sender.send_due().await.unwrap(), 1);
        assert_eq!(world.market.handed(case_no).messages.len(), 2);
        let seen = supervisor.get(&format!("/api/v1/cases/{case_no}")).await.ok();
        assert_eq!(kinds(&seen).iter().filter(|kind| **kind == "message-replayed").count(), 1);
        let entry = seen["history"].as_array().unwrap().iter().find(|e| e["kind"] == "message-replayed").unwrap();
        assert_eq!(entry["by"], "admin 同志");
        world.close().await;
    }
}

story! {
    async fn after_a_week_of_silence_a_message_is_stuck_and_an_operator_sends_it_again(hall: &Hall) {
        let (_desk, case) = accepted(hall).await;
        let case_no = case["case_no"].as_str().unwrap();
        let world = Exchanging::beside(hall).await;
        world.market.line(Line::Refusing).await;
        let row = world.put("market", case_no, 100, &case_accepted()).await;
        let start = hall.clock.now();
        while world.kept(&row.id).await.state == OutboxState::Waiting {
            world.sender.send_due().await.unwrap();
            hall.clock.set(world.kept(&row.id).await.next_try_at.max(hall.clock.now()));
        }
        let given_up = hall.clock.now() - start;
        assert!(given_up > 6 * DAY && given_up <= 7 * DAY, "{given_up}");
        let metrics = world.hall.get("/metrics").await.body;
        let metrics = metrics.as_str().unwrap();
        assert!(metrics.contains(r#"hall_exchange_messages{system="market",state="stuck"} 1"#), "{metrics}");
        let oldest = format!(r#"hall_exchange_oldest_seconds{{system="market",state="stuck"}} {}"#, given_up / 1000);
        assert!(metrics.contains(&oldest), "{metrics}");

        let listed = operator(hall, &["list"]).await;
        assert!(listed.starts_with(&format!("{}\tmarket\t{case_no}\tcase-accepted-for-review\tstuck\t", row.id)), "{listed}");
        hall.person("clerk", &[Role::Clerk], Some("district"), None).await;
        assert!(operator(hall, &["replay", &row.id, "--by", "clerk"]).await.contains("not an administrator"));
        hall.person("admin", &[Role::Administrator], None, None).await;
        assert!(operator(hall, &["replay", "nothing", "--by", "admin"]).await.contains("no message nothing"));
        let replayed = operator(hall, &["replay", &row.id, "--by", "admin"]).await;
        assert!(replayed.contains("is sent again"), "{replayed}");
        assert!(operator(hall, &["list", "--state", "waiting"]).await.contains(&row.id));
        assert_eq!(world.kept(&row.id).await.state, OutboxState::Waiting);
        // The command's clock is the machine's, which in this story is not the hall's.
        hall.clock.set(world.kept(&row.id).await.next_try_at.max(hall.clock.now()));
        world.market.line(Line::Well).await;
        assert_eq!(world.sender.send_due().await.unwrap(), 1);
        world.close().await;
        let walk = hall_server::commands::verify::walk(&hall.store, "district").await.unwrap();
        assert_eq!(walk.fault, None);
    }
}

/// What `hall-server exchange …` prints.
async fn operator(hall: &Hall, arguments: &[&str]) -> String {
    let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_hall-server"))
        .args(["--database", &hall.address, "exchange"])
        .args(arguments)
        .env("RUST_LOG", "error")
        .output()
        .await
        .unwrap();
    String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
}
