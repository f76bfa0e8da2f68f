//! Cases from intake to collection, by the people who may.

use protocol::staff::Role;
use serde_json::{Value, json};

use crate::support::{Desk, FOOD, Hall, Person};

const MARKET: &str = "SAMPLE-440304-01";
const HEALTH: &str = "SAMPLE-440304-02";

pub(crate) fn applicant() -> Value {
    json!({ "name": "王小明", "id_number": "11010519491231002X", "phone": "13800138000" })
}

/// A case just opened for the person at window 8.
pub(crate) async fn opened<'a>(hall: &'a Hall) -> (Desk<'a>, Value) {
    let desk = hall.desk("liu", 8).await;
    desk.act("open").await.ok();
    let kiosk = hall.kiosk().await;
    let who = json!({ "by": "card", "name": "王小明", "id_number": "11010519491231002X", "kind": "resident" });
    let ticket = kiosk.take(FOOD, who, None).await.ok();
    desk.act("call-next").await.ok();
    let open = json!({ "ticket": ticket["id"], "applicant": applicant(), "answers": answers(hall).await });
    let reply = desk.person.post("/api/v1/applications", open).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    (desk, reply.body["cases"][0].clone())
}

/// The first choice of each question that the item asks.
pub(crate) async fn answers(hall: &Hall) -> Value {
    let item = hall.get(&format!("/api/v1/items/{FOOD}")).await.ok();
    let questions = item["questions"].as_array().cloned().unwrap_or_default();
    questions.iter().map(|q| (q["key"].as_str().unwrap().to_owned(), q["choices"][0]["key"].clone())).collect()
}

/// A step whose text, where it has one, has the name that the step gives it.
pub(crate) async fn step(person: &Person<'_>, case: &Value, step: &str, text: &str) -> crate::support::Reply {
    let mut body = json!({ "step": step });
    let place = match step {
        "approve" | "grant" => "opinion",
        "resubmit" | "notify-correction" => "note",
        "deliver" => "collected_by",
        _ => "reason",
    };
    body[place] = text.into();
    take(person, case, body).await
}

pub(crate) async fn take(person: &Person<'_>, case: &Value, step: Value) -> crate::support::Reply {
    person.post(&format!("/api/v1/cases/{}/steps", case["case_no"].as_str().unwrap()), step).await
}

pub(crate) async fn check_all(person: &Person<'_>, case: &Value, status: &str) -> Value {
    let documents: Vec<Value> =
        case["documents"].as_array().unwrap().iter().map(|d| json!({ "key": d["key"], "status": status })).collect();
    take(person, case, json!({ "step": "check-documents", "documents": documents })).await.ok()
}

/// A case accepted, in the hands of its two departments.
pub(crate) async fn accepted<'a>(hall: &'a Hall) -> (Desk<'a>, Value) {
    let (desk, case) = opened(hall).await;
    check_all(&desk.person, &case, "provided").await;
    let case = step(&desk.person, &case, "accept", "").await.ok();
    (desk, case)
}

async fn reviewers<'a>(hall: &'a Hall) -> (Person<'a>, Person<'a>, Person<'a>) {
    (
        hall.person("market.reviewer", &[Role::Reviewer], None, Some(MARKET)).await,
        hall.person("health.reviewer", &[Role::Reviewer], None, Some(HEALTH)).await,
        hall.person("market.signer", &[Role::Signer], None, Some(MARKET)).await,
    )
}

fn steady(mut case: Value) -> Value {
    for key in ["query_code", "query_url"] {
        case[key] = "[random]".into();
    }
    case
}

