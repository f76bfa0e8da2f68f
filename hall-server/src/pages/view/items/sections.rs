//! An item as the editor's sections.

use protocol::catalogue::*;

use super::controls::{Control, Maker, Row, Rows, Section, name_of};
use crate::pages::words::Words;

/// What the form offers to choose from.
#[derive(Debug)]
pub struct Offered<'a> {
    pub departments: &'a [Department],
    pub shared_sources: Vec<String>,
    pub systems: Vec<String>,
}

/// The editor's sections, in their order.
pub fn sections(item: &Item, make: Maker<'_>, offered: &Offered<'_>) -> Vec<Section> {
    let w = make.w;
    vec![
        section(make, "basics", w.section_basics(), "", basics(item, make, offered), None),
        section(make, "limits", w.section_limits(), "", limits(item, make), None),
        section(make, "questions", w.section_questions(), w.conditions_hint(), Vec::new(), Some(questions(item, make))),
        section(make, "documents", w.section_documents(), "", Vec::new(), Some(documents(item, make, offered))),
        section(make, "fees", w.section_fees(), "", Vec::new(), Some(fees(item, make))),
        section(
            make,
            "branches",
            w.section_branches(),
            "",
            join(item, make, offered),
            Some(branches(item, make, offered)),
        ),
        section(
            make,
            "special_procedures",
            w.section_procedures(),
            "",
            extension(item, make),
            Some(procedures(item, make)),
        ),
        section(make, "form", w.section_form(), "", Vec::new(), Some(form(item, make))),
        section(make, "members", w.section_package(), "", members(item, make), None),
    ]
}

fn section(
    make: Maker<'_>,
    id: &'static str,
    title: &'static str,
    hint: &'static str,
    controls: Vec<Control>,
    rows: Option<Rows>,
) -> Section {
    let problems = if rows.is_some() { make.problems_at(id) } else { Vec::new() };
    let in_rows = rows.as_ref().map_or(0, |rows| make.problems_within(&rows.list).len() - problems.len());
    let faults = problems.len() + in_rows + controls.iter().map(|control| control.problems.len()).sum::<usize>();
    Section { id, title, hint, controls, rows, problems, faults }
}

fn basics(item: &Item, make: Maker<'_>, offered: &Offered<'_>) -> Vec<Control> {
    let w = make.w;
    let types = ItemType::ALL.map(|(_, kind)| (name_of(kind), item_type(kind, w).to_owned())).to_vec();
    let identity = [
        (IdentityRule::Optional, "不限", "None needed"),
        (IdentityRule::CardOrPhone, "身份证或手机号", "Card or phone"),
        (IdentityRule::Card, "身份证", "Card"),
    ];
    let handling = [(Handling::Promised, "承诺件", "Promised"), (Handling::Immediate, "即办件", "At once")];
    let mut controls = Vec::new();
    controls.extend(make.text("name", &item.name, "text"));
    controls.push(make.select("department", "half", &item.department, departments(offered, w, false)));
    controls.push(make.select("item_type", "quarter", &name_of(item.item_type), types));
    controls.push(make.select("handling", "quarter", &name_of(item.handling), named(handling, w)));
    controls.push(make.select("identity", "quarter", &name_of(item.identity), named(identity, w)));
    controls.push(make.number("usual_minutes", item.usual_minutes));
    controls.push(make.word("themes", "quarter", &item.themes.join(" ")));
    controls.push(make.word("main_item", "quarter", &item.main_item));
    controls.extend(make.text("conditions", &item.conditions, "area"));
    controls.extend(make.text("legal_basis", &item.legal_basis, "text"));
    controls.extend(make.text("result", &item.result, "text"));
    controls.extend(make.text("hours", &item.hours, "text"));
    controls.push(make.flag("department_accepts", item.department_accepts));
    controls.push(make.flag("one_pair_of_eyes", item.one_pair_of_eyes));
    controls.push(make.flag("bulk", item.bulk));
    controls.push(make.flag("online", item.online));
    controls
}

fn limits(item: &Item, make: Maker<'_>) -> Vec<Control> {
    let units = [(DayUnit::WorkingDays, "工作日", "Working days"), (DayUnit::NaturalDays, "自然日", "Natural days")];
    vec![
        make.select("unit", "quarter", &name_of(item.unit), named(units, make.w)),
        make.number("statutory_days", item.statutory_days),
        make.number("promised_days", item.promised_days),
        make.number("review_days", item.review_days),
        make.number("decision_days", item.decision_days),
        make.number("deferred_days", item.deferred_days),
        make.number("lapse_days", item.lapse_days),
        make.flag("grant_before_deferred", item.grant_before_deferred),
    ]
}

