//! A case's dossier: made over HTTP, verified without the database by our program and by one that shares nothing with it.

use std::io::{Cursor, Read};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use hall_server::evidence::check::{Fault, Findings, check};
use hall_server::evidence::dossier::{DossierError, Enclosure, gather};
use hall_server::evidence::keys::{Algorithm, Key, PublicKey};
use hall_server::evidence::{Setup, head::SignedHead};
use hall_server::store::{Store, evidence};
use hall_server::{AppState, config::Settings};
use protocol::staff::{Role, User};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::case_stories;
use crate::exchange_stories::files::attached;
use crate::support::office::grow_to;
use crate::support::{Hall, Person};

/// The same hall, served with a key, and the key as others have it.
async fn with_key(hall: &Hall, algorithm: Algorithm) -> (Hall, PublicKey) {
    let key = Key::generate(algorithm).unwrap();
    let public = key.public().clone();
    let setup = Setup { key: Arc::new(key), period: 3_600_000, heads_to: None };
    let settings = Settings { public_url: "http://hall.test".to_owned(), evidence: Some(setup), ..Settings::default() };
    let store = Store::connect(&hall.address).await.unwrap();
    (Hall::serve_with(&hall.address, store, hall.clock.clone(), settings).await, public)
}

/// A state over the same database, for what HTTP does not offer yet.
async fn state(hall: &Hall, key: Key) -> AppState {
    let setup = Setup { key: Arc::new(key), period: 3_600_000, heads_to: None };
    let settings = Settings { evidence: Some(setup), ..Settings::default() };
    let (_stop, stopping) = tokio::sync::watch::channel(false);
    AppState::new(hall.store.clone(), Arc::new(hall.clock.clone()), settings, stopping).unwrap()
}

/// A case accepted, with others' tickets between its events.
async fn case<'a>(hall: &'a Hall) -> (Person<'a>, Value) {
    let (desk, case) = case_stories::opened(hall).await;
    let kiosk = hall.kiosk().await;
    kiosk.ticket("13900139001").await;
    let papers = case["documents"].as_array().unwrap().iter();
    let papers: Vec<Value> = papers.map(|d| json!({ "key": d["key"], "status": "provided" })).collect();
    let check = json!({ "step": "check-documents", "documents": papers });
    case_stories::take(&desk.person, &case, check).await.ok();
    kiosk.ticket("13900139002").await;
    let case = case_stories::step(&desk.person, &case, "accept", "").await.ok();
    (desk.person, case)
}

fn number(case: &Value) -> &str {
    case["case_no"].as_str().unwrap()
}

async fn fetch(hall: &Hall, person: &Person<'_>, case: &Value) -> Vec<u8> {
    let number = number(case);
    let path = format!("/api/v1/cases/{number}/dossier");
    let response = hall.request(Method::GET, &path).bearer_auth(&person.token).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/zip");
    assert_eq!(response.headers()["content-disposition"], format!("attachment; filename=\"{number}.zip\""));
    response.bytes().await.unwrap().to_vec()
}

fn holds(dossier: &[u8], key: Option<&PublicKey>) -> Findings {
    check(Cursor::new(dossier), key).unwrap()
}

fn entries(dossier: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(dossier)).unwrap();
    (0..zip.len())
        .map(|place| {
            let mut entry = zip.by_index(place).unwrap();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            (entry.name().unwrap().into_owned(), content)
        })
        .collect()
}

/// The independent program's verdict; `None` where Python is not installed, which in CI is a failure.
fn python(dossier: &[u8], key: &PublicKey) -> Option<Result<String, String>> {
    if Command::new("python3").arg("--version").output().is_err() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "in CI the independent program must run");
        eprintln!("not verified by docs/verify_dossier.py: python3 is not installed");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let (file, public) = (folder.path().join("dossier.zip"), folder.path().join("key.pem"));
    std::fs::write(&file, dossier).unwrap();
    std::fs::write(&public, &key.pem).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/verify_dossier.py");
    let output = Command::new("python3").arg(script).arg(&file).arg(&public).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let unsigned = String::from_utf8_lossy(&output.stdout).contains("NOT CHECKED");
    assert!(!unsigned || std::env::var("CI").as_deref() != Ok("true"), "in CI openssl checks the signatures");
    Some(if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) })
}

