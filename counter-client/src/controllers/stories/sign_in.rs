//! Signing in and out, and what becomes of the work on the desk.

use protocol::problem::Code;
use protocol::queue::WindowState;
use protocol::staff::Role;

use crate::controllers::dialogs::Parting;
use crate::controllers::test_support::*;
use crate::controllers::window::Act;
use crate::controllers::{Desk, Dialog, Notice, Page};
use crate::server::{Answer, Call, WindowCall};

#[test]
fn signing_in_needs_both_fields_and_says_what_is_wrong() {
    let mut desk = Desk::new(Recorder::default(), 3);
    desk.sign_in("li.jing", "");
    assert_eq!(desk.notice, Some(Notice::CredentialsNeeded));
    assert!(desk.outside.asked.is_empty());

    desk.sign_in("li.jing", "wrong");
    desk.answer_last(refused(Code::WrongPassword));
    assert_eq!((desk.page, refused_code(&desk)), (Page::SignIn, Some(Code::WrongPassword)));
}

#[test]
fn a_clerk_starts_at_the_window_and_a_reviewer_at_the_tasks() {
    assert_eq!(desk_of(&[Role::Clerk]).page, Page::Window);
    let mut reviewer = desk_of(&[Role::Reviewer]);
    assert_eq!(reviewer.page, Page::Tasks);
    reviewer.go(Page::Window);
    assert_eq!(reviewer.page, Page::Tasks, "a reviewer has no window");
}

#[test]
fn a_sign_in_that_ran_out_costs_nothing_typed() {
    let mut desk = clerk_serving(card());
    desk.intake.form.phone = "13800138000".to_owned();
    desk.act(Act::Complete);
    desk.answer_last(refused(Code::Unauthenticated));
    assert_eq!((desk.page, &desk.notice), (Page::SignIn, &Some(Notice::SignInAgain)));

    desk.sign_in("li.jing", "secret");
    desk.answer_last(Ok(Answer::SignedIn(session("li.jing", &[Role::Clerk]))));
    assert_eq!((desk.page, desk.intake.form.phone.as_str()), (Page::Window, "13800138000"));
}

#[test]
fn another_person_signing_in_finds_an_empty_desk() {
    let mut desk = clerk_serving(card());
    desk.act(Act::Complete);
    desk.answer_last(refused(Code::Unauthenticated));
    desk.sign_in("chen.wei", "secret");
    desk.answer_last(Ok(Answer::SignedIn(session("chen.wei", &[Role::Clerk]))));
    assert_eq!(desk.intake.form, crate::controllers::intake::Form::default());
    assert!(desk.window.ticket().is_none());
}

#[test]
fn leaving_asks_what_becomes_of_the_open_window() {
    let mut desk = clerk_at_an_open_window();
    desk.leave(true);
    assert_eq!(desk.dialog, Some(Dialog::Leave { quit: true }));
    desk.part(Parting::Pause);
    assert_eq!(*desk.last_call(), Call::AtWindow(WindowCall::Pause));
    desk.answer_last(Ok(Answer::Window(window(WindowState::Paused))));
    assert_eq!(*desk.last_call(), Call::SignOut);
    desk.answer_last(away());
    assert!(desk.quit, "a server that is away keeps nobody at the desk");
}
