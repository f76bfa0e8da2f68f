//! The administrator's editor, as a browser without scripts uses it: pages are read, forms are sent.

use std::collections::BTreeMap;

use protocol::staff::Role;
use reqwest::{Method, header};
use serde_json::json;

use crate::support::people::Person;
use crate::support::{FOOD, Hall};

/// Somebody in front of the editor.
struct Browser<'a> {
    hall: &'a Hall,
    cookie: String,
}

/// A page, after redirects.
struct Page {
    status: u16,
    address: String,
    text: String,
}

type Fields = BTreeMap<String, String>;

impl<'a> Browser<'a> {
    fn of(person: &Person<'a>) -> Self {
        Browser { hall: person.hall, cookie: format!("hall_session={}", person.token) }
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Page {
        let request = request.header(header::COOKIE, &self.cookie).header(header::ACCEPT, "text/html");
        let response = request.send().await.unwrap();
        let (status, address) = (response.status().as_u16(), response.url().path().to_owned());
        Page { status, address, text: response.text().await.unwrap() }
    }

    async fn open(&self, path: &str) -> Page {
        self.send(self.hall.request(Method::GET, path)).await
    }

    async fn press(&self, path: &str, fields: &Fields, action: &str) -> Page {
        let pairs = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain([("action", action)]);
        let body =
            pairs.map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect::<Vec<_>>().join("&");
        let request = self.hall.request(Method::POST, path);
        self.send(request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(body)).await
    }
}

fn escaped(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

impl Page {
    /// The form of that id, as a browser would send it untouched.
    fn form(&self, id: &str) -> Fields {
        let (_, form) = self.text.split_once(&format!("<form id=\"{id}\"")).expect("the form is there");
        let form = form.split("</form>").next().unwrap();
        let mut fields = Fields::new();
        let mut select = None;
        for (at, _) in form.match_indices('<') {
            let (tag, after) = form[at + 1..].split_once('>').unwrap_or_default();
            let name = attribute(tag, "name");
            match tag.split([' ', '\n']).next().unwrap_or_default() {
                "input" if tag.contains("type=\"checkbox\"") && !tag.ends_with(" checked") => {}
                "input" => drop(fields.insert(name.unwrap(), attribute(tag, "value").unwrap_or_default())),
                "textarea" => drop(fields.insert(name.unwrap(), unescaped(after.split('<').next().unwrap()))),
                "select" => select = name,
                "option" if tag.ends_with(" selected") => {
                    fields.insert(select.clone().unwrap(), attribute(tag, "value").unwrap());
                }
                _ => {}
            }
        }
        fields
    }

    fn has(&self, test_id: &str) -> bool {
        self.text.contains(&format!("data-testid=\"{test_id}\""))
    }

    /// What is said beside a field.
    fn problem_at(&self, place: &str) -> Option<&str> {
        let (_, field) = self.text.split_once(&format!("data-testid=\"field\" data-place=\"{place}\""))?;
        let field = field.split("data-testid=\"field\"").next()?;
        field.split_once("data-testid=\"problem\">")?.1.split_once('<').map(|(text, _)| text)
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, after) = tag.split_once(&format!(" {name}=\""))?;
    after.split_once('"').map(|(value, _)| unescaped(value))
}

fn unescaped(text: &str) -> String {
    [
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (sign, plain)| text.replace(sign, plain))
}

fn page_of(code: &str) -> String {
    format!("/admin/items/{code}")
}

async fn administrator<'a>(hall: &'a Hall, username: &str) -> Person<'a> {
    hall.person(username, &[Role::Administrator], None, None).await
}

async fn draft(person: &Person<'_>, code: &str) -> serde_json::Value {
    person.get(&format!("/api/v1/drafts/{code}")).await.ok()
}

story! {
    async fn what_the_form_shows_is_what_it_sends(hall: &Hall) {
        let person = administrator(hall, "xu").await;
        let browser = Browser::of(&person);
        for code in [FOOD, "SAMPLE-440304-21-0005", "SAMPLE-440304-12-0001", "SAMPLE-440304-01-9001", "SAMPLE-440304-06-0001"] {
            let shown = browser.open(&page_of(code)).await.form("item");
            let saved = browser.press(&page_of(code), &shown, "save").await;
            assert_eq!(saved.status, 200);
            let mut connection = hall.store.reader().acquire().await.unwrap();
            let standing = hall_server::store::catalogue::standing_item(&mut connection, code).await.unwrap().unwrap();
            assert_eq!(draft(&person, code).await["item"], serde_json::to_value(&standing.content.item).unwrap(), "{code}");
        }
    }
}

