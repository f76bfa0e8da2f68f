//! The frame: who, where, the keyboard, notices and dialogs; and signing in.

use std::rc::Rc;

use protocol::case::CaseAction;
use protocol::queue::WindowState;
use protocol::supervision::SignalAction;
use slint::{CloseRequestResponse, ComponentHandle, ModelRc, SharedString, VecModel};

use crate::bindings::{DialogKind, MainWindow, NoticeKind, PageKind, Shell, SignInView, Tone as ToneKind};
use crate::clock;
use crate::controllers::actions::{self, Weight};
use crate::controllers::case_file::CaseFile;
use crate::controllers::dialogs::Parting;
use crate::controllers::issued::SheetTrouble;
use crate::controllers::notice::PrinterTrouble;
use crate::controllers::window::Act;
use crate::controllers::{Desk, Dialog, Notice, Outside, Page, Tone};
use crate::keyboard::{self, Command};

use super::{App, with};

pub(super) fn connect(app: &Rc<App>) {
    let shell = app.ui.global::<Shell>();
    let weak = Rc::downgrade(app);
    shell.on_key_pressed(move |text, control, alt, shift| {
        weak.upgrade().is_some_and(|app| key_pressed(&app, &text, control, alt, shift))
    });
    macro_rules! on {
        ($global:expr, $on:ident, $act:expr) => {{
            let weak = Rc::downgrade(app);
            $global.$on(move || with(&weak, $act));
        }};
    }
    on!(shell, on_go_window, |app| app.change(|desk| desk.go(Page::Window)));
    on!(shell, on_go_tasks, |app| app.change(|desk| desk.go(Page::Tasks)));
    on!(shell, on_go_signals, |app| app.change(|desk| desk.go(Page::Signals)));
    on!(shell, on_go_absences, |app| app.change(|desk| desk.go(Page::Absences)));
    on!(shell, on_switch_language, |app| app.speak(!app.english.get()));
    on!(shell, on_sign_out, |app| app.change(|desk| desk.leave(false)));
    on!(shell, on_dismiss_notice, |app| app.change(|desk| desk.notice = None));
    on!(shell, on_dialog_edited, |app| {
        let text = app.ui.global::<Shell>().get_dialog_text();
        app.change(|desk| desk.dialog_text = text.into());
    });
    on!(shell, on_dialog_confirm, |app| app.change(Desk::confirm));
    on!(shell, on_dialog_cancel, |app| app.change(Desk::cancel));
    on!(shell, on_leave_closing, |app| app.change(|desk| desk.part(Parting::Close)));
    on!(shell, on_leave_pausing, |app| app.change(|desk| desk.part(Parting::Pause)));
    on!(shell, on_leave_as_it_is, |app| app.change(|desk| desk.part(Parting::AsItIs)));

    let sign_in = app.ui.global::<SignInView>();
    on!(sign_in, on_sign_in, |app| {
        let view = app.ui.global::<SignInView>();
        let (username, password) = (view.get_username(), view.get_password());
        app.change(|desk| desk.sign_in(&username, &password));
    });

    let weak = Rc::downgrade(app);
    app.ui.window().on_close_requested(move || {
        let Some(app) = weak.upgrade() else {
            return CloseRequestResponse::HideWindow;
        };
        app.change(|desk| desk.leave(true));
        if app.desk.borrow().quit { CloseRequestResponse::HideWindow } else { CloseRequestResponse::KeepWindowShown }
    });
}

fn key_pressed(app: &App, text: &str, control: bool, alt: bool, shift: bool) -> bool {
    let (page, dialog_open) = {
        let desk = app.desk.borrow();
        (desk.page, desk.dialog.is_some())
    };
    let Some(command) =
        keyboard::chord(text, control, alt, shift).and_then(|chord| keyboard::command(&chord, page, dialog_open))
    else {
        return false;
    };
    match command {
        Command::Language => app.speak(!app.english.get()),
        Command::Phrase(number) => app.ui.invoke_say_phrase(number),
        Command::Search => {
            app.change(|desk| desk.go(Page::Tasks));
            app.ui.invoke_focus_search();
        }
        other => app.change(|desk| run(desk, other)),
    }
    true
}

