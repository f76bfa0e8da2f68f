//! The scanner's folder, looked into on a thread of its own: it may lie on another computer.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, SystemTime};

use super::{DeviceNews, Sink};

/// How often the folder is looked into.
const PERIOD: Duration = Duration::from_secs(2);
/// How many of the newest files are offered.
const MOST: usize = 30;

/// Dropping it ends the watch.
#[derive(Debug)]
pub(super) struct Watch {
    _alive: mpsc::Sender<()>,
}

pub(super) fn watch(folder: PathBuf, sink: Sink) -> Watch {
    let (alive, ended) = mpsc::channel::<()>();
    let watching = thread::Builder::new().name("scans".to_owned()).spawn(move || {
        let mut known = None;
        loop {
            let found = newest(&folder);
            if known.as_ref() != Some(&found) {
                sink(DeviceNews::Scans(found.clone()));
                known = Some(found);
            }
            if ended.recv_timeout(PERIOD) != Err(RecvTimeoutError::Timeout) {
                return;
            }
        }
    });
    if let Err(cause) = watching {
        tracing::error!(%cause, "the scanner's folder is not watched");
    }
    Watch { _alive: alive }
}

/// The folder's files, the newest first. A folder that is not there has none: it may come.
fn newest(folder: &Path) -> Vec<PathBuf> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(cause) => {
            tracing::debug!(%cause, "the scanner's folder cannot be read");
            return Vec::new();
        }
    };
    let mut files: Vec<(SystemTime, PathBuf)> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let about = entry.metadata().ok().filter(fs::Metadata::is_file)?;
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            (!hidden).then_some((about.modified().ok()?, entry.path()))
        })
        .collect();
    files.sort_by(|a, b| b.cmp(a));
    files.into_iter().take(MOST).map(|(_, path)| path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_scan_comes_first_and_what_is_hidden_or_a_folder_does_not() {
        let folder = std::env::temp_dir().join(format!("scans-{}", std::process::id()));
        fs::create_dir_all(folder.join("inner")).unwrap();
        for (name, age) in [("old.pdf", 60), ("new.jpg", 1), (".part", 0)] {
            let file = fs::File::create(folder.join(name)).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000 - age)).unwrap();
        }
        let names: Vec<_> = newest(&folder).iter().map(|path| path.file_name().unwrap().to_owned()).collect();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(names, ["new.jpg", "old.pdf"]);
        assert!(newest(&folder).is_empty());
    }
}
