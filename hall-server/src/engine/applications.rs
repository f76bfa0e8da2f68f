//! Applications opened: at the window for a ticket, or sent from a phone; with what was prepared, as it stands at that instant.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::cases::{Asker, Moment, Opening, case_number};
use domain::catalogue::package;
use domain::catalogue::situations::{self, Answers};
use domain::queue::{Ticket, TicketId, TicketState};
use protocol::case::{FileRef, Step};
use protocol::catalogue::Item;
use protocol::preparation::Preparation;
use sqlx::AnyConnection;

use super::batch::Batch;
use super::cases::Who;
use super::cell::Cell;
use super::command::{Answer, Command, EngineError, OpenApplication, Origin, Request};
use super::run::{canonical, ticket};
use crate::preparation;
use crate::store::cases::CaseRow;
use crate::store::{StoreError, files, preparations, submissions};

/// An item to be applied for, with what was answered and filled in for it.
struct Wanted {
    item: Arc<Item>,
    /// The package that it is a member of.
    package: Option<Arc<Item>>,
    answers: Answers,
    form: Answers,
    /// By the item's own document keys.
    files: Vec<(String, FileRef)>,
}

/// What was prepared for an application.
#[derive(Debug, Clone, Default)]
pub(super) struct Prepared {
    answers: Answers,
    form: Answers,
    files: BTreeMap<String, Vec<FileRef>>,
    handed_over: bool,
}

impl Prepared {
    fn of(preparation: Preparation) -> Self {
        let mut files: BTreeMap<String, Vec<FileRef>> = BTreeMap::new();
        for file in preparation.files {
            files.entry(file.document).or_default().push(FileRef { id: file.file.id, digest: file.file.sha256 });
        }
        Prepared {
            answers: preparation.answers,
            form: preparation.form,
            files,
            handed_over: preparation.sent_at.is_some(),
        }
    }

    /// What the desk entered, over what was prepared while waiting: nobody is asked twice.
    fn with(self, open: &OpenApplication) -> Prepared {
        let over = |prepared: Answers, entered: &Answers| prepared.into_iter().chain(entered.clone()).collect();
        Prepared { answers: over(self.answers, &open.answers), form: over(self.form, &open.form), ..self }
    }
}

/// What the hall records when a preparation is handed over.
#[derive(Debug, serde::Serialize)]
struct HandedOver<'a> {
    kind: &'static str,
    ticket: TicketId,
    number: &'a str,
}

const HANDED_OVER: &str = "preparation-handed-over";

