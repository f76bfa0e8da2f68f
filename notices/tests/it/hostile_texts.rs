//! Whatever people type is printed as they typed it, and can do nothing.

use notices::Kind;
use proptest::prelude::*;

use crate::samples;
use crate::support::{Pdf, close, fonts, printed, says};

const HOSTILE: &[&str] = &[
    "#let x = 1",
    "*王*小_明_",
    "$ 1/2 $",
    "#import \"@preview/cetz:0.3.0\": *",
    "#read(\"/etc/passwd\")",
    "= 一级标题",
    "@引用 <标签>",
    "反斜线\\ 与 \\u{4e00}",
    "`#panic()` ```typ #pagebreak()```",
    "// 注释 /* 注释 */",
    "\"; #sys.inputs; \"",
    "#[]{}()~--...''\"\"",
    "<b>粗</b>&amp;&lt;",
    "'; DROP TABLE cases; -- 备注",
    "{\"zh\":\"\"}",
];

#[test]
fn markup_in_names_and_reasons_is_printed_as_written() {
    for text in HOSTILE {
        let mut notice = samples::refusal();
        notice.addressee.name = (*text).into();
        notice.case.item = samples::text(text, text);
        let Kind::Refusal { reason, .. } = &mut notice.kind else { unreachable!() };
        *reason = samples::text(text, "");
        says(&printed(&notice), &[&format!("{text}："), &format!("“{text}”"), &format!("理由：{text}")]);
    }
}

#[test]
fn control_and_direction_marks_leave_no_trace() {
    let mut notice = samples::receipt();
    notice.addressee.name = "王\u{0}小\u{7}明\u{202e}甲乙丙\u{2066}丁\u{feff}".into();
    let text = printed(&notice).text();
    assert!(close(&text).contains("王小明甲乙丙丁："), "{text}");
}

#[test]
fn a_reason_may_have_several_lines() {
    let mut notice = samples::refusal();
    let Kind::Refusal { reason, .. } = &mut notice.kind else { unreachable!() };
    *reason = samples::text("第一，甲。\r\n第二，乙。\n\n第三，丙。", "");
    let lines = printed(&notice).lines();
    for line in ["第二，乙。", "第三，丙。"] {
        assert!(lines.lines().any(|printed| printed == line), "{lines}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_name_is_printed_as_written(name in "[#*_$@<>\\\\`'\"~=+/\\[\\]{}()|^&;:,.!?%a-zA-Z0-9一-鿕㐀-㐿]{1,40}") {
        let mut notice = samples::receipt();
        notice.addressee.name = name.clone();
        let text = Pdf::of(&notices::render(&notice, fonts()).unwrap()).text();
        prop_assert!(close(&text).contains(&format!("{}：", close(&name))), "{name}: {text}");
    }
}
