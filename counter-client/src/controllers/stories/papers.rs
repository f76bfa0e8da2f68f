//! The papers of one case or several: ticked, deferred, looked up elsewhere, scanned.

use protocol::case::{Case, CaseAction, CaseDocument, CaseState, DocumentStatus, FileRef, Step};
use protocol::catalogue::Text;
use protocol::lookup::{Lookup, LookupOutcome};
use protocol::staff::Role;

use crate::controllers::test_support::*;
use crate::controllers::window::Act;
use crate::controllers::{Dialog, Notice, papers};
use crate::server::{Answer, Call, News};

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

fn material(key: &str, material: &str) -> CaseDocument {
    CaseDocument { material: material.to_owned(), ..paper(key, true, DocumentStatus::Missing) }
}

/// Two cases of one application which share one of their papers.
fn clerk_with_two_cases() -> TestDesk {
    let case = |case_no: &str, documents| Case { case_no: case_no.to_owned(), documents, ..received_case() };
    let mut desk = clerk_serving(card());
    desk.start_application();
    desk.answer_last(Ok(opened(vec![
        case("FT-1", vec![material("d1", "ID"), paper("d2", true, DocumentStatus::Missing)]),
        case("FT-2", vec![material("x1", "ID"), paper("x2", true, DocumentStatus::Missing)]),
    ])));
    desk
}

