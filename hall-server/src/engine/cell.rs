//! One hall in memory: its queue, what it offers, who holds today's tickets. True as long as nobody else changed the
//! hall's row; whoever writes checks that first.

use std::collections::HashMap;

use domain::calendar::Calendar;
use domain::civil;
use domain::queue::{HallQueue, Ticket, TicketId};
use protocol::Millis;
use protocol::queue::{CalledTicket, Identification};
use sqlx::AnyConnection;

use crate::store::queue::{Holder, Turn};
use crate::store::setup::Offered;
use crate::store::{StoreError, cases, queue, setup};

/// A hall in memory.
#[derive(Debug)]
pub struct Cell {
    pub queue: HallQueue,
    /// The items that the hall offers, by code.
    pub offers: HashMap<String, Offered>,
    pub ordinal: i64,
    pub(super) revision: i64,
    pub(super) chain_head: String,
    /// What today's tickets have beyond the rules' own.
    pub(super) holders: HashMap<TicketId, Holder>,
    /// Cases opened from today's tickets.
    pub(super) cases: HashMap<TicketId, Vec<String>>,
    /// The last case number's serial, and its day.
    pub(super) case_serial: (String, u32),
}

impl Cell {
    /// Reads a hall from the tables; `None` where there is no such hall.
    pub(super) async fn load(
        connection: &mut AnyConnection,
        hall: &str,
        turn: Turn,
        now: Millis,
    ) -> Result<Option<Cell>, StoreError> {
        let Some(offer) = setup::hall(connection, hall).await? else { return Ok(None) };
        let today = civil::day(now).to_string();
        let day = queue::day(connection, hall).await?.unwrap_or_else(|| today.clone());
        let date = day.parse().map_err(|_| StoreError::Inconsistent {
            table: "line_days",
            row: format!("{hall} {day}"),
            what: "not a day".to_owned(),
        })?;
        let serials = queue::serials(connection, hall, &day).await?;
        let rows = queue::tickets_of_day(connection, hall, &day).await?;
        let windows = queue::window_states(connection, hall).await?;
        let cases = cases::of_tickets_of_day(connection, hall, &day).await?;
        let case_serial = cases::last_serial(connection, hall, &today).await?;
        let mut holders = HashMap::with_capacity(rows.len());
        let tickets = rows
            .into_iter()
            .map(|row| {
                holders.insert(row.ticket.id, row.holder);
                row.ticket
            })
            .collect();
        Ok(Some(Cell {
            queue: HallQueue::load(offer.setup, turn.last, date, &serials, tickets, windows),
            offers: offer.items,
            ordinal: turn.ordinal,
            revision: turn.revision,
            chain_head: turn.chain_head,
            holders,
            cases,
            case_serial: (today, case_serial),
        }))
    }

    /// Whether nobody has changed the hall since this was read.
    pub(super) fn is_fresh(&self, turn: &Turn) -> bool {
        self.queue.turn() == turn.last && self.revision == turn.revision && self.chain_head == turn.chain_head
    }

    /// A ticket of today as it travels.
    pub fn ticket_view(&self, ticket: &Ticket, public_url: &str) -> protocol::queue::Ticket {
        let name = self.holders.get(&ticket.id).map(|h| h.item_name.clone()).unwrap_or_default();
        self.queue.ticket_view(ticket, name, format!("{public_url}/t/{}", ticket.follow_code))
    }

    /// A ticket with the person behind it, for the desk.
    pub fn called_view(&self, ticket: &Ticket, public_url: &str) -> CalledTicket {
        CalledTicket {
            ticket: self.ticket_view(ticket, public_url),
            identification: self
                .holders
                .get(&ticket.id)
                .map_or(Identification::Anonymous, |h| h.identification.clone()),
            cases: self.cases.get(&ticket.id).cloned().unwrap_or_default(),
        }
    }

    pub fn snapshot(&self, now: Millis, calendar: &Calendar) -> protocol::queue::QueueSnapshot {
        self.queue.snapshot(now, calendar)
    }

    /// The next case number's serial on a day.
    pub(super) fn next_case_serial(&mut self, day: &str) -> u32 {
        if self.case_serial.0 != day {
            self.case_serial = (day.to_owned(), 0);
        }
        self.case_serial.1 += 1;
        self.case_serial.1
    }
}
