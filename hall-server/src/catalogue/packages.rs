//! Packages (一件事) with their members, as faces see them.

use domain::catalogue::package::{self, Joined, PackageError};
use protocol::catalogue::{Catalogue, Item};

use crate::store::catalogue as rows;
use crate::store::{Store, StoreError};

/// A package joined with its members' versions in force. The error of the rule tells why it cannot be: a member was retired, say.
pub async fn joined(store: &Store, package: &Item) -> Result<Result<Joined, PackageError>, StoreError> {
    let mut members = Vec::with_capacity(package.members.len());
    for code in &package.members {
        members.extend(rows::item(store, code).await?);
    }
    Ok(package::join(package, &members))
}

/// The item as faces see it: a package with its members' questions and papers. `None` where a package cannot be joined: then it
/// is not offered, and the log tells why.
pub async fn shown(store: &Store, item: Item) -> Result<Option<Item>, StoreError> {
    if item.members.is_empty() {
        return Ok(Some(item));
    }
    Ok(match joined(store, &item).await? {
        Ok(joined) => Some(joined.item),
        Err(error) => {
            tracing::warn!(item = item.code, error = &error as &dyn std::error::Error, "a package is not offered");
            None
        }
    })
}

/// The catalogue as faces see it.
pub async fn show_in(store: &Store, catalogue: &mut Catalogue) -> Result<(), StoreError> {
    let items = std::mem::take(&mut catalogue.items);
    catalogue.items.reserve(items.len());
    for item in items {
        let code = item.code.clone();
        match shown(store, item).await? {
            Some(item) => catalogue.items.push(item),
            None => catalogue.offers.retain(|offer| offer.item != code),
        }
    }
    Ok(())
}
