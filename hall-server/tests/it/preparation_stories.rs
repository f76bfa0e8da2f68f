//! While a ticket waits, its holder prepares; the desk finds it when the ticket is called.

use hall_server::clock::SetClock;
use hall_server::config::Settings;
use hall_server::files::FileSettings;
use hall_server::files::vault::Vault;
use hall_server::preparation::forgetting::forget_abandoned;
use hall_server::store::Store;
use protocol::staff::Role;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, header};
use serde_json::{Value, json};

use crate::support::{FOOD, Hall, Reply, TUESDAY_TEN, files_folder};

const PACKAGE: &str = "SAMPLE-440304-01-9001";

pub(crate) fn png(shade: u8) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(60, 40, image::Rgb([shade, 90, 120]));
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// The holder of a ticket, with its code and nothing else.
struct Holder<'a> {
    hall: &'a Hall,
    ticket: i64,
    code: String,
}

impl Holder<'_> {
    async fn of<'a>(hall: &'a Hall, item: &str, phone: &str) -> Holder<'a> {
        let ticket = hall.kiosk().await.take(item, json!({ "by": "phone", "phone": phone }), None).await.ok();
        Holder {
            hall,
            ticket: ticket["id"].as_i64().unwrap(),
            code: ticket["follow_code"].as_str().unwrap().to_owned(),
        }
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let request = self.hall.request(method, &format!("/api/v1/follow/{}/{path}", self.code));
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        self.hall.reply(request).await
    }

    async fn read(&self) -> Value {
        self.send(Method::GET, "preparation", None).await.ok()
    }

    async fn enter(&self, body: Value) -> Reply {
        self.send(Method::PUT, "preparation", Some(body)).await
    }

    async fn photograph(&self, document: &str, bytes: Vec<u8>) -> Reply {
        let request = self
            .hall
            .request(Method::POST, &format!("/api/v1/follow/{}/files", self.code))
            .query(&[("document", document), ("name", "IMG_0001.png")])
            .body(bytes);
        self.hall.reply(request).await
    }
}

/// How many events of a kind the district hall has.
async fn events(hall: &Hall, kind: &str) -> i64 {
    sqlx::query_scalar("SELECT COUNT(*) FROM events WHERE hall = 'district' AND kind = $1")
        .bind(kind)
        .fetch_one(hall.store.reader())
        .await
        .unwrap()
}

story! {
    async fn handing_over_is_an_event_and_happens_once(hall: &Hall) {
        let holder = Holder::of(hall, FOOD, "13800138000").await;
        holder.enter(json!({ "form": { "area": "80" } })).await.ok();
        assert_eq!(events(hall, "preparation-handed-over").await, 0, "a draft is nobody's business");
        for _ in 0..2 {
            assert_eq!(holder.send(Method::POST, "preparation/send", None).await.ok()["sent_at"], TUESDAY_TEN);
        }
        assert_eq!(events(hall, "preparation-handed-over").await, 1);
        let body: String = sqlx::query_scalar("SELECT body FROM events WHERE kind = 'preparation-handed-over'")
            .fetch_one(hall.store.reader()).await.unwrap();
        assert!(!body.contains("80") && !body.contains(&holder.code), "{body}");
        assert_eq!(hall_server::commands::verify::walk(&hall.store, "district").await.unwrap().fault, None);
        assert_eq!(holder.read().await["form"]["area"], "80");
    }
}

story! {
    async fn a_file_is_taken_back_or_taken_in_and_never_both(hall: &Hall) {
        let desk = hall.desk("liu", 8).await;
        desk.act("open").await.ok();
        let mut outcomes = std::collections::BTreeSet::new();
        for n in 0..12_u8 {
            let holder = Holder::of(hall, FOOD, &format!("138001380{n:02}")).await;
            holder.enter(json!({ "answers": { "premises": "rented" } })).await.ok();
            let file = holder.photograph("d10", png(n)).await.ok();
            desk.act("call-next").await.ok();
            let answers = crate::case_stories::answers(hall).await;
            let mut open = json!({
                "ticket": holder.ticket,
                "applicant": crate::case_stories::applicant(),
                "answers": answers,
            });
            open["answers"]["premises"] = "rented".into();
            let file_path = format!("files/{}", file["id"].as_str().unwrap());
            let (opened, taken_back) = tokio::join!(
                desk.person.post("/api/v1/applications", open),
                holder.send(Method::DELETE, &file_path, None),
            );
            assert_eq!(opened.status, 201, "{opened:?}");
            let lease = opened.body["cases"][0]["documents"].as_array().unwrap().iter().find(|d| d["key"] == "d10").cloned();
            let attached = lease.is_some_and(|lease| lease["files"].as_array().is_some_and(|files| !files.is_empty()));
            let there = desk.person.get(&format!("/api/v1/files/{}", file["id"].as_str().unwrap())).await.status;
            assert_eq!(attached, taken_back.status != 204, "{taken_back:?}");
            assert_eq!(there == 200, attached, "what the case refers to is there");
            outcomes.insert(attached);
            desk.act("complete").await;
        }
        assert!(!outcomes.is_empty());
    }
}

