//! The folder in which files' bytes lie, each under its SHA-256 (`ab/cdef…`). Bytes are written to a temporary file of the same folder,
//! synced, and renamed; what has a name is whole. Several servers may share the folder.

use std::fs::TryLockError;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tokio::fs;
use tokio::io::AsyncWriteExt;

use crate::identity::secrets;

/// Where files lie that are not whole yet.
const INCOMING: &str = "incoming";

/// Where previews lie; they can be made again.
const PREVIEWS: &str = "previews";

/// A folder of files.
#[derive(Debug, Clone)]
pub struct Vault {
    folder: PathBuf,
}

/// A file that is being received. Dropped before it is placed, it leaves nothing.
#[derive(Debug)]
pub struct Incoming {
    file: fs::File,
    path: PathBuf,
    digest: Sha256,
    size: u64,
}

impl Vault {
    /// The folder need not be there yet.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Vault { folder: folder.into() }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where bytes of this SHA-256 (64 hexadecimal digits) lie.
    pub fn path_of(&self, digest: &str) -> PathBuf {
        let (start, rest) = digest.split_at_checked(2).unwrap_or(("", digest));
        self.folder.join(start).join(rest)
    }

    /// Where the preview of bytes of this SHA-256 lies.
    pub fn preview_of(&self, digest: &str) -> PathBuf {
        self.folder.join(PREVIEWS).join(format!("{digest}.jpg"))
    }

    /// Makes the folder where it is absent, and removes what a crash left half received; returns how many those were.
    pub fn open(&self) -> io::Result<usize> {
        let incoming = self.folder.join(INCOMING);
        make_folder(&incoming)?;
        make_folder(&self.folder.join(PREVIEWS))?;
        let mut removed = 0;
        for entry in std::fs::read_dir(&incoming)? {
            let path = entry?.path();
            // Whoever is receiving holds the lock; a crash lets go of it.
            let file = match std::fs::File::open(&path) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            match file.try_lock() {
                Ok(()) => {
                    std::fs::remove_file(&path)?;
                    removed += 1;
                }
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        Ok(removed)
    }

    /// Begins to receive a file.
    pub async fn receive(&self) -> io::Result<Incoming> {
        let folder = self.folder.join(INCOMING);
        let (file, path) = unblocked(move || {
            make_folder(&folder)?;
            loop {
                let path = folder.join(secrets::code(22).map_err(io::Error::other)?);
                let file =
                    std::fs::OpenOptions::new().write(true).read(true).create_new(true).mode(0o600).open(&path)?;
                // Another server that starts in this instant may have taken it for a crash's.
                if file.try_lock().is_ok() && file.metadata()?.nlink() > 0 {
                    return Ok((file, path));
                }
            }
        })
        .await?;
        Ok(Incoming { file: fs::File::from_std(file), path, digest: Sha256::new(), size: 0 })
    }

    /// Puts a received file in its place. What lies there already is kept: it has the same bytes.
    pub async fn place(&self, incoming: &Incoming, digest: &str) -> io::Result<()> {
        let (from, to, size) = (incoming.path.clone(), self.path_of(digest), incoming.size);
        unblocked(move || {
            // A damaged file of another size does not stand in the way of its repair.
            if std::fs::metadata(&to).is_ok_and(|there| there.len() == size) {
                return Ok(());
            }
            let folder = to.parent().map(Path::to_path_buf).unwrap_or_default();
            make_folder(&folder)?;
            std::fs::rename(&from, &to)?;
            std::fs::File::open(&folder)?.sync_all()?;
            match folder.parent() {
                Some(root) => std::fs::File::open(root)?.sync_all(),
                None => Ok(()),
            }
        })
        .await
    }

    /// Opens the bytes of this SHA-256.
    pub async fn read(&self, digest: &str) -> io::Result<fs::File> {
        fs::File::open(self.path_of(digest)).await
    }

    /// Removes the bytes of this SHA-256 with their preview; gone already is well too.
    pub async fn remove(&self, digest: &str) -> io::Result<()> {
        for path in [self.preview_of(digest), self.path_of(digest)] {
            match fs::remove_file(path).await {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// The SHA-256 of what lies under this one, and its size, read anew.
    pub async fn digest_again(&self, digest: &str) -> io::Result<(String, u64)> {
        let path = self.path_of(digest);
        unblocked(move || {
            let mut reader = std::fs::File::open(path)?;
            let mut hash = Sha256::new();
            let mut buffer = vec![0; 256 * 1024];
            let mut size = 0;
            loop {
                let read = io::Read::read(&mut reader, &mut buffer)?;
                if read == 0 {
                    return Ok((crate::hex(&hash.finalize()), size));
                }
                hash.update(&buffer[..read]);
                size += read as u64;
            }
        })
        .await
    }

    /// Every SHA-256 that lies here.
    pub fn digests(&self) -> io::Result<Vec<String>> {
        let mut digests = Vec::new();
        let folders = match std::fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(digests),
            folders => folders?,
        };
        for folder in folders {
            let folder = folder?;
            let start = folder.file_name().to_string_lossy().into_owned();
            if start.len() != 2 || !folder.file_type()?.is_dir() {
                continue;
            }
            for file in std::fs::read_dir(folder.path())? {
                digests.push(format!("{start}{}", file?.file_name().to_string_lossy()));
            }
        }
        digests.sort_unstable();
        Ok(digests)
    }
}

impl Incoming {
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.digest.update(bytes);
        self.size += bytes.len() as u64;
        self.file.write_all(bytes).await
    }

    /// In bytes, so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Makes sure that the bytes are on the disk; returns their SHA-256 in hexadecimal.
    pub async fn finish(&mut self) -> io::Result<String> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        Ok(crate::hex(&self.digest.finalize_reset()))
    }

    /// The bytes again, from the beginning.
    pub fn reader(&self) -> io::Result<std::fs::File> {
        std::fs::File::open(&self.path)
    }
}

impl Drop for Incoming {
    /// A file that was placed no longer has this name.
    fn drop(&mut self) {
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, "a half-received file could not be removed");
            }
            _ => {}
        }
    }
}

/// Papers are their owners' own: nobody else on the machine reads them.
fn make_folder(folder: &Path) -> io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Does what waits for a disk where it stops nobody else.
pub(super) async fn unblocked<T: Send + 'static>(
    act: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(act).await.map_err(io::Error::other)?
}
