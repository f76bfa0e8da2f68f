//! What an operator does at the command line.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use hall_server::files::default_folder;
use hall_server::files::vault::Vault;
use hall_server::store::{Store, files};

fn hall_server(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hall-server"))
        .args(["--database", &format!("sqlite://{}/hall.db", folder.display())])
        .args(arguments)
        .current_dir(folder)
        .env("RUST_LOG", "warn")
        .output()
        .unwrap()
}

#[track_caller]
fn done(output: Output) -> String {
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{out}{err}");
    out
}

#[track_caller]
fn refused(output: Output) -> String {
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

fn sample(folder: &Path) {
    done(hall_server(folder, &["sample", "--credentials", "credentials.json"]));
}

#[test]
fn the_sample_writes_credentials_that_only_its_owner_reads() {
    let folder = tempfile::tempdir().unwrap();
    sample(folder.path());
    let path = folder.path().join("credentials.json");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let credentials: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let users = credentials["users"].as_array().unwrap();
    assert!(users.iter().all(|u| u["password"].as_str().unwrap().len() >= 12));
    assert!(credentials["devices"].as_array().unwrap().iter().any(|d| d["hall"] == "district" && d["kind"] == "kiosk"));
    let listed = done(hall_server(folder.path(), &["user", "list"]));
    assert_eq!(listed.lines().count(), users.len());
    assert!(done(hall_server(folder.path(), &["verify"])).contains("district: 0 events, whole"));
}

#[test]
fn users_and_devices_are_added_listed_and_shut_out() {
    let folder = tempfile::tempdir().unwrap();
    sample(folder.path());
    let run = |arguments: &[&str]| hall_server(folder.path(), arguments);
    let clerk = ["user", "add", "liu.new", "--name", "刘新", "--role", "clerk"];
    assert!(refused(run(&clerk)).contains("--hall"));
    assert!(refused(run(&[&clerk[..], &["--hall", "atlantis"]].concat())).contains("no hall atlantis"));
    let password = done(run(&[&clerk[..], &["--hall", "district"]].concat()));
    assert_eq!(password.trim().len(), 16);
    assert!(refused(run(&[&clerk[..], &["--hall", "district"]].concat())).contains("already"));
    done(run(&["user", "disable", "liu.new"]));
    assert!(done(run(&["user", "list"])).contains("liu.new\t刘新\tclerk\tdistrict\t\tdisabled"));
    assert!(refused(run(&["user", "disable", "nobody"])).contains("no user nobody"));

    let token = done(run(&["device", "add", "kiosk-new", "--hall", "district"]));
    assert_eq!(token.trim().len(), 43);
    done(run(&["device", "revoke", "kiosk-new"]));
    assert!(done(run(&["device", "list"])).contains("kiosk-new\tkiosk\tdistrict\trevoked"));
}

#[test]
fn a_backup_put_back_is_the_same_hall() {
    let folder = tempfile::tempdir().unwrap();
    sample(folder.path());
    let run = |arguments: &[&str]| hall_server(folder.path(), arguments);
    let before = done(run(&["user", "list"]));
    done(run(&["backup", "copy.db"]));
    assert!(refused(run(&["backup", "copy.db"])).contains("already"));
    done(run(&["user", "disable", "district.clerk1"]));
    assert!(refused(run(&["restore", "copy.db"])).contains("--replace"));
    std::fs::write(folder.path().join("notes.txt"), "not a database at all").unwrap();
    assert!(refused(run(&["restore", "notes.txt", "--replace"])).contains("not an SQLite database"));
    done(run(&["restore", "copy.db", "--replace"]));
    assert_eq!(done(run(&["user", "list"])), before);
}

/// Stores a file as the server does; returns where its bytes lie.
fn store_file(folder: &Path, bytes: &[u8], id: &str) -> std::path::PathBuf {
    let address = format!("sqlite://{}/hall.db", folder.display());
    let vault = Vault::new(default_folder(&address));
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let store = Store::connect(&address).await.unwrap();
        store.migrate().await.unwrap();
        let mut incoming = vault.receive().await.unwrap();
        incoming.write(bytes).await.unwrap();
        let digest = incoming.finish().await.unwrap();
        vault.place(&incoming, &digest).await.unwrap();
        let row = files::FileRow {
            id: id.to_owned(),
            digest: digest.clone(),
            size: bytes.len() as i64,
            media_type: "application/pdf".to_owned(),
            subject: "ticket:1".to_owned(),
            uploaded_at: 0,
            uploaded_by: "ticket:1".to_owned(),
            name: "a.pdf".to_owned(),
        };
        let mut tx = store.begin_write().await.unwrap();
        files::add(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
        store.close().await;
        vault.path_of(&digest)
    })
}

