//! My tasks (待办): what lies with this person, the most urgent first, by kind; several granted at once; and the search among all
//! cases.

use std::collections::BTreeSet;

use protocol::case::{Done, SeveralSteps, Task, TaskKind};

use crate::server::{Answer, Call, RequestId, Trouble};

use super::flight::Flight;
use super::notice::Notice;
use super::outside::Outside;

#[derive(Debug, Default)]
pub struct Tasks {
    mine: Vec<Task>,
    /// What a search found; `None` while the list shows my tasks.
    found: Option<Vec<Task>>,
    query: String,
    /// Tasks of one kind alone.
    kind: Option<TaskKind>,
    /// Numbers of the cases marked to be granted together.
    marked: BTreeSet<String>,
    granting: Flight,
    outcomes: Vec<Done>,
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
    /// The marked cases were granted, each for itself.
    Granted,
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
    pub fn of(days_left: Option<i64>) -> Self {
        match days_left {
            Some(days) if days < 0 => Urgency::Overdue,
            Some(0..=2) => Urgency::Soon,
            Some(_) => Urgency::InTime,
            None => Urgency::None,
        }
    }
}

impl Tasks {
    /// The lines on screen.
    pub fn lines(&self) -> Vec<&Task> {
        match &self.found {
            Some(found) => found.iter().collect(),
            None => self.mine.iter().filter(|task| self.kind.is_none_or(|kind| task.kind == kind)).collect(),
        }
    }

    pub fn open_count(&self) -> usize {
        self.mine.len()
    }

    pub fn overdue_count(&self) -> usize {
        self.mine.iter().filter(|task| Urgency::of(task.days_left) == Urgency::Overdue).count()
    }

    /// The kinds there are among my tasks, with how many of each, in the order in which they first come.
    pub fn kinds(&self) -> Vec<(TaskKind, usize)> {
        let mut kinds: Vec<(TaskKind, usize)> = Vec::new();
        for task in &self.mine {
            match kinds.iter_mut().find(|(kind, _)| *kind == task.kind) {
                Some((_, count)) => *count += 1,
                None => kinds.push((task.kind, 1)),
            }
        }
        kinds
    }

    pub fn kind(&self) -> Option<TaskKind> {
        self.kind
    }

    /// Shows one kind alone; `None` shows all.
    pub fn show_kind(&mut self, kind: Option<TaskKind>) {
        self.kind = kind;
        self.selected = 0;
    }

    /// The next kind to the right or left; all stands before the first.
    pub fn turn_kind(&mut self, right: bool) {
        let kinds: Vec<Option<TaskKind>> =
            std::iter::once(None).chain(self.kinds().into_iter().map(|(kind, _)| Some(kind))).collect();
        let place = kinds.iter().position(|kind| *kind == self.kind).unwrap_or(0);
        let next = if right { place + 1 } else { place + kinds.len() - 1 } % kinds.len();
        self.show_kind(kinds[next]);
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

    pub fn is_marked(&self, case_no: &str) -> bool {
        self.marked.contains(case_no)
    }

    pub fn marked_count(&self) -> usize {
        self.marked.len()
    }

    /// Marks or unmarks the line for granting together, where its item allows that.
    pub fn mark(&mut self, index: usize) {
        let line = self.lines().get(index).map(|task| (task.case_no.clone(), may_be_bulk(task)));
        if let Some((case_no, true)) = line.filter(|_| !self.shows_search())
            && !self.marked.remove(&case_no)
        {
            self.marked.insert(case_no);
        }
    }

    /// Whether any line can be granted together with others.
    pub fn has_bulk(&self) -> bool {
        !self.shows_search() && self.lines().iter().any(|task| may_be_bulk(task))
    }

    /// Marks every line that may be marked; if they all are, none.
    pub fn mark_all(&mut self) {
        let may: BTreeSet<String> =
            self.lines().into_iter().filter(|task| may_be_bulk(task)).map(|task| task.case_no.clone()).collect();
        if may.is_subset(&self.marked) {
            self.marked.clear();
        } else {
            self.marked = may;
        }
    }

    pub fn granting(&self) -> bool {
        self.granting.busy()
    }

    /// Grants the marked cases, each for itself.
    pub fn grant_marked(&mut self, outside: &mut impl Outside, opinion: &str) -> Result<(), Notice> {
        if self.marked.is_empty() {
            return Err(Notice::NothingMarked);
        }
        let cases = self.marked.iter().cloned().collect();
        let several = SeveralSteps { cases, opinion: opinion.trim().to_owned() };
        self.granting.send(outside, Call::Several(several));
        Ok(())
    }

    /// What became of each of the cases that were granted last.
    pub fn outcomes(&self) -> &[Done] {
        &self.outcomes
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

    /// Searches by number, name, ID number or pinyin; an empty text goes back to my tasks.
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
        if self.granting.land(id, result).is_some() {
            return self.granted(outside, result);
        }
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
                    self.forget_gone();
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

    fn granted(&mut self, outside: &mut impl Outside, result: &Result<Answer, Trouble>) -> Listed {
        match result {
            Ok(Answer::Several(done)) => {
                self.marked.clear();
                self.outcomes.clone_from(done);
                self.refresh(outside);
                Listed::Granted
            }
            Ok(_) => Listed::Changed,
            Err(trouble) => Listed::Failed(trouble.clone().into()),
        }
    }

    /// A mark holds for a line that is there; a kind, while there is one of it.
    fn forget_gone(&mut self) {
        let mine = &self.mine;
        self.marked.retain(|case_no| mine.iter().any(|task| task.case_no == *case_no && may_be_bulk(task)));
        if self.kind.is_some_and(|kind| mine.iter().all(|task| task.kind != kind)) {
            self.kind = None;
        }
    }
}

fn may_be_bulk(task: &Task) -> bool {
    task.bulk && task.kind == TaskKind::Decide
}

/// By due date, what has none last; then who waits longest.
fn order(task: &Task) -> (bool, Option<&str>, i64, &str) {
    (task.due_on.is_none(), task.due_on.as_deref(), task.since, &task.case_no)
}
