//! Events on their way to screens: one channel per hall, each event made into bytes once for all listeners.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use protocol::event::Push;
use tokio::sync::broadcast;

/// How many events a slow listener may lag behind before it is sent a fresh snapshot instead.
const LAG: usize = 1024;

/// An event as pushed, and the bytes that go over the wire for it.
#[derive(Debug)]
pub struct Pushed {
    pub push: Push,
    /// The whole SSE message: id, event, data.
    pub message: String,
}

impl Pushed {
    pub fn new(push: Push) -> Result<Self, serde_json::Error> {
        let data = serde_json::to_string(&push)?;
        let message = format!("id: {}\ndata: {data}\n\n", push.turn);
        Ok(Pushed { push, message })
    }
}

/// Where committed events are published and screens listen.
#[derive(Debug, Clone, Default)]
pub struct Bus {
    halls: Arc<Mutex<HashMap<String, broadcast::Sender<Arc<Pushed>>>>>,
}

impl Bus {
    /// Listens to a hall from now on.
    pub fn listen(&self, hall: &str) -> broadcast::Receiver<Arc<Pushed>> {
        self.sender(hall).subscribe()
    }

    /// Publishes a committed event; without listeners nothing happens.
    pub fn publish(&self, push: Push) {
        let sender = self.sender(&push.hall);
        if sender.receiver_count() == 0 {
            return;
        }
        match Pushed::new(push) {
            Ok(pushed) => {
                // It fails only where the last listener has just left.
                let _ = sender.send(Arc::new(pushed));
            }
            Err(error) => tracing::error!(%error, "an event could not be written as JSON"),
        }
    }

    /// How many listeners each hall has.
    pub fn listeners(&self) -> Vec<(String, usize)> {
        let halls = self.halls.lock().unwrap_or_else(PoisonError::into_inner);
        halls.iter().map(|(hall, sender)| (hall.clone(), sender.receiver_count())).collect()
    }

    fn sender(&self, hall: &str) -> broadcast::Sender<Arc<Pushed>> {
        let mut halls = self.halls.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = halls.get(hall) {
            return sender.clone();
        }
        halls.entry(hall.to_owned()).or_insert_with(|| broadcast::channel(LAG).0).clone()
    }
}
