//! Intake (受理) for the ticket at the window: who applies, for what, and the application that grows out of it.

use protocol::case::{Agent, Applicant, OpenApplication};
use protocol::catalogue::Item;
use protocol::queue::{CalledTicket, Identification};

use crate::server::{Answer, Call, RequestId, Trouble};

use super::case_file::CaseFile;
use super::flight::Flight;
use super::notice::Notice;
use super::outside::Outside;

#[derive(Debug, Default)]
pub struct Intake {
    ticket: Option<i64>,
    item_code: String,
    item: Option<Item>,
    item_request: Option<RequestId>,
    opening: Flight,
    /// As it stands on screen: filled in from the ticket, then the clerk's.
    pub form: Form,
    pub file: CaseFile,
}

/// The applicant's fields as the clerk sees them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    pub name: String,
    pub id_number: String,
    pub phone: String,
    pub agent_name: String,
    pub agent_id_number: String,
}

/// What became of an answer.
#[derive(Debug, PartialEq)]
pub enum Taken {
    NotMine,
    Changed,
    Opened,
    Failed(Notice),
}

impl Intake {
    pub fn item(&self) -> Option<&Item> {
        self.item.as_ref()
    }

    pub fn busy(&self) -> bool {
        self.opening.busy() || self.file.busy()
    }

    /// Follows the ticket at the window: a new person gets an empty desk, the same person keeps everything.
    pub fn follow(&mut self, outside: &mut impl Outside, called: Option<&CalledTicket>) {
        let Some(called) = called else {
            if self.ticket.is_some() {
                *self = Intake::default();
            }
            return;
        };
        if self.ticket == Some(called.ticket.id) {
            return;
        }
        *self = Intake {
            ticket: Some(called.ticket.id),
            item_code: called.ticket.item.clone(),
            form: Form::of(&called.identification),
            ..Intake::default()
        };
        self.item_request = Some(outside.ask(Call::Item(self.item_code.clone()), None));
        if let Some(case_no) = called.cases.last() {
            self.file.open(outside, case_no);
        }
    }

    /// Starts the application (申请) for the form's applicant.
    pub fn start(&mut self, outside: &mut impl Outside) -> Result<(), Notice> {
        let Some(ticket) = self.ticket.filter(|_| !self.busy() && self.file.case().is_none()) else {
            return Ok(());
        };
        let applicant = self.form.applicant()?;
        let open = OpenApplication { ticket, applicant, ..OpenApplication::default() };
        self.opening.send(outside, Call::OpenApplication(open));
        Ok(())
    }

    /// Puts the finished application aside, for a further one by the same person.
    pub fn another(&mut self) {
        self.file.clear();
        self.opening.forget();
    }

    /// Seeks what is missing after the server was away.
    pub fn refresh(&mut self, outside: &mut impl Outside) {
        if self.item.is_none() && !self.item_code.is_empty() {
            self.item_request = Some(outside.ask(Call::Item(self.item_code.clone()), None));
        }
        self.file.refresh(outside);
    }

    pub fn landed(&mut self, id: RequestId, result: &Result<Answer, Trouble>) -> Taken {
        if self.item_request == Some(id) {
            self.item_request = None;
            if let Ok(Answer::Item(item)) = result {
                self.item = Some(item.as_ref().clone());
            }
            return match result {
                Ok(_) => Taken::Changed,
                Err(trouble) => Taken::Failed(trouble.clone().into()),
            };
        }
        if self.opening.land(id, result).is_none() {
            return Taken::NotMine;
        }
        match result {
            Ok(Answer::Application(application)) => {
                if let Some(case) = application.cases.first() {
                    self.file.hold(case.clone());
                }
                Taken::Opened
            }
            Ok(_) => Taken::Changed,
            Err(trouble) => Taken::Failed(trouble.clone().into()),
        }
    }
}

impl Form {
    fn of(identification: &Identification) -> Self {
        match identification {
            Identification::Card { name, id_number, .. } => {
                Form { name: name.clone(), id_number: id_number.clone(), ..Form::default() }
            }
            Identification::Phone { phone } => Form { phone: phone.clone(), ..Form::default() },
            Identification::Anonymous => Form::default(),
        }
    }

    fn applicant(&self) -> Result<Applicant, Notice> {
        let text = |field: &str| field.trim().to_owned();
        if self.name.trim().is_empty() {
            return Err(Notice::NameNeeded);
        }
        if self.id_number.trim().is_empty() {
            return Err(Notice::NumberNeeded);
        }
        let agent = match (self.agent_name.trim(), self.agent_id_number.trim()) {
            ("", "") => None,
            (name, id_number) => Some(Agent { name: name.to_owned(), id_number: id_number.to_uppercase() }),
        };
        Ok(Applicant {
            name: text(&self.name),
            // The check character X is often typed small.
            id_number: text(&self.id_number).to_uppercase(),
            phone: text(&self.phone),
            agent,
        })
    }
}
