//! The adapter to providers that are asked by HTTP and answer in JSON: everything particular to one is data.

use std::path::Path;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use protocol::lookup::PulledField;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Response, StatusCode, redirect};
use serde_json::Value;

use super::asking::{Adapter, Asked, NoData, Question, digest};
use super::providers::{AnswerForm, Credentials, Entry, Method, RequestForm};
use super::template;

/// The most that an answer may hold, in bytes, and one of its fields, in characters.
const LARGEST_ANSWER: usize = 256 * 1024;
const LONGEST_FIELD: usize = 2_000;

/// A provider behind an address.
#[derive(Debug)]
pub struct HttpJson {
    client: Client,
    request: RequestForm,
    answer: AnswerForm,
}

/// Why a provider cannot be asked as described.
#[derive(Debug, thiserror::Error)]
pub enum HttpJsonError {
    #[error("the secret in {path} cannot be read: {source}")]
    Secret { path: String, source: std::io::Error },
    #[error("{0:?} cannot be a header, or its value cannot")]
    Header(String),
    #[error("no connections can be made")]
    Client(#[from] reqwest::Error),
}

impl HttpJson {
    /// `folder` is where a secret's relative path begins.
    pub fn new(entry: &Entry, folder: &Path) -> Result<Self, HttpJsonError> {
        let mut headers = HeaderMap::new();
        for (name, value) in &entry.request.headers {
            let (name, value) = header(name, value)?;
            headers.insert(name, value);
        }
        if let Some(credentials) = &entry.credentials {
            let (name, mut value) = secret(credentials, folder)?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        let client = Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .timeout(entry.timeout())
            .default_headers(headers)
            .build()?;
        Ok(HttpJson { client, request: entry.request.clone(), answer: entry.answer.clone() })
    }

    async fn answer(&self, question: &Question) -> Asked {
        let url = template::address(&self.request.url, question);
        let body = self.request.body.as_ref().map(|form| template::body(form, question).to_string());
        let (method, name) = match self.request.method {
            Method::Get => (reqwest::Method::GET, "GET"),
            Method::Post => (reqwest::Method::POST, "POST"),
        };
        let sent = format!("{name} {url}\n{}", body.as_deref().unwrap_or_default());
        let mut asked = Asked {
            request_digest: digest(&question.salt, sent.as_bytes()),
            response_digest: String::new(),
            found: Err(NoData::NotFound),
        };
        let mut request =
            self.client.request(method, url).header("lookup-id", &question.id).header("lookup-salt", &question.salt);
        if let Some(body) = body {
            request = request.header(reqwest::header::CONTENT_TYPE, "application/json").body(body);
        }
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => {
                asked.found = Err(NoData::NoAnswer(cause(error)));
                return asked;
            }
        };
        let status = response.status();
        let bytes = match whole(response).await {
            Ok(bytes) => bytes,
            Err(error) => {
                asked.found = Err(error);
                return asked;
            }
        };
        asked.response_digest = digest(&question.salt, &bytes);
        asked.found = match status {
            StatusCode::NOT_FOUND => Err(NoData::NotFound),
            status if status.is_success() => self.fields(&bytes, question),
            status => Err(NoData::NoAnswer(format!("status {}", status.as_u16()))),
        };
        asked
    }

    /// The fields that the provider is known to give; whatever else the answer holds is passed over and not kept.
    fn fields(&self, bytes: &[u8], question: &Question) -> Result<Vec<PulledField>, NoData> {
        let wrong = |what: String| NoData::WrongAnswer(what);
        let answer: Value = serde_json::from_slice(bytes).map_err(|error| wrong(format!("no JSON: {error}")))?;
        if let Some(found) = &self.answer.found {
            let there = answer.pointer(&found.pointer);
            let there = there.ok_or_else(|| wrong(format!("nothing at {}", found.pointer)))?;
            if *there != found.equals {
                return Err(NoData::NotFound);
            }
        }
        if let Some(pointer) = &self.answer.about {
            let about = answer.pointer(pointer).and_then(Value::as_str);
            if !about.is_some_and(|about| about.trim().eq_ignore_ascii_case(&question.number)) {
                return Err(wrong("it is about another number than the one asked by".to_owned()));
            }
        }
        let mut fields = Vec::with_capacity(self.answer.fields.len());
        for form in &self.answer.fields {
            let value = match answer.pointer(&form.pointer) {
                Some(Value::String(text)) => text.trim().to_owned(),
                Some(Value::Number(number)) => number.to_string(),
                Some(Value::Bool(true)) => "是 yes".to_owned(),
                Some(Value::Bool(false)) => "否 no".to_owned(),
                None | Some(Value::Null) => String::new(),
                Some(Value::Array(_) | Value::Object(_)) => {
                    return Err(wrong(format!("{} is not one value", form.pointer)));
                }
            };
            if value.chars().count() > LONGEST_FIELD {
                return Err(wrong(format!("{} is longer than {LONGEST_FIELD} characters", form.pointer)));
            }
            match (value.is_empty(), form.mandatory) {
                (true, true) => return Err(wrong(format!("nothing at {}", form.pointer))),
                (true, false) => {}
                (false, _) => fields.push(PulledField { key: form.key.clone(), name: form.name.clone(), value }),
            }
        }
        if fields.is_empty() {
            return Err(wrong("it has none of the fields".to_owned()));
        }
        Ok(fields)
    }
}

impl Adapter for HttpJson {
    fn ask<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Asked> {
        self.answer(question).boxed()
    }
}

async fn whole(mut response: Response) -> Result<Vec<u8>, NoData> {
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > LARGEST_ANSWER => {
                return Err(NoData::WrongAnswer(format!("more than {LARGEST_ANSWER} bytes")));
            }
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return Ok(bytes),
            Err(error) => return Err(NoData::NoAnswer(cause(error))),
        }
    }
}

/// What went wrong, without the address, which may hold the number.
fn cause(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return "it took too long".to_owned();
    }
    let error = error.without_url();
    let root = std::iter::successors(std::error::Error::source(&error), |cause| cause.source()).last();
    root.map_or_else(|| error.to_string(), ToString::to_string)
}

fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), HttpJsonError> {
    let wrong = || HttpJsonError::Header(name.to_owned());
    Ok((name.parse().map_err(|_| wrong())?, value.parse().map_err(|_| wrong())?))
}

fn secret(credentials: &Credentials, folder: &Path) -> Result<(HeaderName, HeaderValue), HttpJsonError> {
    let path = folder.join(&credentials.secret_file);
    let secret = std::fs::read_to_string(&path)
        .map_err(|source| HttpJsonError::Secret { path: path.display().to_string(), source })?;
    header(&credentials.header, &format!("{}{}", credentials.prefix, secret.trim()))
}
