//! The loudspeaker: one call at a time, repeated, not in quiet hours, and taken back where the call was.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::civil::Time;

use super::{Call, Voice, Wav};
use crate::serial::DeviceThread;

/// Names a call at this speaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CallId(u64);

/// Hours in which nothing is said: from `from` until before `to`; over midnight where `to` is earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    pub from: Time,
    pub to: Time,
}

impl QuietHours {
    pub fn contains(&self, now: Time) -> bool {
        if self.from <= self.to { (self.from..self.to).contains(&now) } else { now >= self.from || now < self.to }
    }
}

/// Where the sound goes.
#[derive(Debug, Clone)]
pub enum Output {
    /// Each saying becomes a file `call-N.wav`, as long as it is: for tests and for halls that play files elsewhere.
    Folder(PathBuf),
    /// A player that takes a WAV file's path as its last argument, such as `aplay -q`. A call that is taken back is cut off.
    Player { program: String, args: Vec<String> },
}

/// How calls are said.
#[derive(Debug, Clone)]
pub struct SpeakerConfig {
    /// Said one after the other, in this order.
    pub voices: Vec<Voice>,
    /// How often the whole call is said; at least once.
    pub repeats: u32,
    /// Between two sayings.
    pub pause: Duration,
    /// Percent.
    pub volume: u8,
    pub quiet: Option<QuietHours>,
    pub output: Output,
}

/// What became of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpeakerEvent {
    Started(CallId),
    /// Said as often as it should be.
    Finished(CallId),
    /// Taken back before or while it was said.
    Cancelled(CallId),
    /// Not said because of the hour.
    Quiet(CallId),
    /// The sound could not be made or played; the cause is for the log.
    Failed(CallId, String),
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<(CallId, Call)>,
    current: Option<(CallId, Call)>,
    /// The current call was taken back.
    cancelled: bool,
    next: u64,
}

type Shared = Arc<(Mutex<Queue>, Condvar)>;

/// A speaker at work. Dropping it ends after the saying at hand; what still waits is not said.
#[derive(Debug)]
pub struct Speaker {
    queue: Shared,
    thread: DeviceThread,
}

impl Speaker {
    /// Starts the speaker's thread. `now` is the hall's clock, for the quiet hours.
    pub fn spawn(
        config: SpeakerConfig,
        now: impl Fn() -> Time + Send + 'static,
        on_event: impl Fn(SpeakerEvent) + Send + 'static,
    ) -> Self {
        let queue = Shared::default();
        let shared = Arc::clone(&queue);
        let thread = DeviceThread::spawn("speaker", move |stop| {
            let mut sayings = 0;
            loop {
                let Some((id, call)) = next(&shared, &|| stop.is_set()) else { return };
                if config.quiet.is_some_and(|quiet| quiet.contains(now())) {
                    on_event(SpeakerEvent::Quiet(id));
                } else {
                    on_event(SpeakerEvent::Started(id));
                    let said = say(&config, &call, &shared, &mut sayings);
                    on_event(match said {
                        Ok(true) => SpeakerEvent::Finished(id),
                        Ok(false) => SpeakerEvent::Cancelled(id),
                        Err(error) => {
                            tracing::error!(%error, "a call was not spoken");
                            SpeakerEvent::Failed(id, error.to_string())
                        }
                    });
                }
                lock(&shared).current = None;
            }
        });
        Speaker { queue, thread }
    }

    /// Puts a call at the end of the queue.
    pub fn call(&self, call: Call) -> CallId {
        let mut queue = lock(&self.queue);
        queue.next += 1;
        let id = CallId(queue.next);
        queue.waiting.push_back((id, call));
        drop(queue);
        self.queue.1.notify_all();
        id
    }

    /// Takes a call back: it is not said, or cut off. False where it was finished or never made. A call that only waited gives no
    /// event.
    pub fn cancel(&self, id: CallId) -> bool {
        self.cancel_where(|other, _| other == id)
    }

    /// Takes back every call of a ticket, such as when its person has come.
    pub fn cancel_number(&self, number: &str) -> bool {
        self.cancel_where(|_, call| call.number == number)
    }

