//! One batch: commands of one or several halls, run by the rules in memory and written by sets in one transaction.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::civil;
use domain::queue::{Changes, Ticket, TicketId, Window};
use protocol::Millis;
use protocol::catalogue::Item;
use sqlx::AnyConnection;
use tokio::sync::OwnedRwLockWriteGuard;

use super::Shared;
use super::applications::Prepared;
use super::cell::Cell;
use super::chain::{self, Draft, Event};
use super::command::{Answer, Command, EngineError, Request};
use super::lookups::Granted;
use super::pushes::{self, Outgoing};
use super::stored_answer::StoredAnswer;
use crate::store::cases::CaseRow;
use crate::store::exchange::{self, OutboxRow};
use crate::store::lookups::{AnswerRow, LookupRow, PulledRow};
use crate::store::notices::NoticeRow;
use crate::store::queue::TicketRow;
use crate::store::requests::Answered;
use crate::store::signals::{SignalKey, SignalRow};
use crate::store::submissions::SubmissionRow;
use crate::store::{StoreError, case_tasks, cases, events, lookups, notices, queue, requests, signals};

type Guard = OwnedRwLockWriteGuard<Option<Cell>>;
type Outcome = Result<Answer, EngineError>;

/// What a committed batch leaves: an answer for each command, and what screens are told.
pub(super) struct Committed {
    pub outcomes: Vec<Outcome>,
    pub outgoing: Vec<Outgoing>,
    pub tickets: usize,
    pub calls: usize,
}

/// A batch under way.
pub(super) struct Batch<'a> {
    pub shared: &'a Shared,
    pub now: Millis,
    guards: BTreeMap<String, Guard>,
    pub cases: HashMap<String, CaseRow>,
    /// Signals that have been raised on the batch's cases.
    pub raised: HashSet<SignalKey>,
    /// Signals that the batch's commands are about.
    pub signals: HashMap<i64, SignalRow>,
    /// What was prepared for the applications that the batch opens, by what the files are for.
    pub prepared: HashMap<String, Prepared>,
    /// Submissions that the batch sends.
    pub submissions: HashMap<i64, SubmissionRow>,
    /// Who stands in for whom: user names of substitute and person.
    pub stand_ins: HashSet<(String, String)>,
    /// Item versions of cases that departments' own systems are told of.
    pub items: HashMap<(String, i64), Item>,
    pub writes: Writes,
    /// Why nothing of the batch may be written.
    pub fault: Option<StoreError>,
    answered: HashMap<(String, String), (String, StoredAnswer)>,
    committed: bool,
}

/// What is written at the end, each table by one statement.
#[derive(Default)]
pub(super) struct Writes {
    pub new_tickets: Vec<TicketRow>,
    changed_tickets: BTreeMap<TicketId, Ticket>,
    windows: BTreeMap<(String, i64), Window>,
    serials: BTreeMap<(String, String, char), u32>,
    pub case_serials: BTreeMap<(String, String), u32>,
    pub changed_cases: HashSet<String>,
    /// When cases are to be looked at again that are otherwise as they were.
    pub watched: BTreeMap<String, Option<String>>,
    pub changed_signals: HashSet<i64>,
    /// Papers that the batch's steps issue.
    pub notices: Vec<NoticeRow>,
    pub lookups: Vec<LookupRow>,
    pub lookup_answers: Vec<AnswerRow>,
    pub pulled: Vec<PulledRow>,
    pub printed: Vec<(TicketId, &'static str)>,
    /// Tickets whose preparation is handed over.
    pub handed_over: Vec<TicketId>,
    /// Submissions with the applications that they became.
    pub submitted: BTreeMap<i64, String>,
    /// Messages to departments' own systems about what this batch changes.
    pub outbox: Vec<OutboxRow>,
    drafts: BTreeMap<String, Vec<Draft>>,
    requests: Vec<Answered>,
}

/// Runs a batch. On an error nothing is written, and the halls concerned are read anew by the next.
pub(super) async fn run(shared: &Shared, batch: &[Request], now: Millis) -> Result<Committed, StoreError> {
    let mut halls: Vec<&str> = batch.iter().map(|r| r.hall.as_str()).collect();
    // In one order everywhere, so that two servers never wait for each other.
    halls.sort_unstable();
    halls.dedup();
    let mut guards = BTreeMap::new();
    for hall in halls {
        guards.insert(hall.to_owned(), shared.slot(hall).write_owned().await);
    }
    let mut running = Batch {
        shared,
        now,
        guards,
        cases: HashMap::new(),
        raised: HashSet::new(),
        signals: HashMap::new(),
        prepared: HashMap::new(),
        submissions: HashMap::new(),
        stand_ins: HashSet::new(),
        items: HashMap::new(),
        writes: Writes::default(),
        fault: None,
        answered: HashMap::new(),
        committed: false,
    };
    running.carry_out(batch).await
}

impl Drop for Batch<'_> {
    /// Whatever ended a batch before its commit, what is in memory is no longer what is stored.
    fn drop(&mut self) {
        if !self.committed {
            for guard in self.guards.values_mut() {
                **guard = None;
            }
        }
    }
}

