//! A hall with two departments that decide in systems of their own.

use std::path::Path;
use std::sync::Arc;

use exchange::envelope::Envelope;
use exchange::messages::{DepartmentMessage, HallMessage, HandOver, HandedApplicant, HandedDocument};
use exchange::settings::Systems;
use exchange::signing::{Keys, Kind, USUAL_IDENTITY};
use exchange::stand_in::control::HandedCase;
use exchange::stand_in::{Control, Lie, Line, Running, Said, Say, StandIn};
use hall_server::clock::Clock;
use hall_server::config::Settings;
use hall_server::exchange::handover::Place;
use hall_server::exchange::outbound::Sender;
use hall_server::store::catalogue::{self, Content};
use hall_server::store::exchange::{self as store, Kept, OutboxRow};
use hall_server::store::{Store, halls};
use protocol::case::DocumentStatus;
use protocol::catalogue::{BranchRule, SpecialKind, SpecialRule, Text};
use serde_json::Value;

use super::{Desk, Hall, Reply};
use crate::case_stories::accepted;

/// Department codes of the sample.
pub(crate) const MARKET: &str = "SAMPLE-440304-01";
pub(crate) const HEALTH: &str = "SAMPLE-440304-02";

const SECRET: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const HALL_PRIVATE: &str = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8";
const HALL_PUBLIC: &str = "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
                           ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
const HEALTH_PRIVATE: &str = "46bd9bbf7d43e39a359e7f1f2306d672724e035ee25be91cff358b233e048859";
const HEALTH_PUBLIC: &str = "04d63d40034d089b94194eba27435a839b4ad7d60d30b60823166e0468b7d37700\
                             b3cef4cc0e3eea3c404ea9fdeba1f7776c14969a5c850a8c535fcf1904927579";

/// A server that hands cases over, and the two departments' systems: one with a shared secret, one with key pairs.
pub(crate) struct Exchanging {
    pub(crate) hall: Hall,
    pub(crate) market: Running,
    pub(crate) health: Running,
    pub(crate) sender: Sender,
}

impl Exchanging {
    /// Serves a hall's database beside the server that is there.
    pub(crate) async fn beside(first: &Hall) -> Exchanging {
        let market = stand_in(first, "market", Keys::shared("2026", Kind::HmacSm3, SECRET).unwrap()).await;
        let keys = Keys::sm2("2026", USUAL_IDENTITY, HEALTH_PRIVATE, HALL_PUBLIC).unwrap();
        let health = stand_in(first, "health", keys).await;
        let hall = serve(first, &market, &health).await;
        for (name, running) in [("market", &market), ("health", &health)] {
            let address = format!("{}/api/v1/exchange/{name}", hall.base);
            running.obey(Control::Hall { address }).await.unwrap();
        }
        let sender = Sender::new(hall.state.clone()).unwrap();
        Exchanging { hall, market, health, sender }
    }

    /// A second server with the same systems.
    pub(crate) async fn another_sender(&self) -> (Hall, Sender) {
        let hall = serve(&self.hall, &self.market, &self.health).await;
        let sender = Sender::new(hall.state.clone()).unwrap();
        (hall, sender)
    }

    /// Puts a message about a case into the outbox, as the engine does in the transaction of a change.
    pub(crate) async fn put(&self, system: &str, case_no: &str, turn: i64, message: &HallMessage) -> OutboxRow {
        let place = Place { hall: "district", case_no, turn, now: self.hall.clock.now() };
        let row = place.row(system, message);
        let mut tx = self.hall.store.begin_write().await.unwrap();
        store::put_outbox(&mut tx, std::slice::from_ref(&row)).await.unwrap();
        tx.commit().await.unwrap();
        row
    }

    /// A case that both departments decide in their own systems, which have it already.
    pub(crate) async fn decides(first: &Hall) -> (Desk<'_>, Value, Exchanging) {
        publish_with_systems(first).await;
        let (desk, case) = accepted(first).await;
        let world = Exchanging::beside(first).await;
        assert_eq!(world.sender.send_due().await.unwrap(), 2);
        (desk, case, world)
    }

    /// Puts a hand-over into the outbox and has it delivered.
    pub(crate) async fn hand_over(&self, system: &str, case_no: &str, turn: i64) {
        self.put(system, case_no, turn, &case_accepted()).await;
        assert_eq!(self.sender.send_due().await.unwrap(), 1);
    }

    /// A message as the market department's system sends it: its text and the signature's header.
    pub(crate) fn signed_by_market(
        &self,
        case_no: &str,
        sequence: i64,
        message: &DepartmentMessage,
    ) -> (String, String) {
        let (kind, body) = message.parts();
        let envelope = Envelope {
            message_id: format!("market-{sequence}"),
            from: "market".to_owned(),
            to: "hall".to_owned(),
            sent_at: self.hall.clock.now(),
            kind,
            case_no: case_no.to_owned(),
            sequence,
            body,
        };
        let text = envelope.canonical().unwrap();
        let header = Keys::shared("2026", Kind::HmacSm3, SECRET).unwrap().header(&text);
        (text, header)
    }

    pub(crate) async fn post_from_market(&self, (text, signature): &(String, String)) -> Reply {
        let request = self.hall.request(reqwest::Method::POST, "/api/v1/exchange/market");
        self.hall.reply(request.header(exchange::SIGNATURE, signature).body(text.clone())).await
    }

    pub(crate) async fn kept(&self, id: &str) -> Kept {
        let mut connection = self.hall.store.reader().acquire().await.unwrap();
        store::one(&mut connection, id).await.unwrap().unwrap()
    }

