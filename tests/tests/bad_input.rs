//! What the API says to bad input: a problem with a stable code, and nothing lost or half done.

use protocol::catalogue::{Catalogue, IdentityRule};
use protocol::queue::{QueueSnapshot, Ticket};
use serde_json::{Value, json};
use tests::Result;
use tests::api::{Answer, Api};
use tests::people::{Citizen, id_number};
use tests::world::{HALL, World};

/// A hall with a kiosk's and a clerk's way into the API.
struct Hall {
    world: World,
    kiosk: Api,
    catalogue: Catalogue,
    _folder: tempfile::TempDir,
}

impl Hall {
    async fn open() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let world = World::open(folder.path()).await?;
        let kiosk = world.api.with_token(world.credentials.kiosk(HALL)?.token.clone());
        let catalogue = world.api.get(&format!("/api/v1/halls/{HALL}/catalogue")).await?.ok()?;
        Ok(Hall { world, kiosk, catalogue, _folder: folder })
    }

    /// An item that anybody may take a ticket for.
    fn item(&self) -> Result<&str> {
        let open = self.catalogue.offers.iter().filter(|offer| offer.open && !offer.windows.is_empty());
        open.filter_map(|offer| self.catalogue.items.iter().find(|item| item.code == offer.item))
            .find(|item| item.identity == IdentityRule::Optional)
            .map(|item| item.code.as_str())
            .ok_or_else(|| "the sample has no item that anybody may take a ticket for".into())
    }

    async fn take(&self, item: &str, identification: &Value) -> Result<Answer> {
        let body = json!({ "item": item, "identification": identification, "language": "zh" });
        self.kiosk.post(TICKETS, &body).await
    }

    async fn taken_today(&self) -> Result<i64> {
        let queue: QueueSnapshot = self.world.api.get(&format!("/api/v1/halls/{HALL}/queue")).await?.ok()?;
        Ok(queue.lines.iter().map(|line| line.taken_today).sum())
    }

    /// A clerk who has opened a window that serves the item.
    async fn desk(&self, item: &str, nth: usize) -> Result<(Api, i64)> {
        let offer = self.catalogue.offers.iter().find(|offer| offer.item == item).ok_or("the item is not offered")?;
        let window = *offer.windows.get(nth).ok_or("too few windows serve the item")?;
        let clerk = *self.world.credentials.clerks().get(nth).ok_or("the sample has too few clerks")?;
        let api = self.world.api.sign_in(&clerk.username, &clerk.password).await?;
        api.post(&window_path(window, "open"), &json!({})).await?.ok::<Value>()?;
        Ok((api, window))
    }
}

const TICKETS: &str = "/api/v1/halls/district/tickets";

fn window_path(window: i64, verb: &str) -> String {
    format!("/api/v1/halls/{HALL}/windows/{window}/{verb}")
}

/// The answer is a problem with this status and code, and says something to the person.
#[track_caller]
fn assert_problem(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{}", answer.body);
    assert!(answer.content_type.starts_with(protocol::PROBLEM_JSON), "{}", answer.content_type);
    assert_eq!(answer.body["type"], format!("urn:hall:problem:{code}"));
    assert_eq!(answer.body["status"], status);
    assert!(answer.body["title"].as_str().is_some_and(|title| !title.is_empty()));
}

