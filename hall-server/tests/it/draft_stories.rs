//! An item's way from draft to published version, and those who edit it.

use hall_server::catalogue::import;
use hall_server::store;
use protocol::staff::Role;
use reqwest::header;
use serde_json::{Value, json};

use crate::case_stories::opened;
use crate::support::people::Person;
use crate::support::{FOOD, Hall, TUESDAY_TEN};

const PACKAGE: &str = "SAMPLE-440304-01-9001";

async fn administrator<'a>(hall: &'a Hall, username: &str) -> Person<'a> {
    hall.person(username, &[Role::Administrator], None, None).await
}

async fn in_force(hall: &Hall, code: &str) -> Value {
    hall.get(&format!("/api/v1/items/{code}")).await.ok()
}

fn draft_of(code: &str) -> String {
    format!("/api/v1/drafts/{code}")
}

/// The tag under which a kiosk holds the district's catalogue.
async fn tag(hall: &Hall) -> String {
    let response = hall.request(reqwest::Method::GET, "/api/v1/halls/district/catalogue").send().await.unwrap();
    response.headers()[header::ETAG].to_str().unwrap().to_owned()
}

/// Saves, checks and publishes; the answer is the publication.
async fn publish(person: &Person<'_>, item: &Value) -> Value {
    let path = draft_of(item["code"].as_str().unwrap());
    let draft = person.put(&path, json!({ "revision": 0, "item": item })).await.ok();
    let checked = person.post(&format!("{path}/check"), json!({ "revision": draft["revision"] })).await.ok();
    assert_eq!(checked["state"], "checked", "{checked:#}");
    person.post(&format!("{path}/publish"), json!({ "revision": checked["revision"] })).await.ok()
}

story! {
    async fn a_draft_is_refused_with_reasons_and_published_once_it_is_whole(hall: &Hall) {
        let (desk, case) = opened(hall).await;
        assert_eq!(case["item_version"], 1);

        let editor = administrator(hall, "xu").await;
        let path = draft_of(FOOD);
        assert_eq!(editor.get(&path).await.code(), "unknown-draft");
        let mut item = in_force(hall, FOOD).await;
        item["promised_days"] = json!(0);
        item["documents"][3]["when"] = json!("answers.weather == \"rain\"");
        let draft = editor.put(&path, json!({ "revision": 0, "item": item })).await.ok();
        assert_eq!((&draft["state"], &draft["base_version"]), (&json!("draft"), &json!(1)));

        let unchecked = editor.post(&format!("{path}/publish"), json!({ "revision": draft["revision"] })).await;
        assert_eq!(unchecked.code(), "draft-not-checked");
        let refused = editor.post(&format!("{path}/check"), json!({ "revision": draft["revision"] })).await.ok();
        assert_eq!(refused["state"], "draft");
        let reasons: Vec<_> = refused["problems"].as_array().unwrap().iter().map(|p| p["place"].as_str().unwrap()).collect();
        assert_eq!(reasons, ["documents.3.when", "promised_days"]);
        assert_eq!(refused["problems"][0]["reason"]["zh"], "此前没有编码为“weather”的问题");
        let unfit = editor.post(&format!("{path}/publish"), json!({ "revision": refused["revision"] })).await;
        assert_eq!(unfit.code(), "draft-not-checked");
        assert_eq!(in_force(hall, FOOD).await["version"], 1, "nothing was published");

        let before = tag(hall).await;
        item["promised_days"] = json!(9);
        item["documents"][3]["when"] = json!("answers.premises == \"owned\"");
        let mended = editor.put(&path, json!({ "revision": refused["revision"], "item": item })).await.ok();
        let checked = editor.post(&format!("{path}/check"), json!({ "revision": mended["revision"] })).await.ok();
        assert_eq!((&checked["state"], &checked["problems"]), (&json!("checked"), &json!([])));
        hall.clock.advance(60_000);
        let published = editor.post(&format!("{path}/publish"), json!({ "revision": checked["revision"] })).await.ok();
        assert_eq!((&published["version"], &published["by"]), (&json!(2), &json!("xu")));
        assert_eq!(editor.get(&path).await.code(), "unknown-draft", "the draft has become the version");

        assert_ne!(tag(hall).await, before, "kiosks fetch it");
        let now = in_force(hall, FOOD).await;
        assert_eq!((&now["version"], &now["promised_days"]), (&json!(2), &json!(9)));
        let other = hall.another_server().await;
        assert_eq!(in_force(&other, FOOD).await["version"], 2);
        other.close().await;

        let kept = desk.person.get(&format!("/api/v1/cases/{}", case["case_no"].as_str().unwrap())).await.ok();
        assert_eq!(kept["item_version"], 1, "a case keeps the version it was opened under");
        let history = editor.get(&format!("/api/v1/items/{FOOD}/versions")).await.ok();
        assert_eq!((&history[0]["source"], &history[0]["by"], &history[0]["at"]), (&json!("draft"), &json!("xu"), &json!(TUESDAY_TEN + 60_000)));
        assert_eq!(history[1]["source"], "list");
    }
}

