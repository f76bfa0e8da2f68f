//! An application sent from a phone, without a ticket and without a visit; and one withdrawn on the phone.

use hall_server::submission::forgetting;
use protocol::staff::Role;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, header};
use serde_json::{Value, json};

use crate::case_stories::{accepted, check_all, opened, step, take};
use crate::preparation_stories::png;
use crate::support::{FOOD, Hall, Person, TUESDAY_TEN};

const NAME: &str = "王小明";
const NUMBER: &str = "11010519491231002X";
const MARKET: &str = "SAMPLE-440304-01";
const DAY: i64 = 86_400_000;

/// A page as a browser without a script gets it, redirects followed.
struct Page {
    status: u16,
    path: String,
    text: String,
}

impl Page {
    fn shows(&self, id: &str) -> bool {
        self.text.contains(&format!("data-testid=\"{id}\""))
    }

    /// What stands between the quotes after each occurrence of a text.
    fn all(&self, before: &str) -> Vec<String> {
        self.text.split(before).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
    }
}

async fn open(request: reqwest::RequestBuilder) -> Page {
    let response = request.header(header::ACCEPT, "text/html").send().await.unwrap();
    Page {
        status: response.status().as_u16(),
        path: response.url().path().to_owned(),
        text: response.text().await.unwrap(),
    }
}

async fn browse(hall: &Hall, path: &str) -> Page {
    open(hall.request(Method::GET, path)).await
}

async fn fill(hall: &Hall, path: &str, fields: &[(&str, &str)]) -> Page {
    open(hall.request(Method::POST, path).form(fields)).await
}

/// A draft with everything in it, as a person makes it with nothing but forms; returns its page.
async fn filled(hall: &Hall, shade: u8) -> Page {
    let draft = fill(hall, &format!("/apply/{FOOD}"), &[("hall", "district")]).await;
    assert!(draft.shows("submission"), "{} {}", draft.status, draft.text);
    let path = draft.path.clone();
    let questions = hall.get(&format!("/api/v1/items/{FOOD}")).await.ok()["questions"].clone();
    for question in questions.as_array().unwrap() {
        let (key, choice) = (question["key"].as_str().unwrap(), question["choices"][0]["key"].as_str().unwrap());
        fill(hall, &format!("{path}/prepare/answers"), &[(key, choice)]).await;
    }
    let draft = browse(hall, &path).await;
    for paper in draft.all("data-testid=\"paper\" data-key=\"") {
        let part = Part::bytes(png(shade)).file_name("IMG_1.png").mime_str("image/png").unwrap();
        let form = Form::new().part("file", part);
        let sent = open(hall.request(Method::POST, &format!("{path}/prepare/documents/{paper}")).multipart(form)).await;
        assert_eq!(sent.status, 200, "{}", sent.text);
    }
    let item = hall.get(&format!("/api/v1/items/{FOOD}")).await.ok();
    let kinds: std::collections::HashMap<&str, &str> = item["form"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| (field["key"].as_str().unwrap(), field["kind"].as_str().unwrap()))
        .collect();
    let keys = browse(hall, &path).await.all("data-testid=\"field\" data-key=\"");
    let entries: Vec<(&str, &str)> = keys
        .iter()
        .map(|key| {
            let entry = match kinds[key.as_str()] {
                "number" => "80",
                "date" => "2026-12-01",
                "credit-code" => "91350100M000100Y43",
                _ => "福中三路 1 号",
            };
            (key.as_str(), entry)
        })
        .collect();
    fill(hall, &format!("{path}/prepare/form"), &entries).await
}

async fn send(hall: &Hall, path: &str, number: &str) -> Page {
    let who = [("name", NAME), ("id_number", number), ("phone", "13800138000"), ("confirmed", "yes")];
    fill(hall, &format!("{path}/send"), &who).await
}

/// An application as submitted; returns its case's number and the path of its page.
async fn submitted(hall: &Hall) -> (String, String) {
    let draft = filled(hall, 7).await;
    let sent = send(hall, &draft.path, NUMBER).await;
    assert!(sent.shows("sent"), "{} {}", sent.status, sent.text);
    let case_path = sent.all("data-testid=\"open-case\" href=\"")[0].split('?').next().unwrap().to_owned();
    let (_, after) = sent.text.split_once("data-testid=\"case-number\">").unwrap();
    (after.split('<').next().unwrap().to_owned(), case_path)
}

