//! A hall's queue: its turn, tickets, lines' last numbers and windows' states.

use domain::queue::{Ticket, TicketId, TicketState, Window, WindowState};
use protocol::catalogue::Text;
use protocol::queue::{CardKind, Identification};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::{StoreError, placeholders};

/// How many rows one statement writes at most; SQLite allows 32,766 parameters.
const CHUNK: usize = 500;

/// A hall's row as its turn was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The turn of the last event, before this transaction.
    pub last: i64,
    pub chain_head: String,
    pub revision: i64,
    pub ordinal: i64,
}

/// What a ticket's row holds beyond the ticket of the rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Holder {
    pub item_name: Text,
    pub language: String,
    pub identification: Identification,
}

/// A ticket's row.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketRow {
    pub hall: String,
    pub day: String,
    pub ticket: Ticket,
    pub holder: Holder,
}

/// Takes the hall's row for the rest of the transaction: nobody else changes this hall meanwhile, on either engine.
pub async fn take_turn(connection: &mut AnyConnection, hall: &str) -> Result<Option<Turn>, StoreError> {
    let row =
        sqlx::query("UPDATE halls SET turn = turn + 1 WHERE code = $1 RETURNING turn, chain_head, revision, ordinal")
            .bind(hall)
            .fetch_optional(connection)
            .await?;
    row.map(|row| {
        Ok(Turn {
            last: row.try_get::<i64, _>(0)? - 1,
            chain_head: row.try_get(1)?,
            revision: row.try_get(2)?,
            ordinal: row.try_get(3)?,
        })
    })
    .transpose()
}

/// The hall's row as it is, without taking it.
pub async fn turn(connection: &mut AnyConnection, hall: &str) -> Result<Option<Turn>, StoreError> {
    let row = sqlx::query("SELECT turn, chain_head, revision, ordinal FROM halls WHERE code = $1")
        .bind(hall)
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        Ok(Turn {
            last: row.try_get(0)?,
            chain_head: row.try_get(1)?,
            revision: row.try_get(2)?,
            ordinal: row.try_get(3)?,
        })
    })
    .transpose()
}

/// Writes where the hall's chain stands now.
pub async fn give_turn(
    connection: &mut AnyConnection,
    hall: &str,
    turn: i64,
    chain_head: &str,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE halls SET turn = $2, chain_head = $3 WHERE code = $1")
        .bind(hall)
        .bind(turn)
        .bind(chain_head)
        .execute(connection)
        .await?;
    Ok(())
}

/// Turn and revision of every hall, to see whether another process changed one.
pub async fn turns(connection: &mut AnyConnection) -> Result<Vec<(String, i64, i64)>, StoreError> {
    let rows = sqlx::query("SELECT code, turn, revision FROM halls").fetch_all(connection).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))).collect()
}

/// The day that the hall's queue is at: the newest for which a line has a row.
pub async fn day(connection: &mut AnyConnection, hall: &str) -> Result<Option<String>, StoreError> {
    let row = sqlx::query("SELECT MAX(day) FROM line_days WHERE hall = $1").bind(hall).fetch_one(connection).await?;
    Ok(row.try_get(0)?)
}

/// The last serial of each line on a day.
pub async fn serials(connection: &mut AnyConnection, hall: &str, day: &str) -> Result<Vec<(char, u32)>, StoreError> {
    let rows = sqlx::query("SELECT line, last_serial FROM line_days WHERE hall = $1 AND day = $2")
        .bind(hall)
        .bind(day)
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            let line: String = row.try_get(0)?;
            Ok((letter(&line, "line_days")?, number(row.try_get(1)?, "line_days", &line)?))
        })
        .collect()
}

