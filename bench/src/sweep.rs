//! The sweep of supervision over a million open cases: with few due, with one in a hundred due, and over all of them, as after an
//! office has loaded rules of its own. The sweep is the server's own, over its own database and engine.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use domain::civil;
use domain::supervision::Rules;
use hall_server::AppState;
use hall_server::clock::SetClock;
use hall_server::config::Settings;
use hall_server::store::{Store, case_tasks, halls};
use hall_server::supervision::load;
use hall_server::supervision::survey::survey;
use hall_server::supervision::sweep::{Swept, sweep};
use jiff::civil::Date;
use protocol::case::ClockKind;
use protocol::catalogue::Text;
use protocol::supervision::{Rule, SignalKind, Trigger};
use serde::Serialize;
use tests::Result;

use crate::million::{self, Filled, OPEN};
use crate::report::{Goal, Report};

/// What the office adds to the rules there are.
pub(crate) fn loaded_rule() -> Rule {
    Rule {
        id: "decision-near".to_owned(),
        name: Text::new("决定环节时限将到", "Decision step near its limit"),
        signal: SignalKind::Warn,
        trigger: Trigger::DaysLeft { clock: ClockKind::Decision, days: 1 },
        reply_days: 1,
    }
}

pub(crate) async fn measure(results: &Path) -> Result<Report> {
    let filled = million::filled(results, &loaded_rule()).await?;
    let folder = tempfile::tempdir_in(results)?;
    let copy = folder.path().join("swept.db");
    fs::copy(&filled.file, &copy)?;
    // Else the first commit would wait for the whole copy to be written.
    fs::File::open(&copy)?.sync_all()?;
    // The server's runtime uses all cores; the one that drives the other measurements has one thread.
    let swept = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(sweeps(&filled, copy)).map_err(|cause| std::io::Error::other(cause.to_string()))
    });
    Ok(swept.await??)
}

/// One sweep, and whether it did what it had to.
struct Measured {
    swept: Swept,
    milliseconds: f64,
    /// Signals too many or too few, and cases that wait for another sweep on the same day.
    wrong: usize,
}

async fn sweeps(filled: &Filled, file: PathBuf) -> Result<Report> {
    let store = Store::connect(&million::address(&file)).await?;
    spoil(&store, &filled.one_due).await?;
    let clock = SetClock::at(morning(filled.first));
    let (_stop, stopping) = tokio::sync::watch::channel(false);
    let state = AppState::new(store.clone(), Arc::new(clock.clone()), Settings::default(), stopping)?;
    state.engine.read_calendar().await?;

    // A server has its halls in memory once somebody has asked for them.
    for hall in halls::all(&store).await? {
        drop(state.engine.hall(&hall.code).await?);
    }
    let few = measured(&state, filled.first, filled.fire_first).await?;
    let none = measured(&state, filled.first, 0).await?;
    clock.set(morning(filled.second));
    let hundredth = measured(&state, filled.second, filled.fire_second).await?;

    let rules = file.with_file_name("rules.toml");
    fs::write(&rules, rules_file()?)?;
    load::load(&store, &rules, "bench", morning(filled.second)).await?;
    state.engine.read_calendar().await?;
    let started = Instant::now();
    let all = Measured::of(&state, survey(&state).await?, started, filled.second, filled.fire_loaded).await?;

    let wrong = few.wrong + none.wrong + hundredth.wrong + all.wrong;
    Ok(Report::new("sweep")
        .figure("open_cases", OPEN as f64, Goal::None, "")
        .figure("unreadable", 1.0, Goal::None, "")
        .figure("few_looked_at", few.swept.cases as f64, Goal::None, "")
        .figure("few_signals", few.swept.signals as f64, Goal::None, "")
        .figure("few_ms", few.milliseconds, Goal::Under(2000.0), "")
        .figure("none_ms", none.milliseconds, Goal::Under(2000.0), "")
        .figure("percent_looked_at", hundredth.swept.cases as f64, Goal::None, "")
        .figure("percent_signals", hundredth.swept.signals as f64, Goal::None, "")
        .figure("percent_ms", hundredth.milliseconds, Goal::Under(2000.0), "")
        .figure("all_looked_at", all.swept.cases as f64, Goal::None, "")
        .figure("all_signals", all.swept.signals as f64, Goal::None, "")
        .figure("all_ms", all.milliseconds, Goal::None, "")
        .figure("wrong", wrong as f64, Goal::Exactly(0.0), ""))
}

impl Measured {
    async fn of(state: &AppState, swept: Swept, started: Instant, today: Date, due: usize) -> Result<Self> {
        let milliseconds = started.elapsed().as_secs_f64() * 1000.0;
        let mut connection = state.store.reader().acquire().await?;
        let left = case_tasks::to_watch(&mut connection, &today.to_string(), 1000).await?.len();
        Ok(Measured { swept, milliseconds, wrong: swept.signals.abs_diff(due) + left })
    }
}

async fn measured(state: &AppState, today: Date, due: usize) -> Result<Measured> {
    let started = Instant::now();
    Measured::of(state, sweep(state).await?, started, today, due).await
}

/// Makes one case unreadable, as no program of ours writes it; it is due, and must hold up no other.
async fn spoil(store: &Store, case_no: &str) -> Result<()> {
    let mut tx = store.begin_write().await?;
    sqlx::query("UPDATE cases SET body = '{' WHERE case_no = $1").bind(case_no).execute(&mut *tx).await?;
    Ok(tx.commit().await?)
}

fn morning(day: Date) -> i64 {
    civil::instant(day.at(8, 0, 0, 0))
}

/// The rules that the program brings along, and one more.
fn rules_file() -> Result<String> {
    #[derive(Serialize)]
    struct File {
        rule: Vec<Rule>,
    }
    let rule = Rules::default().all().iter().cloned().chain([loaded_rule()]).collect();
    Ok(toml::to_string(&File { rule })?)
}
