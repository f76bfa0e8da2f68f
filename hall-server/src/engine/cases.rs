//! Commands about cases, carried out by the rules of `domain`: applications, steps, the hall's own look at what is due, signals.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::cases::{Asker, CaseEvent, Moment, Opening, Shared, case_number, share};
use domain::catalogue::package;
use domain::catalogue::situations::{self, Answers};
use domain::notices::Facts;
use domain::queue::{Ticket, TicketState};
use domain::supervision::{Raise, Signal, SignalEvent};
use protocol::case::{CaseAction, FileRef, Step};
use protocol::catalogue::Item;
use protocol::staff::User;
use protocol::supervision::SignalStep;

use super::batch::Batch;
use super::cell::Cell;
use super::chain::Draft;
use super::command::{Answer, CaseAsker, EngineError, OpenApplication, Request};
use super::run::{canonical, ticket};
use crate::cases::projection::{key, project};
use crate::identity::secrets;
use crate::store::StoreError;
use crate::store::cases::CaseRow;
use crate::store::notices::NoticeRow;
use crate::store::signals::SignalRow;

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

/// An item to be applied for, with what was answered and filled in for it.
struct Wanted {
    item: Arc<Item>,
    answers: Answers,
    form: Answers,
    /// By the item's own document keys.
    files: Vec<(String, FileRef)>,
}

impl Batch<'_> {
    pub(super) fn open_application(
        &mut self,
        cell: &mut Cell,
        request: &Request,
        open: &OpenApplication,
    ) -> Result<Answer, EngineError> {
        let ticket = ticket(cell, open.ticket)?.clone();
        at_the_clerks_window(cell, &ticket, &open.clerk)?;
        let calendar = self.shared.calendar();
        let moment = Moment { now: self.now, calendar: &calendar };
        if let Some(day) = open.received_on.filter(|day| *day > moment.today()) {
            return Err(EngineError::ReceivedOn(day));
        }
        let wanted = wanted(cell, open.item.as_ref().unwrap_or(&ticket.item), open)?;
        let hall_number = u16::try_from(cell.ordinal).map_err(|_| EngineError::UnknownHall(request.hall.clone()))?;
        let day = self.today();
        let mut opened: Vec<CaseRow> = Vec::with_capacity(wanted.len());
        for (wanted, query_code) in wanted.into_iter().zip(&open.query_codes) {
            let serial = cell.next_case_serial(&day);
            self.writes.case_serials.insert((request.hall.clone(), day.clone()), serial);
            let case_no = case_number(&self.shared.area, hall_number, moment.today(), serial);
            let applies = situations::applies(&wanted.item, &wanted.answers);
            let opening = Opening {
                application: opened.first().map_or_else(|| case_no.clone(), |first| first.case.case_no.clone()),
                case_no: case_no.clone(),
                hall: request.hall.clone(),
                item: &wanted.item,
                documents: applies.documents,
                fees: applies.fees,
                branches: applies.branches,
                answers: wanted.answers,
                ticket: Some(ticket.id),
                received_on: open.received_on,
            };
            let (case, event) = opening.receive(&moment);
            let mut row = CaseRow {
                case,
                ticket_number: Some(ticket.number()),
                clerk: open.clerk.clone(),
                changed_at: self.now,
                due_on: None,
                watch_on: None,
                query_code: query_code.clone(),
                form: wanted.form,
                applicant: open.applicant.clone(),
                collected_by: String::new(),
                tasks: Vec::new(),
            };
            cell.cases.entry(ticket.id).or_default().push(case_no);
            row = self.put_case(cell, request, Who::asks(request), row, &event);
            for (document, file) in wanted.files {
                let attach = Step::AttachFile { document, file };
                // A document that does not apply under the answers has no place for what was photographed for it.
                if let Ok((attached, event)) = self.taken(row.clone(), &Asker::Applicant, attach) {
                    row = self.put_case(cell, request, Who::asks(request), attached, &event);
                }
            }
            opened.push(row);
        }
        Ok(Answer::Cases(opened))
    }

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
        let case_no = row.case.case_no.clone();
        let (case, event) =
            row.case.clone().apply(asker, step, &moment).map_err(|refusal| EngineError::Case { case_no, refusal })?;
        Ok((CaseRow { case, collected_by, changed_at: self.now, ..row }, event))
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

/// What an application asks for: the item, or a package's members, each with its own answers and form.
fn wanted(cell: &Cell, code: &str, open: &OpenApplication) -> Result<Vec<Wanted>, EngineError> {
    let offered = cell.offers.get(code).ok_or_else(|| EngineError::UnknownItem(code.to_owned()))?;
    let check = |item: &Arc<Item>| {
        situations::check_answers(item, &open.answers)
            .map_err(|errors| EngineError::Answers { item: item.clone(), errors })
    };
    if offered.item.members.is_empty() {
        check(&offered.item)?;
        let (answers, form) = (open.answers.clone(), open.form.clone());
        let files = open.files.iter().flat_map(|(key, files)| files.iter().map(|file| (key.clone(), file.clone())));
        return Ok(vec![Wanted { item: offered.item.clone(), answers, form, files: files.collect() }]);
    }
    let members: Vec<Item> = offered.members.iter().map(|item| (**item).clone()).collect();
    let joined = package::join(&offered.item, &members).map_err(|error| EngineError::Package(error.to_string()))?;
    check(&Arc::new(joined.item.clone()))?;
    let mut wanted = Vec::with_capacity(members.len());
    for member in &offered.members {
        let mut item = (**member).clone();
        // The joint clock holds for each: whoever applies for one matter is promised one date.
        let joint = offered.item.promised_days;
        if joint > 0 && (item.promised_days == 0 || joint < item.promised_days) {
            item.promised_days = joint;
        }
        wanted.push(Wanted {
            answers: joined.answers_of(&member.code, &open.answers),
            form: joined.form_of(&member.code, &open.form),
            files: files_of(&joined, &member.code, &open.files),
            item: Arc::new(item),
        });
    }
    Ok(wanted)
}

/// A member's own of the files that were prepared for the package's documents.
fn files_of(joined: &package::Joined, member: &str, files: &BTreeMap<String, Vec<FileRef>>) -> Vec<(String, FileRef)> {
    let mut own = Vec::new();
    for (key, files) in files {
        for source in joined.document_sources(key).iter().filter(|source| source.item == member) {
            own.extend(files.iter().map(|file| (source.key.clone(), file.clone())));
        }
    }
    own
}

/// Steps that give or take documents which other cases of the application may ask for too.
pub(super) fn shares(action: CaseAction) -> bool {
    matches!(action, CaseAction::CheckDocuments | CaseAction::AttachFile | CaseAction::DetachFile | CaseAction::Pull)
}

/// An application is opened for whoever stands at the clerk's own window.
fn at_the_clerks_window(cell: &Cell, ticket: &Ticket, clerk: &str) -> Result<(), EngineError> {
    use domain::queue::Refusal;
    let number = ticket.number();
    let Some(window) = ticket.at_window() else {
        return Err(match ticket.state {
            TicketState::Waiting => EngineError::TicketNotCalled(number),
            _ => EngineError::Queue(Refusal::Finished(number)),
        });
    };
    if cell.queue.window(window)?.clerk() == Some(clerk) {
        Ok(())
    } else {
        Err(EngineError::Queue(Refusal::CalledElsewhere { number, window }))
    }
}
