//! The supervisor's pages of electronic supervision: what is late, signals reviewed by forms, nothing for anybody else.

use hall_server::store::supervised_clocks;
use protocol::staff::Role;
use reqwest::{Method, header};
use serde_json::json;

use crate::case_stories::{accepted, step};
use crate::support::{Hall, Person};

const MARKET: &str = "SAMPLE-440304-01";
const HEALTH: &str = "SAMPLE-440304-02";

struct Page {
    status: u16,
    location: String,
    text: String,
}

impl Page {
    /// The text of the first element with this test id, where it holds no others.
    fn text_of(&self, id: &str) -> Option<&str> {
        let (_, after) = self.text.split_once(&format!("data-testid=\"{id}\""))?;
        after.split_once('>')?.1.split_once('<').map(|(text, _)| text)
    }

    fn count(&self, id: &str) -> usize {
        self.text.matches(&format!("data-testid=\"{id}\"")).count()
    }

    fn csrf(&self) -> &str {
        self.text.split_once(r#"name="csrf" value=""#).unwrap().1.split('"').next().unwrap()
    }
}

async fn send(request: reqwest::RequestBuilder) -> Page {
    let response = request.header(header::ACCEPT, "text/html").send().await.unwrap();
    let location = response.headers().get(header::LOCATION).map_or("", |v| v.to_str().unwrap()).to_owned();
    Page { status: response.status().as_u16(), location, text: response.text().await.unwrap() }
}

/// Somebody's browser, with the session's cookie.
struct Browser<'a>(&'a Person<'a>);

impl Browser<'_> {
    async fn get(&self, path: &str) -> Page {
        let Person { hall, token, .. } = self.0;
        send(hall.request(Method::GET, path).header(header::COOKIE, format!("hall_session={token}"))).await
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Page {
        let Person { hall, token, .. } = self.0;
        let body: Vec<String> = form.iter().map(|(name, value)| format!("{name}={}", urlencoded(value))).collect();
        // Where a form leads is what is asked about.
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let request = client
            .post(format!("{}{path}", hall.base))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        send(request.header(header::COOKIE, format!("hall_session={token}")).body(body.join("&"))).await
    }
}

fn urlencoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn supervisor(hall: &Hall) -> Person<'_> {
    hall.person("eyes", &[Role::Supervisor], None, None).await
}

