//! What departments' systems say beside their answers, and what is done by hand about messages: events of the case.

use protocol::catalogue::Text;
use serde::{Deserialize, Serialize};

/// An event of the exchange in a case's history. No personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ExchangeEvent {
    /// The department's system has the case, under a number of its own.
    DepartmentReceived {
        case_no: String,
        department: String,
        reference: String,
    },
    DepartmentProgress {
        case_no: String,
        department: String,
        text: String,
    },
    /// The department thinks that papers are missing or wrong: an opinion for the hall's clerks.
    CorrectionAdvised {
        case_no: String,
        department: String,
        opinion: String,
    },
    /// Somebody had a stuck message sent again.
    MessageReplayed {
        case_no: String,
        system: String,
        message: String,
    },
}

impl ExchangeEvent {
    /// The event as stored, where it is one of these.
    pub fn read(kind: &str, body: &str) -> Option<Self> {
        const KINDS: [&str; 4] =
            ["department-received", "department-progress", "correction-advised", "message-replayed"];
        KINDS.contains(&kind).then(|| serde_json::from_str(body).ok()).flatten()
    }

    pub fn kind(&self) -> &'static str {
        match self {
            ExchangeEvent::DepartmentReceived { .. } => "department-received",
            ExchangeEvent::DepartmentProgress { .. } => "department-progress",
            ExchangeEvent::CorrectionAdvised { .. } => "correction-advised",
            ExchangeEvent::MessageReplayed { .. } => "message-replayed",
        }
    }

    pub fn case_no(&self) -> &str {
        match self {
            ExchangeEvent::DepartmentReceived { case_no, .. }
            | ExchangeEvent::DepartmentProgress { case_no, .. }
            | ExchangeEvent::CorrectionAdvised { case_no, .. }
            | ExchangeEvent::MessageReplayed { case_no, .. } => case_no,
        }
    }

    /// The department that says it: it must have an open branch in the case.
    pub fn department(&self) -> Option<&str> {
        match self {
            ExchangeEvent::DepartmentReceived { department, .. }
            | ExchangeEvent::DepartmentProgress { department, .. }
            | ExchangeEvent::CorrectionAdvised { department, .. } => Some(department),
            ExchangeEvent::MessageReplayed { .. } => None,
        }
    }

    /// What happened, in a few words for the history on screen.
    pub fn text(&self) -> Text {
        match self {
            ExchangeEvent::DepartmentReceived { .. } => {
                Text::new("部门系统已接收", "The department's system has the case")
            }
            ExchangeEvent::DepartmentProgress { .. } => Text::new("部门办理进度", "Progress at the department"),
            ExchangeEvent::CorrectionAdvised { .. } => Text::new("部门建议补正", "The department advises a correction"),
            ExchangeEvent::MessageReplayed { system, .. } => {
                Text::new(format!("重新发送至部门系统 {system}"), format!("Sent again to system {system}"))
            }
        }
    }

    /// What was said.
    pub fn note(&self) -> &str {
        match self {
            ExchangeEvent::DepartmentReceived { reference: text, .. }
            | ExchangeEvent::DepartmentProgress { text, .. }
            | ExchangeEvent::CorrectionAdvised { opinion: text, .. } => text,
            ExchangeEvent::MessageReplayed { .. } => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_read_as_it_was_written() {
        let (case_no, department) = ("4403".to_owned(), "D1".to_owned());
        let all = [
            ExchangeEvent::DepartmentReceived {
                case_no: case_no.clone(),
                department: department.clone(),
                reference: "S-1".into(),
            },
            ExchangeEvent::DepartmentProgress {
                case_no: case_no.clone(),
                department: department.clone(),
                text: "勘验".into(),
            },
            ExchangeEvent::CorrectionAdvised { case_no: case_no.clone(), department, opinion: "缺图".into() },
            ExchangeEvent::MessageReplayed { case_no, system: "market".into(), message: "district-1-market".into() },
        ];
        for event in all {
            let body = serde_json::to_string(&event).unwrap();
            assert!(body.contains(&format!("\"kind\":\"{}\"", event.kind())));
            assert_eq!(ExchangeEvent::read(event.kind(), &body), Some(event));
        }
        assert_eq!(ExchangeEvent::read("case-accepted", r#"{"kind":"case-accepted","case_no":"1"}"#), None);
    }
}
