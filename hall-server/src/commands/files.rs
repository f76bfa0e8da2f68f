//! What an operator does about files' bytes: prove them, copy them along with a backup, sweep up what nobody refers to.

use std::io;
use std::path::PathBuf;

use clap::Args;

use super::CommandError;
use crate::files::vault::Vault;
use crate::files::{self, FileSettings};
use crate::store::{Store, files as rows};

/// How many rows are read at a time.
const PAGE: i64 = 500;

/// The option of every command that needs the files' folder.
#[derive(Debug, Args)]
pub(super) struct Folder {
    /// The folder of files' bytes; several servers share one [default: `files` beside an SQLite database, else data/files]
    #[arg(long = "files", value_name = "FOLDER", env = "HALL_FILES")]
    folder: Option<PathBuf>,
}

impl Folder {
    pub(super) fn of(&self, database: &str) -> PathBuf {
        self.folder.clone().unwrap_or_else(|| files::default_folder(database))
    }

    pub(super) fn vault(&self, database: &str) -> Vault {
        Vault::new(self.of(database))
    }
}

/// What is wrong with the bytes of a file.
#[derive(Debug, thiserror::Error)]
pub(super) enum FileFault {
    #[error("its bytes are missing")]
    Missing,
    #[error("it has {found} bytes instead of {expected}")]
    Size { expected: u64, found: u64 },
    #[error("its bytes were changed: their SHA-256 is {found}")]
    Altered { found: String },
    #[error("its bytes cannot be read: {0}")]
    Unreadable(io::Error),
}

/// How closely bytes are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// There, and as long as they should be.
    Sizes,
    /// Every digest is computed anew.
    Digests,
}

async fn look_at(vault: &Vault, digest: &str, size: i64, look: Look) -> Option<FileFault> {
    let expected = u64::try_from(size).unwrap_or_default();
    let read = match look {
        Look::Sizes => tokio::fs::metadata(vault.path_of(digest)).await.map(|there| (digest.to_owned(), there.len())),
        Look::Digests => vault.digest_again(digest).await,
    };
    match read {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Some(FileFault::Missing),
        Err(error) => Some(FileFault::Unreadable(error)),
        Ok((_, found)) if found != expected => Some(FileFault::Size { expected, found }),
        Ok((found, _)) if found != digest => Some(FileFault::Altered { found }),
        Ok(_) => None,
    }
}

/// Looks at everything that files refer to, and names the files whose bytes are not what they were; true where all are whole.
pub(super) async fn verify(store: &Store, vault: &Vault, look: Look) -> Result<bool, CommandError> {
    let (mut whole, mut checked) = (true, 0_usize);
    for_each_digest(store, async |digest, size| {
        checked += 1;
        if let Some(fault) = look_at(vault, digest, size, look).await {
            whole = false;
            let mut connection = store.reader().acquire().await?;
            for id in rows::with_digest(&mut connection, digest).await? {
                println!("file {id}: {fault}");
            }
        }
        Ok(())
    })
    .await?;
    if whole && checked > 0 {
        let how = if look == Look::Digests { "every digest fits" } else { "all there" };
        println!("files: {checked}, {how}");
    }
    Ok(whole)
}

/// Copies what files of `store` refer to, where it is not there yet, and proves each copy; returns how many were copied. What the live
/// database no longer refers to may be gone.
pub(super) async fn copy(store: &Store, from: &Vault, to: &Vault, live: &Store) -> Result<usize, CommandError> {
    to.open()
        .map_err(|source| CommandError::Io { what: format!("{} cannot be used", to.folder().display()), source })?;
    let (mut copied, mut whole) = (0, true);
    for_each_digest(store, async |digest, size| {
        if look_at(to, digest, size, Look::Sizes).await.is_none() {
            return Ok(());
        }
        match copy_one(from, to, digest).await {
            Ok(true) => copied += 1,
            Ok(false) => {
                println!("{digest}: its bytes were changed; they were not copied");
                whole = false;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut connection = live.reader().acquire().await?;
                if rows::refers_to(&mut connection, digest).await? {
                    println!("{digest}: its bytes are missing");
                    whole = false;
                }
            }
            Err(source) => return Err(CommandError::Io { what: format!("{digest} could not be copied"), source }),
        }
        Ok(())
    })
    .await?;
    if whole { Ok(copied) } else { Err(CommandError::FilesNotWhole) }
}

