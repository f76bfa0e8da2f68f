//! The window: open, call, serve, complete. What may be pressed follows from the window's and the ticket's state.

use protocol::event::{Change, Push};
use protocol::queue::{CallNext, CalledTicket, Finish, TicketState, Window, WindowState};

use crate::server::{Answer, Call, RequestId, Trouble, WindowCall};

use super::flight::Flight;
use super::outside::{Outside, Shown};

#[derive(Debug)]
pub struct WindowDesk {
    /// 0 at a desk without a window.
    number: i64,
    state: WindowState,
    ticket: Option<CalledTicket>,
    flight: Flight,
    reading: Option<RequestId>,
}

/// The acts at a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Open,
    Pause,
    Resume,
    Close,
    CallNext,
    Recall,
    Serve,
    NoShow,
    NoShowAndNext,
    Complete,
    CallNumber,
}

impl Act {
    pub const ALL: [Act; 11] = [
        Act::Open,
        Act::Pause,
        Act::Resume,
        Act::Close,
        Act::CallNext,
        Act::Recall,
        Act::Serve,
        Act::NoShow,
        Act::NoShowAndNext,
        Act::Complete,
        Act::CallNumber,
    ];
}

/// What became of an answer.
#[derive(Debug, PartialEq)]
pub enum Landed {
    NotMine,
    /// The window or its ticket may have changed.
    Changed,
    Failed(Trouble),
}

impl WindowDesk {
    pub fn new(number: i64) -> Self {
        WindowDesk { number, state: WindowState::Closed, ticket: None, flight: Flight::default(), reading: None }
    }

    pub fn number(&self) -> i64 {
        self.number
    }

    pub fn state(&self) -> WindowState {
        self.state
    }

    pub fn ticket(&self) -> Option<&CalledTicket> {
        self.ticket.as_ref()
    }

    pub fn busy(&self) -> bool {
        self.flight.busy()
    }

    pub fn being_served(&self) -> bool {
        self.ticket.as_ref().is_some_and(|called| called.ticket.state == TicketState::Serving)
    }

    /// Whether the act makes sense now; false for every act while one is under way.
    pub fn allows(&self, act: Act) -> bool {
        !self.flight.busy() && self.number != 0 && self.permits(act)
    }

    fn permits(&self, act: Act) -> bool {
        let ticket = self.ticket.as_ref().map(|called| called.ticket.state);
        let called = ticket == Some(TicketState::Called);
        let serving = ticket == Some(TicketState::Serving);
        match self.state {
            WindowState::Closed | WindowState::Unknown => act == Act::Open,
            WindowState::Paused => matches!(act, Act::Resume | Act::Close),
            WindowState::Open => matches!(act, Act::CallNext | Act::CallNumber | Act::Pause | Act::Close),
            WindowState::Serving if called => {
                matches!(act, Act::Recall | Act::Serve | Act::NoShow | Act::NoShowAndNext)
            }
            WindowState::Serving if serving => matches!(act, Act::Complete | Act::CallNext),
            WindowState::Serving => false,
        }
    }

    /// Does the act where it is allowed. `number` is for [`Act::CallNumber`] alone.
    pub fn act(&mut self, outside: &mut impl Outside, act: Act, number: &str) -> bool {
        if !self.allows(act) {
            return false;
        }
        let call = match act {
            Act::Open => WindowCall::Open,
            Act::Pause => WindowCall::Pause,
            Act::Resume => WindowCall::Resume,
            Act::Close => WindowCall::Close,
            Act::CallNext => {
                let finish = self.ticket.is_some().then_some(Finish::Completed);
                WindowCall::CallNext(CallNext { finish })
            }
            Act::NoShowAndNext => WindowCall::CallNext(CallNext { finish: Some(Finish::NoShow) }),
            Act::Recall => WindowCall::Recall,
            Act::Serve => WindowCall::Serve,
            Act::NoShow => WindowCall::NoShow,
            Act::Complete => WindowCall::Complete,
            Act::CallNumber => WindowCall::CallNumber(number.trim().to_uppercase()),
        };
        self.flight.send(outside, Call::AtWindow(call))
    }

