//! My tasks (待办): what lies with this person, the most urgent first, and the search among all cases.

use protocol::case::{CaseState, Task};

use crate::server::{Answer, Call, RequestId, Trouble};

use super::notice::Notice;
use super::outside::Outside;

#[derive(Debug, Default)]
pub struct Tasks {
    mine: Vec<Task>,
    /// What a search found; `None` while the list shows my tasks.
    found: Option<Vec<Task>>,
    query: String,
    selected: usize,
    reading: Option<RequestId>,
    searching: Option<RequestId>,
    /// Something changed while an answer was on its way.
    stale: bool,
}

/// What became of an answer.
#[derive(Debug, PartialEq)]
pub enum Listed {
    NotMine,
    Changed,
    Failed(Notice),
}

/// How pressing a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// The promised day is past.
    Overdue,
    /// Due today or in the next two working days.
    Soon,
    InTime,
    /// No limit runs.
    None,
}

impl Urgency {
    pub fn of(task: &Task) -> Self {
        match task.days_left {
            Some(days) if days < 0 => Urgency::Overdue,
            Some(0..=2) => Urgency::Soon,
            Some(_) => Urgency::InTime,
            None => Urgency::None,
        }
    }
}

impl Tasks {
    /// The lines on screen.
    pub fn lines(&self) -> &[Task] {
        self.found.as_deref().unwrap_or(&self.mine)
    }

    pub fn open_count(&self) -> usize {
        self.mine.len()
    }

    pub fn overdue_count(&self) -> usize {
        self.mine.iter().filter(|task| Urgency::of(task) == Urgency::Overdue).count()
    }

    pub fn shows_search(&self) -> bool {
        self.found.is_some()
    }

    pub fn query(&self) -> &str {
        &self.query
    }

    pub fn loading(&self) -> bool {
        self.reading.is_some() || self.searching.is_some()
    }

    pub fn selected(&self) -> usize {
        self.selected
    }

    pub fn selected_case(&self) -> Option<&str> {
        self.lines().get(self.selected).map(|task| task.case_no.as_str())
    }

    pub fn select(&mut self, index: usize) {
        self.selected = index.min(self.lines().len().saturating_sub(1));
    }

    pub fn clear(&mut self) {
        *self = Tasks::default();
    }

    /// Reads my tasks again; several reasons at once make one more call, not several.
    pub fn refresh(&mut self, outside: &mut impl Outside) {
        if self.reading.is_some() {
            self.stale = true;
        } else {
            self.reading = Some(outside.ask(Call::Tasks, None));
        }
    }

    /// Searches by number or name; an empty text goes back to my tasks.
    pub fn search(&mut self, outside: &mut impl Outside, text: &str) {
        text.trim().clone_into(&mut self.query);
        if self.query.is_empty() {
            self.found = None;
            self.searching = None;
            self.selected = 0;
        } else {
            self.searching = Some(outside.ask(Call::Search(self.query.clone()), None));
        }
    }

    pub fn landed(&mut self, outside: &mut impl Outside, id: RequestId, result: &Result<Answer, Trouble>) -> Listed {
        let mine = self.reading == Some(id);
        let search = self.searching == Some(id);
        if mine {
            self.reading = None;
            if std::mem::take(&mut self.stale) && result.is_ok() {
                self.refresh(outside);
            }
        } else if search {
            self.searching = None;
        } else {
            return Listed::NotMine;
        }
        match result {
            Ok(Answer::Tasks(tasks)) => {
                let keep = self.selected_case().map(str::to_owned);
                let mut tasks = tasks.clone();
                tasks.sort_by(|a, b| order(a).cmp(&order(b)));
                if mine {
                    self.mine = tasks;
                } else {
                    self.found = Some(tasks);
                }
                let place = keep.and_then(|case_no| self.lines().iter().position(|task| task.case_no == case_no));
                self.select(place.unwrap_or(if search { 0 } else { self.selected }));
                Listed::Changed
            }
            Ok(_) => Listed::Changed,
            Err(trouble) => Listed::Failed(trouble.clone().into()),
        }
    }
}

/// By due date, what has none last; then who waits longest.
fn order(task: &Task) -> (bool, Option<&str>, i64, &str) {
    (task.due_on.is_none(), task.due_on.as_deref(), task.since, &task.case_no)
}

/// Whether the case has come to its end.
pub fn is_over(state: CaseState) -> bool {
    use CaseState::{Delivered, NotAccepted, NotRequired, Revoked, Terminated, Withdrawn};
    matches!(state, Delivered | NotRequired | NotAccepted | Withdrawn | Terminated | Revoked)
}
