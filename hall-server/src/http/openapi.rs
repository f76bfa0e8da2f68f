//! The API's description, made from the endpoints themselves. `docs/openapi.json` is its checked-in copy.

use axum::Json;
use utoipa::OpenApi;

use crate::{
    absences, calendar, cases, catalogue, events, evidence, exchange, files, identity, lookups, notices, preparation,
    queue, supervision,
};

#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "Hall server",
        description = "Service halls: items, queues, cases. Errors are application/problem+json with a stable code. \
                       Requests that change state take an Idempotency-Key: repeated with the same key, they are \
                       answered again and change nothing."
    ),
    paths(
        crate::http::health::healthz,
        crate::http::health::readyz,
        crate::http::health::metrics,
        catalogue::http::halls,
        catalogue::http::catalogue,
        catalogue::http::item,
        catalogue::drafts_http::all,
        catalogue::drafts_http::one,
        catalogue::drafts_http::save,
        catalogue::drafts_http::discard,
        catalogue::drafts_http::check,
        catalogue::drafts_http::publish,
        catalogue::drafts_http::versions,
        identity::sessions::sign_in,
        identity::sessions::current,
        identity::sessions::sign_out,
        identity::colleagues::list,
        queue::tickets::take,
        queue::tickets::printed,
        queue::tickets::follow,
        queue::snapshot::queue,
        events::stream::hall,
        events::stream::follow,
        queue::windows::open,
        queue::windows::pause,
        queue::windows::resume,
        queue::windows::close,
        queue::windows::current,
        queue::windows::call_next,
        queue::windows::call_number,
        queue::windows::recall,
        queue::windows::serve,
        queue::windows::no_show,
        queue::windows::complete,
        files::http::upload,
        files::http::list,
        files::http::download,
        files::http::preview,
        preparation::http::of_ticket,
        preparation::http::read,
        preparation::http::enter,
        preparation::http::send,
        preparation::http::upload,
        preparation::http::download,
        preparation::http::preview,
        preparation::http::take_back,
        cases::intake::open,
        cases::reading::application,
        cases::steps::step,
        cases::steps::several,
        supervision::http::list,
        supervision::http::step,
        supervision::http::rules,
        supervision::http::ahead,
        supervision::http::figures,
        cases::reading::search,
        cases::reading::one,
        cases::reading::receipt,
        cases::reading::tasks,
        cases::reading::progress,
        notices::http::of_case,
        notices::http::pdf,
        evidence::http::dossier,
        absences::http::list,
        absences::http::arrange,
        absences::http::end,
        absences::http::steps,
        calendar::http::year,
        calendar::http::due,
        lookups::http::ask,
        lookups::http::of_case,
        exchange::documents::fetch,
        exchange::inbound::take,
        exchange::staff::outbox,
        exchange::staff::replay,
    )
)]
pub struct Description;

/// The description as JSON.
pub async fn openapi() -> Json<utoipa::openapi::OpenApi> {
    Json(Description::openapi())
}
