//! Lookups in other offices' registers: the log, and the documents pulled.

use protocol::Millis;
use protocol::catalogue::Text;
use protocol::lookup::LookupOutcome;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::{StoreError, placeholders};

/// A lookup as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupRow {
    pub id: String,
    pub case_no: String,
    pub item: String,
    pub item_version: i64,
    pub document: String,
    pub provider: String,
    pub data: Text,
    pub purpose: String,
    pub asker: String,
    /// The hall or the department that the asker acted for.
    pub hall: String,
    pub department: String,
    pub asked_at: Millis,
    /// Empty where it was allowed.
    pub refusal: String,
    pub salt: String,
}

/// What became of a lookup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerRow {
    pub lookup: String,
    pub outcome: LookupOutcome,
    pub request_digest: String,
    pub response_digest: String,
    pub answered_at: Millis,
    pub duration_ms: i64,
}

/// A document pulled. Personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PulledRow {
    pub lookup: String,
    pub case_no: String,
    pub document: String,
    /// JSON list of fields.
    pub content: String,
    pub digest: String,
    pub pulled_at: Millis,
}

/// A lookup with all that is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedLookup {
    pub lookup: LookupRow,
    pub answer: Option<AnswerRow>,
    /// The document pulled, as JSON.
    pub content: Option<String>,
}

impl LoggedLookup {
    pub fn outcome(&self) -> LookupOutcome {
        match &self.answer {
            _ if !self.lookup.refusal.is_empty() => LookupOutcome::Refused,
            Some(answer) => answer.outcome,
            None => LookupOutcome::Asked,
        }
    }
}

const OUTCOMES: [(LookupOutcome, &str); 5] = [
    (LookupOutcome::Found, "found"),
    (LookupOutcome::NotFound, "not-found"),
    (LookupOutcome::NoAnswer, "no-answer"),
    (LookupOutcome::WrongAnswer, "wrong-answer"),
    (LookupOutcome::CaseClosed, "case-closed"),
];

/// An answer's outcome as stored.
pub fn outcome_text(outcome: LookupOutcome) -> &'static str {
    OUTCOMES.iter().find(|(known, _)| *known == outcome).map_or("unknown", |(_, text)| text)
}

pub async fn add(connection: &mut AnyConnection, rows: &[LookupRow]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO lookups (id, case_no, item, item_version, document, provider, data, purpose, asker, hall, \
         department, asked_at, refusal, salt) VALUES {}",
        placeholders(connection, rows.len(), 14)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for row in rows {
        let data = serde_json::to_string(&row.data).map_err(|e| bad(&row.id, &e.to_string()))?;
        query = query
            .bind(&row.id)
            .bind(&row.case_no)
            .bind(&row.item)
            .bind(row.item_version)
            .bind(&row.document)
            .bind(&row.provider)
            .bind(data)
            .bind(&row.purpose)
            .bind(&row.asker)
            .bind(&row.hall)
            .bind(&row.department)
            .bind(row.asked_at)
            .bind(&row.refusal)
            .bind(&row.salt);
    }
    query.execute(connection).await?;
    Ok(())
}

pub async fn add_answers(connection: &mut AnyConnection, rows: &[AnswerRow]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO lookup_answers (lookup, outcome, request_digest, response_digest, answered_at, duration_ms) \
         VALUES {}",
        placeholders(connection, rows.len(), 6)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for row in rows {
        query = query
            .bind(&row.lookup)
            .bind(outcome_text(row.outcome))
            .bind(&row.request_digest)
            .bind(&row.response_digest)
            .bind(row.answered_at)
            .bind(row.duration_ms);
    }
    query.execute(connection).await?;
    Ok(())
}

pub async fn add_pulled(connection: &mut AnyConnection, rows: &[PulledRow]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO pulled_documents (lookup, case_no, document, content, digest, pulled_at) VALUES {}",
        placeholders(connection, rows.len(), 6)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for row in rows {
        query = query
            .bind(&row.lookup)
            .bind(&row.case_no)
            .bind(&row.document)
            .bind(&row.content)
            .bind(&row.digest)
            .bind(row.pulled_at);
    }
    query.execute(connection).await?;
    Ok(())
}

const LOGGED: &str = "SELECT lookups.id, lookups.case_no, lookups.item, lookups.item_version, lookups.document, \
     lookups.provider, lookups.data, lookups.purpose, lookups.asker, lookups.hall, lookups.department, \
     lookups.asked_at, lookups.refusal, lookups.salt, lookup_answers.outcome, lookup_answers.request_digest, \
     lookup_answers.response_digest, lookup_answers.answered_at, lookup_answers.duration_ms, \
     pulled_documents.content FROM lookups \
     LEFT JOIN lookup_answers ON lookup_answers.lookup = lookups.id \
     LEFT JOIN pulled_documents ON pulled_documents.lookup = lookups.id";

/// Everything looked up for a case, or refused, in order.
pub async fn of_case(connection: &mut AnyConnection, case_no: &str) -> Result<Vec<LoggedLookup>, StoreError> {
    let sql = format!("{LOGGED} WHERE lookups.case_no = $1 ORDER BY lookups.asked_at, lookups.id");
    sqlx::query(AssertSqlSafe(sql)).bind(case_no).fetch_all(connection).await?.iter().map(logged).collect()
}

/// One lookup.
pub async fn one(connection: &mut AnyConnection, id: &str) -> Result<Option<LoggedLookup>, StoreError> {
    let sql = format!("{LOGGED} WHERE lookups.id = $1");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    row.as_ref().map(logged).transpose()
}

fn logged(row: &AnyRow) -> Result<LoggedLookup, StoreError> {
    let id: String = row.try_get(0)?;
    let data: String = row.try_get(6)?;
    let outcome: Option<String> = row.try_get(14)?;
    let answer = outcome
        .map(|outcome| {
            let known = OUTCOMES.iter().find(|(_, text)| *text == outcome);
            Ok::<_, StoreError>(AnswerRow {
                lookup: id.clone(),
                outcome: known.map_or(LookupOutcome::Unknown, |(outcome, _)| *outcome),
                request_digest: row.try_get(15)?,
                response_digest: row.try_get(16)?,
                answered_at: row.try_get(17)?,
                duration_ms: row.try_get(18)?,
            })
        })
        .transpose()?;
    Ok(LoggedLookup {
        lookup: LookupRow {
            case_no: row.try_get(1)?,
            item: row.try_get(2)?,
            item_version: row.try_get(3)?,
            document: row.try_get(4)?,
            provider: row.try_get(5)?,
            data: serde_json::from_str(&data).map_err(|e| bad(&id, &e.to_string()))?,
            purpose: row.try_get(7)?,
            asker: row.try_get(8)?,
            hall: row.try_get(9)?,
            department: row.try_get(10)?,
            asked_at: row.try_get(11)?,
            refusal: row.try_get(12)?,
            salt: row.try_get(13)?,
            id,
        },
        answer,
        content: row.try_get(19)?,
    })
}

fn bad(row: &str, what: &str) -> StoreError {
    StoreError::Inconsistent { table: "lookups", row: row.to_owned(), what: what.to_owned() }
}
