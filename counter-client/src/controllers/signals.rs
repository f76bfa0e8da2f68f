//! Signals of supervision (监察信号) that concern the person at the desk: to answer, or to review.

use protocol::supervision::{Signal, SignalAction, SignalState, SignalStep};

use crate::server::{Answer, Call, RequestId, Trouble};

use super::flight::Flight;
use super::notice::Notice;
use super::outside::Outside;

#[derive(Debug, Default)]
pub struct Signals {
    list: Vec<Signal>,
    selected: usize,
    reading: Option<RequestId>,
    stepping: Flight,
    /// Something changed while an answer was on its way.
    stale: bool,
}

/// What became of an answer.
#[derive(Debug, PartialEq)]
pub enum Signalled {
    NotMine,
    Changed,
    /// A reply or review is with the server.
    Done,
    Failed(Notice),
}

impl Signals {
    /// The gravest and oldest first, as the server lists them.
    pub fn list(&self) -> &[Signal] {
        &self.list
    }

    /// How many wait for this person.
    pub fn waiting(&self) -> usize {
        self.list.iter().filter(|signal| !signal.actions.is_empty()).count()
    }

    pub fn selected(&self) -> usize {
        self.selected
    }

    pub fn current(&self) -> Option<&Signal> {
        self.list.get(self.selected)
    }

    pub fn select(&mut self, index: usize) {
        self.selected = index.min(self.list.len().saturating_sub(1));
    }

    pub fn loading(&self) -> bool {
        self.reading.is_some()
    }

    pub fn busy(&self) -> bool {
        self.stepping.busy()
    }

    pub fn may(&self, action: SignalAction) -> bool {
        !self.busy() && self.current().is_some_and(|signal| signal.actions.contains(&action))
    }

    /// Open signals on one case.
    pub fn on_case<'a>(&'a self, case_no: &'a str) -> impl Iterator<Item = &'a Signal> {
        let open = |signal: &&Signal| matches!(signal.state, SignalState::Open | SignalState::Replied);
        self.list.iter().filter(move |signal| signal.case_no == case_no).filter(open)
    }

    /// Selects the case's first signal.
    pub fn select_case(&mut self, case_no: &str) {
        if let Some(index) = self.list.iter().position(|signal| signal.case_no == case_no) {
            self.selected = index;
        }
    }

    pub fn clear(&mut self) {
        *self = Signals::default();
    }

    /// Reads them again; several reasons at once make one more call, not several.
    pub fn refresh(&mut self, outside: &mut impl Outside) {
        if self.reading.is_some() {
            self.stale = true;
        } else {
            self.reading = Some(outside.ask(Call::Signals, None));
        }
    }

    /// Answers or reviews the selected signal. Only a confirmation may go without words.
    pub fn act(&mut self, outside: &mut impl Outside, action: SignalAction, text: &str) -> Result<(), Notice> {
        let Some(id) = self.current().map(|signal| signal.id).filter(|_| self.may(action)) else {
            return Ok(());
        };
        let text = text.trim().to_owned();
        if text.is_empty() && action != SignalAction::Confirm {
            return Err(Notice::OpinionNeeded);
        }
        let step = match action {
            SignalAction::Reply => SignalStep::Reply { text },
            SignalAction::Confirm => SignalStep::Confirm { text },
            SignalAction::SendBack => SignalStep::SendBack { text },
            SignalAction::Cancel => SignalStep::Cancel { text },
        };
        self.stepping.send(outside, Call::SignalStep { id, step });
        Ok(())
    }

    pub fn landed(&mut self, outside: &mut impl Outside, id: RequestId, result: &Result<Answer, Trouble>) -> Signalled {
        if self.reading == Some(id) {
            self.reading = None;
            if std::mem::take(&mut self.stale) && result.is_ok() {
                self.refresh(outside);
            }
            return match result {
                Ok(Answer::Signals(list)) => {
                    let keep = self.current().map(|signal| signal.id);
                    self.list.clone_from(list);
                    let place = keep.and_then(|id| self.list.iter().position(|signal| signal.id == id));
                    self.select(place.unwrap_or(self.selected));
                    Signalled::Changed
                }
                Ok(_) => Signalled::Changed,
                Err(trouble) => Signalled::Failed(trouble.clone().into()),
            };
        }
        if self.stepping.land(id, result).is_none() {
            return Signalled::NotMine;
        }
        self.refresh(outside);
        match result {
            Ok(_) => Signalled::Done,
            Err(trouble) => Signalled::Failed(trouble.clone().into()),
        }
    }
}
