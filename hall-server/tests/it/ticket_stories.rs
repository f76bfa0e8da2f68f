//! Tickets taken, called, served; and what each mistake is told.

use hall_server::catalogue::sample;
use protocol::staff::Role;
use serde_json::{Value, json};

use crate::support::{FOOD, Hall, TUESDAY_TEN};

fn card(id_number: &str) -> Value {
    json!({ "by": "card", "name": "王小明", "id_number": id_number, "kind": "resident" })
}

/// What differs from run to run.
fn steady(mut body: Value) -> Value {
    fn walk(value: &mut Value) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    match key.as_str() {
                        "follow_code" | "follow_url" | "query_code" | "query_url" => *value = "[random]".into(),
                        _ => walk(value),
                    }
                }
            }
            Value::Array(list) => list.iter_mut().for_each(walk),
            _ => {}
        }
    }
    walk(&mut body);
    body
}

story! {
    async fn a_ticket_is_taken_called_recalled_served_and_completed(hall: &Hall) {
        let kiosk = hall.kiosk().await;
        let desk = hall.desk("liu", 8).await;
        let taken = kiosk.take(FOOD, card("11010519491231002X"), None).await;
        assert_eq!(taken.status, 201);
        let ticket = taken.ok();
        insta::assert_json_snapshot!("ticket", steady(ticket.clone()));

        desk.act("open").await.ok();
        hall.clock.advance(300_000);
        insta::assert_json_snapshot!("called", steady(desk.act("call-next").await.ok()));
        assert_eq!(desk.act("recall").await.ok()["ticket"]["calls"], 2);
        assert_eq!(desk.act("serve").await.ok()["ticket"]["state"], "serving");
        assert_eq!(desk.current().await.ok()["ticket"]["number"], "B001");
        assert_eq!(desk.act("complete").await.ok()["state"], "open");
        assert_eq!(desk.current().await.status, 204);

        let code = ticket["follow_code"].as_str().unwrap();
        let follow = hall.get(&format!("/api/v1/follow/{code}")).await.ok();
        assert_eq!(follow["ticket"]["state"], "completed");
        assert!(!follow.to_string().contains("王小明"), "a phone page tells no names");
    }
}

story! {
    async fn the_queue_shows_who_is_called_and_who_waits(hall: &Hall) {
        let kiosk = hall.kiosk().await;
        let desk = hall.desk("liu", 8).await;
        desk.act("open").await.ok();
        for phone in ["13800138000", "13800138001", "13800138002"] {
            kiosk.ticket(phone).await;
        }
        desk.act("call-next").await.ok();
        let queue = hall.get("/api/v1/halls/district/queue").await.ok();
        assert!(!queue.to_string().contains("13800138"), "boards tell no phone numbers");
        let line = queue["lines"].as_array().unwrap().iter().find(|l| l["line"]["letter"] == "B").unwrap();
        insta::assert_json_snapshot!("line", line);
        insta::assert_json_snapshot!("calling", queue["calling"]);
        let window = queue["windows"].as_array().unwrap().iter().find(|w| w["number"] == 8).unwrap();
        insta::assert_json_snapshot!("window", window);
    }
}

story! {
    async fn bad_identities_are_refused_with_their_reason(hall: &Hall) {
        let kiosk = hall.kiosk().await;
        let refused = async |identification: Value| kiosk.take(FOOD, identification, None).await;
        let reply = refused(card("110105194912310021")).await;
        assert_eq!(reply.status, 422);
        insta::assert_json_snapshot!("wrong_check_digit", reply.body);
        assert_eq!(refused(card("11010519490231002X")).await.code(), "invalid-id-number");
        assert_eq!(refused(card("")).await.code(), "invalid-id-number");
        assert_eq!(refused(json!({ "by": "phone", "phone": "abcdefghijk" })).await.code(), "invalid-phone");
        assert_eq!(refused(json!({ "by": "anonymous" })).await.code(), "identity-required");
        assert_eq!(refused(json!({ "by": "pigeon" })).await.code(), "invalid-field");
        let nameless = json!({ "by": "card", "name": " ", "id_number": "11010519491231002X", "kind": "resident" });
        assert_eq!(refused(nameless).await.code(), "invalid-field");
    }
}