story! {
    async fn two_administrators_do_not_overwrite_each_other(hall: &Hall) {
        let (xu, he) = (administrator(hall, "xu").await, administrator(hall, "he").await);
        let path = draft_of(FOOD);
        let mut item = in_force(hall, FOOD).await;
        let save = |revision: i64, item: &Value| json!({ "revision": revision, "item": item });
        xu.put(&path, save(0, &item)).await.ok();
        assert_eq!(he.put(&path, save(0, &item)).await.code(), "draft-changed", "there is a draft already");
        let seen = he.get(&path).await.ok()["revision"].as_i64().unwrap();

        item["promised_days"] = json!(9);
        let (a, b) = tokio::join!(xu.put(&path, save(seen, &item)), he.put(&path, save(seen, &item)));
        let outcomes = [a, b];
        assert_eq!(outcomes.iter().filter(|reply| reply.status == 200).count(), 1, "{outcomes:?}");
        let late = outcomes.iter().find(|reply| reply.status != 200).unwrap();
        assert_eq!((late.status, late.code()), (409, "draft-changed"));
        let winner = outcomes.iter().find(|reply| reply.status == 200).unwrap();
        let said = late.body["detail"].as_str().unwrap();
        assert!(said.contains(winner.body["changed_by"].as_str().unwrap()), "{said}");

        for step in ["check", "publish"] {
            assert_eq!(he.post(&format!("{path}/{step}"), json!({ "revision": seen })).await.code(), "draft-changed");
        }
        let gone = he.send(reqwest::Method::DELETE, &format!("{path}?revision={seen}"), None, None).await;
        assert_eq!(gone.code(), "draft-changed");
        let latest = seen + 1;
        let gone = he.send(reqwest::Method::DELETE, &format!("{path}?revision={latest}"), None, None).await;
        assert_eq!(gone.status, 204);
        assert_eq!(he.get("/api/v1/drafts").await.ok(), json!([]));
    }
}

story! {
    async fn a_draft_of_a_version_that_is_no_longer_in_force_is_refused_with_what_changed(hall: &Hall) {
        let (xu, he) = (administrator(hall, "xu").await, administrator(hall, "he").await);
        let code = "SAMPLE-440304-21-0005";
        let mut item = in_force(hall, code).await;
        item["decision_days"] = json!(1);
        let path = draft_of(code);
        let draft = xu.put(&path, json!({ "revision": 0, "item": item })).await.ok();
        let checked = xu.post(&format!("{path}/check"), json!({ "revision": draft["revision"] })).await.ok();

        let mut file: protocol::catalogue::Item = serde_json::from_value(in_force(hall, code).await).unwrap();
        file.usual_minutes = 18;
        let editor = hall_server::catalogue::drafts::Editor { username: "operator", now: TUESDAY_TEN };
        let connected = hall_server::catalogue::connected::Connected::default();
        let by_file = hall_server::catalogue::drafts::publish_file(&hall.store, &connected, file.clone(), editor).await.unwrap();
        assert_eq!((by_file.version, by_file.source.as_str()), (2, "file"));

        let refused = xu.post(&format!("{path}/publish"), json!({ "revision": checked["revision"] })).await;
        assert_eq!(refused.code(), "draft-outdated");
        assert_eq!(refused.body["errors"], json!([{ "place": "usual_minutes", "reason": "15 → 18" }]));
        assert_eq!(in_force(hall, code).await["decision_days"], 2, "the published version stands");

        let again = hall_server::catalogue::drafts::publish_file(&hall.store, &connected, file, editor).await;
        assert!(matches!(again, Err(hall_server::catalogue::drafts::DraftError::Outdated { base: 1, current: 2, .. })));
        let rebased = hall_server::catalogue::drafts::rebase(&hall.store, code, checked["revision"].as_i64().unwrap(), editor).await.unwrap();
        assert_eq!((rebased.base_version, rebased.item.decision_days), (2, 1));
        let checked = he.post(&format!("{path}/check"), json!({ "revision": rebased.revision })).await.ok();
        he.post(&format!("{path}/publish"), json!({ "revision": checked["revision"] })).await.ok();
        assert_eq!(in_force(hall, code).await["version"], 3);
    }
}

story! {
    async fn a_published_version_and_its_record_are_never_changed(hall: &Hall) {
        let editor = administrator(hall, "xu").await;
        let mut item = in_force(hall, FOOD).await;
        item["usual_minutes"] = json!(25);
        publish(&editor, &item).await;
        for statement in [
            "UPDATE item_versions SET content = '{}'",
            "DELETE FROM item_versions",
            "UPDATE publications SET published_by = 'nobody'",
            "DELETE FROM publications",
        ] {
            let mut tx = hall.store.begin_write().await.unwrap();
            let refused = sqlx::query(statement).execute(&mut *tx).await;
            assert!(refused.is_err(), "{statement}");
        }
        let versions = store::catalogue::versions(&hall.store, FOOD).await.unwrap();
        assert_eq!(versions.iter().map(|(item, _)| item.usual_minutes).collect::<Vec<_>>(), [20, 25]);
    }
}

