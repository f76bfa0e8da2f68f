//! The phone's pages: `/t/{code}` from a ticket, `/c/{code}` from a receipt. Who has the code may read them; nothing on them, and
//! nothing in their addresses, says who the holder is.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::civil;
use protocol::problem::Code;
use protocol::queue::Follow;

use super::frame::{Frame, page};
use super::view::follow::{CasePage, FollowPage, FollowPart, PrepareCard, PrepareStage, Withdrawing};
use crate::AppState;
use crate::cases::{joint, view};
use crate::http::problem::ApiError;
use crate::lookups;
use crate::preparation::{self, changes};
use crate::queue::follow;
use crate::store::{cases, notices, preparations};
use crate::submission;

/// `GET /t/{code}`.
pub(super) async fn ticket(
    State(state): State<AppState>,
    Path(code): Path<String>,
    frame: Frame,
) -> Result<Response, ApiError> {
    let place = follow::find(&state, &code).await?;
    let follow = follow::follow(&state, &place).await?;
    let sample = state.engine.hall(&place.hall).await?.offers.values().any(|offered| offered.item.sample);
    let card = prepare_card(&state, &code, &follow).await?;
    page(&FollowPage::new(frame, &follow, format!("/api/v1/follow/{code}/events"), sample).with_prepare(card))
}

/// `GET /t/{code}/part`: what the page's script puts in place after an event.
pub(super) async fn ticket_part(
    State(state): State<AppState>,
    Path(code): Path<String>,
    frame: Frame,
) -> Result<Response, ApiError> {
    let place = follow::find(&state, &code).await?;
    let follow = follow::follow(&state, &place).await?;
    let card = prepare_card(&state, &code, &follow).await?;
    page(&FollowPart::new(frame.w, &follow).with_prepare(card))
}

/// The way to the preparation. Thousands of phones ask for this part at once: it costs one look into a table by its key.
async fn prepare_card(state: &AppState, code: &str, follow: &Follow) -> Result<Option<PrepareCard>, ApiError> {
    let ticket = &follow.ticket;
    if !changes::is_open(follow, &civil::day(state.clock.now()).to_string()) {
        return Ok(None);
    }
    let cell = state.engine.hall(&ticket.hall).await?;
    if !cell.offers.get(&ticket.item).is_some_and(|offered| preparation::asks_for_something(&offered.item)) {
        return Ok(None);
    }
    drop(cell);
    let mut connection = state.store.reader().acquire().await?;
    let stage = match preparations::one(&mut connection, ticket.id).await? {
        None => PrepareStage::Nothing,
        Some(row) if row.sent_at.is_some() => PrepareStage::Sent,
        Some(_) => PrepareStage::Draft,
    };
    Ok(Some(PrepareCard { path: format!("/t/{code}/prepare"), stage }))
}

/// `GET /c/{code}`.
pub(super) async fn case(
    State(state): State<AppState>,
    Path(code): Path<String>,
    frame: Frame,
) -> Result<Response, ApiError> {
    let mut connection = state.store.reader().acquire().await?;
    let row = cases::by_query_code(&mut connection, &code).await?.ok_or(ApiError::new(Code::UnknownCase))?;
    let progress = view::progress(&state, &mut connection, &row).await?;
    let lookups = lookups::view::for_citizen(&mut connection, &row.case.case_no).await?;
    let papers = notices::of_case(&mut connection, &row.case.case_no).await?;
    let withdraw = if row.case.withdrawal.is_some() {
        Withdrawing::Asked
    } else if submission::may_withdraw(&state, &row) {
        Withdrawing::Possible(format!("/c/{code}/withdraw?lang={}", frame.w.code()))
    } else {
        Withdrawing::No
    };
    let whole = cases::of_applications(&mut connection, &[&row.case.application]).await?;
    let joint = joint::joint(&state, &mut connection, &whole).await?;
    let names = view::Names::default();
    let mut of = Vec::with_capacity(whole.len());
    for case in &whole {
        let item = names.item(&state, &mut connection, case).await?;
        of.push((case.case.case_no.clone(), item, case.case.state.name()));
    }
    let shown = CasePage::new(frame, &code, &progress, &lookups, &papers, withdraw, state.clock.now());
    page(&shown.with_whole(&joint, &of))
}
