//! Events on their way to screens: one channel per hall, each event made into bytes once for all listeners.

pub mod stream;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use protocol::event::Push;
use tokio::sync::broadcast;

/// How many events a slow listener may lag behind before it is sent a fresh snapshot instead.
const LAG: usize = 1024;

/// What listeners of a hall receive.
#[derive(Debug, Clone)]
pub enum Message {
    Event(Arc<Pushed>),
    /// The hall is not as it was: start again from a snapshot.
    Resync,
}

/// An event as pushed, and the bytes that go over the wire for it.
#[derive(Debug)]
pub struct Pushed {
    pub push: Push,
    /// The whole SSE message.
    pub bytes: Bytes,
}

impl Pushed {
    pub fn new(push: Push) -> Result<Self, serde_json::Error> {
        let data = serde_json::to_string(&push)?;
        let bytes = format!("id: {}\ndata: {data}\n\n", push.turn).into();
        Ok(Pushed { push, bytes })
    }
}

/// Where committed events are published and screens listen.
#[derive(Debug, Clone, Default)]
pub struct Bus {
    halls: Arc<Mutex<HashMap<String, broadcast::Sender<Message>>>>,
}

impl Bus {
    /// Listens to a hall from now on.
    pub fn listen(&self, hall: &str) -> broadcast::Receiver<Message> {
        self.sender(hall).subscribe()
    }

    /// Publishes a committed event; without listeners nothing happens.
    pub fn publish(&self, push: Push) {
        let sender = self.sender(&push.hall);
        if sender.receiver_count() == 0 {
            return;
        }
        match Pushed::new(push) {
            // It fails only where the last listener has just left.
            Ok(pushed) => _ = sender.send(Message::Event(Arc::new(pushed))),
            Err(error) => tracing::error!(%error, "an event could not be written as JSON"),
        }
    }

    /// Has every listener of a hall start again from a snapshot.
    pub fn resync(&self, hall: &str) {
        let _ = self.sender(hall).send(Message::Resync);
    }

    /// How many listeners each hall has.
    pub fn listeners(&self) -> Vec<(String, usize)> {
        let halls = self.halls.lock().unwrap_or_else(PoisonError::into_inner);
        let mut listeners: Vec<_> =
            halls.iter().map(|(hall, sender)| (hall.clone(), sender.receiver_count())).collect();
        listeners.sort();
        listeners
    }

    fn sender(&self, hall: &str) -> broadcast::Sender<Message> {
        let mut halls = self.halls.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = halls.get(hall) {
            return sender.clone();
        }
        halls.entry(hall.to_owned()).or_insert_with(|| broadcast::channel(LAG).0).clone()
    }
}
