//! Departments, themes, items with their versions, and what each hall offers.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::catalogue::listing::ListedDepartment;
use domain::catalogue::themes;
use protocol::Millis;
use protocol::catalogue::{Catalogue, Department, Hall, Item, Line, Offer, Text, Theme};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::{Engine, Store, StoreError, placeholders};

/// Rows that one statement writes at most: keeps the parameters under SQLite's limit of 32,766.
const ROWS_AT_ONCE: usize = 500;

/// What a version of an item holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    #[serde(flatten)]
    pub item: Item,
    /// 区划代码; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub area_code: String,
}

/// An item as it stands: its version in force, and whether it is still published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingItem {
    pub content: Content,
    pub retired: bool,
}

/// A window of a hall as it is set up; its state of the day is kept elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct HallWindow {
    pub number: i64,
    pub name: Text,
    /// Letters of the lines it serves.
    pub lines: Vec<String>,
}

/// An item offered in a hall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HallOffer {
    pub item: String,
    pub line: String,
    pub open: bool,
    pub common: i64,
}

/// What an import did, for the record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportRecord {
    pub at: Millis,
    pub source: String,
    /// SHA-256 of the file, in hexadecimal.
    pub digest: String,
    pub items: i64,
    pub added: i64,
    pub changed: i64,
    pub unchanged: i64,
    pub retired: i64,
}

/// Keeps other imports out until the transaction ends.
pub async fn lock(connection: &mut AnyConnection, engine: Engine) -> Result<(), StoreError> {
    // SQLite has one writer anyway.
    if engine == Engine::Postgres {
        sqlx::query("LOCK TABLE items IN SHARE ROW EXCLUSIVE MODE").execute(connection).await?;
    }
    Ok(())
}

/// Every department with all its codes, in the order of first publication.
pub async fn departments(connection: &mut AnyConnection) -> Result<Vec<ListedDepartment>, StoreError> {
    let rows = sqlx::query("SELECT code, name_zh, name_en FROM departments ORDER BY ordinal")
        .fetch_all(&mut *connection)
        .await?;
    let mut others: HashMap<String, Vec<String>> = HashMap::new();
    for row in sqlx::query("SELECT code, department FROM department_codes ORDER BY code").fetch_all(connection).await? {
        others.entry(row.try_get("department")?).or_default().push(row.try_get("code")?);
    }
    rows.iter()
        .map(|row| {
            let department = department(row)?;
            let mut other_codes = others.remove(&department.code).unwrap_or_default();
            other_codes.retain(|code| *code != department.code);
            Ok(ListedDepartment { department, other_codes })
        })
        .collect()
}

/// Writes departments and their codes. A name that changed is replaced; an English name is not lost to a list without one.
pub async fn put_departments(connection: &mut AnyConnection, listed: &[ListedDepartment]) -> Result<(), StoreError> {
    for ListedDepartment { department, other_codes } in listed {
        sqlx::query(
            "INSERT INTO departments (code, ordinal, name_zh, name_en) \
             VALUES ($1, (SELECT COALESCE(MAX(ordinal), 0) + 1 FROM departments), $2, $3) \
             ON CONFLICT (code) DO UPDATE SET name_zh = excluded.name_zh, \
             name_en = CASE WHEN excluded.name_en = '' THEN departments.name_en ELSE excluded.name_en END",
        )
        .bind(&department.code)
        .bind(&department.name.zh)
        .bind(&department.name.en)
        .execute(&mut *connection)
        .await?;
        for code in std::iter::once(&department.code).chain(other_codes) {
            sqlx::query(
                "INSERT INTO department_codes (code, department) VALUES ($1, $2) ON CONFLICT (code) DO NOTHING",
            )
            .bind(code)
            .bind(&department.code)
            .execute(&mut *connection)
            .await?;
        }
    }
    Ok(())
}

pub async fn put_themes(connection: &mut AnyConnection, all: &[Theme]) -> Result<(), StoreError> {
    for theme in all {
        sqlx::query("INSERT INTO themes (code, name_zh, name_en) VALUES ($1, $2, $3) ON CONFLICT (code) DO NOTHING")
            .bind(&theme.code)
            .bind(&theme.name.zh)
            .bind(&theme.name.en)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Every item with its version in force, retired ones included.
pub async fn standing_items(connection: &mut AnyConnection) -> Result<HashMap<String, StandingItem>, StoreError> {
    let rows = sqlx::query(
        "SELECT items.code, items.version, items.state, item_versions.content FROM items \
         JOIN item_versions ON item_versions.item = items.code AND item_versions.version = items.version",
    )
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            let content = content(row)?;
            let retired = row.try_get::<String, _>("state")? == "retired";
            Ok((content.item.code.clone(), StandingItem { content, retired }))
        })
        .collect()
}

