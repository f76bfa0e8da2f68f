//! The ZIP that a dossier is: the same content gives the same bytes, so that whoever verifies can make it anew and compare.

use std::io::{self, Read, Seek, Write};

use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Writes entries in the order in which they come, uncompressed and without times of their own.
pub(super) struct Archive<W: Write + Seek> {
    zip: ZipWriter<W>,
}

/// What was written of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub sha256: String,
    pub size: u64,
}

impl<W: Write + Seek> Archive<W> {
    pub(super) fn new(out: W) -> Self {
        Archive { zip: ZipWriter::new(out) }
    }

    pub(super) fn add(&mut self, path: &str, content: &mut dyn Read) -> io::Result<Written> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(DateTime::DEFAULT)
            .unix_permissions(0o644);
        self.zip.start_file(path, options).map_err(io::Error::other)?;
        let mut out = Hashing { out: &mut self.zip, digest: Sha256::new(), size: 0 };
        io::copy(content, &mut out)?;
        Ok(Written { sha256: crate::hex(&out.digest.finalize()), size: out.size })
    }

    pub(super) fn finish(self) -> io::Result<W> {
        self.zip.finish().map_err(io::Error::other)
    }
}

/// Passes on what is written, and keeps its digest.
pub(super) struct Hashing<W> {
    pub out: W,
    pub digest: Sha256,
    pub size: u64,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.digest.update(&bytes[..written]);
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