story! {
    async fn an_application_is_granted_by_two_departments_and_collected(hall: &Hall) {
        let (desk, case) = opened(hall).await;
        let refused = step(&desk.person, &case, "accept", "").await;
        assert_eq!((refused.status, refused.code()), (409, "documents-missing"));
        check_all(&desk.person, &case, "provided").await;
        let case = step(&desk.person, &case, "accept", "").await.ok();
        assert_eq!(case["state"], "accepted");
        let number = case["case_no"].as_str().unwrap();
        let receipt = desk.person.get(&format!("/api/v1/cases/{number}/receipt")).await.ok();
        let mut steady_receipt = receipt.clone();
        steady_receipt["query_url"] = "[random]".into();
        insta::assert_json_snapshot!("receipt", steady_receipt);

        let (market, health, signer) = reviewers(hall).await;
        assert_eq!(market.get("/api/v1/tasks").await.ok()[0]["case_no"], number);
        assert_eq!(signer.get("/api/v1/tasks").await.ok(), json!([]));
        assert_eq!(step(&market, &case, "approve", "同意").await.ok()["state"], "in-review");
        assert_eq!(step(&market, &case, "approve", "同意").await.code(), "task-closed");
        assert_eq!(step(&health, &case, "approve", "  ").await.code(), "opinion-required");
        assert_eq!(step(&health, &case, "approve", "同意").await.ok()["state"], "in-approval");
        assert_eq!(signer.get("/api/v1/tasks").await.ok()[0]["kind"], "decide");
        assert_eq!(step(&signer, &case, "grant", "").await.ok()["state"], "decided-granted");
        step(&market, &case, "complete", "").await.ok();
        assert_eq!(desk.person.get("/api/v1/tasks").await.ok()[0]["kind"], "deliver");

        let case = step(&desk.person, &case, "deliver", "王小明").await.ok();
        insta::assert_json_snapshot!("delivered_case", steady(case));

        let kiosk = hall.kiosk().await;
        let by_card = json!({ "by": "card", "id_number": "11010519491231002X" });
        let progress = kiosk.person.post("/api/v1/progress", by_card).await.ok();
        assert!(!progress.to_string().contains("王小明"));
        insta::assert_json_snapshot!("progress", progress);
        let by_code = json!({ "by": "code", "code": receipt["query_url"] });
        assert_eq!(kiosk.person.post("/api/v1/progress", by_code).await.ok(), progress);
    }
}

story! {
    async fn one_veto_leaves_the_signer_a_refusal_and_cancels_the_other_review(hall: &Hall) {
        let (_desk, case) = accepted(hall).await;
        let (market, health, signer) = reviewers(hall).await;
        let case = step(&health, &case, "object", "场所不符合卫生要求").await.ok();
        assert_eq!(case["state"], "in-approval");
        let states: Vec<&str> =
            case["branches"].as_array().unwrap().iter().map(|b| b["state"].as_str().unwrap()).collect();
        assert_eq!(states, ["cancelled-by-veto", "refused"]);
        assert_eq!(step(&market, &case, "approve", "同意").await.code(), "task-closed");
        assert_eq!(step(&signer, &case, "grant", "").await.code(), "vetoed");
        let case = step(&signer, &case, "refuse", "场所不符合卫生要求").await.ok();
        assert_eq!(case["state"], "decided-refused");
    }
}

story! {
    async fn the_signer_is_never_the_reviewer(hall: &Hall) {
        let (_desk, case) = accepted(hall).await;
        let both = hall.person("both", &[Role::Reviewer, Role::Signer], None, Some(MARKET)).await;
        let health = hall.person("health.reviewer", &[Role::Reviewer], None, Some(HEALTH)).await;
        step(&both, &case, "approve", "同意").await.ok();
        step(&health, &case, "approve", "同意").await.ok();
        let refused = step(&both, &case, "grant", "").await;
        assert_eq!((refused.status, refused.code()), (403, "signer-is-reviewer"));
        assert_eq!(both.get("/api/v1/tasks").await.ok(), json!([]));
        let signer = hall.person("market.signer", &[Role::Signer], None, Some(MARKET)).await;
        assert_eq!(step(&signer, &case, "refuse", "").await.code(), "opinion-required");
        assert_eq!(step(&signer, &case, "refuse", "材料不实").await.ok()["state"], "decided-refused");
    }
}

story! {
    async fn missing_papers_are_asked_for_once(hall: &Hall) {
        let (desk, case) = opened(hall).await;
        let case = step(&desk.person, &case, "notify-correction", "请一并提供原件").await.ok();
        assert_eq!(case["state"], "correction");
        let mandatory = case["documents"].as_array().unwrap().iter().filter(|d| d["mandatory"] == true).count();
        assert_eq!(case["correction"]["documents"].as_array().unwrap().len(), mandatory, "all of them, at once");
        assert_eq!(desk.person.get("/api/v1/tasks").await.ok()[0]["kind"], "supply");
        let followed = hall.kiosk().await.person.post("/api/v1/progress", json!({ "by": "code", "code": case["query_code"] })).await.ok();
        assert_eq!(followed[0]["missing"].as_array().unwrap().len(), mandatory);
        step(&desk.person, &case, "supply", "").await.ok();
        let again = step(&desk.person, &case, "notify-correction", "").await;
        assert_eq!(again.code(), "correction-already-given");
    }
}

story! {
    async fn a_returned_case_is_resubmitted_for_a_second_round(hall: &Hall) {
        let (desk, case) = accepted(hall).await;
        let (market, health, signer) = reviewers(hall).await;
        let case = step(&market, &case, "return", "平面图不清").await.ok();
        assert_eq!((case["state"].as_str(), case["returned"].as_str()), (Some("accepted"), Some("平面图不清")));
        assert_eq!(desk.person.get("/api/v1/tasks").await.ok()[0]["kind"], "resubmit");
        step(&desk.person, &case, "resubmit", "已更换平面图").await.ok();
        step(&market, &case, "approve", "同意").await.ok();
        let case = step(&health, &case, "approve", "同意").await.ok();
        assert_eq!(case["branches"].as_array().unwrap().len(), 4, "the first round stays readable");
        assert_eq!(step(&signer, &case, "return", "理由不足").await.ok()["state"], "in-review");
    }
}

