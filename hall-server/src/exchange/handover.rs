//! Which messages a change of a case causes: what was opened for a department's own system is handed to it, what was ended
//! before it answered is taken back.

use exchange::messages::{HallMessage, HandOver, HandedDocument};
use protocol::Millis;

use crate::store::exchange::OutboxRow;

/// A branch as far as the exchange has to do with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BranchNow {
    pub department: String,
    pub round: i64,
    /// The department's own system; empty where its reviewers answer here.
    pub system: String,
    pub stands: Stands,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    Open,
    /// The department gave its answer.
    Answered,
    /// It ended without the department's answer.
    Ended,
}

/// What a system is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    HandOver,
    TakeBack,
}

/// What each system is to be told of a change, by the branches before and after it. A system that both ends one round and
/// begins the next in one change is told of the new round only: it replaces the old.
pub fn needs(before: &[BranchNow], after: &[BranchNow]) -> Vec<(BranchNow, Need)> {
    let was = |branch: &BranchNow| {
        before.iter().find(|b| b.department == branch.department && b.round == branch.round).map(|b| b.stands)
    };
    let mut needs: Vec<(BranchNow, Need)> = Vec::new();
    for branch in after.iter().filter(|branch| !branch.system.is_empty()) {
        match (was(branch), branch.stands) {
            (None, Stands::Open) => {
                needs.retain(|(other, _)| other.system != branch.system);
                needs.push((branch.clone(), Need::HandOver));
            }
            (Some(Stands::Open), Stands::Ended) => needs.push((branch.clone(), Need::TakeBack)),
            _ => {}
        }
    }
    needs
}

/// The open branches of departments' systems, which are told of papers that came later.
pub fn to_be_supplemented(after: &[BranchNow]) -> impl Iterator<Item = &BranchNow> {
    after.iter().filter(|branch| !branch.system.is_empty() && branch.stands == Stands::Open)
}

/// Where messages about an event are put.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub hall: &'a str,
    pub case_no: &'a str,
    /// The event's turn: it numbers the messages.
    pub turn: i64,
    pub now: Millis,
}

impl Place<'_> {
    /// A message to a system, ready for the outbox.
    pub fn row(&self, system: &str, message: &HallMessage) -> OutboxRow {
        let (kind, body) = message.parts();
        OutboxRow {
            id: format!("{}-{}-{system}", self.hall, self.turn),
            system: system.to_owned(),
            hall: self.hall.to_owned(),
            case_no: self.case_no.to_owned(),
            sequence: self.turn,
            kind,
            body: body.to_string(),
            created_at: self.now,
        }
    }

    /// The messages for what systems need to be told. `hand_over` writes the case for one branch.
    pub fn rows(
        &self,
        needs: &[(BranchNow, Need)],
        reason: &str,
        hand_over: impl Fn(&BranchNow) -> HandOver,
    ) -> Vec<OutboxRow> {
        needs
            .iter()
            .map(|(branch, need)| {
                let message = match need {
                    Need::HandOver => HallMessage::CaseAcceptedForReview(Box::new(hand_over(branch))),
                    Need::TakeBack => HallMessage::CaseWithdrawn { reason: reason.to_owned() },
                };
                self.row(&branch.system, &message)
            })
            .collect()
    }

    /// The messages about papers that came later.
    pub fn supplements(&self, after: &[BranchNow], documents: &[HandedDocument], note: &str) -> Vec<OutboxRow> {
        let message = HallMessage::DocumentsSupplemented { documents: documents.to_vec(), note: note.to_owned() };
        to_be_supplemented(after).map(|branch| self.row(&branch.system, &message)).collect()
    }
}

#[cfg(test)]
mod tests {
    use protocol::case::DocumentStatus;

    use super::*;

    fn branch(department: &str, round: i64, system: &str, stands: Stands) -> BranchNow {
        BranchNow { department: department.into(), round, system: system.into(), stands }
    }

    fn told(before: &[BranchNow], after: &[BranchNow]) -> Vec<(String, i64, Need)> {
        needs(before, after).into_iter().map(|(branch, need)| (branch.system, branch.round, need)).collect()
    }

    #[test]
    fn an_opened_branch_is_handed_to_its_own_system_and_others_are_not() {
        let after = [branch("market", 1, "market-sys", Stands::Open), branch("health", 1, "", Stands::Open)];
        assert_eq!(told(&[], &after), [("market-sys".to_owned(), 1, Need::HandOver)]);
        assert_eq!(told(&after, &after), [], "nothing changed, nothing to say");
    }

    #[test]
    fn the_departments_own_answer_is_not_told_to_it() {
        let before = [branch("market", 1, "market-sys", Stands::Open)];
        let after = [branch("market", 1, "market-sys", Stands::Answered)];
        assert_eq!(told(&before, &after), []);
    }

    #[test]
    fn a_branch_that_ended_without_an_answer_is_taken_back() {
        let before = [branch("market", 1, "market-sys", Stands::Open), branch("health", 1, "h", Stands::Answered)];
        let after = [branch("market", 1, "market-sys", Stands::Ended), branch("health", 1, "h", Stands::Answered)];
        assert_eq!(told(&before, &after), [("market-sys".to_owned(), 1, Need::TakeBack)]);
    }

    #[test]
    fn a_new_round_replaces_the_old() {
        let before = [branch("market", 1, "market-sys", Stands::Open)];
        let after = [branch("market", 1, "market-sys", Stands::Ended), branch("market", 2, "market-sys", Stands::Open)];
        assert_eq!(told(&before, &after), [("market-sys".to_owned(), 2, Need::HandOver)]);
    }

    #[test]
    fn a_message_is_numbered_by_the_event_that_caused_it() {
        let place = Place { hall: "district", case_no: "4403", turn: 17, now: 5 };
        let rows = place.rows(
            &[(branch("market", 1, "market-sys", Stands::Ended), Need::TakeBack)],
            "申请人撤回",
            |_| HandOver::default(),
        );
        assert_eq!((rows[0].id.as_str(), rows[0].sequence), ("district-17-market-sys", 17));
        assert_eq!((rows[0].kind.as_str(), rows[0].body.as_str()), ("case-withdrawn", r#"{"reason":"申请人撤回"}"#));
        let open = [branch("market", 1, "market-sys", Stands::Open), branch("health", 1, "", Stands::Open)];
        let papers = [HandedDocument {
            key: "d1".into(),
            name: "平面图".into(),
            status: DocumentStatus::Provided,
            files: Vec::new(),
        }];
        let rows = place.supplements(&open, &papers, "容缺补齐");
        assert_eq!(rows.iter().map(|row| row.kind.as_str()).collect::<Vec<_>>(), ["documents-supplemented"]);
    }
}