async fn case_of(person: &Person<'_>, number: &str) -> Value {
    person.get(&format!("/api/v1/cases/{number}")).await.ok()
}

story! {
    async fn an_application_is_sent_from_a_phone_and_taken_in_by_the_hall(hall: &Hall) {
        let offered = browse(hall, "/apply").await;
        assert!(offered.all("data-testid=\"apply-item\" href=\"").iter().any(|href| href.contains(FOOD)));
        assert!(browse(hall, &format!("/apply/{FOOD}?lang=en")).await.text.contains("The phone does not prove who you are"));

        let (number, case_path) = submitted(hall).await;
        let page = browse(hall, &case_path).await;
        assert!(page.shows("submitted-note") && page.text.contains("data-state=\"submitted\""));
        for personal in [NAME, NUMBER, "13800138000"] {
            assert!(!page.text.contains(personal), "the page names nobody");
        }

        let clerk = hall.person("liu", &[Role::Clerk], Some("district"), None).await;
        let task = clerk.get("/api/v1/tasks").await.ok()[0].clone();
        assert_eq!((&task["kind"], &task["case_no"]), (&json!("receive"), &json!(number)));
        assert_eq!(task["due_on"], "2026-12-01", "five working days");
        let case = case_of(&clerk, &number).await;
        assert_eq!((&case["ticket"], &case["applicant"]["name"]), (&Value::Null, &json!(NAME)));
        let file = case["documents"].as_array().unwrap().iter().find_map(|d| d["files"][0]["id"].as_str()).unwrap().to_owned();
        assert_eq!(clerk.get(&format!("/api/v1/files/{file}")).await.status, 200, "what was photographed is the case's");
        let stranger = hall.person("far", &[Role::Clerk], Some("yuanling"), None).await;
        assert_eq!(stranger.get(&format!("/api/v1/files/{file}")).await.code(), "unknown-file");

        assert_eq!(take(&clerk, &case, json!({ "step": "accept" })).await.code(), "wrong-state");
        hall.clock.advance(DAY);
        let case = take(&clerk, &case, json!({ "step": "receive" })).await.ok();
        assert_eq!(case["state"], "received");
        let intake = case["clocks"].as_array().unwrap().iter().find(|clock| clock["kind"] == "intake").cloned().unwrap();
        assert_eq!(intake["due_on"], "2026-12-02", "it counts from the day it was taken in");
        assert!(!browse(hall, &case_path).await.shows("submitted-note"));
        let from = case["documents"].as_array().unwrap().iter().find(|d| d["files"][0]["id"] == file).unwrap().clone();
        take(&clerk, &case, json!({ "step": "detach-file", "document": from["key"], "file": file })).await.ok();
        let back = json!({ "step": "attach-file", "document": from["key"], "file": from["files"][0] });
        take(&clerk, &case, back).await.ok();
        check_all(&clerk, &case, "provided").await;
        assert_eq!(take(&clerk, &case, json!({ "step": "accept" })).await.ok()["state"], "accepted");
        assert_eq!(hall_server::commands::verify::walk(&hall.store, "district").await.unwrap().fault, None);
    }
}

story! {
    async fn the_hall_may_ask_for_a_better_paper_after_taking_it_in(hall: &Hall) {
        let (number, case_path) = submitted(hall).await;
        let clerk = hall.person("liu", &[Role::Clerk], Some("district"), None).await;
        let case = case_of(&clerk, &number).await;
        take(&clerk, &case, json!({ "step": "receive" })).await.ok();
        check_all(&clerk, &case, "rejected").await;
        let asked = step(&clerk, &case, "notify-correction", "照片不清楚").await.ok();
        assert_eq!(asked["state"], "correction");
        assert!(browse(hall, &case_path).await.shows("case-missing"));
    }
}

