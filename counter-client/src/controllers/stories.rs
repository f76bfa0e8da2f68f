//! A desk's day, told without a window.

use protocol::case::{CaseAction, CaseState, DeficiencyNotice, DocumentStatus, Receipt, Step, Task, TaskKind};
use protocol::catalogue::Text;
use protocol::problem::Code;
use protocol::queue::{CallNext, Finish, Identification, TicketState, WindowState};
use protocol::staff::Role;

use crate::server::{Answer, Call, News, Trouble, WindowCall};

use super::dialogs::Parting;
use super::news::{PaperLeft, PrintFailure};
use super::notice::PrinterTrouble;
use super::outside::{Paper, Shown};
use super::test_support::*;
use super::window::Act;
use super::{Desk, Dialog, Notice, Page};

fn call_next() -> Call {
    Call::AtWindow(WindowCall::CallNext(CallNext::default()))
}

fn allowed(desk: &TestDesk) -> Vec<Act> {
    Act::ALL.into_iter().filter(|act| desk.window.allows(*act)).collect()
}

fn refused_code(desk: &TestDesk) -> Option<Code> {
    match &desk.notice {
        Some(Notice::Refused(problem)) => Some(problem.code),
        _ => None,
    }
}

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
    assert_eq!(desk.notice.as_ref().map(Notice::tone), Some(super::Tone::Info));
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
    assert_eq!(desk.intake.form, super::intake::Form::default());
    assert!(!desk.intake.started());
}

#[test]
fn accepting_names_the_missing_papers_and_asks_nothing() {
    let mut desk = clerk_with_an_application();
    let asked = desk.outside.asked.len();
    desk.case_action(CaseAction::Accept);
    assert_eq!(desk.notice, Some(Notice::PapersMissing(vec![Text::new("d1", "d1"), Text::new("d2", "d2")])));
    assert_eq!(desk.outside.asked.len(), asked);
}

#[test]
fn accepting_right_after_ticking_waits_until_the_ticks_are_with_the_server() {
    let mut desk = clerk_with_an_application();
    desk.toggle_paper(0);
    desk.settle();
    desk.toggle_paper(1);
    desk.case_action(CaseAction::Accept);
    let accept = Call::Step { case_no: "FT-1".to_owned(), step: Step::Accept };
    assert_eq!(desk.times_asked(&accept), 0);

    let mut case = received_case();
    case.documents[0].status = DocumentStatus::Provided;
    // The first answer knows the first tick only; the second tick goes out by itself, then the acceptance.
    desk.answer_last(Ok(Answer::Case(Box::new(case.clone()))));
    case.documents[1].status = DocumentStatus::Provided;
    desk.answer_last(Ok(Answer::Case(Box::new(case))));
    assert_eq!(desk.times_asked(&accept), 1);
}

#[test]
fn a_checklist_ticked_in_one_go_is_sent_in_one_go() {
    let mut desk = clerk_with_an_application();
    let asked = desk.outside.asked.len();
    for paper in [0, 1, 2, 2] {
        desk.toggle_paper(paper);
    }
    assert_eq!(desk.outside.asked.len(), asked);
    desk.act(Act::Complete);
    let Call::Step { step: Step::CheckDocuments { documents }, .. } = &desk.outside.asked[asked].1 else {
        panic!("the ticks go first")
    };
    let ticked: Vec<_> = documents.iter().map(|paper| (paper.key.as_str(), paper.status)).collect();
    let (provided, missing) = (DocumentStatus::Provided, DocumentStatus::Missing);
    assert_eq!(ticked, [("d1", provided), ("d2", provided), ("d3", missing)]);
}

#[test]
fn ticks_survive_the_servers_absence() {
    let mut desk = clerk_with_an_application();
    desk.toggle_paper(0);
    desk.settle();
    desk.answer_last(away());
    desk.news(News::Away);
    assert_eq!(desk.intake.files[0].status_of("d1"), DocumentStatus::Provided);

    desk.news(News::Connected);
    let ticks = |call: &Call| matches!(call, Call::Step { step: Step::CheckDocuments { .. }, .. });
    let sent_again = desk.outside.asked.iter().filter(|(_, call, _)| ticks(call)).count();
    assert_eq!(sent_again, 2);
    assert_eq!(desk.notice, None, "the alarm goes when the server is back");
}

