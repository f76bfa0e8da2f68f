//! Steps of cases: many desks walk cases from intake to collection at once, over sockets, each with the people it takes.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use protocol::case::Case;
use protocol::catalogue::{Catalogue, Item};
use protocol::staff::Role;
use serde_json::{Value, json};
use tests::Result;
use tests::world::{HALL, first_choices};
use tokio::task::LocalSet;

use crate::call::{Desk, call_next, open_desks};
use crate::connection::{Connection, Latencies, find, post};
use crate::hall::Hall;
use crate::report::{Goal, Report};
use crate::take;
use crate::walks::{Person, Walk};

const CLIENTS: usize = 32;
const MEASURED: Duration = Duration::from_secs(10);
/// Cases of each client: more than it can walk while measuring.
const CASES: usize = 160;
/// 食品经营许可: two departments review it side by side.
const ITEM: &str = "SAMPLE-440304-01-0001";

pub(crate) async fn measure() -> Result<Report> {
    let hall = Hall::open().await?;
    let office = Rc::new(Office::open(&hall).await?);
    let tally = Rc::new(RefCell::new(Tally { latencies: Latencies::new()?, stored: HashMap::new(), exhausted: false }));
    let clients = LocalSet::new();
    let cases = clients.run_until(open_cases(&hall, &office)).await?;
    let (before, started) = (hall.world.server_time()?, Instant::now());
    let mut running = Vec::new();
    for (client, cases) in cases.into_iter().enumerate() {
        let connection = Connection::open(&hall.address).await?;
        let walking = walk_until(connection, client, cases, Rc::clone(&office), started + MEASURED, Rc::clone(&tally));
        running.push(clients.spawn_local(walking));
    }
    clients.await;
    for client in running {
        client.await??;
    }
    let time = started.elapsed().as_secs_f64();
    let used = hall.world.server_time()? - before;
    let tally = Rc::into_inner(tally).ok_or("a client is still running")?.into_inner();
    let lost = lost(&hall, &office, &tally.stored).await?;
    hall.verify()?;
    Ok(Report::new("cases")
        .figure("per_second", tally.latencies.count() as f64 / time, Goal::AtLeast(1500.0), "")
        .figure("p50_ms", tally.latencies.percentile(50.0), Goal::None, "")
        .figure("p99_ms", tally.latencies.percentile(99.0), Goal::None, "")
        .figure("server_us_each", take::micros_each(used, tally.latencies.count()), Goal::None, "")
        .figure("cases", tally.stored.len() as f64, Goal::None, "")
        .figure("lost", lost as f64, Goal::Exactly(0.0), ""))
}

#[derive(Debug)]
struct Tally {
    latencies: Latencies,
    /// How many steps of each case were acknowledged.
    stored: HashMap<String, usize>,
    /// A client has no further case: the measurement is over.
    exhausted: bool,
}

/// The item, the clerks' desks, and a session for everybody who has a say.
#[derive(Debug)]
struct Office {
    item: Item,
    desks: Vec<Desk>,
    sessions: HashMap<Person, String>,
}

impl Office {
    async fn open(hall: &Hall) -> Result<Self> {
        let world = &hall.world;
        let catalogue: Catalogue = world.api.get(&format!("/api/v1/halls/{HALL}/catalogue")).await?.ok()?;
        let item = catalogue.items.into_iter().find(|item| item.code == ITEM).ok_or("the sample's item is gone")?;
        let departments: Vec<&str> = item.branches.iter().map(|branch| branch.department.as_str()).collect();
        let [lead, other] = departments[..] else { return Err("two departments should review the item".into()) };
        let mut sessions = HashMap::new();
        let people = [
            (Person::Reviewer, Role::Reviewer, lead),
            (Person::OtherReviewer, Role::Reviewer, other),
            (Person::Signer, Role::Signer, lead),
        ];
        for (person, role, department) in people {
            let user = world.credentials.person(role, Some(department))?;
            let credentials = json!({ "username": user.username, "password": user.password });
            let session: protocol::staff::Session = world.api.post("/api/v1/sessions", &credentials).await?.ok()?;
            sessions.insert(person, session.token);
        }
        Ok(Office { item, desks: open_desks(hall, CLIENTS).await?, sessions })
    }

