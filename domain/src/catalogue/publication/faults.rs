//! Why a draft may not be published, in sentences for the editor.

use protocol::catalogue::{Item, SpecialKind, Text};
use thiserror::Error;

use super::super::item::{ItemError, Part};
use super::super::situations::condition::ConditionError;
use super::{LONGEST_KEY, MOST_CHOICES, MOST_MEMBERS};

/// One reason, at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Path of the field in the item's JSON, lists by number from 0: `documents.2.when`, `join.approvals`.
    pub place: String,
    pub reason: Unfit,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unfit {
    #[error(transparent)]
    Item(ItemError),
    #[error(transparent)]
    Condition(ConditionError),
    #[error("the key {0:?} must have 1 to {LONGEST_KEY} letters, digits, dashes or underscores")]
    Key(String),
    #[error("the key {0:?} is used twice")]
    KeyTwice(String),
    #[error("the Chinese words are missing")]
    WordsMissing,
    #[error("more than {0} entries")]
    TooMany(usize),
    #[error("a question needs 2 to {MOST_CHOICES} choices; there are {0}")]
    Choices(usize),
    #[error("the questions have more than {0} combinations of answers; ask fewer, or ask some only where they matter")]
    TooManySituations(usize),
    #[error("unreachable: no answers lead to this question")]
    NeverAsked,
    #[error("unreachable: this applies under no combination of answers")]
    NeverApplies,
    #[error("an item that is not handled at once needs a promised limit; it is zero")]
    LimitZero,
    #[error("one person may review and sign only where the item is handled at once (即办件)")]
    OnePairOfEyes,
    #[error("this step takes {days} days, the whole {whole}")]
    StepTooLong { days: u16, whole: u16 },
    #[error("review and decision together take {days} days, the whole {whole}")]
    StepsTooLong { days: u16, whole: u16 },
    #[error("a document may come later, but no time is set within which it must come")]
    DeferrableWithoutDays,
    #[error("deferred documents may take {days} days, longer than the promised limit of {promised}")]
    DeferredOverPromise { days: u16, promised: u16 },
    #[error("the server knows no provider of shared data named {0:?}")]
    UnknownSource(String),
    #[error("the server knows no department system named {0:?}")]
    UnknownSystem(String),
    #[error("a join needs at least one approval")]
    JoinOfNone,
    #[error(
        "the join needs {approvals} approvals, but only {branches} branches apply and count{}",
        in_situation_en(situation)
    )]
    JoinOutOfReach { approvals: u16, branches: usize, situation: String },
    #[error("the lead department {0:?} is not among the branches")]
    LeadNotABranch(String),
    #[error("the lead department {department:?} has no branch{}", in_situation_en(situation))]
    LeadMayBeAbsent { department: String, situation: String },
    #[error("the special procedure {} is there twice", .0.name().en)]
    ProcedureTwice(SpecialKind),
    #[error("public notice is no special procedure by law: name the item's own legal basis")]
    NoticeWithoutBasis,
    #[error("an extension of {days} working days is longer than the {longest} that the law allows")]
    ExtensionTooLong { days: u16, longest: u16 },
    #[error("the head of the government extends joint approvals only")]
    GovernmentHeadAlone,
    #[error("a package has 2 to {MOST_MEMBERS} members; there are {0}")]
    Members(usize),
    #[error("the member {0} is there twice")]
    MemberTwice(String),
    #[error("there is no item {0}")]
    MemberUnknown(String),
    #[error("the item {0} is retired")]
    MemberRetired(String),
    #[error("the item {0} is itself a package")]
    MemberIsPackage(String),
    #[error("a package has its members' questions, documents, fees, form and branches, and none of its own")]
    PackageHasOwn,
}

fn in_situation_en(situation: &str) -> String {
    if situation.is_empty() { String::new() } else { format!(" where {situation}") }
}

fn in_situation_zh(situation: &str) -> String {
    if situation.is_empty() { String::new() } else { format!("（情形：{situation}）") }
}

impl Fault {
    /// The sentence for the editor.
    pub fn sentence(&self) -> Text {
        self.reason.sentence()
    }
}

