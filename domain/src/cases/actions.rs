//! The steps of a case: who may take them, from which state, and what they do.

use protocol::Millis;
use protocol::case::{CaseAction, CheckedDocument};
use protocol::staff::{Role, User};

use super::{Branch, BranchState, Case, CaseEvent, CaseRefusal, CaseState, Correction, Decision};

/// A step, with what it needs. `text` is an opinion, reason or note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    CheckDocuments(Vec<CheckedDocument>),
    NotifyCorrection {
        note: String,
    },
    Supply,
    Accept,
    Approve {
        opinion: String,
    },
    Veto {
        reason: String,
    },
    /// By a reviewer: back to the hall. By the signer: back to the reviewers.
    Return {
        reason: String,
    },
    Resubmit {
        note: String,
    },
    Grant {
        opinion: String,
    },
    Refuse {
        reason: String,
    },
    Complete,
    /// The collector's name is checked here and kept by storage.
    Deliver {
        collected_by: String,
    },
    Withdraw {
        reason: String,
    },
}

impl Action {
    pub fn kind(&self) -> CaseAction {
        match self {
            Action::CheckDocuments(_) => CaseAction::CheckDocuments,
            Action::NotifyCorrection { .. } => CaseAction::NotifyCorrection,
            Action::Supply => CaseAction::Supply,
            Action::Accept => CaseAction::Accept,
            Action::Approve { .. } => CaseAction::Approve,
            Action::Veto { .. } => CaseAction::Veto,
            Action::Return { .. } => CaseAction::Return,
            Action::Resubmit { .. } => CaseAction::Resubmit,
            Action::Grant { .. } => CaseAction::Grant,
            Action::Refuse { .. } => CaseAction::Refuse,
            Action::Complete => CaseAction::Complete,
            Action::Deliver { .. } => CaseAction::Deliver,
            Action::Withdraw { .. } => CaseAction::Withdraw,
        }
    }

    /// The text that must not be empty.
    fn required_text(&self) -> Option<&str> {
        match self {
            Action::Approve { opinion: text }
            | Action::Veto { reason: text }
            | Action::Return { reason: text }
            | Action::Resubmit { note: text }
            | Action::Refuse { reason: text }
            | Action::Withdraw { reason: text }
            | Action::Deliver { collected_by: text } => Some(text),
            _ => None,
        }
    }
}

impl Case {
    /// Takes a step. Refused, the case given is to be kept as it was.
    pub fn apply(mut self, asker: &User, action: Action, now: Millis) -> Result<(Case, CaseEvent), CaseRefusal> {
        self.may(asker, action.kind())?;
        if action.required_text().is_some_and(|text| text.trim().is_empty()) {
            return Err(CaseRefusal::OpinionRequired);
        }
        let case_no = self.case_no.clone();
        let by = asker.username.clone();
        let event = match action {
            Action::CheckDocuments(checked) => {
                for check in &checked {
                    let document = self
                        .documents
                        .iter_mut()
                        .find(|d| d.key == check.key)
                        .ok_or_else(|| CaseRefusal::UnknownDocument(check.key.clone()))?;
                    document.status = check.status;
                }
                CaseEvent::DocumentsChecked { case_no, missing: self.missing() }
            }
            Action::NotifyCorrection { note } => {
                if self.correction.is_some() {
                    return Err(CaseRefusal::CorrectionAlreadyGiven);
                }
                let documents = self.missing();
                if documents.is_empty() && note.trim().is_empty() {
                    return Err(CaseRefusal::OpinionRequired);
                }
                self.correction = Some(Correction { at: now, by, documents: documents.clone(), note: note.clone() });
                self.state = CaseState::Correction { since: now };
                CaseEvent::CorrectionNotified { case_no, documents, note }
            }
            Action::Supply => {
                self.state = CaseState::Received { since: now };
                CaseEvent::PapersSupplied { case_no }
            }
            Action::Accept => {
                let missing = self.missing();
                if !missing.is_empty() {
                    return Err(CaseRefusal::DocumentsMissing(missing));
                }
                self.accepted_at = Some(now);
                self.open_round();
                self.state = CaseState::Accepted { since: now, returned: None };
                CaseEvent::CaseAccepted { case_no, departments: self.review_departments.clone() }
            }
            Action::Approve { opinion } => {
                let department = self.own_branch(asker)?;
                self.answer(&department, BranchState::Approved { by, opinion: opinion.clone(), at: now });
                let joined = self.branches.iter().all(|b| b.state != BranchState::Open);
                self.state =
                    if joined { CaseState::InApproval { since: now } } else { CaseState::InReview { since: now } };
                CaseEvent::BranchApproved { case_no, department, opinion, joined }
            }
            Action::Veto { reason } => {
                let department = self.own_branch(asker)?;
                self.answer(&department, BranchState::Refused { by, opinion: reason.clone(), at: now });
                self.cancel_open(&BranchState::CancelledByVeto { at: now });
                self.state =
                    CaseState::DecidedRefused { decision: Decision { by: None, at: now, reason: reason.clone() } };
                CaseEvent::BranchVetoed { case_no, department, reason }
            }
            Action::Return { reason } => {
                if matches!(self.state, CaseState::InApproval { .. }) {
                    self.open_round();
                    self.state = CaseState::InReview { since: now };
                    CaseEvent::DecisionReturned { case_no, reason }
                } else {
                    let department = self.own_branch(asker)?;
                    self.cancel_open(&BranchState::CancelledByReturn { at: now });
                    self.state = CaseState::Accepted { since: now, returned: Some(reason.clone()) };
                    CaseEvent::ReviewReturned { case_no, department, reason }
                }
            }
            Action::Resubmit { note } => {
                self.open_round();
                self.state = CaseState::InReview { since: now };
                CaseEvent::CaseResubmitted { case_no, note }
            }
            Action::Grant { opinion } => {
                let decision = Decision { by: Some(by), at: now, reason: opinion.clone() };
                self.state = CaseState::DecidedGranted { decision };
                CaseEvent::CaseGranted { case_no, opinion }
            }
            Action::Refuse { reason } => {
                let decision = Decision { by: Some(by), at: now, reason: reason.clone() };
                self.state = CaseState::DecidedRefused { decision };
                CaseEvent::CaseRefused { case_no, reason }
            }
            Action::Complete => {
                let (decision, granted) = self.state.decision().ok_or(CaseRefusal::WrongState)?;
                self.state = CaseState::Completed { granted, decision: decision.clone(), at: now };
                CaseEvent::CaseCompleted { case_no }
            }
            Action::Deliver { .. } => {
                let (decision, granted) = self.state.decision().ok_or(CaseRefusal::WrongState)?;
                self.state = CaseState::Delivered { granted, decision: decision.clone(), at: now };
                CaseEvent::CaseDelivered { case_no }
            }
            Action::Withdraw { reason } => {
                self.cancel_open(&BranchState::CancelledByReturn { at: now });
                self.state = CaseState::Withdrawn { at: now, reason: reason.clone() };
                CaseEvent::CaseWithdrawn { case_no, reason }
            }
        };
        Ok((self, event))
    }

