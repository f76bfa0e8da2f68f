//! Signals as people see them.

use std::collections::HashMap;

use domain::civil;
use protocol::catalogue::Text;
use protocol::staff::User;
use protocol::supervision::Signal;
use sqlx::AnyConnection;

use crate::AppState;
use crate::cases::view::Names;
use crate::http::problem::ApiError;
use crate::store::signals::SignalRow;
use crate::store::{cases, halls, identity};

/// Signals on one screen, with what the asker may do.
pub async fn signals(
    state: &AppState,
    connection: &mut AnyConnection,
    rows: &[SignalRow],
    asker: &User,
) -> Result<Vec<Signal>, ApiError> {
    let (calendar, rules) = (state.engine.calendar(), state.engine.rules());
    let today = civil::day(state.clock.now());
    let names = Names::read(connection).await?;
    let numbers: Vec<&str> = rows.iter().map(|row| row.signal.case_no.as_str()).collect();
    let mut found = HashMap::new();
    for chunk in numbers.chunks(500) {
        let (readable, _) = cases::readable(connection, chunk).await?;
        found.extend(readable.into_iter().map(|row| (row.case.case_no.clone(), row)));
    }
    let people: Vec<&str> = rows
        .iter()
        .flat_map(|row| {
            let state = &row.signal.state;
            state.reply().map(|reply| reply.by.as_str()).into_iter().chain(state.review().map(|r| r.by.as_str()))
        })
        .collect();
    let people = identity::names(connection, &people).await?;
    let person = |name: &str| people.get(name).cloned().unwrap_or_else(|| name.to_owned());
    let mut seen = Vec::with_capacity(rows.len());
    for SignalRow { id, signal } in rows {
        let Some(row) = found.get(&signal.case_no) else { continue };
        let recipient_name = if signal.department.is_empty() {
            halls::one(connection, &signal.hall).await?.map(|hall| hall.name).unwrap_or_default()
        } else {
            names.department(&signal.department)
        };
        let clock = signal.clock.and_then(|kind| {
            let clocks = row.case.clocks();
            let same = |clock: &&domain::cases::CaseClock| {
                clock.kind == kind
                    && (clock.department.is_none() || clock.department.as_deref() == Some(&signal.department))
            };
            clocks.iter().find(same).map(|clock| clock.view(today, &calendar))
        });
        let (reply, review) = (signal.state.reply(), signal.state.review());
        let standing = signal.state.name();
        let open = standing == protocol::supervision::SignalState::Open;
        seen.push(Signal {
            id: *id,
            hall: signal.hall.clone(),
            case_no: signal.case_no.clone(),
            item_name: names.item(state, connection, row).await?,
            case_state: row.case.state.name(),
            rule: signal.rule.clone(),
            rule_name: rules.get(&signal.rule).map_or_else(|| Text::new(&signal.rule, ""), |rule| rule.name.clone()),
            signal: signal.kind,
            recipient: if signal.department.is_empty() { signal.hall.clone() } else { signal.department.clone() },
            recipient_name,
            round: signal.round,
            raised_at: signal.raised_at,
            reply_due_on: signal.reply_due_on.to_string(),
            reply_overdue: open && today > signal.reply_due_on,
            state: standing,
            reply: reply.map(|reply| reply.text.clone()).unwrap_or_default(),
            replied_by: reply.map(|reply| person(&reply.by)),
            replied_at: reply.map(|reply| reply.at),
            review: review.map(|review| review.text.clone()).unwrap_or_default(),
            reviewed_by: review.map(|review| person(&review.by)),
            reviewed_at: review.map(|review| review.at),
            clock,
            actions: signal.allowed(asker),
        });
    }
    Ok(seen)
}
