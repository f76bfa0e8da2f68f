//! Bodies and addresses that are not as they should be.

use reqwest::Method;
use serde_json::json;

use crate::support::Hall;

story! {
    async fn broken_bodies_are_told_what_is_wrong(hall: &Hall) {
        let send = async |body: &'static str| {
            hall.reply(hall.request(Method::POST, "/api/v1/sessions").body(body)).await
        };
        let broken = send("{\"username\": ").await;
        assert_eq!((broken.status, broken.code()), (400, "bad-request"));
        let incomplete = send("{\"username\": \"liu\"}").await;
        assert_eq!(incomplete.status, 422);
        insta::assert_json_snapshot!("missing_field", incomplete.body);
        assert_eq!(send("").await.code(), "bad-request");
        assert_eq!(send("[]").await.code(), "invalid-field");
    }
}

story! {
    async fn ten_megabytes_are_too_much_and_the_next_request_is_answered(hall: &Hall) {
        let request = hall.request(Method::POST, "/api/v1/sessions").body(vec![b' '; 10 * 1024 * 1024]);
        let reply = hall.reply(request).await;
        assert_eq!((reply.status, reply.code()), (413, "body-too-large"));
        assert_eq!(hall.get("/healthz").await.status, 200);
    }
}

story! {
    async fn wrong_addresses_and_methods_are_problems_too(hall: &Hall) {
        for path in ["/api/v1/nothing", "/nothing"] {
            let reply = hall.get(path).await;
            assert_eq!((reply.status, reply.code()), (404, "not-found"));
        }
        let reply = hall.reply(hall.request(Method::DELETE, "/api/v1/halls/district/queue")).await;
        assert_eq!((reply.status, reply.code()), (405, "bad-request"));
        let kiosk = hall.kiosk().await;
        let reply = kiosk.person.post("/api/v1/tickets/not-a-number/printed", json!({ "outcome": "printed" })).await;
        assert_eq!((reply.status, reply.code()), (400, "bad-request"));
    }
}

story! {
    async fn errors_speak_the_askers_language(hall: &Hall) {
        let ask = async |language: &'static str| {
            let request = hall.request(Method::GET, "/api/v1/halls/atlantis/queue");
            hall.reply(request.header("accept-language", language)).await.body["title"].clone()
        };
        assert_eq!(ask("en-GB,en;q=0.9,zh;q=0.8").await, "There is no such hall");
        assert_eq!(ask("zh-CN,zh;q=0.9,en;q=0.8").await, "没有这个大厅");
        assert_eq!(ask("fr").await, "没有这个大厅");
    }
}

story! {
    async fn the_server_says_that_it_is_well(hall: &Hall) {
        assert_eq!(hall.get("/readyz").await.body, "ready\n");
        hall.kiosk().await.ticket("13800138000").await;
        let metrics = hall.get("/metrics").await.body;
        let metrics = metrics.as_str().unwrap();
        assert!(metrics.contains("hall_tickets_taken_total 1\n"), "{metrics}");
        assert!(metrics.contains("hall_waiting{hall=\"district\",line=\"B\"} 1\n"), "{metrics}");
    }
}
