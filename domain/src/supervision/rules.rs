//! Rules as data, and when each fires for a case.

use jiff::civil::Date;
use protocol::case::ClockKind;
use protocol::catalogue::Text;
use protocol::supervision::{Rule, SignalKind, Trigger};
use thiserror::Error;

use crate::calendar::Calendar;
use crate::cases::{Case, CaseChange, CaseClock, CaseEvent, is_with_hall};

/// The rules in force, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules(Vec<Rule>);

/// What is wrong with a rule.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RuleError {
    #[error("a rule has no id, or one with other characters than a–z, 0–9 and -: {0:?}")]
    Id(String),
    #[error("two rules have the id {0}")]
    IdTwice(String),
    #[error("the rule {0} has no Chinese name")]
    Unnamed(String),
    #[error("the rule {0} gives no day to reply")]
    NoTimeToReply(String),
}

/// A signal to be raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raise {
    pub rule: String,
    pub signal: SignalKind,
    /// The department that answers; `None`: the hall that has the case.
    pub department: Option<String>,
    pub round: i64,
    pub reply_days: u16,
    /// The clock that raised it.
    pub clock: Option<ClockKind>,
    /// The day on which the rule fires.
    pub on: Date,
}

impl Default for Rules {
    /// A start for an office that has none of its own: a warning two days before, yellow for a step or the day before, red when the
    /// promised limit has passed, graver when the statutory one has.
    fn default() -> Self {
        use ClockKind::{Decision, Deferred, Delivery, Intake, Promised, Review, Statutory};
        let rule = |id: &str, zh: &str, en: &str, signal, reply_days, trigger| Rule {
            id: id.to_owned(),
            name: Text::new(zh, en),
            signal,
            trigger,
            reply_days,
        };
        let left = |clock, days| Trigger::DaysLeft { clock, days };
        let over = |clock| Trigger::Overdue { clock };
        use SignalKind::{Red, RedStatutory, Warn, Yellow};
        Rules(vec![
            rule("intake-ending", "受理时限将到", "Intake limit near", Warn, 1, left(Intake, 1)),
            rule("deemed-accepted", "逾期未告知视为受理", "Accepted by silence", Red, 3, Trigger::DeemedAccepted),
            rule("review-passed", "审查环节超时", "Review step overdue", Yellow, 2, over(Review)),
            rule("decision-passed", "决定环节超时", "Decision step overdue", Yellow, 2, over(Decision)),
            rule("promised-near", "承诺时限将到", "Promised limit near", Warn, 1, left(Promised, 2)),
            rule(
                "promised-last-day",
                "承诺时限仅剩一天",
                "One day of the promised limit left",
                Yellow,
                1,
                left(Promised, 1),
            ),
            rule("promised-passed", "超承诺时限", "Promised limit passed", Red, 3, over(Promised)),
            rule("statutory-passed", "超法定时限", "Statutory limit passed", RedStatutory, 3, over(Statutory)),
            rule("deferred-passed", "容缺材料逾期未补", "Deferred papers overdue", Yellow, 2, over(Deferred)),
            rule("delivery-passed", "逾期未送达", "Delivery overdue", Yellow, 2, over(Delivery)),
            rule(
                "refused-without-reason",
                "不予许可未充分说明理由",
                "Refused without a reason",
                Yellow,
                3,
                Trigger::RefusedWithoutReason { characters: 6 },
            ),
            rule("fee-not-listed", "收费超出清单", "Fee not in the list", Red, 3, Trigger::FeeNotListed),
            rule("papers-asked-twice", "重复要求补正", "Papers asked for twice", Yellow, 3, Trigger::PapersAskedTwice),
            rule("taken-in-offline", "线下受理未及时录入", "Taken in offline", Yellow, 3, Trigger::TakenInOffline),
        ])
    }
}

impl Rules {
    /// Checks rules as an office wrote them; all that is wrong is named.
    pub fn new(rules: Vec<Rule>) -> Result<Self, Vec<RuleError>> {
        let mut errors = Vec::new();
        for (place, rule) in rules.iter().enumerate() {
            let good = |ch: char| ch.is_ascii_lowercase() || ch.is_ascii_digit() || ch == '-';
            if rule.id.is_empty() || !rule.id.chars().all(good) {
                errors.push(RuleError::Id(rule.id.clone()));
            }
            if rules[..place].iter().any(|earlier| earlier.id == rule.id) {
                errors.push(RuleError::IdTwice(rule.id.clone()));
            }
            if rule.name.zh.trim().is_empty() {
                errors.push(RuleError::Unnamed(rule.id.clone()));
            }
            if rule.reply_days == 0 {
                errors.push(RuleError::NoTimeToReply(rule.id.clone()));
            }
        }
        if errors.is_empty() { Ok(Rules(rules)) } else { Err(errors) }
    }

