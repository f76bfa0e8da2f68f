use slint::ComponentHandle;

use super::browse::service_row;
use super::{OnTouch, int, rows};
use crate::ui::{MainWindow, Place, Search};
use crate::visit::{Kiosk, Stage, Touch};

/// More is not looked through by anybody; another letter finds it sooner.
const MOST_RESULTS: usize = 30;
const MOST_CANDIDATES: usize = 12;

/// Pixels that a candidate's key takes with its gap: half a key would be no help.
fn key_width(word: &str) -> f32 {
    word.chars().map(|_| 40.0).sum::<f32>().max(48.0) + 48.0 + 10.0
}

pub(super) fn connect(window: &MainWindow, touch: &OnTouch) {
    let search = window.global::<Search>();
    let on = touch.clone();
    search.on_letter(move |letter| {
        if let Some(letter) = letter.chars().next() {
            on(Touch::Letter(letter));
        }
    });
    let on = touch.clone();
    search.on_erase(move || on(Touch::Erase));
    let on = touch.clone();
    search.on_clear(move || on(Touch::Clear));
    let on = touch.clone();
    search.on_candidate(move |word| on(Touch::Candidate(word.into())));
    let on = touch.clone();
    search.on_choose(move |code| on(Touch::Item(code.into())));
}

pub(super) fn show(window: &MainWindow, kiosk: &Kiosk) {
    let view = window.global::<Search>();
    let mut results = Vec::new();
    let mut candidates = Vec::new();
    let typed = match &kiosk.visit.stage {
        Stage::Search(search) => search.clone(),
        _ => crate::visit::Search::default(),
    };
    if let Some(shelf) = &kiosk.surroundings.shelf {
        results =
            shelf.find(&typed.query(), MOST_RESULTS).into_iter().map(|item| service_row(kiosk, shelf, item)).collect();
        let mut room = window.global::<Place>().get_touch_width() - 2.0 * window.global::<Place>().get_margin();
        candidates = shelf
            .candidates(&typed.letters, MOST_CANDIDATES)
            .into_iter()
            .take_while(|word| {
                room -= key_width(word);
                room >= 0.0
            })
            .map(Into::into)
            .collect();
    }
    view.set_characters(typed.characters.into());
    view.set_letters(typed.letters.into());
    view.set_found(int(results.len()));
    view.set_results(rows(view.get_results(), results));
    view.set_candidates(rows(view.get_candidates(), candidates));
}
