//! Request, answer, print, report: one ticket after the other, each step on disk before the next.

use std::time::Duration;

use hardware::printer::{PrintError, TicketSlip};
use protocol::Millis;
use protocol::problem::{Code, Problem};
use protocol::queue::{TakeTicket, Ticket};

use super::{Entry, Journal, JournalError, Key};

/// Why the server gave no ticket.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TakeError {
    /// Nothing is known: the request may have arrived. Only the same key may be sent again.
    #[error("no answer from the server: {0}")]
    Unanswered(String),
    #[error("refused: {}", .0.title)]
    Refused(Box<Problem>),
    /// The kiosk's own disk: nothing was sent.
    #[error("the request could not be kept: {0}")]
    NotKept(String),
}

/// The server's side of a ticket.
pub trait Office {
    fn take(&self, key: &str, request: &TakeTicket) -> Result<Ticket, TakeError>;
    /// What became of the paper; `None` for printed, else the reason.
    fn report(&self, ticket: i64, failure: Option<&str>) -> Result<(), TakeError>;
}

/// Why a ticket is not on paper, as the printer's driver says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintFailure {
    /// Short stable name for the report.
    pub reason: String,
}

impl From<PrintError> for PrintFailure {
    fn from(error: PrintError) -> Self {
        PrintFailure { reason: error.code().to_owned() }
    }
}

/// The printer's side.
pub trait Paper {
    fn print(&self, slip: TicketSlip) -> Result<(), PrintFailure>;
}

/// How a ticket stands with its paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketPaper {
    Printing,
    Printed,
    /// It may be printed once more.
    Offered,
    /// It stays on the screen.
    Kept,
    NoPrinter,
}

/// What the pipeline tells the visit that asked.
#[derive(Debug, Clone)]
pub enum TicketNews {
    Taken {
        visit: u64,
        ticket: Box<Ticket>,
        paper: TicketPaper,
    },
    NotTaken {
        visit: u64,
        error: TakeError,
    },
    Paper {
        visit: u64,
        paper: TicketPaper,
    },
    /// A ticket of just before the program was started again.
    Recovered {
        visit: u64,
        ticket: Box<Ticket>,
        paper: TicketPaper,
    },
}

/// No further attempt begins after this: then the person is told. An attempt of its own may last as long as the client's timeout.
const PATIENCE: Duration = Duration::from_secs(12);
/// A request older than this is not repeated after a restart: the person has gone, and a ticket would wait for nobody.
const RECENT_MILLIS: Millis = 120_000;

/// The visit and the key of the ticket it is about.
#[derive(Debug)]
struct Current {
    visit: u64,
    key: Key,
    entry: Entry,
}

/// Lays a ticket out, in a language; true for a second copy.
type LayOut = Box<dyn Fn(&Ticket, &str, bool) -> TicketSlip + Send>;

pub struct Pipeline<O, P> {
    journal: Journal,
    office: O,
    paper: Option<P>,
    slip: LayOut,
    new_key: Box<dyn FnMut() -> Key + Send>,
    now: Box<dyn Fn() -> Millis + Send>,
    running: Box<dyn Fn() -> Duration + Send>,
    pause: Box<dyn Fn(Duration) + Send>,
    tell: Box<dyn Fn(TicketNews) + Send>,
    current: Option<Current>,
    unreported: Vec<(Key, Entry)>,
}

impl<O, P> std::fmt::Debug for Pipeline<O, P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pipeline").field("journal", &self.journal).finish_non_exhaustive()
    }
}

/// What a pipeline needs from outside, so that it can be tested without disk sync, network, time or chance.
#[expect(missing_debug_implementations, reason = "functions have nothing to show")]
pub struct Outside {
    /// Lays a ticket out in the language it was taken in; true for a second copy.
    pub slip: LayOut,
    pub new_key: Box<dyn FnMut() -> Key + Send>,
    pub now: Box<dyn Fn() -> Millis + Send>,
    /// Time since any moment; never jumps.
    pub running: Box<dyn Fn() -> Duration + Send>,
    pub pause: Box<dyn Fn(Duration) + Send>,
    pub tell: Box<dyn Fn(TicketNews) + Send>,
}

impl<O: Office, P: Paper> Pipeline<O, P> {
    pub fn new(journal: Journal, office: O, paper: Option<P>, outside: Outside) -> Self {
        let Outside { slip, new_key, now, running, pause, tell } = outside;
        let unreported = Vec::new();
        Pipeline { journal, office, paper, slip, new_key, now, running, pause, tell, current: None, unreported }
    }

