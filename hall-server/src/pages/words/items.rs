//! Texts of the item editor.

use super::Words;

words! {
    items_title: "事项目录", "Services";
    items_lead: "查找事项，编辑草稿，检查后发布为新版本。已发布的版本不会改变。", "Find a service, edit its draft, check it and publish it as a new version. Published versions never change.";
    items_search: "按名称、拼音、部门或编码查找", "Name, pinyin, department or code";
    items_find: "查找", "Find";
    items_none: "没有找到事项", "No service found";
    items_new: "新建事项", "New service";
    items_new_code: "实施编码", "Code";
    items_drafts: "正在编辑的草稿", "Drafts";
    items_no_drafts: "没有草稿", "No drafts";
    items_all: "全部事项", "All services";
    items_more: "下一页", "Next page";
    items_fewer: "上一页", "Previous page";
    item_column: "事项", "Service";
    version_column: "现行版本", "In force";
    state_column: "状态", "State";
    changed_column: "最后修改", "Last changed";
    state_in_force: "现行", "In force";
    state_retired: "已停用", "Retired";
    state_draft: "草稿", "Draft";
    state_checked: "已检查", "Checked";
    state_new: "未发布", "Not published";
    state_outdated: "已过期", "Out of date";
    base_of: "依据", "From";

    save_draft: "保存草稿", "Save draft";
    check_draft: "检查", "Check";
    publish_draft: "发布…", "Publish…";
    publish_really: "确认发布", "Publish now";
    publish_title: "发布前请核对", "Before it is published";
    publish_lead: "发布后即为现行版本，自助机和窗口立即使用；正在办理的办件仍按原版本。", "It is in force at once, on kiosks and desks. Cases already opened keep the version they have.";
    publish_back: "返回编辑", "Back to the draft";
    discard_draft: "放弃草稿", "Discard draft";
    rebase_draft: "以现行版本为依据继续", "Go on from the version in force";
    outdated_lead: "编辑期间已发布了新版本。以下是新版本的变化，请先并入草稿：", "A newer version was published meanwhile. This is what changed in it; take it into the draft first:";
    conflict_lead: "草稿已被他人修改，您的修改没有保存。请在新窗口打开最新草稿核对后再改。", "Somebody else has changed the draft; your changes are not saved. Open the latest draft in a new window and compare.";
    conflict_open: "打开最新草稿", "Open the latest draft";
    saved: "已保存", "Saved";
    checked_good: "检查通过，可以发布", "Checked: it may be published";
    checked_bad: "检查发现问题，已标在相应位置", "The check found problems; they stand beside their places";
    check_first: "草稿已保存；修改后请先检查再发布", "Saved. It has changed since it was checked: check it before it is published";
    published_as: "已发布为第", "Published as version";
    published_suffix: "版", "";
    not_saved: "没有保存", "Not saved";
    problems_title: "问题", "Problems";
    no_problems: "没有问题", "No problems";
    not_a_number: "不是有效的数字", "This is not a number";
    unchanged: "与现行版本没有不同", "Nothing differs from the version in force";

    section_basics: "基本信息", "Basics";
    section_limits: "时限", "Limits";
    section_questions: "情形（提问）", "Questions";
    section_documents: "申请材料", "Documents";
    section_fees: "收费", "Fees";
    section_branches: "分支与会签", "Branches and join";
    section_procedures: "特别程序与延期", "Special procedures and extension";
    section_form: "申请表", "Form";
    section_package: "一件事", "Package";
    section_flow: "流程图", "Flow";
    section_try: "试一试", "Try it";
    section_history: "版本历史", "Versions";
    conditions_hint: "条件写法：answers.premises == \"rented\"；可用 == != in && || ! ?: has()", "Conditions: answers.premises == \"rented\"; there are == != in && || ! ?: has()";
    add_row: "添加", "Add";
    remove_row: "删除", "Remove";
    row_up: "上移", "Up";
    row_down: "下移", "Down";
    choices: "选项", "Choices";
    days_unit: "天", "days";
    try_lead: "回答问题，查看适用的材料、收费、表单和分支。使用已保存的草稿。", "Answer the questions and see which documents, fees, fields and branches apply. It uses the saved draft.";
    try_show: "查看", "Show";
    try_unanswered: "未回答", "Not answered";
    try_nothing: "无", "None";
    try_package: "一件事：以下为各成员事项合并后的问题和材料。", "A package: these are its members' questions and papers, joined.";
    published_by: "发布人", "Published by";
    published_from: "来源", "From";
    source_draft: "编辑器", "Editor";
    source_file: "文件", "File";
    source_list: "清单导入", "List";
    compare: "与上一版比较", "Compare with the one before";
    no_difference: "没有不同", "No difference";
    field_column: "字段", "Field";
    old_column: "原来", "Before";
    new_column: "现在", "Now";

    flow_intake: "收件", "Intake";
    flow_intake_hint: "5 个工作日内受理或一次告知补正", "Accepted, or told once what is missing, within 5 working days";
    flow_accept: "受理", "Acceptance";
    flow_accept_clerk: "窗口受委托受理", "The hall's clerks accept";
    flow_accept_department: "部门自行受理", "The department accepts";
    flow_review: "审查", "Review";
    flow_join: "会签", "Join";
    flow_join_all: "全部答复，无否决", "All have answered, none refused";
    flow_join_any: "一个同意", "One approval";
    flow_join_lead: "以牵头部门为准", "The lead department decides";
    flow_decide: "决定", "Decision";
    flow_four_eyes: "签批人不是审查人", "The signer is not the reviewer";
    flow_one_pair: "可由一人审查并签批", "One person may review and sign";
    flow_result: "结果送达", "Result and delivery";
    flow_special: "特别程序（暂停计时）", "Special procedures (the clock stops)";
    flow_extension: "可延期一次", "May be extended once";
    flow_always: "始终", "Always";
    flow_own_system: "部门系统", "Own system";
    flow_deferred: "容缺材料", "Deferred papers";
    flow_members: "成员事项", "Members";
    flow_questions: "情形提问", "Questions";
    flow_immediate: "即办件：当场办结", "Handled at once";
    voice_veto: "一票否决", "Veto";
    voice_advisory: "参考意见", "Advisory";
    voice_vote: "计票", "Vote";
    none_chosen: "（无）", "(none)";
}

impl Words {
    /// `5 个工作日`, `5 working days`; natural days where the item counts those.
    pub fn days(self, days: u16, natural: bool) -> String {
        match (self.english, natural) {
            (false, false) => format!("{days} 个工作日"),
            (false, true) => format!("{days} 个自然日"),
            (true, false) => format!("{days} working days"),
            (true, true) => format!("{days} days"),
        }
    }

    /// `第 2 版`, `version 2`.
    pub fn version(self, version: i64) -> String {
        if self.english { format!("version {version}") } else { format!("第 {version} 版") }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_text_is_there_in_chinese_and_english_is_plain() {
        for (name, zh, en) in super::ALL {
            assert!(!zh.trim().is_empty() && en.replace('…', "").is_ascii(), "{name}");
            assert!(!en.trim().is_empty() || *name == "published_suffix", "{name} lacks its English");
        }
    }
}