#[tokio::test]
async fn a_ticket_that_cannot_be_given_takes_no_number() -> Result<()> {
    let hall = Hall::open().await?;
    let item = hall.item()?;
    let anonymous = json!({ "by": "anonymous" });
    let card = |id_number: &str| json!({ "by": "card", "name": "王晓梅", "id_number": id_number, "kind": "resident" });

    assert_problem(&hall.take("no-such-item", &anonymous).await?, 404, "unknown-item");
    let request = json!({ "item": item, "identification": anonymous });
    let elsewhere = hall.kiosk.post("/api/v1/halls/nanyuan/tickets", &request).await?;
    assert_problem(&elsewhere, 403, "forbidden");
    assert_problem(&hall.kiosk.get("/api/v1/halls/nowhere/catalogue").await?, 404, "unknown-hall");
    let good = Citizen::wang_xiaomei().id_number;
    let wrong_check = format!("{}{}", &good[..17], if good.ends_with('1') { '2' } else { '1' });
    assert_problem(&hall.take(item, &card(&wrong_check)).await?, 422, "invalid-id-number");
    let no_such_day = id_number("44030419880230264");
    assert_problem(&hall.take(item, &card(&no_such_day)).await?, 422, "invalid-id-number");
    for phone in ["1380000abcd", "138000", "", "１３８００００００００"] {
        assert_problem(&hall.take(item, &json!({ "by": "phone", "phone": phone })).await?, 422, "invalid-phone");
    }
    if let Some(closed) = hall.catalogue.offers.iter().find(|offer| !offer.open) {
        assert_problem(&hall.take(&closed.item, &anonymous).await?, 409, "item-closed");
    }
    let card_only = hall.catalogue.items.iter().find(|item| {
        let open = hall.catalogue.offers.iter().any(|offer| offer.item == item.code && offer.open);
        item.identity == IdentityRule::Card && open
    });
    let card_only = card_only.ok_or("the sample has no item that needs the card")?;
    assert_problem(&hall.take(&card_only.code, &anonymous).await?, 422, "identity-required");

    assert_eq!(hall.taken_today().await?, 0);
    Ok(())
}

#[tokio::test]
async fn nonsense_and_floods_are_refused_and_the_server_goes_on() -> Result<()> {
    let hall = Hall::open().await?;
    for broken in
        [&b"{\"item\": "[..], b"", b"\xff\xfe", b"{\"item\":\"a\",\"identification\":{\"by\":\"anonymous\"}} and more"]
    {
        let answer = hall.kiosk.post_bytes(TICKETS, broken.to_vec()).await?;
        assert_problem(&answer, 400, "bad-request");
    }
    for misfit in [&b"[]"[..], b"{}", b"{\"item\": 7, \"identification\": {\"by\": \"anonymous\"}}"] {
        let answer = hall.kiosk.post_bytes(TICKETS, misfit.to_vec()).await?;
        assert_problem(&answer, 422, "invalid-field");
    }
    let mut flood = b"{\"item\": \"".to_vec();
    flood.resize(10 * 1024 * 1024, b'a');
    assert_problem(&hall.kiosk.post_bytes(TICKETS, flood).await?, 413, "body-too-large");

    let unsigned = json!({ "item": hall.item()?, "identification": { "by": "anonymous" } });
    assert_problem(&hall.world.api.post(TICKETS, &unsigned).await?, 401, "unauthenticated");
    let stranger = hall.world.api.with_token("not-a-token");
    assert_problem(&stranger.post(TICKETS, &unsigned).await?, 401, "unauthenticated");
    let wrong = json!({ "username": hall.world.credentials.users[0].username, "password": "not the password" });
    assert_problem(&hall.world.api.post("/api/v1/sessions", &wrong).await?, 401, "wrong-password");
    assert_problem(&hall.world.api.get("/api/v1/follow/' OR 1=1 --").await?, 404, "unknown-ticket");
    assert_problem(&hall.world.api.get("/api/v1/no/such/place").await?, 404, "not-found");

    assert_eq!(hall.taken_today().await?, 0);
    let ticket: Ticket = hall.take(hall.item()?, &json!({ "by": "anonymous" })).await?.ok()?;
    assert!(ticket.number.ends_with("001"), "{}", ticket.number);
    Ok(())
}