    /// Takes a ticket for a visit and prints it.
    pub fn take(&mut self, visit: u64, request: TakeTicket) {
        if self.current.as_ref().is_some_and(|c| c.visit == visit && matches!(c.entry, Entry::Requested { .. })) {
            // The same visit asks again: the first request may have arrived, so its key stands.
            return self.retry(visit);
        }
        self.give_up();
        let key = (self.new_key)();
        let entry = Entry::Requested { at: (self.now)(), request };
        if let Err(error) = self.journal.write(&key, &entry) {
            tracing::error!(%error, "request not sent: it could not be kept");
            (self.tell)(TicketNews::NotTaken { visit, error: TakeError::NotKept(error.to_string()) });
            return;
        }
        self.current = Some(Current { visit, key, entry });
        self.ask_and_print();
    }

    /// Asks again with the same key.
    pub fn retry(&mut self, visit: u64) {
        if self.current.as_ref().is_some_and(|c| c.visit == visit && matches!(c.entry, Entry::Requested { .. })) {
            self.ask_and_print();
        }
    }

    /// The one more print that was offered.
    pub fn print_again(&mut self, visit: u64) {
        if self.current.as_ref().is_some_and(|c| c.visit == visit && c.entry.may_print_again()) {
            (self.tell)(TicketNews::Paper { visit, paper: TicketPaper::Printing });
            let paper = self.print();
            (self.tell)(TicketNews::Paper { visit, paper });
            self.report();
        }
    }

    /// The person has gone: an unanswered request is not sent any more.
    pub fn leave(&mut self, visit: u64) {
        if self.current.as_ref().is_some_and(|c| c.visit == visit) {
            self.give_up();
        }
        self.report();
    }

    /// Continues what an earlier run left: repeats a recent request with its key, prints what was never sent to the printer,
    /// and offers once more what may be half printed.
    pub fn recover(&mut self, visit: u64, left: Vec<(Key, Entry)>) {
        for (key, entry) in left {
            let recent = (self.now)() - entry.at() <= RECENT_MILLIS;
            let settled = matches!(entry, Entry::Printed { .. } | Entry::Failed { .. } | Entry::Closed { .. });
            if settled {
                self.unreported.extend(entry.unreported().is_some().then_some((key, entry)));
                continue;
            }
            tracing::info!(key, state = entry.name(), recent, "a ticket was under way when the kiosk stopped");
            self.give_up();
            let interrupted = matches!(entry, Entry::Printing { .. });
            self.current = Some(Current { visit, key, entry });
            if interrupted {
                self.step(|entry, at| entry.fail("kiosk-restarted", at));
            }
            if !recent {
                continue;
            }
            let ticket = match self.ask() {
                Ok(ticket) => ticket,
                Err(error) => {
                    tracing::warn!(%error, "the request left by the earlier run got no ticket");
                    continue;
                }
            };
            let paper = if interrupted { TicketPaper::Offered } else { self.print() };
            let paper = self.current.as_ref().map_or(paper, |current| self.paper_of(&current.entry));
            (self.tell)(TicketNews::Recovered { visit, ticket: Box::new(ticket), paper });
        }
        if self.current.as_ref().is_some_and(|c| matches!(c.entry, Entry::Requested { .. })) {
            self.give_up();
        }
        self.report();
    }

    fn ask_and_print(&mut self) {
        let Some(visit) = self.current.as_ref().map(|c| c.visit) else { return };
        match self.ask() {
            Err(error) => {
                if matches!(error, TakeError::Refused(_)) {
                    self.give_up();
                }
                (self.tell)(TicketNews::NotTaken { visit, error });
            }
            Ok(ticket) => {
                let before = if self.paper.is_some() { TicketPaper::Printing } else { TicketPaper::NoPrinter };
                (self.tell)(TicketNews::Taken { visit, ticket: Box::new(ticket), paper: before });
                if self.paper.is_some() {
                    let paper = self.print();
                    (self.tell)(TicketNews::Paper { visit, paper });
                }
                self.report();
            }
        }
    }

    /// Asks until there is an answer or the patience is over, always with the same key.
    fn ask(&mut self) -> Result<Ticket, TakeError> {
        let Some(current) = self.current.as_ref() else {
            return Err(TakeError::Unanswered("nothing asked".to_owned()));
        };
        let Entry::Requested { request, .. } = &current.entry else {
            return current.entry.ticket().cloned().ok_or_else(|| TakeError::Unanswered("ticket settled".to_owned()));
        };
        let (key, request) = (current.key.clone(), request.clone());
        let begun = (self.running)();
        let mut wait = Duration::from_millis(500);
        let ticket = loop {
            match self.office.take(&key, &request) {
                Ok(ticket) => break ticket,
                Err(error) => {
                    let passing = match &error {
                        TakeError::Unanswered(_) => true,
                        TakeError::Refused(problem) => matches!(problem.code, Code::Busy | Code::Internal),
                        TakeError::NotKept(_) => false,
                    };
                    if !passing {
                        return Err(error);
                    }
                    if (self.running)() - begun + wait >= PATIENCE {
                        // An overload is no answer either: the key stays good for another try.
                        return Err(match error {
                            TakeError::Refused(problem) => TakeError::Unanswered(problem.title),
                            unanswered => unanswered,
                        });
                    }
                    tracing::warn!(%error, key, "asking for the ticket again, with the same key");
                    (self.pause)(wait);
                    wait = (wait * 2).min(Duration::from_secs(4));
                }
            }
        };
        self.step({
            let ticket = ticket.clone();
            move |entry, at| entry.take(ticket, at)
        });
        Ok(ticket)
    }

