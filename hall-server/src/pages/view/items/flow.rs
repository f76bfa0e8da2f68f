//! The picture of an item's flow: intake, acceptance, parallel branches, join, decision, result, with what may stop or stretch the clock.
//!
//! The picture is as high as its texts need: a long name takes more lines and is never cut.

use std::collections::HashMap;
use std::fmt::Write as _;

use protocol::catalogue::{DayUnit, Extender, Handling, Item, JoinRule, Text};

use super::sections::voice_name;
use crate::pages::words::Words;

const LINE: i32 = 20;
const LETTER: f64 = 14.0;
const PADDING: i32 = 10;
const GAP: i32 = 30;
const BETWEEN: i32 = 14;

/// One box of the picture.
struct Block {
    width: i32,
    class: &'static str,
    /// A line's class, and its words.
    lines: Vec<(&'static str, String)>,
}

impl Block {
    fn new(width: i32, class: &'static str, title: &str) -> Self {
        let mut block = Block { width, class, lines: Vec::new() };
        block.add("flow-title", title);
        block
    }

    fn add(&mut self, class: &'static str, text: &str) {
        let room = f64::from(self.width - 2 * PADDING) / LETTER;
        self.lines.extend(wrapped(text, room).into_iter().map(|line| (class, line)));
    }

    fn height(&self) -> i32 {
        2 * PADDING + LINE * i32::try_from(self.lines.len()).unwrap_or(i32::MAX / 1000)
    }