#[test]
fn verify_names_the_files_that_are_missing_cut_or_changed() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| hall_server(folder.path(), arguments);
    let first = store_file(folder.path(), b"%PDF first paper", "first");
    let second = store_file(folder.path(), b"%PDF second paper", "second");
    assert_eq!(done(run(&["verify"])), "files: 2, all there\n");
    assert_eq!(done(run(&["verify", "--files"])), "files: 2, every digest fits\n");

    std::fs::write(&first, b"%PDF fIrst paper").unwrap();
    done(run(&["verify"]));
    let changed = run(&["verify", "--files"]);
    assert!(String::from_utf8_lossy(&changed.stdout).starts_with("file first: its bytes were changed"), "{changed:?}");
    assert!(refused(changed).contains("the files are not whole"));
    std::fs::write(&first, b"%PDF").unwrap();
    std::fs::remove_file(&second).unwrap();
    let output = run(&["verify"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("file first: it has 4 bytes instead of 16\n"), "{said}");
    assert!(said.contains("file second: its bytes are missing\n"), "{said}");
}

#[test]
fn a_backup_takes_its_files_along_and_only_those_that_are_missing() {
    let folder = tempfile::tempdir().unwrap();
    sample(folder.path());
    let run = |arguments: &[&str]| hall_server(folder.path(), arguments);
    let lying = store_file(folder.path(), b"%PDF first paper", "first");
    std::fs::create_dir(folder.path().join("backups")).unwrap();
    assert!(done(run(&["backup", "backups/monday.db"])).contains("copied 1 files into backups/files\n"));
    let second = store_file(folder.path(), b"%PDF second paper", "second");
    assert!(done(run(&["backup", "backups/tuesday.db"])).contains("copied 1 files into backups/files\n"));

    std::fs::remove_dir_all(folder.path().join("files")).unwrap();
    std::fs::remove_file(folder.path().join("hall.db")).unwrap();
    assert!(done(run(&["restore", "backups/tuesday.db"])).contains("copied 2 files"));
    assert!(done(run(&["verify", "--files"])).ends_with("files: 2, every digest fits\n"));

    std::fs::write(&lying, b"%PDF another one").unwrap();
    std::fs::remove_file(&second).unwrap();
    std::fs::create_dir(folder.path().join("elsewhere")).unwrap();
    let output = run(&["backup", "elsewhere/wednesday.db"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("its bytes were changed; they were not copied"), "{said}");
    assert!(said.contains("its bytes are missing"), "{said}");
    assert!(refused(output).contains("the files are not whole"));
    assert!(folder.path().join("elsewhere/wednesday.db").exists(), "what could be saved is saved");
}

#[test]
fn sweeping_removes_what_nothing_refers_to_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let kept = store_file(folder.path(), b"%PDF first paper", "first");
    let orphan = folder.path().join("files/ab").join("cd".repeat(31));
    std::fs::create_dir_all(orphan.parent().unwrap()).unwrap();
    std::fs::write(&orphan, b"left by a crash between its bytes and its row").unwrap();
    let run = |arguments: &[&str]| hall_server(folder.path(), arguments);
    assert_eq!(done(run(&["sweep"])), "removed 1 files that nothing refers to\n");
    assert!(kept.exists() && !orphan.exists());
    assert_eq!(done(run(&["sweep"])), "removed 0 files that nothing refers to\n");
}

#[test]
fn due_dates_count_working_days_and_say_where_they_are_provisional() {
    let folder = tempfile::tempdir().unwrap();
    let due = |arguments: &[&str]| hall_server(folder.path(), &[&["calendar", "due"], arguments].concat());
    assert_eq!(done(due(&["2026-11-24", "5"])), "2026-12-01\n");
    assert_eq!(done(due(&["2026-12-30", "5"])).split_whitespace().nth(1), Some("provisional"));
    assert!(refused(due(&["2026-11-24", "5", "--pause", "soon"])).contains("not a pause"));
    assert_eq!(done(due(&["2026-09-16", "15", "--natural"])), "2026-10-08\n");
    assert_eq!(done(due(&["2026-09-01", "10", "--pause", "2026-09-08..2026-09-22"])), "2026-09-30\n");
    assert!(!folder.path().join("hall.db").exists(), "a calendar needs no database");
}

