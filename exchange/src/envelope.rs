//! The envelope: who says what to whom about which case.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{Millis, hex};

/// The longest message id, in bytes.
pub const LONGEST_ID: usize = 128;

/// One message. It is sent as JSON and signed in its canonical form (RFC 8785).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// The sender's own, never used for anything else; a repetition has the same.
    pub message_id: String,
    /// Name of the sender.
    pub from: String,
    /// Name of the receiver.
    pub to: String,
    /// When this attempt was sent: a repetition has a new one.
    pub sent_at: Millis,
    pub kind: String,
    pub case_no: String,
    /// Grows with every message of this sender to this receiver about this case.
    pub sequence: i64,
    pub body: Value,
}

/// Why an envelope cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    #[error("the message is not JSON")]
    NotJson(#[source] serde_json::Error),
    #[error("the message does not have the fields of an envelope")]
    NotAnEnvelope(#[source] serde_json::Error),
    #[error("the message has no canonical form")]
    NotCanonical(#[source] serde_json::Error),
    #[error("the message id must have 1 to {LONGEST_ID} letters, digits or any of . _ -")]
    BadId,
}

impl Envelope {
    /// What is signed and sent.
    pub fn canonical(&self) -> Result<String, EnvelopeError> {
        serde_json_canonicalizer::to_string(self).map_err(EnvelopeError::NotCanonical)
    }

    /// Reads what came, with the canonical text that its signature is over. The signature covers fields that are not
    /// known here too.
    pub fn read(bytes: &[u8]) -> Result<(Envelope, String), EnvelopeError> {
        let value: Value = serde_json::from_slice(bytes).map_err(EnvelopeError::NotJson)?;
        let canonical = serde_json_canonicalizer::to_string(&value).map_err(EnvelopeError::NotCanonical)?;
        let envelope: Envelope = serde_json::from_value(value).map_err(EnvelopeError::NotAnEnvelope)?;
        let good = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        if !(1..=LONGEST_ID).contains(&envelope.message_id.len()) || !envelope.message_id.bytes().all(good) {
            return Err(EnvelopeError::BadId);
        }
        Ok((envelope, canonical))
    }

    /// SHA-256 of all but the time of sending: two messages with one id and one digest are one message sent twice.
    pub fn digest(&self) -> Result<String, EnvelopeError> {
        let timeless = Envelope { sent_at: 0, ..self.clone() };
        Ok(hex::encode(&Sha256::digest(timeless.canonical()?)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn envelope() -> Envelope {
        Envelope {
            message_id: "district-17-market".into(),
            from: "hall".into(),
            to: "market".into(),
            sent_at: 1_795_485_600_000,
            kind: "case-withdrawn".into(),
            case_no: "440304001202611240000110".into(),
            sequence: 17,
            body: json!({ "reason": "申请人撤回", "b": 1, "a": 2 }),
        }
    }

    #[test]
    fn what_is_signed_is_canonical_whatever_the_order_and_spaces_of_what_came() {
        let canonical = envelope().canonical().unwrap();
        assert_eq!(
            canonical,
            r#"{"body":{"a":2,"b":1,"reason":"申请人撤回"},"case_no":"440304001202611240000110","from":"hall","kind":"case-withdrawn","message_id":"district-17-market","sent_at":1795485600000,"sequence":17,"to":"market"}"#
        );
        let loose = serde_json::to_string_pretty(&envelope()).unwrap();
        let (read, text) = Envelope::read(loose.as_bytes()).unwrap();
        assert_eq!((read, text), (envelope(), canonical));
    }

    #[test]
    fn a_repetition_has_the_same_digest_and_nothing_else_has() {
        let first = envelope().digest().unwrap();
        assert_eq!(Envelope { sent_at: 1, ..envelope() }.digest().unwrap(), first);
        assert_ne!(Envelope { sequence: 18, ..envelope() }.digest().unwrap(), first);
        assert_ne!(Envelope { body: json!({}), ..envelope() }.digest().unwrap(), first);
    }

    #[test]
    fn a_field_that_is_not_known_is_covered_by_the_signature() {
        let mut value = serde_json::to_value(envelope()).unwrap();
        value["note"] = "more".into();
        let (_, text) = Envelope::read(value.to_string().as_bytes()).unwrap();
        assert!(text.contains(r#""note":"more""#));
    }

    #[test]
    fn what_is_no_envelope_is_refused() {
        assert!(matches!(Envelope::read(b"<xml/>"), Err(EnvelopeError::NotJson(_))));
        assert!(matches!(Envelope::read(b"{}"), Err(EnvelopeError::NotAnEnvelope(_))));
        for id in [String::new(), "x".repeat(129), "a b".into(), "../x".into(), "号".into()] {
            let bad = Envelope { message_id: id, ..envelope() }.canonical().unwrap();
            assert!(matches!(Envelope::read(bad.as_bytes()), Err(EnvelopeError::BadId)), "{bad}");
        }
    }
}
