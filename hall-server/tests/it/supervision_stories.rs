//! Supervision: what is due is looked at once, signals are answered and reviewed, one bad row stops nothing.

use hall_server::clock::Clock as _;
use hall_server::supervision::survey::survey;
use hall_server::supervision::sweep::Swept;
use protocol::staff::Role;
use serde_json::{Value, json};

use crate::case_stories::{accepted, opened, step};
use crate::support::Hall;

const MARKET: &str = "SAMPLE-440304-01";

/// Tuesday 24 November 2026 and ten promised days: due on Tuesday 8 December.
async fn signals(hall: &Hall) -> Vec<Value> {
    let supervisor = hall.person("eyes", &[Role::Supervisor], None, None).await;
    supervisor.get("/api/v1/signals").await.ok().as_array().unwrap().clone()
}

fn rules(signals: &[Value]) -> Vec<&str> {
    signals.iter().map(|signal| signal["rule"].as_str().unwrap()).collect()
}

story! {
    async fn a_case_that_is_late_gets_its_cards_once_and_its_department_answers(hall: &Hall) {
        let (_desk, case) = accepted(hall).await;
        let due: jiff::civil::Date = case["due_on"].as_str().unwrap().parse().unwrap();
        let days = (due - jiff::civil::date(2026, 11, 24)).get_days();
        assert_eq!(hall.days_pass(0).await, Swept::default(), "nothing is due on the first day");
        hall.days_pass(i64::from(days) + 1).await;
        assert_eq!(hall.days_pass(0).await.signals, 0, "a second look raises nothing twice");
        let seen = signals(hall).await;
        assert_eq!(seen[0]["rule"], "promised-passed", "the gravest first");
        assert_eq!(seen[0]["signal"], "red");
        let red = seen[0]["id"].as_i64().unwrap();
        assert!(seen[0]["clock"]["overdue"].as_bool().unwrap());

        let health = hall.person("health.leader", &[Role::Leader], None, Some("SAMPLE-440304-02")).await;
        let market = hall.person("market.leader", &[Role::Leader], None, Some(MARKET)).await;
        let supervisor = hall.person("supervisor", &[Role::Supervisor], None, None).await;
        let path = format!("/api/v1/signals/{red}/steps");
        let reply = |text: &str| json!({ "step": "reply", "text": text });
        assert_eq!(health.post(&path, reply("不归我们")).await.code(), "unknown-signal");
        assert_eq!(market.post(&path, reply(" ")).await.code(), "opinion-required");
        assert_eq!(market.post(&path, reply("现场核查延误，今日办结")).await.ok()["state"], "replied");
        assert_eq!(market.post(&path, json!({ "step": "confirm" })).await.code(), "forbidden");
        let back = supervisor.post(&path, json!({ "step": "send-back", "text": "请说明整改" })).await.ok();
        assert_eq!((back["state"].as_str(), back["review"].as_str()), (Some("open"), Some("请说明整改")));
        market.post(&path, reply("已增派一人")).await.ok();
        assert_eq!(supervisor.post(&path, json!({ "step": "confirm" })).await.ok()["state"], "confirmed");
        assert_eq!(supervisor.post(&path, json!({ "step": "cancel", "text": "x" })).await.code(), "wrong-state");
        assert!(!rules(&signals(hall).await).contains(&"promised-passed"), "closed ones leave the list");
        let all = supervisor.get("/api/v1/signals?state=all").await.ok();
        assert!(rules(all.as_array().unwrap()).contains(&"promised-passed"));
    }
}

story! {
    async fn five_silent_days_accept_an_application(hall: &Hall) {
        let (desk, case) = opened(hall).await;
        hall.days_pass(7).await;
        let path = format!("/api/v1/cases/{}", case["case_no"].as_str().unwrap());
        assert_eq!(desk.person.get(&path).await.ok()["state"], "received", "Tuesday is the fifth day");
        let swept = hall.days_pass(1).await;
        assert_eq!(swept.cases, 1);
        let case = desk.person.get(&path).await.ok();
        assert_eq!(case["state"], "accepted");
        assert_eq!(case["history"].as_array().unwrap().last().unwrap()["by"], "");
        let seen = signals(hall).await;
        assert_eq!(rules(&seen), ["deemed-accepted", "intake-ending"], "it was warned the day before");
        assert_eq!(seen[0]["recipient"], "district", "the hall had the papers");
    }
}

/// Two accepted or received cases, the first of which cannot be read any more.
async fn bad_and_good(hall: &Hall) -> (Value, Value) {
    let (_desk, bad) = accepted(hall).await;
    let desk = hall.desk("ye", 9).await;
    desk.act("open").await.ok();
    hall.kiosk().await.ticket("13800138001").await;
    let called = desk.act("call-next").await.ok();
    let answers = crate::case_stories::answers(hall).await;
    let applicant = json!({ "name": "李雷", "id_number": "440304198803070038", "phone": "" });
    let open = json!({ "ticket": called["ticket"]["id"], "applicant": applicant, "answers": answers });
    let good = desk.person.post("/api/v1/applications", open).await.ok()["cases"][0].clone();
    let mut tx = hall.store.begin_write().await.unwrap();
    sqlx::query("UPDATE cases SET body = 'not a case' WHERE case_no = $1")
        .bind(bad["case_no"].as_str().unwrap())
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    (bad, good)
}