fn keys(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["key"].as_str().unwrap()).collect()
}

/// The same hall once more, with an operator's own limits.
async fn with_limits(hall: &Hall, files: FileSettings) -> Hall {
    let store = Store::connect(&hall.address).await.unwrap();
    let settings = Settings { files, ..Settings::default() };
    Hall::serve_with(&hall.address, store, SetClock::at(TUESDAY_TEN), settings).await
}

story! {
    async fn what_a_person_prepares_while_waiting_lies_at_the_desk_when_they_are_called(hall: &Hall) {
        let holder = Holder::of(hall, FOOD, "13800138000").await;
        let empty = holder.read().await;
        assert_eq!(keys(&empty["questions"]), ["premises", "business"]);
        assert!(keys(&empty["documents"]).iter().all(|key| !["d4", "d10", "d11", "d12"].contains(key)));
        assert_eq!(empty["changed_at"], Value::Null);

        let answered = holder.enter(json!({ "answers": { "premises": "rented", "business": "meals" } })).await.ok();
        assert_eq!(keys(&answered["questions"]), ["premises", "business", "cold"], "a kitchen is asked one thing more");
        assert!(keys(&answered["documents"]).contains(&"d10"), "the lease");
        assert!(keys(&answered["fields"]).contains(&"seats"));
        let form = json!({ "business_name": "福记小馆", "credit_code": "91350100M000100Y44", "area": "80", "seats": "30" });
        let filled = holder.enter(json!({ "answers": { "cold": "no" }, "form": form })).await.ok();
        assert_eq!(filled["form"]["credit_code"], "91350100M000100Y44", "kept as entered");
        let open = serde_json::to_string(&filled["open"]).unwrap();
        assert!(open.contains("请核对：统一社会信用代码（统一社会信用代码有误）") && open.contains("请填写：经营场所地址"), "{open}");
        assert!(open.contains("请拍摄：房屋租赁合同") && !open.contains("营业执照"), "the licence is looked up: {open}");
        let lease = holder.photograph("d10", png(1)).await.ok();
        assert!(!serde_json::to_string(&holder.read().await["open"]).unwrap().contains("房屋租赁合同"));

        let desk = hall.desk("liu", 8).await;
        let at_desk = format!("/api/v1/tickets/{}/preparation", holder.ticket);
        let draft = desk.person.get(&at_desk).await;
        assert_eq!((draft.status, draft.code()), (404, "not-found"), "a draft is the holder's own while they wait");
        let sent = holder.send(Method::POST, "preparation/send", None).await.ok();
        assert_eq!(sent["sent_at"], TUESDAY_TEN);
        let found = desk.person.get(&at_desk).await.ok();
        assert_eq!((&found["answers"]["premises"], &found["form"]["business_name"]), (&json!("rented"), &json!("福记小馆")));
        assert_eq!((&found["files"][0]["document"], &found["files"][0]["id"]), (&json!("d10"), &lease["id"]));
        let picture = format!("/api/v1/files/{}/preview", lease["id"].as_str().unwrap());
        assert_eq!(desk.person.get(&picture).await.status, 200);

        holder.enter(json!({ "form": { "credit_code": "91350100M000100Y43" } })).await.ok();
        let latest = desk.person.get(&at_desk).await.ok();
        assert_eq!(latest["form"]["credit_code"], "91350100M000100Y43", "the desk sees the latest");
        assert_eq!(latest["sent_at"], TUESDAY_TEN);
        let elsewhere = hall.person("zhou", &[Role::Clerk], Some("yuanling"), None).await;
        assert_eq!(elsewhere.get(&at_desk).await.code(), "forbidden");
    }
}