fn accepted() -> Answer {
    let case = protocol::case::Case {
        state: CaseState::InReview,
        accepted_at: Some(1),
        actions: Vec::new(),
        ..received_case()
    };
    Answer::Case(Box::new(case))
}

fn receipt() -> Receipt {
    Receipt {
        case_no: "FT-1".to_owned(),
        hall_name: Text::default(),
        item_name: Text::default(),
        department_name: Text::default(),
        applicant_name: "王*".to_owned(),
        accepted_at: 1,
        due_on: None,
        documents: Vec::new(),
        query_url: String::new(),
    }
}

#[test]
fn the_receipt_is_printed_once_and_then_reprinted() {
    let mut desk = clerk_with_an_application();
    desk.tick_all_papers();
    let mut ticked = received_case();
    for document in &mut ticked.documents {
        document.status = DocumentStatus::Provided;
    }
    desk.answer_last(Ok(Answer::Case(Box::new(ticked))));
    desk.case_action(CaseAction::Accept);
    desk.answer_last(Ok(accepted()));
    assert_eq!(desk.notice, Some(Notice::Accepted { case_no: "FT-1".to_owned() }));

    desk.print();
    desk.print();
    assert_eq!(desk.times_asked(&Call::Receipt("FT-1".to_owned())), 1, "a second press prints no second copy");
    desk.answer_last(Ok(Answer::Receipt(Box::new(receipt()))));
    let out_of_paper = PrintFailure { trouble: Some(PrinterTrouble::PaperOut), nothing_came_out: true };
    desk.printed("FT-1", Err(out_of_paper));
    assert_eq!(desk.notice, Some(Notice::NotPrinted(PrinterTrouble::PaperOut)));

    for reprint in [false, true] {
        desk.print();
        desk.answer_last(Ok(Answer::Receipt(Box::new(receipt()))));
        let printed = desk.outside.papers.last();
        assert_eq!(printed, Some(&Paper::Receipt { receipt: Box::new(receipt()), reprint }));
        desk.printed("FT-1", Ok(PaperLeft::Enough));
    }
}

#[test]
fn the_correction_notice_is_previewed_given_and_printed() {
    let mut desk = clerk_with_an_application();
    desk.case_action(CaseAction::NotifyCorrection);
    assert_eq!(desk.dialog, Some(Dialog::Correction));
    assert_eq!(desk.intake.missing().len(), 2);
    desk.dialog_text = "复印件不清晰".to_owned();
    desk.confirm();
    let notice = DeficiencyNotice { at: 1, by: "li.jing".to_owned(), documents: Vec::new(), note: String::new() };
    let case = protocol::case::Case {
        state: CaseState::Correction,
        correction: Some(notice),
        actions: vec![CaseAction::Supply],
        ..received_case()
    };
    desk.answer_last(Ok(Answer::Case(Box::new(case))));
    assert!(matches!(desk.outside.papers.as_slice(), [Paper::Correction { reprint: false, .. }]));
}

#[test]
fn an_opinion_is_needed_before_anything_is_asked() {
    for action in
        [CaseAction::Approve, CaseAction::Return, CaseAction::Object, CaseAction::Refuse, CaseAction::Resubmit]
    {
        let mut desk = desk_with_case(&[Role::Reviewer], CaseState::InReview, &[action]);
        let asked = desk.outside.asked.len();
        desk.case_text = "  ".to_owned();
        desk.case_action(action);
        assert_eq!((desk.notice.clone(), desk.outside.asked.len()), (Some(Notice::OpinionNeeded), asked), "{action:?}");
    }
}

#[test]
fn a_signer_may_grant_without_words() {
    let mut desk = desk_with_case(&[Role::Signer], CaseState::InApproval, &[CaseAction::Grant, CaseAction::Refuse]);
    desk.case_action(CaseAction::Grant);
    let step = Step::Grant { opinion: String::new() };
    assert_eq!(*desk.last_call(), Call::Step { case_no: "FT-1".to_owned(), step });
}

