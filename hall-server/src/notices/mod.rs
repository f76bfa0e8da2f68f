//! Papers (文书): which a case has issued, as PDF, and the page that says whether a paper is real and still in force.

mod compose;
pub mod http;
pub mod printing;
pub mod settings;

use axum::Router;
use axum::routing::get;
use domain::civil;

use crate::AppState;
use crate::store::notices::NoticeRow;

/// Addresses under `/api/v1`.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/cases/{case_no}/notices", get(http::of_case))
        .route("/cases/{case_no}/notices/{serial}", get(http::pdf))
}

/// A paper's number (文书编号): year, the case, and its place among the case's papers.
pub fn number(row: &NoticeRow) -> String {
    format!("〔{}〕{}-{:02}号", civil::day(row.issued_at).year(), row.case_no, row.serial)
}
