//! A stand-in for a department's own system, for tests and demonstrations: `department-stand-in --config FILE`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use exchange::settings::KeyForm;
use exchange::stand_in::{Automatic, Decision, StandIn};
use serde::Deserialize;

/// Takes cases over from a hall and answers them; told at its control address, it fails and lies.
#[derive(Debug, Parser)]
#[command(name = "department-stand-in", version)]
struct Cli {
    /// Who it is and with whom it speaks (TOML)
    #[arg(long)]
    config: PathBuf,
    /// Where the hall's messages are taken; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Where it is told what to do
    #[arg(long, default_value = "127.0.0.1:0")]
    control: SocketAddr,
    /// Approve what comes after so many milliseconds; without it, it answers when told
    #[arg(long, value_name = "MILLIS")]
    approve_after: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    name: String,
    #[serde(default = "hall")]
    hall: String,
    /// `http://…/api/v1/exchange/NAME`
    hall_address: String,
    #[serde(default = "five_minutes")]
    window_seconds: u32,
    keys: KeyForm,
}

fn hall() -> String {
    "hall".to_owned()
}

fn five_minutes() -> u32 {
    300
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("department-stand-in: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<(), String> {
    let shown = cli.config.display();
    let text = std::fs::read_to_string(&cli.config).map_err(|e| format!("{shown} could not be read: {e}"))?;
    let config: Config = toml::from_str(&text).map_err(|e| format!("{shown} is not as described: {e}"))?;
    let folder = cli.config.parent().unwrap_or(Path::new("."));
    let keys = config.keys.keys(&config.name, folder).map_err(|e| e.to_string())?;
    let stand_in = StandIn {
        name: config.name,
        hall: config.hall,
        hall_address: config.hall_address,
        keys,
        window: i64::from(config.window_seconds) * 1000,
        clock: Arc::new(now),
        automatic: cli.approve_after.map(|after_millis| Automatic {
            after_millis,
            decision: Decision::Approve { opinion: "同意".to_owned(), by: "部门系统".to_owned() },
        }),
    };
    let running = stand_in.start(cli.listen, cli.control).await.map_err(|e| e.to_string())?;
    println!("listening on http://{}", running.address);
    println!("control on http://{}/control", running.control);
    tokio::signal::ctrl_c().await.map_err(|e| e.to_string())
}

fn now() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "a program of its own needs a clock of its own")]
    let now = jiff::Timestamp::now();
    now.as_millisecond()
}
