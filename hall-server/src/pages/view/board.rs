//! The hall board (叫号大屏).

use askama::Template;
use protocol::Millis;
use protocol::queue::{Calling, LineStatus, QueueSnapshot};

use crate::pages::frame::Frame;
use crate::pages::level::{self, BUSY_MINUTES, LONG_MINUTES, Level};
use crate::pages::times;
use crate::pages::words::Words;

/// Called numbers that stand beside the newest; the board's script has the same number.
const RECENT: usize = 8;

/// How the board speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Speaking {
    /// The languages asked for, in order, such as `cmn yue`; empty for a silent board.
    pub speak: String,
    /// The languages that there are clips for.
    pub voices: String,
    /// How often each call is spoken.
    pub repeat: u8,
}

#[derive(Debug, Template)]
#[template(path = "board.html")]
pub struct BoardPage {
    frame: Frame,
    hall: String,
    hall_name: String,
    sample: bool,
    turn: i64,
    now: Millis,
    open: bool,
    day: String,
    clock: String,
    speak: String,
    voices: String,
    repeat: u8,
    busy_minutes: i64,
    long_minutes: i64,
    newest: Option<Call>,
    recent: Vec<Call>,
    lines: Vec<Line>,
}

#[derive(Debug, Clone, Default)]
struct Call {
    number: String,
    window: String,
    turn: i64,
}

#[derive(Debug, Clone, Default)]
struct Line {
    letter: String,
    name: String,
    waiting: String,
    level_name: &'static str,
    level: &'static str,
}

impl BoardPage {
    pub fn new(frame: Frame, snapshot: &QueueSnapshot, sample: bool, speaking: Speaking) -> Self {
        let words = frame.w;
        let mut calls = snapshot.calling.iter().map(Call::from);
        BoardPage {
            hall: snapshot.hall.code.clone(),
            hall_name: snapshot.hall.name.pick(words.english).to_owned(),
            sample,
            turn: snapshot.turn,
            now: snapshot.at,
            open: snapshot.open,
            day: times::long_day(snapshot.at, words),
            clock: times::clock(snapshot.at),
            speak: speaking.speak,
            voices: speaking.voices,
            repeat: speaking.repeat,
            busy_minutes: BUSY_MINUTES,
            long_minutes: LONG_MINUTES,
            newest: calls.next(),
            recent: calls.take(RECENT).collect(),
            lines: snapshot.lines.iter().map(|line| Line::new(line, snapshot.at, words)).collect(),
            frame,
        }
    }

    /// The row that the script copies for every call.
    fn blank_call(&self) -> Call {
        Call::default()
    }

    /// The row that the script copies for every line.
    fn blank_line(&self) -> Line {
        Line { level_name: Level::Calm.name(), ..Line::default() }
    }
}

impl From<&Calling> for Call {
    fn from(calling: &Calling) -> Self {
        Call { number: calling.number.clone(), window: calling.window.to_string(), turn: calling.turn }
    }
}

impl Line {
    fn new(line: &LineStatus, now: Millis, words: Words) -> Self {
        let level = level::of_line(line, now);
        Line {
            letter: line.line.letter.clone(),
            name: line.line.name.pick(words.english).to_owned(),
            waiting: line.waiting.to_string(),
            level_name: level.name(),
            level: level.text(words),
        }
    }
}
