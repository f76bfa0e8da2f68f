//! The chain of a hall's events: each carries the hash of the one before, so that a changed, removed or reordered row
//! is found.

use protocol::Millis;
use sha2::{Digest, Sha256};

/// An event before it has its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub turn: i64,
    pub at: Millis,
    pub kind: String,
    pub actor: String,
    pub on_behalf: String,
    pub subject: String,
    /// Canonical JSON (RFC 8785), without personal data.
    pub body: String,
}

/// An event as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub hall: String,
    pub draft: Draft,
    pub prev_hash: String,
    pub hash: String,
}

/// Puts a draft behind the event whose hash is given (empty for a hall's first).
pub fn seal(hall: &str, draft: Draft, prev_hash: &str) -> Event {
    let hash = hash(hall, &draft, prev_hash);
    Event { hall: hall.to_owned(), draft, prev_hash: prev_hash.to_owned(), hash }
}

/// SHA-256 over the canonical JSON of the whole event but its hash, in lower-case hex.
pub fn hash(hall: &str, draft: &Draft, prev_hash: &str) -> String {
    crate::hex(&Sha256::digest(canonical(hall, draft, prev_hash, None)))
}

/// The whole event with its hash as one line of canonical JSON, for whoever checks it elsewhere.
pub fn line(event: &Event) -> String {
    canonical(&event.hall, &event.draft, &event.prev_hash, Some(&event.hash))
}

/// RFC 8785 by construction: keys in order, no spaces, integers, the body already canonical. For texts, `serde_json`
/// escapes as the RFC asks.
fn canonical(hall: &str, draft: &Draft, prev_hash: &str, hash: Option<&str>) -> String {
    let text = |t: &str| serde_json::Value::from(t).to_string();
    let hash = hash.map(|hash| format!(r#""hash":{},"#, text(hash))).unwrap_or_default();
    format!(
        r#"{{"actor":{},"at":{},"body":{},"hall":{},{hash}"kind":{},"on_behalf":{},"prev_hash":{},"subject":{},"turn":{}}}"#,
        text(&draft.actor),
        draft.at,
        draft.body,
        text(hall),
        text(&draft.kind),
        text(&draft.on_behalf),
        text(prev_hash),
        text(&draft.subject),
        draft.turn,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hashed_is_canonical_json_by_an_independent_writer() {
        let draft = Draft {
            turn: 7,
            at: 1_795_484_800_123,
            kind: "ticket-taken".into(),
            actor: "device:\"大厅\"\n\u{1}\u{7f}é𠮷".into(),
            on_behalf: String::new(),
            subject: "ticket:1".into(),
            body: r#"{"item":"㐂","number":"A001"}"#.into(),
        };
        for ours in [canonical("district", &draft, "00ff", None), line(&seal("district", draft, "00ff"))] {
            let value: serde_json::Value = serde_json::from_str(&ours).unwrap();
            assert_eq!(ours, serde_json_canonicalizer::to_string(&value).unwrap());
        }
    }

    #[test]
    fn every_part_of_an_event_counts() {
        let draft = Draft {
            turn: 1,
            at: 2,
            kind: "k".into(),
            actor: "a".into(),
            on_behalf: "b".into(),
            subject: "s".into(),
            body: "{}".into(),
        };
        let first = hash("h", &draft, "p");
        let others = [
            hash("h2", &draft, "p"),
            hash("h", &draft, "p2"),
            hash("h", &Draft { turn: 2, ..draft.clone() }, "p"),
            hash("h", &Draft { at: 3, ..draft.clone() }, "p"),
            hash("h", &Draft { kind: "k2".into(), ..draft.clone() }, "p"),
            hash("h", &Draft { actor: "a2".into(), ..draft.clone() }, "p"),
            hash("h", &Draft { on_behalf: "b2".into(), ..draft.clone() }, "p"),
            hash("h", &Draft { subject: "s2".into(), ..draft.clone() }, "p"),
            hash("h", &Draft { body: r#"{"a":1}"#.into(), ..draft.clone() }, "p"),
        ];
        assert!(others.iter().all(|other| *other != first));
    }
}
