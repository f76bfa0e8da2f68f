//! A code scanner on a pseudo-terminal.

use std::io;
use std::path::Path;

use super::pty::{Line, LineDevice};

/// The simulated scanner.
#[derive(Debug)]
pub struct ScannerSimulator {
    line: Line<Scanner>,
}

#[derive(Debug)]
struct Scanner;

impl LineDevice for Scanner {
    fn received(&mut self, _bytes: &[u8], _answer: &mut Vec<u8>) {}
}

impl ScannerSimulator {
    /// Appears at the end of the symbolic link `link`.
    ///
    /// # Errors
    /// Where the pseudo-terminal or the link cannot be made.
    pub fn attach(link: &Path) -> io::Result<Self> {
        Ok(ScannerSimulator { line: Line::spawn("scanner", link, Scanner)? })
    }

    /// Scans a code.
    ///
    /// # Errors
    /// `NotConnected` where no program has the port open: a real scanner's code would be lost too.
    pub fn scan(&self, text: &str) -> io::Result<()> {
        let bytes = [text.as_bytes(), b"\r\n"].concat();
        self.line.act(move |_, outlet| {
            if !outlet.open {
                return Err(io::Error::new(io::ErrorKind::NotConnected, "no program has opened the scanner's port"));
            }
            outlet.bytes.extend(bytes);
            Ok(())
        })?
    }

    /// Pulls the cable.
    ///
    /// # Errors
    /// Where the simulator has stopped.
    pub fn unplug(&self) -> io::Result<()> {
        self.line.unplug()
    }

    /// Plugs it in again, at the same link.
    ///
    /// # Errors
    /// Where the pseudo-terminal cannot be made.
    pub fn plug(&self) -> io::Result<()> {
        self.line.plug()
    }
}
