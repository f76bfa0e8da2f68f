//! What happened to a case, as the hall's events record it. No personal data.

use protocol::catalogue::Text;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum CaseEvent {
    CaseReceived {
        case_no: String,
        item: String,
        item_version: i64,
        ticket: Option<i64>,
    },
    DocumentsChecked {
        case_no: String,
        missing: Vec<String>,
    },
    CorrectionNotified {
        case_no: String,
        documents: Vec<String>,
        note: String,
    },
    PapersSupplied {
        case_no: String,
    },
    CaseAccepted {
        case_no: String,
        departments: Vec<String>,
    },
    BranchApproved {
        case_no: String,
        department: String,
        opinion: String,
        joined: bool,
    },
    BranchVetoed {
        case_no: String,
        department: String,
        reason: String,
    },
    ReviewReturned {
        case_no: String,
        department: String,
        reason: String,
    },
    CaseResubmitted {
        case_no: String,
        note: String,
    },
    DecisionReturned {
        case_no: String,
        reason: String,
    },
    CaseGranted {
        case_no: String,
        opinion: String,
    },
    CaseRefused {
        case_no: String,
        reason: String,
    },
    CaseCompleted {
        case_no: String,
    },
    CaseDelivered {
        case_no: String,
    },
    CaseWithdrawn {
        case_no: String,
        reason: String,
    },
    /// Another office's register is about to be asked. `office` is the hall or department that the asker acts for.
    LookupAsked {
        case_no: String,
        lookup: String,
        document: String,
        provider: String,
        office: String,
    },
    LookupRefused {
        case_no: String,
        lookup: String,
        document: String,
        refusal: String,
    },
    /// What became of a lookup; digests are empty where there was nothing to digest.
    DataLookedUp {
        case_no: String,
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
        match self {
            CaseEvent::CaseReceived { .. } => "case-received",
            CaseEvent::DocumentsChecked { .. } => "documents-checked",
            CaseEvent::CorrectionNotified { .. } => "correction-notified",
            CaseEvent::PapersSupplied { .. } => "papers-supplied",
            CaseEvent::CaseAccepted { .. } => "case-accepted",
            CaseEvent::BranchApproved { .. } => "branch-approved",
            CaseEvent::BranchVetoed { .. } => "branch-vetoed",
            CaseEvent::ReviewReturned { .. } => "review-returned",
            CaseEvent::CaseResubmitted { .. } => "case-resubmitted",
            CaseEvent::DecisionReturned { .. } => "decision-returned",
            CaseEvent::CaseGranted { .. } => "case-granted",
            CaseEvent::CaseRefused { .. } => "case-refused",
            CaseEvent::CaseCompleted { .. } => "case-completed",
            CaseEvent::CaseDelivered { .. } => "case-delivered",
            CaseEvent::CaseWithdrawn { .. } => "case-withdrawn",
            CaseEvent::LookupAsked { .. } => "lookup-asked",
            CaseEvent::LookupRefused { .. } => "lookup-refused",
            CaseEvent::DataLookedUp { .. } => "data-looked-up",
        }
    }

    pub fn case_no(&self) -> &str {
        match self {
            CaseEvent::CaseReceived { case_no, .. }
            | CaseEvent::DocumentsChecked { case_no, .. }
            | CaseEvent::CorrectionNotified { case_no, .. }
            | CaseEvent::PapersSupplied { case_no }
            | CaseEvent::CaseAccepted { case_no, .. }
            | CaseEvent::BranchApproved { case_no, .. }
            | CaseEvent::BranchVetoed { case_no, .. }
            | CaseEvent::ReviewReturned { case_no, .. }
            | CaseEvent::CaseResubmitted { case_no, .. }
            | CaseEvent::DecisionReturned { case_no, .. }
            | CaseEvent::CaseGranted { case_no, .. }
            | CaseEvent::CaseRefused { case_no, .. }
            | CaseEvent::CaseCompleted { case_no }
            | CaseEvent::CaseDelivered { case_no }
            | CaseEvent::CaseWithdrawn { case_no, .. }
            | CaseEvent::LookupAsked { case_no, .. }
            | CaseEvent::LookupRefused { case_no, .. }
            | CaseEvent::DataLookedUp { case_no, .. } => case_no,
        }
    }

    /// The department whose review it is about, where it is about one.
    pub fn department(&self) -> Option<&str> {
        match self {
            CaseEvent::BranchApproved { department, .. }
            | CaseEvent::BranchVetoed { department, .. }
            | CaseEvent::ReviewReturned { department, .. } => Some(department),
            _ => None,
        }
    }

    /// The opinion, reason or note; empty where there is none.
    pub fn note(&self) -> &str {
        match self {
            CaseEvent::CorrectionNotified { note: text, .. }
            | CaseEvent::BranchApproved { opinion: text, .. }
            | CaseEvent::BranchVetoed { reason: text, .. }
            | CaseEvent::ReviewReturned { reason: text, .. }
            | CaseEvent::CaseResubmitted { note: text, .. }
            | CaseEvent::DecisionReturned { reason: text, .. }
            | CaseEvent::CaseGranted { opinion: text, .. }
            | CaseEvent::CaseRefused { reason: text, .. }
            | CaseEvent::CaseWithdrawn { reason: text, .. } => text,
            _ => "",
        }
    }

    /// What happened, in a few words for the history on screen.
    pub fn text(&self) -> Text {
        match self {
            CaseEvent::CaseReceived { .. } => Text::new("收件", "Application received"),
            CaseEvent::DocumentsChecked { missing, .. } if missing.is_empty() => {
                Text::new("材料核对：齐全", "Documents checked: complete")
            }
            CaseEvent::DocumentsChecked { missing, .. } => Text::new(
                format!("材料核对：缺 {} 项", missing.len()),
                format!("Documents checked: {} missing", missing.len()),
            ),
            CaseEvent::CorrectionNotified { .. } => Text::new("一次性补正告知", "Correction notice given"),
            CaseEvent::PapersSupplied { .. } => Text::new("补交材料", "Missing papers supplied"),
            CaseEvent::CaseAccepted { .. } => Text::new("受理", "Accepted"),
            CaseEvent::BranchApproved { .. } => Text::new("部门审查同意", "Department approved"),
            CaseEvent::BranchVetoed { .. } => Text::new("部门审查不同意", "Department refused"),
            CaseEvent::ReviewReturned { .. } => Text::new("退回大厅", "Returned to the hall"),
            CaseEvent::CaseResubmitted { .. } => Text::new("重新送审", "Sent to review again"),
            CaseEvent::DecisionReturned { .. } => Text::new("签批退回审查", "Returned to the reviewers"),
            CaseEvent::CaseGranted { .. } => Text::new("准予", "Granted"),
            CaseEvent::CaseRefused { .. } => Text::new("不予许可", "Refused"),
            CaseEvent::CaseCompleted { .. } => Text::new("办结，可领取", "Result ready"),
            CaseEvent::CaseDelivered { .. } => Text::new("已领取", "Collected"),
            CaseEvent::CaseWithdrawn { .. } => Text::new("撤回", "Withdrawn"),
            CaseEvent::LookupAsked { .. } => Text::new("查询共享数据", "Shared data asked for"),
            CaseEvent::LookupRefused { .. } => Text::new("共享数据查询被拒绝", "Lookup of shared data refused"),
            CaseEvent::DataLookedUp { document_digest, .. } if document_digest.is_empty() => {
                Text::new("共享数据未取得", "Shared data not obtained")
            }
            CaseEvent::DataLookedUp { .. } => Text::new("已取得共享数据", "Shared data obtained"),
        }
    }
}