    fn cancel_where(&self, is_it: impl Fn(CallId, &Call) -> bool) -> bool {
        let mut queue = lock(&self.queue);
        let before = queue.waiting.len();
        queue.waiting.retain(|(id, call)| !is_it(*id, call));
        let mut any = queue.waiting.len() < before;
        if queue.current.as_ref().is_some_and(|(id, call)| is_it(*id, call)) {
            queue.cancelled = true;
            any = true;
        }
        drop(queue);
        self.queue.1.notify_all();
        any
    }
}

impl Drop for Speaker {
    fn drop(&mut self) {
        self.thread.stop();
        lock(&self.queue).cancelled = true;
        self.queue.1.notify_all();
    }
}

fn lock(shared: &Shared) -> MutexGuard<'_, Queue> {
    shared.0.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The next call, or `None` when the speaker is to end.
fn next(shared: &Shared, stopped: &impl Fn() -> bool) -> Option<(CallId, Call)> {
    let mut queue = lock(shared);
    loop {
        if stopped() {
            return None;
        }
        if let Some(call) = queue.waiting.pop_front() {
            queue.current = Some(call.clone());
            queue.cancelled = false;
            return Some(call);
        }
        let waited = shared.1.wait_timeout(queue, Duration::from_millis(500));
        queue = waited.unwrap_or_else(PoisonError::into_inner).0;
    }
}

/// Waits that long, or until the call is taken back; true then.
fn cancelled_within(shared: &Shared, time: Duration) -> bool {
    let waited = shared.1.wait_timeout_while(lock(shared), time, |queue| !queue.cancelled);
    waited.unwrap_or_else(PoisonError::into_inner).0.cancelled
}

/// Says a call; false where it was taken back.
fn say(config: &SpeakerConfig, call: &Call, shared: &Shared, sayings: &mut u64) -> io::Result<bool> {
    let mut sound: Option<Wav> = None;
    for voice in &config.voices {
        let saying = voice.speak(call).map_err(io::Error::other)?;
        match &mut sound {
            None => sound = Some(saying),
            Some(sound) => {
                sound.pause(Duration::from_millis(400));
                sound.append(&saying);
            }
        }
    }
    let Some(mut sound) = sound else { return Err(io::Error::other("the speaker has no voice")) };
    sound.set_volume(config.volume);
    for turn in 0..config.repeats.max(1) {
        if cancelled_within(shared, if turn == 0 { Duration::ZERO } else { config.pause }) {
            return Ok(false);
        }
        *sayings += 1;
        match &config.output {
            Output::Folder(folder) => {
                std::fs::create_dir_all(folder)?;
                std::fs::write(folder.join(format!("call-{sayings}.wav")), sound.to_bytes())?;
            }
            Output::Player { program, args } => {
                let file = temporary(&sound.to_bytes())?;
                let player = Command::new(program).args(args).arg(&file).stdin(Stdio::null()).spawn();
                let played = player.and_then(|player| wait(player, sound.duration(), shared));
                std::fs::remove_file(&file)?;
                if !played? {
                    return Ok(false);
                }
            }
        }
    }
    Ok(true)
}

/// Writes a file that no other call uses.
fn temporary(bytes: &[u8]) -> io::Result<PathBuf> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("hall-call-{}-{next}.wav", std::process::id()));
    // A file left behind by a program of the same number, never a link to somewhere else.
    let _ = std::fs::remove_file(&path);
    std::fs::File::create_new(&path)?.write_all(bytes)?;
    Ok(path)
}

/// Waits for the player's end; false where the call was taken back and the player stopped.
fn wait(mut player: Child, length: Duration, shared: &Shared) -> io::Result<bool> {
    let mut waited = Duration::ZERO;
    let step = Duration::from_millis(20);
    loop {
        if let Some(status) = player.try_wait()? {
            return if status.success() {
                Ok(true)
            } else {
                Err(io::Error::other(format!("the player ended with {status}")))
            };
        }
        let cancelled = cancelled_within(shared, step);
        waited += step;
        let stuck = waited > length + Duration::from_secs(10);
        if cancelled || stuck {
            player.kill()?;
            player.wait()?;
            return if cancelled { Ok(false) } else { Err(io::Error::other("the player does not end")) };
        }
    }
}
