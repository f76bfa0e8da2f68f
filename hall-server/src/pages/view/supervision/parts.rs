//! What the pages of supervision share: the head with its ways to the others, the units' figures, a signal's colour, the pager.

use askama::Template;
use protocol::supervision::{SignalKind, UnitFigures};

use crate::pages::words::Words;

/// Which of the pages is open, for the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    Cases,
    Signals,
    /// One signal, or one case.
    Neither,
}

/// What the address of a page keeps when another of its pages is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// Path of the page.
    pub path: String,
    /// `unit=…&colour=…`, encoded; empty for none.
    pub query: String,
}

impl Kept {
    pub fn new(path: &str, pairs: &[(&str, &str)]) -> Self {
        let pairs = pairs.iter().filter(|(_, value)| !value.is_empty());
        let query: Vec<String> = pairs.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        Kept { path: path.to_owned(), query: query.join("&") }
    }

    /// The address in a language, with what is kept.
    pub fn href(&self, w: Words) -> String {
        let and = if self.query.is_empty() { "" } else { "&" };
        format!("{}?lang={}{and}{}", self.path, w.code(), self.query)
    }

    fn page(&self, w: Words, page: u16) -> String {
        format!("{}&page={page}", self.href(w))
    }
}

/// A code as it stands in an address.
pub fn encoded(code: &str) -> String {
    use std::fmt::Write as _;
    code.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// The ways to the pages before and after.
#[derive(Debug, Clone, Default)]
pub struct Pager {
    pub number: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

impl Pager {
    pub fn new(w: Words, kept: &Kept, page: u16, more: bool) -> Self {
        Pager {
            number: w.page_number(page),
            before: page.checked_sub(1).map(|before| kept.page(w, before)),
            after: page.checked_add(1).filter(|_| more).map(|after| kept.page(w, after)),
        }
    }

    pub fn is_needed(&self) -> bool {
        self.before.is_some() || self.after.is_some()
    }
}

/// A signal's colour with its word: nobody needs to tell colours apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colour {
    pub name: &'static str,
    pub word: String,
}

impl Colour {
    pub fn new(kind: SignalKind, w: Words) -> Self {
        Colour { name: colour_name(kind), word: kind.name().pick(w.english).to_owned() }
    }
}

pub fn colour_name(kind: SignalKind) -> &'static str {
    match kind {
        SignalKind::Warn => "warn",
        SignalKind::Yellow => "yellow",
        SignalKind::Red => "red",
        SignalKind::RedStatutory => "red-statutory",
    }
}

/// One figure of a unit's row: a word, a number, how much it matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    pub name: &'static str,
    pub word: &'static str,
    pub value: String,
}

/// The figures of all units together, or of the one that was chosen.
#[derive(Debug, Template)]
#[template(path = "supervision/figures.html")]
pub struct Figures {
    pub figures: Vec<Figure>,
}

/// A unit among the others.
#[derive(Debug)]
pub struct UnitRow {
    pub name: String,
    pub code: String,
    pub href: String,
    pub chosen: bool,
    pub figures: Vec<Figure>,
}

/// The units with their figures, each a way to its own.
#[derive(Debug, Template)]
#[template(path = "supervision/units.html")]
pub struct Units {
    w: Words,
    everybody: String,
    chosen: bool,
    rows: Vec<UnitRow>,
}

impl Figures {
    pub fn new(w: Words, figures: &protocol::supervision::Figures, chosen: &str) -> Self {
        let none = UnitFigures::default();
        let sum = match chosen {
            "" => &figures.all,
            chosen => figures.units.iter().find(|unit| unit.unit == chosen).unwrap_or(&none),
        };
        let count = |name, word, value: i64| Figure { name, word, value: value.to_string() };
        Figures {
            figures: vec![
                count("overdue", w.figure_overdue(), sum.overdue),
                count("soon", w.figure_soon(), sum.soon),
                count("open", w.figure_open(), sum.open),
                count("red-statutory", w.figure_statutory(), sum.red_statutory),
                count("red", w.figure_red(), sum.red),
                count("yellow", w.figure_yellow(), sum.yellow),
                count("warn", w.figure_warnings(), sum.warnings),
                Figure { name: "on-time", word: w.figure_on_time(), value: share(sum) },
            ],
        }
    }

    /// Whether a figure asks for attention.
    fn is_pressing(figure: &Figure) -> bool {
        figure.value != "0" && matches!(figure.name, "overdue" | "red" | "red-statutory")
    }
}

impl Units {
    /// `kept`: the page without a unit.
    pub fn new(w: Words, units: &[UnitFigures], chosen: &str, kept: &Kept) -> Self {
        let rows = units
            .iter()
            .map(|unit| UnitRow {
                name: unit.unit_name.pick(w.english).to_owned(),
                code: unit.unit.clone(),
                href: format!("{}&unit={}", kept.href(w), encoded(&unit.unit)),
                chosen: unit.unit == chosen,
                figures: of_row(unit, w),
            })
            .collect();
        Units { w, everybody: kept.href(w), chosen: !chosen.is_empty(), rows }
    }
}

/// What a unit's row has to say: nothing of what there is none of.
fn of_row(unit: &UnitFigures, w: Words) -> Vec<Figure> {
    let counts = [
        ("overdue", w.figure_overdue(), unit.overdue),
        ("soon", w.figure_soon_short(), unit.soon),
        ("open", w.figure_open(), unit.open),
        ("red-statutory", w.figure_statutory(), unit.red_statutory),
        ("red", w.figure_red(), unit.red),
        ("yellow", w.figure_yellow(), unit.yellow),
        ("warn", w.figure_warnings(), unit.warnings),
    ];
    let counts = counts.into_iter().filter(|(_, _, value)| *value > 0);
    let mut figures: Vec<Figure> =
        counts.map(|(name, word, value)| Figure { name, word, value: value.to_string() }).collect();
    if unit.finished > 0 {
        figures.push(Figure { name: "on-time", word: w.figure_on_time_short(), value: share(unit) });
    }
    figures
}

/// Whole percent, never rounded up to a hundred; a dash where nothing was finished.
fn share(unit: &UnitFigures) -> String {
    if unit.finished <= 0 { "–".to_owned() } else { format!("{}%", unit.on_time * 100 / unit.finished) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_late_case_of_many_is_not_a_hundred_percent() {
        let of = |on_time, finished| share(&UnitFigures { on_time, finished, ..UnitFigures::default() });
        assert_eq!((of(999, 1000), of(1000, 1000), of(0, 0)), ("99%".to_owned(), "100%".to_owned(), "–".to_owned()));
    }

    #[test]
    fn an_address_keeps_what_was_chosen_and_holds_no_foreign_signs() {
        let kept = Kept::new("/supervisor/signals", &[("unit", "市场&x=1"), ("colour", ""), ("state", "open")]);
        assert_eq!(kept.href(Words::EN), "/supervisor/signals?lang=en&unit=%E5%B8%82%E5%9C%BA%26x%3D1&state=open");
    }
}
