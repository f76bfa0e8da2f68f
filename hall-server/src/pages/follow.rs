//! The phone's pages: `/t/{code}` from a ticket, `/c/{code}` from a receipt. Who has the code may read them; nothing on them, and
//! nothing in their addresses, says who the holder is.

use axum::extract::{Path, State};
use axum::response::Response;
use protocol::problem::Code;

use super::frame::{Frame, page};
use super::view::follow::{CasePage, FollowPage, FollowPart};
use crate::AppState;
use crate::cases::view;
use crate::http::problem::ApiError;
use crate::lookups;
use crate::queue::follow;
use crate::store::cases;

/// `GET /t/{code}`.
pub(super) async fn ticket(
    State(state): State<AppState>,
    Path(code): Path<String>,
    frame: Frame,
) -> Result<Response, ApiError> {
    let place = follow::find(&state, &code).await?;
    let follow = follow::follow(&state, &place).await?;
    let sample = state.engine.hall(&place.hall).await?.offers.values().any(|offered| offered.item.sample);
    page(&FollowPage::new(frame, &follow, format!("/api/v1/follow/{code}/events"), sample))
}

/// `GET /t/{code}/part`: what the page's script puts in place after an event.
pub(super) async fn ticket_part(
    State(state): State<AppState>,
    Path(code): Path<String>,
    frame: Frame,
) -> Result<Response, ApiError> {
    let place = follow::find(&state, &code).await?;
    page(&FollowPart::new(frame.w, &follow::follow(&state, &place).await?))
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
    page(&CasePage::new(frame, &progress, &lookups, state.clock.now()))
}
