//! The course of a case that departments decide in their own systems.

use exchange::messages::DepartmentMessage;
use protocol::catalogue::SpecialKind;
use protocol::staff::Role;
use serde_json::{Value, json};

use crate::case_stories::{self, check_all, opened, step, take};
use crate::support::Hall;
use crate::support::exchange::{Exchanging, HEALTH, MARKET, Told, answers, approved, publish_with_systems};

fn opened_special() -> DepartmentMessage {
    DepartmentMessage::SpecialProcedureOpened {
        procedure: SpecialKind::ExpertReview,
        reason: "专家评审".to_owned(),
        days: 10,
        by: "李雷".to_owned(),
    }
}

fn closed_special() -> DepartmentMessage {
    DepartmentMessage::SpecialProcedureClosed { result: "通过".to_owned(), by: "李雷".to_owned() }
}

/// The state of a department's review clock.
fn review_clock(case: &Value, department: &str) -> String {
    let clocks = case["clocks"].as_array().unwrap();
    let of = clocks.iter().find(|clock| clock["kind"] == "review" && clock["department"] == department);
    of.map_or("none", |clock| clock["state"].as_str().unwrap()).to_owned()
}

story! {
    async fn a_case_is_handed_over_when_it_is_accepted_and_granted_when_both_agree(hall: &Hall) {
        let (_desk, case, world) = Exchanging::decides(hall).await;
        let case_no = case["case_no"].as_str().unwrap();
        let handed = world.health.handed(case_no);
        let body = &handed.messages[0].body;
        assert_eq!(body["item_name"], "食品经营许可");
        assert_eq!((&body["department"], &body["round"], &body["item_version"]), (&json!(HEALTH), &json!(1), &json!(2)));
        assert_eq!(body["applicant"]["name"], "王小明");
        assert_eq!(body["answers"], case_stories::answers(hall).await);
        assert!(body["due_on"].as_str().unwrap() >= "2026-11-25");
        let documents = body["documents"].as_array().unwrap();
        assert_eq!(documents.len(), case["documents"].as_array().unwrap().len());
        assert!(documents.iter().all(|d| d["status"] == "provided" && d["name"].as_str().unwrap().chars().count() > 2));

        let signer = hall.person("market.signer", &[Role::Signer], None, Some(MARKET)).await;
        let reviewer = hall.person("market.reviewer", &[Role::Reviewer], None, Some(MARKET)).await;
        assert_eq!(step(&reviewer, &case, "approve", "同意").await.code(), "answered-by-system");
        assert_eq!(answers(&world.market.say(case_no, &[approved()]).await), [(200, "applied")]);
        let nothing = DepartmentMessage::NotApplicable { reason: "不属本部门".to_owned(), by: "韩梅梅".to_owned() };
        assert_eq!(answers(&world.health.say(case_no, &[nothing]).await), [(200, "applied")]);
        let granted = step(&signer, &case, "grant", "").await.ok();
        assert_eq!(granted["state"], "decided-granted");
        assert_eq!(world.sender.send_due().await.unwrap(), 0, "nothing is taken back from who has answered");
        world.close().await;
    }
}

story! {
    async fn one_departments_veto_takes_the_case_back_from_the_other(hall: &Hall) {
        let (_desk, case, world) = Exchanging::decides(hall).await;
        let case_no = case["case_no"].as_str().unwrap();
        let refused = DepartmentMessage::Refused { reason: "场所不符合卫生要求".to_owned(), by: "韩梅梅".to_owned() };
        assert_eq!(answers(&world.health.say(case_no, &[refused]).await), [(200, "applied")]);
        assert_eq!(world.sender.send_due().await.unwrap(), 1);
        assert!(world.market.handed(case_no).withdrawn && !world.health.handed(case_no).withdrawn);
        let reason = world.market.handed(case_no).messages[1].body["reason"].as_str().unwrap().to_owned();
        assert!(reason.contains("场所不符合卫生要求"), "{reason}");
        assert_eq!(answers(&world.market.say(case_no, &[approved()]).await), [(409, "task-closed")]);
        world.close().await;
    }
}

