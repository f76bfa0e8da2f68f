//! Who may take which step from which state: the transition table of the approval reference, section 2.2. What is not listed is refused.

use protocol::case::{CaseAction, DocumentStatus};
use protocol::catalogue::{Extender, Handling};
use protocol::staff::{Role, User};

use super::clocks::{intake_due, lapse_due};
use super::{Asker, Branch, Case, CaseRefusal, CaseState, Moment, Proposal, SpecialProcedure};

impl Case {
    /// Whether state and asker allow a step; what it says is checked when it is taken.
    pub(super) fn may(&self, asker: &Asker<'_>, action: CaseAction, moment: &Moment<'_>) -> Result<(), CaseRefusal> {
        if !self.state_allows(action) {
            return Err(self.closed_to(asker, action));
        }
        // On behalf: the absent person could take it, and so may the substitute.
        if let Asker::Substitute { absent, .. } = asker {
            self.asker_may(&Asker::Staff(absent), action, moment)?;
        }
        self.asker_may(asker, action, moment)
    }

    fn state_allows(&self, action: CaseAction) -> bool {
        let state = &self.state;
        let undecided = !state.is_over() && state.decision().is_none();
        let accepted = undecided && !state.before_acceptance();
        let in_approval = matches!(state, CaseState::InApproval { .. });
        let returned = matches!(state, CaseState::Accepted { returned: Some(_), .. });
        match action {
            CaseAction::Receive => matches!(state, CaseState::Submitted { .. }),
            CaseAction::CheckDocuments => {
                matches!(state, CaseState::Received { .. } | CaseState::Correction { .. }) || returned
            }
            CaseAction::NotifyCorrection
            | CaseAction::Accept
            | CaseAction::RefuseAcceptance
            | CaseAction::NotRequired
            | CaseAction::DeemAccepted => matches!(state, CaseState::Received { .. }),
            CaseAction::Supply | CaseAction::Lapse => matches!(state, CaseState::Correction { .. }),
            CaseAction::SupplyDeferred => {
                state.end().is_none()
                    && self.accepted_at.is_some()
                    && self.documents.iter().any(|d| d.status == DocumentStatus::Deferred)
            }
            CaseAction::StartReview
            | CaseAction::Approve
            | CaseAction::Object
            | CaseAction::NotApplicable
            | CaseAction::Reassign
            | CaseAction::Delegate
            | CaseAction::Advise
            | CaseAction::AskCountersign
            | CaseAction::Countersign => state.in_review(),
            CaseAction::Return | CaseAction::AskSpecial => state.in_review() || in_approval,
            CaseAction::Resubmit => returned,
            CaseAction::ApproveSpecial | CaseAction::DeclineSpecial => {
                self.special_procedures.iter().any(SpecialProcedure::is_asked)
            }
            CaseAction::CloseSpecial => self.special_procedures.iter().any(SpecialProcedure::is_open),
            CaseAction::Extend => accepted && !matches!(state, CaseState::Special { .. }),
            CaseAction::Grant | CaseAction::Refuse => in_approval,
            CaseAction::Complete => {
                matches!(state, CaseState::DecidedGranted { .. } | CaseState::DecidedRefused { .. })
            }
            CaseAction::Deliver => matches!(state, CaseState::Completed { .. }),
            CaseAction::Withdraw => undecided && self.withdrawal.is_none(),
            CaseAction::ConfirmWithdrawal | CaseAction::DeclineWithdrawal => undecided && self.withdrawal.is_some(),
            CaseAction::Terminate => {
                returned
                    || matches!(
                        state,
                        CaseState::InReview { .. } | CaseState::InApproval { .. } | CaseState::Special { .. }
                    )
            }
            CaseAction::Revoke => {
                matches!(state, CaseState::Completed { granted: true, .. } | CaseState::Delivered { granted: true, .. })
            }
            CaseAction::ChargeFee => !state.is_over() && !matches!(state, CaseState::Submitted { .. }),
            CaseAction::AttachFile => undecided || !self.outstanding().is_empty() && state.end().is_none(),
            CaseAction::DetachFile => state.before_acceptance(),
            CaseAction::Pull => {
                matches!(state, CaseState::Received { .. } | CaseState::Correction { .. }) || accepted && !in_approval
            }
        }
    }

