//! A simulated serial device: a pseudo-terminal whose path hangs on a symbolic link that stays the same when the device is
//! unplugged and plugged in again.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use serialport::{SerialPort, TTYPort};

use crate::serial::{self, DeviceThread};

/// The device's side of the conversation. Called on the line's own thread.
pub(super) trait LineDevice: Send + 'static {
    /// The program sent bytes; what is put into `answer` goes back.
    fn received(&mut self, bytes: &[u8], answer: &mut Vec<u8>);

    /// Called some fifty times a second while nothing comes.
    fn idle(&mut self, _answer: &mut Vec<u8>) {}

    /// The program closed the port, or the device was unplugged.
    fn closed(&mut self) {}
}

type Act<D> = Box<dyn FnOnce(&mut D, &mut Outlet) + Send>;

enum Message<D> {
    Act(Act<D>),
    Unplug(Sender<()>),
    Plug(Sender<io::Result<()>>),
}

/// What an act on a device may do to the line.
#[derive(Debug, Default)]
pub(super) struct Outlet {
    /// Bytes for the program.
    pub(super) bytes: Vec<u8>,
    /// True while a program has the port open.
    pub(super) open: bool,
}

/// A device on its own thread.
#[derive(Debug)]
pub(super) struct Line<D> {
    messages: Sender<Message<D>>,
    _thread: DeviceThread,
}

/// The simulated device's thread is gone.
fn gone() -> io::Error {
    io::Error::other("the simulated device has stopped")
}

impl<D: LineDevice> Line<D> {
    /// Makes the pseudo-terminal and the link, and starts the device.
    pub(super) fn spawn(name: &str, link: &Path, device: D) -> io::Result<Self> {
        let pty = Pty::create(link)?;
        let (messages, inbox) = mpsc::channel();
        let link = link.to_owned();
        let thread = DeviceThread::spawn(&format!("{name}-simulator"), move |stop| {
            Runner { device, link, pty: Some(pty), outlet: Outlet::default(), inbox }.run(&stop);
        });
        Ok(Line { messages, _thread: thread })
    }

    /// Does something on the device's thread and waits for it.
    pub(super) fn act<R: Send + 'static>(
        &self,
        act: impl FnOnce(&mut D, &mut Outlet) -> R + Send + 'static,
    ) -> io::Result<R> {
        let (reply, answer) = mpsc::channel();
        let act: Act<D> = Box::new(move |device, outlet| {
            // A caller that stopped waiting needs no answer.
            let _ = reply.send(act(device, outlet));
        });
        self.messages.send(Message::Act(act)).map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())
    }

    pub(super) fn unplug(&self) -> io::Result<()> {
        let (reply, answer) = mpsc::channel();
        self.messages.send(Message::Unplug(reply)).map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())
    }

    pub(super) fn plug(&self) -> io::Result<()> {
        let (reply, answer) = mpsc::channel();
        self.messages.send(Message::Plug(reply)).map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())?
    }
}

struct Runner<D> {
    device: D,
    link: PathBuf,
    /// `None` while unplugged.
    pty: Option<Pty>,
    outlet: Outlet,
    inbox: Receiver<Message<D>>,
}

impl<D: LineDevice> Runner<D> {
    fn run(mut self, stop: &serial::Stop) {
        while !stop.is_set() {
            self.listen();
            // Without an open port reading returns at once: then the inbox is what to wait for.
            let wait = if self.outlet.open { Duration::ZERO } else { Duration::from_millis(15) };
            match self.inbox.recv_timeout(wait) {
                Ok(message) => self.handle(message),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.send();
        }
    }

    /// Reads once and lets the device answer.
    fn listen(&mut self) {
        let Some(pty) = &mut self.pty else { return };
        let mut bytes = [0; 4096];
        match pty.master.read(&mut bytes) {
            Ok(count) if count > 0 => {
                self.outlet.open = true;
                self.device.received(&bytes[..count], &mut self.outlet.bytes);
            }
            Err(error) if serial::is_timeout(&error) => {
                self.outlet.open = true;
                self.device.idle(&mut self.outlet.bytes);
            }
            _ => {
                if std::mem::take(&mut self.outlet.open) {
                    self.device.closed();
                }
            }
        }
        self.send();
    }

    fn handle(&mut self, message: Message<D>) {
        match message {
            Message::Act(act) => act(&mut self.device, &mut self.outlet),
            Message::Unplug(reply) => {
                self.pty = None;
                self.outlet = Outlet::default();
                self.device.closed();
                let _ = reply.send(());
            }
            Message::Plug(reply) => {
                let result = match self.pty {
                    Some(_) => Ok(()),
                    None => Pty::create(&self.link).map(|pty| self.pty = Some(pty)),
                };
                let _ = reply.send(result);
            }
        }
    }

    fn send(&mut self) {
        let bytes = std::mem::take(&mut self.outlet.bytes);
        if let Some(pty) = &mut self.pty
            && self.outlet.open
            && !bytes.is_empty()
            && let Err(error) = pty.master.write_all(&bytes)
        {
            tracing::debug!(%error, "a simulated answer was lost");
        }
    }
}

/// The device's end of a pseudo-terminal.
#[derive(Debug)]
struct Pty {
    master: TTYPort,
    link: PathBuf,
    target: PathBuf,
}

impl Pty {
    fn create(link: &Path) -> io::Result<Self> {
        let (mut master, slave) = TTYPort::pair().map_err(io::Error::from)?;
        master.set_timeout(Duration::from_millis(15)).map_err(io::Error::from)?;
        let target = PathBuf::from(slave.name().ok_or_else(|| io::Error::other("the pseudo-terminal has no name"))?);
        // The program's end must not stay open here: its lock would keep the program from opening it a second time.
        drop(slave);
        if let Some(folder) = link.parent() {
            std::fs::create_dir_all(folder)?;
        }
        if link.symlink_metadata().is_ok_and(|found| !found.is_symlink()) {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                format!("{} is no symbolic link", link.display()),
            ));
        }
        // By renaming, so that the link never points nowhere.
        let mut fresh = link.as_os_str().to_owned();
        fresh.push(".new");
        let _ = std::fs::remove_file(&fresh);
        std::os::unix::fs::symlink(&target, &fresh)?;
        std::fs::rename(&fresh, link)?;
        Ok(Pty { master, link: link.to_owned(), target })
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        // Only our own link: another simulator may have taken the place.
        if std::fs::read_link(&self.link).is_ok_and(|target| target == self.target) {
            let _ = std::fs::remove_file(&self.link);
        }
    }
}
