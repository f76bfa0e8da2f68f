//! Cases at every place of their way, made by the rules themselves: what a large database is filled from.

use std::collections::HashSet;

use domain::calendar::Calendar;
use domain::cases::{Asker, Case, Moment, Opening, case_number};
use domain::catalogue::situations;
use domain::civil;
use domain::supervision::Rules;
use hall_server::cases::projection::project;
use hall_server::store::cases::CaseRow;
use jiff::civil::Date;
use protocol::Millis;
use protocol::case::{Applicant, CheckedDocument, DocumentStatus, Step};
use protocol::catalogue::{Handling, Item};
use protocol::staff::{Role, User};
use tests::Result;
use tests::world::first_choices;

/// Stands for the reviewer whose case it is.
pub(crate) const REVIEWER: &str = "reviewer";

/// How long ago the oldest of them was received, in days.
const OLDEST: i32 = 45;

/// How far a case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Stage {
    Received,
    /// With its departments; nobody has taken it.
    Accepted,
    /// A reviewer has it.
    InReview,
    InApproval,
    Decided,
    Completed,
    /// Over.
    Delivered,
}

impl Stage {
    /// How many of a hundred open cases are there.
    pub(crate) const SHARES: [(Stage, u64); 6] = [
        (Stage::Received, 8),
        (Stage::Accepted, 25),
        (Stage::InReview, 45),
        (Stage::InApproval, 12),
        (Stage::Decided, 5),
        (Stage::Completed, 5),
    ];
}

/// A case to be copied under other numbers and names.
#[derive(Debug)]
pub(crate) struct Template {
    pub(crate) stage: Stage,
    pub(crate) row: CaseRow,
    /// The day on which it was received.
    pub(crate) received: Date,
    /// When supervision's rules fire for it.
    pub(crate) firings: Vec<Date>,
}

/// An item's cases as they may stand on a day: every stage they can have reached, for every day they can have come.
pub(crate) fn templates(item: &Item, today: Date, calendar: &Calendar, rules: &Rules) -> Result<Vec<Template>> {
    let mut templates = Vec::new();
    if item.handling == Handling::Immediate || item.branches.iter().any(|branch| !branch.system.is_empty()) {
        return Ok(templates);
    }
    for age in 1..=OLDEST {
        let received = today.checked_sub(jiff::Span::new().days(age))?;
        if !calendar.kind(received).is_worked() {
            continue;
        }
        for (stage, case, at) in walk(item, received, today, calendar)? {
            let firings = rules.firings(&case, calendar).into_iter().map(|raise| raise.on).collect();
            let row = row(case, at, calendar, rules);
            templates.push(Template { stage, row, received, firings });
        }
    }
    Ok(templates)
}

fn row(case: Case, changed_at: Millis, calendar: &Calendar, rules: &Rules) -> CaseRow {
    let mut row = CaseRow {
        case,
        ticket_number: None,
        clerk: "district.clerk1".to_owned(),
        changed_at,
        due_on: None,
        watch_on: None,
        query_code: String::new(),
        form: [("address".to_owned(), "深圳市福田区福中路样例小区1栋101".to_owned())].into(),
        applicant: Applicant::default(),
        collected_by: String::new(),
        tasks: Vec::new(),
        clocks: Vec::new(),
    };
    project(&mut row, calendar, rules, &HashSet::new());
    row
}

