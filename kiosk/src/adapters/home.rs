use slint::ComponentHandle;

use super::{OnTouch, rows};
use crate::ui::{Home, MainWindow, ServiceRow};
use crate::visit::{Kiosk, Touch};

pub(super) fn connect(window: &MainWindow, touch: &OnTouch) {
    let home = window.global::<Home>();
    let on = touch.clone();
    home.on_choose(move |code| on(Touch::Item(code.into())));
    let on = touch.clone();
    home.on_themes(move || on(Touch::Themes));
    let on = touch.clone();
    home.on_departments(move || on(Touch::Departments));
    let on = touch.clone();
    home.on_search(move || on(Touch::Search));
    let on = touch.clone();
    home.on_progress(move || on(Touch::Progress));
}

/// The first page belongs to nobody: it is always there.
pub(super) fn show(window: &MainWindow, kiosk: &Kiosk) {
    let home = window.global::<Home>();
    let front = &kiosk.surroundings.front;
    let common = front
        .common
        .iter()
        .map(|(code, name)| ServiceRow {
            code: code.into(),
            name: kiosk.pick(name).into(),
            department: slint::SharedString::new(),
            open: true,
        })
        .collect();
    home.set_common(rows(home.get_common(), common));
    home.set_widest(front.common.iter().map(|(_, name)| width(kiosk.pick(name))).max().unwrap_or_default());
    home.set_no_catalogue(front.common.is_empty() && kiosk.surroundings.shelf.is_none());
}

/// 2 for a Chinese character, 1 for a letter.
fn width(name: &str) -> i32 {
    name.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}
