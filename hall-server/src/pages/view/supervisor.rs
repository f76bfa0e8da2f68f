//! The supervisor's pages (督导): every hall on one page, and one hall's day.

use std::collections::HashMap;

use askama::Template;
use protocol::Millis;
use protocol::queue::{LineStatus, QueueSnapshot, WindowState};

use crate::pages::frame::Frame;
use crate::pages::level::{self, WindowCounts};
use crate::pages::times;
use crate::pages::words::Words;
use crate::store::supervision::{CaseCounts, Hour};

/// Who looks, for the page's head.
#[derive(Debug, Clone)]
pub struct Viewer {
    pub name: String,
    /// Proves that a form was filled in on our own page.
    pub csrf: String,
}

/// `/supervisor`.
#[derive(Debug, Template)]
#[template(path = "supervisor/live.html")]
pub struct LivePage {
    frame: Frame,
    user: String,
    csrf: String,
    sample: bool,
    totals: Totals,
    cards: Vec<HallCard>,
}

/// The figures of several halls together, or of one.
#[derive(Debug, Template)]
#[template(path = "supervisor/totals.html")]
pub struct Totals {
    w: Words,
    waiting: i64,
    longest: String,
    serving: usize,
    windows: usize,
    taken: i64,
    completed: i64,
    no_show: i64,
    mean_wait: String,
}

/// One hall among the others.
#[derive(Debug, Template)]
#[template(path = "supervisor/card.html")]
pub struct HallCard {
    w: Words,
    code: String,
    name: String,
    level_name: &'static str,
    level: &'static str,
    waiting: i64,
    longest: String,
    counts: WindowCounts,
    /// The lines that need somebody most, the worst first, with their names.
    pressing: Vec<LineMark>,
    /// The others by their letters, in the hall's order.
    others: Vec<LineMark>,
    taken: i64,
    completed: i64,
    no_show: i64,
    mean_wait: String,
}

#[derive(Debug)]
struct LineMark {
    letter: String,
    name: String,
    waiting: i64,
    level_name: &'static str,
    level: &'static str,
}

/// `/supervisor/halls/{hall}`.
#[derive(Debug, Template)]
#[template(path = "supervisor/hall.html")]
pub struct HallPage {
    frame: Frame,
    user: String,
    csrf: String,
    sample: bool,
    code: String,
    name: String,
    detail: Detail,
}

/// The part of a hall's page that changes.
#[derive(Debug, Template)]
#[template(path = "supervisor/detail.html")]
pub struct Detail {
    w: Words,
    totals: Totals,
    lines: Vec<LineRow>,
    windows: Vec<Tile>,
    hours: Vec<Bars>,
    chart_width: i64,
    cases: CaseCounts,
    as_of: String,
}

#[derive(Debug)]
struct LineRow {
    letter: String,
    name: String,
    waiting: i64,
    longest: String,
    windows: i64,
    taken: i64,
    completed: i64,
    no_show: i64,
    mean_wait: String,
    level_name: &'static str,
    level: &'static str,
}

#[derive(Debug)]
struct Tile {
    number: i64,
    state_name: &'static str,
    state: &'static str,
    ticket: String,
    clerk: String,
}

/// An hour's two bars, in the drawing's own units.
#[derive(Debug, PartialEq, Eq)]
struct Bars {
    hour: i64,
    label: String,
    x: i64,
    taken: i64,
    taken_y: i64,
    taken_height: i64,
    called: i64,
    called_y: i64,
    called_height: i64,
    mean_wait: String,
}

impl LivePage {
    pub fn new(frame: Frame, viewer: Viewer, snapshots: &[QueueSnapshot], sample: bool) -> Self {
        LivePage {
            user: viewer.name,
            csrf: viewer.csrf,
            sample,
            totals: Totals::new(frame.w, snapshots),
            cards: snapshots.iter().map(|snapshot| HallCard::new(frame.w, snapshot)).collect(),
            frame,
        }
    }
}

impl Totals {
    pub fn new(w: Words, snapshots: &[QueueSnapshot]) -> Self {
        let lines = || snapshots.iter().flat_map(|s| &s.lines);
        let counts = snapshots.iter().map(level::count_windows);
        let (serving, windows) = counts
            .fold((0, 0), |(serving, all), c| (serving + c.serving, all + c.serving + c.free + c.paused + c.closed));
        Totals {
            w,
            waiting: lines().map(|l| l.waiting).sum(),
            longest: duration(snapshots.iter().filter_map(longest_wait).max(), w),
            serving,
            windows,
            taken: lines().map(|l| l.taken_today).sum(),
            completed: lines().map(|l| l.completed_today).sum(),
            no_show: lines().map(|l| l.no_show_today).sum(),
            mean_wait: duration(mean_wait(lines()), w),
        }
    }
}

