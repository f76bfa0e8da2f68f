//! Tickets through lost answers, dying printers and a kiosk that stops anywhere.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hardware::printer::TicketSlip;
use proptest::prelude::*;
use protocol::problem::{Code, Problem};
use protocol::queue::{Identification, TakeTicket, Ticket};

use super::*;
use crate::visit::sample;

/// The world outside: what the server gave and what lies on paper. It outlives every crash of the kiosk.
#[derive(Default)]
struct World {
    tickets: HashMap<Key, Ticket>,
    /// Answers to lose, and requests to lose before them.
    lose: u32,
    refuse: Option<Code>,
    printer: Vec<Printing>,
    on_paper: Vec<(String, bool)>,
    reports: Vec<(i64, Option<String>)>,
    /// Reports that do not arrive.
    deaf: u32,
    /// The time gone by, of which each request takes so much.
    running: Duration,
    slow: Duration,
    news: Vec<String>,
    keys: u32,
}

/// What the printer does with the next ticket.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Printing {
    Works,
    /// Paper comes out, and then the line breaks.
    DiesMidway,
    NotReached,
}

type Shared = Arc<Mutex<World>>;

struct Server(Shared);

impl Office for Server {
    fn take(&self, key: &str, request: &TakeTicket) -> Result<Ticket, TakeError> {
        let mut world = self.0.lock().unwrap();
        let slow = world.slow;
        world.running += slow;
        if let Some(code) = world.refuse {
            return Err(TakeError::Refused(Box::new(Problem::new(code, "", false))));
        }
        let next = i64::try_from(world.tickets.len()).unwrap() + 1;
        let ticket = world
            .tickets
            .entry(key.to_owned())
            .or_insert_with(|| Ticket {
                id: next,
                item: request.item.clone(),
                ..sample::ticket(&format!("A{next:03}"), 0)
            })
            .clone();
        if world.lose > 0 {
            world.lose -= 1;
            return Err(TakeError::Unanswered("lost".into()));
        }
        Ok(ticket)
    }

    fn report(&self, ticket: i64, failure: Option<&str>) -> Result<(), TakeError> {
        let mut world = self.0.lock().unwrap();
        if world.deaf > 0 {
            world.deaf -= 1;
            return Err(TakeError::Unanswered("lost".into()));
        }
        world.reports.push((ticket, failure.map(str::to_owned)));
        Ok(())
    }
}

struct Printer(Shared);

impl Paper for Printer {
    fn print(&self, slip: TicketSlip) -> Result<(), PrintFailure> {
        let mut world = self.0.lock().unwrap();
        let does = if world.printer.is_empty() { Printing::Works } else { world.printer.remove(0) };
        if does != Printing::NotReached {
            world.on_paper.push((slip.number, slip.reprint));
        }
        match does {
            Printing::Works => Ok(()),
            Printing::DiesMidway => Err(PrintFailure { reason: "printer-died-midway".into() }),
            Printing::NotReached => Err(PrintFailure { reason: "printer-unreachable".into() }),
        }
    }
}

/// Starts the kiosk's pipeline, as after a power cut.
fn start(directory: &Path, world: &Shared, now: i64) -> Pipeline<Server, Printer> {
    let (journal, left) = Journal::open(directory, now).unwrap();
    let (keys, told, clock, pauses) = (world.clone(), world.clone(), world.clone(), world.clone());
    let outside = Outside {
        slip: Box::new(|ticket, _, reprint| TicketSlip {
            number: ticket.number.clone(),
            reprint,
            ..Default::default()
        }),
        new_key: Box::new(move || {
            let mut world = keys.lock().unwrap();
            world.keys += 1;
            format!("{:032x}", world.keys)
        }),
        now: Box::new(move || now),
        running: Box::new(move || clock.lock().unwrap().running),
        pause: Box::new(move |pause: Duration| pauses.lock().unwrap().running += pause),
        tell: Box::new(move |news| {
            let line = match news {
                TicketNews::Taken { ticket, .. } => format!("taken {}", ticket.number),
                TicketNews::NotTaken { error, .. } => format!("not taken: {error}"),
                TicketNews::Paper { paper, .. } => format!("paper {paper:?}"),
                TicketNews::Recovered { ticket, paper, .. } => format!("recovered {} {paper:?}", ticket.number),
            };
            told.lock().unwrap().news.push(line);
        }),
    };
    let mut pipeline = Pipeline::new(journal, Server(world.clone()), Some(Printer(world.clone())), outside);
    pipeline.recover(1, left);
    pipeline
}

fn request() -> TakeTicket {
    TakeTicket { item: "food".into(), identification: Identification::Anonymous, language: "zh".into() }
}

fn world() -> Shared {
    Shared::default()
}

