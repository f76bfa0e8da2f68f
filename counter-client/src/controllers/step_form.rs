//! What a step asks of the person before it is taken, in one dialog.

use protocol::case::{CaseAction, Step};
use protocol::catalogue::{Fee, SpecialKind, Text};
use protocol::staff::Colleague;

use super::colleagues;
use super::notice::Notice;

/// Whether a field is shown, and must be filled in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Asked {
    #[default]
    No,
    MayBe,
    Must,
}

/// The fields of a step's dialog.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fields {
    /// Opinion, reason, question or note.
    pub text: Asked,
    /// The legal basis, or the authority that is competent instead.
    pub second: Asked,
    pub days: bool,
    /// Yuan.
    pub amount: bool,
    pub pick: Pick,
    /// Agree or not.
    pub agrees: bool,
}

/// What is picked from a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Pick {
    #[default]
    Nothing,
    Colleague,
    Special,
    Fee,
}

pub fn fields(action: CaseAction) -> Fields {
    use CaseAction as A;
    let text = |text| Fields { text, ..Fields::default() };
    match action {
        A::Approve
        | A::Object
        | A::NotApplicable
        | A::Return
        | A::Resubmit
        | A::Refuse
        | A::Advise
        | A::DeclineSpecial
        | A::NotRequired
        | A::Withdraw
        | A::DeclineWithdrawal
        | A::Deliver => text(Asked::Must),
        A::Grant | A::CloseSpecial | A::NotifyCorrection => text(Asked::MayBe),
        A::RefuseAcceptance => Fields { second: Asked::MayBe, ..text(Asked::Must) },
        A::Terminate | A::Revoke => Fields { second: Asked::Must, ..text(Asked::Must) },
        A::Countersign => Fields { agrees: true, ..text(Asked::Must) },
        A::Reassign | A::AskCountersign => Fields { pick: Pick::Colleague, ..Fields::default() },
        A::Delegate => Fields { pick: Pick::Colleague, ..text(Asked::Must) },
        A::AskSpecial => Fields { pick: Pick::Special, days: true, ..text(Asked::Must) },
        A::Extend => Fields { days: true, ..text(Asked::Must) },
        A::ChargeFee => Fields { pick: Pick::Fee, amount: true, ..Fields::default() },
        _ => Fields::default(),
    }
}

/// What there is to pick.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Choices {
    pub colleagues: Vec<Colleague>,
    pub special: Vec<SpecialKind>,
    pub fees: Vec<Fee>,
}

/// The dialog as it is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepForm {
    pub text: String,
    pub second: String,
    pub days: String,
    pub amount: String,
    pub picked: usize,
    pub agrees: bool,
}

impl Default for StepForm {
    fn default() -> Self {
        StepForm {
            text: String::new(),
            second: String::new(),
            days: String::new(),
            amount: String::new(),
            picked: 0,
            agrees: true,
        }
    }
}

impl StepForm {
    pub fn saying(text: &str) -> Self {
        StepForm { text: text.trim().to_owned(), ..StepForm::default() }
    }

