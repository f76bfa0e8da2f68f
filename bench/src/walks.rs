//! The ways a case goes from intake to collection, step by step, and who takes each.

use protocol::case::{CheckedDocument, DocumentStatus, Step};
use protocol::catalogue::Item;
use serde::Serialize;

/// Who takes a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Person {
    /// The clerk at the window where the case was opened.
    Clerk,
    /// Of the department that answers for the item.
    Reviewer,
    /// Of the other department that reviews it.
    OtherReviewer,
    Signer,
}

use Person::{Clerk, OtherReviewer, Reviewer, Signer};

/// A case's way: its steps as they are sent.
#[derive(Debug)]
pub(crate) struct Walk(Vec<(Person, String)>);

impl Walk {
    /// One of four: granted at once, after a correction, after a return to the hall and another by the signer, or refused.
    pub(crate) fn of(number: usize, item: &Item) -> Self {
        let mut steps = Vec::new();
        match number % 4 {
            1 => corrected(item, &mut steps),
            _ => steps.push((Clerk, all_there(item))),
        }
        steps.push((Clerk, Step::Accept));
        steps.push((Reviewer, Step::StartReview));
        if number % 4 == 2 {
            returned(&mut steps);
        }
        steps.push((Reviewer, Step::Approve { opinion: "经营场所、设备布局符合要求，同意。".to_owned() }));
        if number % 4 == 3 {
            let reason = "从业人员健康证明已过有效期，现场冷荤操作间未设独立空调，不同意。".to_owned();
            steps.push((OtherReviewer, Step::Object { reason: reason.clone() }));
            steps.push((Signer, Step::Refuse { reason }));
        } else {
            steps.push((OtherReviewer, Step::Approve { opinion: "卫生条件符合要求。".to_owned() }));
            steps.push((Signer, Step::Grant { opinion: "准予许可。".to_owned() }));
        }
        steps.push((Reviewer, Step::Complete { result: None }));
        steps.push((Clerk, Step::Deliver { collected_by: "王晓梅".to_owned() }));
        Walk(steps.iter().map(|(person, step)| (*person, json(step))).collect())
    }

    pub(crate) fn steps(&self) -> &[(Person, String)] {
        &self.0
    }
}

/// Papers are asked for, come, and are ticked.
fn corrected(item: &Item, steps: &mut Vec<(Person, Step)>) {
    steps.push((Clerk, Step::NotifyCorrection { note: "申请书须由法定代表人签字。".to_owned() }));
    steps.push((Clerk, Step::Supply));
    steps.push((Clerk, all_there(item)));
}

/// A reviewer sends it back to the hall, the signer to the reviewers.
fn returned(steps: &mut Vec<(Person, Step)>) {
    steps.push((OtherReviewer, Step::Return { reason: "平面布局图与现场不一致，请申请人更正。".to_owned() }));
    steps.push((Clerk, Step::Resubmit { note: "已更正平面布局图。".to_owned() }));
    steps.push((Reviewer, Step::Approve { opinion: "同意。".to_owned() }));
    steps.push((OtherReviewer, Step::Approve { opinion: "同意。".to_owned() }));
    steps.push((Signer, Step::Return { reason: "请补充现场核查意见。".to_owned() }));
}

fn all_there(item: &Item) -> Step {
    let answers = tests::world::first_choices(item);
    let applies = domain::catalogue::situations::applies(item, &answers);
    let documents = applies.documents.iter().filter_map(|place| item.documents.get(*place));
    let checked =
        documents.map(|document| CheckedDocument { key: document.key.clone(), status: DocumentStatus::Provided });
    Step::CheckDocuments { documents: checked.collect() }
}

fn json<T: Serialize>(step: &T) -> String {
    serde_json::to_string(step).unwrap_or_default()
}
