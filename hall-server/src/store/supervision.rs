//! What supervisors look at: a hall's day by the hour, and how far its cases are.

use sqlx::Row;

use super::{Store, StoreError};

/// How many working days ahead a supervisor looks.
pub const AHEAD_DAYS: u32 = 3;

/// One hour of a hall's day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hour {
    /// 0 … 23, in the hall's civil time.
    pub hour: i64,
    /// Tickets taken in this hour.
    pub taken: i64,
    /// Tickets called for the first time in this hour.
    pub called: i64,
    /// Mean wait of those called in this hour, in seconds.
    pub mean_wait_seconds: Option<i64>,
}

/// A hall's cases by how far they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CaseCounts {
    /// At intake, waiting for papers or accepted.
    pub received: i64,
    /// In review or before the signer.
    pub in_review: i64,
    /// Granted or refused, whether handed over or not.
    pub decided: i64,
    /// Undecided after the promised day.
    pub overdue: i64,
}

/// The hour of an instant in the halls' civil time, which is UTC+8 all year.
macro_rules! hour_of {
    ($column:literal) => {
        concat!("CAST(((", $column, " + 28800000) / 3600000) % 24 AS BIGINT)")
    };
}

/// The hours of a day in which anything happened, in order.
pub async fn hours(store: &Store, hall: &str, day: &str) -> Result<Vec<Hour>, StoreError> {
    let rows = sqlx::query(concat!(
        "SELECT hour, CAST(SUM(taken) AS BIGINT), CAST(SUM(called) AS BIGINT), CAST(SUM(waited) AS BIGINT) FROM (\
         SELECT ",
        hour_of!("taken_at"),
        " AS hour, 1 AS taken, 0 AS called, 0 AS waited FROM tickets WHERE hall = $1 AND day = $2 \
         UNION ALL SELECT ",
        hour_of!("called_at"),
        " AS hour, 0 AS taken, 1 AS called, called_at - taken_at AS waited FROM tickets \
         WHERE hall = $1 AND day = $2 AND called_at IS NOT NULL) AS steps GROUP BY hour ORDER BY hour"
    ))
    .bind(hall)
    .bind(day)
    .fetch_all(store.reader())
    .await?;
    rows.iter()
        .map(|row| {
            let called: i64 = row.try_get(2)?;
            let waited: i64 = row.try_get(3)?;
            Ok(Hour {
                hour: row.try_get(0)?,
                taken: row.try_get(1)?,
                called,
                mean_wait_seconds: (called > 0).then(|| waited / called / 1000),
            })
        })
        .collect()
}

/// How far a hall's cases are; `today` decides which are overdue.
pub async fn case_counts(store: &Store, hall: &str, today: &str) -> Result<CaseCounts, StoreError> {
    let rows = sqlx::query(
        "SELECT state, CAST(COUNT(*) AS BIGINT), \
         CAST(SUM(CASE WHEN due_on < $2 THEN 1 ELSE 0 END) AS BIGINT) FROM cases WHERE hall = $1 GROUP BY state",
    )
    .bind(hall)
    .bind(today)
    .fetch_all(store.reader())
    .await?;
    let mut counts = CaseCounts::default();
    for row in &rows {
        let state: String = row.try_get(0)?;
        let (count, late): (i64, i64) = (row.try_get(1)?, row.try_get(2)?);
        match state.as_str() {
            "submitted" | "received" | "correction" | "accepted" => {
                counts.received += count;
                counts.overdue += late;
            }
            "in-review" | "in-approval" | "special" => {
                counts.in_review += count;
                counts.overdue += late;
            }
            "decided-granted" | "decided-refused" | "completed" | "delivered" | "revoked" => counts.decided += count,
            "withdrawn" | "not-accepted" | "not-required" | "terminated" => {}
            other => {
                return Err(StoreError::Inconsistent {
                    table: "cases",
                    row: hall.to_owned(),
                    what: format!("state {other:?}"),
                });
            }
        }
    }
    Ok(counts)
}
