//! Clocks (时限) as people read them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::catalogue::Text;

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