story! {
    async fn a_case_s_dossier_is_verified_without_the_database(hall: &Hall) {
        let (hall, key) = with_key(hall, Algorithm::Ed25519).await;
        let (clerk, case) = case(&hall).await;
        let dossier = fetch(&hall, &clerk, &case).await;
        let found = holds(&dossier, Some(&key));
        assert_eq!((found.case_no.as_str(), found.events, found.later, found.head), (number(&case), 3, 0, 1));
        assert_eq!((found.files, found.named, found.key_given), (2, 0, true), "the papers it issued");
        assert!(!holds(&dossier, None).key_given);

        let entries = entries(&dossier);
        let names: Vec<&str> = entries.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, [
            "README.txt", "case.json", "events.jsonl", "proof.json", "head.json", "head.sig", "public-key.pem",
            "notices/01-receipt.pdf", "notices/02-acceptance.pdf", "manifest.json", "manifest.sig",
        ]);
        assert!(entries[7].1.starts_with(b"%PDF-") && entries[8].1.starts_with(b"%PDF-"));
        let inside: Value = serde_json::from_slice(&entries[1].1).unwrap();
        assert_eq!((&inside["case_no"], &inside["state"]), (&case["case_no"], &json!("accepted")));
        assert!(inside["item_name"]["zh"].as_str().is_some_and(|name| !name.is_empty()));
        assert!(inside.get("query_code").is_none() && inside.get("actions").is_none());
        let readme = std::str::from_utf8(&entries[0].1).unwrap();
        insta::assert_snapshot!("readme", readme.replace(&key.fingerprint, "[fingerprint]").replace(number(&case), "[number]"));
        // Others' events are there as digests only.
        let all = String::from_utf8_lossy(&dossier);
        assert!(!all.contains("ticket-taken") && !all.contains("13900139"), "somebody else's data");

        if let Some(verdict) = python(&dossier, &key) {
            let verdict = verdict.unwrap();
            assert!(verdict.contains(&format!("case {}: 3 events, 3 in the tree of head 1", number(&case))), "{verdict}");
        }
        hall.close().await;
    }
}

story! {
    async fn a_dossier_signed_by_sm2_holds_as_well(hall: &Hall) {
        let (hall, key) = with_key(hall, Algorithm::Sm2).await;
        let (clerk, case) = case(&hall).await;
        let dossier = fetch(&hall, &clerk, &case).await;
        assert_eq!(holds(&dossier, Some(&key)).events, 3);
        if let Some(verdict) = python(&dossier, &key) {
            verdict.unwrap();
        }
        let other = Key::generate(Algorithm::Sm2).unwrap();
        assert!(matches!(check(Cursor::new(&dossier), Some(other.public())), Err(Fault::Key(_))));
        hall.close().await;
    }
}

story! {
    async fn a_case_among_thousands_of_others_events_is_proven_by_a_dozen_digests_each(hall: &Hall) {
        let (hall, key) = with_key(hall, Algorithm::Ed25519).await;
        grow_to(&hall, 1500).await;
        let (clerk, case) = case(&hall).await;
        grow_to(&hall, 2700).await;
        let dossier = fetch(&hall, &clerk, &case).await;
        assert_eq!(holds(&dossier, Some(&key)).events, 3);
        let proof: Value = serde_json::from_slice(&entries(&dossier)[3].1).unwrap();
        for event in proof["chains"][0]["events"].as_array().unwrap() {
            assert!(event["turn"].as_i64().unwrap() > 1500);
            assert!((2..=12).contains(&event["path"].as_array().unwrap().len()), "{event}");
        }
        let papers: usize = entries(&dossier)[7..9].iter().map(|(_, pdf)| pdf.len()).sum();
        assert!(dossier.len() - papers < 25_000, "{} bytes", dossier.len() - papers);
        if let Some(verdict) = python(&dossier, &key) {
            assert!(verdict.unwrap().contains("3 events, 3 in the tree"));
        }
        hall.close().await;
    }
}

