//! A ticket as its holder follows it.

use domain::queue::TicketId;
use protocol::problem::Code;
use protocol::queue::{Follow, Ticket, Wait};

use crate::AppState;
use crate::cases::view;
use crate::http::problem::ApiError;
use crate::store::queue::{self, TicketRow};
use crate::store::{cases, halls};

/// Where a followed ticket is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub hall: String,
    pub ticket: TicketId,
}

/// Finds a ticket by the code on it.
pub async fn find(state: &AppState, code: &str) -> Result<Place, ApiError> {
    let mut connection = state.store.reader().acquire().await?;
    let row = queue::ticket_by_follow_code(&mut connection, code).await?;
    let row = row.ok_or_else(|| ApiError::new(Code::UnknownTicket))?;
    Ok(Place { hall: row.hall, ticket: row.ticket.id })
}

/// The ticket as it stands, with what became of its cases.
pub async fn follow(state: &AppState, place: &Place) -> Result<Follow, ApiError> {
    let today = {
        let cell = state.engine.hall(&place.hall).await?;
        cell.queue.ticket(place.ticket).map(|ticket| Follow {
            ticket: cell.ticket_view(ticket, &state.settings.public_url),
            hall_name: cell.queue.setup().hall.name.clone(),
            turn: cell.queue.turn(),
            cases: Vec::new(),
        })
    };
    let mut follow = match today {
        Some(follow) => follow,
        None => earlier(state, place).await?,
    };
    follow.cases = progress(state, place.ticket).await?;
    Ok(follow)
}

/// The progress of the cases opened from a ticket.
pub async fn progress(state: &AppState, ticket: TicketId) -> Result<Vec<protocol::case::Progress>, ApiError> {
    let mut connection = state.store.reader().acquire().await?;
    let rows = cases::by_ticket(&mut connection, ticket).await?;
    let mut progress = Vec::with_capacity(rows.len());
    for row in &rows {
        progress.push(view::progress(state, &mut connection, row).await?);
    }
    Ok(progress)
}

/// A ticket of an earlier day, from its row.
async fn earlier(state: &AppState, place: &Place) -> Result<Follow, ApiError> {
    let mut connection = state.store.reader().acquire().await?;
    let row = queue::ticket(&mut connection, place.ticket).await?;
    let row = row.ok_or_else(|| ApiError::new(Code::UnknownTicket))?;
    let turn = queue::turn(&mut connection, &place.hall).await?.map_or(0, |turn| turn.last);
    let hall = halls::one(&mut connection, &place.hall).await?;
    let hall = hall.ok_or_else(|| ApiError::new(Code::UnknownHall))?;
    Ok(Follow { ticket: earlier_view(row, &state.settings.public_url), hall_name: hall.name, turn, cases: Vec::new() })
}

fn earlier_view(row: TicketRow, public_url: &str) -> Ticket {
    let ticket = row.ticket;
    Ticket {
        id: ticket.id,
        hall: row.hall,
        day: row.day,
        number: ticket.number(),
        line: ticket.line.to_string(),
        item_name: row.holder.item_name,
        item_version: ticket.item_version,
        state: ticket.state.name(),
        taken_at: ticket.taken_at,
        window: ticket.state.window(),
        called_at: ticket.state.called_at(),
        calls: ticket.state.calls(),
        ahead: 0,
        wait: Wait::default(),
        follow_url: format!("{public_url}/t/{}", ticket.follow_code),
        item: ticket.item,
        follow_code: ticket.follow_code,
    }
}
