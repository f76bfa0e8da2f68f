//! The traffic light of a line and of a hall: how a wait feels, in four steps.

use protocol::queue::{LineStatus, QueueSnapshot, WindowState};

use super::words::Words;

/// From this likely wait on, in minutes, a line is busy.
pub const BUSY_MINUTES: i64 = 15;
/// From this likely wait on, in minutes, a line is long: somebody should open a window.
pub const LONG_MINUTES: i64 = 30;

/// Ordered from good to bad, so a hall takes its worst line's level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Calm,
    Busy,
    Long,
    /// People wait and no window serves them.
    Unserved,
}

impl Level {
    /// The name in class names and data attributes.
    pub fn name(self) -> &'static str {
        match self {
            Level::Calm => "calm",
            Level::Busy => "busy",
            Level::Long => "long",
            Level::Unserved => "unserved",
        }
    }

    pub fn text(self, words: Words) -> &'static str {
        match self {
            Level::Calm => words.level_calm(),
            Level::Busy => words.level_busy(),
            Level::Long => words.level_long(),
            Level::Unserved => words.level_unserved(),
        }
    }
}

/// The level of a line: by the wait that a ticket taken now would be told, or by the longest wait so far where there is no estimate.
pub fn of_line(line: &LineStatus, now: protocol::Millis) -> Level {
    if line.waiting == 0 {
        return Level::Calm;
    }
    if line.windows == 0 {
        return Level::Unserved;
    }
    let waited = line.longest_since.map_or(0, |since| (now - since).max(0) / 60_000);
    let minutes = line.wait.to_minutes.unwrap_or(0).max(waited);
    if minutes >= LONG_MINUTES {
        Level::Long
    } else if minutes >= BUSY_MINUTES {
        Level::Busy
    } else {
        Level::Calm
    }
}

/// The worst level among a hall's lines.
pub fn of_hall(snapshot: &QueueSnapshot) -> Level {
    snapshot.lines.iter().map(|line| of_line(line, snapshot.at)).max().unwrap_or(Level::Calm)
}

/// How many windows are in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WindowCounts {
    pub free: usize,
    pub serving: usize,
    pub paused: usize,
    pub closed: usize,
}

pub fn count_windows(snapshot: &QueueSnapshot) -> WindowCounts {
    let mut counts = WindowCounts::default();
    for window in &snapshot.windows {
        match window.state {
            WindowState::Open => counts.free += 1,
            WindowState::Serving => counts.serving += 1,
            WindowState::Paused => counts.paused += 1,
            WindowState::Closed | WindowState::Unknown => counts.closed += 1,
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::catalogue::Line;
    use protocol::queue::Wait;

    fn line(waiting: i64, windows: i64, to: Option<i64>, since: Option<i64>) -> LineStatus {
        LineStatus {
            line: Line { letter: "A".into(), name: protocol::catalogue::Text::default() },
            waiting,
            longest_since: since,
            wait: Wait { from_minutes: to, to_minutes: to },
            windows,
            taken_today: 0,
            completed_today: 0,
            no_show_today: 0,
            mean_wait_seconds: None,
        }
    }

    #[test]
    fn a_line_is_as_bad_as_its_likely_wait() {
        let at = 10_000_000;
        assert_eq!(of_line(&line(0, 0, Some(90), None), at), Level::Calm, "nobody waits");
        assert_eq!(of_line(&line(3, 2, Some(14), None), at), Level::Calm);
        assert_eq!(of_line(&line(3, 2, Some(15), None), at), Level::Busy);
        assert_eq!(of_line(&line(9, 2, Some(30), None), at), Level::Long);
    }

    #[test]
    fn somebody_who_already_waited_long_counts_although_the_estimate_is_short() {
        let at = 10_000_000;
        assert_eq!(of_line(&line(1, 1, Some(3), Some(at - 31 * 60_000)), at), Level::Long);
        assert_eq!(of_line(&line(1, 1, None, Some(at - 16 * 60_000)), at), Level::Busy);
    }

    #[test]
    fn people_without_a_window_are_the_worst_level() {
        assert_eq!(of_line(&line(1, 0, None, None), 0), Level::Unserved);
        assert!(Level::Unserved > Level::Long);
    }
}
