//! What every published item must be, those of imported lists as well; an editor's draft must be more, see
//! [`publication`](super::publication).

use std::collections::HashSet;

use protocol::catalogue::{BranchRule, Item, Text};
use thiserror::Error;

/// The longest name, in characters. Published lists hold names of up to 110.
pub const LONGEST_NAME: usize = 200;
/// The longest 实施编码, in bytes. Published lists hold codes of up to 55.
pub const LONGEST_CODE: usize = 100;
/// The longest prose of one field (conditions, a note), in characters.
pub const LONGEST_PROSE: usize = 4_000;
/// The longest limit in working days: ten years. More is a slip of the keyboard.
pub const LONGEST_LIMIT: u16 = 2_500;
/// The most documents or fees of one item.
pub const MOST_ENTRIES: usize = 100;

/// Why an item cannot be published.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ItemError {
    #[error("the item code is missing")]
    CodeMissing,
    #[error("the item code is longer than {LONGEST_CODE} bytes")]
    CodeTooLong,
    #[error("the item code {0:?} holds a space or another character that cannot stand in an address")]
    CodeCharacter(String),
    #[error("the name is missing")]
    NameMissing,
    #[error("the name has {0} characters; at most {LONGEST_NAME} are allowed")]
    NameTooLong(usize),
    #[error("the {0} holds a control character or a character that was lost in a conversion")]
    BrokenText(Part),
    #[error("the {0} is longer than {LONGEST_PROSE} characters")]
    ProseTooLong(Part),
    #[error("the department {0:?} is not known")]
    UnknownDepartment(String),
    #[error("the reviewing department {0:?} is not known")]
    UnknownReviewDepartment(String),
    #[error("the reviewing department {0:?} is named twice")]
    ReviewDepartmentTwice(String),
    #[error("the promised limit of {promised} working days is longer than the statutory one of {statutory}")]
    PromiseOverStatute { promised: u16, statutory: u16 },
    #[error("the {0} of {1} working days is longer than {LONGEST_LIMIT}")]
    LimitTooLong(Part, u16),
    #[error("more than {MOST_ENTRIES} {0}")]
    TooMany(Part),
    #[error("document {0} has no name")]
    DocumentUnnamed(usize),
    #[error("the document key {0:?} is used twice")]
    DocumentKeyTwice(String),
    #[error("fee {0} has no name")]
    FeeUnnamed(usize),
    #[error("fee {0} has neither an amount nor a standard in words")]
    FeeUnstated(usize),
    #[error("fee {0} is negative")]
    FeeNegative(usize),
}

/// The part of an item that an error is about; its name is the heading of the column in an item list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    Code,
    Name,
    Department,
    StatutoryLimit,
    PromisedLimit,
    Conditions,
    Documents,
    Fees,
    Hours,
    ReviewDepartments,
    Result,
    MainItem,
}

impl Part {
    /// The column heading, as in an item list.
    pub fn column(self) -> &'static str {
        match self {
            Part::Code => "item_code",
            Part::Name => "name",
            Part::Department => "department",
            Part::StatutoryLimit => "statutory_days",
            Part::PromisedLimit => "promised_days",
            Part::Conditions => "conditions",
            Part::Documents => "documents",
            Part::Fees => "fees",
            Part::Hours => "hours",
            Part::ReviewDepartments => "review_departments",
            Part::Result => "result",
            Part::MainItem => "main_item",
        }
    }
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Part::Code => "item code",
            Part::Name => "name",
            Part::Department => "department",
            Part::StatutoryLimit => "statutory limit",
            Part::PromisedLimit => "promised limit",
            Part::Conditions => "conditions",
            Part::Documents => "documents",
            Part::Fees => "fees",
            Part::Hours => "hours",
            Part::ReviewDepartments => "reviewing departments",
            Part::Result => "result",
            Part::MainItem => "theme heading",
        })
    }
}

