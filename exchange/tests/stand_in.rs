//! The stand-in as a program: started, spoken to as by a hall, told what to do.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use exchange::answer::Outcome;
use exchange::client::{self, Failure};
use exchange::envelope::Envelope;
use exchange::signing::{Keys, Kind};
use serde_json::{Value, json};

const SECRET: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

struct Program {
    child: Child,
    address: String,
    control: String,
    _folder: tempfile::TempDir,
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn started() -> Program {
    let folder = tempfile::tempdir().unwrap();
    let config = format!(
        "name = \"market\"\nhall_address = \"http://127.0.0.1:1/api/v1/exchange/market\"\n\
         keys = {{ id = \"2026\", signing = \"hmac-sm3\", secret = \"{SECRET}\" }}\n"
    );
    let path = folder.path().join("market.toml");
    std::fs::write(&path, config).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_department-stand-in"))
        .arg("--config")
        .arg(&path)
        .env("RUST_LOG", "off")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let address = lines.next().unwrap().strip_prefix("listening on ").unwrap().to_owned();
    let control = lines.next().unwrap().strip_prefix("control on ").unwrap().to_owned();
    Program { child, address: format!("{address}/exchange"), control, _folder: folder }
}

fn now() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "the program started here has the machine's clock")]
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(now.as_millis()).unwrap()
}

fn withdrawn(id: &str, sequence: i64) -> Envelope {
    Envelope {
        message_id: id.to_owned(),
        from: "hall".to_owned(),
        to: "market".to_owned(),
        sent_at: now(),
        kind: "case-withdrawn".to_owned(),
        case_no: "4403".to_owned(),
        sequence,
        body: json!({ "reason": "申请人撤回" }),
    }
}

fn accepted(id: &str, sequence: i64) -> Envelope {
    let body = json!({
        "item": "I", "item_version": 1, "item_name": "事项", "department": "D", "round": 1,
        "applicant": { "name": "甲", "id_number": "1" }, "documents": [],
    });
    Envelope { kind: "case-accepted-for-review".to_owned(), body, ..withdrawn(id, sequence) }
}

#[tokio::test]
async fn it_takes_what_a_hall_signs_once_and_refuses_what_it_does_not_know() {
    let program = started();
    let http = client::client().unwrap();
    let keys = Keys::shared("2026", Kind::HmacSm3, SECRET).unwrap();
    let send = async |envelope: &Envelope, keys: &Keys| {
        client::send(&http, &program.address, keys, envelope, Duration::from_secs(5)).await
    };
    let refused = |answer: Result<_, Failure>| match answer {
        Err(Failure::Refused { status, code, .. }) => (status, code),
        other => panic!("{other:?}"),
    };
    let outcome = |answer: Result<exchange::answer::Acknowledgement, Failure>| answer.unwrap().outcome;

    assert_eq!(refused(send(&withdrawn("m-0", 1), &keys).await), (404, "unknown-case".to_owned()));
    assert_eq!(outcome(send(&accepted("m-1", 5), &keys).await), Outcome::Applied);
    assert_eq!(outcome(send(&accepted("m-1", 5), &keys).await), Outcome::Repeated);
    assert_eq!(refused(send(&accepted("m-1", 6), &keys).await), (409, "message-id-reused".to_owned()));
    assert_eq!(outcome(send(&withdrawn("m-2", 4), &keys).await), Outcome::Overtaken);
    let stranger = Keys::shared("2026", Kind::HmacSm3, &"ab".repeat(32)).unwrap();
    assert_eq!(refused(send(&withdrawn("m-3", 9), &stranger).await), (401, "wrong-signature".to_owned()));

    let known: Value = http.get(&program.control).send().await.unwrap().json().await.unwrap();
    let messages = known["cases"]["4403"]["messages"].as_array().unwrap();
    assert_eq!((messages.len(), &messages[0]["times"]), (1, &json!(2)));
    assert_eq!(known["cases"]["4403"]["withdrawn"], json!(false));
}

#[tokio::test]
async fn it_is_away_when_told() {
    let program = started();
    let http = client::client().unwrap();
    let keys = Keys::shared("2026", Kind::HmacSm3, SECRET).unwrap();
    let temporary = async |line: Value| {
        let order = json!({ "do": "line", "line": line });
        assert!(http.post(&program.control).json(&order).send().await.unwrap().status().is_success());
        let sent = client::send(&http, &program.address, &keys, &accepted("m-1", 5), Duration::from_millis(500)).await;
        match sent {
            Err(Failure::Temporary(why)) => why,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(temporary(json!({ "is": "hanging" })).await, "no answer in time");
    assert_eq!(temporary(json!({ "is": "slow", "millis": 60_000 })).await, "no answer in time");
    assert_eq!(temporary(json!({ "is": "failing", "status": 503 })).await, "status 503");
    assert_eq!(temporary(json!({ "is": "cutting" })).await, "the connection was cut");
    assert_eq!(temporary(json!({ "is": "refusing" })).await, "the connection was cut");
    let unknown = http.post(&program.control).json(&json!({ "do": "explode" })).send().await.unwrap();
    assert!(unknown.status().is_client_error());
    // What it took before the line was cut is there.
    let known: Value = http.get(&program.control).send().await.unwrap().json().await.unwrap();
    assert_eq!(known["cases"]["4403"]["messages"][0]["times"], json!(1));
    let order = json!({ "do": "line", "line": { "is": "well" } });
    http.post(&program.control).json(&order).send().await.unwrap();
    let again = client::send(&http, &program.address, &keys, &accepted("m-1", 5), Duration::from_secs(5)).await;
    assert_eq!(again.unwrap().outcome, Outcome::Repeated);
}
