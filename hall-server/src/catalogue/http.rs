//! What faces read of the catalogue.

use axum::Json;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use protocol::catalogue::{Hall, Item};
use protocol::problem::Code;
use tower_http::compression::CompressionLayer;

use super::packages;
use crate::AppState;
use crate::http::problem::ApiError;
use crate::store::{self, StoreError};

/// The catalogue's addresses under `/api/v1`.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/halls", get(halls))
        // Some hundreds of kilobytes of text, which shrink to a tenth.
        .route("/halls/{hall}/catalogue", get(catalogue).layer(CompressionLayer::new()))
        .route("/items/{code}", get(item))
}

/// Every hall, with its hours.
#[utoipa::path(get, path = "/api/v1/halls", tag = "catalogue", responses((status = 200, body = Vec<Hall>)))]
pub async fn halls(State(state): State<AppState>) -> Result<Json<Vec<Hall>>, ApiError> {
    Ok(Json(store::halls::all(&state.store).await?))
}

/// A hall's catalogue. A kiosk that has it already sends its tag, and gets 304 for the price of one small statement.
#[utoipa::path(get, path = "/api/v1/halls/{hall}/catalogue", tag = "catalogue",
    params(("hall" = String, Path), ("if-none-match" = Option<String>, Header)),
    responses((status = 200, body = protocol::catalogue::Catalogue), (status = 304),
        (status = 404, body = protocol::problem::Problem)))]
pub async fn catalogue(
    State(state): State<AppState>,
    Path(hall): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let unknown = || ApiError::new(Code::UnknownHall);
    let mut connection = state.store.reader().acquire().await?;
    let revision = store::catalogue::revision(&mut connection, &hall).await?.ok_or_else(unknown)?;
    drop(connection);
    if asked_for(&headers, &revision) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag(&revision)?)]).into_response());
    }
    let mut catalogue = store::catalogue::catalogue(&state.store, &hall).await?.ok_or_else(unknown)?;
    packages::show_in(&state.store, &mut catalogue).await?;
    let headers =
        [(header::ETAG, tag(&catalogue.revision)?), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
    Ok((headers, Json(catalogue)).into_response())
}

/// The version of an item that is in force; a package has its members' questions and papers.
#[utoipa::path(get, path = "/api/v1/items/{code}", tag = "catalogue", params(("code" = String, Path)),
    responses((status = 200, body = Item), (status = 404, body = protocol::problem::Problem)))]
pub async fn item(State(state): State<AppState>, Path(code): Path<String>) -> Result<Json<Item>, ApiError> {
    let unknown = || ApiError::new(Code::UnknownItem);
    let found = store::catalogue::item(&state.store, &code).await?.ok_or_else(unknown)?;
    packages::shown(&state.store, found).await?.map(Json).ok_or_else(unknown)
}

/// Weak, because the outer layers may compress the body.
fn tag(revision: &str) -> Result<HeaderValue, ApiError> {
    HeaderValue::from_str(&format!("W/\"{revision}\"")).map_err(|_| {
        ApiError::from(StoreError::Inconsistent {
            table: "halls",
            row: revision.to_owned(),
            what: "the revision cannot stand in a header".to_owned(),
        })
    })
}

/// Whether `If-None-Match` names the revision: weak comparison, lists and `*` included (RFC 9110, 13.1.2).
fn asked_for(headers: &HeaderMap, revision: &str) -> bool {
    headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).any(|value| {
        value
            .split(',')
            .map(str::trim)
            .any(|one| one == "*" || one.trim_start_matches("W/").trim_matches('"') == revision)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_recognised_weak_strong_listed_or_as_a_star() {
        let asked = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static(value));
            asked_for(&headers, "7-a1")
        };
        for value in ["W/\"7-a1\"", "\"7-a1\"", "\"1\", W/\"7-a1\"", "*"] {
            assert!(asked(value), "{value}");
        }
        for value in ["W/\"7-a2\"", "", "7-a", "\"7\""] {
            assert!(!asked(value), "{value}");
        }
        assert!(!asked_for(&HeaderMap::new(), "7-a1"));
    }
}
