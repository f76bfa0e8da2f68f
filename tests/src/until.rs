//! Waiting for the thing itself.

use std::time::{Duration, Instant};

use crate::Result;

/// Long enough for a loaded machine; nobody waits for it when all is well.
pub const PATIENCE: Duration = Duration::from_secs(20);

const PAUSE: Duration = Duration::from_millis(15);

/// Asks until there is an answer. After [`PATIENCE`] it fails with what was awaited and what was last said instead.
pub async fn until<T>(awaited: &str, ask: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    within(PATIENCE, awaited, ask).await
}

/// [`until`], with a patience of its own. An error of the asking counts as "not yet" and is told at the end.
pub async fn within<T>(
    patience: Duration,
    awaited: &str,
    mut ask: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let started = Instant::now();
    let mut ticks = tokio::time::interval(PAUSE);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let last = match ask().await {
            Ok(Some(answer)) => return Ok(answer),
            Ok(None) => None,
            Err(cause) => Some(cause),
        };
        if started.elapsed() > patience {
            let instead = last.map_or_else(String::new, |cause| format!(": {cause}"));
            return Err(format!("waited {} s in vain for {awaited}{instead}", patience.as_secs()).into());
        }
    }
}