story! {
    async fn a_draft_that_was_not_handed_over_is_found_when_its_holder_is_called(hall: &Hall) {
        let holder = Holder::of(hall, FOOD, "13800138000").await;
        holder.enter(json!({ "form": { "business_name": "福记小馆" } })).await.ok();
        let desk = hall.desk("liu", 8).await;
        desk.act("open").await.ok();
        desk.act("call-next").await.ok();
        let found = desk.person.get(&format!("/api/v1/tickets/{}/preparation", holder.ticket)).await.ok();
        assert_eq!((&found["form"]["business_name"], &found["sent_at"]), (&json!("福记小馆"), &Value::Null));
    }
}

story! {
    async fn a_stranger_finds_nothing_with_another_code(hall: &Hall) {
        let holder = Holder::of(hall, FOOD, "13800138000").await;
        let file = holder.photograph("d5", png(2)).await.ok();
        let stranger = Holder::of(hall, FOOD, "13900139000").await;
        let id = file["id"].as_str().unwrap();
        for path in [format!("files/{id}"), format!("files/{id}/preview")] {
            assert_eq!(stranger.send(Method::GET, &path, None).await.code(), "unknown-file");
        }
        assert_eq!(stranger.send(Method::DELETE, &format!("files/{id}"), None).await.code(), "unknown-file");
        assert_eq!(stranger.read().await["files"], json!([]));
        assert_eq!(holder.send(Method::GET, &format!("files/{id}/preview"), None).await.status, 200);
        let nobody = Holder { hall, ticket: 0, code: "0000000000000000000000".to_owned() };
        assert_eq!(nobody.send(Method::GET, "preparation", None).await.code(), "unknown-ticket");
        assert_eq!(nobody.enter(json!({})).await.code(), "unknown-ticket");
        assert_eq!(nobody.photograph("d5", png(3)).await.code(), "unknown-ticket");
        let clerk = hall.person("liu", &[Role::Clerk], Some("district"), None).await;
        let scan = hall
            .request(Method::POST, &format!("/api/v1/files?for=ticket:{}", holder.ticket))
            .bearer_auth(&clerk.token)
            .body(png(4));
        let scan = hall.reply(scan).await.ok();
        let scan = format!("files/{}", scan["id"].as_str().unwrap());
        assert_eq!(holder.send(Method::GET, &scan, None).await.code(), "unknown-file", "a clerk's scan is not the phone's");
    }
}

story! {
    async fn what_the_item_does_not_ask_is_refused_and_nothing_of_it_is_kept(hall: &Hall) {
        let holder = Holder::of(hall, FOOD, "13800138000").await;
        let refused = holder
            .enter(json!({ "answers": { "premises": "rented", "roof": "red", "business": "nothing" }, "form": { "colour": "red" } }))
            .await;
        assert_eq!((refused.status, refused.code()), (422, "invalid-field"));
        let places: Vec<&str> = refused.body["errors"].as_array().unwrap().iter().map(|e| e["place"].as_str().unwrap()).collect();
        assert_eq!(places, ["business", "roof", "colour"]);
        assert_eq!(holder.read().await["answers"], json!({}));
        let long = holder.enter(json!({ "form": { "business_name": "福".repeat(201) } })).await;
        assert_eq!(long.code(), "invalid-field");
        assert_eq!(holder.photograph("d99", png(5)).await.code(), "invalid-field");
        assert_eq!(holder.photograph("d5", b"<html>".to_vec()).await.code(), "file-type");
        assert_eq!(holder.read().await["files"], json!([]));
    }
}