story! {
    async fn rows_are_added_moved_and_removed_without_a_script(hall: &Hall) {
        let person = administrator(hall, "xu").await;
        let (browser, path) = (Browser::of(&person), page_of(FOOD));
        let mut fields = browser.open(&path).await.form("item");
        fields.insert("name.en".to_owned(), "Typed before the button".to_owned());
        let page = browser.press(&path, &fields, "add:documents").await;
        let fields = page.form("item");
        assert_eq!((fields["documents.count"].as_str(), fields["documents.12.key"].as_str()), ("13", "d13"));
        assert_eq!(fields["name.en"], "Typed before the button", "nothing that was typed is lost");
        let fields = browser.press(&path, &fields, "up:documents.12").await.form("item");
        assert_eq!(fields["documents.11.key"], "d13");
        let fields = browser.press(&path, &fields, "remove:documents.11").await.form("item");
        assert_eq!((fields["documents.count"].as_str(), fields["documents.11.key"].as_str()), ("12", "d12"));
        let fields = browser.press(&path, &fields, "add:questions.0.choices").await.form("item");
        assert_eq!((fields["questions.0.choices.count"].as_str(), fields["questions.0.choices.2.key"].as_str()), ("3", "c1"));
    }
}

story! {
    async fn problems_stand_beside_their_place_until_the_draft_is_whole_and_published(hall: &Hall) {
        let person = administrator(hall, "xu").await;
        let (browser, path) = (Browser::of(&person), page_of(FOOD));
        let mut fields = browser.open(&path).await.form("item");
        fields.insert("promised_days".to_owned(), "0".to_owned());
        fields.insert("documents.9.when".to_owned(), "answers.premises == \"borrowed\"".to_owned());
        fields.insert("branches.1.when".to_owned(), "answers.cold == \"yes\" && answers.cold == \"no\"".to_owned());
        let page = browser.press(&path, &fields, "check").await;
        assert_eq!(page.problem_at("promised_days"), Some("承诺件必须填写承诺办结时限，不能为零"));
        assert_eq!(page.problem_at("documents.9.when"), Some("问题“premises”没有选项“borrowed”"));
        assert_eq!(page.problem_at("branches.1.when"), Some("不可到达：任何情形组合下都不适用"));
        assert_eq!(page.problem_at("statutory_days"), None);
        assert!(browser.open(&format!("{path}/publish")).await.has("item-editor"), "it cannot be published");

        let mut fields = page.form("item");
        fields.insert("promised_days".to_owned(), "9".to_owned());
        fields.insert("documents.9.when".to_owned(), "answers.premises == \"rented\"".to_owned());
        fields.insert("branches.1.when".to_owned(), String::new());
        let page = browser.press(&path, &fields, "check").await;
        assert!(!page.has("problem") && page.text.contains("data-state=\"checked\""));
        let asked = browser.press(&path, &page.form("item"), "publish").await;
        assert!(asked.has("publish-page"), "{}", asked.address);
        assert!(asked.text.contains("承诺办结时限（天）") && asked.text.matches("data-testid=\"change\"").count() == 1);
        let steps = page.form("steps");
        let done = browser.press(&format!("{path}/steps"), &steps, "publish").await;
        assert!(done.text.contains("data-state=\"in-force\"") && done.text.contains("已发布为第 2 版"));
        assert_eq!(hall.get(&format!("/api/v1/items/{FOOD}")).await.ok()["version"], 2);
        let compared = browser.open(&format!("{path}?compare=2")).await;
        assert!(compared.has("changes") && compared.text.matches("data-testid=\"version\"").count() == 2);
    }
}