fn run<O: Outside>(desk: &mut Desk<O>, command: Command) {
    match command {
        Command::Window(act) => desk.act(act),
        Command::PauseOrResume => {
            desk.act(if desk.window.state() == WindowState::Paused { Act::Resume } else { Act::Pause });
        }
        Command::OpenOrClose => {
            desk.act(if desk.window.state() == WindowState::Closed { Act::Open } else { Act::Close });
        }
        Command::Primary => primary(desk),
        Command::Secondary => first_of(desk, Weight::Secondary),
        Command::Grave => first_of(desk, Weight::Grave),
        Command::Further => desk.open_further(),
        Command::NextSibling => desk.next_sibling(),
        Command::GrantMarked => desk.grant_marked(),
        Command::MarkAll => desk.tasks.mark_all(),
        Command::SignalCase => desk.open_signals_case(),
        // A supervisor confirms where a recipient replies.
        Command::Reply => {
            let reply = desk.signals.may(SignalAction::Reply);
            desk.signal_action(if reply { SignalAction::Reply } else { SignalAction::Confirm });
        }
        Command::SendBack => desk.signal_action(SignalAction::SendBack),
        Command::CancelSignal => desk.signal_action(SignalAction::Cancel),
        Command::GoSignals => desk.go(Page::Signals),
        Command::GoAbsences => desk.go(Page::Absences),
        Command::ArrangeAbsence => desk.open_absence(),
        Command::EndAbsence => desk.open_end_absence(),
        Command::Withdraw => desk.case_action(CaseAction::Withdraw),
        Command::TickAll => desk.tick_all_papers(),
        Command::Print => desk.print(),
        Command::Notices => desk.open_notices(),
        Command::PrintNewestNotice => desk.print_newest_notices(),
        Command::ShowNotice => desk.show_picked_notice(),
        Command::Another => another(desk),
        Command::GoWindow => desk.go(Page::Window),
        Command::GoTasks => desk.go(Page::Tasks),
        Command::SignOut => desk.leave(false),
        Command::Confirm => desk.confirm(),
        Command::Cancel => desk.cancel(),
        Command::Language | Command::Phrase(_) | Command::Search => {}
    }
}

fn primary<O: Outside>(desk: &mut Desk<O>) {
    if desk.page == Page::Window && !desk.intake.started() {
        desk.start_application();
    } else {
        first_of(desk, Weight::Main);
    }
}

/// Does the first step of this weight that a case on screen offers.
fn first_of<O: Outside>(desk: &mut Desk<O>, weight: Weight) {
    let action = desk.files().iter().filter_map(CaseFile::case).find_map(|case| actions::first(case, weight));
    if let Some(action) = action {
        desk.case_action(action);
    }
}

pub(super) fn another<O: Outside>(desk: &mut Desk<O>) {
    let cases = || desk.intake.files.iter().filter_map(CaseFile::case);
    if desk.intake.started() && cases().all(|case| case.accepted_at.is_some()) {
        desk.intake.another();
        desk.notice = None;
    }
}

