//! Drivers for the devices of a service hall, and simulators that speak the same protocols from the other side.
//!
//! | module | device | line |
//! |---|---|---|
//! | [`printer`] | ticket printer (取号打印机), ESC/POS | TCP 9100, serial, device file |
//! | [`id_card`] | second-generation ID-card reader (二代身份证阅读器) | serial, 115200 8N1 |
//! | [`scanner`] | code scanner | serial, or as a keyboard |
//! | [`display`] | window display (窗口屏) | serial |
//! | [`speech`] | spoken calls (语音叫号), put together from recorded clips | WAV file or a player program |
//! | [`simulator`] | all of the above, from the device's side | TCP and pseudo-terminals |
//!
//! No async runtime: every device has its own thread and speaks in messages. A driver never panics on what a device sends, and
//! comes back by itself when a device is unplugged and plugged in again. Errors carry a sentence for the person in front of the
//! screen (`sentence(Language)`) and a cause for the log (`Display`).
//!
//! The kiosk and the desk need three calls:
//!
//! ```no_run
//! use hardware::{Language, id_card, printer};
//!
//! let printer = printer::Printer::new("tcp:127.0.0.1:9100".parse()?, printer::Profile::epson());
//! let ticket = printer::TicketSlip { number: "A001".into(), service: "食品经营许可".into(), ..Default::default() };
//! match printer.print(&ticket.into()) {
//!     Ok(printed) => println!("paper: {:?}", printed.status.paper),
//!     Err(error) if error.certainly_nothing_printed() => println!("{}", error.sentence(Language::Zh)),
//!     Err(error) => println!("offer the ticket once more: {error}"),
//! }
//!
//! let reader = id_card::spawn(id_card::ReaderConfig::new("/dev/ttyUSB0"), |event| println!("{event:?}"));
//! drop(reader); // stops and joins the thread
//! # Ok::<(), printer::ConnectionError>(())
//! ```

pub mod display;
pub mod glyphs;
pub mod id_card;
mod language;
pub mod printer;
pub mod scanner;
mod serial;
pub mod simulator;
pub mod speech;
mod width;

pub use language::Language;
pub use serial::DeviceThread;