story! {
    async fn one_bad_row_stops_nothing_else(hall: &Hall) {
        let (_bad, good) = bad_and_good(hall).await;
        let swept = hall.days_pass(25).await;
        assert_eq!(swept.cases, 2);
        let seen = signals(hall).await;
        assert!(seen.iter().all(|signal| signal["case_no"] == good["case_no"]) && !seen.is_empty(), "{seen:?}");
        assert_eq!(hall.days_pass(0).await.cases, 0, "the bad one waits for tomorrow");
        assert_eq!(hall.days_pass(1).await.cases, 1);
    }
}

story! {
    async fn a_fee_outside_the_list_is_a_red_card_for_the_hall(hall: &Hall) {
        let (desk, case) = accepted(hall).await;
        let charge = json!({ "step": "charge-fee", "name": "加急费", "amount": 5000 });
        crate::case_stories::take(&desk.person, &case, charge).await.ok();
        let mine = desk.person.get("/api/v1/signals").await.ok();
        assert_eq!(mine[0]["rule"], "fee-not-listed");
        assert_eq!(mine[0]["actions"], json!(["reply"]));
    }
}

story! {
    async fn the_applicants_withdrawal_waits_for_the_department(hall: &Hall) {
        let (desk, case) = accepted(hall).await;
        step(&desk.person, &case, "withdraw", "不再开店").await.ok();
        let market = hall.person("market.reviewer", &[Role::Reviewer], None, Some(MARKET)).await;
        let kinds: Vec<Value> =
            market.get("/api/v1/tasks").await.ok().as_array().unwrap().iter().map(|t| t["kind"].clone()).collect();
        assert!(kinds.contains(&json!("withdrawal")), "{kinds:?}");
        assert_eq!(step(&market, &case, "confirm-withdrawal", "").await.ok()["state"], "withdrawn");
    }
}

story! {
    async fn an_office_loads_rules_of_its_own_and_what_was_raised_stays(hall: &Hall) {
        let (_desk, case) = accepted(hall).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rules.toml");
        let load = async || hall_server::supervision::load::load(&hall.store, &file, "operator:gao", crate::support::TUESDAY_TEN).await;
        std::fs::write(&file, "[[rule]]\nid = \"late\"\nname = { zh = \"\" }\nsignal = \"red\"\ntrigger = { when = \"overdue\", clock = \"promised\" }\nreply_days = 0\n").unwrap();
        let refused = load().await.unwrap_err().to_string();
        assert!(refused.contains("no Chinese name") && refused.contains("no day to reply"), "{refused}");
        std::fs::write(&file, "[[rule]]\nid = \"late\"\nname = { zh = \"超时\" }\nsignal = \"red\"\ntrigger = { when = \"overdue\", clock = \"promised\" }\nreply_days = 2\n").unwrap();
        assert_eq!(load().await.unwrap(), 1);
        hall.state.engine.read_calendar().await.unwrap();
        let supervisor = hall.person("supervisor", &[Role::Supervisor], None, None).await;
        let rules = supervisor.get("/api/v1/supervision/rules").await.ok();
        assert_eq!(rules.as_array().unwrap().len(), 1);
        hall.days_pass(20).await;
        let seen = supervisor.get("/api/v1/signals").await.ok();
        assert_eq!((seen[0]["rule"].as_str(), &seen[0]["case_no"]), (Some("late"), &case["case_no"]));
    }
}

story! {
    async fn what_newly_loaded_rules_require_of_open_cases_is_raised_at_once(hall: &Hall) {
        let (_desk, case) = accepted(hall).await;
        assert_eq!(survey(&hall.state).await.unwrap(), Swept { cases: 1, signals: 0 }, "by the rules brought along");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rules.toml");
        std::fs::write(&file, "[[rule]]\nid = \"early\"\nname = { zh = \"提早\" }\nsignal = \"warn\"\ntrigger = { when = \"days-left\", clock = \"promised\", days = 9 }\nreply_days = 2\n").unwrap();
        hall.days_pass(1).await;
        hall_server::supervision::load::load(&hall.store, &file, "operator:gao", hall.clock.now()).await.unwrap();
        hall.state.engine.read_calendar().await.unwrap();
        assert_eq!(hall.days_pass(0).await, Swept::default(), "nothing was due by the rules before");
        assert_eq!(survey(&hall.state).await.unwrap(), Swept { cases: 1, signals: 1 });
        let seen = signals(hall).await;
        assert_eq!((rules(&seen), &seen[0]["case_no"]), (vec!["early"], &case["case_no"]));
        assert_eq!(survey(&hall.state).await.unwrap(), Swept::default(), "once under the same rules");
        assert_eq!(hall.days_pass(10).await, Swept { cases: 0, signals: 0 }, "the days of the rules before are forgotten");
    }
}

story! {
    async fn a_survey_finds_the_next_day_of_every_case_that_can_be_read(hall: &Hall) {
        let (_bad, good) = bad_and_good(hall).await;
        let mut tx = hall.store.begin_write().await.unwrap();
        sqlx::query("UPDATE cases SET watch_on = NULL").execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(hall.days_pass(25).await, Swept::default(), "nobody knows of them");
        let surveyed = survey(&hall.state).await.unwrap();
        assert!(surveyed.cases == 2 && surveyed.signals > 0, "{surveyed:?}");
        let seen = signals(hall).await;
        assert!(seen.iter().all(|signal| signal["case_no"] == good["case_no"]), "{seen:?}");
        assert_eq!(hall.days_pass(25).await.cases, 2, "their next days are known again");
    }
}
