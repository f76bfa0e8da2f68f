//! Cases (办件): one application for one item, from intake to collection.
//!
//! [`Case::apply`] is the only way on: it takes the case by value and refuses every step that the state, the asker or the papers do
//! not allow. States and steps are those of the approval reference, section 2; who the applicant is stays in storage's own columns.

mod application;
mod branch;
pub mod clock;
mod clocks;
mod events;
mod joint;
mod number;
mod opening;
mod progress;
mod refusal;
mod rights;
mod special;
mod steps;
mod substitution;
mod tasks;
mod terms;
#[cfg(test)]
mod tests;

pub use application::{Shared, share};
pub use branch::{Branch, BranchState, Consultation, Consulted, Joined, join};
pub use clock::{Budget, CaseClock, Ledger, Pause};
pub use clocks::{DELIVERY_DAYS, FirstClock, INTAKE_DAYS, is_with_hall};
pub use events::{CaseChange, CaseEvent, Ticked};
pub use joint::{JointTerms, decided, joint_clocks, outcome};
pub use number::{case_number, is_case_number};
pub use opening::Opening;
pub use progress::{progress_steps, state_text};
pub use refusal::CaseRefusal;
pub use special::{SpecialProcedure, SpecialState};
pub use tasks::{OpenTask, TaskFor};
pub use terms::{BranchTerms, Terms};

use std::collections::BTreeMap;

use jiff::civil::Date;
use protocol::Millis;
use protocol::case::{CaseAction, DocumentStatus, FileRef, Step};
use protocol::staff::User;
use serde::{Deserialize, Serialize};
use strum::IntoEnumIterator;

use crate::calendar::Calendar;
use crate::civil;

/// A case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    pub case_no: String,
    pub hall: String,
    /// The application (申请) it came with: the number of its first case.
    pub application: String,
    pub item: String,
    /// The version it was taken in under: a newer one changes nothing for it.
    pub item_version: i64,
    /// The department that answers for the item and decides.
    pub department: String,
    pub terms: Terms,
    /// The applicant's answers to the item's questions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, String>,
    pub ticket: Option<i64>,
    /// When it was received, or sent by the applicant while it is `unreceived`.
    pub received_at: Millis,
    /// Sent by the applicant, and not taken in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unreceived: bool,
    pub documents: Vec<Document>,
    /// The correction notices: one, and another only for supplied papers that are themselves wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Correction>,
    pub accepted_at: Option<Millis>,
    /// Empty before acceptance, and where silence accepted it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub accepted_by: String,
    /// 行政许可法 32: accepted by silence.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deemed: bool,
    /// The limits' ledger, from acceptance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<Ledger>,
    /// The decision step's ledger, while it lies with the signer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision_ledger: Option<Ledger>,
    /// All rounds, the oldest first.
    pub branches: Vec<Branch>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub special_procedures: Vec<SpecialProcedure>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<Extension>,
    /// What the applicant asked for and the department has not confirmed yet (撤件待确认).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawal: Option<Withdrawal>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charged: Vec<Charge>,
    /// How many papers it has issued: their numbers count from 1.
    #[serde(default)]
    pub papers: u32,
    pub state: CaseState,
}

/// A required document (收件材料) that applies to the case, and whether it is there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Document {
    pub key: String,
    pub mandatory: bool,
    pub status: DocumentStatus,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deferrable: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub commitment: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub shared_source: String,
    /// 材料编码: the same in several cases of an application, it is given once.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub material: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileRef>,
}

/// A correction notice (补正告知书).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    pub at: Millis,
    pub by: String,
    /// Keys of the documents asked for.
    pub documents: Vec<String>,
    pub note: String,
}

/// An extension (延期), granted once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    pub at: Millis,
    pub by: String,
    pub days: u16,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    pub at: Millis,
    pub reason: String,
}

/// A fee that was charged; fen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    pub at: Millis,
    pub by: String,
    pub name: String,
    pub amount: i64,
}