story! {
    async fn what_happened_after_the_last_head_is_said_to_be_later(hall: &Hall) {
        let (hall, key) = with_key(hall, Algorithm::Ed25519).await;
        let (clerk, case) = case(&hall).await;
        fetch(&hall, &clerk, &case).await;
        case_stories::step(&clerk, &case, "withdraw", "申请人撤回").await.ok();
        // Within the minute no other head is signed.
        let dossier = fetch(&hall, &clerk, &case).await;
        let found = holds(&dossier, Some(&key));
        assert_eq!((found.events, found.later, found.head), (4, 1, 1));
        assert!(found.to_string().contains("1 later events"), "{found}");
        if let Some(verdict) = python(&dossier, &key) {
            assert!(verdict.unwrap().contains("4 events, 3 in the tree"));
        }
        hall.clock.advance(60_000);
        let found = holds(&fetch(&hall, &clerk, &case).await, Some(&key));
        assert_eq!((found.events, found.later, found.head), (4, 0, 2));
        hall.close().await;
    }
}

story! {
    async fn only_staff_who_see_the_case_have_its_dossier_and_a_server_without_a_key_makes_none(hall: &Hall) {
        let (clerk, case) = case(hall).await;
        let path = format!("/api/v1/cases/{}/dossier", number(&case));
        let without_key = clerk.get(&path).await;
        assert_eq!((without_key.status, without_key.code()), (409, "no-evidence-key"));
        let (signing, _) = with_key(hall, Algorithm::Ed25519).await;
        let stranger = signing.person("stranger", &[Role::Clerk], Some("meilin"), None).await;
        let refused = stranger.get(&path).await;
        assert_eq!((refused.status, refused.code()), (404, "unknown-case"));
        assert_eq!(signing.get(&path).await.status, 401);
        let supervisor = signing.person("supervisor", &[Role::Supervisor], None, None).await;
        fetch(&signing, &supervisor, &case).await;
        signing.close().await;
    }
}

/// A dossier with two files, one of which an event names.
async fn with_files(hall: &Hall) -> (Vec<u8>, PublicKey) {
    let (clerk, case) = case(hall).await;
    let notice = b"%PDF-1.7 a notice".to_vec();
    let digest: String = Sha256::digest(&notice).iter().map(|b| format!("{b:02x}")).collect();
    case_stories::step(&clerk, &case, "withdraw", &format!("文书 {digest}")).await.ok();
    let key = Key::generate(Algorithm::Ed25519).unwrap();
    let public = key.public().clone();
    let state = state(hall, key).await;
    let files = vec![
        Enclosure {
            path: "notices/受理通知书.pdf".into(),
            content: Box::new(Cursor::new(notice)),
            sha256: Some(digest),
        },
        Enclosure { path: "documents/id.jpg".into(), content: Box::new(&b"a picture"[..]), sha256: None },
    ];
    let dossier = gather(&state, number(&case), &nobody()).await.unwrap().enclosing(files).unwrap();
    (dossier.write(Cursor::new(Vec::new())).unwrap().into_inner(), public)
}

fn nobody() -> User {
    User { username: "operator".into(), name: String::new(), roles: Vec::new(), hall: None, department: None }
}

story! {
    async fn papers_and_notices_go_into_a_dossier_with_the_events_that_name_them(hall: &Hall) {
        let (dossier, key) = with_files(hall).await;
        let found = holds(&dossier, Some(&key));
        assert_eq!((found.files, found.named), (4, 1), "two files beside the two papers that it issued");
        let entries = entries(&dossier);
        assert_eq!((entries[7].0.as_str(), entries[10].0.as_str()), ("documents/id.jpg", "notices/受理通知书.pdf"));
        let manifest: Value = serde_json::from_slice(&entries[11].1).unwrap();
        assert_eq!(manifest["entries"][7]["named_by"], Value::Null);
        assert!(manifest["entries"][10]["named_by"].as_i64().is_some());
        if let Some(verdict) = python(&dossier, &key) {
            verdict.unwrap();
        }
    }
}

