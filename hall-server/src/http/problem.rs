//! Errors as `application/problem+json`: every refusal of a rule, and every rejection of axum's own.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use protocol::PROBLEM_JSON;
use protocol::catalogue::Text;
use protocol::problem::{Code, FieldError, Problem};

use crate::pages;
use crate::store::StoreError;

/// A refusal on its way to whoever asked. Its words are chosen when the answer leaves, by the asker's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    pub code: Code,
    pub detail: Text,
    pub errors: Vec<FieldError>,
}

impl ApiError {
    pub fn new(code: Code) -> Self {
        ApiError { code, detail: Text::default(), errors: Vec::new() }
    }

    /// With what happened this time, in both languages.
    pub fn detail(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.detail = Text::new(zh, en);
        self
    }

    /// With a field and what is wrong with it.
    pub fn field(mut self, place: impl Into<String>, reason: impl Into<String>) -> Self {
        self.errors.push(FieldError { place: place.into(), reason: reason.into() });
        self
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "storage failed");
        ApiError::new(Code::Internal)
    }
}

impl From<sqlx::Error> for ApiError {
    fn from(error: sqlx::Error) -> Self {
        StoreError::from(error).into()
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = status(self.code).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

fn status(code: Code) -> StatusCode {
    StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The fallback for addresses that do not exist.
pub async fn no_such_address() -> ApiError {
    ApiError::new(Code::NotFound)
}

/// Whether the asker prefers English. Chinese is the default.
pub fn prefers_english(headers: &HeaderMap) -> bool {
    let Some(languages) = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()) else { return false };
    let mut best = (0.0_f32, false);
    for part in languages.split(',') {
        let mut pieces = part.split(';');
        let language = pieces.next().unwrap_or_default().trim().to_ascii_lowercase();
        let weight = pieces.find_map(|p| p.trim().strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
        let english = language == "en" || language.starts_with("en-");
        let chinese = language == "zh" || language.starts_with("zh-");
        if (english || chinese) && weight > best.0 {
            best = (weight, english);
        }
    }
    best.1
}

/// Writes every error as problem+json in the asker's language, axum's own rejections included.
pub async fn in_the_askers_language(request: Request, next: Next) -> Response {
    let browser = pages::Browser::of(request.uri(), request.headers());
    let english = browser.as_ref().map_or_else(|| prefers_english(request.headers()), pages::Browser::english);
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let media_type = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    if media_type == PROBLEM_JSON.as_bytes() || media_type.starts_with(b"text/html") {
        return response;
    }
    let kept = [header::ALLOW, header::CONTENT_RANGE].map(|name| (name.clone(), response.headers().get(name).cloned()));
    let error = match response.extensions().get::<ApiError>() {
        Some(error) => error.clone(),
        None => rejected(response).await,
    };
    let mut problem = Problem::new(error.code, error.detail.pick(english), english);
    problem.errors = error.errors;
    problem.status = match error.code {
        Code::BadRequest => status.as_u16(),
        code => code.status(),
    };
    if let Some(page) = browser.and_then(|browser| browser.page(&problem)) {
        return page;
    }
    let mut answer = (
        StatusCode::from_u16(problem.status).unwrap_or(status),
        [(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON))],
        serde_json::to_vec(&problem).unwrap_or_default(),
    )
        .into_response();
    for (name, value) in kept {
        if let Some(value) = value {
            answer.headers_mut().insert(name, value);
        }
    }
    answer
}

/// What one of axum's own rejections means in our codes; its text says which field.
async fn rejected(response: Response) -> ApiError {
    let status = response.status();
    let code = match status {
        StatusCode::PAYLOAD_TOO_LARGE => Code::BodyTooLarge,
        StatusCode::NOT_FOUND => Code::NotFound,
        StatusCode::UNAUTHORIZED => Code::Unauthenticated,
        StatusCode::FORBIDDEN => Code::Forbidden,
        StatusCode::UNPROCESSABLE_ENTITY => Code::InvalidField,
        s if s.is_client_error() => Code::BadRequest,
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT => Code::Busy,
        _ => Code::Internal,
    };
    if status.is_server_error() {
        return ApiError::new(code);
    }
    let text = axum::body::to_bytes(response.into_body(), 4096).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    ApiError::new(code).detail(text.clone(), text)
}
