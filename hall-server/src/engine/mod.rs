//! The heart: one writer per process takes waiting commands, groups them into one transaction, and answers after the
//! commit.
//!
//! Taking a hall's row (`UPDATE halls SET turn = turn + 1`) serialises the hall on both databases. What is in memory is
//! used only where the row shows that nobody else has written since; so several servers may share a PostgreSQL.

mod applications;
mod batch;
pub mod calendar;
mod cases;
pub mod cell;
pub mod chain;
pub mod command;
mod exchange;
pub mod lookups;
pub mod outside;
pub mod pushes;
mod rules;
mod run;
mod stored_answer;
mod watch;

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use tokio::sync::{OwnedRwLockReadGuard, RwLock, mpsc, oneshot};

pub use command::{Answer, Command, EngineError, Request, RequestKey, WindowAct};

use self::calendar::CalendarSlot;
use self::cell::Cell;
use self::pushes::Outgoing;
use self::rules::RulesSlot;
use crate::clock::Clock;
use crate::config::Settings;
use crate::events::Bus;
use crate::metrics::Metrics;
use crate::store::{Store, StoreError, queue};

/// The most commands in one transaction.
const BATCH: usize = 128;

/// How many commands may wait; beyond that an asker is told that the server is busy.
const WAITING: usize = 4096;

/// A hall in memory for reading: what is committed.
pub type HallRead = OwnedRwLockReadGuard<Option<Cell>, Cell>;

type Slot = Arc<RwLock<Option<Cell>>>;

/// A handle to the writer; cheap to clone. The writer ends when the last handle is dropped and all is answered.
#[derive(Debug, Clone)]
pub struct Engine {
    jobs: mpsc::Sender<Job>,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    store: Store,
    bus: Bus,
    clock: Arc<dyn Clock>,
    metrics: Arc<Metrics>,
    calendar: CalendarSlot,
    rules: RulesSlot,
    public_url: String,
    area: String,
    slots: Mutex<HashMap<String, Slot>>,
}

#[derive(Debug)]
struct Job {
    request: Request,
    answer: oneshot::Sender<Result<Answer, EngineError>>,
}

impl Engine {
    pub fn start(store: Store, bus: Bus, clock: Arc<dyn Clock>, metrics: Arc<Metrics>, settings: &Settings) -> Self {
        let shared = Arc::new(Shared {
            store,
            bus,
            clock,
            metrics,
            calendar: CalendarSlot::default(),
            rules: RulesSlot::default(),
            public_url: settings.public_url.clone(),
            area: settings.area.clone(),
            slots: Mutex::default(),
        });
        let (jobs, waiting) = mpsc::channel(WAITING);
        tokio::spawn(write(shared.clone(), waiting));
        tokio::spawn(watch::run(Arc::downgrade(&shared)));
        Engine { jobs, shared }
    }

    /// Has a command carried out; answers after its commit.
    pub async fn submit(&self, request: Request) -> Result<Answer, EngineError> {
        let (answer, answered) = oneshot::channel();
        self.jobs.try_send(Job { request, answer }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => EngineError::Busy,
            mpsc::error::TrySendError::Closed(_) => EngineError::Stopped,
        })?;
        answered.await.unwrap_or(Err(EngineError::Stopped))
    }

    /// A hall as committed last. It waits for a batch under way.
    pub async fn hall(&self, hall: &str) -> Result<HallRead, EngineError> {
        self.shared.hall(hall).await
    }
}

impl Shared {
    fn slot(&self, hall: &str) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.entry(hall.to_owned()).or_default().clone()
    }

    fn slots(&self) -> Vec<(String, Slot)> {
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.iter().map(|(hall, slot)| (hall.clone(), slot.clone())).collect()
    }

    async fn hall(&self, hall: &str) -> Result<HallRead, EngineError> {
        let unknown = || EngineError::UnknownHall(hall.to_owned());
        let known = {
            let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            slots.get(hall).cloned()
        };
        if let Some(slot) = known
            && let Ok(read) = OwnedRwLockReadGuard::try_map(slot.read_owned().await, Option::as_ref)
        {
            return Ok(read);
        }
        let slot = self.load(hall).await?.ok_or_else(unknown)?;
        OwnedRwLockReadGuard::try_map(slot.read_owned().await, Option::as_ref).map_err(|_| unknown())
    }

    /// Reads a hall into memory where it is not there.
    async fn load(&self, hall: &str) -> Result<Option<Slot>, StoreError> {
        let mut tx = self.store.begin_read().await?;
        // Looked up first, so that unknown names leave nothing behind.
        if queue::turn(&mut tx, hall).await?.is_none() {
            return Ok(None);
        }
        tx.rollback().await?;
        let slot = self.slot(hall);
        let mut guard = slot.write().await;
        if guard.is_none() {
            let mut tx = self.store.begin_read().await?;
            self.refresh_calendar(&mut tx).await?;
            self.refresh_rules(&mut tx).await?;
            if let Some(turn) = queue::turn(&mut tx, hall).await? {
                *guard = Cell::load(&mut tx, hall, turn, self.clock.now()).await?;
            }
            tx.rollback().await?;
        }
        drop(guard);
        Ok(Some(slot))
    }

    fn publish(&self, outgoing: Vec<Outgoing>) {
        for message in outgoing {
            match message {
                Outgoing::Push(push) => self.bus.publish(*push),
                Outgoing::Resync { hall } => self.bus.resync(&hall),
            }
        }
    }
}

/// The writer. What waits while one batch is being committed makes the next.
async fn write(shared: Arc<Shared>, mut waiting: mpsc::Receiver<Job>) {
    let mut jobs = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut jobs, BATCH).await > 0 {
        let (requests, answers): (Vec<_>, Vec<_>) = jobs.drain(..).map(|job| (job.request, job.answer)).unzip();
        let outcomes = match shared.commit(&requests).await {
            Ok(outcomes) => outcomes,
            Err(error) => {
                // A lost connection may pass; a command that cannot be stored must not take the others with it.
                tracing::warn!(error = &error as &dyn std::error::Error, "a batch is tried again, one by one");
                shared.one_by_one(&requests).await
            }
        };
        for (answer, outcome) in answers.into_iter().zip(outcomes) {
            // An asker who has gone asks again with the same key.
            let _ = answer.send(outcome);
        }
    }
}

impl Shared {
    /// Runs a batch and publishes what it changed.
    async fn commit(&self, requests: &[Request]) -> Result<Vec<Result<Answer, EngineError>>, StoreError> {
        let started = tokio::time::Instant::now();
        let running = AssertUnwindSafe(batch::run(self, requests, self.clock.now())).catch_unwind();
        // A fault in a rule ends the batch, not the writer: the batch forgets what it had in memory.
        let committed = running.await.unwrap_or(Err(StoreError::Panicked))?;
        self.metrics.batch(requests.len(), started.elapsed(), committed.tickets, committed.calls);
        self.publish(committed.outgoing);
        Ok(committed.outcomes)
    }

    async fn one_by_one(&self, requests: &[Request]) -> Vec<Result<Answer, EngineError>> {
        let mut outcomes = Vec::with_capacity(requests.len());
        for request in requests {
            outcomes.push(match self.commit(std::slice::from_ref(request)).await {
                Ok(done) => done.into_iter().next().unwrap_or(Err(EngineError::Stopped)),
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, hall = request.hall, "a command failed");
                    Err(error.into())
                }
            });
        }
        outcomes
    }
}
