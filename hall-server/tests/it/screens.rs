//! Streams: boards that miss nothing, phones that see only their own ticket.

use futures_util::StreamExt;
use reqwest::Method;
use serde_json::Value;

use crate::support::Hall;

/// A stream of server-sent events.
struct Stream {
    bytes: std::pin::Pin<Box<dyn futures_util::Stream<Item = reqwest::Result<axum::body::Bytes>> + Send>>,
    text: String,
}

#[derive(Debug)]
struct Message {
    id: Option<i64>,
    event: String,
    data: Value,
}

impl Stream {
    async fn open(hall: &Hall, path: &str, last_event_id: Option<i64>) -> Stream {
        let mut request = hall.request(Method::GET, path);
        if let Some(id) = last_event_id {
            request = request.header("last-event-id", id);
        }
        let response = request.send().await.unwrap().error_for_status().unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Stream { bytes: Box::pin(response.bytes_stream()), text: String::new() }
    }

    /// The next message that is not a comment.
    async fn next(&mut self) -> Message {
        loop {
            if let Some(end) = self.text.find("\n\n") {
                let message: String = self.text.drain(..end + 2).collect();
                let field = |name: &str| {
                    message.lines().find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(": ")?.to_owned()))
                };
                let Some(data) = field("data") else { continue };
                return Message {
                    id: field("id").map(|id| id.parse().unwrap()),
                    event: field("event").unwrap_or_default(),
                    data: serde_json::from_str(&data).unwrap(),
                };
            }
            let chunk = tokio::time::timeout(std::time::Duration::from_secs(20), self.bytes.next());
            let chunk = chunk.await.expect("an event in time").expect("the stream goes on").unwrap();
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

const EVENTS: &str = "/api/v1/halls/district/events";

story! {
    async fn a_board_begins_with_a_snapshot_and_then_sees_every_event_once(hall: &Hall) {
        let kiosk = hall.kiosk().await;
        let desk = hall.desk("liu", 8).await;
        kiosk.ticket("13800138000").await;
        let mut board = Stream::open(hall, EVENTS, None).await;
        let snapshot = board.next().await;
        assert_eq!((snapshot.event.as_str(), snapshot.id), ("snapshot", Some(1)));
        assert_eq!(snapshot.data["turn"], 1);
        desk.act("open").await.ok();
        desk.act("call-next").await.ok();
        let opened = board.next().await;
        assert_eq!((opened.id, opened.data["kind"].as_str()), (Some(2), Some("window-changed")));
        let called = board.next().await;
        assert_eq!(called.id, Some(3));
        insta::assert_json_snapshot!("push", called.data);
    }
}

story! {
    async fn a_board_that_was_away_is_told_what_it_missed(hall: &Hall) {
        let kiosk = hall.kiosk().await;
        for n in 0..4 {
            kiosk.ticket(&format!("1380013800{n}")).await;
        }
        let mut board = Stream::open(hall, EVENTS, Some(2)).await;
        assert_eq!(board.next().await.id, Some(3));
        assert_eq!(board.next().await.id, Some(4));
        kiosk.ticket("13800138009").await;
        assert_eq!(board.next().await.id, Some(5));
        let mut by_address = Stream::open(hall, "/api/v1/halls/district/events?after=4", None).await;
        assert_eq!(by_address.next().await.id, Some(5));
        let mut from_the_future = Stream::open(hall, EVENTS, Some(99)).await;
        assert_eq!(from_the_future.next().await.event, "snapshot");
    }
}

story! {
    async fn a_phone_sees_its_ticket_come_nearer_and_be_called(hall: &Hall) {
        let kiosk = hall.kiosk().await;
        let desk = hall.desk("liu", 8).await;
        desk.act("open").await.ok();
        kiosk.ticket("13800138000").await;
        let ticket = kiosk.ticket("13800138001").await;
        let path = format!("/api/v1/follow/{}/events", ticket["follow_code"].as_str().unwrap());
        let mut phone = Stream::open(hall, &path, None).await;
        let first = phone.next().await;
        assert_eq!((first.event.as_str(), first.data["ticket"]["ahead"].as_i64()), ("follow", Some(1)));
        desk.act("call-next").await.ok();
        assert_eq!(phone.next().await.data["ticket"]["ahead"], 0);
        desk.act("complete").await.ok();
        desk.act("call-next").await.ok();
        let called = loop {
            let message = phone.next().await;
            if message.data["ticket"]["state"] == "called" {
                break message;
            }
        };
        assert_eq!(called.data["ticket"]["window"], 8);
    }
}

story! {
    async fn a_screen_on_one_server_sees_what_another_wrote(hall: &Hall) {
        let second = hall.another_server().await;
        let mut board = Stream::open(&second, EVENTS, None).await;
        assert_eq!(board.next().await.event, "snapshot");
        hall.kiosk().await.ticket("13800138000").await;
        let pushed = board.next().await;
        assert_eq!((pushed.id, pushed.data["kind"].as_str()), (Some(1), Some("ticket-taken")));
        second.close().await;
    }
}

story! {
    async fn a_new_day_starts_boards_again_from_a_snapshot(hall: &Hall) {
        let kiosk = hall.kiosk().await;
        kiosk.ticket("13800138000").await;
        let mut board = Stream::open(hall, EVENTS, None).await;
        board.next().await;
        hall.clock.advance(24 * 3_600_000);
        kiosk.ticket("13800138000").await;
        let again = board.next().await;
        assert_eq!(again.event, "snapshot");
        assert_eq!(again.data["lines"][1]["waiting"], 1);
    }
}
