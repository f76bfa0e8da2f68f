//! Papers set as PDF. Fonts are read once, when the first paper is asked for.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use notices::{Fonts, Notice, NoticeError};

/// Sets papers; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Printing(Arc<OnceLock<Fonts>>);

impl Printing {
    /// The paper as PDF. The setting takes a core for a while and is done beside the threads that answer.
    pub async fn pdf(&self, notice: Notice, fonts: Option<std::path::PathBuf>) -> Result<Vec<u8>, NoticeError> {
        let found = self.0.clone();
        let set = move || notices::render(&notice, fonts_of(&found, fonts.as_deref())?);
        tokio::task::spawn_blocking(set)
            .await
            .unwrap_or_else(|panic| Err(NoticeError::Typesetting { detail: panic.to_string() }))
    }
}

fn fonts_of<'a>(found: &'a OnceLock<Fonts>, folder: Option<&Path>) -> Result<&'a Fonts, NoticeError> {
    if let Some(fonts) = found.get() {
        return Ok(fonts);
    }
    let fonts = Fonts::find(folder)?;
    Ok(found.get_or_init(|| fonts))
}
