//! The web pages: what boards, phones and supervisors get, and what nobody gets.

use std::time::Duration;

use hall_server::config::Settings;
use hall_server::identity::secrets;
use hall_server::store::{Store, identity};
use hardware::speech::{SpokenLanguage, Wav, all_clips};
use protocol::staff::{Role, User};
use reqwest::{Method, RequestBuilder, header};
use serde_json::{Value, json};

use crate::support::{FOOD, Hall};

const NAME: &str = "王小明";
const ID_NUMBER: &str = "11010519491231002X";

/// A page as a browser gets it.
struct Page {
    status: u16,
    headers: header::HeaderMap,
    text: String,
}

impl Page {
    fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    /// The text of the element with this test id, where it holds no others.
    fn text_of(&self, id: &str) -> Option<&str> {
        let (_, after) = self.text.split_once(&format!("data-testid=\"{id}\""))?;
        after.split_once('>')?.1.split_once('<').map(|(text, _)| text)
    }
}

async fn open(request: RequestBuilder) -> Page {
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let response = request.header(header::ACCEPT, browser).send().await.unwrap();
    Page {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        text: response.text().await.unwrap(),
    }
}

async fn browse(hall: &Hall, path: &str) -> Page {
    open(hall.request(Method::GET, path)).await
}

fn card() -> Value {
    json!({ "by": "card", "name": NAME, "id_number": ID_NUMBER, "kind": "resident" })
}

fn assert_names_nobody(page: &Page) {
    for personal in [NAME, "小明", ID_NUMBER, "19491231", "13800138000", "clerk"] {
        assert!(!page.text.contains(personal), "the page holds {personal:?}:\n{}", page.text);
    }
}

