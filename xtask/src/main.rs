//! The project's own commands, behind `./hall demo`, `./hall test` and `./hall bench`.

mod bench;
mod build;
mod demo;
mod licences;
mod packages;
mod parity;
mod postgres;
mod shell;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "The hall's own commands")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the hall on this machine: server, simulated devices, a kiosk and two desks.
    Demo {
        /// Play the scripted day without anybody at the screen; its evidence goes to target/demo.
        #[arg(long)]
        script: bool,
        /// Install missing packages without asking.
        #[arg(long, short)]
        yes: bool,
    },
    /// Check everything that CI checks.
    Test {
        /// Install missing packages without asking.
        #[arg(long, short)]
        yes: bool,
        /// Only these stages; all without it.
        #[arg(value_enum)]
        stages: Vec<test::Stage>,
    },
    /// Run the benchmarks, as a table and as target/bench/NAME.json.
    Bench {
        /// Only these; all without it.
        #[arg(value_enum)]
        names: Vec<bench::Name>,
        /// Install missing packages without asking.
        #[arg(long, short)]
        yes: bool,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Demo { script, yes } => demo::run(script, yes),
        Command::Test { yes, stages } => test::run(&stages, yes),
        Command::Bench { names, yes } => bench::run(&names, yes),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\n{failure}");
            ExitCode::FAILURE
        }
    }
}
