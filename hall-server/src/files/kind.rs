//! What a file is, by its bytes and never by its name: only what people bring to a hall is taken.

use std::io::{self, Read, Seek, SeekFrom};

/// How many bytes of a file's beginning say what family it is of.
pub const HEAD: usize = 64;

/// The most that a zip's table of contents may hold, in bytes; office files have a few kilobytes.
const LARGEST_CONTENTS: u64 = 1024 * 1024;

/// Kinds of files that are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Jpeg,
    Png,
    Webp,
    /// HEIC and HEIF, as phones photograph.
    Heif,
    Tiff,
    Pdf,
    /// GB/T 33190 版式文件, the format of electronic certificates and invoices.
    Ofd,
    Docx,
    Xlsx,
}

/// What a file's beginning says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    Known(Kind),
    /// A zip: which of the kinds inside one it is stands in its table of contents, at its end.
    Zip,
    Other,
}

impl Kind {
    pub const ALL: [Kind; 9] =
        [Kind::Jpeg, Kind::Png, Kind::Webp, Kind::Heif, Kind::Tiff, Kind::Pdf, Kind::Ofd, Kind::Docx, Kind::Xlsx];

    pub fn media_type(self) -> &'static str {
        match self {
            Kind::Jpeg => "image/jpeg",
            Kind::Png => "image/png",
            Kind::Webp => "image/webp",
            Kind::Heif => "image/heic",
            Kind::Tiff => "image/tiff",
            Kind::Pdf => "application/pdf",
            Kind::Ofd => "application/ofd",
            Kind::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Kind::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Jpeg => "JPEG",
            Kind::Png => "PNG",
            Kind::Webp => "WebP",
            Kind::Heif => "HEIC",
            Kind::Tiff => "TIFF",
            Kind::Pdf => "PDF",
            Kind::Ofd => "OFD",
            Kind::Docx => "DOCX",
            Kind::Xlsx => "XLSX",
        }
    }

    pub fn of_media_type(media_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.media_type() == media_type)
    }

    /// Whether people can look at it without another program.
    pub fn has_preview(self) -> bool {
        self == Kind::Pdf || self.picture().is_some()
    }

    /// The picture format that it is, where previews can be made of it.
    pub fn picture(self) -> Option<image::ImageFormat> {
        match self {
            Kind::Jpeg => Some(image::ImageFormat::Jpeg),
            Kind::Png => Some(image::ImageFormat::Png),
            Kind::Webp => Some(image::ImageFormat::WebP),
            _ => None,
        }
    }

    /// All names, for a sentence.
    pub fn all_names() -> String {
        Self::ALL.map(Kind::name).join(", ")
    }
}

/// What the first [`HEAD`] bytes (or all, where there are fewer) say.
pub fn family(head: &[u8]) -> Family {
    let known = match head {
        [0xff, 0xd8, 0xff, ..] => Kind::Jpeg,
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Kind::Png,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Kind::Webp,
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Kind::Tiff,
        [b'%', b'P', b'D', b'F', b'-', ..] => Kind::Pdf,
        [b'P', b'K', 3, 4, ..] => return Family::Zip,
        _ if is_heif(head) => Kind::Heif,
        _ => return Family::Other,
    };
    Family::Known(known)
}

/// An ISO base media file whose brands say that it holds HEVC pictures; videos and AVIF have the same beginning.
fn is_heif(head: &[u8]) -> bool {
    let (Some(size), Some(b"ftyp")) = (head.first_chunk::<4>(), head.get(4..8)) else { return false };
    let end = head.len().min(u32::from_be_bytes(*size) as usize);
    let brands = |from: usize| head.get(from..end).unwrap_or_default().chunks_exact(4);
    let hevc = |brand: &[u8]| matches!(brand, b"heic" | b"heix" | b"heim" | b"heis");
    match head.get(8..12) {
        Some(brand) if hevc(brand) => true,
        Some(b"mif1" | b"msf1") => brands(16).any(hevc),
        _ => false,
    }
}

/// Which kind a zip of `size` bytes is, by the names in its table of contents; `None` for any other zip, for a damaged one, and for
/// office files with macros.
pub fn inside_zip(file: &mut (impl Read + Seek), size: u64) -> io::Result<Option<Kind>> {
    let Some(contents) = contents(file, size)? else { return Ok(None) };
    let Some(names) = names(&contents) else { return Ok(None) };
    let has = |name: &str| names.contains(&name.as_bytes());
    let office = has("[Content_Types].xml") && !names.iter().any(|name| name.ends_with(b"vbaProject.bin"));
    Ok(if has("OFD.xml") {
        Some(Kind::Ofd)
    } else if office && has("word/document.xml") {
        Some(Kind::Docx)
    } else if office && has("xl/workbook.xml") {
        Some(Kind::Xlsx)
    } else {
        None
    })
}

/// The bytes of a zip's central directory (APPNOTE 4.3.12), found by the record at its end (4.3.16).
fn contents(file: &mut (impl Read + Seek), size: u64) -> io::Result<Option<Vec<u8>>> {
    const RECORD: usize = 22;
    const LONGEST_COMMENT: u64 = 65_535;
    let tail_size = size.min(RECORD as u64 + LONGEST_COMMENT);
    let mut tail = vec![0; tail_size as usize];
    file.seek(SeekFrom::Start(size - tail_size))?;
    file.read_exact(&mut tail)?;
    let Some(at) = tail.windows(RECORD).rposition(|record| record.starts_with(b"PK\x05\x06")) else { return Ok(None) };
    let number = |from: usize| {
        let bytes = tail.get(at + from..at + from + 4).and_then(|b| b.first_chunk::<4>());
        u64::from(bytes.map_or(u32::MAX, |b| u32::from_le_bytes(*b)))
    };
    let (length, start) = (number(12), number(16));
    if length > LARGEST_CONTENTS || start + length > size {
        return Ok(None);
    }
    let mut contents = vec![0; length as usize];
    file.seek(SeekFrom::Start(start))?;
    file.read_exact(&mut contents)?;
    Ok(Some(contents))
}