story! {
    async fn silence_takes_it_in_and_accepts_it_as_from_the_day_it_was_sent(hall: &Hall) {
        let (number, _) = submitted(hall).await;
        hall.days_pass(7).await;
        let clerk = hall.person("liu", &[Role::Clerk], Some("district"), None).await;
        assert_eq!(case_of(&clerk, &number).await["state"], "submitted", "the fifth working day is not over");
        hall.days_pass(1).await;
        let case = case_of(&clerk, &number).await;
        assert_eq!(case["state"], "accepted");
        assert_eq!(case["accepted_at"], TUESDAY_TEN - 10 * 3_600_000, "from the beginning of the day it was sent");
        let eyes = hall.person("eyes", &[Role::Supervisor], None, None).await;
        let signals = eyes.get("/api/v1/signals").await.ok();
        assert!(signals.as_array().unwrap().iter().any(|signal| signal["rule"] == "deemed-accepted"));
    }
}

story! {
    async fn what_is_not_complete_is_not_sent_and_nothing_typed_is_lost(hall: &Hall) {
        let draft = fill(hall, &format!("/apply/{FOOD}"), &[("hall", "district")]).await;
        let refused = send(hall, &draft.path, NUMBER).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains("还缺") && refused.text.contains(&format!("value=\"{NUMBER}\"")));
        let draft = filled(hall, 1).await;
        for (field, value, said) in [
            ("id_number", "110105194912310021", "校验位"),
            ("phone", "", "手机号码有误"),
            ("name", " ", "填写的内容有误"),
            ("confirmed", "", "请先确认所填内容真实"),
        ] {
            let mut who = [("name", NAME), ("id_number", NUMBER), ("phone", "13800138000"), ("confirmed", "yes")];
            who.iter_mut().find(|(name, _)| *name == field).unwrap().1 = value;
            let refused = fill(hall, &format!("{}/send", draft.path), &who).await;
            assert_eq!(refused.status, 422, "{field}");
            assert!(refused.text.contains(said), "{field}: {}", refused.text);
        }
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM cases").fetch_one(hall.store.reader()).await.unwrap();
        assert_eq!(count, 0);
    }
}

story! {
    async fn two_taps_send_one_application_and_a_sent_draft_is_closed(hall: &Hall) {
        let draft = filled(hall, 2).await;
        let file = draft.all("action=\"").into_iter().find(|action| action.contains("/take-back")).unwrap();
        let (first, second) = tokio::join!(send(hall, &draft.path, NUMBER), send(hall, &draft.path, NUMBER));
        assert!(first.shows("sent") && second.shows("sent"), "{} {}", first.status, second.status);
        let third = send(hall, &draft.path, NUMBER).await;
        assert!(third.shows("sent"));
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM cases").fetch_one(hall.store.reader()).await.unwrap();
        assert_eq!(count, 1);
        assert_eq!(fill(hall, &file, &[]).await.status, 409, "what the case refers to stays");
        assert_eq!(fill(hall, &format!("{}/prepare/form", draft.path), &[("area", "1")]).await.status, 409);
        let kept: String = sqlx::query_scalar("SELECT form FROM submissions").fetch_one(hall.store.reader()).await.unwrap();
        assert_eq!(kept, "{}", "personal data stands in one place");
    }
}

story! {
    async fn only_what_an_item_allows_is_applied_for_by_phone_and_not_without_end(hall: &Hall) {
        let sewer = "SAMPLE-440304-01-9001";
        assert_eq!(browse(hall, &format!("/apply/{sewer}")).await.status, 404);
        assert_eq!(fill(hall, &format!("/apply/{sewer}"), &[("hall", "district")]).await.status, 404);
        let nowhere = fill(hall, &format!("/apply/{FOOD}"), &[("hall", "nowhere")]).await;
        assert_eq!(nowhere.status, 404);
        assert!(nowhere.shows("message") && nowhere.text.contains("请选择办理大厅"));
        assert_eq!(browse(hall, "/s/0000000000000000000000").await.status, 404);
        for shade in 0..5 {
            let draft = filled(hall, shade).await;
            assert!(send(hall, &draft.path, NUMBER).await.shows("sent"));
        }
        let draft = filled(hall, 9).await;
        let sixth = send(hall, &draft.path, NUMBER).await;
        assert_eq!(sixth.status, 429);
        assert!(sixth.text.contains("等待收件"));
        assert!(send(hall, &draft.path, "440304198803070038").await.shows("sent"), "others are not held up");
    }
}

