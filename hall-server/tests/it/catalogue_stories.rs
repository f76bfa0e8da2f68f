//! Item lists: imported whole or not at all, in every form they come in, with every version kept.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use domain::catalogue::search::Index;
use hall_server::catalogue::import::{self, ImportError, Options};
use hall_server::catalogue::publication::{Missing, Report};
use hall_server::catalogue::sample;
use hall_server::store::{self, Store, StoreError};
use protocol::catalogue::{Catalogue, Handling, IdentityRule, Item, ItemType};
use protocol::staff::Role;
use reqwest::{Method, header};
use rust_xlsxwriter::Workbook;

use crate::support::{FOOD, Hall, TUESDAY_TEN};

/// Imitates the oddities of a published list: repeated names, a department with several codes, malformed codes, a name of
/// 111 characters with commas, every item type.
const PUBLISHED: &str = include_str!("lists/published.csv");

const DAY: i64 = 86_400_000;

/// A file that goes when the story ends.
struct ListFile {
    path: PathBuf,
    _folder: tempfile::TempDir,
}

fn file(name: &str, bytes: impl AsRef<[u8]>) -> ListFile {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    ListFile { path, _folder: folder }
}

async fn import(store: &Store, bytes: impl AsRef<[u8]>, options: &Options, now: i64) -> Result<Report, ImportError> {
    import::run(store, &file("list", bytes).path, options, now).await
}

/// What a report says of new, changed and unchanged items.
fn counts(report: &Report) -> (usize, usize, usize) {
    (report.added, report.changed, report.unchanged)
}

/// Everything of the catalogue that an import could touch.
async fn everything(hall: &Hall) -> (Vec<String>, String, String) {
    let mut connection = hall.store.reader().acquire().await.unwrap();
    let departments = store::catalogue::departments(&mut connection).await.unwrap();
    let mut items: Vec<String> = store::catalogue::standing_items(&mut connection)
        .await
        .unwrap()
        .into_values()
        .map(|standing| format!("{standing:?}"))
        .collect();
    items.sort_unstable();
    drop(connection);
    let district = hall.get("/api/v1/halls/district/catalogue").await.ok().to_string();
    (items, format!("{departments:?}"), district)
}

fn lines(list: &[&str]) -> String {
    list.join("\n")
}

const HEADING: &str = "部门,部门编码,事项名称,实施编码,事项类型,法定办结时限,承诺办结时限";

story! {
    async fn a_published_list_is_imported_whole_and_unedited(hall: &Hall) {
        let report = import(&hall.store, PUBLISHED, &Options::default(), TUESDAY_TEN).await.unwrap();
        let text = report.to_string();
        assert_eq!(text.lines().last(), Some("imported 13 items of 9 departments: 13 new, 0 changed, 0 unchanged"));

        let item = hall.get("/api/v1/items/F-000013-A").await.ok();
        assert_eq!(item["name"]["zh"].as_str().unwrap().chars().count(), 111);
        assert_eq!(hall.get("/api/v1/items/F-000012-A").await.ok()["name"]["zh"], "拖拉机\\联合收割机检验合格标志核发“补领”８");
        for (code, kind) in [("F-000001-A", "benefit"), ("F-000002-A", "benefit"), ("F-000009-A", "award"), ("F-000010-A", "adjudication")] {
            let item = hall.get(&format!("/api/v1/items/{code}")).await.ok();
            assert_eq!((&item["item_type"], &item["version"]), (&kind.into(), &1.into()));
        }
        // All under the department's first code, whichever code the row has.
        for code in ["F-000001-A", "F-000002-A", "F-000003-A"] {
            assert_eq!(hall.get(&format!("/api/v1/items/{code}")).await.ok()["department"], "1151130108778239R");
        }
    }
}