    /// A reviewer whose round was ended by another is told so, not that the case is wrong.
    fn closed_to(&self, asker: &Asker<'_>, action: CaseAction) -> CaseRefusal {
        let answers = matches!(action, CaseAction::Approve | CaseAction::Object | CaseAction::NotApplicable);
        if answers && self.branches.iter().any(|b| asker.department() == Some(&b.department)) {
            CaseRefusal::TaskClosed
        } else {
            CaseRefusal::WrongState
        }
    }

    fn asker_may(&self, asker: &Asker<'_>, action: CaseAction, moment: &Moment<'_>) -> Result<(), CaseRefusal> {
        let clerk = self.is_clerk(asker);
        let officer = self.is_of_department(asker, &[Role::IntakeOfficer]);
        let leader = self.is_of_department(asker, &[Role::Leader]);
        let applicant = matches!(asker, Asker::Applicant);
        let one_sitting = self.terms.handling == Handling::Immediate && self.terms.one_pair_of_eyes && clerk;
        let right = |may: bool| if may { Ok(()) } else { Err(CaseRefusal::Forbidden) };
        match action {
            CaseAction::Accept if self.terms.department_accepts => right(officer),
            CaseAction::CheckDocuments | CaseAction::Accept => right(clerk || officer),
            CaseAction::NotifyCorrection => {
                right(clerk || officer)?;
                self.within_intake(moment)
            }
            CaseAction::Receive if matches!(asker, Asker::System) => match self.within_intake(moment) {
                Err(_) => Ok(()),
                Ok(()) => Err(CaseRefusal::IntakeRunning(intake_due(self, moment.calendar).unwrap_or(moment.today()))),
            },
            CaseAction::Receive => right(clerk || officer && self.terms.department_accepts),
            CaseAction::Resubmit | CaseAction::Deliver => right(clerk),
            CaseAction::ChargeFee => right(clerk || officer),
            CaseAction::Supply | CaseAction::AttachFile | CaseAction::DetachFile | CaseAction::SupplyDeferred => {
                right(clerk || applicant)
            }
            CaseAction::RefuseAcceptance | CaseAction::NotRequired => right(officer),
            CaseAction::StartReview => match self.own_branch(asker)? {
                branch if branch.reviewer.is_some() => Err(CaseRefusal::AskedAlready),
                _ => Ok(()),
            },
            CaseAction::Approve | CaseAction::Object | CaseAction::NotApplicable => {
                let branch = self.own_branch(asker)?;
                // A countersignature is a second pair of eyes on the branch's answer.
                if branch.countersigned_by(&asker.name()) {
                    return Err(CaseRefusal::SamePerson);
                }
                if branch.awaits_countersign() { Err(CaseRefusal::CountersignAwaited) } else { Ok(()) }
            }
            CaseAction::Delegate | CaseAction::AskCountersign => self.own_branch(asker).map(|_| ()),
            CaseAction::Reassign => self.reassignable_branch(asker).map(|_| ()),
            CaseAction::Advise => self.asked_branch(asker, false).map(|_| ()),
            CaseAction::Countersign => {
                let branch = self.asked_branch(asker, true)?;
                let own_answer = branch.reviewer.as_ref().is_some_and(|reviewer| *reviewer == asker.name());
                if own_answer { Err(CaseRefusal::SamePerson) } else { Ok(()) }
            }
            CaseAction::Return if matches!(self.state, CaseState::InApproval { .. }) => self.is_signer(asker),
            CaseAction::Return => self.own_branch(asker).map(|_| ()),
            CaseAction::AskSpecial => self.may_ask_special(asker),
            CaseAction::ApproveSpecial => {
                let asked = self.asked_special(asker).ok_or(CaseRefusal::Forbidden)?;
                let asked_it = asker.is(&asked.asked_by) || asked.asked_for.as_deref().is_some_and(|who| asker.is(who));
                if asked_it { Err(CaseRefusal::SamePerson) } else { Ok(()) }
            }
            CaseAction::DeclineSpecial => self.asked_special(asker).map(|_| ()).ok_or(CaseRefusal::Forbidden),
            CaseAction::CloseSpecial => self.closable_special(asker, moment).map(|_| ()).ok_or(CaseRefusal::Forbidden),
            CaseAction::Extend => {
                let head = match self.terms.extender {
                    Extender::AgencyHead => leader,
                    Extender::GovernmentHead => has_role(asker, Role::GovernmentHead),
                };
                right(head && self.terms.extension_days > 0)?;
                if self.extension.is_some() {
                    return Err(CaseRefusal::ExtendedAlready);
                }
                let due = self
                    .limit_clocks()
                    .into_iter()
                    .filter_map(|clock| clock.due(moment.calendar))
                    .min_by_key(|d| d.date);
                match due.filter(|due| moment.today() > due.date) {
                    Some(due) => Err(CaseRefusal::AlreadyDue(due.date)),
                    None => Ok(()),
                }
            }
            CaseAction::Grant | CaseAction::Refuse => {
                if !one_sitting {
                    self.is_signer(asker)?;
                }
                self.may_decide(action)
            }
            CaseAction::Complete => right(
                one_sitting || self.is_of_department(asker, &[Role::Reviewer, Role::Signer]) || self.answered_by(asker),
            ),
            CaseAction::Withdraw => right(clerk || applicant),
            CaseAction::ConfirmWithdrawal | CaseAction::DeclineWithdrawal => {
                right(officer || leader || self.is_of_department(asker, &[Role::Reviewer]))
            }
            CaseAction::Terminate | CaseAction::Revoke => right(leader),
            CaseAction::Pull => right(matches!(asker, Asker::System)),
            CaseAction::DeemAccepted => {
                right(matches!(asker, Asker::System))?;
                match self.within_intake(moment) {
                    Err(_) => Ok(()),
                    Ok(()) => {
                        Err(CaseRefusal::IntakeRunning(intake_due(self, moment.calendar).unwrap_or(moment.today())))
                    }
                }
            }
            CaseAction::Lapse => {
                right(matches!(asker, Asker::System) && self.terms.lapse_days > 0)?;
                match lapse_due(self, moment.calendar) {
                    Some(due) if moment.today() <= due => Err(CaseRefusal::LapseNotDue(due)),
                    _ => Ok(()),
                }
            }
        }
    }

