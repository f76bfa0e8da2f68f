//! Publication of a list: new and changed items become new versions; nothing that was published is overwritten.

use std::collections::HashSet;
use std::fmt::{self, Display, Formatter};

use domain::catalogue::listing::{ListedItem, Listing, says_more_than_a_list};
use protocol::Millis;
use sqlx::AnyConnection;

use crate::store::catalogue::{self as rows, Content};
use crate::store::{StoreError, halls};

/// What becomes of items that are published but not in the list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Missing {
    #[default]
    Keep,
    Retire,
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub items: usize,
    pub departments: usize,
    pub added: usize,
    pub changed: usize,
    pub unchanged: usize,
    /// Codes of items that say more here than a list can (questions, conditions, steps): they stay as they are.
    pub kept: Vec<String>,
    /// Codes of retired items that the list brought back.
    pub restored: Vec<String>,
    /// Codes of published items that the list does not hold.
    pub missing: Vec<String>,
    /// Whether those were retired.
    pub retired: bool,
    /// Headings of the list that were passed over.
    pub ignored: Vec<String>,
    /// Items offered in the hall that was named.
    pub offered: Option<(String, usize)>,
}

impl Display for Report {
    /// Remarks, one a line; the last line counts.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if !self.ignored.is_empty() {
            writeln!(f, "passed over columns that mean nothing here: {}", self.ignored.join(", "))?;
        }
        if !self.kept.is_empty() {
            writeln!(
                f,
                "kept {} items as they are, since they were edited here and hold more than a list can: {}",
                self.kept.len(),
                few(&self.kept)
            )?;
        }
        if !self.restored.is_empty() {
            writeln!(f, "brought back {} retired items: {}", self.restored.len(), few(&self.restored))?;
        }
        if !self.missing.is_empty() {
            let (did, hint) =
                if self.retired { ("retired", "") } else { ("kept", " (--retire-missing takes them off)") };
            writeln!(
                f,
                "{did} {} items that the list does not hold: {}{hint}",
                self.missing.len(),
                few(&self.missing)
            )?;
        }
        if let Some((hall, offered)) = &self.offered {
            writeln!(f, "offered {offered} items in hall {hall}")?;
        }
        let Report { items, departments, added, changed, unchanged, .. } = self;
        write!(
            f,
            "imported {items} items of {departments} departments: {added} new, {changed} changed, {unchanged} unchanged"
        )
    }
}

/// The first few of a long list.
fn few(codes: &[String]) -> String {
    const SHOWN: usize = 5;
    let mut text = codes.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if codes.len() > SHOWN {
        text.push_str(" …");
    }
    text
}

/// Publishes a list inside the caller's transaction and tells running servers.
pub async fn publish(
    connection: &mut AnyConnection,
    listing: &Listing,
    missing: Missing,
    now: Millis,
) -> Result<Report, StoreError> {
    let standing = rows::standing_items(connection).await?;
    let mut report = Report {
        items: listing.items.len(),
        departments: listing.departments.len(),
        ignored: listing.ignored.clone(),
        retired: missing == Missing::Retire,
        ..Report::default()
    };
    let mut versions: Vec<Content> = Vec::new();
    for ListedItem { item, area_code, .. } in &listing.items {
        let mut content = Content { item: item.clone(), area_code: area_code.clone() };
        let Some(known) = standing.get(&item.code) else {
            content.item.version = 1;
            report.added += 1;
            versions.push(content);
            continue;
        };
        if known.retired {
            report.restored.push(item.code.clone());
        }
        content.item.version = known.content.item.version;
        if content == known.content {
            report.unchanged += 1;
        } else if says_more_than_a_list(&known.content.item) && !says_more_than_a_list(item) {
            report.kept.push(item.code.clone());
        } else {
            content.item.version += 1;
            report.changed += 1;
            versions.push(content);
        }
    }
    let listed: HashSet<&str> = listing.items.iter().map(|listed| listed.item.code.as_str()).collect();
    report.missing = standing
        .iter()
        .filter(|(code, known)| !known.retired && !listed.contains(code.as_str()))
        .map(|(code, _)| code.clone())
        .collect();
    report.missing.sort_unstable();

    rows::put_departments(connection, &listing.departments).await?;
    rows::put_themes(connection, &listing.themes).await?;
    rows::publish(connection, &versions, now).await?;
    let restored: Vec<&str> = report.restored.iter().map(String::as_str).collect();
    rows::set_retired(connection, &restored, false).await?;
    if missing == Missing::Retire {
        let codes: Vec<&str> = report.missing.iter().map(String::as_str).collect();
        rows::set_retired(connection, &codes, true).await?;
    }
    halls::touch_all(connection).await?;
    Ok(report)
}