story! {
    async fn the_same_list_in_every_form_is_the_same_list(hall: &Hall) {
        let options = Options::default();
        import(&hall.store, PUBLISHED, &options, TUESDAY_TEN).await.unwrap();
        let before = everything(hall).await.0;
        let forms = [
            ("with a mark", format!("\u{feff}{PUBLISHED}").into_bytes()),
            ("GB18030", encoding_rs::GB18030.encode(PUBLISHED).0.into_owned()),
            ("Windows line ends", PUBLISHED.replace('\n', "\r\n").into_bytes()),
            ("empty lines", PUBLISHED.replace('\n', "\n\n,,,,,,\n").into_bytes()),
            ("a spreadsheet", spreadsheet(PUBLISHED)),
        ];
        for (form, bytes) in forms {
            let report = import(&hall.store, bytes, &options, TUESDAY_TEN + DAY).await.unwrap();
            assert_eq!(counts(&report), (0, 0, 13), "{form}");
            assert_eq!(everything(hall).await.0, before, "{form}");
        }
    }
}

/// The list as a spreadsheet program would save it: numbers as numbers where they are short.
fn spreadsheet(list: &str) -> Vec<u8> {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("空表").unwrap();
    let sheet = book.add_worksheet();
    for (row, record) in
        (2u32..).zip(csv::ReaderBuilder::new().has_headers(false).from_reader(list.as_bytes()).records())
    {
        for (column, cell) in (0u16..).zip(&record.unwrap()) {
            match cell.parse::<f64>() {
                Ok(number) if cell.len() <= 2 => sheet.write_number(row, column, number).unwrap(),
                _ => sheet.write_string(row, column, cell).unwrap(),
            };
        }
    }
    book.save_to_buffer().unwrap()
}

story! {
    async fn a_bad_list_changes_nothing_and_every_bad_row_is_named(hall: &Hall) {
        let before = everything(hall).await;
        let list = lines(&[
            HEADING,
            "区残联,A1,好的事项,X-1,7,20,10",
            "",
            "区残联,A1,,X-2,7,20,10",
            "区残联,A1,\"类型,不对\",X-3,77,20,10",
            "区残联,A1,时限倒挂,X-4,7,10,20",
            "区残联,A1,编码重复,X-1,7,,",
            "区残联,A1,没有引号,的逗号,X-6,7,20,10,",
        ]);
        let error = import(&hall.store, &list, &Options::default(), TUESDAY_TEN).await.unwrap_err();
        assert_eq!(
            error.to_string().lines().collect::<Vec<_>>(),
            [
                "line 4, column 事项名称: the name is missing",
                "line 5, column 事项类型: \"77\" is not an item type (1, 5, 7, 8, 9, 10, 20 or its name, such as 行政许可)",
                "line 6, column 承诺办结时限: the promised limit of 20 working days is longer than the statutory one of 10",
                "line 7, column 实施编码: the item code X-1 already stands in line 2",
                "line 8, column 承诺办结时限: the row has 8 cells, the heading has 7; a comma inside a text needs quotation marks around the text",
                "nothing was imported: 5 faults in the list",
            ]
        );
        assert_eq!(everything(hall).await, before);
        assert_eq!(hall.get("/api/v1/items/X-1").await.code(), "unknown-item");
    }
}

