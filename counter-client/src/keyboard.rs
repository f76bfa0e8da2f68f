//! Every shortcut of the desk. `ui/keys.slint` says the same on the buttons, and a test compares the two.

use slint::platform::Key;

use crate::controllers::Page;
use crate::controllers::window::Act;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    Window(Act),
    /// F9 and F10 change sides with the window's state.
    PauseOrResume,
    OpenOrClose,
    /// The step that leads on: start, accept, approve, grant, hand over.
    Primary,
    /// Correction at the window, return in review.
    Secondary,
    /// Object or refuse.
    Grave,
    Withdraw,
    /// The menu of steps without a button of their own.
    Further,
    NextSibling,
    GrantMarked,
    MarkAll,
    SignalCase,
    Reply,
    SendBack,
    CancelSignal,
    TickAll,
    Print,
    /// The list of the notices (文书).
    Notices,
    PrintNewestNotice,
    ShowNotice,
    Another,
    GoWindow,
    GoTasks,
    GoSignals,
    GoAbsences,
    ArrangeAbsence,
    EndAbsence,
    Search,
    Language,
    SignOut,
    Phrase(i32),
    Confirm,
    Cancel,
}

/// Where a shortcut holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// On every page once somebody is signed in, as long as no dialog is open.
    Everywhere,
    On(Page),
    /// On the window's page and on a case's.
    Papers,
    /// On every page and in a dialog.
    Always,
    Dialog,
}

/// Shortcut, its name in `ui/keys.slint`, where it holds, what it does.
pub const BINDINGS: &[(&str, &str, Scope, Command)] = &[
    ("F1", "call-next", Scope::On(Page::Window), Command::Window(Act::CallNext)),
    ("F2", "recall", Scope::On(Page::Window), Command::Window(Act::Recall)),
    ("F3", "serve", Scope::On(Page::Window), Command::Window(Act::Serve)),
    ("F4", "no-show", Scope::On(Page::Window), Command::Window(Act::NoShow)),
    ("Shift+F4", "no-show-and-next", Scope::On(Page::Window), Command::Window(Act::NoShowAndNext)),
    ("F5", "complete", Scope::On(Page::Window), Command::Window(Act::Complete)),
    ("F6", "primary", Scope::Papers, Command::Primary),
    ("F7", "secondary", Scope::Papers, Command::Secondary),
    ("F8", "grave", Scope::On(Page::Case), Command::Grave),
    ("F9", "pause", Scope::On(Page::Window), Command::PauseOrResume),
    ("F9", "withdraw", Scope::On(Page::Case), Command::Withdraw),
    ("F11", "further", Scope::Papers, Command::Further),
    ("Ctrl+J", "sibling", Scope::On(Page::Case), Command::NextSibling),
    ("F6", "grant-marked", Scope::On(Page::Tasks), Command::GrantMarked),
    ("Ctrl+M", "mark-all", Scope::On(Page::Tasks), Command::MarkAll),
    ("F6", "reply", Scope::On(Page::Signals), Command::Reply),
    ("F7", "send-back", Scope::On(Page::Signals), Command::SendBack),
    ("F8", "cancel-signal", Scope::On(Page::Signals), Command::CancelSignal),
    ("Ctrl+O", "signal-case", Scope::On(Page::Signals), Command::SignalCase),
    ("F10", "open-close", Scope::On(Page::Window), Command::OpenOrClose),
    ("Ctrl+G", "call-number", Scope::On(Page::Window), Command::Window(Act::CallNumber)),
    ("Ctrl+T", "tick-all", Scope::Papers, Command::TickAll),
    ("Ctrl+P", "print", Scope::Papers, Command::Print),
    ("F12", "notices", Scope::Papers, Command::Notices),
    ("Shift+F12", "print-newest", Scope::Papers, Command::PrintNewestNotice),
    ("Ctrl+O", "show-notice", Scope::Dialog, Command::ShowNotice),
    ("Ctrl+N", "another", Scope::On(Page::Window), Command::Another),
    ("Ctrl+1", "window-page", Scope::Everywhere, Command::GoWindow),
    ("Ctrl+2", "tasks-page", Scope::Everywhere, Command::GoTasks),
    ("Ctrl+3", "signals-page", Scope::Everywhere, Command::GoSignals),
    ("Ctrl+4", "absences-page", Scope::Everywhere, Command::GoAbsences),
    ("F6", "arrange-absence", Scope::On(Page::Absences), Command::ArrangeAbsence),
    ("F8", "end-absence", Scope::On(Page::Absences), Command::EndAbsence),
    ("Ctrl+F", "search", Scope::Everywhere, Command::Search),
    ("Ctrl+L", "language", Scope::Always, Command::Language),
    ("Ctrl+Q", "sign-out", Scope::Everywhere, Command::SignOut),
    ("Enter", "confirm", Scope::Dialog, Command::Confirm),
    ("Esc", "cancel", Scope::Always, Command::Cancel),
    ("Alt+1", "phrase-1", Scope::On(Page::Case), Command::Phrase(1)),
    ("Alt+2", "phrase-2", Scope::On(Page::Case), Command::Phrase(2)),
    ("Alt+3", "phrase-3", Scope::On(Page::Case), Command::Phrase(3)),
];

