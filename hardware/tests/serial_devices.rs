//! The serial drivers against their simulators over real pseudo-terminals.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use hardware::DeviceThread;
use hardware::display::{self, DisplayConfig, DisplayEvent, Screen};
use hardware::id_card::{self, Card, ReadError, ReaderConfig, ReaderEvent};
use hardware::scanner::{self, ScannerConfig, ScannerEvent};
use hardware::simulator::{DisplaySimulator, FaultAt, IdReaderSimulator, ScannerSimulator};

/// The next event, or the test's end.
fn next<E>(events: &Receiver<E>) -> E {
    events.recv_timeout(Duration::from_secs(20)).unwrap()
}

fn card(name: &str) -> Card {
    let json =
        format!(r#"{{"kind":"resident","name":"{name}","birth":"1990-03-07","id_number":"440304199003070022"}}"#);
    serde_json::from_str(&json).unwrap()
}

struct Reader {
    simulator: IdReaderSimulator,
    events: Receiver<ReaderEvent>,
    _thread: DeviceThread,
    _folder: tempfile::TempDir,
}

fn reader() -> Reader {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("id-reader");
    let simulator = IdReaderSimulator::attach(&link).unwrap();
    let (tell, events) = mpsc::channel();
    let config = ReaderConfig {
        poll: Duration::from_millis(10),
        reconnect: Duration::from_millis(10),
        ..ReaderConfig::new(link)
    };
    let thread = id_card::spawn(config, move |event| tell.send(event).unwrap_or_default());
    assert_eq!(next(&events), ReaderEvent::Connected);
    Reader { simulator, events, _thread: thread, _folder: folder }
}

fn read_name(event: ReaderEvent) -> String {
    match event {
        ReaderEvent::Read(reading) => reading.card.common().name.to_owned(),
        other => panic!("a card was expected, not {other:?}"),
    }
}

#[test]
fn a_card_is_read_once_until_it_is_lifted() {
    let reader = reader();
    reader.simulator.place(&card("王芳")).unwrap();
    let ReaderEvent::Read(reading) = next(&reader.events) else { panic!("not read") };
    assert_eq!(reading.card.common().name, "王芳");
    assert_eq!(reading.wlt.len(), 1024);
    reader.simulator.lift().unwrap();
    assert_eq!(next(&reader.events), ReaderEvent::Lifted);
    reader.simulator.place(&card("㐂𠮷")).unwrap();
    assert_eq!(read_name(next(&reader.events)), "㐂𠮷");
}

#[test]
fn a_card_put_in_the_place_of_another_is_a_lift_and_a_new_card() {
    let reader = reader();
    reader.simulator.place(&card("王芳")).unwrap();
    assert_eq!(read_name(next(&reader.events)), "王芳");
    reader.simulator.place(&card("李明")).unwrap();
    assert_eq!(next(&reader.events), ReaderEvent::Lifted);
    assert_eq!(read_name(next(&reader.events)), "李明");
}

#[test]
fn a_spoilt_answer_asks_to_lay_the_card_down_again() {
    let reader = reader();
    reader.simulator.corrupt(FaultAt::Read).unwrap();
    reader.simulator.place(&card("王芳")).unwrap();
    assert_eq!(next(&reader.events), ReaderEvent::Failed(ReadError::BadChecksum));
    reader.simulator.lift().unwrap();
    reader.simulator.place(&card("王芳")).unwrap();
    assert_eq!(read_name(next(&reader.events)), "王芳");
}

#[test]
fn a_reader_that_stops_in_the_middle_of_an_answer_is_told_once_and_works_again_after() {
    let reader = reader();
    reader.simulator.stall(FaultAt::Read).unwrap();
    reader.simulator.place(&card("王芳")).unwrap();
    assert_eq!(next(&reader.events), ReaderEvent::Failed(ReadError::NoAnswer));
    reader.simulator.resume().unwrap();
    reader.simulator.place(&card("王芳")).unwrap();
    assert_eq!(read_name(next(&reader.events)), "王芳");
}

#[test]
fn an_unplugged_reader_is_told_and_found_again_at_the_same_link() {
    let reader = reader();
    reader.simulator.place(&card("王芳")).unwrap();
    assert_eq!(read_name(next(&reader.events)), "王芳");
    reader.simulator.unplug().unwrap();
    assert_eq!(next(&reader.events), ReaderEvent::Lifted);
    assert!(matches!(next(&reader.events), ReaderEvent::Disconnected(_)));
    reader.simulator.place(&card("李明")).unwrap();
    reader.simulator.plug().unwrap();
    assert_eq!(next(&reader.events), ReaderEvent::Connected);
    assert_eq!(read_name(next(&reader.events)), "李明");
}

#[test]
fn a_reader_that_was_never_there_is_told_once() {
    let (tell, events) = mpsc::channel();
    let config = ReaderConfig { reconnect: Duration::from_millis(1), ..ReaderConfig::new("/nonexistent/reader") };
    let thread = id_card::spawn(config, move |event| tell.send(event).unwrap_or_default());
    assert!(matches!(next(&events), ReaderEvent::Disconnected(_)));
    drop(thread);
    assert_eq!(events.try_recv().ok(), None);
}

#[test]
fn a_scanned_code_arrives_before_and_after_unplugging() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("scanner");
    let simulator = ScannerSimulator::attach(&link).unwrap();
    let error = simulator.scan("too early").unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::NotConnected);
    let (tell, events) = mpsc::channel();
    let config = ScannerConfig { reconnect: Duration::from_millis(10), ..ScannerConfig::new(link) };
    let _thread = scanner::spawn(config, move |event| tell.send(event).unwrap_or_default());
    assert_eq!(next(&events), ScannerEvent::Connected);
    scan(&simulator, "https://hall.example.test/c/q8VtM2xK7bRz4YpLw9NcHd");
    assert_eq!(next(&events), ScannerEvent::Code("https://hall.example.test/c/q8VtM2xK7bRz4YpLw9NcHd".into()));
    simulator.unplug().unwrap();
    assert!(matches!(next(&events), ScannerEvent::Disconnected(_)));
    simulator.plug().unwrap();
    assert_eq!(next(&events), ScannerEvent::Connected);
    scan(&simulator, "二维码");
    assert_eq!(next(&events), ScannerEvent::Code("二维码".into()));
}

