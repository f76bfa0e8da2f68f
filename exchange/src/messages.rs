//! What may be said, in each direction.

use std::collections::BTreeMap;

use protocol::case::DocumentStatus;
use protocol::catalogue::SpecialKind;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// From the hall to a department's system.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "kebab-case")]
pub enum HallMessage {
    /// A case was accepted (受理) and waits for the department's answer; or does so again in a later round.
    CaseAcceptedForReview(Box<HandOver>),
    /// Nothing is to be answered any more: withdrawn (撤回), terminated, or decided by another department's refusal.
    CaseWithdrawn { reason: String },
    /// Papers came after acceptance (补充材料), such as those deferred (容缺).
    DocumentsSupplemented { documents: Vec<HandedDocument>, note: String },
}

/// All that a department needs to decide.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HandOver {
    /// 实施编码.
    pub item: String,
    /// The version it was accepted under.
    pub item_version: i64,
    /// The item's name, in Chinese.
    pub item_name: String,
    pub department: String,
    /// 1 for the first; a case that was returned comes again with the next.
    pub round: i64,
    pub applicant: HandedApplicant,
    /// Question's key → choice's key (情形).
    #[serde(default)]
    pub answers: BTreeMap<String, String>,
    /// Field's key → what was filled in (申请表).
    #[serde(default)]
    pub form: BTreeMap<String, String>,
    pub documents: Vec<HandedDocument>,
    /// When the answer is due, an ISO date; absent without a limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<String>,
}

/// Who applies. Personal data: to be kept like the department's own.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedApplicant {
    pub name: String,
    pub id_number: String,
    #[serde(default)]
    pub phone: String,
}

/// Without personal data, so that it may stand in a log.
impl std::fmt::Debug for HandedApplicant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HandedApplicant")
    }
}

/// A document of the case (申请材料).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedDocument {
    /// Stable within the item, such as `d1`.
    pub key: String,
    /// In Chinese.
    pub name: String,
    /// Whether it was handed in, or what stands for it.
    pub status: DocumentStatus,
    /// Scans and photos, in the order of their pages; empty where there is only paper.
    #[serde(default)]
    pub files: Vec<HandedFile>,
}

/// A file of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedFile {
    /// Such as `application/pdf`.
    pub media_type: String,
    /// In bytes.
    pub size: i64,
    /// SHA-256 of the content, in hexadecimal.
    pub digest: String,
    /// Where the content can be fetched, once.
    pub fetch: String,
}

/// From a department's system to the hall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "kebab-case")]
pub enum DepartmentMessage {
    /// The department's system has the case, under a number of its own.
    Received {
        #[serde(default)]
        reference: String,
    },
    /// The department thinks that papers are missing or wrong: an opinion for the hall's clerks, no correction notice.
    CorrectionAsked { opinion: String },
    /// A special procedure (特别程序) that the item allows begins today, approved by the department's leader. The clock
    /// stands still.
    SpecialProcedureOpened {
        procedure: SpecialKind,
        reason: String,
        /// How long it is planned to take, in the item's unit; at least 1.
        days: u16,
        by: String,
    },
    /// It is over today, and the clock runs on.
    SpecialProcedureClosed {
        #[serde(default)]
        result: String,
        by: String,
    },
    /// 同意. `by` is the officer who answers for it.
    Approved { opinion: String, by: String },
    /// 不同意.
    Refused { reason: String, by: String },
    /// 无需办理: the department has nothing to decide here.
    NotApplicable { reason: String, by: String },
    /// A word for the case's history.
    Progress { text: String },
}

/// Why what is said cannot be understood.
#[derive(Debug, thiserror::Error)]
pub enum MessageError {
    #[error("there is no message of kind {0:?}")]
    UnknownKind(String),
    #[error("the body of {kind} is not as described")]
    BadBody { kind: String, source: serde_json::Error },
}

