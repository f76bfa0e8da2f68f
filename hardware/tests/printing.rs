//! The printer's driver against the simulated printer, over TCP and pseudo-terminals.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::io::{Cursor, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use hardware::Language;
use hardware::printer::{Connection, Limits, MidwayCause, Paper, PrintError, Printer, Profile, Slip};
use hardware::simulator::{Fault, PrinterSimulator, Ticket};

mod slips;

const SOON: Duration = Duration::from_secs(20);

/// Limits that no loaded machine reaches; where all is well they cost nothing.
fn patient(profile: &Profile) -> Profile {
    let minute = Duration::from_secs(60);
    let limits = Limits { connect: minute, answer: minute, write: minute, finish: minute };
    Profile { limits, ..profile.clone() }
}

/// A short limit where a test waits for it to pass.
fn impatient(profile: &Profile) -> Profile {
    let limits = Limits { answer: Duration::from_secs(2), finish: Duration::from_millis(300), ..Limits::default() };
    Profile { limits, ..profile.clone() }
}

fn over_tcp(profile: &Profile) -> (PrinterSimulator, Printer) {
    let mut simulator = PrinterSimulator::new(None).unwrap();
    let address = simulator.listen("127.0.0.1:0").unwrap();
    (simulator, Printer::new(format!("tcp:{address}").parse().unwrap(), patient(profile)))
}

/// Every code in a picture, read by a decoder that knows nothing of printers.
fn codes(png: &[u8]) -> Vec<String> {
    let mut reader = png::Decoder::new(Cursor::new(png)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    let width = info.width as usize;
    let mut image =
        rqrr::PreparedImage::prepare_from_greyscale(width, info.height as usize, |x, y| pixels[y * width + x]);
    image.detect_grids().iter().map(|grid| grid.decode().unwrap().1).collect()
}

fn only(tickets: &[Ticket]) -> &Ticket {
    let [ticket] = tickets else { panic!("one ticket was expected, not {}", tickets.len()) };
    ticket
}

#[test]
fn a_ticket_comes_out_once_with_its_number_and_a_code_that_opens_the_phone_page() {
    for profile in [Profile::epson(), Profile::raster()] {
        let (simulator, printer) = over_tcp(&profile);
        let printed = printer.print(&slips::ticket(Language::Zh).into()).unwrap();
        assert!(printed.confirmed);
        assert!(printed.status.ready());
        let tickets = simulator.wait_for_tickets(1, SOON);
        let ticket = only(&tickets);
        assert!(ticket.complete);
        assert!(ticket.text.contains("A001"), "{}", ticket.text);
        assert!(ticket.text.contains("福田区行政服务中心"), "{}", ticket.text);
        assert!(!ticket.text.contains("unknown"), "{}", ticket.text);
        assert_eq!(codes(&ticket.png), [slips::TICKET_URL]);
    }
}

#[test]
fn every_slip_in_both_languages_prints_without_an_unknown_byte_and_with_a_readable_code() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("slips");
    let _ = std::fs::remove_dir_all(&folder);
    let mut simulator = PrinterSimulator::new(Some(&folder)).unwrap();
    let address = simulator.listen("127.0.0.1:0").unwrap();
    let printer = Printer::new(format!("tcp:{address}").parse().unwrap(), patient(&Profile::epson()));
    let slips = slips::all();
    for slip in &slips {
        printer.print(slip).unwrap();
    }
    let tickets = simulator.wait_for_tickets(slips.len(), SOON);
    assert_eq!(tickets.len(), slips.len());
    for ticket in tickets {
        assert!(!ticket.text.contains("unknown"), "{}", ticket.text);
        assert_eq!(codes(&ticket.png).len(), 1, "{}", ticket.text);
        let file = ticket.file.unwrap();
        assert_eq!(std::fs::read(file.with_extension("bin")).unwrap(), ticket.bytes);
        assert_eq!(std::fs::read_to_string(file.with_extension("txt")).unwrap(), ticket.text);
    }
}

#[test]
fn a_serial_printer_prints_again_and_again_over_the_same_link() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("printer");
    let mut simulator = PrinterSimulator::new(None).unwrap();
    simulator.attach(&link).unwrap();
    let printer = Printer::new(Connection::Serial { path: link.clone(), baud: 115_200 }, patient(&Profile::raster()));
    for count in 1..=3 {
        assert!(printer.print(&slips::ticket(Language::En).into()).unwrap().confirmed);
        assert_eq!(simulator.wait_for_tickets(count, SOON).len(), count);
    }
    simulator.unplug().unwrap();
    let error = printer.print(&slips::ticket(Language::Zh).into()).unwrap_err();
    assert!(matches!(error, PrintError::Unreachable { .. }), "{error}");
    assert!(error.certainly_nothing_printed());
    simulator.plug().unwrap();
    printer.print(&slips::ticket(Language::Zh).into()).unwrap();
    assert_eq!(simulator.tickets().len(), 4);
}