story! {
    async fn a_draft_that_is_never_sent_is_forgotten_after_a_week(hall: &Hall) {
        let draft = filled(hall, 3).await;
        let sent = filled(hall, 4).await;
        send(hall, &sent.path, NUMBER).await;
        let forget = async |later: i64| {
            forgetting::forget_abandoned(&hall.store, &hall.state.files.vault, TUESDAY_TEN + later).await.unwrap()
        };
        assert_eq!(forget(7 * DAY).await, 0);
        assert_eq!(forget(7 * DAY + 1).await, 1);
        assert_eq!(browse(hall, &draft.path).await.status, 404);
        assert!(browse(hall, &sent.path).await.shows("sent"));
        let left: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM files WHERE subject = 'submission:1'")
            .fetch_one(hall.store.reader()).await.unwrap();
        assert_eq!(left, 0);
    }
}

async fn withdraw(hall: &Hall, case: &Value, last_four: &str, sure: &str) -> Page {
    let path = format!("/c/{}/withdraw", case["query_code"].as_str().unwrap());
    fill(hall, &path, &[("last_four", last_four), ("reason", "不开店了"), ("sure", sure)]).await
}

story! {
    async fn before_acceptance_the_applicant_withdraws_at_once_in_two_steps(hall: &Hall) {
        let (desk, case) = opened(hall).await;
        let path = format!("/c/{}", case["query_code"].as_str().unwrap());
        assert!(browse(hall, &path).await.shows("withdraw"));
        assert!(browse(hall, &format!("{path}/withdraw")).await.shows("next"));
        let confirming = withdraw(hall, &case, "002x", "").await;
        assert!(confirming.shows("sure") && confirming.shows("withdraw-do"), "{}", confirming.text);
        assert_eq!(case_of(&desk.person, case["case_no"].as_str().unwrap()).await["state"], "received", "nothing is done yet");
        let done = withdraw(hall, &case, "002X", "yes").await;
        assert_eq!(done.path, path);
        assert!(done.text.contains("data-state=\"withdrawn\"") && !done.shows("withdraw"));
        let history = case_of(&desk.person, case["case_no"].as_str().unwrap()).await["history"].clone();
        assert_eq!(history.as_array().unwrap().last().unwrap()["note"], "不开店了");
        assert_eq!(browse(hall, &format!("{path}/withdraw")).await.path, path, "there is nothing to withdraw any more");
    }
}

story! {
    async fn after_acceptance_the_department_confirms_what_the_applicant_asked_for(hall: &Hall) {
        let (_desk, case) = accepted(hall).await;
        let asked = withdraw(hall, &case, "002X", "yes").await;
        assert!(asked.shows("withdrawal-asked"), "{}", asked.text);
        let reviewer = hall.person("market.reviewer", &[Role::Reviewer], None, Some(MARKET)).await;
        let kinds: Vec<Value> = reviewer.get("/api/v1/tasks").await.ok().as_array().unwrap().iter().map(|t| t["kind"].clone()).collect();
        assert!(kinds.contains(&"withdrawal".into()));
        take(&reviewer, &case, json!({ "step": "confirm-withdrawal" })).await.ok();
        let path = format!("/c/{}", case["query_code"].as_str().unwrap());
        assert!(browse(hall, &path).await.text.contains("data-state=\"withdrawn\""));
    }
}

story! {
    async fn whoever_does_not_know_the_number_withdraws_nothing_and_cannot_try_for_long(hall: &Hall) {
        let (desk, case) = opened(hall).await;
        let wrong = withdraw(hall, &case, "0021", "yes").await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text.contains("后四位与申请不符") && wrong.text.contains("不开店了"), "the reason is kept");
        let path = format!("/c/{}/withdraw", case["query_code"].as_str().unwrap());
        assert_eq!(fill(hall, &path, &[("last_four", "002X"), ("reason", " ")]).await.status, 422);
        for n in 0..4 {
            assert_eq!(withdraw(hall, &case, &format!("000{n}"), "yes").await.status, 422);
        }
        assert_eq!(withdraw(hall, &case, "002X", "yes").await.status, 429, "not even with the right number");
        assert_eq!(case_of(&desk.person, case["case_no"].as_str().unwrap()).await["state"], "received");
        hall.clock.advance(3_600_000);
        assert!(withdraw(hall, &case, "002X", "yes").await.text.contains("data-state=\"withdrawn\""));
    }
}
