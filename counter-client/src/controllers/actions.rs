//! The steps that a case offers, in the order and weight in which a desk shows them.

use protocol::case::{Case, CaseAction};

/// How a step is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// What the case is waiting for.
    Main,
    Secondary,
    /// It refuses or ends something, and asks once more.
    Grave,
}

/// Where a step stands: on the row of buttons, or in the menu of further steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Row,
    Menu,
}

use CaseAction as A;

/// Every step a person takes by a button. Papers and files have controls of their own beside the paper.
const SHOWN: &[(CaseAction, Weight, Place)] = &[
    (A::Receive, Weight::Main, Place::Row),
    (A::Approve, Weight::Main, Place::Row),
    (A::Grant, Weight::Main, Place::Row),
    (A::Resubmit, Weight::Main, Place::Row),
    (A::Complete, Weight::Main, Place::Row),
    (A::Deliver, Weight::Main, Place::Row),
    (A::Accept, Weight::Main, Place::Row),
    (A::Supply, Weight::Main, Place::Row),
    (A::Advise, Weight::Main, Place::Row),
    (A::Countersign, Weight::Main, Place::Row),
    (A::ApproveSpecial, Weight::Main, Place::Row),
    (A::ConfirmWithdrawal, Weight::Main, Place::Row),
    (A::SupplyDeferred, Weight::Main, Place::Row),
    (A::CloseSpecial, Weight::Main, Place::Row),
    (A::NotifyCorrection, Weight::Secondary, Place::Row),
    (A::Return, Weight::Secondary, Place::Row),
    (A::StartReview, Weight::Secondary, Place::Row),
    (A::NotApplicable, Weight::Secondary, Place::Menu),
    (A::DeclineSpecial, Weight::Secondary, Place::Row),
    (A::DeclineWithdrawal, Weight::Secondary, Place::Row),
    (A::AskSpecial, Weight::Secondary, Place::Menu),
    (A::Extend, Weight::Secondary, Place::Menu),
    (A::Reassign, Weight::Secondary, Place::Menu),
    (A::Delegate, Weight::Secondary, Place::Menu),
    (A::AskCountersign, Weight::Secondary, Place::Menu),
    (A::ChargeFee, Weight::Secondary, Place::Menu),
    (A::Object, Weight::Grave, Place::Row),
    (A::Refuse, Weight::Grave, Place::Row),
    (A::RefuseAcceptance, Weight::Grave, Place::Menu),
    (A::NotRequired, Weight::Grave, Place::Menu),
    (A::Withdraw, Weight::Grave, Place::Menu),
    (A::Terminate, Weight::Grave, Place::Menu),
    (A::Revoke, Weight::Grave, Place::Menu),
];

/// A step on offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offered {
    pub action: CaseAction,
    pub weight: Weight,
    pub place: Place,
}

/// The steps that the case offers the asker, in the order of the screen.
pub fn offered(case: &Case) -> Vec<Offered> {
    SHOWN
        .iter()
        .filter(|(action, ..)| case.actions.contains(action))
        .map(|(action, weight, place)| Offered { action: *action, weight: *weight, place: *place })
        .collect()
}

/// The steps of the menu.
pub fn further(case: &Case) -> Vec<Offered> {
    offered(case).into_iter().filter(|offered| offered.place == Place::Menu).collect()
}

/// The first step on offer with this weight: what a function key does.
pub fn first(case: &Case, weight: Weight) -> Option<CaseAction> {
    offered(case).into_iter().find(|offered| offered.weight == weight && offered.place == Place::Row).map(|o| o.action)
}

/// Whether the case still waits for this person: something more than what is always possible.
pub fn awaits(case: &Case) -> bool {
    first(case, Weight::Main).is_some()
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    #[test]
    fn every_step_of_a_person_has_a_place_on_the_screen() {
        let beside_the_paper = [A::CheckDocuments, A::AttachFile, A::DetachFile];
        let the_servers_own = [A::Pull, A::DeemAccepted, A::Lapse];
        for action in CaseAction::iter() {
            let times = SHOWN.iter().filter(|(shown, ..)| *shown == action).count();
            let elsewhere = beside_the_paper.contains(&action) || the_servers_own.contains(&action);
            assert_eq!(times, usize::from(!elsewhere), "{action:?}");
        }
    }
}