fn rows<T>(w: Words, list: &str, entries: &[T], row: impl Fn(&str, usize, &T) -> Row) -> Rows {
    let rows = (0..).zip(entries).map(|(n, entry)| row(&format!("{list}.{n}"), n + 1, entry)).collect();
    Rows { w, list: list.to_owned(), rows }
}

/// The row's heading: its number, and its name where it has one.
fn title(number: usize, name: &str) -> String {
    if name.is_empty() { number.to_string() } else { format!("{number} · {name}") }
}

fn questions(item: &Item, make: Maker<'_>) -> Rows {
    rows(make.w, "questions", &item.questions, |at, number, question| {
        let mut controls = vec![make.word(&format!("{at}.key"), "quarter", &question.key)];
        controls.push(make.when(at, &question.when));
        controls.extend(make.text(&format!("{at}.text"), &question.text, "text"));
        let choices = rows(make.w, &format!("{at}.choices"), &question.choices, |at, number, choice| {
            let mut controls = vec![make.word(&format!("{at}.key"), "quarter", &choice.key)];
            controls.extend(make.text(&format!("{at}.text"), &choice.text, "text"));
            Row {
                w: make.w,
                place: at.to_owned(),
                title: number.to_string(),
                controls,
                problems: Vec::new(),
                inner: None,
            }
        });
        Row {
            w: make.w,
            place: at.to_owned(),
            title: title(number, question.text.pick(make.w.english)),
            controls,
            problems: make.problems_at(&format!("{at}.choices")),
            inner: Some(choices),
        }
    })
}

fn documents(item: &Item, make: Maker<'_>, offered: &Offered<'_>) -> Rows {
    rows(make.w, "documents", &item.documents, |at, number, document| {
        let of = |field: &str| format!("{at}.{field}");
        let mut controls = vec![make.word(&of("key"), "quarter", &document.key)];
        controls.push(make.when(at, &document.when));
        controls.extend(make.text(&of("name"), &document.name, "text"));
        controls.push(make.number(&of("originals"), document.originals));
        controls.push(make.number(&of("copies"), document.copies));
        controls.push(make.word(&of("material"), "quarter", &document.material));
        let sources = names(&offered.shared_sources, make.w);
        controls.push(make.select(&of("shared_source"), "quarter", &document.shared_source, sources));
        controls.push(make.flag(&of("mandatory"), document.mandatory));
        controls.push(make.flag(&of("deferrable"), document.deferrable));
        controls.push(make.flag(&of("commitment"), document.commitment));
        controls.extend(make.text(&of("note"), &document.note, "text"));
        plain(make, at, title(number, document.name.pick(make.w.english)), controls)
    })
}

fn fees(item: &Item, make: Maker<'_>) -> Rows {
    rows(make.w, "fees", &item.fees, |at, number, fee| {
        let mut controls = vec![make.number(&format!("{at}.amount"), fee.amount), make.when(at, &fee.when)];
        controls.extend(make.text(&format!("{at}.name"), &fee.name, "text"));
        controls.extend(make.text(&format!("{at}.standard"), &fee.standard, "text"));
        plain(make, at, title(number, fee.name.pick(make.w.english)), controls)
    })
}

fn branches(item: &Item, make: Maker<'_>, offered: &Offered<'_>) -> Rows {
    let w = make.w;
    let voices = [Voice::Veto, Voice::Advisory, Voice::Vote];
    rows(make.w, "branches", &item.branches, |at, number, branch| {
        let of = |field: &str| format!("{at}.{field}");
        let voices = voices.map(|voice| (name_of(voice), voice_name(voice, w).to_owned())).to_vec();
        let controls = vec![
            make.select(&of("department"), "half", &branch.department, departments(offered, w, true)),
            make.number(&of("days"), branch.days),
            make.select(&of("voice"), "quarter", &name_of(branch.voice), voices),
            make.select(&of("system"), "quarter", &branch.system, names(&offered.systems, w)),
            make.when(at, &branch.when),
        ];
        let department = offered.departments.iter().find(|known| known.code == branch.department);
        let name = department.map_or(branch.department.as_str(), |known| known.name.pick(w.english));
        plain(make, at, title(number, name), controls)
    })
}

fn join(item: &Item, make: Maker<'_>, offered: &Offered<'_>) -> Vec<Control> {
    let w = make.w;
    let (rule, approvals, lead) = match &item.join {
        JoinRule::All => ("all", 0, ""),
        JoinRule::Any => ("any", 0, ""),
        JoinRule::AtLeast { approvals } => ("at-least", *approvals, ""),
        JoinRule::Lead { department } => ("lead", 0, department.as_str()),
    };
    let at_least = if w.english { "This many approvals" } else { "若干同意" };
    let rules =
        [("all", w.flow_join_all()), ("any", w.flow_join_any()), ("at-least", at_least), ("lead", w.flow_join_lead())];
    let rules = rules.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
    let mut department = make.select("join.department", "half", lead, departments(offered, w, true));
    department.label = if w.english { "Lead department" } else { "牵头部门" }.to_owned();
    vec![make.select("join.rule", "half", rule, rules), make.number("join.approvals", approvals), department]
}

