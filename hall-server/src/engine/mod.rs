//! The writer: takes waiting commands, groups them into one transaction, answers after the commit.

use std::sync::Arc;

use crate::clock::Clock;
use crate::events::Bus;
use crate::store::Store;

/// A handle to the writer; cheap to clone.
#[derive(Debug, Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    #[expect(dead_code, reason = "the writer follows")]
    store: Store,
}

impl Engine {
    pub fn start(store: Store, _bus: Bus, _clock: Arc<dyn Clock>) -> Self {
        Engine { shared: Arc::new(Shared { store }) }
    }

    /// How many handles to the writer there are.
    pub fn handles(&self) -> usize {
        Arc::strong_count(&self.shared)
    }
}