story! {
    async fn nothing_changes_any_more_once_the_ticket_is_finished_taken_in_or_of_yesterday(hall: &Hall) {
        let finished = Holder::of(hall, FOOD, "13800138000").await;
        let taken_in = Holder::of(hall, FOOD, "13800138001").await;
        let waiting = Holder::of(hall, FOOD, "13800138002").await;
        let file = finished.photograph("d5", png(6)).await.ok();
        let desk = hall.desk("liu", 8).await;
        desk.act("open").await.ok();
        desk.act("call-next").await.ok();
        desk.act("serve").await.ok();
        assert_eq!(finished.photograph("d5", png(7)).await.status, 201, "papers may come while being served");
        desk.act_with("call-next", Some(json!({ "finish": "completed" })), None).await.ok();
        desk.act("serve").await.ok();
        let applicant = json!({ "name": "王小明", "id_number": "11010519491231002X", "phone": "13800138000" });
        let answers = crate::case_stories::answers(hall).await;
        let open = json!({ "ticket": taken_in.ticket, "applicant": applicant, "answers": answers });
        desk.person.post("/api/v1/applications", open).await.ok();

        let ended = async |holder: &Holder<'_>| {
            assert_eq!(holder.photograph("d5", png(8)).await.code(), "ticket-finished");
            assert_eq!(holder.enter(json!({})).await.code(), "ticket-finished");
            assert_eq!(holder.send(Method::POST, "preparation/send", None).await.code(), "ticket-finished");
            assert_eq!(holder.send(Method::GET, "preparation", None).await.code(), "ticket-finished");
        };
        ended(&finished).await;
        ended(&taken_in).await;
        let path = format!("files/{}", file["id"].as_str().unwrap());
        assert_eq!(finished.send(Method::DELETE, &path, None).await.code(), "ticket-finished");
        assert_eq!(finished.send(Method::GET, &path, None).await.code(), "ticket-finished", "a ticket thrown away opens nothing");
        assert_eq!(waiting.enter(json!({ "answers": { "premises": "owned" } })).await.status, 200);
        hall.clock.advance(24 * 3600 * 1000);
        ended(&waiting).await;
    }
}

story! {
    async fn a_file_taken_back_is_gone_unless_somebody_else_brought_the_same(hall: &Hall) {
        let holder = Holder::of(hall, FOOD, "13800138000").await;
        let other = Holder::of(hall, FOOD, "13900139000").await;
        let (own, same) = (holder.photograph("d5", png(9)).await.ok(), other.photograph("d6", png(9)).await.ok());
        let lying = |file: &Value| {
            let digest = file["sha256"].as_str().unwrap();
            files_folder(&hall.address).join(&digest[..2]).join(&digest[2..]).exists()
        };
        let path = format!("files/{}", own["id"].as_str().unwrap());
        assert_eq!(holder.send(Method::DELETE, &path, None).await.status, 204);
        assert_eq!(holder.send(Method::DELETE, &path, None).await.code(), "unknown-file");
        assert!(lying(&same), "the other person's photograph stays");
        assert_eq!(holder.read().await["files"], json!([]));
        other.send(Method::DELETE, &format!("files/{}", same["id"].as_str().unwrap()), None).await.ok();
        assert!(!lying(&same));
    }
}

story! {
    async fn what_led_to_no_application_is_forgotten_after_a_week(hall: &Hall) {
        let abandoned = Holder::of(hall, FOOD, "13800138000").await;
        let taken_in = Holder::of(hall, FOOD, "13900139000").await;
        abandoned.enter(json!({ "form": { "business_name": "福记小馆" } })).await.ok();
        let (lost, kept) = (abandoned.photograph("d5", png(40)).await.ok(), taken_in.photograph("d5", png(41)).await.ok());
        let desk = hall.desk("liu", 8).await;
        desk.act("open").await.ok();
        let number = hall.get(&format!("/api/v1/follow/{}", taken_in.code)).await.ok()["ticket"]["number"].clone();
        desk.act_with("call", Some(json!({ "ticket": number })), None).await.ok();
        desk.act("serve").await.ok();
        let applicant = json!({ "name": "王小明", "id_number": "11010519491231002X", "phone": "13900139000" });
        let answers = crate::case_stories::answers(hall).await;
        let open = json!({ "ticket": taken_in.ticket, "applicant": applicant, "answers": answers });
        desk.person.post("/api/v1/applications", open).await.ok();

        let vault = Vault::new(files_folder(&hall.address));
        let day = 24 * 3600 * 1000;
        assert_eq!(forget_abandoned(&hall.store, &vault, TUESDAY_TEN + 7 * day).await.unwrap(), 0);
        assert_eq!(forget_abandoned(&hall.store, &vault, TUESDAY_TEN + 7 * day + 1).await.unwrap(), 1);
        let lies = |file: &Value| vault.path_of(file["sha256"].as_str().unwrap()).exists();
        assert!(!lies(&lost) && lies(&kept));
        let of = async |holder: &Holder<'_>| desk.person.get(&format!("/api/v1/files?for=ticket:{}", holder.ticket)).await.ok();
        assert_eq!(of(&abandoned).await, json!([]));
        assert_eq!(of(&taken_in).await[0]["id"], kept["id"]);
        assert_eq!(desk.person.get(&format!("/api/v1/tickets/{}/preparation", abandoned.ticket)).await.code(), "not-found");
    }
}

