//! Web pages: boards, the phone's pages, the supervisor's page, the administrator's editor. Each is a template and a view that fills it ([`view`]);
//! nothing is loaded from elsewhere, and no page holds more than its reader may know.

pub mod admin;
mod apply;
pub mod assets;
pub mod board;
pub mod follow;
pub mod frame;
pub mod index;
pub mod level;
mod notice;
pub mod prepare;
pub mod session;
pub mod speech;
mod supervision;
pub mod supervisor;
pub mod times;
pub mod view;
mod withdraw;
pub mod words;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router, middleware};
use protocol::problem::Problem;

use crate::{AppState, preparation};

/// The pages' addresses, from the root.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/", get(index::show))
        .route("/static/{file}", get(assets::serve))
        .route("/halls/{hall}/board", get(board::show))
        .route("/halls/{hall}/speech/{file}", get(speech::call))
        .route("/t/{code}", get(follow::ticket))
        .route("/t/{code}/part", get(follow::ticket_part))
        .route("/t/{code}/prepare", get(prepare::show))
        .route("/t/{code}/prepare/strip", get(prepare::strip))
        .route("/t/{code}/prepare/answers", post(prepare::answers))
        .route("/t/{code}/prepare/form", post(prepare::form))
        .route("/t/{code}/prepare/send", post(prepare::send))
        .route("/t/{code}/files/{file}", get(preparation::http::download))
        .route("/t/{code}/files/{file}/preview", get(preparation::http::preview))
        .route("/t/{code}/files/{file}/take-back", post(prepare::take_back))
        .route("/apply", get(apply::list))
        .route("/apply/{item}", get(apply::item).post(apply::start))
        .route("/s/{code}", get(apply::show))
        .route("/s/{code}/prepare/answers", post(apply::answers))
        .route("/s/{code}/prepare/form", post(apply::form))
        .route("/s/{code}/send", post(apply::send))
        .route("/s/{code}/files/{file}", get(apply::download))
        .route("/s/{code}/files/{file}/preview", get(apply::preview))
        .route("/s/{code}/files/{file}/take-back", post(apply::take_back))
        .route("/c/{code}", get(follow::case))
        .route("/c/{code}/withdraw", get(withdraw::ask).post(withdraw::answer))
        .route("/c/{code}/notices/{serial}", get(notice::paper))
        .route("/n/{code}", get(notice::verify))
        .route("/supervisor", get(supervisor::show))
        .route("/supervisor/halls/{hall}", get(supervisor::show_hall))
        .route("/supervisor/events", get(supervisor::events))
        .route("/supervisor/sign-in", post(session::sign_in))
        .route("/supervisor/sign-out", post(session::sign_out))
        .merge(supervision::router())
        .merge(admin::router())
        .layer(Extension(Arc::new(speech::Speech::default())))
        .layer(middleware::from_fn(frame::guarded))
}

/// Pages' addresses whose bodies are streamed.
pub fn uploads() -> Router<AppState> {
    Router::new()
        .route("/t/{code}/prepare/documents/{document}", post(prepare::upload))
        .route("/s/{code}/prepare/documents/{document}", post(apply::upload))
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn(frame::guarded))
}

/// A person with a browser, who is better served with a page than with problem+json.
#[derive(Debug)]
pub struct Browser {
    frame: frame::Frame,
}

impl Browser {
    /// Who asks, where a browser asks for something outside the API.
    pub fn of(uri: &Uri, headers: &HeaderMap) -> Option<Self> {
        let accepts = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let asks_for_page = accepts.contains("text/html") && !uri.path().starts_with("/api/");
        asks_for_page.then(|| Browser { frame: frame::Frame::new(frame::language(uri, headers), uri.path()) })
    }

    pub fn english(&self) -> bool {
        self.frame.w.english
    }

    /// A problem as a page; `None` where even that could not be rendered.
    pub fn page(self, problem: &Problem) -> Option<Response> {
        let mut response = frame::page(&view::error::ErrorPage::new(self.frame, problem)).ok()?;
        *response.status_mut() = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        frame::guard(response.headers_mut());
        Some(response)
    }
}