impl HallCard {
    pub fn new(w: Words, snapshot: &QueueSnapshot) -> Self {
        let level = level::of_hall(snapshot);
        let (pressing, others) = most_pressing(snapshot);
        let is_over = !snapshot.open && snapshot.lines.iter().all(|line| line.waiting == 0);
        let (level_name, level) = if is_over { ("closed", w.hall_closed()) } else { (level.name(), level.text(w)) };
        let sum = |of: fn(&LineStatus) -> i64| snapshot.lines.iter().map(of).sum();
        HallCard {
            w,
            code: snapshot.hall.code.clone(),
            name: snapshot.hall.name.pick(w.english).to_owned(),
            level_name,
            level,
            waiting: sum(|l| l.waiting),
            longest: duration(longest_wait(snapshot), w),
            counts: level::count_windows(snapshot),
            pressing: pressing.iter().map(|line| LineMark::new(w, line, snapshot.at)).collect(),
            others: others.iter().map(|line| LineMark::new(w, line, snapshot.at)).collect(),
            taken: sum(|l| l.taken_today),
            completed: sum(|l| l.completed_today),
            no_show: sum(|l| l.no_show_today),
            mean_wait: duration(mean_wait(snapshot.lines.iter()), w),
        }
    }
}

impl HallPage {
    pub fn new(frame: Frame, viewer: Viewer, snapshot: &QueueSnapshot, detail: Detail, sample: bool) -> Self {
        HallPage {
            user: viewer.name,
            csrf: viewer.csrf,
            sample,
            code: snapshot.hall.code.clone(),
            name: snapshot.hall.name.pick(frame.w.english).to_owned(),
            detail,
            frame,
        }
    }
}

impl Detail {
    /// `clerks`: the names of those at the windows, by user name.
    pub fn new(
        w: Words,
        snapshot: &QueueSnapshot,
        clerks: &HashMap<String, String>,
        hours: &[Hour],
        cases: CaseCounts,
    ) -> Self {
        let hours = bars(hours, w);
        Detail {
            w,
            totals: Totals::new(w, std::slice::from_ref(snapshot)),
            lines: snapshot.lines.iter().map(|line| LineRow::new(w, line, snapshot.at)).collect(),
            windows: snapshot
                .windows
                .iter()
                .map(|window| {
                    let (state_name, state) = window_state(window.state, w);
                    Tile {
                        number: window.number,
                        state_name,
                        state,
                        ticket: window.ticket.clone().unwrap_or_default(),
                        clerk: window.clerk.as_ref().map(|c| clerks.get(c).unwrap_or(c).clone()).unwrap_or_default(),
                    }
                })
                .collect(),
            chart_width: i64::try_from(hours.len()).unwrap_or(0).max(8) * HOUR_WIDTH + 16,
            hours,
            cases,
            as_of: times::moment(snapshot.at, w),
        }
    }
}

impl LineRow {
    fn new(w: Words, line: &LineStatus, now: Millis) -> Self {
        let level = level::of_line(line, now);
        LineRow {
            letter: line.line.letter.clone(),
            name: line.line.name.pick(w.english).to_owned(),
            waiting: line.waiting,
            longest: duration(line.longest_since.map(|since| (now - since).max(0) / 1000), w),
            windows: line.windows,
            taken: line.taken_today,
            completed: line.completed_today,
            no_show: line.no_show_today,
            mean_wait: duration(line.mean_wait_seconds, w),
            level_name: level.name(),
            level: level.text(w),
        }
    }
}

fn window_state(state: WindowState, w: Words) -> (&'static str, &'static str) {
    match state {
        WindowState::Closed => ("closed", w.window_closed()),
        WindowState::Open => ("open", w.window_open()),
        WindowState::Serving => ("serving", w.window_serving()),
        WindowState::Paused => ("paused", w.window_paused()),
        WindowState::Unknown => ("unknown", w.window_unknown()),
    }
}

/// How long somebody has been waiting in a hall, in seconds; `None` where nobody waits.
fn longest_wait(snapshot: &QueueSnapshot) -> Option<i64> {
    let oldest = snapshot.lines.iter().filter(|l| l.waiting > 0).filter_map(|l| l.longest_since).min()?;
    Some((snapshot.at - oldest).max(0) / 1000)
}

