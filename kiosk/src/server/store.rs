//! The copy of the catalogue on disk: guides work while the server is away, and the first page stands before anything was asked.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use protocol::catalogue::Catalogue;

use crate::shelf::FrontPage;

#[derive(Debug, Clone)]
pub struct Store {
    directory: PathBuf,
}

impl Store {
    pub fn new(directory: &Path) -> Self {
        Store { directory: directory.to_owned() }
    }

    /// The first page as it was last time.
    pub fn front_page(&self) -> Option<FrontPage> {
        let bytes = fs::read(self.directory.join("front-page.json")).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// The catalogue as it was last time, with its tag.
    pub fn catalogue(&self) -> Option<(Catalogue, Option<String>)> {
        let bytes = fs::read(self.directory.join("catalogue.json")).ok()?;
        let catalogue = serde_json::from_slice(&bytes)
            .inspect_err(|error| tracing::warn!(%error, "the kept catalogue cannot be read and is fetched anew"))
            .ok()?;
        // A tag that belongs to another copy would keep an old catalogue for ever; it is written last.
        let tag = fs::read_to_string(self.directory.join("catalogue.etag")).ok();
        Some((catalogue, tag))
    }

    pub fn keep(&self, body: &[u8], tag: Option<&str>, front: &FrontPage) -> io::Result<()> {
        fs::create_dir_all(&self.directory)?;
        let tag_path = self.directory.join("catalogue.etag");
        if tag_path.exists() {
            fs::remove_file(&tag_path)?;
        }
        self.replace("catalogue.json", body)?;
        self.replace("front-page.json", &serde_json::to_vec(front)?)?;
        if let Some(tag) = tag {
            self.replace("catalogue.etag", tag.as_bytes())?;
        }
        Ok(())
    }

    fn replace(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let new = self.directory.join(format!("{name}.new"));
        fs::write(&new, bytes)?;
        fs::rename(&new, self.directory.join(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_catalogue_is_there_after_a_restart_and_a_spoilt_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path());
        assert!(store.catalogue().is_none() && store.front_page().is_none());
        let catalogue = crate::visit::sample::catalogue();
        let front = crate::shelf::Shelf::new(catalogue.clone()).front_page();
        store.keep(&serde_json::to_vec(&catalogue).unwrap(), Some("\"r1\""), &front).unwrap();
        assert_eq!(store.catalogue(), Some((catalogue, Some("\"r1\"".to_owned()))));
        assert_eq!(store.front_page(), Some(front));
        fs::write(folder.path().join("catalogue.json"), b"{").unwrap();
        assert!(store.catalogue().is_none());
    }
}
