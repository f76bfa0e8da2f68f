//! Messages to departments' own systems (部门业务系统), as administrators and supervisors see them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Millis;

/// What became of a message so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OutboxState {
    /// It is sent as soon as the system takes it.
    Waiting,
    /// The system acknowledged it.
    Sent,
    /// It is not tried any more: the system refused it, or was away for too long. Somebody has to look.
    Stuck,
    #[serde(other)]
    Unknown,
}

/// A message in the outbox, without what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutboxMessage {
    pub id: String,
    /// The system's name in the server's settings.
    pub system: String,
    /// False where the answering server's settings have no such system: nothing is sent then.
    pub configured: bool,
    pub hall: String,
    pub case_no: String,
    /// Such as `case-accepted-for-review`.
    pub kind: String,
    pub state: OutboxState,
    pub created_at: Millis,
    /// Since it was put here or last replayed.
    pub attempts: i64,
    /// When it is tried next, while it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_try_at: Option<Millis>,
    /// Why the last attempt failed; empty where none did.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub last_error: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<Millis>,
}
