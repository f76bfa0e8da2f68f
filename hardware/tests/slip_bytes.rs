//! The slips' bytes: as kept in `tests/golden`, and as an independent reader of ESC/POS understands them.
//!
//! The reader is the tokenizer of emupos (Python 3.13, `pip install emupos==0.4.0`); it is asked where `HALL_EMUPOS_PYTHON` names a
//! Python that has it. The kept bytes were all read by it without an unknown command. `HALL_UPDATE_GOLDEN=1` writes them anew.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::{Path, PathBuf};
use std::process::Command;

use hardware::Language;
use hardware::printer::{Printer, Profile, Slip, encode};
use hardware::simulator::PrinterSimulator;

mod slips;

fn golden() -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let ticket = |language| Slip::from(slips::ticket(language));
    [
        ("ticket-zh", ticket(Language::Zh), Profile::epson()),
        ("ticket-en", ticket(Language::En), Profile::epson()),
        ("ticket-zh-raster", ticket(Language::Zh), Profile::raster()),
        ("receipt-zh", slips::receipt(Language::Zh).into(), Profile::epson()),
    ]
    .into_iter()
    .map(|(name, slip, profile)| (folder.join(name).with_extension("bin"), encode(&slip, &profile).unwrap()))
    .collect()
}

#[test]
fn the_bytes_of_a_slip_are_those_that_were_checked() {
    for (file, bytes) in golden() {
        if std::env::var_os("HALL_UPDATE_GOLDEN").is_some() {
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, &bytes).unwrap();
        }
        assert!(std::fs::read(&file).unwrap() == bytes, "{} differs", file.display());
    }
}

/// Prints each file's tokens, a line each: its name, or `TEXT` and the text in GB18030.
const ORACLE: &str = "
import sys
from emupos.printer.escpos.tokenizer import Tokenizer, Text, Unknown
for path in sys.argv[1:]:
    tokenizer = Tokenizer()
    tokens = tokenizer.feed(open(path, 'rb').read())
    rest = tokenizer.close()
    for token in tokens + ([rest] if rest else []):
        if isinstance(token, Text):
            print('TEXT', token.data.decode('gb18030'))
        elif isinstance(token, Unknown):
            print('UNKNOWN', token.raw.hex())
        else:
            print(token.name)
";

#[test]
fn an_independent_reader_understands_every_byte() {
    let Some(python) = std::env::var_os("HALL_EMUPOS_PYTHON") else {
        // Without it the kept bytes stand for its verdict; they must be there.
        assert!(golden().iter().all(|(file, _)| file.is_file()));
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut files: Vec<_> = golden().into_iter().map(|(file, _)| file).collect();
    for (index, slip) in slips::all().iter().enumerate() {
        for profile in [Profile::epson(), Profile::raster()] {
            let file = folder.path().join(format!("{index}-{}.bin", profile.name));
            std::fs::write(&file, encode(slip, &profile).unwrap()).unwrap();
            files.push(file);
        }
    }
    let output =
        Command::new(python).arg("-c").arg(ORACLE).args(&files).env("PYTHONIOENCODING", "utf-8").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read = String::from_utf8(output.stdout).unwrap();
    assert!(!read.contains("UNKNOWN"), "{read}");
    for expected in [
        "TEXT 福田区行政服务中心",
        "TEXT A001",
        "TEXT 食品经营许可（新办）",
        "FS &",
        "GS ( k",
        "GS v 0",
        "GS V",
        "FS .",
    ] {
        assert!(read.lines().any(|line| line == expected), "{expected} is missing in {read}");
    }
}

#[test]
fn what_a_person_reads_on_each_slip() {
    let mut simulator = PrinterSimulator::new(None).unwrap();
    let address = simulator.listen("127.0.0.1:0").unwrap();
    let printer = Printer::new(format!("tcp:{address}").parse().unwrap(), Profile::epson());
    for slip in slips::all() {
        printer.print(&slip).unwrap();
    }
    let texts: Vec<_> = simulator.tickets().into_iter().map(|ticket| ticket.text).collect();
    insta::assert_snapshot!(texts.join("\n=================== cut\n"));
}
