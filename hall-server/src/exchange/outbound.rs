//! Sending what is in the outbox: each message once at a time whatever the number of servers, in order for each case, with
//! growing pauses, and no system's silence in another's way.

use exchange::answer::Acknowledgement;
use exchange::client::{self, Failure};
use exchange::envelope::Envelope;
use exchange::settings::System;
use protocol::Millis;
use tokio::sync::watch;

use super::documents;
use crate::AppState;
use crate::identity::secrets;
use crate::store::exchange::{self as store, Kept};
use crate::store::{StoreError, Tx};

/// How many messages of one system are under way at once from one server.
const TOGETHER: i64 = 8;

/// How much longer than an attempt's own limit nobody else tries it, in milliseconds.
const MARGIN: Millis = 30_000;

/// How often the outbox is looked at.
const LOOK: std::time::Duration = std::time::Duration::from_secs(1);

/// How often emptied bodies are looked for, in looks.
const EMPTY_EVERY: u32 = 3600;

/// How long what was said is kept after delivery, in milliseconds: a department that lost it is told again by hand.
const KEPT_FOR: Millis = 30 * 24 * 3600 * 1000;

/// Why nothing could be sent. What is in the outbox stays there.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the system gave no random bytes")]
    Random(#[from] getrandom::Error),
    #[error("no HTTP client could be made")]
    Client(#[from] reqwest::Error),
}

impl From<sqlx::Error> for SendError {
    fn from(error: sqlx::Error) -> Self {
        SendError::Store(error.into())
    }
}

/// Sends for one server process.
#[derive(Debug, Clone)]
pub struct Sender {
    state: AppState,
    client: reqwest::Client,
}

impl Sender {
    pub fn new(state: AppState) -> Result<Self, SendError> {
        Ok(Sender { state, client: client::client()? })
    }

    /// Starts a task for each system, and one that clears away; they end when the server stops.
    pub fn run(&self, stopping: &watch::Receiver<bool>) {
        for system in self.state.settings.systems.iter() {
            let (sender, system, stopping) = (self.clone(), system.clone(), stopping.clone());
            tokio::spawn(async move { sender.watch(&system, stopping).await });
        }
        let (sender, stopping) = (self.clone(), stopping.clone());
        tokio::spawn(async move { sender.clear(stopping).await });
    }

    async fn watch(&self, system: &System, mut stopping: watch::Receiver<bool>) {
        let mut looks = tokio::time::interval(LOOK);
        looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = looks.tick() => {}
                _ = stopping.wait_for(|stop| *stop) => return,
            }
            // Stopped while sending, it leaves its lease to run out; what was sent then comes twice, and counts once.
            let sent = tokio::select! {
                sent = self.send_to(system) => sent,
                _ = stopping.wait_for(|stop| *stop) => return,
            };
            if let Err(error) = sent {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    system = system.name,
                    "the outbox cannot be sent"
                );
            }
        }
    }

    async fn clear(&self, mut stopping: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(LOOK * EMPTY_EVERY) => {}
                _ = stopping.wait_for(|stop| *stop) => return,
            }
            if let Err(error) = self.empty_old_bodies().await {
                tracing::warn!(error = &error as &dyn std::error::Error, "delivered messages could not be emptied");
            }
        }
    }

    /// Empties what was said in messages delivered long ago; returns how many.
    pub async fn empty_old_bodies(&self) -> Result<u64, SendError> {
        let mut tx = self.state.store.begin_write().await?;
        let emptied = store::empty_bodies(&mut tx, self.state.clock.now() - KEPT_FOR).await?;
        tx.commit().await?;
        Ok(emptied)
    }

    /// Sends everything that is due, to all systems side by side; returns how many messages were acknowledged.
    pub async fn send_due(&self) -> Result<usize, SendError> {
        let sending = self.state.settings.systems.iter().map(|system| self.send_to(system));
        let sent = futures_util::future::join_all(sending).await;
        sent.into_iter().sum()
    }

    /// Sends everything that is due to one system.
    pub async fn send_to(&self, system: &System) -> Result<usize, SendError> {
        let mut acknowledged = 0;
        loop {
            let claimed = self.claim(system).await?;
            let Some((lease, messages)) = claimed else { return Ok(acknowledged) };
            let attempts = messages.into_iter().map(|message| self.attempt(system, &lease, message));
            for outcome in futures_util::future::join_all(attempts).await {
                acknowledged += usize::from(outcome?);
            }
        }
    }

    async fn claim(&self, system: &System) -> Result<Option<(String, Vec<Kept>)>, SendError> {
        let now = self.state.clock.now();
        let mut connection = self.state.store.reader().acquire().await?;
        if !store::due(&mut connection, &system.name, now).await? {
            return Ok(None);
        }
        drop(connection);
        let lease = secrets::code(16)?;
        let until = now + Millis::try_from(system.timeout.as_millis()).unwrap_or(MARGIN) + MARGIN;
        let mut tx = self.state.store.begin_write().await?;
        let mut claimed = store::claim(&mut tx, &system.name, &lease, now, until, TOGETHER).await?;
        for message in &mut claimed {
            documents::give_addresses(&mut tx, &mut message.row, &self.state.settings.public_url, now).await?;
        }
        tx.commit().await?;
        Ok((!claimed.is_empty()).then_some((lease, claimed)))
    }

    /// Tries one message once; true where it was acknowledged.
    async fn attempt(&self, system: &System, lease: &str, message: Kept) -> Result<bool, SendError> {
        let answer = self.post(system, &message).await;
        let (now, id) = (self.state.clock.now(), message.row.id.as_str());
        let (case_no, kind, attempt) = (message.row.case_no.as_str(), message.row.kind.as_str(), message.attempts);
        let mut tx = self.state.store.begin_write().await?;
        match &answer {
            Ok(acknowledgement) => {
                let ours = store::delivered(&mut tx, id, lease, now).await?;
                let hastened = if attempt > 1 { store::hasten(&mut tx, &system.name, now).await? } else { 0 };
                let outcome = acknowledgement.outcome;
                tracing::info!(system = system.name, id, case_no, kind, attempt, ?outcome, ours, hastened, "delivered");
                self.state.exchange.sent(&system.name, "acknowledged");
            }
            Err(Failure::Temporary(why)) => {
                match system.retry.next(message.plan_from, attempt, now, jitter()?) {
                    Some(next) => {
                        store::put_off(&mut tx, id, lease, next, why).await?;
                        tracing::warn!(
                            system = system.name,
                            id,
                            case_no,
                            kind,
                            attempt,
                            why,
                            next,
                            "not delivered yet"
                        );
                    }
                    None => stuck(&mut tx, system, lease, &message, why).await?,
                }
                self.state.exchange.sent(&system.name, "failed");
            }
            Err(failure) => {
                stuck(&mut tx, system, lease, &message, &failure.to_string()).await?;
                self.state.exchange.sent(&system.name, "refused");
            }
        }
        tx.commit().await?;
        Ok(answer.is_ok())
    }

    async fn post(&self, system: &System, message: &Kept) -> Result<Acknowledgement, Failure> {
        let row = &message.row;
        let body = serde_json::from_str(&row.body).map_err(|error| Failure::Refused {
            status: 0,
            code: "not-json".to_owned(),
            detail: error.to_string(),
        })?;
        let envelope = Envelope {
            message_id: row.id.clone(),
            from: self.state.settings.systems.hall.clone(),
            to: system.name.clone(),
            sent_at: self.state.clock.now(),
            kind: row.kind.clone(),
            case_no: row.case_no.clone(),
            sequence: row.sequence,
            body,
        };
        client::send(&self.client, &system.address, system.signing(), &envelope, system.timeout).await
    }
}

async fn stuck(tx: &mut Tx, system: &System, lease: &str, message: &Kept, why: &str) -> Result<(), StoreError> {
    store::stick(tx, &message.row.id, lease, why).await?;
    let (id, case_no, kind) = (&message.row.id, &message.row.case_no, &message.row.kind);
    tracing::error!(
        system = system.name,
        id,
        case_no,
        kind,
        attempt = message.attempts,
        why,
        "stuck: somebody has to look"
    );
    Ok(())
}

/// From 0 to 1, so that what failed together is not tried together.
fn jitter() -> Result<f64, getrandom::Error> {
    Ok(f64::from(getrandom::u32()?) / f64::from(u32::MAX))
}