impl ItemError {
    pub fn part(&self) -> Part {
        match self {
            ItemError::CodeMissing | ItemError::CodeTooLong | ItemError::CodeCharacter(_) => Part::Code,
            ItemError::NameMissing | ItemError::NameTooLong(_) => Part::Name,
            ItemError::BrokenText(part) | ItemError::ProseTooLong(part) => *part,
            ItemError::LimitTooLong(part, _) | ItemError::TooMany(part) => *part,
            ItemError::UnknownDepartment(_) => Part::Department,
            ItemError::UnknownReviewDepartment(_) | ItemError::ReviewDepartmentTwice(_) => Part::ReviewDepartments,
            ItemError::PromiseOverStatute { .. } => Part::PromisedLimit,
            ItemError::DocumentUnnamed(_) | ItemError::DocumentKeyTwice(_) => Part::Documents,
            ItemError::FeeUnnamed(_) | ItemError::FeeUnstated(_) | ItemError::FeeNegative(_) => Part::Fees,
        }
    }
}

impl Part {
    fn name_zh(self) -> &'static str {
        match self {
            Part::Code => "实施编码",
            Part::Name => "名称",
            Part::Department => "实施主体",
            Part::StatutoryLimit => "法定办结时限",
            Part::PromisedLimit => "承诺办结时限",
            Part::Conditions => "受理条件",
            Part::Documents => "申请材料",
            Part::Fees => "收费项目",
            Part::Hours => "办理时间",
            Part::ReviewDepartments => "审查部门",
            Part::Result => "审批结果名称",
            Part::MainItem => "主题标题",
        }
    }
}

impl ItemError {
    /// The sentence for whoever edits the item.
    pub fn sentence(&self) -> Text {
        let zh = match self {
            ItemError::CodeMissing => "缺少实施编码".to_owned(),
            ItemError::CodeTooLong => format!("实施编码超过 {LONGEST_CODE} 字节"),
            ItemError::CodeCharacter(code) => format!("实施编码“{code}”含有空格或不能用于网址的字符"),
            ItemError::NameMissing => "缺少名称".to_owned(),
            ItemError::NameTooLong(length) => format!("名称有 {length} 个字，最多 {LONGEST_NAME} 个"),
            ItemError::BrokenText(part) => format!("{}含有控制字符或转换时丢失的字符", part.name_zh()),
            ItemError::ProseTooLong(part) => format!("{}超过 {LONGEST_PROSE} 个字", part.name_zh()),
            ItemError::UnknownDepartment(code) if code.is_empty() => "缺少实施主体".to_owned(),
            ItemError::UnknownDepartment(code) => format!("没有编码为“{code}”的部门"),
            ItemError::UnknownReviewDepartment(code) => format!("没有编码为“{code}”的审查部门"),
            ItemError::ReviewDepartmentTwice(code) => format!("审查部门“{code}”重复"),
            ItemError::PromiseOverStatute { promised, statutory } => {
                format!("承诺时限 {promised} 个工作日，超过法定时限 {statutory} 个工作日")
            }
            ItemError::LimitTooLong(part, days) => {
                format!("{}{days} 个工作日，超过 {LONGEST_LIMIT} 个工作日", part.name_zh())
            }
            ItemError::TooMany(part) => format!("{}超过 {MOST_ENTRIES} 项", part.name_zh()),
            ItemError::DocumentUnnamed(number) => format!("第 {number} 份材料没有名称"),
            ItemError::DocumentKeyTwice(key) => format!("材料编码“{key}”重复"),
            ItemError::FeeUnnamed(number) => format!("第 {number} 项收费没有名称"),
            ItemError::FeeUnstated(number) => format!("第 {number} 项收费既无金额也无收费标准"),
            ItemError::FeeNegative(number) => format!("第 {number} 项收费为负数"),
        };
        Text { zh, en: self.to_string() }
    }
}

