//! A recorded outside, and the things of a hall, for telling stories in tests.

use std::collections::BTreeMap;

use protocol::Millis;
use protocol::case::{Applicant, Application, Case, CaseAction, CaseDocument, CaseState, DocumentStatus};
use protocol::catalogue::{Choice, FormField, Item, Question, RequiredDocument, SpecialKind, SpecialRule, Text};
use protocol::files::File;
use protocol::problem::{Code, Problem};
use protocol::queue::{CalledTicket, CardKind, Identification, Ticket, TicketState, Wait, Window, WindowState};
use protocol::staff::{Role, Session, User};

use crate::server::{Answer, Call, News, RequestId, Trouble};

use super::Desk;
use super::issued::Sheet;
use super::outside::{Outside, Paper, Shown};

#[derive(Debug, Default)]
pub(super) struct Recorder {
    pub asked: Vec<(RequestId, Call, Option<String>)>,
    pub papers: Vec<Paper>,
    pub sheets: Vec<Sheet>,
    pub shown: Vec<Shown>,
    keys: u32,
    last_id: RequestId,
}

impl Outside for Recorder {
    fn new_key(&mut self) -> String {
        self.keys += 1;
        format!("key-{:05}", self.keys)
    }

    fn ask(&mut self, call: Call, key: Option<String>) -> RequestId {
        self.last_id += 1;
        self.asked.push((self.last_id, call, key));
        self.last_id
    }

    fn print(&mut self, paper: Paper) {
        self.papers.push(paper);
    }

    fn put_out(&mut self, sheet: Sheet) {
        self.sheets.push(sheet);
    }

    fn clear_sheets(&mut self) {
        self.sheets.clear();
    }

    fn show(&mut self, shown: Shown) {
        self.shown.push(shown);
    }

    fn now(&self) -> Millis {
        0
    }
}

pub(super) type TestDesk = Desk<Recorder>;

/// A desk at window 3 with somebody of these roles signed in and every first answer given.
pub(super) fn desk_of(roles: &[Role]) -> TestDesk {
    let mut desk = Desk::new(Recorder::default(), 3);
    desk.sign_in("li.jing", "secret");
    desk.answer_last(Ok(Answer::SignedIn(session("li.jing", roles))));
    desk.answer_all(&Call::Tasks, &Ok(Answer::Tasks(Vec::new())));
    desk.answer_all(&Call::Signals, &Ok(Answer::Signals(Vec::new())));
    desk.answer_all(&Call::CurrentTicket, &Ok(Answer::Ticket(None)));
    desk
}

/// Somebody of these roles in a department.
pub(super) fn desk_of_department(roles: &[Role]) -> TestDesk {
    let mut desk = Desk::new(Recorder::default(), 0);
    desk.sign_in("li.jing", "secret");
    let mut session = session("li.jing", roles);
    session.user.department = Some("scjg".to_owned());
    desk.answer_last(Ok(Answer::SignedIn(session)));
    desk.answer_all(&Call::Tasks, &Ok(Answer::Tasks(Vec::new())));
    desk.answer_all(&Call::Signals, &Ok(Answer::Signals(Vec::new())));
    desk
}

/// The same, with the window open.
pub(super) fn clerk_at_an_open_window() -> TestDesk {
    let mut desk = desk_of(&[Role::Clerk]);
    desk.act(super::window::Act::Open);
    desk.answer_last(Ok(Answer::Window(window(WindowState::Open))));
    desk
}

/// The same, with B001 called and come to the window.
pub(super) fn clerk_serving(identification: Identification) -> TestDesk {
    let mut desk = clerk_at_an_open_window();
    desk.act(super::window::Act::CallNext);
    desk.answer_last(Ok(called(TicketState::Called, identification.clone())));
    desk.act(super::window::Act::Serve);
    desk.answer_last(Ok(called(TicketState::Serving, identification)));
    desk
}

