//! What a hall is set up with: its description, lines, windows and the items it offers, read for the engine.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use domain::queue::{HallSetup, LineSetup, OpeningHours, WindowSetup};
use protocol::catalogue::{Hall, Item, Line, Text};
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::{StoreError, placeholders};

/// How long one handling takes where no item says so, in minutes.
const USUAL_MINUTES: i64 = 10;

/// A hall's setup and what it offers.
#[derive(Debug, Clone)]
pub struct HallOffer {
    pub setup: HallSetup,
    pub items: HashMap<String, Offered>,
}

/// An item as a hall offers it.
#[derive(Debug, Clone)]
pub struct Offered {
    pub line: char,
    /// False while no tickets are taken for it.
    pub open: bool,
    /// The version in force.
    pub item: Arc<Item>,
    /// 一件事: the members' versions in force, in the package's order. Empty for a single item.
    pub members: Vec<Arc<Item>>,
}

/// Reads a hall's setup; `None` where there is no such hall.
pub async fn hall(connection: &mut AnyConnection, code: &str) -> Result<Option<HallOffer>, StoreError> {
    let Some(row) = sqlx::query("SELECT description FROM halls WHERE code = $1")
        .bind(code)
        .fetch_optional(&mut *connection)
        .await?
    else {
        return Ok(None);
    };
    let description: String = row.try_get(0)?;
    let wrong = |what: String| StoreError::Inconsistent { table: "halls", row: code.to_owned(), what };
    let hall: Hall = serde_json::from_str(&description).map_err(|e| wrong(e.to_string()))?;
    let hours = OpeningHours::new(&hall.hours).map_err(|e| wrong(e.to_string()))?;
    let items = offers(connection, code).await?;
    let lines = lines(connection, code, &items).await?;
    let windows = windows(connection, code).await?;
    Ok(Some(HallOffer { setup: HallSetup { hall, hours, lines, windows }, items }))
}

async fn offers(connection: &mut AnyConnection, hall: &str) -> Result<HashMap<String, Offered>, StoreError> {
    let rows = sqlx::query(
        "SELECT offers.item, offers.line, offers.state, item_versions.content FROM offers \
         JOIN items ON items.code = offers.item \
         JOIN item_versions ON item_versions.item = items.code AND item_versions.version = items.version \
         WHERE offers.hall = $1 AND items.state = 'current'",
    )
    .bind(hall)
    .fetch_all(&mut *connection)
    .await?;
    let mut items = HashMap::with_capacity(rows.len());
    for row in &rows {
        let code: String = row.try_get(0)?;
        let line: String = row.try_get(1)?;
        let content: String = row.try_get(3)?;
        let item = item_of(&content).map_err(|e| StoreError::Inconsistent {
            table: "item_versions",
            row: code.clone(),
            what: e,
        })?;
        let Some(line) = line.chars().next() else { continue };
        let open = row.try_get::<String, _>(2)? == "open";
        items.insert(code, Offered { line, open, item: Arc::new(item), members: Vec::new() });
    }
    members(connection, &mut items).await?;
    Ok(items)
}

/// Reads the members of the packages that a hall offers; they need not be offered there themselves.
async fn members(connection: &mut AnyConnection, items: &mut HashMap<String, Offered>) -> Result<(), StoreError> {
    let codes: BTreeSet<String> = items.values().flat_map(|offered| offered.item.members.iter().cloned()).collect();
    if codes.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "SELECT items.code, item_versions.content FROM items \
         JOIN item_versions ON item_versions.item = items.code AND item_versions.version = items.version \
         WHERE items.state = 'current' AND items.code IN {}",
        placeholders(connection, 1, codes.len())
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for code in &codes {
        query = query.bind(code);
    }
    let mut found: HashMap<String, Arc<Item>> = HashMap::new();
    for row in &query.fetch_all(connection).await? {
        let (code, content): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let item = item_of(&content).map_err(|what| StoreError::Inconsistent {
            table: "item_versions",
            row: code.clone(),
            what,
        })?;
        found.insert(code, Arc::new(item));
    }
    for offered in items.values_mut() {
        offered.members = offered.item.members.iter().filter_map(|code| found.get(code).cloned()).collect();
    }
    Ok(())
}

fn item_of(content: &str) -> Result<Item, String> {
    serde_json::from_str(content).map_err(|e| e.to_string())
}

async fn lines(
    connection: &mut AnyConnection,
    hall: &str,
    items: &HashMap<String, Offered>,
) -> Result<Vec<LineSetup>, StoreError> {
    let rows = sqlx::query("SELECT letter, name_zh, name_en FROM hall_lines WHERE hall = $1 ORDER BY letter")
        .bind(hall)
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            let letter: String = row.try_get(0)?;
            let minutes: Vec<i64> = items
                .values()
                .filter(|offer| letter.starts_with(offer.line) && offer.item.usual_minutes > 0)
                .map(|offer| offer.item.usual_minutes)
                .collect();
            let usual = if minutes.is_empty() {
                USUAL_MINUTES as f64
            } else {
                minutes.iter().sum::<i64>() as f64 / minutes.len() as f64
            };
            let name = Text { zh: row.try_get(1)?, en: row.try_get(2)? };
            Ok(LineSetup { line: Line { letter, name }, usual_seconds: usual * 60.0 })
        })
        .collect()
}

async fn windows(connection: &mut AnyConnection, hall: &str) -> Result<Vec<WindowSetup>, StoreError> {
    let rows = sqlx::query("SELECT number, name_zh, name_en, lines FROM hall_windows WHERE hall = $1 ORDER BY number")
        .bind(hall)
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            let number: i64 = row.try_get(0)?;
            let lines: String = row.try_get(3)?;
            let lines: Vec<String> = serde_json::from_str(&lines).map_err(|e| StoreError::Inconsistent {
                table: "hall_windows",
                row: format!("{hall} {number}"),
                what: e.to_string(),
            })?;
            Ok(WindowSetup {
                number,
                name: Text { zh: row.try_get(1)?, en: row.try_get(2)? },
                lines: lines.iter().filter_map(|line| line.chars().next()).collect(),
            })
        })
        .collect()
}
