//! `counter-client --config FILE`: the desk of one window or one reviewer.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use counter_client::adapters;
use counter_client::config::Config;
use tracing_subscriber::EnvFilter;

const USAGE: &str = "usage: counter-client --config FILE

The desk (窗口工作台): calling, intake, review. FILE is TOML; counter-client/desk.example.toml explains it.
The log goes to standard error; RUST_LOG sets how much of it (info by default).";

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let config = match (arguments.next(), arguments.next(), arguments.next()) {
        (Some(flag), Some(file), None) if flag == "--config" => PathBuf::from(file),
        (Some(flag), None, None) if flag == "--help" || flag == "-h" => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,counter_client=info,hardware=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    let config = match Config::read(&config) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    match adapters::run(&config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
