//! The papers of a case as slips for the printer.

use hardware::Language;
use hardware::printer::{CorrectionSlip, ReceiptSlip, Slip};

use crate::clock;
use crate::controllers::outside::Paper;

pub(super) fn slip(paper: &Paper, language: Language) -> Slip {
    let english = language == Language::En;
    match paper {
        Paper::Receipt { receipt, reprint } => ReceiptSlip {
            language,
            hall: receipt.hall_name.pick(english).to_owned(),
            case_no: receipt.case_no.clone(),
            item: receipt.item_name.pick(english).to_owned(),
            department: receipt.department_name.pick(english).to_owned(),
            applicant: receipt.applicant_name.clone(),
            accepted: clock::full(receipt.accepted_at),
            due: receipt.due_on.clone().unwrap_or_default(),
            documents: receipt.documents.iter().map(|name| name.pick(english).to_owned()).collect(),
            url: receipt.query_url.clone(),
            reprint: *reprint,
        }
        .into(),
        Paper::Correction { case, hall, reprint } => {
            let notice = case.correction.clone();
            CorrectionSlip {
                language,
                hall: hall.pick(english).to_owned(),
                case_no: case.case_no.clone(),
                item: case.item_name.pick(english).to_owned(),
                department: case.department_name.pick(english).to_owned(),
                applicant: masked(&case.applicant.name),
                notified: notice.as_ref().map(|notice| clock::full(notice.at)).unwrap_or_default(),
                documents: notice
                    .iter()
                    .flat_map(|notice| &notice.documents)
                    .map(|name| name.pick(english).to_owned())
                    .collect(),
                note: notice.map(|notice| notice.note).unwrap_or_default(),
                url: case.query_url.clone(),
                reprint: *reprint,
            }
            .into()
        }
    }
}

/// 王* for 王小明: the slip may be lost. The server masks a receipt's name by the same rule.
fn masked(name: &str) -> String {
    let mut letters = name.chars();
    let first: String = letters.next().into_iter().collect();
    if letters.next().is_some() { format!("{first}*") } else { first }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_on_paper_shows_only_its_first_character() {
        assert_eq!(masked("王小明"), "王*");
        assert_eq!(masked("𠮷田"), "𠮷*");
        assert_eq!(masked("王"), "王");
        assert_eq!(masked(""), "");
    }
}