    fn within_intake(&self, moment: &Moment<'_>) -> Result<(), CaseRefusal> {
        match intake_due(self, moment.calendar) {
            Some(due) if moment.today() > due => Err(CaseRefusal::IntakeOver(due)),
            _ => Ok(()),
        }
    }

    fn may_decide(&self, action: CaseAction) -> Result<(), CaseRefusal> {
        if self.withdrawal.is_some() {
            return Err(CaseRefusal::WithdrawalPending);
        }
        if action == CaseAction::Refuse {
            return Ok(());
        }
        if matches!(&self.state, CaseState::InApproval { proposal: Proposal::Refuse { veto: true, .. }, .. }) {
            return Err(CaseRefusal::Vetoed);
        }
        let outstanding = self.outstanding();
        if outstanding.is_empty() || self.terms.grant_before_deferred {
            Ok(())
        } else {
            Err(CaseRefusal::DeferredOutstanding(outstanding))
        }
    }

    fn is_clerk(&self, asker: &Asker<'_>) -> bool {
        let Some(user) = asker.user() else { return false };
        user.roles.contains(&Role::Clerk) && user.hall.as_deref() == Some(&self.hall)
    }

    /// Staff of the answering department with one of the roles.
    fn is_of_department(&self, asker: &Asker<'_>, roles: &[Role]) -> bool {
        serves(asker, &self.department, roles)
    }

    /// The answering department's own system.
    fn answered_by(&self, asker: &Asker<'_>) -> bool {
        let Asker::Department { code, .. } = asker else { return false };
        self.branches.iter().any(|b| b.department == *code && *code == self.department && !b.system.is_empty())
    }

    /// The open branch of the asker's department, where it is the asker's to answer.
    pub(super) fn own_branch(&self, asker: &Asker<'_>) -> Result<&Branch, CaseRefusal> {
        let reviews = has_role(asker, Role::Reviewer) || matches!(asker, Asker::Department { .. });
        let department = asker.department().filter(|_| reviews).ok_or(CaseRefusal::Forbidden)?;
        let mut mine = self.branches.iter().filter(|b| b.department == department).peekable();
        if mine.peek().is_none() {
            return Err(CaseRefusal::Forbidden);
        }
        let branch = mine.find(|b| b.is_open()).ok_or(CaseRefusal::TaskClosed)?;
        match asker {
            Asker::Department { .. } if branch.system.is_empty() => return Err(CaseRefusal::Forbidden),
            Asker::Staff(_) | Asker::Substitute { .. } if !branch.system.is_empty() => {
                return Err(CaseRefusal::AnsweredBySystem);
            }
            // What is nobody's yet, or the substitute's own, is not done on behalf of anybody.
            Asker::Substitute { absent, .. } if branch.reviewer.as_ref() != Some(&absent.username) => {
                return Err(CaseRefusal::Forbidden);
            }
            Asker::Staff(user) => {
                if let Some(reviewer) = branch.reviewer.as_ref().filter(|reviewer| **reviewer != user.username) {
                    return Err(CaseRefusal::TakenByAnother(reviewer.clone()));
                }
            }
            _ => {}
        }
        if branch.ledger.is_paused() { Err(CaseRefusal::BranchPaused) } else { Ok(branch) }
    }