story! {
    async fn scans_and_the_events_of_signals_belong_to_the_dossier(hall: &Hall) {
        let (hall, key) = with_key(hall, Algorithm::Ed25519).await;
        let (desk, case) = case_stories::opened(&hall).await;
        let scan = b"%PDF-1.7 a scan".to_vec();
        attached(&desk, &case, &scan).await;
        let fee = json!({ "step": "charge-fee", "name": "加急费", "amount": 20_000 });
        case_stories::take(&desk.person, &case, fee).await.ok();
        let dossier = fetch(&hall, &desk.person, &case).await;
        let found = holds(&dossier, Some(&key));
        assert_eq!((found.files, found.named), (2, 1), "the receipt, and the scan that an event names");
        let entries = entries(&dossier);
        let scans: Vec<_> = entries.iter().filter(|(name, _)| name.starts_with("documents/")).collect();
        assert_eq!(scans[0].1, scan);
        assert!(scans[0].0.ends_with("/1.pdf"), "{}", scans[0].0);
        let events = String::from_utf8(entries[2].1.clone()).unwrap();
        assert!(events.contains("signal-raised") && events.contains("fee-charged"), "{events}");
        if let Some(verdict) = python(&dossier, &key) {
            verdict.unwrap();
        }
        let lying = crate::support::files_folder(&hall.address);
        std::fs::remove_dir_all(lying).unwrap();
        let path = format!("/api/v1/cases/{}/dossier", number(&case));
        assert_eq!(desk.person.get(&path).await.status, 500, "no dossier without its papers");
        hall.close().await;
    }
}

story! {
    async fn files_that_do_not_belong_are_refused_before_anything_is_written(hall: &Hall) {
        let (_clerk, case) = case(hall).await;
        let state = state(hall, Key::generate(Algorithm::Ed25519).unwrap()).await;
        let file = |path: &str, sha256: Option<&str>| Enclosure {
            path: path.to_owned(),
            content: Box::new(&b"something"[..]),
            sha256: sha256.map(str::to_owned),
        };
        for path in ["case.json", "documents/", "documents/../case.json", "/documents/a", "notices/a\\b", "other/a"] {
            let whole = gather(&state, number(&case), &nobody()).await.unwrap();
            let refused = whole.enclosing(vec![file(path, None)]).unwrap_err();
            assert!(matches!(&refused, DossierError::Path { .. }), "{path}: {refused}");
        }
        let twice = vec![file("documents/a", None), file("documents/a", None)];
        let whole = gather(&state, number(&case), &nobody()).await.unwrap();
        assert!(matches!(whole.enclosing(twice), Err(DossierError::Path { .. })));
        let whole = gather(&state, number(&case), &nobody()).await.unwrap();
        let other = whole.enclosing(vec![file("documents/a", Some("00"))]).unwrap();
        let refused = other.write(Cursor::new(Vec::new())).unwrap_err();
        assert!(matches!(&refused, DossierError::Differs { path, .. } if path == "documents/a"), "{refused}");
        let unknown = gather(&state, "nothing", &nobody()).await.unwrap_err();
        assert!(matches!(unknown, DossierError::UnknownCase(_)));
    }
}

