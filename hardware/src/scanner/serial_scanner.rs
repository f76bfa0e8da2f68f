use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;

use crate::serial::{self, DeviceThread};

/// The longest code taken, in bytes; more is noise.
pub const MAX_CODE: usize = 1024;

/// Where the scanner is.
#[derive(Debug, Clone)]
pub struct ScannerConfig {
    pub port: PathBuf,
    /// 9600 on most scanners out of the box; a USB scanner with a virtual port ignores it.
    pub baud: u32,
    /// Between two attempts to open a port that is not there.
    pub reconnect: Duration,
}

impl ScannerConfig {
    pub fn new(port: impl Into<PathBuf>) -> Self {
        ScannerConfig { port: port.into(), baud: 9600, reconnect: Duration::from_millis(500) }
    }
}

/// What the scanner's thread reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScannerEvent {
    Connected,
    /// Said once, with the cause for the log. The thread keeps trying.
    Disconnected(String),
    /// A code, without its line end and outer spaces.
    Code(String),
    /// A line that is no code: too long or not UTF-8.
    Garbled,
}

/// Starts the scanner's thread. Codes end with CR, LF or both.
pub fn spawn(config: ScannerConfig, on_event: impl Fn(ScannerEvent) + Send + 'static) -> DeviceThread {
    DeviceThread::spawn("scanner", move |stop| {
        let mut announced = false;
        while !stop.is_set() {
            let reason = match serial::open(&config.port, config.baud, Duration::from_millis(100)) {
                Ok(mut port) => {
                    announced = false;
                    on_event(ScannerEvent::Connected);
                    let mut lines = LineCollector::default();
                    let mut bytes = [0; 256];
                    loop {
                        if stop.is_set() {
                            return;
                        }
                        match port.read(&mut bytes) {
                            Ok(0) => break std::io::ErrorKind::UnexpectedEof.into(),
                            Ok(count) => lines.feed(&bytes[..count], &on_event),
                            Err(error) if serial::is_timeout(&error) => {}
                            Err(error) => break error,
                        }
                    }
                }
                Err(error) => error,
            };
            if !announced {
                announced = true;
                tracing::warn!(port = %config.port.display(), %reason, "code scanner is away");
                on_event(ScannerEvent::Disconnected(reason.to_string()));
            }
            stop.wait(config.reconnect);
        }
    })
}

/// Cuts the stream into lines of bounded length.
#[derive(Debug, Default)]
struct LineCollector {
    line: Vec<u8>,
    overflow: bool,
}

impl LineCollector {
    fn feed(&mut self, bytes: &[u8], on_event: &impl Fn(ScannerEvent)) {
        for byte in bytes {
            if matches!(byte, b'\r' | b'\n') {
                let line = std::mem::take(&mut self.line);
                if std::mem::take(&mut self.overflow) {
                    on_event(ScannerEvent::Garbled);
                } else if !line.is_empty() {
                    match String::from_utf8(line) {
                        Ok(text) if text.trim().is_empty() => {}
                        Ok(text) => on_event(ScannerEvent::Code(text.trim().to_owned())),
                        Err(_) => on_event(ScannerEvent::Garbled),
                    }
                }
            } else if self.line.len() < MAX_CODE {
                self.line.push(*byte);
            } else {
                self.overflow = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    fn events(chunks: &[&[u8]]) -> Vec<ScannerEvent> {
        let seen = RefCell::new(Vec::new());
        let mut lines = LineCollector::default();
        for chunk in chunks {
            lines.feed(chunk, &|event| seen.borrow_mut().push(event));
        }
        seen.into_inner()
    }

    #[test]
    fn any_line_end_finishes_a_code_once() {
        let code = |text: &str| ScannerEvent::Code(text.to_owned());
        assert_eq!(events(&[b"A1\r\nB2\rC3\n"]), [code("A1"), code("B2"), code("C3")]);
        assert_eq!(events(&[b"https://e", b"xample.test/t/1", b"\r", b"\n"]), [code("https://example.test/t/1")]);
        assert_eq!(events(&[b"\r\n\r\n  \r\n"]), []);
    }

    #[test]
    fn an_endless_line_is_garbled_and_the_next_one_is_good() {
        let long = vec![b'x'; MAX_CODE * 3];
        assert_eq!(
            events(&[&long, b"\rA1\r", b"\xff\xfe\r"]),
            [ScannerEvent::Garbled, ScannerEvent::Code("A1".into()), ScannerEvent::Garbled]
        );
    }
}
