use hardware::Language;
use slint::ComponentHandle;

use super::OnTouch;
use crate::clock::Moment;
use crate::devices::PrinterCondition;
use crate::ui::{MainWindow, Place, PrinterState, ReaderState, Screen, Shell, Theme};
use crate::visit::{Kiosk, Stage, Touch};

pub(super) fn connect(window: &MainWindow, touch: &OnTouch) {
    let shell = window.global::<Shell>();
    let on = touch.clone();
    shell.on_home(move || on(Touch::Home));
    let on = touch.clone();
    shell.on_back(move || on(Touch::Back));
    let on = touch.clone();
    shell.on_stay(move || on(Touch::Stay));
    let on = touch.clone();
    shell.on_switch_language(move || on(Touch::SwitchLanguage));
    let on = touch.clone();
    shell.on_switch_size(move || on(Touch::SwitchSize));
    let on = touch.clone();
    shell.on_moved(move || on(Touch::Moved));
}

pub(super) fn show(window: &MainWindow, kiosk: &Kiosk) {
    let shell = window.global::<Shell>();
    let english = kiosk.english();
    if shell.get_english() != english || kiosk.settings.language == Language::En {
        // Chinese is the language of the source.
        if let Err(error) = slint::select_bundled_translation(if english { "en" } else { "" }) {
            tracing::error!(%error, "translation not found");
        }
    }
    shell.set_english(english);
    shell.set_large(kiosk.visit.large);
    window.global::<Theme>().set_scale(if kiosk.visit.large { 1.5 } else { 1.0 });

    let around = &kiosk.surroundings;
    shell.set_hall_name(kiosk.pick(&around.front.hall).into());
    shell.set_hall_open(around.hall_open());
    shell.set_server_away(around.server_away);
    shell.set_printer(match around.printer {
        _ if !kiosk.settings.has_printer => PrinterState::Absent,
        PrinterCondition::Absent => PrinterState::Absent,
        PrinterCondition::Ready => PrinterState::Ready,
        PrinterCondition::PaperLow => PrinterState::PaperLow,
        PrinterCondition::PaperOut => PrinterState::PaperOut,
        PrinterCondition::CoverOpen => PrinterState::CoverOpen,
        PrinterCondition::Offline => PrinterState::Offline,
    });
    shell.set_reader(match (kiosk.settings.has_reader, around.reader_here) {
        (false, _) => ReaderState::Absent,
        (true, true) => ReaderState::Ready,
        (true, false) => ReaderState::Unplugged,
    });
    show_clock(window, kiosk);
    shell.set_screen(match &kiosk.visit.stage {
        Stage::Idle => Screen::Idle,
        Stage::Groups(_) => Screen::Groups,
        Stage::Items { .. } => Screen::Items,
        Stage::Search(_) => Screen::Search,
        Stage::Guide(_) => Screen::Guide,
        Stage::Identify(_) => Screen::Identify,
        Stage::Taking(_) => Screen::Taking,
        Stage::Done(_) => Screen::Done,
        Stage::Progress(_) => Screen::Progress,
    });
}

/// Clock, today's hours and countdown: what changes without anybody doing anything.
pub(crate) fn show_clock(window: &MainWindow, kiosk: &Kiosk) {
    let shell = window.global::<Shell>();
    let Moment { civil, .. } = kiosk.now();
    shell.set_clock(civil.strftime("%H:%M").to_string().into());
    shell.set_year(civil.year().into());
    shell.set_month(civil.month().into());
    shell.set_day(civil.day().into());
    let weekday = civil.weekday().to_monday_one_offset();
    shell.set_weekday(weekday.into());
    shell.set_hours(kiosk.surroundings.front.hours_on(weekday).into());
    shell.set_countdown(kiosk.countdown().and_then(|seconds| i32::try_from(seconds).ok()).unwrap_or_default());
}

/// Gives the window its size before it is shown, so that the first frame is laid out once.
pub(crate) fn size_window(window: &MainWindow, width: u32, height: u32, fullscreen: bool) {
    let place = window.global::<Place>();
    place.set_width(width as f32);
    place.set_height(height as f32);
    window.window().set_size(slint::LogicalSize::new(width as f32, height as f32));
    window.window().set_fullscreen(fullscreen);
}