#[test]
fn a_ticket_is_taken_printed_and_reported() {
    let (folder, world) = (tempfile::tempdir().unwrap(), world());
    start(folder.path(), &world, 0).take(1, request());
    let world = world.lock().unwrap();
    assert_eq!(world.news, ["taken A001", "paper Printed"]);
    assert_eq!(world.on_paper, [("A001".to_owned(), false)]);
    assert_eq!(world.reports, [(1, None)]);
}

#[test]
fn a_server_that_hangs_keeps_nobody_waiting_longer_than_one_away_and_one_more_timeout() {
    for slow in [Duration::ZERO, Duration::from_secs(8)] {
        let (folder, world) = (tempfile::tempdir().unwrap(), world());
        world.lock().unwrap().lose = u32::MAX;
        world.lock().unwrap().slow = slow;
        start(folder.path(), &world, 0).take(1, request());
        let world = world.lock().unwrap();
        assert_eq!(world.news, ["not taken: no answer from the server: lost"]);
        assert!(world.running < Duration::from_secs(12) + slow, "{:?}", world.running);
        assert!(world.lose < u32::MAX - 1, "it asked only once");
    }
}

#[test]
fn reports_that_do_not_arrive_are_kept_and_told_later_each_once() {
    let (folder, world) = (tempfile::tempdir().unwrap(), world());
    let mut kiosk = start(folder.path(), &world, 0);
    world.lock().unwrap().deaf = 3;
    kiosk.take(1, request());
    kiosk.take(2, request());
    // While the server hears nothing, one try a time: the second visit's own report, then the first one kept.
    assert_eq!(world.lock().unwrap().deaf, 1);
    kiosk.leave(2);
    assert!(world.lock().unwrap().reports.is_empty());
    kiosk.report();
    kiosk.report();
    assert_eq!(world.lock().unwrap().reports, [(1, None), (2, None)]);
}

#[test]
fn lost_answers_bring_the_same_ticket() {
    let (folder, world) = (tempfile::tempdir().unwrap(), world());
    world.lock().unwrap().lose = 3;
    start(folder.path(), &world, 0).take(1, request());
    let world = world.lock().unwrap();
    assert_eq!((world.tickets.len(), world.on_paper.len()), (1, 1));
}

#[test]
fn when_patience_is_over_the_person_is_told_and_the_next_try_brings_the_same_ticket() {
    let (folder, world) = (tempfile::tempdir().unwrap(), world());
    world.lock().unwrap().lose = 1000;
    let mut pipeline = start(folder.path(), &world, 0);
    pipeline.take(1, request());
    assert_eq!(world.lock().unwrap().news.len(), 1);
    assert!(world.lock().unwrap().news[0].starts_with("not taken"));
    world.lock().unwrap().lose = 0;
    // The same visit asks again, by "try again" or by going back and choosing once more.
    pipeline.retry(1);
    assert_eq!(world.lock().unwrap().tickets.len(), 1);
    assert_eq!(world.lock().unwrap().on_paper, [("A001".to_owned(), false)]);
}

#[test]
fn a_refusal_is_final_and_leaves_nothing_to_repeat() {
    let (folder, world) = (tempfile::tempdir().unwrap(), world());
    world.lock().unwrap().refuse = Some(Code::HallClosed);
    start(folder.path(), &world, 0).take(1, request());
    world.lock().unwrap().refuse = None;
    drop(start(folder.path(), &world, 1000));
    assert!(world.lock().unwrap().tickets.is_empty());
}

#[test]
fn a_ticket_that_may_be_half_printed_is_printed_once_more_when_asked_and_never_a_third_time() {
    let (folder, world) = (tempfile::tempdir().unwrap(), world());
    world.lock().unwrap().printer = vec![Printing::DiesMidway, Printing::DiesMidway];
    let mut pipeline = start(folder.path(), &world, 0);
    pipeline.take(1, request());
    assert_eq!(world.lock().unwrap().news.last().unwrap(), "paper Offered");
    pipeline.print_again(1);
    assert_eq!(world.lock().unwrap().news.last().unwrap(), "paper Kept");
    pipeline.print_again(1);
    let world = world.lock().unwrap();
    assert_eq!(world.on_paper, [("A001".to_owned(), false), ("A001".to_owned(), true)]);
    assert_eq!(world.reports, [(1, Some("printer-died-midway".into())), (1, Some("printer-died-midway".into()))]);
}

#[test]
fn after_a_restart_the_ticket_that_was_printing_is_offered_and_not_printed() {
    let (folder, world) = (tempfile::tempdir().unwrap(), world());
    let (journal, _) = Journal::open(folder.path(), 0).unwrap();
    let ticket = Box::new(sample::ticket("A001", 0));
    journal.write("k", &Entry::Printing { at: 0, ticket, language: "zh".into(), again: false }).unwrap();
    let mut pipeline = start(folder.path(), &world, 5_000);
    assert_eq!(world.lock().unwrap().news, ["recovered A001 Offered"]);
    assert!(world.lock().unwrap().on_paper.is_empty());
    pipeline.print_again(1);
    assert_eq!(world.lock().unwrap().on_paper, [("A001".to_owned(), true)]);
}

