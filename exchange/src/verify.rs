//! What a receiver refuses before it looks at what is said.

use protocol::problem::Code;

use crate::Millis;
use crate::envelope::{Envelope, EnvelopeError};
use crate::signing::{Header, Keys};

/// Why a message is not taken. Nothing of it has been acted on.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("the message cannot be read")]
    Unreadable(#[source] EnvelopeError),
    #[error("the message carries no signature of the form KIND KEY SIGNATURE")]
    NotSigned,
    #[error("{0:?} is not a sender that is known here")]
    UnknownSender(String),
    #[error("{sender} has no key {key} of kind {kind}")]
    UnknownKey { sender: String, key: String, kind: String },
    #[error("the signature of {0} does not fit")]
    WrongSignature(String),
    #[error("the message is for {0:?}")]
    WrongReceiver(String),
    #[error("the message was sent {0} ms ago")]
    Stale(Millis),
    #[error("the message was sent {0} ms in the future")]
    FromTheFuture(Millis),
    #[error("message id {0} was used for another message")]
    ReusedId(String),
}

impl Refusal {
    /// The stable code it is answered with.
    pub fn code(&self) -> Code {
        match self {
            Refusal::Unreadable(EnvelopeError::NotJson(_) | EnvelopeError::NotCanonical(_)) => Code::BadRequest,
            Refusal::Unreadable(_) | Refusal::WrongReceiver(_) => Code::InvalidField,
            Refusal::UnknownSender(_) | Refusal::UnknownKey { .. } => Code::UnknownSender,
            Refusal::NotSigned | Refusal::WrongSignature(_) => Code::WrongSignature,
            Refusal::Stale(_) | Refusal::FromTheFuture(_) => Code::MessageStale,
            Refusal::ReusedId(_) => Code::MessageIdReused,
        }
    }
}

/// Who receives, and when.
#[derive(Debug, Clone, Copy)]
pub struct Receiver<'a> {
    /// Our own name, to which a message must be addressed.
    pub name: &'a str,
    pub now: Millis,
    /// How far the sender's clock may be from ours in either direction, in milliseconds.
    pub window: Millis,
}

impl Receiver<'_> {
    /// A message whose sender, receiver and time are what they say. `keys_of` gives a sender's keys, none for one
    /// that is not known. Returned with it are the keys that it was signed with: the answer is signed with the same.
    ///
    /// The signature comes first: who cannot sign is told nothing else.
    pub fn verify<'k>(
        &self,
        bytes: &[u8],
        signature: Option<&str>,
        keys_of: impl FnOnce(&str) -> &'k [Keys],
    ) -> Result<(Envelope, &'k Keys), Refusal> {
        let header = signature.and_then(Header::parse).ok_or(Refusal::NotSigned)?;
        let (envelope, text) = Envelope::read(bytes).map_err(Refusal::Unreadable)?;
        let keys = keys_of(&envelope.from);
        if keys.is_empty() {
            return Err(Refusal::UnknownSender(envelope.from));
        }
        let Some(keys) = keys.iter().find(|keys| keys.id() == header.key && keys.kind().as_str() == header.kind) else {
            return Err(Refusal::UnknownKey { sender: envelope.from, key: header.key, kind: header.kind });
        };
        if !keys.fits(&text, &header.signature) {
            return Err(Refusal::WrongSignature(envelope.from));
        }
        if envelope.to != self.name {
            return Err(Refusal::WrongReceiver(envelope.to));
        }
        let age = self.now.saturating_sub(envelope.sent_at);
        if age > self.window {
            return Err(Refusal::Stale(age));
        }
        if age < -self.window {
            return Err(Refusal::FromTheFuture(age.saturating_neg()));
        }
        Ok((envelope, keys))
    }
}

