//! Review (审查): branches answer, colleagues are asked, the join waits for enough.

use protocol::Millis;
use protocol::catalogue::SpecialKind;

use super::Taken;
use crate::cases::branch::{Consultation, Consulted, Joined, join};
use crate::cases::clock::Ledger;
use crate::cases::{Asker, Branch, BranchState, Case, CaseChange, CaseRefusal, CaseState, Moment, Proposal};

impl Case {
    pub(super) fn start_review(&mut self, asker: &Asker<'_>) -> Taken {
        let department = self.own_branch(asker)?.department.clone();
        self.open_branch(&department)?.reviewer = Some(asker.name());
        if let CaseState::Accepted { since, .. } = self.state {
            self.state = CaseState::InReview { since };
        }
        Ok(CaseChange::ReviewStarted { department })
    }

    pub(super) fn approve(&mut self, asker: &Asker<'_>, opinion: String, moment: &Moment<'_>) -> Taken {
        let state = BranchState::Approved { by: asker.name(), opinion: opinion.clone(), at: moment.now };
        let (department, joined) = self.answer(asker, state, moment)?;
        Ok(CaseChange::BranchApproved { department, opinion, joined })
    }

    pub(super) fn object(&mut self, asker: &Asker<'_>, reason: String, moment: &Moment<'_>) -> Taken {
        let state = BranchState::Refused { by: asker.name(), opinion: reason.clone(), at: moment.now };
        let (department, joined) = self.answer(asker, state, moment)?;
        let veto =
            matches!(&self.state, CaseState::InApproval { proposal: Proposal::Refuse { veto, .. }, .. } if *veto);
        Ok(CaseChange::BranchObjected { department, reason, joined, veto })
    }

    pub(super) fn not_applicable(&mut self, asker: &Asker<'_>, reason: String, moment: &Moment<'_>) -> Taken {
        let state = BranchState::NotApplicable { by: asker.name(), reason: reason.clone(), at: moment.now };
        let (department, joined) = self.answer(asker, state, moment)?;
        Ok(CaseChange::BranchNotApplicable { department, reason, joined })
    }

    /// Writes a branch's answer and looks whether the round has said enough.
    fn answer(
        &mut self,
        asker: &Asker<'_>,
        answer: BranchState,
        moment: &Moment<'_>,
    ) -> Result<(String, bool), CaseRefusal> {
        let department = self.own_branch(asker)?.department.clone();
        let branch = self.open_branch(&department)?;
        branch.state = answer;
        branch.spoken_with.extend(asker.on_behalf_of().map(str::to_owned));
        branch.reviewer.get_or_insert_with(|| asker.name());
        self.close_specials_of(Some(&department), moment.now);
        if let CaseState::Accepted { since, .. } = self.state {
            self.state = CaseState::InReview { since };
        }
        self.settle(moment);
        Ok((department, matches!(self.state, CaseState::InApproval { .. })))
    }

    /// Lets the join fire, and the case stand still where every unfinished branch does.
    pub(super) fn settle(&mut self, moment: &Moment<'_>) {
        if !self.state.in_review() || matches!(self.state, CaseState::Accepted { .. }) {
            return;
        }
        let now = moment.now;
        let joined = join(&self.terms.join, &self.current_branches());
        match joined {
            Joined::Open => self.stand_still_where_all_do(moment),
            Joined::Approved => {
                self.cancel(&BranchState::CancelledByJoin { at: now }, now);
                // Deferred papers are awaited in review: the signer gets what is whole.
                if self.outstanding().is_empty() || self.terms.grant_before_deferred {
                    self.propose(Proposal::Grant, moment);
                }
            }
            Joined::Refused { department, reason, veto } => {
                let cancelled = if veto {
                    BranchState::CancelledByVeto { at: now }
                } else {
                    BranchState::CancelledByJoin { at: now }
                };
                self.cancel(&cancelled, now);
                self.propose(Proposal::Refuse { department, reason, veto }, moment);
            }
        }
    }

    fn propose(&mut self, proposal: Proposal, moment: &Moment<'_>) {
        self.decision_ledger = Some(Ledger::start(moment.today()));
        self.state = CaseState::InApproval { since: moment.now, proposal };
    }