const YEAR_2027: &str = r#"
year = 2027
notice = { number = "国办发明电〔2026〕1号", date = 2026-11-03 }
off = [
    { name = "元旦", from = 2027-01-01, to = 2027-01-03 },
    { name = "春节", from = "2027-02-05", to = "2027-02-12" },
]
makeup = [2027-02-14]
"#;

#[test]
fn a_year_is_loaded_from_its_notice_and_shown_with_its_version() {
    let folder = tempfile::tempdir().unwrap();
    sample(folder.path());
    let run = |arguments: &[&str]| hall_server(folder.path(), &[&["calendar"], arguments].concat());
    std::fs::write(folder.path().join("2027.toml"), YEAR_2027).unwrap();
    assert_eq!(done(run(&["due", "2026-12-28", "10"])), "2027-01-11 provisional\n");
    assert!(refused(run(&["show", "2027"])).contains("provisional"));
    let load = ["load", "2027.toml", "--by", "chen"];
    assert_eq!(done(run(&load)), "2027: version 1 is in force; 0 open cases have another due date\n");
    assert_eq!(done(run(&load)), "2027: nothing changed\n");
    assert_eq!(done(run(&["due", "2026-12-28", "10"])), "2027-01-12\n");
    let shown = done(run(&["show", "2027"]));
    assert_eq!(
        shown,
        "2027  255 working days  国办发明电〔2026〕1号 of 2026-11-03  (version 1, loaded by operator:chen from 2027.toml)\n\
         off     2027-01-01..2027-01-03  元旦\noff     2027-02-05..2027-02-12  春节\nworked  2027-02-14\n"
    );
    let all = done(run(&["show"]));
    assert_eq!(all.lines().count(), 4);
    assert!(
        all.starts_with(
            "2024  251 working days  国办发明电〔2023〕7号 of 2023-10-25  (brought along by the program)\n"
        )
    );
    assert!(done(hall_server(folder.path(), &["verify"])).contains("district: 1 events, whole"));
}

#[test]
fn a_wrong_year_is_refused_with_all_its_faults_and_nothing_is_stored() {
    let folder = tempfile::tempdir().unwrap();
    sample(folder.path());
    let run = |arguments: &[&str]| hall_server(folder.path(), &[&["calendar"], arguments].concat());
    let write = |text: &str| std::fs::write(folder.path().join("wrong.toml"), text).unwrap();
    write(&YEAR_2027.replace("[2027-02-14]", "[2027-02-14, 2027-02-14, 2027-02-11]"));
    let faults = refused(run(&["load", "wrong.toml"]));
    for fault in ["2027-02-14 is a make-up workday twice", "2027-02-11 is both off", "2027-02-11 is a Thursday"] {
        assert!(faults.contains(fault), "{faults}");
    }
    write("year = 2027");
    assert!(refused(run(&["load", "wrong.toml"])).contains("missing field `notice`"));
    assert!(refused(run(&["load", "nowhere.toml"])).contains("nowhere.toml cannot be read"));
    assert_eq!(done(run(&["show"])).lines().count(), 3);
    assert!(done(hall_server(folder.path(), &["verify"])).contains("district: 0 events, whole"));
}

#[test]
fn an_address_of_no_database_is_refused_without_its_password() {
    let run = |address: &str| {
        Command::new(env!("CARGO_BIN_EXE_hall-server")).args(["--database", address, "verify"]).output().unwrap()
    };
    assert!(refused(run("mysql://hall")).contains("sqlite:// or postgres://"));
    let unreachable = refused(run("postgres://hall:secret-word@127.0.0.1:1/hall"));
    assert!(!unreachable.contains("secret-word"), "{unreachable}");
}

#[test]
fn a_whole_district_moves_into_another_database_and_only_into_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    sample(folder.path());
    let run = |arguments: &[&str]| hall_server(folder.path(), arguments);
    let copy = format!("sqlite://{}/copy.db", folder.path().display());
    let moved = done(run(&["migrate-database", "--to", &copy]));
    assert!(moved.contains("halls: 11\n") && moved.ends_with("the history is whole\n"), "{moved}");
    let in_copy = Command::new(env!("CARGO_BIN_EXE_hall-server")).args(["--database", &copy, "user", "list"]).output();
    assert_eq!(done(in_copy.unwrap()), done(run(&["user", "list"])));
    assert!(refused(run(&["migrate-database", "--to", &copy])).contains("not empty"));
}