story! {
    async fn rare_characters_and_sql_in_a_name_are_only_text(hall: &Hall) {
        let kiosk = hall.kiosk().await;
        let desk = hall.desk("liu", 8).await;
        desk.act("open").await.ok();
        for (name, id_number) in [("㐂𠮷'); DROP TABLE tickets;--", "11010519491231002X"), ("𠮷", "440304198803070038")] {
            let who = json!({ "by": "card", "name": name, "id_number": id_number, "kind": "resident" });
            kiosk.take(FOOD, who, None).await.ok();
            let called = desk.act_with("call-next", Some(json!({ "finish": "completed" })), None).await.ok();
            assert_eq!(called["identification"]["name"], name);
        }
    }
}

story! {
    async fn one_person_waits_once_for_a_service_where_the_hall_wants_it(hall: &Hall) {
        let person = || json!({ "by": "phone", "phone": "138 0013 8000" });
        let strict = hall.kiosk_in("nanyuan").await;
        strict.ticket("13800138000").await;
        let again = strict.take(FOOD, person(), None).await;
        assert_eq!((again.status, again.code()), (409, "already-waiting"));
        assert_eq!(again.body["detail"], "您的号是 H001");
        let district = hall.kiosk().await;
        district.ticket("13800138000").await;
        assert_eq!(district.take(FOOD, person(), None).await.ok()["number"], "B002");
    }
}