pub async fn put_serials(
    connection: &mut AnyConnection,
    serials: &[(String, String, char, u32)],
) -> Result<(), StoreError> {
    for chunk in serials.chunks(CHUNK) {
        let sql = format!(
            "INSERT INTO line_days (hall, day, line, last_serial) VALUES {} \
             ON CONFLICT (hall, day, line) DO UPDATE SET last_serial = excluded.last_serial",
            placeholders(connection, chunk.len(), 4)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (hall, day, line, serial) in chunk {
            query = query.bind(hall).bind(day).bind(line.to_string()).bind(i64::from(*serial));
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

const TICKET: &str = "id, hall, day, line, serial, item, item_version, item_name, language, taken_at, state, at_window, \
     called_at, last_called_at, served_at, finished_at, calls, call_turn, follow_code, identified_by, person, \
     holder_name, id_number, phone";

pub async fn tickets_of_day(
    connection: &mut AnyConnection,
    hall: &str,
    day: &str,
) -> Result<Vec<TicketRow>, StoreError> {
    let sql = format!("SELECT {TICKET} FROM tickets WHERE hall = $1 AND day = $2");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(hall).bind(day).fetch_all(connection).await?;
    rows.iter().map(ticket_row).collect()
}

pub async fn ticket(connection: &mut AnyConnection, id: TicketId) -> Result<Option<TicketRow>, StoreError> {
    let sql = format!("SELECT {TICKET} FROM tickets WHERE id = $1");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(connection).await?;
    row.as_ref().map(ticket_row).transpose()
}

pub async fn ticket_by_follow_code(
    connection: &mut AnyConnection,
    code: &str,
) -> Result<Option<TicketRow>, StoreError> {
    let sql = format!("SELECT {TICKET} FROM tickets WHERE follow_code = $1");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(code).fetch_optional(connection).await?;
    row.as_ref().map(ticket_row).transpose()
}

pub async fn add_tickets(connection: &mut AnyConnection, tickets: &[TicketRow]) -> Result<(), StoreError> {
    for chunk in tickets.chunks(CHUNK) {
        let sql =
            format!("INSERT INTO tickets ({TICKET}, printed) VALUES {}", placeholders(connection, chunk.len(), 25));
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for row in chunk {
            let (ticket, state) = (&row.ticket, Columns::of(&row.ticket.state));
            let who = Who::of(&row.holder.identification);
            query = query
                .bind(ticket.id)
                .bind(&row.hall)
                .bind(&row.day)
                .bind(ticket.line.to_string())
                .bind(i64::from(ticket.serial))
                .bind(&ticket.item)
                .bind(ticket.item_version)
                .bind(serde_json::to_string(&row.holder.item_name).unwrap_or_default())
                .bind(&row.holder.language)
                .bind(ticket.taken_at)
                .bind(state.state)
                .bind(state.window)
                .bind(state.called_at)
                .bind(state.last_called_at)
                .bind(state.served_at)
                .bind(state.finished_at)
                .bind(state.calls)
                .bind(ticket.call_turn)
                .bind(&ticket.follow_code)
                .bind(who.by)
                .bind(&ticket.person)
                .bind(who.name)
                .bind(who.id_number)
                .bind(who.phone)
                .bind("unknown");
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

/// Writes where tickets stand. Both engines name the columns of `VALUES` `column1`, `column2`, …
pub async fn change_tickets(connection: &mut AnyConnection, tickets: &[&Ticket]) -> Result<(), StoreError> {
    for chunk in tickets.chunks(CHUNK) {
        let sql = format!(
            "UPDATE tickets SET state = v.column2, at_window = v.column3, called_at = v.column4, \
             last_called_at = v.column5, served_at = v.column6, finished_at = v.column7, calls = v.column8, \
             call_turn = v.column9 FROM (VALUES {}) AS v WHERE tickets.id = v.column1",
            placeholders(connection, chunk.len(), 9)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for ticket in chunk {
            let state = Columns::of(&ticket.state);
            query = query
                .bind(ticket.id)
                .bind(state.state)
                .bind(state.window)
                .bind(state.called_at)
                .bind(state.last_called_at)
                .bind(state.served_at)
                .bind(state.finished_at)
                .bind(state.calls)
                .bind(ticket.call_turn);
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

/// Notes what the kiosk said about a ticket's paper: `printed` or `failed`.
pub async fn put_printed(connection: &mut AnyConnection, id: TicketId, outcome: &str) -> Result<(), StoreError> {
    sqlx::query("UPDATE tickets SET printed = $2 WHERE id = $1").bind(id).bind(outcome).execute(connection).await?;
    Ok(())
}

pub async fn window_states(connection: &mut AnyConnection, hall: &str) -> Result<Vec<(i64, WindowState)>, StoreError> {
    let rows = sqlx::query("SELECT number, state, clerk, since, ticket FROM window_states WHERE hall = $1")
        .bind(hall)
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            let number: i64 = row.try_get(0)?;
            let state: String = row.try_get(1)?;
            let clerk = row.try_get::<Option<String>, _>(2)?;
            let since = row.try_get::<Option<i64>, _>(3)?;
            let ticket = row.try_get::<Option<i64>, _>(4)?;
            let state = match (state.as_str(), clerk, since, ticket) {
                ("closed", ..) => WindowState::Closed,
                ("open", Some(clerk), Some(since), _) => WindowState::Open { clerk, since },
                ("paused", Some(clerk), Some(since), _) => WindowState::Paused { clerk, since },
                ("serving", Some(clerk), Some(since), Some(ticket)) => WindowState::Serving { clerk, since, ticket },
                _ => return Err(bad("window_states", &format!("{hall} {number}"), "its state is not complete")),
            };
            Ok((number, state))
        })
        .collect()
}

pub async fn put_windows(connection: &mut AnyConnection, windows: &[(&str, &Window)]) -> Result<(), StoreError> {
    for chunk in windows.chunks(CHUNK) {
        let sql = format!(
            "INSERT INTO window_states (hall, number, state, clerk, since, ticket) VALUES {} \
             ON CONFLICT (hall, number) DO UPDATE SET state = excluded.state, clerk = excluded.clerk, \
             since = excluded.since, ticket = excluded.ticket",
            placeholders(connection, chunk.len(), 6)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (hall, window) in chunk {
            let state = match window.state {
                WindowState::Closed => "closed",
                WindowState::Open { .. } => "open",
                WindowState::Serving { .. } => "serving",
                WindowState::Paused { .. } => "paused",
            };
            query = query
                .bind(*hall)
                .bind(window.number)
                .bind(state)
                .bind(window.clerk())
                .bind(window.since())
                .bind(window.ticket());
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

/// A ticket's state as columns.
#[derive(Default)]
struct Columns {
    state: &'static str,
    window: Option<i64>,
    called_at: Option<i64>,
    last_called_at: Option<i64>,
    served_at: Option<i64>,
    finished_at: Option<i64>,
    calls: i64,
}

impl Columns {
    fn of(state: &TicketState) -> Self {
        let mut columns = Columns {
            window: state.window(),
            called_at: state.called_at(),
            calls: state.calls(),
            ..Columns::default()
        };
        match *state {
            TicketState::Waiting => columns.state = "waiting",
            TicketState::Lapsed => columns.state = "lapsed",
            TicketState::Called { last_called_at, .. } => {
                columns.state = "called";
                columns.last_called_at = Some(last_called_at);
            }
            TicketState::Serving { served_at, .. } => {
                columns.state = "serving";
                columns.served_at = Some(served_at);
            }
            TicketState::Completed { served_at, finished_at, .. } => {
                columns.state = "completed";
                columns.served_at = Some(served_at);
                columns.finished_at = Some(finished_at);
            }
            TicketState::NoShow { finished_at, .. } => {
                columns.state = "no-show";
                columns.finished_at = Some(finished_at);
            }
        }
        columns
    }

    fn state(self) -> Option<TicketState> {
        let calls = self.calls;
        Some(match self.state {
            "waiting" => TicketState::Waiting,
            "lapsed" => TicketState::Lapsed,
            "called" => TicketState::Called {
                window: self.window?,
                called_at: self.called_at?,
                last_called_at: self.last_called_at?,
                calls,
            },
            "serving" => TicketState::Serving {
                window: self.window?,
                called_at: self.called_at?,
                served_at: self.served_at?,
                calls,
            },
            "completed" => TicketState::Completed {
                window: self.window?,
                called_at: self.called_at?,
                served_at: self.served_at?,
                finished_at: self.finished_at?,
                calls,
            },
            "no-show" => TicketState::NoShow {
                window: self.window?,
                called_at: self.called_at?,
                finished_at: self.finished_at?,
                calls,
            },
            _ => return None,
        })
    }
}

/// Who holds a ticket, as columns.
struct Who<'a> {
    by: &'static str,
    name: Option<&'a str>,
    id_number: Option<&'a str>,
    phone: Option<&'a str>,
}

const CARD_KINDS: [(CardKind, &str); 4] = [
    (CardKind::Resident, "card:resident"),
    (CardKind::HkMoTw, "card:hk-mo-tw"),
    (CardKind::Foreigner, "card:foreigner"),
    (CardKind::Foreigner2023, "card:foreigner2023"),
];

impl<'a> Who<'a> {
    fn of(identification: &'a Identification) -> Self {
        let nobody = Who { by: "anonymous", name: None, id_number: None, phone: None };
        match identification {
            Identification::Anonymous => nobody,
            Identification::Phone { phone } => Who { by: "phone", phone: Some(phone), ..nobody },
            Identification::Card { name, id_number, kind } => Who {
                by: CARD_KINDS.iter().find(|(k, _)| k == kind).map_or("card:resident", |(_, text)| text),
                name: Some(name),
                id_number: Some(id_number),
                ..nobody
            },
        }
    }
}

fn ticket_row(row: &AnyRow) -> Result<TicketRow, StoreError> {
    let id: i64 = row.try_get("id")?;
    let wrong = |what: &str| bad("tickets", &id.to_string(), what);
    let line: String = row.try_get("line")?;
    let name: String = row.try_get("item_name")?;
    let state: String = row.try_get("state")?;
    const STATES: [&str; 6] = ["waiting", "called", "serving", "completed", "no-show", "lapsed"];
    let columns = Columns {
        state: STATES.into_iter().find(|s| *s == state).ok_or_else(|| wrong("unknown state"))?,
        window: row.try_get("at_window")?,
        called_at: row.try_get("called_at")?,
        last_called_at: row.try_get("last_called_at")?,
        served_at: row.try_get("served_at")?,
        finished_at: row.try_get("finished_at")?,
        calls: row.try_get("calls")?,
    };
    let by: String = row.try_get("identified_by")?;
    let column = |name: &str| Ok::<_, StoreError>(row.try_get::<Option<String>, _>(name)?.unwrap_or_default());
    let identification = match by.as_str() {
        "anonymous" => Identification::Anonymous,
        "phone" => Identification::Phone { phone: column("phone")? },
        card => Identification::Card {
            name: column("holder_name")?,
            id_number: column("id_number")?,
            kind: CARD_KINDS
                .into_iter()
                .find(|(_, text)| *text == card)
                .map(|(kind, _)| kind)
                .ok_or_else(|| wrong("unknown kind of identification"))?,
        },
    };
    Ok(TicketRow {
        hall: row.try_get("hall")?,
        day: row.try_get("day")?,
        ticket: Ticket {
            id,
            line: letter(&line, "tickets")?,
            serial: number(row.try_get("serial")?, "tickets", &line)?,
            item: row.try_get("item")?,
            item_version: row.try_get("item_version")?,
            taken_at: row.try_get("taken_at")?,
            follow_code: row.try_get("follow_code")?,
            person: row.try_get("person")?,
            call_turn: row.try_get("call_turn")?,
            state: columns.state().ok_or_else(|| wrong("its state is not complete"))?,
        },
        holder: Holder {
            item_name: serde_json::from_str(&name).map_err(|_| wrong("its item's name is not JSON"))?,
            language: row.try_get("language")?,
            identification,
        },
    })
}

fn letter(text: &str, table: &'static str) -> Result<char, StoreError> {
    text.chars().next().ok_or_else(|| bad(table, text, "a line without a letter"))
}

fn number(value: i64, table: &'static str, row: &str) -> Result<u32, StoreError> {
    u32::try_from(value).map_err(|_| bad(table, row, "a serial out of range"))
}

fn bad(table: &'static str, row: &str, what: &str) -> StoreError {
    StoreError::Inconsistent { table, row: row.to_owned(), what: what.to_owned() }
}
