//! `hall-server calendar due`: the due date, for anyone who asks.

use domain::calendar::{Calendar, Pause};
use jiff::civil::Date;

use super::CommandError;

pub(super) fn due(date: Date, days: u32, pauses: &[String]) -> Result<(), CommandError> {
    let pauses = pauses.iter().map(|text| pause(text)).collect::<Result<Vec<_>, _>>()?;
    let due = Calendar::published()
        .due_with_pauses(date, days, &pauses)
        .map_err(|error| CommandError::Refused(error.to_string()))?;
    println!("{}{}", due.date, if due.provisional { " provisional" } else { "" });
    Ok(())
}

fn pause(text: &str) -> Result<Pause, CommandError> {
    let parts = text.split_once("..").and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
    let (from, to) =
        parts.ok_or_else(|| CommandError::Refused(format!("{text:?} is not a pause like 2026-09-08..2026-09-22")))?;
    Ok(Pause { from, to })
}