/// Whether a message is new, given the digest that was noted for its id: `Ok(true)` for a new one, `Ok(false)` for a
/// repetition, and a refusal where the id stood for something else.
pub fn is_new(envelope: &Envelope, noted: Option<&str>) -> Result<bool, Refusal> {
    let Some(noted) = noted else { return Ok(true) };
    let digest = envelope.digest().map_err(Refusal::Unreadable)?;
    if digest == noted { Ok(false) } else { Err(Refusal::ReusedId(envelope.message_id.clone())) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::signing::Kind;

    const NOW: Millis = 1_795_485_600_000;
    const MINUTES: Millis = 60_000;

    fn keys(byte: &str) -> Keys {
        Keys::shared("k1", Kind::HmacSm3, &byte.repeat(32)).unwrap()
    }

    fn envelope() -> Envelope {
        Envelope {
            message_id: "m-1".into(),
            from: "market".into(),
            to: "hall".into(),
            sent_at: NOW,
            kind: "progress".into(),
            case_no: "4403".into(),
            sequence: 1,
            body: json!({ "text": "现场勘验" }),
        }
    }

    fn verified(bytes: &str, header: Option<&str>, now: Millis) -> Result<Envelope, Refusal> {
        let known = [keys("ab")];
        let receiver = Receiver { name: "hall", now, window: 5 * MINUTES };
        let verified =
            receiver.verify(bytes.as_bytes(), header, |from| if from == "market" { &known[..] } else { &[] });
        verified.map(|(envelope, _)| envelope)
    }

    fn sent(envelope: &Envelope, keys: &Keys, now: Millis) -> Result<Envelope, Refusal> {
        let text = envelope.canonical().unwrap();
        verified(&text, Some(&keys.header(&text)), now)
    }

    #[test]
    fn what_was_signed_by_whom_it_says_just_now_is_taken() {
        assert_eq!(sent(&envelope(), &keys("ab"), NOW).unwrap(), envelope());
    }

    #[test]
    fn every_other_message_is_refused_by_name() {
        let code = |result: Result<Envelope, Refusal>| result.unwrap_err().code();
        let text = envelope().canonical().unwrap();
        assert_eq!(code(verified(&text, None, NOW)), Code::WrongSignature);
        assert_eq!(code(sent(&envelope(), &keys("ac"), NOW)), Code::WrongSignature, "another key");
        let header = keys("ab").header(&text);
        let changed = text.replace("现场勘验", "已经办结");
        assert_eq!(code(verified(&changed, Some(&header), NOW)), Code::WrongSignature, "another body");
        let stranger = Envelope { from: "stranger".into(), ..envelope() };
        assert_eq!(code(sent(&stranger, &keys("ab"), NOW)), Code::UnknownSender);
        let other_key = Keys::shared("k2", Kind::HmacSm3, &"ab".repeat(32)).unwrap();
        assert_eq!(code(sent(&envelope(), &other_key, NOW)), Code::UnknownSender);
        let other_kind = Keys::shared("k1", Kind::HmacSha256, &"ab".repeat(32)).unwrap();
        assert_eq!(code(sent(&envelope(), &other_kind, NOW)), Code::UnknownSender);
        let elsewhere = Envelope { to: "health".into(), ..envelope() };
        assert_eq!(code(sent(&elsewhere, &keys("ab"), NOW)), Code::InvalidField);
        assert_eq!(code(sent(&envelope(), &keys("ab"), NOW + 5 * MINUTES + 1)), Code::MessageStale);
        assert_eq!(code(sent(&envelope(), &keys("ab"), NOW - 5 * MINUTES - 1)), Code::MessageStale);
        let never = Envelope { sent_at: i64::MIN, ..envelope() };
        assert!(sent(&never, &keys("ab"), NOW).is_err());
        sent(&envelope(), &keys("ab"), NOW + 5 * MINUTES).unwrap();
        sent(&envelope(), &keys("ab"), NOW - 5 * MINUTES).unwrap();
    }

    #[test]
    fn an_id_stands_for_one_message() {
        let noted = envelope().digest().unwrap();
        assert!(is_new(&envelope(), None).unwrap());
        let again = Envelope { sent_at: NOW + MINUTES, ..envelope() };
        assert!(!is_new(&again, Some(&noted)).unwrap());
        let other = Envelope { body: json!({ "text": "已经办结" }), ..envelope() };
        assert_eq!(is_new(&other, Some(&noted)).unwrap_err().code(), Code::MessageIdReused);
    }

    proptest! {
        #[test]
        fn no_changed_byte_passes(place in 0usize..200, by in 1u8..=255) {
            let text = envelope().canonical().unwrap();
            let header = keys("ab").header(&text);
            let mut bytes = text.clone().into_bytes();
            let place = place % bytes.len();
            bytes[place] ^= by;
            let known = [keys("ab")];
            let receiver = Receiver { name: "hall", now: NOW, window: MINUTES };
            let read = receiver.verify(&bytes, Some(&header), |_| &known[..]);
            // Another spelling of the same JSON says the same, and is the only thing that may pass.
            prop_assert!(read.is_err() || read.unwrap().0 == envelope());
        }
    }
}
