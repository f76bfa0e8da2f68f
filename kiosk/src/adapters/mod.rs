//! One adapter per screen: `connect` turns the callbacks of its Slint global into touches, `show` puts the visit's state into it,
//! and leaves nothing there when the visit is elsewhere.

mod browse;
mod guide;
mod home;
mod identify;
mod progress;
mod search;
mod shell;
#[cfg(test)]
mod tests;
mod ticket;

use std::rc::Rc;

use slint::{Model, ModelRc, VecModel};

use crate::ui::MainWindow;
use crate::visit::{Kiosk, Touch};

pub(crate) use shell::{show_clock, size_window};

/// Where touches go.
pub(crate) type OnTouch = Rc<dyn Fn(Touch)>;

/// Binds every callback.
pub(crate) fn connect(window: &MainWindow, touch: &OnTouch) {
    shell::connect(window, touch);
    home::connect(window, touch);
    browse::connect(window, touch);
    search::connect(window, touch);
    guide::connect(window, touch);
    identify::connect(window, touch);
    ticket::connect(window, touch);
    progress::connect(window, touch);
}

/// Shows the kiosk's state. The screen changes last, so that it finds its content; what belongs to other screens is emptied.
pub(crate) fn show(window: &MainWindow, kiosk: &Kiosk) {
    home::show(window, kiosk);
    browse::show(window, kiosk);
    search::show(window, kiosk);
    guide::show(window, kiosk);
    identify::show(window, kiosk);
    ticket::show(window, kiosk);
    progress::show(window, kiosk);
    shell::show(window, kiosk);
}

/// The rows as a model; the present one where nothing changed, so that a list keeps its place.
fn rows<T: PartialEq + Clone + 'static>(present: ModelRc<T>, rows: Vec<T>) -> ModelRc<T> {
    let same = present.row_count() == rows.len() && present.iter().zip(&rows).all(|(a, b)| a == *b);
    if same { present } else { ModelRc::new(VecModel::from(rows)) }
}

fn int(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// A number that may be unknown, as −1.
fn known(number: Option<i64>) -> i32 {
    number.and_then(|number| i32::try_from(number).ok()).unwrap_or(-1)
}
