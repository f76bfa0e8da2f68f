//! The server dies in the middle of taking a ticket; the kiosk asks again and gets the same one.

use protocol::queue::{QueueSnapshot, Ticket};
use serde_json::json;
use tests::Result;
use tests::api::Answer;
use tests::world::{HALL, World};

/// How often the server is killed: the blow falls at another moment each time.
const BLOWS: usize = 6;
/// Kiosks that are taking tickets when it falls.
const KIOSKS: usize = 8;

#[tokio::test]
async fn a_server_killed_in_the_middle_of_taking_gives_the_same_tickets_after_it_is_back() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut world = World::open(folder.path()).await?;
    survives_blows(&mut world).await
}

#[tokio::test]
async fn on_postgresql_too() -> Result<()> {
    let Ok(server) = std::env::var("HALL_TEST_POSTGRES") else {
        assert!(std::env::var("CI").is_err(), "in CI it is told on PostgreSQL too: set HALL_TEST_POSTGRES");
        println!("left out: HALL_TEST_POSTGRES names no server; `cargo xtask test journeys` starts one");
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    let mut world = World::open_at(folder.path(), &server).await?;
    survives_blows(&mut world).await
}

async fn survives_blows(world: &mut World) -> Result<()> {
    let path = format!("/api/v1/halls/{HALL}/tickets");
    let kiosk = world.api.with_token(world.credentials.kiosk(HALL)?.token.clone());
    let catalogue: protocol::catalogue::Catalogue =
        world.api.get(&format!("/api/v1/halls/{HALL}/catalogue")).await?.ok()?;
    let item = catalogue
        .items
        .iter()
        .find(|item| {
            let open = catalogue.offers.iter().any(|offer| offer.item == item.code && offer.open);
            open && item.identity == protocol::catalogue::IdentityRule::Optional
        })
        .ok_or("the sample has no item that anybody may take a ticket for")?;
    let body = json!({ "item": item.code, "identification": { "by": "anonymous" }, "language": "zh" });

    let mut answered: Vec<(String, Ticket)> = Vec::new();
    let mut unanswered: Vec<String> = Vec::new();
    for blow in 0..BLOWS {
        let mut under_way = tokio::task::JoinSet::new();
        for number in 0..KIOSKS {
            let (kiosk, path, body) = (kiosk.clone(), path.clone(), body.clone());
            under_way.spawn(async move {
                let mut outcomes = Vec::new();
                for attempt in 0.. {
                    let key = format!("blow-{blow}-{number}-{attempt}");
                    match kiosk.post_once(&path, &key, &body).await.and_then(Answer::ok::<Ticket>) {
                        Ok(ticket) => outcomes.push((key, Some(ticket))),
                        Err(_) => {
                            outcomes.push((key, None));
                            return outcomes;
                        }
                    }
                }
                outcomes
            });
        }
        // The blow falls when the hall has counted some more tickets, never at the same one twice.
        let enough = answered.len() as i64 + 3 + 7 * blow as i64;
        let api = world.api.clone();
        tests::until::until("tickets to be under way", async || {
            let queue: QueueSnapshot = api.get(&format!("/api/v1/halls/{HALL}/queue")).await?.ok()?;
            let taken: i64 = queue.lines.iter().map(|line| line.taken_today).sum();
            Ok((taken >= enough).then_some(()))
        })
        .await?;
        world.kill_server()?;
        for (key, ticket) in under_way.join_all().await.into_iter().flatten() {
            match ticket {
                Some(ticket) => answered.push((key, ticket)),
                None => unanswered.push(key),
            }
        }
        world.restart_server().await?;
        for key in unanswered.drain(..) {
            let ticket: Ticket = kiosk.post_once(&path, &key, &body).await?.ok()?;
            answered.push((key, ticket));
        }
    }

    for (key, first) in &answered {
        let again: Ticket = kiosk.post_once(&path, key, &body).await?.ok()?;
        assert_eq!((again.id, &again.number), (first.id, &first.number), "the ticket of {key}");
    }
    let mut numbers: Vec<&str> = answered.iter().map(|(_, ticket)| ticket.number.as_str()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), answered.len(), "a number was given twice");
    let queue: QueueSnapshot = world.api.get(&format!("/api/v1/halls/{HALL}/queue")).await?.ok()?;
    let taken: i64 = queue.lines.iter().map(|line| line.taken_today).sum();
    assert_eq!(taken, answered.len() as i64, "a ticket was taken that nobody got, or the other way round");
    Ok(())
}