    /// Asks for the ticket at the window: after signing in and whenever something was missed.
    pub fn refresh(&mut self, outside: &mut impl Outside) {
        if self.number != 0 {
            self.reading = Some(outside.ask(Call::CurrentTicket, None));
        }
    }

    /// Takes the window's state from a snapshot of the hall.
    pub fn snapshot(&mut self, window: &Window) {
        if !self.flight.busy() {
            self.state = window.state;
        }
    }

    /// Takes in a push; true where it tells of something that this desk did not do itself and must read.
    #[must_use]
    pub fn push(&mut self, push: &Push) -> bool {
        let (window, number, state) = match &push.change {
            Change::WindowChanged { window, state } => {
                if *window == self.number && !self.flight.busy() {
                    let stale = *state != self.state;
                    self.state = *state;
                    return stale;
                }
                return false;
            }
            Change::TicketCalled { number, window, .. } => (window, number, Some(TicketState::Called)),
            Change::TicketServing { number, window } => (window, number, Some(TicketState::Serving)),
            Change::TicketCompleted { number, window } | Change::TicketNoShow { number, window } => {
                (window, number, None)
            }
            _ => return false,
        };
        if self.flight.busy() {
            return false;
        }
        let here = self.ticket.as_ref().filter(|called| called.ticket.number == *number);
        match state {
            // The push of an own act comes after its answer and says nothing new.
            Some(state) if *window == self.number => here.map(|called| called.ticket.state) != Some(state),
            // Our ticket was called by another window.
            Some(_) => here.is_some(),
            None => *window == self.number && here.is_some(),
        }
    }

    pub fn landed(&mut self, outside: &mut impl Outside, id: RequestId, result: &Result<Answer, Trouble>) -> Landed {
        if self.reading == Some(id) {
            self.reading = None;
            return match result {
                Ok(Answer::Ticket(ticket)) if !self.flight.busy() => {
                    self.take(ticket.as_deref().cloned());
                    self.show(outside);
                    Landed::Changed
                }
                _ => Landed::Changed,
            };
        }
        let Some(call) = self.flight.land(id, result) else {
            return Landed::NotMine;
        };
        match result {
            Ok(Answer::Ticket(ticket)) => self.take(ticket.as_deref().cloned()),
            Ok(Answer::Window(window)) => {
                self.state = window.state;
                if window.state != WindowState::Serving {
                    self.ticket = None;
                }
            }
            Ok(_) => {}
            Err(trouble) => {
                // The desk's picture of the window may be old: look.
                if matches!(trouble, Trouble::Refused(_)) && !matches!(call, Call::AtWindow(WindowCall::Open)) {
                    self.refresh(outside);
                }
                return Landed::Failed(trouble.clone());
            }
        }
        self.show(outside);
        Landed::Changed
    }

    /// The clerk at this desk changed: what was under way concerns nobody.
    pub fn leave(&mut self) {
        *self = WindowDesk::new(self.number);
    }

    fn take(&mut self, ticket: Option<CalledTicket>) {
        match &ticket {
            Some(_) => self.state = WindowState::Serving,
            None if self.state == WindowState::Serving => self.state = WindowState::Open,
            None => {}
        }
        self.ticket = ticket;
    }

    fn show(&self, outside: &mut impl Outside) {
        outside.show(match (self.state, &self.ticket) {
            (_, Some(called)) => Shown::Ticket(called.ticket.number.clone()),
            (WindowState::Paused, None) => Shown::Paused,
            (WindowState::Open | WindowState::Serving, None) => Shown::Ready,
            (WindowState::Closed | WindowState::Unknown, None) => Shown::Closed,
        });
    }
}