/// The names in a central directory; `None` where it is damaged.
fn names(contents: &[u8]) -> Option<Vec<&[u8]>> {
    const HEADER: usize = 46;
    let mut names = Vec::new();
    let mut rest = contents;
    while !rest.is_empty() {
        let header = rest.get(..HEADER).filter(|h| h.starts_with(b"PK\x01\x02"))?;
        let length = |at: usize| Some(usize::from(u16::from_le_bytes([*header.get(at)?, *header.get(at + 1)?])));
        let (name, extra, comment) = (length(28)?, length(30)?, length(32)?);
        names.push(rest.get(HEADER..HEADER + name)?);
        rest = rest.get(HEADER + name + extra + comment..)?;
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;

    /// A zip of empty files with these names: local headers, central directory, end record.
    fn zip(names: &[&str]) -> Vec<u8> {
        let (mut bytes, mut directory) = (Vec::new(), Vec::new());
        for name in names {
            let at = u32::try_from(bytes.len()).unwrap().to_le_bytes();
            let length = u16::try_from(name.len()).unwrap().to_le_bytes();
            bytes.extend_from_slice(b"PK\x03\x04");
            bytes.extend_from_slice(&[0; 22]);
            bytes.extend_from_slice(&length);
            bytes.extend_from_slice(&[0; 2]);
            bytes.extend_from_slice(name.as_bytes());
            directory.extend_from_slice(b"PK\x01\x02");
            directory.extend_from_slice(&[0; 24]);
            directory.extend_from_slice(&length);
            directory.extend_from_slice(&[0; 12]);
            directory.extend_from_slice(&at);
            directory.extend_from_slice(name.as_bytes());
        }
        let start = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        bytes.extend_from_slice(&directory);
        bytes.extend_from_slice(b"PK\x05\x06");
        bytes.extend_from_slice(&[0; 8]);
        bytes.extend_from_slice(&u32::try_from(directory.len()).unwrap().to_le_bytes());
        bytes.extend_from_slice(&start);
        bytes.extend_from_slice(&[0; 2]);
        bytes
    }

    fn kind_of(bytes: &[u8]) -> Option<Kind> {
        match family(&bytes[..bytes.len().min(HEAD)]) {
            Family::Known(kind) => Some(kind),
            Family::Zip => inside_zip(&mut Cursor::new(bytes), bytes.len() as u64).unwrap(),
            Family::Other => None,
        }
    }

    fn brands(major: &[u8; 4], others: &[&[u8; 4]]) -> Vec<u8> {
        let size = u32::try_from(16 + 4 * others.len()).unwrap();
        let others: Vec<u8> = others.iter().flat_map(|brand| brand.iter().copied()).collect();
        [&size.to_be_bytes()[..], b"ftyp", major, &[0; 4], &others, b"mdat-follows"].concat()
    }

    #[test]
    fn phones_photographs_are_taken_and_their_films_are_not() {
        assert_eq!(kind_of(&brands(b"heic", &[b"mif1", b"heic"])), Some(Kind::Heif));
        assert_eq!(kind_of(&brands(b"mif1", &[b"mif1", b"heic"])), Some(Kind::Heif));
        assert_eq!(kind_of(&brands(b"mif1", &[b"mif1", b"avif"])), None);
        assert_eq!(kind_of(&brands(b"qt  ", &[b"qt  "])), None);
        assert_eq!(kind_of(&brands(b"isom", &[b"mp42", b"heic"])), None);
    }

    #[test]
    fn a_zip_is_what_it_contains() {
        assert_eq!(kind_of(&zip(&["OFD.xml", "Doc_0/Document.xml"])), Some(Kind::Ofd));
        assert_eq!(kind_of(&zip(&["[Content_Types].xml", "word/document.xml"])), Some(Kind::Docx));
        assert_eq!(kind_of(&zip(&["[Content_Types].xml", "xl/workbook.xml"])), Some(Kind::Xlsx));
        assert_eq!(kind_of(&zip(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"])), None);
        assert_eq!(kind_of(&zip(&["setup.exe"])), None);
        let mut cut = zip(&["OFD.xml"]);
        cut.truncate(cut.len() - 30);
        assert_eq!(kind_of(&cut), None);
    }

    #[test]
    fn pages_scripts_and_programs_are_not_taken_whatever_they_are_called() {
        for bytes in [&b"<html><script>"[..], b"MZ\x90\0", b"\x7fELF", b"#!/bin/sh", b"GIF89a", b"<svg xmlns=", b""] {
            assert_eq!(family(bytes), Family::Other);
        }
    }

    proptest! {
        #[test]
        fn nothing_that_is_sent_can_bring_it_down(bytes in proptest::collection::vec(any::<u8>(), 0..400), zip in any::<bool>()) {
            let bytes = if zip { [b"PK\x03\x04", &bytes[..]].concat() } else { bytes };
            let _ = kind_of(&bytes);
        }

        #[test]
        fn a_zip_with_one_byte_changed_is_read_or_refused(at in 0_usize..160, to in any::<u8>()) {
            let mut bytes = zip(&["OFD.xml", "a"]);
            let at = at % bytes.len();
            bytes[at] = to;
            let _ = kind_of(&bytes);
        }
    }
}