story! {
    async fn unknown_and_closed_things_are_named(hall: &Hall) {
        let kiosk = hall.kiosk().await;
        let anonymous = || json!({ "by": "anonymous" });
        assert_eq!(kiosk.take("NO-SUCH", anonymous(), None).await.code(), "unknown-item");
        assert_eq!(hall.get("/api/v1/halls/atlantis/queue").await.code(), "unknown-hall");
        assert_eq!(hall.get("/api/v1/follow/0000000000000000000000").await.code(), "unknown-ticket");
        assert_eq!(kiosk.person.post("/api/v1/tickets/12/printed", json!({ "outcome": "printed" })).await.code(), "unknown-ticket");

        let mut tx = hall.store.begin_write().await.unwrap();
        sqlx::query("UPDATE offers SET state = 'closed' WHERE hall = 'district' AND item = $1")
            .bind(FOOD)
            .execute(&mut *tx)
            .await
            .unwrap();
        hall_server::store::halls::touch_all(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(kiosk.take(FOOD, json!({ "by": "phone", "phone": "13800138000" }), None).await.code(), "item-closed");
    }
}

story! {
    async fn a_shut_hall_takes_no_tickets(hall: &Hall) {
        sample::load(&hall.store, sample::Options::default(), TUESDAY_TEN).await.unwrap();
        let kiosk = hall.kiosk().await;
        kiosk.ticket("13800138000").await;
        hall.clock.advance(10 * 3_600_000);
        let late = kiosk.take(FOOD, json!({ "by": "phone", "phone": "13800138001" }), None).await;
        assert_eq!((late.status, late.code()), (409, "hall-closed"));
    }
}

story! {
    async fn windows_refuse_what_their_state_does_not_allow(hall: &Hall) {
        let kiosk = hall.kiosk().await;
        let (liu, hong) = (hall.desk("liu", 8).await, hall.desk("hong", 8).await);
        assert_eq!(liu.act("call-next").await.code(), "window-not-open");
        liu.act("open").await.ok();
        assert_eq!(hong.act("open").await.code(), "window-taken");
        assert_eq!(liu.act("call-next").await.code(), "nobody-waiting");
        assert_eq!(liu.act("recall").await.code(), "no-current-ticket");
        kiosk.ticket("13800138000").await;
        kiosk.ticket("13800138001").await;
        liu.act("call-next").await.ok();
        assert_eq!(liu.act("call-next").await.code(), "window-busy");
        assert_eq!(liu.act("close").await.code(), "window-busy");

        let next_door = hall.desk("ye", 9).await;
        next_door.act("open").await.ok();
        let call = async |number: &str| next_door.act_with("call", Some(json!({ "ticket": number })), None).await;
        assert_eq!(call("B001").await.code(), "ticket-called-elsewhere");
        assert_eq!(call("B999").await.code(), "unknown-ticket");
        liu.act("complete").await.ok();
        assert_eq!(call("B001").await.code(), "ticket-finished");
        assert_eq!(call("B002").await.ok()["ticket"]["number"], "B002");
        next_door.act("no-show").await.ok();
        assert_eq!(call("B002").await.ok()["ticket"]["calls"], 2);

        let far = hall.desk("gao", 99).await;
        assert_eq!(far.act("open").await.code(), "unknown-window");
        liu.act("pause").await.ok();
        assert_eq!(liu.act("call-next").await.code(), "window-not-open");
        assert_eq!(liu.act("resume").await.ok()["state"], "open");
        assert_eq!(liu.act("close").await.ok()["state"], "closed");
    }
}

story! {
    async fn only_who_may_does(hall: &Hall) {
        let kiosk = hall.kiosk().await;
        let elsewhere = hall.kiosk_in("nanyuan").await;
        let take = json!({ "item": FOOD, "identification": { "by": "phone", "phone": "13800138000" } });
        let path = "/api/v1/halls/district/tickets";
        assert_eq!(elsewhere.person.post(path, take.clone()).await.code(), "forbidden");
        let open = "/api/v1/halls/district/windows/8/open";
        assert_eq!(kiosk.person.post(open, json!({})).await.code(), "forbidden");
        let stranger = hall.person("meilin.clerk", &[Role::Clerk], Some("meilin"), None).await;
        assert_eq!(stranger.post(open, json!({})).await.code(), "forbidden");
        let reviewer = hall.person("reviewer", &[Role::Reviewer], None, Some("SAMPLE-440304-01")).await;
        assert_eq!(reviewer.post(open, json!({})).await.code(), "forbidden");
        assert_eq!(reviewer.post(path, take.clone()).await.code(), "forbidden");
        let nobody = hall.reply(hall.request(reqwest::Method::POST, path).json(&take)).await;
        assert_eq!((nobody.status, nobody.code()), (401, "unauthenticated"));
        let forged = hall.reply(hall.request(reqwest::Method::POST, path).bearer_auth("forged").json(&take)).await;
        assert_eq!(forged.code(), "unauthenticated");
    }
}

story! {
    async fn a_new_day_begins_at_one_and_yesterdays_waiting_lapse(hall: &Hall) {
        let kiosk = hall.kiosk().await;
        let desk = hall.desk("liu", 8).await;
        desk.act("open").await.ok();
        let served = kiosk.ticket("13800138000").await;
        let waiting = kiosk.ticket("13800138001").await;
        desk.act("call-next").await.ok();
        hall.clock.advance(24 * 3_600_000);
        let today = kiosk.ticket("13800138001").await;
        assert_eq!((today["number"].as_str(), today["day"].as_str()), (Some("B001"), Some("2026-11-25")));
        let state_of = async |ticket: &Value| {
            let code = ticket["follow_code"].as_str().unwrap();
            hall.get(&format!("/api/v1/follow/{code}")).await.ok()["ticket"]["state"].clone()
        };
        assert_eq!(state_of(&waiting).await, "lapsed");
        assert_eq!(state_of(&served).await, "no-show");
        assert_eq!(desk.act("call-next").await.code(), "window-not-open");
    }
}

story! {
    async fn a_restart_keeps_the_queue(hall: &Hall) {
        let kiosk = hall.kiosk().await;
        let desk = hall.desk("liu", 8).await;
        desk.act("open").await.ok();
        for phone in ["13800138000", "13800138001", "13800138002"] {
            kiosk.ticket(phone).await;
        }
        desk.act("call-next").await.ok();
        let before = hall.get("/api/v1/halls/district/queue").await.ok();
        let second = hall.another_server().await;
        let after = second.get("/api/v1/halls/district/queue").await.ok();
        assert_eq!(before, after);
        let path = "/api/v1/halls/district/windows/8/current";
        let current = second.reply(second.request(reqwest::Method::GET, path).bearer_auth(&desk.person.token)).await;
        assert_eq!(current.ok()["ticket"]["number"], "B001");
        second.close().await;
    }
}
