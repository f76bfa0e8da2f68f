//! A district's halls as a TOML file: their hours, lines, windows and what they offer. See docs/halls.md.

use std::collections::{BTreeSet, HashMap, HashSet};

use domain::catalogue::listing::ListedItem;
use domain::queue::OpeningHours;
use protocol::catalogue::{Hall, HallKind, Line, Opening, Text};
use serde::Deserialize;
use sqlx::AnyConnection;
use thiserror::Error;

use crate::store::catalogue::{self as rows, HallOffer, HallWindow};
use crate::store::{Store, StoreError, halls};

/// Halls, and the setups that halls of one kind share.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HallsFile {
    setups: Vec<Setup>,
    halls: Vec<HallEntry>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Setup {
    name: String,
    /// Every item of the list loaded with the file is offered, in the line that the list names.
    #[serde(default)]
    offers_all: bool,
    /// Items of the kiosk's first page, in order.
    #[serde(default)]
    common: Vec<String>,
    lines: Vec<Line>,
    windows: Vec<SetupWindows>,
    #[serde(default)]
    offers: Vec<SetupOffers>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct SetupWindows {
    numbers: Vec<i64>,
    name: Text,
    lines: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct SetupOffers {
    line: String,
    items: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct HallEntry {
    code: String,
    kind: HallKind,
    name: Text,
    address: Text,
    phone: String,
    hours: Vec<Opening>,
    setup: String,
    #[serde(default)]
    one_ticket_per_person: bool,
    /// The hall has the setup's windows up to this number.
    windows: i64,
}

/// Why a file of halls is refused. Nothing has been stored.
#[derive(Debug, Error)]
pub enum HallsError {
    #[error("the file cannot be read")]
    Read(#[from] std::io::Error),
    #[error("the file is not a description of halls")]
    Form(#[from] toml::de::Error),
    /// All that is wrong, a sentence each.
    #[error("nothing was stored:\n{}", .0.join("\n"))]
    Faults(Vec<String>),
    #[error("the halls could not be stored")]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for HallsError {
    fn from(error: sqlx::Error) -> Self {
        HallsError::Store(error.into())
    }
}

/// Reads a file and stores its halls, all or none. Loading it again changes nothing but what differs; lines, windows and offers
/// that it no longer names stay. Returns how many halls it describes.
pub async fn load(store: &Store, path: &std::path::Path) -> Result<usize, HallsError> {
    let file = HallsFile::read(&std::fs::read_to_string(path)?)?;
    let mut tx = store.begin_write().await?;
    rows::lock(&mut tx, store.engine()).await?;
    file.write(&mut tx, &[]).await?;
    halls::touch_all(&mut tx).await?;
    tx.commit().await?;
    Ok(file.halls.len())
}

impl HallsFile {
    /// Parses a file and checks that its parts fit together.
    pub fn read(text: &str) -> Result<Self, HallsError> {
        let file: HallsFile = toml::from_str(text)?;
        let mut faults = Vec::new();
        for setup in &file.setups {
            setup.check(&mut faults);
        }
        let mut codes = HashSet::new();
        for hall in &file.halls {
            hall.check(&file.setups, &mut faults);
            if !codes.insert(&hall.code) {
                faults.push(format!("hall {}: described twice", hall.code));
            }
        }
        if faults.is_empty() { Ok(file) } else { Err(HallsError::Faults(faults)) }
    }

    /// Opens every hall day and night, so that a sample can be tried at any hour.
    pub fn open_always(&mut self) {
        for hall in &mut self.halls {
            hall.hours =
                vec![Opening { weekdays: (1..=7).collect(), from: "00:00".to_owned(), to: "24:00".to_owned() }];
        }
    }

    /// Writes the halls with what they offer. `listed` are the items of a list loaded with the file, which `offers_all` means.
    pub async fn write(&self, tx: &mut AnyConnection, listed: &[ListedItem]) -> Result<(), HallsError> {
        self.check_items(tx).await?;
        for hall in &self.halls {
            // Checked when read: every hall has its setup.
            let Some(setup) = self.setups.iter().find(|setup| setup.name == hall.setup) else { continue };
            halls::describe(tx, &hall.description()).await?;
            rows::put_setup(tx, &hall.code, &setup.lines, &setup.windows_up_to(hall.windows)).await?;
            rows::put_offers(tx, &hall.code, &setup.offers(listed)).await?;
        }
        Ok(())
    }

    /// An offer of an item that was never imported is a slip of the pen.
    async fn check_items(&self, tx: &mut AnyConnection) -> Result<(), HallsError> {
        let known = rows::standing_items(tx).await?;
        let named: BTreeSet<&String> = self.setups.iter().flat_map(|s| &s.offers).flat_map(|o| &o.items).collect();
        let faults: Vec<String> = named
            .into_iter()
            .filter(|code| !known.contains_key(*code))
            .map(|code| format!("item {code} is offered but was never imported"))
            .collect();
        if faults.is_empty() { Ok(()) } else { Err(HallsError::Faults(faults)) }
    }
}

impl Setup {
    fn check(&self, faults: &mut Vec<String>) {
        let mut fault = |what: String| faults.push(format!("setup {}: {what}", self.name));
        let mut letters = HashSet::new();
        for line in &self.lines {
            if !matches!(line.letter.as_bytes(), [b'A'..=b'Z']) {
                fault(format!("line {:?} is not one letter from A to Z", line.letter));
            }
            if !letters.insert(line.letter.as_str()) {
                fault(format!("line {} is there twice", line.letter));
            }
        }
        let mut numbers = HashSet::new();
        for window in &self.windows {
            for number in &window.numbers {
                if *number < 1 || !numbers.insert(*number) {
                    fault(format!("window {number} is there twice or below 1"));
                }
            }
            for line in window.lines.iter().filter(|line| !letters.contains(line.as_str())) {
                fault(format!("windows {:?} serve line {line}, which is not there", window.numbers));
            }
        }
        for offer in self.offers.iter().filter(|offer| !letters.contains(offer.line.as_str())) {
            fault(format!("items are offered in line {}, which is not there", offer.line));
        }
    }

    fn windows_up_to(&self, last: i64) -> Vec<HallWindow> {
        let all = self.windows.iter().flat_map(|group| {
            group.numbers.iter().map(|number| HallWindow {
                number: *number,
                name: group.name.clone(),
                lines: group.lines.clone(),
            })
        });
        all.filter(|window| window.number <= last).collect()
    }

    fn offers(&self, listed: &[ListedItem]) -> Vec<HallOffer> {
        let places: HashMap<&str, i64> = (1..).zip(&self.common).map(|(place, code)| (code.as_str(), place)).collect();
        let named = self.offers.iter().flat_map(|group| group.items.iter().map(|item| (item, &group.line)));
        let all = listed.iter().filter(|_| self.offers_all).map(|listed| (&listed.item.code, &listed.queue_line));
        named
            .chain(all)
            .map(|(item, line)| HallOffer {
                item: item.clone(),
                line: line.clone(),
                open: true,
                common: places.get(item.as_str()).copied().unwrap_or(0),
            })
            .collect()
    }
}

impl HallEntry {
    fn check(&self, setups: &[Setup], faults: &mut Vec<String>) {
        let mut fault = |what: String| faults.push(format!("hall {}: {what}", self.code));
        if self.code.is_empty() || !self.code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        {
            fault("its code may have lower-case letters, digits and dashes only".to_owned());
        }
        if self.name.zh.trim().is_empty() {
            fault("it has no name".to_owned());
        }
        if let Err(error) = OpeningHours::new(&self.hours) {
            fault(format!("hours: {error}"));
        }
        if !setups.iter().any(|setup| setup.name == self.setup) {
            fault(format!("there is no setup {}", self.setup));
        }
    }

    fn description(&self) -> Hall {
        Hall {
            code: self.code.clone(),
            name: self.name.clone(),
            kind: self.kind,
            address: self.address.clone(),
            phone: self.phone.clone(),
            hours: self.hours.clone(),
            one_ticket_per_person: self.one_ticket_per_person,
        }
    }
}
