//! Bodies: read whole before anything else happens, never more than a limit, with what identifies a repeated request.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use protocol::IDEMPOTENCY_KEY;
use protocol::problem::Code;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::problem::ApiError;
use crate::engine::RequestKey;

/// The most that a JSON body may hold, in bytes.
pub const LIMIT: usize = 1024 * 1024;

/// How much of a body that is too large is still read before the connection is closed: a client that is still sending
/// does not read the answer.
const DRAINED: usize = 64 * 1024 * 1024;

/// Reads the body, and notes the idempotency key with the request's fingerprint.
pub async fn read(request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let bytes = match read_whole(body).await {
        Ok(bytes) => bytes,
        Err(error) => {
            let mut response = error.into_response();
            response.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("close"));
            return response;
        }
    };
    if let Some(value) = parts.headers.get(IDEMPOTENCY_KEY) {
        let Some(key) = value.to_str().ok().filter(|k| is_good_key(k)) else {
            return bad_key().into_response();
        };
        parts.extensions.insert(request_key(key, &parts.method, parts.uri.path(), &bytes));
    }
    next.run(Request::from_parts(parts, Body::from(bytes))).await
}

fn request_key(key: &str, method: &Method, address: &str, body: &[u8]) -> RequestKey {
    let mut digest = Sha256::new();
    digest.update(method.as_str());
    digest.update(b"\n");
    digest.update(address);
    digest.update(b"\n");
    digest.update(body);
    RequestKey { key: key.to_owned(), fingerprint: crate::hex(&digest.finalize()) }
}

fn bad_key() -> ApiError {
    ApiError::new(Code::InvalidField).field(IDEMPOTENCY_KEY, "8–64 [A-Za-z0-9-]")
}

fn is_good_key(key: &str) -> bool {
    (8..=64).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

async fn read_whole(body: Body) -> Result<Bytes, ApiError> {
    let mut stream = body.into_data_stream();
    let mut whole: Vec<u8> = Vec::new();
    let mut read = 0;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| ApiError::new(Code::BadRequest))?;
        read += chunk.len();
        if read > DRAINED {
            break;
        }
        if read <= LIMIT {
            whole.extend_from_slice(&chunk);
        }
    }
    if read > LIMIT { Err(ApiError::new(Code::BodyTooLarge)) } else { Ok(whole.into()) }
}

/// The key of a request that may be repeated, where it carries one.
#[derive(Debug, Clone)]
pub struct Repeatable(pub Option<RequestKey>);

impl<S: Send + Sync> FromRequestParts<S> for Repeatable {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Ok(Repeatable(parts.extensions.remove()))
    }
}

/// The key of an upload, whose body is streamed and known only when it has come whole.
#[derive(Debug, Clone)]
pub struct UploadKey(pub Option<PendingKey>);

#[derive(Debug, Clone)]
pub struct PendingKey {
    key: String,
    method: Method,
    address: String,
}

impl PendingKey {
    /// With the SHA-256 of the body, in hexadecimal.
    pub fn of(&self, digest: &str) -> RequestKey {
        request_key(&self.key, &self.method, &self.address, digest.as_bytes())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for UploadKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Some(value) = parts.headers.get(IDEMPOTENCY_KEY) else { return Ok(UploadKey(None)) };
        let key = value.to_str().ok().filter(|key| is_good_key(key)).ok_or_else(bad_key)?;
        let address = parts.uri.path_and_query().map_or("", |address| address.as_str()).to_owned();
        Ok(UploadKey(Some(PendingKey { key: key.to_owned(), method: parts.method.clone(), address })))
    }
}

/// A JSON body. Broken JSON is `bad-request`; a missing or wrong field is `invalid-field`.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let bytes = Bytes::from_request(request, state).await.map_err(|_| ApiError::new(Code::BadRequest))?;
        parse(&bytes).map(Json)
    }
}

/// A JSON body that may be left out altogether.
#[derive(Debug)]
pub struct OptionalJson<T>(pub T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for OptionalJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let bytes = Bytes::from_request(request, state).await.map_err(|_| ApiError::new(Code::BadRequest))?;
        if bytes.is_empty() { Ok(OptionalJson(T::default())) } else { parse(&bytes).map(OptionalJson) }
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(bytes).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        if error.is_data() {
            let reason = error.to_string();
            let zh = format!("请求中的字段有误：{reason}");
            ApiError::new(Code::InvalidField).detail(zh, format!("A field is wrong: {reason}")).field(place, reason)
        } else {
            let zh = format!("不是有效的 JSON：{error}");
            ApiError::new(Code::BadRequest).detail(zh, format!("This is not valid JSON: {error}"))
        }
    })
}