/// What the review proposes to the signer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "proposal", rename_all = "kebab-case")]
pub enum Proposal {
    Grant,
    /// By a department's veto, or by the join rule. A veto cannot be overruled by the signer, only sent back.
    Refuse {
        department: String,
        reason: String,
        veto: bool,
    },
}

/// A grant or refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The signer.
    pub by: String,
    pub at: Millis,
    pub reason: String,
}

/// How and why a case ended without running its course.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    pub at: Millis,
    /// Empty for the system.
    pub by: String,
    pub reason: String,
    /// The competent authority, or the legal basis; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub basis: String,
}

/// Where a case stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum CaseState {
    Submitted {
        since: Millis,
    },
    /// The intake clock counts from `from`, the day the papers came.
    Received {
        since: Millis,
        from: Date,
    },
    Correction {
        since: Millis,
    },
    /// Accepted, nobody has reviewed yet; or returned to the hall, with the reason.
    Accepted {
        since: Millis,
        returned: Option<String>,
    },
    /// Without an open branch it waits for deferred papers.
    InReview {
        since: Millis,
    },
    InApproval {
        since: Millis,
        proposal: Proposal,
    },
    /// The whole case stands still; `before` is where it goes on.
    Special {
        since: Millis,
        before: Box<CaseState>,
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
        /// The result's document, where it is kept here.
        result: Option<FileRef>,
    },
    Delivered {
        granted: bool,
        decision: Decision,
        completed_at: Millis,
        at: Millis,
        result: Option<FileRef>,
    },
    NotRequired {
        end: End,
    },
    NotAccepted {
        end: End,
    },
    Withdrawn {
        end: End,
    },
    Terminated {
        end: End,
    },
    /// The decision stays readable.
    Revoked {
        end: End,
        decision: Decision,
    },
}

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub enum Asker<'a> {
    Staff(&'a User),
    /// A colleague for somebody on leave, where the step is that person's own.
    Substitute {
        user: &'a User,
        absent: &'a User,
    },
    /// The applicant or their agent, by phone.
    Applicant,
    /// The hall's own jobs.
    System,
    /// A department's own system, for one of its officers.
    Department {
        code: &'a str,
        officer: &'a str,
    },
}

impl Asker<'_> {
    /// As a case remembers them.
    pub fn name(&self) -> String {
        match self {
            Asker::Staff(user) | Asker::Substitute { user, .. } => user.username.clone(),
            Asker::Applicant => String::new(),
            Asker::System => String::new(),
            Asker::Department { code, officer } => format!("{code}/{officer}"),
        }
    }

    /// User name of the person on leave for whom the step is taken.
    pub fn on_behalf_of(&self) -> Option<&str> {
        match self {
            Asker::Substitute { absent, .. } => Some(&absent.username),
            _ => None,
        }
    }

    /// Whether somebody is the asker, or the person for whom the asker acts: for two pairs of eyes they are one.
    fn is(&self, username: &str) -> bool {
        self.name() == username || self.on_behalf_of() == Some(username)
    }

    /// Whose answer it is that a colleague asked for.
    fn asked_as(&self) -> String {
        self.on_behalf_of().map_or_else(|| self.name(), str::to_owned)
    }

    /// Who sits at the screen.
    fn user(&self) -> Option<&User> {
        match self {
            Asker::Staff(user) | Asker::Substitute { user, .. } => Some(user),
            Asker::Applicant | Asker::System | Asker::Department { .. } => None,
        }
    }

    fn department(&self) -> Option<&str> {
        match self {
            Asker::Staff(user) | Asker::Substitute { user, .. } => user.department.as_deref(),
            Asker::Department { code, .. } => Some(code),
            Asker::Applicant | Asker::System => None,
        }
    }
}

/// When a step is taken, and the calendar in force.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    pub now: Millis,
    pub calendar: &'a Calendar,
}

impl Moment<'_> {
    pub fn today(&self) -> Date {
        civil::day(self.now)
    }
}

