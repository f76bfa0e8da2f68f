//! The controllers' outside in the running program: the server's thread, the devices, the clock and the system's randomness.

use protocol::Millis;

use crate::clock;
use crate::controllers::issued::Sheet;
use crate::controllers::outside::{Outside, Paper, Shown};
use crate::devices::Devices;
use crate::server::{Call, RequestId, ServerThread};

#[derive(Debug)]
pub(super) struct RealOutside {
    server: ServerThread,
    devices: Devices,
    english: bool,
}

impl RealOutside {
    pub(super) fn new(server: ServerThread, devices: Devices, english: bool) -> Self {
        server.set_english(english);
        RealOutside { server, devices, english }
    }

    pub(super) fn set_english(&mut self, english: bool) {
        self.english = english;
        self.server.set_english(english);
    }
}

impl Outside for RealOutside {
    fn new_key(&mut self) -> String {
        let mut bytes = [0; 16];
        if let Err(cause) = getrandom::fill(&mut bytes) {
            // The clock still makes a key that this desk never used before.
            tracing::error!(%cause, "no randomness");
            bytes[..8].copy_from_slice(&clock::now().to_be_bytes());
        }
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn ask(&mut self, call: Call, key: Option<String>) -> RequestId {
        self.server.ask(call, key)
    }

    fn print(&mut self, paper: Paper) {
        let language = if self.english { hardware::Language::En } else { hardware::Language::Zh };
        self.devices.print(paper, language);
    }

    fn put_out(&mut self, sheet: Sheet) {
        self.devices.put_out(sheet);
    }

    fn clear_sheets(&mut self) {
        self.devices.clear_sheets();
    }

    fn show(&mut self, shown: Shown) {
        self.devices.show(&shown);
    }

    fn now(&self) -> Millis {
        clock::now()
    }
}