fn extension(item: &Item, make: Maker<'_>) -> Vec<Control> {
    let extenders = [
        (Extender::AgencyHead, "本机关负责人", "The head of the agency"),
        (Extender::GovernmentHead, "本级人民政府负责人", "The head of the government"),
    ];
    vec![
        make.number("extension_days", item.extension_days),
        make.select("extender", "half", &name_of(item.extender), named(extenders, make.w)),
    ]
}

fn procedures(item: &Item, make: Maker<'_>) -> Rows {
    let w = make.w;
    rows(make.w, "special_procedures", &item.special_procedures, |at, number, rule| {
        let kinds = SpecialKind::ALL.map(|kind| (name_of(kind), kind.name().pick(w.english).to_owned())).to_vec();
        let mut controls = vec![
            make.select(&format!("{at}.kind"), "quarter", &name_of(rule.kind), kinds),
            make.number(&format!("{at}.longest_days"), rule.longest_days),
        ];
        controls.extend(make.text(&format!("{at}.basis"), &rule.basis, "text"));
        plain(make, at, title(number, rule.kind.name().pick(w.english)), controls)
    })
}

fn form(item: &Item, make: Maker<'_>) -> Rows {
    let kinds = [
        (FieldKind::Text, "文字", "Text"),
        (FieldKind::Prose, "多行文字", "Several lines"),
        (FieldKind::Number, "数字", "Number"),
        (FieldKind::Date, "日期", "Date"),
        (FieldKind::CreditCode, "统一社会信用代码", "Credit code"),
    ];
    rows(make.w, "form", &item.form, |at, number, field| {
        let mut controls = vec![make.word(&format!("{at}.key"), "quarter", &field.key), make.when(at, &field.when)];
        controls.extend(make.text(&format!("{at}.name"), &field.name, "text"));
        controls.push(make.select(&format!("{at}.kind"), "quarter", &name_of(field.kind), named(kinds, make.w)));
        controls.push(make.flag(&format!("{at}.mandatory"), field.mandatory));
        plain(make, at, title(number, field.name.pick(make.w.english)), controls)
    })
}

fn members(item: &Item, make: Maker<'_>) -> Vec<Control> {
    let mut control = make.word("members", "wide", &item.members.join(" "));
    control.problems = make.problems_within("members");
    vec![control]
}

fn plain(make: Maker<'_>, at: &str, title: String, controls: Vec<Control>) -> Row {
    Row { w: make.w, place: at.to_owned(), title, controls, problems: Vec::new(), inner: None }
}

fn named<T: serde::Serialize, const N: usize>(all: [(T, &str, &str); N], w: Words) -> Vec<(String, String)> {
    all.map(|(value, zh, en)| (name_of(value), if w.english { en } else { zh }.to_owned())).to_vec()
}

/// The names, and none.
fn names(all: &[String], w: Words) -> Vec<(String, String)> {
    let none = (String::new(), w.none_chosen().to_owned());
    std::iter::once(none).chain(all.iter().map(|name| (name.clone(), name.clone()))).collect()
}

fn departments(offered: &Offered<'_>, w: Words, none: bool) -> Vec<(String, String)> {
    let none = none.then(|| (String::new(), w.none_chosen().to_owned()));
    let all = offered.departments.iter().map(|known| (known.code.clone(), known.name.pick(w.english).to_owned()));
    none.into_iter().chain(all).collect()
}

fn item_type(kind: ItemType, w: Words) -> &'static str {
    let (zh, en) = match kind {
        ItemType::Permit => ("行政许可", "Permit"),
        ItemType::Benefit => ("行政给付", "Benefit"),
        ItemType::Confirmation => ("行政确认", "Confirmation"),
        ItemType::Award => ("行政奖励", "Award"),
        ItemType::Adjudication => ("行政裁决", "Adjudication"),
        ItemType::OtherPower => ("其他行政权力", "Other power"),
        ItemType::PublicService => ("公共服务", "Public service"),
    };
    if w.english { en } else { zh }
}

/// What a branch's refusal does, in a word.
pub fn voice_name(voice: Voice, w: Words) -> &'static str {
    match voice {
        Voice::Veto => w.voice_veto(),
        Voice::Advisory => w.voice_advisory(),
        Voice::Vote => w.voice_vote(),
    }
}
