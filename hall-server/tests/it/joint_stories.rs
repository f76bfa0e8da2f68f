//! One matter (一件事) as a whole: its own clock and outcome, for staff, for the applicant, for supervision.

use protocol::staff::Role;
use reqwest::{Method, header};
use serde_json::{Value, json};

use crate::application_stories::{again, complete, opened};
use crate::case_stories::{step, take};
use crate::support::{Hall, Person};

const MARKET: &str = "SAMPLE-440304-01";

async fn application(person: &Person<'_>, cases: &[Value]) -> Value {
    person.get(&format!("/api/v1/applications/{}", cases[0]["application"].as_str().unwrap())).await.ok()
}

async fn receipt_page(hall: &Hall, case: &Value) -> String {
    let path = format!("/c/{}", case["query_code"].as_str().unwrap());
    let page = hall.request(Method::GET, &path).header(header::ACCEPT, "text/html");
    page.send().await.unwrap().text().await.unwrap()
}

/// All three cases of the restaurant accepted on the same day.
async fn all_accepted(person: &Person<'_>, cases: &[Value]) {
    for case in cases {
        complete(person, case).await;
        step(person, case, "accept", "").await.ok();
    }
}

story! {
    async fn an_application_is_promised_as_a_whole_once_its_last_case_is_accepted(hall: &Hall) {
        let (desk, cases) = opened(hall).await;
        let whole = application(&desk.person, &cases).await;
        assert_eq!(whole["joint"]["item_name"]["zh"], "开餐馆“一件事”");
        assert_eq!((&whole["joint"]["outcome"], &whole["joint"]["clocks"]), (&json!("open"), &json!([])));
        assert!(receipt_page(hall, &cases[0]).await.contains("各办件均受理后起算"));
        for case in &cases[..2] {
            complete(&desk.person, case).await;
            step(&desk.person, case, "accept", "").await.ok();
        }
        hall.clock.advance(2 * 86_400_000);
        complete(&desk.person, &cases[2]).await;
        step(&desk.person, &cases[2], "accept", "").await.ok();
        let whole = application(&desk.person, &cases).await;
        let clock = &whole["joint"]["clocks"][0];
        // Thursday 26 November and fifteen working days.
        assert_eq!((clock["kind"].as_str(), clock["due_on"].as_str()), (Some("promised"), Some("2026-12-17")));
        assert_eq!(clock["text"]["zh"], "第0天，共15个工作日");
        let page = receipt_page(hall, &cases[1]).await;
        assert!(page.contains(r#"data-testid="whole-due">2026年12月17日<"#), "{page}");
        assert_eq!(page.matches(r#"data-testid="whole-case""#).count(), 3);
    }
}

story! {
    async fn a_whole_comes_to_what_its_cases_come_to(hall: &Hall) {
        let (desk, cases) = opened(hall).await;
        all_accepted(&desk.person, &cases).await;
        for case in &cases[1..] {
            step(&desk.person, case, "withdraw", "先不办").await.ok();
            let department = again(&desk.person, case).await["department"].as_str().unwrap().to_owned();
            let name = format!("{department}.reviewer");
            let reviewer = hall.person(&name, &[Role::Reviewer], None, Some(&department)).await;
            step(&reviewer, case, "confirm-withdrawal", "").await.ok();
        }
        let whole = application(&desk.person, &cases).await;
        assert_eq!((&whole["joint"]["outcome"], &whole["joint"]["decided"]), (&json!("open"), &json!(2)));
        for (department, name) in [(MARKET, "market.r"), ("SAMPLE-440304-02", "health.r")] {
            let reviewer = hall.person(name, &[Role::Reviewer], None, Some(department)).await;
            step(&reviewer, &cases[0], "approve", "同意").await;
        }
        let signer = hall.person("market.signer", &[Role::Signer], None, Some(MARKET)).await;
        assert_eq!(step(&signer, &cases[0], "grant", "同意").await.ok()["state"], "decided-granted");
        let whole = application(&desk.person, &cases).await;
        assert_eq!(whole["joint"]["outcome"], "partly-granted");
        assert!(receipt_page(hall, &cases[2]).await.contains("部分准予"));
    }
}

story! {
    async fn an_application_shows_each_reader_only_the_cases_that_concern_them(hall: &Hall) {
        let (desk, cases) = opened(hall).await;
        assert_eq!(application(&desk.person, &cases).await["cases"].as_array().unwrap().len(), 3);
        let fire = hall.person("fire", &[Role::Reviewer], None, Some("SAMPLE-440304-12")).await;
        let seen = application(&fire, &cases).await;
        assert_eq!(seen["cases"].as_array().unwrap().len(), 1);
        assert_eq!(seen["joint"]["cases"], 3, "how far the whole is concerns everybody in it");
        let other = hall.person("other", &[Role::Reviewer], None, Some("SAMPLE-440304-05")).await;
        let path = format!("/api/v1/applications/{}", cases[0]["application"].as_str().unwrap());
        assert_eq!(other.get(&path).await.code(), "unknown-case");
        assert_eq!(desk.person.get("/api/v1/applications/nothing").await.code(), "unknown-case");
    }
}

story! {
    async fn the_joint_clock_is_listed_where_it_is_the_first_to_go_wrong(hall: &Hall) {
        let (desk, cases) = opened(hall).await;
        all_accepted(&desk.person, &cases).await;
        let supervisor = hall.person("eyes", &[Role::Supervisor], None, None).await;
        let joint = async || -> Vec<Value> {
            let lines = supervisor.get("/api/v1/supervision/ahead").await.ok();
            lines.as_array().unwrap().iter().filter(|line| line["joint"] == true).cloned().collect()
        };
        assert_eq!(joint().await, Vec::<Value>::new(), "its cases' own clocks run out first");

        let fire = "SAMPLE-440304-12";
        let reviewer = hall.person("fire.reviewer", &[Role::Reviewer], None, Some(fire)).await;
        let leader = hall.person("fire.leader", &[Role::Leader], None, Some(fire)).await;
        let ask = json!({ "step": "ask-special", "kind": "expert-review", "days": 10, "reason": "疏散方案需专家评审" });
        take(&reviewer, &cases[2], ask).await.ok();
        take(&leader, &cases[2], json!({ "step": "approve-special" })).await.ok();
        hall.clock.advance(17 * 86_400_000);
        take(&reviewer, &cases[2], json!({ "step": "close-special", "result": "评审通过" })).await.ok();
        assert_eq!(joint().await, Vec::<Value>::new(), "the others are overdue by now, and stand on the list themselves");
        for case in &cases[..2] {
            step(&desk.person, case, "withdraw", "先不办").await.ok();
            let department = again(&desk.person, case).await["department"].as_str().unwrap().to_owned();
            let reviewer = hall.person(&format!("{department}.r"), &[Role::Reviewer], None, Some(&department)).await;
            step(&reviewer, case, "confirm-withdrawal", "").await.ok();
        }
        let lines = supervisor.get("/api/v1/supervision/ahead").await.ok();
        assert_eq!((&lines[0]["joint"], &lines[1]["joint"]), (&json!(true), &json!(false)));
        insta::assert_json_snapshot!("ahead_with_a_joint_clock", lines);
        let market = supervisor.get(&format!("/api/v1/supervision/ahead?unit={MARKET}")).await.ok();
        assert_eq!(market, json!([lines[0]]), "the package's department answers for the whole");
        assert_eq!(supervisor.get("/api/v1/supervision/ahead?page=1").await.ok(), json!([]));
        assert_eq!(desk.person.get("/api/v1/supervision/ahead").await.code(), "forbidden");
    }
}