/// Scans; the driver's port may be a moment old.
fn scan(simulator: &ScannerSimulator, text: &str) {
    while let Err(error) = simulator.scan(text) {
        assert_eq!(error.kind(), std::io::ErrorKind::NotConnected);
    }
}

#[test]
fn the_window_display_shows_the_last_screen_also_after_unplugging() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("display");
    let simulator = DisplaySimulator::attach(&link).unwrap();
    let (tell, events) = mpsc::channel();
    let config = DisplayConfig {
        ping: Duration::from_millis(20),
        reconnect: Duration::from_millis(10),
        ..DisplayConfig::new(link)
    };
    let display = display::spawn(config, move |event| tell.send(event).unwrap_or_default());
    assert_eq!(next(&events), DisplayEvent::Connected);
    let screen = Screen { number: "A001".into(), window: "3号窗口".into(), message: "请㐂先生到窗口".into() };
    display.show(screen.clone());
    assert_eq!(next(&events), DisplayEvent::Shown(screen.clone()));
    assert_eq!(simulator.screen(), screen);
    simulator.unplug().unwrap();
    assert!(matches!(next(&events), DisplayEvent::Disconnected(_)));
    simulator.plug().unwrap();
    assert_eq!(next(&events), DisplayEvent::Connected);
    assert_eq!(next(&events), DisplayEvent::Shown(screen));
    display.clear();
    assert_eq!(simulator.wait_for(Duration::from_secs(20), |screen| screen.number.is_empty()), Screen::default());
}
