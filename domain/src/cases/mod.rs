//! Cases (办件): one application for one item, from intake to collection.
//!
//! [`Case::apply`] is the only way on: it takes the case by value and refuses every step that the state, the asker's role or the papers
//! do not allow. The states are those of the approval reference, section 2; who the applicant is stays in storage's own columns.

mod actions;
mod events;
mod number;
mod progress;
mod pulled;
#[cfg(test)]
mod tests;

pub use actions::Action;
pub use events::CaseEvent;
pub use number::{case_number, is_case_number};
pub use progress::{progress_steps, state_text};

use jiff::civil::Date;
use protocol::Millis;
use protocol::case::{CaseAction, DocumentStatus, TaskKind};
use protocol::staff::Role;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::calendar::{Calendar, Due};
use crate::civil;

/// A case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    pub case_no: String,
    pub hall: String,
    pub item: String,
    /// The version it was taken in under: a newer one changes nothing for it.
    pub item_version: i64,
    /// The department that answers for the item and decides.
    pub department: String,
    /// The departments that review it, in parallel; never empty.
    pub review_departments: Vec<String>,
    /// 承诺办结时限, or the statutory limit where none is promised; 0 for none. Working days.
    pub limit_days: u16,
    pub ticket: Option<i64>,
    pub received_at: Millis,
    pub documents: Vec<Document>,
    pub correction: Option<Correction>,
    pub accepted_at: Option<Millis>,
    /// All rounds, the oldest first.
    pub branches: Vec<Branch>,
    pub state: CaseState,
}

/// A required document of the item and whether it is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    pub key: String,
    pub mandatory: bool,
    pub status: DocumentStatus,
}

/// The one full correction notice (一次性补正告知).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    pub at: Millis,
    pub by: String,
    /// Keys of the documents asked for.
    pub documents: Vec<String>,
    pub note: String,
}

/// One department's review in one round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    pub department: String,
    pub round: i64,
    pub state: BranchState,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum BranchState {
    Open,
    Approved {
        by: String,
        opinion: String,
        at: Millis,
    },
    Refused {
        by: String,
        opinion: String,
        at: Millis,
    },
    /// Another department's veto ended the round. Kept, not deleted.
    CancelledByVeto {
        at: Millis,
    },
    CancelledByReturn {
        at: Millis,
    },
}

impl BranchState {
    /// The reviewer who gave an opinion.
    pub fn by(&self) -> Option<&str> {
        match self {
            BranchState::Approved { by, .. } | BranchState::Refused { by, .. } => Some(by),
            _ => None,
        }
    }
}

/// A grant or refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The signer; `None` where a department's veto decided.
    pub by: Option<String>,
    pub at: Millis,
    pub reason: String,
}

/// Where a case stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum CaseState {
    Received {
        since: Millis,
    },
    Correction {
        since: Millis,
    },
    /// Accepted, nobody has reviewed yet; or returned to the hall, with the reason.
    Accepted {
        since: Millis,
        returned: Option<String>,
    },
    InReview {
        since: Millis,
    },
    InApproval {
        since: Millis,
    },
    DecidedGranted {
        decision: Decision,
    },
    DecidedRefused {
        decision: Decision,
    },
    Completed {
        granted: bool,
        decision: Decision,
        at: Millis,
    },
    Delivered {
        granted: bool,
        decision: Decision,
        at: Millis,
    },
    Withdrawn {
        at: Millis,
        reason: String,
    },
}

/// Why a step is refused. The case stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CaseRefusal {
    #[error("the case's state does not allow this")]
    WrongState,
    #[error("the asker may not do this")]
    Forbidden,
    #[error("mandatory documents are missing")]
    DocumentsMissing(Vec<String>),
    #[error("the item has no document {0}")]
    UnknownDocument(String),
    #[error("the correction notice was given already")]
    CorrectionAlreadyGiven,
    #[error("an opinion or reason is required")]
    OpinionRequired,
    #[error("the department's review is closed")]
    TaskClosed,
    #[error("the signer reviewed this case")]
    SignerIsReviewer,
}

/// To whom an open task falls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskFor {
    /// Staff of a department with this role.
    Department(String, Role),
    /// Clerks of a hall.
    Hall(String),
}

