//! An upload: streamed into the vault chunk by chunk, never whole in memory. Whatever is wrong with it, nothing of it stays.

use std::io;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{Stream, StreamExt};
use protocol::problem::Code;

use super::kind::{self, Family, HEAD, Kind};
use super::vault::{Incoming, Vault, unblocked};
use crate::http::problem::ApiError;

/// A sender that sends nothing for so long is gone.
const PATIENCE: Duration = Duration::from_secs(30);

/// How much of a refused upload is still read before the connection is closed: a browser that is still sending does not read the answer.
const DRAINED: u64 = 64 * 1024 * 1024;

/// A file that has come whole and is what it says; placed by `keep`.
#[derive(Debug)]
pub struct Received {
    pub incoming: Incoming,
    /// SHA-256 in hexadecimal.
    pub digest: String,
    pub kind: Kind,
}

/// Why an upload is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("the file is larger than {limit} bytes")]
    TooLarge { limit: u64 },
    #[error("the file is empty")]
    Empty,
    #[error("the file is of no kind that is taken")]
    Kind,
    #[error("the file's SHA-256 is {found}, not the one announced")]
    Digest { found: String },
    #[error("the sender broke off")]
    BrokenOff(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the sender sent nothing for {} seconds", PATIENCE.as_secs())]
    Silent,
    #[error("the file could not be stored")]
    Storage(#[from] io::Error),
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        let new = ApiError::new;
        match refused {
            Refused::TooLarge { limit } => new(Code::FileTooLarge).detail(
                format!("单个文件最大 {}", size_text(limit)),
                format!("A file has at most {}", size_text(limit)),
            ),
            Refused::Empty => new(Code::InvalidField).detail("文件是空的", "The file is empty").field("body", "empty"),
            Refused::Kind => {
                let names = Kind::all_names();
                new(Code::FileType)
                    .detail(
                        format!("可以上传的文件：{}", names.replace(", ", "、")),
                        format!("These files are taken: {names}"),
                    )
                    .field("body", names)
            }
            Refused::Digest { found } => new(Code::FileDigest).field("content-digest", format!("sha-256 is {found}")),
            Refused::BrokenOff(_) | Refused::Silent => {
                new(Code::BadRequest).detail("文件没有传完", "The file did not arrive whole")
            }
            Refused::Storage(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a file could not be stored");
                match error.kind() {
                    io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                        new(Code::Busy).detail("服务器存储空间不足", "The server's storage is full")
                    }
                    _ => new(Code::Busy).detail("文件未能保存", "The file could not be stored"),
                }
            }
        }
    }
}

/// A size as people read it; whole megabytes where it has them.
pub fn size_text(bytes: u64) -> String {
    const MB: u64 = 1024 * 1024;
    match bytes {
        b if b >= MB && b.is_multiple_of(MB) => format!("{} MB", b / MB),
        b if b >= MB => format!("{:.1} MB", b as f64 / MB as f64),
        b => format!("{} KB", b.div_ceil(1024)),
    }
}

/// What the request's head says about the body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Announced {
    /// In bytes.
    pub length: Option<u64>,
    /// SHA-256.
    pub digest: Option<[u8; 32]>,
}

impl Announced {
    /// From `Content-Length` and `Content-Digest` (RFC 9530, `sha-256=:…:` among others).
    pub fn of(headers: &HeaderMap) -> Result<Self, ApiError> {
        let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
        let length = text(header::CONTENT_LENGTH.as_str()).and_then(|length| length.parse().ok());
        let digest = text("content-digest")
            .and_then(|all| all.split(',').find_map(|one| one.trim().strip_prefix("sha-256=")))
            .map(|value| {
                let inner = value.strip_prefix(':').and_then(|v| v.strip_suffix(':'));
                let bytes = inner.and_then(|inner| STANDARD.decode(inner).ok());
                bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()).ok_or_else(|| {
                    ApiError::new(Code::InvalidField).field("content-digest", "sha-256=:44 characters of base64:")
                })
            })
            .transpose()?;
        Ok(Announced { length, digest })
    }
}

/// Receives a file of at most `limit` bytes.
pub async fn receive<S, E>(vault: &Vault, announced: Announced, limit: u64, mut chunks: S) -> Result<Received, Refused>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    if announced.length.is_some_and(|length| length > limit) {
        return Err(Refused::TooLarge { limit });
    }
    let mut head = Vec::with_capacity(HEAD);
    let mut family = None;
    let mut incoming = vault.receive().await?;
    while let Some(chunk) = tokio::time::timeout(PATIENCE, chunks.next()).await.map_err(|_| Refused::Silent)? {
        let chunk = chunk.map_err(|error| Refused::BrokenOff(error.into()))?;
        if incoming.size() + chunk.len() as u64 > limit {
            return Err(Refused::TooLarge { limit });
        }
        if family.is_none() {
            head.extend(chunk.iter().take(HEAD - head.len()));
            if head.len() == HEAD {
                family = Some(acceptable(&head)?);
            }
        }
        incoming.write(&chunk).await?;
    }
    if incoming.size() == 0 {
        return Err(Refused::Empty);
    }
    let family = match family {
        Some(family) => family,
        None => acceptable(&head)?,
    };
    let digest = incoming.finish().await?;
    if announced.digest.is_some_and(|announced| crate::hex(&announced) != digest) {
        return Err(Refused::Digest { found: digest });
    }
    let kind = match family {
        Family::Known(kind) => kind,
        Family::Zip => {
            let (mut reader, size) = (incoming.reader()?, incoming.size());
            unblocked(move || kind::inside_zip(&mut reader, size)).await?.ok_or(Refused::Kind)?
        }
        Family::Other => return Err(Refused::Kind),
    };
    Ok(Received { incoming, digest, kind })
}

fn acceptable(head: &[u8]) -> Result<Family, Refused> {
    match kind::family(head) {
        Family::Other => Err(Refused::Kind),
        family => Ok(family),
    }
}

/// Reads what is left of a refused upload and forgets it, up to a bound.
pub async fn drain<S, E>(mut chunks: S)
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    let mut read = 0;
    while let Ok(Some(Ok(chunk))) = tokio::time::timeout(PATIENCE, chunks.next()).await {
        read += chunk.len() as u64;
        if read > DRAINED {
            return;
        }
    }
}