/// Walks a case on, a working day between its steps, and keeps it at each stage that it reaches before today.
fn walk(item: &Item, received: Date, today: Date, calendar: &Calendar) -> Result<Vec<(Stage, Case, Millis)>> {
    let (clerk, signer) = (staff("clerk", item), staff("signer", item));
    let answers = first_choices(item);
    let applies = situations::applies(item, &answers);
    let case_no = case_number("440304", 1, received, 0);
    let instant = |day: Date, hour| civil::instant(day.at(hour, 0, 0, 0));
    let moment = |now| Moment { now, calendar };
    let opening = Opening {
        package: None,
        application: case_no.clone(),
        case_no,
        hall: "district".to_owned(),
        item,
        documents: applies.documents,
        fees: applies.fees,
        branches: applies.branches,
        answers,
        ticket: None,
        received_on: None,
    };
    let (case, _) = opening.receive(&moment(instant(received, 9)));
    let mut walk = Walk { case, day: received, at: instant(received, 9), today, calendar, stages: Vec::new() };
    walk.keep(Stage::Received);
    let documents = walk.case.documents.iter();
    let documents =
        documents.map(|d| CheckedDocument { key: d.key.clone(), status: DocumentStatus::Provided }).collect();
    walk.step(&clerk, Step::CheckDocuments { documents })?;
    walk.step(&clerk, Step::Accept)?;
    walk.keep(Stage::Accepted);
    let departments: Vec<String> = walk.case.branches.iter().map(|branch| branch.department.clone()).collect();
    let reviewers: Vec<User> = departments.iter().map(|department| reviewer(department)).collect();
    if !walk.next_day() {
        return Ok(walk.stages);
    }
    for reviewer in &reviewers {
        walk.step(reviewer, Step::StartReview)?;
    }
    walk.keep(Stage::InReview);
    if !walk.next_day() {
        return Ok(walk.stages);
    }
    for reviewer in &reviewers {
        let open =
            walk.case.branches.iter().any(|b| b.is_open() && Some(&b.department) == reviewer.department.as_ref());
        if open {
            walk.step(reviewer, Step::Approve { opinion: "材料齐全，现场符合要求，同意。".to_owned() })?;
        }
    }
    walk.keep(Stage::InApproval);
    let rest = [
        (&signer, Step::Grant { opinion: "准予许可。".to_owned() }, Stage::Decided),
        (&clerk, Step::Complete { result: None }, Stage::Completed),
        (&clerk, Step::Deliver { collected_by: "王晓梅".to_owned() }, Stage::Delivered),
    ];
    for (user, step, stage) in rest {
        if !walk.next_day() {
            break;
        }
        walk.step(user, step)?;
        walk.keep(stage);
    }
    Ok(walk.stages)
}

struct Walk<'a> {
    case: Case,
    day: Date,
    at: Millis,
    today: Date,
    calendar: &'a Calendar,
    stages: Vec<(Stage, Case, Millis)>,
}

impl Walk<'_> {
    fn step(&mut self, user: &User, step: Step) -> Result<()> {
        let moment = Moment { now: self.at, calendar: self.calendar };
        let kind = step.action();
        let (case, _) = self
            .case
            .clone()
            .apply(&Asker::Staff(user), step, &moment)
            .map_err(|refusal| format!("{kind:?} on a case of {} was refused: {refusal}", self.case.item))?;
        self.case = case;
        Ok(())
    }

    fn keep(&mut self, stage: Stage) {
        self.stages.push((stage, self.case.clone(), self.at));
    }

    /// Goes on to the next working day; false where that is not over yet.
    fn next_day(&mut self) -> bool {
        self.day = self.calendar.due(self.day, 1).date;
        self.at = civil::instant(self.day.at(10, 0, 0, 0));
        self.day < self.today
    }
}

/// Somebody with every right at the hall and in the item's department: templates need no separate people.
fn staff(name: &str, item: &Item) -> User {
    User {
        username: name.to_owned(),
        name: name.to_owned(),
        roles: vec![Role::Clerk, Role::IntakeOfficer, Role::Reviewer, Role::Signer],
        hall: Some("district".to_owned()),
        department: Some(item.department.clone()),
    }
}

fn reviewer(department: &str) -> User {
    User {
        username: REVIEWER.to_owned(),
        name: REVIEWER.to_owned(),
        roles: vec![Role::Reviewer],
        hall: None,
        department: Some(department.to_owned()),
    }
}
