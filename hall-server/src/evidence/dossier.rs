//! A case's dossier (案卷): one ZIP with what happened, the papers, and the proof that it is what the hall's history says.

use std::collections::HashSet;
use std::fmt;
use std::io::{self, Read, Seek, Write};

use protocol::Millis;
use protocol::staff::User;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::archive::Archive;
use super::enclosures;
use super::head::SignedHead;
use super::keys::Algorithm;
use super::proof::{self, Proof};
use super::signer::{self, EvidenceError, Signer, When};
use crate::AppState;
use crate::cases::view;
use crate::engine::chain::{self, Event};
use crate::http::problem::ApiError;
use crate::store::{StoreError, cases, events};

pub(super) const README: &str = "README.txt";
pub(super) const CASE: &str = "case.json";
pub(super) const EVENTS: &str = "events.jsonl";
pub(super) const PROOF: &str = "proof.json";
pub(super) const HEAD: &str = "head.json";
pub(super) const HEAD_SIGNATURE: &str = "head.sig";
pub(super) const PUBLIC_KEY: &str = "public-key.pem";
pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const SEAL: &str = "manifest.sig";

/// The folders for files of other rooms.
pub(super) const FOLDERS: [&str; 2] = ["documents/", "notices/"];

/// A file that goes into a dossier: a paper of the applicant, or a notice.
pub struct Enclosure {
    /// Such as `documents/id-card/1.pdf` or `notices/acceptance.pdf`; letters of any script, no `..`.
    pub path: String,
    /// Read to its end when the dossier is written.
    pub content: Box<dyn Read + Send>,
    /// The SHA-256 that it must have, in hexadecimal: a file that is another by now is not passed on.
    pub sha256: Option<String>,
}

impl fmt::Debug for Enclosure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enclosure").field("path", &self.path).finish_non_exhaustive()
    }
}

#[derive(Debug, thiserror::Error)]
pub enum DossierError {
    #[error("the server has no signing key")]
    NoKey,
    #[error("there is no case {0}")]
    UnknownCase(String),
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    #[error("no head is signed")]
    NoHead,
    #[error("the case cannot be shown: {0:?}")]
    View(ApiError),
    #[error("{path} is no name for a file in documents/ or notices/, or is there twice")]
    Path { path: String },
    #[error("{path} is not the file that was filed: its SHA-256 is {found}, not {expected}")]
    Differs { path: String, expected: String, found: String },
    #[error("{path} could not be put into the dossier")]
    Io { path: String, source: io::Error },
    #[error("the dossier's JSON could not be written")]
    Json(#[from] serde_json::Error),
}

impl From<StoreError> for DossierError {
    fn from(error: StoreError) -> Self {
        DossierError::Evidence(error.into())
    }
}

impl From<sqlx::Error> for DossierError {
    fn from(error: sqlx::Error) -> Self {
        DossierError::Evidence(error.into())
    }
}

/// What the dossier holds: `manifest.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    /// 1 for now.
    pub version: i64,
    pub case_no: String,
    /// When the dossier was made, in epoch milliseconds UTC.
    pub made_at: Millis,
    /// The hash of the head in it.
    pub head: String,
    pub algorithm: Algorithm,
    /// The fingerprint of the key that signs manifest and head.
    pub key: String,
    /// In the archive's order.
    pub entries: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub path: String,
    pub sha256: String,
    pub size: u64,
    /// The turn of the case's event that names this digest, for files of documents and notices.
    pub named_by: Option<i64>,
}

/// A dossier, ready to be written.
#[derive(Debug)]
pub struct Dossier {
    signer: Signer,
    case_no: String,
    made_at: Millis,
    case: Value,
    events: Vec<Event>,
    head: SignedHead,
    proof: Proof,
    enclosures: Vec<Enclosure>,
}

/// Reads everything about a case in one instant, with a head that speaks of it: where the case has gone on since the last
/// one, another is signed first. Whether the asker may see the case has been decided before.
pub async fn gather(state: &AppState, case_no: &str, asker: &User) -> Result<Dossier, DossierError> {
    let signer = state.signer.clone().ok_or(DossierError::NoKey)?;
    signer.sign(When::Wanted).await?;
    let mut tx = state.store.begin_read().await?;
    let row = cases::one(&mut tx, case_no).await?.ok_or_else(|| DossierError::UnknownCase(case_no.to_owned()))?;
    let events = events::of_dossier(&mut tx, case_no).await?;
    let head = signer::last(&mut tx).await?.ok_or(DossierError::NoHead)?;
    let proof = proof::prove(&mut tx, &events, &head).await?;
    let enclosures = enclosures::of_case(state, &mut tx, &row).await?;
    let case = view::case(state, &mut tx, row, asker).await.map_err(DossierError::View)?;
    tx.rollback().await?;
    let mut case = serde_json::to_value(case)?;
    // What belongs to whoever looks, not to the record: what they may do next, and the code that opens the phone page.
    for key in ["actions", "query_code", "query_url"] {
        case.as_object_mut().map(|case| case.remove(key));
    }
    let made_at = state.clock.now();
    let dossier =
        Dossier { signer, case_no: case_no.to_owned(), made_at, case, events, head, proof, enclosures: Vec::new() };
    dossier.enclosing(enclosures)
}

