//! Rules of supervision loaded from a file: `[[rule]]` tables in TOML.

use std::path::{Path, PathBuf};

use domain::supervision::{RuleError, Rules};
use protocol::Millis;
use protocol::supervision::Rule;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::engine::outside::{self, Occurrence};
use crate::store::supervision_rules::{self, RulesRow};
use crate::store::{Store, StoreError};

#[derive(Debug, Error)]
pub enum LoadError {
    #[error("{path} cannot be read")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{path} does not have the form of rules")]
    Form { path: PathBuf, source: Box<toml::de::Error> },
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Rules(Vec<RuleError>),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for LoadError {
    fn from(error: sqlx::Error) -> Self {
        LoadError::Store(error.into())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rule: Vec<Rule>,
}

#[derive(Serialize)]
struct RulesChanged<'a> {
    kind: &'a str,
    version: i64,
    digest: &'a str,
    by: &'a str,
}

const KIND: &str = "rules-changed";

/// Puts a file's rules in force and returns their version. Signals that were raised stay; a running server then looks at every
/// open case anew ([`super::survey`]).
pub async fn load(store: &Store, path: &Path, by: &str, now: Millis) -> Result<i64, LoadError> {
    let text = std::fs::read_to_string(path).map_err(|source| LoadError::Read { path: path.to_owned(), source })?;
    let file: File =
        toml::from_str(&text).map_err(|source| LoadError::Form { path: path.to_owned(), source: Box::new(source) })?;
    let rules = Rules::new(file.rule).map_err(LoadError::Rules)?;
    let source = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut tx = store.begin_write().await?;
    let turns = outside::take_all_turns(&mut tx).await?;
    let (content, digest) = super::content(&rules);
    let row = RulesRow {
        version: supervision_rules::version(&mut tx).await? + 1,
        rules: rules.all().to_vec(),
        source,
        digest,
        loaded_at: now,
        loaded_by: by.to_owned(),
    };
    supervision_rules::add(&mut tx, &row, &content).await?;
    let body = RulesChanged { kind: KIND, version: row.version, digest: &row.digest, by };
    for (hall, turn) in &turns {
        let subject = "supervision:rules".to_owned();
        outside::record(&mut tx, hall, turn, Occurrence { at: now, kind: KIND, actor: by, subject, body: &body })
            .await?;
    }
    tx.commit().await?;
    Ok(row.version)
}