story! {
    async fn what_was_typed_is_shown_again_where_somebody_was_faster_or_a_number_is_none(hall: &Hall) {
        let (xu, he) = (administrator(hall, "xu").await, administrator(hall, "he").await);
        let (first, second, path) = (Browser::of(&xu), Browser::of(&he), page_of(FOOD));
        let mut fields = second.open(&path).await.form("item");
        first.press(&path, &first.open(&path).await.form("item"), "save").await;
        fields.insert("name.zh".to_owned(), "食品经营许可（试行）".to_owned());
        let page = second.press(&path, &fields, "save").await;
        assert_eq!(page.status, 409);
        assert!(page.has("conflict") && page.form("item")["name.zh"] == "食品经营许可（试行）");
        assert_eq!(draft(&xu, FOOD).await["item"]["name"]["zh"], "食品经营许可", "nothing was overwritten");
        let gone = second.press(&format!("{path}/steps"), &page.form("steps"), "discard").await;
        assert_eq!(gone.status, 409, "the draft is not the one that the second one saw");

        let mut fields = first.open(&path).await.form("item");
        fields.insert("promised_days".to_owned(), "九".to_owned());
        fields.insert("main_item".to_owned(), "新标题".to_owned());
        let page = first.press(&path, &fields, "save").await;
        assert_eq!((page.status, page.problem_at("promised_days")), (422, Some("“九”不是有效的数字")));
        assert_eq!(page.form("item")["main_item"], "新标题");
        assert_eq!(draft(&xu, FOOD).await["item"]["main_item"], "食品经营许可", "nothing was saved");
    }
}

story! {
    async fn only_administrators_come_in_and_only_by_the_pages_own_forms(hall: &Hall) {
        let supervisor = Browser::of(&hall.person("watch", &[Role::Supervisor], None, None).await);
        assert_eq!(supervisor.open("/admin/items").await.status, 403);
        assert_eq!(supervisor.open(&page_of(FOOD)).await.status, 403);
        let nobody = Browser { hall, cookie: String::new() };
        let asked = nobody.open(&page_of(FOOD)).await;
        assert!(asked.has("sign-in") && asked.text.contains(&format!("name=\"to\" value=\"{}\"", page_of(FOOD))));

        let person = administrator(hall, "xu").await;
        let browser = Browser::of(&person);
        let mut fields = browser.open(&page_of(FOOD)).await.form("item");
        fields.insert("csrf".to_owned(), "guessed".to_owned());
        assert_eq!(browser.press(&page_of(FOOD), &fields, "save").await.status, 403);
        assert_eq!(person.get(&format!("/api/v1/drafts/{FOOD}")).await.code(), "unknown-draft");
        assert_eq!(browser.open(&page_of("NOWHERE-1")).await.status, 404);
    }
}

story! {
    async fn answers_are_tried_and_items_are_found(hall: &Hall) {
        let person = administrator(hall, "xu").await;
        let browser = Browser::of(&person);
        let tried = browser.open(&format!("{}?answer.premises=rented", page_of(FOOD))).await;
        let lists = tried.text.split_once("data-testid=\"try\"").unwrap().1;
        assert!(lists.contains("<li>房屋租赁合同</li>") && !lists.contains("<li>经营场所使用证明</li>"));
        let package = browser.open(&page_of("SAMPLE-440304-01-9001")).await;
        assert!(package.text.split_once("data-testid=\"try\"").unwrap().1.contains("answer.m2_grease"));

        let codes = |page: &Page| {
            let rows = page.text.split("data-testid=\"item\" data-code=\"").skip(1);
            rows.map(|row| row.split('"').next().unwrap().to_owned()).collect::<Vec<_>>()
        };
        for (typed, code) in [("spjyxk", FOOD), ("排水管网许可", "SAMPLE-440304-21-0005"), ("440304-01-9001", "SAMPLE-440304-01-9001")] {
            let page = browser.open(&format!("/admin/items?q={}", escaped(typed))).await;
            assert_eq!(codes(&page).first().map(String::as_str), Some(code), "{typed}");
        }
        assert!(browser.open("/admin/items?q=zzzz").await.has("no-items"));
        let (first, second) = (browser.open("/admin/items").await, browser.open("/admin/items?page=1").await);
        assert_eq!((codes(&first).len(), codes(&second).len()), (50, 50));
        assert!(codes(&first).iter().all(|code| !codes(&second).contains(code)));

        let csrf = browser.open(&page_of(FOOD)).await.form("item")["csrf"].clone();
        let new = |code: &str| Fields::from([("csrf".to_owned(), csrf.clone()), ("code".to_owned(), code.to_owned())]);
        let page = browser.press("/admin/items", &new("新事项-1"), "").await;
        assert!(page.text.contains("data-state=\"new\""), "{}", page.text);
        let page = browser.press(&page_of("新事项-1"), &page.form("item"), "save").await;
        assert!(page.text.contains("data-state=\"draft\""));
        assert_eq!(draft(&person, "新事项-1").await["base_version"], json!(0));
        assert!(browser.press("/admin/items", &new("with space"), "").await.has("notice"));
    }
}
