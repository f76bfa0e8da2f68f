//! Devices without hardware: each speaks its protocol from the device's side, over TCP or a pseudo-terminal, and obeys a hand
//! (the control port, see [`control`]) that lays cards, scans codes, takes paper away and pulls cables.

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