story! {
    async fn an_application_is_opened_only_for_who_stands_at_ones_window(hall: &Hall) {
        let desk = hall.desk("liu", 8).await;
        let next_door = hall.desk("ye", 9).await;
        desk.act("open").await.ok();
        next_door.act("open").await.ok();
        let ticket = hall.kiosk().await.ticket("13800138000").await;
        let open = json!({ "ticket": ticket["id"], "applicant": applicant(), "answers": answers(hall).await });
        assert_eq!(desk.person.post("/api/v1/applications", open.clone()).await.code(), "ticket-not-called");
        desk.act("call-next").await.ok();
        assert_eq!(next_door.person.post("/api/v1/applications", open.clone()).await.code(), "ticket-called-elsewhere");
        let case = desk.person.post("/api/v1/applications", open.clone()).await.ok();
        assert_eq!(desk.current().await.ok()["cases"], json!([case["cases"][0]["case_no"]]));
        desk.act("complete").await.ok();
        assert_eq!(desk.person.post("/api/v1/applications", open).await.code(), "ticket-finished");
    }
}

story! {
    async fn bad_applicants_are_refused(hall: &Hall) {
        let (desk, _) = opened(hall).await;
        let ticket = desk.current().await.ok()["ticket"]["id"].clone();
        let answers = answers(hall).await;
        let open = async |applicant: Value| {
            desk.person.post("/api/v1/applications", json!({ "ticket": ticket, "applicant": applicant, "answers": answers })).await
        };
        let with = |id: &str, phone: &str| json!({ "name": "某公司", "id_number": id, "phone": phone });
        assert_eq!(open(with("110105194912310021", "")).await.code(), "invalid-id-number");
        assert_eq!(open(with("91350100M000100Y44", "")).await.code(), "invalid-id-number");
        assert_eq!(open(with("91350100M000100Y43", "phone")).await.code(), "invalid-phone");
        assert_eq!(open(with("91350100M000100Y43", "0755-88888888")).await.status, 201);
    }
}

story! {
    async fn a_case_is_seen_only_by_those_it_concerns(hall: &Hall) {
        let (desk, case) = accepted(hall).await;
        let path = format!("/api/v1/cases/{}", case["case_no"].as_str().unwrap());
        let (_, health, _) = reviewers(hall).await;
        health.get(&path).await.ok();
        let other = hall.person("police.reviewer", &[Role::Reviewer], None, Some("SAMPLE-440304-03")).await;
        assert_eq!(other.get(&path).await.code(), "unknown-case");
        let meilin = hall.person("meilin.clerk", &[Role::Clerk], Some("meilin"), None).await;
        assert_eq!(meilin.get(&path).await.code(), "unknown-case");
        assert_eq!(step(&meilin, &case, "withdraw", "误操作").await.code(), "forbidden");
        let supervisor = hall.person("supervisor", &[Role::Supervisor], None, None).await;
        supervisor.get(&path).await.ok();
        let found = desk.person.get("/api/v1/cases?q=王小").await.ok();
        assert_eq!(found[0]["case_no"], case["case_no"]);
        assert_eq!(meilin.get("/api/v1/cases?q=王小").await.ok(), json!([]));
        for typed in ["wangx", "WXM", "wxm"] {
            let found = desk.person.get(&format!("/api/v1/cases?q={typed}")).await.ok();
            assert_eq!(found[0]["case_no"], case["case_no"], "{typed}");
        }
        for typed in ["angx", "xm", "wangz"] {
            assert_eq!(desk.person.get(&format!("/api/v1/cases?q={typed}")).await.ok(), json!([]), "{typed}");
        }
    }
}

story! {
    async fn case_numbers_count_up_within_a_day_and_a_repeated_opening_is_one_case(hall: &Hall) {
        let (desk, first) = opened(hall).await;
        let ticket = desk.current().await.ok()["ticket"]["id"].clone();
        let open = json!({ "ticket": ticket, "applicant": applicant(), "answers": answers(hall).await });
        let send = async || desk.person.send(reqwest::Method::POST, "/api/v1/applications", Some(open.clone()), Some("open-0001")).await.ok();
        let (second, again) = (send().await, send().await);
        assert_eq!(second["application"], again["application"]);
        assert!(first["case_no"].as_str().unwrap().starts_with("4403040012026112400001"));
        assert!(second["cases"][0]["case_no"].as_str().unwrap().starts_with("4403040012026112400002"));
    }
}
