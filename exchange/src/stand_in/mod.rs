//! A stand-in for a department's own system: it takes cases over, keeps them in memory and answers after a while or when
//! told. It can be told to fail and to lie in every way that the hall must withstand.

mod automatic;
pub mod control;
mod desk;
mod line;
mod say;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use axum::routing::post;
use tokio::net::TcpListener;

pub use control::{Automatic, Control, Decision, Lie, Line, Said, Say, Status};

use self::desk::Desk;
use self::line::{Switch, SwitchedListener};
use crate::signing::Keys;
use crate::{Millis, hex};

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Millis + Send + Sync>;

/// Who the stand-in is and with whom it speaks.
#[derive(Clone)]
pub struct StandIn {
    /// As the hall knows it.
    pub name: String,
    /// The hall's name in messages.
    pub hall: String,
    /// Where its messages go: `http://…/api/v1/exchange/NAME`.
    pub hall_address: String,
    pub keys: Keys,
    /// How far the hall's clock may be from its own, in milliseconds.
    pub window: Millis,
    pub clock: Clock,
    pub automatic: Option<Automatic>,
}

impl std::fmt::Debug for StandIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StandIn").field("name", &self.name).field("hall", &self.hall_address).finish_non_exhaustive()
    }
}

/// Why it could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("{address} cannot be listened on")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("the system gave no random bytes")]
    Random(#[from] getrandom::Error),
    #[error("no HTTP client could be made")]
    Client(#[from] reqwest::Error),
}

/// A stand-in at work; it ends with the runtime, or when [`Running::stop`] is called.
#[derive(Debug, Clone)]
pub struct Running {
    /// Where the hall's messages are taken, at `/exchange`.
    pub address: SocketAddr,
    /// Where it is told what to do, at `/control`.
    pub control: SocketAddr,
    shared: Arc<Shared>,
    servers: [Arc<tokio::task::JoinHandle<()>>; 2],
}

#[derive(Debug)]
struct Shared {
    who: StandIn,
    desk: Desk,
    switch: Switch,
    client: reqwest::Client,
    hall_address: RwLock<String>,
    /// Begins its message ids, so that two runs never use the same.
    run: String,
    said: AtomicU64,
}

/// How long it waits for the hall's answer.
const PATIENCE: Duration = Duration::from_secs(10);

impl StandIn {
    /// Starts it. Port 0 takes a free one.
    pub async fn start(self, listen: SocketAddr, control: SocketAddr) -> Result<Running, StartError> {
        let mut random = [0u8; 6];
        getrandom::fill(&mut random)?;
        let switch = Switch::default();
        let shared = Arc::new(Shared {
            desk: Desk::new(self.automatic.clone()),
            hall_address: RwLock::new(self.hall_address.clone()),
            who: self,
            switch: switch.clone(),
            client: crate::client::client()?,
            run: hex::encode(&random),
            said: AtomicU64::new(0),
        });
        let hall_side = Router::new().route("/exchange", post(desk::take)).with_state(shared.clone());
        let control_side =
            Router::new().route("/control", post(control::obey).get(control::status)).with_state(shared.clone());
        let (listener, address) = listen_on(listen).await?;
        let (control_listener, control) = listen_on(control).await?;
        let listener = SwitchedListener::new(listener, switch);
        let servers = [
            tokio::spawn(async move { ended(axum::serve(listener, hall_side).await) }),
            tokio::spawn(async move { ended(axum::serve(control_listener, control_side).await) }),
        ];
        Ok(Running { address, control, shared, servers: servers.map(Arc::new) })
    }
}

async fn listen_on(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

fn ended(served: std::io::Result<()>) {
    if let Err(error) = served {
        tracing::error!(%error, "serving failed");
    }
}

impl Running {
    /// Does what it is told, as by its control address.
    pub async fn obey(&self, control: Control) -> Result<Vec<Said>, control::Unknown> {
        control::carry_out(&self.shared, control).await
    }

    /// What it knows.
    pub fn status(&self) -> Status {
        control::known(&self.shared)
    }

    pub fn stop(&self) {
        self.servers.iter().for_each(|server| server.abort());
    }
}

impl Shared {
    fn next_id(&self) -> String {
        format!("{}-{}-{}", self.who.name, self.run, self.said.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn hall_address(&self) -> String {
        self.hall_address.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn move_hall(&self, address: String) {
        *self.hall_address.write().unwrap_or_else(PoisonError::into_inner) = address;
    }

    fn now(&self) -> Millis {
        (self.who.clock)()
    }
}
