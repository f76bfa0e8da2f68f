//! The survey: every open case looked at, where other rules are in force than those by which it is known when something falls due. That
//! is so after an office has loaded rules, and after an upgrade that brings others along.
//!
//! It only reads, page by page and on all cores, beside those who write. What is due goes to the engine like the sweep's; a watch day is
//! written only where it is another one.

use std::collections::{BTreeMap, HashSet, VecDeque};

use domain::calendar::Calendar;
use domain::civil;
use domain::supervision::Rules;
use jiff::civil::Date;
use tokio::task::JoinHandle;

use super::sweep::{Swept, look};
use crate::AppState;
use crate::cases::projection;
use crate::engine::EngineError;
use crate::store::signals::SignalKey;
use crate::store::surveys::{self, Moved, Survey, SurveyedRow};
use crate::store::{StoreError, signals};

/// Cases read at once.
const PAGE: i64 = 1000;

/// Pages read ahead of the one that is being written.
const AHEAD: usize = 4;

/// After so many pages it is noted how far the survey is: one that is interrupted goes on there.
const NOTED: usize = 20;

/// What a page comes to.
#[derive(Debug, Default)]
struct Looked {
    last: String,
    cases: usize,
    /// By hall.
    due: BTreeMap<String, Vec<String>>,
    moved: Vec<Moved>,
}

/// Looks at every open case; nothing where that was done under the rules in force.
pub async fn survey(state: &AppState) -> Result<Swept, EngineError> {
    let rules = state.engine.rules();
    let (_, digest) = super::content(&rules);
    let begun = {
        let mut connection = state.store.reader().acquire().await.map_err(StoreError::from)?;
        surveys::one(&mut connection).await?.filter(|survey| survey.rules == digest)
    };
    let mut survey = begun.unwrap_or(Survey { rules: digest, up_to: String::new(), finished: false });
    let mut surveyed = Swept::default();
    if survey.finished {
        return Ok(surveyed);
    }
    let today = civil::day(state.clock.now());
    let calendar = state.engine.calendar();
    let mut after = Some(survey.up_to.clone());
    let mut pages: VecDeque<JoinHandle<Looked>> = VecDeque::new();
    let mut done = 0;
    loop {
        while let Some(from) = after.take_if(|_| pages.len() < AHEAD) {
            let page = Page::read(state, from).await?;
            after = page.rows.last().filter(|_| page.rows.len() as i64 == PAGE).map(|row| row.case_no.clone());
            let (rules, calendar) = (rules.clone(), calendar.clone());
            pages.push_back(tokio::task::spawn_blocking(move || page.reckon(&rules, &calendar, today)));
        }
        let Some(page) = pages.pop_front() else { break };
        let Looked { last, cases, due, moved } = page.await.map_err(|_| StoreError::Panicked)?;
        surveyed.cases += cases;
        surveyed.signals += look(state, due).await?;
        survey.up_to = last;
        done += 1;
        if !moved.is_empty() || done % NOTED == 0 {
            note(state, &survey, &moved).await?;
        }
    }
    survey.finished = true;
    note(state, &survey, &[]).await?;
    Ok(surveyed)
}

async fn note(state: &AppState, survey: &Survey, moved: &[Moved]) -> Result<(), StoreError> {
    let mut tx = state.store.begin_write().await?;
    surveys::move_watch(&mut tx, moved).await?;
    surveys::put(&mut tx, survey).await?;
    Ok(tx.commit().await?)
}

/// Cases with the signals that were raised on them.
struct Page {
    from: String,
    rows: Vec<SurveyedRow>,
    raised: HashSet<SignalKey>,
}

impl Page {
    async fn read(state: &AppState, from: String) -> Result<Self, StoreError> {
        let mut connection = state.store.reader().acquire().await?;
        let rows = surveys::page(&mut connection, &from, PAGE).await?;
        let raised = match (rows.first(), rows.last()) {
            (Some(first), Some(last)) => signals::keys_between(&mut connection, &first.case_no, &last.case_no).await?,
            _ => HashSet::new(),
        };
        Ok(Page { from, rows, raised })
    }

    fn reckon(self, rules: &Rules, calendar: &Calendar, today: Date) -> Looked {
        let last = self.rows.last().map_or(self.from, |row| row.case_no.clone());
        let mut looked = Looked { last, cases: self.rows.len(), ..Looked::default() };
        for row in self.rows {
            let day = match row.case() {
                Ok(case) => projection::watch_on(&case, calendar, rules, &self.raised),
                Err(error) => {
                    let case_no = &row.case_no;
                    tracing::error!(case_no, error = &error as &dyn std::error::Error, "a case cannot be supervised");
                    // The sweep tries again.
                    today.tomorrow().ok()
                }
            };
            if day.is_some_and(|day| day <= today) {
                looked.due.entry(row.hall).or_default().push(row.case_no);
                continue;
            }
            let watch_on = day.map(|day| day.to_string());
            if watch_on != row.watch_on {
                looked.moved.push(Moved { case_no: row.case_no, changed_at: row.changed_at, watch_on });
            }
        }
        looked
    }
}
