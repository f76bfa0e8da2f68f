//! Figures of departments and halls: what lies with each, how much of it is late, what supervision has to say of it.

use std::collections::BTreeMap;

use domain::civil;
use jiff::ToSpan;
use protocol::supervision::{Figures, SignalKind, UnitFigures};
use sqlx::AnyConnection;

use super::ahead::Units;
use crate::AppState;
use crate::http::problem::ApiError;
use crate::store::supervision::AHEAD_DAYS;
use crate::store::{signals, supervised_clocks};

/// Days over which promises kept are counted.
const KEPT_DAYS: i32 = 30;

/// The figures of all units together, and of every unit that has any, those that need somebody most first.
pub async fn read(state: &AppState, connection: &mut AnyConnection) -> Result<Figures, ApiError> {
    let today = civil::day(state.clock.now());
    let soon = state.engine.calendar().due(today, AHEAD_DAYS).date;
    let since = today.saturating_sub(KEPT_DAYS.days());
    let mut units: BTreeMap<String, UnitFigures> = BTreeMap::new();
    let (all, of_units) = supervised_clocks::counts(connection, &today.to_string(), &soon.to_string()).await?;
    for counts in of_units {
        let unit = units.entry(counts.unit).or_default();
        (unit.open, unit.overdue, unit.soon) = (counts.open, counts.overdue, counts.soon);
    }
    for kept in supervised_clocks::kept(connection, &since.to_string()).await? {
        let unit = units.entry(kept.unit).or_default();
        (unit.finished, unit.on_time) = (kept.finished, kept.finished - kept.late);
    }
    for open in signals::open_counts(connection).await? {
        let unit = units.entry(if open.department.is_empty() { open.hall } else { open.department }).or_default();
        match open.kind {
            Some(SignalKind::Warn) => unit.warnings += open.count,
            Some(SignalKind::Yellow) => unit.yellow += open.count,
            Some(SignalKind::Red) => unit.red += open.count,
            Some(SignalKind::RedStatutory) => unit.red_statutory += open.count,
            None => {}
        }
    }
    let mut sum = UnitFigures { open: all.open, overdue: all.overdue, soon: all.soon, ..UnitFigures::default() };
    for unit in units.values() {
        sum.warnings += unit.warnings;
        sum.yellow += unit.yellow;
        sum.red += unit.red;
        sum.red_statutory += unit.red_statutory;
        sum.finished += unit.finished;
        sum.on_time += unit.on_time;
    }
    let names = Units::read(connection).await?;
    let mut figures: Vec<UnitFigures> = units
        .into_iter()
        .map(|(unit, figures)| UnitFigures { unit_name: names.name(&unit), unit, ..figures })
        .collect();
    figures.sort_by_key(|unit| {
        let worst = (unit.overdue, unit.red_statutory, unit.red, unit.yellow, unit.soon, unit.open);
        (std::cmp::Reverse(worst), unit.unit.clone())
    });
    Ok(Figures { all: sum, units: figures })
}
