//! The sample district: a district hall and ten sub-district halls with their items, people and devices. It is data, written from public
//! facts, and marked as a sample on every item.

use domain::catalogue::listing::{self, ListError, ListedItem};
use domain::catalogue::publication::Fault;
use protocol::Millis;
use protocol::catalogue::{Item, Text};
use protocol::staff::User;
use serde::Deserialize;
use thiserror::Error;

use super::connected::Connected;
use super::halls_file::{HallsError, HallsFile};
use super::import::{self, ImportError};
use super::publication::{Missing, Report, publish};
use crate::store::catalogue as rows;
use crate::store::{Store, StoreError, halls};

const ITEMS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sample/items.csv"));
/// Items that say more than the list can. Each stands in for the list's item of its code, or beside the list.
const EDITED: [(&str, &str); 4] = [
    ("food-business-licence.json", include_str!("../../sample/items/food-business-licence.json")),
    ("sewer-discharge-permit.json", include_str!("../../sample/items/sewer-discharge-permit.json")),
    ("venue-fire-safety-check.json", include_str!("../../sample/items/venue-fire-safety-check.json")),
    ("restaurant-opening.json", include_str!("../../sample/items/restaurant-opening.json")),
];
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
    #[error("the sample item {file} is not an item")]
    Item { file: &'static str, source: serde_json::Error },
    #[error("the sample item {code} may not be published: {}", faults.iter().map(|f| format!("{}: {}", f.place, f.reason)).collect::<Vec<_>>().join("; "))]
    Unfit { code: String, faults: Vec<Fault> },
    #[error("the sample's halls are at fault")]
    Halls(#[from] HallsError),
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

/// The sample's people and devices.
pub fn staff() -> Result<Staff, SampleError> {
    read("staff.toml", STAFF)
}

/// An item as a file of the sample holds it, with what a list says beside it.
#[derive(Debug, Deserialize)]
struct EditedItem {
    #[serde(flatten)]
    item: Item,
    area_code: String,
    queue_line: String,
}

fn edited() -> Result<Vec<ListedItem>, SampleError> {
    EDITED
        .into_iter()
        .map(|(file, text)| {
            let edited: EditedItem = serde_json::from_str(text).map_err(|source| SampleError::Item { file, source })?;
            let EditedItem { item, area_code, queue_line } = edited;
            Ok(ListedItem { line: 0, item, area_code, queue_line })
        })
        .collect()
}

/// Loads departments, items, halls, lines, windows and offers. Loading it again changes nothing but what differs.
pub async fn load(store: &Store, options: Options, now: Millis) -> Result<Report, SampleError> {
    let mut listing = listing::read(import::read_rows(ITEMS.as_bytes())?, &[])?;
    for listed in &mut listing.items {
        listed.item.sample = true;
    }
    let edited = edited()?;
    for item in &edited {
        match listing.items.iter_mut().find(|listed| listed.item.code == item.item.code) {
            Some(listed) => *listed = item.clone(),
            None => listing.items.push(item.clone()),
        }
    }
    let mut described = HallsFile::read(HALLS)?;
    if options.always_open {
        described.open_always();
    }
    let mut tx = store.begin_write().await?;
    rows::lock(&mut tx, store.engine()).await?;
    let report = publish(&mut tx, &listing, Missing::Keep, now).await?;
    for ListedItem { item, .. } in &edited {
        let faults = Connected::default().check(&mut tx, item, &[]).await?;
        if !faults.is_empty() {
            return Err(SampleError::Unfit { code: item.code.clone(), faults });
        }
    }
    described.write(&mut tx, &listing.items).await?;
    halls::touch_all(&mut tx).await?;
    tx.commit().await?;
    Ok(report)
}

fn read<T: for<'de> Deserialize<'de>>(file: &'static str, text: &str) -> Result<T, SampleError> {
    toml::from_str(text).map_err(|source| SampleError::File { file, source })
}
