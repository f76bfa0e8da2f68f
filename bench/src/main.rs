//! The measurements behind `cargo xtask bench`: a table beside what they are held against, and one flat JSON file each.
//!
//! The load comes from one thread of this program, on the same cores as the server under test, over real sockets.

mod call;
mod cases;
mod connection;
mod hall;
mod kiosk;
mod million;
mod push;
mod report;
mod search;
mod sweep;
mod take;
mod tasks;
mod templates;
mod walks;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};

use crate::report::Report;

#[derive(Debug, Parser)]
#[command(name = "bench", about = "Measures the hall's programs")]
struct Arguments {
    /// The folder for NAME.json.
    #[arg(long, default_value = "target/bench")]
    results: PathBuf,
    #[arg(value_enum, required = true)]
    names: Vec<Name>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Name {
    Take,
    Call,
    Push,
    Search,
    Kiosk,
    Cases,
    Tasks,
    Sweep,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut reports = Vec::new();
    for name in &arguments.names {
        let measured = match name {
            Name::Take => take::measure().await,
            Name::Call => call::measure().await,
            Name::Push => push::measure().await,
            Name::Search => search::measure().await,
            Name::Kiosk => kiosk::measure().await,
            Name::Cases => cases::measure().await,
            Name::Tasks => tasks::measure(&arguments.results).await,
            Name::Sweep => sweep::measure(&arguments.results).await,
        };
        match measured.and_then(|report| report.save(&arguments.results).map(|()| report)) {
            Ok(report) => reports.push(report),
            Err(cause) => {
                eprintln!("{name:?} could not be measured: {cause}");
                return ExitCode::FAILURE;
            }
        }
    }
    report::print(&reports);
    if reports.iter().all(Report::sound) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
