//! The devices, each on its own thread, speaking in news.

mod printer;

use domain::identity::ResidentId;
use hardware::DeviceThread;
use hardware::id_card::{self, Card, ReaderConfig, ReaderEvent, ValidUntil};
use hardware::scanner::{self, ScannerConfig, ScannerEvent};
use jiff::civil::Date;
use protocol::queue::{CardKind, Identification};

pub use printer::{PrinterCondition, TicketPrinter, watch as watch_printer};

use crate::config::SerialLine;

/// A card that was read. Personal data: lives in the visit only, and debug output leaves it out.
#[derive(Clone, PartialEq, Eq)]
pub struct ReadCard {
    pub name: String,
    pub id_number: String,
    pub kind: CardKind,
    pub valid_until: Option<Date>,
}

impl std::fmt::Debug for ReadCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReadCard").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Why a card that was read does not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CardProblem {
    #[error("the number on the card fails its own check")]
    Number,
    #[error("the card has expired")]
    Expired,
}

impl ReadCard {
    fn of(card: &Card) -> Self {
        let common = card.common();
        ReadCard {
            name: common.name.to_owned(),
            id_number: common.id_number.to_owned(),
            kind: match common.kind {
                id_card::CardKind::Resident => CardKind::Resident,
                id_card::CardKind::ResidencePermit => CardKind::HkMoTw,
                id_card::CardKind::Foreigner => CardKind::Foreigner,
                id_card::CardKind::FiveStar => CardKind::Foreigner2023,
            },
            valid_until: match common.valid_until {
                ValidUntil::LongTerm => None,
                ValidUntil::Date(day) => Some(day),
            },
        }
    }

    /// Checks what can be checked without the server. Only numbers of GB 11643 have a check digit that is known here; the
    /// foreigners' cards are left to the server.
    pub fn check(&self, today: Date) -> Result<(), CardProblem> {
        if self.valid_until.is_some_and(|last| last < today) {
            return Err(CardProblem::Expired);
        }
        match self.kind {
            CardKind::Resident | CardKind::HkMoTw => {
                ResidentId::parse(&self.id_number, today).map(drop).map_err(|_| CardProblem::Number)
            }
            CardKind::Foreigner | CardKind::Foreigner2023 => Ok(()),
        }
    }

    pub fn identification(&self) -> Identification {
        Identification::Card { name: self.name.clone(), id_number: self.id_number.clone(), kind: self.kind }
    }
}

/// What reader and scanner report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceNews {
    ReaderConnected,
    ReaderUnplugged,
    Card(ReadCard),
    CardLifted,
    /// A card lies there and cannot be read.
    CardUnreadable,
    ScannerConnected,
    ScannerUnplugged,
    Scanned(String),
}

/// Starts the ID-card reader's thread.
pub fn start_reader(line: &SerialLine, tell: impl Fn(DeviceNews) + Send + 'static) -> DeviceThread {
    let mut config = ReaderConfig::new(&line.port);
    config.baud = line.baud.unwrap_or(config.baud);
    id_card::spawn(config, move |event| {
        tell(match event {
            ReaderEvent::Connected => DeviceNews::ReaderConnected,
            ReaderEvent::Disconnected(_) => DeviceNews::ReaderUnplugged,
            ReaderEvent::Read(reading) => DeviceNews::Card(ReadCard::of(&reading.card)),
            ReaderEvent::Lifted => DeviceNews::CardLifted,
            ReaderEvent::Failed(_) => DeviceNews::CardUnreadable,
        });
    })
}

/// Starts the code scanner's thread.
pub fn start_scanner(line: &SerialLine, tell: impl Fn(DeviceNews) + Send + 'static) -> DeviceThread {
    let mut config = ScannerConfig::new(&line.port);
    config.baud = line.baud.unwrap_or(config.baud);
    scanner::spawn(config, move |event| match event {
        ScannerEvent::Connected => tell(DeviceNews::ScannerConnected),
        ScannerEvent::Disconnected(_) => tell(DeviceNews::ScannerUnplugged),
        ScannerEvent::Code(code) => tell(DeviceNews::Scanned(code)),
        ScannerEvent::Garbled => {}
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 24);

    fn card(id_number: &str, kind: CardKind, valid_until: Option<Date>) -> ReadCard {
        ReadCard { name: "李明".into(), id_number: id_number.into(), kind, valid_until }
    }

    #[test]
    fn a_good_card_passes_and_each_fault_has_its_name() {
        let good = card("11010519491231002X", CardKind::Resident, None);
        assert_eq!(good.check(TODAY), Ok(()));
        assert_eq!(card("110105194912310021", CardKind::Resident, None).check(TODAY), Err(CardProblem::Number));
        assert_eq!(
            ReadCard { valid_until: Some(date(2026, 11, 23)), ..good.clone() }.check(TODAY),
            Err(CardProblem::Expired)
        );
        assert_eq!(ReadCard { valid_until: Some(TODAY), ..good }.check(TODAY), Ok(()));
        assert_eq!(card("FRA110090123456", CardKind::Foreigner, None).check(TODAY), Ok(()));
    }

    #[test]
    fn debug_output_of_a_card_names_nobody() {
        let shown = format!("{:?}", card("11010519491231002X", CardKind::Resident, None));
        assert!(!shown.contains("李明") && !shown.contains("1101"));
    }
}