impl CaseState {
    pub fn name(&self) -> protocol::case::CaseState {
        use protocol::case::CaseState as Name;
        match self {
            CaseState::Submitted { .. } => Name::Submitted,
            CaseState::Received { .. } => Name::Received,
            CaseState::Correction { .. } => Name::Correction,
            CaseState::Accepted { .. } => Name::Accepted,
            CaseState::InReview { .. } => Name::InReview,
            CaseState::InApproval { .. } => Name::InApproval,
            CaseState::Special { .. } => Name::Special,
            CaseState::DecidedGranted { .. } => Name::DecidedGranted,
            CaseState::DecidedRefused { .. } => Name::DecidedRefused,
            CaseState::Completed { .. } => Name::Completed,
            CaseState::Delivered { .. } => Name::Delivered,
            CaseState::NotRequired { .. } => Name::NotRequired,
            CaseState::NotAccepted { .. } => Name::NotAccepted,
            CaseState::Withdrawn { .. } => Name::Withdrawn,
            CaseState::Terminated { .. } => Name::Terminated,
            CaseState::Revoked { .. } => Name::Revoked,
        }
    }

    /// The decision and whether it grants, once there is one.
    pub fn decision(&self) -> Option<(&Decision, bool)> {
        match self {
            CaseState::DecidedGranted { decision } | CaseState::Revoked { decision, .. } => Some((decision, true)),
            CaseState::DecidedRefused { decision } => Some((decision, false)),
            CaseState::Completed { granted, decision, .. } | CaseState::Delivered { granted, decision, .. } => {
                Some((decision, *granted))
            }
            _ => None,
        }
    }

    /// Why it ended without running its course.
    pub fn end(&self) -> Option<&End> {
        match self {
            CaseState::NotRequired { end }
            | CaseState::NotAccepted { end }
            | CaseState::Withdrawn { end }
            | CaseState::Terminated { end }
            | CaseState::Revoked { end, .. } => Some(end),
            _ => None,
        }
    }

    /// Nothing is awaited of anybody any more.
    pub fn is_over(&self) -> bool {
        self.end().is_some() || matches!(self, CaseState::Delivered { .. })
    }

    fn before_acceptance(&self) -> bool {
        matches!(self, CaseState::Submitted { .. } | CaseState::Received { .. } | CaseState::Correction { .. })
    }

    /// Accepted and under review: branches may answer.
    fn in_review(&self) -> bool {
        matches!(self, CaseState::Accepted { returned: None, .. } | CaseState::InReview { .. })
    }
}

impl Case {
    /// Takes a step. Refused, the case given is to be kept as it was.
    pub fn apply(
        mut self,
        asker: &Asker<'_>,
        step: Step,
        moment: &Moment<'_>,
    ) -> Result<(Case, CaseEvent), CaseRefusal> {
        self.may(asker, step.action(), moment)?;
        if step.required_text().is_some_and(|text| text.trim().is_empty()) {
            return Err(CaseRefusal::TextRequired);
        }
        let event = self.take(asker, step, moment)?;
        Ok((self, event))
    }

    /// What somebody may do now.
    pub fn allowed(&self, asker: &Asker<'_>, moment: &Moment<'_>) -> Vec<CaseAction> {
        CaseAction::iter().filter(|action| self.may(asker, *action, moment).is_ok()).collect()
    }

    /// The round under way: 0 before acceptance.
    pub fn round(&self) -> i64 {
        self.branches.last().map_or(0, |branch| branch.round)
    }

    /// The branches of the round under way.
    pub fn current_branches(&self) -> impl Iterator<Item = &Branch> + Clone {
        let round = self.round();
        self.branches.iter().filter(move |branch| branch.round == round)
    }

    /// Keys of the mandatory documents that are neither there nor rightly replaced.
    pub fn missing(&self) -> Vec<String> {
        self.documents.iter().filter(|d| d.mandatory && d.status.is_lacking()).map(|d| d.key.clone()).collect()
    }

    /// Keys of the deferred papers that have not come.
    pub fn outstanding(&self) -> Vec<String> {
        self.documents.iter().filter(|d| d.status == DocumentStatus::Deferred).map(|d| d.key.clone()).collect()
    }
}