    fn print(&mut self) -> TicketPaper {
        if self.paper.is_none() {
            return TicketPaper::NoPrinter;
        }
        // Not on disk, not on paper: a print that is not written down first could come twice.
        if !self.step(Entry::begin_print) {
            return TicketPaper::Kept;
        }
        let Some((ticket, language, again)) = self.current.as_ref().and_then(|c| match &c.entry {
            Entry::Printing { ticket, language, again, .. } => Some((ticket.clone(), language.clone(), *again)),
            _ => None,
        }) else {
            return TicketPaper::Kept;
        };
        let slip = (self.slip)(&ticket, &language, again);
        let result = self.paper.as_ref().map_or(Ok(()), |paper| paper.print(slip));
        match result {
            Ok(()) => self.step(Entry::printed),
            Err(failure) => {
                tracing::warn!(number = ticket.number, reason = failure.reason, again, "ticket not printed");
                self.step(|entry, at| entry.fail(failure.reason, at))
            }
        };
        self.current.as_ref().map_or(TicketPaper::Kept, |current| self.paper_of(&current.entry))
    }

    fn paper_of(&self, entry: &Entry) -> TicketPaper {
        match entry {
            _ if self.paper.is_none() => TicketPaper::NoPrinter,
            Entry::Printed { .. } => TicketPaper::Printed,
            Entry::Printing { .. } => TicketPaper::Printing,
            entry if entry.may_print_again() => TicketPaper::Offered,
            _ => TicketPaper::Kept,
        }
    }

    /// Takes one step, on disk and then in memory; false where it was not kept.
    fn step(&mut self, step: impl FnOnce(Entry, Millis) -> Result<Entry, super::WrongStep>) -> bool {
        let at = (self.now)();
        let Some(current) = self.current.as_mut() else { return false };
        let next = match step(current.entry.clone(), at) {
            Ok(next) => next,
            Err(error) => {
                tracing::error!(%error, key = current.key, "step refused");
                return false;
            }
        };
        let kept: Result<(), JournalError> = self.journal.write(&current.key, &next);
        if let Err(error) = &kept {
            tracing::error!(%error, key = current.key, "step not kept");
        }
        // In memory the step holds all the same: what is on paper is on paper.
        current.entry = next;
        kept.is_ok()
    }

    /// Closes a request without a ticket, and a ticket that was only shown; what was printed or failed keeps its state.
    fn give_up(&mut self) {
        if self.current.as_ref().is_some_and(|c| matches!(c.entry, Entry::Requested { .. } | Entry::Taken { .. })) {
            self.step(Entry::close);
        }
        if let Some(Current { key, entry, .. }) = self.current.take()
            && entry.unreported().is_some()
        {
            self.unreported.push((key, entry));
        }
    }

    /// Tells the server what became of papers; what it does not hear now it hears later. While it is away one try is enough:
    /// somebody may be waiting for a ticket behind it.
    pub fn report(&mut self) {
        let told = |office: &O, journal: &Journal, key: &str, entry: &mut Entry| -> bool {
            let Some((ticket, failure)) = entry.unreported() else { return true };
            match office.report(ticket, failure) {
                Ok(()) => {}
                // The server does not want it (an unknown ticket, say): asking for ever would not help.
                Err(TakeError::Refused(problem)) if !matches!(problem.code, Code::Busy | Code::Internal) => {
                    tracing::warn!(ticket, title = problem.title, "report refused");
                }
                Err(error) => {
                    tracing::warn!(ticket, %error, "report kept for later");
                    return false;
                }
            }
            entry.mark_reported();
            if let Err(error) = journal.write(key, entry) {
                tracing::error!(%error, key, "report not kept");
            }
            true
        };
        let (office, journal) = (&self.office, &self.journal);
        let mut hears = match self.current.as_mut() {
            Some(Current { key, entry, .. }) => told(office, journal, key, entry),
            None => true,
        };
        self.unreported.retain_mut(|(key, entry)| {
            hears = hears && told(office, journal, key, entry);
            !hears
        });
    }
}
