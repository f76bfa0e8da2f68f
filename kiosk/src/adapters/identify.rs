use slint::{ComponentHandle, SharedString};

use super::OnTouch;
use crate::ui::{self, Identify, IdentityWay, MainWindow};
use crate::visit::{IdentityProblem, IdentityStep, Kiosk, Stage, Touch, Way, none_allowed, phone_allowed};

pub(super) fn connect(window: &MainWindow, touch: &OnTouch) {
    let identify = window.global::<Identify>();
    let on = touch.clone();
    identify.on_by_phone(move || on(Touch::ByPhone));
    let on = touch.clone();
    identify.on_by_card(move || on(Touch::ByCard));
    let on = touch.clone();
    identify.on_without(move || on(Touch::WithoutIdentification));
    let on = touch.clone();
    identify.on_digit(move |digit| {
        if let Some(digit) = digit.chars().next() {
            on(Touch::Digit(digit));
        }
    });
    let on = touch.clone();
    identify.on_erase(move || on(Touch::Erase));
    let on = touch.clone();
    identify.on_clear(move || on(Touch::Clear));
    let on = touch.clone();
    identify.on_confirm(move || on(Touch::Confirm));
}

pub(super) fn show(window: &MainWindow, kiosk: &Kiosk) {
    let view = window.global::<Identify>();
    let Stage::Identify(step) = &kiosk.visit.stage else {
        view.set_service(SharedString::new());
        view.set_digits(SharedString::new());
        view.set_complete(false);
        view.set_way(IdentityWay::Card);
        view.set_problem(ui::IdentityProblem::None);
        return;
    };
    view.set_service(kiosk.pick(&step.item.name).into());
    view.set_way(match step.way {
        Way::Card => IdentityWay::Card,
        Way::Phone => IdentityWay::Phone,
    });
    view.set_phone_allowed(phone_allowed(&step.item));
    view.set_none_allowed(none_allowed(&step.item));
    view.set_digits(step.grouped().into());
    view.set_complete(step.digits.len() == IdentityStep::DIGITS);
    view.set_problem(shown(step.problem));
}

pub(super) fn shown(problem: Option<IdentityProblem>) -> ui::IdentityProblem {
    match problem {
        None => ui::IdentityProblem::None,
        Some(IdentityProblem::Phone) => ui::IdentityProblem::PhoneWrong,
        Some(IdentityProblem::CardUnreadable) => ui::IdentityProblem::CardUnreadable,
        Some(IdentityProblem::CardNumber) => ui::IdentityProblem::CardNumberWrong,
        Some(IdentityProblem::CardExpired) => ui::IdentityProblem::CardExpired,
    }
}
