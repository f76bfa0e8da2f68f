//! What a receiver answers: an acknowledgement, signed like a message, or a problem (RFC 9457).

use serde::{Deserialize, Serialize};

use crate::Millis;
use crate::envelope::EnvelopeError;
use crate::signing::{Header, Keys};

/// What became of a message that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was new, and was acted on.
    Applied,
    /// It had been acted on before; nothing was done.
    Repeated,
    /// A later message about the case had been acted on before; nothing was done.
    Overtaken,
}

/// The body of a `200`: the message is the receiver's now, and need not be sent again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    pub message_id: String,
    /// Name of the receiver, who acknowledges.
    pub by: String,
    pub outcome: Outcome,
    pub at: Millis,
}

impl Acknowledgement {
    /// The text to send and the value of its signature header.
    pub fn signed(&self, keys: &Keys) -> Result<(String, String), EnvelopeError> {
        let text = serde_json_canonicalizer::to_string(self).map_err(EnvelopeError::NotCanonical)?;
        let header = keys.header(&text);
        Ok((text, header))
    }

    /// Reads an acknowledgement of a message; `None` where it is not one, or not signed by whom the message went to.
    /// A proxy's friendly page with status 200 is none.
    pub fn read(
        bytes: &[u8],
        signature: Option<&str>,
        keys: &Keys,
        message_id: &str,
        receiver: &str,
    ) -> Option<Acknowledgement> {
        let header = signature.and_then(Header::parse)?;
        let value: serde_json::Value = serde_json::from_slice(bytes).ok()?;
        let text = serde_json_canonicalizer::to_string(&value).ok()?;
        let ours = header.key == keys.id() && header.kind == keys.kind().as_str();
        if !ours || !keys.fits(&text, &header.signature) {
            return None;
        }
        let acknowledgement: Acknowledgement = serde_json::from_value(value).ok()?;
        (acknowledgement.message_id == message_id && acknowledgement.by == receiver).then_some(acknowledgement)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signing::Kind;

    #[test]
    fn an_acknowledgement_counts_only_when_signed_and_for_its_message() {
        let keys = Keys::shared("k", Kind::HmacSha256, &"01".repeat(32)).unwrap();
        let other = Keys::shared("k", Kind::HmacSha256, &"02".repeat(32)).unwrap();
        let ours = Acknowledgement { message_id: "m-1".into(), by: "market".into(), outcome: Outcome::Applied, at: 5 };
        let (text, header) = ours.signed(&keys).unwrap();
        let read = |text: &str, header: Option<&str>, keys: &Keys, id: &str| {
            Acknowledgement::read(text.as_bytes(), header, keys, id, "market")
        };
        assert_eq!(read(&text, Some(&header), &keys, "m-1"), Some(ours));
        assert_eq!(Acknowledgement::read(text.as_bytes(), Some(&header), &keys, "m-1", "health"), None);
        assert_eq!(read(&text, Some(&header), &keys, "m-2"), None);
        assert_eq!(read(&text, Some(&header), &other, "m-1"), None);
        assert_eq!(read(&text, None, &keys, "m-1"), None);
        assert_eq!(read("<html>ok</html>", Some(&header), &keys, "m-1"), None);
    }
}