#[test]
fn a_printer_that_cannot_print_is_known_before_a_byte_is_sent() {
    let (simulator, printer) = over_tcp(&Profile::epson());
    let cases = [
        (Fault::PaperOut, PrintError::PaperOut, "缺纸"),
        (Fault::CoverOpen, PrintError::CoverOpen, "盖子"),
        (Fault::Offline, PrintError::Offline, "不可用"),
    ];
    for (fault, expected, sentence) in cases {
        simulator.set_fault(fault);
        let error = printer.print(&slips::ticket(Language::Zh).into()).unwrap_err();
        assert_eq!(error, expected);
        assert!(error.certainly_nothing_printed());
        assert!(error.sentence(Language::Zh).contains(sentence));
    }
    simulator.set_fault(Fault::PaperNearEnd);
    assert_eq!(printer.status().unwrap().paper, Paper::NearEnd);
    assert_eq!(printer.print(&slips::ticket(Language::Zh).into()).unwrap().status.paper, Paper::NearEnd);
    assert_eq!(only(&simulator.wait_for_tickets(1, SOON)).number, 1);
}

#[test]
fn a_printer_that_takes_its_time_is_waited_for() {
    let (simulator, printer) = over_tcp(&Profile::epson());
    // Longer than the driver listens before it asks in between for the state.
    let printing = Duration::from_millis(1300);
    simulator.set_fault(Fault::Slow { millis: 1300 });
    let start = Instant::now();
    let printed = printer.print(&slips::ticket(Language::Zh).into()).unwrap();
    assert!(printed.confirmed);
    assert!(start.elapsed() >= printing);
}

/// A printer that answers to GS r only together with the next status question.
fn late_with_the_end(stream: &mut TcpStream) -> std::io::Result<()> {
    let (mut last, mut ended) = ([0; 3], false);
    let mut byte = [0];
    while stream.read(&mut byte)? == 1 {
        last = [last[1], last[2], byte[0]];
        match last {
            [0x1D, 0x72, 0x01] => ended = true,
            [0x10, 0x04, 1..=4] if std::mem::take(&mut ended) => stream.write_all(&[0x00, 0x12])?,
            [0x10, 0x04, 1..=4] => stream.write_all(&[0x12])?,
            _ => {}
        }
    }
    Ok(())
}

#[test]
fn the_end_answer_is_heard_also_between_two_status_questions() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let machine = std::thread::spawn(move || late_with_the_end(&mut listener.accept()?.0));
    let printer = Printer::new(format!("tcp:{address}").parse().unwrap(), patient(&Profile::epson()));
    assert!(printer.print(&slips::ticket(Language::Zh).into()).unwrap().confirmed);
    machine.join().unwrap().unwrap();
}

#[test]
fn a_printer_without_the_end_answer_is_believed_when_its_state_is_good() {
    let (simulator, printer) = over_tcp(&Profile::epson());
    simulator.set_fault(Fault::Slow { millis: 600_000 });
    let printer = Printer::new(printer.connection().clone(), impatient(&Profile::epson()));
    let printed = printer.print(&slips::ticket(Language::Zh).into()).unwrap();
    assert!(!printed.confirmed);
    assert!(printed.status.ready());
}

#[test]
fn a_printer_that_answers_nothing_gets_nothing() {
    let (simulator, printer) = over_tcp(&Profile::epson());
    simulator.set_fault(Fault::Silent);
    let printer = Printer::new(printer.connection().clone(), impatient(&Profile::epson()));
    let error = printer.print(&slips::ticket(Language::Zh).into()).unwrap_err();
    assert_eq!(error, PrintError::NoAnswer { connection: printer.connection().clone() });
    assert!(error.certainly_nothing_printed());
    assert!(error.sentence(Language::En).contains("not connected"));
    assert!(simulator.tickets().is_empty());
}

#[test]
fn a_printer_that_dies_in_the_middle_leaves_a_torn_ticket_and_says_perhaps() {
    let (simulator, printer) = over_tcp(&Profile::raster());
    simulator.set_fault(Fault::DieAfter { bytes: 300 });
    let slip: Slip = slips::ticket(Language::Zh).into();
    let error = printer.print(&slip).unwrap_err();
    assert!(matches!(error, PrintError::DiedMidway { cause: MidwayCause::ConnectionLost(_), .. }), "{error}");
    assert!(!error.certainly_nothing_printed());
    // The same ticket, offered again once.
    let again = hardware::printer::TicketSlip { reprint: true, ..slips::ticket(Language::Zh) };
    printer.print(&again.into()).unwrap();
    let tickets = simulator.wait_for_tickets(2, SOON);
    assert_eq!(tickets.iter().map(|ticket| ticket.complete).collect::<Vec<_>>(), [false, true]);
    assert!(tickets[1].text.contains("补打"), "{}", tickets[1].text);
}

