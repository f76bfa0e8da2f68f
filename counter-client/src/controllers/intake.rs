//! Intake (受理) for the ticket at the window: who applies, for what, in which situation (情形), and the cases of the application that
//! grow out of it.

use std::collections::BTreeMap;

use domain::catalogue::situations::{Answers, Situations};
use protocol::case::{Agent, Applicant, OpenApplication};
use protocol::catalogue::{FormField, Item, Question, RequiredDocument, Text};
use protocol::preparation::Preparation;
use protocol::queue::{CalledTicket, Identification};

use crate::server::{Answer, Call, RequestId, Trouble};

use super::case_file::{CaseFile, Filed};
use super::flight::Flight;
use super::notice::Notice;
use super::outside::Outside;

#[derive(Debug, Default)]
pub struct Intake {
    ticket: Option<i64>,
    item_code: String,
    /// One matter (一件事) comes with everything that its members ask.
    item: Option<Item>,
    preparation_request: Option<RequestId>,
    situations: Option<Situations>,
    item_request: Option<RequestId>,
    opening: Flight,
    /// As it stands on screen: filled in from the ticket, then the clerk's.
    pub form: Form,
    answers: Answers,
    /// The item's form (申请表), by the fields' keys.
    fields: BTreeMap<String, String>,
    /// The cases of the application, in the order of the item's members.
    pub files: Vec<CaseFile>,
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
        self.opening.busy() || self.files.iter().any(CaseFile::busy)
    }

    /// Whether the application is started.
    pub fn started(&self) -> bool {
        self.files.iter().any(|file| file.case().is_some())
    }

    /// The questions that are asked, given the answers so far.
    pub fn questions(&self) -> Vec<&Question> {
        self.applying(|situations, item, answers| {
            situations.asked(answers).into_iter().filter_map(|place| item.questions.get(place)).collect()
        })
    }

    /// The fields of the item's form that apply.
    pub fn fields(&self) -> Vec<&FormField> {
        self.applying(|situations, item, answers| {
            situations.applies(answers).fields.into_iter().filter_map(|place| item.form.get(place)).collect()
        })
    }

    /// The papers that apply.
    pub fn documents(&self) -> Vec<&RequiredDocument> {
        self.applying(|situations, item, answers| {
            situations.applies(answers).documents.into_iter().filter_map(|place| item.documents.get(place)).collect()
        })
    }

    fn applying<'a, T>(&'a self, apply: impl FnOnce(&Situations, &'a Item, &Answers) -> Vec<T>) -> Vec<T> {
        match (&self.situations, &self.item) {
            (Some(situations), Some(item)) => apply(situations, item, &self.answers),
            _ => Vec::new(),
        }
    }

    /// The chosen answer's key; empty where none is.
    pub fn answer(&self, question: &str) -> &str {
        self.answers.get(question).map_or("", String::as_str)
    }

    /// Answers a question of the item; nothing more once the application is started.
    pub fn choose(&mut self, question: &str, choice: &str) {
        if !self.started() {
            self.answers.insert(question.to_owned(), choice.to_owned());
        }
    }

    pub fn field(&self, key: &str) -> &str {
        self.fields.get(key).map_or("", String::as_str)
    }

    pub fn fill(&mut self, key: &str, value: &str) {
        self.fields.insert(key.to_owned(), value.to_owned());
    }

    /// Mandatory papers that are not there, each once.
    pub fn missing(&self) -> Vec<Text> {
        let mut missing: Vec<Text> = Vec::new();
        for name in self.files.iter().flat_map(CaseFile::missing) {
            if !missing.contains(&name) {
                missing.push(name);
            }
        }
        missing
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
        self.preparation_request = Some(outside.ask(Call::Preparation(called.ticket.id), None));
        // The last application's; its siblings follow once it is read.
        if let Some(case_no) = called.cases.last() {
            self.open(outside, case_no);
        }
    }

    fn open(&mut self, outside: &mut impl Outside, case_no: &str) {
        let mut file = CaseFile::default();
        file.open(outside, case_no);
        self.files.push(file);
    }

    /// Starts the application (申请) for the form's applicant.
    pub fn start(&mut self, outside: &mut impl Outside) -> Result<(), Notice> {
        let Some(ticket) = self.ticket.filter(|_| !self.busy() && !self.started()) else {
            return Ok(());
        };
        let applicant = self.form.applicant()?;
        if let Some(open) = self.questions().into_iter().find(|question| self.answer(&question.key).is_empty()) {
            return Err(Notice::AnswerNeeded(open.text.clone()));
        }
        let empty = |field: &&FormField| field.mandatory && self.field(&field.key).trim().is_empty();
        if let Some(field) = self.fields().into_iter().find(empty) {
            return Err(Notice::FieldNeeded(field.name.clone()));
        }
        let answers = self.situations.as_ref().map(|situations| situations.counting(&self.answers)).unwrap_or_default();
        let form = self
            .fields()
            .into_iter()
            .map(|field| (field.key.clone(), self.field(&field.key).trim().to_owned()))
            .filter(|(_, value)| !value.is_empty())
            .collect();
        let open = OpenApplication { ticket, applicant, answers, form, ..OpenApplication::default() };
        self.opening.send(outside, Call::OpenApplication(open));
        Ok(())
    }

    /// Puts the finished application aside, for a further one by the same person.
    pub fn another(&mut self) {
        self.files.clear();
        self.opening.forget();
    }

    /// Seeks what is missing after the server was away.
    pub fn refresh(&mut self, outside: &mut impl Outside) {
        if self.item.is_none() && !self.item_code.is_empty() {
            self.item_request = Some(outside.ask(Call::Item(self.item_code.clone()), None));
        }
        for file in &mut self.files {
            file.refresh(outside);
        }
    }

    pub fn landed(&mut self, id: RequestId, result: &Result<Answer, Trouble>) -> Taken {
        if self.item_request == Some(id) {
            self.item_request = None;
            if let Ok(Answer::Item(item)) = result {
                self.situations = Some(Situations::of(item));
                self.item = Some(item.as_ref().clone());
            }
            return changed(result);
        }
        if self.preparation_request == Some(id) {
            self.preparation_request = None;
            // Nobody has to prepare anything: an answer without one is no trouble.
            if let Ok(Answer::Preparation(preparation)) = result {
                self.take_preparation(preparation);
            }
            return Taken::Changed;
        }
        if self.opening.land(id, result).is_none() {
            return Taken::NotMine;
        }
        match result {
            Ok(Answer::Application(application)) => {
                self.files = application.cases.iter().map(|case| CaseFile::of(case.clone())).collect();
                Taken::Opened
            }
            Ok(_) => Taken::Changed,
            Err(trouble) => Taken::Failed(trouble.clone().into()),
        }
    }

    /// What was prepared is preset; what the clerk has said already stays. Its photographs go to the cases by themselves.
    fn take_preparation(&mut self, preparation: &Preparation) {
        for (question, choice) in &preparation.answers {
            self.answers.entry(question.clone()).or_insert_with(|| choice.clone());
        }
        for (field, value) in &preparation.form {
            self.fields.entry(field.clone()).or_insert_with(|| value.clone());
        }
    }

    /// The answer for one of the application's cases.
    pub fn filed(
        &mut self,
        outside: &mut impl Outside,
        id: RequestId,
        result: &Result<Answer, Trouble>,
    ) -> (Filed, Option<usize>) {
        for place in 0..self.files.len() {
            let filed = self.files[place].landed(outside, id, result);
            if filed != Filed::NotMine {
                self.open_siblings(outside, place);
                return (filed, Some(place));
            }
        }
        (Filed::NotMine, None)
    }

    fn open_siblings(&mut self, outside: &mut impl Outside, place: usize) {
        let siblings = self.files[place].case().map(|case| case.siblings.clone()).unwrap_or_default();
        for sibling in siblings {
            if self.files.iter().all(|file| !file.is(&sibling)) {
                self.open(outside, &sibling);
            }
        }
    }
}

fn changed(result: &Result<Answer, Trouble>) -> Taken {
    match result {
        Ok(_) => Taken::Changed,
        Err(trouble) => Taken::Failed(trouble.clone().into()),
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
