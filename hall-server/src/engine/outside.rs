//! Events that a command writes beside running servers, with the hall's turn: the servers see a newer turn, and read the
//! hall anew before their next write.

use protocol::Millis;
use serde::Serialize;
use sqlx::AnyConnection;

use super::chain::{self, Draft};
use super::run::canonical;
use crate::store::queue::Turn;
use crate::store::{StoreError, events, queue};

/// What happened, without personal data.
#[derive(Debug, Clone)]
pub struct Occurrence<'a, T> {
    pub at: Millis,
    pub kind: &'a str,
    pub actor: &'a str,
    pub subject: String,
    pub body: &'a T,
}

/// Takes every hall's turn, in the order in which the writer takes them: from here on nobody else writes in any hall.
pub async fn take_all_turns(connection: &mut AnyConnection) -> Result<Vec<(String, Turn)>, StoreError> {
    let mut halls: Vec<String> = queue::turns(connection).await?.into_iter().map(|(hall, ..)| hall).collect();
    halls.sort_unstable();
    let mut turns = Vec::with_capacity(halls.len());
    for hall in halls {
        if let Some(turn) = queue::take_turn(connection, &hall).await? {
            turns.push((hall, turn));
        }
    }
    Ok(turns)
}

/// Puts an event behind a hall's last, in the transaction that took the hall's turn.
pub async fn record<T: Serialize>(
    connection: &mut AnyConnection,
    hall: &str,
    turn: &Turn,
    occurrence: Occurrence<'_, T>,
) -> Result<(), StoreError> {
    let draft = Draft {
        turn: turn.last + 1,
        at: occurrence.at,
        kind: occurrence.kind.to_owned(),
        actor: occurrence.actor.to_owned(),
        on_behalf: String::new(),
        subject: occurrence.subject,
        body: canonical(occurrence.body),
    };
    let event = chain::seal(hall, draft, &turn.chain_head);
    queue::give_turn(connection, hall, event.draft.turn, &event.hash).await?;
    events::add(connection, &[event]).await
}
