//! Stories of an approval at the desk: situations, papers of several cases, steps that ask first, tasks granted together, signals.

use protocol::case::{
    Case, CaseAction, CaseDocument, CaseState, DocumentStatus, Done, SeveralSteps, Step, Task, TaskKind,
};
use protocol::catalogue::{Choice, FormField, Item, Question, RequiredDocument, SpecialKind, SpecialRule, Text};
use protocol::files::File;
use protocol::lookup::{Lookup, LookupOutcome};
use protocol::preparation::{Preparation, PreparedFile};
use protocol::problem::Code;
use protocol::staff::{Colleague, Role};
use protocol::supervision::{Signal, SignalAction, SignalKind, SignalState, SignalStep};

use crate::server::{Answer, Call};

use super::test_support::*;
use super::{Dialog, Notice, Page, papers};

fn item() -> Item {
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
    let file = File {
        id: "f1".to_owned(),
        name: "租约.jpg".to_owned(),
        media_type: "image/jpeg".to_owned(),
        size: 10,
        sha256: "ab".repeat(32),
        subject: "ticket:7".to_owned(),
        uploaded_at: 0,
        has_preview: true,
    };
    Preparation {
        ticket: 7,
        item: "FP1".to_owned(),
        item_version: 1,
        answers: [("premises".to_owned(), "rented".to_owned())].into(),
        form: [("area".to_owned(), "80".to_owned())].into(),
        files: vec![PreparedFile { document: "d1".to_owned(), file }],
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
fn nobody_has_to_prepare_anything() {
    let mut desk = clerk_with_questions();
    desk.answer_all(&Call::Preparation(7), &refused(Code::NotFound));
    assert_eq!((&desk.notice, desk.intake.answer("premises")), (&None, ""));
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

fn task(case_no: &str, kind: TaskKind, bulk: bool) -> Task {
    Task {
        case_no: case_no.to_owned(),
        kind,
        item_name: Text::default(),
        department_name: Text::default(),
        applicant_name: String::new(),
        state: CaseState::InApproval,
        since: 1,
        due_on: None,
        days_left: None,
        bulk,
        on_behalf_of: None,
    }
}

fn signer_with_tasks() -> TestDesk {
    let mut desk = desk_of(&[Role::Signer]);
    desk.go(Page::Tasks);
    desk.answer_last(Ok(Answer::Tasks(vec![
        task("a", TaskKind::Decide, true),
        task("b", TaskKind::Decide, false),
        task("c", TaskKind::Decide, true),
        task("d", TaskKind::Complete, true),
    ])));
    desk
}

#[test]
fn only_decisions_that_the_item_allows_are_granted_together_and_each_outcome_is_shown() {
    let mut desk = signer_with_tasks();
    desk.grant_marked();
    assert_eq!((&desk.notice, desk.dialog), (&Some(Notice::NothingMarked), None));
    for index in 0..4 {
        desk.tasks.mark(index);
    }
    assert_eq!(desk.tasks.marked_count(), 2);
    desk.grant_marked();
    desk.dialog_text = "同意".to_owned();
    desk.confirm();
    let cases = vec!["a".to_owned(), "c".to_owned()];
    assert_eq!(*desk.last_call(), Call::Several(SeveralSteps { cases, opinion: "同意".to_owned() }));
    let done = |case_no: &str, refused| Done { case_no: case_no.to_owned(), refused };
    desk.answer_last(Ok(Answer::Several(vec![done("a", None), done("c", Some(Code::WrongState))])));
    assert_eq!((desk.dialog, &desk.notice), (Some(Dialog::Outcomes), &Some(Notice::Granted { done: 1, refused: 1 })));
    assert_eq!((*desk.last_call() == Call::Tasks, desk.tasks.marked_count()), (true, 0));
}

#[test]
fn tasks_are_shown_by_kind_and_the_arrows_turn_round() {
    let mut desk = signer_with_tasks();
    let shown = |desk: &TestDesk| desk.tasks.lines().len();
    let mut counts = vec![shown(&desk)];
    for _ in 0..3 {
        desk.tasks.turn_kind(true);
        counts.push(shown(&desk));
    }
    assert_eq!(counts, [4, 3, 1, 4]);
}

fn signal(id: i64, actions: &[SignalAction]) -> Signal {
    Signal {
        id,
        hall: "district".to_owned(),
        case_no: "FT-1".to_owned(),
        item_name: Text::default(),
        case_state: CaseState::InReview,
        rule: "promised-passed".to_owned(),
        rule_name: Text::new("超承诺时限", ""),
        signal: SignalKind::Red,
        recipient: "scjg".to_owned(),
        recipient_name: Text::default(),
        round: 1,
        raised_at: 1,
        reply_due_on: "2026-11-26".to_owned(),
        reply_overdue: false,
        state: SignalState::Open,
        reply: String::new(),
        replied_by: None,
        replied_at: None,
        review: String::new(),
        reviewed_by: None,
        reviewed_at: None,
        clock: None,
        actions: actions.to_vec(),
    }
}

#[test]
fn a_signal_is_answered_with_words_and_the_list_is_read_again() {
    let mut desk = desk_of(&[Role::Leader]);
    desk.go(Page::Signals);
    desk.answer_last(Ok(Answer::Signals(vec![signal(4, &[SignalAction::Reply])])));
    assert_eq!(desk.signals.waiting(), 1);
    desk.signal_action(SignalAction::Confirm);
    assert_eq!(desk.dialog, None, "a recipient reviews nothing");
    desk.signal_action(SignalAction::Reply);
    desk.confirm();
    assert_eq!((&desk.notice, desk.dialog.is_some()), (&Some(Notice::OpinionNeeded), true));
    desk.dialog_text = "已补办，加派人手".to_owned();
    desk.confirm();
    let step = SignalStep::Reply { text: "已补办，加派人手".to_owned() };
    assert_eq!(*desk.last_call(), Call::SignalStep { id: 4, step });
    desk.answer_last(Ok(Answer::Signal(Box::new(signal(4, &[])))));
    assert_eq!((&desk.notice, desk.last_call()), (&Some(Notice::SignalDone), &Call::Signals));
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
    desk.answer_last(Ok(Answer::File(Box::new(prepared().files[0].file.clone()))));
    assert!(matches!(desk.last_call(), Call::Step { step: Step::AttachFile { document, .. }, .. } if document == "d2"));
}
