//! Sending one message, and what the answer to it means.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;

use crate::SIGNATURE;
use crate::answer::Acknowledgement;
use crate::envelope::{Envelope, EnvelopeError};
use crate::signing::Keys;

/// The most that is read of an answer, in bytes.
const LONGEST_ANSWER: usize = 64 * 1024;

/// Why a message was not acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It may yet be taken: to be tried again.
    #[error("{0}")]
    Temporary(String),
    /// The receiver says that it never will take it.
    #[error("refused with status {status}, {code}: {detail}")]
    Refused { status: u16, code: String, detail: String },
    #[error("the message cannot be written")]
    Unwritable(#[from] EnvelopeError),
}

/// A client for [`send`]: it follows no redirects, since a signed message is for one address only.
pub fn client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build()
}

/// Sends a message once. Only an acknowledgement signed by the receiver counts as delivered.
pub async fn send(
    client: &reqwest::Client,
    address: &str,
    keys: &Keys,
    envelope: &Envelope,
    timeout: Duration,
) -> Result<Acknowledgement, Failure> {
    let text = envelope.canonical()?;
    let header = keys.header(&text);
    let request = client.post(address).timeout(timeout);
    let (status, signature, bytes) = post(request, text, header).await?;
    if !status.is_success() {
        return Err(refused(status, &bytes));
    }
    Acknowledgement::read(&bytes, signature.as_deref(), keys, &envelope.message_id, &envelope.to)
        .ok_or_else(|| Failure::Temporary(format!("status {} without a signed acknowledgement", status.as_u16())))
}

/// Posts a text with its signature, as it is given.
pub(crate) async fn post(
    request: reqwest::RequestBuilder,
    text: String,
    header: String,
) -> Result<(StatusCode, Option<String>, Vec<u8>), Failure> {
    let request = request.header(CONTENT_TYPE, "application/json").header(SIGNATURE, header).body(text);
    let mut response = request.send().await.map_err(|error| not_reached(&error))?;
    let signature = response.headers().get(SIGNATURE).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| not_reached(&error))? {
        if bytes.len() + chunk.len() > LONGEST_ANSWER {
            return Err(Failure::Temporary(format!("an answer of more than {LONGEST_ANSWER} bytes")));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok((response.status(), signature, bytes))
}

pub(crate) fn refused(status: StatusCode, bytes: &[u8]) -> Failure {
    let problem: serde_json::Value = serde_json::from_slice(bytes).unwrap_or_default();
    let later = matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS);
    let text = |key: &str| problem[key].as_str().unwrap_or_default().chars().take(300).collect::<String>();
    match problem["code"].as_str() {
        // Without a code it may come from a proxy on the way, which knows nothing of the message.
        Some(code) if status.is_client_error() && !later => {
            Failure::Refused { status: status.as_u16(), code: code.chars().take(60).collect(), detail: text("detail") }
        }
        Some(code) => Failure::Temporary(format!("status {}, {code}", status.as_u16())),
        None => Failure::Temporary(format!("status {}", status.as_u16())),
    }
}

/// What failed, without the address: it stands in the system's settings anyway.
fn not_reached(error: &reqwest::Error) -> Failure {
    let what = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection was cut"
    };
    Failure::Temporary(what.to_owned())
}