    fn token<'a>(&'a self, person: Person, desk: &'a Desk) -> Result<&'a str> {
        match person {
            Person::Clerk => Ok(&desk.token),
            person => Ok(self.sessions.get(&person).ok_or("somebody has no session")?),
        }
    }
}

/// Has every desk call a ticket and open its cases; gives each desk's cases.
async fn open_cases(hall: &Hall, office: &Rc<Office>) -> Result<Vec<Vec<String>>> {
    take::take_for(hall, Duration::from_secs(1)).await?;
    let mut running = Vec::new();
    for client in 0..CLIENTS {
        let connection = Connection::open(&hall.address).await?;
        running.push(tokio::task::spawn_local(open_at(connection, client, Rc::clone(office))));
    }
    let mut cases = Vec::with_capacity(CLIENTS);
    for client in running {
        cases.push(client.await??);
    }
    Ok(cases)
}

async fn open_at(mut connection: Connection, client: usize, office: Rc<Office>) -> Result<Vec<String>> {
    let desk = &office.desks[client];
    let called = connection.exchange(&call_next(desk, &format!("ticket-{client}"))).await?;
    let called: Value = serde_json::from_slice(called.body)?;
    let ticket = called["ticket"]["id"].as_i64().ok_or("a call without a ticket")?;
    let applicant = json!({ "name": "王晓梅", "id_number": tests::people::Citizen::wang_xiaomei().id_number,
        "phone": "13800138000" });
    let application = json!({ "ticket": ticket, "item": office.item.code, "applicant": applicant,
        "answers": first_choices(&office.item) });
    let application = application.to_string();
    let mut cases = Vec::with_capacity(CASES);
    for number in 0..CASES {
        let request = post("/api/v1/applications", &desk.token, &format!("open-{client}-{number}"), &application);
        let answer = connection.exchange(&request).await?;
        if answer.status != 201 {
            let body = String::from_utf8_lossy(answer.body);
            return Err(format!("an application was answered with {}: {body}", answer.status).into());
        }
        let opened: protocol::case::Application = serde_json::from_slice(answer.body)?;
        cases.extend(opened.cases.into_iter().map(|case| case.case_no));
    }
    Ok(cases)
}

async fn walk_until(
    mut connection: Connection,
    client: usize,
    cases: Vec<String>,
    office: Rc<Office>,
    end: Instant,
    tally: Rc<RefCell<Tally>>,
) -> Result<()> {
    let desk = &office.desks[client];
    for (place, case_no) in cases.iter().enumerate() {
        // Each client begins with another walk, so that all kinds of steps are under way at all times.
        let walk = Walk::of(client + place, &office.item);
        let path = format!("/api/v1/cases/{case_no}/steps");
        for (number, (person, step)) in walk.steps().iter().enumerate() {
            if Instant::now() >= end || tally.borrow().exhausted {
                return Ok(());
            }
            let key = format!("{case_no}-{number}");
            let request = post(&path, office.token(*person, desk)?, &key, step);
            let sent = Instant::now();
            let answer = connection.exchange(&request).await?;
            if answer.status != 200 || find(answer.body, case_no.as_bytes()).is_none() {
                let body = String::from_utf8_lossy(answer.body);
                return Err(format!("{person:?}'s {step} was answered with {}: {body}", answer.status).into());
            }
            let mut tally = tally.borrow_mut();
            tally.latencies.since(sent);
            *tally.stored.entry(case_no.clone()).or_default() += 1;
        }
    }
    tally.borrow_mut().exhausted = true;
    Ok(())
}

/// Steps that were acknowledged and do not stand in their case's history, or the other way round.
async fn lost(hall: &Hall, office: &Office, stored: &HashMap<String, usize>) -> Result<usize> {
    let token = &office.desks.first().ok_or("there is no desk")?.token;
    let api = hall.world.api.with_token(token.clone());
    let mut lost = 0;
    for (case_no, steps) in stored {
        let case: Case = api.get(&format!("/api/v1/cases/{case_no}")).await?.ok()?;
        // Beside the steps there is the event that opened it.
        lost += case.history.len().abs_diff(steps + 1);
    }
    Ok(lost)
}