story! {
    async fn a_phone_follows_its_ticket_from_waiting_to_called_and_learns_nothing_about_the_holder(hall: &Hall) {
        let ticket = hall.kiosk().await.take(FOOD, card(), None).await.ok();
        let path = format!("/t/{}", ticket["follow_code"].as_str().unwrap());

        let waiting = browse(hall, &path).await;
        assert_eq!((waiting.status, waiting.text_of("number")), (200, ticket["number"].as_str()));
        assert!(waiting.text.contains(r#"data-state="next""#), "nobody is ahead");
        assert_eq!(waiting.header(header::CACHE_CONTROL), "no-store");
        assert_eq!(waiting.header(header::REFERRER_POLICY), "no-referrer");
        assert!(waiting.text.contains(r#"<meta name="robots" content="noindex">"#));
        assert_names_nobody(&waiting);

        let desk = hall.desk("clerk1", 8).await;
        desk.act("open").await.ok();
        desk.act("call-next").await.ok();
        let called = browse(hall, &format!("{path}/part")).await;
        assert_eq!(called.text_of("window"), Some("8 号窗口"));
        assert!(called.text.contains(r#"data-state="called""#));
        assert_names_nobody(&called);
        assert_eq!(browse(hall, &format!("{path}?lang=en")).await.text_of("window"), Some("Window 8"));
    }
}

story! {
    async fn the_receipt_leads_to_a_page_with_every_step_and_without_the_applicant(hall: &Hall) {
        hall.kiosk().await.take(FOOD, card(), None).await.ok();
        let desk = hall.desk("clerk1", 8).await;
        desk.act("open").await.ok();
        let called = desk.act("call-next").await.ok();
        desk.act("serve").await.ok();
        let applicant = json!({ "name": NAME, "id_number": ID_NUMBER, "phone": "13800138000" });
        let answers = crate::case_stories::answers(hall).await;
        let body = json!({ "ticket": called["ticket"]["id"], "applicant": applicant, "answers": answers });
        let case = desk.person.post("/api/v1/applications", body).await.ok()["cases"][0].clone();

        let page = browse(hall, &format!("/c/{}", case["query_code"].as_str().unwrap())).await;
        assert_eq!((page.status, page.text_of("case-number")), (200, case["case_no"].as_str()));
        assert_eq!(page.text.matches(r#"data-testid="step""#).count(), 6);
        assert_names_nobody(&page);
        let phone = browse(hall, &format!("/t/{}", called["ticket"]["follow_code"].as_str().unwrap())).await;
        assert_eq!(phone.text_of("case-number"), case["case_no"].as_str());
        assert_names_nobody(&phone);
    }
}

story! {
    async fn the_board_shows_the_newest_call_and_who_waits(hall: &Hall) {
        let kiosk = hall.kiosk().await;
        let numbers: Vec<Value> =
            vec![kiosk.ticket("13800138000").await, kiosk.ticket("13800138001").await, kiosk.ticket("13800138002").await];
        let desk = hall.desk("clerk1", 8).await;
        desk.act("open").await.ok();
        desk.act("call-next").await.ok();
        desk.act_with("call-next", Some(json!({ "finish": "completed" })), None).await.ok();

        let board = browse(hall, "/halls/district/board").await;
        assert_eq!(board.text_of("newest-number"), numbers[1]["number"].as_str());
        assert_eq!(board.text_of("newest-window"), Some("8"));
        let line = numbers[0]["line"].as_str().unwrap();
        let (_, row) = board.text.split_once(&format!("data-letter=\"{line}\"")).unwrap();
        assert!(row.split_once("</li>").unwrap().0.contains(r#"data-testid="line-waiting">1<"#), "one still waits");
        assert!(board.text.contains("样例数据"), "a sample says that it is one");
        assert_names_nobody(&board);
    }
}

story! {
    async fn unknown_addresses_get_a_plain_page_in_a_browser_and_a_problem_elsewhere(hall: &Hall) {
        for (path, title) in [
            ("/t/0000000000000000000000", "没有这个号"),
            ("/t/%27%20OR%201=1", "没有这个号"),
            ("/t/0000000000000000000000/part", "没有这个号"),
            ("/c/0000000000000000000000", "没有这个办件"),
            ("/halls/nowhere/board", "没有这个大厅"),
            ("/static/hall-000000000000.css", "没有这个页面"),
            ("/nowhere", "没有这个页面"),
        ] {
            let page = browse(hall, path).await;
            assert_eq!((page.status, page.text_of("error-title")), (404, Some(title)), "{path}");
            assert!(page.header(header::CONTENT_SECURITY_POLICY).contains("default-src 'none'"), "{path}");
            let problem = hall.get(path).await;
            assert_eq!(problem.status, 404, "{path}");
            assert_ne!(problem.code(), "no problem", "{path}");
        }
        let english = browse(hall, "/t/0000000000000000000000?lang=en").await;
        assert_eq!(english.text_of("error-title"), Some("There is no such ticket"));
        let api = browse(hall, "/api/v1/follow/0000000000000000000000").await;
        assert_eq!(api.header(header::CONTENT_TYPE), "application/problem+json", "the API stays the API");
    }
}

story! {
    async fn pages_run_nothing_that_is_not_ours_and_their_files_may_be_kept_for_ever(hall: &Hall) {
        for path in ["/", "/halls/district/board", "/supervisor"] {
            let page = browse(hall, path).await;
            let policy = page.header(header::CONTENT_SECURITY_POLICY);
            assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{path}: {policy}");
            assert_eq!(page.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{path}");
            assert!(!page.text.contains("<script>") && !page.text.contains(" style=") && !page.text.contains("onclick"));
            let files: Vec<&str> =
                page.text.split('"').filter(|part| part.starts_with("/static/") || part.contains("://")).collect();
            assert!(files.len() >= 2, "{path} has a style sheet and an icon");
            for file in files {
                let file = browse(hall, file).await;
                assert_eq!(file.status, 200);
                assert_eq!(file.header(header::CACHE_CONTROL), "public, max-age=31536000, immutable");
            }
        }
    }
}

/// Somebody with a password, for the sign-in form.
async fn employ(hall: &Hall, username: &str, role: Role) {
    let user = User {
        username: username.to_owned(),
        name: format!("{username} 同志"),
        roles: vec![role],
        hall: None,
        department: None,
    };
    let mut tx = hall.store.begin_write().await.unwrap();
    identity::add_user(&mut tx, &user, &secrets::hash_password("open sesame").unwrap()).await.unwrap();
    tx.commit().await.unwrap();
}

/// Fills in the form; the answer before any redirect is followed.
async fn sign_in(hall: &Hall, username: &str, password: &str, headers: &[(&str, &str)]) -> Page {
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let mut request = client
        .post(format!("{}/supervisor/sign-in", hall.base))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(format!("username={username}&password={}", password.replace(' ', "+")));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    open(request).await
}

/// The cookie of somebody who signed in.
async fn cookie(hall: &Hall, username: &str) -> String {
    let page = sign_in(hall, username, "open sesame", &[]).await;
    assert_eq!((page.status, page.header(header::LOCATION)), (303, "/supervisor?lang=zh"));
    page.header(header::SET_COOKIE).split(';').next().unwrap().to_owned()
}

story! {
    async fn only_supervisors_and_administrators_get_past_the_form(hall: &Hall) {
        employ(hall, "supervisor9", Role::Supervisor).await;
        employ(hall, "admin9", Role::Administrator).await;
        employ(hall, "clerk9", Role::Clerk).await;

        assert!(browse(hall, "/supervisor").await.text.contains(r#"data-testid="sign-in""#));
        assert!(browse(hall, "/supervisor/halls/district").await.text.contains(r#"data-testid="sign-in""#));
        assert_eq!(hall.get("/supervisor/events").await.code(), "unauthenticated");

        let wrong = sign_in(hall, "supervisor9", "open sesam", &[]).await;
        assert_eq!((wrong.status, wrong.text_of("sign-in-message")), (401, Some("用户名或密码不对")));
        let clerk = sign_in(hall, "clerk9", "open sesame", &[]).await;
        assert_eq!((clerk.status, clerk.text_of("sign-in-message")), (403, Some("该账号没有督导权限")));
        assert_eq!(clerk.header(header::SET_COOKIE), "");
        let foreign = sign_in(hall, "supervisor9", "open sesame", &[("sec-fetch-site", "cross-site")]).await;
        assert_eq!((foreign.status, foreign.header(header::SET_COOKIE)), (403, ""));

        let right = sign_in(hall, "supervisor9", "open sesame", &[("sec-fetch-site", "same-origin")]).await;
        let set = right.header(header::SET_COOKIE);
        for part in ["HttpOnly", "SameSite=Strict", "Path=/supervisor"] {
            assert!(set.contains(part), "{set}");
        }
        let admin = cookie(hall, "admin9").await;
        let page = open(hall.request(Method::GET, "/supervisor").header(header::COOKIE, admin)).await;
        assert_eq!(page.text.matches(r#"data-testid="hall-card""#).count(), 11, "every hall of the sample");
    }
}

story! {
    async fn signing_out_needs_the_pages_own_form_and_ends_the_session(hall: &Hall) {
        employ(hall, "supervisor9", Role::Supervisor).await;
        let cookie = cookie(hall, "supervisor9").await;
        let show = async || open(hall.request(Method::GET, "/supervisor").header(header::COOKIE, &cookie)).await;
        let sign_out = async |csrf: &str| {
            let request = hall.request(Method::POST, "/supervisor/sign-out");
            let request = request.header(header::COOKIE, &cookie);
            open(request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(format!("csrf={csrf}"))).await
        };
        assert_eq!(sign_out("guessed").await.status, 403);
        let page = show().await;
        assert_eq!(page.text_of("user"), Some("supervisor9 同志"));
        let (_, after) = page.text.split_once(r#"name="csrf" value=""#).unwrap();
        assert_eq!(sign_out(after.split('"').next().unwrap()).await.status, 200);
        assert!(show().await.text.contains(r#"data-testid="sign-in""#), "the old cookie opens nothing");
    }
}

story! {
    async fn the_supervisor_sees_a_halls_day_hour_by_hour_and_how_its_cases_stand(hall: &Hall) {
        employ(hall, "supervisor9", Role::Supervisor).await;
        let cookie = cookie(hall, "supervisor9").await;
        let kiosk = hall.kiosk().await;
        for phone in ["13800138000", "13800138001", "13800138002"] {
            kiosk.ticket(phone).await;
        }
        let desk = hall.desk("clerk1", 8).await;
        desk.act("open").await.ok();
        hall.clock.advance(65 * 60_000);
        let called = desk.act("call-next").await.ok();
        desk.act("serve").await.ok();
        let applicant = json!({ "name": NAME, "id_number": ID_NUMBER, "phone": "13800138000" });
        let answers = crate::case_stories::answers(hall).await;
        let body = json!({ "ticket": called["ticket"]["id"], "applicant": applicant, "answers": answers });
        desk.person.post("/api/v1/applications", body).await.ok();

        let path = "/supervisor/halls/district?lang=en";
        let page = open(hall.request(Method::GET, path).header(header::COOKIE, cookie)).await;
        let hour = |hour: &str| {
            let (_, group) = page.text.split_once(&format!("data-hour=\"{hour}\"")).unwrap();
            let group = group.split_once("</g>").unwrap().0;
            group.split("<text").skip(1).map(|t| t.split_once('>').unwrap().1.split_once('<').unwrap().0).collect::<Vec<_>>()
        };
        assert_eq!(hour("10"), ["3", "0", "10:00", "–"], "taken, called, hour, mean wait");
        assert_eq!(hour("11"), ["0", "1", "11:00", "65 min"]);
        assert_eq!(page.text_of("cases-received"), Some("1"));
        assert_eq!(page.text_of("cases-overdue"), Some("0"));
        assert!(page.text.contains("clerk1 同志"), "windows show who is at them by name");
        assert!(!page.text.contains(NAME) && !page.text.contains(ID_NUMBER), "citizens stay unnamed");
    }
}

/// Reads server-sent events until one holds all of `wanted`.
async fn hear(stream: &mut reqwest::Response, wanted: &[&str]) {
    let mut heard = String::new();
    let listening = async {
        while let Some(bytes) = stream.chunk().await.unwrap() {
            heard.push_str(&String::from_utf8_lossy(&bytes));
            if heard.split("\n\n").any(|event| wanted.iter().all(|w| event.contains(w))) {
                return true;
            }
        }
        false
    };
    let found = tokio::time::timeout(Duration::from_secs(20), listening).await;
    assert_eq!(found, Ok(true), "{wanted:?} never came");
}

story! {
    async fn the_supervisors_page_hears_of_every_hall_until_the_session_ends(hall: &Hall) {
        employ(hall, "supervisor9", Role::Supervisor).await;
        let cookie = cookie(hall, "supervisor9").await;
        let request = hall.request(Method::GET, "/supervisor/events?lang=zh").header(header::COOKIE, &cookie);
        let mut stream = request.send().await.unwrap();
        assert_eq!(stream.headers()[header::CONTENT_TYPE], "text/event-stream");
        hear(&mut stream, &["event: part", "hall-lianhua"]).await;

        hall.kiosk().await.ticket("13800138000").await;
        hear(&mut stream, &["hall-district", r#"data-testid=\"waiting\">1<"#]).await;

        let token = cookie.split_once('=').unwrap().1;
        let mut tx = hall.store.begin_write().await.unwrap();
        identity::end_session(&mut tx, &secrets::token_hash(token)).await.unwrap();
        tx.commit().await.unwrap();
        hall.clock.advance(60_000);
        hear(&mut stream, &["event: end"]).await;
        let form = browse(hall, "/supervisor?ended=1").await;
        assert_eq!(form.text_of("sign-in-message"), Some("登录已过期，请重新登录"));
    }
}

/// A folder with a whole Mandarin voice in which every clip is half a tenth of a second of tone.
fn voice() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for clip in all_clips(SpokenLanguage::Mandarin) {
        let file = folder.path().join("cmn").join(clip.path());
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        let mut wav = Wav::new(8_000);
        wav.samples = (0..400).map(|i| if i % 20 < 10 { 8_000 } else { -8_000 }).collect();
        std::fs::write(file, wav.to_bytes()).unwrap();
    }
    folder
}

story! {
    async fn each_call_is_spoken_in_the_languages_there_are_voices_for(hall: &Hall) {
        let folder = voice();
        let store = Store::connect(&hall.address).await.unwrap();
        let settings = Settings { voice: Some(folder.path().to_owned()), ..Settings::default() };
        let speaking = Hall::serve_with(&hall.address, store, hall.clock.clone(), settings).await;
        hall.kiosk().await.ticket("13800138000").await;
        let desk = hall.desk("clerk1", 8).await;
        desk.act("open").await.ok();
        desk.act("call-next").await.ok();
        let snapshot = hall.get("/api/v1/halls/district/queue").await.ok();
        let turn = snapshot["calling"][0]["turn"].as_i64().unwrap();

        let mandarin = format!("/halls/district/speech/{turn}.wav?lang=cmn");
        let response = speaking.request(Method::GET, &mandarin).send().await.unwrap();
        assert_eq!(response.headers()[header::CONTENT_TYPE], "audio/wav");
        let bytes = response.bytes().await.unwrap();
        let wav = Wav::from_bytes(&bytes).unwrap();
        assert!(wav.duration() > Duration::from_millis(450), "a chime, a sentence and a number: {:?}", wav.duration());
        assert!(wav.rms() > 100.0, "it is not silent");
        let again = speaking.request(Method::GET, &mandarin).send().await.unwrap().bytes().await.unwrap();
        assert_eq!(again, bytes);

        for (server, path) in [
            (hall, mandarin.clone()),
            (&speaking, format!("/halls/district/speech/{turn}.wav?lang=yue")),
            (&speaking, format!("/halls/district/speech/{turn}.wav?lang=tlh")),
            (&speaking, format!("/halls/district/speech/{}.wav", turn - 1)),
            (&speaking, format!("/halls/district/speech/{}.wav", turn + 100)),
            (&speaking, "/halls/district/speech/x.wav".to_owned()),
            (&speaking, "/halls/district/speech/-9223372036854775808.wav".to_owned()),
            (&speaking, format!("/halls/nowhere/speech/{turn}.wav")),
        ] {
            let problem = server.get(&path).await;
            assert_eq!((problem.status, problem.code()), (404, "not-found"), "{path}");
        }
        let board = browse(&speaking, "/halls/district/board?speak=cmn,yue").await;
        assert!(board.text.contains(r#"data-speak="cmn yue" data-voices="cmn""#));
        speaking.close().await;
    }
}