story! {
    async fn files_of_one_ticket_have_their_limits(hall: &Hall) {
        let few = with_limits(hall, FileSettings { most_per_ticket: 2, ..FileSettings::default() }).await;
        let holder = Holder::of(&few, FOOD, "13800138000").await;
        for shade in [10, 11] {
            holder.photograph("d5", png(shade)).await.ok();
        }
        let full = holder.photograph("d5", png(12)).await;
        assert_eq!((full.status, full.code()), (409, "files-full"));
        assert_eq!(full.body["detail"], "最多 2 个文件");
        few.close().await;

        let light = with_limits(hall, FileSettings { largest_per_ticket: 300, ..FileSettings::default() }).await;
        let holder = Holder::of(&light, FOOD, "13900139000").await;
        let mut replies = Vec::new();
        for shade in 13..20 {
            replies.push(holder.photograph("d5", png(shade)).await);
        }
        let taken: i64 = replies.iter().filter(|r| r.status == 201).map(|r| r.body["size"].as_i64().unwrap()).sum();
        assert!(taken > 0 && taken <= 300, "{taken}");
        assert_eq!(replies.last().unwrap().code(), "files-full");
        light.close().await;
    }
}

story! {
    async fn a_program_that_hammers_one_ticket_is_slowed_down_and_the_others_are_not(hall: &Hall) {
        let hammered = Holder::of(hall, FOOD, "13800138000").await;
        let other = Holder::of(hall, FOOD, "13900139000").await;
        let mut replies = Vec::new();
        for _ in 0..70 {
            replies.push(hammered.enter(json!({ "answers": { "premises": "owned" } })).await.status);
        }
        assert_eq!(replies.iter().filter(|status| **status == 200).count(), 60);
        assert!(replies.ends_with(&[429]));
        assert_eq!(other.enter(json!({ "answers": { "premises": "owned" } })).await.status, 200);
        hall.clock.advance(2_000);
        assert_eq!(hammered.enter(json!({})).await.status, 200);
    }
}

story! {
    async fn one_matter_asks_everything_of_its_members_once(hall: &Hall) {
        let holder = Holder::of(hall, PACKAGE, "13800138000").await;
        let empty = holder.read().await;
        assert!(keys(&empty["questions"]).contains(&"m1_premises"), "{}", empty["questions"]);
        let names: Vec<&str> =
            empty["documents"].as_array().unwrap().iter().map(|d| d["name"]["zh"].as_str().unwrap()).collect();
        assert_eq!(names.iter().filter(|name| **name == "营业执照").count(), 1, "{names:?}");
        let answered = holder.enter(json!({ "answers": { "m1_premises": "rented" } })).await.ok();
        assert_eq!(answered["answers"]["m1_premises"], "rented");
        let document = answered["documents"][0]["key"].as_str().unwrap().to_owned();
        assert_eq!(holder.photograph(&document, png(21)).await.status, 201);
    }
}

