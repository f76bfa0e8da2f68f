//! Taking in: who applies, in which situation, with what was prepared while waiting.

use protocol::catalogue::Text;
use protocol::preparation::{Preparation, PreparedFile};
use protocol::problem::Code;
use protocol::queue::{Identification, WindowState};

use crate::controllers::Notice;
use crate::controllers::test_support::*;
use crate::controllers::window::Act;
use crate::server::{Answer, Call};

/// A clerk serving somebody whose item asks a question and has a form.
fn clerk_with_questions() -> TestDesk {
    let mut desk = clerk_serving(card());
    desk.answer_all(&Call::Item("FP1".to_owned()), &Ok(Answer::Item(Box::new(item()))));
    desk
}

fn names(desk: &TestDesk) -> Vec<&str> {
    desk.intake.documents().iter().map(|document| document.name.zh.as_str()).collect()
}

#[test]
fn the_form_is_filled_from_the_card_or_the_phone_of_the_ticket() {
    let desk = clerk_serving(card());
    assert_eq!((desk.intake.form.name.as_str(), desk.intake.form.id_number.as_str()), ("王小明", "44030019900101123X"));
    let desk = clerk_serving(Identification::Phone { phone: "13800138000".to_owned() });
    assert_eq!((desk.intake.form.name.as_str(), desk.intake.form.phone.as_str()), ("", "13800138000"));
}

#[test]
fn an_application_needs_a_name_and_a_number() {
    let mut desk = clerk_serving(Identification::Anonymous);
    desk.start_application();
    assert_eq!(desk.notice, Some(Notice::NameNeeded));
    desk.intake.form.name = "王小明".to_owned();
    desk.start_application();
    assert_eq!(desk.notice, Some(Notice::NumberNeeded));
    desk.intake.form.id_number = "44030019900101123x".to_owned();
    desk.start_application();
    let Call::OpenApplication(open) = desk.last_call() else { panic!("not asked: {:?}", desk.last_call()) };
    assert_eq!(open.applicant.id_number, "44030019900101123X");
    assert_eq!(open.applicant.agent, None);
}

#[test]
fn the_next_person_finds_nothing_of_the_last_on_the_desk() {
    let mut desk = clerk_with_an_application();
    desk.act(Act::Complete);
    desk.answer_last(Ok(Answer::Window(window(WindowState::Open))));
    assert_eq!(desk.intake.form, crate::controllers::intake::Form::default());
    assert!(!desk.intake.started());
}

#[test]
fn papers_follow_the_answers_and_nothing_starts_before_every_question_is_answered() {
    let mut desk = clerk_with_questions();
    assert_eq!(names(&desk), ["id"]);
    desk.start_application();
    assert!(matches!(&desk.notice, Some(Notice::AnswerNeeded(question)) if question.zh.contains("租用")));
    desk.intake.choose("premises", "rented");
    assert_eq!(names(&desk), ["id", "lease"]);
    desk.start_application();
    assert_eq!(desk.notice, Some(Notice::FieldNeeded(Text::new("面积", "Area"))));
    desk.intake.fill("area", " 80 ");
    desk.start_application();
    let Call::OpenApplication(open) = desk.last_call() else { panic!("not asked: {:?}", desk.last_call()) };
    assert_eq!(open.answers.get("premises").map(String::as_str), Some("rented"));
    assert_eq!(open.form.get("area").map(String::as_str), Some("80"));
}

fn prepared() -> Preparation {
    Preparation {
        ticket: 7,
        item: "FP1".to_owned(),
        item_version: 1,
        answers: [("premises".to_owned(), "rented".to_owned())].into(),
        form: [("area".to_owned(), "80".to_owned())].into(),
        files: vec![PreparedFile { document: "d1".to_owned(), file: scan() }],
        sent_at: Some(1),
        changed_at: Some(1),
        questions: Vec::new(),
        fields: Vec::new(),
        documents: Vec::new(),
        open: Vec::new(),
    }
}

#[test]
fn what_was_prepared_while_waiting_is_preset_and_the_clerks_own_answer_stays() {
    let mut desk = clerk_with_questions();
    desk.intake.choose("premises", "own");
    desk.answer_all(&Call::Preparation(7), &Ok(Answer::Preparation(Box::new(prepared()))));
    assert_eq!((desk.intake.answer("premises"), desk.intake.field("area")), ("own", "80"));
}

#[test]
fn nobody_has_to_prepare_anything() {
    let mut desk = clerk_with_questions();
    desk.answer_all(&Call::Preparation(7), &refused(Code::NotFound));
    assert_eq!((&desk.notice, desk.intake.answer("premises")), (&None, ""));
}
