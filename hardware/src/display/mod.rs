//! The window display (窗口屏): an LED or LCD text screen above a window, showing the called number.
//!
//! There is no public standard for these screens, every maker has a protocol of its own. This is the hall's own, small and checked;
//! a maker's protocol goes behind the same [`WindowDisplay`].
//!
//! Serial line, 9600 8N1 by default, binary frames both ways, numbers big-endian:
//!
//! ```text
//! 02 | Len u16 | Seq u8 | Cmd u8 | payload | CRC u16
//! ```
//!
//! Len counts Seq, Cmd and payload. CRC is CRC-16/XMODEM over everything from Len to the payload's end. The display answers every
//! command with the same Seq and Cmd 06 (done) or 15 (refused; the payload's byte says why: 1 unknown command, 2 bad payload).
//! It does not answer a frame with a wrong CRC; the host repeats it.
//!
//! | Cmd | meaning | payload |
//! |---|---|---|
//! | 10 | show | three fields: number, window, message; each one length byte and GB18030 text of at most 250 bytes |
//! | 11 | clear | none |
//! | 13 | are you there | none |

pub(crate) mod frame;

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use serialport::TTYPort;

pub use frame::Screen;

use crate::serial::{self, DeviceThread, Stop};
use frame::{ACK, CLEAR, Frame, FrameReader, PING, SHOW};

/// Where the display is.
#[derive(Debug, Clone)]
pub struct DisplayConfig {
    pub port: PathBuf,
    pub baud: u32,
    /// For the answer to one frame; a frame is sent three times before the display counts as silent.
    pub answer: Duration,
    /// Between two questions whether it is still there.
    pub ping: Duration,
    pub reconnect: Duration,
}

impl DisplayConfig {
    pub fn new(port: impl Into<PathBuf>) -> Self {
        DisplayConfig {
            port: port.into(),
            baud: 9600,
            answer: Duration::from_millis(400),
            ping: Duration::from_secs(3),
            reconnect: Duration::from_millis(500),
        }
    }
}

/// What the display's thread reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DisplayEvent {
    Connected,
    /// Said once, with the cause for the log. The thread keeps trying, and shows the last screen when the display is back.
    Disconnected(String),
    /// The display confirmed that it shows this.
    Shown(Screen),
    /// The display refused a screen.
    Refused(Screen),
}

/// A display at work. Dropping it stops its thread; the display keeps what it shows.
#[derive(Debug)]
pub struct WindowDisplay {
    screens: Sender<Screen>,
    _thread: DeviceThread,
}

impl WindowDisplay {
    /// Shows a screen; the newest one counts where several wait.
    pub fn show(&self, screen: Screen) {
        // The thread ends only with this handle.
        let _ = self.screens.send(screen);
    }

    pub fn clear(&self) {
        self.show(Screen::default());
    }
}

/// Starts the display's thread.
pub fn spawn(config: DisplayConfig, on_event: impl Fn(DisplayEvent) + Send + 'static) -> WindowDisplay {
    let (screens, inbox) = mpsc::channel();
    let thread = DeviceThread::spawn("window-display", move |stop| {
        let mut announced = false;
        let mut last = None;
        while !stop.is_set() {
            let reason = match serial::open(&config.port, config.baud, Duration::from_millis(50)) {
                Ok(port) => {
                    let mut session = Session { port, frames: FrameReader::default(), sequence: 0, stop: &stop };
                    session.run(&config, &inbox, &mut last, &mut announced, &on_event)
                }
                Err(error) => error,
            };
            if stop.is_set() {
                break;
            }
            if !announced {
                announced = true;
                tracing::warn!(port = %config.port.display(), %reason, "window display is away");
                on_event(DisplayEvent::Disconnected(reason.to_string()));
            }
            stop.wait(config.reconnect);
        }
    });
    WindowDisplay { screens, _thread: thread }
}

struct Session<'a> {
    port: TTYPort,
    frames: FrameReader,
    sequence: u8,
    stop: &'a Stop,
}

impl Session<'_> {
    /// Serves until the display is gone; the error says why.
    fn run(
        &mut self,
        config: &DisplayConfig,
        inbox: &Receiver<Screen>,
        last: &mut Option<Screen>,
        announced: &mut bool,
        on_event: &impl Fn(DisplayEvent),
    ) -> io::Error {
        if let Err(error) = self.ask(PING, &[], config.answer) {
            return error;
        }
        *announced = false;
        on_event(DisplayEvent::Connected);
        let mut fresh = last.is_some();
        let mut next_ping = Instant::now() + config.ping;
        loop {
            match inbox.recv_timeout(if fresh { Duration::ZERO } else { Duration::from_millis(50) }) {
                Ok(screen) => {
                    *last = Some(inbox.try_iter().last().unwrap_or(screen));
                    fresh = true;
                }
                Err(RecvTimeoutError::Timeout) => {}
                // Told to end after the last screen was shown.
                Err(RecvTimeoutError::Disconnected) if !fresh => return io::ErrorKind::Interrupted.into(),
                Err(RecvTimeoutError::Disconnected) => {}
            }
            if self.stop.is_set() && !fresh {
                return io::ErrorKind::Interrupted.into();
            }
            if fresh && let Some(screen) = last.clone() {
                let (command, payload) = if screen.is_blank() { (CLEAR, Vec::new()) } else { (SHOW, screen.payload()) };
                match self.ask(command, &payload, config.answer) {
                    Ok(true) => on_event(DisplayEvent::Shown(screen)),
                    Ok(false) => on_event(DisplayEvent::Refused(screen)),
                    Err(error) => return error,
                }
                fresh = false;
                next_ping = Instant::now() + config.ping;
            } else if Instant::now() >= next_ping {
                next_ping = Instant::now() + config.ping;
                if let Err(error) = self.ask(PING, &[], config.answer) {
                    return error;
                }
            }
        }
    }

    /// Sends a command up to three times; true where it was done, false where it was refused.
    fn ask(&mut self, command: u8, payload: &[u8], answer: Duration) -> io::Result<bool> {
        self.sequence = self.sequence.wrapping_add(1);
        let frame = Frame { sequence: self.sequence, command, payload: payload.to_vec() }.to_bytes();
        self.frames.clear();
        for _ in 0..3 {
            self.port.write_all(&frame)?;
            let until = Instant::now() + answer;
            let mut bytes = [0; 256];
            while Instant::now() < until {
                match self.port.read(&mut bytes) {
                    Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                    Ok(count) => self.frames.feed(&bytes[..count]),
                    Err(error) if serial::is_timeout(&error) => {}
                    Err(error) => return Err(error),
                }
                while let Some(frame) = self.frames.next_frame() {
                    if frame.sequence == self.sequence {
                        return Ok(frame.command == ACK);
                    }
                }
            }
        }
        Err(io::Error::new(io::ErrorKind::TimedOut, "the display does not answer"))
    }
}
