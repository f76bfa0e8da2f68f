//! The papers of a case as slips for the printer.

use domain::identity;
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
                // The slip may be lost on the way home.
                applicant: identity::mask_name(&case.applicant.name),
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
