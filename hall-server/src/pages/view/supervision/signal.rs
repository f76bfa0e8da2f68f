//! One signal: what raised it, who is to answer, everything that happened to it, and what a supervisor may do.

use askama::Template;
use domain::supervision::SignalEvent;
use protocol::supervision::{Signal, SignalAction};

use super::parts::{Kept, Tab};
use super::signals::{PATH, SignalLine};
use crate::pages::frame::Frame;
use crate::pages::times;
use crate::pages::view::supervisor::Viewer;
use crate::pages::words::Words;
use crate::supervision::history::SignalStepTaken;

/// `/supervisor/signals/{id}`.
#[derive(Debug, Template)]
#[template(path = "supervision/signal.html")]
pub struct SignalPage {
    frame: Frame,
    user: String,
    csrf: String,
    tab: Tab,
    other: String,
    id: i64,
    signal: SignalLine,
    case_href: String,
    case_state: &'static str,
    clock_name: String,
    addressed: Vec<String>,
    steps: Vec<Step>,
    replied: bool,
    actions: Actions,
    message: Message,
    typed: String,
}

/// What is said about what was tried or done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    pub good: bool,
    pub text: String,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Actions {
    confirm: bool,
    send_back: bool,
    cancel: bool,
}

impl Actions {
    fn any(&self) -> bool {
        self.confirm || self.send_back || self.cancel
    }
}

#[derive(Debug)]
struct Step {
    name: &'static str,
    what: &'static str,
    by: String,
    at: String,
    text: String,
}

/// What the page shows.
#[derive(Debug)]
pub struct Shown<'a> {
    pub signal: &'a Signal,
    pub steps: &'a [SignalStepTaken],
    pub addressed: Vec<String>,
}

impl SignalPage {
    /// `typed`: the text of a form that was refused, so that nothing is lost.
    pub fn new(frame: Frame, viewer: Viewer, shown: Shown<'_>, message: Message, typed: &str) -> Self {
        let w = frame.w;
        let signal = shown.signal;
        let may = |action| signal.actions.contains(&action);
        SignalPage {
            user: viewer.name,
            csrf: viewer.csrf,
            tab: Tab::Neither,
            other: Kept::new(&format!("{PATH}/{}", signal.id), &[]).href(w.other()),
            id: signal.id,
            signal: SignalLine::new(signal, w),
            case_href: format!("{}/{}?lang={}", super::ahead::PATH, signal.case_no, w.code()),
            case_state: w.case_state(signal.case_state),
            clock_name: signal
                .clock
                .as_ref()
                .map(|clock| clock.kind.name().pick(w.english).to_owned())
                .unwrap_or_default(),
            addressed: shown.addressed,
            steps: shown.steps.iter().map(|step| Step::new(step, w)).collect(),
            replied: may(SignalAction::Confirm),
            actions: Actions {
                confirm: may(SignalAction::Confirm),
                send_back: may(SignalAction::SendBack),
                cancel: may(SignalAction::Cancel),
            },
            message,
            typed: typed.to_owned(),
            frame,
        }
    }
}

impl Step {
    fn new(step: &SignalStepTaken, w: Words) -> Self {
        let (name, what) = match step.event {
            SignalEvent::SignalRaised { .. } => ("raised", w.signal_raised()),
            SignalEvent::SignalReplied { .. } => ("replied", w.signal_was_replied()),
            SignalEvent::SignalConfirmed { .. } => ("confirmed", w.signal_was_confirmed()),
            SignalEvent::SignalSentBack { .. } => ("sent-back", w.signal_was_sent_back()),
            SignalEvent::SignalCancelled { .. } => ("cancelled", w.signal_was_cancelled()),
        };
        Step {
            name,
            what,
            by: if step.by.is_empty() { w.signal_system().to_owned() } else { step.by.clone() },
            at: times::moment(step.at, w),
            text: step.event.text().to_owned(),
        }
    }
}