story! {
    async fn what_is_about_to_go_wrong_stands_first_with_the_clocks_own_words(hall: &Hall) {
        let (_desk, case) = accepted(hall).await;
        let number = case["case_no"].as_str().unwrap();
        let health = hall.person("health.reviewer", &[Role::Reviewer], None, Some(HEALTH)).await;
        step(&health, &case, "start-review", "").await.ok();
        let supervisor = supervisor(hall).await;
        let page = Browser(&supervisor).get("/supervisor/cases").await;
        assert_eq!((page.status, page.count("ahead"), page.text_of("figure-overdue")), (200, 1, Some("0")));
        assert!(page.text.contains(r#"data-level="later""#));

        hall.days_pass(20).await;
        let page = Browser(&supervisor).get("/supervisor/cases").await;
        assert!(page.text.contains(r#"data-level="overdue""#));
        assert!(page.text_of("left").unwrap().starts_with("超期 "), "{:?}", page.text_of("left"));
        assert!(page.text.contains("经办 health.reviewer 同志"), "the person addressed is named");
        assert_eq!((page.text_of("figure-overdue"), page.text_of("figure-open")), (Some("1"), Some("1")));
        assert!(!page.text.contains("王小明"), "applicants stay unnamed");
        assert_eq!((page.count("ahead"), page.count("unit")), (1, 2), "a case stands once, and counts for both departments");

        let own = Browser(&supervisor).get(&format!("/supervisor/cases?unit={MARKET}")).await;
        assert_eq!((own.count("ahead"), own.text_of("figure-overdue")), (1, Some("1")));
        assert!(own.text.contains(&format!("/supervisor/cases?lang=en&#38;unit={MARKET}")), "the other language keeps the unit");
        let other = Browser(&supervisor).get("/supervisor/cases?unit=SAMPLE-440304-05").await;
        assert_eq!((other.count("ahead"), other.count("nothing-ahead")), (0, 1));

        let one = Browser(&supervisor).get(&format!("/supervisor/cases/{number}?lang=en")).await;
        assert_eq!(one.status, 200);
        assert!(one.count("case-clock") >= 4 && one.count("signal") >= 3, "{}", one.text);
        assert!(one.text.contains("working days overdue") && !one.text.contains("王小明"));
        assert_eq!(Browser(&supervisor).get("/supervisor/cases/nothing").await.status, 404);
    }
}

story! {
    async fn a_supervisor_sends_a_reply_back_confirms_the_next_and_cancels_with_a_reason(hall: &Hall) {
        let (_desk, _case) = accepted(hall).await;
        hall.days_pass(20).await;
        let supervisor = supervisor(hall).await;
        let browser = Browser(&supervisor);
        let list = browser.get("/supervisor/signals").await;
        assert!(list.text.contains("红牌") && list.text.contains("黄牌"), "colours have their words");
        let link = list.text.split_once("/supervisor/signals/").unwrap().1.split('?').next().unwrap();
        let path = format!("/supervisor/signals/{link}");
        let page = browser.get(&path).await;
        assert_eq!((page.text_of("colour"), page.text_of("state"), page.count("step")), (Some("红牌"), Some("待回复"), 1));
        assert_eq!((page.count("confirm"), page.count("cancel")), (0, 1), "there is nothing to confirm yet");
        assert_eq!(page.text_of("addressed"), Some("该单位目前没有可回复的人员"));

        let leader = hall.person("market.leader", &[Role::Leader], None, Some(MARKET)).await;
        let api = format!("/api/v1/signals/{link}/steps");
        leader.post(&api, json!({ "step": "reply", "text": "现场核查延误" })).await.ok();
        let page = browser.get(&path).await;
        assert_eq!((page.text_of("state"), page.text_of("addressed")), (Some("待审核"), Some("market.leader 同志")));
        let csrf = page.csrf().to_owned();
        assert_eq!(browser.post(&path, &[("csrf", "guessed"), ("action", "confirm"), ("text", "")]).await.status, 403);
        let form = |action: &'static str, text: &'static str| [("csrf", csrf.clone()), ("action", action.to_owned()), ("text", text.to_owned())];
        let post = async |action, text| {
            let form = form(action, text);
            let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            browser.post(&path, &form).await
        };
        let blank = post("send-back", " ").await;
        assert_eq!((blank.status, blank.text_of("notice")), (422, Some("请填写意见或理由")));
        let sent = post("send-back", "请说明整改").await;
        assert_eq!((sent.status, sent.location.as_str()), (303, format!("{path}?lang=zh&done=1").as_str()));
        let late = post("confirm", "写了很久的意见").await;
        assert_eq!(late.status, 409, "a reply is awaited again");
        assert!(late.text.contains("写了很久的意见"), "what was typed is not lost");
        leader.post(&api, json!({ "step": "reply", "text": "已增派一人" })).await.ok();
        assert_eq!(post("confirm", "").await.status, 303);
        let page = browser.get(&path).await;
        let steps: Vec<&str> = page.text.split("data-step=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert_eq!(steps, ["raised", "replied", "sent-back", "replied", "confirmed"]);
        for text in ["现场核查延误", "请说明整改", "已增派一人", "eyes 同志", "market.leader 同志"] {
            assert!(page.text.contains(text), "{text}");
        }
        assert_eq!(page.count("review"), 0, "a closed signal asks for nothing");
        let confirmed = browser.get("/supervisor/signals?state=confirmed&lang=en").await;
        assert_eq!((confirmed.count("signal"), confirmed.count("signal-link")), (1, 1));
        let yellow = browser.get(&format!("/supervisor/signals?colour=yellow&unit={HEALTH}")).await;
        assert!(yellow.count("signal") > 0 && !yellow.text.contains(r#"data-colour="red""#), "{}", yellow.text);

        let open = yellow.text.split_once("/supervisor/signals/").unwrap().1.split('?').next().unwrap();
        let path = format!("/supervisor/signals/{open}");
        let cancelled = browser.post(&path, &[("csrf", &csrf), ("action", "cancel"), ("text", "系统故障日不计")]).await;
        assert_eq!(cancelled.status, 303);
        assert!(browser.get("/supervisor/signals?state=cancelled").await.text.contains(r#"data-state="cancelled""#));
    }
}

story! {
    async fn nobody_else_sees_supervision_and_an_administrator_only_looks(hall: &Hall) {
        let (desk, case) = accepted(hall).await;
        hall.days_pass(20).await;
        let number = case["case_no"].as_str().unwrap();
        for path in ["/supervisor/cases", "/supervisor/signals", "/supervisor/signals/1", &format!("/supervisor/cases/{number}")] {
            let page = Browser(&desk.person).get(path).await;
            assert!(page.text.contains(r#"data-testid="sign-in""#), "{path}");
            assert!(page.text.contains(&format!(r#"name="to" value="{path}""#)), "signing in leads back to {path}");
            assert!(!page.text.contains("食品经营"), "{path}");
        }
        let administrator = hall.person("admin", &[Role::Administrator], None, None).await;
        let list = Browser(&administrator).get("/supervisor/signals").await;
        let id = list.text.split_once("/supervisor/signals/").unwrap().1.split('?').next().unwrap();
        let page = Browser(&administrator).get(&format!("/supervisor/signals/{id}")).await;
        assert_eq!((page.status, page.count("review")), (200, 0));
        let form = [("csrf", page.csrf()), ("action", "cancel"), ("text", "x")];
        assert_eq!(Browser(&administrator).post(&format!("/supervisor/signals/{id}"), &form).await.status, 403);
        assert_eq!(Browser(&administrator).get("/supervisor/signals/77").await.status, 404);
    }
}

story! {
    async fn promises_kept_and_missed_are_counted_by_department(hall: &Hall) {
        let (_desk, case) = accepted(hall).await;
        let market = hall.person("market.reviewer", &[Role::Reviewer], None, Some(MARKET)).await;
        let health = hall.person("health.reviewer", &[Role::Reviewer], None, Some(HEALTH)).await;
        let signer = hall.person("market.signer", &[Role::Signer], None, Some(MARKET)).await;
        step(&market, &case, "approve", "同意").await.ok();
        step(&health, &case, "approve", "同意").await.ok();
        step(&signer, &case, "grant", "同意").await.ok();
        let supervisor = supervisor(hall).await;
        let of_market = async || {
            let figures = supervisor.get("/api/v1/supervision/figures").await.ok();
            let units = figures["units"].as_array().unwrap().clone();
            units.iter().find(|unit| unit["unit"] == MARKET).map(|unit| (unit["finished"].clone(), unit["on_time"].clone()))
        };
        assert_eq!(of_market().await, Some((json!(0), json!(0))), "a decision is not yet a result");
        hall.days_pass(20).await;
        step(&market, &case, "complete", "").await.ok();
        assert_eq!(of_market().await, Some((json!(1), json!(0))), "it came late");
        let mut connection = hall.store.reader().acquire().await.unwrap();
        let later = supervised_clocks::kept(&mut connection, "2026-12-15").await.unwrap();
        assert_eq!(later, [], "what came before the thirty days is not counted");
    }
}