#[test]
fn paper_that_runs_out_in_the_middle_is_told_from_a_lost_line() {
    let (simulator, printer) = over_tcp(&Profile::epson());
    simulator.set_fault(Fault::PaperOutAfter { bytes: 120 });
    let error = printer.print(&slips::ticket(Language::Zh).into()).unwrap_err();
    assert!(matches!(error, PrintError::DiedMidway { cause: MidwayCause::PaperOut, .. }), "{error}");
    assert!(!error.certainly_nothing_printed());
}

#[test]
fn a_serial_printer_that_dies_goes_silent_and_that_is_perhaps_too() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("printer");
    let mut simulator = PrinterSimulator::new(None).unwrap();
    simulator.attach(&link).unwrap();
    simulator.set_fault(Fault::DieAfter { bytes: 100 });
    let printer = Printer::new(Connection::Serial { path: link, baud: 115_200 }, impatient(&Profile::epson()));
    let error = printer.print(&slips::ticket(Language::Zh).into()).unwrap_err();
    assert!(matches!(error, PrintError::DiedMidway { cause: MidwayCause::NoAnswer, .. }), "{error}");
    assert!(!only(&simulator.wait_for_tickets(1, SOON)).complete);
}

#[test]
fn a_printer_that_is_not_there_is_unreachable() {
    let (simulator, printer) = over_tcp(&Profile::epson());
    drop(simulator);
    let error = printer.status().unwrap_err();
    assert!(matches!(error, PrintError::Unreachable { .. }), "{error}");
    let missing = Printer::new("file:/nonexistent/lp0".parse().unwrap(), Profile::epson());
    assert!(missing.print(&slips::ticket(Language::Zh).into()).unwrap_err().certainly_nothing_printed());
}

#[test]
fn a_device_file_takes_the_same_bytes_and_reports_nothing() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let printer = Printer::new(Connection::File { path: file.path().to_owned() }, Profile::epson());
    let slip: Slip = slips::ticket(Language::Zh).into();
    let printed = printer.print(&slip).unwrap();
    assert!(!printed.confirmed);
    assert!(!printed.status.reported);
    assert_eq!(std::fs::read(file.path()).unwrap(), hardware::printer::encode(&slip, &Profile::epson()).unwrap());
}

#[test]
fn a_rare_character_is_drawn_where_the_firmware_has_none() {
    let slip = hardware::printer::ReceiptSlip { applicant: "㐂*𠮷".into(), ..slips::receipt(Language::Zh) };
    let (simulator, printer) = over_tcp(&Profile::epson());
    printer.print(&slip.clone().into()).unwrap();
    let tickets = simulator.wait_for_tickets(1, SOON);
    assert!(only(&tickets).text.contains("[picture 576×48]"), "{}", tickets[0].text);
    assert!(!only(&tickets).text.contains('□'));
    // Firmware that can: as text, four bytes a character.
    let capable = Profile { four_byte_chinese: true, ..Profile::epson() };
    let bytes = hardware::printer::encode(&slip.into(), &capable).unwrap();
    assert!(bytes.windows(4).any(|window| window == [0x81, 0x39, 0xEF, 0x31]));
}

#[test]
fn a_text_with_commands_in_it_commands_nothing() {
    let evil = hardware::printer::TicketSlip {
        service: "'; DROP TABLE tickets; --\u{1b}@\u{1d}V\u{0}".into(),
        notes: vec!["\u{10}\u{4}\u{1}".into()],
        ..slips::ticket(Language::Zh)
    };
    let (simulator, printer) = over_tcp(&Profile::epson());
    printer.print(&evil.into()).unwrap();
    let tickets = simulator.wait_for_tickets(1, SOON);
    assert!(only(&tickets).text.contains("DROP TABLE"), "{}", tickets[0].text);
    assert!(!only(&tickets).text.contains("unknown"));
}

#[test]
fn an_address_too_long_for_a_code_is_refused_and_nothing_is_printed() {
    let slip = hardware::printer::TicketSlip { url: "x".repeat(4000), ..slips::ticket(Language::Zh) };
    let (simulator, printer) = over_tcp(&Profile::epson());
    let error = printer.print(&slip.into()).unwrap_err();
    assert!(matches!(error, PrintError::Unprintable(_)), "{error}");
    assert!(error.certainly_nothing_printed());
    assert!(simulator.tickets().is_empty());
}
