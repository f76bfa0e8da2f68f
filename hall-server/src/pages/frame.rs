//! What every page shares: its language, its headers, and how it becomes a response.

use askama::Template;
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use protocol::problem::Code;

use super::assets::Assets;
use super::words::Words;
use crate::http::problem::{ApiError, prefers_english};

/// Scripts, styles and pictures of this server alone; nothing inline, nothing embedded by others.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What the base template needs.
#[derive(Debug, Clone)]
pub struct Frame {
    pub w: Words,
    pub assets: Assets,
    /// The page's own path, for the link to the other language.
    pub path: String,
}

impl Frame {
    pub fn new(words: Words, path: impl Into<String>) -> Self {
        Frame { w: words, assets: Assets, path: path.into() }
    }
}

/// The asker's language: `?lang=` where given, else the browser's; Chinese by default.
pub fn language(uri: &Uri, headers: &HeaderMap) -> Words {
    let asked = uri.query().unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix("lang="));
    match asked {
        Some(language) if language == "en" || language.starts_with("en-") => Words::EN,
        Some(language) if language == "zh" || language.starts_with("zh-") => Words::ZH,
        _ => Words { english: prefers_english(headers) },
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Frame {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Frame::new(language(&parts.uri, &parts.headers), parts.uri.path()))
    }
}

/// A rendered page.
pub fn page(template: &impl Template) -> Result<Response, ApiError> {
    match template.render() {
        Ok(html) => Ok(Html(html).into_response()),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            Err(ApiError::new(Code::Internal))
        }
    }
}

/// Sets the headers that every page carries, where the handler has not set its own.
pub(super) fn guard(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

pub(super) async fn guarded(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    guard(response.headers_mut());
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language_of(uri: &str, accepts: Option<&'static str>) -> Words {
        let mut headers = HeaderMap::new();
        if let Some(accepts) = accepts {
            headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(accepts));
        }
        language(&uri.parse().unwrap(), &headers)
    }

    #[test]
    fn the_address_decides_the_language_then_the_browser_then_chinese() {
        assert_eq!(language_of("/t/x", None), Words::ZH);
        assert_eq!(language_of("/t/x", Some("en-GB,en;q=0.9")), Words::EN);
        assert_eq!(language_of("/t/x?lang=zh", Some("en-GB")), Words::ZH);
        assert_eq!(language_of("/t/x?a=b&lang=en", Some("zh-CN")), Words::EN);
        assert_eq!(language_of("/t/x?lang=fr", None), Words::ZH);
    }
}