const HALLS: &str = r#"
[[setups]]
name = "street"
lines = [{ letter = "A", name = { zh = "综合", en = "General" } }]
windows = [{ numbers = [1, 2, 3], name = { zh = "综合窗口", en = "General" }, lines = ["A"] }]

[[halls]]
code = "meilin"
kind = "sub-district"
name = { zh = "梅林街道大厅", en = "Meilin" }
address = { zh = "梅林路", en = "Meilin Road" }
phone = "0755"
setup = "street"
windows = 2
hours = [{ weekdays = [1, 2, 3, 4, 5], from = "09:00", to = "18:00" }]
"#;

#[test]
fn a_district_describes_its_own_halls_and_imports_its_items_into_them() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| hall_server(folder.path(), arguments);
    std::fs::write(folder.path().join("halls.toml"), HALLS).unwrap();
    assert_eq!(done(run(&["halls", "halls.toml"])), "described 1 halls\n");
    let items = "department,department_code,main_item,name,item_code,area_code,item_type,line\n\
                 民政局,MZ,未分类,高龄津贴,MZ-1,440304,5,A\n";
    std::fs::write(folder.path().join("items.csv"), items).unwrap();
    done(run(&["import", "items.csv", "--hall", "meilin"]));
    done(run(&["user", "add", "wang", "--name", "王芳", "--role", "clerk", "--hall", "meilin"]));
    assert!(done(run(&["verify"])).contains("meilin: 0 events, whole"));
}

#[test]
fn halls_that_do_not_fit_together_are_refused_with_all_their_faults() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| hall_server(folder.path(), arguments);
    let bad = HALLS
        .replace("lines = [\"A\"]", "lines = [\"B\"]")
        .replace("\"09:00\"", "\"19:00\"")
        .replace("\"meilin\"", "\"Meilin 街道\"");
    std::fs::write(folder.path().join("halls.toml"), bad).unwrap();
    let faults = refused(run(&["halls", "halls.toml"]));
    for fault in ["serve line B, which is not there", "19:00 does not come before 18:00", "lower-case letters"] {
        assert!(faults.contains(fault), "{faults}");
    }
    let unknown = HALLS.replace("[[halls]]", "offers = [{ line = \"A\", items = [\"X-1\"] }]\n[[halls]]");
    std::fs::write(folder.path().join("halls.toml"), unknown).unwrap();
    assert!(refused(run(&["halls", "halls.toml"])).contains("item X-1 is offered but was never imported"));
    assert_eq!(done(run(&["verify"])), "");
}

#[test]
fn an_item_is_exported_changed_and_published_or_refused_with_every_fault() {
    let folder = tempfile::tempdir().unwrap();
    sample(folder.path());
    let run = |arguments: &[&str]| hall_server(folder.path(), arguments);
    let code = "SAMPLE-440304-01-0001";
    assert!(refused(run(&["item", "export", "NOWHERE"])).contains("there is no item NOWHERE"));
    let mut item: serde_json::Value = serde_json::from_str(&done(run(&["item", "export", code]))).unwrap();
    let publish = |item: &serde_json::Value| {
        std::fs::write(folder.path().join("item.json"), item.to_string()).unwrap();
        run(&["item", "publish", "item.json", "--by", "operator"])
    };
    assert!(refused(publish(&item)).contains("nothing differs from version 1"));
    item["promised_days"] = 0.into();
    item["branches"][0]["system"] = "moon".into();
    item["documents"][3]["when"] = "answers.weather == \"rain\"".into();
    let faults = refused(publish(&item));
    for fault in [
        "promised_days: an item that is not handled at once needs a promised limit",
        "branches.0.system: the server knows no department system named \"moon\"",
        "documents.3.when: there is no question \"weather\" before this",
        "nothing was published: 3 faults",
    ] {
        assert!(faults.contains(fault), "{fault}: {faults}");
    }
    item["promised_days"] = 9.into();
    item["branches"][0].as_object_mut().unwrap().remove("system");
    item["documents"][3]["when"] = "answers.premises == \"owned\"".into();
    assert_eq!(done(publish(&item)), format!("published item {code} as version 2\n"));
    assert!(refused(publish(&item)).contains("the draft was made from version 1, but version 2 is in force"));
    std::fs::write(folder.path().join("item.json"), "{\"code\": 7}").unwrap();
    assert!(refused(run(&["item", "publish", "item.json"])).contains("is not an item"));
}
