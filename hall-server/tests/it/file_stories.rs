//! Files: what is taken, what is refused and leaves nothing, and who may read.

use std::path::PathBuf;

use axum::body::Bytes;
use base64::Engine as _;
use futures_util::stream;
use hall_server::clock::SetClock;
use hall_server::config::Settings;
use hall_server::files::FileSettings;
use hall_server::files::vault::Vault;
use hall_server::store::Store;
use protocol::staff::Role;
use reqwest::{Method, header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{FOOD, Hall, Person, TUESDAY_TEN, files_folder, until};

/// A picture that any program opens.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(width, height).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Bytes that begin as a PDF does, each call's its own.
fn pdf(size: usize, seed: u8) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.extend((0..size - bytes.len()).map(|n| (n % 251) as u8 ^ seed));
    bytes
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

async fn ticket(hall: &Hall) -> i64 {
    hall.kiosk().await.ticket("13800138000").await["id"].as_i64().unwrap()
}

fn upload(person: &Person<'_>, ticket: i64, name: &str, bytes: Vec<u8>) -> reqwest::RequestBuilder {
    person
        .hall
        .request(Method::POST, "/api/v1/files")
        .query(&[("for", format!("ticket:{ticket}")), ("name", name.to_owned())])
        .bearer_auth(&person.token)
        .body(bytes)
}

/// Everything that lies in the folder of files, previews apart.
fn lying(hall: &Hall) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![files_folder(&hall.address)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.retain(|path| !path.parent().unwrap().ends_with("previews"));
    found.sort();
    found
}

/// The server once more, with smaller limits.
async fn with_limit(hall: &Hall, largest: u64) -> Hall {
    let store = Store::connect(&hall.address).await.unwrap();
    let files = FileSettings { largest, folder: files_folder(&hall.address), ..FileSettings::default() };
    let settings = Settings { files, ..Settings::default() };
    Hall::serve_with(&hall.address, store, SetClock::at(TUESDAY_TEN), settings).await
}

story! {
    async fn a_scan_is_stored_under_its_digest_and_comes_back_byte_for_byte(hall: &Hall) {
        let clerk = hall.person("liu", &[Role::Clerk], Some("district"), None).await;
        let bytes = pdf(300_000, 1);
        let file = hall.reply(upload(&clerk, ticket(hall).await, "营业执照.pdf", bytes.clone())).await;
        assert_eq!(file.status, 201);
        let file = file.body;
        assert_eq!((&file["media_type"], &file["size"]), (&json!("application/pdf"), &json!(300_000)));
        assert_eq!((&file["name"], file["sha256"].as_str()), (&json!("营业执照.pdf"), Some(&*digest(&bytes))));
        assert_eq!(file["id"].as_str().unwrap().len(), 22);
        let digest = digest(&bytes);
        assert_eq!(lying(hall), [files_folder(&hall.address).join(&digest[..2]).join(&digest[2..])]);

        let path = format!("/api/v1/files/{}", file["id"].as_str().unwrap());
        let response = hall.request(Method::GET, &path).bearer_auth(&clerk.token).send().await.unwrap();
        let headers = response.headers().clone();
        assert_eq!(headers[header::CONTENT_TYPE], "application/pdf");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("sandbox"));
        let disposition = headers[header::CONTENT_DISPOSITION].to_str().unwrap().to_owned();
        assert!(disposition.starts_with("attachment") && disposition.contains("UTF-8''%E8%90%A5"), "{disposition}");
        assert_eq!(response.bytes().await.unwrap(), bytes);
    }
}

