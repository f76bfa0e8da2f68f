//! Copies of signed heads in a folder that lies elsewhere, such as on a mounted share: one file a day, one line a head.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use domain::civil;
use protocol::Millis;

use super::head::{HeadError, SignedHead};

#[derive(Debug, thiserror::Error)]
pub enum CopiesError {
    #[error("{path} could not be {done}")]
    Io { path: PathBuf, done: &'static str, source: io::Error },
    #[error("{path}, line {line}: {source}")]
    Line { path: PathBuf, line: usize, source: HeadError },
    #[error("{path}, line {line}: there is another head {sequence} among the copies, and it says something else")]
    TwoHeads { path: PathBuf, line: usize, sequence: i64 },
}

/// The file of a day's heads.
fn file_name(at: Millis) -> String {
    format!("heads-{}.jsonl", civil::day(at))
}

/// Appends heads, each by one write that has reached the disk before the next begins.
pub fn append(folder: &Path, heads: &[SignedHead]) -> Result<(), CopiesError> {
    for signed in heads {
        let path = folder.join(file_name(signed.head.at));
        append_line(&path, &signed.to_line()).map_err(|source| CopiesError::Io { path, done: "written", source })?;
    }
    Ok(())
}

fn append_line(path: &Path, line: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
    let mut text = String::with_capacity(line.len() + 2);
    if ends_mid_line(&mut file)? {
        text.push('\n');
    }
    text.push_str(line);
    text.push('\n');
    file.write_all(text.as_bytes())?;
    file.sync_data()
}

/// Whether an earlier write was cut off.
fn ends_mid_line(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

/// The newest head that the folder holds; 0 for none.
pub fn last_sequence(folder: &Path) -> Result<i64, CopiesError> {
    for path in files(folder)?.into_iter().rev() {
        let text = read_text(&path)?;
        if let Some(signed) = text.lines().rev().find_map(|line| SignedHead::from_line(line).ok()) {
            return Ok(signed.head.sequence);
        }
    }
    Ok(0)
}

/// All heads of a file, or of a folder's files, by sequence. A line cut off by a write that failed counts as absent where
/// the next line repeats it whole, or where it is the last; any other line that is no head is an error.
pub fn read(path: &Path) -> Result<BTreeMap<i64, SignedHead>, CopiesError> {
    let paths = if path.is_dir() { files(path)? } else { vec![path.to_owned()] };
    let mut heads: BTreeMap<i64, SignedHead> = BTreeMap::new();
    for path in paths {
        let text = read_text(&path)?;
        let lines: Vec<&str> = text.lines().collect();
        for (place, line) in lines.iter().enumerate() {
            let signed = match SignedHead::from_line(line) {
                Ok(signed) => signed,
                Err(_) if line.is_empty() => continue,
                Err(source) => {
                    let cut_off = match lines.get(place + 1) {
                        Some(next) => next.starts_with(line),
                        None => !text.ends_with('\n'),
                    };
                    if cut_off {
                        continue;
                    }
                    return Err(CopiesError::Line { path, line: place + 1, source });
                }
            };
            let sequence = signed.head.sequence;
            match heads.get(&sequence) {
                // Two servers may both have caught up.
                Some(there) if there.text == signed.text => {}
                Some(_) => return Err(CopiesError::TwoHeads { path, line: place + 1, sequence }),
                None => _ = heads.insert(sequence, signed),
            }
        }
    }
    Ok(heads)
}

/// The folder's files of heads, by day.
fn files(folder: &Path) -> Result<Vec<PathBuf>, CopiesError> {
    let failed = |source| CopiesError::Io { path: folder.to_owned(), done: "read", source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.starts_with("heads-") && name.ends_with(".jsonl") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn read_text(path: &Path) -> Result<String, CopiesError> {
    std::fs::read_to_string(path).map_err(|source| CopiesError::Io { path: path.to_owned(), done: "read", source })
}