/// Whether a path leads into the folders for files and nowhere else, on any system.
pub(super) fn is_good_path(path: &str) -> bool {
    let good = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', ':', '\0']);
    FOLDERS.iter().any(|folder| path.starts_with(folder)) && path.split('/').all(good) && path.len() <= 1000
}

impl Dossier {
    /// With these files besides, in the order of their paths.
    pub fn enclosing(mut self, files: Vec<Enclosure>) -> Result<Self, DossierError> {
        self.enclosures.extend(files);
        self.enclosures.sort_by(|a, b| a.path.cmp(&b.path));
        let mut paths = HashSet::new();
        match self.enclosures.iter().find(|e| !is_good_path(&e.path) || !paths.insert(e.path.as_str())) {
            Some(bad) => Err(DossierError::Path { path: bad.path.clone() }),
            None => Ok(self),
        }
    }

    /// Writes the ZIP. It reads files, so it belongs on a thread that may wait.
    pub fn write<W: Write + Seek>(self, out: W) -> Result<W, DossierError> {
        let key = self.signer.key();
        let public = key.public();
        let mut events = String::new();
        for event in &self.events {
            events.push_str(&chain::line(event));
            events.push('\n');
        }
        let case = serde_json_canonicalizer::to_string(&self.case)?;
        let proof = serde_json_canonicalizer::to_string(&self.proof)?;
        let readme = self.readme();
        let mut archive = Archive::new(out);
        let mut entries = Vec::new();
        let own: [(&str, &[u8]); 7] = [
            (README, readme.as_bytes()),
            (CASE, case.as_bytes()),
            (EVENTS, events.as_bytes()),
            (PROOF, proof.as_bytes()),
            (HEAD, self.head.text.as_bytes()),
            (HEAD_SIGNATURE, &self.head.signature),
            (PUBLIC_KEY, public.pem.as_bytes()),
        ];
        for (path, mut content) in own {
            entries.push(add(&mut archive, path, &mut content)?);
        }
        for mut enclosure in self.enclosures {
            let mut entry = add(&mut archive, &enclosure.path, &mut enclosure.content)?;
            if let Some(expected) = enclosure.sha256.filter(|expected| *expected != entry.sha256) {
                return Err(DossierError::Differs { path: enclosure.path, expected, found: entry.sha256 });
            }
            entry.named_by = self.events.iter().find(|e| e.draft.body.contains(&entry.sha256)).map(|e| e.draft.turn);
            entries.push(entry);
        }
        let manifest = serde_json_canonicalizer::to_string(&Manifest {
            version: 1,
            case_no: self.case_no,
            made_at: self.made_at,
            head: self.head.hash(),
            algorithm: public.algorithm(),
            key: public.fingerprint.clone(),
            entries,
        })?;
        let seal = key.sign(manifest.as_bytes());
        add(&mut archive, MANIFEST, &mut manifest.as_bytes())?;
        add(&mut archive, SEAL, &mut seal.as_slice())?;
        archive.finish().map_err(|source| DossierError::Io { path: "its directory".to_owned(), source })
    }

    fn readme(&self) -> String {
        let public = self.signer.key().public();
        let how = match public.algorithm() {
            Algorithm::Ed25519 => "-rawin",
            Algorithm::Sm2 => "-rawin -digest sm3 -pkeyopt distid:1234567812345678",
        };
        let openssl = |file: &str, signature: &str| {
            format!("openssl pkeyutl -verify -pubin -inkey public-key.pem {how} -in {file} -sigfile {signature}")
        };
        include_str!("readme.txt")
            .replace("{case_no}", &self.case_no)
            .replace("{head}", &self.head.head.sequence.to_string())
            .replace("{algorithm}", public.algorithm().as_str())
            .replace("{key}", &public.fingerprint)
            .replace("{openssl_manifest}", &openssl(MANIFEST, SEAL))
            .replace("{openssl_head}", &openssl(HEAD, HEAD_SIGNATURE))
    }
}

fn add<W: Write + Seek>(archive: &mut Archive<W>, path: &str, content: &mut dyn Read) -> Result<Entry, DossierError> {
    let written = archive.add(path, content).map_err(|source| DossierError::Io { path: path.to_owned(), source })?;
    Ok(Entry { path: path.to_owned(), sha256: written.sha256, size: written.size, named_by: None })
}
