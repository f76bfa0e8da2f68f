//! What no situation ever reaches, and joins that some situation could never fulfil: every combination of answers is tried.

use std::ops::ControlFlow;

use protocol::catalogue::{Item, JoinRule, Voice};

use super::super::situations::Situations;
use super::super::situations::condition::Given;
use super::{Faults, Unfit};

/// The most combinations that are tried. Three questions of five choices have 125.
const MOST_SITUATIONS: usize = 20_000;

/// What the combinations have shown so far.
struct Reached {
    situations: usize,
    questions: Vec<bool>,
    documents: Vec<bool>,
    fees: Vec<bool>,
    fields: Vec<bool>,
    branches: Vec<bool>,
    /// The fewest branches that apply together and count in a join, and in which situation.
    fewest: Option<(usize, String)>,
    /// A situation in which branches apply and the lead department is not among them.
    without_lead: Option<String>,
}

pub(super) fn check(item: &Item, faults: &mut Faults) {
    let situations = Situations::of(item);
    let mut reached = Reached {
        situations: 0,
        questions: vec![false; item.questions.len()],
        documents: vec![false; item.documents.len()],
        fees: vec![false; item.fees.len()],
        fields: vec![false; item.form.len()],
        branches: vec![false; item.branches.len()],
        fewest: None,
        without_lead: None,
    };
    let outcome = situations.each_combination(&mut |given, applicable| {
        reached.situations += 1;
        if reached.situations > MOST_SITUATIONS {
            return ControlFlow::Break(());
        }
        for (question, seen) in item.questions.iter().zip(&mut reached.questions) {
            *seen |= given.get(&question.key).is_some();
        }
        for (seen, places) in [
            (&mut reached.documents, &applicable.documents),
            (&mut reached.fees, &applicable.fees),
            (&mut reached.fields, &applicable.fields),
            (&mut reached.branches, &applicable.branches),
        ] {
            for place in places {
                seen[*place] = true;
            }
        }
        // An opinion is no approval, so an advisory branch does not count.
        let counting = |place: &&usize| item.branches[**place].voice != Voice::Advisory;
        let together = applicable.branches.iter().filter(counting).count();
        if reached.fewest.as_ref().is_none_or(|(fewest, _)| together < *fewest) {
            reached.fewest = Some((together, words(given)));
        }
        if let JoinRule::Lead { department } = &item.join
            && applicable.branches.iter().all(|place| item.branches[*place].department != *department)
        {
            reached.without_lead.get_or_insert_with(|| words(given));
        }
        ControlFlow::Continue(())
    });
    if outcome.is_break() {
        faults.add("questions", Unfit::TooManySituations(MOST_SITUATIONS));
        return;
    }
    for (list, seen, reason) in [
        ("questions", &reached.questions, Unfit::NeverAsked),
        ("documents", &reached.documents, Unfit::NeverApplies),
        ("fees", &reached.fees, Unfit::NeverApplies),
        ("form", &reached.fields, Unfit::NeverApplies),
        ("branches", &reached.branches, Unfit::NeverApplies),
    ] {
        for (place, _) in (0..).zip(seen).filter(|(_, seen)| !**seen) {
            let place: usize = place;
            faults.add(format!("{list}.{place}.when"), reason.clone());
        }
    }
    check_join(item, reached, faults);
}

fn check_join(item: &Item, reached: Reached, faults: &mut Faults) {
    if item.branches.is_empty() {
        return;
    }
    if let (JoinRule::AtLeast { approvals }, Some((branches, situation))) = (&item.join, reached.fewest)
        && usize::from(*approvals) > branches
    {
        faults.add("join.approvals", Unfit::JoinOutOfReach { approvals: *approvals, branches, situation });
    }
    if let (JoinRule::Lead { department }, Some(situation)) = (&item.join, reached.without_lead)
        && item.branches.iter().any(|branch| branch.department == *department)
    {
        faults.add("join.department", Unfit::LeadMayBeAbsent { department: department.clone(), situation });
    }
}

/// `premises=rented, size=large`; empty where nothing is asked.
fn words(given: &Given<'_>) -> String {
    given.iter().map(|(question, choice)| format!("{question}={choice}")).collect::<Vec<_>>().join(", ")
}
