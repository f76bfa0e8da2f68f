//! Papers (文书) that a step of a case puts into the applicant's hands: which, with what facts, and whether they are still in force.
//! How they look is the crate `notices`' to say.

use jiff::civil::Date;
use protocol::case::ClockKind;
pub use protocol::case::NoticeStanding as Standing;
use protocol::catalogue::{Extender, SpecialKind, Text};
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use crate::cases::{Case, CaseChange, CaseEvent, CaseState, Moment};
use crate::civil;

/// What a paper says beyond the case and its item, as it was when it was issued. No personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(tag = "is", rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Facts {
    /// 收件凭证
    Receipt,
    /// 补正告知书
    Correction { documents: Vec<String>, note: String, due: Option<Date> },
    /// 受理通知书
    Acceptance { due: Option<Date>, provisional: bool, deemed: bool, deferred: Vec<String>, deferred_due: Option<Date> },
    /// 不予受理通知书
    NonAcceptance { reason: String, authority: String },
    /// 不受理通知书
    NotRequired { reason: String },
    /// 特别程序告知书
    SpecialProcedure {
        special: SpecialKind,
        reason: String,
        from: Date,
        planned_days: u16,
        until: Date,
        used: u32,
        days: u32,
    },
    /// 延期告知书
    Extension { days: u16, reason: String, former_due: Date, due: Date, provisional: bool, by_government: bool },
    /// 准予行政许可决定书
    Grant { opinion: String },
    /// 不予行政许可决定书
    Refusal { reason: String },
    /// 送达回证
    Delivery,
    /// 撤回
    Withdrawn { reason: String },
    /// 视为撤回
    Lapsed,
    /// 终止办理
    Terminated { reason: String, basis: String },
    /// 撤销
    Revoked { reason: String, basis: String },
}

impl Facts {
    /// The paper that a step issues; `None` where it issues none. `case` is the case after the step.
    pub fn of(case: &Case, event: &CaseEvent, moment: &Moment<'_>) -> Option<Facts> {
        let limit = |case: &Case| case.promised_due(moment.calendar);
        Some(match &event.change {
            CaseChange::CaseReceived { .. } => Facts::Receipt,
            CaseChange::CorrectionNotified { documents, note } => Facts::Correction {
                documents: documents.clone(),
                note: note.clone(),
                due: clock_due(case, ClockKind::Correction, moment).map(|(_, due)| due),
            },
            CaseChange::CaseAccepted { .. } | CaseChange::CaseDeemedAccepted { .. } => {
                let due = limit(case);
                Facts::Acceptance {
                    due: due.map(|due| due.date),
                    provisional: due.is_some_and(|due| due.provisional),
                    deemed: case.deemed,
                    deferred: case.outstanding(),
                    deferred_due: case.deferred_due(moment.calendar),
                }
            }
            CaseChange::CaseNotAccepted { reason, authority } => {
                Facts::NonAcceptance { reason: reason.clone(), authority: authority.clone() }
            }
            CaseChange::CaseNotRequired { reason } => Facts::NotRequired { reason: reason.clone() },
            CaseChange::SpecialOpened { special, planned_end, .. } => {
                let opened =
                    case.special_procedures.iter().find(|procedure| procedure.planned_end() == Some(*planned_end))?;
                let clocks = case.clocks();
                let clock =
                    clocks.iter().find(|clock| matches!(clock.kind, ClockKind::Promised | ClockKind::Statutory))?;
                Facts::SpecialProcedure {
                    special: *special,
                    reason: opened.reason.clone(),
                    from: moment.today(),
                    planned_days: opened.planned_days,
                    until: *planned_end,
                    used: clock.ledger.used(clock.budget.unit, moment.today(), moment.calendar),
                    days: clock.budget.days,
                }
            }
            CaseChange::CaseExtended { days, reason } => {
                let due = limit(case)?;
                let former = limit(&Case { extension: None, ..case.clone() })?;
                Facts::Extension {
                    days: *days,
                    reason: reason.clone(),
                    former_due: former.date,
                    due: due.date,
                    provisional: due.provisional,
                    by_government: case.terms.extender == Extender::GovernmentHead,
                }
            }
            CaseChange::CaseGranted { opinion } => Facts::Grant { opinion: opinion.clone() },
            CaseChange::CaseRefused { reason } => Facts::Refusal { reason: reason.clone() },
            CaseChange::CaseDelivered => Facts::Delivery,
            CaseChange::CaseWithdrawn { reason } => Facts::Withdrawn { reason: reason.clone() },
            CaseChange::CaseLapsed => Facts::Lapsed,
            CaseChange::CaseTerminated { reason, basis } => {
                Facts::Terminated { reason: reason.clone(), basis: basis.clone() }
            }
            CaseChange::CaseRevoked { reason, basis } => {
                Facts::Revoked { reason: reason.clone(), basis: basis.clone() }
            }
            _ => return None,
        })
    }

