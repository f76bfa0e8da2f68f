//! Devices without hardware: each speaks its protocol from the device's side, over TCP or a pseudo-terminal, and obeys a hand
//! (the control port, see [`control`]) that lays cards, scans codes, takes paper away and pulls cables.

//!
//! ```text
//! hall-simulators --printer 127.0.0.1:9100 --tickets tickets --id-reader /tmp/hall/id-reader --scanner /tmp/hall/scanner \
//!                 --display /tmp/hall/display --control 127.0.0.1:9199
//! ```
//!
//! Each serial device is a pseudo-terminal behind a symbolic link that stays the same when the device is unplugged and plugged in.
//! The printer keeps each ticket as `ticket-N.bin` (its bytes from ESC @ to the cut), `ticket-N.txt` (what is read on it) and
//! `ticket-N.png` (how the paper looks, 8 dots/mm); a ticket that was cut short is `torn-N`. Once everything is there the program
//! prints `ready`; before, a line for each device, such as `printer on tcp:127.0.0.1:9100` and `control on 127.0.0.1:9199`.

pub mod control;
mod display;
pub mod escpos_parser;
mod id_reader;
mod paper;
mod printer;
mod pty;
mod scanner;

pub use display::DisplaySimulator;
pub use id_reader::{FaultAt, IdReaderSimulator};
pub use paper::PRINT_WIDTH;
pub use printer::{Fault, PrinterSimulator, Ticket};
pub use scanner::ScannerSimulator;
