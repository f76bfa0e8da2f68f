//! Items (事项) with their standard elements.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{BranchRule, Extender, JoinRule, SpecialRule, Text};

/// A CEL expression over the map `answers` (question's key → choice's key), such as `answers.premises == "rented"`.
/// Empty: always.
pub type Condition = String;

/// Item types of the national catalogue (事项类型), by their published codes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ItemType {
    /// 1 行政许可
    #[default]
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
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
    /// The condition under which it is asked for; see [`Condition`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub when: Condition,
    /// 可容缺: may come after acceptance, within the item's `deferred_days`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub deferrable: bool,
    /// 可告知承诺: a signed commitment may stand for it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub commitment: bool,
    /// The provider of shared data that can answer instead (共享获取), such as `business-registration`; empty: none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub shared_source: String,
    /// 材料编码: documents with the same code are asked for once in an application of several items. Empty: this item's own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub material: String,
}

/// A plain question (情形) whose answer decides which documents, fees and branches apply.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Question {
    /// Stable within the item, such as `premises`.
    pub key: String,
    pub text: Text,
    pub choices: Vec<Choice>,
    /// Asked only where this holds for the answers before it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub when: Condition,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Choice {
    pub key: String,
    pub text: Text,
}

/// A field of the item's form (申请表), filled in once by the applicant or the clerk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FormField {
    pub key: String,
    pub name: Text,
    #[serde(default)]
    pub kind: FieldKind,
    #[serde(default)]
    pub mandatory: bool,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub when: Condition,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    #[default]
    Text,
    /// Several lines.
    Prose,
    /// Digits with an optional fraction.
    Number,
    /// ISO date.
    Date,
    /// Unified social credit code (GB 32100).
    CreditCode,
}

/// How limits are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DayUnit {
    /// 工作日
    #[default]
    WorkingDays,
    /// 自然日; due on a day off, it is due on the next working day.
    NaturalDays,
}

pub(super) fn is_false(value: &bool) -> bool {
    !*value
}

pub(super) fn is_zero(value: &u16) -> bool {
    *value == 0
}

pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A fee (收费项目). An item without fees is free of charge.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fee {
    pub name: Text,
    /// In fen; 0 where the standard is given in words only.
    pub amount: i64,
    /// 收费标准 in words.
    #[serde(default)]
    pub standard: Text,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub when: Condition,
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
///
/// Limits left at 0 have no clock of their own; what is not listed (a special procedure, an extension) is not allowed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
    #[serde(default, alias = "review_departments")]
    pub branches: Vec<BranchRule>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub join: JoinRule,
    /// How `statutory_days`, `promised_days` and the steps' limits are counted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub unit: DayUnit,
    /// The review's step limit (审查环节时限).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub review_days: u16,
    /// The decision's step limit (决定环节时限).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub decision_days: u16,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub special_procedures: Vec<SpecialRule>,
    /// The longest extension, granted once; 0: none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub extension_days: u16,
    #[serde(default, skip_serializing_if = "is_default")]
    pub extender: Extender,
    /// How long a deferred paper (容缺) may be outstanding; 0: none may be deferred.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub deferred_days: u16,
    /// It may be granted while a deferred paper is outstanding (容缺办结).
    #[serde(default, skip_serializing_if = "is_false")]
    pub grant_before_deferred: bool,
    /// An application that leaves a correction notice unanswered so long lapses; 0: never.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lapse_days: u16,
    /// The department has not entrusted acceptance to the hall's clerks (委托受理): its own intake officers accept.
    #[serde(default, skip_serializing_if = "is_false")]
    pub department_accepts: bool,
    /// Reviewer and signer may be one person: for 即办件 only, where the department says so.
    #[serde(default, skip_serializing_if = "is_false")]
    pub one_pair_of_eyes: bool,
    /// 是否网办: an application may be sent from a phone, without a visit.
    #[serde(default, skip_serializing_if = "is_false")]
    pub online: bool,
    /// 可批量审批: signers may grant several cases at once.
    #[serde(default, skip_serializing_if = "is_false")]
    pub bulk: bool,
    /// 情形.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<Question>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub form: Vec<FormField>,
    /// 一件事: codes of the items whose cases one application opens. Its documents and questions are theirs, each once; its
    /// limits are the joint clock's. Empty: a single item.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
    /// 设定依据.
    #[serde(default, skip_serializing_if = "is_default")]
    pub legal_basis: Text,
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
