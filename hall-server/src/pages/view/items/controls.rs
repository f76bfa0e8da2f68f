//! The form's fields, rows and sections, as templates write them.

use askama::Template;
use protocol::catalogue::Text;
use protocol::draft::DraftProblem;
use serde::Serialize;

use super::labels::label;
use crate::pages::words::Words;

/// One field. Its name is the path of the item's JSON that it holds.
#[derive(Debug, Template)]
#[template(path = "items/control.html")]
pub struct Control {
    pub name: String,
    pub label: String,
    /// `text`, `area`, `number`, `check` or `select`.
    pub kind: &'static str,
    pub value: String,
    pub checked: bool,
    pub options: Vec<Choice>,
    /// `wide`, `half`, `quarter`, `narrow` or `code`.
    pub size: &'static str,
    pub problems: Vec<String>,
}

#[derive(Debug)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub selected: bool,
}

/// One entry of a list.
#[derive(Debug, Template)]
#[template(path = "items/row.html")]
pub struct Row {
    pub w: Words,
    /// `documents.2`.
    pub place: String,
    pub title: String,
    pub controls: Vec<Control>,
    pub problems: Vec<String>,
    /// A question's choices.
    pub inner: Option<Rows>,
}

#[derive(Debug, Template)]
#[template(path = "items/rows.html")]
pub struct Rows {
    pub w: Words,
    /// `documents`, `questions.0.choices`.
    pub list: String,
    pub rows: Vec<Row>,
}

#[derive(Debug)]
pub struct Section {
    pub id: &'static str,
    pub title: &'static str,
    pub hint: &'static str,
    pub controls: Vec<Control>,
    pub rows: Option<Rows>,
    pub problems: Vec<String>,
    /// Somewhere in it.
    pub faults: usize,
}

/// Makes fields that show their problems beside them.
#[derive(Debug, Clone, Copy)]
pub struct Maker<'a> {
    pub w: Words,
    pub problems: &'a [DraftProblem],
}

impl Maker<'_> {
    pub fn problems_at(&self, place: &str) -> Vec<String> {
        let here = self.problems.iter().filter(|problem| problem.place == place);
        here.map(|problem| problem.reason.pick(self.w.english).to_owned()).collect()
    }

    /// Problems of a place and of what lies within it.
    pub fn problems_within(&self, place: &str) -> Vec<String> {
        let within = |problem: &&DraftProblem| {
            problem.place.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.problems.iter().filter(within).map(|problem| problem.reason.pick(self.w.english).to_owned()).collect()
    }

    fn control(&self, name: &str, kind: &'static str, size: &'static str, value: String) -> Control {
        let last = name.rsplit('.').next().unwrap_or(name);
        Control {
            name: name.to_owned(),
            label: label(last, self.w).to_owned(),
            kind,
            value,
            checked: false,
            options: Vec::new(),
            size,
            problems: self.problems_at(name),
        }
    }

    pub fn word(&self, name: &str, size: &'static str, value: &str) -> Control {
        self.control(name, "text", size, value.to_owned())
    }

    /// A condition: CEL, so it is set like code.
    pub fn when(&self, at: &str, value: &str) -> Control {
        self.control(&format!("{at}.when"), "text", "code", value.to_owned())
    }

    pub fn number(&self, name: &str, value: impl Into<i64>) -> Control {
        self.control(name, "number", "narrow", value.into().to_string())
    }

    pub fn flag(&self, name: &str, checked: bool) -> Control {
        Control { checked, ..self.control(name, "check", "narrow", String::new()) }
    }

    /// The Chinese and the English words.
    pub fn text(&self, name: &str, text: &Text, kind: &'static str) -> [Control; 2] {
        let last = name.rsplit('.').next().unwrap_or(name);
        let one = |language: &str, value: &str| {
            let control = self.control(&format!("{name}.{language}"), kind, "half", value.to_owned());
            Control { label: format!("{} · {}", label(last, self.w), label(language, self.w)), ..control }
        };
        [one("zh", &text.zh), one("en", &text.en)]
    }

    /// A choice among (value, words).
    pub fn select(&self, name: &str, size: &'static str, chosen: &str, options: Vec<(String, String)>) -> Control {
        let mut options: Vec<Choice> =
            options.into_iter().map(|(value, label)| Choice { selected: value == chosen, value, label }).collect();
        // What stands there is kept although it is not among the choices: the check names it.
        if !options.iter().any(|option| option.selected) {
            options.insert(0, Choice { value: chosen.to_owned(), label: chosen.to_owned(), selected: true });
        }
        Control { options, ..self.control(name, "select", size, chosen.to_owned()) }
    }
}

/// The name that an enum's value has in JSON.
pub fn name_of(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}