    /// The paper's kind as stored and sent, such as `acceptance`.
    pub fn kind(&self) -> &'static str {
        self.into()
    }

    /// The paper's name.
    pub fn name(&self) -> Text {
        match self {
            Facts::Receipt => Text::new("收件凭证", "Receipt"),
            Facts::Correction { .. } => Text::new("补正告知书", "Notice of what is missing"),
            Facts::Acceptance { .. } => Text::new("受理通知书", "Notice of acceptance"),
            Facts::NonAcceptance { .. } => Text::new("不予受理通知书", "Notice of non-acceptance"),
            Facts::NotRequired { .. } => Text::new("不受理通知书", "Notice that no permit is needed"),
            Facts::SpecialProcedure { .. } => Text::new("特别程序告知书", "Notice of a special procedure"),
            Facts::Extension { .. } => Text::new("延期告知书", "Notice of extension"),
            Facts::Grant { .. } => Text::new("准予行政许可决定书", "Decision: granted"),
            Facts::Refusal { .. } => Text::new("不予行政许可决定书", "Decision: refused"),
            Facts::Delivery => Text::new("送达回证", "Receipt of delivery"),
            Facts::Withdrawn { .. } | Facts::Lapsed => Text::new("撤回告知书", "Notice of withdrawal"),
            Facts::Terminated { .. } => Text::new("终止办理告知书", "Notice of termination"),
            Facts::Revoked { .. } => Text::new("撤销决定书", "Decision of revocation"),
        }
    }

    /// Whether the paper still says what holds, by how the case stands now.
    pub fn standing(&self, case: &Case) -> Standing {
        let ended = case.state.end().is_some();
        match self {
            Facts::Grant { .. } if matches!(case.state, CaseState::Revoked { .. }) => Standing::Void,
            Facts::Correction { .. } if !matches!(case.state, CaseState::Correction { .. }) => Standing::Fulfilled,
            Facts::SpecialProcedure { .. }
                if !case.special_procedures.iter().any(crate::cases::SpecialProcedure::is_open) =>
            {
                Standing::Fulfilled
            }
            Facts::Receipt
            | Facts::Acceptance { .. }
            | Facts::Extension { .. }
            | Facts::Correction { .. }
            | Facts::SpecialProcedure { .. } => {
                if case.state.decision().is_some() {
                    Standing::Fulfilled
                } else if ended {
                    Standing::Void
                } else {
                    Standing::InForce
                }
            }
            _ => Standing::InForce,
        }
    }
}

fn clock_due(case: &Case, kind: ClockKind, moment: &Moment<'_>) -> Option<(u32, Date)> {
    let clocks = case.clocks();
    let clock = clocks.iter().find(|clock| clock.kind == kind)?;
    clock.due(moment.calendar).map(|due| (clock.budget.days, due.date))
}

/// The day on which the case was received, as papers name it.
pub fn received_on(case: &Case) -> Date {
    civil::day(case.received_at)
}
