//! The wiring: window, visit, server and devices.
//!
//! The window's thread only shows and takes touches. Everything that waits — server, printer, reader, scanner, disk — is on a
//! thread of its own and sends news, which the event loop hands to the visit. Nothing of it starts before the first frame.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use hardware::printer::Printer;
use hardware::scanner::{KeyboardWedge, Keys};
use hardware::{DeviceThread, Language};
use protocol::catalogue::Text;
use slint::{ComponentHandle, Timer, TimerMode};

use crate::adapters::{self, OnTouch};
use crate::clock::Clock;
use crate::config::Config;
use crate::devices::{self, DeviceNews, TicketPrinter};
use crate::server::{self, Client, Store};
use crate::slips;
use crate::taking::{Entry, Journal, JournalError, Key, Outside, Pipeline};
use crate::ui::{MainWindow, Shell};
use crate::visit::{Command, Event, Kiosk, News, NoProgress, Settings, Touch};

#[derive(Debug, thiserror::Error)]
pub enum ApplicationError {
    #[error("the window cannot be shown: {0}")]
    Window(#[from] slint::PlatformError),
    #[error("{0}")]
    Journal(#[from] JournalError),
    #[error("the HTTP client cannot be set up: {0}")]
    Client(#[from] reqwest::Error),
    #[error("a thread cannot be started: {0}")]
    Thread(#[from] std::io::Error),
}

thread_local! {
    /// The application on the event loop's thread, where news from other threads finds it.
    static APPLICATION: RefCell<Option<Rc<Application>>> = const { RefCell::new(None) };
}

struct Application {
    window: MainWindow,
    kiosk: RefCell<Kiosk>,
    clock: Clock,
    outside: RefCell<Option<Outdoors>>,
    wedge: RefCell<KeyboardWedge>,
    /// Events that arrive while one is being handled.
    waiting: RefCell<Vec<Event>>,
}

/// The threads' ends that the application holds.
struct Outdoors {
    tickets: Sender<TicketOrder>,
    client: Client,
    printer: Option<Arc<Printer>>,
    /// Dropped with the application, which stops them.
    _devices: Vec<DeviceThread>,
}

/// While nobody asks for a ticket, the server is told this often what it has not heard of earlier ones.
const REPORT_EVERY: Duration = Duration::from_secs(30);

/// What the ticket thread is asked to do.
enum TicketOrder {
    Recover { visit: u64, left: Vec<(Key, Entry)> },
    Take { visit: u64, request: protocol::queue::TakeTicket },
    Retry { visit: u64 },
    PrintAgain { visit: u64 },
    Leave { visit: u64 },
}

/// Sends news to the visit from any thread.
fn send(news: News) {
    let sent = slint::invoke_from_event_loop(move || {
        APPLICATION.with_borrow(|application| {
            if let Some(application) = application {
                application.handle(Event::News(Box::new(news)));
            }
        });
    });
    // The event loop has ended: the program is about to.
    drop(sent);
}

/// Shows the window and runs until it is closed. `launched` is when the program began.
pub fn run(config: Config, launched: Instant) -> Result<(), ApplicationError> {
    let clock = Clock::default();
    let store = Store::new(&config.data_dir);
    let settings = Settings {
        language: config.language,
        idle: config.idle(),
        has_printer: config.printer.is_some(),
        has_reader: config.id_reader.is_some(),
        has_scanner: config.scanner.is_some(),
    };
    let window = MainWindow::new()?;
    adapters::size_window(&window, config.window.width, config.window.height, config.window.fullscreen);
    let kiosk = Kiosk::new(settings, store.front_page().unwrap_or_default(), clock.read());
    let application = Rc::new(Application {
        window,
        kiosk: RefCell::new(kiosk),
        clock,
        outside: RefCell::new(None),
        wedge: RefCell::new(KeyboardWedge::default()),
        waiting: RefCell::new(Vec::new()),
    });
    adapters::show(&application.window, &application.kiosk.borrow());
    application.connect(config.scanner_is_keyboard());
    application.after_first_frame(launched, config, store);
    APPLICATION.set(Some(application.clone()));

    let ticking = Timer::default();
    let ticked = Rc::downgrade(&application);
    ticking.start(TimerMode::Repeated, Duration::from_millis(250), move || {
        if let Some(application) = ticked.upgrade() {
            application.tick();
        }
    });
    let ended = application.window.run();
    APPLICATION.set(None);
    Ok(ended?)
}

impl Application {
    fn connect(self: &Rc<Self>, scanner_is_keyboard: bool) {
        let weak = Rc::downgrade(self);
        let touch: OnTouch = Rc::new(move |touch: Touch| {
            if let Some(application) = weak.upgrade() {
                application.handle(Event::Touch(touch));
            }
        });
        adapters::connect(&self.window, &touch);
        if scanner_is_keyboard {
            let weak = Rc::downgrade(self);
            self.window.global::<Shell>().on_typed(move |text| {
                if let Some(application) = weak.upgrade() {
                    application.typed(&text);
                }
            });
        }
    }

    /// Marks the first frame, and starts everything else once it is on the screen. The window asks `painted` while it paints;
    /// a timer of no length started there fires when that frame has been handed over.
    fn after_first_frame(self: &Rc<Self>, launched: Instant, config: Config, store: Store) {
        let start = Rc::new(RefCell::new(Some((config, store))));
        let weak = Rc::downgrade(self);
        let start_once = move || {
            if let Some((config, store)) = start.take()
                && let Some(application) = weak.upgrade()
                && let Err(error) = application.start_outside(&config, &store)
            {
                // A kiosk that cannot keep tickets safe must not take any.
                tracing::error!(%error, "the kiosk cannot work");
                eprintln!("kiosk: {error}");
                drop(slint::quit_event_loop());
            }
        };
        // A window that is covered, or has no screen, is never painted; devices and server are there all the same.
        let unseen = start_once.clone();
        Timer::single_shot(Duration::from_secs(1), unseen);
        let painted = Cell::new(false);
        self.window.global::<Shell>().on_painted(move || {
            if !painted.replace(true) {
                let start_once = start_once.clone();
                Timer::single_shot(Duration::ZERO, move || {
                    let took = launched.elapsed().as_millis();
                    tracing::info!(milliseconds = took, "first frame");
                    if std::env::var_os("KIOSK_REPORT_FIRST_FRAME").is_some() {
                        println!("first-frame-ms {took}");
                    }
                    start_once();
                });
            }
            true
        });
    }

    fn start_outside(self: &Rc<Self>, config: &Config, store: &Store) -> Result<(), ApplicationError> {
        let client = Client::new(config)?;
        let (journal, left) = Journal::open(&config.data_dir.join("tickets"), self.clock.read().epoch)?;
        let printer =
            config.printer.as_ref().map(|line| Arc::new(Printer::new(line.connection.clone(), line.profile.clone())));

        let hall_name = Arc::new(Mutex::new(self.kiosk.borrow().surroundings.front.hall.clone()));
        let (tickets, orders) = channel();
        let office = client.clone();
        let paper = printer.clone().map(TicketPrinter);
        let clock = self.clock.clone();
        let hall = hall_name.clone();
        thread::Builder::new().name("tickets".to_owned()).spawn(move || {
            ticket_thread(&orders, journal, office, paper, clock, hall);
        })?;
        if tickets.send(TicketOrder::Recover { visit: self.kiosk.borrow().visit.number, left }).is_err() {
            tracing::error!("the ticket thread has ended");
        }

        let (watched, kept) = (client.clone(), store.clone());
        thread::Builder::new().name("server".to_owned()).spawn(move || {
            server::watch(&watched, &kept, |news| {
                if let server::ServerNews::Catalogue(shelf) = &news {
                    *hall_name.lock().unwrap_or_else(PoisonError::into_inner) = shelf.catalogue().hall.name.clone();
                }
                send(News::Server(news));
            });
        })?;
        if let Some(watched) = printer.clone() {
            thread::Builder::new()
                .name("printer".to_owned())
                .spawn(move || devices::watch_printer(&watched, |condition| send(News::Printer(condition))))?;
        }
        let mut threads = Vec::new();
        if let Some(line) = &config.id_reader {
            threads.push(devices::start_reader(line, |news| send(News::Device(news))));
        }
        if config.scanner_is_keyboard() {
            send(News::Device(DeviceNews::ScannerConnected));
        } else if let Some(line) = &config.scanner {
            threads.push(devices::start_scanner(line, |news| send(News::Device(news))));
        }
        self.outside.replace(Some(Outdoors { tickets, client, printer, _devices: threads }));
        Ok(())
    }

    /// Hands an event to the visit, shows what became of it, and does outside what it asks for.
    fn handle(&self, event: Event) {
        let Ok(mut kiosk) = self.kiosk.try_borrow_mut() else {
            self.waiting.borrow_mut().push(event);
            return;
        };
        let commands = kiosk.handle(event, self.clock.read());
        let changed = kiosk.take_changed();
        drop(kiosk);
        {
            let kiosk = self.kiosk.borrow();
            if changed {
                adapters::show(&self.window, &kiosk);
            } else {
                adapters::show_clock(&self.window, &kiosk);
            }
        }
        for command in commands {
            self.carry_out(command);
        }
        let waiting = self.waiting.take();
        for event in waiting {
            self.handle(event);
        }
    }

    fn tick(&self) {
        let running = self.clock.read().running.as_millis();
        let keys = self.wedge.borrow_mut().idle(u64::try_from(running).unwrap_or(u64::MAX));
        drop(keys);
        self.handle(Event::Tick);
    }

    /// A key came in; a fast run with Enter is a scanned code. Nothing on the kiosk is typed by hand.
    fn typed(&self, text: &str) {
        let running = u64::try_from(self.clock.read().running.as_millis()).unwrap_or(u64::MAX);
        for key in text.chars() {
            let keys = self.wedge.borrow_mut().feed(key, running);
            if let Keys::Code(code) = keys {
                self.handle(Event::News(Box::new(News::Device(DeviceNews::Scanned(code)))));
            }
        }
    }

    fn carry_out(&self, command: Command) {
        let outside = self.outside.borrow();
        let Some(outside) = outside.as_ref() else { return };
        let order = match command {
            Command::Take { visit, request } => TicketOrder::Take { visit, request },
            Command::Retry { visit } => TicketOrder::Retry { visit },
            Command::PrintAgain { visit } => TicketOrder::PrintAgain { visit },
            Command::Leave { visit } => TicketOrder::Leave { visit },
            Command::PrintGuide { visit, slip } => {
                let Some(printer) = outside.printer.clone() else { return };
                in_background("guide", move || {
                    let printed = printer.print(&(*slip).into());
                    send(News::GuidePrinted { visit, printed: printed.is_ok() });
                });
                return;
            }
            Command::AskProgress { visit, query, language } => {
                let client = outside.client.clone();
                in_background("progress", move || {
                    let answer = client.progress(&query, language).map_err(|error| {
                        // Not with the question: it holds a person's number.
                        tracing::warn!(%error, "progress not found");
                        if server::is_unknown(&error) { NoProgress::Unknown } else { NoProgress::ServerAway }
                    });
                    send(News::Progress { visit, answer });
                });
                return;
            }
        };
        if outside.tickets.send(order).is_err() {
            tracing::error!("the ticket thread has ended");
        }
    }
}

fn in_background(name: &str, work: impl FnOnce() + Send + 'static) {
    if let Err(error) = thread::Builder::new().name(name.to_owned()).spawn(work) {
        tracing::error!(%error, name, "thread not started");
    }
}

/// One ticket after the other, for as long as the program runs.
fn ticket_thread(
    orders: &Receiver<TicketOrder>,
    journal: Journal,
    office: Client,
    paper: Option<TicketPrinter>,
    clock: Clock,
    hall: Arc<Mutex<Text>>,
) {
    let outside = Outside {
        slip: Box::new(move |ticket, language, reprint| {
            let hall = hall.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let language = if language == "en" { Language::En } else { Language::Zh };
            slips::ticket(ticket, &hall, language, reprint)
        }),
        new_key: Box::new(new_key),
        now: Box::new({
            let clock = clock.clone();
            move || clock.read().epoch
        }),
        running: Box::new(move || clock.read().running),
        pause: Box::new(thread::sleep),
        tell: Box::new(|news| send(News::Ticket(news))),
    };
    let mut pipeline = Pipeline::new(journal, office, paper, outside);
    loop {
        match orders.recv_timeout(REPORT_EVERY) {
            Ok(TicketOrder::Recover { visit, left }) => pipeline.recover(visit, left),
            Ok(TicketOrder::Take { visit, request }) => pipeline.take(visit, request),
            Ok(TicketOrder::Retry { visit }) => pipeline.retry(visit),
            Ok(TicketOrder::PrintAgain { visit }) => pipeline.print_again(visit),
            Ok(TicketOrder::Leave { visit }) => pipeline.leave(visit),
            Err(RecvTimeoutError::Timeout) => pipeline.report(),
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
}

/// A random key of 128 bits. Without randomness the system is broken beyond taking tickets.
fn new_key() -> Key {
    let mut bytes = [0u8; 16];
    if let Err(error) = getrandom::fill(&mut bytes) {
        tracing::error!(%error, "the system gives no random numbers");
        std::process::abort();
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
