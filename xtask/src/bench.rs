//! `cargo xtask bench`: builds the measured programs in the release profile, then hands over to the crate `bench`.

use std::process::Command;

use clap::ValueEnum;

use crate::build;
use crate::packages::{Purpose, ensure};
use crate::shell::{self, Failure, root};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Name {
    /// Tickets taken per second by 32 clients.
    Take,
    /// Tickets called per second from 32 desks.
    Call,
    /// From a call to its event at 1,000 listeners.
    Push,
    /// Typing on the kiosk among 10,000 items.
    Search,
    /// The kiosk's first frame and memory.
    Kiosk,
    /// Steps of cases per second, by 32 desks and the departments behind them.
    Cases,
    /// A reviewer's *my tasks* among a million open cases.
    Tasks,
    /// The sweep of supervision over a million open cases.
    Sweep,
}

pub(crate) fn run(names: &[Name], yes: bool) -> Result<(), Failure> {
    let names = if names.is_empty() { Name::value_variants() } else { names };
    let kiosk = names.contains(&Name::Kiosk);
    ensure(if kiosk { &[Purpose::Build, Purpose::Bench] } else { &[Purpose::Build] }, yes)?;
    build::release(&["hall-server", "bench"])?;
    if kiosk {
        build::release(&["kiosk"])?;
    }
    let mut bench = Command::new(build::release_program("bench"));
    bench.current_dir(root()).arg("--results").arg(root().join("target/bench"));
    for name in names {
        bench.arg(name.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned()));
    }
    shell::run(&mut bench)
}
