#[cfg(all(feature = "remote-control", not(debug_assertions)))]
compile_error!("the remote control lets anybody on the machine operate the kiosk: it must not be in a release build");

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

/// The self-service kiosk (自助终端) of a service hall.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The configuration file; kiosk.example.toml explains every line.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

fn main() -> ExitCode {
    let launched = std::time::Instant::now();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info")),
        )
        .with_writer(std::io::stderr)
        .init();
    let arguments = Arguments::parse();
    let config = match kiosk::config::Config::read(&arguments.config) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("kiosk: {error}");
            return ExitCode::from(2);
        }
    };
    match kiosk::application::run(config, launched) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kiosk: {error}");
            ExitCode::FAILURE
        }
    }
}