/// The same, with an application started whose papers are all missing.
pub(super) fn clerk_with_an_application() -> TestDesk {
    let mut desk = clerk_serving(card());
    desk.start_application();
    desk.answer_last(Ok(opened(vec![received_case()])));
    desk.answer_last(Ok(Answer::Notices(Vec::new())));
    desk
}

pub(super) fn opened(cases: Vec<Case>) -> Answer {
    Answer::Application(Box::new(Application { application: "a1".to_owned(), cases, joint: Default::default() }))
}

/// Somebody of these roles with a case open that allows the actions.
pub(super) fn desk_with_case(roles: &[Role], state: CaseState, actions: &[CaseAction]) -> TestDesk {
    let mut desk = desk_of(roles);
    desk.open_case("FT-1");
    desk.answer_all(&Call::Notices("FT-1".to_owned()), &Ok(Answer::Notices(Vec::new())));
    let case = Case { state, actions: actions.to_vec(), accepted_at: Some(1), ..received_case() };
    desk.answer_all(&Call::Case("FT-1".to_owned()), &Ok(Answer::Case(Box::new(case))));
    desk.answer_last(refused(Code::UnknownItem));
    desk
}

impl TestDesk {
    pub(super) fn last_call(&self) -> &Call {
        &self.outside.asked.last().expect("something was asked").1
    }

    pub(super) fn last_key(&self) -> Option<&str> {
        self.outside.asked.last().expect("something was asked").2.as_deref()
    }

    /// How many calls have been asked that are equal to this one.
    pub(super) fn times_asked(&self, call: &Call) -> usize {
        self.outside.asked.iter().filter(|(_, asked, _)| asked == call).count()
    }

    pub(super) fn answer_last(&mut self, result: Result<Answer, Trouble>) {
        let id = self.outside.last_id;
        self.news(News::Answered { id, result });
    }

    /// Answers every call equal to `call` that has been asked so far.
    pub(super) fn answer_all(&mut self, call: &Call, result: &Result<Answer, Trouble>) {
        let ids: Vec<_> = self.outside.asked.iter().filter(|(_, asked, _)| asked == call).map(|(id, ..)| *id).collect();
        for id in ids {
            self.news(News::Answered { id, result: result.clone() });
        }
    }
}

pub(super) fn session(username: &str, roles: &[Role]) -> Session {
    let user = User {
        username: username.to_owned(),
        name: "李静".to_owned(),
        roles: roles.to_vec(),
        hall: Some("district".to_owned()),
        department: None,
    };
    Session { token: "token".to_owned(), user, expires_at: 0 }
}

pub(super) fn window(state: WindowState) -> Window {
    Window {
        number: 3,
        name: Text::new("3 号窗口", ""),
        lines: vec!["B".to_owned()],
        state,
        clerk: None,
        ticket: None,
        since: None,
    }
}

pub(super) fn card() -> Identification {
    Identification::Card {
        name: "王小明".to_owned(),
        id_number: "44030019900101123X".to_owned(),
        kind: CardKind::Resident,
    }
}

pub(super) fn called(state: TicketState, identification: Identification) -> Answer {
    let ticket = Ticket {
        id: 7,
        hall: "district".to_owned(),
        day: "2026-11-24".to_owned(),
        number: "B001".to_owned(),
        line: "B".to_owned(),
        item: "FP1".to_owned(),
        item_version: 1,
        item_name: Text::new("食品经营许可", "Food business licence"),
        state,
        taken_at: 0,
        window: Some(3),
        called_at: Some(0),
        calls: 1,
        ahead: 0,
        wait: Wait::default(),
        follow_code: String::new(),
        follow_url: String::new(),
    };
    Answer::Ticket(Some(Box::new(CalledTicket { ticket, identification, cases: Vec::new() })))
}

pub(super) fn paper(key: &str, mandatory: bool, status: DocumentStatus) -> CaseDocument {
    CaseDocument {
        key: key.to_owned(),
        name: Text::new(key, key),
        mandatory,
        status,
        deferrable: false,
        commitment: false,
        material: String::new(),
        shared_source: String::new(),
        shared: false,
        files: Vec::new(),
    }
}