/// The command of a key press, where it is one.
pub fn command(chord: &str, page: Page, dialog_open: bool) -> Option<Command> {
    BINDINGS
        .iter()
        .find(|(key, _, scope, _)| *key == chord && scope.holds(page, dialog_open))
        .map(|(.., command)| *command)
}

impl Scope {
    fn holds(self, page: Page, dialog_open: bool) -> bool {
        match self {
            Scope::Always => true,
            Scope::Dialog => dialog_open,
            Scope::Everywhere => !dialog_open && page != Page::SignIn,
            Scope::On(wanted) => !dialog_open && page == wanted,
            Scope::Papers => !dialog_open && matches!(page, Page::Window | Page::Case),
        }
    }
}

/// A key press in the words of the table, such as `Shift+F4`; `None` for what can be no shortcut.
pub fn chord(text: &str, control: bool, alt: bool, shift: bool) -> Option<String> {
    let first = text.chars().next()?;
    let function_keys =
        [Key::F1, Key::F2, Key::F3, Key::F4, Key::F5, Key::F6, Key::F7, Key::F8, Key::F9, Key::F10, Key::F11, Key::F12];
    let function = function_keys.iter().position(|key| char::from(*key) == first);
    let name = match function {
        Some(place) => format!("F{}", place + 1),
        None if first == char::from(Key::Return) => "Enter".to_owned(),
        None if first == char::from(Key::Escape) => "Esc".to_owned(),
        None if control || alt => first.to_uppercase().to_string(),
        None => return None,
    };
    let mut chord = String::new();
    if control {
        chord.push_str("Ctrl+");
    }
    if alt {
        chord.push_str("Alt+");
    }
    // Shift belongs to typing a letter; to a function key it is a part of the shortcut.
    if shift && function.is_some() {
        chord.push_str("Shift+");
    }
    chord.push_str(&name);
    Some(chord)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    const ALL_PAGES: [Page; 6] = [Page::SignIn, Page::Window, Page::Tasks, Page::Case, Page::Signals, Page::Absences];

    #[test]
    fn the_buttons_show_the_keys_that_work() {
        let on_buttons: BTreeMap<&str, &str> = include_str!("../ui/keys.slint")
            .lines()
            .filter_map(|line| line.trim().strip_prefix("out property <string> "))
            .filter_map(|line| line.split_once(": "))
            .map(|(name, key)| (name, key.trim_matches(|c| c == '"' || c == ';')))
            .collect();
        let at_work: BTreeMap<&str, &str> = BINDINGS.iter().map(|(key, name, ..)| (*name, *key)).collect();
        assert_eq!(on_buttons, at_work);
    }

    #[test]
    fn the_manual_names_every_key() {
        let manual = include_str!("../../docs/desk.md");
        let missing: Vec<_> = BINDINGS.iter().filter(|(key, ..)| !manual.contains(&format!("`{key}`"))).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn no_key_means_two_things_in_one_place() {
        for page in ALL_PAGES {
            for dialog_open in [false, true] {
                let mut keys: Vec<_> = BINDINGS
                    .iter()
                    .filter(|(_, _, scope, _)| scope.holds(page, dialog_open))
                    .map(|(key, ..)| *key)
                    .collect();
                keys.sort_unstable();
                let before = keys.len();
                keys.dedup();
                assert_eq!(keys.len(), before, "on {page:?}, dialog {dialog_open}");
            }
        }
    }

    #[test]
    fn under_a_dialog_no_ticket_can_be_called() {
        assert_eq!(command("F1", Page::Window, true), None);
        assert_eq!(command("F1", Page::Window, false), Some(Command::Window(Act::CallNext)));
        assert_eq!(command("Enter", Page::Window, true), Some(Command::Confirm));
        assert_eq!(command("Enter", Page::Window, false), None);
    }

    #[test]
    fn before_signing_in_only_the_language_and_escape_work() {
        let working: Vec<_> = BINDINGS
            .iter()
            .filter(|(key, ..)| command(key, Page::SignIn, false).is_some())
            .map(|(key, ..)| *key)
            .collect();
        assert_eq!(working, ["Ctrl+L", "Esc"]);
    }

    #[test]
    fn key_presses_are_named_as_in_the_table() {
        let f4 = char::from(Key::F4).to_string();
        assert_eq!(chord(&f4, false, false, true).as_deref(), Some("Shift+F4"));
        assert_eq!(chord("p", true, false, false).as_deref(), Some("Ctrl+P"));
        assert_eq!(chord("2", false, true, false).as_deref(), Some("Alt+2"));
        assert_eq!(chord("a", false, false, false), None, "typing is no shortcut");
        assert_eq!(chord("", true, false, false), None);
    }
}
