//! A window display on a pseudo-terminal.

use std::io;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::pty::{Line, LineDevice};
use crate::display::Screen;
use crate::display::frame::{ACK, CLEAR, Frame, FrameReader, NAK, PING, SHOW};

/// The simulated display.
#[derive(Debug)]
pub struct DisplaySimulator {
    line: Line<Display>,
    shown: Arc<(Mutex<Screen>, Condvar)>,
}

#[derive(Debug)]
struct Display {
    frames: FrameReader,
    shown: Arc<(Mutex<Screen>, Condvar)>,
}

impl DisplaySimulator {
    /// Appears at the end of the symbolic link `link`.
    ///
    /// # Errors
    /// Where the pseudo-terminal or the link cannot be made.
    pub fn attach(link: &Path) -> io::Result<Self> {
        let shown = Arc::default();
        let device = Display { frames: FrameReader::default(), shown: Arc::clone(&shown) };
        Ok(DisplaySimulator { line: Line::spawn("display", link, device)?, shown })
    }

    /// What it shows now.
    pub fn screen(&self) -> Screen {
        self.shown.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until it shows what is asked for; what it shows then, or when the time is over.
    pub fn wait_for(&self, time: Duration, shows: impl Fn(&Screen) -> bool) -> Screen {
        let screen = self.shown.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.shown.1.wait_timeout_while(screen, time, |screen| !shows(screen));
        waited.unwrap_or_else(PoisonError::into_inner).0.clone()
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

impl Display {
    fn set(&self, screen: Screen) {
        *self.shown.0.lock().unwrap_or_else(PoisonError::into_inner) = screen;
        self.shown.1.notify_all();
    }
}

impl LineDevice for Display {
    fn received(&mut self, bytes: &[u8], answer: &mut Vec<u8>) {
        self.frames.feed(bytes);
        while let Some(frame) = self.frames.next_frame() {
            let (command, payload) = match frame.command {
                SHOW => match Screen::from_payload(&frame.payload) {
                    Some(screen) => {
                        self.set(screen);
                        (ACK, vec![])
                    }
                    None => (NAK, vec![2]),
                },
                CLEAR => {
                    self.set(Screen::default());
                    (ACK, vec![])
                }
                PING => (ACK, vec![]),
                _ => (NAK, vec![1]),
            };
            answer.extend(Frame { sequence: frame.sequence, command, payload }.to_bytes());
        }
    }

    fn closed(&mut self) {
        self.frames.clear();
    }
}