story! {
    async fn a_special_procedure_of_the_departments_own_stops_its_clock(hall: &Hall) {
        let (_desk, case, world) = Exchanging::decides(hall).await;
        let case_no = case["case_no"].as_str().unwrap();
        let supervisor = hall.person("supervisor", &[Role::Supervisor], None, None).await;
        let path = format!("/api/v1/cases/{case_no}");
        let tender = DepartmentMessage::SpecialProcedureOpened {
            procedure: SpecialKind::Tender,
            reason: "招标".to_owned(),
            days: 10,
            by: "李雷".to_owned(),
        };
        assert_eq!(answers(&world.market.say(case_no, &[tender]).await), [(409, "not-allowed-by-item")]);
        assert_eq!(answers(&world.market.say(case_no, &[opened_special(), approved()]).await), [(200, "applied"), (409, "branch-paused")]);
        let seen = supervisor.get(&path).await.ok();
        assert_eq!((review_clock(&seen, MARKET), review_clock(&seen, HEALTH)), ("paused".to_owned(), "running".to_owned()));
        hall.clock.advance(3 * 24 * 3600 * 1000);
        assert_eq!(answers(&world.market.say(case_no, &[closed_special(), approved()]).await), [(200, "applied"); 2]);
        assert_eq!(review_clock(&supervisor.get(&path).await.ok(), HEALTH), "running");
        world.close().await;
    }
}

story! {
    async fn what_comes_before_its_time_waits_for_what_is_missing(hall: &Hall) {
        let (_desk, case, world) = Exchanging::decides(hall).await;
        let case_no = case["case_no"].as_str().unwrap();
        let (first, second) = (world.signed_by_market(case_no, 1, &opened_special()), world.signed_by_market(case_no, 2, &closed_special()));
        let early = world.post_from_market(&second).await;
        assert_eq!((early.status, early.code()), (425, "earlier-message-missing"));
        assert_eq!(world.post_from_market(&first).await.ok()["outcome"], "applied");
        assert_eq!(world.post_from_market(&second).await.ok()["outcome"], "applied");
        assert_eq!(world.post_from_market(&first).await.ok()["outcome"], "repeated");
        world.close().await;
    }
}

story! {
    async fn papers_that_come_later_are_handed_on_to_who_still_decides(hall: &Hall) {
        publish_with_systems(hall).await;
        let (desk, case) = opened(hall).await;
        check_all(&desk.person, &case, "provided").await;
        let key = case["documents"][0]["key"].clone();
        let deferred = json!({ "step": "check-documents", "documents": [{ "key": key, "status": "deferred" }] });
        take(&desk.person, &case, deferred).await.ok();
        let case = step(&desk.person, &case, "accept", "").await.ok();
        let case_no = case["case_no"].as_str().unwrap();
        let world = Exchanging::beside(hall).await;
        assert_eq!(world.sender.send_due().await.unwrap(), 2);
        let documents = world.market.handed(case_no).messages[0].body["documents"].clone();
        assert_eq!(documents[0]["status"], "deferred");
        assert_eq!(answers(&world.health.say(case_no, &[approved()]).await), [(200, "applied")]);
        take(&desk.person, &case, json!({ "step": "supply-deferred", "documents": [key] })).await.ok();
        assert_eq!(world.sender.send_due().await.unwrap(), 1, "who has answered needs no more papers");
        let handed = world.market.handed(case_no);
        assert_eq!(handed.messages[1].kind, "documents-supplemented");
        let supplemented = handed.messages[1].body["documents"].as_array().unwrap();
        assert_eq!((supplemented.len(), &supplemented[0]["key"], &supplemented[0]["status"]), (1, &key, &json!("provided")));
        world.close().await;
    }
}

story! {
    async fn a_terminated_case_is_taken_back(hall: &Hall) {
        let (_desk, case, world) = Exchanging::decides(hall).await;
        let case_no = case["case_no"].as_str().unwrap();
        let leader = hall.person("market.leader", &[Role::Leader], None, Some(MARKET)).await;
        let received = DepartmentMessage::Received { reference: "SJ-1".to_owned() };
        world.market.say(case_no, &[received]).await;
        let ended = take(&leader, &case, json!({ "step": "terminate", "reason": "场所已拆除", "basis": "行政许可法第七十条" })).await;
        if ended.status == 409 {
            // Nobody has begun: a review begins with the first answer.
            assert_eq!(answers(&world.health.say(case_no, &[approved()]).await), [(200, "applied")]);
            take(&leader, &case, json!({ "step": "terminate", "reason": "场所已拆除", "basis": "行政许可法第七十条" })).await.ok();
        }
        world.sender.send_due().await.unwrap();
        assert!(world.market.handed(case_no).withdrawn);
        world.close().await;
    }
}