story! {
    async fn a_viewer_may_ask_for_parts(hall: &Hall) {
        let clerk = hall.person("liu", &[Role::Clerk], Some("district"), None).await;
        let bytes = pdf(200_000, 2);
        let file = hall.reply(upload(&clerk, ticket(hall).await, "a.pdf", bytes.clone())).await.ok();
        let path = format!("/api/v1/files/{}", file["id"].as_str().unwrap());
        let part = async |range: &str| {
            let request = hall.request(Method::GET, &path).bearer_auth(&clerk.token).header(header::RANGE, range);
            let response = request.send().await.unwrap();
            let shown = response.headers().get(header::CONTENT_RANGE).map(|v| v.to_str().unwrap().to_owned());
            (response.status().as_u16(), shown, response.bytes().await.unwrap())
        };
        let (status, shown, body) = part("bytes=100000-150000").await;
        assert_eq!((status, shown.as_deref()), (206, Some("bytes 100000-150000/200000")));
        assert_eq!(body, bytes[100_000..=150_000]);
        assert_eq!(part("bytes=-10").await.2, bytes[199_990..]);
        assert_eq!(part("bytes=200000-").await.1.as_deref(), Some("bytes */200000"));
        assert_eq!(part("bytes=0-1,5-6").await.0, 200, "several ranges are answered with the whole");
    }
}

story! {
    async fn one_byte_over_the_limit_is_refused_announced_or_not_and_leaves_nothing(hall: &Hall) {
        let small = with_limit(hall, 100_000).await;
        let clerk = hall.person("liu", &[Role::Clerk], Some("district"), None).await;
        let ticket = ticket(hall).await;
        let at_small = Person { hall: &small, token: clerk.token.clone(), username: "liu".to_owned() };
        assert_eq!(small.reply(upload(&at_small, ticket, "a.pdf", pdf(100_000, 3))).await.status, 201);
        let announced = small.reply(upload(&at_small, ticket, "a.pdf", pdf(100_001, 4))).await;
        assert_eq!((announced.status, announced.code()), (413, "file-too-large"));
        let chunks = pdf(100_001, 5).chunks(7_000).map(|c| Ok::<_, std::io::Error>(Bytes::copy_from_slice(c))).collect::<Vec<_>>();
        let streamed = upload(&at_small, ticket, "a.pdf", Vec::new()).body(reqwest::Body::wrap_stream(stream::iter(chunks)));
        assert_eq!(small.reply(streamed).await.code(), "file-too-large");
        assert_eq!(lying(hall).len(), 1, "only the one that was taken");
        assert_eq!(small.get("/healthz").await.status, 200);
        small.close().await;
    }
}

story! {
    async fn what_a_file_is_is_decided_by_its_bytes(hall: &Hall) {
        let clerk = hall.person("liu", &[Role::Clerk], Some("district"), None).await;
        let ticket = ticket(hall).await;
        for (name, bytes) in [
            ("licence.pdf", b"<html><script>alert(1)</script></html>".to_vec()),
            ("photo.jpg", b"MZ\x90\0 a program".to_vec()),
            ("forms.zip", b"PK\x03\x04 but no end".to_vec()),
        ] {
            let refused = hall.reply(upload(&clerk, ticket, name, bytes)).await;
            assert_eq!((refused.status, refused.code()), (415, "file-type"), "{name}");
            assert!(refused.body["detail"].as_str().unwrap().contains("JPEG、PNG、WebP、HEIC、TIFF、PDF、OFD"));
        }
        assert_eq!(hall.reply(upload(&clerk, ticket, "empty.pdf", Vec::new())).await.code(), "invalid-field");
        assert!(lying(hall).is_empty(), "{:?}", lying(hall));
        let renamed = hall.reply(upload(&clerk, ticket, "photo.exe", png(3, 3))).await.ok();
        assert_eq!(renamed["media_type"], "image/png");
    }
}

story! {
    async fn a_digest_that_does_not_fit_is_refused(hall: &Hall) {
        let clerk = hall.person("liu", &[Role::Clerk], Some("district"), None).await;
        let (ticket, bytes) = (ticket(hall).await, pdf(5_000, 6));
        let of = |bytes: &[u8]| {
            format!("sha-256=:{}:", base64::engine::general_purpose::STANDARD.encode(Sha256::digest(bytes)))
        };
        let with = |digest: String| upload(&clerk, ticket, "a.pdf", bytes.clone()).header("content-digest", digest);
        let wrong = hall.reply(with(of(b"other bytes"))).await;
        assert_eq!((wrong.status, wrong.code()), (422, "file-digest"));
        assert_eq!(hall.reply(with("sha-256=:short:".to_owned())).await.code(), "invalid-field");
        assert!(lying(hall).is_empty());
        assert_eq!(hall.reply(with(format!("sha-512=:AAAA:, {}", of(&bytes)))).await.status, 201);
    }
}

