//! *My tasks* among a million open cases, as the desk asks for them.

use std::path::Path;
use std::time::Instant;

use protocol::case::Task;
use serde_json::json;
use tests::Result;
use tests::world::World;

use crate::connection::{Connection, Latencies, get};
use crate::million::{self, MEASURED, OF_ONE};
use crate::report::{Goal, Report};
use crate::sweep;

const WARM_UP: usize = 20;
const ASKED: usize = 500;

/// The desk shows so many at most.
const SHOWN: usize = 200;

pub(crate) async fn measure(results: &Path) -> Result<Report> {
    let filled = million::filled(results, &sweep::loaded_rule()).await?;
    let folder = tempfile::tempdir()?;
    // By a link, so that what a server keeps beside its database goes with the folder.
    let database = folder.path().join("hall.db");
    std::os::unix::fs::symlink(std::path::absolute(&filled.file)?, &database)?;
    let world = World::open_at(folder.path(), &million::address(&database)).await?;
    let reviewer = lines(&world, MEASURED).await?;
    // Before the signer lies what the whole department has reviewed.
    let signer = lines(&world, "market.signer").await?;
    Ok(Report::new("tasks")
        .figure("cases", filled.cases as f64, Goal::None, "")
        .figure("of_department", filled.of_department as f64, Goal::None, "")
        .figure("of_reviewer", OF_ONE as f64, Goal::None, "")
        .figure("lines", reviewer.lines as f64, Goal::Exactly(SHOWN as f64), "")
        .figure("p50_ms", reviewer.latencies.percentile(50.0), Goal::None, "")
        .figure("p99_ms", reviewer.latencies.percentile(99.0), Goal::Under(20.0), "")
        .figure("signer_p50_ms", signer.latencies.percentile(50.0), Goal::None, "")
        .figure("signer_p99_ms", signer.latencies.percentile(99.0), Goal::Under(20.0), "")
        .figure("out_of_order", (reviewer.out_of_order + signer.out_of_order) as f64, Goal::Exactly(0.0), ""))
}

#[derive(Debug)]
struct Lines {
    latencies: Latencies,
    lines: usize,
    /// Tasks that stand behind one that is due later.
    out_of_order: usize,
}

async fn lines(world: &World, username: &str) -> Result<Lines> {
    let user = world.credentials.users.iter().find(|user| user.username == username);
    let user = user.ok_or_else(|| format!("the sample has no {username}"))?;
    let credentials = json!({ "username": user.username, "password": user.password });
    let session: protocol::staff::Session = world.api.post("/api/v1/sessions", &credentials).await?.ok()?;
    let mut connection = Connection::open(world.address().trim_start_matches("http://")).await?;
    let request = get("/api/v1/tasks", &session.token);
    let mut lines = Lines { latencies: Latencies::new()?, lines: 0, out_of_order: 0 };
    for asked in 0..WARM_UP + ASKED {
        let sent = Instant::now();
        let answer = connection.exchange(&request).await?;
        if asked >= WARM_UP {
            lines.latencies.since(sent);
        }
        if answer.status != 200 {
            return Err(format!("the tasks were answered with {}", answer.status).into());
        }
        if asked == 0 {
            let tasks: Vec<Task> = serde_json::from_slice(answer.body)?;
            // What has no day comes last.
            let due: Vec<&str> = tasks.iter().map(|task| task.due_on.as_deref().unwrap_or("9999")).collect();
            lines.out_of_order = due.windows(2).filter(|pair| pair[0] > pair[1]).count();
            lines.lines = tasks.len();
        }
    }
    Ok(lines)
}
