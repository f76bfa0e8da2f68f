//! The hall's stream of events (SSE), kept alive for as long as somebody is signed in.

use std::time::Duration;

use futures_util::StreamExt;
use tokio::sync::watch;
use tokio::time;

use super::http::Http;
use super::{News, Sink};

/// The server sends a comment at least this often, or the line is taken for dead.
const SILENCE_LIMIT: Duration = Duration::from_secs(45);
const RETRY_FIRST: Duration = Duration::from_millis(500);
const RETRY_LONGEST: Duration = Duration::from_secs(5);

/// Follows the events while there is a session, from the last turn that was seen, and reports each break.
pub(super) async fn follow(http: Http, mut token: watch::Receiver<Option<String>>, sink: Sink) {
    let mut last_turn: Option<String> = None;
    let mut pause = RETRY_FIRST;
    loop {
        let Some(session) = token.borrow_and_update().clone() else {
            last_turn = None;
            if token.changed().await.is_err() {
                return;
            }
            continue;
        };
        let ended = tokio::select! {
            ended = read_stream(&http, &session, &mut last_turn, &sink) => ended,
            changed = token.changed() => {
                if changed.is_err() {
                    return;
                }
                continue;
            }
        };
        match ended {
            // It stood for a while: seek it again at once.
            StreamEnd::Broken => pause = RETRY_FIRST,
            StreamEnd::NeverStood => pause = (pause * 2).min(RETRY_LONGEST),
        }
        sink(News::Away);
        time::sleep(pause).await;
    }
}

enum StreamEnd {
    NeverStood,
    Broken,
}

async fn read_stream(http: &Http, token: &str, last_turn: &mut Option<String>, sink: &Sink) -> StreamEnd {
    let response = match http.events(Some(token), last_turn.as_deref()).await {
        Ok(response) => response,
        Err(cause) => {
            tracing::warn!(%cause, "no stream of events");
            return StreamEnd::NeverStood;
        }
    };
    sink(News::Connected);
    let mut bytes = response.bytes_stream();
    let mut parser = Parser::default();
    loop {
        match time::timeout(SILENCE_LIMIT, bytes.next()).await {
            Ok(Some(Ok(chunk))) => {
                for message in parser.feed(&chunk) {
                    if let Some(id) = &message.id {
                        *last_turn = Some(id.clone());
                    }
                    match message.news() {
                        Ok(Some(news)) => sink(news),
                        Ok(None) => {}
                        Err(cause) => tracing::warn!(%cause, event = message.event, "unreadable event"),
                    }
                }
            }
            Ok(Some(Err(cause))) => {
                tracing::warn!(%cause, "stream of events broken");
                return StreamEnd::Broken;
            }
            Ok(None) | Err(_) => return StreamEnd::Broken,
        }
    }
}

/// One message of the stream.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Message {
    event: String,
    id: Option<String>,
    data: String,
}

impl Message {
    fn news(&self) -> Result<Option<News>, serde_json::Error> {
        if self.data.is_empty() {
            return Ok(None);
        }
        Ok(Some(if self.event == "snapshot" {
            News::Snapshot(serde_json::from_str(&self.data)?)
        } else {
            News::Pushed(serde_json::from_str(&self.data)?)
        }))
    }
}

/// Cuts the stream into messages, however the bytes arrive (WHATWG HTML, server-sent events).
#[derive(Debug, Default)]
struct Parser {
    rest: Vec<u8>,
    message: Message,
}

impl Parser {
    fn feed(&mut self, chunk: &[u8]) -> Vec<Message> {
        self.rest.extend_from_slice(chunk);
        let mut complete = Vec::new();
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end_matches(['\n', '\r']);
            if line.is_empty() {
                let message = std::mem::take(&mut self.message);
                if message != Message::default() {
                    complete.push(message);
                }
                continue;
            }
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "event" => value.clone_into(&mut self.message.event),
                "id" => self.message.id = Some(value.to_owned()),
                "data" => {
                    if !self.message.data.is_empty() {
                        self.message.data.push('\n');
                    }
                    self.message.data.push_str(value);
                }
                // A comment (empty field) only keeps the line alive.
                _ => {}
            }
        }
        complete
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str = ": keep-alive\n\nevent: push\nid: 41\ndata: {\"hall\":\"d\",\"turn\":41,\"at\":1,\"kind\":\"case-changed\",\"case_no\":\"甲1\"}\n\nevent: push\nid: 42\r\ndata: {\"hall\":\"d\",\"turn\":42,\"at\":1,\"kind\":\"a-kind-of-tomorrow\"}\r\n\r\n";

    fn in_pieces_of(size: usize) -> Vec<Message> {
        let mut parser = Parser::default();
        STREAM.as_bytes().chunks(size).flat_map(|chunk| parser.feed(chunk)).collect()
    }

    #[test]
    fn messages_are_the_same_however_the_bytes_arrive() {
        let whole = in_pieces_of(STREAM.len());
        assert_eq!(whole.len(), 2);
        assert_eq!(whole[0].id.as_deref(), Some("41"));
        for size in 1..40 {
            assert_eq!(in_pieces_of(size), whole, "in pieces of {size} bytes");
        }
    }

    #[test]
    fn a_kind_of_event_from_a_newer_server_is_no_error() {
        let messages = in_pieces_of(STREAM.len());
        assert!(matches!(messages[1].news(), Ok(Some(News::Pushed(_)))));
    }

    #[test]
    fn half_a_message_is_not_told() {
        let mut parser = Parser::default();
        assert!(parser.feed(b"event: push\ndata: {\"hall\"").is_empty());
    }
}
