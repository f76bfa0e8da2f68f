//! Calling at the window, and the display above it.

use protocol::problem::Code;
use protocol::queue::{CallNext, Finish, TicketState, WindowState};
use protocol::staff::Role;

use crate::controllers::outside::Shown;
use crate::controllers::test_support::*;
use crate::controllers::window::Act;
use crate::controllers::{Dialog, Notice, Tone};
use crate::server::{Answer, Call, News, Trouble, WindowCall};

fn call_next() -> Call {
    Call::AtWindow(WindowCall::CallNext(CallNext::default()))
}

fn allowed(desk: &TestDesk) -> Vec<Act> {
    Act::ALL.into_iter().filter(|act| desk.window.allows(*act)).collect()
}

#[test]
fn what_may_be_pressed_follows_from_the_window() {
    let mut desk = desk_of(&[Role::Clerk]);
    assert_eq!(allowed(&desk), [Act::Open]);
    desk.act(Act::Open);
    desk.answer_last(Ok(Answer::Window(window(WindowState::Open))));
    assert_eq!(allowed(&desk), [Act::Pause, Act::Close, Act::CallNext, Act::CallNumber]);
    desk.act(Act::CallNext);
    desk.answer_last(Ok(called(TicketState::Called, card())));
    assert_eq!(allowed(&desk), [Act::Recall, Act::Serve, Act::NoShow, Act::NoShowAndNext]);
    desk.act(Act::Serve);
    desk.answer_last(Ok(called(TicketState::Serving, card())));
    assert_eq!(allowed(&desk), [Act::CallNext, Act::Complete]);
    desk.act(Act::Complete);
    desk.answer_last(Ok(Answer::Window(window(WindowState::Open))));
    desk.act(Act::Pause);
    desk.answer_last(Ok(Answer::Window(window(WindowState::Paused))));
    assert_eq!(allowed(&desk), [Act::Resume, Act::Close]);
}

#[test]
fn pressing_twice_calls_once() {
    let mut desk = clerk_at_an_open_window();
    desk.act(Act::CallNext);
    desk.act(Act::CallNext);
    assert_eq!(desk.times_asked(&call_next()), 1);
    assert_eq!(allowed(&desk), [], "nothing may be pressed while the call is under way");
}

#[test]
fn a_press_after_a_lost_answer_asks_again_under_the_same_key() {
    let mut desk = clerk_at_an_open_window();
    desk.act(Act::CallNext);
    let first = desk.last_key().map(str::to_owned);
    desk.answer_last(away());
    assert_eq!(desk.notice, Some(Notice::NoAnswer));
    desk.act(Act::CallNext);
    assert_eq!(desk.last_key().map(str::to_owned), first);

    desk.answer_last(Ok(called(TicketState::Called, card())));
    desk.act(Act::Recall);
    assert_ne!(desk.last_key().map(str::to_owned), first, "another act has a key of its own");
}

#[test]
fn calling_the_next_while_serving_completes_the_one_at_the_window() {
    let mut desk = clerk_serving(card());
    desk.act(Act::CallNext);
    let finish = Some(Finish::Completed);
    assert_eq!(*desk.last_call(), Call::AtWindow(WindowCall::CallNext(CallNext { finish })));
}

#[test]
fn nobody_waiting_is_said_calmly_and_leaves_the_window_open() {
    let mut desk = clerk_at_an_open_window();
    desk.act(Act::CallNext);
    desk.answer_last(refused(Code::NobodyWaiting));
    assert_eq!(refused_code(&desk), Some(Code::NobodyWaiting));
    assert_eq!(desk.notice.as_ref().map(Notice::tone), Some(Tone::Info));
    assert_eq!((desk.window.state(), desk.dialog), (WindowState::Open, None));
}

#[test]
fn a_given_number_is_called_as_it_was_meant() {
    let mut desk = clerk_at_an_open_window();
    desk.act(Act::CallNumber);
    assert_eq!(desk.dialog, Some(Dialog::CallNumber));
    desk.confirm();
    assert_eq!(desk.dialog, Some(Dialog::CallNumber), "an empty number calls nobody");
    desk.dialog_text = " b005 ".to_owned();
    desk.confirm();
    assert_eq!(*desk.last_call(), Call::AtWindow(WindowCall::CallNumber("B005".to_owned())));
}

#[test]
fn the_display_above_the_window_shows_the_ticket_and_forgets_it() {
    let mut desk = clerk_serving(card());
    assert_eq!(desk.outside.shown.last(), Some(&Shown::Ticket("B001".to_owned())));
    desk.act(Act::Complete);
    desk.answer_last(Ok(Answer::Window(window(WindowState::Open))));
    assert_eq!(desk.outside.shown.last(), Some(&Shown::Ready));
}

#[test]
fn any_answer_shows_that_the_server_is_back() {
    let mut desk = clerk_at_an_open_window();
    desk.act(Act::CallNext);
    desk.news(News::Away);
    assert!(!desk.connected);
    desk.answer_last(Ok(called(TicketState::Called, card())));
    assert!(desk.connected);
    assert!(desk.window.allows(Act::Serve));
}

#[test]
fn an_answer_that_cannot_be_read_is_said_so() {
    let mut desk = clerk_at_an_open_window();
    desk.act(Act::CallNext);
    desk.answer_last(Err(Trouble::Unreadable { cause: "expected value".to_owned() }));
    assert_eq!(desk.notice, Some(Notice::Unreadable));
}
