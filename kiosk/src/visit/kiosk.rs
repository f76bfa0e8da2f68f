//! The kiosk's whole state: settings, surroundings, and the visit of whoever stands before it.

use std::time::Duration;

use hardware::Language;
use protocol::catalogue::{Item, Text};
use protocol::queue::{LineStatus, QueueSnapshot};

use super::{Ask, Command, Event, Stage};
use crate::clock::Moment;
use crate::devices::{PrinterCondition, ReadCard};
use crate::shelf::{FrontPage, SharedShelf};
use crate::taking::TicketPaper;

/// What does not change while the program runs.
#[derive(Debug, Clone)]
pub struct Settings {
    pub language: Language,
    /// Without a touch for so long, it returns to the first page.
    pub idle: Duration,
    pub has_printer: bool,
    pub has_reader: bool,
    pub has_scanner: bool,
}

/// Server, hall and devices, as last heard.
#[derive(Debug, Clone)]
pub struct Surroundings {
    pub shelf: Option<SharedShelf>,
    pub front: FrontPage,
    pub server_away: bool,
    pub queue: Option<Box<QueueSnapshot>>,
    pub printer: PrinterCondition,
    pub reader_here: bool,
    pub scanner_here: bool,
}

impl Surroundings {
    /// The hall takes tickets now, as far as is known.
    pub fn hall_open(&self) -> bool {
        self.queue.as_ref().is_none_or(|queue| queue.open)
    }

    /// How the line of an item stands; nothing while the server is away.
    pub fn line(&self, item: &str) -> Option<&LineStatus> {
        let letter = &self.shelf.as_ref()?.offer(item)?.line;
        if self.server_away {
            return None;
        }
        self.queue.as_ref()?.lines.iter().find(|status| status.line.letter == *letter)
    }
}

/// Everything that belongs to one person's visit.
#[derive(Debug, Clone)]
pub struct Visit {
    /// Answers to an earlier visit's questions carry another number and are dropped.
    pub number: u64,
    pub stage: Stage,
    pub(super) earlier: Vec<Stage>,
    pub language: Language,
    pub large: bool,
    /// The card on the reader.
    pub card: Option<ReadCard>,
    last_touch: Duration,
}

impl Visit {
    fn new(number: u64, language: Language, now: Duration) -> Self {
        Visit { number, stage: Stage::Idle, earlier: Vec::new(), language, large: false, card: None, last_touch: now }
    }
}

/// The last seconds before the return are counted down.
const COUNTDOWN: Duration = Duration::from_secs(10);
/// A ticket needs to be read, not stood before.
const DONE_STAYS: Duration = Duration::from_secs(40);

#[derive(Debug, Clone)]
pub struct Kiosk {
    pub settings: Settings,
    pub surroundings: Surroundings,
    pub visit: Visit,
    pub(super) now: Moment,
    pub(super) commands: Vec<Command>,
    changed: bool,
}

impl Kiosk {
    pub fn new(settings: Settings, front: FrontPage, now: Moment) -> Self {
        let surroundings = Surroundings {
            shelf: None,
            front,
            server_away: false,
            queue: None,
            printer: PrinterCondition::Absent,
            reader_here: false,
            scanner_here: false,
        };
        let visit = Visit::new(1, settings.language, now.running);
        Kiosk { settings, surroundings, visit, now, commands: Vec::new(), changed: true }
    }

    /// Takes an event in; what is to be done outside comes back.
    pub fn handle(&mut self, event: Event, now: Moment) -> Vec<Command> {
        self.now = now;
        match event {
            Event::Touch(touch) => {
                self.visit.last_touch = now.running;
                self.changed = true;
                self.touch(touch);
            }
            Event::News(news) => {
                self.changed = true;
                self.hear(*news);
            }
            Event::Tick => self.tick(),
        }
        std::mem::take(&mut self.commands)
    }

    /// True once after each change of what the screens show, apart from clock and countdown.
    pub fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    pub fn now(&self) -> Moment {
        self.now
    }

    pub fn english(&self) -> bool {
        self.visit.language == Language::En
    }

    /// The text in the visit's language.
    pub fn pick<'a>(&self, text: &'a Text) -> &'a str {
        text.pick(self.english())
    }

    /// Somebody is doing something other than touching: placing a card, scanning.
    pub(super) fn somebody_is_here(&mut self) {
        self.visit.last_touch = self.now.running;
    }

    /// True while leaving would strand the person: a ticket is being taken or printed, a question is on its way.
    fn is_busy(&self) -> bool {
        match &self.visit.stage {
            Stage::Taking(step) => step.refusal.is_none(),
            Stage::Done(possession) => possession.paper == TicketPaper::Printing,
            Stage::Progress(Ask::Looking) => true,
            _ => false,
        }
    }

    /// Seconds until the return to the first page, once they are counted down.
    pub fn countdown(&self) -> Option<u64> {
        let left = self.time_left()?;
        let shown = !matches!(self.visit.stage, Stage::Idle) && left <= COUNTDOWN;
        shown.then(|| left.as_millis().div_ceil(1000).try_into().unwrap_or(1)).filter(|seconds| *seconds > 0)
    }

    fn time_left(&self) -> Option<Duration> {
        if self.is_busy() {
            return None;
        }
        let stay = match self.visit.stage {
            Stage::Done(_) => self.settings.idle.min(DONE_STAYS),
            _ => self.settings.idle,
        };
        Some(stay.saturating_sub(self.now.running.saturating_sub(self.visit.last_touch)))
    }

    fn tick(&mut self) {
        if self.is_busy() {
            self.visit.last_touch = self.now.running;
            return;
        }
        // On the first page, too: language and size go back to what they were.
        let untouched = matches!(self.visit.stage, Stage::Idle)
            && self.visit.language == self.settings.language
            && !self.visit.large
            && self.visit.card.is_none();
        if !untouched && self.time_left() == Some(Duration::ZERO) {
            self.end_visit();
        }
    }

    /// Drops everything of the person and returns to the first page.
    pub(super) fn end_visit(&mut self) {
        self.commands.push(Command::Leave { visit: self.visit.number });
        self.visit = Visit::new(self.visit.number + 1, self.settings.language, self.now.running);
        self.changed = true;
    }

    pub(super) fn go(&mut self, stage: Stage) {
        let left = std::mem::replace(&mut self.visit.stage, stage);
        self.visit.earlier.push(left);
    }

    /// Puts a stage in the place of the present one: there is no way back into it.
    pub(super) fn replace(&mut self, stage: Stage) {
        self.visit.stage = stage;
    }

    pub(super) fn item(&self, code: &str) -> Option<Box<Item>> {
        self.surroundings.shelf.as_ref()?.item(code).cloned().map(Box::new)
    }

    /// True where a ticket for the item may be asked for now.
    pub fn may_take(&self, item: &Item) -> bool {
        let open = self.surroundings.shelf.as_ref().is_some_and(|shelf| shelf.is_open(&item.code));
        open && self.surroundings.hall_open() && !self.surroundings.server_away
    }
}
