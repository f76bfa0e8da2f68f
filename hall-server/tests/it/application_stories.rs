//! One window for several departments: an application opens a case for each, asks for a paper once, and each goes its way.

use protocol::staff::Role;
use serde_json::{Value, json};

use crate::case_stories::{step, take};
use crate::support::{Desk, Hall, Person};

/// 开餐馆一件事: food licence, discharge permit, fire safety check.
pub(crate) const RESTAURANT: &str = "SAMPLE-440304-01-9001";
const FIRE: &str = "SAMPLE-440304-12";

/// Whoever stands at window 8 with a ticket for the restaurant.
async fn called<'a>(hall: &'a Hall) -> (Desk<'a>, Value) {
    let desk = hall.desk("liu", 8).await;
    desk.act("open").await.ok();
    let who = json!({ "by": "card", "name": "王小明", "id_number": "11010519491231002X", "kind": "resident" });
    let ticket = hall.kiosk().await.take(RESTAURANT, who, None).await.ok();
    desk.act("call-next").await.ok();
    (desk, ticket)
}

/// Answers to the package's questions: those that it asks, with these choices or the first.
async fn answers(hall: &Hall, chosen: &[(&str, &str)]) -> Value {
    let item = hall.get(&format!("/api/v1/items/{RESTAURANT}")).await.ok();
    let questions = item["questions"].as_array().unwrap();
    let answer = |question: &Value| {
        let key = question["key"].as_str().unwrap();
        let own = key.split_once('_').map_or(key, |(_, own)| own);
        let choice = chosen.iter().find(|(asked, _)| *asked == own).map(|(_, choice)| json!(choice));
        (key.to_owned(), choice.unwrap_or_else(|| question["choices"][0]["key"].clone()))
    };
    questions.iter().map(answer).collect()
}

pub(crate) async fn opened<'a>(hall: &'a Hall) -> (Desk<'a>, Vec<Value>) {
    let (desk, ticket) = called(hall).await;
    let answers = answers(hall, &[("premises", "rented"), ("business", "meals"), ("size", "large")]).await;
    let applicant = json!({ "name": "深圳市小明餐饮有限公司", "id_number": "91350100M000100Y43", "phone": "13800138000",
        "agent": { "name": "王小明", "id_number": "11010519491231002X" } });
    let open = json!({ "ticket": ticket["id"], "applicant": applicant, "answers": answers,
        "form": { "m1_business_name": "小明面馆" } });
    let application = desk.person.post("/api/v1/applications", open).await.ok();
    (desk, application["cases"].as_array().unwrap().clone())
}

fn document<'a>(case: &'a Value, name: &str) -> &'a Value {
    let documents = case["documents"].as_array().unwrap();
    documents.iter().find(|document| document["name"]["zh"] == name).unwrap_or_else(|| panic!("{name} in {case:#}"))
}

pub(crate) async fn again(person: &Person<'_>, case: &Value) -> Value {
    person.get(&format!("/api/v1/cases/{}", case["case_no"].as_str().unwrap())).await.ok()
}

/// Ticks every document of a case that is not there yet, as far as the item lets one.
pub(crate) async fn complete(person: &Person<'_>, case: &Value) -> Value {
    let case = again(person, case).await;
    let documents: Vec<Value> = case["documents"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|document| document["status"] == "missing")
        .map(|document| json!({ "key": document["key"], "status": "provided" }))
        .collect();
    take(person, &case, json!({ "step": "check-documents", "documents": documents })).await.ok()
}

