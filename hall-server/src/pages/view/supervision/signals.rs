//! Signals on a list: those that await something by gravity and deadline, closed ones newest first.

use askama::Template;
use protocol::Millis;
use protocol::supervision::{Signal, SignalKind, SignalState};

use super::parts::{Colour, Figures, Kept, Pager, Tab, Units, colour_name};
use crate::pages::frame::Frame;
use crate::pages::times;
use crate::pages::view::supervisor::Viewer;
use crate::pages::words::Words;

pub const PATH: &str = "/supervisor/signals";

/// Which signals a list shows, by their state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Shown {
    /// Not replied to, or not reviewed.
    #[default]
    ToDo,
    Of(SignalState),
}

impl Shown {
    const ALL: [Shown; 5] = [
        Shown::ToDo,
        Shown::Of(SignalState::Open),
        Shown::Of(SignalState::Replied),
        Shown::Of(SignalState::Confirmed),
        Shown::Of(SignalState::Cancelled),
    ];

    /// As it stands in an address; what is not known there is the first.
    pub fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|shown| shown.name() == name).unwrap_or_default()
    }

    pub fn name(self) -> &'static str {
        match self {
            Shown::Of(SignalState::Open) => "open",
            Shown::Of(SignalState::Replied) => "replied",
            Shown::Of(SignalState::Confirmed) => "confirmed",
            Shown::Of(SignalState::Cancelled) => "cancelled",
            Shown::ToDo | Shown::Of(SignalState::Unknown) => "",
        }
    }

    fn text(self, w: Words) -> &'static str {
        match self {
            Shown::ToDo => w.to_do_signals(),
            Shown::Of(state) => w.signal_state(state),
        }
    }

    pub fn states(self) -> Vec<SignalState> {
        match self {
            Shown::ToDo => vec![SignalState::Open, SignalState::Replied],
            Shown::Of(state) => vec![state],
        }
    }

    /// Closed signals have no deadline any more.
    pub fn is_closed(self) -> bool {
        matches!(self, Shown::Of(SignalState::Confirmed | SignalState::Cancelled))
    }
}

/// A colour as it stands in an address.
pub fn colour(name: &str) -> Option<SignalKind> {
    SignalKind::ALL.into_iter().find(|kind| colour_name(*kind) == name)
}

/// What the page is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub unit: &'a str,
    pub shown: Shown,
    pub colour: Option<SignalKind>,
    pub page: u16,
    pub now: Millis,
}

/// `/supervisor/signals`.
#[derive(Debug, Template)]
#[template(path = "supervision/signals.html")]
pub struct SignalsPage {
    frame: Frame,
    user: String,
    csrf: String,
    tab: Tab,
    other: String,
    figures: Figures,
    units: Units,
    unit_name: String,
    states: Vec<Choice>,
    colours: Vec<Choice>,
    rows: Vec<SignalLine>,
    pager: Pager,
    as_of: String,
}

/// One of several ways to choose.
#[derive(Debug)]
struct Choice {
    text: String,
    href: String,
    chosen: bool,
    colour: &'static str,
}

/// A signal on a list.
#[derive(Debug, Clone)]
pub struct SignalLine {
    pub href: String,
    pub colour: Colour,
    pub rule: String,
    pub item: String,
    pub case_no: String,
    pub explained: String,
    pub recipient: String,
    pub state: &'static str,
    pub state_name: &'static str,
    pub raised: String,
    pub reply_by: String,
    pub is_late: bool,
}

impl SignalsPage {
    pub fn new(
        frame: Frame,
        viewer: Viewer,
        figures: &protocol::supervision::Figures,
        signals: &[Signal],
        more: bool,
        asked: Asked<'_>,
    ) -> Self {
        let w = frame.w;
        let colour = asked.colour.map_or("", colour_name);
        let kept = |unit: &str, shown: Shown, colour: &str| {
            Kept::new(PATH, &[("unit", unit), ("state", shown.name()), ("colour", colour)])
        };
        let states = Shown::ALL
            .into_iter()
            .map(|shown| Choice {
                text: shown.text(w).to_owned(),
                href: kept(asked.unit, shown, colour).href(w),
                chosen: shown == asked.shown,
                colour: "",
            })
            .collect();
        let colours = std::iter::once(None)
            .chain(SignalKind::ALL.into_iter().rev().map(Some))
            .map(|kind| Choice {
                text: kind.map_or(w.all_colours().to_owned(), |kind| kind.name().pick(w.english).to_owned()),
                href: kept(asked.unit, asked.shown, kind.map_or("", colour_name)).href(w),
                chosen: kind == asked.colour,
                colour: kind.map_or("", colour_name),
            })
            .collect();
        let unit_name = figures
            .units
            .iter()
            .find(|unit| unit.unit == asked.unit)
            .map_or_else(|| asked.unit.to_owned(), |unit| unit.unit_name.pick(w.english).to_owned());
        let here = kept(asked.unit, asked.shown, colour);
        SignalsPage {
            user: viewer.name,
            csrf: viewer.csrf,
            tab: Tab::Signals,
            other: here.href(w.other()),
            figures: Figures::new(w, figures, asked.unit),
            units: Units::new(w, &figures.units, asked.unit, &kept("", asked.shown, colour)),
            unit_name,
            states,
            colours,
            rows: signals.iter().map(|signal| SignalLine::new(signal, w)).collect(),
            pager: Pager::new(w, &here, asked.page, more),
            as_of: times::moment(asked.now, w),
            frame,
        }
    }
}

impl SignalLine {
    /// On the case's own page, which says which case it is.
    #[must_use]
    pub fn of_this_case(self) -> Self {
        SignalLine { item: String::new(), case_no: String::new(), ..self }
    }

    pub fn new(signal: &Signal, w: Words) -> Self {
        SignalLine {
            href: format!("{PATH}/{}?lang={}", signal.id, w.code()),
            colour: Colour::new(signal.signal, w),
            rule: signal.rule_name.pick(w.english).to_owned(),
            item: signal.item_name.pick(w.english).to_owned(),
            case_no: signal.case_no.clone(),
            explained: signal.clock.as_ref().map(|clock| clock.text.pick(w.english).to_owned()).unwrap_or_default(),
            recipient: signal.recipient_name.pick(w.english).to_owned(),
            state: w.signal_state(signal.state),
            state_name: Shown::Of(signal.state).name(),
            raised: times::moment(signal.raised_at, w),
            reply_by: times::day(&signal.reply_due_on, w),
            is_late: signal.reply_overdue,
        }
    }
}
