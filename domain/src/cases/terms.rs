//! What a case keeps of the item version it was taken in under: everything its rules ask for. A newer version changes nothing for it.

use protocol::catalogue::{DayUnit, Extender, Handling, Item, JoinRule, SpecialRule, Voice};
use serde::{Deserialize, Serialize};

use super::clock::Budget;
use super::joint::JointTerms;

/// The terms of a case (办理规则).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Terms {
    pub unit: DayUnit,
    /// 0: none.
    pub statutory_days: u16,
    pub promised_days: u16,
    pub review_days: u16,
    pub decision_days: u16,
    pub handling: Handling,
    /// The branches that apply to this case; empty only for 即办件.
    pub branches: Vec<BranchTerms>,
    pub join: JoinRule,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub special_procedures: Vec<SpecialRule>,
    pub extension_days: u16,
    pub extender: Extender,
    pub deferred_days: u16,
    pub grant_before_deferred: bool,
    pub lapse_days: u16,
    pub department_accepts: bool,
    pub one_pair_of_eyes: bool,
    pub bulk: bool,
    /// The names of the fees that may be charged, with their amounts in fen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fees: Vec<(String, i64)>,
    /// What its application promises as a whole; `None` where it was applied for by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joint: Option<JointTerms>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BranchTerms {
    pub department: String,
    /// 0: none of its own.
    pub days: u16,
    pub voice: Voice,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub system: String,
}

impl Terms {
    /// The terms of an item. `branches` and `fees` are the places of those that apply under the applicant's answers; `package` is what
    /// it was applied for with.
    pub fn of(item: &Item, branches: &[usize], fees: &[usize], package: Option<&Item>) -> Self {
        let mut applying: Vec<BranchTerms> = branches
            .iter()
            .filter_map(|place| item.branches.get(*place))
            .map(|branch| BranchTerms {
                department: branch.department.clone(),
                days: if branch.days > 0 { branch.days } else { item.review_days },
                voice: branch.voice,
                system: branch.system.clone(),
            })
            .collect();
        // Somebody reviews it: the answering department, where no other does. What is done in one sitting has no review.
        if applying.is_empty() && item.handling != Handling::Immediate {
            applying.push(BranchTerms {
                department: item.department.clone(),
                days: item.review_days,
                ..BranchTerms::default()
            });
        }
        Terms {
            unit: item.unit,
            statutory_days: item.statutory_days,
            promised_days: item.promised_days,
            review_days: item.review_days,
            decision_days: item.decision_days,
            handling: item.handling,
            branches: applying,
            join: item.join.clone(),
            special_procedures: item.special_procedures.clone(),
            extension_days: item.extension_days,
            extender: item.extender,
            deferred_days: item.deferred_days,
            grant_before_deferred: item.grant_before_deferred,
            lapse_days: item.lapse_days,
            department_accepts: item.department_accepts,
            one_pair_of_eyes: item.one_pair_of_eyes && item.handling == Handling::Immediate,
            bulk: item.bulk,
            fees: fees
                .iter()
                .filter_map(|place| item.fees.get(*place))
                .map(|fee| (fee.name.zh.clone(), fee.amount))
                .collect(),
            joint: package.map(JointTerms::of),
        }
    }

    /// A budget in the item's unit; `None` for 0 days.
    pub(super) fn budget(&self, days: u16, more: u16) -> Option<Budget> {
        (days > 0).then(|| Budget { days: u32::from(days) + u32::from(more), unit: self.unit })
    }
}