    /// The reviewer passes a branch on, or the department's leader does.
    pub(super) fn reassignable_branch(&self, asker: &Asker<'_>) -> Result<&Branch, CaseRefusal> {
        let department = asker.department().ok_or(CaseRefusal::Forbidden)?;
        if !has_role(asker, Role::Leader) {
            return self.own_branch(asker);
        }
        let mut open = self.branches.iter().filter(|b| b.is_open() && b.system.is_empty());
        open.find(|b| b.department == department).ok_or(CaseRefusal::Forbidden)
    }

    pub(super) fn asked_branch(&self, asker: &Asker<'_>, countersign: bool) -> Result<&Branch, CaseRefusal> {
        let name = asker.asked_as();
        let mut open = self.branches.iter().filter(|branch| branch.is_open());
        open.find(|branch| branch.asked_of(&name, countersign)).ok_or(CaseRefusal::Forbidden)
    }

    fn may_ask_special(&self, asker: &Asker<'_>) -> Result<(), CaseRefusal> {
        let branch = self.special_place(asker)?;
        if self.terms.special_procedures.is_empty() {
            return Err(CaseRefusal::SpecialNotAllowed);
        }
        let taken = |special: &SpecialProcedure| special.branch == branch && (special.is_asked() || special.is_open());
        if self.special_procedures.iter().any(taken) { Err(CaseRefusal::SpecialAlready) } else { Ok(()) }
    }

    /// The branch that the asker's special procedure would hold up; `None` for the case that lies with the signer.
    pub(super) fn special_place(&self, asker: &Asker<'_>) -> Result<Option<String>, CaseRefusal> {
        if matches!(self.state, CaseState::InApproval { .. }) {
            let reviews = self.is_of_department(asker, &[Role::Reviewer]);
            return if reviews { Ok(None) } else { Err(CaseRefusal::Forbidden) };
        }
        Ok(Some(self.own_branch(asker)?.department.clone()))
    }

    /// The procedure that awaits the asker's word as the leader of the department that asked.
    pub(super) fn asked_special(&self, asker: &Asker<'_>) -> Option<&SpecialProcedure> {
        self.special_procedures
            .iter()
            .filter(|special| special.is_asked())
            .find(|special| serves(asker, special.branch.as_ref().unwrap_or(&self.department), &[Role::Leader]))
    }

    /// The open procedure that the asker may end: its reviewers and their own system, and the hall on the planned day.
    pub(super) fn closable_special(&self, asker: &Asker<'_>, moment: &Moment<'_>) -> Option<&SpecialProcedure> {
        self.special_procedures.iter().find(|special| {
            let department = special.branch.as_ref().unwrap_or(&self.department);
            let Some(planned_end) = special.planned_end() else { return false };
            match asker {
                Asker::System => moment.today() >= planned_end,
                Asker::Department { code, .. } => *code == department.as_str(),
                Asker::Staff(_) | Asker::Substitute { .. } => {
                    serves(asker, department, &[Role::Reviewer, Role::Leader])
                }
                Asker::Applicant => false,
            }
        })
    }

    /// Four eyes (审批分离): whoever had a say in any round never signs, nor whoever accepted what has no review.
    fn is_signer(&self, asker: &Asker<'_>) -> Result<(), CaseRefusal> {
        if !self.is_of_department(asker, &[Role::Signer]) {
            return Err(CaseRefusal::Forbidden);
        }
        let had_a_say = self.branches.iter().any(|branch| branch.voices().any(|voice| asker.is(voice)))
            || asker.is(&self.accepted_by) && self.terms.handling == Handling::Immediate;
        if had_a_say { Err(CaseRefusal::SignerIsReviewer) } else { Ok(()) }
    }
}

fn has_role(asker: &Asker<'_>, role: Role) -> bool {
    asker.user().is_some_and(|user| user.roles.contains(&role))
}

fn serves(asker: &Asker<'_>, department: &str, roles: &[Role]) -> bool {
    let of_department = |user: &User| user.department.as_deref() == Some(department);
    asker.user().is_some_and(|user| of_department(user) && user.roles.iter().any(|role| roles.contains(role)))
}
