//! What every endpoint shares.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::catalogue::item_versions::ItemVersions;
use crate::clock::Clock;
use crate::config::Settings;
use crate::engine::Engine;
use crate::events::Bus;
use crate::evidence::Signer;
use crate::exchange;
use crate::files::Files;
use crate::identity::directory::Directory;
use crate::identity::secrets::{self, SecretError};
use crate::metrics::Metrics;
use crate::notices::printing::Printing;
use crate::preparation::pace::Pace;
use crate::store::Store;
use crate::submission;

/// Handles to the server's parts; cheap to clone.
#[derive(Debug, Clone)]
pub struct AppState {
    pub store: Store,
    pub engine: Engine,
    pub bus: Bus,
    pub clock: Arc<dyn Clock>,
    pub settings: Arc<Settings>,
    pub directory: Directory,
    pub items: ItemVersions,
    pub files: Files,
    /// Sets papers as PDF.
    pub printing: Printing,
    /// How often each ticket's preparation is changed.
    pub pace: Arc<Pace>,
    /// How often applications are started, changed and withdrawn from phones.
    pub submissions: Arc<submission::Paces>,
    pub metrics: Arc<Metrics>,
    pub exchange: Arc<exchange::Counters>,
    /// Hashing a password takes a core for a while: a few at a time, so that signing in does not stop the hall.
    pub password_checks: Arc<Semaphore>,
    /// What a password is compared with where the user name is unknown.
    pub unknown_user_hash: Arc<str>,
    /// Signs heads and dossiers, where the server has a key.
    pub signer: Option<Signer>,
    /// Ends the streams when the server stops.
    pub stopping: tokio::sync::watch::Receiver<bool>,
}

impl AppState {
    /// Starts the engine over a migrated store. It ends when the last clone of the state is dropped. `stopping` turns
    /// true when streams are to end.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        settings: Settings,
        stopping: tokio::sync::watch::Receiver<bool>,
    ) -> Result<Self, SecretError> {
        let bus = Bus::default();
        let metrics = Arc::new(Metrics::default());
        let engine = Engine::start(store.clone(), bus.clone(), clock.clone(), metrics.clone(), &settings);
        let setup = settings.evidence.clone();
        let signer = setup.map(|setup| Signer::new(store.clone(), clock.clone(), metrics.clone(), setup));
        Ok(AppState {
            signer,
            directory: Directory::new(store.clone(), clock.clone()),
            items: ItemVersions::default(),
            store,
            engine,
            bus,
            clock,
            pace: Arc::default(),
            submissions: Arc::default(),
            printing: Printing::default(),
            files: Files::new(settings.files.clone()),
            settings: Arc::new(settings),
            metrics,
            exchange: Arc::default(),
            password_checks: Arc::new(Semaphore::new(2)),
            unknown_user_hash: secrets::hash_password(&secrets::token()?)?.into(),
            stopping,
        })
    }
}