#[test]
fn handing_over_needs_the_collectors_name() {
    let mut desk = desk_with_case(&[Role::Clerk], CaseState::Completed, &[CaseAction::Deliver]);
    desk.case_action(CaseAction::Deliver);
    assert_eq!(desk.notice, Some(Notice::CollectorNeeded));
}

#[test]
fn a_veto_asks_once_more_and_escape_takes_it_back() {
    let mut desk = desk_with_case(&[Role::Reviewer], CaseState::InReview, &[CaseAction::Approve, CaseAction::Object]);
    desk.case_text = "不符合条件".to_owned();
    let asked = desk.outside.asked.len();
    desk.case_action(CaseAction::Object);
    desk.cancel();
    assert_eq!((desk.dialog, desk.outside.asked.len(), desk.case_text.as_str()), (None, asked, "不符合条件"));
    desk.case_action(CaseAction::Object);
    desk.confirm();
    assert!(matches!(desk.last_call(), Call::Step { step: Step::Object { .. }, .. }));
}

#[test]
fn after_an_approval_the_list_is_next_and_the_opinion_is_not_left_for_another_case() {
    let mut desk = desk_with_case(&[Role::Reviewer], CaseState::InReview, &[CaseAction::Approve]);
    desk.case_text = "同意".to_owned();
    desk.case_action(CaseAction::Approve);
    desk.answer_last(Ok(accepted()));
    assert_eq!((desk.page, desk.case_text.as_str()), (Page::Tasks, ""));
    assert_eq!(desk.notice, Some(Notice::StepDone { case_no: "FT-1".to_owned() }));
}

#[test]
fn an_opinion_is_kept_when_the_server_does_not_take_it() {
    let mut desk = desk_with_case(&[Role::Reviewer], CaseState::InReview, &[CaseAction::Approve]);
    desk.case_text = "同意".to_owned();
    desk.case_action(CaseAction::Approve);
    desk.answer_last(away());
    assert_eq!((desk.page, desk.case_text.as_str(), &desk.notice), (Page::Case, "同意", &Some(Notice::NoAnswer)));
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
    assert_eq!(desk.intake.form, super::intake::Form::default());
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

#[test]
fn tasks_come_the_most_urgent_first() {
    let task = |case_no: &str, due_on: Option<&str>, since| Task {
        case_no: case_no.to_owned(),
        kind: TaskKind::Review,
        item_name: Text::default(),
        department_name: Text::default(),
        applicant_name: String::new(),
        state: CaseState::InReview,
        since,
        due_on: due_on.map(str::to_owned),
        days_left: None,
        bulk: false,
        on_behalf_of: None,
    };
    let mut desk = desk_of(&[Role::Reviewer]);
    desk.go(Page::Tasks);
    desk.answer_last(Ok(Answer::Tasks(vec![
        task("none", None, 1),
        task("late", Some("2026-12-30"), 2),
        task("soon-new", Some("2026-11-25"), 9),
        task("soon-old", Some("2026-11-25"), 3),
    ])));
    let order: Vec<&str> = desk.tasks.lines().iter().map(|task| task.case_no.as_str()).collect();
    assert_eq!(order, ["soon-old", "soon-new", "late", "none"]);
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
fn a_scanned_receipt_finds_its_case() {
    let mut desk = desk_of(&[Role::Clerk]);
    desk.scanned("http://hall.example/c/Abc123\r");
    assert_eq!((desk.last_call(), desk.page), (&Call::Search("Abc123".to_owned()), Page::Tasks));
}

#[test]
fn news_that_another_desk_moved_the_case_is_read_at_once() {
    let mut desk = desk_with_case(&[Role::Signer], CaseState::InApproval, &[CaseAction::Grant]);
    let push =
        serde_json::from_str(r#"{"hall":"district","turn":9,"at":1,"kind":"case-changed","case_no":"FT-1"}"#).unwrap();
    desk.news(News::Pushed(Box::new(push)));
    assert_eq!(*desk.last_call(), Call::Case("FT-1".to_owned()));
}

#[test]
fn an_answer_that_cannot_be_read_is_said_so() {
    let mut desk = clerk_at_an_open_window();
    desk.act(Act::CallNext);
    desk.answer_last(Err(Trouble::Unreadable { cause: "expected value".to_owned() }));
    assert_eq!(desk.notice, Some(Notice::Unreadable));
}
