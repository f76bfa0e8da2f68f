//! What a department answers, and the special procedures (特别程序) that hold it up.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Millis;
use crate::catalogue::{SpecialKind, Text, Voice};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BranchState {
    Open,
    /// 特别程序 in this branch.
    Paused,
    Approved,
    Refused,
    /// 无需办理
    NotApplicable,
    CancelledByVeto,
    CancelledByReturn,
    /// The join had enough answers without it.
    CancelledByJoin,
    /// The case ended.
    CancelledByEnd,
    #[serde(other)]
    Unknown,
}

/// One department's review inside a case (分支).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Branch {
    pub department: String,
    pub department_name: Text,
    /// 1 for the first review; a return starts the next round.
    pub round: i64,
    pub state: BranchState,
    #[serde(default)]
    pub voice: Voice,
    /// The department's own system that answers, where one does.
    #[serde(default)]
    pub system: String,
    /// Whose it is, before there is an opinion.
    #[serde(default)]
    pub reviewer: Option<String>,
    /// The reviewer's name, once there is an opinion.
    #[serde(default)]
    pub by: Option<String>,
    #[serde(default)]
    pub opinion: String,
    #[serde(default)]
    pub at: Option<Millis>,
    /// Colleagues asked for advice or a signature, with their answers.
    #[serde(default)]
    pub consulted: Vec<Consulted>,
}

/// A colleague asked in a branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Consulted {
    pub name: String,
    /// True for a countersignature (加签), false for a delegation (委托).
    pub countersign: bool,
    #[serde(default)]
    pub agrees: Option<bool>,
    #[serde(default)]
    pub opinion: String,
}

/// A special procedure of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SpecialProcedure {
    pub kind: SpecialKind,
    pub kind_name: Text,
    /// The branch's department; empty where it stops the whole case.
    #[serde(default)]
    pub department: String,
    pub reason: String,
    pub planned_days: u16,
    pub state: SpecialState,
    /// The day it is planned to end, ISO, once it is approved.
    #[serde(default)]
    pub planned_end: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SpecialState {
    Asked,
    Declined,
    Open,
    Closed,
}