    fn draw(&self, out: &mut String, x: i32, y: i32) {
        let (width, height) = (self.width, self.height());
        let _ = write!(
            out,
            r#"<g class="{}"><rect x="{x}" y="{y}" width="{width}" height="{height}" rx="10"/>"#,
            self.class
        );
        let mut line = y + PADDING + 15;
        for (class, words) in &self.lines {
            let _ = write!(out, r#"<text class="{class}" x="{}" y="{line}">{}</text>"#, x + PADDING, escaped(words));
            line += LINE;
        }
        out.push_str("</g>");
    }
}

/// The picture as SVG. `members` are the names and departments of a package's items, in their order.
pub fn picture(item: &Item, departments: &HashMap<String, Text>, members: &[Item], w: Words) -> String {
    let name = |code: &str| departments.get(code).map_or(code, |text| text.pick(w.english)).to_owned();
    let natural = item.unit == DayUnit::NaturalDays;
    let days = |days: u16| w.days(days, natural);
    let middle = if members.is_empty() { branches(item, &name, w) } else { member_blocks(members, &name, w) };

    let columns: [Vec<Block>; 6] = [
        vec![intake(item, w)],
        vec![acceptance(item, w)],
        middle,
        vec![join(item, members, &name, w)],
        vec![decision(item, &name(&item.department), &days, w)],
        vec![result(item, &days, w)],
    ];
    let height_of = |column: &[Block]| {
        let gaps = BETWEEN * i32::try_from(column.len().saturating_sub(1)).unwrap_or(0);
        column.iter().map(Block::height).sum::<i32>() + gaps
    };
    let main = columns.iter().map(|column| height_of(column)).max().unwrap_or(0);
    let beside = beside(item, &days, w);
    let width = columns.iter().map(|column| column[0].width).sum::<i32>() + GAP * 5 + 4;
    let below = beside.iter().map(Block::height).max().map_or(0, |height| height + 46);
    let height = main + below + 8;

    let mut out = format!(
        r#"<svg class="flow" data-testid="flow" viewBox="0 0 {width} {height}" role="img" aria-label="{}">"#,
        escaped(w.section_flow())
    );
    out.push_str(r#"<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path class="flow-head" d="M0 0L10 5L0 10z"/></marker></defs>"#);
    let centre = 2 + main / 2;
    let mut x = 2;
    let mut places: Vec<(i32, i32)> = Vec::new();
    for (number, column) in columns.iter().enumerate() {
        let mut y = centre - height_of(column) / 2;
        for block in column {
            let at = y + block.height() / 2;
            // A fork leaves from the acceptance and comes together at the join.
            if number == 2 {
                edge(&mut out, (x - GAP, centre), (x, at));
                edge(&mut out, (x + block.width, at), (x + block.width + GAP, centre));
            } else if number != 0 && number != 3 {
                edge(&mut out, (x - GAP, centre), (x, centre));
            }
            block.draw(&mut out, x, y);
            y += block.height() + BETWEEN;
        }
        places.push((x, column[0].width));
        x += column[0].width + GAP;
    }
    let mut x = places[2].0 - 60;
    let top = main + 40;
    for block in &beside {
        let from = x + block.width / 2;
        let _ = write!(
            out,
            r#"<path class="flow-edge flow-dashed" d="M{from} {top}V{}" marker-end="url(#arrow)"/>"#,
            top - 30
        );
        block.draw(&mut out, x, top);
        x += block.width + BETWEEN * 2;
    }
    if !beside.is_empty() {
        let (from, to) = (places[2].0 - 60, places[4].0 + places[4].1);
        let _ = write!(out, r#"<path class="flow-edge flow-dashed" d="M{from} {y}H{to}"/>"#, y = top - 31);
    }
    out.push_str("</svg>");
    out
}

fn intake(item: &Item, w: Words) -> Block {
    let mut block = Block::new(122, "flow-box", w.flow_intake());
    if !item.questions.is_empty() {
        block.add("flow-line", &format!("{} {}", w.flow_questions(), item.questions.len()));
    }
    block.add("flow-line flow-soft", w.flow_intake_hint());
    block
}

fn acceptance(item: &Item, w: Words) -> Block {
    let mut block = Block::new(122, "flow-box", w.flow_accept());
    block.add("flow-line", if item.department_accepts { w.flow_accept_department() } else { w.flow_accept_clerk() });
    let deferrable = item.documents.iter().filter(|document| document.deferrable).count();
    if deferrable > 0 {
        let within = w.days(item.deferred_days, item.unit == DayUnit::NaturalDays);
        block.add("flow-line flow-soft", &format!("{} {deferrable} · {within}", w.flow_deferred()));
    }
    block
}

fn branches(item: &Item, name: &dyn Fn(&str) -> String, w: Words) -> Vec<Block> {
    let limit = |days: u16| w.days(days, item.unit == DayUnit::NaturalDays);
    if item.branches.is_empty() {
        let mut block = Block::new(228, "flow-branch", &name(&item.department));
        let days = if item.review_days > 0 { item.review_days } else { item.promised_days };
        let words = if days > 0 { format!("{} {}", w.flow_review(), limit(days)) } else { w.flow_review().to_owned() };
        block.add("flow-line", &words);
        return vec![block];
    }
    let lead = match &item.join {
        JoinRule::Lead { department } => department.as_str(),
        _ => "",
    };
    item.branches
        .iter()
        .map(|branch| {
            let class = if branch.when.is_empty() { "flow-branch" } else { "flow-branch flow-sometimes" };
            let star = if branch.department == lead { "★ " } else { "" };
            let mut block = Block::new(228, class, &format!("{star}{}", name(&branch.department)));
            let days = [branch.days, item.review_days, item.promised_days].into_iter().find(|days| *days > 0);
            let mut words = days.map(limit).into_iter().collect::<Vec<_>>();
            words.push(voice_name(branch.voice, w).to_owned());
            block.add("flow-line", &words.join(" · "));
            if !branch.system.is_empty() {
                block.add("flow-line flow-soft", &format!("{} {}", w.flow_own_system(), branch.system));
            }
            if !branch.when.is_empty() {
                block.add("flow-line flow-code", &branch.when);
            }
            block
        })
        .collect()
}

fn member_blocks(members: &[Item], name: &dyn Fn(&str) -> String, w: Words) -> Vec<Block> {
    let one = |member: &Item| {
        let mut block = Block::new(228, "flow-branch", member.name.pick(w.english));
        let days = w.days(member.promised_days, member.unit == DayUnit::NaturalDays);
        block.add("flow-line", &format!("{} · {days}", name(&member.department)));
        block
    };
    members.iter().map(one).collect()
}

fn join(item: &Item, members: &[Item], name: &dyn Fn(&str) -> String, w: Words) -> Block {
    let mut block = Block::new(122, "flow-box", w.flow_join());
    let rule = match &item.join {
        JoinRule::All => w.flow_join_all().to_owned(),
        JoinRule::Any => w.flow_join_any().to_owned(),
        JoinRule::AtLeast { approvals } if w.english => format!("{approvals} approvals"),
        JoinRule::AtLeast { approvals } => format!("{approvals} 个同意"),
        JoinRule::Lead { department } => format!("{}：★ {}", w.flow_join_lead(), name(department)),
    };
    block.add("flow-line", &rule);
    if !members.is_empty() {
        block.add("flow-line flow-soft", &format!("{} {}", w.flow_members(), members.len()));
    }
    block
}

fn decision(item: &Item, department: &str, days: &dyn Fn(u16) -> String, w: Words) -> Block {
    let mut block = Block::new(140, "flow-box", w.flow_decide());
    block.add("flow-line", department);
    if item.decision_days > 0 {
        block.add("flow-line", &days(item.decision_days));
    }
    block.add("flow-line flow-soft", if item.one_pair_of_eyes { w.flow_one_pair() } else { w.flow_four_eyes() });
    block
}

fn result(item: &Item, days: &dyn Fn(u16) -> String, w: Words) -> Block {
    let mut block = Block::new(144, "flow-box flow-end", w.flow_result());
    block.add("flow-line", item.result.pick(w.english));
    if item.handling == Handling::Immediate {
        block.add("flow-line", w.flow_immediate());
    }
    let (promised, statutory) = if w.english { ("promised", "by law") } else { ("承诺", "法定") };
    for (word, limit) in [(promised, item.promised_days), (statutory, item.statutory_days)] {
        if limit > 0 {
            block.add("flow-line flow-soft", &format!("{word} {}", days(limit)));
        }
    }
    block
}

/// What may stop or stretch the clock.
fn beside(item: &Item, days: &dyn Fn(u16) -> String, w: Words) -> Vec<Block> {
    let mut blocks = Vec::new();
    if !item.special_procedures.is_empty() {
        let mut block = Block::new(290, "flow-beside", w.flow_special());
        for rule in &item.special_procedures {
            let most = if rule.longest_days > 0 { format!(" ≤ {}", days(rule.longest_days)) } else { String::new() };
            block.add("flow-line", &format!("{}{most}", rule.kind.name().pick(w.english)));
        }
        blocks.push(block);
    }
    if item.extension_days > 0 {
        let mut block = Block::new(290, "flow-beside", w.flow_extension());
        let by = match (item.extender, w.english) {
            (Extender::AgencyHead, false) => "本机关负责人批准",
            (Extender::AgencyHead, true) => "by the head of the agency",
            (Extender::GovernmentHead, false) => "本级人民政府负责人批准",
            (Extender::GovernmentHead, true) => "by the head of the government",
        };
        block.add("flow-line", &format!("≤ {} · {by}", days(item.extension_days)));
        blocks.push(block);
    }
    blocks
}

fn edge(out: &mut String, from: (i32, i32), to: (i32, i32)) {
    let middle = (from.0 + to.0) / 2;
    let _ = write!(
        out,
        r#"<path class="flow-edge" d="M{} {}H{middle}V{}H{}" marker-end="url(#arrow)"/>"#,
        from.0,
        from.1,
        to.1,
        to.0 - 1
    );
}

/// Lines of at most `room` letters' width. A Chinese character is one letter wide and may end a line anywhere; a Latin word is kept
/// whole where it fits in a line.
fn wrapped(text: &str, room: f64) -> Vec<String> {
    let wide = |ch: char| if ch.is_ascii() { 0.58 } else { 1.0 };
    let width = |word: &str| word.chars().map(wide).sum::<f64>();
    let mut lines: Vec<String> = Vec::new();
    let (mut line, mut used) = (String::new(), 0.0);
    for word in words(text) {
        if used + width(word.trim_end()) > room && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
            used = 0.0;
        }
        for ch in word.chars() {
            if used + wide(ch) > room && ch != ' ' {
                lines.push(std::mem::take(&mut line));
                used = 0.0;
            }
            line.push(ch);
            used += wide(ch);
        }
    }
    lines.push(line);
    lines.into_iter().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// Signs that do not begin a line.
const CLOSING: &str = "，。、；：？！）》”’…%）·";

/// Pieces that belong together: a Latin word with the space behind it, a single Chinese character with the signs behind it.
fn words(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, ch) in text.char_indices() {
        let parts = before.is_some_and(|before| before.is_whitespace() || !before.is_ascii() || !ch.is_ascii());
        if parts && at > start && !CLOSING.contains(ch) {
            out.push(&text[start..at]);
            start = at;
        }
        before = Some(ch);
    }
    if start < text.len() {
        out.push(&text[start..]);
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use protocol::catalogue::{BranchRule, RequiredDocument, SpecialKind, SpecialRule};

    use super::*;

    #[test]
    fn nothing_of_a_long_name_is_lost_and_no_line_is_too_long() {
        let long = "深圳市福田区规划和自然资源局城市道路占用与挖掘管理科 (Roads & Works <Section>)".repeat(2);
        for room in [5.0, 9.5, 21.8] {
            let lines = wrapped(&long, room);
            let joined: String = lines.concat().chars().filter(|ch| *ch != ' ').collect();
            assert_eq!(joined, long.chars().filter(|ch| *ch != ' ').collect::<String>());
            for line in &lines {
                let width: f64 = line.chars().map(|ch| if ch.is_ascii() { 0.58 } else { 1.0 }).sum();
                assert!(width <= room, "{line} is {width} wide in {room}");
            }
        }
    }

    #[test]
    fn the_picture_says_everything_and_escapes_what_it_says() {
        let branch = |n: usize| BranchRule {
            days: 5,
            when: format!("answers.size == \"{n}\" && true"),
            system: if n == 1 { "water".to_owned() } else { String::new() },
            ..BranchRule::of(format!("d{n}"))
        };
        let item = Item {
            department: "d0".to_owned(),
            promised_days: 10,
            branches: (0..8).map(branch).collect(),
            join: JoinRule::Lead { department: "d3".to_owned() },
            documents: vec![RequiredDocument { deferrable: true, ..RequiredDocument::default() }],
            deferred_days: 4,
            special_procedures: vec![SpecialRule {
                kind: SpecialKind::Testing,
                basis: Text::default(),
                longest_days: 20,
            }],
            extension_days: 10,
            result: Text::new("许可证 <A&B>", ""),
            ..Item::default()
        };
        let departments = (0..8).map(|n| (format!("d{n}"), Text::new(format!("第{n}部门"), ""))).collect();
        let svg = picture(&item, &departments, &[], Words::ZH);
        // The words as they are read, whatever lines they take.
        let read: String = svg
            .split('<')
            .filter_map(|part| part.strip_prefix("text")?.split_once('>'))
            .map(|(_, text)| text)
            .collect();
        let read = read.replace(' ', "");
        for n in 0..8 {
            assert!(read.contains(&format!("第{n}部门")));
            assert!(read.contains(&format!("answers.size==&quot;{n}&quot;&amp;&amp;true")));
        }
        for words in
            ["★第3部门", "部门系统water", "许可证&lt;A&amp;B&gt;", "检测≤20个工作日", "≤10个工作日", "容缺材料1"]
        {
            assert!(read.contains(words), "{words}: {read}");
        }
        assert!(!svg.contains("<A") && svg.matches("<svg").count() == 1 && svg.ends_with("</svg>"));
    }
}
