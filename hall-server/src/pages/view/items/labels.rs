//! What the fields of an item are called, by the names of its JSON.

use crate::pages::words::Words;

/// Name in the JSON, Chinese, English.
const LABELS: &[(&str, &str, &str)] = &[
    ("amount", "金额（分）", "Amount (fen)"),
    ("approvals", "同意数", "Approvals"),
    ("basis", "依据", "Legal basis"),
    ("branches", "分支", "Branches"),
    ("bulk", "可批量审批", "Bulk approval"),
    ("choices", "选项", "Choices"),
    ("code", "实施编码", "Code"),
    ("commitment", "可告知承诺", "Commitment"),
    ("conditions", "受理条件", "Conditions"),
    ("copies", "复印件", "Copies"),
    ("days", "环节时限（天）", "Step limit (days)"),
    ("decision_days", "决定环节时限（天）", "Decision limit (days)"),
    ("deferrable", "可容缺", "May follow later"),
    ("deferred_days", "容缺补齐时限（天）", "Deferred papers within (days)"),
    ("department", "部门", "Department"),
    ("department_accepts", "部门自行受理（未委托窗口）", "The department itself accepts"),
    ("documents", "材料", "Documents"),
    ("en", "英文", "English"),
    ("extender", "延期批准人", "Extended by"),
    ("extension_days", "最长延期（天）", "Longest extension (days)"),
    ("fees", "收费", "Fees"),
    ("form", "申请表", "Form"),
    ("grant_before_deferred", "容缺未补可先办结", "Granted before deferred papers come"),
    ("handling", "办件类型", "Handling"),
    ("hours", "办理时间", "Hours"),
    ("identity", "取号核验", "Identity for a ticket"),
    ("item_type", "事项类型", "Type"),
    ("join", "会签规则", "Join rule"),
    ("key", "编码", "Key"),
    ("kind", "种类", "Kind"),
    ("lapse_days", "补正逾期失效（天，0 为不失效）", "Lapses uncorrected after (days, 0: never)"),
    ("legal_basis", "设定依据", "Legal basis"),
    ("longest_days", "最长天数（0 为不限）", "Longest (days, 0: no bound)"),
    ("main_item", "主题标题", "Theme heading"),
    ("mandatory", "必要", "Mandatory"),
    ("material", "材料编码（跨事项共用）", "Material code (shared)"),
    ("members", "成员事项编码", "Members' codes"),
    ("name", "名称", "Name"),
    ("note", "说明", "Note"),
    ("one_pair_of_eyes", "可由一人审查并签批", "One person may review and sign"),
    ("online", "可网上申报", "Application by phone"),
    ("originals", "原件", "Originals"),
    ("promised_days", "承诺办结时限（天）", "Promised limit (days)"),
    ("questions", "问题", "Questions"),
    ("result", "审批结果名称", "Result"),
    ("review_days", "审查环节时限（天）", "Review limit (days)"),
    ("rule", "规则", "Rule"),
    ("sample", "示例数据", "Sample"),
    ("shared_source", "共享数据来源", "Shared data from"),
    ("special_procedures", "特别程序", "Special procedures"),
    ("standard", "收费标准", "Standard"),
    ("statutory_days", "法定办结时限（天）", "Statutory limit (days)"),
    ("system", "部门系统", "Own system"),
    ("text", "文字", "Words"),
    ("themes", "主题", "Themes"),
    ("unit", "计时单位", "Counted in"),
    ("usual_minutes", "窗口通常用时（分钟）", "Usual minutes at the window"),
    ("voice", "意见效力", "Voice"),
    ("when", "适用条件", "Applies when"),
    ("zh", "中文", "Chinese"),
];

/// What a field is called; the name itself where it has none.
pub fn label(name: &str, w: Words) -> &str {
    match LABELS.iter().find(|(known, _, _)| *known == name) {
        Some((_, zh, en)) => {
            if w.english {
                en
            } else {
                zh
            }
        }
        None => name,
    }
}

/// A path of the JSON as a person reads it: `documents.2.when` is 材料 3 · 适用条件.
pub fn place(path: &str, w: Words) -> String {
    let mut out = String::new();
    for part in path.split('.') {
        // Numbers count from 0 in the JSON and from 1 for people; keys of entries stand for themselves.
        let number = part.parse::<usize>().map(|n| (n + 1).to_string());
        let (separator, word) = match &number {
            Ok(number) => (" ", number.as_str()),
            Err(_) => (" · ", label(part, w)),
        };
        if !out.is_empty() {
            out.push_str(separator);
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_as_words() {
        assert_eq!(place("documents.2.when", Words::ZH), "材料 3 · 适用条件");
        assert_eq!(place("join.approvals", Words::EN), "Join rule · Approvals");
        assert_eq!(
            place("questions.premises.choices.rented.text.zh", Words::ZH),
            "问题 · premises · 选项 · rented · 文字 · 中文"
        );
    }

    #[test]
    fn every_field_of_an_item_has_a_name() {
        use protocol::catalogue::*;
        let item = Item {
            branches: vec![BranchRule { days: 1, when: "x".to_owned(), system: "x".to_owned(), ..BranchRule::of("x") }],
            questions: vec![Question { choices: vec![Choice::default()], when: "x".to_owned(), ..Question::default() }],
            documents: vec![RequiredDocument {
                when: "x".to_owned(),
                deferrable: true,
                commitment: true,
                shared_source: "x".to_owned(),
                material: "x".to_owned(),
                ..RequiredDocument::default()
            }],
            form: vec![FormField { when: "x".to_owned(), ..FormField::default() }],
            fees: vec![Fee { when: "x".to_owned(), ..Fee::default() }],
            join: JoinRule::AtLeast { approvals: 1 },
            unit: DayUnit::NaturalDays,
            review_days: 1,
            decision_days: 1,
            special_procedures: vec![SpecialRule {
                kind: SpecialKind::Hearing,
                basis: Text::default(),
                longest_days: 1,
            }],
            extension_days: 1,
            extender: Extender::GovernmentHead,
            deferred_days: 1,
            grant_before_deferred: true,
            lapse_days: 1,
            department_accepts: true,
            one_pair_of_eyes: true,
            bulk: true,
            online: true,
            members: vec!["x".to_owned()],
            legal_basis: Text::new("x", "x"),
            ..Item::default()
        };
        fn names(value: &serde_json::Value, out: &mut Vec<String>) {
            match value {
                serde_json::Value::Object(fields) => fields.iter().for_each(|(name, value)| {
                    out.push(name.clone());
                    names(value, out);
                }),
                serde_json::Value::Array(list) => list.iter().for_each(|value| names(value, out)),
                _ => {}
            }
        }
        let mut all = Vec::new();
        names(&serde_json::to_value(&item).unwrap(), &mut all);
        let unnamed: Vec<_> = all.iter().filter(|name| *name != "version" && label(name, Words::ZH) == *name).collect();
        assert!(unnamed.is_empty(), "{unnamed:?}");
        assert!(LABELS.is_sorted_by_key(|(name, _, _)| *name));
    }
}
