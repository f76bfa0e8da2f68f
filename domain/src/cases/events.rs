//! What happened to a case, as the hall's events record it. No personal data.

use std::collections::BTreeMap;

use jiff::civil::Date;
use protocol::case::{DocumentStatus, FileRef};
use protocol::catalogue::{SpecialKind, Text};
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseEvent {
    pub case_no: String,
    #[serde(flatten)]
    pub change: CaseChange,
}

/// A document whose status was ticked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticked {
    pub key: String,
    pub status: DocumentStatus,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "snake_case")]
#[strum(serialize_all = "kebab-case")]
pub enum CaseChange {
    CaseSubmitted {
        application: String,
        item: String,
        item_version: i64,
        ticket: Option<i64>,
    },
    CaseReceived {
        #[serde(default)]
        application: String,
        item: String,
        item_version: i64,
        ticket: Option<i64>,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        answers: BTreeMap<String, String>,
        /// The day the papers came, where that was before they were entered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        received_on: Option<Date>,
    },
    DocumentsChecked {
        missing: Vec<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        ticked: Vec<Ticked>,
    },
    /// Another case of the application was given a document that this one asks for too.
    DocumentsShared {
        ticked: Vec<Ticked>,
    },
    FileAttached {
        document: String,
        file: FileRef,
    },
    FileDetached {
        document: String,
        file: FileRef,
    },
    DocumentPulled {
        document: String,
        lookup: String,
    },
    FeeCharged {
        name: String,
        amount: i64,
        listed: bool,
    },
    CorrectionNotified {
        documents: Vec<String>,
        note: String,
    },
    PapersSupplied,
    CaseAccepted {
        departments: Vec<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        deferred: Vec<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        committed: Vec<String>,
    },
    CaseDeemedAccepted {
        departments: Vec<String>,
        since: Date,
    },
    CaseNotAccepted {
        reason: String,
        authority: String,
    },
    CaseNotRequired {
        reason: String,
    },
    CaseLapsed,
    DeferredSupplied {
        documents: Vec<String>,
        outstanding: Vec<String>,
    },
    ReviewStarted {
        department: String,
    },
    BranchApproved {
        department: String,
        opinion: String,
        joined: bool,
    },
    BranchObjected {
        department: String,
        reason: String,
        /// The round ended with it.
        joined: bool,
        veto: bool,
    },
    BranchNotApplicable {
        department: String,
        reason: String,
        joined: bool,
    },
    BranchReassigned {
        department: String,
        to: String,
    },
    BranchDelegated {
        department: String,
        to: String,
        question: String,
    },
    AdviceGiven {
        department: String,
        opinion: String,
    },
    CountersignAsked {
        department: String,
        to: String,
    },
    Countersigned {
        department: String,
        agrees: bool,
        opinion: String,
    },
    ReviewReturned {
        department: String,
        reason: String,
    },
    CaseResubmitted {
        note: String,
    },
    SpecialAsked {
        department: String,
        special: SpecialKind,
        days: u16,
        reason: String,
    },
    SpecialOpened {
        department: String,
        special: SpecialKind,
        planned_end: Date,
        /// The whole case stands still.
        stops_case: bool,
    },
    SpecialDeclined {
        department: String,
        reason: String,
    },
    SpecialClosed {
        department: String,
        special: SpecialKind,
        result: String,
    },
    CaseExtended {
        days: u16,
        reason: String,
    },
    DecisionReturned {
        reason: String,
    },
    CaseGranted {
        opinion: String,
    },
    CaseRefused {
        reason: String,
    },
    CaseCompleted {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        result: Option<FileRef>,
    },
    CaseDelivered,
    WithdrawalAsked {
        reason: String,
    },
    WithdrawalDeclined {
        reason: String,
    },
    CaseWithdrawn {
        reason: String,
    },
    CaseTerminated {
        reason: String,
        basis: String,
    },
    CaseRevoked {
        reason: String,
        basis: String,
    },
    /// Another office's register is about to be asked. `office` is the hall or department that the asker acts for.
    LookupAsked {
        lookup: String,
        document: String,
        provider: String,
        office: String,
    },
    LookupRefused {
        lookup: String,
        document: String,
        refusal: String,
    },
    /// What became of a lookup; digests are empty where there was nothing to digest.
    DataLookedUp {
        lookup: String,
        document: String,
        provider: String,
        outcome: String,
        request_digest: String,
        response_digest: String,
        document_digest: String,
        duration_ms: i64,
    },
}