/// A case in intake: two mandatory papers and one that is not, none of them there.
pub(super) fn received_case() -> Case {
    Case {
        case_no: "FT-1".to_owned(),
        hall: "district".to_owned(),
        item: "FP1".to_owned(),
        item_version: 1,
        item_name: Text::new("食品经营许可", ""),
        department: "scjg".to_owned(),
        department_name: Text::new("市场监督管理局", ""),
        state: CaseState::Received,
        applicant: Applicant { name: "王小明".to_owned(), ..Applicant::default() },
        ticket: Some(7),
        ticket_number: Some("B001".to_owned()),
        received_at: 0,
        accepted_at: None,
        due_on: None,
        due_provisional: false,
        documents: vec![
            paper("d1", true, DocumentStatus::Missing),
            paper("d2", true, DocumentStatus::Missing),
            paper("d3", false, DocumentStatus::Missing),
        ],
        application: "a1".to_owned(),
        siblings: Vec::new(),
        answers: Vec::new(),
        form: BTreeMap::new(),
        clocks: Vec::new(),
        special_procedures: Vec::new(),
        extension_days: None,
        withdrawal: None,
        correction: None,
        branches: Vec::new(),
        returned: None,
        decision: None,
        history: Vec::new(),
        query_code: String::new(),
        query_url: String::new(),
        actions: vec![
            CaseAction::CheckDocuments,
            CaseAction::NotifyCorrection,
            CaseAction::Accept,
            CaseAction::Withdraw,
        ],
        on_behalf_of: None,
    }
}

pub(super) fn refused(code: Code) -> Result<Answer, Trouble> {
    Err(Trouble::Refused(Box::new(Problem::new(code, "", false))))
}

pub(super) fn away() -> Result<Answer, Trouble> {
    Err(Trouble::Away { cause: "connection refused".to_owned() })
}

/// The answer to an acceptance: nothing more to do here.
pub(super) fn accepted() -> Answer {
    let case = Case { state: CaseState::InReview, accepted_at: Some(1), actions: Vec::new(), ..received_case() };
    Answer::Case(Box::new(case))
}

/// An item that asks a question, has a form, and allows a special procedure and an extension.
pub(super) fn item() -> Item {
    let choice = |key: &str| Choice { key: key.to_owned(), text: Text::new(key, "") };
    let document = |key: &str, when: &str| RequiredDocument {
        key: key.to_owned(),
        name: Text::new(key, ""),
        when: when.to_owned(),
        ..RequiredDocument::default()
    };
    Item {
        code: "FP1".to_owned(),
        questions: vec![Question {
            key: "premises".to_owned(),
            text: Text::new("经营场所是自有还是租用？", "Own or rented premises?"),
            choices: vec![choice("own"), choice("rented")],
            ..Question::default()
        }],
        form: vec![FormField {
            key: "area".to_owned(),
            name: Text::new("面积", "Area"),
            mandatory: true,
            ..FormField::default()
        }],
        documents: vec![document("id", ""), document("lease", "answers.premises == \"rented\"")],
        special_procedures: vec![SpecialRule {
            kind: SpecialKind::ExpertReview,
            basis: Text::default(),
            longest_days: 0,
        }],
        extension_days: 10,
        ..Item::default()
    }
}

/// A scan as the server stored it.
pub(super) fn scan() -> File {
    File {
        id: "f1".to_owned(),
        name: "租约.jpg".to_owned(),
        media_type: "image/jpeg".to_owned(),
        size: 10,
        sha256: "ab".repeat(32),
        subject: "ticket:7".to_owned(),
        uploaded_at: 0,
        has_preview: true,
    }
}

/// The code of the refusal that the desk tells of.
pub(super) fn refused_code(desk: &TestDesk) -> Option<Code> {
    match &desk.notice {
        Some(super::Notice::Refused(problem)) => Some(problem.code),
        _ => None,
    }
}
