//! One hall's day: the commands.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use jiff::civil::Date;
use protocol::Millis;
use protocol::queue::Finish;

use super::{HallSetup, QueueEvent, Refusal, ServiceTimes, Ticket, TicketId, TicketState, Window, WindowState};
use crate::calendar::Calendar;
use crate::civil;

/// One hall's queue on one day.
#[derive(Debug, Clone)]
pub struct HallQueue {
    pub(super) setup: HallSetup,
    pub(super) day: Date,
    pub(super) turn: i64,
    pub(super) tickets: HashMap<TicketId, Ticket>,
    pub(super) numbers: HashMap<(char, u32), TicketId>,
    pub(super) lines: BTreeMap<char, LineDay>,
    pub(super) windows: BTreeMap<i64, Window>,
    pub(super) recent: VecDeque<TicketId>,
    /// Open tickets by person and item, where the hall allows one each.
    pub(super) holders: HashMap<(String, String), TicketId>,
    pub(super) changes: Changes,
}

/// One line's day.
#[derive(Debug, Clone)]
pub(super) struct LineDay {
    pub last_serial: u32,
    /// Serials of waiting tickets: within a line, the serial is the order.
    pub waiting: BTreeSet<u32>,
    pub completed: i64,
    pub no_show: i64,
    pub waited_total: Millis,
    pub waited_count: i64,
    pub times: ServiceTimes,
}

impl LineDay {
    fn new(last_serial: u32, usual_seconds: f64) -> Self {
        LineDay {
            last_serial,
            waiting: BTreeSet::new(),
            completed: 0,
            no_show: 0,
            waited_total: 0,
            waited_count: 0,
            times: ServiceTimes::new(usual_seconds),
        }
    }
}

/// What a ticket is taken with. Ids and codes come from outside: the rules have no randomness.
#[derive(Debug, Clone)]
pub struct Take {
    /// Must be unique over all halls and days.
    pub id: TicketId,
    pub line: char,
    pub item: String,
    pub item_version: i64,
    pub person: Option<String>,
    pub follow_code: String,
}

/// What has changed since the last drain, to be written in one transaction.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// The tickets as they are now; a ticket that changed twice stands here twice, the newest last.
    pub tickets: Vec<Ticket>,
    pub windows: Vec<Window>,
    /// Lines whose last serial rose, with it.
    pub serials: Vec<(char, u32)>,
    /// In order, each with its turn.
    pub events: Vec<(i64, Millis, QueueEvent)>,
}

impl Changes {
    pub fn is_empty(&self) -> bool {
        self.tickets.is_empty() && self.windows.is_empty() && self.events.is_empty()
    }
}

impl HallQueue {
    /// The queue as stored: its last turn, its day, the last serial given in each line that day, the day's tickets and the windows' states.
    /// Rows of lines or windows that the setup no longer has are left alone.
    pub fn load(
        setup: HallSetup,
        turn: i64,
        day: Date,
        serials: &[(char, u32)],
        tickets: Vec<Ticket>,
        window_states: Vec<(i64, WindowState)>,
    ) -> Self {
        let last = |letter| serials.iter().find(|(l, _)| *l == letter).map_or(0, |(_, serial)| *serial);
        let lines = setup
            .lines
            .iter()
            .filter_map(|line| {
                let letter = line.line.letter.chars().next()?;
                Some((letter, LineDay::new(last(letter), line.usual_seconds)))
            })
            .collect();
        let mut states: HashMap<_, _> = window_states.into_iter().collect();
        let windows = setup
            .windows
            .iter()
            .map(|w| {
                let state = states.remove(&w.number).unwrap_or_default();
                (w.number, Window { number: w.number, lines: w.lines.clone(), state })
            })
            .collect();
        let mut queue = HallQueue {
            setup,
            day,
            turn,
            tickets: HashMap::new(),
            numbers: HashMap::new(),
            lines,
            windows,
            recent: VecDeque::new(),
            holders: HashMap::new(),
            changes: Changes::default(),
        };
        let mut calls = Vec::new();
        for ticket in tickets {
            if ticket.call_turn > 0 {
                calls.push((ticket.call_turn, ticket.id));
            }
            queue.learn(&ticket);
            queue.insert(ticket);
        }
        calls.sort_unstable();
        for (_, id) in calls {
            queue.note_call(id);
        }
        queue
    }

