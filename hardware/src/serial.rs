//! What the serial drivers share: opening a port, and a thread that can be stopped at once.

use std::io;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use serialport::TTYPort;

/// Opens a serial port or pseudo-terminal: 8 data bits, no parity, 1 stop bit, for this program alone.
pub(crate) fn open(path: &Path, baud: u32, timeout: Duration) -> io::Result<TTYPort> {
    let builder = serialport::new(path.to_string_lossy(), baud).timeout(timeout);
    TTYPort::open(&builder).map_err(io::Error::from)
}

/// True for "nothing came within the time", which is no fault.
pub(crate) fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

/// A flag that a waiting thread sees at once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop(Arc<(Mutex<bool>, Condvar)>);

impl Stop {
    pub(crate) fn set(&self) {
        let (flag, wake) = &*self.0;
        *flag.lock().unwrap_or_else(PoisonError::into_inner) = true;
        wake.notify_all();
    }

    pub(crate) fn is_set(&self) -> bool {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits that long, or until stopped; true when stopped.
    pub(crate) fn wait(&self, time: Duration) -> bool {
        let (flag, wake) = &*self.0;
        let guard = flag.lock().unwrap_or_else(PoisonError::into_inner);
        let (guard, _) =
            wake.wait_timeout_while(guard, time, |stopped| !*stopped).unwrap_or_else(PoisonError::into_inner);
        *guard
    }
}

/// A device's background thread. Dropping it stops the thread and waits for its end (at most one reading time, some tenths of a
/// second).
#[derive(Debug)]
#[must_use = "dropping it stops the device's thread"]
pub struct DeviceThread {
    stop: Stop,
    thread: Option<JoinHandle<()>>,
}

impl DeviceThread {
    pub(crate) fn spawn(name: &str, body: impl FnOnce(Stop) + Send + 'static) -> Self {
        let stop = Stop::default();
        let seen = stop.clone();
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || body(seen));
        let thread = match thread {
            Ok(thread) => Some(thread),
            Err(error) => {
                tracing::error!(%error, name, "the system gives no thread for a device");
                None
            }
        };
        DeviceThread { stop, thread }
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Asks the thread to end without waiting for it.
    pub fn stop(&self) {
        self.stop.set();
    }
}

impl Drop for DeviceThread {
    fn drop(&mut self) {
        self.stop.set();
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
        {
            // A panic in a device's thread has been reported by the panic hook; there is nothing to add.
            let _ = thread.join();
        }
    }
}