    /// Whether state and role allow a step; what it says is checked when it is taken.
    pub(super) fn may(&self, asker: &User, action: CaseAction) -> Result<(), CaseRefusal> {
        let state_allows = match (action, &self.state) {
            (
                CaseAction::CheckDocuments | CaseAction::NotifyCorrection | CaseAction::Accept,
                CaseState::Received { .. },
            )
            | (CaseAction::CheckDocuments | CaseAction::Supply, CaseState::Correction { .. })
            | (CaseAction::Resubmit, CaseState::Accepted { returned: Some(_), .. })
            | (
                CaseAction::Approve | CaseAction::Veto | CaseAction::Return,
                CaseState::Accepted { returned: None, .. } | CaseState::InReview { .. },
            )
            | (CaseAction::Return | CaseAction::Grant | CaseAction::Refuse, CaseState::InApproval { .. })
            | (CaseAction::Complete, CaseState::DecidedGranted { .. } | CaseState::DecidedRefused { .. })
            | (CaseAction::Deliver, CaseState::Completed { .. }) => true,
            (CaseAction::Withdraw, state) => {
                state.decision().is_none() && !matches!(state, CaseState::Withdrawn { .. })
            }
            _ => false,
        };
        if !state_allows {
            // A reviewer whose round was ended by another is told so, not that the case is wrong.
            let ended = matches!(action, CaseAction::Approve | CaseAction::Veto)
                && self.branches.iter().any(|b| asker.department.as_deref() == Some(&b.department));
            return Err(if ended { CaseRefusal::TaskClosed } else { CaseRefusal::WrongState });
        }
        match action {
            CaseAction::Approve | CaseAction::Veto => self.own_branch(asker).map(|_| ()),
            CaseAction::Return if !matches!(self.state, CaseState::InApproval { .. }) => {
                self.own_branch(asker).map(|_| ())
            }
            CaseAction::Return | CaseAction::Grant | CaseAction::Refuse => self.is_signer(asker),
            CaseAction::Complete => {
                let officer = asker.roles.iter().any(|r| matches!(r, Role::Reviewer | Role::Signer));
                (officer && asker.department.as_deref() == Some(&self.department))
                    .then_some(())
                    .ok_or(CaseRefusal::Forbidden)
            }
            _ => (asker.roles.contains(&Role::Clerk) && asker.hall.as_deref() == Some(&self.hall))
                .then_some(())
                .ok_or(CaseRefusal::Forbidden),
        }
    }

    /// The asker's department, where its branch of this round is open and the asker reviews for it.
    fn own_branch(&self, asker: &User) -> Result<String, CaseRefusal> {
        let department = asker
            .department
            .as_deref()
            .filter(|_| asker.roles.contains(&Role::Reviewer))
            .ok_or(CaseRefusal::Forbidden)?;
        let mut mine = self.branches.iter().filter(|b| b.department == department).peekable();
        if mine.peek().is_none() {
            return Err(CaseRefusal::Forbidden);
        }
        if mine.any(|b| b.state == BranchState::Open) {
            Ok(department.to_owned())
        } else {
            Err(CaseRefusal::TaskClosed)
        }
    }

    /// Four eyes (审批分离): whoever gave an opinion in any round never signs.
    fn is_signer(&self, asker: &User) -> Result<(), CaseRefusal> {
        let signs = asker.roles.contains(&Role::Signer) && asker.department.as_deref() == Some(&self.department);
        if !signs {
            return Err(CaseRefusal::Forbidden);
        }
        let reviewed = self.branches.iter().any(|b| b.state.by() == Some(&asker.username));
        if reviewed { Err(CaseRefusal::SignerIsReviewer) } else { Ok(()) }
    }

    fn open_round(&mut self) {
        let round = self.round() + 1;
        self.branches.extend(self.review_departments.iter().map(|department| Branch {
            department: department.clone(),
            round,
            state: BranchState::Open,
        }));
    }

    fn answer(&mut self, department: &str, answer: BranchState) {
        let open = |b: &&mut Branch| b.department == department && b.state == BranchState::Open;
        if let Some(branch) = self.branches.iter_mut().find(open) {
            branch.state = answer;
        }
    }

    fn cancel_open(&mut self, cancelled: &BranchState) {
        for branch in self.branches.iter_mut().filter(|b| b.state == BranchState::Open) {
            branch.state = cancelled.clone();
        }
    }
}
