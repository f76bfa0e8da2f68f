//! What is about to go wrong: overdue first, then by what is due.

use askama::Template;
use protocol::Millis;
use protocol::case::{ClockView, Joint};
use protocol::supervision::Ahead;

use super::parts::{Figures, Kept, Pager, Tab, Units};
use crate::pages::frame::Frame;
use crate::pages::times;
use crate::pages::view::supervisor::Viewer;
use crate::pages::words::Words;

pub const PATH: &str = "/supervisor/cases";

/// `/supervisor/cases`.
#[derive(Debug, Template)]
#[template(path = "supervision/ahead.html")]
pub struct AheadPage {
    frame: Frame,
    user: String,
    csrf: String,
    tab: Tab,
    other: String,
    figures: Figures,
    units: Units,
    unit_name: String,
    groups: Vec<Group>,
    pager: Pager,
    as_of: String,
}

/// What the page is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// A unit's code; empty: all.
    pub unit: &'a str,
    pub page: u16,
    pub now: Millis,
}

#[derive(Debug)]
struct Group {
    level: Level,
    name: &'static str,
    rows: Vec<Row>,
}

/// How urgent a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Overdue,
    Today,
    Soon,
    Later,
}

/// Working days within which something is due soon.
const SOON: i64 = 3;

impl Level {
    pub fn of(clock: &ClockView) -> Self {
        match clock.days_left {
            _ if clock.overdue => Level::Overdue,
            Some(0) => Level::Today,
            Some(days) if days <= SOON => Level::Soon,
            _ => Level::Later,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Level::Overdue => "overdue",
            Level::Today => "today",
            Level::Soon => "soon",
            Level::Later => "later",
        }
    }

    fn text(self, w: Words) -> &'static str {
        match self {
            Level::Overdue => w.group_overdue(),
            Level::Today => w.group_today(),
            Level::Soon => w.group_soon(),
            Level::Later => w.group_later(),
        }
    }
}

#[derive(Debug)]
struct Row {
    case_no: String,
    href: String,
    item: String,
    state: &'static str,
    joint: bool,
    left: String,
    due_on: String,
    clock: String,
    explained: String,
    promised: Option<(String, String)>,
    application: Option<String>,
    unit: String,
    persons: String,
}

impl AheadPage {
    pub fn new(
        frame: Frame,
        viewer: Viewer,
        figures: &protocol::supervision::Figures,
        lines: &[Ahead],
        more: bool,
        asked: Asked<'_>,
    ) -> Self {
        let w = frame.w;
        let kept = Kept::new(PATH, &[("unit", asked.unit)]);
        let mut groups: Vec<Group> = Vec::new();
        for line in lines {
            let level = Level::of(&line.clock);
            if groups.last().is_none_or(|group| group.level != level) {
                groups.push(Group { level, name: level.text(w), rows: Vec::new() });
            }
            if let Some(group) = groups.last_mut() {
                group.rows.push(Row::new(line, w));
            }
        }
        let unit_name = figures
            .units
            .iter()
            .find(|unit| unit.unit == asked.unit)
            .map_or_else(|| asked.unit.to_owned(), |unit| unit.unit_name.pick(w.english).to_owned());
        AheadPage {
            user: viewer.name,
            csrf: viewer.csrf,
            tab: Tab::Cases,
            other: kept.href(w.other()),
            figures: Figures::new(w, figures, asked.unit),
            units: Units::new(w, &figures.units, asked.unit, &Kept::new(PATH, &[])),
            unit_name,
            groups,
            pager: Pager::new(w, &kept, asked.page, more),
            as_of: times::moment(asked.now, w),
            frame,
        }
    }
}

impl Row {
    fn new(line: &Ahead, w: Words) -> Self {
        let persons = if line.persons.is_empty() {
            String::new()
        } else {
            line.persons.join(if w.english { ", " } else { "、" })
        };
        Row {
            case_no: line.case_no.clone(),
            href: format!("{PATH}/{}?lang={}", line.case_no, w.code()),
            item: line.item_name.pick(w.english).to_owned(),
            state: w.case_state(line.case_state),
            joint: line.joint,
            left: left(&line.clock, w),
            due_on: times::day(&line.due_on, w),
            clock: if line.joint {
                w.joint_clock().to_owned()
            } else {
                line.clock.kind.name().pick(w.english).to_owned()
            },
            explained: line.clock.text.pick(w.english).to_owned(),
            promised: line.promised.as_ref().map(|clock| (dated(clock, w), clock.text.pick(w.english).to_owned())),
            application: line.application.as_ref().filter(|whole| whole.cases > 1).map(|whole| of_whole(whole, w)),
            unit: line.unit_name.pick(w.english).to_owned(),
            persons,
        }
    }
}

/// How many working days are left, or that it is overdue.
pub fn left(clock: &ClockView, w: Words) -> String {
    match clock.days_left {
        // A due date passed on a day off: no working day has been lost yet.
        Some(0) if clock.overdue => w.figure_overdue().to_owned(),
        Some(days) => w.days_left(days),
        None => w.clock_state(clock.state).to_owned(),
    }
}

/// `承诺时限 2026年12月8日`.
fn dated(clock: &ClockView, w: Words) -> String {
    let due = clock.due_on.as_deref().map(|due| times::day(due, w)).unwrap_or_default();
    format!("{} {due}", clock.kind.name().pick(w.english)).trim_end().to_owned()
}

/// The application in a line: what it is, how far, by when.
fn of_whole(whole: &Joint, w: Words) -> String {
    let mut parts = Vec::new();
    if !whole.item_name.pick(w.english).is_empty() {
        parts.push(whole.item_name.pick(w.english).to_owned());
    }
    parts.push(w.decided_of(whole.decided, whole.cases));
    if let Some(due) = whole.clocks.first().and_then(|clock| clock.due_on.as_deref()) {
        parts.push(format!("{} {}", w.joint_clock(), times::day(due, w)));
    }
    parts.join(" · ")
}