    pub fn setup(&self) -> &HallSetup {
        &self.setup
    }

    /// The turn of the last event.
    pub fn turn(&self) -> i64 {
        self.turn
    }

    /// Takes the next turn for an event that is not the queue's own, such as a case's.
    pub fn next_turn(&mut self) -> i64 {
        self.turn += 1;
        self.turn
    }

    pub fn day(&self) -> Date {
        self.day
    }

    pub fn ticket(&self, id: TicketId) -> Option<&Ticket> {
        self.tickets.get(&id)
    }

    /// A ticket of today by its number, such as `A001`.
    pub fn ticket_by_number(&self, number: &str) -> Option<&Ticket> {
        let number = number.trim().to_ascii_uppercase();
        let line = number.chars().next()?;
        let serial = number[line.len_utf8()..].parse().ok()?;
        self.tickets.get(self.numbers.get(&(line, serial))?)
    }

    pub fn window(&self, number: i64) -> Result<&Window, Refusal> {
        self.windows.get(&number).ok_or(Refusal::UnknownWindow(number))
    }

    pub fn windows(&self) -> impl Iterator<Item = &Window> {
        self.windows.values()
    }

    pub fn is_open(&self, now: Millis, calendar: &Calendar) -> bool {
        self.setup.hours.open_at(now, calendar)
    }

    /// Hands over what changed. If it cannot be stored, this queue must be dropped and loaded again.
    pub fn drain(&mut self) -> Changes {
        std::mem::take(&mut self.changes)
    }

    /// Begins a new civil day where one has come: who still waits lapses, windows close, numbers start again at 1.
    /// Every command does this first.
    pub fn roll(&mut self, now: Millis) {
        let today = civil::day(now);
        if today <= self.day {
            return;
        }
        let mut left: Vec<Ticket> = std::mem::take(&mut self.tickets)
            .into_values()
            .filter(|t| t.is_waiting() || t.at_window().is_some())
            .collect();
        left.sort_unstable_by_key(|t| t.id);
        let lapsed = left.iter().filter(|t| t.is_waiting()).count() as i64;
        for mut ticket in left {
            ticket.state = match ticket.state {
                TicketState::Serving { window, called_at, served_at, calls } => {
                    TicketState::Completed { window, called_at, served_at, finished_at: now, calls }
                }
                TicketState::Called { window, called_at, calls, .. } => {
                    TicketState::NoShow { window, called_at, finished_at: now, calls }
                }
                _ => TicketState::Lapsed,
            };
            self.changes.tickets.push(ticket);
        }
        let staffed: Vec<i64> = self.windows.values().filter(|w| w.is_staffed()).map(|w| w.number).collect();
        for number in staffed {
            self.set_window(number, WindowState::Closed);
            self.record(now, QueueEvent::WindowClosed { window: number });
        }
        for (letter, line) in &mut self.lines {
            let prior = line.times.mean();
            *line = LineDay::new(0, prior);
            self.changes.serials.push((*letter, 0));
        }
        self.numbers.clear();
        self.holders.clear();
        self.recent.clear();
        self.day = today;
        self.record(now, QueueEvent::DayOpened { day: today.to_string(), lapsed });
    }

    /// Takes a ticket while the hall is open.
    pub fn take(&mut self, take: Take, now: Millis, calendar: &Calendar) -> Result<TicketId, Refusal> {
        self.roll(now);
        if !self.is_open(now, calendar) {
            return Err(Refusal::HallClosed);
        }
        if let Some(held) = self.held_ticket(&take) {
            return Err(Refusal::AlreadyWaiting(held.number()));
        }
        let line = self.lines.get_mut(&take.line).ok_or(Refusal::UnknownLine(take.line))?;
        line.last_serial += 1;
        let serial = line.last_serial;
        self.changes.serials.push((take.line, serial));
        let ticket = Ticket {
            id: take.id,
            line: take.line,
            serial,
            item: take.item,
            item_version: take.item_version,
            taken_at: now,
            follow_code: take.follow_code,
            person: take.person,
            call_turn: 0,
            state: TicketState::Waiting,
        };
        self.record(
            now,
            QueueEvent::TicketTaken {
                ticket: ticket.id,
                number: ticket.number(),
                item: ticket.item.clone(),
                item_version: ticket.item_version,
            },
        );
        self.changes.tickets.push(ticket.clone());
        self.insert(ticket);
        Ok(take.id)
    }

