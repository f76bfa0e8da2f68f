//! Commands about cases, carried out by the rules of `domain`: steps, the hall's own look at what is due, signals.

use domain::cases::{Asker, CaseEvent, Moment, Shared, share};
use domain::notices::Facts;
use domain::supervision::{Raise, Signal, SignalEvent};
use protocol::case::{CaseAction, Step};
use protocol::staff::User;
use protocol::supervision::SignalStep;
use sqlx::AnyConnection;

use super::batch::Batch;
use super::cell::Cell;
use super::chain::Draft;
use super::command::{Answer, CaseAsker, Command, EngineError, Request};
use super::run::canonical;
use crate::cases::projection::{key, project};
use crate::identity::secrets;
use crate::store::cases::CaseRow;
use crate::store::notices::NoticeRow;
use crate::store::signals::SignalRow;
use crate::store::{StoreError, absences};

/// Who does something, and on behalf of whom, as events name them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Who<'a> {
    actor: &'a str,
    /// Empty as a rule.
    on_behalf: &'a str,
}

impl<'a> Who<'a> {
    /// The hall by itself.
    const SYSTEM: Who<'static> = Who { actor: "system", on_behalf: "" };

    /// Whoever sent a request, in their own right.
    pub(super) fn asks(request: &'a Request) -> Self {
        Who { actor: &request.actor, on_behalf: "" }
    }
}

