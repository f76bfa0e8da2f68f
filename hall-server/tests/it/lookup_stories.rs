//! Data instead of papers: who may look what up, what is kept of it, and what the citizen sees.

use data_provider_stand_in::{Heard, Mood};
use hall_server::commands::verify::walk;
use hall_server::lookups::providers::Providers;
use hall_server::store::{events, lookups};
use protocol::staff::Role;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::case_stories::{answers, step, take};
use crate::support::registers::{Connected, IDENTITY, LICENCE, PREMISES, connected, providers_file};
use crate::support::{Desk, Hall, Person, Reply, until};

const MARKET: &str = "SAMPLE-440304-01";
const FIRM: &str = "91350100M000100Y43";
const FIRM_NAME: &str = "示例餐饮有限公司";
const PURPOSE: &str = "核对经营者的登记状态";

/// A document that has to be brought.
const FORM: &str = "d1";

/// A case just opened at window 8 for this applicant.
async fn case_of<'a>(hall: &'a Hall, name: &str, number: &str) -> (Desk<'a>, Value) {
    let desk = hall.desk("liu", 8).await;
    desk.act("open").await.ok();
    hall.kiosk().await.ticket("13800138000").await;
    let called = desk.act("call-next").await.ok();
    let applicant = json!({ "name": name, "id_number": number, "phone": "13800138000" });
    let open = json!({ "ticket": called["ticket"]["id"], "applicant": applicant, "answers": answers(hall).await });
    let opened = desk.person.post("/api/v1/applications", open).await.ok();
    (desk, opened["cases"][0].clone())
}

async fn firms_case(hall: &Hall) -> (Desk<'_>, Value) {
    case_of(hall, FIRM_NAME, FIRM).await
}

fn path(case: &Value) -> String {
    format!("/api/v1/cases/{}/lookups", case["case_no"].as_str().unwrap())
}

async fn look(person: &Person<'_>, case: &Value, document: &str) -> Reply {
    person.post(&path(case), json!({ "document": document, "purpose": PURPOSE })).await
}

