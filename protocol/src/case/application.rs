//! Applications (申请): who applies for what, and how the whole of their cases stands.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Case, ClockView};
use crate::catalogue::Text;

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
