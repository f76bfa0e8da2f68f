//! Notices (文书): listed, put on paper, opened on the screen.

use domain::notices::Facts;
use protocol::case::{Case, CaseAction, CaseState, IssuedNotice, NoticeStanding, Step};
use protocol::catalogue::Text;
use protocol::problem::Code;
use protocol::queue::TicketState;
use protocol::staff::Role;

use crate::controllers::issued::{Kind, NoticeId, Sheet, SheetTrouble, Way};
use crate::controllers::test_support::*;
use crate::controllers::window::Act;
use crate::controllers::{Dialog, Notice};
use crate::server::{Answer, Call};

fn issued(serial: i64, kind: &str) -> IssuedNotice {
    IssuedNotice {
        serial,
        number: format!("福府〔2026〕{serial}号"),
        kind: kind.to_owned(),
        name: Text::new(kind, kind),
        issued_at: serial,
        standing: NoticeStanding::InForce,
        verify_url: String::new(),
    }
}

fn id(case_no: &str, serial: i64) -> NoticeId {
    NoticeId { case_no: case_no.to_owned(), serial }
}

fn pdf_of(case_no: &str, serial: i64) -> Call {
    Call::NoticePdf { case_no: case_no.to_owned(), serial }
}

fn list(case_no: &str) -> Call {
    Call::Notices(case_no.to_owned())
}

/// A clerk with the notices of a case on the desk: a receipt and, newer, the acceptance.
fn clerk_with_notices() -> TestDesk {
    let mut desk = desk_with_case(&[Role::Clerk], CaseState::InReview, &[]);
    desk.open_notices();
    desk.answer_last(Ok(Answer::Notices(vec![issued(1, "receipt"), issued(2, "acceptance")])));
    desk
}

#[test]
fn the_newest_notice_stands_first_and_enter_prints_it() {
    let mut desk = clerk_with_notices();
    assert_eq!(desk.dialog, Some(Dialog::Notices));
    let shown: Vec<i64> = desk.notices().iter().map(|(id, _)| id.serial).collect();
    assert_eq!(shown, [2, 1]);
    desk.confirm();
    desk.confirm();
    assert_eq!(desk.times_asked(&pdf_of("FT-1", 2)), 1, "a second press prints no second copy");
    desk.answer_last(Ok(Answer::Pdf(b"%PDF".to_vec())));
    let sheet = Sheet { id: id("FT-1", 2), way: Way::Printer, pdf: b"%PDF".to_vec() };
    assert_eq!(desk.outside.sheets, [sheet]);
    desk.confirm();
    assert_eq!(desk.times_asked(&pdf_of("FT-1", 2)), 1, "not while the printer has it");

    desk.put_out(&id("FT-1", 2), Way::Printer, Ok(()));
    let name = Text::new("acceptance", "acceptance");
    assert_eq!(desk.notice, Some(Notice::NoticePrinted { case_no: "FT-1".to_owned(), name }));
    assert!(desk.issued.is_printed(&id("FT-1", 2)) && !desk.issued.is_printed(&id("FT-1", 1)));
    assert_eq!(desk.dialog, Some(Dialog::Notices), "the next may follow");
    desk.pick(1);
    desk.confirm();
    assert_eq!(*desk.last_call(), pdf_of("FT-1", 1));
}

#[test]
fn a_printer_that_fails_costs_nothing_and_the_same_key_prints_again() {
    let mut desk = clerk_with_notices();
    desk.confirm();
    desk.answer_last(Ok(Answer::Pdf(Vec::new())));
    desk.put_out(&id("FT-1", 2), Way::Printer, Err(SheetTrouble::Failed));
    let name = Text::new("acceptance", "acceptance");
    assert_eq!(desk.notice, Some(Notice::NoticeNotPrinted { name, trouble: SheetTrouble::Failed }));
    assert!(!desk.issued.is_printed(&id("FT-1", 2)));
    desk.confirm();
    assert_eq!(desk.times_asked(&pdf_of("FT-1", 2)), 2);
}

#[test]
fn a_notice_that_the_server_cannot_set_is_said_and_can_be_asked_for_again() {
    let mut desk = clerk_with_notices();
    for answer in [refused(Code::Internal), away()] {
        desk.confirm();
        desk.answer_last(answer);
        assert!(desk.notice.is_some() && desk.outside.sheets.is_empty());
    }
    desk.confirm();
    assert_eq!(desk.times_asked(&pdf_of("FT-1", 2)), 3);
}

#[test]
fn a_notice_is_opened_on_the_screen_only_from_the_list() {
    let mut desk = clerk_with_notices();
    desk.show_picked_notice();
    desk.answer_last(Ok(Answer::Pdf(b"%PDF".to_vec())));
    assert_eq!(desk.outside.sheets.last().map(|sheet| sheet.way), Some(Way::Screen));
    desk.put_out(&id("FT-1", 2), Way::Screen, Err(SheetTrouble::NotStarted));
    assert!(matches!(desk.notice, Some(Notice::NoticeNotShown { .. })));
    desk.dialog = None;
    let asked = desk.outside.asked.len();
    desk.show_picked_notice();
    assert_eq!(desk.outside.asked.len(), asked);
}