    /// Opens a window for a clerk; a window the clerk already holds stays as it is, or resumes.
    pub fn open_window(&mut self, number: i64, clerk: &str, now: Millis) -> Result<(), Refusal> {
        self.roll(now);
        let window = self.window(number)?;
        match &window.state {
            WindowState::Closed => {
                self.set_window(number, WindowState::Open { clerk: clerk.to_owned(), since: now });
                self.record(now, QueueEvent::WindowOpened { window: number, clerk: clerk.to_owned() });
                Ok(())
            }
            WindowState::Paused { .. } => self.resume_window(number, clerk, now),
            WindowState::Open { .. } | WindowState::Serving { .. } => window.held_by(clerk),
        }
    }

    /// Pauses an open window. Refused while a ticket is there.
    pub fn pause_window(&mut self, number: i64, clerk: &str, now: Millis) -> Result<(), Refusal> {
        self.roll(now);
        self.free_window(number, clerk)?;
        if !matches!(self.window(number)?.state, WindowState::Paused { .. }) {
            self.set_window(number, WindowState::Paused { clerk: clerk.to_owned(), since: now });
            self.record(now, QueueEvent::WindowPaused { window: number });
        }
        Ok(())
    }

    pub fn resume_window(&mut self, number: i64, clerk: &str, now: Millis) -> Result<(), Refusal> {
        self.roll(now);
        let window = self.window(number)?;
        window.held_by(clerk)?;
        if matches!(window.state, WindowState::Paused { .. }) {
            self.set_window(number, WindowState::Open { clerk: clerk.to_owned(), since: now });
            self.record(now, QueueEvent::WindowResumed { window: number });
        }
        Ok(())
    }

    /// Closes a window. Refused while a ticket is there.
    pub fn close_window(&mut self, number: i64, clerk: &str, now: Millis) -> Result<(), Refusal> {
        self.roll(now);
        if self.window(number)?.state == WindowState::Closed {
            return Ok(());
        }
        self.free_window(number, clerk)?;
        self.set_window(number, WindowState::Closed);
        self.record(now, QueueEvent::WindowClosed { window: number });
        Ok(())
    }

    /// Calls the ticket that has waited longest in the window's lines, after finishing the one still there as told.
    pub fn call_next(
        &mut self,
        number: i64,
        clerk: &str,
        finish: Option<Finish>,
        now: Millis,
    ) -> Result<TicketId, Refusal> {
        self.roll(now);
        let current = self.ready_to_call(number, clerk, finish)?;
        let next = self.next_for(self.window(number)?).ok_or(Refusal::NobodyWaiting(number))?;
        self.call(number, clerk, next, current.zip(finish), now)?;
        Ok(next)
    }

    /// Calls a given ticket of today, waiting or gone as a no-show.
    pub fn call_number(
        &mut self,
        number: i64,
        clerk: &str,
        ticket: &str,
        finish: Option<Finish>,
        now: Millis,
    ) -> Result<TicketId, Refusal> {
        self.roll(now);
        let current = self.ready_to_call(number, clerk, finish)?;
        let next = self.ticket_by_number(ticket).ok_or_else(|| Refusal::UnknownTicket(ticket.to_owned()))?.id;
        self.call(number, clerk, next, current.zip(finish), now)?;
        Ok(next)
    }

    /// Calls the window's own ticket again.
    pub fn recall(&mut self, number: i64, clerk: &str, now: Millis) -> Result<TicketId, Refusal> {
        self.roll(now);
        let id = self.current(number, clerk)?;
        self.change_ticket(id, |state, _| state.recall(number, now))?;
        self.record_call(id, number, now);
        Ok(id)
    }