pub(super) fn draw<O: Outside>(ui: &MainWindow, desk: &Desk<O>, english: bool) {
    let shell = ui.global::<Shell>();
    shell.set_page(match desk.page {
        Page::SignIn => PageKind::SignIn,
        Page::Window => PageKind::Window,
        Page::Tasks => PageKind::Tasks,
        Page::Case => PageKind::Case,
        Page::Signals => PageKind::Signals,
        Page::Absences => PageKind::Absences,
    });
    shell.set_english(english);
    shell.set_connected(desk.connected);
    shell.set_hall(desk.hall_name().pick(english).into());
    shell.set_window_number(i32::try_from(desk.window.number()).unwrap_or_default());
    shell.set_has_window(desk.has_window());
    shell.set_has_absences(desk.has_absences());
    shell.set_user(desk.session.user().map(|user| SharedString::from(&user.name)).unwrap_or_default());
    shell.set_time(clock::time_of_day(desk.outside.now()).into());

    let (kind, text) =
        desk.notice.as_ref().map_or((NoticeKind::None, String::new()), |notice| words_for(notice, english));
    shell.set_notice(kind);
    shell.set_notice_text(text.into());
    shell.set_notice_tone(match desk.notice.as_ref().map_or(Tone::Info, Notice::tone) {
        Tone::Good => ToneKind::Good,
        Tone::Info => ToneKind::Info,
        Tone::Warn => ToneKind::Warn,
        Tone::Bad => ToneKind::Bad,
    });

    shell.set_dialog(match desk.dialog {
        None => DialogKind::None,
        Some(Dialog::Leave { .. }) => DialogKind::Leave,
        Some(Dialog::CallNumber) => DialogKind::CallNumber,
        Some(Dialog::Correction) => DialogKind::Correction,
        Some(Dialog::Step(_)) => DialogKind::Step,
        Some(Dialog::Further) => DialogKind::Further,
        Some(Dialog::Bulk) => DialogKind::Bulk,
        Some(Dialog::Outcomes) => DialogKind::Outcomes,
        Some(Dialog::Signal(_)) => DialogKind::Signal,
        Some(Dialog::Files) => DialogKind::Files,
        Some(Dialog::Lookup) => DialogKind::Lookup,
        Some(Dialog::Attach) => DialogKind::Attach,
        Some(Dialog::Notices) => DialogKind::Notices,
        Some(Dialog::Complete) => DialogKind::Complete,
        Some(Dialog::Absence) => DialogKind::Absence,
        Some(Dialog::EndAbsence) => DialogKind::EndAbsence,
    });
    if shell.get_dialog_text() != desk.dialog_text {
        shell.set_dialog_text((&desk.dialog_text).into());
    }
    shell.set_can_close_window(desk.window.allows(Act::Close));
    shell.set_can_pause_window(desk.window.allows(Act::Pause));
    shell.set_ticket_at_window(
        desk.window.ticket().map(|called| SharedString::from(&called.ticket.number)).unwrap_or_default(),
    );
    if desk.dialog == Some(Dialog::Correction) {
        let missing = if desk.page == Page::Window { desk.intake.missing() } else { desk.file.missing() };
        let missing: Vec<SharedString> = missing.iter().map(|name| name.pick(english).into()).collect();
        shell.set_missing_papers(ModelRc::new(VecModel::from(missing)));
    }
    ui.global::<SignInView>().set_busy(desk.session.busy());
    if desk.session.user().is_some() {
        clear_password(ui);
    }
}

/// The password stays nowhere longer than it is needed.
pub(super) fn clear_password(ui: &MainWindow) {
    let view = ui.global::<SignInView>();
    if !view.get_password().is_empty() {
        view.set_password(SharedString::new());
    }
}

