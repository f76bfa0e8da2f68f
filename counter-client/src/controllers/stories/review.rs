//! The steps of a case: what each asks first, and what follows.

use protocol::case::{Case, CaseAction, CaseState, FileRef, Step};
use protocol::catalogue::SpecialKind;
use protocol::staff::{Colleague, Role};

use crate::controllers::test_support::*;
use crate::controllers::{Dialog, Notice, Page};
use crate::server::{Answer, Call, News, Trouble};

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
fn a_special_procedure_asks_kind_days_and_reason_and_says_what_is_missing() {
    let mut desk =
        desk_with_case(&[Role::Reviewer], CaseState::InReview, &[CaseAction::Approve, CaseAction::AskSpecial]);
    desk.guides.want(&mut desk.outside, "FP1");
    desk.answer_last(Ok(Answer::Item(Box::new(item()))));
    desk.open_further();
    assert_eq!((desk.dialog, desk.further().len()), (Some(Dialog::Further), 1));
    desk.confirm();
    assert_eq!(desk.dialog, Some(Dialog::Step(CaseAction::AskSpecial)));
    desk.confirm();
    assert_eq!((&desk.notice, desk.dialog.is_some()), (&Some(Notice::DaysNeeded), true));
    desk.step_form.days = "10".to_owned();
    desk.step_form.text = "需要专家评审".to_owned();
    desk.confirm();
    let reason = "需要专家评审".to_owned();
    let step = Step::AskSpecial { kind: SpecialKind::ExpertReview, days: 10, reason };
    assert_eq!((desk.last_call(), desk.dialog), (&Call::Step { case_no: "FT-1".to_owned(), step }, None));
}

#[test]
fn a_case_is_passed_on_to_a_colleague_of_the_list() {
    let mut desk = desk_with_case(&[Role::Reviewer], CaseState::InReview, &[CaseAction::Reassign]);
    desk.case_action(CaseAction::Reassign);
    assert_eq!(*desk.last_call(), Call::Colleagues);
    desk.confirm();
    assert_eq!(desk.notice, Some(Notice::ColleagueNeeded));
    let colleague =
        |name: &str| Colleague { username: name.to_owned(), name: name.to_owned(), roles: vec![Role::Reviewer] };
    desk.answer_last(Ok(Answer::Colleagues(vec![colleague("he"), colleague("wu")])));
    desk.pick(1);
    desk.confirm();
    let step = Step::Reassign { to: "wu".to_owned() };
    assert_eq!(*desk.last_call(), Call::Step { case_no: "FT-1".to_owned(), step });
}

#[test]
fn one_key_goes_round_the_cases_of_an_application() {
    let mut desk = desk_with_case(&[Role::Reviewer], CaseState::InReview, &[]);
    desk.open_case("FT-2");
    let case =
        Case { case_no: "FT-2".to_owned(), siblings: vec!["FT-1".to_owned(), "FT-3".to_owned()], ..received_case() };
    desk.answer_last(Ok(Answer::Case(Box::new(case))));
    desk.next_sibling();
    assert_eq!(*desk.last_call(), Call::Case("FT-3".to_owned()));
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
fn a_result_is_ready_with_its_file_or_without() {
    let completing = || {
        let mut desk = desk_with_case(&[Role::Reviewer], CaseState::DecidedGranted, &[CaseAction::Complete]);
        desk.paper_files.scans = vec!["/scans/2.pdf".into(), "/scans/1.pdf".into()];
        desk.case_action(CaseAction::Complete);
        assert_eq!(desk.dialog, Some(Dialog::Complete));
        desk
    };
    let complete = |result| Call::Step { case_no: "FT-1".to_owned(), step: Step::Complete { result } };
    let mut desk = completing();
    desk.confirm();
    assert_eq!((desk.last_call(), desk.dialog), (&complete(None), None));

    let mut desk = completing();
    desk.pick(2);
    desk.confirm();
    assert!(matches!(desk.last_call(), Call::Upload { path, .. } if path.ends_with("1.pdf")));
    desk.answer_last(Ok(Answer::File(Box::new(scan()))));
    let file = FileRef { id: scan().id, digest: scan().sha256 };
    assert_eq!(*desk.last_call(), complete(Some(file)));
}

#[test]
fn a_result_whose_file_did_not_arrive_completes_nothing() {
    let mut desk = desk_with_case(&[Role::Reviewer], CaseState::DecidedGranted, &[CaseAction::Complete]);
    desk.case_action(CaseAction::Complete);
    desk.dialog_text = "/gone.pdf".to_owned();
    desk.confirm();
    let gone = Trouble::NoFile { path: "/gone.pdf".into(), cause: "not there".to_owned() };
    desk.answer_last(Err(gone));
    assert_eq!(desk.notice, Some(Notice::FileUnreadable { path: "/gone.pdf".to_owned() }));
    assert!(desk.outside.asked.iter().all(|(_, call, _)| !matches!(call, Call::Step { .. })));
}
