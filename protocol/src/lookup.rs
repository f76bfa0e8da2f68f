//! Data instead of papers (数据共享、免提交): lookups in other offices' registers for a case at hand.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Millis;
use crate::catalogue::Text;

/// `POST /api/v1/cases/{case_no}/lookups`: look up what a document of the case would say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AskLookup {
    /// The document's key in the item.
    pub document: String,
    /// What it is needed for, in words; the citizen reads it.
    pub purpose: String,
    /// The number to ask by, where the case has several that fit. It must be one of the case's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
}

/// What became of a lookup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LookupOutcome {
    /// The provider is being asked, or its answer never reached the hall.
    Asked,
    /// The answer is attached to the case.
    Found,
    /// The provider has nothing under this number.
    NotFound,
    /// The provider could not be reached, or took too long.
    NoAnswer,
    /// The answer was not what the provider is known to give.
    WrongAnswer,
    /// The case was closed before the answer came; nothing is attached.
    CaseClosed,
    /// The rules did not allow it; nobody was asked.
    Refused,
    #[serde(other)]
    Unknown,
}

/// A lookup, for staff of the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Lookup {
    pub id: String,
    pub document: String,
    /// The provider's name, such as `business-registration`; empty where the document has none.
    pub provider: String,
    /// The data's name for people, such as 营业执照信息.
    pub data: Text,
    pub purpose: String,
    /// Who asked, and the hall or department they acted for.
    pub by: String,
    pub office: Text,
    pub asked_at: Millis,
    pub outcome: LookupOutcome,
    /// Why it was refused, as a code; empty where it was not.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub refusal: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<LookupAnswer>,
    /// What the provider said; empty unless `found`.
    pub fields: Vec<PulledField>,
    /// What to do now, for the clerk.
    pub advice: Text,
}

/// How the provider answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LookupAnswer {
    pub answered_at: Millis,
    pub duration_ms: i64,
    /// SHA-256 over the lookup's salt and the request as sent: docs/providers.md.
    pub request_digest: String,
    /// SHA-256 over the lookup's salt and the answer as received; empty without an answer.
    pub response_digest: String,
}

/// A field of a document pulled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PulledField {
    pub key: String,
    pub name: Text,
    pub value: String,
}
