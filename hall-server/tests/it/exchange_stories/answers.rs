//! What departments' systems say, true or not.

use exchange::messages::DepartmentMessage;
use exchange::stand_in::{Control, Lie, Say};
use protocol::staff::Role;
use serde_json::{Value, json};
use sqlx::Row;

use crate::case_stories::{applicant, step, take};
use crate::support::exchange::{Exchanging, HEALTH, MARKET, Told, answers, approved, kinds, progress, saying};
use crate::support::{Desk, Hall};

/// What the inbox says of a message: outcome, reason, how often it came.
async fn inbox(hall: &Hall, message_id: &str) -> Option<(String, String, i64)> {
    let row = sqlx::query("SELECT outcome, reason, times FROM inbox WHERE message_id = $1")
        .bind(message_id)
        .fetch_optional(hall.store.reader())
        .await
        .unwrap()?;
    Some((row.get(0), row.get(1), row.get(2)))
}

async fn seen_by_supervisor(hall: &Hall, token: &str, case_no: &str) -> Value {
    let request = hall.request(reqwest::Method::GET, &format!("/api/v1/cases/{case_no}")).bearer_auth(token);
    hall.reply(request).await.ok()
}

story! {
    async fn a_department_takes_a_case_reports_and_approves(hall: &Hall) {
        let (_desk, case, world) = Exchanging::decides(hall).await;
        let case_no = case["case_no"].as_str().unwrap();
        let messages = [
            DepartmentMessage::Received { reference: "SJ-2026-0001".to_owned() },
            progress("现场勘验"),
            DepartmentMessage::CorrectionAsked { opinion: "平面图不清".to_owned() },
            approved(),
        ];
        let said = world.market.say(case_no, &messages).await;
        assert_eq!(answers(&said), [(200, "applied"); 4]);
        let supervisor = hall.person("supervisor", &[Role::Supervisor], None, None).await;
        let case = supervisor.get(&format!("/api/v1/cases/{case_no}")).await.ok();
        assert_eq!(case["state"], "in-review", "the other department has not answered");
        let own = case["branches"].as_array().unwrap().iter().find(|b| b["state"] == "approved").unwrap();
        assert_eq!(own["opinion"], "同意");
        assert!(own["by"].as_str().unwrap().contains("李雷"), "{own}");
        let history = kinds(&case);
        let end = &history[history.len() - 4..];
        assert_eq!(end, ["department-received", "department-progress", "correction-advised", "branch-approved"]);
        let advised = case["history"].as_array().unwrap().iter().find(|e| e["kind"] == "correction-advised").unwrap();
        assert_eq!(advised["note"], "平面图不清");
        world.close().await;
    }
}

story! {
    async fn a_refusal_by_a_departments_system_is_its_veto(hall: &Hall) {
        let (_desk, case, world) = Exchanging::decides(hall).await;
        let case_no = case["case_no"].as_str().unwrap();
        let refused = DepartmentMessage::Refused { reason: "场所不符合卫生要求".to_owned(), by: "韩梅梅".to_owned() };
        assert_eq!(answers(&world.health.say(case_no, &[refused]).await), [(200, "applied")]);
        let supervisor = hall.person("supervisor", &[Role::Supervisor], None, None).await;
        let case = supervisor.get(&format!("/api/v1/cases/{case_no}")).await.ok();
        let branches = case["branches"].as_array().unwrap();
        assert!(branches.iter().any(|b| b["department"] == HEALTH && b["state"] == "refused"), "{branches:?}");
        world.close().await;
    }
}

story! {
    async fn an_answer_that_comes_twice_changes_nothing_the_second_time(hall: &Hall) {
        let (_desk, case, world) = Exchanging::decides(hall).await;
        let case_no = case["case_no"].as_str().unwrap();
        let twice = Say { times: 3, ..saying(case_no, &[approved()]) };
        let said = world.market.obey(Control::Say(twice)).await.unwrap();
        assert_eq!(answers(&said), [(200, "applied"), (200, "repeated"), (200, "repeated")]);
        assert_eq!(inbox(hall, &said[0].message_id).await, Some(("applied".into(), String::new(), 3)));
        let supervisor = hall.person("supervisor", &[Role::Supervisor], None, None).await;
        let case = seen_by_supervisor(hall, &supervisor.token, case_no).await;
        assert_eq!(kinds(&case).iter().filter(|kind| **kind == "branch-approved").count(), 1);
        world.close().await;
    }
}

