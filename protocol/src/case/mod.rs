//! Cases (办件): intake, review, decision, collection. States and names are those of the approval reference.

mod step;

pub use step::{CaseAction, FileRef, Step};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Millis;
use crate::absence::Person;
use crate::catalogue::{SpecialKind, Text, Voice};

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

/// `POST /api/v1/applications`: start an application (申请) for the ticket at the clerk's window. It opens one case for each item;
/// an item with members (一件事) opens one for each member.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenApplication {
    pub ticket: i64,
    /// The item; the ticket's own where absent.
    #[serde(default)]
    pub item: Option<String>,
    pub applicant: Applicant,
    /// Answers to the item's questions: question's key → choice's key. Absent: those prepared with the ticket.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub form: BTreeMap<String, String>,
    /// The day the papers came, ISO, where they were taken in before they could be entered (线下收件). The clocks start on it.
    #[serde(default)]
    pub received_on: Option<String>,
}

/// The cases that an application opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Application {
    pub application: String,
    /// In the order of the item's members; read by staff, those that concern the reader.
    pub cases: Vec<Case>,
    /// The application as a whole.
    #[serde(default)]
    pub joint: Joint,
}

/// An application as a whole: derived from all its cases, whoever reads it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Joint {
    /// The package (一件事) applied for; empty where one item was applied for by itself.
    pub item_name: Text,
    /// How many cases it opened, and how many of them are decided or have ended.
    pub cases: usize,
    pub decided: usize,
    pub outcome: JointOutcome,
    /// Its own limits, the promised one first: none before all its cases are accepted, or where nothing is promised as a whole.
    #[serde(default)]
    pub clocks: Vec<ClockView>,
}

/// What an application comes to (总结果).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum JointOutcome {
    /// A case is not decided yet.
    #[default]
    Open,
    /// 准予: all that was needed.
    Granted,
    /// 部分准予: some, the rest was refused or has ended.
    PartlyGranted,
    /// 不予: none was granted, and one or more were refused.
    Refused,
    /// 无需办理
    NotRequired,
    /// 终结: withdrawn or terminated, nothing was granted or refused.
    Ended,
    #[serde(other)]
    Unknown,
}

impl JointOutcome {
    pub fn name(self) -> Text {
        match self {
            JointOutcome::Open => Text::new("办理中", "Under way"),
            JointOutcome::Granted => Text::new("全部准予", "All granted"),
            JointOutcome::PartlyGranted => Text::new("部分准予", "Partly granted"),
            JointOutcome::Refused => Text::new("不予许可", "Refused"),
            JointOutcome::NotRequired => Text::new("无需办理", "Nothing required"),
            JointOutcome::Ended => Text::new("已终结", "Ended"),
            JointOutcome::Unknown => Text::new("见各办件", "See each case"),
        }
    }
}

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

/// Which clock (时限) of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClockKind {
    /// 受理时限: five working days from the papers' receipt.
    Intake,
    /// 补正期限, where the item lets an unanswered notice lapse.
    Correction,
    /// 审查环节, one department's.
    Review,
    /// 决定环节
    Decision,
    /// 承诺办结时限
    Promised,
    /// 法定办结时限
    Statutory,
    /// 容缺补交期限
    Deferred,
    /// 送达期限: ten working days from the decision.
    Delivery,
}

impl ClockKind {
    pub fn name(self) -> Text {
        match self {
            ClockKind::Intake => Text::new("受理时限", "Intake limit"),
            ClockKind::Correction => Text::new("补正期限", "Time to supply papers"),
            ClockKind::Review => Text::new("审查环节时限", "Review step"),
            ClockKind::Decision => Text::new("决定环节时限", "Decision step"),
            ClockKind::Promised => Text::new("承诺时限", "Promised limit"),
            ClockKind::Statutory => Text::new("法定时限", "Statutory limit"),
            ClockKind::Deferred => Text::new("容缺补交期限", "Deferred papers"),
            ClockKind::Delivery => Text::new("送达期限", "Delivery"),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClockState {
    Running,
    Paused,
    Stopped,
}

/// A clock as it explains itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClockView {
    pub kind: ClockKind,
    /// The department whose step it is; empty where it is the whole case's.
    #[serde(default)]
    pub department: String,
    pub state: ClockState,
    /// Days used of `days`, both in the item's unit.
    pub used: u32,
    pub days: u32,
    /// ISO; `None` while it is paused.
    #[serde(default)]
    pub due_on: Option<String>,
    #[serde(default)]
    pub provisional: bool,
    /// Working days left, negative when past; `None` while paused or once stopped.
    #[serde(default)]
    pub days_left: Option<i64>,
    /// Past its due date, also if it has stopped since.
    pub overdue: bool,
    /// Such as “第7天，共10天；9月8日至22日因专家评审暂停”.
    pub text: Text,
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

/// A paper that was put into the applicant's hands (文书). `GET /api/v1/cases/{case_no}/notices`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IssuedNotice {
    /// 1, 2, … within the case; the PDF is at `/api/v1/cases/{case_no}/notices/{serial}`.
    pub serial: i64,
    /// 文书编号.
    pub number: String,
    /// receipt, correction, acceptance, …
    pub kind: String,
    pub name: Text,
    pub issued_at: Millis,
    pub standing: NoticeStanding,
    /// Where whoever holds the paper verifies it.
    pub verify_url: String,
}

/// Whether a paper still says what holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeStanding {
    /// 有效
    InForce,
    /// 已办理: what it asked for or announced has come about.
    Fulfilled,
    /// 已失效: a later step took its effect away.
    Void,
}

/// An answered question (情形).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Answered {
    pub question: Text,
    pub choice: Text,
}

/// A line of *my tasks* (待办). `GET /api/v1/tasks`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Task {
    pub case_no: String,
    pub kind: TaskKind,
    pub item_name: Text,
    /// The department that answers for the item.
    #[serde(default)]
    pub department_name: Text,
    pub applicant_name: String,
    pub state: CaseState,
    /// Since when it lies with the asker.
    pub since: Millis,
    #[serde(default)]
    pub due_on: Option<String>,
    /// Working days left to `due_on`, negative when past.
    #[serde(default)]
    pub days_left: Option<i64>,
    /// 可批量审批
    #[serde(default)]
    pub bulk: bool,
    /// The person on leave whose task it is, where the asker stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<Person>,
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
    /// Take in what was submitted.
    Receive,
    /// Check and accept, or say why not.
    Accept,
    /// Take in the deferred papers.
    SupplyDeferred,
    /// Advise a colleague.
    Advise,
    Countersign,
    /// Approve or decline a special procedure.
    Special,
    /// End a special procedure once its result is there; by itself it ends on the planned day.
    CloseSpecial,
    /// Confirm or decline a withdrawal.
    Withdrawal,
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
