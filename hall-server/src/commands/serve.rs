//! `hall-server serve`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use exchange::settings::Systems;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::CommandError;
use super::files::Limits;
use super::items::ConnectedNames;
use crate::catalogue::connected::Connected;
use crate::clock::{Clock, SystemClock};
use crate::config::{SAMPLE_AREA, Settings};
use crate::exchange::outbound::Sender;
use crate::files::vault::Vault;
use crate::lookups::providers::Providers;
use crate::notices::settings::NoticeSettings;
use crate::preparation::forgetting;
use crate::store::{Store, requests};
use crate::supervision::sweep;
use crate::{AppState, router, submission};

/// How long answers under way may take once the server is told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// How long an answered request is remembered for a repetition.
const REMEMBERED: i64 = 7 * 24 * 3600 * 1000;

#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The address to listen on; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The address under which phones reach the server: it stands in QR codes
    #[arg(long, value_name = "URL", env = "HALL_PUBLIC_URL")]
    public_url: Option<String>,
    /// A folder of recorded clips for spoken calls
    #[arg(long, value_name = "DIR")]
    voice: Option<PathBuf>,
    /// The district's division code (GB/T 2260): it begins case numbers
    #[arg(long, default_value = SAMPLE_AREA, value_parser = six_digits)]
    area: String,
    #[command(flatten)]
    connected: ConnectedNames,
    #[command(flatten)]
    files: Limits,
    #[command(flatten)]
    signing: super::evidence::Signing,
    /// The registers of other offices that documents can be pulled from: docs/providers.md
    #[arg(long, value_name = "FILE.toml")]
    providers: Option<PathBuf>,
    /// What papers say of remedies, and a folder of fonts for them (TOML; docs/notices.md)
    #[arg(long, value_name = "FILE.toml")]
    notices: Option<PathBuf>,
    /// Departments' own systems (TOML; docs/exchange.md)
    #[arg(long, value_name = "FILE")]
    systems: Option<PathBuf>,
}

fn six_digits(text: &str) -> Result<String, String> {
    if text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err("a division code has six digits".to_owned())
    }
}

impl Serve {
    pub(super) async fn run(self, store: Store, database: &str) -> Result<(), CommandError> {
        let failed = |what: String| move |source| CommandError::Io { what, source };
        let listener =
            TcpListener::bind(self.listen).await.map_err(failed(format!("{} cannot be listened on", self.listen)))?;
        let address = listener.local_addr().map_err(failed("the listener has no address".to_owned()))?;
        let public_url = self.public_url.unwrap_or_else(|| format!("http://{address}"));
        let providers = self.providers.as_deref().map(Providers::read).transpose()?.unwrap_or_default();
        let mut connected = Connected::from(self.connected);
        connected.shared_sources.extend(providers.names().map(str::to_owned));
        let systems = self.systems.as_deref().map(Systems::read).transpose()?.unwrap_or_default();
        connected.systems.extend(systems.iter().map(|system| system.name.clone()));
        let settings = Settings {
            public_url: public_url.trim_end_matches('/').to_owned(),
            voice: self.voice,
            area: self.area,
            connected,
            evidence: self.signing.setup()?,
            providers,
            files: self.files.settings(database),
            notices: self.notices.as_deref().map(NoticeSettings::read).transpose()?.unwrap_or_default(),
            systems,
        };
        let (stop, stopping) = watch::channel(false);
        let state = AppState::new(store.clone(), Arc::new(SystemClock), settings, stopping.clone())?;
        state.engine.read_calendar().await?;
        let folder = state.files.vault.folder().display().to_string();
        let removed = state.files.vault.open().map_err(failed(format!("the files' folder {folder} cannot be used")))?;
        tracing::info!(folder, half_received_files_removed = removed, "files");
        tokio::spawn(forget_old_requests(store.clone()));
        Sender::new(state.clone())?.run(&stopping);
        tokio::spawn(sweep::run(state.clone(), stopping.clone()));
        let signer = state.signer.clone();
        if let Some(signer) = signer.clone() {
            tokio::spawn(signer.run(stopping.clone()));
        }
        tokio::spawn(forget_abandoned(store.clone(), state.files.vault.clone()));
        println!("listening on http://{address}");
        tracing::info!(%address, %public_url, "listening");
        let app = router(state);
        let server = axum::serve(listener, app).with_graceful_shutdown(async move {
            stop_asked().await;
            tracing::info!("stopping");
            let _ = stop.send(true);
        });
        let mut stopping = stopping;
        let overdue = async {
            let _ = stopping.wait_for(|stopping| *stopping).await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            done = std::future::IntoFuture::into_future(server) => done.map_err(failed("serving failed".to_owned()))?,
            () = overdue => tracing::warn!("some answers were not finished in time"),
        }
        if let Some(signer) = signer {
            signer.finish().await;
        }
        store.close().await;
        Ok(())
    }
}

/// Waits for SIGTERM or Ctrl-C.
async fn stop_asked() {
    let interrupted = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => tokio::select! {
            _ = interrupted => {}
            _ = terminated.recv() => {}
        },
        Err(error) => {
            tracing::warn!(%error, "SIGTERM cannot be waited for");
            let _ = interrupted.await;
        }
    }
}

async fn forget_abandoned(store: Store, vault: Vault) {
    let mut hours = tokio::time::interval(Duration::from_secs(3600));
    loop {
        hours.tick().await;
        match forgetting::forget_abandoned(&store, &vault, SystemClock.now()).await {
            Ok(0) => {}
            Ok(forgotten) => tracing::info!(forgotten, "preparations without an application were forgotten"),
            Err(error) => tracing::warn!(code = error.code.as_str(), "old preparations could not be forgotten"),
        }
        match submission::forgetting::forget_abandoned(&store, &vault, SystemClock.now()).await {
            Ok(0) => {}
            Ok(forgotten) => {
                tracing::info!(forgotten, "applications begun on a phone and never sent were forgotten");
            }
            Err(error) => tracing::warn!(code = error.code.as_str(), "old drafts could not be forgotten"),
        }
    }
}

async fn forget_old_requests(store: Store) {
    let mut hours = tokio::time::interval(Duration::from_secs(3600));
    loop {
        hours.tick().await;
        let forgotten = async {
            let mut tx = store.begin_write().await?;
            requests::forget_before(&mut tx, SystemClock.now() - REMEMBERED).await?;
            tx.commit().await?;
            Ok::<_, crate::store::StoreError>(())
        };
        if let Err(error) = forgotten.await {
            tracing::warn!(error = &error as &dyn std::error::Error, "old requests could not be cleared away");
        }
    }
}
