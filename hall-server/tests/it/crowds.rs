//! Many at once: no number twice, no ticket called twice.

use std::collections::HashSet;

use futures_util::future::join_all;
use hall_server::commands::verify;
use hall_server::store::Engine;
use serde_json::json;

use crate::support::{FOOD, Hall, Reply};

/// Every window of the district hall serves line B.
async fn all_windows_serve_b(hall: &Hall) {
    let mut tx = hall.store.begin_write().await.unwrap();
    sqlx::query("UPDATE hall_windows SET lines = '[\"B\"]' WHERE hall = 'district'").execute(&mut *tx).await.unwrap();
    hall_server::store::halls::touch_all(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
}

story! {
    async fn thirty_two_kiosks_get_different_numbers_and_thirty_two_desks_different_tickets(hall: &Hall) {
        all_windows_serve_b(hall).await;
        let kiosks = join_all((0..32).map(|_| hall.kiosk())).await;
        let taken = join_all(kiosks.iter().enumerate().map(async |(k, kiosk)| {
            let mut numbers = Vec::new();
            for n in 0..6 {
                let phone = format!("138{:08}", k * 100 + n);
                numbers.push(kiosk.ticket(&phone).await["number"].as_str().unwrap().to_owned());
            }
            numbers
        }))
        .await;
        let numbers: HashSet<String> = taken.into_iter().flatten().collect();
        let expected: HashSet<String> = (1..=192).map(|n| format!("B{n:03}")).collect();
        assert_eq!(numbers, expected);

        let mut desks = Vec::new();
        for window in 1..=32 {
            desks.push(hall.desk(&format!("clerk{window}"), window).await);
        }
        let called = join_all(desks.iter().map(async |desk| {
            desk.act("open").await.ok();
            let mut called = Vec::new();
            loop {
                let reply = desk.act_with("call-next", Some(json!({ "finish": "completed" })), None).await;
                if reply.code() == "nobody-waiting" {
                    return called;
                }
                called.push(reply.ok()["ticket"]["number"].as_str().unwrap().to_owned());
            }
        }))
        .await;
        let called: Vec<String> = called.into_iter().flatten().collect();
        assert_eq!(called.len(), 192, "each ticket was called once");
        assert_eq!(called.into_iter().collect::<HashSet<_>>(), expected);
        assert_eq!(verify::walk(&hall.store, "district").await.unwrap().fault, None);
    }
}

story! {
    async fn two_servers_on_one_database_share_one_queue(hall: &Hall) {
        let second = hall.another_server().await;
        let kiosk = hall.kiosk().await;
        let take = async |server: &Hall, n: usize| {
            let body = json!({ "item": FOOD, "identification": { "by": "phone", "phone": format!("138{n:08}") } });
            let request = server.request(reqwest::Method::POST, "/api/v1/halls/district/tickets");
            let reply = server.reply(request.bearer_auth(&kiosk.person.token).json(&body)).await;
            reply.ok()["number"].as_str().unwrap().to_owned()
        };
        let servers = [hall, &second];
        let numbers = join_all((0..40).map(|n| take(servers[n % 2], n))).await;
        let expected: HashSet<String> = (1..=40).map(|n| format!("B{n:03}")).collect();
        assert_eq!(numbers.into_iter().collect::<HashSet<_>>(), expected);
        assert_eq!(verify::walk(&hall.store, "district").await.unwrap().fault, None);
        second.close().await;
    }
}

story! {
    async fn a_command_that_cannot_be_stored_takes_no_other_with_it(hall: &Hall) {
        let refuse = match hall.store.engine() {
            Engine::Sqlite => {
                "CREATE TRIGGER unlucky BEFORE INSERT ON tickets WHEN NEW.phone = '13800000003' \
                 BEGIN SELECT RAISE(ABORT, 'unlucky'); END"
            }
            Engine::Postgres => "ALTER TABLE tickets ADD CONSTRAINT unlucky CHECK (phone <> '13800000003')",
        };
        let mut tx = hall.store.begin_write().await.unwrap();
        sqlx::raw_sql(refuse).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        let kiosk = hall.kiosk().await;
        let replies = join_all((0..8).map(|n| {
            let phone = json!({ "by": "phone", "phone": format!("1380000000{n}") });
            kiosk.take(FOOD, phone, None)
        }))
        .await;
        let codes: Vec<&str> = replies.iter().filter(|r| r.status != 201).map(Reply::code).collect();
        assert_eq!(codes, ["busy"]);
        let numbers: HashSet<&str> = replies.iter().filter_map(|r| r.body["number"].as_str()).collect();
        let expected: HashSet<String> = (1..=7).map(|n| format!("B{n:03}")).collect();
        assert_eq!(numbers, expected.iter().map(String::as_str).collect(), "no number is lost");
        assert_eq!(verify::walk(&hall.store, "district").await.unwrap().fault, None);
    }
}