impl Batch<'_> {
    pub(super) fn step(
        &mut self,
        cell: &mut Cell,
        request: &Request,
        case_no: &str,
        asker: &CaseAsker,
        step: &Step,
    ) -> Result<Answer, EngineError> {
        let row = self.cases.get(case_no).cloned().ok_or_else(|| EngineError::UnknownCase(case_no.to_owned()))?;
        let absent = match asker {
            CaseAsker::StandsIn { user, absent } => self.still_away(user, absent),
            _ => Vec::new(),
        };
        let calendar = self.shared.calendar();
        let moment = Moment { now: self.now, calendar: &calendar };
        let asker = match asker.asker() {
            Asker::Staff(user) => row.case.asker_for(user, &absent, step.action(), &moment),
            other => other,
        };
        let (row, event) = self.taken(row, &asker, step.clone())?;
        let on_behalf = asker.on_behalf_of().map(|absent| format!("user:{absent}")).unwrap_or_default();
        let who = Who { actor: &request.actor, on_behalf: &on_behalf };
        let row = self.put_case(cell, request, who, row, &event);
        if shares(step.action()) {
            self.share(cell, request, who, &row);
        }
        Ok(Answer::Case(Box::new(row)))
    }

    /// Whether those who would act for others still stand in for them. Arranging and ending an absence takes every hall's turn, so
    /// that what is read here stays true until the commit.
    pub(super) async fn find_stand_ins(&mut self, tx: &mut AnyConnection, batch: &[Request]) -> Result<(), StoreError> {
        let mut substitutes: Vec<&str> = batch
            .iter()
            .filter_map(|request| match &request.command {
                Command::Step { asker: CaseAsker::StandsIn { user, .. }, .. } => Some(user.username.as_str()),
                _ => None,
            })
            .collect();
        substitutes.sort_unstable();
        substitutes.dedup();
        self.stand_ins.extend(absences::in_force(tx, &substitutes, domain::civil::day(self.now)).await?);
        Ok(())
    }

    /// Those of the absent for whom somebody stands in at this instant.
    fn still_away(&self, substitute: &User, absent: &[User]) -> Vec<User> {
        let stands_in =
            |person: &&User| self.stand_ins.contains(&(substitute.username.clone(), person.username.clone()));
        absent.iter().filter(stands_in).cloned().collect()
    }

    /// The row after a step, not yet written.
    pub(super) fn taken(
        &self,
        row: CaseRow,
        asker: &Asker<'_>,
        step: Step,
    ) -> Result<(CaseRow, CaseEvent), EngineError> {
        let calendar = self.shared.calendar();
        let moment = Moment { now: self.now, calendar: &calendar };
        let collected_by = match &step {
            Step::Deliver { collected_by } => collected_by.trim().to_owned(),
            _ => row.collected_by.clone(),
        };
        let clerk = match (&step, asker) {
            (Step::Receive, Asker::Staff(user)) => user.username.clone(),
            _ => row.clerk.clone(),
        };
        let case_no = row.case.case_no.clone();
        let (case, event) =
            row.case.clone().apply(asker, step, &moment).map_err(|refusal| EngineError::Case { case_no, refusal })?;
        Ok((CaseRow { case, clerk, collected_by, changed_at: self.now, ..row }, event))
    }

    /// Gives the application's other cases what this one was given.
    pub(super) fn share(&mut self, cell: &mut Cell, request: &Request, who: Who<'_>, row: &CaseRow) {
        let shared = Shared::of(&row.case);
        let siblings: Vec<CaseRow> = self
            .cases
            .values()
            .filter(|other| other.case.application == row.case.application && other.case.case_no != row.case.case_no)
            .cloned()
            .collect();
        for sibling in siblings {
            if let Some((case, event)) = share(sibling.case.clone(), &shared) {
                let sibling = CaseRow { case, changed_at: self.now, ..sibling };
                self.put_case(cell, request, who, sibling, &event);
            }
        }
    }

    /// Looks at cases: takes the steps that are the hall's own, raises the signals that are due. A case that is not as it should be
    /// is left for tomorrow and holds up no other.
    pub(super) fn watch(
        &mut self,
        cell: &mut Cell,
        request: &Request,
        numbers: &[String],
    ) -> Result<Answer, EngineError> {
        let (calendar, rules) = (self.shared.calendar(), self.shared.rules());
        let today = domain::civil::day(self.now);
        let tomorrow = today.tomorrow().unwrap_or(today).to_string();
        let mut raised = 0;
        for case_no in numbers {
            let Some(mut row) = self.cases.get(case_no).cloned() else { continue };
            // A step may make another due: silence accepts, and the review's clock begins.
            for _ in 0..3 {
                let Some(step) = row.case.own_step(today, &calendar) else { break };
                match self.taken(row.clone(), &Asker::System, step) {
                    Ok((next, event)) => row = self.put_case(cell, request, Who::SYSTEM, next, &event),
                    Err(error) => {
                        tracing::error!(
                            case_no,
                            error = &error as &dyn std::error::Error,
                            "the hall's own step failed"
                        );
                        break;
                    }
                }
            }
            let due: Vec<Raise> =
                rules.firings(&row.case, &calendar).into_iter().filter(|raise| raise.on <= today).collect();
            for raise in due {
                raised += usize::from(self.raise(cell, request, &row, raise));
            }
            project(&mut row, &calendar, &rules, &self.raised);
            // What could not be done today is tried again tomorrow.
            let again = row.watch_on.clone().map(|day| day.max(tomorrow.clone()));
            self.writes.watched.insert(case_no.clone(), again);
        }
        Ok(Answer::Watched(raised))
    }

    /// Raises a signal, once; false where it was raised before.
    fn raise(&mut self, cell: &mut Cell, request: &Request, row: &CaseRow, raise: Raise) -> bool {
        if !self.raised.insert(key(&row.case.case_no, &raise)) {
            return false;
        }
        let (signal, event) = Signal::raise(&row.case, raise, self.now, &self.shared.calendar());
        let turn = self.draft_signal(cell, request, Who::SYSTEM, &event);
        let row = SignalRow { id: (cell.ordinal << 32) | turn, signal };
        self.writes.changed_signals.insert(row.id);
        self.signals.insert(row.id, row);
        true
    }

    pub(super) fn signal_step(
        &mut self,
        cell: &mut Cell,
        request: &Request,
        id: i64,
        asker: &User,
        step: &SignalStep,
    ) -> Result<Answer, EngineError> {
        let row = self.signals.get(&id).cloned().ok_or(EngineError::UnknownSignal(id))?;
        let (signal, event) =
            row.signal.apply(asker, step.clone(), self.now).map_err(|refusal| EngineError::Signal { id, refusal })?;
        self.draft_signal(cell, request, Who::asks(request), &event);
        let row = SignalRow { id, signal };
        self.writes.changed_signals.insert(id);
        self.signals.insert(id, row.clone());
        Ok(Answer::Signal(Box::new(row)))
    }

    fn draft_signal(&mut self, cell: &mut Cell, request: &Request, who: Who<'_>, event: &SignalEvent) -> i64 {
        let case_no = event.case_no();
        self.draft_event(cell, request, who, format!("signal:{case_no}"), event.kind(), canonical(event))
    }

    /// Notes a case as it is now, with its event and the signals that the step itself raises.
    pub(super) fn put_case(
        &mut self,
        cell: &mut Cell,
        request: &Request,
        who: Who<'_>,
        mut row: CaseRow,
        event: &CaseEvent,
    ) -> CaseRow {
        let case_no = row.case.case_no.clone();
        let turn = self.draft_event(cell, request, who, format!("case:{case_no}"), event.kind(), canonical(event));
        self.tell_departments(&row, event, turn);
        let (calendar, rules) = (self.shared.calendar(), self.shared.rules());
        self.issue_notice(&mut row, event, turn, &Moment { now: self.now, calendar: &calendar });
        for raise in rules.on_step(&row.case, event, domain::civil::day(self.now)) {
            self.raise(cell, request, &row, raise);
        }
        project(&mut row, &calendar, &rules, &self.raised);
        self.writes.watched.remove(&case_no);
        self.writes.changed_cases.insert(case_no.clone());
        self.cases.insert(case_no, row.clone());
        row
    }

    /// Notes the paper that a step puts into the applicant's hands.
    fn issue_notice(&mut self, row: &mut CaseRow, event: &CaseEvent, turn: i64, moment: &Moment<'_>) {
        let Some(facts) = Facts::of(&row.case, event, moment) else { return };
        match secrets::page_code(self.now) {
            Ok(code) => {
                row.case.papers += 1;
                self.writes.notices.push(NoticeRow {
                    code,
                    case_no: row.case.case_no.clone(),
                    hall: row.case.hall.clone(),
                    serial: i64::from(row.case.papers),
                    issued_at: self.now,
                    turn,
                    facts,
                });
            }
            // No step without its paper: the batch is given up.
            Err(error) => self.fault = Some(StoreError::NoRandomness(error)),
        }
    }

    pub(super) fn draft_event(
        &mut self,
        cell: &mut Cell,
        request: &Request,
        who: Who<'_>,
        subject: String,
        kind: &str,
        body: String,
    ) -> i64 {
        let turn = cell.queue.next_turn();
        self.draft(
            &request.hall,
            Draft {
                turn,
                at: self.now,
                kind: kind.to_owned(),
                actor: who.actor.to_owned(),
                on_behalf: who.on_behalf.to_owned(),
                subject,
                body,
            },
        );
        turn
    }
}

/// Steps that give or take documents which other cases of the application may ask for too.
pub(super) fn shares(action: CaseAction) -> bool {
    matches!(action, CaseAction::CheckDocuments | CaseAction::AttachFile | CaseAction::DetachFile | CaseAction::Pull)
}
