//! The administrator's pages: the list of items and the editor of one.

mod editing;
mod form;
mod page;

use std::collections::HashMap;

use axum::Router;
use axum::extract::{Form, FromRequestParts, Query, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::catalogue::search::{Index, Searchable};
use protocol::problem::Code;
use serde::Deserialize;

use super::frame::{Frame, page as rendered};
use super::session::{MaybeSupervisor, Supervisor, sign_in_first};
use super::view::items::list::{ItemRow, ListPage};
use crate::AppState;
use crate::http::problem::ApiError;
use crate::store::{catalogue as rows, drafts};

/// Items on one page of the list.
const PAGE: usize = 50;

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/admin/items", get(list).post(new))
        .route("/admin/items/{code}", get(editing::show).post(editing::edit))
        .route("/admin/items/{code}/steps", post(editing::step))
        .route("/admin/items/{code}/publish", get(editing::before_publication))
}

/// The administrator who asks. Whoever is not signed in gets the form to sign in; other staff are refused.
#[derive(Debug)]
struct Administrator(Supervisor);

impl FromRequestParts<AppState> for Administrator {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let MaybeSupervisor(asker) =
            MaybeSupervisor::from_request_parts(parts, state).await.map_err(IntoResponse::into_response)?;
        match asker {
            Some(asker) if asker.may_edit_items() => Ok(Administrator(asker)),
            Some(_) => Err(ApiError::new(Code::Forbidden)
                .detail("只有管理员可以操作", "Only administrators may do this")
                .into_response()),
            None => Err(sign_in_first(parts)),
        }
    }
}

#[derive(Debug, Deserialize)]
struct Search {
    #[serde(default)]
    q: String,
    #[serde(default)]
    page: usize,
}

/// `GET /admin/items`.
async fn list(
    State(state): State<AppState>,
    Administrator(asker): Administrator,
    Query(search): Query<Search>,
    frame: Frame,
) -> Result<Response, ApiError> {
    rendered(&list_page(&state, frame, &asker, &search, String::new()).await?)
}

async fn list_page(
    state: &AppState,
    frame: Frame,
    asker: &Supervisor,
    search: &Search,
    message: String,
) -> Result<ListPage, ApiError> {
    let w = frame.w;
    let mut connection = state.store.reader().acquire().await?;
    let departments: HashMap<String, _> = rows::departments(&mut connection)
        .await?
        .into_iter()
        .map(|listed| (listed.department.code, listed.department.name))
        .collect();
    let standing = rows::standing_items(&mut connection).await?;
    drop(connection);
    let mut codes: Vec<&str> = standing.keys().map(String::as_str).collect();
    codes.sort_unstable();
    let query = search.q.trim();
    if !query.is_empty() {
        let index = Index::new(codes.iter().filter_map(|code| standing.get(*code)).map(|there| Searchable {
            code: &there.content.item.code,
            name: &there.content.item.name.zh,
            english: &there.content.item.name.en,
            department: departments.get(&there.content.item.department).map_or("", |name| name.zh.as_str()),
            themes: &[],
        }));
        let hits = index.find(query, standing.len());
        // A code is looked up as it stands, too: the index knows only its beginning.
        let by_code: Vec<&str> = codes.iter().copied().filter(|code| code.contains(query)).collect();
        let found: Vec<&str> =
            hits.iter().filter_map(|hit| standing.get_key_value(&hit.code)).map(|(code, _)| code.as_str()).collect();
        codes = by_code.iter().copied().chain(found.iter().copied().filter(|code| !by_code.contains(code))).collect();
    }
    let (found, first) = (codes.len(), search.page.saturating_mul(PAGE));
    let items = codes.iter().skip(first).take(PAGE).filter_map(|code| standing.get(*code)).map(|there| {
        let item = &there.content.item;
        ItemRow {
            code: item.code.clone(),
            name: item.name.pick(w.english).to_owned(),
            department: departments
                .get(&item.department)
                .map_or(item.department.as_str(), |d| d.pick(w.english))
                .to_owned(),
            version: item.version,
            state: if there.retired { "retired" } else { "in-force" },
            state_name: if there.retired { w.state_retired() } else { w.state_in_force() },
        }
    });
    let mut page = ListPage::new(frame, asker.viewer());
    page.items = items.collect();
    page.drafts = page.draft_rows(&drafts::all(&state.store).await?);
    page.found = found;
    page.before = search.page.checked_sub(1);
    page.after = (first.saturating_add(PAGE) < found).then_some(search.page + 1);
    page.query = search.q.clone();
    page.message = message;
    Ok(page)
}

#[derive(Debug, Deserialize)]
struct New {
    csrf: String,
    code: String,
}

/// `POST /admin/items`: the editor of an item that is not there yet, or of the one that is.
async fn new(
    State(state): State<AppState>,
    Administrator(asker): Administrator,
    frame: Frame,
    headers: HeaderMap,
    Form(new): Form<New>,
) -> Result<Response, ApiError> {
    if !asker.sent(&headers, &new.csrf) {
        return Err(ApiError::new(Code::Forbidden));
    }
    let code = new.code.trim();
    let item = protocol::catalogue::Item { code: code.to_owned(), ..Default::default() };
    let wrong = domain::catalogue::item::check(&item, |_| true)
        .into_iter()
        .find(|error| error.part() == domain::catalogue::item::Part::Code);
    if let Some(error) = wrong {
        let message = error.sentence().pick(frame.w.english).to_owned();
        let search = Search { q: String::new(), page: 0 };
        return rendered(&list_page(&state, frame, &asker, &search, message).await?);
    }
    Ok(Redirect::to(&format!("/admin/items/{}?lang={}&new=1", path(code), frame.w.code())).into_response())
}

/// A code as it stands in an address: codes may hold Chinese characters.
fn path(code: &str) -> String {
    use std::fmt::Write as _;
    code.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}
