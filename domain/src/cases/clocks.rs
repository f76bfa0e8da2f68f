//! The clocks of a case: which run, since when, for whom.

use jiff::civil::Date;
use protocol::case::ClockKind;

use super::clock::{Budget, CaseClock, Ledger};
use super::{Case, CaseState};
use crate::calendar::Calendar;
use crate::civil;

/// 行政许可法 32: papers are found wanting within five working days, or the application counts as accepted.
pub const INTAKE_DAYS: u16 = 5;

/// 行政许可法 44: a licence is issued and delivered within ten working days of the decision.
pub const DELIVERY_DAYS: u16 = 10;

impl Case {
    /// Every clock that runs, stands still or has stopped, for people to read and for supervision to watch. Branches that were
    /// cancelled have none: no signal is raised on them.
    pub fn clocks(&self) -> Vec<CaseClock> {
        let mut clocks = Vec::new();
        if let Some(clock) = self.intake_clock() {
            clocks.push(clock);
        }
        clocks.extend(self.step_clocks());
        clocks.extend(self.limit_clocks());
        clocks.extend(self.deferred_clock());
        clocks.extend(self.delivery_clock());
        clocks
    }

    /// What was submitted is to be received within the same five working days, or the hall's silence receives it.
    fn intake_clock(&self) -> Option<CaseClock> {
        let (kind, from, days) = match &self.state {
            CaseState::Submitted { since } => (ClockKind::Intake, civil::day(*since), INTAKE_DAYS),
            CaseState::Received { from, .. } => (ClockKind::Intake, *from, INTAKE_DAYS),
            CaseState::Correction { since } if self.terms.lapse_days > 0 => {
                (ClockKind::Correction, civil::day(*since), self.terms.lapse_days)
            }
            _ => return None,
        };
        let round = 1 + i64::try_from(self.corrections.len()).unwrap_or(0);
        Some(CaseClock {
            kind,
            department: None,
            ledger: Ledger::start(from),
            budget: Budget::working(days),
            stopped: None,
            round,
        })
    }

    fn step_clocks(&self) -> Vec<CaseClock> {
        let mut clocks: Vec<CaseClock> = self
            .current_branches()
            .filter(|branch| branch.is_open() || branch.state.by().is_some())
            .filter_map(|branch| {
                Some(CaseClock {
                    kind: ClockKind::Review,
                    department: Some(branch.department.clone()),
                    ledger: branch.ledger.clone(),
                    budget: self.terms.budget(branch.days, 0)?,
                    stopped: branch.state.at().map(civil::day),
                    round: branch.round,
                })
            })
            .collect();
        if let (Some(ledger), Some(budget)) = (&self.decision_ledger, self.terms.budget(self.terms.decision_days, 0)) {
            clocks.push(CaseClock {
                kind: ClockKind::Decision,
                department: Some(self.department.clone()),
                ledger: ledger.clone(),
                budget,
                stopped: self.stopped_on(ClockKind::Decision),
                round: self.round().max(1),
            });
        }
        clocks
    }

    /// The promised and the statutory limit: one ledger, two budgets.
    pub(super) fn limit_clocks(&self) -> Vec<CaseClock> {
        let Some(ledger) = &self.ledger else { return Vec::new() };
        let more = self.extension.as_ref().map_or(0, |extension| extension.days);
        let limits =
            [(ClockKind::Promised, self.terms.promised_days), (ClockKind::Statutory, self.terms.statutory_days)];
        limits
            .into_iter()
            .filter_map(|(kind, days)| {
                Some(CaseClock {
                    kind,
                    department: None,
                    ledger: ledger.clone(),
                    budget: self.terms.budget(days, more)?,
                    stopped: self.stopped_on(kind),
                    // An extension sets a new date, which may be missed anew.
                    round: 1 + i64::from(more > 0),
                })
            })
            .collect()
    }

    /// The statutory clock stops at the decision, the promised one when the result is ready; either when the case ends.
    pub(super) fn stopped_on(&self, kind: ClockKind) -> Option<Date> {
        let decided = self.state.decision().map(|(decision, _)| decision.at);
        let completed = match &self.state {
            CaseState::Completed { at, .. } => Some(*at),
            CaseState::Delivered { completed_at, .. } => Some(*completed_at),
            CaseState::Revoked { .. } => decided,
            _ => None,
        };
        let ended = self.state.end().filter(|_| decided.is_none()).map(|end| end.at);
        let at = match kind {
            ClockKind::Promised => completed,
            _ => decided,
        };
        at.or(ended).map(civil::day)
    }

    fn deferred_clock(&self) -> Option<CaseClock> {
        if self.outstanding().is_empty() || self.state.end().is_some() {
            return None;
        }
        Some(CaseClock {
            kind: ClockKind::Deferred,
            department: None,
            ledger: Ledger::start(civil::day(self.accepted_at?)),
            budget: self.terms.budget(self.terms.deferred_days, 0)?,
            stopped: None,
            round: 1,
        })
    }

    fn delivery_clock(&self) -> Option<CaseClock> {
        if self.state.end().is_some() {
            return None;
        }
        let (decision, _) = self.state.decision()?;
        let stopped = match &self.state {
            CaseState::Delivered { at, .. } => Some(civil::day(*at)),
            _ => None,
        };
        Some(CaseClock {
            kind: ClockKind::Delivery,
            department: None,
            ledger: Ledger::start(civil::day(decision.at)),
            budget: Budget::working(DELIVERY_DAYS),
            stopped,
            round: 1,
        })
    }
}

