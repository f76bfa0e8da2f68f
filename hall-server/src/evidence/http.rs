//! `GET /api/v1/cases/{case_no}/dossier`.

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use protocol::problem::{Code, Problem};
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use super::dossier::{self, Dossier, DossierError};
use crate::AppState;
use crate::cases::reading;
use crate::http::asker::Staff;
use crate::http::problem::ApiError;
use crate::store::StoreError;

/// How much of a dossier is sent at a time, in bytes.
const PIECE: usize = 64 * 1024;

/// The dossier of a case as a ZIP archive. Staff who see the case may have it.
#[utoipa::path(get, path = "/api/v1/cases/{case_no}/dossier", tag = "cases", params(("case_no" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/zip"), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub async fn dossier(
    State(state): State<AppState>,
    Path(case_no): Path<String>,
    staff: Staff,
) -> Result<Response, ApiError> {
    let mut connection = state.store.reader().acquire().await?;
    reading::visible(&mut connection, &case_no, staff.user()).await?;
    drop(connection);
    let dossier = dossier::gather(&state, &case_no, staff.user()).await?;
    let file = tokio::task::spawn_blocking(move || write(dossier)).await;
    let file = file.map_err(|_| ApiError::from(StoreError::Panicked))??;
    tracing::info!(case_no, user = staff.user().username, "dossier made");
    let name = format!("attachment; filename=\"{case_no}.zip\"");
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, stream(tokio::fs::File::from_std(file)).await?).into_response())
}

/// Into a file without a name, which the system clears away: dossiers may be large.
fn write(dossier: Dossier) -> Result<std::fs::File, DossierError> {
    let file = tempfile::tempfile().map_err(|source| DossierError::Io { path: "its file".to_owned(), source })?;
    dossier.write(file)
}

async fn stream(mut file: tokio::fs::File) -> Result<Body, ApiError> {
    let failed = |source| DossierError::Io { path: "its file".to_owned(), source };
    file.rewind().await.map_err(failed)?;
    Ok(Body::from_stream(futures_util::stream::try_unfold(file, async |mut file| {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then_some((Bytes::from(piece), file)))
    })))
}

impl From<DossierError> for ApiError {
    fn from(error: DossierError) -> Self {
        match error {
            DossierError::NoKey => ApiError::new(Code::NoEvidenceKey),
            DossierError::UnknownCase(_) => ApiError::new(Code::UnknownCase),
            DossierError::View(error) => error,
            error => {
                tracing::error!(error = &error as &dyn std::error::Error, "no dossier was made");
                ApiError::new(Code::Internal)
            }
        }
    }
}