impl Unfit {
    /// The sentence for the editor.
    pub fn sentence(&self) -> Text {
        let zh = match self {
            Unfit::Item(error) => return error.sentence(),
            Unfit::Condition(error) => return error.sentence(),
            Unfit::Key(key) => format!("编码“{key}”须为 1 至 {LONGEST_KEY} 个字母、数字、连字符或下划线"),
            Unfit::KeyTwice(key) => format!("编码“{key}”重复"),
            Unfit::WordsMissing => "请填写中文文字".to_owned(),
            Unfit::TooMany(most) => format!("最多 {most} 项"),
            Unfit::Choices(there) => format!("每个问题需要 2 至 {MOST_CHOICES} 个选项，现有 {there} 个"),
            Unfit::TooManySituations(most) => {
                format!("情形组合超过 {most} 种；请减少问题，或仅在需要时才提问")
            }
            Unfit::NeverAsked => "不可到达：任何回答都不会问到这个问题".to_owned(),
            Unfit::NeverApplies => "不可到达：任何情形组合下都不适用".to_owned(),
            Unfit::LimitZero => "承诺件必须填写承诺办结时限，不能为零".to_owned(),
            Unfit::OnePairOfEyes => "只有即办件可以由同一人审查并签批".to_owned(),
            Unfit::StepTooLong { days, whole } => format!("该环节 {days} 天，超过总时限 {whole} 天"),
            Unfit::StepsTooLong { days, whole } => format!("审查与决定环节共 {days} 天，超过总时限 {whole} 天"),
            Unfit::DeferrableWithoutDays => "有可容缺材料，但未填写容缺补齐时限".to_owned(),
            Unfit::DeferredOverPromise { days, promised } => {
                format!("容缺补齐时限 {days} 天，超过承诺时限 {promised} 天")
            }
            Unfit::UnknownSource(name) => format!("服务器未接入共享数据来源“{name}”"),
            Unfit::UnknownSystem(name) => format!("服务器未接入部门系统“{name}”"),
            Unfit::JoinOfNone => "会签至少需要一个同意".to_owned(),
            Unfit::JoinOutOfReach { approvals, branches, situation } => {
                format!(
                    "会签需要 {approvals} 个同意，但适用且计票的分支只有 {branches} 个{}",
                    in_situation_zh(situation)
                )
            }
            Unfit::LeadNotABranch(department) => format!("牵头部门“{department}”不在分支之中"),
            Unfit::LeadMayBeAbsent { department, situation } => {
                format!("牵头部门“{department}”没有适用的分支{}", in_situation_zh(situation))
            }
            Unfit::ProcedureTwice(kind) => format!("特别程序“{}”重复", kind.name().zh),
            Unfit::NoticeWithoutBasis => "公示不属于法定特别程序，须注明本事项的法律依据".to_owned(),
            Unfit::ExtensionTooLong { days, longest } => {
                format!("延期 {days} 个工作日，超过法律允许的 {longest} 个工作日")
            }
            Unfit::GovernmentHeadAlone => "只有联合办理才由本级人民政府负责人批准延期".to_owned(),
            Unfit::Members(there) => format!("一件事需要 2 至 {MOST_MEMBERS} 个事项，现有 {there} 个"),
            Unfit::MemberTwice(code) => format!("事项 {code} 重复"),
            Unfit::MemberUnknown(code) => format!("没有事项 {code}"),
            Unfit::MemberRetired(code) => format!("事项 {code} 已停用"),
            Unfit::MemberIsPackage(code) => format!("事项 {code} 本身就是一件事"),
            Unfit::PackageHasOwn => "一件事使用其成员事项的问题、材料、收费、表单和分支，不能另设".to_owned(),
        };
        Text { zh, en: self.to_string() }
    }
}

/// Where an error that imported lists have too stands in the item.
pub(super) fn place_of(error: &ItemError, item: &Item) -> String {
    let nth = |list: &str, number: &usize, field: &str| format!("{list}.{}.{field}", number.saturating_sub(1));
    let last = |list: &str, found: Option<usize>, field: &str| {
        found.map_or_else(|| list.to_owned(), |n| format!("{list}.{n}.{field}"))
    };
    match error {
        ItemError::DocumentUnnamed(number) => nth("documents", number, "name.zh"),
        ItemError::DocumentKeyTwice(key) => {
            last("documents", item.documents.iter().rposition(|document| document.key == *key), "key")
        }
        ItemError::FeeUnnamed(number) => nth("fees", number, "name.zh"),
        ItemError::FeeUnstated(number) | ItemError::FeeNegative(number) => nth("fees", number, "amount"),
        ItemError::UnknownReviewDepartment(code) | ItemError::ReviewDepartmentTwice(code) => {
            last("branches", item.branches.iter().rposition(|branch| branch.department == *code), "department")
        }
        error => match error.part() {
            Part::Code => "code",
            Part::Name => "name.zh",
            Part::Department => "department",
            Part::StatutoryLimit => "statutory_days",
            Part::PromisedLimit => "promised_days",
            Part::Conditions => "conditions.zh",
            Part::Documents => "documents",
            Part::Fees => "fees",
            Part::Hours => "hours.zh",
            Part::ReviewDepartments => "branches",
            Part::Result => "result.zh",
            Part::MainItem => "main_item",
        }
        .to_owned(),
    }
}
