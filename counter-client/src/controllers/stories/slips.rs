//! The slips of the receipt printer: receipts, and what is missing.

use protocol::case::{Case, CaseAction, CaseState, DeficiencyNotice, DocumentStatus, Receipt};
use protocol::catalogue::Text;

use crate::controllers::news::{PaperLeft, PrintFailure};
use crate::controllers::notice::PrinterTrouble;
use crate::controllers::outside::Paper;
use crate::controllers::test_support::*;
use crate::controllers::{Dialog, Notice};
use crate::server::{Answer, Call};

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
    let case = Case {
        state: CaseState::Correction,
        correction: Some(notice),
        actions: vec![CaseAction::Supply],
        ..received_case()
    };
    desk.answer_last(Ok(Answer::Case(Box::new(case))));
    assert!(matches!(desk.outside.papers.as_slice(), [Paper::Correction { reprint: false, .. }]));
}