/// The mean over lines, in seconds, each weighed by how many of its tickets are finished.
fn mean_wait<'a>(lines: impl Iterator<Item = &'a LineStatus>) -> Option<i64> {
    let (sum, count) = lines
        .filter_map(|l| Some((l.mean_wait_seconds?, (l.completed_today + l.no_show_today).max(1))))
        .fold((0, 0), |(sum, count), (mean, weight)| (sum + mean * weight, count + weight));
    (count > 0).then(|| sum / count)
}

/// Seconds in words, whole minutes; a dash where there is nothing to tell.
fn duration(seconds: Option<i64>, w: Words) -> String {
    match seconds {
        None => "–".to_owned(),
        Some(0..30) => w.under_a_minute().to_owned(),
        Some(s) => w.minutes((s + 30) / 60),
    }
}

/// Lines that a card has room for with their names.
const WRITTEN_OUT: usize = 4;

/// The lines that need somebody most, and the rest.
fn most_pressing(snapshot: &QueueSnapshot) -> (Vec<&LineStatus>, Vec<&LineStatus>) {
    let mut worst: Vec<&LineStatus> = snapshot.lines.iter().collect();
    worst.sort_by_key(|line| std::cmp::Reverse((level::of_line(line, snapshot.at), line.waiting)));
    worst.truncate(WRITTEN_OUT);
    let written_out = |line: &&LineStatus| worst.iter().any(|w| w.line.letter == line.line.letter);
    let others = snapshot.lines.iter().filter(|line| !written_out(line)).collect();
    (worst, others)
}

impl LineMark {
    fn new(w: Words, line: &LineStatus, now: Millis) -> Self {
        let level = level::of_line(line, now);
        LineMark {
            letter: line.line.letter.clone(),
            name: line.line.name.pick(w.english).to_owned(),
            waiting: line.waiting,
            level_name: level.name(),
            level: level.text(w),
        }
    }
}

/// Width of an hour in the drawing.
const HOUR_WIDTH: i64 = 76;
/// Height of the tallest bar, and where all bars stand.
const TALLEST: i64 = 130;
const GROUND: i64 = 160;

/// The bars from the first to the last hour with anything in it; quiet hours between them stay visible as gaps.
fn bars(hours: &[Hour], w: Words) -> Vec<Bars> {
    let busy = || hours.iter().filter(|h| h.taken > 0 || h.called > 0);
    let (Some(first), Some(last)) = (busy().map(|h| h.hour).min(), busy().map(|h| h.hour).max()) else {
        return Vec::new();
    };
    let most = hours.iter().map(|h| h.taken.max(h.called)).max().unwrap_or(1).max(1);
    let height = |count: i64| if count == 0 { 0 } else { (count * TALLEST / most).max(3) };
    (first..=last)
        .zip(0..)
        .map(|(hour, i)| {
            let found = hours.iter().find(|h| h.hour == hour);
            let (taken, called) = found.map_or((0, 0), |h| (h.taken, h.called));
            Bars {
                hour,
                label: format!("{hour:02}:00"),
                x: 16 + i * HOUR_WIDTH,
                taken,
                taken_y: GROUND - height(taken),
                taken_height: height(taken),
                called,
                called_y: GROUND - height(called),
                called_height: height(called),
                mean_wait: duration(found.and_then(|h| h.mean_wait_seconds), w),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_between_busy_ones_keep_their_place() {
        let hour = |hour, taken, called| Hour { hour, taken, called, mean_wait_seconds: None };
        let drawn = bars(&[hour(9, 10, 5), hour(11, 20, 0), hour(15, 0, 0)], Words::ZH);
        assert_eq!(
            drawn.iter().map(|b| (b.hour, b.taken_height, b.called_height)).collect::<Vec<_>>(),
            [(9, 65, 32), (10, 0, 0), (11, 130, 0)]
        );
        assert_eq!(drawn[1].x - drawn[0].x, HOUR_WIDTH);
        assert!(bars(&[hour(8, 0, 0)], Words::ZH).is_empty());
    }

    #[test]
    fn the_smallest_count_still_shows_a_bar() {
        let hours = [
            Hour { hour: 9, taken: 1, called: 0, mean_wait_seconds: Some(90) },
            Hour { hour: 10, taken: 1000, called: 900, mean_wait_seconds: None },
        ];
        let drawn = bars(&hours, Words::EN);
        assert_eq!((drawn[0].taken_height, drawn[0].mean_wait.as_str()), (3, "2 min"));
    }
}
