use proptest::prelude::*;
use protocol::catalogue::{BranchRule, Fee, Handling, IdentityRule, ItemType};

use super::*;

const MINIMUM: [&str; 7] =
    ["department", "department_code", "main_item", "name", "item_code", "area_code", "item_type"];

fn rows(lines: &[&[&str]]) -> Vec<Row> {
    (1..).zip(lines).map(|(line, cells)| Row { line, cells: cells.iter().map(ToString::to_string).collect() }).collect()
}

/// A list of the minimum columns and one more, with one item.
fn one(column: &str, cell: &str) -> Result<ListedItem, String> {
    let mut heading = MINIMUM.to_vec();
    heading.push(column);
    let row = ["区残联", "45225999", "未分类", "残疾人证办理", "511-1", "511602000000", "7", cell];
    match read(rows(&[&heading, &row]), &[]) {
        Ok(mut listing) => Ok(listing.items.remove(0)),
        Err(errors) => Err(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")),
    }
}

fn faults(lines: &[&[&str]]) -> Vec<String> {
    read(rows(lines), &[]).map_or_else(|errors| errors.iter().map(ToString::to_string).collect(), |_| Vec::new())
}

#[test]
fn the_seven_published_columns_are_enough() {
    let listing = read(
        rows(&[
            &MINIMUM,
            &[
                "区经信局",
                "11511301008778183N",
                "未分类",
                "企业投资项目备案（技术改造）",
                "511Z07001006-1",
                "511602000000",
                "10",
            ],
            &["区残联", "11511301452259996u", "残疾人证", "残疾人证办理", "511-2", "511602000000", "7"],
        ]),
        &[],
    )
    .unwrap();
    assert_eq!(listing.departments.len(), 2);
    let items: Vec<_> = listing.items.iter().map(|i| (i.line, i.item.item_type, i.item.main_item.as_str())).collect();
    assert_eq!(items, [(2, ItemType::OtherPower, ""), (3, ItemType::Confirmation, "残疾人证")]);
    assert_eq!(listing.items[0].item.department, "11511301008778183N");
    assert_eq!(listing.items[0].area_code, "511602000000");
}

#[test]
fn chinese_headings_in_any_order_mean_the_same() {
    let listing = read(
        rows(&[
            &["事项类型", "事项名称", "实施编码", "部门", "部门编码", "承诺办结时限", "备注"],
            &["行政许可", "教师资格认定", "511A", "区教科体局", "083372204", "15个工作日", "无关"],
        ]),
        &[],
    )
    .unwrap();
    let item = &listing.items[0].item;
    assert_eq!((item.item_type, item.promised_days, item.name.zh.as_str()), (ItemType::Permit, 15, "教师资格认定"));
    assert_eq!(listing.ignored, ["备注"]);
}

#[test]
fn a_department_listed_under_several_codes_is_one_department() {
    let row = |code: &'static str, item: &'static str| ["区人社局", code, "", "就业登记", item, "", "20"];
    let listing = read(
        rows(&[&MINIMUM, &row("1151130108778239R", "a"), &row("1151130108778239R_6861", "b"), &row("10877-5", "c")]),
        &[],
    )
    .unwrap();
    assert_eq!(listing.departments.len(), 1);
    assert_eq!(listing.departments[0].department.code, "1151130108778239R");
    assert_eq!(listing.departments[0].other_codes, ["1151130108778239R_6861", "10877-5"]);
    assert!(listing.items.iter().all(|listed| listed.item.department == "1151130108778239R"));
}

#[test]
fn a_department_known_from_an_earlier_list_keeps_its_code() {
    let known = ListedDepartment {
        department: Department { code: "old".to_owned(), name: Text::new("区林业局", "Forestry") },
        other_codes: vec!["older".to_owned()],
    };
    let read_with = |name: &str, code: &str| {
        let row = [name, code, "", "林木采伐许可", "x", "", "1"];
        read(rows(&[&MINIMUM, &row]), std::slice::from_ref(&known)).unwrap()
    };
    assert_eq!(read_with("区林业局", "new").items[0].item.department, "old");
    assert_eq!(read_with("区林业和园林局", "older").items[0].item.department, "old");
    assert_eq!(read_with("区水务局", "water").items[0].item.department, "water");
}

#[test]
fn repeated_names_are_fine_but_a_repeated_code_names_both_lines() {
    let row = |name: &'static str, code: &'static str| ["区人社局", "1", "", name, code, "", "5"];
    assert!(faults(&[&MINIMUM, &row("求职创业补贴申领", "a"), &row("求职创业补贴申领", "b")]).is_empty());
    assert_eq!(
        faults(&[&MINIMUM, &row("甲", "a"), &row("乙", "b"), &row("丙", "a")]),
        ["line 4, column item_code: the item code a already stands in line 2"]
    );
}

#[test]
fn every_bad_cell_of_every_bad_row_is_named() {
    let found = faults(&[
        &MINIMUM,
        &["区残联", "1", "", "好的事项", "a", "", "7"],
        &["", "1", "", "", "b", "51", "99"],
        &["区残联", "1", "", "坏\u{fffd}的", "c c", "", ""],
        &["区残联", "1", "", "多一格", "d", "", "7", "x"],
        &["区民政局", "1", "", "共用代码", "e", "", "7"],
    ]);
    assert_eq!(
        found,
        [
            "line 3, column department: must not be empty",
            "line 3, column item_type: \"99\" is not an item type (1, 5, 7, 8, 9, 10, 20 or its name, such as 行政许可)",
            "line 3, column area_code: \"51\" is not an area code of 6 to 12 digits",
            "line 3, column name: the name is missing",
            "line 4, column item_type: must not be empty",
            "line 4, column item_code: the item code \"c c\" holds a space or another character that cannot stand in an address",
            "line 4, column name: the name holds a control character or a character that was lost in a conversion",
            "line 5, column item_type: the row has 8 cells, the heading has 7; a comma inside a text needs quotation marks around the text",
            "line 6, column department_code: the department code 1 stands for \"区残联\" in line 2, and for another name here",
        ]
    );
}

#[test]
fn a_list_without_rows_or_without_a_needed_column_is_refused() {
    assert_eq!(faults(&[]), ["line 1, column name: the list is empty; it needs a heading row and at least one item"]);
    assert_eq!(faults(&[&MINIMUM]).len(), 1);
    let missing = faults(&[&["department", "name", "item_code", "item_type"], &["a", "b", "c", "1"]]);
    assert_eq!(missing.len(), 1);
    assert!(missing[0].starts_with("line 1, column department_code: this column is missing"));
    let twice = faults(&[&["部门", "department", "department_code", "name", "item_code", "item_type"]]);
    assert_eq!(twice, ["line 1, column department: this column stands there twice"]);
}

#[test]
fn documents_are_read_with_counts_notes_and_escapes() {
    let item = one("documents", "身份证|ID card|1+1|交验|Shown；照片||2+0?\n申请表|||现场填写;说明\\|补充\\;其他")
        .unwrap()
        .item;
    let seen: Vec<_> = item
        .documents
        .iter()
        .map(|d| (d.key.as_str(), d.name.zh.as_str(), d.mandatory, d.originals, d.copies, d.note.zh.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            ("d1", "身份证", true, 1, 1, "交验"),
            ("d2", "照片", false, 2, 0, ""),
            ("d3", "申请表", true, 1, 0, "现场填写"),
            ("d4", "说明|补充;其他", true, 1, 0, ""),
        ]
    );
    assert_eq!(item.documents[0].name.en, "ID card");
    assert!(
        one("documents", "身份证|ID card|一份").unwrap_err().contains("document 1: \"一份\" does not say how many")
    );
    assert!(one("documents", "a|b|1+1|c|d|e").unwrap_err().contains("more parts"));
    assert!(one("documents", "照片;|x|1+0").unwrap_err().contains("document 2 has no name"));
}

#[test]
fn fees_are_yuan_and_kept_in_fen() {
    let fees = one("fees", "工本费|20|每证二十元|Card|20 yuan;检验费||按省标准").unwrap().item.fees;
    assert_eq!(
        fees,
        [
            Fee {
                name: Text::new("工本费", "Card"),
                amount: 2_000,
                standard: Text::new("每证二十元", "20 yuan"),
                ..Fee::default()
            },
            Fee { name: Text::new("检验费", ""), standard: Text::new("按省标准", ""), ..Fee::default() },
        ]
    );
    assert!(one("fees", "免费").unwrap().item.fees.is_empty());
    assert_eq!(one("fees", "费|0.5元").unwrap().item.fees[0].amount, 50);
    for bad in ["费|-1", "费|1.234", "费|十元", "费|1.", "费|.5"] {
        assert!(one("fees", bad).unwrap_err().contains("is not an amount in yuan"), "{bad}");
    }
    assert!(one("fees", "费").unwrap_err().contains("neither an amount nor a standard"));
}

#[test]
fn handling_identity_lines_and_minutes_are_read() {
    assert_eq!(one("办件类型", "即办件").unwrap().item.handling, Handling::Immediate);
    assert_eq!(one("identity", "card").unwrap().item.identity, IdentityRule::Card);
    assert_eq!(one("line", "b").unwrap().queue_line, "B");
    assert_eq!(one("usual_minutes", "12").unwrap().item.usual_minutes, 12);
    for (column, cell) in [
        ("handling", "马上"),
        ("identity", "指纹"),
        ("line", "AA"),
        ("line", "1"),
        ("usual_minutes", "9999"),
        ("promised_days", "-3"),
    ] {
        assert!(one(column, cell).is_err(), "{column} {cell}");
    }
}

#[test]
fn themes_are_known_by_name_and_new_ones_are_taken_as_they_are() {
    let item = one("themes", "养老、助残;低空经济").unwrap().item;
    assert_eq!(item.themes, ["elderly", "disability", "低空经济"]);
}

#[test]
fn a_promise_longer_than_the_statute_is_refused() {
    let mut heading = MINIMUM.to_vec();
    heading.extend(["statutory_days", "promised_days"]);
    let row = |statutory, promised| ["区残联", "1", "", "残疾人证办理", "a", "", "7", statutory, promised];
    assert!(faults(&[&heading, &row("20", "20")]).is_empty());
    assert!(faults(&[&heading, &row("", "20")]).is_empty());
    assert_eq!(
        faults(&[&heading, &row("20", "21")]),
        ["line 2, column promised_days: the promised limit of 21 working days is longer than the statutory one of 20"]
    );
}

#[test]
fn reviewing_departments_may_stand_further_down_and_must_be_known() {
    let mut heading = MINIMUM.to_vec();
    heading.push("review_departments");
    let food = ["区市监局", "m", "", "食品经营许可", "a", "", "1", "区市监局、区卫健局"];
    let health = ["区卫健局", "h", "", "诊所备案", "b", "", "10", ""];
    let listing = read(rows(&[&heading, &food, &health]), &[]).unwrap();
    assert_eq!(listing.items[0].item.branches, ["m", "h"].map(BranchRule::of));
    assert_eq!(
        faults(&[&heading, &food]),
        ["line 2, column review_departments: the reviewing department \"区卫健局\" is not known"]
    );
}

#[test]
fn names_of_two_hundred_characters_pass_and_longer_ones_do_not() {
    let row = |name: &str| {
        vec![
            "区残联".to_owned(),
            "1".to_owned(),
            String::new(),
            name.to_owned(),
            "a".to_owned(),
            String::new(),
            "7".to_owned(),
        ]
    };
    let heading = MINIMUM.iter().map(ToString::to_string).collect::<Vec<_>>();
    let try_name = |length| {
        let name = "名".repeat(length);
        read([Row { line: 1, cells: heading.clone() }, Row { line: 2, cells: row(&name) }], &[])
    };
    assert!(try_name(200).is_ok());
    assert_eq!(try_name(201).unwrap_err()[0].reason, Reason::Item(item::ItemError::NameTooLong(201)));
}

proptest! {
    /// Whatever stands in the cells, a list is read whole or every fault has a line of the file and a column of the heading.
    #[test]
    fn a_list_is_whole_or_its_faults_have_places(cells in prop::collection::vec(prop::collection::vec("\\PC{0,12}|[0-9]{1,3}|区残联|a", 0..9), 0..8)) {
        let mut all = vec![Row { line: 1, cells: MINIMUM.iter().map(ToString::to_string).collect() }];
        all.extend((2..).zip(&cells).map(|(line, cells)| Row { line, cells: cells.clone() }));
        let last = all.len() as u64;
        let filled = cells.iter().filter(|row| row.iter().any(|cell| !cell.trim().is_empty())).count();
        match read(all, &[]) {
            Ok(listing) => prop_assert_eq!(listing.items.len(), filled),
            Err(errors) => {
                prop_assert!(!errors.is_empty());
                for error in errors {
                    prop_assert!((1..=last).contains(&error.line));
                    prop_assert!(MINIMUM.contains(&error.column.as_str()));
                }
            }
        }
    }

    /// What is written in the notation is what is read.
    #[test]
    fn documents_survive_being_written_and_read(names in prop::collection::vec(("[\\PC&&[^\\s]]{1,8}", any::<bool>(), 0u8..9, 0u8..9), 1..6)) {
        let escape = |text: &str| text.chars().flat_map(|ch| {
            let escaped = matches!(ch, ';' | '；' | '|' | '｜' | '\\');
            escaped.then_some('\\').into_iter().chain([ch])
        }).collect::<String>();
        let cell = names.iter().map(|(name, mandatory, originals, copies)| {
            format!("{}||{originals}+{copies}{}", escape(name), if *mandatory { "" } else { "?" })
        }).collect::<Vec<_>>().join("; ");
        let read = cells::documents(&cell).unwrap();
        let seen: Vec<_> = read.into_iter().map(|d| (d.name.zh, d.mandatory, d.originals, d.copies)).collect();
        prop_assert_eq!(seen, names);
    }
}