    /// The person has come to the window.
    pub fn serve(&mut self, number: i64, clerk: &str, now: Millis) -> Result<TicketId, Refusal> {
        self.roll(now);
        let id = self.current(number, clerk)?;
        if matches!(self.tickets[&id].state, TicketState::Serving { .. }) {
            return Ok(id);
        }
        self.change_ticket(id, |state, _| state.serve(number, now))?;
        let text = self.tickets[&id].number();
        self.record(now, QueueEvent::TicketServing { ticket: id, number: text, window: number });
        Ok(id)
    }

    /// Finishes the window's ticket; the window is open again.
    pub fn finish(&mut self, number: i64, clerk: &str, finish: Finish, now: Millis) -> Result<TicketId, Refusal> {
        self.roll(now);
        let id = self.current(number, clerk)?;
        self.finish_ticket(number, id, finish, now)?;
        self.set_window(number, WindowState::Open { clerk: clerk.to_owned(), since: now });
        Ok(id)
    }

    /// The ticket that a window would call next: of the heads of its lines, the one taken first.
    pub fn next_for(&self, window: &Window) -> Option<TicketId> {
        window
            .lines
            .iter()
            .filter_map(|letter| {
                let serial = self.lines.get(letter)?.waiting.first()?;
                self.tickets.get(self.numbers.get(&(*letter, *serial))?)
            })
            .min_by_key(|ticket| (ticket.taken_at, ticket.id))
            .map(|ticket| ticket.id)
    }

    fn held_ticket(&self, take: &Take) -> Option<&Ticket> {
        if !self.setup.hall.one_ticket_per_person {
            return None;
        }
        let key = (take.person.clone()?, take.item.clone());
        self.tickets.get(self.holders.get(&key)?)
    }

    /// The ticket now at the window, if any, where the window may call: held by the clerk, not paused, and told what becomes of that ticket.
    fn ready_to_call(&self, number: i64, clerk: &str, finish: Option<Finish>) -> Result<Option<TicketId>, Refusal> {
        let window = self.window(number)?;
        window.held_by(clerk)?;
        match window.state {
            WindowState::Serving { ticket, .. } if finish.is_none() => {
                Err(Refusal::WindowBusy { window: number, number: self.tickets[&ticket].number() })
            }
            WindowState::Serving { ticket, .. } => Ok(Some(ticket)),
            WindowState::Open { .. } => Ok(None),
            WindowState::Paused { .. } | WindowState::Closed => Err(Refusal::WindowNotOpen(number)),
        }
    }

    fn call(
        &mut self,
        number: i64,
        clerk: &str,
        next: TicketId,
        current: Option<(TicketId, Finish)>,
        now: Millis,
    ) -> Result<(), Refusal> {
        // Refused before anything is changed: the call is tried on a copy of the state first.
        let ticket = &self.tickets[&next];
        ticket.state.clone().call(&ticket.number(), number, now)?;
        if let Some((current, finish)) = current {
            self.finish_ticket(number, current, finish, now)?;
        }
        self.change_ticket(next, |state, text| state.call(text, number, now))?;
        self.set_window(number, WindowState::Serving { clerk: clerk.to_owned(), since: now, ticket: next });
        self.record_call(next, number, now);
        Ok(())
    }

    fn finish_ticket(&mut self, number: i64, id: TicketId, finish: Finish, now: Millis) -> Result<(), Refusal> {
        self.change_ticket(id, |state, _| match finish {
            Finish::Completed => state.complete(number, now),
            Finish::NoShow => state.no_show(number, now),
        })?;
        let text = self.tickets[&id].number();
        let event = match finish {
            Finish::Completed => QueueEvent::TicketCompleted { ticket: id, number: text, window: number },
            Finish::NoShow => QueueEvent::TicketNoShow { ticket: id, number: text, window: number },
        };
        self.record(now, event);
        Ok(())
    }

    fn current(&self, number: i64, clerk: &str) -> Result<TicketId, Refusal> {
        let window = self.window(number)?;
        window.held_by(clerk)?;
        window.ticket().ok_or(Refusal::NoCurrentTicket(number))
    }

    fn free_window(&self, number: i64, clerk: &str) -> Result<(), Refusal> {
        let window = self.window(number)?;
        window.held_by(clerk)?;
        match window.ticket() {
            Some(id) => Err(Refusal::WindowBusy { window: number, number: self.tickets[&id].number() }),
            None => Ok(()),
        }
    }
}