story! {
    async fn an_upload_broken_off_half_way_leaves_nothing(hall: &Hall) {
        let clerk = hall.person("liu", &[Role::Clerk], Some("district"), None).await;
        let chunks = vec![Ok(Bytes::from(pdf(200_000, 7))), Err(std::io::Error::other("the phone lost its network"))];
        let body = reqwest::Body::wrap_stream(stream::iter(chunks));
        let sent = upload(&clerk, ticket(hall).await, "a.pdf", Vec::new()).body(body).send().await;
        assert!(sent.is_err(), "the sender is gone");
        // The server notices when it reads on.
        until(async || hall.get("/healthz").await.status == 200 && lying(hall).is_empty()).await;
        let listed = clerk.get(&format!("/api/v1/files?for=ticket:{}", ticket(hall).await)).await.ok();
        assert_eq!(listed, json!([]));
    }
}

story! {
    async fn the_same_upload_again_is_the_same_file(hall: &Hall) {
        let clerk = hall.person("liu", &[Role::Clerk], Some("district"), None).await;
        let ticket = ticket(hall).await;
        let with_key = |seed| upload(&clerk, ticket, "a.pdf", pdf(9_000, seed)).header("idempotency-key", "scan-00000001");
        let first = hall.reply(with_key(8)).await.ok();
        assert_eq!(hall.reply(with_key(8)).await.ok(), first);
        assert_eq!(hall.reply(with_key(9)).await.code(), "idempotency-key-reused");
        let bad = upload(&clerk, ticket, "a.pdf", pdf(9_000, 8)).header("idempotency-key", "short");
        assert_eq!(hall.reply(bad).await.code(), "invalid-field");
        let together = (0..8).map(|_| {
            hall.reply(upload(&clerk, ticket, "b.pdf", pdf(9_000, 10)).header("idempotency-key", "scan-00000002"))
        });
        let ids: std::collections::HashSet<String> =
            futures_util::future::join_all(together).await.into_iter().map(|r| r.ok()["id"].to_string()).collect();
        assert_eq!(ids.len(), 1, "repetitions that arrive together are one upload");
        let listed = clerk.get(&format!("/api/v1/files?for=ticket:{ticket}")).await.ok();
        assert_eq!(listed.as_array().unwrap().len(), 2);
    }
}

story! {
    async fn two_people_with_the_same_bytes_have_two_files_and_one_place(hall: &Hall) {
        let liu = hall.person("liu", &[Role::Clerk], Some("district"), None).await;
        let wang = hall.person("wang", &[Role::Clerk], Some("district"), None).await;
        let (one, other) = (ticket(hall).await, ticket(hall).await);
        let bytes = pdf(50_000, 11);
        let (first, second) = tokio::join!(
            hall.reply(upload(&liu, one, "mine.pdf", bytes.clone())),
            hall.reply(upload(&wang, other, "yours.pdf", bytes.clone()))
        );
        let (first, second) = (first.ok(), second.ok());
        assert_ne!(first["id"], second["id"]);
        assert_eq!(first["sha256"], second["sha256"]);
        assert_eq!(lying(hall).len(), 1);
        assert_eq!((&first["name"], &second["name"]), (&json!("mine.pdf"), &json!("yours.pdf")));
    }
}

story! {
    async fn names_are_names_and_no_more(hall: &Hall) {
        let clerk = hall.person("liu", &[Role::Clerk], Some("district"), None).await;
        let ticket = ticket(hall).await;
        let named = async |name: &str| {
            hall.reply(upload(&clerk, ticket, name, pdf(4_000, 12))).await.ok()["name"].as_str().unwrap().to_owned()
        };
        assert_eq!(named("../../etc/passwd").await, "passwd");
        let long = named(&format!("{}.pdf", "租".repeat(300))).await;
        assert!(long.chars().count() == 120 && long.ends_with(".pdf"), "{long}");
        assert_eq!(named("").await, "file.pdf");
        assert!(lying(hall).iter().all(|path| path.starts_with(files_folder(&hall.address))));
    }
}

