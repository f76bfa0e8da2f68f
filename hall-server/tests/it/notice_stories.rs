//! Papers: issued by the step they belong to, printed the same each time, verified by whoever holds them.

use protocol::staff::Role;
use reqwest::Method;
use serde_json::json;

use crate::case_stories::{accepted, opened, step, take};
use crate::support::Hall;

async fn page(hall: &Hall, path: &str) -> (u16, String) {
    let response = hall.request(Method::GET, path).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

/// The address of a paper's page on this server, from what the paper says.
fn local(verify_url: &serde_json::Value) -> String {
    verify_url.as_str().unwrap().trim_start_matches("http://hall.test").to_owned()
}

story! {
    async fn a_correction_notice_is_printed_verified_and_fulfilled(hall: &Hall) {
        let (desk, case) = opened(hall).await;
        let case = step(&desk.person, &case, "notify-correction", "平面图请标明面积").await.ok();
        let number = case["case_no"].as_str().unwrap();
        let papers = desk.person.get(&format!("/api/v1/cases/{number}/notices")).await.ok();
        let kinds: Vec<&str> = papers.as_array().unwrap().iter().map(|paper| paper["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["receipt", "correction"]);
        assert_eq!(papers[1]["standing"], "in-force");
        assert!(papers[1]["number"].as_str().unwrap().contains(number));

        let path = format!("/api/v1/cases/{number}/notices/2");
        let print = async || {
            let request = hall.request(Method::GET, &path).bearer_auth(&desk.person.token);
            request.send().await.unwrap().bytes().await.unwrap()
        };
        let (first, again) = (print().await, print().await);
        assert!(first.starts_with(b"%PDF"), "{:?}", &first[..20.min(first.len())]);
        assert_eq!(first, again, "a paper is the same whenever it is printed");

        let verify = local(&papers[1]["verify_url"]);
        let (status, text) = page(hall, &verify).await;
        assert!(status == 200 && text.contains("有效") && text.contains("补正告知书"), "{text}");
        assert!(text.contains("王**") && !text.contains("王小明"), "the name is masked");
        step(&desk.person, &case, "supply", "").await.ok();
        assert!(page(hall, &verify).await.1.contains("已办理"));
        let papers = desk.person.get(&format!("/api/v1/cases/{number}/notices")).await.ok();
        assert_eq!(papers[1]["standing"], "fulfilled");
        let (status, _) = page(hall, "/n/AAAAAAAAAAAAAAAAAAAAAA").await;
        assert_eq!(status, 404);

        let code = case["query_code"].as_str().unwrap();
        let (_, receipt_page) = page(hall, &format!("/c/{code}")).await;
        assert!(receipt_page.contains(&format!("/c/{code}/notices/2")), "{receipt_page}");
        let by_receipt = hall.request(Method::GET, &format!("/c/{code}/notices/2")).send().await.unwrap();
        assert_eq!(by_receipt.bytes().await.unwrap(), first);
        let stranger = hall.person("meilin.clerk", &[Role::Clerk], Some("meilin"), None).await;
        assert_eq!(stranger.get(&path).await.code(), "unknown-case");
    }
}

story! {
    async fn a_revoked_licence_says_so_behind_its_code(hall: &Hall) {
        let (_desk, case) = accepted(hall).await;
        let market = "SAMPLE-440304-01";
        let reviewer = hall.person("market.reviewer", &[Role::Reviewer], None, Some(market)).await;
        let health = hall.person("health.reviewer", &[Role::Reviewer], None, Some("SAMPLE-440304-02")).await;
        let signer = hall.person("market.signer", &[Role::Signer], None, Some(market)).await;
        let leader = hall.person("market.leader", &[Role::Leader], None, Some(market)).await;
        step(&reviewer, &case, "approve", "同意").await.ok();
        step(&health, &case, "approve", "同意").await.ok();
        step(&signer, &case, "grant", "准予经营热食类食品").await.ok();
        step(&reviewer, &case, "complete", "").await.ok();
        let number = case["case_no"].as_str().unwrap();
        let papers = reviewer.get(&format!("/api/v1/cases/{number}/notices")).await.ok();
        let decision = papers.as_array().unwrap().iter().find(|paper| paper["kind"] == "grant").unwrap().clone();
        let verify = local(&decision["verify_url"]);
        assert!(page(hall, &verify).await.1.contains("有效"));
        let revoke = json!({ "step": "revoke", "reason": "承诺不实", "basis": "行政许可法第六十九条" });
        assert_eq!(take(&leader, &case, revoke).await.ok()["state"], "revoked");
        let (_, text) = page(hall, &verify).await;
        assert!(text.contains("已失效") && text.contains("准予行政许可决定书"), "{text}");
        let papers = reviewer.get(&format!("/api/v1/cases/{number}/notices")).await.ok();
        let decision = papers.as_array().unwrap().iter().find(|paper| paper["kind"] == "grant").unwrap();
        assert_eq!(decision["standing"], "void");
    }
}

story! {
    async fn every_paper_that_a_case_can_issue_can_be_set(hall: &Hall) {
        let (desk, case) = opened(hall).await;
        let market = "SAMPLE-440304-01";
        let officer = hall.person("market.intake", &[Role::IntakeOfficer], None, Some(market)).await;
        let refuse = json!({ "step": "refuse-acceptance", "reason": "不属于本部门职权范围", "authority": "市生态环境局" });
        take(&officer, &case, refuse).await.ok();
        let number = case["case_no"].as_str().unwrap();
        let papers = desk.person.get(&format!("/api/v1/cases/{number}/notices")).await.ok();
        for paper in papers.as_array().unwrap() {
            let path = format!("/api/v1/cases/{number}/notices/{}", paper["serial"]);
            let response = hall.request(Method::GET, &path).bearer_auth(&desk.person.token).send().await.unwrap();
            assert_eq!(response.status().as_u16(), 200, "{paper}");
            assert!(response.bytes().await.unwrap().starts_with(b"%PDF"), "{paper}");
        }
    }
}
