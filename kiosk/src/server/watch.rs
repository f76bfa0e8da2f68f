//! Watches the server: is it there, is the catalogue still the one we have, how do the queues stand.

use std::sync::Arc;
use std::time::Duration;

use protocol::queue::QueueSnapshot;

use super::{Client, Store};
use crate::shelf::{SharedShelf, Shelf};

#[derive(Debug, Clone)]
pub enum ServerNews {
    Catalogue(SharedShelf),
    /// The server answers; this is how the queues stand.
    Queue(Box<QueueSnapshot>),
    Away,
}

const QUEUE_EVERY: Duration = Duration::from_secs(5);
const RETRY_EVERY: Duration = Duration::from_secs(2);
/// A new item list or a closed service shows after this many looks at the queue.
const CATALOGUE_EVERY: u32 = 6;

/// Runs for as long as the program does; call it on a thread of its own.
pub fn watch(client: &Client, store: &Store, tell: impl Fn(ServerNews)) -> ! {
    let mut tag = None;
    if let Some((catalogue, kept_tag)) = store.catalogue() {
        tell(ServerNews::Catalogue(Arc::new(Shelf::new(catalogue))));
        tag = kept_tag;
    }
    let mut looks = 0;
    let mut away = false;
    loop {
        let due = away || looks % CATALOGUE_EVERY == 0;
        looks += 1;
        match look(client, store, &mut tag, due, &tell) {
            Ok(()) => {
                if std::mem::take(&mut away) {
                    tracing::info!("the server is back");
                }
                std::thread::sleep(QUEUE_EVERY);
            }
            Err(error) => {
                if !std::mem::replace(&mut away, true) {
                    tracing::warn!(%error, "the server is away");
                }
                tell(ServerNews::Away);
                std::thread::sleep(RETRY_EVERY);
            }
        }
    }
}

fn look(
    client: &Client,
    store: &Store,
    tag: &mut Option<String>,
    catalogue_due: bool,
    tell: &impl Fn(ServerNews),
) -> Result<(), super::ClientError> {
    if catalogue_due && let Some(published) = client.catalogue(tag.as_deref())? {
        let shelf = Shelf::new(published.catalogue);
        if let Err(error) = store.keep(&published.body, published.tag.as_deref(), &shelf.front_page()) {
            tracing::error!(%error, "the catalogue could not be kept on disk");
        }
        *tag = published.tag;
        tracing::info!(services = shelf.catalogue().items.len(), "catalogue taken over");
        tell(ServerNews::Catalogue(Arc::new(shelf)));
    }
    let queue = client.queue()?;
    tell(ServerNews::Queue(Box::new(queue)));
    Ok(())
}
