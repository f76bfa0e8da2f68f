//! A file's bytes on their way out: streamed, in ranges where asked, and never run as a page of ours.

use std::io::SeekFrom;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use protocol::problem::Code;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use super::kind::Kind;
use super::vault::Vault;
use crate::http::problem::ApiError;
use crate::store::files::FileRow;

/// How much is read at a time, in bytes.
const CHUNK: u64 = 64 * 1024;

/// A file with its headers; a part of it where the request asks for one range.
pub async fn serve(vault: &Vault, row: &FileRow, asked: &HeaderMap) -> Result<Response, ApiError> {
    let size = row.size as u64;
    let etag = format!("\"{}\"", row.digest);
    let text = |name: header::HeaderName| asked.get(name).and_then(|value| value.to_str().ok());
    if text(header::IF_NONE_MATCH).is_some_and(|tags| tags.split(',').any(|tag| tag.trim() == etag)) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    let whole_if_changed = text(header::IF_RANGE).is_none_or(|tag| tag == etag);
    let range =
        text(header::RANGE).filter(|_| whole_if_changed).map_or(Range::Whole, |range| Range::parse(range, size));
    let (status, from, to) = match range {
        Range::Whole => (StatusCode::OK, 0, size),
        Range::Part { from, to } => (StatusCode::PARTIAL_CONTENT, from, to),
        Range::Outside => {
            let whole = format!("bytes */{size}");
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, whole)], "").into_response());
        }
    };
    let file = vault.read(&row.digest).await.map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, file = row.id, "a stored file cannot be read");
        ApiError::new(Code::Internal).detail("文件暂时无法读取", "The file cannot be read at present")
    })?;
    let mut response = (status, Body::from_stream(stream_of(file, from, to))).into_response();
    let headers = response.headers_mut();
    let mut set = |name: header::HeaderName, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    };
    if status == StatusCode::PARTIAL_CONTENT {
        set(header::CONTENT_RANGE, format!("bytes {from}-{}/{size}", to - 1));
    }
    set(header::CONTENT_LENGTH, (to - from).to_string());
    set(header::CONTENT_TYPE, row.media_type.clone());
    set(header::CONTENT_DISPOSITION, disposition(row));
    set(header::ETAG, etag);
    set(header::ACCEPT_RANGES, "bytes".to_owned());
    guard(headers);
    Ok(response)
}

/// What keeps a file from being more than a file.
pub(super) fn guard(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'none'"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "private, no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// Pictures are shown; everything else is saved or opened in a program of its own.
fn disposition(row: &FileRow) -> String {
    let shown = Kind::of_media_type(&row.media_type).is_some_and(|kind| kind.picture().is_some());
    let how = if shown { "inline" } else { "attachment" };
    let ascii: String = row
        .name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%' | ';') || c == ' ' { c } else { '_' })
        .collect();
    format!("{how}; filename=\"{ascii}\"; filename*=UTF-8''{}", percent_encoded(&row.name))
}

/// RFC 8187: everything but letters, digits and a few signs as `%XX`.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// What `Range: bytes=…` (RFC 9110, 14.2) asks of so many bytes; `to` is exclusive. Several ranges at once are answered with the whole,
/// as the RFC allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Range {
    Whole,
    Part { from: u64, to: u64 },
    Outside,
}

impl Range {
    fn parse(text: &str, size: u64) -> Self {
        let Some((first, last)) = text.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
            return Range::Whole;
        };
        let (from, to) = match (first.trim(), last.trim()) {
            ("", last) => match last.parse::<u64>() {
                Ok(0) => return Range::Outside,
                Ok(count) => (size.saturating_sub(count), size),
                Err(_) => return Range::Whole,
            },
            (first, last) => match (first.parse::<u64>(), last.parse::<u64>()) {
                (Ok(from), _) if last.is_empty() => (from, size),
                (Ok(from), Ok(last)) if last >= from => (from, size.min(last.saturating_add(1))),
                _ => return Range::Whole,
            },
        };
        if from < to { Range::Part { from, to } } else { Range::Outside }
    }
}

fn stream_of(
    file: tokio::fs::File,
    from: u64,
    to: u64,
) -> impl futures_util::Stream<Item = std::io::Result<Bytes>> + Send {
    stream::try_unfold((file, from, from == 0), move |(mut file, at, placed)| async move {
        if at >= to {
            return Ok(None);
        }
        if !placed {
            file.seek(SeekFrom::Start(at)).await?;
        }
        let mut bytes = Vec::with_capacity(CHUNK.min(to - at) as usize);
        let read = (&mut file).take(CHUNK.min(to - at)).read_to_end(&mut bytes).await?;
        if read == 0 {
            // Shorter than its row says: the connection is broken off, so that nobody takes the half for the whole.
            return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof));
        }
        Ok(Some((Bytes::from(bytes), (file, at + read as u64, true))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_rfc_says() {
        let part = |from, to| Range::Part { from, to };
        assert_eq!(Range::parse("bytes=0-99", 1000), part(0, 100));
        assert_eq!(Range::parse("bytes=990-", 1000), part(990, 1000));
        assert_eq!(Range::parse("bytes=-10", 1000), part(990, 1000));
        assert_eq!(Range::parse("bytes=-5000", 1000), part(0, 1000));
        assert_eq!(Range::parse("bytes=990-5000", 1000), part(990, 1000));
        assert_eq!(Range::parse("bytes=1000-", 1000), Range::Outside);
        assert_eq!(Range::parse("bytes=-0", 1000), Range::Outside);
        for odd in ["bytes=5-4", "bytes=0-1,5-6", "lines=1-2", "bytes=", "bytes=a-b", "bytes=-"] {
            assert_eq!(Range::parse(odd, 1000), Range::Whole, "{odd}");
        }
    }

    #[test]
    fn a_name_cannot_leave_its_header() {
        let row = FileRow {
            id: String::new(),
            digest: String::new(),
            size: 0,
            media_type: "application/pdf".to_owned(),
            subject: String::new(),
            uploaded_at: 0,
            uploaded_by: String::new(),
            name: "租赁\"; x=1\r\n.pdf".to_owned(),
        };
        assert_eq!(
            disposition(&row),
            "attachment; filename=\"____ x=1__.pdf\"; filename*=UTF-8''%E7%A7%9F%E8%B5%81%22%3B%20x%3D1%0D%0A.pdf"
        );
    }
}
