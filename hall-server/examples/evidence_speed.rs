//! How long evidence takes: `cargo run --release -p hall-server --example evidence_speed [EVENTS]`.
//!
//! Fills a chain of that many events (a million by default) in a fresh SQLite database, then times a first head, a head
//! over 10,000 more, the proofs of a case of 30 events, and `verify`.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use hall_server::catalogue::sample;
use hall_server::clock::SetClock;
use hall_server::commands::verify::verify;
use hall_server::engine::chain::{self, Draft};
use hall_server::evidence::keys::{Algorithm, Key};
use hall_server::evidence::signer::When;
use hall_server::evidence::{Setup, Signer, proof};
use hall_server::metrics::Metrics;
use hall_server::store::{Store, events, queue};

const HALL: &str = "district";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let events_wanted: i64 = std::env::args().nth(1).map_or(Ok(1_000_000), |text| text.parse())?;
    let folder = tempfile::tempdir()?;
    let store = Store::connect(&format!("sqlite://{}/hall.db", folder.path().display())).await?;
    store.migrate().await?;
    sample::load(&store, sample::Options { always_open: true }, 1_795_485_600_000).await?;
    let clock = SetClock::at(1_795_485_600_000);
    let key = Arc::new(Key::generate(Algorithm::Ed25519)?);
    let public = vec![key.public().clone()];
    let setup = Setup { key, period: 3_600_000, heads_to: None };
    let signer = Signer::new(store.clone(), Arc::new(clock.clone()), Arc::new(Metrics::default()), setup);

    let started = Instant::now();
    grow(&store, events_wanted).await?;
    println!("{events_wanted} events written in {:.1?}", started.elapsed());
    let started = Instant::now();
    signer.sign(When::Changed).await?;
    println!("first head over all of them: {:.1?}", started.elapsed());
    grow(&store, events_wanted + 10_000).await?;
    let started = Instant::now();
    let head = signer.sign(When::Changed).await?.ok_or("no head was signed")?;
    println!("head after 10,000 more: {:.1?}, {} bytes", started.elapsed(), head.to_line().len());

    let mut connection = store.reader().acquire().await?;
    let mut own = Vec::new();
    for n in 0..30 {
        own.extend(events::after(&mut connection, HALL, n * events_wanted / 30, 1).await?);
    }
    let started = Instant::now();
    let proof = proof::prove(&mut connection, &own, &head).await?;
    let size = serde_json::to_vec(&proof)?.len();
    println!("proofs of {} events: {:.1?}, {size} bytes", own.len(), started.elapsed());
    drop(connection);

    let started = Instant::now();
    let found = verify(&store, &BTreeMap::new(), &public).await?;
    println!("verify: {:.1?}, whole: {}", started.elapsed(), found.is_whole());
    store.close().await;
    Ok(())
}

/// Lets the hall's chain grow to a turn with events such as a day has.
async fn grow(store: &Store, turn: i64) -> Result<(), Box<dyn Error>> {
    let mut at = 0;
    while at < turn {
        let mut tx = store.begin_write().await?;
        let there = queue::turn(&mut tx, HALL).await?.ok_or("the sample has no such hall")?;
        let (mut head, until) = (there.chain_head, turn.min(there.last + 20_000));
        let mut new = Vec::new();
        for turn in there.last + 1..=until {
            let body = format!(
                r#"{{"item":"SAMPLE-440304-01-0001","kind":"ticket-taken","number":"A{turn}","ticket":{turn}}}"#
            );
            let draft = Draft {
                turn,
                at: 1_795_485_600_000 + turn,
                kind: "ticket-taken".to_owned(),
                actor: "device:district-kiosk-1".to_owned(),
                on_behalf: String::new(),
                subject: format!("ticket:{turn}"),
                body,
            };
            let sealed = chain::seal(HALL, draft, &head);
            head.clone_from(&sealed.hash);
            new.push(sealed);
        }
        events::add(&mut tx, &new).await?;
        queue::give_turn(&mut tx, HALL, until, &head).await?;
        tx.commit().await?;
        at = until;
    }
    Ok(())
}
