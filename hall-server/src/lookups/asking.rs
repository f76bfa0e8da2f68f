//! What an adapter to a provider is asked, and what it gives back.

use std::fmt::Debug;

use futures_util::future::BoxFuture;
use protocol::lookup::PulledField;
use sha2::{Digest, Sha256};

/// A question to a provider. Personal data: it is sent, and nowhere written.
#[derive(Clone)]
pub struct Question {
    /// The lookup's id, which the provider may log.
    pub id: String,
    pub salt: String,
    /// The number that it is about.
    pub number: String,
    pub purpose: String,
    pub case_no: String,
    pub item: String,
    /// The hall or department that asks.
    pub office: String,
}

impl Debug for Question {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Question").field("id", &self.id).field("case_no", &self.case_no).finish_non_exhaustive()
    }
}

/// What came of a question.
#[derive(Debug)]
pub struct Asked {
    /// See [`digest`].
    pub request_digest: String,
    /// Empty where no answer came.
    pub response_digest: String,
    pub found: Result<Vec<PulledField>, NoData>,
}

/// Why there is nothing to attach. The words are for the log and hold no personal data.
#[derive(Debug, thiserror::Error)]
pub enum NoData {
    #[error("the provider has nothing under this number")]
    NotFound,
    #[error("the provider did not answer: {0}")]
    NoAnswer(String),
    #[error("the provider's answer is not what it should be: {0}")]
    WrongAnswer(String),
}

/// A way to a provider.
pub trait Adapter: Debug + Send + Sync {
    /// Asks once. It ends within the provider's time limit, whatever the provider does.
    fn ask<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Asked>;
}

/// SHA-256 in lower-case hex of the salt, a line feed and the bytes. Without the salt a digest would give a number away to whoever
/// tries them all.
pub fn digest(salt: &str, bytes: &[u8]) -> String {
    let mut digest = Sha256::new();
    digest.update(salt);
    digest.update(b"\n");
    digest.update(bytes);
    crate::hex(&digest.finalize())
}
