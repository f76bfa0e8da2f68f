//! Leave: a colleague stands in for some days, and whoever comes back sees what was done.

use hall_server::commands::verify::walk;
use protocol::staff::Role;
use serde_json::{Value, json};

use crate::case_stories::{accepted, step, take};
use crate::support::{Hall, Person};

const MARKET: &str = "SAMPLE-440304-01";
const HEALTH: &str = "SAMPLE-440304-02";
const BOTH: &[Role] = &[Role::Reviewer, Role::Signer];
const ABSENCES: &str = "/api/v1/absences";

/// Li and Wang of the market department, who review and sign.
async fn li_and_wang(hall: &Hall) -> (Person<'_>, Person<'_>) {
    (hall.person("li", BOTH, None, Some(MARKET)).await, hall.person("wang", BOTH, None, Some(MARKET)).await)
}

/// From today, Tuesday 24 November 2026, to Friday.
fn this_week(substitute: &str) -> Value {
    json!({ "substitute": substitute, "from": "2026-11-24", "until": "2026-11-27", "reason": "年休假" })
}

/// Each task's kind, and on behalf of whom it is.
fn kinds(tasks: &Value) -> Vec<(&str, &str)> {
    let tasks = tasks.as_array().unwrap().iter();
    tasks.map(|task| (text(&task["kind"]), text(&task["on_behalf_of"]["username"]))).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

story! {
    async fn a_substitute_answers_what_lies_with_whoever_is_on_leave(hall: &Hall) {
        let (_desk, case) = accepted(hall).await;
        let (li, wang) = li_and_wang(hall).await;
        let case = take(&li, &case, json!({ "step": "start-review" })).await.ok();
        assert_eq!(kinds(&wang.get("/api/v1/tasks").await.ok()), [], "it is Li's alone");

        let absence = li.send(reqwest::Method::POST, ABSENCES, Some(this_week("wang")), Some("leave-0001")).await;
        assert_eq!(absence.status, 201);
        insta::assert_json_snapshot!("absence", absence.body);
        let again = li.send(reqwest::Method::POST, ABSENCES, Some(this_week("wang")), Some("leave-0001")).await;
        assert_eq!(again.body, absence.body, "asked twice, done once");

        let tasks = wang.get("/api/v1/tasks").await.ok();
        assert_eq!(kinds(&tasks), [("review", "li")]);
        assert_eq!(tasks[0]["on_behalf_of"]["name"], "li 同志");
        assert_eq!(tasks[0]["due_on"], li.get("/api/v1/tasks").await.ok()[0]["due_on"], "the date stands");
        let number = case["case_no"].as_str().unwrap();
        let seen = wang.get(&format!("/api/v1/cases/{number}")).await.ok();
        assert_eq!(seen["on_behalf_of"]["username"], "li");
        assert!(seen["actions"].as_array().unwrap().contains(&"approve".into()));

        let answered = step(&wang, &case, "approve", "材料齐全").await.ok();
        assert_eq!(answered["due_on"], case["due_on"]);
        let last = answered["history"].as_array().unwrap().last().unwrap();
        assert_eq!((&last["by"], &last["on_behalf_of"]), (&"wang 同志".into(), &"li 同志".into()));
        let health = hall.person("health.reviewer", &[Role::Reviewer], None, Some(HEALTH)).await;
        step(&health, &case, "approve", "同意").await.ok();
        for reviewed in [&li, &wang] {
            let refused = step(reviewed, &case, "grant", "").await;
            assert_eq!((refused.status, refused.code()), (403, "signer-is-reviewer"));
            assert_eq!(kinds(&reviewed.get("/api/v1/tasks").await.ok()), []);
        }
        let signer = hall.person("signer", &[Role::Signer], None, Some(MARKET)).await;
        step(&signer, &case, "grant", "").await.ok();

        let id = absence.body["id"].as_i64().unwrap();
        for reader in [&li, &wang] {
            let done = reader.get(&format!("{ABSENCES}/{id}/steps")).await.ok();
            assert_eq!(done.as_array().unwrap().len(), 1);
            assert_eq!((&done[0]["case_no"], &done[0]["note"]), (&case["case_no"], &"材料齐全".into()));
            assert_eq!(done[0]["by"]["username"], "wang");
        }
        assert_eq!(health.get(&format!("{ABSENCES}/{id}/steps")).await.code(), "unknown-absence");
        assert_eq!(walk(&hall.store, "district").await.unwrap().fault, None);
    }
}

story! {
    async fn who_is_back_is_back_at_once_and_the_absence_stays_in_the_history(hall: &Hall) {
        let (_desk, case) = accepted(hall).await;
        let (li, wang) = li_and_wang(hall).await;
        take(&li, &case, json!({ "step": "start-review" })).await.ok();
        let absence = li.post(ABSENCES, this_week("wang")).await.ok();
        let end = format!("{ABSENCES}/{}/end", absence["id"]);
        assert_eq!(wang.post(&end, json!({})).await.code(), "forbidden", "a substitute does not send anybody back to work");
        let ended = li.post(&end, json!({})).await.ok();
        assert_eq!((&ended["ended"], &ended["current"]), (&true.into(), &false.into()));
        assert_eq!(li.post(&end, json!({})).await.code(), "already-done");
        assert_eq!(step(&wang, &case, "approve", "同意").await.code(), "taken-by-another");
        assert_eq!(kinds(&wang.get("/api/v1/tasks").await.ok()), []);
        assert_eq!(li.get(ABSENCES).await.ok()[0], ended);
        assert_eq!(wang.get(ABSENCES).await.ok()[0], ended, "the substitute sees it too");
        li.post(ABSENCES, this_week("wang")).await.ok();
        assert_eq!(li.get(ABSENCES).await.ok().as_array().unwrap().len(), 2);
        let events: Vec<String> = sqlx::query_scalar("SELECT kind FROM events WHERE hall = 'district' AND subject = 'absence:1' ORDER BY turn")
            .fetch_all(hall.store.reader()).await.unwrap();
        assert_eq!(events, ["absence-arranged", "absence-ended"]);
    }
}

story! {
    async fn a_substitute_acts_from_the_first_day_to_the_last(hall: &Hall) {
        let (_desk, case) = accepted(hall).await;
        let (li, wang) = li_and_wang(hall).await;
        take(&li, &case, json!({ "step": "start-review" })).await.ok();
        let later = json!({ "substitute": "wang", "from": "2026-11-25", "until": "2026-11-26" });
        assert_eq!(li.post(ABSENCES, later).await.ok()["current"], false);
        let mut current = Vec::new();
        for _ in 24..=27 {
            current.push(!kinds(&wang.get("/api/v1/tasks").await.ok()).is_empty());
            hall.clock.advance(86_400_000);
        }
        assert_eq!(current, [false, true, true, false]);
    }
}

story! {
    async fn a_step_prepared_while_the_absence_stood_is_refused_once_it_was_ended(hall: &Hall) {
        use hall_server::engine::command::CaseAsker;
        use hall_server::engine::{Command, Request};
        let (_desk, case) = accepted(hall).await;
        let (li, wang) = li_and_wang(hall).await;
        take(&li, &case, json!({ "step": "start-review" })).await.ok();
        let absence = li.post(ABSENCES, this_week("wang")).await.ok();
        let user = |name: &str| protocol::staff::User {
            username: name.into(),
            name: name.into(),
            roles: BOTH.to_vec(),
            hall: None,
            department: Some(MARKET.into()),
        };
        // As the address has read it, before the absence ends.
        let request = Request {
            hall: "district".into(),
            actor: "user:wang".into(),
            key: None,
            command: Command::Step {
                case_no: case["case_no"].as_str().unwrap().into(),
                asker: CaseAsker::StandsIn { user: Box::new(user(&wang.username)), absent: vec![user("li")] },
                step: Box::new(protocol::case::Step::Approve { opinion: "同意".into() }),
            },
        };
        li.post(&format!("{ABSENCES}/{}/end", absence["id"]), json!({})).await.ok();
        let refused = hall.state.engine.submit(request.clone()).await.unwrap_err();
        assert!(refused.to_string().contains("the review is li's"), "{refused}");
        li.post(ABSENCES, this_week("wang")).await.ok();
        hall.state.engine.submit(request).await.unwrap();
    }
}

story! {
    async fn whom_one_cannot_hand_over_to_is_said(hall: &Hall) {
        let (li, wang) = li_and_wang(hall).await;
        hall.person("zhao", &[Role::Reviewer], None, Some(MARKET)).await;
        hall.person("far", BOTH, None, Some(HEALTH)).await;
        let refusals = [
            (this_week("li"), 422, "substitute-is-oneself"),
            (this_week("zhao"), 409, "substitute-lacks-role"),
            (this_week("far"), 422, "not-a-colleague"),
            (this_week("nobody"), 422, "not-a-colleague"),
            (json!({ "substitute": "wang", "from": "2026-11-27", "until": "2026-11-24" }), 422, "absence-dates"),
            (json!({ "substitute": "wang", "from": "2026-11-23", "until": "2026-11-24" }), 422, "absence-dates"),
            (json!({ "substitute": "wang", "from": "tomorrow", "until": "2026-11-24" }), 422, "invalid-field"),
            (json!({ "person": "wang", "substitute": "li", "from": "2026-11-24", "until": "2026-11-24" }), 403, "forbidden"),
        ];
        for (wanted, status, code) in refusals {
            let refused = li.post(ABSENCES, wanted.clone()).await;
            assert_eq!((refused.status, refused.code()), (status, code), "{wanted}");
        }
        li.post(ABSENCES, this_week("wang")).await.ok();
        assert_eq!(li.post(ABSENCES, this_week("wang")).await.code(), "absence-overlaps");
        let third = hall.person("sun", BOTH, None, Some(MARKET)).await;
        assert_eq!(third.post(ABSENCES, this_week("li")).await.code(), "substitute-absent");
        assert_eq!(wang.post(ABSENCES, this_week("sun")).await.code(), "stands-in");
    }
}

story! {
    async fn a_leader_arranges_it_for_the_department_and_sees_all_of_it(hall: &Hall) {
        let (li, _wang) = li_and_wang(hall).await;
        let leader = hall.person("chief", &[Role::Leader], None, Some(MARKET)).await;
        let other = hall.person("other.chief", &[Role::Leader], None, Some(HEALTH)).await;
        let mut wanted = this_week("wang");
        wanted["person"] = "li".into();
        assert_eq!(other.post(ABSENCES, wanted.clone()).await.code(), "forbidden");
        let absence = leader.post(ABSENCES, wanted).await.ok();
        assert_eq!(absence["person"]["username"], "li");
        assert_eq!(leader.get(ABSENCES).await.ok(), json!([absence]));
        assert_eq!(other.get(ABSENCES).await.ok(), json!([]));
        let end = format!("{ABSENCES}/{}/end", absence["id"]);
        assert_eq!(other.post(&end, json!({})).await.code(), "forbidden");
        leader.post(&end, json!({})).await.ok();
        assert_eq!(li.get(ABSENCES).await.ok()[0]["ended"], true);
        assert_eq!(leader.post(&format!("{ABSENCES}/77/end"), json!({})).await.code(), "unknown-absence");
    }
}

story! {
    async fn signals_reach_whoever_stands_in(hall: &Hall) {
        let (_desk, case) = accepted(hall).await;
        let (li, wang) = li_and_wang(hall).await;
        take(&li, &case, json!({ "step": "start-review" })).await.ok();
        let month = json!({ "substitute": "wang", "from": "2026-11-24", "until": "2026-12-23" });
        li.post(ABSENCES, month).await.ok();
        hall.days_pass(20).await;
        let to_market = |signals: Value| -> Vec<Value> {
            let signals = signals.as_array().unwrap().clone();
            signals.into_iter().filter(|signal| signal["recipient"] == MARKET).map(|signal| signal["id"].clone()).collect()
        };
        let theirs = to_market(li.get("/api/v1/signals").await.ok());
        assert!(!theirs.is_empty());
        assert_eq!(to_market(wang.get("/api/v1/signals").await.ok()), theirs);
        let reply = json!({ "step": "reply", "text": "承办人休假，由我办理" });
        wang.post(&format!("/api/v1/signals/{}/steps", theirs[0]), reply).await.ok();
    }
}
