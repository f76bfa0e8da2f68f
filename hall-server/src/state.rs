//! What every endpoint shares.

use std::sync::Arc;

use crate::clock::Clock;
use crate::config::Settings;
use crate::engine::Engine;
use crate::events::Bus;
use crate::store::Store;

/// Handles to the server's parts; cheap to clone.
#[derive(Debug, Clone)]
pub struct AppState {
    pub store: Store,
    pub engine: Engine,
    pub bus: Bus,
    pub clock: Arc<dyn Clock>,
    pub settings: Arc<Settings>,
}

impl AppState {
    /// Starts the engine over a migrated store. It ends when the last clone of the state is dropped.
    pub fn new(store: Store, clock: Arc<dyn Clock>, settings: Settings) -> Self {
        let bus = Bus::default();
        let engine = Engine::start(store.clone(), bus.clone(), clock.clone());
        AppState { store, engine, bus, clock, settings: Arc::new(settings) }
    }
}