story! {
    async fn the_page_works_without_a_script(hall: &Hall) {
        let holder = Holder::of(hall, FOOD, "13800138000").await;
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let page = format!("/t/{}/prepare", holder.code);
        let url = format!("{}{page}", hall.base);
        let get = async |url: String| client.get(url).header(header::ACCEPT, "text/html").send().await.unwrap().text().await.unwrap();
        let ticket = get(format!("{}/t/{}", hall.base, holder.code)).await;
        assert!(ticket.contains(&format!("href=\"{page}?lang=zh\"")) && ticket.contains("开始准备"), "{ticket}");
        let shown = get(url.clone()).await;
        assert!(shown.contains("经营场所是自有的还是租赁的？") && shown.contains("capture=\"environment\""));

        let post = async |place: &str, body: &[(&str, &str)]| {
            let response = client.post(format!("{url}{place}?lang=zh")).form(body).header(header::ACCEPT, "text/html").send();
            let response = response.await.unwrap();
            let to = response.headers().get(header::LOCATION).map(|v| v.to_str().unwrap().to_owned());
            (response.status().as_u16(), to, response.text().await.unwrap())
        };
        let (status, to, _) = post("/answers", &[("premises", "rented"), ("business", "meals"), ("cold", "no")]).await;
        assert_eq!((status, to), (303, Some(format!("{page}?lang=zh#papers"))));
        assert_eq!(post("/form", &[("business_name", "<b>福记</b>"), ("area", "八十")]).await.0, 303);
        let (status, _, refused) = post("/answers", &[("roof", "red")]).await;
        assert!(status == 422 && refused.contains("data-testid=\"message\""), "the page says so, with all that was entered");
        let shown = get(url.clone()).await;
        assert!(shown.contains("房屋租赁合同") && shown.contains("&#60;b&#62;福记&#60;/b&#62;"), "{shown}");
        assert!(shown.contains("应为数字"));

        let send_files = async |parts: Vec<Part>| {
            let form = parts.into_iter().fold(Form::new(), |form, part| form.part("file", part));
            let request = client.post(format!("{url}/documents/d10?lang=zh")).multipart(form).header(header::ACCEPT, "text/html");
            let response = request.send().await.unwrap();
            (response.status().as_u16(), response.text().await.unwrap())
        };
        let photo = |shade| Part::bytes(png(shade)).file_name("租赁合同.png").mime_str("image/png").unwrap();
        let left_empty = || Part::bytes(Vec::new()).file_name("");
        assert_eq!(send_files(vec![photo(30), left_empty()]).await.0, 303);
        assert_eq!(send_files(vec![left_empty(), photo(31), photo(32)]).await.0, 303);
        let (status, page_again) = send_files(vec![left_empty(), left_empty()]).await;
        assert!(status == 422 && page_again.contains("请先选择文件"));
        let (status, page_again) = send_files(vec![Part::bytes(b"MZ program".to_vec()).file_name("x.pdf")]).await;
        assert!(status == 415 && page_again.contains("可以上传的文件"), "{status}");
        assert_eq!(holder.read().await["files"].as_array().unwrap().len(), 3);

        let shown = get(url.clone()).await;
        assert_eq!(shown.matches("data-testid=\"file\"").count(), 3);
        assert!(!shown.contains("13800138000"), "the page names nobody");
        let id = holder.read().await["files"][0]["id"].as_str().unwrap().to_owned();
        let picture = client.get(format!("{}/t/{}/files/{id}/preview", hall.base, holder.code)).send().await.unwrap();
        assert_eq!(picture.headers()[header::CONTENT_TYPE], "image/jpeg");
        let back = client.post(format!("{}/t/{}/files/{id}/take-back?lang=zh", hall.base, holder.code)).send().await.unwrap();
        assert_eq!(back.status(), 303);
        assert_eq!(post("/send", &[]).await.0, 303);
        assert!(get(url.clone()).await.contains("data-testid=\"sent\""));
        assert!(get(format!("{url}?lang=en")).await.contains("Handed over"));

        let desk = hall.desk("liu", 8).await;
        desk.act("open").await.ok();
        desk.act("call-next").await.ok();
        assert!(get(format!("{url}/strip?lang=zh")).await.contains("8 号窗口"));
        desk.act("serve").await.ok();
        desk.act("complete").await.ok();
        let response = client.get(&url).header(header::ACCEPT, "text/html").send().await.unwrap();
        assert_eq!(response.headers()[header::LOCATION].to_str().unwrap(), format!("/t/{}?lang=zh", holder.code));
        assert!(!get(format!("{}/t/{}", hall.base, holder.code)).await.contains("prepare-card"));
    }
}

story! {
    async fn the_script_gets_the_part_that_changes_or_the_reason(hall: &Hall) {
        let holder = Holder::of(hall, FOOD, "13800138000").await;
        let post = async |place: &str, body: &[(&str, &str)]| {
            let request = hall
                .request(Method::POST, &format!("/t/{}/prepare/{place}?lang=en", holder.code))
                .header("x-part", "1")
                .header(header::ACCEPT_LANGUAGE, "en")
                .form(body);
            hall.reply(request).await
        };
        let part = post("answers", &[("premises", "rented")]).await.ok();
        let part = part.as_str().unwrap();
        assert!(part.contains("Your situation") && !part.contains("<html"), "{part}");
        let refused = post("answers", &[("roof", "red")]).await;
        assert_eq!((refused.status, refused.body["title"].as_str()), (422, Some("A field is not valid")));
    }
}
