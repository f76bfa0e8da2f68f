//! Files (材料文件): scans, photos and other documents.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Millis;

/// A stored file, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct File {
    /// 22 unguessable characters.
    pub id: String,
    /// The name that it was given; personal data.
    pub name: String,
    /// As decided by its bytes, such as `image/jpeg`.
    pub media_type: String,
    /// In bytes.
    pub size: i64,
    /// In hexadecimal.
    pub sha256: String,
    /// What it is for: `ticket:ID` or `case:NO`.
    #[serde(rename = "for")]
    pub subject: String,
    pub uploaded_at: Millis,
    /// Whether `…/preview` has a picture of it.
    pub has_preview: bool,
}
