//! Drafts of service items: what an administrator edits before it becomes a published version.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Millis;
use crate::catalogue::{Item, Text};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DraftState {
    /// 草稿: may hold faults.
    #[default]
    Draft,
    /// 已检查: without a fault when it was checked.
    Checked,
}

/// A reason why a draft may not be published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DraftProblem {
    /// Path of the field in the item's JSON, lists by number from 0, such as `documents.2.when`.
    pub place: String,
    pub reason: Text,
}

/// The one draft of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Draft {
    /// Its `version` is that from which the draft was made.
    pub item: Item,
    /// The version from which it was made; 0 for an item that was never published.
    pub base_version: i64,
    /// Grows with every change. Whoever changes the draft names the revision that they saw.
    pub revision: i64,
    pub state: DraftState,
    /// What the last check found; empty before the first.
    pub problems: Vec<DraftProblem>,
    pub changed_at: Millis,
    /// The user name.
    pub changed_by: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DraftSummary {
    pub code: String,
    pub name: Text,
    pub base_version: i64,
    pub revision: i64,
    pub state: DraftState,
    /// How many faults the last check found.
    pub problems: usize,
    pub changed_at: Millis,
    pub changed_by: String,
}

/// `PUT /api/v1/drafts/{code}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SaveDraft {
    /// The revision that was changed; 0 where there is no draft yet.
    pub revision: i64,
    /// Its `version` does not matter.
    pub item: Item,
}

/// `POST /api/v1/drafts/{code}/check`, `…/publish`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DraftStep {
    pub revision: i64,
}

/// A version that was published from a draft or a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Publication {
    pub code: String,
    pub version: i64,
    pub at: Millis,
    /// The user name of whoever published it; empty for versions that came with a list.
    #[serde(default)]
    pub by: String,
    /// `draft`, `file` or `list`.
    pub source: String,
}
