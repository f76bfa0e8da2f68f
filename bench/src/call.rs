//! Tickets called from many desks at once: each finishes its ticket and calls the next.

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;
use std::time::{Duration, Instant};

use protocol::queue::QueueSnapshot;
use serde_json::json;
use tests::Result;
use tests::world::HALL;
use tokio::task::LocalSet;

use crate::connection::{Connection, Latencies, find, post};
use crate::hall::Hall;
use crate::report::{Goal, Report};
use crate::take;

const DESKS: usize = 32;
const MEASURED: Duration = Duration::from_secs(8);
/// Tickets are taken for this long at a time, until there are enough.
const TAKING: Duration = Duration::from_secs(5);
/// More than the desks can call while measuring.
const TICKETS: u64 = 40_000;

pub(crate) async fn measure() -> Result<Report> {
    let hall = Hall::open().await?;
    while hall.taken_today().await? < TICKETS {
        take::take_for(&hall, TAKING).await?;
    }
    let desks = open_desks(&hall, DESKS).await?;
    let tally = Rc::new(RefCell::new(Tally {
        latencies: Latencies::new()?,
        called: HashSet::new(),
        duplicates: 0,
        exhausted: false,
    }));
    let (before, started) = (hall.world.server_time()?, Instant::now());
    let clients = LocalSet::new();
    let mut running = Vec::new();
    for desk in desks {
        let connection = Connection::open(&hall.address).await?;
        running.push(clients.spawn_local(call_until(connection, desk, started + MEASURED, Rc::clone(&tally))));
    }
    clients.await;
    for client in running {
        client.await??;
    }
    let time = started.elapsed().as_secs_f64();
    let used = hall.world.server_time()? - before;
    let tally = tally.borrow();
    hall.verify()?;
    Ok(Report::new("call")
        .figure("per_second", tally.latencies.count() as f64 / time, Goal::AtLeast(2000.0), "6.7")
        .figure("p50_ms", tally.latencies.percentile(50.0), Goal::None, "")
        .figure("p99_ms", tally.latencies.percentile(99.0), Goal::None, "")
        .figure("server_us_each", take::micros_each(used, tally.latencies.count()), Goal::None, "")
        .figure("duplicates", tally.duplicates as f64, Goal::Exactly(0.0), "51 tickets on 28 numbers"))
}

#[derive(Debug)]
struct Tally {
    latencies: Latencies,
    called: HashSet<String>,
    duplicates: usize,
    /// A line has run out of tickets: the measurement is over.
    exhausted: bool,
}

/// An open window and who is at it.
#[derive(Debug, Clone)]
pub(crate) struct Desk {
    pub(crate) window: i64,
    pub(crate) token: String,
}

/// Adds a clerk for each desk, signs them in and opens their windows, spread over all of the hall's windows.
pub(crate) async fn open_desks(hall: &Hall, count: usize) -> Result<Vec<Desk>> {
    let queue: QueueSnapshot = hall.world.api.get(&format!("/api/v1/halls/{HALL}/queue")).await?.ok()?;
    let windows = queue.windows.len();
    if windows < count {
        return Err(format!("the hall has {windows} windows, too few for {count} desks").into());
    }
    let mut desks = Vec::new();
    for desk in 0..count {
        let window = queue.windows[desk * windows / count].number;
        let username = format!("bench.clerk{desk}");
        let password = hall.add_clerk(&username)?;
        let credentials = json!({ "username": username, "password": password });
        let session: protocol::staff::Session = hall.world.api.post("/api/v1/sessions", &credentials).await?.ok()?;
        let api = hall.world.api.with_token(session.token.clone());
        let open = format!("/api/v1/halls/{HALL}/windows/{window}/open");
        api.post(&open, &json!({})).await?.ok::<serde_json::Value>()?;
        desks.push(Desk { window, token: session.token });
    }
    Ok(desks)
}

/// The bytes of one call from this desk; what it had before is completed.
pub(crate) fn call_next(desk: &Desk, key: &str) -> Vec<u8> {
    let path = format!("/api/v1/halls/{HALL}/windows/{}/call-next", desk.window);
    post(&path, &desk.token, key, r#"{"finish":"completed"}"#)
}

async fn call_until(mut connection: Connection, desk: Desk, end: Instant, tally: Rc<RefCell<Tally>>) -> Result<()> {
    let mut calls = 0_u64;
    while Instant::now() < end && !tally.borrow().exhausted {
        calls += 1;
        let request = call_next(&desk, &format!("call-{}-{calls}", desk.window));
        let sent = Instant::now();
        let answer = connection.exchange(&request).await?;
        if answer.status == 409 && find(answer.body, b"nobody-waiting").is_some() {
            tally.borrow_mut().exhausted = true;
            break;
        }
        if answer.status != 200 {
            let body = String::from_utf8_lossy(answer.body);
            return Err(format!("a call was answered with {}: {body}", answer.status).into());
        }
        let number = take::number(answer.body).ok_or("a called ticket without a number")?;
        let mut tally = tally.borrow_mut();
        tally.latencies.since(sent);
        if !tally.called.insert(number.to_owned()) {
            tally.duplicates += 1;
        }
    }
    Ok(())
}
