//! The other side of the hall's devices: the program `hall-simulators`, told what to do over its control port.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::Result;
use crate::program::{Program, free_port};
use crate::until::until;

/// The running simulators and where programs find each device.
#[derive(Debug)]
pub struct Simulators {
    program: Program,
    control: String,
    /// `host:port` of the ticket printer.
    pub printer: String,
    /// Where each printed ticket is kept: `ticket-N.bin` as it came in, `ticket-N.png` as the paper would look.
    pub tickets: PathBuf,
    pub id_reader: PathBuf,
    pub scanner: PathBuf,
    pub display: PathBuf,
}

/// A ticket that came out of the printer.
#[derive(Debug, Clone)]
pub struct Paper {
    pub bytes: PathBuf,
    pub picture: PathBuf,
}

impl Simulators {
    pub async fn start(folder: &Path, logs: &Path) -> Result<Self> {
        let at = |name: &str| folder.join("devices").join(name);
        let tickets = folder.join("tickets");
        if tickets.exists() {
            std::fs::remove_dir_all(&tickets)?;
        }
        std::fs::create_dir_all(folder.join("devices"))?;
        std::fs::create_dir_all(&tickets)?;
        let (printer, control) = (format!("127.0.0.1:{}", free_port()?), format!("127.0.0.1:{}", free_port()?));
        let (id_reader, scanner, display) = (at("id-reader"), at("scanner"), at("display"));
        let program = Program::start("hall-simulators", "simulators", logs, |command| {
            command.args(["--printer", &printer, "--control", &control]).arg("--tickets").arg(&tickets);
            command.arg("--id-reader").arg(&id_reader).arg("--scanner").arg(&scanner);
            command.arg("--display").arg(&display);
        })?;
        let mut simulators = Simulators { program, control, printer, tickets, id_reader, scanner, display };
        simulators.ready().await?;
        Ok(simulators)
    }

    async fn ready(&mut self) -> Result<()> {
        let control = self.control.clone();
        until("the simulated devices", async || {
            self.program.check()?;
            TcpStream::connect(&control).await?;
            Ok(Some(()))
        })
        .await
    }

    /// Tells one device to do something, and gives its answer.
    pub async fn tell(&self, order: &Value) -> Result<Value> {
        let mut stream = BufReader::new(TcpStream::connect(&self.control).await?);
        stream.write_all(format!("{order}\n").as_bytes()).await?;
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        let answer: Value = serde_json::from_str(&line)?;
        if let Some(cause) = answer["error"].as_str() {
            return Err(format!("the simulators refused {order}: {cause}").into());
        }
        Ok(answer)
    }

    /// Lays a card on the ID-card reader.
    pub async fn place_card(&self, card: &Value) -> Result<()> {
        self.tell(&json!({ "device": "id-reader", "do": "place", "card": card })).await.map(drop)
    }

    /// Takes the card off the reader.
    pub async fn lift_card(&self) -> Result<()> {
        self.tell(&json!({ "device": "id-reader", "do": "lift" })).await.map(drop)
    }

    /// Holds a code under the scanner.
    pub async fn scan(&self, text: &str) -> Result<()> {
        self.tell(&json!({ "device": "scanner", "do": "scan", "text": text })).await.map(drop)
    }

    /// Waits for the printer's ticket of this number, counted from 1.
    pub async fn paper(&self, number: usize) -> Result<Paper> {
        let bytes = self.tickets.join(format!("ticket-{number}.bin"));
        let picture = self.tickets.join(format!("ticket-{number}.png"));
        until(&format!("the printer's paper {number}"), async || {
            // The picture is written last, and is whole when its size stands.
            Ok((bytes.exists() && std::fs::metadata(&picture).is_ok_and(|about| about.len() > 0)).then_some(()))
        })
        .await?;
        Ok(Paper { bytes, picture })
    }

    /// How many papers the printer has cut.
    pub fn papers(&self) -> Result<usize> {
        let names = std::fs::read_dir(&self.tickets)?.flatten().map(|entry| entry.file_name());
        Ok(names.filter(|name| name.to_string_lossy().ends_with(".png")).count())
    }
}
