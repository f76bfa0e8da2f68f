//! Between the screens and the controllers: one adapter per screen, and the application that holds them together.

mod absences;
mod case;
mod outside;
mod papers;
mod shell;
mod signals;
mod steps;
mod tasks;
mod window;

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::time::Duration;

use slint::{ComponentHandle, Model, TimerMode, VecModel};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::bindings::MainWindow;
use crate::config::{Config, Language};
use crate::controllers::case_file::CaseFile;
use crate::controllers::{Desk, Dialog, Page};
use crate::devices::{DeviceNews, Devices};
use crate::server::{News, Place, ServerThread};

use outside::RealOutside;

/// After the last tick on a checklist the ticks go to the server together.
const SETTLE: Duration = Duration::from_millis(1200);
/// Times on screen (waits, the clock) move on at least this often.
const REDRAW: Duration = Duration::from_secs(5);

type TheDesk = Desk<RealOutside>;

/// The running program: its window, its desk, and what the adapters keep between two drawings.
pub struct App {
    ui: MainWindow,
    desk: RefCell<TheDesk>,
    english: std::cell::Cell<bool>,
    models: Models,
    drawn: RefCell<Drawn>,
    timer: slint::Timer,
    /// Runs out a moment after the last tick on a checklist.
    settling: slint::Timer,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("english", &self.english).finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Models {
    window: window::Models,
    case: case::Models,
    tasks: tasks::Models,
    steps: steps::Models,
    signals: signals::Models,
    absences: absences::Models,
}

/// Where the keyboard was when the screen was last drawn, and what only the screen knows.
#[derive(Default, PartialEq, Clone)]
struct Drawn {
    place: Option<FocusPlace>,
    query: String,
    signing_in: bool,
}

#[derive(PartialEq, Clone)]
struct FocusPlace {
    page: Page,
    dialog: Option<Dialog>,
    case_no: String,
    stage: Option<protocol::case::CaseState>,
    ticket: Option<i64>,
    serving: bool,
}

/// What comes to the screen's thread from all others.
enum Incoming {
    Server(News),
    Device(DeviceNews),
}

/// Why the desk could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("cannot open the window: {0}")]
    Window(#[from] slint::PlatformError),
    #[error("cannot start the server's thread: {0}")]
    Thread(#[from] std::io::Error),
}

/// Opens the desk's window and runs it until it is closed.
pub fn run(config: &Config) -> Result<(), StartError> {
    let ui = MainWindow::new()?;
    ui.window().set_size(slint::LogicalSize::new(config.screen.width, config.screen.height));
    ui.window().set_fullscreen(config.screen.fullscreen);

    let (incoming, inbox) = unbounded_channel();
    let server = {
        let incoming: UnboundedSender<Incoming> = incoming.clone();
        let place = Place {
            server: config.server.clone(),
            hall: config.hall.clone(),
            window: config.window.unwrap_or_default(),
        };
        ServerThread::spawn(place, move |news| forward(&incoming, Incoming::Server(news)))?
    };
    let devices = Devices::start(config, move |news| forward(&incoming, Incoming::Device(news)));

    let english = config.language == Language::En;
    let app = Rc::new(App {
        desk: RefCell::new(Desk::new(RealOutside::new(server, devices, english), config.window.unwrap_or_default())),
        ui,
        english: std::cell::Cell::new(english),
        models: Models::default(),
        drawn: RefCell::default(),
        timer: slint::Timer::default(),
        settling: slint::Timer::default(),
    });
    if let Some(printer) = &config.paper_printer {
        app.desk.borrow_mut().issued.print_on_step(&printer.on_step);
    }
    app.models.window.bind(&app.ui);
    app.models.case.bind(&app.ui);
    app.models.tasks.bind(&app.ui);
    app.models.steps.bind(&app.ui);
    app.models.signals.bind(&app.ui);
    app.models.absences.bind(&app.ui);
    shell::connect(&app);
    window::connect(&app);
    case::connect(&app);
    tasks::connect(&app);
    steps::connect(&app);
    signals::connect(&app);
    absences::connect(&app);
    app.speak(english);

    let weak = Rc::downgrade(&app);
    app.timer.start(TimerMode::Repeated, REDRAW, move || with(&weak, |app| app.draw()));
    // The screen's own executor polls the inbox, so news arrives on the screen's thread in the order in which it was sent.
    if let Err(cause) = slint::spawn_local(listen(Rc::downgrade(&app), inbox)) {
        tracing::error!(%cause, "the screen cannot listen");
    }
    app.ui.run()?;
    Ok(())
}

fn forward(incoming: &UnboundedSender<Incoming>, news: Incoming) {
    if incoming.send(news).is_err() {
        tracing::debug!("the window is closed already");
    }
}

async fn listen(app: Weak<App>, mut inbox: UnboundedReceiver<Incoming>) {
    while let Some(incoming) = inbox.recv().await {
        with(&app, |app| {
            app.change(|desk| match incoming {
                Incoming::Server(news) => desk.news(news),
                Incoming::Device(DeviceNews::Printed { case_no, outcome }) => desk.printed(&case_no, outcome),
                Incoming::Device(DeviceNews::PutOut { id, way, outcome }) => desk.put_out(&id, way, outcome),
                Incoming::Device(DeviceNews::Scanned(code)) => desk.scanned(&code),
                Incoming::Device(DeviceNews::Scans(files)) => desk.paper_files.scans = files,
            });
        });
    }
}

fn with(app: &Weak<App>, act: impl FnOnce(&Rc<App>)) {
    if let Some(app) = app.upgrade() {
        act(&app);
    }
}

impl App {
    /// Changes the desk, then draws what came of it.
    fn change(&self, act: impl FnOnce(&mut TheDesk)) {
        act(&mut self.desk.borrow_mut());
        self.draw();
    }

    /// Sends the ticks of a checklist once the clerk has paused.
    fn settle_soon(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        self.settling.start(TimerMode::SingleShot, SETTLE, move || with(&weak, |app| app.change(Desk::settle)));
    }

    fn draw(&self) {
        let desk = self.desk.borrow();
        let english = self.english.get();
        if desk.quit {
            if let Err(cause) = slint::quit_event_loop() {
                tracing::error!(%cause, "the window does not close");
            }
            return;
        }
        shell::draw(&self.ui, &desk, english);
        window::draw(&self.ui, &self.models.window, &desk, english);
        case::draw(&self.ui, &self.models.case, &desk, english);
        steps::draw(&self.ui, &self.models.steps, &desk, english);
        signals::draw(&self.ui, &self.models.signals, &desk, english);
        absences::draw(&self.ui, &self.models.absences, &desk, english);
        tasks::draw(&self.ui, &self.models.tasks, &desk, english, &self.drawn.borrow().query);

        let place = FocusPlace::of(&desk);
        let before = self.drawn.replace(Drawn {
            place: Some(place.clone()),
            query: desk.tasks.query().to_owned(),
            signing_in: desk.session.busy(),
        });
        let sign_in_failed = before.signing_in && !desk.session.busy() && desk.page == Page::SignIn;
        // Typed into an element that will be drawn over: the screen is told after the desk is free again.
        let wants_intake = place.serving && (!place.case_no.is_empty() || desk.intake.form.name.is_empty());
        drop(desk);
        if sign_in_failed {
            shell::clear_password(&self.ui);
        }
        if before.place.as_ref() != Some(&place) || sign_in_failed {
            self.ui.invoke_focus_page();
            if place.page == Page::Window && place.dialog.is_none() && wants_intake {
                self.ui.invoke_focus_intake();
            }
        }
    }

    /// Switches the language of the screen, of new papers and of the server's own sentences.
    fn speak(&self, english: bool) {
        self.english.set(english);
        self.desk.borrow_mut().outside.set_english(english);
        // The source text is Chinese; "" selects it.
        if let Err(cause) = slint::select_bundled_translation(if english { "en" } else { "" }) {
            tracing::error!(%cause, "language not switched");
        }
        self.draw();
    }
}

impl FocusPlace {
    fn of(desk: &TheDesk) -> Self {
        let case = match desk.page {
            Page::Window => desk.intake.files.iter().find_map(CaseFile::case),
            Page::Case => desk.file.case(),
            Page::SignIn | Page::Tasks | Page::Signals | Page::Absences => None,
        };
        let at_window = desk.window.ticket().filter(|_| desk.page == Page::Window);
        FocusPlace {
            page: desk.page,
            dialog: desk.dialog,
            case_no: case.map(|case| case.case_no.clone()).unwrap_or_default(),
            stage: case.map(|case| case.state),
            ticket: at_window.map(|called| called.ticket.id),
            serving: at_window.is_some() && desk.window.being_served(),
        }
    }
}

/// Brings a list on screen up to date row by row, so that scrolling and focus stay where they are.
fn sync<T: Clone + PartialEq + 'static>(model: &VecModel<T>, rows: Vec<T>) {
    while model.row_count() > rows.len() {
        model.remove(model.row_count() - 1);
    }
    for (index, row) in rows.into_iter().enumerate() {
        if index >= model.row_count() {
            model.push(row);
        } else if model.row_data(index).as_ref() != Some(&row) {
            model.set_row_data(index, row);
        }
    }
}
