//! Decision (决定), completion (办结), delivery (送达), withdrawal (撤回).

use protocol::Millis;
use protocol::case::FileRef;

use super::{Taken, end};
use crate::cases::{Asker, BranchState, Case, CaseChange, CaseRefusal, CaseState, Decision, Withdrawal};

impl Case {
    pub(super) fn grant(&mut self, asker: &Asker<'_>, opinion: String, now: Millis) -> Taken {
        let decision = Decision { by: asker.name(), at: now, reason: opinion.clone() };
        self.state = CaseState::DecidedGranted { decision };
        self.close_specials_of(None, now);
        Ok(CaseChange::CaseGranted { opinion })
    }

    pub(super) fn refuse(&mut self, asker: &Asker<'_>, reason: String, now: Millis) -> Taken {
        let decision = Decision { by: asker.name(), at: now, reason: reason.clone() };
        self.state = CaseState::DecidedRefused { decision };
        self.close_specials_of(None, now);
        Ok(CaseChange::CaseRefused { reason })
    }

    pub(super) fn complete(&mut self, result: Option<FileRef>, now: Millis) -> Taken {
        let (decision, granted) = self.state.decision().ok_or(CaseRefusal::WrongState)?;
        self.state = CaseState::Completed { granted, decision: decision.clone(), at: now, result: result.clone() };
        Ok(CaseChange::CaseCompleted { result })
    }

    pub(super) fn deliver(&mut self, now: Millis) -> Taken {
        let CaseState::Completed { granted, decision, at, result } = &self.state else {
            return Err(CaseRefusal::WrongState);
        };
        self.state = CaseState::Delivered {
            granted: *granted,
            decision: decision.clone(),
            completed_at: *at,
            at: now,
            result: result.clone(),
        };
        Ok(CaseChange::CaseDelivered)
    }

    /// Before acceptance at once; afterwards the department confirms it.
    pub(super) fn withdraw(&mut self, asker: &Asker<'_>, reason: String, now: Millis) -> Taken {
        if self.state.before_acceptance() {
            self.state = CaseState::Withdrawn { end: end(asker, &reason, "", now) };
            return Ok(CaseChange::CaseWithdrawn { reason });
        }
        self.withdrawal = Some(Withdrawal { at: now, reason: reason.clone() });
        Ok(CaseChange::WithdrawalAsked { reason })
    }

    pub(super) fn confirm_withdrawal(&mut self, asker: &Asker<'_>, now: Millis) -> Taken {
        let reason = self.withdrawal.take().ok_or(CaseRefusal::WrongState)?.reason;
        self.cancel(&BranchState::CancelledByEnd { at: now }, now);
        self.state = CaseState::Withdrawn { end: end(asker, &reason, "", now) };
        Ok(CaseChange::CaseWithdrawn { reason })
    }
}
