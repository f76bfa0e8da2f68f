//! What `docs/exchange.md` shows is what the program does. The signatures there were made with OpenSSL.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;

use exchange::answer::Acknowledgement;
use exchange::envelope::Envelope;
use exchange::messages::{DepartmentMessage, HallMessage};
use exchange::settings::Systems;
use exchange::signing::{Keys, Kind};
use exchange::stand_in::Control;

const SECRET: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

fn page() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/exchange.md")).unwrap()
}

/// The blocks of a language, in order.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    page.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn the_example_is_signed_as_shown() {
    let page = page();
    let json = blocks(&page, "json");
    let (_, canonical) = Envelope::read(json[0].as_bytes()).unwrap();
    assert!(page.contains(&format!("```\n{canonical}\n```")), "{canonical}");
    for kind in [Kind::HmacSm3, Kind::HmacSha256] {
        let header = Keys::shared("2026", kind, SECRET).unwrap().header(&canonical);
        assert!(page.contains(&format!("exchange-signature: {header}\n")), "{header}");
    }
    serde_json::from_str::<Acknowledgement>(&json[1]).unwrap();
}

#[test]
fn every_message_is_described_as_it_is_read() {
    let page = page();
    let json = blocks(&page, "json");
    let handed = HallMessage::parse("case-accepted-for-review", &serde_json::from_str(&json[2]).unwrap()).unwrap();
    let (_, body) = handed.parts();
    assert_eq!(body, serde_json::from_str::<serde_json::Value>(&json[2]).unwrap(), "nothing shown is dropped");
    for kind in HallMessage::KINDS {
        assert!(page.contains(&format!("### `{kind}`")), "{kind}");
    }
    for kind in DepartmentMessage::KINDS {
        let row = page.lines().find(|line| line.starts_with(&format!("| `{kind}` |"))).unwrap_or_default();
        let body = row.split('`').nth(3).unwrap_or_default();
        let body = serde_json::from_str(body).unwrap_or_else(|e| panic!("{kind}: {e}: {body}"));
        DepartmentMessage::parse(kind, &body).unwrap();
    }
}

#[test]
fn the_systems_file_is_taken_once_its_keys_are_there() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("market.key"), SECRET).unwrap();
    let private = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8";
    std::fs::write(folder.path().join("hall-sm2.key"), private).unwrap();
    let public = "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
                  ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
    let text = blocks(&page(), "toml")[0].replace("04…", public);
    let systems = Systems::parse(&text, "systems.toml", folder.path()).unwrap();
    assert_eq!(systems.iter().map(|system| system.name.as_str()).collect::<Vec<_>>(), ["health", "market"]);
}

#[test]
fn every_order_to_the_stand_in_is_taken() {
    let page = page();
    let orders: Vec<&str> =
        page.lines().filter_map(|line| line.strip_prefix("| `{\"do\"")?.split('`').next()).collect();
    assert_eq!(orders.len(), 4);
    for order in orders {
        let order = format!("{{\"do\"{order}");
        serde_json::from_str::<Control>(&order).unwrap_or_else(|e| panic!("{order}: {e}"));
    }
}