    pub fn all(&self) -> &[Rule] {
        &self.0
    }

    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.0.iter().find(|rule| rule.id == id)
    }

    /// What the running clocks of a case raise, and on which day each. Paused clocks raise nothing, ended ones neither.
    pub fn firings(&self, case: &Case, calendar: &Calendar) -> Vec<Raise> {
        let clocks = case.clocks();
        let mut firings = Vec::new();
        for clock in clocks.iter().filter(|clock| clock.stopped.is_none()) {
            let mut due = None;
            for rule in &self.0 {
                let kind = match rule.trigger {
                    Trigger::DaysLeft { clock, .. } | Trigger::Overdue { clock } => clock,
                    _ => continue,
                };
                if kind != clock.kind {
                    continue;
                }
                let Some(due) = *due.get_or_insert_with(|| clock.due(calendar).map(|due| due.date)) else { break };
                let on = match rule.trigger {
                    Trigger::DaysLeft { days, .. } => first_day_with(due, days, clock, calendar),
                    _ => next(due),
                };
                firings.push(raise(rule, case, clock.department.clone(), clock.round, Some(kind), on));
            }
        }
        firings
    }

    /// What a step raises by itself, whatever the time.
    pub fn on_step(&self, case: &Case, event: &CaseEvent, today: Date) -> Vec<Raise> {
        let fires = |trigger: &Trigger| match (trigger, &event.change) {
            (
                Trigger::RefusedWithoutReason { characters },
                CaseChange::CaseRefused { reason }
                | CaseChange::CaseNotAccepted { reason, .. }
                | CaseChange::BranchObjected { reason, .. },
            ) => reason.trim().chars().count() < usize::from(*characters),
            (Trigger::FeeNotListed, CaseChange::FeeCharged { listed, .. }) => !listed,
            (Trigger::PapersAskedTwice, CaseChange::CorrectionNotified { .. }) => case.corrections.len() > 1,
            (Trigger::TakenInOffline, CaseChange::CaseReceived { received_on: Some(_), .. })
            | (Trigger::DeemedAccepted, CaseChange::CaseDeemedAccepted { .. }) => true,
            _ => false,
        };
        let department = event.department().map(str::to_owned);
        let round = 1 + i64::try_from(case.charged.len().max(case.corrections.len())).unwrap_or(0);
        self.0
            .iter()
            .filter(|rule| fires(&rule.trigger))
            .map(|rule| raise(rule, case, department.clone(), round, None, today))
            .collect()
    }

    /// The first day on which a case is to be looked at: a rule fires, or the hall itself has something to do.
    pub fn watch_on(&self, case: &Case, calendar: &Calendar) -> Option<Date> {
        let firings = self.firings(case, calendar).into_iter().map(|raise| raise.on);
        firings.chain(case.acts_on(calendar)).min()
    }
}

fn raise(
    rule: &Rule,
    case: &Case,
    department: Option<String>,
    round: i64,
    clock: Option<ClockKind>,
    on: Date,
) -> Raise {
    // Before acceptance and at delivery the hall has the case, else the department that answers for the item.
    let with_hall = clock.is_some_and(is_with_hall)
        || matches!(
            rule.trigger,
            Trigger::FeeNotListed | Trigger::PapersAskedTwice | Trigger::TakenInOffline | Trigger::DeemedAccepted
        );
    Raise {
        rule: rule.id.clone(),
        signal: rule.signal,
        department: department.or_else(|| (!with_hall).then(|| case.department.clone())),
        round,
        reply_days: rule.reply_days,
        clock,
        on,
    }
}

/// The first day on which at most so many working days are left, not before the clock started.
fn first_day_with(due: Date, days: u16, clock: &CaseClock, calendar: &Calendar) -> Date {
    let mut day = due;
    while day > clock.ledger.started()
        && let Ok(before) = day.yesterday()
        && calendar.working_days(before, due) <= u32::from(days)
    {
        day = before;
    }
    day
}

fn next(day: Date) -> Date {
    day.tomorrow().unwrap_or(day)
}