story! {
    async fn what_a_later_message_overtook_is_acknowledged_and_ignored(hall: &Hall) {
        let (_desk, case, world) = Exchanging::decides(hall).await;
        let case_no = case["case_no"].as_str().unwrap();
        let backwards = Say { backwards: true, ..saying(case_no, &[progress("一"), progress("二"), approved()]) };
        let said = world.market.obey(Control::Say(backwards)).await.unwrap();
        assert_eq!(answers(&said), [(200, "applied"), (200, "overtaken"), (200, "overtaken")]);
        assert_eq!(said.iter().map(|s| s.sequence).collect::<Vec<_>>(), [3, 2, 1]);
        let supervisor = hall.person("supervisor", &[Role::Supervisor], None, None).await;
        let case = seen_by_supervisor(hall, &supervisor.token, case_no).await;
        assert!(!kinds(&case).contains(&"department-progress"));
        world.close().await;
    }
}

story! {
    async fn every_lie_is_refused_by_name_and_leaves_the_case_as_it_was(hall: &Hall) {
        let (desk, case, world) = Exchanging::decides(hall).await;
        let case_no = case["case_no"].as_str().unwrap();
        let supervisor = hall.person("supervisor", &[Role::Supervisor], None, None).await;
        let before = seen_by_supervisor(hall, &supervisor.token, case_no).await;

        let one = [approved()];
        let lies = [
            (Lie::Signature, 401, "wrong-signature"),
            (Lie::Sender { name: "health".to_owned() }, 401, "unknown-sender"),
            (Lie::Sender { name: "nobody".to_owned() }, 401, "unknown-sender"),
            (Lie::Past, 401, "message-stale"),
            (Lie::Future, 401, "message-stale"),
            (Lie::UnknownCase, 404, "unknown-case"),
            (Lie::Status, 422, "unknown-message-kind"),
        ];
        for (lie, status, code) in lies {
            let said = world.market.lie(case_no, &one, lie.clone()).await;
            assert_eq!(answers(&said), [(status, code)], "{lie:?}");
            let verified = !matches!(status, 401);
            assert_eq!(inbox(hall, &said[0].message_id).await.is_some(), verified, "strangers fill no inbox: {lie:?}");
        }
        assert_eq!(seen_by_supervisor(hall, &supervisor.token, case_no).await, before);

        // Another case, which this department has nothing to do with, is to it as if there were none.
        let others = other_case(&desk).await;
        let said = world.market.lie(case_no, &one, Lie::AnotherCase { case_no: others.clone() }).await;
        assert_eq!(answers(&said), [(404, "unknown-case")]);
        let noted = inbox(hall, &said[0].message_id).await;
        assert_eq!(noted, Some(("refused".into(), "another-departments-case".into(), 1)));

        // The id of a message that was acted on, for something else.
        let said = world.market.lie(case_no, &[progress("勘验"), approved()], Lie::Id).await;
        assert_eq!(answers(&said), [(200, "applied"), (409, "message-id-reused")]);
        let after = seen_by_supervisor(hall, &supervisor.token, case_no).await;
        assert_eq!(after["branches"], before["branches"]);
        let metrics = hall_metrics(&world.hall).await;
        assert!(metrics.contains(r#"hall_exchange_received_total{system="market",result="another-departments-case"} 1"#), "{metrics}");
        world.close().await;
    }
}

async fn hall_metrics(hall: &Hall) -> String {
    hall.get("/metrics").await.body.as_str().unwrap().to_owned()
}

/// A case of another department's item.
async fn other_case(desk: &Desk<'_>) -> String {
    let ticket = desk.current().await.ok()["ticket"]["id"].clone();
    let open = json!({ "ticket": ticket, "item": "SAMPLE-440304-03-0001", "applicant": applicant() });
    let opened = desk.person.post("/api/v1/applications", open).await.ok();
    opened["cases"][0]["case_no"].as_str().unwrap().to_owned()
}

story! {
    async fn a_withdrawn_case_is_taken_back_and_an_answer_comes_too_late(hall: &Hall) {
        let (desk, case, world) = Exchanging::decides(hall).await;
        let case_no = case["case_no"].as_str().unwrap();
        step(&desk.person, &case, "withdraw", "不办了").await.ok();
        assert_eq!(world.sender.send_due().await.unwrap(), 0, "it waits for the department's consent");
        let reviewer = hall.person("market.reviewer", &[Role::Reviewer], None, Some(MARKET)).await;
        let withdrawn = take(&reviewer, &case, json!({ "step": "confirm-withdrawal" })).await.ok();
        assert_eq!(withdrawn["state"], "withdrawn");
        assert_eq!(world.sender.send_due().await.unwrap(), 2);
        let handed = world.market.handed(case_no);
        assert!(handed.withdrawn);
        assert_eq!(handed.messages[1].body, json!({ "reason": "撤回：不办了" }));
        let said = world.market.say(case_no, &[approved(), progress("勘验")]).await;
        assert_eq!(answers(&said), [(409, "task-closed"), (409, "task-closed")]);
        let after = reviewer.get(&format!("/api/v1/cases/{case_no}")).await.ok();
        assert_eq!(after, withdrawn);
        // Said again it is looked at again, and refused again.
        let again = world.market.say(case_no, &[approved()]).await;
        assert_eq!(answers(&again), [(409, "task-closed")]);
        world.close().await;
    }
}

story! {
    async fn what_is_said_must_be_what_is_described(hall: &Hall) {
        let (_desk, case, world) = Exchanging::decides(hall).await;
        let case_no = case["case_no"].as_str().unwrap();
        let blank = DepartmentMessage::Approved { opinion: " ".to_owned(), by: "李雷".to_owned() };
        let long = DepartmentMessage::Progress { text: "长".repeat(2001) };
        let said = world.market.say(case_no, &[blank, progress(""), long]).await;
        let codes: Vec<&str> = said.iter().map(|said| said.answer.as_str()).collect();
        assert_eq!(codes, ["opinion-required", "opinion-required", "invalid-field"]);
        let unsigned = world.hall.request(reqwest::Method::POST, "/api/v1/exchange/market").body("{}");
        assert_eq!(world.hall.reply(unsigned).await.code(), "wrong-signature");
        let nobody = world.hall.request(reqwest::Method::POST, "/api/v1/exchange/nobody").body("{}");
        assert_eq!(world.hall.reply(nobody).await.code(), "unknown-sender");
        world.close().await;
    }
}

story! {
    async fn an_answer_that_reaches_two_servers_at_once_is_taken_once(hall: &Hall) {
        let (_desk, case, world) = Exchanging::decides(hall).await;
        let case_no = case["case_no"].as_str().unwrap();
        let (other, sender) = world.another_sender().await;
        let (text, signature) = world.signed_by_market(case_no, 1, &approved());
        let send = async |hall: &Hall| {
            let request = hall.request(reqwest::Method::POST, "/api/v1/exchange/market");
            hall.reply(request.header(exchange::SIGNATURE, signature.clone()).body(text.clone())).await
        };
        let answers = tokio::join!(send(&world.hall), send(&other), send(&world.hall), send(&other));
        for answer in [answers.0, answers.1, answers.2, answers.3] {
            assert_eq!(answer.status, 200, "{answer:?}");
        }
        let supervisor = hall.person("supervisor", &[Role::Supervisor], None, None).await;
        let case = seen_by_supervisor(hall, &supervisor.token, case_no).await;
        assert_eq!(kinds(&case).iter().filter(|kind| **kind == "branch-approved").count(), 1);
        drop(sender);
        other.close().await;
        world.close().await;
    }
}
