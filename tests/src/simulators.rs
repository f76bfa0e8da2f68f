//! The other side of the hall's devices: the program `hall-simulators`, told what to do over its control port.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::Result;
use crate::people::Citizen;
use crate::program::{Program, free_port};
use crate::until::until;

/// The running simulators and where programs find each device.
#[derive(Debug)]
pub struct Simulators {
    program: Program,
    control: String,
    /// `host:port` of the ticket printer.
    pub printer: String,
    /// Where the printer's papers are kept.
    pub tickets: PathBuf,
    pub id_reader: PathBuf,
    pub scanner: PathBuf,
    pub display: PathBuf,
}

/// What came out of the printer between two cuts.
#[derive(Debug, Clone, Deserialize)]
pub struct Paper {
    /// False where the printer died in the middle.
    pub complete: bool,
    /// What can be read on it.
    pub text: String,
    /// The bytes as they came in.
    #[serde(rename = "bin")]
    pub bytes: PathBuf,
    /// As the paper would look.
    #[serde(rename = "png")]
    pub picture: PathBuf,
}

impl Simulators {
    /// Starts one set of devices; `name` tells a hall's sets apart.
    pub async fn start(name: &str, folder: &Path, logs: &Path) -> Result<Self> {
        let devices = folder.join(format!("devices-{name}"));
        let at = |device: &str| devices.join(device);
        let tickets = folder.join(format!("papers-{name}"));
        for folder in [&devices, &tickets] {
            if folder.exists() {
                std::fs::remove_dir_all(folder)?;
            }
        }
        std::fs::create_dir_all(&devices)?;
        std::fs::create_dir_all(&tickets)?;
        let (printer, control) = (format!("127.0.0.1:{}", free_port()?), format!("127.0.0.1:{}", free_port()?));
        let (id_reader, scanner, display) = (at("id-reader"), at("scanner"), at("display"));
        let program = Program::start("hall-simulators", &format!("devices-{name}"), logs, |command| {
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

    /// A command line that lays a citizen's card on the reader, for whoever tries the demo by hand.
    pub fn card_order(&self) -> String {
        let (host, port) = self.control.split_once(':').unwrap_or_default();
        let order = json!({ "device": "id-reader", "do": "place", "card": Citizen::wang_xiaomei().card() });
        format!("bash -c 'exec 3<>/dev/tcp/{host}/{port}; echo {:?} >&3; head -n1 <&3'", order.to_string())
    }

    /// Takes the card off the reader.
    pub async fn lift_card(&self) -> Result<()> {
        self.tell(&json!({ "device": "id-reader", "do": "lift" })).await.map(drop)
    }

    /// Holds a code under the scanner.
    pub async fn scan(&self, text: &str) -> Result<()> {
        self.tell(&json!({ "device": "scanner", "do": "scan", "text": text })).await.map(drop)
    }

    /// Has the printer behave so from now on; see the simulators' own list.
    pub async fn printer_fault(&self, fault: &Value) -> Result<()> {
        let mut order = json!({ "device": "printer", "do": "fault" });
        if let (Some(order), Some(fault)) = (order.as_object_mut(), fault.as_object()) {
            order.extend(fault.clone());
        }
        self.tell(&order).await.map(drop)
    }

    /// Every paper so far, the unfinished ones too.
    pub async fn papers(&self) -> Result<Vec<Paper>> {
        let mut answer = self.tell(&json!({ "device": "printer", "do": "tickets" })).await?;
        Ok(serde_json::from_value(answer["tickets"].take())?)
    }

    /// Waits for the whole paper of this number, counted from 1.
    pub async fn paper(&self, number: usize) -> Result<Paper> {
        until(&format!("the printer's paper {number}"), async || {
            Ok(self.papers().await?.into_iter().filter(|paper| paper.complete).nth(number - 1))
        })
        .await
    }

    /// What the window display shows: number, window and message.
    pub async fn shown(&self) -> Result<Value> {
        self.tell(&json!({ "device": "display", "do": "show" })).await
    }
}
