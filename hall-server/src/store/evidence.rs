//! Signed heads and the tiles of the trees behind them. Rows are added and never changed.

use protocol::Millis;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::{StoreError, placeholders};

/// A signed head as stored. What its text says is the business of `evidence`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadRow {
    pub sequence: i64,
    pub at: Millis,
    pub text: String,
    pub hash: String,
    pub algorithm: String,
    pub key: String,
    pub signature: String,
}

const HEAD: &str = "sequence, at, text, hash, algorithm, key, signature";

/// Takes the right to add a head for the rest of the transaction. SQLite has one writer anyway.
pub async fn lock(connection: &mut AnyConnection) -> Result<(), StoreError> {
    if connection.backend_name() == "PostgreSQL" {
        // Any constant will do that nothing else of this program uses.
        sqlx::query("SELECT CAST(pg_advisory_xact_lock(4842) AS TEXT)").execute(connection).await?;
    }
    Ok(())
}

/// The newest head; `None` before the first.
pub async fn last(connection: &mut AnyConnection) -> Result<Option<HeadRow>, StoreError> {
    let sql = format!("SELECT {HEAD} FROM signed_heads ORDER BY sequence DESC LIMIT 1");
    sqlx::query(AssertSqlSafe(sql)).fetch_optional(connection).await?.as_ref().map(head).transpose()
}

/// Heads after a sequence number, in order, at most `limit`.
pub async fn after(connection: &mut AnyConnection, sequence: i64, limit: i64) -> Result<Vec<HeadRow>, StoreError> {
    let sql = format!("SELECT {HEAD} FROM signed_heads WHERE sequence > $1 ORDER BY sequence LIMIT $2");
    sqlx::query(AssertSqlSafe(sql)).bind(sequence).bind(limit).fetch_all(connection).await?.iter().map(head).collect()
}

pub async fn add(connection: &mut AnyConnection, row: &HeadRow) -> Result<(), StoreError> {
    let sql = format!("INSERT INTO signed_heads ({HEAD}) VALUES {}", placeholders(connection, 1, 7));
    sqlx::query(AssertSqlSafe(sql))
        .bind(row.sequence)
        .bind(row.at)
        .bind(&row.text)
        .bind(&row.hash)
        .bind(&row.algorithm)
        .bind(&row.key)
        .bind(&row.signature)
        .execute(connection)
        .await?;
    Ok(())
}

/// The first tiles of a hall, at most `limit`, in order from tile 0 without a gap.
pub async fn tiles(connection: &mut AnyConnection, hall: &str, limit: i64) -> Result<Vec<String>, StoreError> {
    let rows = sqlx::query("SELECT tile, hash FROM chain_tiles WHERE hall = $1 AND tile < $2 ORDER BY tile")
        .bind(hall)
        .bind(limit)
        .fetch_all(connection)
        .await?;
    let mut hashes = Vec::with_capacity(rows.len());
    for (place, row) in (0_i64..).zip(&rows) {
        if row.try_get::<i64, _>(0)? != place {
            return Err(StoreError::Inconsistent {
                table: "chain_tiles",
                row: format!("{hall} {place}"),
                what: "the tile is missing".to_owned(),
            });
        }
        hashes.push(row.try_get(1)?);
    }
    Ok(hashes)
}

/// Adds a hall's tiles, the first of which has the given number.
pub async fn add_tiles(
    connection: &mut AnyConnection,
    hall: &str,
    first: i64,
    hashes: &[String],
) -> Result<(), StoreError> {
    let mut tile = first;
    for chunk in hashes.chunks(1000) {
        let values = placeholders(connection, chunk.len(), 3);
        let mut query =
            sqlx::query(AssertSqlSafe(format!("INSERT INTO chain_tiles (hall, tile, hash) VALUES {values}")));
        for hash in chunk {
            query = query.bind(hall).bind(tile).bind(hash);
            tile += 1;
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

fn head(row: &AnyRow) -> Result<HeadRow, StoreError> {
    Ok(HeadRow {
        sequence: row.try_get(0)?,
        at: row.try_get(1)?,
        text: row.try_get(2)?,
        hash: row.try_get(3)?,
        algorithm: row.try_get(4)?,
        key: row.try_get(5)?,
        signature: row.try_get(6)?,
    })
}