story! {
    async fn a_photograph_has_a_preview_and_a_damaged_file_has_none(hall: &Hall) {
        let clerk = hall.person("liu", &[Role::Clerk], Some("district"), None).await;
        let ticket = ticket(hall).await;
        let photo = hall.reply(upload(&clerk, ticket, "photo.png", png(2400, 1000))).await.ok();
        assert_eq!(photo["has_preview"], true);
        let path = format!("/api/v1/files/{}/preview", photo["id"].as_str().unwrap());
        for _ in 0..2 {
            let response = hall.request(Method::GET, &path).bearer_auth(&clerk.token).send().await.unwrap();
            assert_eq!(response.headers()[header::CONTENT_TYPE], "image/jpeg");
            let preview = image::load_from_memory(&response.bytes().await.unwrap()).unwrap();
            assert_eq!((preview.width(), preview.height()), (1200, 500));
        }
        for bytes in [pdf(4_000, 13), b"\xff\xd8\xff\xe0 a damaged photograph, longer than its head is, to be sure of it".to_vec()] {
            let file = hall.reply(upload(&clerk, ticket, "x", bytes)).await.ok();
            let none = clerk.get(&format!("/api/v1/files/{}/preview", file["id"].as_str().unwrap())).await;
            assert_eq!((none.status, none.code()), (404, "unknown-file"));
        }
    }
}

story! {
    async fn only_those_whom_a_ticket_or_case_concerns_know_its_files(hall: &Hall) {
        let desk = hall.desk("liu", 8).await;
        hall.kiosk().await.ticket("13800138000").await;
        desk.act("open").await.ok();
        let called = desk.act("call-next").await.ok();
        desk.act("serve").await.ok();
        let ticket = called["ticket"]["id"].as_i64().unwrap();
        let file = hall.reply(upload(&desk.person, ticket, "a.pdf", pdf(4_000, 14))).await.ok();
        let path = format!("/api/v1/files/{}", file["id"].as_str().unwrap());

        let elsewhere = hall.person("zhou", &[Role::Clerk], Some("yuanling"), None).await;
        let item = hall.get(&format!("/api/v1/items/{FOOD}")).await.ok();
        let department = item["department"].as_str().unwrap();
        let reviewer = hall.person("chen", &[Role::Reviewer], None, Some(department)).await;
        let supervisor = hall.person("sun", &[Role::Supervisor], None, None).await;
        for stranger in [&elsewhere, &reviewer, &supervisor] {
            assert_eq!(stranger.get(&path).await.code(), "unknown-file", "{}", stranger.username);
            let refused = hall.reply(upload(stranger, ticket, "b.pdf", pdf(4_000, 15))).await;
            assert_eq!(refused.code(), "unknown-ticket", "{}", stranger.username);
        }
        assert_eq!(hall.get(&path).await.code(), "unauthenticated");
        let kiosk = hall.kiosk().await;
        assert_eq!(kiosk.person.get(&path).await.code(), "forbidden");

        let applicant = json!({ "name": "王小明", "id_number": "11010519491231002X", "phone": "13800138000" });
        let answers = crate::case_stories::answers(hall).await;
        let open = json!({ "ticket": ticket, "applicant": applicant, "answers": answers });
        let case = desk.person.post("/api/v1/applications", open).await.ok()["cases"][0].clone();
        assert_eq!(reviewer.get(&path).await.status, 200, "the case brings its papers to the department");
        assert_eq!(supervisor.get(&path).await.status, 200);
        assert_eq!(elsewhere.get(&path).await.code(), "unknown-file");
        let for_case = |person: &Person<'_>| {
            hall.request(Method::POST, "/api/v1/files")
                .query(&[("for", format!("case:{}", case["case_no"].as_str().unwrap())), ("name", "现场.png".to_owned())])
                .bearer_auth(&person.token)
                .body(png(2, 2))
        };
        assert_eq!(hall.reply(for_case(&reviewer)).await.status, 201);
        assert_eq!(hall.reply(for_case(&supervisor)).await.code(), "unknown-case", "supervisors look on");
    }
}

