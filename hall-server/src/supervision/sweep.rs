//! The sweep: every case with something due today is looked at once, through the engine, so that what is raised stands in its
//! hall's chain.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::civil;
use tokio::sync::watch;

use super::survey::survey;
use crate::AppState;
use crate::engine::{Answer, Command, EngineError, Request};
use crate::store::case_tasks;

/// How often a running server sweeps.
const EVERY: Duration = Duration::from_secs(20);

/// Cases read from the list at once.
const PAGE: i64 = 10_000;

/// Cases in one command: a batch of it stays short for those who wait at the same time.
const AT_ONCE: usize = 500;

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    pub cases: usize,
    pub signals: usize,
}

/// Looks at every case that is due by today.
pub async fn sweep(state: &AppState) -> Result<Swept, EngineError> {
    let today = civil::day(state.clock.now()).to_string();
    let mut swept = Swept::default();
    loop {
        let due = {
            let mut connection = state.store.reader().acquire().await.map_err(crate::store::StoreError::from)?;
            case_tasks::to_watch(&mut connection, &today, PAGE).await?
        };
        if due.is_empty() {
            return Ok(swept);
        }
        let more = due.len() as i64 == PAGE;
        let mut halls: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (hall, case_no) in due {
            halls.entry(hall).or_default().push(case_no);
        }
        swept.cases += halls.values().map(Vec::len).sum::<usize>();
        swept.signals += look(state, halls).await?;
        if !more {
            return Ok(swept);
        }
    }
}

/// Has the engine look at cases, by hall; returns how many signals it raised.
pub(super) async fn look(state: &AppState, halls: BTreeMap<String, Vec<String>>) -> Result<usize, EngineError> {
    let mut signals = 0;
    for (hall, numbers) in halls {
        for chunk in numbers.chunks(AT_ONCE) {
            let request = Request {
                hall: hall.clone(),
                actor: "system".to_owned(),
                key: None,
                command: Command::Watch(chunk.to_vec()),
            };
            if let Answer::Watched(raised) = state.engine.submit(request).await? {
                signals += raised;
            }
        }
    }
    Ok(signals)
}

/// Sweeps until the server stops.
pub async fn run(state: AppState, mut stopping: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
        match sweep(&state).await {
            Ok(Swept { cases: 0, .. }) => {}
            Ok(swept) => tracing::info!(cases = swept.cases, signals = swept.signals, "supervision swept"),
            Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "supervision could not sweep"),
        }
        match survey(&state).await {
            Ok(Swept { cases: 0, .. }) => {}
            Ok(swept) => {
                tracing::info!(
                    cases = swept.cases,
                    signals = swept.signals,
                    "all open cases were looked at by the rules in force"
                );
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the survey of open cases ended early");
            }
        }
    }
}
