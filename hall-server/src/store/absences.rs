//! Absences and who stands in: rows that are written once, and the ends of those that ended early.

use domain::absences::Absence;
use jiff::civil::Date;
use protocol::Millis;
use protocol::absence::Person;
use protocol::staff::User;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::{StoreError, identity, placeholders};

/// Lists show this many absences at most.
const MOST: i64 = 200;

/// An absence's row, with the names of both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AbsenceRow {
    pub id: i64,
    pub absence: Absence,
    pub person: Person,
    pub substitute: Person,
    /// Personal data; may be empty.
    pub reason: String,
    pub made_at: Millis,
    pub ended_at: Option<Millis>,
}

const ABSENCE: &str = "SELECT absences.id, absences.person, absences.substitute, absences.from_day, absences.until_day, \
     absences.reason, absences.made_at, absence_ends.ended_at, away.name AS person_name, stands_in.name AS substitute_name \
     FROM absences LEFT JOIN absence_ends ON absence_ends.absence = absences.id \
     JOIN users AS away ON away.username = absences.person \
     JOIN users AS stands_in ON stands_in.username = absences.substitute";

/// Whose absences a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of<'a> {
    /// A person's own, and those in which they stand in.
    Person(&'a str),
    /// Those of a department's staff, and the person's.
    Department {
        department: &'a str,
        person: &'a str,
    },
    Everybody,
}

/// Absences, the latest first.
pub async fn list(connection: &mut AnyConnection, of: Of<'_>) -> Result<Vec<AbsenceRow>, StoreError> {
    let (condition, bound): (&str, Vec<&str>) = match of {
        Of::Person(person) => ("absences.person = $2 OR absences.substitute = $2", vec![person]),
        Of::Department { department, person } => {
            ("away.department = $2 OR absences.person = $3 OR absences.substitute = $3", vec![department, person])
        }
        Of::Everybody => ("1 = 1", Vec::new()),
    };
    let sql = format!("{ABSENCE} WHERE {condition} ORDER BY absences.from_day DESC, absences.id DESC LIMIT $1");
    let mut query = sqlx::query(AssertSqlSafe(sql)).bind(MOST);
    for value in bound {
        query = query.bind(value);
    }
    query.fetch_all(connection).await?.iter().map(absence_row).collect()
}

pub async fn one(connection: &mut AnyConnection, id: i64) -> Result<Option<AbsenceRow>, StoreError> {
    let sql = format!("{ABSENCE} WHERE absences.id = $1");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    row.as_ref().map(absence_row).transpose()
}

/// What stands on a day or later of which either of two people is the person or the substitute.
pub async fn standing(
    connection: &mut AnyConnection,
    people: [&str; 2],
    from: Date,
) -> Result<Vec<Absence>, StoreError> {
    let sql = format!(
        "{ABSENCE} WHERE (absences.person IN ($1, $2) OR absences.substitute IN ($1, $2)) AND absences.until_day >= $3"
    );
    let query = sqlx::query(AssertSqlSafe(sql)).bind(people[0]).bind(people[1]).bind(from.to_string());
    let rows = query.fetch_all(connection).await?;
    rows.iter().map(|row| absence_row(row).map(|row| row.absence)).collect()
}

/// Those for whom somebody stands in today, as they are now; whoever is shut out has nobody stand in.
pub async fn stood_in_for(
    connection: &mut AnyConnection,
    substitute: &str,
    today: Date,
) -> Result<Vec<User>, StoreError> {
    let sql = format!(
        "SELECT {} FROM absences JOIN users ON users.username = absences.person \
         WHERE absences.substitute = $1 AND absences.until_day >= $2 AND absences.from_day <= $2 AND users.state = 'active' \
         AND NOT EXISTS (SELECT 1 FROM absence_ends WHERE absence_ends.absence = absences.id) ORDER BY absences.id",
        identity::USER
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(substitute).bind(today.to_string()).fetch_all(connection).await?;
    rows.iter().map(|row| identity::account(row).map(|account| account.user)).collect()
}

/// Who stands in for whom today, of these substitutes: substitute and person.
pub async fn in_force(
    connection: &mut AnyConnection,
    substitutes: &[&str],
    today: Date,
) -> Result<Vec<(String, String)>, StoreError> {
    if substitutes.is_empty() {
        return Ok(Vec::new());
    }
    let today = today.to_string();
    let sql = format!(
        "SELECT substitute, person, from_day, until_day FROM absences WHERE substitute IN {} \
         AND NOT EXISTS (SELECT 1 FROM absence_ends WHERE absence_ends.absence = absences.id)",
        placeholders(connection, 1, substitutes.len())
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for substitute in substitutes {
        query = query.bind(*substitute);
    }
    let mut pairs = Vec::new();
    for row in &query.fetch_all(connection).await? {
        let (from, until): (String, String) = (row.try_get(2)?, row.try_get(3)?);
        if from <= today && today <= until {
            pairs.push((row.try_get(0)?, row.try_get(1)?));
        }
    }
    Ok(pairs)
}

/// Writes an absence under the next id. Whoever does so has every hall's turn.
pub async fn add(
    connection: &mut AnyConnection,
    absence: &Absence,
    reason: &str,
    made_at: Millis,
    made_by: &str,
) -> Result<i64, StoreError> {
    let row = sqlx::query("SELECT COALESCE(MAX(id), 0) + 1 FROM absences").fetch_one(&mut *connection).await?;
    let id: i64 = row.try_get(0)?;
    sqlx::query(
        "INSERT INTO absences (id, person, substitute, from_day, until_day, reason, made_at, made_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(id)
    .bind(&absence.person)
    .bind(&absence.substitute)
    .bind(absence.from.to_string())
    .bind(absence.until.to_string())
    .bind(reason)
    .bind(made_at)
    .bind(made_by)
    .execute(connection)
    .await?;
    Ok(id)
}

pub async fn end(connection: &mut AnyConnection, id: i64, ended_at: Millis, ended_by: &str) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO absence_ends (absence, ended_at, ended_by) VALUES ($1, $2, $3)")
        .bind(id)
        .bind(ended_at)
        .bind(ended_by)
        .execute(connection)
        .await?;
    Ok(())
}

fn absence_row(row: &AnyRow) -> Result<AbsenceRow, StoreError> {
    let id: i64 = row.try_get("id")?;
    let day = |column: &str| -> Result<Date, StoreError> {
        let text: String = row.try_get(column)?;
        text.parse().map_err(|_| StoreError::Inconsistent {
            table: "absences",
            row: id.to_string(),
            what: format!("{column} {text:?} is not a day"),
        })
    };
    let ended_at: Option<Millis> = row.try_get("ended_at")?;
    let (person, substitute): (String, String) = (row.try_get("person")?, row.try_get("substitute")?);
    Ok(AbsenceRow {
        id,
        absence: Absence {
            from: day("from_day")?,
            until: day("until_day")?,
            ended: ended_at.is_some(),
            person: person.clone(),
            substitute: substitute.clone(),
        },
        person: Person { username: person, name: row.try_get("person_name")? },
        substitute: Person { username: substitute, name: row.try_get("substitute_name")? },
        reason: row.try_get("reason")?,
        made_at: row.try_get("made_at")?,
        ended_at,
    })
}