story! {
    async fn a_start_removes_what_a_crash_left_and_not_what_another_server_is_receiving(hall: &Hall) {
        let vault = Vault::new(files_folder(&hall.address));
        vault.open().unwrap();
        let left = files_folder(&hall.address).join("incoming").join("left-by-a-crash");
        std::fs::write(&left, b"%PDF-1.7 half").unwrap();
        let mut receiving = vault.receive().await.unwrap();
        receiving.write(b"%PDF-1.7 on its way").await.unwrap();
        assert_eq!(Vault::new(files_folder(&hall.address)).open().unwrap(), 1);
        assert!(!left.exists());
        let digest = receiving.finish().await.unwrap();
        vault.place(&receiving, &digest).await.unwrap();
        drop(receiving);
        assert_eq!(lying(hall), [vault.path_of(&digest)]);
        assert_eq!(vault.digest_again(&digest).await.unwrap(), (digest, 19));
    }
}

/// A program that ends with the story, however that ends.
struct Running(std::process::Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_large_file_passes_through_without_being_held_in_memory() {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::process::{Command, Stdio};

    const SIZE: u64 = 50 * 1024 * 1024;
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}/hall.db", folder.path().display());
    let hall_server = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hall-server"));
        command.args(["--database", &database]).current_dir(folder.path()).env("RUST_LOG", "warn");
        command
    };
    let credentials = folder.path().join("credentials.json");
    assert!(
        hall_server()
            .args(["sample", "--always-open", "--credentials"])
            .arg(&credentials)
            .output()
            .unwrap()
            .status
            .success()
    );
    let credentials: Value = serde_json::from_slice(&std::fs::read(&credentials).unwrap()).unwrap();
    let mut server =
        Running(hall_server().args(["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().rsplit("http://").next().unwrap().to_owned();

    let client = reqwest::blocking::Client::builder().no_proxy().build().unwrap();
    let clerk = credentials["users"].as_array().unwrap().iter().find(|u| u["username"] == "district.clerk1").unwrap();
    let signed_in: Value = client
        .post(format!("http://{address}/api/v1/sessions"))
        .json(&json!({ "username": clerk["username"], "password": clerk["password"] }))
        .send()
        .unwrap()
        .json()
        .unwrap();
    let kiosk = credentials["devices"].as_array().unwrap().iter().find(|d| d["hall"] == "district").unwrap();
    let ticket: Value = client
        .post(format!("http://{address}/api/v1/halls/district/tickets"))
        .bearer_auth(kiosk["token"].as_str().unwrap())
        .json(&json!({ "item": FOOD, "identification": { "by": "phone", "phone": "13800138000" } }))
        .header("idempotency-key", "take-00000001")
        .send()
        .unwrap()
        .json()
        .unwrap();
    let token = signed_in["token"].as_str().unwrap().to_owned();

    // The most that the process has ever held, in KiB.
    let peak = |server: &Running| -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", server.0.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    let before = peak(&server);
    let mut stream = std::net::TcpStream::connect(&address).unwrap();
    write!(
        stream,
        "POST /api/v1/files?for=ticket:{}&name=plan.pdf HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\
         content-length: {SIZE}\r\nconnection: close\r\n\r\n",
        ticket["id"]
    )
    .unwrap();
    let block: Vec<u8> = (0..1024 * 1024).map(|n: u32| (n % 241) as u8).collect();
    let mut hash = Sha256::new();
    for n in 0..SIZE / block.len() as u64 {
        let mut block = block.clone();
        block[..8].copy_from_slice(&n.to_be_bytes());
        if n == 0 {
            block[..9].copy_from_slice(b"%PDF-1.7\n");
        }
        hash.update(&block);
        if stream.write_all(&block).is_err() {
            break;
        }
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer} (ticket {ticket}, session {signed_in})");
    let file: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    let sent: String = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(file["sha256"], sent);
    let uploaded = peak(&server);

    let url = format!("http://{address}/api/v1/files/{}", file["id"].as_str().unwrap());
    let mut download = client.get(url).bearer_auth(&token).send().unwrap();
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = download.read(&mut buffer).unwrap();
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
    }
    let came: String = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(came, sent);
    let downloaded = peak(&server);
    eprintln!("peak memory: {before} KiB before, {uploaded} KiB after 50 MB in, {downloaded} KiB after 50 MB out");
    assert!(downloaded - before < 10 * 1024, "{before} → {uploaded} → {downloaded} KiB");
}