/// Publishes versions. Each must be the next one of its item, or the first one of a new item.
pub async fn publish(connection: &mut AnyConnection, versions: &[Content], now: Millis) -> Result<(), StoreError> {
    let row = sqlx::query("SELECT COALESCE(MAX(ordinal), 0) FROM items").fetch_one(&mut *connection).await?;
    let mut ordinal: i64 = row.try_get(0)?;
    for chunk in versions.chunks(ROWS_AT_ONCE) {
        let sql = format!(
            "INSERT INTO items (code, ordinal, version, department, state) VALUES {} \
             ON CONFLICT (code) DO UPDATE SET version = excluded.version, department = excluded.department, state = excluded.state",
            placeholders(connection, chunk.len(), 5)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for Content { item, .. } in chunk {
            ordinal += 1;
            query = query.bind(&item.code).bind(ordinal).bind(item.version).bind(&item.department).bind("current");
        }
        query.execute(&mut *connection).await?;

        let sql = format!(
            "INSERT INTO item_versions (item, version, content, digest, published_at) VALUES {}",
            placeholders(connection, chunk.len(), 5)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for version in chunk {
            let text = serde_json_canonicalizer::to_string(version).map_err(|e| bad(&version.item.code, &e))?;
            let digest = crate::hex(&Sha256::digest(&text));
            query = query.bind(&version.item.code).bind(version.item.version).bind(text).bind(digest).bind(now);
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

/// Takes items off the catalogue, or puts them back. Their versions and offers stay.
pub async fn set_retired(connection: &mut AnyConnection, codes: &[&str], retired: bool) -> Result<(), StoreError> {
    for code in codes {
        sqlx::query("UPDATE items SET state = $2 WHERE code = $1")
            .bind(*code)
            .bind(if retired { "retired" } else { "current" })
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

pub async fn record_import(connection: &mut AnyConnection, record: &ImportRecord) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO item_lists (at, source, digest, items, added, changed, unchanged, retired) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(record.at)
    .bind(&record.source)
    .bind(&record.digest)
    .bind(record.items)
    .bind(record.added)
    .bind(record.changed)
    .bind(record.unchanged)
    .bind(record.retired)
    .execute(connection)
    .await?;
    Ok(())
}

/// Sets up a hall's lines and windows. Those that are not named stay as they are.
pub async fn put_setup(
    connection: &mut AnyConnection,
    hall: &str,
    lines: &[Line],
    windows: &[HallWindow],
) -> Result<(), StoreError> {
    for line in lines {
        sqlx::query(
            "INSERT INTO hall_lines (hall, letter, name_zh, name_en) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (hall, letter) DO UPDATE SET name_zh = excluded.name_zh, name_en = excluded.name_en",
        )
        .bind(hall)
        .bind(&line.letter)
        .bind(&line.name.zh)
        .bind(&line.name.en)
        .execute(&mut *connection)
        .await?;
    }
    for window in windows {
        sqlx::query(
            "INSERT INTO hall_windows (hall, number, name_zh, name_en, lines) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (hall, number) DO UPDATE SET name_zh = excluded.name_zh, name_en = excluded.name_en, lines = excluded.lines",
        )
        .bind(hall)
        .bind(window.number)
        .bind(&window.name.zh)
        .bind(&window.name.en)
        .bind(serde_json::to_string(&window.lines).map_err(|e| bad_row("hall_windows", hall, &e))?)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Offers items in a hall, or changes how they are offered.
pub async fn put_offers(connection: &mut AnyConnection, hall: &str, offers: &[HallOffer]) -> Result<(), StoreError> {
    for chunk in offers.chunks(ROWS_AT_ONCE) {
        let sql = format!(
            "INSERT INTO offers (hall, item, line, state, common) VALUES {} \
             ON CONFLICT (hall, item) DO UPDATE SET line = excluded.line, state = excluded.state, common = excluded.common",
            placeholders(connection, chunk.len(), 5)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for offer in chunk {
            let state = if offer.open { "open" } else { "closed" };
            query = query.bind(hall).bind(&offer.item).bind(&offer.line).bind(state).bind(offer.common);
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

/// A hall's lines, by letter.
pub async fn lines(connection: &mut AnyConnection, hall: &str) -> Result<Vec<Line>, StoreError> {
    let rows = sqlx::query("SELECT letter, name_zh, name_en FROM hall_lines WHERE hall = $1 ORDER BY letter")
        .bind(hall)
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| Ok(Line { letter: row.try_get("letter")?, name: name(row)? })).collect()
}

/// A hall's windows, by number.
pub async fn windows(connection: &mut AnyConnection, hall: &str) -> Result<Vec<HallWindow>, StoreError> {
    let rows = sqlx::query("SELECT number, name_zh, name_en, lines FROM hall_windows WHERE hall = $1 ORDER BY number")
        .bind(hall)
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            let lines: String = row.try_get("lines")?;
            let lines = serde_json::from_str(&lines).map_err(|e| bad_row("hall_windows", hall, &e))?;
            Ok(HallWindow { number: row.try_get("number")?, name: name(row)?, lines })
        })
        .collect()
}

/// What a hall offers of the items that are not retired, in the catalogue's order.
pub async fn offers(connection: &mut AnyConnection, hall: &str) -> Result<Vec<HallOffer>, StoreError> {
    let rows = sqlx::query(
        "SELECT offers.item, offers.line, offers.state, offers.common FROM offers \
         JOIN items ON items.code = offers.item WHERE offers.hall = $1 AND items.state = 'current' ORDER BY items.ordinal",
    )
    .bind(hall)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(HallOffer {
                item: row.try_get("item")?,
                line: row.try_get("line")?,
                open: row.try_get::<String, _>("state")? == "open",
                common: row.try_get("common")?,
            })
        })
        .collect()
}

/// The versions in force of the items that a hall offers, in the catalogue's order.
pub async fn offered_items(connection: &mut AnyConnection, hall: &str) -> Result<Vec<Item>, StoreError> {
    let rows = sqlx::query(
        "SELECT items.code, items.version, item_versions.content FROM offers \
         JOIN items ON items.code = offers.item \
         JOIN item_versions ON item_versions.item = items.code AND item_versions.version = items.version \
         WHERE offers.hall = $1 AND items.state = 'current' ORDER BY items.ordinal",
    )
    .bind(hall)
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok(content(row)?.item)).collect()
}

/// The version in force of an item that is not retired.
pub async fn item(store: &Store, code: &str) -> Result<Option<Item>, StoreError> {
    let row = sqlx::query(
        "SELECT items.code, items.version, item_versions.content FROM items \
         JOIN item_versions ON item_versions.item = items.code AND item_versions.version = items.version \
         WHERE items.code = $1 AND items.state = 'current'",
    )
    .bind(code)
    .fetch_optional(store.reader())
    .await?;
    row.map(|row| Ok(content(&row)?.item)).transpose()
}

/// An item as it stands, retired or not.
pub async fn standing_item(connection: &mut AnyConnection, code: &str) -> Result<Option<StandingItem>, StoreError> {
    let row = sqlx::query(
        "SELECT items.code, items.state, item_versions.content FROM items \
         JOIN item_versions ON item_versions.item = items.code AND item_versions.version = items.version \
         WHERE items.code = $1",
    )
    .bind(code)
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        let retired = row.try_get::<String, _>("state")? == "retired";
        Ok(StandingItem { content: content(&row)?, retired })
    })
    .transpose()
}

/// One published version of an item, for the cases that were opened under it.
pub async fn item_version(
    connection: &mut AnyConnection,
    code: &str,
    version: i64,
) -> Result<Option<Item>, StoreError> {
    let row = sqlx::query("SELECT item AS code, version, content FROM item_versions WHERE item = $1 AND version = $2")
        .bind(code)
        .bind(version)
        .fetch_optional(connection)
        .await?;
    row.map(|row| Ok(content(&row)?.item)).transpose()
}

/// All published versions of an item, the oldest first.
pub async fn versions(store: &Store, code: &str) -> Result<Vec<(Item, Millis)>, StoreError> {
    let rows = sqlx::query(
        "SELECT item AS code, version, content, published_at FROM item_versions WHERE item = $1 ORDER BY version",
    )
    .bind(code)
    .fetch_all(store.reader())
    .await?;
    rows.iter().map(|row| Ok((content(row)?.item, row.try_get("published_at")?))).collect()
}

/// What [`Catalogue::revision`] would be now; `None` where there is no such hall.
pub async fn revision(connection: &mut AnyConnection, hall: &str) -> Result<Option<String>, StoreError> {
    // The instant of the last import or publication tells a restored database from the one it was before.
    let row = sqlx::query(
        "SELECT revision, (SELECT COALESCE(MAX(at), 0) FROM item_lists) AS listed, \
         (SELECT COALESCE(MAX(at), 0) FROM publications) AS published FROM halls WHERE code = $1",
    )
    .bind(hall)
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        let latest = row.try_get::<i64, _>("listed")?.max(row.try_get("published")?);
        Ok(format!("{}-{latest:x}", row.try_get::<i64, _>("revision")?))
    })
    .transpose()
}

/// Everything that faces show of one hall; `None` where there is no such hall.
pub async fn catalogue(store: &Store, hall: &str) -> Result<Option<Catalogue>, StoreError> {
    // One transaction, so that the revision and what it stands for belong together.
    let mut tx = store.reader().begin().await?;
    if store.engine() == Engine::Postgres {
        sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ").execute(&mut *tx).await?;
    }
    let Some(revision) = revision(&mut tx, hall).await? else { return Ok(None) };
    let row = sqlx::query("SELECT description FROM halls WHERE code = $1").bind(hall).fetch_one(&mut *tx).await?;
    let description: String = row.try_get(0)?;
    let described: Hall = serde_json::from_str(&description).map_err(|e| bad_row("halls", hall, &e))?;
    let items = offered_items(&mut tx, hall).await?;
    let windows = windows(&mut tx, hall).await?;
    let offers = offers(&mut tx, hall).await?.into_iter().map(|offer| Offer {
        windows: windows.iter().filter(|w| w.lines.contains(&offer.line)).map(|w| w.number).collect(),
        item: offer.item,
        line: offer.line,
        open: offer.open,
        common: offer.common,
    });
    let catalogue = Catalogue {
        revision,
        hall: described,
        departments: departments_of(&mut tx, &items).await?,
        themes: themes_of(&mut tx, &items).await?,
        lines: lines(&mut tx, hall).await?,
        offers: offers.collect(),
        items,
    };
    tx.commit().await?;
    Ok(Some(catalogue))
}

async fn departments_of(connection: &mut AnyConnection, items: &[Item]) -> Result<Vec<Department>, StoreError> {
    let used: HashSet<&str> = items
        .iter()
        .flat_map(|i| i.branches.iter().map(|b| &b.department).chain([&i.department]))
        .map(String::as_str)
        .collect();
    let rows =
        sqlx::query("SELECT code, name_zh, name_en FROM departments ORDER BY ordinal").fetch_all(connection).await?;
    let all: Vec<Department> = rows.iter().map(department).collect::<Result<_, _>>()?;
    Ok(all.into_iter().filter(|d| used.contains(d.code.as_str())).collect())
}

async fn themes_of(connection: &mut AnyConnection, items: &[Item]) -> Result<Vec<Theme>, StoreError> {
    let used: HashSet<&str> = items.iter().flat_map(|i| &i.themes).map(String::as_str).collect();
    let mut sorted = BTreeMap::new();
    for row in sqlx::query("SELECT code, name_zh, name_en FROM themes").fetch_all(connection).await? {
        let theme = Theme { code: row.try_get("code")?, name: name(&row)? };
        if used.contains(theme.code.as_str()) {
            sorted.insert((themes::place(&theme.code), theme.code.clone()), theme);
        }
    }
    Ok(sorted.into_values().collect())
}

fn department(row: &AnyRow) -> Result<Department, StoreError> {
    Ok(Department { code: row.try_get("code")?, name: name(row)? })
}

fn name(row: &AnyRow) -> Result<Text, StoreError> {
    Ok(Text { zh: row.try_get("name_zh")?, en: row.try_get("name_en")? })
}

fn content(row: &AnyRow) -> Result<Content, StoreError> {
    let code: String = row.try_get("code")?;
    let text: String = row.try_get("content")?;
    serde_json::from_str(&text).map_err(|e| bad(&code, &e))
}

fn bad(code: &str, error: &serde_json::Error) -> StoreError {
    bad_row("item_versions", code, error)
}

fn bad_row(table: &'static str, row: &str, error: &serde_json::Error) -> StoreError {
    StoreError::Inconsistent { table, row: row.to_owned(), what: error.to_string() }
}
