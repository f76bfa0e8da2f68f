//! From a call at a desk to its event at every listener of the hall's board.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tests::Result;
use tests::until::until;
use tests::world::HALL;
use tokio::task::LocalSet;

use crate::call::{call_next, open_desks};
use crate::connection::{Connection, Latencies, find};
use crate::hall::Hall;
use crate::report::{Goal, Report};
use crate::take;

const LISTENERS: usize = 1000;
const CALLS: usize = 100;

pub(crate) async fn measure() -> Result<Report> {
    let hall = Hall::open().await?;
    take::take_for(&hall, Duration::from_secs(1)).await?;
    let desk = open_desks(&hall, 1).await?.remove(0);
    let tasks = LocalSet::new();
    let latencies = tasks.run_until(listen_and_call(&hall, &desk)).await?;
    Ok(Report::new("push")
        .figure("listeners", LISTENERS as f64, Goal::None, "")
        .figure("p50_ms", latencies.percentile(50.0), Goal::None, "")
        .figure("p99_ms", latencies.percentile(99.0), Goal::Under(50.0), ""))
}

/// The call that is under way, and who has heard of it.
#[derive(Debug)]
struct Round {
    sent: Instant,
    heard: usize,
    latencies: Latencies,
    listening: usize,
}

async fn listen_and_call(hall: &Hall, desk: &crate::call::Desk) -> Result<Latencies> {
    let round =
        Rc::new(RefCell::new(Round { sent: Instant::now(), heard: 0, latencies: Latencies::new()?, listening: 0 }));
    let mut listeners = Vec::new();
    for _ in 0..LISTENERS {
        let mut connection = Connection::open(&hall.address).await?;
        let request =
            format!("GET /api/v1/halls/{HALL}/events HTTP/1.1\r\nhost: hall\r\naccept: text/event-stream\r\n\r\n");
        connection.send(request.as_bytes()).await?;
        listeners.push(tokio::task::spawn_local(listen(connection, Rc::clone(&round))));
    }
    let all_listen = async || Ok((round.borrow().listening == LISTENERS).then_some(()));
    until("every listener to have its snapshot", all_listen).await?;

    let mut connection = Connection::open(&hall.address).await?;
    for call in 0..CALLS {
        let request = call_next(desk, &format!("push-{call}-of-{CALLS}"));
        {
            let mut round = round.borrow_mut();
            round.heard = 0;
            round.sent = Instant::now();
        }
        let answer = connection.exchange(&request).await?;
        if answer.status != 200 {
            return Err(format!("a call was answered with {}", answer.status).into());
        }
        let all_heard = async || Ok((round.borrow().heard >= LISTENERS).then_some(()));
        until("every listener to hear of the call", all_heard).await?;
    }
    for listener in &listeners {
        listener.abort();
    }
    let mut round = round.borrow_mut();
    Ok(std::mem::replace(&mut round.latencies, Latencies::new()?))
}

/// Reads events for ever, and notes when it hears of a call.
async fn listen(mut connection: Connection, round: Rc<RefCell<Round>>) -> Result<()> {
    let mut begun = false;
    while connection.read().await? {
        let unread = connection.unread();
        while let Some(end) = find(unread, b"\n\n") {
            let event = &unread[..end];
            let mut round = round.borrow_mut();
            if find(event, b"\"ticket-called\"").is_some() {
                let sent = round.sent;
                round.latencies.since(sent);
                round.heard += 1;
            } else if !begun && find(event, b"event: snapshot").or_else(|| find(event, b"event:snapshot")).is_some() {
                begun = true;
                round.listening += 1;
            }
            unread.drain(..end + 2);
        }
    }
    Err("the server closed a listener's connection".into())
}
