//! Tickets taken by many kiosks of one hall at once.

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tests::Result;
use tests::world::HALL;
use tokio::task::LocalSet;

use crate::connection::{Connection, Latencies, post};
use crate::hall::Hall;
use crate::report::{Goal, Report};

const CLIENTS: usize = 32;
const WARM_UP: Duration = Duration::from_secs(2);
const MEASURED: Duration = Duration::from_secs(10);

pub(crate) async fn measure() -> Result<Report> {
    let hall = Hall::open().await?;
    take_for(&hall, WARM_UP).await?;
    let before = hall.world.server_time()?;
    let taken = take_for(&hall, MEASURED).await?;
    let used = hall.world.server_time()? - before;
    hall.verify()?;
    let per_second = taken.latencies.count() as f64 / taken.time.as_secs_f64();
    Ok(Report::new("take")
        .figure("per_second", per_second, Goal::AtLeast(3500.0), "35 (safe) and 56 (with duplicates)")
        .figure("p50_ms", taken.latencies.percentile(50.0), Goal::None, "")
        .figure("p99_ms", taken.latencies.percentile(99.0), Goal::Under(30.0), "")
        .figure("server_us_each", micros_each(used, taken.latencies.count()), Goal::None, "")
        .figure("duplicates", taken.duplicates as f64, Goal::Exactly(0.0), "11 of 231 numbers")
        .figure("lost", taken.lost as f64, Goal::Exactly(0.0), ""))
}

/// Processor time of the server for each of so many, in microseconds.
pub(crate) fn micros_each(used: Duration, count: u64) -> f64 {
    used.as_micros() as f64 / count.max(1) as f64
}

/// What a span of taking gave.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) latencies: Latencies,
    time: Duration,
    duplicates: usize,
    /// Tickets that were answered and that the hall does not count, or the other way round.
    lost: u64,
}

#[derive(Debug)]
struct Tally {
    latencies: Latencies,
    numbers: HashSet<String>,
    duplicates: usize,
}

/// Has all clients take tickets for this long.
pub(crate) async fn take_for(hall: &Hall, span: Duration) -> Result<Taken> {
    let before = hall.taken_today().await?;
    let tally = Rc::new(RefCell::new(Tally { latencies: Latencies::new()?, numbers: HashSet::new(), duplicates: 0 }));
    let started = Instant::now();
    let clients = LocalSet::new();
    let mut running = Vec::new();
    for client in 0..CLIENTS {
        let requests = Requests::new(hall, client, before);
        let connection = Connection::open(&hall.address).await?;
        running.push(clients.spawn_local(take_until(connection, requests, started + span, Rc::clone(&tally))));
    }
    clients.await;
    for client in running {
        client.await??;
    }
    let time = started.elapsed();
    let tally = Rc::into_inner(tally).ok_or("a client is still running")?.into_inner();
    let counted = hall.taken_today().await? - before;
    Ok(Taken {
        lost: counted.abs_diff(tally.latencies.count()),
        latencies: tally.latencies,
        time,
        duplicates: tally.duplicates,
    })
}

async fn take_until(
    mut connection: Connection,
    mut requests: Requests,
    end: Instant,
    tally: Rc<RefCell<Tally>>,
) -> Result<()> {
    while Instant::now() < end {
        let request = requests.next();
        let sent = Instant::now();
        let answer = connection.exchange(&request).await?;
        if answer.status != 201 {
            let body = String::from_utf8_lossy(answer.body);
            return Err(format!("a ticket was answered with {}: {body}", answer.status).into());
        }
        let number = number(answer.body).ok_or("a ticket without a number")?;
        let mut tally = tally.borrow_mut();
        tally.latencies.since(sent);
        if !tally.numbers.insert(number.to_owned()) {
            tally.duplicates += 1;
        }
    }
    Ok(())
}

/// The value of `"number"`, read without building the whole ticket.
pub(crate) fn number(body: &[u8]) -> Option<&str> {
    const KEY: &[u8] = b"\"number\":\"";
    let start = crate::connection::find(body, KEY)? + KEY.len();
    let length = body[start..].iter().position(|byte| *byte == b'"')?;
    std::str::from_utf8(&body[start..start + length]).ok()
}

/// The requests of one client: every item in turn, each with a key of its own.
#[derive(Debug)]
struct Requests {
    path: String,
    token: String,
    items: Vec<String>,
    prefix: String,
    phone: u64,
    next: usize,
}

impl Requests {
    fn new(hall: &Hall, client: usize, round: u64) -> Self {
        Requests {
            path: format!("/api/v1/halls/{HALL}/tickets"),
            token: hall.kiosk_token.clone(),
            items: hall.items.clone(),
            prefix: format!("bench-{round}-{client}"),
            // Nobody takes two tickets for a service: every request has a phone of its own.
            phone: 13_000_000_000 + client as u64 * 30_000_000 + round,
            next: client,
        }
    }

    fn next(&mut self) -> Vec<u8> {
        self.next += 1;
        self.phone += 1;
        let (item, phone) = (&self.items[self.next % self.items.len()], self.phone);
        let body =
            format!(r#"{{"item":"{item}","identification":{{"by":"phone","phone":"{phone}"}},"language":"zh"}}"#);
        post(&self.path, &self.token, &format!("{}-{}", self.prefix, self.next), &body)
    }
}
