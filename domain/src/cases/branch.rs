//! Branches (分支): departments that review a case side by side, and the join that waits for them.

use protocol::Millis;
use protocol::catalogue::{JoinRule, Voice};
use serde::{Deserialize, Serialize};

use super::clock::Ledger;

/// One department's review in one round. What is cancelled is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    pub department: String,
    pub round: i64,
    #[serde(default)]
    pub voice: Voice,
    /// The department's own system that answers; empty: its reviewers do.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub system: String,
    /// The step's limit; 0: none of its own.
    #[serde(default)]
    pub days: u16,
    pub ledger: Ledger,
    /// Whose it is (承办人).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewer: Option<String>,
    /// Colleagues asked for advice or a signature.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consulted: Vec<Consulted>,
    /// Whose word an answer on behalf of somebody counts as, beside the one under whose name it stands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spoken_with: Vec<String>,
    pub state: BranchState,
}

/// A colleague asked in a branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consulted {
    /// Delegation (委托) by whom, or a countersignature (加签) asked by whom.
    pub asked_by: String,
    pub to: String,
    pub countersign: bool,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub question: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Consultation>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consultation {
    pub agrees: bool,
    pub opinion: String,
    pub at: Millis,
    /// The substitute who answered, where the person asked was on leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_by: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum BranchState {
    Open,
    Approved {
        by: String,
        opinion: String,
        at: Millis,
    },
    Refused {
        by: String,
        opinion: String,
        at: Millis,
    },
    /// 无需办理: counts as done.
    NotApplicable {
        by: String,
        reason: String,
        at: Millis,
    },
    /// Another department's veto ended the round.
    CancelledByVeto {
        at: Millis,
    },
    CancelledByReturn {
        at: Millis,
    },
    /// The join had enough answers without it.
    CancelledByJoin {
        at: Millis,
    },
    CancelledByEnd {
        at: Millis,
    },
}

impl BranchState {
    /// Who gave an answer.
    pub fn by(&self) -> Option<&str> {
        match self {
            BranchState::Approved { by, .. }
            | BranchState::Refused { by, .. }
            | BranchState::NotApplicable { by, .. } => Some(by),
            _ => None,
        }
    }

    /// The answer in words, or why there is none to give.
    pub fn opinion(&self) -> &str {
        match self {
            BranchState::Approved { opinion, .. } | BranchState::Refused { opinion, .. } => opinion,
            BranchState::NotApplicable { reason, .. } => reason,
            _ => "",
        }
    }

    /// When it came to its end.
    pub fn at(&self) -> Option<Millis> {
        match self {
            BranchState::Open => None,
            BranchState::Approved { at, .. }
            | BranchState::Refused { at, .. }
            | BranchState::NotApplicable { at, .. }
            | BranchState::CancelledByVeto { at }
            | BranchState::CancelledByReturn { at }
            | BranchState::CancelledByJoin { at }
            | BranchState::CancelledByEnd { at } => Some(*at),
        }
    }
}

impl Branch {
    pub fn is_open(&self) -> bool {
        self.state == BranchState::Open
    }

    /// Open and not held up by a special procedure.
    pub fn is_working(&self) -> bool {
        self.is_open() && !self.ledger.is_paused()
    }

    /// A colleague's signature is still asked for.
    pub fn awaits_countersign(&self) -> bool {
        self.consulted.iter().any(|c| c.countersign && c.answer.is_none())
    }

    /// What is asked of a person and not answered yet.
    pub fn asked_of(&self, username: &str, countersign: bool) -> bool {
        self.consulted.iter().any(|c| c.to == username && c.countersign == countersign && c.answer.is_none())
    }

    /// Everybody who had a say: none of them signs the decision.
    pub fn voices(&self) -> impl Iterator<Item = &str> {
        let answered = self.consulted.iter().filter(|c| c.answer.is_some()).map(|c| c.to.as_str());
        self.state.by().into_iter().chain(answered).chain(self.spoken_with.iter().map(String::as_str))
    }

    /// Whether somebody gave a countersignature here, or gave one on behalf of whom it was asked.
    pub fn countersigned_by(&self, username: &str) -> bool {
        self.consulted.iter().filter(|asked| asked.countersign).any(|asked| {
            let signed = |answer: &Consultation| asked.to == username || answer.given_by.as_deref() == Some(username);
            asked.answer.as_ref().is_some_and(signed)
        })
    }
}

/// What a round has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Joined {
    /// Answers are still awaited.
    Open,
    Approved,
    /// With the department and the reason that decided it.
    Refused {
        department: String,
        reason: String,
        veto: bool,
    },
}

/// Whether the branches of one round have said enough. Each branch is counted by its department, so that no two answers of one
/// branch stand for two branches.
pub fn join<'a>(rule: &JoinRule, round: &(impl Iterator<Item = &'a Branch> + Clone)) -> Joined {
    let refused = |branch: &Branch, veto| Joined::Refused {
        department: branch.department.clone(),
        reason: branch.state.opinion().to_owned(),
        veto,
    };
    let said_no = |branch: &&Branch| matches!(branch.state, BranchState::Refused { .. });
    if let Some(vetoed) = round.clone().find(|b| b.voice == Voice::Veto && said_no(b)) {
        return refused(vetoed, true);
    }
    let counting = round.clone().filter(|branch| branch.voice != Voice::Advisory);
    let approvals = counting.clone().filter(|b| matches!(b.state, BranchState::Approved { .. })).count();
    let open = counting.clone().filter(|branch| branch.is_open()).count();
    let first_no = counting.clone().find(said_no);
    let needs = |approvals_needed: usize| {
        let relevant = counting.clone().filter(|b| !matches!(b.state, BranchState::NotApplicable { .. })).count();
        let needed = approvals_needed.min(relevant);
        if approvals >= needed {
            Joined::Approved
        } else if approvals + open >= needed {
            Joined::Open
        } else {
            first_no.map_or(Joined::Open, |branch| refused(branch, false))
        }
    };
    let all = || {
        if round.clone().any(Branch::is_open) {
            return Joined::Open;
        }
        first_no.map_or(Joined::Approved, |branch| refused(branch, false))
    };
    match rule {
        JoinRule::All => all(),
        JoinRule::Any => needs(1),
        JoinRule::AtLeast { approvals } => needs(usize::from(*approvals)),
        JoinRule::Lead { department } => {
            match round.clone().find(|b| b.department == *department).map(|b| (b, &b.state)) {
                Some((_, BranchState::Approved { .. })) => Joined::Approved,
                Some((lead, BranchState::Refused { .. })) => refused(lead, false),
                Some((_, BranchState::Open)) => Joined::Open,
                // The lead has nothing to decide: the others do.
                _ => all(),
            }
        }
    }
}
