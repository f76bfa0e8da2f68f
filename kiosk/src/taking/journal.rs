//! The journal on disk: one small file per ticket, replaced whole and synced at every step.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use protocol::Millis;

use super::Entry;

/// An idempotency key: 32 hexadecimal digits.
pub type Key = String;

/// How long settled entries are kept for whoever looks into a complaint.
const KEEP_MILLIS: Millis = 2 * 24 * 60 * 60 * 1000;

#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error("the ticket journal {path} cannot be used: {cause}", path = .path.display())]
    Io { path: PathBuf, cause: io::Error },
    #[error("the journal entry cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

#[derive(Debug)]
pub struct Journal {
    directory: PathBuf,
}

impl Journal {
    /// Opens or makes the journal and reads what an earlier run left. What cannot be read is put aside and logged: a kiosk must
    /// start, and an unreadable entry is never printed.
    pub fn open(directory: &Path, now: Millis) -> Result<(Self, Vec<(Key, Entry)>), JournalError> {
        let io = |cause| JournalError::Io { path: directory.to_owned(), cause };
        // Requests hold personal data: for this user alone.
        fs::DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(io)?;
        let journal = Journal { directory: directory.to_owned() };
        let mut entries = Vec::new();
        for file in fs::read_dir(directory).map_err(io)? {
            let path = file.map_err(io)?.path();
            match path.extension().and_then(|e| e.to_str()) {
                // A write that did not finish: the entry's last whole state stands beside it.
                Some("new") => fs::remove_file(&path).map_err(io)?,
                Some("json") => {
                    let key = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default().to_owned();
                    let read = fs::read(&path).map_err(io)?;
                    match serde_json::from_slice::<Entry>(&read) {
                        Ok(entry) if journal.is_stale(&entry, now) => fs::remove_file(&path).map_err(io)?,
                        Ok(entry) => entries.push((key, entry)),
                        Err(cause) => {
                            tracing::error!(path = %path.display(), %cause, "journal entry put aside: it cannot be read");
                            fs::rename(&path, path.with_extension("bad")).map_err(io)?;
                        }
                    }
                }
                _ => {}
            }
        }
        entries.sort_by_key(|(_, entry)| entry.at());
        Ok((journal, entries))
    }

    fn is_stale(&self, entry: &Entry, now: Millis) -> bool {
        let settled = matches!(entry, Entry::Printed { .. } | Entry::Failed { .. } | Entry::Closed { .. });
        settled && now - entry.at() > KEEP_MILLIS
    }

    /// Durable when it returns: the file is synced, then takes the old one's place, then the folder is synced.
    pub fn write(&self, key: &str, entry: &Entry) -> Result<(), JournalError> {
        let path = self.directory.join(format!("{key}.json"));
        let new = path.with_extension("new");
        let bytes = serde_json::to_vec(entry)?;
        let written = || -> io::Result<()> {
            let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            fs::rename(&new, &path)?;
            File::open(&self.directory)?.sync_all()
        };
        written().map_err(|cause| JournalError::Io { path: path.clone(), cause })
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use protocol::queue::{Identification, TakeTicket};

    use super::*;

    fn request() -> Entry {
        let request = TakeTicket {
            item: "i1".into(),
            identification: Identification::Phone { phone: "13800138000".into() },
            language: "zh".into(),
        };
        Entry::Requested { at: 1_000, request }
    }

    #[test]
    fn what_was_written_is_read_back_and_is_for_this_user_alone() {
        let folder = tempfile::tempdir().unwrap();
        let directory = folder.path().join("tickets");
        let (journal, none) = Journal::open(&directory, 1_000).unwrap();
        assert_eq!(none, []);
        journal.write("k1", &request()).unwrap();
        assert_eq!(fs::metadata(directory.join("k1.json")).unwrap().permissions().mode() & 0o777, 0o600);
        let (_, entries) = Journal::open(&directory, 1_000).unwrap();
        assert_eq!(entries, [("k1".to_owned(), request())]);
    }

    #[test]
    fn half_a_write_and_a_spoilt_file_do_not_keep_the_kiosk_from_starting() {
        let folder = tempfile::tempdir().unwrap();
        let (journal, _) = Journal::open(folder.path(), 1_000).unwrap();
        journal.write("k1", &request()).unwrap();
        fs::write(folder.path().join("k1.new"), b"{\"state\":\"pri").unwrap();
        fs::write(folder.path().join("k2.json"), b"{\"state\":\"pri").unwrap();
        let (_, entries) = Journal::open(folder.path(), 1_000).unwrap();
        assert_eq!(entries, [("k1".to_owned(), request())]);
        assert!(folder.path().join("k2.bad").exists());
    }

    #[test]
    fn settled_entries_go_after_two_days_and_open_ones_stay() {
        let folder = tempfile::tempdir().unwrap();
        let (journal, _) = Journal::open(folder.path(), 0).unwrap();
        journal.write("open", &request()).unwrap();
        journal.write("done", &Entry::Closed { at: 1_000 }).unwrap();
        let (_, entries) = Journal::open(folder.path(), 1_000 + KEEP_MILLIS + 1).unwrap();
        assert_eq!(entries.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(), ["open"]);
    }
}