#[test]
fn one_key_prints_the_newest_notice_of_every_case_on_screen() {
    let mut desk = clerk_serving(card());
    desk.start_application();
    let case = |case_no: &str| Case { case_no: case_no.to_owned(), ..received_case() };
    desk.answer_last(Ok(opened(vec![case("FT-1"), case("FT-2")])));
    desk.print_newest_notices();
    assert_eq!(desk.notice, Some(Notice::NoNotices));
    desk.answer_all(&list("FT-1"), &Ok(Answer::Notices(vec![issued(1, "receipt"), issued(2, "correction")])));
    desk.answer_all(&list("FT-2"), &Ok(Answer::Notices(vec![issued(1, "receipt")])));
    desk.print_newest_notices();
    let printed = [pdf_of("FT-1", 2), pdf_of("FT-2", 1), pdf_of("FT-1", 1)].map(|call| desk.times_asked(&call));
    assert_eq!((printed, &desk.notice), ([1, 1, 0], &None));
}

#[test]
fn what_the_settings_name_is_printed_by_itself_when_a_step_here_issues_it() {
    let mut desk = desk_with_case(&[Role::Signer], CaseState::InApproval, &[CaseAction::Grant, CaseAction::Refuse]);
    desk.issued.print_on_step(&[Kind::Grant]);
    desk.case_action(CaseAction::Grant);
    desk.answer_last(Ok(accepted()));
    let notices = || Ok(Answer::Notices(vec![issued(1, "receipt"), issued(2, "acceptance"), issued(3, "grant")]));
    // The list does not come at first; the notice stays due.
    desk.answer_all(&list("FT-1"), &away());
    desk.open_case("FT-1");
    desk.answer_all(&list("FT-1"), &notices());
    assert_eq!(desk.times_asked(&pdf_of("FT-1", 3)), 1);
    let others = desk.outside.asked.iter().filter(|(_, call, _)| matches!(call, Call::NoticePdf { .. })).count();
    assert_eq!(others, 1, "nothing else is printed");
    desk.open_case("FT-1");
    desk.answer_all(&list("FT-1"), &notices());
    assert_eq!(desk.times_asked(&pdf_of("FT-1", 3)), 1, "and nothing a second time by itself");
}

#[test]
fn an_application_opened_here_prints_its_receipt_where_the_settings_say_so() {
    let mut desk = clerk_serving(card());
    desk.issued.print_on_step(&[Kind::Receipt]);
    desk.start_application();
    desk.answer_last(Ok(opened(vec![received_case()])));
    desk.answer_last(Ok(Answer::Notices(vec![issued(1, "receipt")])));
    assert_eq!(*desk.last_call(), pdf_of("FT-1", 1));
}

#[test]
fn a_clerk_who_sits_down_again_finds_the_notices_of_the_open_application() {
    let mut desk = clerk_at_an_open_window();
    desk.act(Act::CallNext);
    let Answer::Ticket(Some(mut called)) = called(TicketState::Serving, card()) else { panic!("no ticket") };
    called.cases = vec!["FT-1".to_owned()];
    desk.answer_last(Ok(Answer::Ticket(Some(called))));
    assert_eq!(desk.times_asked(&list("FT-1")), 0);
    desk.answer_all(&Call::Case("FT-1".to_owned()), &Ok(Answer::Case(Box::new(received_case()))));
    assert_eq!(desk.times_asked(&list("FT-1")), 1);
}

#[test]
fn the_next_person_at_the_desk_finds_no_notice_of_the_last() {
    let mut desk = clerk_with_notices();
    desk.cancel();
    desk.show_picked_notice();
    desk.leave(false);
    desk.answer_last(Ok(Answer::Done));
    desk.sign_in("chen.wei", "secret");
    desk.answer_last(Ok(Answer::SignedIn(session("chen.wei", &[Role::Reviewer]))));
    assert_eq!((desk.notices().len(), desk.outside.sheets.len()), (0, 0));
}

#[test]
fn the_kinds_of_the_settings_are_those_that_the_server_issues() {
    let text = String::new;
    let issued = [
        (Step::Receive, Facts::Receipt),
        (
            Step::RefuseAcceptance { reason: text(), authority: text() },
            Facts::NonAcceptance { reason: text(), authority: text() },
        ),
        (Step::NotRequired { reason: text() }, Facts::NotRequired { reason: text() }),
        (Step::Grant { opinion: text() }, Facts::Grant { opinion: text() }),
        (Step::Refuse { reason: text() }, Facts::Refusal { reason: text() }),
        (Step::Deliver { collected_by: text() }, Facts::Delivery),
        (Step::ConfirmWithdrawal, Facts::Withdrawn { reason: text() }),
        (Step::Terminate { reason: text(), basis: text() }, Facts::Terminated { reason: text(), basis: text() }),
        (Step::Revoke { reason: text(), basis: text() }, Facts::Revoked { reason: text(), basis: text() }),
    ];
    for (step, facts) in issued {
        assert_eq!(Kind::of(&step).map(<&str>::from), Some(facts.kind()), "{step:?}");
    }
    assert_eq!(Kind::of(&Step::Approve { opinion: text() }), None);
}