/// Where each entry's content lies in the archive.
fn places(dossier: &[u8]) -> Vec<(String, std::ops::Range<usize>)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(dossier)).unwrap();
    (0..zip.len())
        .map(|place| {
            let entry = zip.by_index(place).unwrap();
            let start = usize::try_from(entry.data_start().unwrap()).unwrap();
            (entry.name().unwrap().into_owned(), start..start + usize::try_from(entry.size()).unwrap())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dossier_with_any_byte_changed_is_refused() {
    crate::support::database::tell(crate::support::Kind::Sqlite, async |hall| {
        let (dossier, key) = with_files(hall).await;
        let places = places(&dossier);
        // Every byte of what is not content, and of what is content one in 211.
        for at in 0..dossier.len() {
            let inside = places.iter().find(|(_, range)| range.contains(&at));
            if inside.is_some() && at % 211 != 0 {
                continue;
            }
            let mut changed = dossier.clone();
            changed[at] ^= 1;
            let fault = check(Cursor::new(&changed), Some(&key)).expect_err(&format!("byte {at}, {inside:?}"));
            if let Some((name, _)) = inside {
                assert!(fault.to_string().contains(name.as_str()), "byte {at} of {name}: {fault}");
            }
        }
        for short in [0, 1, dossier.len() / 2, dossier.len() - 1] {
            assert!(check(Cursor::new(&dossier[..short]), Some(&key)).is_err());
        }
        let longer = [&dossier[..], b"\0"].concat();
        assert!(check(Cursor::new(&longer), Some(&key)).is_err());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dossier_made_to_fit_again_is_refused_for_what_its_maker_cannot_sign() {
    crate::support::database::tell(crate::support::Kind::Sqlite, async |hall| {
        let (dossier, key) = with_files(hall).await;
        let honest = entries(&dossier);
        assert_eq!(made_of(&honest), dossier, "the archive is what its entries make it");
        // Somebody changes an entry, and the manifest with it: the seal no longer fits.
        for (place, (name, content)) in honest.iter().enumerate().take(11) {
            let mut entries = honest.clone();
            let mut changed = content.clone();
            changed.push(b'\n');
            entries[place].1 = changed.clone();
            let mut manifest: Value = serde_json::from_slice(&entries[11].1).unwrap();
            manifest["entries"][place]["sha256"] =
                Sha256::digest(&changed).iter().map(|b| format!("{b:02x}")).collect::<String>().into();
            manifest["entries"][place]["size"] = changed.len().into();
            entries[11].1 = serde_json::to_vec(&manifest).unwrap();
            let fault = check(Cursor::new(made_of(&entries)), Some(&key)).unwrap_err();
            match name.as_str() {
                "public-key.pem" => assert!(matches!(fault, Fault::Key(_)), "{fault}"),
                _ => assert!(matches!(fault, Fault::Seal), "{name}: {fault}"),
            }
            if let Some(verdict) = python(&made_of(&entries), &key) {
                assert!(verdict.unwrap_err().contains("does not hold"), "{name}");
            }
        }
        // Somebody leaves a file out, or adds one.
        let mut fewer = honest.clone();
        fewer.remove(7);
        let fault = check(Cursor::new(made_of(&fewer)), Some(&key)).unwrap_err();
        assert!(matches!(&fault, Fault::Missing { path } if path == "documents/id.jpg"), "{fault}");
        let mut more = honest.clone();
        more.insert(8, ("documents/more.jpg".to_owned(), b"x".to_vec()));
        let fault = check(Cursor::new(made_of(&more)), Some(&key)).unwrap_err();
        assert!(matches!(&fault, Fault::Extra { path } if path == "documents/more.jpg"), "{fault}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_case_at_the_same_instant_is_the_same_dossier() {
    crate::support::database::tell(crate::support::Kind::Sqlite, async |hall| {
        let (hall, _) = with_key(hall, Algorithm::Ed25519).await;
        let (clerk, case) = case(&hall).await;
        assert_eq!(fetch(&hall, &clerk, &case).await, fetch(&hall, &clerk, &case).await);
        let mut connection = hall.store.reader().acquire().await.unwrap();
        let head = SignedHead::from_row(&evidence::last(&mut connection).await.unwrap().unwrap()).unwrap();
        assert_eq!(head.head.sequence, 1);
        drop(connection);
        hall.close().await;
    })
    .await;
}

fn hall_server(address: &str, folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_hall-server"))
        .args(["--database", address])
        .args(arguments)
        .current_dir(folder)
        .env("RUST_LOG", "error")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stdout) + &text(output.stderr)) }
}

story! {
    async fn an_operator_makes_a_key_a_dossier_and_verifies_both(hall: &Hall) {
        let (_clerk, case) = case(hall).await;
        let folder = tempfile::tempdir().unwrap();
        let run = |arguments: &[&str]| hall_server(&hall.address, folder.path(), arguments);
        let printed = run(&["evidence", "key", "--out", "server.key"]).unwrap();
        assert!(printed.starts_with("-----BEGIN PUBLIC KEY-----\n") && printed.contains("ed25519\t"), "{printed}");
        assert!(run(&["evidence", "key", "--out", "server.key"]).unwrap_err().contains("never replaced"));
        run(&["evidence", "key", "--out", "other.key", "--kind", "sm2"]).unwrap();

        assert!(run(&["dossier", number(&case), "--out", "case.zip"]).unwrap_err().contains("--evidence-key"));
        let key = ["--evidence-key", "server.key", "--public-url", "http://hall.test"];
        let make = |case_no: &str| run(&[&["dossier", case_no, "--out", "case.zip"], &key[..]].concat());
        assert!(make("nothing").unwrap_err().contains("there is no case nothing"));
        assert!(!folder.path().join("case.zip").exists() && !folder.path().join("case.part").exists());
        assert!(make(number(&case)).unwrap().starts_with("wrote case.zip ("));
        let verify = |key: &str| run(&["dossier", "verify", "case.zip", "--public-key", key]);
        let found = verify("server.key.pub").unwrap();
        assert!(found.contains("3 events belong to the chain of signed head 1"), "{found}");
        assert!(verify("other.key.pub").unwrap_err().contains("public-key.pem is not the key that signed"));
        assert!(verify("server.key").unwrap_err().contains("holds no public key"));

        let history = |key: &str| run(&["verify", "--public-key", key]);
        assert!(history("server.key.pub").unwrap().contains("heads: 1 signed, whole; 0 compared with copies; 1 sig"));
        assert!(history("other.key.pub").unwrap_err().contains("head 1 was changed: it is signed by a key that was not"));
        assert!(run(&["verify"]).unwrap().contains("signatures not checked"));
    }
}

story! {
    async fn a_server_that_starts_and_stops_leaves_signed_heads_elsewhere(hall: &Hall) {
        use std::io::BufRead;
        let _case = case(hall).await;
        let folder = tempfile::tempdir().unwrap();
        let run = |arguments: &[&str]| hall_server(&hall.address, folder.path(), arguments);
        run(&["evidence", "key", "--out", "server.key"]).unwrap();
        std::fs::create_dir(folder.path().join("share")).unwrap();
        let mut server = Command::new(env!("CARGO_BIN_EXE_hall-server"))
            .args(["--database", &hall.address, "serve", "--listen", "127.0.0.1:0"])
            .args(["--evidence-key", "server.key", "--heads-to", "share"])
            .current_dir(folder.path())
            .env("RUST_LOG", "error")
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        std::io::BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        // Once it answers, it also hears that it is to stop.
        let base = line.trim().strip_prefix("listening on ").unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        assert_eq!(client.get(format!("{base}/healthz")).send().await.unwrap().status(), 200);
        assert!(Command::new("kill").arg(server.id().to_string()).status().unwrap().success());
        assert!(server.wait().unwrap().success());
        let verify = || run(&["verify", "--heads", "share", "--public-key", "server.key.pub"]);
        let found = verify().unwrap();
        assert!(found.contains("heads: 1 signed, whole; 1 compared with copies; 1 signatures checked"), "{found}");
        let file = std::fs::read_dir(folder.path().join("share")).unwrap().next().unwrap().unwrap().path();
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, text.replacen("\"turn\":", "\"turn\":1", 1)).unwrap();
        assert!(verify().unwrap_err().contains("heads: head 1 was replaced"));
    }
}

/// An archive of entries, by the same rules as a dossier's.
fn made_of(entries: &[(String, Vec<u8>)]) -> Vec<u8> {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::DEFAULT)
        .unix_permissions(0o644);
    for (name, content) in entries {
        zip.start_file(name, options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