/// Copies one file; false where its bytes are no longer those of its name.
async fn copy_one(from: &Vault, to: &Vault, digest: &str) -> io::Result<bool> {
    let mut source = from.read(digest).await?;
    let mut incoming = to.receive().await?;
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let read = tokio::io::AsyncReadExt::read(&mut source, &mut buffer).await?;
        if read == 0 {
            break;
        }
        incoming.write(&buffer[..read]).await?;
    }
    if incoming.finish().await? != digest {
        return Ok(false);
    }
    to.place(&incoming, digest).await?;
    Ok(true)
}

/// Removes bytes that no file refers to: what a crash left between the bytes and their row.
pub(super) async fn sweep(store: &Store, vault: &Vault) -> Result<(), CommandError> {
    let failed = |source| CommandError::Io { what: format!("{} cannot be swept", vault.folder().display()), source };
    let mut removed = 0;
    for digest in vault.digests().map_err(failed)? {
        let mut tx = store.begin_write().await?;
        rows::lock(&mut tx, &digest).await?;
        if !rows::refers_to(&mut tx, &digest).await? {
            vault.remove(&digest).await.map_err(failed)?;
            removed += 1;
        }
        tx.rollback().await?;
    }
    println!("removed {removed} files that nothing refers to");
    Ok(())
}

async fn for_each_digest(
    store: &Store,
    mut act: impl AsyncFnMut(&str, i64) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    let mut last = String::new();
    loop {
        let page = {
            let mut connection = store.reader().acquire().await?;
            rows::digests_after(&mut connection, &last, PAGE).await?
        };
        let Some((end, _)) = page.last() else { return Ok(()) };
        last.clone_from(end);
        for (digest, size) in &page {
            act(digest, *size).await?;
        }
    }
}

/// A size such as `50M`, `512K` or a number of bytes.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let (number, unit) = match text.as_bytes().last() {
        Some(b'K' | b'k') => (&text[..text.len() - 1], 1024),
        Some(b'M' | b'm') => (&text[..text.len() - 1], 1024 * 1024),
        Some(b'G' | b'g') => (&text[..text.len() - 1], 1024 * 1024 * 1024),
        _ => (text, 1),
    };
    let bytes = number.parse::<u64>().ok().and_then(|number| number.checked_mul(unit)).filter(|bytes| *bytes > 0);
    bytes.ok_or_else(|| "a size is a number of bytes, or one with K, M or G".to_owned())
}

/// The settings of `serve`.
#[derive(Debug, Args)]
pub(super) struct Limits {
    #[command(flatten)]
    pub(super) folder: Folder,
    /// The largest file taken
    #[arg(long, value_name = "SIZE", default_value = "50M", value_parser = size)]
    file_limit: u64,
    /// The most that a ticket's files may have together
    #[arg(long, value_name = "SIZE", default_value = "200M", value_parser = size)]
    ticket_files_limit: u64,
    /// The most files of a ticket
    #[arg(long, value_name = "N", default_value_t = FileSettings::default().most_per_ticket)]
    ticket_files: u32,
}

impl Limits {
    pub(super) fn settings(&self, database: &str) -> FileSettings {
        FileSettings {
            folder: self.folder.of(database),
            largest: self.file_limit,
            largest_per_ticket: self.ticket_files_limit,
            most_per_ticket: self.ticket_files,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        assert_eq!(size("50M"), Ok(52_428_800));
        assert_eq!(size("512k"), Ok(524_288));
        assert_eq!(size("7"), Ok(7));
        for bad in ["", "M", "-1M", "0", "1T", "99999999999999999999G", "1.5M"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }
}
