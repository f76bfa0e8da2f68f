//! The files of handed-over documents.

use exchange::stand_in::Line;
use protocol::exchange::OutboxState;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::case_stories::{check_all, opened, step, take};
use crate::support::exchange::{Exchanging, Told, publish_with_systems};
use crate::support::{Desk, Hall};

fn pdf(text: &str) -> Vec<u8> {
    format!("%PDF-1.7\n{}\n%%EOF\n", text.repeat(50_000)).into_bytes()
}

/// A scan of the case's first document, attached to it.
pub(crate) async fn attached(desk: &Desk<'_>, case: &Value, bytes: &[u8]) {
    let hall = desk.person.hall;
    let subject = format!("case:{}", case["case_no"].as_str().unwrap());
    let upload = hall.request(Method::POST, "/api/v1/files").query(&[("for", subject.as_str()), ("name", "scan.pdf")]);
    let file = hall.reply(upload.bearer_auth(&desk.person.token).body(bytes.to_vec())).await.ok();
    let digest: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let file = json!({ "id": file["id"], "digest": digest });
    let step = json!({ "step": "attach-file", "document": case["documents"][0]["key"], "file": file });
    take(&desk.person, case, step).await.ok();
}

/// What lies at an address that a message gave.
async fn fetched(hall: &Hall, file: &Value) -> reqwest::Response {
    let path = file["fetch"].as_str().unwrap().strip_prefix("http://hall.test").unwrap();
    hall.request(Method::GET, path).send().await.unwrap()
}

story! {
    async fn a_file_is_handed_over_by_an_address_that_gives_it_once(hall: &Hall) {
        publish_with_systems(hall).await;
        let (desk, case) = opened(hall).await;
        check_all(&desk.person, &case, "provided").await;
        let scan = pdf("营业执照");
        attached(&desk, &case, &scan).await;
        step(&desk.person, &case, "accept", "").await.ok();
        let case_no = case["case_no"].as_str().unwrap();
        let world = Exchanging::beside(hall).await;
        world.market.line(Line::Cutting).await;
        assert_eq!(world.sender.send_due().await.unwrap(), 1, "the other department has it");
        world.market.line(Line::Well).await;
        hall.clock.advance(30_000);
        assert_eq!(world.sender.send_due().await.unwrap(), 1);
        let handed = world.market.handed(case_no);
        assert_eq!((handed.messages.len(), handed.messages[0].times), (1, 2), "the addresses stay the same");

        let file = &handed.messages[0].body["documents"][0]["files"][0];
        assert_eq!((&file["media_type"], &file["size"]), (&json!("application/pdf"), &json!(scan.len())));
        let others = world.health.handed(case_no).messages[0].body["documents"][0]["files"][0].clone();
        assert_ne!(others["fetch"], file["fetch"], "each department has an address of its own");
        let answer = fetched(&world.hall, file).await;
        assert_eq!(answer.bytes().await.unwrap(), scan);
        let mut again = fetched(&world.hall, file).await.status();
        // The last byte may be with the department a moment before that is noted.
        for _ in 0..100 {
            if again == 410 { break; }
            tokio::task::yield_now().await;
            again = fetched(&world.hall, file).await.status();
        }
        assert_eq!(again, 410);
        assert_eq!(fetched(&world.hall, &others).await.bytes().await.unwrap(), scan);
        let guessed = world.hall.get("/api/v1/exchange/documents/guessed").await;
        assert_eq!(guessed.code(), "not-found");
        world.close().await;
    }
}

story! {
    async fn a_scan_that_comes_later_is_handed_on(hall: &Hall) {
        let (desk, case, world) = Exchanging::decides(hall).await;
        let case_no = case["case_no"].as_str().unwrap();
        let scan = pdf("平面图");
        attached(&desk, &case, &scan).await;
        assert_eq!(world.sender.send_due().await.unwrap(), 2);
        let supplement = world.health.handed(case_no).messages[1].clone();
        assert_eq!(supplement.kind, "documents-supplemented");
        let file = &supplement.body["documents"][0]["files"][0];
        assert_eq!(fetched(&world.hall, file).await.bytes().await.unwrap(), scan);
        let kept = world.kept(&supplement.message_id).await;
        assert_eq!(kept.state, OutboxState::Sent);
        world.close().await;
    }
}