fn words_for(notice: &Notice, english: bool) -> (NoticeKind, String) {
    let printer = |trouble: &PrinterTrouble| match trouble {
        PrinterTrouble::NotConnected => NoticeKind::PrinterNotConnected,
        PrinterTrouble::PaperOut => NoticeKind::PrinterPaperOut,
        PrinterTrouble::CoverOpen => NoticeKind::PrinterCoverOpen,
        PrinterTrouble::Fault => NoticeKind::PrinterFault,
    };
    let kind = match notice {
        Notice::Refused(problem) => return (NoticeKind::Refused, refusal(problem, english)),
        Notice::PapersMissing(names) => {
            let separator = if english { ", " } else { "、" };
            let names: Vec<&str> = names.iter().map(|name| name.pick(english)).collect();
            return (NoticeKind::PapersMissing, names.join(separator));
        }
        Notice::AnswerNeeded(question) => return (NoticeKind::AnswerNeeded, question.pick(english).to_owned()),
        Notice::FieldNeeded(field) => return (NoticeKind::FieldNeeded, field.pick(english).to_owned()),
        Notice::Granted { done, refused: 0 } => return (NoticeKind::Granted, done.to_string()),
        Notice::Granted { refused, .. } => return (NoticeKind::GrantedInPart, refused.to_string()),
        Notice::Accepted { case_no } => return (NoticeKind::Accepted, case_no.clone()),
        Notice::CorrectionGiven { case_no } => return (NoticeKind::CorrectionGiven, case_no.clone()),
        Notice::StepDone { case_no } => return (NoticeKind::StepDone, case_no.clone()),
        Notice::Printed { case_no } => return (NoticeKind::Printed, case_no.clone()),
        Notice::NoAnswer => NoticeKind::NoAnswer,
        Notice::Unreadable => NoticeKind::Unreadable,
        Notice::SignInAgain => NoticeKind::SignInAgain,
        Notice::NameNeeded => NoticeKind::NameNeeded,
        Notice::NumberNeeded => NoticeKind::NumberNeeded,
        Notice::OpinionNeeded => NoticeKind::OpinionNeeded,
        Notice::FileUnreadable { path } => return (NoticeKind::FileUnreadable, path.clone()),
        Notice::LookedUp { found: true, advice } => return (NoticeKind::LookedUp, advice.pick(english).to_owned()),
        Notice::LookedUp { advice, .. } => return (NoticeKind::NotLookedUp, advice.pick(english).to_owned()),
        Notice::PurposeNeeded => NoticeKind::PurposeNeeded,
        Notice::PathNeeded => NoticeKind::PathNeeded,
        Notice::FileAttached => NoticeKind::FileAttached,
        Notice::BasisNeeded => NoticeKind::BasisNeeded,
        Notice::DaysNeeded => NoticeKind::DaysNeeded,
        Notice::DayNeeded => NoticeKind::DayNeeded,
        Notice::DaysReversed => NoticeKind::DaysReversed,
        Notice::DayPast => NoticeKind::DayPast,
        Notice::AbsenceArranged => NoticeKind::AbsenceArranged,
        Notice::AbsenceEnded => NoticeKind::AbsenceEnded,
        Notice::ColleagueNeeded => NoticeKind::ColleagueNeeded,
        Notice::KindNeeded => NoticeKind::KindNeeded,
        Notice::AmountNeeded => NoticeKind::AmountNeeded,
        Notice::NothingMarked => NoticeKind::NothingMarked,
        Notice::SignalDone => NoticeKind::SignalDone,
        Notice::CollectorNeeded => NoticeKind::CollectorNeeded,
        Notice::CredentialsNeeded => NoticeKind::CredentialsNeeded,
        Notice::NothingMissing => NoticeKind::NothingMissing,
        Notice::Opened => NoticeKind::Opened,
        Notice::NotPrinted(trouble) => printer(trouble),
        Notice::HalfPrinted(_) => NoticeKind::HalfPrinted,
        Notice::PaperNearEnd => NoticeKind::PaperNearEnd,
        Notice::NoPrinter => NoticeKind::NoPrinter,
        Notice::NoNotices => NoticeKind::NoNotices,
        Notice::NoticePrinted { case_no, name } => {
            return (NoticeKind::NoticePrinted, format!("{case_no}  {}", name.pick(english)));
        }
        Notice::NoticeNotPrinted { name, trouble } => return (not_printed(*trouble), name.pick(english).to_owned()),
        Notice::NoticeNotShown { name, .. } => return (NoticeKind::NoticeNotShown, name.pick(english).to_owned()),
    };
    (kind, String::new())
}

fn not_printed(trouble: SheetTrouble) -> NoticeKind {
    match trouble {
        SheetTrouble::NotSetUp => NoticeKind::NoPaperPrinter,
        SheetTrouble::NotStarted => NoticeKind::PrintCommandMissing,
        SheetTrouble::Failed => NoticeKind::PrintCommandFailed,
        SheetTrouble::TooLong => NoticeKind::PrintCommandTooLong,
        SheetTrouble::NoRoom => NoticeKind::NoRoomForNotice,
    }
}

/// The server's refusal as a sentence: the code's own words, then what is particular this time.
fn refusal(problem: &protocol::problem::Problem, english: bool) -> String {
    use protocol::problem::Code;
    let mut text = match problem.code {
        // A code from a newer server: its own title says more than "unknown".
        Code::Unknown => problem.title.clone(),
        code => if english { code.title_en() } else { code.title_zh() }.to_owned(),
    };
    let separator = if english { ": " } else { "：" };
    if !problem.detail.is_empty() && problem.detail != text {
        text = format!("{text}{separator}{}", problem.detail);
    }
    for error in &problem.errors {
        text.push_str(if english { "; " } else { "；" });
        text.push_str(&error.reason);
    }
    text
}