/// An open task (待办) of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenTask {
    pub kind: TaskKind,
    pub falls_to: TaskFor,
    pub since: Millis,
}

impl CaseState {
    pub fn name(&self) -> protocol::case::CaseState {
        use protocol::case::CaseState as Name;
        match self {
            CaseState::Received { .. } => Name::Received,
            CaseState::Correction { .. } => Name::Correction,
            CaseState::Accepted { .. } => Name::Accepted,
            CaseState::InReview { .. } => Name::InReview,
            CaseState::InApproval { .. } => Name::InApproval,
            CaseState::DecidedGranted { .. } => Name::DecidedGranted,
            CaseState::DecidedRefused { .. } => Name::DecidedRefused,
            CaseState::Completed { .. } => Name::Completed,
            CaseState::Delivered { .. } => Name::Delivered,
            CaseState::Withdrawn { .. } => Name::Withdrawn,
        }
    }

    /// The decision and whether it grants, once there is one.
    pub fn decision(&self) -> Option<(&Decision, bool)> {
        match self {
            CaseState::DecidedGranted { decision } => Some((decision, true)),
            CaseState::DecidedRefused { decision } => Some((decision, false)),
            CaseState::Completed { granted, decision, .. } | CaseState::Delivered { granted, decision, .. } => {
                Some((decision, *granted))
            }
            _ => None,
        }
    }
}

impl Case {
    /// The day it must be completed; `None` before acceptance or without a limit. Derived, never stored.
    pub fn due(&self, calendar: &Calendar) -> Option<Due> {
        let accepted: Date = civil::day(self.accepted_at?);
        (self.limit_days > 0).then(|| calendar.due(accepted, u32::from(self.limit_days)))
    }

    /// The round under way: 0 before acceptance.
    pub fn round(&self) -> i64 {
        self.branches.last().map_or(0, |branch| branch.round)
    }

    /// Keys of mandatory documents that are missing.
    pub fn missing(&self) -> Vec<String> {
        self.documents
            .iter()
            .filter(|d| d.mandatory && d.status == DocumentStatus::Missing)
            .map(|d| d.key.clone())
            .collect()
    }

    /// What lies with whom now.
    pub fn open_tasks(&self) -> Vec<OpenTask> {
        let hall = |kind, since| OpenTask { kind, falls_to: TaskFor::Hall(self.hall.clone()), since };
        let decider =
            |kind, role, since| OpenTask { kind, falls_to: TaskFor::Department(self.department.clone(), role), since };
        match &self.state {
            CaseState::Received { .. } => Vec::new(),
            CaseState::Correction { since } => vec![hall(TaskKind::Supply, *since)],
            CaseState::Accepted { since, returned: Some(_) } => vec![hall(TaskKind::Resubmit, *since)],
            CaseState::Accepted { since, returned: None } | CaseState::InReview { since } => self
                .branches
                .iter()
                .filter(|b| b.state == BranchState::Open)
                .map(|b| OpenTask {
                    kind: TaskKind::Review,
                    falls_to: TaskFor::Department(b.department.clone(), Role::Reviewer),
                    since: *since,
                })
                .collect(),
            CaseState::InApproval { since } => {
                vec![decider(TaskKind::Decide, Role::Signer, *since)]
            }
            CaseState::DecidedGranted { decision } | CaseState::DecidedRefused { decision } => {
                vec![decider(TaskKind::Complete, Role::Reviewer, decision.at)]
            }
            CaseState::Completed { at, .. } => vec![hall(TaskKind::Deliver, *at)],
            CaseState::Delivered { .. } | CaseState::Withdrawn { .. } => Vec::new(),
        }
    }

    /// What an asker may do now.
    pub fn allowed(&self, asker: &protocol::staff::User) -> Vec<CaseAction> {
        const ALL: [CaseAction; 13] = [
            CaseAction::CheckDocuments,
            CaseAction::NotifyCorrection,
            CaseAction::Supply,
            CaseAction::Accept,
            CaseAction::Approve,
            CaseAction::Return,
            CaseAction::Veto,
            CaseAction::Resubmit,
            CaseAction::Grant,
            CaseAction::Refuse,
            CaseAction::Complete,
            CaseAction::Deliver,
            CaseAction::Withdraw,
        ];
        ALL.into_iter().filter(|action| self.may(asker, *action).is_ok()).collect()
    }
}
