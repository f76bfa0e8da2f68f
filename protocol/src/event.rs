//! Events as they are pushed to screens (SSE). Each carries its hall's turn as the SSE id, so a screen that was away asks
//! for what came after the last one it saw. No personal data is in them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Millis;
use crate::queue::{LineStatus, WindowState};

/// `GET /api/v1/halls/{hall}/events`: SSE; `id:` is the turn, `data:` this as JSON. The first message is always a
/// `snapshot` event whose data is a `QueueSnapshot`, unless `Last-Event-ID` (or `?after=`) names a turn still at hand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Push {
    pub hall: String,
    pub turn: i64,
    pub at: Millis,
    #[serde(flatten)]
    pub change: Change,
    /// The line's figures after the change, where it changed one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<LineStatus>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Change {
    TicketTaken {
        number: String,
    },
    /// First call or recall.
    TicketCalled {
        number: String,
        window: i64,
        calls: i64,
    },
    TicketServing {
        number: String,
        window: i64,
    },
    TicketCompleted {
        number: String,
        window: i64,
    },
    TicketNoShow {
        number: String,
        window: i64,
    },
    WindowChanged {
        window: i64,
        state: WindowState,
    },
    CaseChanged {
        case_no: String,
    },
    /// A signal (监察信号) about the case was raised, answered or closed.
    SignalChanged {
        case_no: String,
    },
    #[serde(other)]
    Unknown,
}