impl CaseEvent {
    /// The event's kind as stored, such as `case-accepted`.
    pub fn kind(&self) -> &'static str {
        (&self.change).into()
    }

    /// The department whose review it is about, where it is about one.
    pub fn department(&self) -> Option<&str> {
        match &self.change {
            CaseChange::ReviewStarted { department }
            | CaseChange::BranchApproved { department, .. }
            | CaseChange::BranchObjected { department, .. }
            | CaseChange::BranchNotApplicable { department, .. }
            | CaseChange::BranchReassigned { department, .. }
            | CaseChange::BranchDelegated { department, .. }
            | CaseChange::AdviceGiven { department, .. }
            | CaseChange::CountersignAsked { department, .. }
            | CaseChange::Countersigned { department, .. }
            | CaseChange::ReviewReturned { department, .. }
            | CaseChange::SpecialAsked { department, .. }
            | CaseChange::SpecialOpened { department, .. }
            | CaseChange::SpecialDeclined { department, .. }
            | CaseChange::SpecialClosed { department, .. } => Some(department),
            _ => None,
        }
    }

    /// The opinion, reason or note; empty where there is none.
    pub fn note(&self) -> &str {
        match &self.change {
            CaseChange::CorrectionNotified { note: text, .. }
            | CaseChange::CaseNotAccepted { reason: text, .. }
            | CaseChange::CaseNotRequired { reason: text }
            | CaseChange::BranchApproved { opinion: text, .. }
            | CaseChange::BranchObjected { reason: text, .. }
            | CaseChange::BranchNotApplicable { reason: text, .. }
            | CaseChange::BranchDelegated { question: text, .. }
            | CaseChange::AdviceGiven { opinion: text, .. }
            | CaseChange::Countersigned { opinion: text, .. }
            | CaseChange::ReviewReturned { reason: text, .. }
            | CaseChange::CaseResubmitted { note: text }
            | CaseChange::SpecialAsked { reason: text, .. }
            | CaseChange::SpecialDeclined { reason: text, .. }
            | CaseChange::SpecialClosed { result: text, .. }
            | CaseChange::CaseExtended { reason: text, .. }
            | CaseChange::DecisionReturned { reason: text }
            | CaseChange::CaseGranted { opinion: text }
            | CaseChange::CaseRefused { reason: text }
            | CaseChange::WithdrawalAsked { reason: text }
            | CaseChange::WithdrawalDeclined { reason: text }
            | CaseChange::CaseWithdrawn { reason: text }
            | CaseChange::CaseTerminated { reason: text, .. }
            | CaseChange::CaseRevoked { reason: text, .. } => text,
            _ => "",
        }
    }

    /// What happened, in a few words for the history on screen.
    pub fn text(&self) -> Text {
        match &self.change {
            CaseChange::CaseSubmitted { .. } => Text::new("网上申报", "Submitted by the applicant"),
            CaseChange::CaseReceived { received_on: Some(day), .. } => {
                Text::new(format!("收件（材料已于{day}收下）"), format!("Application received (papers came on {day})"))
            }
            CaseChange::CaseReceived { .. } => Text::new("收件", "Application received"),
            CaseChange::DocumentsChecked { missing, .. } if missing.is_empty() => {
                Text::new("材料核对：齐全", "Documents checked: complete")
            }
            CaseChange::DocumentsChecked { missing, .. } => Text::new(
                format!("材料核对：缺 {} 项", missing.len()),
                format!("Documents checked: {} missing", missing.len()),
            ),
            CaseChange::DocumentsShared { ticked } => Text::new(
                format!("同一申请共享材料 {} 项", ticked.len()),
                format!("{} documents shared within the application", ticked.len()),
            ),
            CaseChange::FileAttached { .. } => Text::new("上传材料文件", "File attached"),
            CaseChange::FileDetached { .. } => Text::new("撤下材料文件", "File taken back"),
            CaseChange::DocumentPulled { .. } => Text::new("共享获取材料", "Document pulled from shared data"),
            CaseChange::FeeCharged { name, amount, .. } => Text::new(
                format!("收费：{name} {}.{:02} 元", amount / 100, amount % 100),
                format!("Fee charged: {name}, {}.{:02} yuan", amount / 100, amount % 100),
            ),
            CaseChange::CorrectionNotified { .. } => Text::new("一次性补正告知", "Correction notice given"),
            CaseChange::PapersSupplied => Text::new("补交材料", "Missing papers supplied"),
            CaseChange::CaseAccepted { deferred, .. } if !deferred.is_empty() => Text::new(
                format!("容缺受理，缺 {} 项", deferred.len()),
                format!("Accepted, {} papers deferred", deferred.len()),
            ),
            CaseChange::CaseAccepted { .. } => Text::new("受理", "Accepted"),
            CaseChange::CaseDeemedAccepted { since, .. } => Text::new(
                format!("逾期未告知，自{since}收到材料之日起即为受理"),
                format!("No notice in time: accepted as from {since}"),
            ),
            CaseChange::CaseNotAccepted { .. } => Text::new("不予受理", "Not accepted"),
            CaseChange::CaseNotRequired { .. } => Text::new("不受理：不需要许可", "No permit is needed"),
            CaseChange::CaseLapsed => Text::new("逾期未补正，视为撤回", "Lapsed: the notice stayed unanswered"),
            CaseChange::DeferredSupplied { .. } => Text::new("补交容缺材料", "Deferred papers supplied"),
            CaseChange::ReviewStarted { .. } => Text::new("开始审查", "Review started"),
            CaseChange::BranchApproved { .. } => Text::new("部门审查同意", "Department approved"),
            CaseChange::BranchObjected { veto: true, .. } => Text::new("部门审查不同意（否决）", "Department vetoed"),
            CaseChange::BranchObjected { .. } => Text::new("部门审查不同意", "Department did not agree"),
            CaseChange::BranchNotApplicable { .. } => {
                Text::new("部门认为无需办理", "Nothing for the department to decide")
            }
            CaseChange::BranchReassigned { .. } => Text::new("转办", "Reassigned"),
            CaseChange::BranchDelegated { .. } => Text::new("委托办理", "Colleague asked"),
            CaseChange::AdviceGiven { .. } => Text::new("委托意见", "Colleague answered"),
            CaseChange::CountersignAsked { .. } => Text::new("请求加签", "Countersignature asked for"),
            CaseChange::Countersigned { agrees: true, .. } => Text::new("加签同意", "Countersigned"),
            CaseChange::Countersigned { .. } => Text::new("加签不同意", "Countersigner did not agree"),
            CaseChange::ReviewReturned { .. } => Text::new("退回大厅", "Returned to the hall"),
            CaseChange::CaseResubmitted { .. } => Text::new("重新送审", "Sent to review again"),
            CaseChange::SpecialAsked { special, days, .. } => {
                let name = special.name();
                Text::new(
                    format!("申请特别程序：{}，{days}天", name.zh),
                    format!("Special procedure asked for: {}, {days} days", name.en),
                )
            }
            CaseChange::SpecialOpened { special, planned_end, .. } => {
                let name = special.name();
                Text::new(
                    format!("特别程序开始：{}，计划至{planned_end}，暂停计时", name.zh),
                    format!("Special procedure: {}, planned to {planned_end}; the clock stands still", name.en),
                )
            }
            CaseChange::SpecialDeclined { .. } => Text::new("不同意特别程序", "Special procedure declined"),
            CaseChange::SpecialClosed { special, .. } => {
                let name = special.name();
                Text::new(
                    format!("特别程序结束：{}，恢复计时", name.zh),
                    format!("Special procedure ended: {}; the clock runs on", name.en),
                )
            }
            CaseChange::CaseExtended { days, .. } => {
                Text::new(format!("延期 {days} 天"), format!("Extended by {days} days"))
            }
            CaseChange::DecisionReturned { .. } => Text::new("签批退回审查", "Returned to the reviewers"),
            CaseChange::CaseGranted { .. } => Text::new("准予", "Granted"),
            CaseChange::CaseRefused { .. } => Text::new("不予许可", "Refused"),
            CaseChange::CaseCompleted { .. } => Text::new("办结，可领取", "Result ready"),
            CaseChange::CaseDelivered => Text::new("已领取", "Collected"),
            CaseChange::WithdrawalAsked { .. } => Text::new("申请撤回，待确认", "Withdrawal asked for"),
            CaseChange::WithdrawalDeclined { .. } => Text::new("不同意撤回", "Withdrawal declined"),
            CaseChange::CaseWithdrawn { .. } => Text::new("撤回", "Withdrawn"),
            CaseChange::CaseTerminated { .. } => Text::new("终止办理", "Terminated"),
            CaseChange::CaseRevoked { .. } => Text::new("撤销许可", "Revoked"),
            CaseChange::LookupAsked { .. } => Text::new("查询共享数据", "Shared data asked for"),
            CaseChange::LookupRefused { .. } => Text::new("共享数据查询被拒绝", "Lookup of shared data refused"),
            CaseChange::DataLookedUp { document_digest, .. } if document_digest.is_empty() => {
                Text::new("共享数据未取得", "Shared data not obtained")
            }
            CaseChange::DataLookedUp { .. } => Text::new("已取得共享数据", "Shared data obtained"),
        }
    }
}