    /// The step as it goes to the server.
    ///
    /// # Errors
    /// The notice that names the first field which is not filled in as it must be.
    pub fn step(&self, action: CaseAction, choices: &Choices) -> Result<Step, Notice> {
        use CaseAction as A;
        let asked = fields(action);
        let text = || match self.text.trim() {
            "" if action == A::Deliver => Err(Notice::CollectorNeeded),
            "" if asked.text == Asked::Must => Err(Notice::OpinionNeeded),
            text => Ok(text.to_owned()),
        };
        let second = || match self.second.trim() {
            "" if asked.second == Asked::Must => Err(Notice::BasisNeeded),
            text => Ok(text.to_owned()),
        };
        let days = || self.days.trim().parse().ok().filter(|days| *days > 0).ok_or(Notice::DaysNeeded);
        let colleague = || {
            let picked = choices.colleagues.get(self.picked);
            picked.map(|colleague| colleague.username.clone()).ok_or(Notice::ColleagueNeeded)
        };
        Ok(match action {
            A::Receive => Step::Receive,
            A::NotifyCorrection => Step::NotifyCorrection { note: text()? },
            A::Supply => Step::Supply,
            A::Accept => Step::Accept,
            A::RefuseAcceptance => Step::RefuseAcceptance { reason: text()?, authority: second()? },
            A::NotRequired => Step::NotRequired { reason: text()? },
            A::StartReview => Step::StartReview,
            A::Approve => Step::Approve { opinion: text()? },
            A::Object => Step::Object { reason: text()? },
            A::NotApplicable => Step::NotApplicable { reason: text()? },
            A::Return => Step::Return { reason: text()? },
            A::Resubmit => Step::Resubmit { note: text()? },
            A::Reassign => Step::Reassign { to: colleague()? },
            A::Delegate => Step::Delegate { to: colleague()?, question: text()? },
            A::Advise => Step::Advise { opinion: text()? },
            A::AskCountersign => Step::AskCountersign { to: colleague()? },
            A::Countersign => Step::Countersign { agrees: self.agrees, opinion: text()? },
            A::AskSpecial => {
                let kind = *choices.special.get(self.picked).ok_or(Notice::KindNeeded)?;
                Step::AskSpecial { kind, days: days()?, reason: text()? }
            }
            A::ApproveSpecial => Step::ApproveSpecial,
            A::DeclineSpecial => Step::DeclineSpecial { reason: text()? },
            A::CloseSpecial => Step::CloseSpecial { result: text()? },
            A::Extend => Step::Extend { days: days()?, reason: text()? },
            A::Grant => Step::Grant { opinion: text()? },
            A::Refuse => Step::Refuse { reason: text()? },
            A::Complete => Step::Complete { result: None },
            A::Deliver => Step::Deliver { collected_by: text()? },
            A::Withdraw => Step::Withdraw { reason: text()? },
            A::ConfirmWithdrawal => Step::ConfirmWithdrawal,
            A::DeclineWithdrawal => Step::DeclineWithdrawal { reason: text()? },
            A::Terminate => Step::Terminate { reason: text()?, basis: second()? },
            A::Revoke => Step::Revoke { reason: text()?, basis: second()? },
            A::ChargeFee => {
                let fee = choices.fees.get(self.picked).ok_or(Notice::KindNeeded)?;
                Step::ChargeFee { name: fee.name.zh.clone(), amount: fen(&self.amount).ok_or(Notice::AmountNeeded)? }
            }
            // They belong to a paper, or to the server.
            A::CheckDocuments
            | A::SupplyDeferred
            | A::AttachFile
            | A::DetachFile
            | A::Pull
            | A::DeemAccepted
            | A::Lapse => return Err(Notice::NothingMissing),
        })
    }

    /// The amount that belongs to the picked fee.
    pub fn take_amount(&mut self, fees: &[Fee]) {
        if let Some(fee) = fees.get(self.picked).filter(|fee| fee.amount > 0) {
            self.amount = yuan(fee.amount);
        }
    }
}

/// `12.5` → 1250; `None` for what is no amount above nothing.
fn fen(yuan: &str) -> Option<i64> {
    let (whole, fraction) = yuan.trim().split_once('.').unwrap_or((yuan.trim(), ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > 2 {
        return None;
    }
    let cents: i64 = format!("{fraction:0<2}").parse().ok()?;
    whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents).filter(|fen| *fen > 0)
}

/// 1250 → `12.50`
pub fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

/// What can be picked, in words.
pub fn names(pick: Pick, choices: &Choices) -> Vec<Text> {
    match pick {
        Pick::Nothing => Vec::new(),
        Pick::Colleague => choices.colleagues.iter().map(colleagues::described).collect(),
        Pick::Special => choices.special.iter().map(|kind| kind.name()).collect(),
        Pick::Fee => choices.fees.iter().map(|fee| fee.name.clone()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them_and_never_rounded() {
        assert_eq!(fen("12"), Some(1200));
        assert_eq!(fen(" 12.5 "), Some(1250));
        assert_eq!(fen("0.05"), Some(5));
        for wrong in ["", "0", "-1", "1.234", "1,5", "十", ".", "99999999999999999999"] {
            assert_eq!(fen(wrong), None, "{wrong:?}");
        }
        assert_eq!(fen(&yuan(1250)), Some(1250));
    }

    #[test]
    fn what_a_step_needs_is_asked_for_before_it_is_taken() {
        let empty = StepForm::default();
        let none = Choices::default();
        for (action, notice) in [
            (CaseAction::Approve, Notice::OpinionNeeded),
            (CaseAction::Deliver, Notice::CollectorNeeded),
            (CaseAction::Reassign, Notice::ColleagueNeeded),
            (CaseAction::AskSpecial, Notice::KindNeeded),
            (CaseAction::Extend, Notice::DaysNeeded),
            (CaseAction::ChargeFee, Notice::KindNeeded),
        ] {
            assert_eq!(empty.step(action, &none), Err(notice), "{action:?}");
        }
        let reason = StepForm::saying("材料虚假");
        assert_eq!(reason.step(CaseAction::Revoke, &none), Err(Notice::BasisNeeded));
        assert!(StepForm::default().step(CaseAction::Grant, &none).is_ok(), "a grant needs no words");
    }
}
