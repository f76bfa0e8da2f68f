//! Departments with systems of their own (部门业务系统): cases are handed over and answers taken back, in signed messages.
//!
//! What goes out is put into the outbox by the engine, in the transaction of the change that it tells of ([`case_messages`]);
//! [`outbound`] sends it afterwards, with addresses for its files ([`documents`]). What comes in is verified, looked up in the inbox and turned into a step of the case by
//! [`inbound`]. `docs/exchange.md` describes the messages.

pub mod case_messages;
pub mod documents;
pub mod handover;
pub mod inbound;
pub mod outbound;
pub mod record;
pub mod staff;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};

use axum::Router;
use axum::routing::{get, post};
use protocol::Millis;

use crate::AppState;
use crate::store::StoreError;
use crate::store::exchange as store;

/// Addresses under `/api/v1`.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/exchange/outbox", get(staff::outbox))
        .route("/exchange/outbox/{id}/replay", post(staff::replay))
        .route("/exchange/documents/{token}", get(documents::fetch))
        .route("/exchange/{system}", post(inbound::take))
}

/// Counters of this process since its start, by system and what happened.
#[derive(Debug, Default)]
pub struct Counters(Mutex<BTreeMap<(&'static str, String, String), u64>>);

impl Counters {
    /// Counts a message that was sent, or an attempt that failed: `acknowledged`, `failed`, `refused`.
    fn sent(&self, system: &str, result: &str) {
        self.count("hall_exchange_attempts_total", system, result);
    }

    /// Counts a message that came: `applied`, `repeated`, `overtaken` or the code with which it was refused.
    fn came(&self, system: &str, result: &str) {
        self.count("hall_exchange_received_total", system, result);
    }

    fn count(&self, name: &'static str, system: &str, result: &str) {
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counters.entry((name, system.to_owned(), result.to_owned())).or_default() += 1;
    }
}

/// Counters and gauges in Prometheus' text format.
pub async fn metrics(state: &AppState, now: Millis) -> Result<String, StoreError> {
    let mut connection = state.store.reader().acquire().await?;
    let figures = store::figures(&mut connection).await?;
    let mut text = String::new();
    let _ = writeln!(text, "# HELP hall_exchange_messages Messages not delivered yet.");
    let _ = writeln!(text, "# TYPE hall_exchange_messages gauge");
    let label = |figures: &store::Figures| {
        let name = serde_json::to_value(figures.state).unwrap_or_default();
        format!("{{system=\"{}\",state=\"{}\"}}", figures.system, name.as_str().unwrap_or_default())
    };
    for figure in &figures {
        let _ = writeln!(text, "hall_exchange_messages{} {}", label(figure), figure.count);
    }
    let _ = writeln!(text, "# HELP hall_exchange_oldest_seconds Age of the oldest message not delivered yet.");
    let _ = writeln!(text, "# TYPE hall_exchange_oldest_seconds gauge");
    for figure in &figures {
        let _ = writeln!(text, "hall_exchange_oldest_seconds{} {}", label(figure), (now - figure.oldest).max(0) / 1000);
    }
    let counters = state.exchange.0.lock().unwrap_or_else(PoisonError::into_inner);
    let mut last = "";
    for ((name, system, result), value) in &*counters {
        if *name != last {
            let _ = writeln!(text, "# HELP {name} Messages by system and result.\n# TYPE {name} counter");
            last = name;
        }
        let _ = writeln!(text, "{name}{{system=\"{system}\",result=\"{result}\"}} {value}");
    }
    Ok(text)
}
