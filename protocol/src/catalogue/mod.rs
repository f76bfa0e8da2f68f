//! Halls, departments and service items (政务服务事项) as the faces see them.

mod item;
mod review;

pub use item::{
    Choice, Condition, DayUnit, Fee, FieldKind, FormField, Handling, IdentityRule, Item, ItemType, Question,
    RequiredDocument,
};
pub use review::{BranchRule, Extender, JoinRule, SpecialKind, SpecialRule, Voice};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A text that people read, in the languages there are. Chinese is always there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct Text {
    pub zh: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub en: String,
}

impl Text {
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Text { zh: zh.into(), en: en.into() }
    }

    /// The English text where it is asked for and there is one; else the Chinese.
    pub fn pick(&self, english: bool) -> &str {
        if english && !self.en.is_empty() { &self.en } else { &self.zh }
    }
}

/// A service hall (政务服务大厅).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Hall {
    /// Stable code in lower-case letters, such as `district` or `yuanling`.
    pub code: String,
    pub name: Text,
    pub kind: HallKind,
    pub address: Text,
    pub phone: String,
    /// When tickets are issued and windows work, per weekday.
    pub hours: Vec<Opening>,
    /// A person known by card or phone holds one open ticket per item here; a second is refused (`already-waiting`).
    #[serde(default)]
    pub one_ticket_per_person: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HallKind {
    /// The district hall (区级大厅).
    District,
    /// A sub-district office's hall (街道大厅).
    SubDistrict,
    /// A community station (社区站).
    Station,
}

/// One opening span, in the hall's civil time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Opening {
    /// ISO weekdays: 1 Monday … 7 Sunday.
    pub weekdays: Vec<u8>,
    /// `HH:MM`, inclusive.
    pub from: String,
    /// `HH:MM`, exclusive; `24:00` is the end of the day.
    pub to: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Department {
    pub code: String,
    pub name: Text,
}

/// A theme (主题) under which citizens look for services: 开办企业, 出生, 就业 …
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Theme {
    pub code: String,
    pub name: Text,
}

/// A line (队列) of a hall: items whose tickets share one letter and one order of waiting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Line {
    /// The letter printed before the number: `A` … `Z`.
    pub letter: String,
    pub name: Text,
}

/// Where an item is handled in one hall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Offer {
    pub item: String,
    /// Letter of the line.
    pub line: String,
    /// False while the hall does not take tickets for it.
    pub open: bool,
    /// Windows that serve it, for the guide's “where”.
    pub windows: Vec<i64>,
    /// Common services stand on the kiosk's first page, in this order; 0: not among them.
    #[serde(default)]
    pub common: i64,
}

/// Everything a kiosk shows of one hall. `GET /api/v1/halls/{hall}/catalogue`, with an `ETag`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Catalogue {
    /// Changes whenever anything below does.
    pub revision: String,
    pub hall: Hall,
    pub departments: Vec<Department>,
    pub themes: Vec<Theme>,
    pub lines: Vec<Line>,
    pub items: Vec<Item>,
    pub offers: Vec<Offer>,
}
