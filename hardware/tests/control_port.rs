//! The simulators' control port, as the scripted day uses it.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use hardware::id_card::{self, ReaderConfig, ReaderEvent};
use hardware::printer::{Printer, Profile, TicketSlip};
use hardware::simulator::control::{ControlPort, Devices};
use hardware::simulator::{IdReaderSimulator, PrinterSimulator};
use serde_json::{Value, json};

struct Hand {
    stream: BufReader<TcpStream>,
    /// `None` where the port belongs to another process.
    _port: Option<ControlPort>,
}

impl Hand {
    fn new(devices: Devices) -> Self {
        let port = ControlPort::open("127.0.0.1:0", Arc::new(devices)).unwrap();
        Hand { stream: BufReader::new(TcpStream::connect(port.address()).unwrap()), _port: Some(port) }
    }

    fn tell(&mut self, line: &str) -> Value {
        writeln!(self.stream.get_mut(), "{line}").unwrap();
        let mut answer = String::new();
        self.stream.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap()
    }
}

#[test]
fn a_hand_lays_a_card_on_the_reader_through_the_control_port() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("id-reader");
    let mut hand =
        Hand::new(Devices { id_reader: Some(IdReaderSimulator::attach(&link).unwrap()), ..Devices::default() });
    let (tell, events) = mpsc::channel();
    let config = ReaderConfig { poll: Duration::from_millis(10), ..ReaderConfig::new(link) };
    let _reader = id_card::spawn(config, move |event| tell.send(event).unwrap_or_default());
    let soon = Duration::from_secs(20);
    assert_eq!(events.recv_timeout(soon).unwrap(), ReaderEvent::Connected);
    let card = json!({"kind": "five-star", "name_en": "ERIKA MUSTERMANN", "birth": "1985-05-05", "id_number": "911124198505050022",
        "country": "DEU", "valid_until": "2034-01-01"});
    assert_eq!(
        hand.tell(&json!({"device": "id-reader", "do": "place", "card": card}).to_string()),
        json!({"ok": true})
    );
    let ReaderEvent::Read(reading) = events.recv_timeout(soon).unwrap() else { panic!("not read") };
    assert_eq!(reading.card.common().name, "ERIKA MUSTERMANN");
    assert_eq!(hand.tell(r#"{"device":"id-reader","do":"status"}"#), json!({"ok": true, "card": true, "open": true}));
    for command in ["corrupt", "stall", "resume", "lift", "unplug", "plug"] {
        assert_eq!(hand.tell(&format!(r#"{{"device":"id-reader","do":"{command}"}}"#)), json!({"ok": true}));
    }
}

#[test]
fn the_printers_faults_and_tickets_go_through_the_control_port() {
    let folder = tempfile::tempdir().unwrap();
    let mut printer = PrinterSimulator::new(Some(folder.path())).unwrap();
    let address = printer.listen("127.0.0.1:0").unwrap();
    let mut hand = Hand::new(Devices { printer: Some(printer), ..Devices::default() });
    let driver = Printer::new(format!("tcp:{address}").parse().unwrap(), Profile::epson());
    for fault in ["paper-near-end", "paper-out", "cover-open", "offline", "silent", "none"] {
        let command = json!({"device": "printer", "do": "fault", "fault": fault});
        assert_eq!(hand.tell(&command.to_string()), json!({"ok": true}), "{fault}");
        let status = hand.tell(r#"{"device":"printer","do":"status"}"#);
        assert_eq!(status, json!({"ok": true, "fault": fault, "tickets": 0}));
    }
    driver.print(&TicketSlip { number: "A001".into(), ..TicketSlip::default() }.into()).unwrap();
    let answer = hand.tell(r#"{"device":"printer","do":"tickets"}"#);
    let ticket = &answer["tickets"][0];
    assert_eq!((&ticket["number"], &ticket["complete"]), (&json!(1), &json!(true)));
    assert!(ticket["text"].as_str().unwrap().contains("A001"));
    for file in ["png", "bin", "txt"] {
        assert!(std::path::Path::new(ticket[file].as_str().unwrap()).is_file(), "{answer}");
    }
    hand.tell(r#"{"device":"printer","do":"fault","fault":"die-after","bytes":20}"#);
    driver.print(&TicketSlip { number: "A002".into(), ..TicketSlip::default() }.into()).unwrap_err();
    hand.tell(r#"{"device":"printer","do":"unplug"}"#);
    hand.tell(r#"{"device":"printer","do":"plug"}"#);
}

#[test]
fn what_the_port_does_not_understand_is_answered_with_the_reason() {
    let mut hand = Hand::new(Devices::default());
    for (line, reason) in [
        ("{", "EOF"),
        (r#"{"device":"toaster","do":"toast"}"#, "toaster"),
        (r#"{"device":"scanner","do":"sing"}"#, "sing"),
        (r#"{"device":"scanner","do":"scan","text":"x"}"#, "no simulated scanner"),
        (r#"{"device":"id-reader","do":"place","card":{"kind":"resident"}}"#, "name"),
    ] {
        let answer = hand.tell(line);
        assert_eq!(answer["ok"], json!(false));
        assert!(answer["error"].as_str().unwrap().contains(reason), "{answer}");
    }
}

#[test]
fn the_program_starts_every_device_and_says_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).into_os_string();
    let mut program = Command::new(env!("CARGO_BIN_EXE_hall-simulators"))
        .args(["--printer", "127.0.0.1:0"])
        .args(["--tickets".into(), at("tickets")])
        .args(["--id-reader".into(), at("id-reader")])
        .args(["--scanner".into(), at("scanner")])
        .args(["--display".into(), at("display")])
        .args(["--control", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said: Vec<String> = BufReader::new(program.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap)
        .take_while(|line| line != "ready")
        .collect();
    let place = |device: &str| {
        said.iter()
            .find_map(|line| line.strip_prefix(&format!("{device} on ")))
            .unwrap_or_else(|| panic!("{device} in {said:?}"))
    };
    let stream = TcpStream::connect(place("control")).unwrap();
    let mut hand = Hand { stream: BufReader::new(stream), _port: None };
    let printer = Printer::new(place("printer").parse().unwrap(), Profile::raster());
    printer.print(&TicketSlip { number: "A001".into(), ..TicketSlip::default() }.into()).unwrap();
    assert_eq!(hand.tell(r#"{"device":"printer","do":"tickets"}"#)["tickets"].as_array().unwrap().len(), 1);
    assert!(folder.path().join("tickets/ticket-1.png").is_file());
    for device in ["id-reader", "scanner", "display"] {
        assert!(std::fs::read_link(place(device)).unwrap().starts_with("/dev/pts"));
        assert_eq!(hand.tell(&json!({"device": device, "do": "unplug"}).to_string()), json!({"ok": true}));
        assert!(std::fs::read_link(place(device)).is_err());
    }
    program.kill().unwrap();
    program.wait().unwrap();
}