/// Everything that is wrong with the item; `known` tells whether there is a department of that code.
pub fn check(item: &Item, known: impl Fn(&str) -> bool) -> Vec<ItemError> {
    let mut errors = Vec::new();
    check_code(&item.code, &mut errors);
    check_name(&item.name, &mut errors);
    if !known(&item.department) {
        errors.push(ItemError::UnknownDepartment(item.department.clone()));
    }
    check_limits(item, &mut errors);
    for (part, text) in [(Part::Conditions, &item.conditions), (Part::Hours, &item.hours), (Part::Result, &item.result)]
    {
        check_prose(part, text, &mut errors);
    }
    if broken(&item.main_item) {
        errors.push(ItemError::BrokenText(Part::MainItem));
    }
    check_documents(item, &mut errors);
    check_fees(item, &mut errors);
    let mut reviewers = HashSet::new();
    for BranchRule { department, .. } in &item.branches {
        if !known(department) {
            errors.push(ItemError::UnknownReviewDepartment(department.clone()));
        }
        if !reviewers.insert(department) {
            errors.push(ItemError::ReviewDepartmentTwice(department.clone()));
        }
    }
    errors
}

fn check_code(code: &str, errors: &mut Vec<ItemError>) {
    if code.is_empty() {
        errors.push(ItemError::CodeMissing);
    } else if code.len() > LONGEST_CODE {
        errors.push(ItemError::CodeTooLong);
    } else if !code.chars().all(|ch| ch.is_alphanumeric() || matches!(ch, '-' | '_' | '.')) {
        errors.push(ItemError::CodeCharacter(code.to_owned()));
    }
}

fn check_name(name: &Text, errors: &mut Vec<ItemError>) {
    if name.zh.trim().is_empty() {
        errors.push(ItemError::NameMissing);
    }
    for text in [&name.zh, &name.en] {
        let length = text.chars().count();
        if length > LONGEST_NAME {
            errors.push(ItemError::NameTooLong(length));
        }
        if broken(text) {
            errors.push(ItemError::BrokenText(Part::Name));
        }
    }
}

fn check_limits(item: &Item, errors: &mut Vec<ItemError>) {
    let (statutory, promised) = (item.statutory_days, item.promised_days);
    for (part, days) in [(Part::StatutoryLimit, statutory), (Part::PromisedLimit, promised)] {
        if days > LONGEST_LIMIT {
            errors.push(ItemError::LimitTooLong(part, days));
        }
    }
    if statutory > 0 && promised > statutory {
        errors.push(ItemError::PromiseOverStatute { promised, statutory });
    }
}

fn check_documents(item: &Item, errors: &mut Vec<ItemError>) {
    if item.documents.len() > MOST_ENTRIES {
        errors.push(ItemError::TooMany(Part::Documents));
    }
    let mut keys = HashSet::new();
    for (number, document) in (1..).zip(&item.documents) {
        if document.name.zh.trim().is_empty() {
            errors.push(ItemError::DocumentUnnamed(number));
        }
        if !keys.insert(&document.key) {
            errors.push(ItemError::DocumentKeyTwice(document.key.clone()));
        }
        check_prose(Part::Documents, &document.name, errors);
        check_prose(Part::Documents, &document.note, errors);
    }
}

fn check_fees(item: &Item, errors: &mut Vec<ItemError>) {
    if item.fees.len() > MOST_ENTRIES {
        errors.push(ItemError::TooMany(Part::Fees));
    }
    for (number, fee) in (1..).zip(&item.fees) {
        if fee.name.zh.trim().is_empty() {
            errors.push(ItemError::FeeUnnamed(number));
        }
        if fee.amount < 0 {
            errors.push(ItemError::FeeNegative(number));
        }
        if fee.amount == 0 && fee.standard.zh.trim().is_empty() {
            errors.push(ItemError::FeeUnstated(number));
        }
        check_prose(Part::Fees, &fee.name, errors);
        check_prose(Part::Fees, &fee.standard, errors);
    }
}

fn check_prose(part: Part, text: &Text, errors: &mut Vec<ItemError>) {
    for text in [&text.zh, &text.en] {
        if text.chars().count() > LONGEST_PROSE {
            errors.push(ItemError::ProseTooLong(part));
        }
        if broken(text) {
            errors.push(ItemError::BrokenText(part));
        }
    }
}

/// Line breaks are allowed in prose; other control characters would disturb printers, and U+FFFD marks a lost character.
fn broken(text: &str) -> bool {
    text.chars().any(|ch| ch == char::REPLACEMENT_CHARACTER || (ch.is_control() && ch != '\n'))
}
