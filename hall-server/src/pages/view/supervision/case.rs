//! One case as supervision looks at it: its clocks, with whom it lies, its signals, what happened. It names staff, and no applicant.

use askama::Template;
use protocol::case::{Case, Joint};
use protocol::supervision::Signal;

use super::ahead::{Level, PATH, left};
use super::parts::{Kept, Tab};
use super::signals::SignalLine;
use crate::pages::frame::Frame;
use crate::pages::times;
use crate::pages::view::supervisor::Viewer;
use crate::pages::words::Words;

/// `/supervisor/cases/{case_no}`.
#[derive(Debug, Template)]
#[template(path = "supervision/case.html")]
pub struct CasePage {
    frame: Frame,
    user: String,
    csrf: String,
    tab: Tab,
    other: String,
    item: String,
    case_no: String,
    state: &'static str,
    department: String,
    received: String,
    clocks: Vec<ClockRow>,
    tasks: Vec<TaskRow>,
    whole: Option<Whole>,
    signals: Vec<SignalLine>,
    history: Vec<Entry>,
}

/// What lies with whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseTask {
    pub what: protocol::case::TaskKind,
    pub unit_name: protocol::catalogue::Text,
    /// Empty where it is anybody's there.
    pub person: String,
    /// ISO.
    pub due_on: Option<String>,
}

/// What the page shows.
#[derive(Debug)]
pub struct Shown<'a> {
    pub case: &'a Case,
    pub tasks: &'a [CaseTask],
    pub signals: &'a [Signal],
    pub joint: &'a Joint,
    /// The application's other cases: number, item, state.
    pub siblings: Vec<(String, protocol::catalogue::Text, protocol::case::CaseState)>,
}

#[derive(Debug)]
struct ClockRow {
    name: String,
    unit: String,
    level: &'static str,
    left: String,
    due_on: String,
    explained: String,
}

#[derive(Debug)]
struct TaskRow {
    what: &'static str,
    unit: String,
    person: String,
    due_on: String,
}

#[derive(Debug)]
struct Whole {
    name: String,
    outcome: String,
    decided: String,
    clocks: Vec<ClockRow>,
    siblings: Vec<Sibling>,
}

#[derive(Debug)]
struct Sibling {
    href: String,
    case_no: String,
    item: String,
    state: &'static str,
}

#[derive(Debug)]
struct Entry {
    at: String,
    text: String,
    by: String,
    note: String,
}

impl CasePage {
    pub fn new(frame: Frame, viewer: Viewer, shown: &Shown<'_>) -> Self {
        let w = frame.w;
        let case = shown.case;
        let unit = |code: &str| {
            let branch = case.branches.iter().find(|branch| branch.department == code);
            let name = branch.map(|branch| &branch.department_name);
            let name = name.or_else(|| (code == case.department).then_some(&case.department_name));
            name.map(|name| name.pick(w.english).to_owned()).unwrap_or_default()
        };
        CasePage {
            user: viewer.name,
            csrf: viewer.csrf,
            tab: Tab::Neither,
            other: Kept::new(&format!("{PATH}/{}", case.case_no), &[]).href(w.other()),
            item: case.item_name.pick(w.english).to_owned(),
            case_no: case.case_no.clone(),
            state: w.case_state(case.state),
            department: case.department_name.pick(w.english).to_owned(),
            received: times::moment(case.received_at, w),
            clocks: case.clocks.iter().map(|clock| ClockRow::new(clock, unit(&clock.department), w)).collect(),
            tasks: shown
                .tasks
                .iter()
                .map(|task| TaskRow {
                    what: w.task(task.what),
                    unit: task.unit_name.pick(w.english).to_owned(),
                    person: task.person.clone(),
                    due_on: task.due_on.as_deref().map(|due| times::day(due, w)).unwrap_or_default(),
                })
                .collect(),
            whole: (!shown.siblings.is_empty()).then(|| Whole {
                name: shown.joint.item_name.pick(w.english).to_owned(),
                outcome: shown.joint.outcome.name().pick(w.english).to_owned(),
                decided: w.decided_of(shown.joint.decided, shown.joint.cases),
                clocks: shown.joint.clocks.iter().map(|clock| ClockRow::new(clock, String::new(), w)).collect(),
                siblings: shown
                    .siblings
                    .iter()
                    .map(|(case_no, item, state)| Sibling {
                        href: format!("{PATH}/{case_no}?lang={}", w.code()),
                        case_no: case_no.clone(),
                        item: item.pick(w.english).to_owned(),
                        state: w.case_state(*state),
                    })
                    .collect(),
            }),
            signals: shown.signals.iter().map(|signal| SignalLine::new(signal, w).of_this_case()).collect(),
            history: case
                .history
                .iter()
                .map(|entry| Entry {
                    at: times::moment(entry.at, w),
                    text: entry.text.pick(w.english).to_owned(),
                    by: if entry.by.is_empty() { w.signal_system().to_owned() } else { entry.by.clone() },
                    note: entry.note.clone(),
                })
                .collect(),
            frame,
        }
    }
}

impl ClockRow {
    fn new(clock: &protocol::case::ClockView, unit: String, w: Words) -> Self {
        ClockRow {
            name: clock.kind.name().pick(w.english).to_owned(),
            unit,
            level: Level::of(clock).name(),
            left: left(clock, w),
            due_on: clock.due_on.as_deref().map(|due| times::day(due, w)).unwrap_or_default(),
            explained: clock.text.pick(w.english).to_owned(),
        }
    }
}
