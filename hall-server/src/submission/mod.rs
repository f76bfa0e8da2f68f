//! Submission (网上申报): an application made ready and sent from a phone, without a ticket and without a visit, where the item allows it.
//!
//! Who sends it is not proven by the phone: name and number are what was typed. The hall checks the ID and the originals when the
//! result is collected, and may ask for them before.

mod draft;
pub mod forgetting;
mod sending;
mod withdrawing;

use protocol::catalogue::{Hall, Item};

use crate::AppState;
use crate::http::problem::ApiError;
use crate::preparation::pace::Pace;
use crate::store::halls;

pub use draft::{NewFile, Open, add_file, enter, file, find, read, start, take_back};
pub use sending::send;
pub use withdrawing::{Withdrawal, check as check_withdrawal, is_possible as may_withdraw, withdraw};

/// How often phones may do what no ticket limits.
#[derive(Debug)]
pub struct Paces {
    /// Drafts begun, all phones together.
    pub starts: Pace,
    /// Changes of each draft.
    pub changes: Pace,
    /// Attempts to withdraw each application: the four characters asked for must not be guessed.
    pub withdrawals: Pace,
}

impl Default for Paces {
    fn default() -> Self {
        Paces { starts: Pace::new(600, 200), changes: Pace::default(), withdrawals: Pace::new(5, 3_600_000) }
    }
}

/// An item that can be applied for from a phone, with the halls that offer it.
#[derive(Debug, Clone)]
pub struct Offer {
    pub item: Item,
    pub halls: Vec<Hall>,
}

/// The items that may be applied for from a phone, by name.
pub async fn offers(state: &AppState) -> Result<Vec<Offer>, ApiError> {
    let mut offers: Vec<Offer> = Vec::new();
    for hall in halls::all(&state.store).await? {
        let cell = state.engine.hall(&hall.code).await?;
        for offered in cell.offers.values().filter(|offered| offered.item.online) {
            match offers.iter_mut().find(|offer| offer.item.code == offered.item.code) {
                Some(offer) => offer.halls.push(hall.clone()),
                None => offers.push(Offer { item: (*offered.item).clone(), halls: vec![hall.clone()] }),
            }
        }
    }
    offers.sort_by(|a, b| a.item.name.zh.cmp(&b.item.name.zh));
    Ok(offers)
}

/// One of them.
pub async fn offer(state: &AppState, item: &str) -> Result<Offer, ApiError> {
    use protocol::problem::Code;
    let found = offers(state).await?.into_iter().find(|offer| offer.item.code == item);
    found.ok_or_else(|| {
        ApiError::new(Code::UnknownItem).detail(
            "该事项不能在手机上申报，请到大厅办理",
            "This service is not applied for by phone: please come to the hall",
        )
    })
}
