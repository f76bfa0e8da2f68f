//! Stories of cases, told in the order of the transition table (approval reference, section 2.2).

mod intake;
mod joint;
mod properties;
mod review;
mod special;
mod substitution;
mod whole;

use std::sync::LazyLock;

use jiff::civil::{Date, date};
use protocol::case::{CheckedDocument, DocumentStatus};
use protocol::catalogue::{BranchRule, Handling, Item, JoinRule, RequiredDocument, SpecialKind, SpecialRule, Voice};
use protocol::staff::{Role, User};

use super::*;

static CALENDAR: LazyLock<Calendar> = LazyLock::new(Calendar::published);

/// Ten in the morning of a day in China.
fn on(day: Date) -> Moment<'static> {
    Moment { now: civil::instant(day.at(10, 0, 0, 0)), calendar: &CALENDAR }
}

/// Tuesday.
const TODAY: Date = date(2026, 9, 1);

fn today() -> Moment<'static> {
    on(TODAY)
}

fn staff(username: &str, roles: &[Role], hall: Option<&str>, department: Option<&str>) -> User {
    User {
        username: username.into(),
        name: username.into(),
        roles: roles.to_vec(),
        hall: hall.map(str::to_owned),
        department: department.map(str::to_owned),
    }
}

fn clerk() -> User {
    staff("clerk", &[Role::Clerk], Some("district"), None)
}

fn reviewer(department: &str) -> User {
    staff(&format!("reviewer-{department}"), &[Role::Reviewer], None, Some(department))
}

fn colleague(department: &str) -> User {
    staff(&format!("colleague-{department}"), &[Role::Reviewer], None, Some(department))
}

fn officer() -> User {
    staff("officer", &[Role::IntakeOfficer], None, Some("market"))
}

fn leader(department: &str) -> User {
    staff(&format!("leader-{department}"), &[Role::Leader], None, Some(department))
}

fn signer() -> User {
    staff("signer", &[Role::Signer], None, Some("market"))
}

/// A food business licence, which market and health review side by side and market decides.
fn food() -> Item {
    let document = |key: &str, mandatory| RequiredDocument { key: key.into(), mandatory, ..Default::default() };
    Item {
        code: "food".into(),
        version: 3,
        department: "market".into(),
        handling: Handling::Promised,
        statutory_days: 20,
        promised_days: 10,
        review_days: 6,
        decision_days: 2,
        documents: vec![
            document("form", true),
            RequiredDocument { material: "lease".into(), ..document("lease", true) },
            RequiredDocument { deferrable: true, ..document("plan", true) },
            RequiredDocument { commitment: true, ..document("hygiene", true) },
            document("photo", false),
        ],
        branches: vec![BranchRule::of("market"), BranchRule::of("health")],
        special_procedures: vec![SpecialRule {
            kind: SpecialKind::ExpertReview,
            basis: Default::default(),
            longest_days: 30,
        }],
        extension_days: 10,
        deferred_days: 5,
        lapse_days: 15,
        ..Item::default()
    }
}

fn opening(item: &Item) -> Opening<'_> {
    Opening {
        case_no: number::case_number("440304", 1, TODAY, 1),
        hall: "district".into(),
        application: "a1".into(),
        documents: (0..item.documents.len()).collect(),
        fees: (0..item.fees.len()).collect(),
        branches: (0..item.branches.len()).collect(),
        answers: Default::default(),
        item,
        package: None,
        ticket: Some(1),
        received_on: None,
    }
}

fn received_of(item: &Item) -> Case {
    opening(item).receive(&today()).0
}

fn received() -> Case {
    received_of(&food())
}

fn tick(documents: &[(&str, DocumentStatus)]) -> Step {
    let documents = documents.iter().map(|(key, status)| CheckedDocument { key: (*key).into(), status: *status });
    Step::CheckDocuments { documents: documents.collect() }
}

fn all_there() -> Step {
    tick(&["form", "lease", "plan", "hygiene"].map(|key| (key, DocumentStatus::Provided)))
}

trait Story: Sized {
    /// Takes a step that must be allowed.
    fn step(self, who: &User, step: Step) -> Case;
    fn step_on(self, day: Date, who: &User, step: Step) -> Case;
    /// What a step is refused with.
    fn refused(&self, who: &User, step: Step) -> CaseRefusal;
    fn refused_on(&self, day: Date, who: &User, step: Step) -> CaseRefusal;
    fn system(self, day: Date, step: Step) -> Result<Case, CaseRefusal>;
}

impl Story for Case {
    #[track_caller]
    fn step(self, who: &User, step: Step) -> Case {
        self.step_on(TODAY, who, step)
    }

    #[track_caller]
    fn step_on(self, day: Date, who: &User, step: Step) -> Case {
        let told = format!("{step:?} in {:?}", self.state);
        match self.apply(&Asker::Staff(who), step, &on(day)) {
            Ok((case, _)) => case,
            Err(refusal) => panic!("{told}: {refusal:?}"),
        }
    }

    #[track_caller]
    fn refused(&self, who: &User, step: Step) -> CaseRefusal {
        self.refused_on(TODAY, who, step)
    }

    #[track_caller]
    fn refused_on(&self, day: Date, who: &User, step: Step) -> CaseRefusal {
        self.clone().apply(&Asker::Staff(who), step, &on(day)).unwrap_err()
    }

    fn system(self, day: Date, step: Step) -> Result<Case, CaseRefusal> {
        self.apply(&Asker::System, step, &on(day)).map(|(case, _)| case)
    }
}

fn accepted() -> Case {
    received().step(&clerk(), all_there()).step(&clerk(), Step::Accept)
}

fn approve() -> Step {
    Step::Approve { opinion: "符合要求".into() }
}

fn object() -> Step {
    Step::Object { reason: "场所不符合卫生要求".into() }
}

fn in_approval() -> Case {
    accepted().step(&reviewer("health"), approve()).step(&reviewer("market"), approve())
}

fn grant() -> Step {
    Step::Grant { opinion: String::new() }
}

fn granted() -> Case {
    in_approval().step(&signer(), grant())
}

fn completed() -> Case {
    granted().step(&reviewer("market"), Step::Complete { result: None })
}

fn with_join(join: JoinRule, branches: Vec<BranchRule>) -> Case {
    let item = Item { join, branches, ..food() };
    received_of(&item).step(&clerk(), all_there()).step(&clerk(), Step::Accept)
}

fn vote(department: &str) -> BranchRule {
    BranchRule { voice: Voice::Vote, ..BranchRule::of(department) }
}
