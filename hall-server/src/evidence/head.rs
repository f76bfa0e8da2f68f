//! A signed head (链头): what the chains of all halls were at an instant.

use protocol::Millis;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::keys::{Algorithm, Key, PublicKey};
use crate::store::evidence::HeadRow;

/// What a head says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// 1 for now.
    pub version: i64,
    /// 1, 2, 3 … without a gap.
    pub sequence: i64,
    /// Epoch milliseconds, UTC.
    pub at: Millis,
    /// The hash of the head before; empty for the first.
    pub previous: String,
    /// Every hall, by code.
    pub halls: Vec<HallHead>,
    pub algorithm: Algorithm,
    /// The fingerprint of the key that signs.
    pub key: String,
}

/// Where a hall's chain stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HallHead {
    pub hall: String,
    /// How many events it had: the number of the last one, 0 for none.
    pub turn: i64,
    /// The last event's hash; empty for none.
    pub hash: String,
    /// The root of the tree whose leaves are the events' hashes (RFC 6962).
    pub root: String,
}

/// A head with its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHead {
    pub head: Head,
    /// What is signed: the head as canonical JSON (RFC 8785).
    pub text: String,
    pub signature: Vec<u8>,
}

/// Why a head is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeadError {
    #[error("it is not a head in canonical JSON")]
    Text,
    #[error("it is signed by a key that was not given, {0}")]
    UnknownKey(String),
    #[error("its signature does not fit its text")]
    Signature,
    #[error("its row's columns do not fit its text")]
    Columns,
}

/// A line of the copies kept elsewhere.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    head: Head,
    signature: String,
}

impl SignedHead {
    pub fn sign(head: Head, key: &Key) -> Result<Self, serde_json::Error> {
        let text = serde_json_canonicalizer::to_string(&head)?;
        let signature = key.sign(text.as_bytes());
        Ok(SignedHead { head, text, signature })
    }

    /// From what was signed and the signature, which is not checked here.
    pub fn parse(text: &str, signature: Vec<u8>) -> Result<Self, HeadError> {
        let head: Head = serde_json::from_str(text).map_err(|_| HeadError::Text)?;
        let canonical = serde_json_canonicalizer::to_string(&head).map_err(|_| HeadError::Text)?;
        if canonical != text || head.version != 1 {
            return Err(HeadError::Text);
        }
        Ok(SignedHead { head, text: canonical, signature })
    }

    pub fn from_row(row: &HeadRow) -> Result<Self, HeadError> {
        let signature = crate::unhex(&row.signature).ok_or(HeadError::Columns)?;
        let signed = Self::parse(&row.text, signature)?;
        if signed.row() == *row { Ok(signed) } else { Err(HeadError::Columns) }
    }

    pub fn row(&self) -> HeadRow {
        HeadRow {
            sequence: self.head.sequence,
            at: self.head.at,
            text: self.text.clone(),
            hash: self.hash(),
            algorithm: self.head.algorithm.as_str().to_owned(),
            key: self.head.key.clone(),
            signature: crate::hex(&self.signature),
        }
    }

    /// SHA-256 of the text, in hexadecimal.
    pub fn hash(&self) -> String {
        crate::hex(&Sha256::digest(&self.text))
    }

    /// Whether one of these keys signed it.
    pub fn check(&self, keys: &[PublicKey]) -> Result<(), HeadError> {
        let key = keys.iter().find(|key| key.fingerprint == self.head.key && key.algorithm() == self.head.algorithm);
        let key = key.ok_or_else(|| HeadError::UnknownKey(self.head.key.clone()))?;
        if key.verifies(self.text.as_bytes(), &self.signature) { Ok(()) } else { Err(HeadError::Signature) }
    }

    pub fn of_hall(&self, hall: &str) -> Option<&HallHead> {
        self.head.halls.iter().find(|head| head.hall == hall)
    }

    /// One line of JSON, as copies are kept.
    pub fn to_line(&self) -> String {
        format!(r#"{{"head":{},"signature":"{}"}}"#, self.text, crate::hex(&self.signature))
    }

    pub fn from_line(line: &str) -> Result<Self, HeadError> {
        let Line { head, signature } = serde_json::from_str(line).map_err(|_| HeadError::Text)?;
        let text = serde_json_canonicalizer::to_string(&head).map_err(|_| HeadError::Text)?;
        Self::parse(&text, crate::unhex(&signature).ok_or(HeadError::Text)?)
    }
}
