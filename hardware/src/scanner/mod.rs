//! Code scanners: over a serial line, or as a keyboard.

mod serial_scanner;
mod wedge;

pub use serial_scanner::{MAX_CODE, ScannerConfig, ScannerEvent, spawn};
pub use wedge::{KeyboardWedge, Keys};
