//! The hall under test: a release build of the server on a new SQLite database, with the sample district.

use protocol::catalogue::Catalogue;
use protocol::catalogue::IdentityRule::Card;
use serde_json::Value;
use tempfile::TempDir;
use tests::Result;
use tests::world::{HALL, World};

#[derive(Debug)]
pub(crate) struct Hall {
    pub(crate) world: World,
    /// `host:port` of the server.
    pub(crate) address: String,
    pub(crate) kiosk_token: String,
    /// Items that a phone number is enough for, one of each line.
    pub(crate) items: Vec<String>,
    _folder: TempDir,
}

impl Hall {
    pub(crate) async fn open() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let world = World::open(folder.path()).await?;
        let catalogue: Catalogue = world.api.get(&format!("/api/v1/halls/{HALL}/catalogue")).await?.ok()?;
        let mut items: Vec<(String, String)> = catalogue
            .offers
            .iter()
            .filter(|offer| offer.open && !offer.windows.is_empty())
            .filter(|offer| {
                let item = catalogue.items.iter().find(|item| item.code == offer.item);
                item.is_some_and(|item| item.identity != Card)
            })
            .map(|offer| (offer.line.clone(), offer.item.clone()))
            .collect();
        items.sort();
        items.dedup_by(|next, kept| next.0 == kept.0);
        if items.is_empty() {
            return Err("the sample has no item that a phone number is enough for".into());
        }
        let address = world.address().trim_start_matches("http://").to_owned();
        let kiosk_token = world.credentials.kiosk(HALL)?.token.clone();
        let items = items.into_iter().map(|(_, item)| item).collect();
        Ok(Hall { world, address, kiosk_token, items, _folder: folder })
    }

    /// Tickets taken today, as the hall itself counts them.
    pub(crate) async fn taken_today(&self) -> Result<u64> {
        let queue: Value = self.world.api.get(&format!("/api/v1/halls/{HALL}/queue")).await?.ok()?;
        let lines = queue["lines"].as_array().cloned().unwrap_or_default();
        Ok(lines.iter().filter_map(|line| line["taken_today"].as_u64()).sum())
    }

    /// Adds a clerk of the hall and gives the password that was made.
    pub(crate) fn add_clerk(&self, username: &str) -> Result<String> {
        let arguments = ["user", "add", username, "--name", "测", "--role", "clerk", "--hall", HALL];
        Ok(self.world.operate(username, &arguments)?.trim().to_owned())
    }

    /// Walks the chain of every hall's events: nothing is missing, nothing was changed.
    pub(crate) fn verify(&self) -> Result<()> {
        self.world.operate("verify", &["verify"]).map(drop)
    }
}
