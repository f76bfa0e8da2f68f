//! Electronic supervision (电子监察): rules as data, and the signals (监察信号) that they raise.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Millis;
use crate::case::{CaseState, ClockKind, ClockView, Joint};
use crate::catalogue::Text;

/// How grave a signal is, the gravest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SignalKind {
    /// 预警
    Warn,
    /// 黄牌
    Yellow,
    /// 红牌
    Red,
    /// 红牌（超法定时限）
    RedStatutory,
}

impl SignalKind {
    pub const ALL: [SignalKind; 4] = [SignalKind::Warn, SignalKind::Yellow, SignalKind::Red, SignalKind::RedStatutory];

    pub fn name(self) -> Text {
        match self {
            SignalKind::Warn => Text::new("预警", "Warning"),
            SignalKind::Yellow => Text::new("黄牌", "Yellow card"),
            SignalKind::Red => Text::new("红牌", "Red card"),
            SignalKind::RedStatutory => Text::new("红牌（超法定时限）", "Red card (statutory limit)"),
        }
    }
}

/// A rule of supervision (监察规则). Cities differ, so rules are data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rule {
    /// Stable, such as `promised-passed`: a signal is raised once per case, rule and round.
    pub id: String,
    pub name: Text,
    pub signal: SignalKind,
    pub trigger: Trigger,
    /// Working days within which the recipient replies.
    pub reply_days: u16,
}

/// What raises a signal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "when", rename_all = "kebab-case")]
pub enum Trigger {
    /// At most so many working days are left on a clock.
    DaysLeft { clock: ClockKind, days: u16 },
    /// A clock's due date has passed.
    Overdue { clock: ClockKind },
    /// A refusal whose reason is shorter than so many characters (拒绝未说明理由).
    RefusedWithoutReason { characters: u16 },
    /// A fee that the item does not list (收费超出清单).
    FeeNotListed,
    /// Papers were asked for a second time (重复要求补正).
    PapersAskedTwice,
    /// Papers had been taken in before the case was entered (线下受理).
    TakenInOffline,
    /// Silence accepted it (逾期未告知视为受理).
    DeemedAccepted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SignalState {
    /// A reply is awaited.
    Open,
    Replied,
    /// The reply was accepted; the signal stands.
    Confirmed,
    /// It should not have been raised, or not on this unit; the reason is kept.
    Cancelled,
    #[serde(other)]
    Unknown,
}

/// A signal on one screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Signal {
    pub id: i64,
    pub hall: String,
    pub case_no: String,
    pub item_name: Text,
    pub case_state: CaseState,
    pub rule: String,
    pub rule_name: Text,
    pub signal: SignalKind,
    /// The unit that answers for it: a department's code, or the hall's.
    pub recipient: String,
    pub recipient_name: Text,
    pub round: i64,
    pub raised_at: Millis,
    /// ISO.
    pub reply_due_on: String,
    pub reply_overdue: bool,
    pub state: SignalState,
    #[serde(default)]
    pub reply: String,
    #[serde(default)]
    pub replied_by: Option<String>,
    #[serde(default)]
    pub replied_at: Option<Millis>,
    /// Why it was sent back, confirmed or cancelled.
    #[serde(default)]
    pub review: String,
    #[serde(default)]
    pub reviewed_by: Option<String>,
    #[serde(default)]
    pub reviewed_at: Option<Millis>,
    /// The clock that raised it, explaining itself; `None` for rules that have nothing to do with time.
    #[serde(default)]
    pub clock: Option<ClockView>,
    /// What the asker may do.
    #[serde(default)]
    pub actions: Vec<SignalAction>,
}

/// `POST /api/v1/signals/{id}/steps`. The text must not be blank, but for `confirm`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum SignalStep {
    /// The recipient explains, and says what was done.
    Reply {
        text: String,
    },
    /// The supervisor accepts the reply.
    Confirm {
        #[serde(default)]
        text: String,
    },
    /// The reply does not do: another is awaited.
    SendBack {
        text: String,
    },
    Cancel {
        text: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SignalAction {
    Reply,
    Confirm,
    SendBack,
    Cancel,
}

/// A line of what is about to go wrong: a case by the clock that runs out first, or an application whose joint clock runs out before
/// those of all its cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Ahead {
    /// For an application the number of its first case.
    pub case_no: String,
    pub hall: String,
    pub item_name: Text,
    pub case_state: CaseState,
    /// The line is the application's.
    pub joint: bool,
    /// The unit that answers for the clock: a department's code, or the hall's.
    pub unit: String,
    pub unit_name: Text,
    /// Names of those who have taken it; empty where it is anybody's there.
    #[serde(default)]
    pub persons: Vec<String>,
    /// ISO.
    pub due_on: String,
    /// The clock that runs out first, explaining itself.
    pub clock: ClockView,
    /// The case's own promised limit, where another clock comes first.
    #[serde(default)]
    pub promised: Option<ClockView>,
    /// The application that the case belongs to, where it has several.
    #[serde(default)]
    pub application: Option<Joint>,
}

/// What lies with departments and halls, and how much of it is late.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Figures {
    /// All together: each case once.
    pub all: UnitFigures,
    /// Those that have any, the one that needs somebody most first.
    pub units: Vec<UnitFigures>,
}

/// A unit's figures.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnitFigures {
    /// A department's code, or a hall's; empty for all together.
    pub unit: String,
    pub unit_name: Text,
    /// Open cases with a clock for which it answers.
    pub open: i64,
    /// Of them: due today or within three working days.
    pub soon: i64,
    /// Of them: past their due date.
    pub overdue: i64,
    /// Signals that it has not answered, or whose answer has not been reviewed.
    pub warnings: i64,
    pub yellow: i64,
    pub red: i64,
    pub red_statutory: i64,
    /// Cases of it that came to their result within the last thirty days, and how many of them within the promised limit.
    pub finished: i64,
    pub on_time: i64,
}
