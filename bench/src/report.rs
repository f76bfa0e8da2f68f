//! What was measured, and what it is held against.

use std::path::Path;

use serde_json::{Map, Value};
use tests::Result;

/// What a figure should be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Goal {
    AtLeast(f64),
    Under(f64),
    /// Not a matter of speed: any other value is a fault.
    Exactly(f64),
    None,
}

#[derive(Debug, Clone)]
pub(crate) struct Figure {
    name: &'static str,
    value: f64,
    goal: Goal,
    /// What others were measured at on such a machine; may be empty.
    beside: &'static str,
}

#[derive(Debug, Clone)]
pub(crate) struct Report {
    name: &'static str,
    figures: Vec<Figure>,
}

impl Report {
    pub(crate) fn new(name: &'static str) -> Self {
        Report { name, figures: Vec::new() }
    }

    pub(crate) fn figure(mut self, name: &'static str, value: f64, goal: Goal, beside: &'static str) -> Self {
        self.figures.push(Figure { name, value, goal, beside });
        self
    }

    /// Nothing that must hold at any speed was broken.
    pub(crate) fn sound(&self) -> bool {
        self.figures.iter().all(|figure| !matches!(figure.goal, Goal::Exactly(right) if figure.value != right))
    }

    /// Writes `NAME.json`: one flat object of numbers.
    pub(crate) fn save(&self, folder: &Path) -> Result<()> {
        let numbers: Map<String, Value> = self
            .figures
            .iter()
            .map(|figure| (figure.name.to_owned(), Value::from((figure.value * 1000.0).round() / 1000.0)))
            .collect();
        std::fs::create_dir_all(folder)?;
        let text = serde_json::to_string_pretty(&Value::Object(numbers))?;
        Ok(std::fs::write(folder.join(format!("{}.json", self.name)), text + "\n")?)
    }
}

pub(crate) fn print(reports: &[Report]) {
    println!("\n{:<8} {:<17} {:>12}  {:<16} {:<6} others", "bench", "figure", "measured", "goal", "");
    for report in reports {
        for figure in &report.figures {
            let (goal, held) = match figure.goal {
                Goal::AtLeast(least) => (format!("at least {least}"), figure.value >= least),
                Goal::Under(most) => (format!("under {most}"), figure.value < most),
                Goal::Exactly(right) => (format!("exactly {right}"), figure.value == right),
                Goal::None => (String::new(), true),
            };
            let mark = match (goal.is_empty(), held) {
                (true, _) => "",
                (false, true) => "held",
                (false, false) => "MISSED",
            };
            println!(
                "{:<8} {:<17} {:>12.2}  {goal:<16} {mark:<6} {}",
                report.name, figure.name, figure.value, figure.beside
            );
        }
    }
}
