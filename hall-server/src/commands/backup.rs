//! `hall-server backup` and `restore`, for SQLite with the files' bytes. PostgreSQL has its own tools, and its files' folder is copied by
//! the ones that copy folders.

use std::path::{Path, PathBuf};

use super::{CommandError, files, open};
use crate::files::vault::Vault;
use crate::store::{Engine, Store};

const FOR_POSTGRES: &str =
    "this works on SQLite only; for PostgreSQL use pg_dump and pg_restore, and copy the files' folder";

/// Writes a consistent copy while the server runs, and then what its files refer to into `files` beside it, where that is not there yet:
/// backups in one folder share their files.
pub(super) async fn backup(store: &Store, file: &Path, vault: &Vault) -> Result<(), CommandError> {
    if store.engine() == Engine::Postgres {
        return Err(CommandError::Refused(FOR_POSTGRES.to_owned()));
    }
    if file.exists() {
        return Err(CommandError::Refused(format!("{} is there already", file.display())));
    }
    let Some(name) = file.to_str() else {
        return Err(CommandError::Refused("the file's name must be UTF-8".to_owned()));
    };
    store.copy_into(name).await?;
    let beside = Vault::new(file.with_file_name("files"));
    let copy = open(&format!("sqlite://{name}")).await?;
    let copied = files::copy(&copy, vault, &beside, store).await;
    copy.close().await;
    println!("wrote {}", file.display());
    println!("copied {} files into {}", copied?, beside.folder().display());
    Ok(())
}

/// Puts a copy in the database's place, and the files beside it into the files' folder where they are not there.
pub(super) async fn restore(address: &str, file: &Path, replace: bool, vault: &Vault) -> Result<(), CommandError> {
    let Some(database) = address.strip_prefix("sqlite:") else {
        return Err(CommandError::Refused(FOR_POSTGRES.to_owned()));
    };
    let database = PathBuf::from(database.trim_start_matches("//").split('?').next().unwrap_or_default());
    put_in_place(&database, file, replace)?;
    println!("restored {}", database.display());
    let store = open(address).await?;
    let copied = files::copy(&store, &Vault::new(file.with_file_name("files")), vault, &store).await;
    store.close().await;
    println!("copied {} files into {}", copied?, vault.folder().display());
    Ok(())
}

fn put_in_place(database: &Path, file: &Path, replace: bool) -> Result<(), CommandError> {
    let failed = |what: String| move |source| CommandError::Io { what, source };
    let mut start = [0u8; 16];
    let read = std::fs::File::open(file)
        .and_then(|mut f| std::io::Read::read(&mut f, &mut start))
        .map_err(failed(format!("{} could not be read", file.display())))?;
    if read < 16 || &start != b"SQLite format 3\0" {
        return Err(CommandError::Refused(format!("{} is not an SQLite database", file.display())));
    }
    if database.exists() && !replace {
        return Err(CommandError::Refused(format!(
            "{} is there already; --replace puts the copy in its place",
            database.display()
        )));
    }
    if let Some(folder) = database.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(failed(format!("{} could not be made", folder.display())))?;
    }
    // Copied beside and renamed, so that a full disk leaves the old database as it was.
    let beside = database.with_extension("restoring");
    std::fs::copy(file, &beside).map_err(failed(format!("{} could not be written", beside.display())))?;
    for log in ["-wal", "-shm"] {
        let mut name = database.to_path_buf().into_os_string();
        name.push(log);
        let _ = std::fs::remove_file(name);
    }
    std::fs::rename(&beside, database).map_err(failed(format!("{} could not be put in place", database.display())))
}