async fn accept(desk: &Desk<'_>, case: &Value) {
    let documents: Vec<Value> = case["documents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| json!({ "key": d["key"], "status": "provided" }))
        .collect();
    take(&desk.person, case, json!({ "step": "check-documents", "documents": documents })).await.ok();
    step(&desk.person, case, "accept", "").await.ok();
}

async fn status_of(person: &Person<'_>, case: &Value, document: &str) -> Value {
    let case = person.get(&format!("/api/v1/cases/{}", case["case_no"].as_str().unwrap())).await.ok();
    let found = case["documents"].as_array().unwrap().iter().find(|d| d["key"] == document).unwrap();
    found["status"].clone()
}

/// The events of a case that are about lookups.
async fn history(hall: &Hall, case: &Value) -> Vec<Value> {
    let mut connection = hall.store.reader().acquire().await.unwrap();
    let events = events::of_case(&mut connection, case["case_no"].as_str().unwrap()).await.unwrap();
    let bodies = events.iter().map(|event| serde_json::from_str::<Value>(&event.draft.body).unwrap());
    bodies.filter(|body| body["kind"].as_str().unwrap().contains("look")).collect()
}

story! {
    async fn a_clerk_looks_up_a_licence_instead_of_asking_for_it(hall: &Hall) {
        let Connected { hall, provider, line } = connected(hall).await;
        let (desk, case) = firms_case(&hall).await;
        assert_eq!(status_of(&desk.person, &case, LICENCE.0).await, "missing");
        let reply = look(&desk.person, &case, LICENCE.0).await;
        assert_eq!(reply.status, 201, "{reply:?}");
        let lookup = reply.ok();
        assert_eq!((&lookup["outcome"], &lookup["provider"]), (&json!("found"), &json!(LICENCE.1)));
        assert_eq!((&lookup["by"], &lookup["purpose"]), (&json!("liu 同志"), &json!(PURPOSE)));
        let values: Vec<(&str, &str)> = lookup["fields"].as_array().unwrap().iter()
            .map(|f| (f["key"].as_str().unwrap(), f["value"].as_str().unwrap())).collect();
        assert_eq!(values, [("name", FIRM_NAME), ("state", "存续")], "what is not named is not kept");
        assert_eq!(status_of(&desk.person, &case, LICENCE.0).await, "pulled", "the applicant need not bring it");
        assert_eq!(desk.person.get(&path(&case)).await.ok(), json!([lookup]));

        // Both sides have written down the same.
        let heard = provider.heard();
        assert_eq!(heard.len(), 1);
        let Heard { lookup: id, request, request_digest, response_digest } = &heard[0];
        assert!(request.contains(FIRM) && request.contains("why=%E6%A0%B8"), "{request}");
        assert_eq!(json!(id), lookup["id"]);
        assert_eq!((&json!(request_digest), &json!(response_digest)), (&lookup["answer"]["request_digest"], &lookup["answer"]["response_digest"]));
        let history = history(&hall, &case).await;
        assert_eq!(history[0]["kind"], "lookup-asked");
        assert_eq!((&history[1]["request_digest"], &history[1]["response_digest"]), (&json!(request_digest), &json!(response_digest)));
        let mut connection = hall.store.reader().acquire().await.unwrap();
        let logged = lookups::of_case(&mut connection, case["case_no"].as_str().unwrap()).await.unwrap().remove(0);
        drop(connection);
        let digest: String = Sha256::digest(logged.content.unwrap()).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(history[1]["document_digest"], digest);

        // And history tells nobody's data.
        let told = format!("{history:?}");
        assert!(!told.contains(FIRM) && !told.contains(FIRM_NAME) && !told.contains(PURPOSE), "{told}");
        assert_eq!(walk(&hall.store, "district").await.unwrap().fault, None);
        hall.close().await;
        line.abort();
    }
}

story! {
    async fn after_acceptance_the_reviewers_look_and_the_clerk_no_more(hall: &Hall) {
        let Connected { hall, provider, line } = connected(hall).await;
        let (desk, case) = case_of(&hall, "王小明", "11010519491231002X").await;
        let market = hall.person("market.reviewer", &[Role::Reviewer], None, Some(MARKET)).await;
        assert_eq!(look(&market, &case, IDENTITY.0).await.code(), "forbidden", "not before it is their turn");
        accept(&desk, &case).await;
        assert_eq!(look(&desk.person, &case, IDENTITY.0).await.code(), "forbidden");
        let lookup = look(&market, &case, IDENTITY.0).await.ok();
        assert_eq!((&lookup["outcome"], &lookup["fields"][0]["value"]), (&json!("found"), &json!("示例区示例街道")));
        assert!(lookup["office"]["zh"].as_str().unwrap().contains("市场监督"), "{lookup}");
        let asked = &provider.heard()[0].request;
        assert!(asked.contains("11010519491231002X") && asked.contains(MARKET) && asked.contains(PURPOSE), "{asked}");
        step(&market, &case, "approve", "同意").await.ok();
        assert_eq!(look(&market, &case, IDENTITY.0).await.code(), "forbidden", "its review is closed");
        hall.close().await;
        line.abort();
    }
}

story! {
    async fn whatever_is_not_allowed_is_refused_and_logged_and_nobody_is_asked(hall: &Hall) {
        let Connected { hall, provider, line } = connected(hall).await;
        let (desk, case) = firms_case(&hall).await;
        let meilin = hall.person("meilin.clerk", &[Role::Clerk], Some("meilin"), None).await;
        let police = hall.person("police.reviewer", &[Role::Reviewer], None, Some("SAMPLE-440304-03")).await;
        let supervisor = hall.person("supervisor", &[Role::Supervisor], None, None).await;
        let licence = |purpose: &str| json!({ "document": LICENCE.0, "purpose": purpose });
        let about = |document: &str| json!({ "document": document, "purpose": PURPOSE });
        let foreign = json!({ "document": LICENCE.0, "purpose": PURPOSE, "number": "91440300MA5DA1232B" });
        let attempts = [
            (&meilin, licence(PURPOSE), 403, "forbidden", "forbidden"),
            (&police, licence(PURPOSE), 403, "forbidden", "forbidden"),
            (&supervisor, licence(PURPOSE), 403, "forbidden", "forbidden"),
            (&desk.person, licence("  "), 422, "purpose-required", "no-purpose"),
            (&desk.person, licence("查王先生 13800138000"), 422, "purpose-required", "personal-purpose"),
            (&desk.person, about("d99"), 404, "unknown-document", "unknown-document"),
            (&desk.person, about(FORM), 409, "document-not-shared", "not-shared"),
            (&desk.person, about(PREMISES.0), 409, "provider-not-connected", "not-connected"),
            (&desk.person, about(IDENTITY.0), 409, "no-number", "no-number"),
            (&desk.person, foreign, 403, "foreign-number", "foreign-number"),
        ];
        for (who, body, status, code, _) in &attempts {
            hall.clock.advance(1);
            let refused = who.post(&path(&case), body.clone()).await;
            assert_eq!((refused.status, refused.code()), (*status, *code), "{body}");
        }
        step(&desk.person, &case, "withdraw", "申请人要求").await.ok();
        hall.clock.advance(1);
        let closed = look(&desk.person, &case, LICENCE.0).await;
        assert_eq!((closed.status, closed.code()), (409, "wrong-state"));

        let logged = supervisor.get(&path(&case)).await.ok();
        let refusals: Vec<&str> = logged.as_array().unwrap().iter().map(|l| l["refusal"].as_str().unwrap()).collect();
        let expected: Vec<&str> = attempts.iter().map(|a| a.4).chain(["case-closed"]).collect();
        assert_eq!(refusals, expected);
        assert!(logged.as_array().unwrap().iter().all(|l| l["outcome"] == "refused" && l["answer"].is_null()));
        assert!(!logged.to_string().contains("13800138000"), "a purpose refused for naming somebody is not kept");
        let history = history(&hall, &case).await;
        assert!(history.len() == expected.len() && history.iter().all(|e| e["kind"] == "lookup-refused"), "{history:?}");
        assert_eq!(provider.heard(), []);
        assert_eq!(look(&desk.person, &json!({ "case_no": "nowhere" }), LICENCE.0).await.code(), "unknown-case");
        assert_eq!(meilin.get(&path(&case)).await.code(), "unknown-case");
        assert_eq!(walk(&hall.store, "district").await.unwrap().fault, None);
        hall.close().await;
        line.abort();
    }
}

story! {
    async fn where_the_provider_fails_nothing_is_attached_and_the_clerk_asks_for_the_paper(hall: &Hall) {
        let Connected { hall, provider, line } = connected(hall).await;
        let (desk, case) = firms_case(&hall).await;
        let troubles = [
            (Mood::Slow { ms: 5000 }, "no-answer"),
            (Mood::Down, "no-answer"),
            (Mood::Babbling, "wrong-answer"),
            (Mood::Confused, "wrong-answer"),
            (Mood::Forgetful, "wrong-answer"),
            (Mood::Endless, "wrong-answer"),
        ];
        for (mood, outcome) in troubles {
            provider.set_mood(mood);
            let lookup = look(&desk.person, &case, LICENCE.0).await.ok();
            assert_eq!((&lookup["outcome"], &lookup["fields"]), (&json!(outcome), &json!([])), "{mood:?}");
            assert!(lookup["advice"]["zh"].as_str().unwrap().contains("向申请人收取材料"), "{lookup}");
            assert_eq!(status_of(&desk.person, &case, LICENCE.0).await, "missing", "{mood:?}");
        }
        line.abort();
        _ = line.await;
        let gone = look(&desk.person, &case, LICENCE.0).await.ok();
        assert_eq!(gone["outcome"], "no-answer");
        assert_eq!(gone["answer"]["response_digest"], "");
        assert_ne!(gone["answer"]["request_digest"], "");
        let mut connection = hall.store.reader().acquire().await.unwrap();
        let logged = lookups::of_case(&mut connection, case["case_no"].as_str().unwrap()).await.unwrap();
        assert!(logged.len() == 7 && logged.iter().all(|one| one.content.is_none()));
        drop(connection);
        hall.close().await;
    }
}

story! {
    async fn a_number_that_the_provider_does_not_know_is_not_found(hall: &Hall) {
        let Connected { hall, line, .. } = connected(hall).await;
        let (desk, case) = case_of(&hall, "李小红", "110101199003070150").await;
        let lookup = look(&desk.person, &case, IDENTITY.0).await.ok();
        assert_eq!((&lookup["outcome"], &lookup["fields"]), (&json!("not-found"), &json!([])));
        assert_eq!(status_of(&desk.person, &case, IDENTITY.0).await, "missing");
        hall.close().await;
        line.abort();
    }
}

story! {
    /// A person's case is asked about by the code that stands in its form.
    async fn a_number_of_the_form_is_of_the_case(hall: &Hall) {
        let Connected { hall, provider, line } = connected(hall).await;
        let desk = hall.desk("liu", 8).await;
        desk.act("open").await.ok();
        hall.kiosk().await.ticket("13800138000").await;
        let called = desk.act("call-next").await.ok();
        let open = json!({
            "ticket": called["ticket"]["id"],
            "applicant": { "name": "王小明", "id_number": "11010519491231002X", "phone": "13800138000" },
            "answers": answers(&hall).await,
            "form": { "business_name": FIRM_NAME, "credit_code": FIRM },
        });
        let case = desk.person.post("/api/v1/applications", open).await.ok()["cases"][0].clone();
        let lookup = look(&desk.person, &case, LICENCE.0).await.ok();
        assert_eq!(lookup["outcome"], "found");
        assert!(provider.heard()[0].request.contains(FIRM));
        let seen = desk.person.get(&format!("/api/v1/cases/{}", case["case_no"].as_str().unwrap())).await.ok();
        let told: Vec<&str> = seen["history"].as_array().unwrap().iter().map(|e| e["text"]["zh"].as_str().unwrap()).collect();
        assert_eq!(told, ["收件", "查询共享数据", "已取得共享数据", "共享获取材料"]);
        hall.close().await;
        line.abort();
    }
}

story! {
    async fn the_citizen_sees_which_office_looked_and_what_for_but_no_names(hall: &Hall) {
        let Connected { hall, line, .. } = connected(hall).await;
        let (desk, case) = firms_case(&hall).await;
        let page = format!("/c/{}", case["query_code"].as_str().unwrap());
        let read = async |path: &str| hall.get(path).await.body.as_str().unwrap().to_owned();
        assert!(!read(&page).await.contains("data-testid=\"lookups\""), "nothing was looked up yet");
        look(&desk.person, &case, FORM).await;
        assert!(!read(&page).await.contains("data-testid=\"lookups\""), "a refusal told nobody anything");
        look(&desk.person, &case, LICENCE.0).await.ok();
        let text = read(&page).await;
        for shown in ["谁查询过您的数据", "营业执照信息", PURPOSE, "11月24日", "政务服务大厅", "已取得，不必提交该材料"] {
            assert!(text.contains(shown), "{shown} is missing");
        }
        for hidden in ["liu", FIRM, FIRM_NAME, "存续"] {
            assert!(!text.contains(hidden), "{hidden} is shown");
        }
        let english = read(&format!("{page}?lang=en")).await;
        assert!(english.contains("Who looked up your data") && english.contains("Business registration"));
        hall.close().await;
        line.abort();
    }
}

story! {
    async fn the_log_of_lookups_is_never_changed_or_removed(hall: &Hall) {
        let Connected { hall, line, .. } = connected(hall).await;
        let (desk, case) = firms_case(&hall).await;
        look(&desk.person, &case, LICENCE.0).await.ok();
        let mut connection = hall.store.reader().acquire().await.unwrap();
        for statement in [
            "UPDATE lookups SET purpose = 'another'",
            "DELETE FROM lookup_answers",
            "UPDATE lookup_answers SET outcome = 'not-found'",
        ] {
            let refused = sqlx::query(statement).execute(&mut *connection).await.unwrap_err();
            assert!(refused.to_string().contains("history"), "{refused}");
        }
        drop(connection);
        hall.close().await;
        line.abort();
    }
}

story! {
    async fn a_repeated_request_asks_the_provider_once(hall: &Hall) {
        let Connected { hall, provider, line } = connected(hall).await;
        let (desk, case) = firms_case(&hall).await;
        let body = json!({ "document": LICENCE.0, "purpose": PURPOSE });
        let ask = async || desk.person.send(Method::POST, &path(&case), Some(body.clone()), Some("lookup-0001")).await.ok();
        let (first, again) = (ask().await, ask().await);
        assert_eq!(first, again);
        assert_eq!(provider.heard().len(), 1);
        hall.close().await;
        line.abort();
    }
}

story! {
    /// Whoever asks and hangs up has looked all the same.
    async fn an_asker_who_hangs_up_is_in_the_log_with_what_came_of_it(hall: &Hall) {
        let Connected { hall, provider, line } = connected(hall).await;
        let (desk, case) = firms_case(&hall).await;
        provider.set_mood(Mood::Held);
        tokio::select! {
            _ = look(&desk.person, &case, LICENCE.0) => panic!("it was answered although the register has said nothing"),
            () = provider.held() => {}
        }
        provider.set_mood(Mood::Honest);
        until(async || desk.person.get(&path(&case)).await.ok()[0]["outcome"] == "found").await;
        hall.close().await;
        line.abort();
    }
}

story! {
    async fn an_answer_for_a_case_closed_meanwhile_is_not_attached(hall: &Hall) {
        let Connected { hall, provider, line } = connected(hall).await;
        let (desk, case) = firms_case(&hall).await;
        provider.set_mood(Mood::Held);
        let withdraw = async {
            provider.held().await;
            step(&desk.person, &case, "withdraw", "申请人要求").await.ok();
            provider.set_mood(Mood::Honest);
        };
        let (lookup, _) = tokio::join!(look(&desk.person, &case, LICENCE.0), withdraw);
        let lookup = lookup.ok();
        assert_eq!((&lookup["outcome"], &lookup["fields"]), (&json!("case-closed"), &json!([])));
        assert_eq!(status_of(&desk.person, &case, LICENCE.0).await, "missing");
        hall.close().await;
        line.abort();
    }
}

#[test]
fn a_file_of_providers_that_cannot_work_is_refused_with_all_its_faults() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("providers.toml");
    std::fs::write(folder.path().join("market.secret"), "x").unwrap();
    let good = providers_file("http://127.0.0.1:1");
    let refused = |text: String| {
        std::fs::write(&file, text).unwrap();
        Providers::read(&file).unwrap_err().to_string()
    };
    let bad = good
        .replace("name = \"business-registration\"", "name = \"Business Registration\"")
        .replace("http://127.0.0.1:1/firms/{number}", "https://127.0.0.1:1/firms/{code}")
        .replace("timeout_ms = 400", "timeout_ms = 90000")
        .replace("\"/data/name\"", "\"data.name\"")
        .replace("key = \"phone\"", "key = \"name\"");
    let faults = refused(bad);
    for fault in [
        "lower-case letters",
        "must begin with http://",
        "{code} means nothing here",
        "holds {number}",
        "timeout_ms must be from 100 to 30000",
        "\"data.name\" is no JSON pointer",
        "field name is there twice",
    ] {
        assert!(faults.contains(fault), "{fault}: {faults}");
    }
    assert!(refused(good.replace("resident-register", "business-registration")).contains("described twice"));
    assert!(refused(good.replace("market.secret", "no.secret")).contains("no.secret cannot be read"));
    assert!(refused("[[providers]]\nname = 1".to_owned()).contains("not a description of providers"));
}

#[test]
fn the_example_of_the_description_can_be_used() {
    let description = include_str!("../../../docs/providers.md");
    let example = description.split("```toml").nth(1).unwrap().split("```").next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("providers.toml");
    std::fs::write(&file, example).unwrap();
    std::fs::write(folder.path().join("business-registration.secret"), "x").unwrap();
    assert!(Providers::read(&file).unwrap().get("business-registration").is_some());
}
