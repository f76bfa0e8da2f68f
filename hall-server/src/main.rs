use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use hall_server::commands::{Cli, with_causes};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = match runtime {
        Ok(runtime) => {
            let done = runtime.block_on(cli.run());
            // A folder on a share that does not answer must not keep the program from ending.
            runtime.shutdown_timeout(Duration::from_secs(1));
            done
        }
        Err(source) => {
            Err(hall_server::commands::CommandError::Io { what: "no threads could be started".to_owned(), source })
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hall-server: {}", with_causes(&error));
            ExitCode::FAILURE
        }
    }
}
