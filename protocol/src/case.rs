//! Cases (办件): intake, review, decision, collection. States and names are those of the approval reference.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Millis;
use crate::catalogue::Text;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CaseState {
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
    /// 准予
    DecidedGranted,
    /// 不予许可
    DecidedRefused,
    /// 办结
    Completed,
    /// 送达
    Delivered,
    /// 撤回
    Withdrawn,
    #[serde(other)]
    Unknown,
}

/// The applicant, and the agent (代理人) who stands at the desk for them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Applicant {
    /// A person's or a firm's name.
    pub name: String,
    /// Resident ID number (GB 11643) or unified social credit code (GB 32100), or another permit's number.
    pub id_number: String,
    #[serde(default)]
    pub phone: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Agent>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Agent {
    pub name: String,
    pub id_number: String,
}

/// `POST /api/v1/cases`: start an application for the ticket at the clerk's window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenCase {
    pub ticket: i64,
    /// The item; the ticket's own where absent.
    #[serde(default)]
    pub item: Option<String>,
    pub applicant: Applicant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentStatus {
    Missing,
    Provided,
}

/// A paper of the case (收件材料).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CaseDocument {
    pub key: String,
    pub name: Text,
    pub mandatory: bool,
    pub status: DocumentStatus,
}

/// `PUT /api/v1/cases/{case_no}/documents`: the checklist as the clerk ticked it. Keys not named stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckDocuments {
    pub documents: Vec<CheckedDocument>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckedDocument {
    pub key: String,
    pub status: DocumentStatus,
}

/// `POST /api/v1/cases/{case_no}/correction`: the one full notice (补正告知). Every missing mandatory document is listed by the
/// server; the clerk adds what is wrong with papers that were given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NotifyCorrection {
    #[serde(default)]
    pub note: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeficiencyNotice {
    pub at: Millis,
    pub by: String,
    /// The documents asked for.
    pub documents: Vec<Text>,
    pub note: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BranchState {
    Open,
    Approved,
    Refused,
    CancelledByVeto,
    CancelledByReturn,
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
    /// The reviewer's name, once there is an opinion.
    #[serde(default)]
    pub by: Option<String>,
    #[serde(default)]
    pub opinion: String,
    #[serde(default)]
    pub at: Option<Millis>,
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
    #[serde(default)]
    pub actions: Vec<CaseAction>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CaseAction {
    CheckDocuments,
    NotifyCorrection,
    /// The missing papers came: back to intake.
    Supply,
    Accept,
    /// A reviewer's approval of their department's branch.
    Approve,
    /// A reviewer's or signer's return.
    Return,
    /// A reviewer's veto.
    Veto,
    /// After a return: send it to review again.
    Resubmit,
    Grant,
    Refuse,
    Complete,
    Deliver,
    Withdraw,
    #[serde(other)]
    Unknown,
}

/// `POST /api/v1/cases/{case_no}/{approve|return|veto|resubmit|grant|refuse|withdraw}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Opinion {
    /// Opinion or reason; mandatory for all but `grant`.
    #[serde(default)]
    pub text: String,
}

/// `POST /api/v1/cases/{case_no}/deliver`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Deliver {
    /// Who collected: name as on the shown ID.
    pub collected_by: String,
}

/// A line of *my tasks* (待办). `GET /api/v1/tasks`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Task {
    pub case_no: String,
    pub kind: TaskKind,
    pub item_name: Text,
    pub applicant_name: String,
    pub state: CaseState,
    /// Since when it lies with the asker.
    pub since: Millis,
    #[serde(default)]
    pub due_on: Option<String>,
    /// Working days left to `due_on`, negative when past.
    #[serde(default)]
    pub days_left: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TaskKind {
    /// Review the department's branch.
    Review,
    /// Sign the decision.
    Decide,
    /// Make the result ready.
    Complete,
    /// Hand the result over.
    Deliver,
    /// Answer a return and send it to review again.
    Resubmit,
    /// Take in what was missing.
    Supply,
    #[serde(other)]
    Unknown,
}

/// The receipt of an accepted case (受理回执), as printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Receipt {
    pub case_no: String,
    pub hall_name: Text,
    pub item_name: Text,
    pub department_name: Text,
    /// Masked: 王*.
    pub applicant_name: String,
    pub accepted_at: Millis,
    #[serde(default)]
    pub due_on: Option<String>,
    pub documents: Vec<Text>,
    pub query_url: String,
}

/// `POST /api/v1/progress`: a kiosk asks for somebody's cases, by card, or by the code on a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum ProgressQuery {
    Card {
        id_number: String,
    },
    /// The scanned text: the receipt's address or its code; a ticket's address is answered too.
    Code {
        code: String,
    },
}

/// A case's progress as a citizen sees it: no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Progress {
    pub case_no: String,
    pub item_name: Text,
    pub department_name: Text,
    pub state: CaseState,
    /// What it means for the citizen, in a sentence.
    pub text: Text,
    pub received_at: Millis,
    #[serde(default)]
    pub due_on: Option<String>,
    #[serde(default)]
    pub missing: Vec<Text>,
    pub steps: Vec<ProgressStep>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProgressStep {
    pub name: Text,
    pub state: StepState,
    #[serde(default)]
    pub at: Option<Millis>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StepState {
    Done,
    Current,
    Ahead,
}
