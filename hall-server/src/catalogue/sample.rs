//! The sample district: a district hall and ten sub-district halls with their items, people and devices. It is data, written from public
//! facts, and marked as a sample on every item.

use std::collections::HashMap;

use domain::catalogue::listing::{self, ListError, Listing};
use protocol::Millis;
use protocol::catalogue::{Hall, HallKind, Line, Opening, Text};
use protocol::staff::User;
use serde::Deserialize;
use thiserror::Error;

use super::import::{self, ImportError};
use super::publication::{Missing, Report, publish};
use crate::store::catalogue::{self as rows, HallOffer, HallWindow};
use crate::store::{Store, StoreError, halls};

const ITEMS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sample/items.csv"));
const HALLS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sample/halls.toml"));
const STAFF: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sample/staff.toml"));

/// What faces show beside sample data.
pub fn banner() -> Text {
    Text::new("示例数据", "Sample data")
}

/// How the sample is loaded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Every hall is open day and night, so that the sample can be tried at any hour.
    pub always_open: bool,
}

#[derive(Debug, Error)]
pub enum SampleError {
    #[error("the sample's items are at fault")]
    Items(#[from] ImportError),
    #[error("the sample file {file} is at fault")]
    File { file: &'static str, source: toml::de::Error },
    #[error("hall {hall} has no setup {setup}")]
    NoSetup { hall: String, setup: String },
    #[error("the sample could not be stored")]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for SampleError {
    fn from(error: sqlx::Error) -> Self {
        SampleError::Store(error.into())
    }
}

impl From<Vec<ListError>> for SampleError {
    fn from(errors: Vec<ListError>) -> Self {
        SampleError::Items(ImportError::Faults(errors))
    }
}

/// The sample's people and devices. Whoever loads it makes their passwords and tokens.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Staff {
    pub users: Vec<User>,
    pub devices: Vec<SampleDevice>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SampleDevice {
    pub name: String,
    /// `kiosk`.
    pub kind: String,
    pub hall: String,
}

#[derive(Debug, Deserialize)]
struct Halls {
    setups: Vec<Setup>,
    halls: Vec<SampleHall>,
}

#[derive(Debug, Deserialize)]
struct Setup {
    name: String,
    /// Every item is offered, in the line that the item list names.
    #[serde(default)]
    offers_all: bool,
    /// Items of the kiosk's first page, in order.
    common: Vec<String>,
    lines: Vec<Line>,
    windows: Vec<SetupWindows>,
    #[serde(default)]
    offers: Vec<SetupOffers>,
}

#[derive(Debug, Deserialize)]
struct SetupWindows {
    numbers: Vec<i64>,
    name: Text,
    lines: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct SetupOffers {
    line: String,
    items: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct SampleHall {
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

/// The sample's people and devices.
pub fn staff() -> Result<Staff, SampleError> {
    read("staff.toml", STAFF)
}

/// Loads departments, items, halls, lines, windows and offers. Loading it again changes nothing but what differs.
pub async fn load(store: &Store, options: Options, now: Millis) -> Result<Report, SampleError> {
    let Halls { setups, halls: all } = read("halls.toml", HALLS)?;
    let mut listing = listing::read(import::read_rows(ITEMS.as_bytes())?, &[])?;
    for listed in &mut listing.items {
        listed.item.sample = true;
    }
    let mut tx = store.begin_write().await?;
    rows::lock(&mut tx, store.engine()).await?;
    let report = publish(&mut tx, &listing, Missing::Keep, now).await?;
    for sample in all {
        let setup = setups
            .iter()
            .find(|setup| setup.name == sample.setup)
            .ok_or_else(|| SampleError::NoSetup { hall: sample.code.clone(), setup: sample.setup.clone() })?;
        let windows = windows_of(setup, sample.windows);
        let offers = offers_of(setup, &listing);
        let hall = hall_of(sample, options);
        halls::describe(&mut tx, &hall).await?;
        rows::put_setup(&mut tx, &hall.code, &setup.lines, &windows).await?;
        rows::put_offers(&mut tx, &hall.code, &offers).await?;
    }
    halls::touch_all(&mut tx).await?;
    tx.commit().await?;
    Ok(report)
}

fn read<T: for<'de> Deserialize<'de>>(file: &'static str, text: &str) -> Result<T, SampleError> {
    toml::from_str(text).map_err(|source| SampleError::File { file, source })
}

fn hall_of(sample: SampleHall, options: Options) -> Hall {
    let always = || vec![Opening { weekdays: (1..=7).collect(), from: "00:00".to_owned(), to: "24:00".to_owned() }];
    Hall {
        code: sample.code,
        name: sample.name,
        kind: sample.kind,
        address: sample.address,
        phone: sample.phone,
        hours: if options.always_open { always() } else { sample.hours },
        one_ticket_per_person: sample.one_ticket_per_person,
    }
}

fn windows_of(setup: &Setup, last: i64) -> Vec<HallWindow> {
    let all = setup.windows.iter().flat_map(|group| {
        group.numbers.iter().map(|number| HallWindow {
            number: *number,
            name: group.name.clone(),
            lines: group.lines.clone(),
        })
    });
    all.filter(|window| window.number <= last).collect()
}

fn offers_of(setup: &Setup, listing: &Listing) -> Vec<HallOffer> {
    let places: HashMap<&str, i64> = (1..).zip(&setup.common).map(|(place, code)| (code.as_str(), place)).collect();
    let named = setup.offers.iter().flat_map(|group| group.items.iter().map(|item| (item, &group.line)));
    let listed =
        listing.items.iter().filter(|_| setup.offers_all).map(|listed| (&listed.item.code, &listed.queue_line));
    named
        .chain(listed)
        .map(|(item, line)| HallOffer {
            item: item.clone(),
            line: line.clone(),
            open: true,
            common: places.get(item.as_str()).copied().unwrap_or(0),
        })
        .collect()
}