#[test]
fn a_paper_that_two_cases_ask_for_is_shown_once_and_given_to_both() {
    let mut desk = clerk_with_two_cases();
    let keys = |desk: &TestDesk| papers::of(desk.files()).iter().map(|p| p.document.key.clone()).collect::<Vec<_>>();
    assert_eq!(keys(&desk), ["d1", "d2", "x2"]);
    desk.toggle_paper(0);
    desk.settle();
    let ticks: Vec<_> = desk
        .outside
        .asked
        .iter()
        .filter_map(|(_, call, _)| match call {
            Call::Step { case_no, step: Step::CheckDocuments { documents } } => {
                Some((case_no.as_str(), documents[0].key.as_str()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(ticks, [("FT-1", "d1"), ("FT-2", "x1")]);
    assert_eq!(desk.intake.missing().len(), 2);
}

#[test]
fn no_case_of_an_application_is_accepted_while_one_lacks_a_paper() {
    let mut desk = clerk_with_two_cases();
    desk.toggle_paper(0);
    desk.toggle_paper(1);
    let asked = desk.outside.asked.len();
    desk.case_action(CaseAction::Accept);
    assert_eq!(desk.notice, Some(Notice::PapersMissing(vec![Text::new("x2", "x2")])));
    assert_eq!(desk.outside.asked.len(), asked);
}

#[test]
fn a_paper_is_deferred_or_committed_only_where_the_item_allows_it() {
    let mut case = received_case();
    case.documents[0].deferrable = true;
    let mut desk = clerk_serving(card());
    desk.start_application();
    desk.answer_last(Ok(opened(vec![case])));
    for (index, status) in [(0, DocumentStatus::Deferred), (1, DocumentStatus::Deferred), (2, DocumentStatus::Rejected)]
    {
        desk.set_paper(index, status);
    }
    let statuses: Vec<_> = papers::of(desk.files()).iter().map(|paper| paper.status).collect();
    assert_eq!(statuses, [DocumentStatus::Deferred, DocumentStatus::Missing, DocumentStatus::Rejected]);
    assert_eq!(desk.intake.missing(), [Text::new("d2", "d2")]);
}

#[test]
fn deferred_papers_that_came_are_handed_in_together() {
    let mut desk = desk_with_case(&[Role::Clerk], CaseState::InReview, &[CaseAction::SupplyDeferred]);
    let mut case = received_case();
    case.actions = vec![CaseAction::SupplyDeferred];
    case.documents[0].status = DocumentStatus::Deferred;
    case.documents[1].status = DocumentStatus::Deferred;
    desk.open_case("FT-1");
    desk.answer_last(Ok(Answer::Case(Box::new(case))));
    desk.toggle_paper(1);
    desk.case_action(CaseAction::SupplyDeferred);
    let step = Step::SupplyDeferred { documents: vec!["d2".to_owned()] };
    assert_eq!(*desk.last_call(), Call::Step { case_no: "FT-1".to_owned(), step });
}

fn looked_up(outcome: LookupOutcome) -> Answer {
    Answer::Lookup(Box::new(Lookup {
        id: "l1".to_owned(),
        document: "d1".to_owned(),
        provider: "business-registration".to_owned(),
        data: Text::default(),
        purpose: "核对营业执照".to_owned(),
        by: "李静".to_owned(),
        office: Text::default(),
        asked_at: 1,
        outcome,
        refusal: String::new(),
        answer: None,
        fields: Vec::new(),
        advice: Text::new("请收取复印件", ""),
    }))
}

#[test]
fn a_lookup_needs_a_purpose_and_says_what_to_do_where_nothing_is_found() {
    let mut case = received_case();
    case.documents[0].shared_source = "business-registration".to_owned();
    let mut desk = clerk_serving(card());
    desk.start_application();
    desk.answer_last(Ok(opened(vec![case])));
    desk.open_lookup(1);
    assert_eq!(desk.dialog, None, "no register answers for this paper");
    desk.open_lookup(0);
    desk.confirm();
    assert_eq!((&desk.notice, desk.dialog), (&Some(Notice::PurposeNeeded), Some(Dialog::Lookup)));
    desk.dialog_text = "核对营业执照".to_owned();
    desk.confirm();
    assert!(matches!(desk.last_call(), Call::Lookup { case_no, ask } if case_no == "FT-1" && ask.document == "d1"));
    desk.answer_last(Ok(looked_up(LookupOutcome::NotFound)));
    let advice = Text::new("请收取复印件", "");
    assert_eq!(desk.notice, Some(Notice::LookedUp { found: false, advice }));
    assert_eq!(*desk.last_call(), Call::Case("FT-1".to_owned()), "what was pulled is read");
}

#[test]
fn a_scan_is_stored_first_and_then_attached_to_its_paper() {
    let mut case = received_case();
    case.actions.push(CaseAction::AttachFile);
    let mut desk = clerk_serving(card());
    desk.start_application();
    desk.answer_last(Ok(opened(vec![case])));
    desk.open_attach(1);
    desk.confirm();
    assert_eq!(desk.notice, Some(Notice::PathNeeded), "no scan and no path");
    desk.paper_files.scans = vec!["/scans/2.pdf".into(), "/scans/1.pdf".into()];
    desk.pick(1);
    desk.confirm();
    assert!(matches!(desk.last_call(), Call::Upload { path, .. } if path.ends_with("1.pdf")));
    desk.answer_last(Ok(Answer::File(Box::new(scan()))));
    assert!(matches!(desk.last_call(), Call::Step { step: Step::AttachFile { document, .. }, .. } if document == "d2"));
}

#[test]
fn a_step_pressed_while_a_scan_is_being_attached_waits_for_it() {
    let mut desk = clerk_with_an_application();
    let file = protocol::case::FileRef { id: "f1".to_owned(), digest: "ab".repeat(32) };
    desk.intake.files[0].take_later(Step::AttachFile { document: "d1".to_owned(), file });
    desk.settle();
    let attach = desk.last_call().clone();
    desk.case_action(CaseAction::Withdraw);
    desk.step_form.text = "改日再来".to_owned();
    desk.confirm();
    assert_eq!(*desk.last_call(), attach);
    desk.answer_last(Ok(Answer::Case(Box::new(received_case()))));
    assert!(matches!(desk.last_call(), Call::Step { step: Step::Withdraw { .. }, .. }));
}

#[test]
fn a_file_is_taken_off_its_paper_by_a_second_press_and_turning_takes_the_first_back() {
    let file = |id: &str| FileRef { id: id.to_owned(), digest: "ab".repeat(32) };
    let mut case = received_case();
    case.actions.push(CaseAction::DetachFile);
    case.documents[0].files = vec![file("f1"), file("f2")];
    let mut desk = clerk_serving(card());
    desk.start_application();
    desk.answer_last(Ok(opened(vec![case])));
    desk.show_files(0);
    let detached = |desk: &TestDesk| {
        let step = Step::DetachFile { document: "d1".to_owned(), file: "f2".to_owned() };
        desk.times_asked(&Call::Step { case_no: "FT-1".to_owned(), step })
    };
    desk.turn_file(1);
    desk.detach_file();
    desk.turn_file(1);
    desk.detach_file();
    assert_eq!((detached(&desk), desk.dialog), (0, Some(Dialog::Files)));
    desk.detach_file();
    assert_eq!((detached(&desk), desk.dialog), (1, None));
}

#[test]
fn after_acceptance_no_file_is_taken_off() {
    let mut case = received_case();
    case.documents[0].files = vec![FileRef { id: "f1".to_owned(), digest: String::new() }];
    let mut desk = clerk_serving(card());
    desk.start_application();
    desk.answer_last(Ok(opened(vec![case])));
    desk.show_files(0);
    let asked = desk.outside.asked.len();
    desk.detach_file();
    desk.detach_file();
    assert_eq!(desk.outside.asked.len(), asked);
}
