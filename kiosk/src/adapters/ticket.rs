use protocol::problem::Code;
use qrcode::{EcLevel, QrCode};
use slint::{ComponentHandle, Image, Rgb8Pixel, SharedPixelBuffer, SharedString};

use super::{OnTouch, known};
use crate::slips;
use crate::taking::TicketPaper;
use crate::ui::{self, MainWindow, Refusal, TicketView};
use crate::visit::{Kiosk, NoTicket, Possession, Stage, TakingStep, Touch};

pub(super) fn connect(window: &MainWindow, touch: &OnTouch) {
    let view = window.global::<TicketView>();
    let on = touch.clone();
    view.on_retry(move || on(Touch::Retry));
    let on = touch.clone();
    view.on_print_again(move || on(Touch::PrintAgain));
    let on = touch.clone();
    view.on_finish(move || on(Touch::Finish));
}

pub(super) fn show(window: &MainWindow, kiosk: &Kiosk) {
    let view = window.global::<TicketView>();
    match &kiosk.visit.stage {
        Stage::Taking(step) => {
            clear(&view);
            show_taking(&view, kiosk, step);
        }
        Stage::Done(possession) => show_ticket(&view, kiosk, possession),
        _ => clear(&view),
    }
}

fn show_taking(view: &TicketView<'_>, kiosk: &Kiosk, step: &TakingStep) {
    view.set_service(kiosk.pick(&step.item.name).into());
    view.set_may_retry(matches!(step.refusal, Some(NoTicket::Unanswered | NoTicket::NotKept)));
    view.set_refusal(match &step.refusal {
        None => Refusal::None,
        Some(NoTicket::Unanswered) => Refusal::ServerAway,
        Some(NoTicket::NotKept) => Refusal::Other,
        Some(NoTicket::Refused(problem)) => match problem.code {
            Code::HallClosed => Refusal::HallClosed,
            Code::ItemClosed => Refusal::ItemClosed,
            Code::AlreadyWaiting => Refusal::AlreadyWaiting,
            Code::IdentityRequired => Refusal::IdentityRequired,
            Code::InvalidIdNumber => Refusal::IdWrong,
            Code::InvalidPhone => Refusal::PhoneWrong,
            Code::Busy => Refusal::Busy,
            _ => Refusal::Other,
        },
    });
    if let Some(NoTicket::Refused(problem)) = &step.refusal {
        view.set_refusal_detail(problem.detail.as_str().into());
    }
}

fn show_ticket(view: &TicketView<'_>, kiosk: &Kiosk, possession: &Possession) {
    let ticket = &possession.ticket;
    view.set_refusal(Refusal::None);
    view.set_refusal_detail(SharedString::new());
    view.set_may_retry(false);
    view.set_service(kiosk.pick(&ticket.item_name).into());
    view.set_ahead(known(Some(ticket.ahead)).max(0));
    view.set_wait_from(known(ticket.wait.from_minutes));
    view.set_wait_to(known(ticket.wait.to_minutes));
    let windows = kiosk.surroundings.shelf.as_ref().and_then(|shelf| shelf.offer(&ticket.item));
    view.set_windows(
        windows.map(|offer| slips::windows(&offer.windows, kiosk.visit.language)).unwrap_or_default().into(),
    );
    // The picture is drawn once for a ticket, not at every change of its paper.
    if view.get_number() != ticket.number.as_str() || view.get_qr().size().width == 0 {
        view.set_qr(qr(&ticket.follow_url).unwrap_or_default());
    }
    view.set_number(ticket.number.as_str().into());
    view.set_paper(match possession.paper {
        TicketPaper::Printing => ui::TicketPaper::Printing,
        TicketPaper::Printed => ui::TicketPaper::Printed,
        TicketPaper::Offered => ui::TicketPaper::Offered,
        TicketPaper::Kept => ui::TicketPaper::Kept,
        TicketPaper::NoPrinter => ui::TicketPaper::NoPrinter,
    });
    view.set_take_card(kiosk.visit.card.is_some());
}

fn clear(view: &TicketView<'_>) {
    view.set_service(SharedString::new());
    view.set_refusal(Refusal::None);
    view.set_refusal_detail(SharedString::new());
    view.set_may_retry(false);
    view.set_number(SharedString::new());
    view.set_ahead(0);
    view.set_wait_from(-1);
    view.set_wait_to(-1);
    view.set_windows(SharedString::new());
    view.set_qr(Image::default());
    view.set_paper(ui::TicketPaper::Printing);
    view.set_take_card(false);
}

/// Light modules around the code, as ISO/IEC 18004 asks.
const QUIET: u32 = 4;

/// The address as a QR code; `None` where it is too long for one.
fn qr(address: &str) -> Option<Image> {
    let code = QrCode::with_error_correction_level(address, EcLevel::M).ok()?;
    let modules = u32::try_from(code.width()).ok()?;
    // One pixel a module; the screen enlarges it by a whole number.
    let side = modules + 2 * QUIET;
    let dark: Vec<bool> = code.into_colors().into_iter().map(|color| color == qrcode::Color::Dark).collect();
    let mut picture = SharedPixelBuffer::<Rgb8Pixel>::new(side, side);
    for (place, pixel) in (0u32..).zip(picture.make_mut_slice()) {
        let (x, y) = (place % side, place / side);
        let inside = |at: u32| at.checked_sub(QUIET).filter(|at| *at < modules);
        let is_dark = inside(x).zip(inside(y)).is_some_and(|(x, y)| dark[(y * modules + x) as usize]);
        *pixel = if is_dark { Rgb8Pixel::new(0, 0, 0) } else { Rgb8Pixel::new(255, 255, 255) };
    }
    Some(Image::from_rgb8(picture))
}