story! {
    async fn only_administrators_edit(hall: &Hall) {
        let item = in_force(hall, FOOD).await;
        for role in [Role::Clerk, Role::Reviewer, Role::Signer, Role::Supervisor] {
            let person = hall.person(&format!("{role:?}"), &[role], None, None).await;
            let path = draft_of(FOOD);
            assert_eq!(person.get("/api/v1/drafts").await.code(), "forbidden");
            assert_eq!(person.get(&path).await.code(), "forbidden");
            assert_eq!(person.put(&path, json!({ "revision": 0, "item": item })).await.code(), "forbidden");
            for step in ["check", "publish"] {
                assert_eq!(person.post(&format!("{path}/{step}"), json!({ "revision": 1 })).await.code(), "forbidden");
            }
        }
        assert_eq!(hall.get("/api/v1/drafts").await.code(), "unauthenticated");
    }
}

story! {
    async fn a_new_item_and_a_bad_body_get_their_answers(hall: &Hall) {
        let editor = administrator(hall, "xu").await;
        let mut item = in_force(hall, FOOD).await;
        let path = draft_of("NEW-1");
        let other = editor.put(&path, json!({ "revision": 0, "item": item })).await;
        assert_eq!(other.code(), "invalid-field", "the draft of another item");
        item["code"] = json!("NEW-1");
        let published = publish(&editor, &item).await;
        assert_eq!((&published["version"], &published["code"]), (&json!(1), &json!("NEW-1")));
        let unchanged = editor.put(&path, json!({ "revision": 0, "item": item })).await.ok();
        let checked = editor.post(&format!("{path}/check"), json!({ "revision": unchanged["revision"] })).await.ok();
        let refused = editor.post(&format!("{path}/publish"), json!({ "revision": checked["revision"] })).await;
        assert_eq!((refused.status, refused.code()), (422, "item-unfit"), "a version equals the one before");
        assert_eq!(editor.put(&path, json!({ "revision": 1, "item": { "code": "NEW-1" } })).await.code(), "invalid-field");
        assert_eq!(editor.put(&path, json!({ "revision": i64::MAX, "item": item })).await.code(), "draft-changed");
    }
}

story! {
    async fn a_package_shows_its_members_questions_and_papers_once(hall: &Hall) {
        let catalogue = hall.get("/api/v1/halls/district/catalogue").await.ok();
        let package = catalogue["items"].as_array().unwrap().iter().find(|item| item["code"] == PACKAGE).unwrap();
        let offer = catalogue["offers"].as_array().unwrap().iter().find(|offer| offer["item"] == PACKAGE).unwrap();
        assert_eq!((&offer["line"], offer["windows"].as_array().unwrap().contains(&json!(8))), (&json!("B"), true));
        assert_eq!(in_force(hall, PACKAGE).await, *package);
        let questions: Vec<_> = package["questions"].as_array().unwrap().iter().map(|q| q["key"].as_str().unwrap()).collect();
        assert_eq!(questions, ["m1_premises", "m1_business", "m1_cold", "m2_grease", "m2_volume", "m3_size", "m3_floor"]);
        let named = |name: &str| package["documents"].as_array().unwrap().iter().filter(|d| d["name"]["zh"] == name).count();
        for shared in ["营业执照", "房屋租赁合同", "场所平面布局图", "法定代表人（负责人）身份证"] {
            assert_eq!(named(shared), 1, "{shared}");
        }
        let fields = package["form"].as_array().unwrap().iter().filter(|f| f["name"]["zh"] == "经营场所地址").count();
        assert_eq!(fields, 1);

        // A member that is retired takes the package off, and nothing else.
        let mut tx = hall.store.begin_write().await.unwrap();
        store::catalogue::set_retired(&mut tx, &["SAMPLE-440304-21-0005"], true).await.unwrap();
        store::halls::touch_all(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        let after = hall.get("/api/v1/halls/district/catalogue").await.ok();
        let has = |code: &str| after["items"].as_array().unwrap().iter().any(|item| item["code"] == code);
        assert!(!has(PACKAGE) && has(FOOD));
        assert!(after["offers"].as_array().unwrap().iter().all(|offer| offer["item"] != PACKAGE));
        assert_eq!(hall.get(&format!("/api/v1/items/{PACKAGE}")).await.code(), "unknown-item");
    }
}

story! {
    async fn a_list_does_not_undo_what_was_edited_here(hall: &Hall) {
        let list = include_str!("../../sample/items.csv");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.csv");
        std::fs::write(&path, list).unwrap();
        let report = import::run(&hall.store, &path, &import::Options::default(), TUESDAY_TEN).await.unwrap();
        assert_eq!(report.kept, [FOOD, "SAMPLE-440304-12-0001"]);
        assert!(report.to_string().contains("kept 2 items as they are"), "{report}");
        let food = in_force(hall, FOOD).await;
        assert_eq!((&food["version"], food["questions"].as_array().unwrap().len()), (&json!(1), 3));
    }
}
