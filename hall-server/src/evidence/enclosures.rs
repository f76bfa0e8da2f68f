//! The files in a case's dossier: papers handed in, answers of registers that stand for papers, and notices issued.

use std::io::Cursor;

use sqlx::AnyConnection;

use super::dossier::{DossierError, Enclosure};
use crate::AppState;
use crate::files::kind::Kind;
use crate::notices;
use crate::store::cases::CaseRow;
use crate::store::{files, lookups, notices as papers};

/// Everything that belongs to the case as it stands. Files are opened here and read when the dossier is written.
pub(super) async fn of_case(
    state: &AppState,
    connection: &mut AnyConnection,
    row: &CaseRow,
) -> Result<Vec<Enclosure>, DossierError> {
    let mut enclosures = handed_in(state, connection, row).await?;
    enclosures.extend(pulled(connection, row).await?);
    for paper in papers::of_case(connection, &row.case.case_no).await? {
        let pdf = notices::http::set(state, connection, row, &paper).await.map_err(DossierError::View)?;
        enclosures.push(Enclosure {
            path: format!("notices/{:02}-{}.pdf", paper.serial, paper.facts.kind()),
            content: Box::new(Cursor::new(pdf)),
            sha256: None,
        });
    }
    Ok(enclosures)
}

async fn handed_in(
    state: &AppState,
    connection: &mut AnyConnection,
    row: &CaseRow,
) -> Result<Vec<Enclosure>, DossierError> {
    let mut enclosures = Vec::new();
    for document in &row.case.documents {
        for (place, file) in document.files.iter().enumerate() {
            let known = files::one(connection, &file.id).await?;
            let kind = known.and_then(|known| Kind::of_media_type(&known.media_type));
            let extension = kind.map_or_else(|| "bin".to_owned(), |kind| kind.name().to_lowercase());
            let path = format!("documents/{}/{}.{extension}", document.key, place + 1);
            let opened = state.files.vault.read(&file.digest).await;
            let content = opened.map_err(|source| DossierError::Io { path: path.clone(), source })?.into_std().await;
            enclosures.push(Enclosure { path, content: Box::new(content), sha256: Some(file.digest.clone()) });
        }
    }
    Ok(enclosures)
}

/// What was looked up instead of a paper, byte for byte as its event's digest was made of it.
async fn pulled(connection: &mut AnyConnection, row: &CaseRow) -> Result<Vec<Enclosure>, DossierError> {
    let looked_up = lookups::of_case(connection, &row.case.case_no).await?;
    let found = looked_up.into_iter().filter_map(|logged| Some((logged.lookup.document, logged.content?)));
    Ok(found
        .enumerate()
        .map(|(place, (document, content))| Enclosure {
            path: format!("documents/{document}/lookup-{}.json", place + 1),
            content: Box::new(Cursor::new(content.into_bytes())),
            sha256: None,
        })
        .collect())
}
