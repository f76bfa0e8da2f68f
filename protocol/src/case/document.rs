//! A case's papers (收件材料).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::FileRef;
use crate::Millis;
use crate::catalogue::Text;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentStatus {
    #[default]
    Missing,
    Provided,
    /// 共享获取: a lookup answered instead.
    Pulled,
    /// 容缺: it comes later.
    Deferred,
    /// 告知承诺: a signed commitment stands for it.
    Committed,
    /// It was handed in and is wrong.
    Rejected,
}

impl DocumentStatus {
    /// Neither there nor rightly replaced.
    pub fn is_lacking(self) -> bool {
        matches!(self, DocumentStatus::Missing | DocumentStatus::Rejected)
    }
}

/// A paper of the case (收件材料).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CaseDocument {
    pub key: String,
    pub name: Text,
    pub mandatory: bool,
    pub status: DocumentStatus,
    /// 可容缺
    #[serde(default)]
    pub deferrable: bool,
    /// 可告知承诺
    #[serde(default)]
    pub commitment: bool,
    /// 材料编码: cases of one application share documents of the same code; empty: this case's own.
    #[serde(default)]
    pub material: String,
    /// The provider that can answer instead; empty: none.
    #[serde(default)]
    pub shared_source: String,
    /// Other cases of the application ask for it too: it is given once.
    #[serde(default)]
    pub shared: bool,
    #[serde(default)]
    pub files: Vec<FileRef>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckedDocument {
    pub key: String,
    pub status: DocumentStatus,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeficiencyNotice {
    pub at: Millis,
    pub by: String,
    /// The documents asked for.
    pub documents: Vec<Text>,
    pub note: String,
}
