//! The plain page that a browser gets instead of problem+json.

use askama::Template;
use protocol::problem::{Code, Problem};

use crate::pages::frame::Frame;

#[derive(Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    frame: Frame,
    status: u16,
    title: String,
    detail: String,
    hint: &'static str,
}

impl ErrorPage {
    pub fn new(frame: Frame, problem: &Problem) -> Self {
        let w = frame.w;
        let (title, hint) = match problem.code {
            Code::UnknownHall => (w.error_unknown_hall(), w.error_hint()),
            Code::UnknownTicket => (w.error_unknown_ticket(), w.error_unknown_ticket_hint()),
            Code::UnknownCase => (w.error_unknown_case(), w.error_unknown_case_hint()),
            Code::NotFound => (w.error_not_found(), w.error_hint()),
            Code::Internal => (w.error_internal(), w.error_internal_hint()),
            _ => (problem.title.as_str(), w.error_hint()),
        };
        ErrorPage { status: problem.status, title: title.to_owned(), detail: problem.detail.clone(), hint, frame }
    }
}