    fn stand_still_where_all_do(&mut self, moment: &Moment<'_>) {
        let open = self.current_branches().filter(|branch| branch.is_open());
        // Each open branch's reason for standing still; none at all as soon as one works on.
        let reasons: Option<Vec<SpecialKind>> = open.map(|branch| branch.ledger.paused_for()).collect();
        let Some(&why) = reasons.as_ref().and_then(|reasons| reasons.first()) else { return };
        if let Some(ledger) = self.ledger.as_mut() {
            ledger.pause(moment.today(), why);
        }
        let before = Box::new(self.state.clone());
        self.state = CaseState::Special { since: moment.now, before };
    }

    /// 退回: by a reviewer to the hall, by the signer to the reviewers. The limits run on.
    pub(super) fn send_back(&mut self, asker: &Asker<'_>, reason: String, moment: &Moment<'_>) -> Taken {
        let now = moment.now;
        if matches!(self.state, CaseState::InApproval { .. }) {
            self.close_specials_of(None, now);
            self.open_round(moment);
            self.state = CaseState::InReview { since: now };
            return Ok(CaseChange::DecisionReturned { reason });
        }
        let department = self.own_branch(asker)?.department.clone();
        self.cancel(&BranchState::CancelledByReturn { at: now }, now);
        self.state = CaseState::Accepted { since: now, returned: Some(reason.clone()) };
        Ok(CaseChange::ReviewReturned { department, reason })
    }

    pub(super) fn reassign(&mut self, asker: &Asker<'_>, to: String) -> Taken {
        let branch = self.reassignable_branch(asker)?;
        if to.trim().is_empty() || branch.reviewer.as_ref() == Some(&to) {
            return Err(CaseRefusal::NotAColleague(to));
        }
        let department = branch.department.clone();
        self.open_branch(&department)?.reviewer = Some(to.clone());
        Ok(CaseChange::BranchReassigned { department, to })
    }

    /// 委托 with a question, or 加签 without one.
    pub(super) fn ask_colleague(&mut self, asker: &Asker<'_>, to: String, question: Option<String>) -> Taken {
        let department = self.own_branch(asker)?.department.clone();
        let (asked_by, countersign) = (asker.name(), question.is_none());
        if to.trim().is_empty() || asker.is(&to) {
            return Err(CaseRefusal::NotAColleague(to));
        }
        let branch = self.open_branch(&department)?;
        if branch.asked_of(&to, countersign) {
            return Err(CaseRefusal::AskedAlready);
        }
        branch.reviewer.get_or_insert_with(|| asked_by.clone());
        let words = question.clone().unwrap_or_default();
        branch.consulted.push(Consulted { asked_by, to: to.clone(), countersign, question: words, answer: None });
        Ok(match question {
            Some(question) => CaseChange::BranchDelegated { department, to, question },
            None => CaseChange::CountersignAsked { department, to },
        })
    }

    pub(super) fn answer_colleague(
        &mut self,
        asker: &Asker<'_>,
        countersign: bool,
        agrees: bool,
        opinion: String,
        now: Millis,
    ) -> Taken {
        let department = self.asked_branch(asker, countersign)?.department.clone();
        let (name, substitute) = (asker.asked_as(), asker.on_behalf_of().map(|_| asker.name()));
        let branch = self.open_branch(&department)?;
        branch.spoken_with.extend(substitute.clone());
        let mine = |c: &&mut Consulted| c.to == name && c.countersign == countersign && c.answer.is_none();
        if let Some(asked) = branch.consulted.iter_mut().find(mine) {
            asked.answer = Some(Consultation { agrees, opinion: opinion.clone(), at: now, given_by: substitute });
        }
        Ok(if countersign {
            CaseChange::Countersigned { department, agrees, opinion }
        } else {
            CaseChange::AdviceGiven { department, opinion }
        })
    }

    pub(super) fn open_branch(&mut self, department: &str) -> Result<&mut Branch, CaseRefusal> {
        let mut open = self.branches.iter_mut().filter(|branch| branch.is_open());
        open.find(|branch| branch.department == department).ok_or(CaseRefusal::TaskClosed)
    }
}
