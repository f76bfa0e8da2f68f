//! A request repeated after a lost answer changes nothing and is answered again.

use serde_json::json;

use crate::support::{FOOD, Hall};

fn phone() -> serde_json::Value {
    json!({ "by": "phone", "phone": "13800138000" })
}

story! {
    async fn a_ticket_asked_for_twice_is_one_ticket(hall: &Hall) {
        let kiosk = hall.kiosk().await;
        let first = kiosk.take(FOOD, phone(), Some("take-0001")).await;
        let second = kiosk.take(FOOD, phone(), Some("take-0001")).await;
        assert_eq!((first.status, second.status), (201, 201));
        assert_eq!(first.body, second.body);
        let queue = hall.get("/api/v1/halls/district/queue").await.ok();
        assert_eq!(queue["turn"], 1, "one event only");
    }
}

story! {
    async fn a_key_is_good_for_one_request_only(hall: &Hall) {
        let kiosk = hall.kiosk().await;
        kiosk.take(FOOD, phone(), Some("take-0001")).await.ok();
        let other = json!({ "by": "phone", "phone": "13900139000" });
        let reused = kiosk.take(FOOD, other.clone(), Some("take-0001")).await;
        assert_eq!((reused.status, reused.code()), (422, "idempotency-key-reused"));
        let another_kiosk = hall.kiosk().await;
        assert_eq!(another_kiosk.take(FOOD, other, Some("take-0001")).await.status, 201, "keys are each asker's own");
    }
}

story! {
    async fn a_bad_key_is_refused(hall: &Hall) {
        let kiosk = hall.kiosk().await;
        for key in ["short", "with spaces in it", &"x".repeat(65)] {
            assert_eq!(kiosk.take(FOOD, phone(), Some(key)).await.code(), "invalid-field", "{key}");
        }
    }
}

story! {
    async fn repetitions_that_arrive_together_are_one_request(hall: &Hall) {
        let kiosk = hall.kiosk().await;
        let many = (0..24).map(|_| kiosk.take(FOOD, phone(), Some("take-0001")));
        let replies = futures_util::future::join_all(many).await;
        let numbers: std::collections::HashSet<String> =
            replies.into_iter().map(|r| r.ok()["id"].to_string()).collect();
        assert_eq!(numbers.len(), 1);
    }
}

story! {
    async fn a_call_repeated_after_a_restart_is_the_same_call(hall: &Hall) {
        let kiosk = hall.kiosk().await;
        let desk = hall.desk("liu", 8).await;
        desk.act("open").await.ok();
        kiosk.ticket("13800138000").await;
        kiosk.ticket("13800138001").await;
        let first = desk.act_with("call-next", None, Some("call-0001")).await.ok();
        let second = hall.another_server().await;
        let path = "/api/v1/halls/district/windows/8/call-next";
        let request = second.request(reqwest::Method::POST, path).bearer_auth(&desk.person.token);
        let again = second.reply(request.header("idempotency-key", "call-0001")).await.ok();
        assert_eq!(first, again, "with the person behind the ticket, which is kept only in the ticket's own row");
        second.close().await;
        let mut connection = hall.store.reader().acquire().await.unwrap();
        let stored = sqlx::query("SELECT answer FROM requests WHERE key = 'call-0001'")
            .fetch_one(&mut *connection)
            .await
            .unwrap();
        let stored: String = sqlx::Row::try_get(&stored, 0).unwrap();
        assert!(!stored.contains("13800138000"), "no personal data among stored answers");
    }
}

story! {
    async fn a_refused_request_may_be_tried_again_with_its_key(hall: &Hall) {
        let desk = hall.desk("liu", 8).await;
        desk.act("open").await.ok();
        assert_eq!(desk.act_with("call-next", None, Some("call-0001")).await.code(), "nobody-waiting");
        hall.kiosk().await.ticket("13800138000").await;
        assert_eq!(desk.act_with("call-next", None, Some("call-0001")).await.ok()["ticket"]["number"], "B001");
    }
}