/// Whether the hall that has the papers answers for a clock: before acceptance and at delivery. Else a department does.
pub fn is_with_hall(kind: ClockKind) -> bool {
    matches!(kind, ClockKind::Intake | ClockKind::Correction | ClockKind::Deferred | ClockKind::Delivery)
}

/// The clock that runs out first, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstClock {
    pub clock: CaseClock,
    /// `None` while it stands still.
    pub due: Option<Date>,
}

impl Case {
    /// The clocks that have not stopped, of each unit that answers for one the first to run out; the first of all comes first.
    pub fn first_clocks(&self, calendar: &Calendar) -> Vec<FirstClock> {
        let mut running: Vec<FirstClock> = self
            .clocks()
            .into_iter()
            .filter(|clock| clock.stopped.is_none())
            .map(|clock| FirstClock { due: clock.due(calendar).map(|due| due.date), clock })
            .collect();
        // Stable: of those due on one day the step comes before the limit that it is part of.
        running.sort_by_key(|first| first.due.unwrap_or(Date::MAX));
        let mut firsts: Vec<FirstClock> = Vec::new();
        for next in running {
            if !firsts.iter().any(|known| self.department_of(&known.clock) == self.department_of(&next.clock)) {
                firsts.push(next);
            }
        }
        firsts
    }

    /// The department that answers for a clock of the case; `None`: its hall.
    pub fn department_of<'a>(&'a self, clock: &'a CaseClock) -> Option<&'a str> {
        let own = (!is_with_hall(clock.kind)).then_some(self.department.as_str());
        clock.department.as_deref().or(own)
    }

    /// Who has the case where no clock says it: the hall before acceptance and at delivery, else the answering department.
    pub fn lies_with(&self) -> Option<&str> {
        let with_hall = self.state.before_acceptance() || matches!(self.state, CaseState::Completed { .. });
        (!with_hall).then_some(self.department.as_str())
    }

    /// The promised limit as it was kept or missed, once the result is ready: the day, and whether it was in time. `None` before, for
    /// what ended otherwise, and where nothing is promised.
    pub fn promise_kept(&self, calendar: &Calendar) -> Option<(Date, bool)> {
        let ready = matches!(self.state, CaseState::Completed { .. } | CaseState::Delivered { .. });
        let promised = self.limit_clocks().into_iter().find(|clock| clock.kind == ClockKind::Promised)?;
        let day = promised.stopped.filter(|_| ready)?;
        Some((day, !promised.is_overdue(day, calendar)))
    }
}

/// The last day on which papers may be found wanting; `None` unless the case awaits it.
pub(super) fn intake_due(case: &Case, calendar: &Calendar) -> Option<Date> {
    case.intake_clock().filter(|clock| clock.kind == ClockKind::Intake)?.due(calendar).map(|due| due.date)
}

/// The last day on which a correction notice can be answered; `None` where it does not lapse.
pub(super) fn lapse_due(case: &Case, calendar: &Calendar) -> Option<Date> {
    case.intake_clock().filter(|clock| clock.kind == ClockKind::Correction)?.due(calendar).map(|due| due.date)
}

impl Case {
    /// The day on which the applicant is promised an end: none before acceptance, whatever the intake's own clock says.
    pub fn promised_due(&self, calendar: &Calendar) -> Option<crate::calendar::Due> {
        self.limit_clocks().first()?.due(calendar)
    }

    /// The date that counts for whoever has the case: the promised limit's, else the statutory one's; before acceptance the intake's.
    pub fn due(&self, calendar: &Calendar) -> Option<crate::calendar::Due> {
        match self.intake_clock() {
            Some(clock) => clock.due(calendar),
            None => self.limit_clocks().first()?.due(calendar),
        }
    }
}

impl Case {
    /// The days on which the hall itself does something: accepts by silence, lets a notice lapse, ends a special procedure.
    pub fn acts_on(&self, calendar: &Calendar) -> Vec<Date> {
        let after = |due: Date| due.tomorrow().unwrap_or(due);
        let intake = intake_due(self, calendar).map(after);
        let lapse = lapse_due(self, calendar).map(after);
        let specials = self.special_procedures.iter().filter_map(super::SpecialProcedure::planned_end);
        intake.into_iter().chain(lapse).chain(specials).collect()
    }

    /// What the hall itself does on a day; `None` where nothing is due.
    pub fn own_step(&self, today: Date, calendar: &Calendar) -> Option<protocol::case::Step> {
        use protocol::case::Step;
        if intake_due(self, calendar).is_some_and(|due| today > due) {
            let submitted = matches!(self.state, CaseState::Submitted { .. });
            return Some(if submitted { Step::Receive } else { Step::DeemAccepted });
        }
        if lapse_due(self, calendar).is_some_and(|due| today > due) {
            return Some(Step::Lapse);
        }
        let ends = self.special_procedures.iter().filter_map(super::SpecialProcedure::planned_end);
        ends.min().filter(|end| today >= *end).map(|_| Step::CloseSpecial { result: String::new() })
    }
}
