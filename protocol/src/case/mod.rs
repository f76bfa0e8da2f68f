//! Cases (办件): intake, review, decision, collection. States and names are those of the approval reference.

mod application;
mod branch;
mod clock;
mod document;
mod notice;
mod progress;
mod step;
mod task;

pub use application::{Agent, Applicant, Application, Joint, JointOutcome, OpenApplication};
pub use branch::{Branch, BranchState, Consulted, SpecialProcedure, SpecialState};
pub use clock::{ClockKind, ClockState, ClockView};
pub use document::{CaseDocument, CheckedDocument, DeficiencyNotice, DocumentStatus};
pub use notice::{IssuedNotice, NoticeStanding, Receipt};
pub use progress::{Progress, ProgressQuery, ProgressStep, StepState};
pub use step::{CaseAction, FileRef, Step};
pub use task::{Task, TaskKind};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Millis;
use crate::absence::Person;
use crate::catalogue::Text;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CaseState {
    /// 已申报: sent in by the applicant, not yet taken in.
    Submitted,
    /// 收件
    Received,
    /// 待补正
    Correction,
    /// 受理
    Accepted,
    /// 审查
    InReview,
    /// 决定
    InApproval,
    /// 特别程序: the clock stands still.
    Special,
    /// 准予
    DecidedGranted,
    /// 不予许可
    DecidedRefused,
    /// 办结
    Completed,
    /// 送达
    Delivered,
    /// 不受理: no permit is needed.
    NotRequired,
    /// 不予受理
    NotAccepted,
    /// 撤回
    Withdrawn,
    /// 终止
    Terminated,
    /// 撤销
    Revoked,
    #[serde(other)]
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Decision {
    pub granted: bool,
    /// The signer's name; `None` where a veto decided.
    #[serde(default)]
    pub by: Option<String>,
    pub at: Millis,
    pub reason: String,
}

/// One line of a case's history, from its events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HistoryEntry {
    pub at: Millis,
    /// The event's kind, such as `case-accepted`.
    pub kind: String,
    /// What happened, in a sentence.
    pub text: Text,
    /// The person's name, or empty for the system.
    pub by: String,
    /// Opinion, reason or note; may be empty.
    #[serde(default)]
    pub note: String,
    /// The name of the person on leave for whom it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
}

/// A case on one screen, for staff.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Case {
    /// 办件编号.
    pub case_no: String,
    pub hall: String,
    pub item: String,
    pub item_version: i64,
    pub item_name: Text,
    /// The department that answers for the item and decides.
    pub department: String,
    pub department_name: Text,
    pub state: CaseState,
    pub applicant: Applicant,
    #[serde(default)]
    pub ticket: Option<i64>,
    #[serde(default)]
    pub ticket_number: Option<String>,
    pub received_at: Millis,
    #[serde(default)]
    pub accepted_at: Option<Millis>,
    /// The promised day of completion, ISO; `None` before acceptance or where the item has no limit.
    #[serde(default)]
    pub due_on: Option<String>,
    /// True where the due date falls into a year with no published holiday arrangement.
    #[serde(default)]
    pub due_provisional: bool,
    pub documents: Vec<CaseDocument>,
    /// The application (申请) it came with; cases of one application share their documents.
    #[serde(default)]
    pub application: String,
    /// Numbers of the application's other cases.
    #[serde(default)]
    pub siblings: Vec<String>,
    /// The applicant's answers to the item's questions, in words.
    #[serde(default)]
    pub answers: Vec<Answered>,
    /// The form as it was filled in, by the item's field keys.
    #[serde(default)]
    pub form: BTreeMap<String, String>,
    #[serde(default)]
    pub clocks: Vec<ClockView>,
    #[serde(default)]
    pub special_procedures: Vec<SpecialProcedure>,
    /// The extension's days, once granted.
    #[serde(default)]
    pub extension_days: Option<u16>,
    /// Why the applicant wants to withdraw, until the department confirms it.
    #[serde(default)]
    pub withdrawal: Option<String>,
    #[serde(default)]
    pub correction: Option<DeficiencyNotice>,
    #[serde(default)]
    pub branches: Vec<Branch>,
    #[serde(default)]
    pub returned: Option<String>,
    #[serde(default)]
    pub decision: Option<Decision>,
    #[serde(default)]
    pub history: Vec<HistoryEntry>,
    /// 22 unguessable characters of the receipt; its page is `/c/{query_code}`.
    pub query_code: String,
    pub query_url: String,
    /// What the asker may do now.
    #[serde(default, deserialize_with = "step::known_actions")]
    pub actions: Vec<CaseAction>,
    /// The person on leave for whom the asker may do some of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<Person>,
}

/// `POST /api/v1/cases/steps`: cases to be granted together (批量审批).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SeveralSteps {
    pub cases: Vec<String>,
    #[serde(default)]
    pub opinion: String,
}

/// What became of one of several cases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Done {
    pub case_no: String,
    /// Why it was refused; `None` where it was done.
    #[serde(default)]
    pub refused: Option<crate::problem::Code>,
}

/// An answered question (情形).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Answered {
    pub question: Text,
    pub choice: Text,
}
