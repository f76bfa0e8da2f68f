//! What the desk asks of the hall server: each call's address, body and answer.

use std::path::PathBuf;

use protocol::absence::{Absence, NewAbsence};
use protocol::case::{Application, Case, Done, IssuedNotice, OpenApplication, Receipt, SeveralSteps, Step, Task};
use protocol::catalogue::Item;
use protocol::files::File;
use protocol::lookup::{AskLookup, Lookup};
use protocol::preparation::Preparation;
use protocol::problem::Problem;
use protocol::queue::{CallNext, CalledTicket, Window};
use protocol::staff::{Colleague, Session, SignIn};
use protocol::supervision::{Signal, SignalStep};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    SignIn(SignIn),
    SignOut,
    /// The ticket at the window.
    CurrentTicket,
    AtWindow(WindowCall),
    Item(String),
    OpenApplication(OpenApplication),
    Case(String),
    /// What the ticket's holder prepared while waiting.
    Preparation(i64),
    Lookup {
        case_no: String,
        ask: AskLookup,
    },
    /// Stores a file of this computer for the case. Its bytes are streamed.
    Upload {
        case_no: String,
        path: PathBuf,
    },
    Preview(String),
    Step {
        case_no: String,
        step: Step,
    },
    Receipt(String),
    /// The notices (文书) of a case.
    Notices(String),
    /// One of them as PDF.
    NoticePdf {
        case_no: String,
        serial: i64,
    },
    Tasks,
    /// Cases by number, name, ID number or pinyin.
    Search(String),
    /// Several cases granted together.
    Several(SeveralSteps),
    /// Those of the own department.
    Colleagues,
    /// Absences (休假) that concern the asker.
    Absences,
    ArrangeAbsence(NewAbsence),
    /// Ends an absence, or calls it off.
    EndAbsence(i64),
    Signals,
    SignalStep {
        id: i64,
        step: SignalStep,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WindowCall {
    Open,
    Pause,
    Resume,
    Close,
    CallNext(CallNext),
    Recall,
    /// The person has come.
    Serve,
    NoShow,
    Complete,
    CallNumber(String),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    SignedIn(Session),
    Done,
    Ticket(Option<Box<CalledTicket>>),
    Window(Window),
    Item(Box<Item>),
    Application(Box<Application>),
    Case(Box<Case>),
    Preparation(Box<Preparation>),
    Lookup(Box<Lookup>),
    File(Box<File>),
    /// A picture, as JPEG.
    Picture(Vec<u8>),
    Receipt(Box<Receipt>),
    /// The first first.
    Notices(Vec<IssuedNotice>),
    Pdf(Vec<u8>),
    Tasks(Vec<Task>),
    Several(Vec<Done>),
    Colleagues(Vec<Colleague>),
    Absences(Vec<Absence>),
    Absence(Box<Absence>),
    Signals(Vec<Signal>),
    Signal(Box<Signal>),
}

/// Why a call has no good answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// A file of this computer cannot be read; the server was not asked.
    #[error("the file {path} cannot be read: {cause}")]
    NoFile { path: PathBuf, cause: String },
    /// Nothing is known about whether the server did it: ask again under the same key.
    #[error("the server does not answer: {cause}")]
    Away { cause: String },
    #[error("the server refused with {}: {}", .0.code.as_str(), .0.detail)]
    Refused(Box<Problem>),
    #[error("the server's answer cannot be read: {cause}")]
    Unreadable { cause: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Delete,
}

/// A call as HTTP. `changes` says that it carries an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    pub method: Method,
    pub path: String,
    pub query: Vec<(&'static str, String)>,
    pub body: Option<Value>,
    /// The file whose bytes are the body.
    pub file: Option<PathBuf>,
    pub changes: bool,
}

impl Call {
    pub fn outgoing(&self, hall: &str, window: i64) -> Outgoing {
        match self {
            Call::SignIn(sign_in) => post("/api/v1/sessions", Some(to_json(sign_in))),
            Call::SignOut => Outgoing {
                method: Method::Delete,
                path: "/api/v1/sessions/current".to_owned(),
                query: Vec::new(),
                body: None,
                file: None,
                changes: false,
            },
            Call::CurrentTicket => get(format!("{}/current", window_path(hall, window))),
            Call::AtWindow(call) => {
                let (verb, body) = match call {
                    WindowCall::Open => ("open", None),
                    WindowCall::Pause => ("pause", None),
                    WindowCall::Resume => ("resume", None),
                    WindowCall::Close => ("close", None),
                    WindowCall::CallNext(next) => ("call-next", Some(to_json(next))),
                    WindowCall::Recall => ("recall", None),
                    WindowCall::Serve => ("serve", None),
                    WindowCall::NoShow => ("no-show", None),
                    WindowCall::Complete => ("complete", None),
                    WindowCall::CallNumber(number) => ("call", Some(json!({ "ticket": number }))),
                };
                post(format!("{}/{verb}", window_path(hall, window)), body)
            }
            Call::Item(code) => get(format!("/api/v1/items/{}", segment(code))),
            Call::OpenApplication(open) => post("/api/v1/applications", Some(to_json(open))),
            Call::Case(case_no) => get(case_path(case_no)),
            Call::Preparation(ticket) => get(format!("/api/v1/tickets/{ticket}/preparation")),
            Call::Lookup { case_no, ask } => post(format!("{}/lookups", case_path(case_no)), Some(to_json(ask))),
            Call::Preview(file) => get(format!("/api/v1/files/{}/preview", segment(file))),
            Call::Upload { case_no, path } => {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let mut outgoing = post("/api/v1/files", None);
                outgoing.query = vec![("for", format!("case:{case_no}")), ("name", name.into_owned())];
                outgoing.file = Some(path.clone());
                outgoing
            }
            Call::Step { case_no, step } => post(format!("{}/steps", case_path(case_no)), Some(to_json(step))),
            Call::Receipt(case_no) => get(format!("{}/receipt", case_path(case_no))),
            Call::Notices(case_no) => get(format!("{}/notices", case_path(case_no))),
            Call::NoticePdf { case_no, serial } => get(format!("{}/notices/{serial}", case_path(case_no))),
            Call::Tasks => get("/api/v1/tasks".to_owned()),
            Call::Several(several) => post("/api/v1/cases/steps", Some(to_json(several))),
            Call::Absences => get("/api/v1/absences".to_owned()),
            Call::ArrangeAbsence(absence) => post("/api/v1/absences", Some(to_json(absence))),
            Call::EndAbsence(id) => post(format!("/api/v1/absences/{id}/end"), None),
            Call::Colleagues => get("/api/v1/colleagues".to_owned()),
            Call::Signals => get("/api/v1/signals".to_owned()),
            Call::SignalStep { id, step } => post(format!("/api/v1/signals/{id}/steps"), Some(to_json(step))),
            Call::Search(text) => {
                let mut outgoing = get("/api/v1/cases".to_owned());
                outgoing.query = vec![("q", text.clone())];
                outgoing
            }
        }
    }

    /// Reads the answer to this call from its status and body.
    pub fn answer(&self, status: u16, body: &[u8]) -> Result<Answer, Trouble> {
        if !(200..300).contains(&status) {
            return Err(match serde_json::from_slice::<Problem>(body) {
                Ok(problem) => Trouble::Refused(Box::new(problem)),
                // A proxy in between answers in its own words.
                Err(_) if matches!(status, 502 | 504) => Trouble::Away { cause: format!("status {status}") },
                Err(cause) => Trouble::Unreadable { cause: format!("status {status}: {cause}") },
            });
        }
        Ok(match self {
            Call::SignIn(_) => Answer::SignedIn(read(body)?),
            Call::SignOut => Answer::Done,
            Call::CurrentTicket if status == 204 => Answer::Ticket(None),
            Call::CurrentTicket => Answer::Ticket(Some(Box::new(read(body)?))),
            Call::AtWindow(
                WindowCall::CallNext(_) | WindowCall::Recall | WindowCall::Serve | WindowCall::CallNumber(_),
            ) => Answer::Ticket(Some(Box::new(read(body)?))),
            Call::AtWindow(_) => Answer::Window(read(body)?),
            Call::Item(_) => Answer::Item(Box::new(read(body)?)),
            Call::OpenApplication(_) => Answer::Application(Box::new(read(body)?)),
            Call::Case(_) | Call::Step { .. } => Answer::Case(Box::new(read(body)?)),
            Call::Preparation(_) => Answer::Preparation(Box::new(read(body)?)),
            Call::Lookup { .. } => Answer::Lookup(Box::new(read(body)?)),
            Call::Upload { .. } => Answer::File(Box::new(read(body)?)),
            Call::Preview(_) => Answer::Picture(body.to_vec()),
            Call::Receipt(_) => Answer::Receipt(Box::new(read(body)?)),
            Call::Notices(_) => Answer::Notices(read(body)?),
            Call::NoticePdf { .. } => Answer::Pdf(body.to_vec()),
            Call::Tasks | Call::Search(_) => Answer::Tasks(read(body)?),
            Call::Several(_) => Answer::Several(read(body)?),
            Call::Absences => Answer::Absences(read(body)?),
            Call::ArrangeAbsence(_) | Call::EndAbsence(_) => Answer::Absence(Box::new(read(body)?)),
            Call::Colleagues => Answer::Colleagues(read(body)?),
            Call::Signals => Answer::Signals(read(body)?),
            Call::SignalStep { .. } => Answer::Signal(Box::new(read(body)?)),
        })
    }
}

fn window_path(hall: &str, window: i64) -> String {
    format!("/api/v1/halls/{}/windows/{window}", segment(hall))
}

fn case_path(case_no: &str) -> String {
    format!("/api/v1/cases/{}", segment(case_no))
}

/// A text as one segment of an address: whatever a person typed can only ever name one thing.
fn segment(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

fn get(path: String) -> Outgoing {
    Outgoing { method: Method::Get, path, query: Vec::new(), body: None, file: None, changes: false }
}

fn post(path: impl Into<String>, body: Option<Value>) -> Outgoing {
    Outgoing { method: Method::Post, path: path.into(), query: Vec::new(), body, file: None, changes: true }
}

fn to_json(value: &impl Serialize) -> Value {
    // Only maps with keys that are not text can fail, and the protocol has none.
    serde_json::to_value(value).unwrap_or(Value::Null)
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Trouble> {
    serde_json::from_slice(body).map_err(|cause| Trouble::Unreadable { cause: cause.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::problem::Code;
    use protocol::queue::Finish;

    #[test]
    fn calls_go_to_the_addresses_of_the_api() {
        let next = Call::AtWindow(WindowCall::CallNext(CallNext { finish: Some(Finish::Completed) }));
        let outgoing = next.outgoing("district", 3);
        assert_eq!(outgoing.path, "/api/v1/halls/district/windows/3/call-next");
        assert_eq!(outgoing.body, Some(json!({ "finish": "completed" })));
        assert!(outgoing.changes);

        let step = Call::Step { case_no: "FT-1".into(), step: Step::Approve { opinion: "同意".into() } };
        let outgoing = step.outgoing("district", 3);
        assert_eq!(outgoing.path, "/api/v1/cases/FT-1/steps");
        assert_eq!(outgoing.body, Some(json!({ "step": "approve", "opinion": "同意" })));
        assert!(!Call::Tasks.outgoing("district", 3).changes);
    }

    #[test]
    fn a_case_number_typed_with_slashes_names_no_other_address() {
        let outgoing = Call::Case("../halls?x=1".into()).outgoing("district", 3);
        assert_eq!(outgoing.path, "/api/v1/cases/..%2Fhalls%3Fx%3D1");
    }

    #[test]
    fn an_empty_window_is_no_ticket() {
        assert_eq!(Call::CurrentTicket.answer(204, b""), Ok(Answer::Ticket(None)));
    }

    #[test]
    fn a_problem_keeps_its_code() {
        let body = serde_json::to_vec(&Problem::new(Code::NobodyWaiting, "", false)).unwrap();
        let Err(Trouble::Refused(problem)) = Call::AtWindow(WindowCall::Recall).answer(409, &body) else {
            panic!("not refused")
        };
        assert_eq!(problem.code, Code::NobodyWaiting);
    }

    #[test]
    fn a_page_instead_of_an_answer_is_unreadable_and_a_dead_gateway_is_away() {
        assert!(matches!(Call::Tasks.answer(200, b"<html>"), Err(Trouble::Unreadable { .. })));
        assert!(matches!(Call::Tasks.answer(502, b"<html>"), Err(Trouble::Away { .. })));
    }
}