impl Batch<'_> {
    async fn carry_out(&mut self, batch: &[Request]) -> Result<Committed, StoreError> {
        let mut tx = self.shared.store.begin_write().await?;
        self.take_turns(&mut tx).await?;
        self.find_answered(&mut tx, batch).await?;
        self.find_cases(&mut tx, batch).await?;
        self.find_prepared(&mut tx, batch).await?;
        let mut outcomes = Vec::with_capacity(batch.len());
        for request in batch {
            outcomes.push(self.answer(&mut tx, request).await?);
        }
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        if self.writes.is_empty() {
            tx.rollback().await?;
            self.committed = true;
            return Ok(Committed { outcomes, outgoing: Vec::new(), tickets: 0, calls: 0 });
        }
        self.write(&mut tx).await?;
        tx.commit().await?;
        self.committed = true;
        let calls = self.drafts().filter(|d| d.kind == "ticket-called").count();
        let tickets = self.writes.new_tickets.len();
        Ok(Committed { outcomes, outgoing: self.outgoing(), tickets, calls })
    }

    /// Takes each hall's row, and reads the hall anew where another process has changed it.
    async fn take_turns(&mut self, tx: &mut AnyConnection) -> Result<(), StoreError> {
        for (hall, guard) in &mut self.guards {
            let Some(turn) = queue::take_turn(tx, hall).await? else {
                **guard = None;
                continue;
            };
            if !guard.as_ref().is_some_and(|cell| cell.is_fresh(&turn)) {
                // Loading a year takes every hall's turn: who comes after it reckons by it.
                self.shared.refresh_calendar(tx).await?;
                **guard = Cell::load(tx, hall, turn, self.now).await?;
            }
        }
        Ok(())
    }

    async fn find_answered(&mut self, tx: &mut AnyConnection, batch: &[Request]) -> Result<(), StoreError> {
        let keys: Vec<(&str, &str)> =
            batch.iter().filter_map(|r| Some((r.actor.as_str(), r.key.as_ref()?.key.as_str()))).collect();
        for (place, (fingerprint, answer)) in requests::find(tx, &keys).await? {
            let answer = StoredAnswer::parse(&answer).map_err(|what| StoreError::Inconsistent {
                table: "requests",
                row: place.1.clone(),
                what,
            })?;
            self.answered.insert(place, (fingerprint, answer));
        }
        Ok(())
    }

    async fn find_cases(&mut self, tx: &mut AnyConnection, batch: &[Request]) -> Result<(), StoreError> {
        let mut numbers: Vec<&str> = batch.iter().filter_map(|r| r.command.case_no()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        for row in cases::find(tx, &numbers).await? {
            self.cases.insert(row.case.case_no.clone(), row);
        }
        self.find_siblings(tx, batch).await?;
        self.find_watched(tx, batch).await?;
        self.find_handed_items(tx).await?;
        let numbers: Vec<&str> = self.cases.keys().map(String::as_str).collect();
        self.raised = signals::keys(tx, &numbers).await?;
        let ids: Vec<i64> = batch
            .iter()
            .filter_map(|r| match r.command {
                Command::SignalStep { id, .. } => Some(id),
                _ => None,
            })
            .collect();
        for row in signals::find(tx, &ids).await? {
            self.signals.insert(row.id, row);
        }
        self.find_stand_ins(tx, batch).await
    }

    /// The application's other cases, where a step gives a document that they may ask for too.
    async fn find_siblings(&mut self, tx: &mut AnyConnection, batch: &[Request]) -> Result<(), StoreError> {
        let mut applications: Vec<String> = batch
            .iter()
            .filter(|r| r.command.shares())
            .filter_map(|r| Some(self.cases.get(r.command.case_no()?)?.case.application.clone()))
            .collect();
        applications.sort_unstable();
        applications.dedup();
        let applications: Vec<&str> = applications.iter().map(String::as_str).collect();
        for row in cases::of_applications(tx, &applications).await? {
            self.cases.insert(row.case.case_no.clone(), row);
        }
        Ok(())
    }

    /// The cases to be looked at. One that cannot be read is looked at again tomorrow, and holds up no other.
    async fn find_watched(&mut self, tx: &mut AnyConnection, batch: &[Request]) -> Result<(), StoreError> {
        let numbers: Vec<&str> = batch
            .iter()
            .filter_map(|r| match &r.command {
                Command::Watch(numbers) => Some(numbers.iter().map(String::as_str)),
                _ => None,
            })
            .flatten()
            .collect();
        for chunk in numbers.chunks(1000) {
            let (rows, bad) = cases::readable(tx, chunk).await?;
            for row in rows {
                self.cases.insert(row.case.case_no.clone(), row);
            }
            let tomorrow = civil::day(self.now).tomorrow().ok().map(|day| day.to_string());
            for (case_no, error) in bad {
                tracing::error!(case_no, error = &error as &dyn std::error::Error, "a case cannot be supervised");
                self.writes.watched.insert(case_no, tomorrow.clone());
            }
        }
        Ok(())
    }

    /// Answers one command: from memory where it was answered before, else by carrying it out.
    async fn answer(&mut self, tx: &mut AnyConnection, request: &Request) -> Result<Outcome, StoreError> {
        let place = request.key.as_ref().map(|key| (request.actor.clone(), key.key.clone()));
        if let (Some(place), Some(key)) = (&place, &request.key)
            && let Some((fingerprint, answer)) = self.answered.get(place)
        {
            if *fingerprint != key.fingerprint {
                return Ok(Err(EngineError::KeyReused));
            }
            let answer = answer.clone();
            return Ok(Ok(self.again(tx, &request.hall, answer).await?));
        }
        let Some(mut cell) = self.guards.get_mut(&request.hall).and_then(|guard| guard.take()) else {
            return Ok(Err(EngineError::UnknownHall(request.hall.clone())));
        };
        let outcome = self.carry(&mut cell, request);
        if let Some(guard) = self.guards.get_mut(&request.hall) {
            **guard = Some(cell);
        }
        if let (Ok(answer), Some((scope, key)), Some(request_key)) = (&outcome, place, &request.key) {
            let stored = StoredAnswer::of(answer);
            self.writes.requests.push(Answered {
                scope: scope.clone(),
                key: key.clone(),
                fingerprint: request_key.fingerprint.clone(),
                answer: stored.to_json(),
                at: self.now,
            });
            self.answered.insert((scope, key), (request_key.fingerprint.clone(), stored));
        }
        Ok(outcome)
    }

    /// The answer of a request that was carried out before. What was not stored with it is read again.
    async fn again(&self, tx: &mut AnyConnection, hall: &str, answer: StoredAnswer) -> Result<Answer, StoreError> {
        Ok(match answer {
            StoredAnswer::Ticket(ticket) => Answer::Ticket(ticket),
            StoredAnswer::Window(window) => Answer::Window(window),
            StoredAnswer::Lookup(id) => Answer::Lookup(Granted { id, allowed: None }),
            StoredAnswer::Done => Answer::Done,
            StoredAnswer::Called { ticket, cases } => {
                let cell = self.guards.get(hall).and_then(|guard| guard.as_ref());
                let identification = match cell.and_then(|cell| cell.holders.get(&ticket.id)) {
                    Some(holder) => holder.identification.clone(),
                    None => queue::ticket(tx, ticket.id)
                        .await?
                        .map_or(protocol::queue::Identification::Anonymous, |row| row.holder.identification),
                };
                Answer::Called(Box::new(protocol::queue::CalledTicket { ticket: *ticket, identification, cases }))
            }
            StoredAnswer::Watched(raised) => Answer::Watched(raised),
            StoredAnswer::Signal(id) => {
                let row = signals::find(tx, &[id]).await?.into_iter().next();
                let missing = || StoreError::Inconsistent {
                    table: "requests",
                    row: id.to_string(),
                    what: "it names a signal that is not there".to_owned(),
                };
                Answer::Signal(Box::new(row.ok_or_else(missing)?))
            }
            StoredAnswer::Cases(numbers) => {
                let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
                let mut rows = cases::find(tx, &numbers).await?;
                rows.sort_by(|a, b| a.case.case_no.cmp(&b.case.case_no));
                Answer::Cases(rows)
            }
            StoredAnswer::Case(case_no) => {
                let row = match self.cases.get(&case_no) {
                    Some(row) => row.clone(),
                    None => cases::one(tx, &case_no).await?.ok_or_else(|| StoreError::Inconsistent {
                        table: "requests",
                        row: case_no.clone(),
                        what: "it names a case that is not there".to_owned(),
                    })?,
                };
                Answer::Case(Box::new(row))
            }
        })
    }

    /// Notes what the rules left in a hall's queue after one command.
    pub(super) fn note(&mut self, hall: &str, cell: &Cell, actor: &str, changes: Changes) {
        let day = cell.queue.day().to_string();
        for ticket in changes.tickets {
            match self.writes.new_tickets.iter_mut().rev().find(|row| row.ticket.id == ticket.id) {
                Some(row) => row.ticket = ticket,
                None => {
                    self.writes.changed_tickets.insert(ticket.id, ticket);
                }
            }
        }
        for window in changes.windows {
            self.writes.windows.insert((hall.to_owned(), window.number), window);
        }
        for (line, serial) in changes.serials {
            self.writes.serials.insert((hall.to_owned(), day.clone(), line), serial);
        }
        for (turn, at, event) in changes.events {
            let subject = super::run::subject(&event);
            self.draft(
                hall,
                Draft {
                    turn,
                    at,
                    kind: event.kind().to_owned(),
                    actor: actor.to_owned(),
                    on_behalf: String::new(),
                    subject,
                    body: super::run::canonical(&event),
                },
            );
        }
    }

    pub(super) fn draft(&mut self, hall: &str, draft: Draft) {
        self.writes.drafts.entry(hall.to_owned()).or_default().push(draft);
    }

    /// A day as stored, for the batch's instant.
    pub(super) fn today(&self) -> String {
        civil::day(self.now).to_string()
    }

    fn drafts(&self) -> impl Iterator<Item = &Draft> {
        self.writes.drafts.values().flatten()
    }

    async fn write(&mut self, tx: &mut AnyConnection) -> Result<(), StoreError> {
        let writes = &self.writes;
        queue::add_tickets(tx, &writes.new_tickets).await?;
        queue::change_tickets(tx, &writes.changed_tickets.values().collect::<Vec<_>>()).await?;
        let serials: Vec<_> = writes
            .serials
            .iter()
            .map(|((hall, day, line), serial)| (hall.clone(), day.clone(), *line, *serial))
            .collect();
        queue::put_serials(tx, &serials).await?;
        let windows: Vec<_> = writes.windows.iter().map(|((hall, _), window)| (hall.as_str(), window)).collect();
        queue::put_windows(tx, &windows).await?;
        for (id, outcome) in &writes.printed {
            queue::put_printed(tx, *id, outcome).await?;
        }
        let serials: Vec<_> =
            writes.case_serials.iter().map(|((hall, day), serial)| (hall.clone(), day.clone(), *serial)).collect();
        cases::put_serials(tx, &serials).await?;
        let changed: Vec<&CaseRow> = writes.changed_cases.iter().filter_map(|no| self.cases.get(no)).collect();
        cases::put(tx, &changed).await?;
        self.write_prepared(tx).await?;
        crate::cases::joint::project(tx, &changed, &self.shared.calendar()).await?;
        exchange::put_outbox(tx, &writes.outbox).await?;
        let watched: Vec<(&str, Option<&str>)> =
            writes.watched.iter().map(|(case_no, day)| (case_no.as_str(), day.as_deref())).collect();
        case_tasks::put_watch(tx, &watched).await?;
        let changed: Vec<&SignalRow> = writes.changed_signals.iter().filter_map(|id| self.signals.get(id)).collect();
        signals::put(tx, &changed).await?;
        notices::add(tx, &writes.notices).await?;
        lookups::add(tx, &writes.lookups).await?;
        lookups::add_answers(tx, &writes.lookup_answers).await?;
        lookups::add_pulled(tx, &writes.pulled).await?;
        let sealed = self.seal();
        events::add(tx, &sealed).await?;
        requests::add(tx, &self.writes.requests).await?;
        for (hall, guard) in &self.guards {
            if let Some(cell) = guard.as_ref() {
                queue::give_turn(tx, hall, cell.queue.turn(), &cell.chain_head).await?;
            }
        }
        Ok(())
    }

    /// Puts the drafts into their halls' chains.
    fn seal(&mut self) -> Vec<Event> {
        let mut sealed = Vec::new();
        for (hall, drafts) in &self.writes.drafts {
            let Some(cell) = self.guards.get_mut(hall).and_then(|guard| guard.as_mut()) else { continue };
            for draft in drafts {
                let event = chain::seal(hall, draft.clone(), &cell.chain_head);
                cell.chain_head.clone_from(&event.hash);
                sealed.push(event);
            }
        }
        sealed
    }

    fn outgoing(&self) -> Vec<Outgoing> {
        let mut outgoing = Vec::new();
        for (hall, drafts) in &self.writes.drafts {
            if let Some(cell) = self.guards.get(hall).and_then(|guard| guard.as_ref()) {
                outgoing.extend(pushes::outgoing(hall, cell, &drafts.iter().collect::<Vec<_>>()));
            }
        }
        outgoing
    }
}

impl Writes {
    fn is_empty(&self) -> bool {
        self.drafts.is_empty() && self.requests.is_empty() && self.printed.is_empty() && self.watched.is_empty()
    }
}
