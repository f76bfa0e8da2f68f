//! Special procedures (特别程序): hearings, inspections, expert reviews … during which the limits stand still (行政许可法 45).

use jiff::civil::Date;
use protocol::Millis;
use protocol::catalogue::SpecialKind;
use serde::{Deserialize, Serialize};

/// A special procedure that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecialProcedure {
    pub kind: SpecialKind,
    /// The branch it holds up; `None` where the case lay with the signer.
    pub branch: Option<String>,
    pub reason: String,
    /// In the item's unit.
    pub planned_days: u16,
    pub asked_by: String,
    /// The person on leave for whom a substitute asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_for: Option<String>,
    pub asked_at: Millis,
    pub state: SpecialState,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum SpecialState {
    Asked,
    Declined {
        by: String,
        reason: String,
        at: Millis,
    },
    /// The clock stands still from the day of approval.
    Open {
        by: String,
        at: Millis,
        planned_end: Date,
    },
    Closed {
        by: String,
        opened_at: Millis,
        at: Millis,
        result: String,
    },
}

impl SpecialProcedure {
    pub fn is_asked(&self) -> bool {
        self.state == SpecialState::Asked
    }

    pub fn is_open(&self) -> bool {
        matches!(self.state, SpecialState::Open { .. })
    }

    /// The day it is planned to end, while it is open.
    pub fn planned_end(&self) -> Option<Date> {
        match self.state {
            SpecialState::Open { planned_end, .. } => Some(planned_end),
            _ => None,
        }
    }
}
