use protocol::catalogue::Handling;
use slint::{ComponentHandle, SharedString};

use super::{OnTouch, known, rows};
use crate::shelf::week;
use crate::slips;
use crate::ui::{DocumentRow, FeeRow, Guide, MainWindow, PaperState, WeekRow};
use crate::visit::{GuidePaper, Kiosk, Stage, Touch};

pub(super) fn connect(window: &MainWindow, touch: &OnTouch) {
    let guide = window.global::<Guide>();
    let on = touch.clone();
    guide.on_print_guide(move || on(Touch::PrintGuide));
    let on = touch.clone();
    guide.on_take_ticket(move || on(Touch::TakeTicket));
}

pub(super) fn show(window: &MainWindow, kiosk: &Kiosk) {
    let view = window.global::<Guide>();
    let (Stage::Guide(page), Some(shelf)) = (&kiosk.visit.stage, &kiosk.surroundings.shelf) else {
        return clear(&view);
    };
    let item = &page.item;
    let offer = shelf.offer(&item.code);
    view.set_name(kiosk.pick(&item.name).into());
    view.set_department(kiosk.pick(&shelf.department(&item.department)).into());
    view.set_sample(item.sample);
    view.set_open(shelf.is_open(&item.code));
    view.set_immediate(item.handling == Handling::Immediate);
    view.set_statutory_days(item.statutory_days.into());
    view.set_promised_days(item.promised_days.into());
    view.set_windows(
        offer.map(|offer| slips::windows(&offer.windows, kiosk.visit.language)).unwrap_or_default().into(),
    );
    view.set_hours(kiosk.pick(&item.hours).into());
    let runs = if item.hours.zh.is_empty() { week(&shelf.catalogue().hall.hours) } else { Vec::new() };
    let runs = runs
        .into_iter()
        .map(|run| WeekRow { from_day: run.from_day.into(), to_day: run.to_day.into(), spans: run.spans.into() })
        .collect();
    view.set_week(rows(view.get_week(), runs));
    view.set_conditions(kiosk.pick(&item.conditions).into());
    view.set_result(kiosk.pick(&item.result).into());
    let documents = item
        .documents
        .iter()
        .map(|document| DocumentRow {
            name: kiosk.pick(&document.name).into(),
            note: kiosk.pick(&document.note).into(),
            mandatory: document.mandatory,
            originals: document.originals.into(),
            copies: document.copies.into(),
        })
        .collect();
    view.set_documents(rows(view.get_documents(), documents));
    let fees = item
        .fees
        .iter()
        .map(|fee| FeeRow {
            name: kiosk.pick(&fee.name).into(),
            amount: if fee.amount == 0 { SharedString::new() } else { slips::yuan(fee.amount).into() },
            standard: kiosk.pick(&fee.standard).into(),
        })
        .collect();
    view.set_fees(rows(view.get_fees(), fees));
    let line = kiosk.surroundings.line(&item.code);
    view.set_waiting(known(line.map(|line| line.waiting)));
    view.set_wait_from(known(line.and_then(|line| line.wait.from_minutes)));
    view.set_wait_to(known(line.and_then(|line| line.wait.to_minutes)));
    view.set_paper(match page.paper {
        GuidePaper::None => PaperState::None,
        GuidePaper::Printing => PaperState::Printing,
        GuidePaper::Printed => PaperState::Printed,
        GuidePaper::Failed => PaperState::Failed,
    });
}

fn clear(view: &Guide<'_>) {
    for set in [Guide::set_name, Guide::set_department, Guide::set_windows, Guide::set_hours] {
        set(view, SharedString::new());
    }
    view.set_conditions(SharedString::new());
    view.set_result(SharedString::new());
    view.set_documents(rows(view.get_documents(), Vec::new()));
    view.set_fees(rows(view.get_fees(), Vec::new()));
    view.set_week(rows(view.get_week(), Vec::new()));
    view.set_waiting(-1);
    view.set_wait_from(-1);
    view.set_wait_to(-1);
    view.set_paper(PaperState::None);
}
