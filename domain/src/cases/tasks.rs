//! Open tasks (待办): what lies with whom.

use jiff::civil::Date;
use protocol::Millis;
use protocol::case::{ClockKind, TaskKind};
use protocol::staff::Role;

use super::{Asker, Case, CaseClock, CaseState};
use crate::calendar::Calendar;

/// To whom an open task falls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskFor {
    /// Staff of a department with this role.
    Department(String, Role),
    /// Clerks of a hall.
    Hall(String),
}

/// An open task of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenTask {
    pub kind: TaskKind,
    pub falls_to: TaskFor,
    /// The person whose it is, where it is one's alone.
    pub person: Option<String>,
    pub since: Millis,
    /// The clock that counts for it.
    clock: Option<CaseClock>,
    /// The day by which it is planned, where no clock runs.
    planned: Option<Date>,
}

impl OpenTask {
    /// The day by which it is due; `None` where no clock runs and nothing is planned.
    pub fn due(&self, calendar: &Calendar) -> Option<Date> {
        let by_clock = self.clock.as_ref().and_then(|clock| clock.due(calendar)).map(|due| due.date);
        by_clock.or(self.planned)
    }
}

impl Case {
    /// What lies with whom now.
    pub fn open_tasks(&self) -> Vec<OpenTask> {
        let clocks = self.clocks();
        let clock = |kinds: &[ClockKind], department: Option<&str>| {
            kinds.iter().find_map(|kind| {
                let mut of_kind = clocks.iter().filter(|clock| clock.kind == *kind && clock.stopped.is_none());
                of_kind.find(|clock| department.is_none() || clock.department.as_deref() == department).cloned()
            })
        };
        const LIMITS: &[ClockKind] = &[ClockKind::Promised, ClockKind::Statutory];
        let hall = |kind, since, clocks: &[ClockKind]| OpenTask {
            kind,
            falls_to: TaskFor::Hall(self.hall.clone()),
            person: None,
            since,
            clock: clock(clocks, None),
            planned: None,
        };
        let decider = |kind, role, since, clocks: &[ClockKind]| OpenTask {
            kind,
            falls_to: TaskFor::Department(self.department.clone(), role),
            person: None,
            since,
            clock: clock(clocks, None),
            planned: None,
        };
        let mut tasks = match &self.state {
            CaseState::Submitted { since } if self.terms.department_accepts => {
                vec![decider(TaskKind::Receive, Role::IntakeOfficer, *since, &[ClockKind::Intake])]
            }
            CaseState::Submitted { since } => vec![hall(TaskKind::Receive, *since, &[ClockKind::Intake])],
            CaseState::Received { since, .. } if self.terms.department_accepts => {
                vec![decider(TaskKind::Accept, Role::IntakeOfficer, *since, &[ClockKind::Intake])]
            }
            CaseState::Received { since, .. } => vec![hall(TaskKind::Accept, *since, &[ClockKind::Intake])],
            CaseState::Correction { since } => vec![hall(TaskKind::Supply, *since, &[ClockKind::Correction])],
            CaseState::Accepted { since, returned: Some(_) } => vec![hall(TaskKind::Resubmit, *since, LIMITS)],
            CaseState::Accepted { since, returned: None } | CaseState::InReview { since } => self
                .review_tasks(*since, &|department| {
                    clock(&[ClockKind::Review], Some(department)).or_else(|| clock(LIMITS, None))
                }),
            CaseState::InApproval { since, .. } => {
                vec![decider(
                    TaskKind::Decide,
                    Role::Signer,
                    *since,
                    &[ClockKind::Decision, ClockKind::Promised, ClockKind::Statutory],
                )]
            }
            CaseState::DecidedGranted { decision } | CaseState::DecidedRefused { decision } => {
                vec![decider(
                    TaskKind::Complete,
                    Role::Reviewer,
                    decision.at,
                    &[ClockKind::Promised, ClockKind::Delivery],
                )]
            }
            CaseState::Completed { at, .. } => vec![hall(TaskKind::Deliver, *at, &[ClockKind::Delivery])],
            _ => Vec::new(),
        };
        tasks.extend(self.special_tasks(&|| clock(LIMITS, None)));
        if let Some(withdrawal) = &self.withdrawal {
            tasks.push(decider(TaskKind::Withdrawal, Role::Reviewer, withdrawal.at, LIMITS));
        }
        if let (false, Some(accepted)) = (self.outstanding().is_empty() || self.state.end().is_some(), self.accepted_at)
        {
            tasks.push(hall(TaskKind::SupplyDeferred, accepted, &[ClockKind::Deferred]));
        }
        tasks
    }

    /// A special procedure waits for the leader's word, and then for its own end.
    fn special_tasks(&self, limit: &dyn Fn() -> Option<CaseClock>) -> Vec<OpenTask> {
        let mut tasks = Vec::new();
        if self.state.is_over() {
            return tasks;
        }
        for special in &self.special_procedures {
            let branch = self.branches.iter().rev().find(|branch| special.branch.as_ref() == Some(&branch.department));
            let department = special.branch.clone().unwrap_or_else(|| self.department.clone());
            if special.is_asked() {
                tasks.push(OpenTask {
                    kind: TaskKind::Special,
                    falls_to: TaskFor::Department(department, Role::Leader),
                    person: None,
                    since: special.asked_at,
                    clock: limit(),
                    planned: None,
                });
            } else if let Some(planned) =
                special.planned_end().filter(|_| branch.is_none_or(|branch| branch.system.is_empty()))
            {
                tasks.push(OpenTask {
                    kind: TaskKind::CloseSpecial,
                    falls_to: TaskFor::Department(department, Role::Reviewer),
                    person: branch.and_then(|branch| branch.reviewer.clone()),
                    since: special.asked_at,
                    clock: None,
                    planned: Some(planned),
                });
            }
        }
        tasks
    }

    fn review_tasks(&self, since: Millis, clock: &dyn Fn(&str) -> Option<CaseClock>) -> Vec<OpenTask> {
        let mut tasks = Vec::new();
        for branch in self.branches.iter().filter(|branch| branch.is_working() && branch.system.is_empty()) {
            let task = |kind, person| OpenTask {
                kind,
                falls_to: TaskFor::Department(branch.department.clone(), Role::Reviewer),
                person,
                since,
                clock: clock(&branch.department),
                planned: None,
            };
            tasks.push(task(TaskKind::Review, branch.reviewer.clone()));
            for asked in branch.consulted.iter().filter(|asked| asked.answer.is_none()) {
                let kind = if asked.countersign { TaskKind::Countersign } else { TaskKind::Advise };
                tasks.push(task(kind, Some(asked.to.clone())));
            }
        }
        tasks
    }

    /// Whether an open task is this person's to do, four eyes included.
    pub fn task_is_for(&self, task: TaskKind, asker: &Asker<'_>) -> bool {
        let mut open = self.branches.iter().filter(|branch| branch.is_open());
        match (task, asker) {
            (TaskKind::Decide, _) => !self.branches.iter().any(|branch| branch.voices().any(|voice| asker.is(voice))),
            // Nobody countersigns their own answer in another's name.
            (TaskKind::Countersign, Asker::Substitute { user, absent }) => !open.any(|branch| {
                branch.asked_of(&absent.username, true) && branch.reviewer.as_ref() == Some(&user.username)
            }),
            (TaskKind::Review, Asker::Substitute { user, absent }) => !open.any(|branch| {
                branch.reviewer.as_ref() == Some(&absent.username) && branch.countersigned_by(&user.username)
            }),
            _ => true,
        }
    }
}
