//! Absences (休假) with whoever stands in (代理人).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Millis;
use crate::catalogue::Text;

/// Somebody of the staff.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Person {
    pub username: String,
    pub name: String,
}

/// `GET /api/v1/absences`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Absence {
    pub id: i64,
    pub person: Person,
    pub substitute: Person,
    /// The first day, ISO.
    pub from: String,
    /// The last day, ISO.
    pub until: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Ended early, or called off.
    #[serde(default)]
    pub ended: bool,
    /// The substitute acts today.
    pub current: bool,
}

/// `POST /api/v1/absences`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewAbsence {
    /// The asker where absent; another person only by a leader or administrator of their department.
    #[serde(default)]
    pub person: Option<String>,
    pub substitute: String,
    /// ISO, today at the earliest.
    pub from: String,
    /// ISO, included.
    pub until: String,
    #[serde(default)]
    pub reason: Option<String>,
}

/// What was done on behalf of somebody during an absence. `GET /api/v1/absences/{id}/steps`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StepOnBehalf {
    pub at: Millis,
    pub case_no: String,
    pub item_name: Text,
    /// What happened, in a sentence.
    pub text: Text,
    /// Opinion, reason or note; may be empty.
    #[serde(default)]
    pub note: String,
    pub by: Person,
}