story! {
    async fn one_application_opens_a_case_for_each_department_and_asks_for_a_paper_once(hall: &Hall) {
        let (desk, cases) = opened(hall).await;
        assert_eq!(cases.len(), 3);
        let application = &cases[0]["case_no"];
        assert!(cases.iter().all(|case| case["application"] == *application));
        assert_eq!(cases[1]["siblings"], json!([cases[0]["case_no"], cases[2]["case_no"]]));
        assert!(document(&cases[0], "营业执照")["shared"].as_bool().unwrap());
        let lease = document(&cases[1], "房屋租赁合同")["key"].clone();
        let tick = json!({ "step": "check-documents", "documents": [{ "key": lease, "status": "provided" }] });
        take(&desk.person, &cases[1], tick).await.ok();
        for case in &cases {
            let case = again(&desk.person, case).await;
            assert_eq!(document(&case, "房屋租赁合同")["status"], "provided", "{}", case["item_name"]["zh"]);
        }
        let own = again(&desk.person, &cases[1]).await;
        assert!(own["answers"].as_array().unwrap().iter().any(|answer| answer["choice"]["zh"] == "租赁"));
        assert_eq!(desk.current().await.ok()["cases"].as_array().unwrap().len(), 3);
    }
}

story! {
    async fn an_unanswered_question_is_named_and_nothing_is_opened(hall: &Hall) {
        let (desk, ticket) = called(hall).await;
        let applicant = json!({ "name": "王小明", "id_number": "11010519491231002X", "phone": "" });
        let open = json!({ "ticket": ticket["id"], "applicant": applicant });
        let refused = desk.person.post("/api/v1/applications", open).await;
        assert_eq!((refused.status, refused.code()), (422, "invalid-field"));
        assert!(refused.body["detail"].as_str().unwrap().contains("请回答"), "{refused:?}");
        assert_eq!(desk.current().await.ok()["cases"], json!([]));
    }
}

story! {
    async fn papers_taken_in_before_they_could_be_entered_count_from_their_day(hall: &Hall) {
        let (desk, ticket) = called(hall).await;
        let applicant = json!({ "name": "王小明", "id_number": "11010519491231002X", "phone": "" });
        let open = |day: &str, answers: &Value| {
            json!({ "ticket": ticket["id"], "applicant": applicant, "answers": answers, "received_on": day })
        };
        let answers = answers(hall, &[]).await;
        assert_eq!(desk.person.post("/api/v1/applications", open("2026-11-25", &answers)).await.code(), "invalid-field");
        assert_eq!(desk.person.post("/api/v1/applications", open("yesterday", &answers)).await.code(), "invalid-field");
        let application = desk.person.post("/api/v1/applications", open("2026-11-20", &answers)).await.ok();
        let case = &application["cases"][0];
        assert_eq!(case["clocks"][0]["due_on"], "2026-11-27", "five working days from Friday the 20th");
        assert_eq!(case["due_on"], json!(null), "nothing is promised before acceptance");
        let signals = desk.person.get("/api/v1/signals").await.ok();
        assert_eq!(signals[0]["rule"], "taken-in-offline");
    }
}

story! {
    async fn a_fire_check_waits_for_its_expert_review_and_says_why(hall: &Hall) {
        let (desk, cases) = opened(hall).await;
        let fire = complete(&desk.person, &cases[2]).await;
        let fire = step(&desk.person, &fire, "accept", "").await.ok();
        let reviewer = hall.person("fire.reviewer", &[Role::Reviewer], None, Some(FIRE)).await;
        let leader = hall.person("fire.leader", &[Role::Leader], None, Some(FIRE)).await;
        let ask = json!({ "step": "ask-special", "kind": "expert-review", "days": 5, "reason": "疏散方案需专家评审" });
        let asked = take(&reviewer, &fire, ask).await.ok();
        assert_eq!(asked["special_procedures"][0]["state"], "asked");
        assert_eq!(leader.get("/api/v1/tasks").await.ok()[0]["kind"], "special");
        let paused = take(&leader, &fire, json!({ "step": "approve-special" })).await.ok();
        assert_eq!((paused["state"].as_str(), paused["due_on"].as_str()), (Some("special"), None));
        let promised = paused["clocks"].as_array().unwrap().iter().find(|clock| clock["kind"] == "promised").unwrap().clone();
        assert_eq!(promised["state"], "paused");
        assert!(promised["text"]["zh"].as_str().unwrap().contains("因专家评审暂停"), "{promised}");
        let waiting = reviewer.get("/api/v1/tasks").await.ok();
        assert_eq!((&waiting[0]["kind"], &waiting[0]["due_on"]), (&json!("close-special"), &json!("2026-12-01")));
        hall.days_pass(6).await;
        let signals = leader.get("/api/v1/signals").await.ok();
        assert_eq!(signals, json!([]), "nobody is late while the clock stands still");
        assert_eq!(again(&reviewer, &fire).await["state"], "special");
        hall.days_pass(1).await;
        let case = again(&reviewer, &fire).await;
        assert_eq!((case["state"].as_str(), case["due_on"].as_str()), (Some("in-review"), Some("2026-12-08")));
    }
}