#[test]
fn a_request_of_long_ago_is_not_sent_again() {
    let (folder, world) = (tempfile::tempdir().unwrap(), world());
    let (journal, _) = Journal::open(folder.path(), 0).unwrap();
    journal.write("k", &Entry::Requested { at: 0, request: request() }).unwrap();
    drop(start(folder.path(), &world, 600_000));
    assert!(world.lock().unwrap().tickets.is_empty());
    let (_, left) = Journal::open(folder.path(), 600_000).unwrap();
    assert_eq!(left.len(), 1);
    assert!(matches!(left[0].1, Entry::Closed { .. }), "and the person's data is gone: {:?}", left[0].1.name());
}

#[derive(Debug, Clone)]
enum Act {
    Take {
        lose: u32,
        printer: Printing,
    },
    PrintAgain {
        printer: Printing,
    },
    Retry,
    Leave,
    /// The power goes between two steps.
    Crash,
    /// The power goes in the middle of a print: the last state on disk is `printing`.
    CrashWhilePrinting,
}

fn act() -> impl Strategy<Value = Act> {
    let printer = || prop_oneof![Just(Printing::Works), Just(Printing::DiesMidway), Just(Printing::NotReached)];
    prop_oneof![
        (prop_oneof![Just(0u32), Just(2), Just(1000)], printer())
            .prop_map(|(lose, printer)| Act::Take { lose, printer }),
        printer().prop_map(|printer| Act::PrintAgain { printer }),
        Just(Act::Retry),
        Just(Act::Leave),
        Just(Act::Crash),
        Just(Act::CrashWhilePrinting),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever happens in whatever order: one key brings one ticket, no ticket comes out by itself twice, and none more than
    /// twice at all.
    #[test]
    fn no_ticket_is_ever_printed_twice_by_itself(acts in prop::collection::vec(act(), 1..14)) {
        let (folder, world) = (tempfile::tempdir().unwrap(), world());
        let mut pipeline = start(folder.path(), &world, 0);
        let mut visit = 1;
        let mut asked_again: HashMap<String, u32> = HashMap::new();
        for act in acts {
            match act {
                Act::Take { lose, printer } => {
                    visit += 1;
                    let mut world = world.lock().unwrap();
                    world.lose = lose;
                    world.printer = vec![printer];
                    drop(world);
                    pipeline.take(visit, request());
                }
                Act::PrintAgain { printer } => {
                    let before = world.lock().unwrap().on_paper.len();
                    world.lock().unwrap().printer = vec![printer];
                    pipeline.print_again(visit);
                    for (number, _) in &world.lock().unwrap().on_paper[before..] {
                        *asked_again.entry(number.clone()).or_default() += 1;
                    }
                }
                Act::Retry => {
                    world.lock().unwrap().lose = 0;
                    pipeline.retry(visit);
                }
                Act::Leave => pipeline.leave(visit),
                Act::Crash => {
                    drop(pipeline);
                    world.lock().unwrap().lose = 0;
                    pipeline = start(folder.path(), &world, 1_000);
                    visit = 1;
                }
                Act::CrashWhilePrinting => {
                    drop(pipeline);
                    // What was printed a moment ago looks on disk as if it were still printing.
                    let (journal, entries) = Journal::open(folder.path(), 0).unwrap();
                    if let Some((key, Entry::Failed { ticket, language, again, .. })) = entries.last() {
                        let entry = Entry::Printing { at: 0, ticket: ticket.clone(), language: language.clone(), again: *again };
                        journal.write(key, &entry).unwrap();
                    }
                    world.lock().unwrap().lose = 0;
                    pipeline = start(folder.path(), &world, 1_000);
                    visit = 1;
                }
            }
        }
        let world = world.lock().unwrap();
        let mut counts: HashMap<&str, u32> = HashMap::new();
        for (number, _) in &world.on_paper {
            *counts.entry(number).or_default() += 1;
        }
        for (number, count) in counts {
            let asked = asked_again.get(number).copied().unwrap_or_default();
            prop_assert!(count - asked <= 1, "{number} came out {count} times, {asked} of them asked for");
            prop_assert!(asked <= 1, "{number} was printed again {asked} times");
        }
        let copies = world.on_paper.iter().filter(|(_, reprint)| *reprint).count();
        prop_assert_eq!(copies, asked_again.values().map(|n| *n as usize).sum::<usize>());
        drop(pipeline);
        for (_, entry) in Journal::open(folder.path(), 0).unwrap().1 {
            prop_assert!(!matches!(entry, Entry::Printing { .. }), "printing, and nobody prints");
        }
    }
}