#[tokio::test]
async fn a_request_repeated_after_a_lost_answer_gets_the_same_ticket() -> Result<()> {
    let hall = Hall::open().await?;
    let body =
        json!({ "item": hall.item()?, "identification": { "by": "phone", "phone": "13800138000" }, "language": "zh" });
    let first: Ticket = hall.kiosk.post_once(TICKETS, "lost-answer-0001", &body).await?.ok()?;
    let again: Ticket = hall.kiosk.post_once(TICKETS, "lost-answer-0001", &body).await?.ok()?;
    assert_eq!((again.id, &again.number, &again.follow_code), (first.id, &first.number, &first.follow_code));

    let other = json!({ "item": hall.item()?, "identification": { "by": "anonymous" }, "language": "zh" });
    assert_problem(&hall.kiosk.post_once(TICKETS, "lost-answer-0001", &other).await?, 422, "idempotency-key-reused");
    assert_problem(&hall.kiosk.post_once(TICKETS, "no spaces here", &other).await?, 422, "invalid-field");
    assert_eq!(hall.taken_today().await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_ticket_is_called_by_one_window_and_finished_once() -> Result<()> {
    let hall = Hall::open().await?;
    let item = hall.item()?;
    let ticket: Ticket = hall.take(item, &json!({ "by": "anonymous" })).await?.ok()?;
    let call = json!({ "ticket": ticket.number });

    let clerk = hall.world.credentials.clerks()[0].clone();
    let early = hall.world.api.sign_in(&clerk.username, &clerk.password).await?;
    let offer = hall.catalogue.offers.iter().find(|offer| offer.item == item).ok_or("the item is not offered")?;
    assert_problem(&early.post(&window_path(offer.windows[0], "call-next"), &json!({})).await?, 409, "window-not-open");
    assert_problem(&early.post(&window_path(9999, "open"), &json!({})).await?, 404, "unknown-window");

    let (first, first_window) = hall.desk(item, 0).await?;
    let (second, second_window) = hall.desk(item, 1).await?;
    assert_problem(&second.post(&window_path(first_window, "open"), &json!({})).await?, 409, "window-taken");
    first.post(&window_path(first_window, "call"), &call).await?.ok::<Value>()?;
    assert_problem(&second.post(&window_path(second_window, "call"), &call).await?, 409, "ticket-called-elsewhere");
    assert_problem(&second.post(&window_path(second_window, "call-next"), &json!({})).await?, 409, "nobody-waiting");
    assert_problem(
        &second.post(&window_path(second_window, "call"), &json!({ "ticket": "Z999" })).await?,
        404,
        "unknown-ticket",
    );
    first.post(&window_path(first_window, "serve"), &json!({})).await?.ok::<Value>()?;
    first.post(&window_path(first_window, "complete"), &json!({})).await?.ok::<Value>()?;
    assert_problem(&first.post(&window_path(first_window, "call"), &call).await?, 409, "ticket-finished");
    assert_problem(&first.post(&window_path(first_window, "complete"), &json!({})).await?, 409, "no-current-ticket");
    Ok(())
}

#[tokio::test]
async fn names_are_kept_as_they_are_however_strange() -> Result<()> {
    let hall = Hall::open().await?;
    let item = hall.item()?;
    let (desk, window) = hall.desk(item, 0).await?;
    let names = ["'; DROP TABLE tickets; --", "𠮷㐂", "<script>alert(1)</script>", "阿不都热依木·买买提"];
    for (order, name) in names.iter().enumerate() {
        let id = id_number(&format!("4403041988051226{order}"));
        let person = json!({ "by": "card", "name": name, "id_number": id, "kind": "resident" });
        let ticket: Ticket = hall.take(item, &person).await?.ok()?;
        let called: Value =
            desk.post(&window_path(window, "call-next"), &json!({ "finish": "completed" })).await?.ok()?;
        assert_eq!(called["identification"]["name"], *name);
        let open =
            json!({ "ticket": ticket.id, "applicant": { "name": name, "id_number": id, "phone": "13800138000" } });
        let opened: Value = desk.post("/api/v1/applications", &open).await?.ok()?;
        assert_eq!(opened["cases"][0]["applicant"]["name"], *name);
    }
    assert_eq!(hall.taken_today().await?, names.len() as i64);
    Ok(())
}
