//! The scripted day: one citizen's application from the kiosk to the collected permit, one that meets a veto, and a restaurant that
//! opens with three permits at once, through the real programs and their real edges. Every step leaves evidence.

mod arrival;
mod collection;
mod intake;
mod restaurant;
mod review;
mod screens;
mod veto;

use std::path::Path;

use protocol::catalogue::{Catalogue, Item};

use crate::Result;
use crate::browser::Browser;
use crate::evidence::Evidence;
use crate::simulators::Simulators;
use crate::world::{self, Frame, HALL, SampleUser, Station, Windows, World};

/// Every step that a whole day tells; fewer is a day cut short.
const STEPS: usize = 49;

const PORTRAIT: Frame = Frame { width: 1080, height: 1920 };
const LANDSCAPE: Frame = Frame { width: 1280, height: 1024 };
/// A phone, in CSS pixels.
const PHONE: (u32, u32) = (390, 844);
const BOARD: (u32, u32) = (1920, 1080);
const DESKTOP: (u32, u32) = (1440, 900);

/// The hall on its day, with the evidence so far.
#[derive(Debug)]
pub struct Day {
    world: World,
    item: Item,
    /// Where the item is taken in.
    window: i64,
    clerk: SampleUser,
    kiosk_devices: Simulators,
    desk_devices: Simulators,
    kiosk: Station,
    desk: Station,
    /// A department's desk, at which reviewers and signers sit down one after another.
    office: Station,
    browser: Browser,
    evidence: Evidence,
    kiosk_papers: usize,
    desk_papers: usize,
}

/// A ticket in the hand: its number and the address in its QR.
#[derive(Debug, Clone)]
struct Held {
    number: String,
    address: String,
}

/// A receipt in the hand.
#[derive(Debug, Clone)]
struct Receipt {
    case_no: String,
    address: String,
}

/// Plays the whole day and leaves its evidence in the folder.
pub async fn play(folder: &Path) -> Result<()> {
    let folder = std::path::absolute(folder)?;
    let mut day = Day::begin(&folder).await?;
    day.first_page().await?;
    day.look_around().await?;
    day.guide_on_paper().await?;
    let ticket = day.take_ticket().await?;
    let phone = day.follow_on_phone(&ticket).await?;
    day.prepare_on_phone(&ticket).await?;
    let board = day.open_board().await?;
    day.call(&ticket, &board, &phone).await?;
    let receipt = day.take_in(&ticket, &phone).await?;
    day.review(&receipt).await?;
    day.decide(&receipt).await?;
    day.progress_at_kiosk(&receipt).await?;
    day.collect(&receipt).await?;
    day.other_kiosk().await?;
    day.correct().await?;
    day.veto().await?;
    day.restaurant().await?;
    day.supervise().await?;
    day.verify()?;
    day.evidence.close(STEPS)
}

impl Day {
    async fn begin(folder: &Path) -> Result<Self> {
        let mut evidence = Evidence::new(folder, "One day in the hall")?;
        world::ensure_voice(&folder.join("logs"))?;
        let world = World::open_among_neighbours(folder, None).await?;
        let catalogue: Catalogue = world.api.get(&format!("/api/v1/halls/{HALL}/catalogue")).await?.ok()?;
        let halls: Vec<protocol::catalogue::Hall> = world.api.get("/api/v1/halls").await?.ok()?;
        evidence.step(
            "The sample district is loaded and the server is ready",
            &format!(
                "{} answers for {} halls; {} offers {} items of {} departments",
                world.address(),
                halls.len(),
                catalogue.hall.name.zh,
                catalogue.items.len(),
                catalogue.departments.len()
            ),
        )?;
        let (item, window) = parallel_item(&catalogue)?;
        let clerk = (*world.credentials.clerks().first().ok_or("the sample has no clerk in the hall")?).clone();
        let kiosk_devices = world.simulators("kiosk").await?;
        let desk_devices = world.simulators("desks").await?;
        let kiosk = world.kiosk(&kiosk_devices, PORTRAIT, Windows::Headless).await?;
        let desk = world.desk(Some(window), &desk_devices, Windows::Headless).await?;
        let office = world.desk(None, &desk_devices, Windows::Headless).await?;
        let browser = Browser::start(&world.logs()).await?;
        Ok(Day {
            world,
            item,
            window,
            clerk,
            kiosk_devices,
            desk_devices,
            kiosk,
            desk,
            office,
            browser,
            evidence,
            kiosk_papers: 0,
            desk_papers: 0,
        })
    }

    /// Keeps a picture of the kiosk.
    async fn kiosk_picture(&mut self, name: &str) -> Result<String> {
        self.kiosk.screen.picture(&self.evidence.file(name)).await?;
        Ok(name.to_owned())
    }

    async fn desk_picture(&mut self, name: &str) -> Result<String> {
        self.desk.screen.picture(&self.evidence.file(name)).await?;
        Ok(name.to_owned())
    }

    async fn office_picture(&mut self, name: &str) -> Result<String> {
        self.office.screen.picture(&self.evidence.file(name)).await?;
        Ok(name.to_owned())
    }

    /// Waits for the next paper of the kiosk's printer, and keeps its picture (and its bytes) as evidence.
    async fn kiosk_paper(&mut self, name: &str, with_bytes: bool) -> Result<std::path::PathBuf> {
        self.kiosk_papers += 1;
        let paper = self.kiosk_devices.paper(self.kiosk_papers).await?;
        if with_bytes {
            std::fs::copy(&paper.bytes, self.evidence.file(&format!("{name}.bin")))?;
        }
        let picture = self.evidence.file(&format!("{name}.png"));
        std::fs::copy(&paper.picture, &picture)?;
        Ok(picture)
    }

    /// The same at the desks' printer.
    async fn desk_paper(&mut self, name: &str) -> Result<std::path::PathBuf> {
        self.desk_papers += 1;
        let paper = self.desk_devices.paper(self.desk_papers).await?;
        let picture = self.evidence.file(&format!("{name}.png"));
        std::fs::copy(&paper.picture, &picture)?;
        Ok(picture)
    }
}

/// The item that two departments must agree to, and the window where it is taken in.
pub fn parallel_item(catalogue: &Catalogue) -> Result<(Item, i64)> {
    let mut offers: Vec<_> = catalogue.offers.iter().filter(|offer| offer.open).collect();
    // The common ones first: they stand on the kiosk's first page.
    offers.sort_by_key(|offer| if offer.common > 0 { offer.common } else { i64::MAX });
    let found = offers.into_iter().find_map(|offer| {
        let item = catalogue.items.iter().find(|item| item.code == offer.item)?;
        let window = *offer.windows.first()?;
        (item.branches.len() == 2).then(|| (item.clone(), window))
    });
    found.ok_or_else(|| "the sample has no item that two departments review".into())
}