story! {
    async fn deferred_papers_and_commitments_let_a_case_begin(hall: &Hall) {
        let (desk, cases) = opened(hall).await;
        let food = again(&desk.person, &cases[0]).await;
        let key = |name: &str| document(&food, name)["key"].clone();
        let tick = |key: Value, status: &str| json!({ "step": "check-documents", "documents": [{ "key": key, "status": status }] });
        let refused = take(&desk.person, &food, tick(key("营业执照"), "deferred")).await;
        assert_eq!(refused.code(), "not-allowed-by-item");
        take(&desk.person, &food, tick(key("从业人员名册和健康证明"), "deferred")).await.ok();
        take(&desk.person, &food, tick(key("食品安全管理制度"), "committed")).await.ok();
        complete(&desk.person, &food).await;
        let food = step(&desk.person, &food, "accept", "").await.ok();
        assert_eq!(food["state"], "accepted");
        let kinds: Vec<Value> =
            desk.person.get("/api/v1/tasks").await.ok().as_array().unwrap().iter().map(|t| t["kind"].clone()).collect();
        assert!(kinds.contains(&json!("supply-deferred")), "{kinds:?}");
        let supply = json!({ "step": "supply-deferred", "documents": [key("从业人员名册和健康证明")] });
        let food = take(&desk.person, &food, supply).await.ok();
        assert_eq!(document(&food, "从业人员名册和健康证明")["status"], "provided");
    }
}

story! {
    async fn a_branch_goes_to_a_colleague_and_back_with_advice(hall: &Hall) {
        let (_desk, case) = crate::case_stories::accepted(hall).await;
        let market = "SAMPLE-440304-01";
        let reviewer = hall.person("market.reviewer", &[Role::Reviewer], None, Some(market)).await;
        let colleague = hall.person("market.colleague", &[Role::Reviewer], None, Some(market)).await;
        hall.person("health.reviewer", &[Role::Reviewer], None, Some("SAMPLE-440304-02")).await;
        let ask = |to: &str| json!({ "step": "delegate", "to": to, "question": "请现场核查" });
        assert_eq!(take(&reviewer, &case, ask("health.reviewer")).await.code(), "not-a-colleague");
        assert_eq!(take(&reviewer, &case, ask("nobody")).await.code(), "not-a-colleague");
        take(&reviewer, &case, ask("market.colleague")).await.ok();
        let tasks = colleague.get("/api/v1/tasks").await.ok();
        assert_eq!((tasks.as_array().unwrap().len(), tasks[0]["kind"].as_str()), (1, Some("advise")));
        assert_eq!(step(&colleague, &case, "approve", "同意").await.code(), "taken-by-another");
        take(&colleague, &case, json!({ "step": "advise", "opinion": "现场符合" })).await.ok();
        let case = step(&reviewer, &case, "approve", "同意").await.ok();
        assert_eq!(case["branches"][0]["consulted"][0]["opinion"], "现场符合");
    }
}

story! {
    async fn several_cases_are_granted_at_once_where_the_item_allows_it(hall: &Hall) {
        let (_desk, case) = crate::case_stories::accepted(hall).await;
        let signer = hall.person("market.signer", &[Role::Signer], None, Some("SAMPLE-440304-01")).await;
        let several = json!({ "cases": [case["case_no"], "440304001202611240999X"], "opinion": "同意" });
        let done = signer.post("/api/v1/cases/steps", several).await.ok();
        assert_eq!(done[0]["refused"], "not-in-bulk");
        assert_eq!(done[1]["refused"], "unknown-case");
    }
}
