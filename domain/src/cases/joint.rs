//! An application's own clock and outcome (一件事的总时限与总结果): derived from its cases, never stored.
//!
//! The joint limit is the package's own, counted from the day on which the last of its cases was accepted: before, there is no whole
//! to be promised. It stands still only while every unfinished case does (approval reference, section 2.3); one department's expert
//! review stops its own case alone.

use jiff::civil::Date;
use protocol::case::{ClockKind, JointOutcome};
use protocol::catalogue::{DayUnit, Extender, Item, SpecialKind};
use serde::{Deserialize, Serialize};

use super::clock::{Budget, CaseClock, Ledger};
use super::{Case, CaseState};

/// What an application promises as a whole, as the package (一件事) in force said when it was opened. Each of its cases keeps it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct JointTerms {
    pub item: String,
    pub item_version: i64,
    /// The department that answers for the package (牵头部门).
    pub department: String,
    pub unit: DayUnit,
    /// 0: none.
    pub statutory_days: u16,
    pub promised_days: u16,
}

impl JointTerms {
    pub fn of(package: &Item) -> Self {
        JointTerms {
            item: package.code.clone(),
            item_version: package.version,
            department: package.department.clone(),
            unit: package.unit,
            statutory_days: package.statutory_days,
            promised_days: package.promised_days,
        }
    }
}

/// How one case stands, for the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Open,
    Granted,
    /// By the authority: refused, not accepted, revoked.
    Refused,
    /// Withdrawn, or terminated.
    Ended,
    /// No permit is needed: nothing is lacking for the whole.
    NotRequired,
}

impl Standing {
    fn of(state: &CaseState) -> Self {
        match state {
            CaseState::Revoked { .. } | CaseState::NotAccepted { .. } => Standing::Refused,
            CaseState::NotRequired { .. } => Standing::NotRequired,
            CaseState::Withdrawn { .. } | CaseState::Terminated { .. } => Standing::Ended,
            other => match other.decision() {
                Some((_, true)) => Standing::Granted,
                Some((_, false)) => Standing::Refused,
                None => Standing::Open,
            },
        }
    }
}

/// How many of an application's cases are decided or have ended.
pub fn decided<'a>(cases: impl IntoIterator<Item = &'a Case>) -> usize {
    cases.into_iter().filter(|case| Standing::of(&case.state) != Standing::Open).count()
}

/// What an application comes to: nothing while a case is open; then what its cases came to together. The order of cases and of
/// decisions has no part in it.
pub fn outcome<'a>(cases: impl IntoIterator<Item = &'a Case>) -> JointOutcome {
    let standings: Vec<Standing> = cases.into_iter().map(|case| Standing::of(&case.state)).collect();
    let any = |wanted: Standing| standings.contains(&wanted);
    if standings.is_empty() || any(Standing::Open) {
        return JointOutcome::Open;
    }
    match (any(Standing::Granted), any(Standing::Refused), any(Standing::Ended)) {
        (true, false, false) => JointOutcome::Granted,
        (true, ..) => JointOutcome::PartlyGranted,
        (false, true, _) => JointOutcome::Refused,
        (false, false, true) => JointOutcome::Ended,
        (false, false, false) => JointOutcome::NotRequired,
    }
}

/// The application's limits, the promised one first. None where its item promises nothing as a whole, and until every case that
/// goes on has been accepted.
pub fn joint_clocks(cases: &[&Case]) -> Vec<CaseClock> {
    let Some(terms) = cases.first().and_then(|case| case.terms.joint.as_ref()) else { return Vec::new() };
    // One that ended before acceptance is no part of what was promised.
    let counted = || cases.iter().filter(|case| case.ledger.is_some() || case.state.end().is_none());
    if counted().any(|case| case.ledger.is_none()) {
        return Vec::new();
    }
    let Some(start) = counted().filter_map(|case| Some(case.ledger.as_ref()?.started())).max() else {
        return Vec::new();
    };
    // What a department gives itself moves its own case; the whole is moved by the head of government alone.
    let more = counted()
        .filter(|case| case.terms.extender == Extender::GovernmentHead)
        .filter_map(|case| Some(case.extension.as_ref()?.days))
        .max()
        .unwrap_or(0);
    [(ClockKind::Promised, terms.promised_days), (ClockKind::Statutory, terms.statutory_days)]
        .into_iter()
        .filter(|(_, days)| *days > 0)
        .map(|(kind, days)| {
            let spans: Vec<Span<'_>> = counted()
                .filter_map(|case| Some(Span { ledger: case.ledger.as_ref()?, stopped: case.stopped_on(kind) }))
                .collect();
            let stopped: Option<Vec<Date>> = spans.iter().map(|span| span.stopped).collect();
            CaseClock {
                kind,
                department: None,
                ledger: joint_ledger(start, &spans),
                budget: Budget { days: u32::from(days) + u32::from(more), unit: terms.unit },
                stopped: stopped.and_then(|days| days.into_iter().max()),
                round: 1 + i64::from(more > 0),
            }
        })
        .collect()
}

/// One case's part in the whole: when it ran, stood still and stopped.
#[derive(Debug, Clone, Copy)]
struct Span<'a> {
    ledger: &'a Ledger,
    stopped: Option<Date>,
}

impl Span<'_> {
    fn is_finished(&self, day: Date) -> bool {
        self.stopped.is_some_and(|stopped| stopped <= day)
    }

    /// What it stands still for on a day, and since when.
    fn paused(&self, day: Date) -> Option<(Date, SpecialKind)> {
        let pause = self.ledger.pauses().iter().rev().find(|pause| pause.from <= day)?;
        pause.to.is_none_or(|to| to > day).then_some((pause.from, pause.why))
    }
}

/// The joint ledger: it changes only on days on which one of the cases' does, or on which a case stops.
fn joint_ledger(start: Date, spans: &[Span<'_>]) -> Ledger {
    let mut days: Vec<Date> = spans
        .iter()
        .flat_map(|span| {
            let pauses = span.ledger.pauses().iter().flat_map(|pause| [Some(pause.from), pause.to]);
            pauses.chain([span.stopped]).flatten()
        })
        .filter(|day| *day > start)
        .chain([start])
        .collect();
    days.sort_unstable();
    days.dedup();
    let mut ledger = Ledger::start(start);
    for day in days {
        let unfinished = || spans.iter().filter(|span| !span.is_finished(day));
        let paused: Option<Vec<_>> = unfinished().map(|span| span.paused(day)).collect();
        // The one that came last is what stopped the whole.
        match paused.and_then(|paused| paused.into_iter().max_by_key(|(from, _)| *from)) {
            Some((_, why)) => ledger.pause(day, why),
            None => ledger.resume(day),
        }
    }
    ledger
}
