//! The steps of a case: what clerks, reviewers, signers, leaders and the applicant do to it.

use serde::{Deserialize, Serialize};
use strum::{EnumDiscriminants, EnumIter};
use utoipa::ToSchema;

use super::CheckedDocument;
use crate::catalogue::SpecialKind;

/// `POST /api/v1/cases/{case_no}/steps`. A text asked for must not be blank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumDiscriminants)]
#[serde(tag = "step", rename_all = "kebab-case")]
#[strum_discriminants(
    name(CaseAction),
    doc = "A step without its data: what somebody may do now.",
    derive(Hash, Serialize, Deserialize, ToSchema, EnumIter),
    serde(rename_all = "kebab-case")
)]
pub enum Step {
    /// 收件: a submitted application is taken in.
    Receive,
    /// The checklist as it was ticked. Keys not named stay as they are.
    CheckDocuments {
        documents: Vec<CheckedDocument>,
    },
    /// 一次性补正告知. The server lists every missing or wrong document; the note adds what is wrong with them.
    NotifyCorrection {
        #[serde(default)]
        note: String,
    },
    /// 补正: the papers asked for came; back to intake.
    Supply,
    /// 受理
    Accept,
    /// 不予受理, with the authority that is competent instead, where there is one.
    RefuseAcceptance {
        reason: String,
        #[serde(default)]
        authority: String,
    },
    /// 不受理: no permit is needed.
    NotRequired {
        reason: String,
    },
    /// Deferred papers (容缺) came.
    SupplyDeferred {
        documents: Vec<String>,
    },
    /// A reviewer takes the branch as theirs (承办).
    StartReview,
    /// A branch agrees.
    Approve {
        opinion: String,
    },
    /// A branch does not agree; what that does is the branch's voice to say.
    Object {
        reason: String,
    },
    /// 无需办理: the branch has nothing to decide here.
    NotApplicable {
        reason: String,
    },
    /// 退回: a reviewer's, to the hall; a signer's, to the reviewers.
    Return {
        reason: String,
    },
    /// After a return to the hall: to review again.
    Resubmit {
        note: String,
    },
    /// 转办: responsibility moves to a colleague.
    Reassign {
        to: String,
    },
    /// 委托: a colleague is asked, and the answer comes back.
    Delegate {
        to: String,
        question: String,
    },
    /// The answer to a delegation.
    Advise {
        opinion: String,
    },
    /// 加签: a colleague's signature is asked for before the branch can answer.
    AskCountersign {
        to: String,
    },
    Countersign {
        agrees: bool,
        opinion: String,
    },
    /// 特别程序 is asked for; days in the item's unit.
    AskSpecial {
        kind: SpecialKind,
        days: u16,
        reason: String,
    },
    ApproveSpecial,
    DeclineSpecial {
        reason: String,
    },
    CloseSpecial {
        #[serde(default)]
        result: String,
    },
    /// 延期, once.
    Extend {
        days: u16,
        reason: String,
    },
    /// 准予
    Grant {
        #[serde(default)]
        opinion: String,
    },
    /// 不予许可
    Refuse {
        reason: String,
    },
    /// 办结: the result is ready; its document, where it is kept here, by the file's id and SHA-256.
    Complete {
        #[serde(default)]
        result: Option<FileRef>,
    },
    /// 送达; who collected is personal data and stands in storage's own column.
    Deliver {
        collected_by: String,
    },
    /// 撤回. After acceptance the department confirms it (撤件待确认).
    Withdraw {
        reason: String,
    },
    ConfirmWithdrawal,
    DeclineWithdrawal {
        reason: String,
    },
    /// 终止
    Terminate {
        reason: String,
        basis: String,
    },
    /// 撤销
    Revoke {
        reason: String,
        basis: String,
    },
    /// A fee was charged; fen.
    ChargeFee {
        name: String,
        amount: i64,
    },
    /// A scan or photo for a document.
    AttachFile {
        document: String,
        file: FileRef,
    },
    DetachFile {
        document: String,
        file: String,
    },
    /// A lookup's answer stands for the document (共享获取). Only the server says so.
    Pull {
        document: String,
        lookup: String,
    },
    /// Five working days of silence (行政许可法 32). Only the server says so.
    DeemAccepted,
    /// A correction notice stayed unanswered for the item's time. Only the server says so.
    Lapse,
}

/// A file by its id, with the digest of its bytes: what the case's events hold of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FileRef {
    pub id: String,
    /// SHA-256, hexadecimal.
    pub digest: String,
}

impl Step {
    pub fn action(&self) -> CaseAction {
        self.into()
    }

    /// The text that must not be blank, where the step asks for one.
    pub fn required_text(&self) -> Option<&str> {
        match self {
            Step::Approve { opinion: text }
            | Step::Object { reason: text }
            | Step::NotApplicable { reason: text }
            | Step::Return { reason: text }
            | Step::Resubmit { note: text }
            | Step::Delegate { question: text, .. }
            | Step::Advise { opinion: text }
            | Step::Countersign { opinion: text, .. }
            | Step::AskSpecial { reason: text, .. }
            | Step::DeclineSpecial { reason: text }
            | Step::Extend { reason: text, .. }
            | Step::Refuse { reason: text }
            | Step::RefuseAcceptance { reason: text, .. }
            | Step::NotRequired { reason: text }
            | Step::Withdraw { reason: text }
            | Step::DeclineWithdrawal { reason: text }
            | Step::Terminate { reason: text, .. }
            | Step::Revoke { reason: text, .. }
            | Step::ChargeFee { name: text, .. }
            | Step::Deliver { collected_by: text } => Some(text),
            _ => None,
        }
    }

    /// Every text that a person wrote into the step.
    pub fn texts(&self) -> Vec<&str> {
        let mut texts: Vec<&str> = self.required_text().into_iter().collect();
        match self {
            Step::NotifyCorrection { note: text }
            | Step::Grant { opinion: text }
            | Step::CloseSpecial { result: text }
            | Step::RefuseAcceptance { authority: text, .. }
            | Step::Terminate { basis: text, .. }
            | Step::Revoke { basis: text, .. }
            | Step::Reassign { to: text }
            | Step::AskCountersign { to: text }
            | Step::Delegate { to: text, .. } => texts.push(text),
            _ => {}
        }
        texts
    }
}

/// Reads what may be done, leaving out what this program does not know yet.
pub(super) fn known_actions<'de, D: serde::Deserializer<'de>>(actions: D) -> Result<Vec<CaseAction>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Named {
        Known(CaseAction),
        Unknown(serde::de::IgnoredAny),
    }
    let named: Vec<Named> = Vec::deserialize(actions)?;
    Ok(named
        .into_iter()
        .filter_map(|action| match action {
            Named::Known(action) => Some(action),
            Named::Unknown(_) => None,
        })
        .collect())
}
