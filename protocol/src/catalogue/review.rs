//! Who reviews an item: branches (分支), their join, special procedures (特别程序) and extensions.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Text;
use super::item::{Condition, is_zero};

/// A department's review in the item (分支), in parallel with the others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(from = "BranchForm")]
pub struct BranchRule {
    pub department: String,
    /// The step's limit in the item's unit; 0: the item's `review_days`.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub days: u16,
    #[serde(default)]
    pub voice: Voice,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub when: Condition,
    /// The department's own system that answers, by its name in the server's settings; empty: its reviewers answer here.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub system: String,
}

impl BranchRule {
    /// A branch that may veto, always reviewed, within the item's limit.
    pub fn of(department: impl Into<String>) -> Self {
        BranchRule { department: department.into(), ..BranchRule::default() }
    }
}

/// Lists published before branches had rules name departments only.
#[derive(Deserialize)]
#[serde(untagged)]
enum BranchForm {
    Department(String),
    Rule {
        department: String,
        #[serde(default)]
        days: u16,
        #[serde(default)]
        voice: Voice,
        #[serde(default)]
        when: Condition,
        #[serde(default)]
        system: String,
    },
}

impl From<BranchForm> for BranchRule {
    fn from(form: BranchForm) -> Self {
        match form {
            BranchForm::Department(department) => BranchRule::of(department),
            BranchForm::Rule { department, days, voice, when, system } => {
                BranchRule { department, days, voice, when, system }
            }
        }
    }
}

/// What a branch's refusal does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Voice {
    /// 一票否决: it refuses the case.
    #[default]
    Veto,
    /// 参考意见: it is an opinion, no more.
    Advisory,
    /// It counts as one answer that is not an approval, and the join rule decides.
    Vote,
}

/// When the branches of a round have said enough.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "rule", rename_all = "kebab-case")]
pub enum JoinRule {
    /// Every branch has answered, none of them no.
    #[default]
    All,
    /// One approval.
    Any,
    /// This many approvals.
    AtLeast { approvals: u16 },
    /// The lead department's answer (牵头部门).
    Lead { department: String },
}

/// What a special procedure (特别程序) may be held for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SpecialKind {
    /// 听证
    Hearing,
    /// 招标
    Tender,
    /// 拍卖
    Auction,
    /// 检验
    Inspection,
    /// 检测
    Testing,
    /// 检疫
    Quarantine,
    /// 鉴定
    Appraisal,
    /// 专家评审
    ExpertReview,
    /// 公示: only where the item names its own legal basis.
    PublicNotice,
}

impl SpecialKind {
    pub const ALL: [SpecialKind; 9] = [
        SpecialKind::Hearing,
        SpecialKind::Tender,
        SpecialKind::Auction,
        SpecialKind::Inspection,
        SpecialKind::Testing,
        SpecialKind::Quarantine,
        SpecialKind::Appraisal,
        SpecialKind::ExpertReview,
        SpecialKind::PublicNotice,
    ];

    pub fn name(self) -> Text {
        match self {
            SpecialKind::Hearing => Text::new("听证", "hearing"),
            SpecialKind::Tender => Text::new("招标", "tender"),
            SpecialKind::Auction => Text::new("拍卖", "auction"),
            SpecialKind::Inspection => Text::new("检验", "inspection"),
            SpecialKind::Testing => Text::new("检测", "testing"),
            SpecialKind::Quarantine => Text::new("检疫", "quarantine"),
            SpecialKind::Appraisal => Text::new("鉴定", "appraisal"),
            SpecialKind::ExpertReview => Text::new("专家评审", "expert review"),
            SpecialKind::PublicNotice => Text::new("公示", "public notice"),
        }
    }
}

/// A special procedure that the item allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SpecialRule {
    pub kind: SpecialKind,
    /// 依据.
    #[serde(default)]
    pub basis: Text,
    /// The longest it may be planned for, in the item's unit; 0: no bound.
    #[serde(default)]
    pub longest_days: u16,
}

/// Who grants an extension (延期).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Extender {
    /// 本机关负责人
    #[default]
    AgencyHead,
    /// 本级人民政府负责人
    GovernmentHead,
}
