//! What each step does, once [`Case::apply`] has let it through.

mod decision;
mod intake;
mod review;
mod special;

use protocol::Millis;
use protocol::case::Step;

use super::{
    Asker, Branch, BranchState, Case, CaseChange, CaseEvent, CaseRefusal, CaseState, End, Moment, SpecialState,
};

type Taken = Result<CaseChange, CaseRefusal>;

impl Case {
    pub(super) fn take(
        &mut self,
        asker: &Asker<'_>,
        step: Step,
        moment: &Moment<'_>,
    ) -> Result<CaseEvent, CaseRefusal> {
        let now = moment.now;
        let change = match step {
            Step::Receive => self.receive(asker, moment),
            Step::CheckDocuments { documents } => self.check_documents(&documents),
            Step::NotifyCorrection { note } => self.notify_correction(asker, note, now),
            Step::Supply => self.supply(moment),
            Step::Accept => self.accept(asker, moment),
            Step::DeemAccepted => self.deem_accepted(moment),
            Step::RefuseAcceptance { reason, authority } => {
                let end = End { at: now, by: asker.name(), reason: reason.clone(), basis: authority.clone() };
                self.state = CaseState::NotAccepted { end };
                Ok(CaseChange::CaseNotAccepted { reason, authority })
            }
            Step::NotRequired { reason } => {
                self.state = CaseState::NotRequired { end: end(asker, &reason, "", now) };
                Ok(CaseChange::CaseNotRequired { reason })
            }
            Step::Lapse => {
                self.state = CaseState::Withdrawn { end: end(asker, "逾期未补正", "", now) };
                Ok(CaseChange::CaseLapsed)
            }
            Step::SupplyDeferred { documents } => self.supply_deferred(&documents, moment),
            Step::AttachFile { document, file } => self.attach_file(document, file),
            Step::DetachFile { document, file } => self.detach_file(document, &file),
            Step::Pull { document, lookup } => self.pull(document, lookup),
            Step::ChargeFee { name, amount } => self.charge_fee(asker, name, amount, now),
            Step::StartReview => self.start_review(asker),
            Step::Approve { opinion } => self.approve(asker, opinion, moment),
            Step::Object { reason } => self.object(asker, reason, moment),
            Step::NotApplicable { reason } => self.not_applicable(asker, reason, moment),
            Step::Return { reason } => self.send_back(asker, reason, moment),
            Step::Resubmit { note } => {
                self.open_round(moment);
                self.state = CaseState::InReview { since: now };
                Ok(CaseChange::CaseResubmitted { note })
            }
            Step::Reassign { to } => self.reassign(asker, to),
            Step::Delegate { to, question } => self.ask_colleague(asker, to, Some(question)),
            Step::AskCountersign { to } => self.ask_colleague(asker, to, None),
            Step::Advise { opinion } => self.answer_colleague(asker, false, true, opinion, now),
            Step::Countersign { agrees, opinion } => self.answer_colleague(asker, true, agrees, opinion, now),
            Step::AskSpecial { kind, days, reason } => self.ask_special(asker, kind, days, reason, moment),
            Step::ApproveSpecial => self.approve_special(asker, moment),
            Step::DeclineSpecial { reason } => self.decline_special(asker, reason, now),
            Step::CloseSpecial { result } => self.close_special(asker, result, moment),
            Step::Extend { days, reason } => self.extend(asker, days, reason, now),
            Step::Grant { opinion } => self.grant(asker, opinion, now),
            Step::Refuse { reason } => self.refuse(asker, reason, now),
            Step::Complete { result } => self.complete(result, now),
            Step::Deliver { .. } => self.deliver(now),
            Step::Withdraw { reason } => self.withdraw(asker, reason, now),
            Step::ConfirmWithdrawal => self.confirm_withdrawal(asker, now),
            Step::DeclineWithdrawal { reason } => {
                self.withdrawal = None;
                Ok(CaseChange::WithdrawalDeclined { reason })
            }
            Step::Terminate { reason, basis } => {
                needed(&basis)?;
                self.cancel(&BranchState::CancelledByEnd { at: now }, now);
                self.withdrawal = None;
                self.state = CaseState::Terminated { end: end(asker, &reason, &basis, now) };
                Ok(CaseChange::CaseTerminated { reason, basis })
            }
            Step::Revoke { reason, basis } => {
                needed(&basis)?;
                let (decision, _) = self.state.decision().ok_or(CaseRefusal::WrongState)?;
                let decision = decision.clone();
                self.state = CaseState::Revoked { end: end(asker, &reason, &basis, now), decision };
                Ok(CaseChange::CaseRevoked { reason, basis })
            }
        }?;
        Ok(CaseEvent { case_no: self.case_no.clone(), change })
    }

    /// Opens a new round with every branch of the terms.
    fn open_round(&mut self, moment: &Moment<'_>) {
        let round = self.round() + 1;
        self.decision_ledger = None;
        let today = moment.today();
        let branches = self.terms.branches.iter().map(|terms| Branch {
            department: terms.department.clone(),
            round,
            voice: terms.voice,
            system: terms.system.clone(),
            days: terms.days,
            ledger: super::Ledger::start(today),
            reviewer: None,
            consulted: Vec::new(),
            spoken_with: Vec::new(),
            state: BranchState::Open,
        });
        let branches: Vec<Branch> = branches.collect();
        self.branches.extend(branches);
    }

    /// Ends every open branch and special procedure. What was is kept.
    fn cancel(&mut self, cancelled: &BranchState, now: Millis) {
        for branch in self.branches.iter_mut().filter(|branch| branch.is_open()) {
            branch.state = cancelled.clone();
        }
        self.close_specials_of(None, now);
    }

    /// Ends the special procedures of a branch that is done, or all of them.
    fn close_specials_of(&mut self, department: Option<&str>, now: Millis) {
        let concerned = self
            .special_procedures
            .iter_mut()
            .filter(|special| department.is_none() || special.branch.as_deref() == department);
        for special in concerned {
            special.state = match &special.state {
                SpecialState::Asked => SpecialState::Declined { by: String::new(), reason: String::new(), at: now },
                SpecialState::Open { at, .. } => {
                    SpecialState::Closed { by: String::new(), opened_at: *at, at: now, result: String::new() }
                }
                _ => continue,
            };
        }
    }
}

fn end(asker: &Asker<'_>, reason: &str, basis: &str, now: Millis) -> End {
    End { at: now, by: asker.name(), reason: reason.to_owned(), basis: basis.to_owned() }
}

fn needed(text: &str) -> Result<(), CaseRefusal> {
    if text.trim().is_empty() { Err(CaseRefusal::TextRequired) } else { Ok(()) }
}
