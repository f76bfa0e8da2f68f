//! `cargo xtask test`: everything that CI checks, stage by stage, with the time each took.

use std::time::{Duration, Instant};

use clap::ValueEnum;
use serde_json::Value;

use crate::packages::{Purpose, ensure};
use crate::postgres::Cluster;
use crate::shell::{self, Failure, cargo, failed, output};
use crate::{build, licences, parity};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Stage {
    /// rustfmt.
    Format,
    /// deny.toml: licences, banned crates, sources.
    Licences,
    /// Migrations and design values say the same in both places.
    Parity,
    /// Clippy, no warning allowed.
    Lints,
    /// Every program and every test.
    Build,
    /// Rules, protocol, devices, storage on SQLite and PostgreSQL, screens without a window.
    Units,
    /// Real processes, serial lines and a browser.
    Journeys,
}

/// The cheap ones first, so that a slip shows soon.
const STAGES: [Stage; 7] =
    [Stage::Format, Stage::Licences, Stage::Parity, Stage::Lints, Stage::Build, Stage::Units, Stage::Journeys];

/// The crate of the journeys. They run one at a time: each starts a whole hall on two cores.
const JOURNEYS: &str = "tests";

pub(crate) fn run(stages: &[Stage], yes: bool) -> Result<(), Failure> {
    let started = Instant::now();
    let stages = if stages.is_empty() { &STAGES[..] } else { stages };
    let mut times: Vec<(String, Duration)> = Vec::new();
    timed(&mut times, "packages", || ensure(&[Purpose::Build, Purpose::Test], yes))?;
    for stage in STAGES.iter().filter(|stage| stages.contains(stage)) {
        let name = stage.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned());
        println!("\n==> {name}");
        if let Err(failure) = timed(&mut times, &name, || stage.run()) {
            summary(&times);
            return Err(Failure(format!("{name} failed after {}:\n{failure}", minutes(started.elapsed()))));
        }
    }
    summary(&times);
    println!("Everything held, in {}.", minutes(started.elapsed()));
    Ok(())
}

impl Stage {
    fn run(self) -> Result<(), Failure> {
        match self {
            Stage::Format => shell::run(cargo().args(["fmt", "--all", "--check"])),
            Stage::Licences => licences::check(),
            Stage::Parity => parity::migrations().and_then(|()| parity::design()),
            Stage::Lints => shell::run(build::workspace("clippy").args(["--all-targets", "--", "-D", "warnings"])),
            Stage::Build => shell::run(build::workspace("build").args(["--bins", "--tests"])),
            Stage::Units => units(),
            Stage::Journeys => journeys(),
        }
    }
}

fn units() -> Result<(), Failure> {
    let cluster = Cluster::start()?;
    let mut tests = build::workspace("test");
    tests.args(["--lib", "--bins", "--no-fail-fast"]).env("HALL_TEST_POSTGRES", cluster.url());
    for name in test_targets(|package| package != JOURNEYS)? {
        tests.args(["--test", &name]);
    }
    shell::run(&mut tests)
}

fn journeys() -> Result<(), Failure> {
    let cluster = Cluster::start()?;
    let names = test_targets(|package| package == JOURNEYS)?;
    if names.is_empty() {
        return Err(Failure("There are no journeys in tests/tests.".into()));
    }
    let mut tests = build::workspace("test");
    tests.arg("--no-fail-fast").env("HALL_TEST_POSTGRES", cluster.url());
    for name in names {
        tests.args(["--test", &name]);
    }
    shell::run(tests.args(["--", "--test-threads=1", "--nocapture"]))
}

/// The names of the test files of the packages that are wanted.
fn test_targets(wanted: impl Fn(&str) -> bool) -> Result<Vec<String>, Failure> {
    let metadata: Value =
        serde_json::from_str(&output(cargo().args(["metadata", "--format-version", "1", "--no-deps"]))?)
            .map_err(failed("cargo's metadata"))?;
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut names = Vec::new();
    for package in list(&metadata["packages"]) {
        if wanted(package["name"].as_str().unwrap_or_default()) {
            names.extend(
                list(&package["targets"])
                    .iter()
                    .filter(|target| list(&target["kind"]).iter().any(|kind| kind == "test"))
                    .filter_map(|target| target["name"].as_str().map(str::to_owned)),
            );
        }
    }
    Ok(names)
}

fn timed<T>(
    times: &mut Vec<(String, Duration)>,
    name: &str,
    what: impl FnOnce() -> Result<T, Failure>,
) -> Result<T, Failure> {
    let started = Instant::now();
    let outcome = what();
    times.push((name.to_owned(), started.elapsed()));
    outcome
}

fn summary(times: &[(String, Duration)]) {
    println!("\n{:<12} {:>8}", "stage", "time");
    for (name, time) in times {
        println!("{name:<12} {:>8}", minutes(*time));
    }
}

fn minutes(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}