story! {
    async fn files_that_are_no_lists_are_refused_with_a_reason(hall: &Hall) {
        let before = everything(hall).await;
        let cases: [(&[u8], &str); 7] = [
            (b"", "the list is empty"),
            (b"name,item_code\nx,y\n", "line 1, column department: this column is missing"),
            (b"department,b\n\xff\xff\xff\n", "line 2: the text is neither UTF-8 nor GB18030"),
            (b"a,b\n\"x,y\n", "line 2: a quotation mark opens a text that never ends"),
            (b"PK\x03\x04 not really", "the spreadsheet could not be read"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old kind (.xls)"),
            (&[0; 4096], "this column is missing"),
        ];
        for (bytes, reason) in cases {
            let error = import(&hall.store, bytes, &Options::default(), TUESDAY_TEN).await.unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
        let missing = import::run(&hall.store, Path::new("/no/such/list.csv"), &Options::default(), TUESDAY_TEN).await;
        assert!(matches!(missing, Err(ImportError::Unreadable { .. })));
        assert_eq!(everything(hall).await, before);
    }
}

story! {
    async fn a_number_that_lost_digits_in_a_spreadsheet_is_refused(hall: &Hall) {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        for (column, cell) in (0u16..).zip(HEADING.split(',')) {
            sheet.write_string(0, column, cell).unwrap();
        }
        sheet.write_string(1, 0, "区水务局").unwrap();
        sheet.write_number(1, 1, 4_588_062_259_066_118_144.0).unwrap();
        let error = import(&hall.store, book.save_to_buffer().unwrap(), &Options::default(), TUESDAY_TEN).await.unwrap_err();
        assert!(error.to_string().starts_with("line 2, column 2: the number 458806225906611"), "{error}");
    }
}

story! {
    async fn a_newer_list_makes_new_versions_and_overwrites_nothing(hall: &Hall) {
        let options = Options::default();
        let first = lines(&[HEADING, "区水务局,W,取水许可,X-1,1,45,20", "区水务局,W,排水许可,X-2,1,20,10", "区水务局,W,旧事项,X-3,20,,"]);
        let second = lines(&[HEADING, "区水务局,W,取水许可,X-1,1,45,15", "区水务局,W,排水许可,X-2,1,20,10", "区水务局,W,新事项,X-4,20,,"]);
        assert_eq!(counts(&import(&hall.store, &first, &options, TUESDAY_TEN).await.unwrap()), (3, 0, 0));
        let report = import(&hall.store, &second, &options, TUESDAY_TEN + DAY).await.unwrap();
        assert_eq!(counts(&report), (1, 1, 1));
        assert!(report.missing.contains(&"X-3".to_owned()) && !report.retired);

        let versions = store::catalogue::versions(&hall.store, "X-1").await.unwrap();
        let seen: Vec<_> = versions.iter().map(|(item, at)| (item.version, item.promised_days, *at)).collect();
        assert_eq!(seen, [(1, 20, TUESDAY_TEN), (2, 15, TUESDAY_TEN + DAY)]);
        assert_eq!(hall.get("/api/v1/items/X-1").await.ok()["version"], 2);
        assert_eq!(hall.get("/api/v1/items/X-2").await.ok()["version"], 1);
        assert_eq!(hall.get("/api/v1/items/X-3").await.status, 200, "an item that the newer list lacks is kept");
    }
}

story! {
    async fn missing_items_are_retired_on_demand_and_come_back_with_a_later_list(hall: &Hall) {
        let full = lines(&[HEADING, "区水务局,W,取水许可,X-1,1,45,20", "区水务局,W,排水许可,X-2,1,20,10"]);
        let short = lines(&[HEADING, "区水务局,W,取水许可,X-1,1,45,20"]);
        let retire = Options { missing: Missing::Retire, ..Options::default() };
        import(&hall.store, &full, &Options::default(), TUESDAY_TEN).await.unwrap();

        let report = import(&hall.store, &short, &retire, TUESDAY_TEN + DAY).await.unwrap();
        assert!(report.retired && report.missing.contains(&"X-2".to_owned()));
        assert_eq!(hall.get("/api/v1/items/X-2").await.code(), "unknown-item");
        let district: Catalogue = serde_json::from_value(hall.get("/api/v1/halls/district/catalogue").await.ok()).unwrap();
        assert!(district.items.is_empty() && district.offers.is_empty(), "the sample's items are retired too");
        assert_eq!(store::catalogue::versions(&hall.store, "X-2").await.unwrap().len(), 1, "its versions stay");

        let report = import(&hall.store, &full, &Options::default(), TUESDAY_TEN + 2 * DAY).await.unwrap();
        assert_eq!((report.restored.as_slice(), counts(&report)), (&["X-2".to_owned()][..], (0, 0, 2)));
        assert_eq!(hall.get("/api/v1/items/X-2").await.ok()["version"], 1);
    }
}

story! {
    async fn a_published_version_cannot_be_changed_even_in_the_database(hall: &Hall) {
        for sql in ["UPDATE item_versions SET content = '{}'", "DELETE FROM item_versions"] {
            let mut tx = hall.store.begin_write().await.unwrap();
            let error = sqlx::query(sql).execute(&mut *tx).await.unwrap_err().to_string();
            assert!(error.contains("published versions are not"), "{error}");
        }
    }
}

story! {
    async fn a_list_is_offered_in_a_hall_in_the_lines_that_it_names(hall: &Hall) {
        let heading = format!("{HEADING},line");
        let list = lines(&[&heading, "区水务局,W,节水咨询,X-1,20,,,c", "区水务局,W,水表校验,X-2,20,,,"]);
        let options = Options { hall: Some("district".to_owned()), ..Options::default() };
        let report = import(&hall.store, &list, &options, TUESDAY_TEN).await.unwrap();
        assert_eq!(report.offered, Some(("district".to_owned(), 2)));
        let district: Catalogue = serde_json::from_value(hall.get("/api/v1/halls/district/catalogue").await.ok()).unwrap();
        let offer = |code: &str| district.offers.iter().find(|offer| offer.item == code).unwrap();
        assert_eq!((offer("X-1").line.as_str(), offer("X-1").windows.as_slice()), ("C", &[13, 14, 15, 16, 17][..]));
        assert_eq!(offer("X-2").line, "K", "without a line of its own it waits in the last one");

        let before = everything(hall).await;
        let wrong = lines(&[&heading, "区水务局,W,节水咨询,X-9,20,,,Z"]);
        let error = import(&hall.store, &wrong, &options, TUESDAY_TEN).await.unwrap_err();
        assert_eq!(error.to_string(), "line 2, column line: hall district has no line Z; nothing was imported");
        let nowhere = Options { hall: Some("nowhere".to_owned()), ..Options::default() };
        assert!(import(&hall.store, &list, &nowhere, TUESDAY_TEN).await.is_err());
        assert_eq!(everything(hall).await, before);
    }
}

story! {
    async fn two_imports_at_once_make_each_version_once(hall: &Hall) {
        let options = Options::default();
        let (one, two) = tokio::join!(
            import(&hall.store, PUBLISHED, &options, TUESDAY_TEN),
            import(&hall.store, PUBLISHED, &options, TUESDAY_TEN + 1),
        );
        let mut seen = [counts(&one.unwrap()), counts(&two.unwrap())];
        seen.sort_unstable();
        assert_eq!(seen, [(0, 0, 13), (13, 0, 0)]);
        assert_eq!(store::catalogue::versions(&hall.store, "F-000001-A").await.unwrap().len(), 1);
    }
}

story! {
    async fn sql_and_rare_characters_in_a_name_are_only_a_name(hall: &Hall) {
        let name = "㐂'); DROP TABLE items; -- 𠮷\"%_\\";
        let list = format!("{HEADING}\n区水务局,W,\"{}\",X-1,20,,\n", name.replace('"', "\"\""));
        import(&hall.store, &list, &Options::default(), TUESDAY_TEN).await.unwrap();
        assert_eq!(hall.get("/api/v1/items/X-1").await.ok()["name"]["zh"], name);
        assert_eq!(hall.get("/api/v1/items/X-1'%20OR%201=1").await.code(), "unknown-item");
    }
}

story! {
    async fn a_kiosk_that_has_the_catalogue_is_told_so_until_it_changes(hall: &Hall) {
        let path = "/api/v1/halls/yuanling/catalogue";
        let first = hall.request(Method::GET, path).send().await.unwrap();
        let tag = first.headers()[header::ETAG].clone();
        let again = |tag: header::HeaderValue| hall.request(Method::GET, path).header(header::IF_NONE_MATCH, tag).send();
        let same = again(tag.clone()).await.unwrap();
        assert_eq!((same.status().as_u16(), same.headers()[header::ETAG].clone()), (304, tag.clone()));
        assert!(same.bytes().await.unwrap().is_empty());

        import(&hall.store, PUBLISHED, &Options::default(), TUESDAY_TEN).await.unwrap();
        let changed = again(tag.clone()).await.unwrap();
        assert_eq!(changed.status().as_u16(), 200);
        assert_ne!(changed.headers()[header::ETAG], tag);
        assert_eq!(hall.get("/api/v1/halls/nowhere/catalogue").await.code(), "unknown-hall");
    }
}

story! {
    async fn the_catalogue_travels_compressed_to_those_who_can_read_it(hall: &Hall) {
        let path = "/api/v1/halls/district/catalogue";
        let plain = hall.request(Method::GET, path).send().await.unwrap();
        assert!(!plain.headers().contains_key(header::CONTENT_ENCODING));
        let packed = hall.request(Method::GET, path).header(header::ACCEPT_ENCODING, "gzip").send().await.unwrap();
        assert_eq!(packed.headers()[header::CONTENT_ENCODING], "gzip");
        assert_eq!(packed.headers()[header::ETAG], plain.headers()[header::ETAG]);
        let (packed, plain) = (packed.bytes().await.unwrap().len(), plain.bytes().await.unwrap().len());
        assert!(packed * 5 < plain, "{packed} of {plain} bytes");
    }
}

story! {
    /// The list is not part of the project: it is read where `HALL_DATA` or a folder beside the project has it.
    async fn a_real_districts_list_is_imported_whole(hall: &Hall) {
        let folder = std::env::var_os("HALL_DATA").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
            PathBuf::from,
        );
        let path = folder.join("service-items-guangan.csv");
        let Ok(text) = std::fs::read_to_string(&path) else {
            eprintln!("not told: there is no {}", path.display());
            return;
        };
        let report = import::run(&hall.store, &path, &Options::default(), TUESDAY_TEN).await.unwrap();
        assert!(report.to_string().ends_with("imported 1135 items of 34 departments: 1135 new, 0 changed, 0 unchanged"));
        let gb = encoding_rs::GB18030.encode(&text).0.into_owned();
        for form in [gb, spreadsheet(&text), text.replace('\n', "\r\n").into_bytes()] {
            let report = import(&hall.store, form, &Options::default(), TUESDAY_TEN + DAY).await.unwrap();
            assert_eq!(counts(&report), (0, 0, 1135));
        }
        // Every row of the file, read independently, is an item with that name.
        let mut connection = hall.store.reader().acquire().await.unwrap();
        let standing = store::catalogue::standing_items(&mut connection).await.unwrap();
        for record in csv::Reader::from_reader(text.as_bytes()).records() {
            let record = record.unwrap();
            assert_eq!(standing[&record[4]].content.item.name.zh, record[3]);
        }
    }
}

async fn catalogue_of(store: &Store, hall: &str) -> Result<Catalogue, StoreError> {
    Ok(store::catalogue::catalogue(store, hall).await?.unwrap())
}

story! {
    async fn the_sample_district_is_complete(hall: &Hall) {
        let halls = store::halls::all(&hall.store).await.unwrap();
        assert_eq!(halls.len(), 11);
        for name in ["南园", "园岭", "福田", "沙头", "香蜜湖", "梅林", "莲花", "华富", "福保", "华强北"] {
            assert!(halls.iter().any(|h| h.name.zh == format!("{name}街道政务服务大厅")), "{name}");
        }
        let district = catalogue_of(&hall.store, "district").await.unwrap();
        assert_eq!(district.departments.len(), 23);
        assert!(district.items.len() >= 170);
        let mut connection = hall.store.reader().acquire().await.unwrap();
        assert_eq!(store::catalogue::windows(&mut connection, "district").await.unwrap().len(), 56);
        for item in &district.items {
            a_clerk_can_work_with(item);
        }
        for item_type in ItemType::ALL {
            assert!(district.items.iter().any(|item| item.item_type == item_type.1), "{item_type:?}");
        }
        assert!(district.items.iter().filter(|item| item.handling == Handling::Immediate).count() >= 10);
        for place in &halls {
            let catalogue = catalogue_of(&hall.store, &place.code).await.unwrap();
            assert!(catalogue.offers.iter().filter(|offer| offer.common > 0).count() >= 8, "{}", place.code);
            let unserved: Vec<_> = catalogue.offers.iter().filter(|offer| offer.windows.is_empty()).collect();
            assert!(unserved.is_empty(), "{}: {unserved:?}", place.code);
            let items: HashSet<&str> = catalogue.items.iter().map(|item| item.code.as_str()).collect();
            assert!(catalogue.offers.iter().all(|offer| items.contains(offer.item.as_str())));
        }
        let by_code: HashMap<&str, &Item> = district.items.iter().map(|item| (item.code.as_str(), item)).collect();
        assert_eq!(by_code[FOOD].name.zh, "食品经营许可");
        assert_eq!(by_code[FOOD].branches.len(), 2);
        let allowance = district.items.iter().find(|item| item.name.zh == "高龄津贴申领").unwrap();
        assert_eq!(allowance.identity, IdentityRule::Card);
        for theme in ["开办企业", "出生", "就业", "养老", "经营许可"] {
            assert!(district.themes.iter().any(|known| known.name.zh == theme), "{theme}");
        }
    }
}

fn a_clerk_can_work_with(item: &Item) {
    let name = &item.name.zh;
    assert!(item.sample, "{name}");
    assert!(!item.name.en.is_empty() && !item.conditions.zh.is_empty() && !item.conditions.en.is_empty(), "{name}");
    assert!(
        !item.hours.zh.is_empty()
            && !item.result.zh.is_empty()
            && (item.documents.is_empty() != item.members.is_empty()),
        "{name}"
    );
    assert!(item.statutory_days > 0 && item.promised_days > 0 && item.usual_minutes > 0, "{name}");
    assert!(item.documents.iter().all(|document| !document.name.en.is_empty()), "{name}");
}

story! {
    async fn every_department_of_the_sample_has_a_reviewer_and_another_signer(hall: &Hall) {
        let staff = sample::staff().unwrap();
        let district = catalogue_of(&hall.store, "district").await.unwrap();
        for department in &district.departments {
            for role in [Role::Reviewer, Role::Signer] {
                let somebody = staff.users.iter().find(|u| u.roles == [role] && u.department.as_ref() == Some(&department.code));
                assert!(somebody.is_some(), "{} {role:?}", department.name.zh);
            }
        }
        for place in store::halls::all(&hall.store).await.unwrap() {
            let clerks = staff.users.iter().filter(|u| u.roles == [Role::Clerk] && u.hall.as_ref() == Some(&place.code));
            assert!(clerks.count() >= 2, "{}", place.code);
            assert!(staff.devices.iter().any(|device| device.hall == place.code), "{}", place.code);
        }
        assert!(staff.users.iter().any(|u| u.roles == [Role::Supervisor]));
        assert!(staff.users.iter().any(|u| u.roles == [Role::Administrator]));
        let names: HashSet<&str> = staff.users.iter().map(|u| u.username.as_str()).collect();
        assert_eq!(names.len(), staff.users.len());
    }
}

story! {
    async fn typing_on_the_kiosk_finds_the_samples_services(hall: &Hall) {
        let district = catalogue_of(&hall.store, "district").await.unwrap();
        let index = Index::of_catalogue(&district);
        let names: HashMap<&str, &str> = district.items.iter().map(|i| (i.code.as_str(), i.name.zh.as_str())).collect();
        for (typed, expected) in [
            ("spjy", "食品经营许可"),
            ("gljt", "高龄津贴申领"),
            ("jzzqz", "居住证签注"),
            ("jhdj", "结婚登记"),
            ("sbk", "社会保障卡申领"),
            ("低保", "最低生活保障申请"),
            ("cjrz", "残疾人证办理"),
            ("gaoling", "高龄津贴申领"),
            ("old-age", "高龄津贴申领"),
            ("passport", "普通护照签发"),
        ] {
            let hits = index.find(typed, 8);
            let found: Vec<&str> = hits.iter().map(|hit| names[hit.code.as_str()]).collect();
            assert!(found.first() == Some(&expected), "{typed}: {found:?}");
        }
    }
}
