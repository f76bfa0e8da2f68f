use proptest::prelude::*;

use super::*;

fn index(names: &[&'static str]) -> Index {
    Index::new(names.iter().map(|name| Searchable { code: name, name, ..Searchable::default() }))
}

/// The codes found, which are the names here.
fn found(index: &Index, typed: &str) -> Vec<String> {
    index.find(typed, 20).into_iter().map(|hit| hit.code).collect()
}

const NAMES: [&str; 14] = [
    "食品经营许可（新办）",
    "食品（含保健食品）经营许可",
    "食品生产许可",
    "高龄津贴申领",
    "居住证签注",
    "重庆路门楼牌申请",
    "重点人群就业登记",
    "银行账户备案",
    "行政复议申请",
    "校长任职备案",
    "长期护理保险申请",
    "律师执业许可",
    "IC卡办理",
    "企业名称变更登记",
];

#[test]
fn pinyin_initials_find_the_food_permit() {
    assert_eq!(found(&index(&NAMES), "spjy"), ["食品经营许可（新办）", "食品（含保健食品）经营许可"]);
}

#[test]
fn full_and_unfinished_pinyin_characters_and_mixtures_find_the_same() {
    let index = index(&NAMES);
    for typed in [
        "shipinjingying",
        "shipinjing",
        "shipinji",
        "shpjy",
        "食品经营",
        "食pin经y",
        "SPJY",
        "ｓｐｊｙ",
        "shi pin jing ying",
    ] {
        assert_eq!(found(&index, typed).first().map(String::as_str), Some("食品经营许可（新办）"), "{typed}");
    }
}

#[test]
fn every_reading_of_a_character_counts() {
    let index = index(&NAMES);
    assert_eq!(found(&index, "cql"), ["重庆路门楼牌申请"]);
    assert_eq!(found(&index, "zhongdianrenqun"), ["重点人群就业登记"]);
    assert_eq!(found(&index, "yinhang"), ["银行账户备案"]);
    assert_eq!(found(&index, "xingzheng"), ["行政复议申请"]);
    assert_eq!(found(&index, "xzrz"), ["校长任职备案"]);
    assert_eq!(found(&index, "cqhl"), ["长期护理保险申请"]);
}

#[test]
fn both_ways_of_typing_u_umlaut_work() {
    let index = index(&NAMES);
    assert_eq!(found(&index, "lvshi"), ["律师执业许可"]);
    assert_eq!(found(&index, "lushi"), ["律师执业许可"]);
}

#[test]
fn latin_letters_in_a_name_are_found_in_any_case_and_width() {
    let index = index(&NAMES);
    for typed in ["ic", "IC卡", "ＩＣka"] {
        assert_eq!(found(&index, typed).first().map(String::as_str), Some("IC卡办理"), "{typed}");
    }
}

#[test]
fn the_beginning_of_a_name_ranks_before_its_middle_and_the_short_before_the_long() {
    let index = index(&["企业设立登记", "登记", "登记事项变更", "变更登记（登记机关）", "不动产登记查询"]);
    assert_eq!(
        found(&index, "dengji"),
        ["登记", "登记事项变更", "变更登记（登记机关）", "不动产登记查询", "企业设立登记"]
    );
}

#[test]
fn a_usual_reading_ranks_before_a_rare_one() {
    // 食 also reads si and yi.
    let index = index(&["食品抽检", "医师执业"]);
    assert_eq!(found(&index, "y").first().map(String::as_str), Some("医师执业"));
}

#[test]
fn one_gap_is_bridged_and_ranks_last() {
    let index = index(&["食品经营许可", "食品许可注销"]);
    assert_eq!(found(&index, "食品许可"), ["食品许可注销", "食品经营许可"]);
    assert_eq!(found(&index, "spxk"), ["食品许可注销", "食品经营许可"]);
    let hits = index.find("食品许可", 20);
    let name = "食品经营许可";
    let pieces: Vec<&str> = hits[1].ranges.iter().map(|r| &name[r.clone()]).collect();
    assert_eq!(pieces, ["食品", "许可"]);
}

#[test]
fn words_with_spaces_between_them_may_stand_anywhere() {
    assert_eq!(found(&index(&NAMES), "许可 律师"), ["律师执业许可"]);
}

#[test]
fn ranges_mark_what_was_matched_in_the_name_as_shown() {
    let index = index(&["食品（含保健食品）经营许可"]);
    let hit = &index.find("spjy", 1)[0];
    assert_eq!(hit.field, Field::Name);
    let shown: Vec<&str> = hit.ranges.iter().map(|r| &hit.code[r.clone()]).collect();
    assert_eq!(shown, ["食品）经营"]);
}

#[test]
fn english_names_are_found_by_the_start_of_their_words() {
    let english = "Food business licence (new)";
    let index = Index::new([
        Searchable { code: "food", name: "食品经营许可", english, ..Searchable::default() },
        Searchable { code: "card", name: "社保卡", english: "Social insurance card", ..Searchable::default() },
    ]);
    for (typed, expected) in [("food", "Food"), ("busi", "busi"), ("food bus", "Food bus"), ("new", "new")] {
        let hits = index.find(typed, 5);
        assert_eq!(hits.len(), 1, "{typed}");
        assert_eq!((hits[0].code.as_str(), hits[0].field), ("food", Field::English));
        assert_eq!(&english[hits[0].ranges[0].clone()], expected);
    }
    let hit = &index.find("licence food", 5)[0];
    assert_eq!(hit.ranges.iter().map(|r| &english[r.clone()]).collect::<Vec<_>>(), ["Food", "licence"]);
    assert!(index.find("usiness", 5).is_empty());
}

#[test]
fn a_department_finds_its_items_after_the_direct_matches() {
    let index = Index::new([
        Searchable { code: "a", name: "残疾人证办理", department: "区残联", ..Searchable::default() },
        Searchable { code: "b", name: "残联信息查询", department: "区政府办", ..Searchable::default() },
    ]);
    let hits = index.find("canlian", 5);
    assert_eq!(
        hits.iter().map(|h| (h.code.as_str(), h.field)).collect::<Vec<_>>(),
        [("b", Field::Name), ("a", Field::Department)]
    );
}

#[test]
fn everyday_words_find_what_is_published_under_another_name() {
    let index = index(&["社会保障卡申领", "最低生活保障申请", "公司设立登记", "个体工商户登记", "营业执照遗失声明"]);
    for typed in ["社保卡", "sbk", "shebaoka"] {
        assert_eq!(found(&index, typed), ["社会保障卡申领"], "{typed}");
    }
    assert_eq!(found(&index, "低保"), ["最低生活保障申请"]);
    assert_eq!(found(&index, "yyzz"), ["营业执照遗失声明", "公司设立登记", "个体工商户登记"]);
    assert_eq!(index.find("dibao", 5)[0].field, Field::Everyday);
}

#[test]
fn a_theme_finds_its_items() {
    let index = Index::new([
        Searchable { code: "a", name: "老年人优待证", themes: &["养老", "交通"], ..Searchable::default() },
        Searchable { code: "b", name: "养老机构备案", ..Searchable::default() },
    ]);
    let hits = index.find("yanglao", 5);
    assert_eq!(
        hits.iter().map(|h| (h.code.as_str(), h.field)).collect::<Vec<_>>(),
        [("b", Field::Name), ("a", Field::Theme)]
    );
    assert!(index.find("l", 5).iter().all(|hit| hit.field == Field::Name));
}

#[test]
fn an_item_code_is_found_by_its_beginning() {
    let code = "511A0138600000-511602000000-000";
    let index = Index::new([Searchable { code, name: "教师资格认定", ..Searchable::default() }]);
    assert_eq!(index.find("511a0138600000-5116", 5)[0].field, Field::Code);
}

#[test]
fn punctuation_sql_and_very_long_input_do_no_harm() {
    let index = index(&NAMES);
    assert!(found(&index, "").is_empty());
    assert!(found(&index, "  '\"%_\\;-- ").is_empty());
    assert!(found(&index, "'; DROP TABLE items; --").is_empty());
    assert_eq!(found(&index, "'食品生产' OR 1=1").len(), 0);
    assert_eq!(found(&index, "\"食品生产\""), ["食品生产许可"]);
    assert!(found(&index, &"食".repeat(1_000_000)).is_empty());
    assert!(found(&index, &"z".repeat(1_000_000)).is_empty());
}

#[test]
fn rare_characters_are_found_as_they_are() {
    let index = index(&["㐂寿补贴", "𠮷祥路牌"]);
    assert_eq!(found(&index, "𠮷祥"), ["𠮷祥路牌"]);
    assert_eq!(found(&index, "㐂"), ["㐂寿补贴"]);
}

#[test]
fn the_keyboard_offers_the_characters_of_a_syllable_by_frequency() {
    let index = index(&NAMES);
    assert_eq!(index.candidates("shi"), ['食', '师']);
    assert!(index.candidates("zhang").contains(&'长'));
    assert!(index.candidates("chang").contains(&'长'));
    assert!(index.candidates("q").contains(&'企'));
    assert!(index.candidates("1").is_empty());
}

#[test]
fn the_keyboard_offers_pieces_of_names_for_several_syllables() {
    let index = index(&NAMES);
    assert_eq!(index.phrases("spjy", 3), ["食品经营"]);
    assert_eq!(index.phrases("shipin", 3), ["食品"]);
}

/// A name and a stretch of it, by characters.
fn stretch() -> impl Strategy<Value = (usize, usize, usize)> {
    (0..NAMES.len(), 0usize..20, 1usize..20)
}

proptest! {
    #[test]
    fn whatever_is_typed_the_ranges_cut_whole_characters_of_a_known_name(typed in "\\PC{0,40}", limit in 0usize..6) {
        let index = index(&NAMES);
        let hits = index.find(&typed, limit);
        prop_assert!(hits.len() <= limit);
        for hit in hits {
            let mut last = 0;
            for range in hit.ranges {
                prop_assert!(range.start >= last && range.start < range.end);
                prop_assert!(hit.code.get(range.clone()).is_some());
                last = range.end;
            }
        }
    }

    #[test]
    fn any_stretch_of_a_name_finds_the_name((name, from, length) in stretch()) {
        let chars: Vec<char> = NAMES[name].chars().collect();
        let from = from % chars.len();
        let piece: String = chars[from..(from + length).min(chars.len())].iter().collect();
        prop_assume!(piece.chars().any(char::is_alphanumeric));
        prop_assert!(found(&index(&NAMES), &piece).iter().any(|code| code == NAMES[name]));
    }

    /// An independent spelling: each character by a random one of its readings, whole or by its initial.
    #[test]
    fn any_spelling_of_a_stretch_finds_the_name((name, from, length) in stretch(), choices in prop::collection::vec((0usize..8, any::<bool>()), 20)) {
        use pinyin::ToPinyinMulti;
        let chars: Vec<char> = NAMES[name].chars().filter(|ch| ch.is_alphanumeric()).collect();
        let from = from % chars.len();
        let piece = &chars[from..(from + length).min(chars.len())];
        let typed: String = piece.iter().zip(&choices).map(|(ch, (reading, whole))| {
            let Some(all) = ch.to_pinyin_multi() else { return ch.to_string() };
            let spelled = all.get(reading % all.count()).plain().replace('ü', "v");
            if *whole { spelled } else { spelled[..1].to_owned() }
        }).collect();
        prop_assert!(found(&index(&NAMES), &typed).iter().any(|code| code == NAMES[name]), "{} by {}", NAMES[name], typed);
    }
}
