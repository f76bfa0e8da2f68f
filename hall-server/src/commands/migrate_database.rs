//! `hall-server migrate-database --to URL`: everything into another, empty database, such as from the embedded SQLite
//! into the district's PostgreSQL.

use super::{CommandError, open, verify};
use crate::files::default_folder;
use crate::store::{Store, halls, transfer};

/// Copies, then walks the copy's chains. The server must not run: what it wrote meanwhile would stay behind.
/// Files' bytes stay where they are.
pub(super) async fn run(from: &Store, address: &str, to: &str) -> Result<(), CommandError> {
    let target = open(to).await?;
    if !transfer::is_empty(&target).await? {
        return Err(CommandError::Refused("the database to write to is not empty; nothing was written".to_owned()));
    }
    let copied = transfer::copy(from, &target).await?;
    for (table, rows) in copied.iter().filter(|(_, rows)| *rows > 0) {
        println!("{table}: {rows}");
    }
    for hall in halls::all(&target).await? {
        let walk = verify::walk(&target, &hall.code).await?;
        if let Some(fault) = walk.fault {
            println!("{}: {fault}", walk.hall);
            return Err(CommandError::NotWhole);
        }
    }
    println!("copied {} rows; the history is whole", copied.iter().map(|(_, rows)| rows).sum::<usize>());
    if copied.iter().any(|(table, rows)| *table == "files" && *rows > 0)
        && default_folder(address) != default_folder(to)
    {
        println!("files' bytes stay where they are: serve with --files {}", default_folder(address).display());
    }
    Ok(())
}
