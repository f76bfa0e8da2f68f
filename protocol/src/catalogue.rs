//! Halls, departments and service items (政务服务事项) as the faces see them.

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

/// Item types of the national catalogue (事项类型), by their published codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ItemType {
    /// 1 行政许可
    Permit,
    /// 5 行政给付
    Benefit,
    /// 7 行政确认
    Confirmation,
    /// 8 行政奖励
    Award,
    /// 9 行政裁决
    Adjudication,
    /// 10 其他行政权力
    OtherPower,
    /// 20 公共服务
    PublicService,
}

impl ItemType {
    pub const ALL: [(u16, ItemType); 7] = [
        (1, ItemType::Permit),
        (5, ItemType::Benefit),
        (7, ItemType::Confirmation),
        (8, ItemType::Award),
        (9, ItemType::Adjudication),
        (10, ItemType::OtherPower),
        (20, ItemType::PublicService),
    ];

    pub fn from_code(code: u16) -> Option<Self> {
        Self::ALL.iter().find(|(c, _)| *c == code).map(|(_, t)| *t)
    }

    pub fn code(self) -> u16 {
        Self::ALL.iter().find(|(_, t)| *t == self).map_or(0, |(c, _)| *c)
    }
}

/// How a person must identify themselves to take a ticket for an item.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IdentityRule {
    /// ID card, phone number or nothing.
    #[default]
    Optional,
    /// ID card or phone number.
    CardOrPhone,
    /// ID card only.
    Card,
}

/// A document the applicant brings (申请材料).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RequiredDocument {
    /// Stable within the item, such as `d1`.
    pub key: String,
    pub name: Text,
    /// 材料必要性: true where acceptance is refused without it.
    pub mandatory: bool,
    /// 份数: originals and copies to bring.
    #[serde(default)]
    pub originals: u8,
    #[serde(default)]
    pub copies: u8,
    /// 来源渠道 or a hint on how to fill it in; may be empty.
    #[serde(default)]
    pub note: Text,
}

/// A fee (收费项目). An item without fees is free of charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fee {
    pub name: Text,
    /// In fen; 0 where the standard is given in words only.
    pub amount: i64,
    /// 收费标准 in words.
    #[serde(default)]
    pub standard: Text,
}

/// How the item is handled (办件类型).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Handling {
    /// 即办件: in one sitting.
    Immediate,
    /// 承诺件: within the promised limit.
    #[default]
    Promised,
}

/// A published, immutable version of a service item (实施清单事项).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Item {
    /// 实施编码.
    pub code: String,
    /// 1 for the first published version.
    pub version: i64,
    pub name: Text,
    /// The department that answers for it (实施主体).
    pub department: String,
    pub item_type: ItemType,
    /// Codes of themes; may be empty.
    #[serde(default)]
    pub themes: Vec<String>,
    /// 主题标题 as published, such as 企业设立、变更、注销登记; may be empty.
    #[serde(default)]
    pub main_item: String,
    #[serde(default)]
    pub handling: Handling,
    #[serde(default)]
    pub identity: IdentityRule,
    /// 法定办结时限 in working days; 0 where none is set.
    #[serde(default)]
    pub statutory_days: u16,
    /// 承诺办结时限 in working days; 0 where none is set.
    #[serde(default)]
    pub promised_days: u16,
    /// 受理条件.
    #[serde(default)]
    pub conditions: Text,
    #[serde(default)]
    pub documents: Vec<RequiredDocument>,
    #[serde(default)]
    pub fees: Vec<Fee>,
    /// 办理时间 in words; empty where the hall's hours hold.
    #[serde(default)]
    pub hours: Text,
    /// Departments that review it, in parallel. Empty: the answering department alone.
    #[serde(default)]
    pub review_departments: Vec<String>,
    /// 审批结果名称, such as 食品经营许可证.
    #[serde(default)]
    pub result: Text,
    /// Minutes that one handling at the window usually takes; a prior for waits, not a promise.
    #[serde(default)]
    pub usual_minutes: i64,
    /// True in the sample district: nothing in it is an official statement.
    #[serde(default)]
    pub sample: bool,
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
