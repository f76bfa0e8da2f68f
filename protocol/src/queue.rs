//! Tickets (排队号), windows (窗口) and what boards show of them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Millis;
use crate::catalogue::{Hall, Line, Text};

/// Who takes the ticket. Nothing of it is ever shown on a board or put into an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum Identification {
    /// Read from the card.
    Card {
        name: String,
        /// 18 characters (GB 11643), or a permit number of the card's own kind.
        id_number: String,
        kind: CardKind,
    },
    /// A mainland mobile number, 11 digits.
    Phone {
        phone: String,
    },
    Anonymous,
}

/// What kind of card was read (hardware.md, section 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CardKind {
    /// 居民身份证.
    Resident,
    /// 港澳台居民居住证, flag `J`.
    HkMoTw,
    /// 外国人永久居留身份证, versions before 2023, flag `I`.
    Foreigner,
    /// 外国人永久居留身份证, the 2023 version, flag `Y`.
    Foreigner2023,
}

/// `POST /api/v1/halls/{hall}/tickets`, by a kiosk, with an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TakeTicket {
    /// The item's code.
    pub item: String,
    pub identification: Identification,
    /// `zh` or `en`: the language of the ticket and the phone page.
    #[serde(default)]
    pub language: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TicketState {
    /// 等候
    Waiting,
    /// 已叫号
    Called,
    /// 办理中
    Serving,
    /// 办结
    Completed,
    /// 过号
    NoShow,
    /// 作废: still waiting when its day ended.
    Lapsed,
    #[serde(other)]
    Unknown,
}

/// A ticket as its holder, the kiosk and the desk see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Ticket {
    /// Server-side identity.
    pub id: i64,
    pub hall: String,
    /// The hall's civil date, ISO.
    pub day: String,
    /// As printed and spoken: letter and three digits or more, such as `A001`.
    pub number: String,
    pub line: String,
    pub item: String,
    pub item_version: i64,
    pub item_name: Text,
    pub state: TicketState,
    pub taken_at: Millis,
    /// The window that called it last.
    #[serde(default)]
    pub window: Option<i64>,
    #[serde(default)]
    pub called_at: Option<Millis>,
    /// How often it has been called.
    #[serde(default)]
    pub calls: i64,
    /// People ahead in the same line, 0 when it is next.
    #[serde(default)]
    pub ahead: i64,
    #[serde(default)]
    pub wait: Wait,
    /// 22 unguessable characters; the phone page is `/t/{follow_code}`.
    pub follow_code: String,
    /// The absolute address in the QR.
    pub follow_url: String,
}

/// The wait estimate: a likely range in minutes. Unknown (no window serves the line) is `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Wait {
    pub from_minutes: Option<i64>,
    pub to_minutes: Option<i64>,
}

/// The person behind a called ticket: for the desk only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CalledTicket {
    pub ticket: Ticket,
    pub identification: Identification,
    /// Cases opened from this ticket.
    #[serde(default)]
    pub cases: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WindowState {
    Closed,
    /// Open, nobody called.
    Open,
    /// A ticket is called or served.
    Serving,
    Paused,
    #[serde(other)]
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Window {
    pub number: i64,
    pub name: Text,
    /// Letters of the lines it serves.
    pub lines: Vec<String>,
    pub state: WindowState,
    /// The clerk at it.
    #[serde(default)]
    pub clerk: Option<String>,
    #[serde(default)]
    pub ticket: Option<String>,
    #[serde(default)]
    pub since: Option<Millis>,
}

/// `POST /api/v1/halls/{hall}/windows/{number}/call-next`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CallNext {
    /// What becomes of the ticket now at the window; without it a ticket still there is an error (`window-busy`).
    #[serde(default)]
    pub finish: Option<Finish>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Finish {
    Completed,
    NoShow,
}

/// One line of a board: a ticket called to a window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Calling {
    pub number: String,
    pub window: i64,
    pub at: Millis,
    /// 1 for the first call, more for recalls.
    pub calls: i64,
    /// The event's turn, which names its spoken call: `/halls/{hall}/speech/{turn}.wav`.
    pub turn: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LineStatus {
    pub line: Line,
    pub waiting: i64,
    /// When the longest-waiting ticket was taken.
    #[serde(default)]
    pub longest_since: Option<Millis>,
    /// The wait that a ticket taken now would be told.
    #[serde(default)]
    pub wait: Wait,
    /// Windows open, serving or paused that serve this line.
    pub windows: i64,
    #[serde(default)]
    pub taken_today: i64,
    #[serde(default)]
    pub completed_today: i64,
    #[serde(default)]
    pub no_show_today: i64,
    /// Mean wait of those called today, in seconds.
    #[serde(default)]
    pub mean_wait_seconds: Option<i64>,
}

/// `GET /api/v1/halls/{hall}/queue`: what boards, desks and the supervisor start from. Deltas follow by event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QueueSnapshot {
    pub hall: Hall,
    /// The turn of the last event it includes: ask for events after it.
    pub turn: i64,
    pub at: Millis,
    pub open: bool,
    /// The newest first; at most 12.
    pub calling: Vec<Calling>,
    pub lines: Vec<LineStatus>,
    pub windows: Vec<Window>,
}

/// `GET /api/v1/follow/{follow_code}`: the phone page's state. Holds no personal data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Follow {
    pub ticket: Ticket,
    pub hall_name: Text,
    pub turn: i64,
    #[serde(default)]
    pub cases: Vec<crate::case::Progress>,
}