impl HallMessage {
    pub const KINDS: [&'static str; 3] = ["case-accepted-for-review", "case-withdrawn", "documents-supplemented"];

    pub fn parse(kind: &str, body: &Value) -> Result<Self, MessageError> {
        parse(&Self::KINDS, kind, body)
    }

    /// Kind and body as they stand in an envelope.
    pub fn parts(&self) -> (String, Value) {
        parts(self)
    }
}

impl DepartmentMessage {
    pub const KINDS: [&'static str; 8] = [
        "received",
        "correction-asked",
        "special-procedure-opened",
        "special-procedure-closed",
        "approved",
        "refused",
        "not-applicable",
        "progress",
    ];

    pub fn parse(kind: &str, body: &Value) -> Result<Self, MessageError> {
        parse(&Self::KINDS, kind, body)
    }

    /// Kind and body as they stand in an envelope.
    pub fn parts(&self) -> (String, Value) {
        parts(self)
    }
}

fn parse<T: DeserializeOwned>(kinds: &[&str], kind: &str, body: &Value) -> Result<T, MessageError> {
    if !kinds.contains(&kind) {
        return Err(MessageError::UnknownKind(kind.to_owned()));
    }
    serde_json::from_value(serde_json::json!({ "kind": kind, "body": body }))
        .map_err(|source| MessageError::BadBody { kind: kind.to_owned(), source })
}

fn parts<T: Serialize>(message: &T) -> (String, Value) {
    // Texts, numbers and lists: they always have a JSON form.
    let mut value = serde_json::to_value(message).unwrap_or_default();
    let kind = value["kind"].as_str().unwrap_or_default().to_owned();
    (kind, value["body"].take())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_message_of_a_department_is_read_as_it_was_written() {
        let text = String::from;
        let all = [
            DepartmentMessage::Received { reference: text("SJ-1") },
            DepartmentMessage::CorrectionAsked { opinion: text("缺平面图") },
            DepartmentMessage::SpecialProcedureOpened {
                procedure: SpecialKind::ExpertReview,
                reason: text("专家评审"),
                days: 10,
                by: text("李雷"),
            },
            DepartmentMessage::SpecialProcedureClosed { result: text("通过"), by: text("李雷") },
            DepartmentMessage::Approved { opinion: text("同意"), by: text("李雷") },
            DepartmentMessage::Refused { reason: text("不符合"), by: text("李雷") },
            DepartmentMessage::NotApplicable { reason: text("不属本部门"), by: text("李雷") },
            DepartmentMessage::Progress { text: text("现场勘验") },
        ];
        let kinds: Vec<String> = all.iter().map(|message| message.parts().0).collect();
        assert_eq!(kinds, DepartmentMessage::KINDS, "the list holds every kind");
        for message in all {
            let (kind, body) = message.parts();
            assert_eq!(DepartmentMessage::parse(&kind, &body).unwrap(), message);
        }
    }

    #[test]
    fn every_message_of_the_hall_is_read_as_it_was_written() {
        let file = HandedFile {
            media_type: "application/pdf".into(),
            size: 7,
            digest: "00".into(),
            fetch: "http://hall/1".into(),
        };
        let document = HandedDocument {
            key: "d1".into(),
            name: "营业执照".into(),
            status: DocumentStatus::Provided,
            files: vec![file],
        };
        let all = [
            HallMessage::CaseAcceptedForReview(Box::new(HandOver {
                item: "I-1".into(),
                due_on: Some("2026-12-01".into()),
                documents: vec![document.clone()],
                ..HandOver::default()
            })),
            HallMessage::CaseWithdrawn { reason: "申请人撤回".into() },
            HallMessage::DocumentsSupplemented { documents: vec![document], note: String::new() },
        ];
        let kinds: Vec<String> = all.iter().map(|message| message.parts().0).collect();
        assert_eq!(kinds, HallMessage::KINDS);
        for message in all {
            let (kind, body) = message.parts();
            assert_eq!(HallMessage::parse(&kind, &body).unwrap(), message);
        }
    }

    #[test]
    fn a_kind_that_there_is_not_and_a_body_that_does_not_fit_are_told_apart() {
        let unknown = DepartmentMessage::parse("decided", &json!({})).unwrap_err();
        assert!(matches!(unknown, MessageError::UnknownKind(kind) if kind == "decided"));
        let bad = DepartmentMessage::parse("approved", &json!({ "opinion": "同意" })).unwrap_err();
        assert!(matches!(bad, MessageError::BadBody { .. }));
    }
}