impl Batch<'_> {
    /// What was prepared for the applications to be opened. Whoever changes a preparation waits until the batch has ended, and then
    /// finds the application: nothing that a case refers to is taken back under its hands.
    pub(super) async fn find_prepared(&mut self, tx: &mut AnyConnection, batch: &[Request]) -> Result<(), StoreError> {
        let mut origins: Vec<Origin> = batch
            .iter()
            .filter_map(|request| match &request.command {
                Command::OpenApplication(open) => Some(open.origin.clone()),
                Command::HandOver { ticket } => Some(Origin::Window { ticket: *ticket, clerk: String::new() }),
                _ => None,
            })
            .collect();
        // In one order everywhere, so that two servers never wait for each other.
        origins.sort_by_cached_key(Origin::subject);
        for origin in origins {
            let subject = origin.subject();
            files::lock(tx, &subject).await?;
            let prepared = match origin {
                Origin::Window { ticket, .. } => preparation::of_ticket(tx, ticket).await?,
                Origin::Phone { submission } => match submissions::one(tx, submission).await? {
                    Some(row) => {
                        let prepared = preparation::of_submission(tx, &row).await?;
                        self.submissions.insert(submission, row);
                        Some(prepared)
                    }
                    None => None,
                },
            };
            if let Some(prepared) = prepared {
                self.prepared.insert(subject, Prepared::of(prepared));
            }
        }
        Ok(())
    }

    pub(super) async fn write_prepared(&self, tx: &mut AnyConnection) -> Result<(), StoreError> {
        for ticket in &self.writes.handed_over {
            preparations::hand_over(tx, *ticket, self.now).await?;
        }
        for (submission, application) in &self.writes.submitted {
            submissions::put_application(tx, *submission, application, self.now).await?;
        }
        Ok(())
    }

    /// A preparation is handed over to the window, once. It can still be changed afterwards.
    pub(super) fn hand_over(
        &mut self,
        cell: &mut Cell,
        request: &Request,
        id: TicketId,
    ) -> Result<Answer, EngineError> {
        let number = ticket(cell, id)?.number();
        let subject = Origin::Window { ticket: id, clerk: String::new() }.subject();
        let prepared = self.prepared.entry(subject.clone()).or_default();
        if std::mem::replace(&mut prepared.handed_over, true) {
            return Ok(Answer::Done);
        }
        let body = canonical(&HandedOver { kind: HANDED_OVER, ticket: id, number: &number });
        self.draft_event(cell, request, Who::asks(request), subject, HANDED_OVER, body);
        self.writes.handed_over.push(id);
        Ok(Answer::Done)
    }

    pub(super) fn open_application(
        &mut self,
        cell: &mut Cell,
        request: &Request,
        open: &OpenApplication,
    ) -> Result<Answer, EngineError> {
        let (ticket, clerk) = match &open.origin {
            Origin::Window { ticket: id, clerk } => {
                let ticket = ticket(cell, *id)?.clone();
                at_the_clerks_window(cell, &ticket, clerk)?;
                (Some(ticket), clerk.as_str())
            }
            Origin::Phone { submission } => {
                let submission = *submission;
                match self.submissions.get(&submission) {
                    Some(there) if there.application.is_empty() => {}
                    Some(_) => return Err(EngineError::SubmittedAlready(submission)),
                    None => return Err(EngineError::UnknownSubmission(submission)),
                }
                (None, "")
            }
        };
        let prepared = self.prepared.get(&open.origin.subject()).cloned().unwrap_or_default();
        let calendar = self.shared.calendar();
        let moment = Moment { now: self.now, calendar: &calendar };
        if let Some(day) = open.received_on.filter(|day| *day > moment.today()) {
            return Err(EngineError::ReceivedOn(day));
        }
        let code = open.item.as_deref().or(ticket.as_ref().map(|ticket| ticket.item.as_str())).unwrap_or_default();
        let wanted = wanted(cell, code, &prepared.with(open))?;
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
                package: wanted.package.as_deref(),
                documents: applies.documents,
                fees: applies.fees,
                branches: applies.branches,
                answers: wanted.answers,
                ticket: ticket.as_ref().map(|ticket| ticket.id),
                received_on: open.received_on,
            };
            let (case, event) = if ticket.is_some() { opening.receive(&moment) } else { opening.submit(&moment) };
            let mut row = CaseRow {
                case,
                ticket_number: ticket.as_ref().map(Ticket::number),
                clerk: clerk.to_owned(),
                changed_at: self.now,
                due_on: None,
                watch_on: None,
                query_code: query_code.clone(),
                form: wanted.form,
                applicant: open.applicant.clone(),
                collected_by: String::new(),
                tasks: Vec::new(),
                clocks: Vec::new(),
            };
            if let Some(ticket) = &ticket {
                cell.cases.entry(ticket.id).or_default().push(case_no);
            }
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
        if let (Origin::Phone { submission }, Some(first)) = (&open.origin, opened.first()) {
            let application = first.case.application.clone();
            if let Some(there) = self.submissions.get_mut(submission) {
                there.application.clone_from(&application);
            }
            self.writes.submitted.insert(*submission, application);
        }
        Ok(Answer::Cases(opened))
    }
}

/// What an application asks for: the item, or a package's members, each with its own answers and form.
fn wanted(cell: &Cell, code: &str, open: &Prepared) -> Result<Vec<Wanted>, EngineError> {
    let offered = cell.offers.get(code).ok_or_else(|| EngineError::UnknownItem(code.to_owned()))?;
    let check = |item: &Arc<Item>| {
        situations::check_answers(item, &open.answers)
            .map_err(|errors| EngineError::Answers { item: item.clone(), errors })
    };
    if offered.item.members.is_empty() {
        check(&offered.item)?;
        let (answers, form) = (open.answers.clone(), open.form.clone());
        let files = open.files.iter().flat_map(|(key, files)| files.iter().map(|file| (key.clone(), file.clone())));
        return Ok(vec![Wanted { item: offered.item.clone(), package: None, answers, form, files: files.collect() }]);
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
            package: Some(offered.item.clone()),
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