    pub(crate) async fn close(self) {
        self.market.stop();
        self.health.stop();
        drop(self.sender);
        self.hall.close().await;
    }
}

/// What a case that was accepted looks like to a department.
pub(crate) fn case_accepted() -> HallMessage {
    HallMessage::CaseAcceptedForReview(Box::new(HandOver {
        item: super::FOOD.to_owned(),
        item_version: 1,
        item_name: "食品经营许可".to_owned(),
        department: MARKET.to_owned(),
        round: 1,
        applicant: HandedApplicant {
            name: "王小明".to_owned(),
            id_number: "11010519491231002X".to_owned(),
            phone: "13800138000".to_owned(),
        },
        documents: vec![HandedDocument {
            key: "d1".to_owned(),
            name: "营业执照".to_owned(),
            status: DocumentStatus::Provided,
            files: Vec::new(),
        }],
        due_on: Some("2026-12-08".to_owned()),
        ..HandOver::default()
    }))
}

/// The food licence, its two reviews done in the departments' own systems.
pub(crate) async fn publish_with_systems(hall: &Hall) {
    let mut item = catalogue::item(&hall.store, super::FOOD).await.unwrap().unwrap();
    item.version += 1;
    item.branches = [(MARKET, "market"), (HEALTH, "health")]
        .map(|(department, system)| BranchRule { system: system.to_owned(), ..BranchRule::of(department) })
        .into();
    let procedure = SpecialRule { kind: SpecialKind::ExpertReview, basis: Text::default(), longest_days: 30 };
    item.special_procedures = vec![procedure];
    item.review_days = 7;
    item.deferred_days = 10;
    item.documents[0].deferrable = true;
    let content = Content { item, area_code: String::new() };
    let mut tx = hall.store.begin_write().await.unwrap();
    catalogue::publish(&mut tx, &[content], hall.clock.now()).await.unwrap();
    halls::touch_all(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
}

async fn stand_in(hall: &Hall, name: &str, keys: Keys) -> Running {
    let clock = hall.clock.clone();
    let stand_in = StandIn {
        name: name.to_owned(),
        hall: "hall".to_owned(),
        hall_address: String::new(),
        keys,
        window: 300_000,
        clock: Arc::new(move || clock.now()),
        automatic: None,
    };
    let free = "127.0.0.1:0".parse().unwrap();
    stand_in.start(free, free).await.unwrap()
}

async fn serve(first: &Hall, market: &Running, health: &Running) -> Hall {
    let file = format!(
        "[[systems]]\nname = \"market\"\ndepartment = \"{MARKET}\"\naddress = \"http://{}/exchange\"\ntimeout_seconds = 1\n\
         [[systems.keys]]\nid = \"2026\"\nsigning = \"hmac-sm3\"\nsecret = \"{SECRET}\"\n\
         [[systems]]\nname = \"health\"\ndepartment = \"{HEALTH}\"\naddress = \"http://{}/exchange\"\ntimeout_seconds = 5\n\
         [[systems.keys]]\nid = \"2026\"\nsigning = \"sm2-sm3\"\nprivate_key = \"{HALL_PRIVATE}\"\n\
         their_public_key = \"{HEALTH_PUBLIC}\"\n",
        market.address, health.address
    );
    let systems = Systems::parse(&file, "systems.toml", Path::new(".")).unwrap();
    let settings = Settings { public_url: "http://hall.test".to_owned(), systems, ..Settings::default() };
    let store = Store::connect(&first.address).await.unwrap();
    Hall::serve_with(&first.address, store, first.clock.clone(), settings).await
}

/// How a department's system behaves.
pub(crate) trait Told {
    async fn line(&self, line: Line);
    async fn say(&self, case_no: &str, messages: &[DepartmentMessage]) -> Vec<Said>;
    async fn lie(&self, case_no: &str, messages: &[DepartmentMessage], lie: Lie) -> Vec<Said>;
    fn handed(&self, case_no: &str) -> HandedCase;
}

impl Told for Running {
    async fn line(&self, line: Line) {
        self.obey(Control::Line { line }).await.unwrap();
    }

    async fn say(&self, case_no: &str, messages: &[DepartmentMessage]) -> Vec<Said> {
        self.obey(Control::Say(saying(case_no, messages))).await.unwrap()
    }

    async fn lie(&self, case_no: &str, messages: &[DepartmentMessage], lie: Lie) -> Vec<Said> {
        self.obey(Control::Say(Say { lie: Some(lie), ..saying(case_no, messages) })).await.unwrap()
    }

    fn handed(&self, case_no: &str) -> HandedCase {
        self.status().cases.get(case_no).cloned().unwrap_or_default()
    }
}

pub(crate) fn saying(case_no: &str, messages: &[DepartmentMessage]) -> Say {
    Say { case_no: case_no.to_owned(), messages: messages.to_vec(), times: 1, backwards: false, lie: None }
}

pub(crate) fn approved() -> DepartmentMessage {
    DepartmentMessage::Approved { opinion: "同意".to_owned(), by: "李雷".to_owned() }
}

pub(crate) fn progress(text: &str) -> DepartmentMessage {
    DepartmentMessage::Progress { text: text.to_owned() }
}

/// What was answered to each message.
pub(crate) fn answers(said: &[Said]) -> Vec<(u16, &str)> {
    said.iter().map(|said| (said.status, said.answer.as_str())).collect()
}

/// Kinds of the events in a case's history as its JSON shows them.
pub(crate) fn kinds(case: &Value) -> Vec<&str> {
    case["history"].as_array().unwrap().iter().map(|entry| entry["kind"].as_str().unwrap()).collect()
}
