//! Text in the encodings that lists come in: UTF-8, the GB18030 of Chinese spreadsheet programs, UTF-16 with a mark.

use std::borrow::Cow;

use encoding_rs::{GB18030, UTF_16BE, UTF_16LE};
use thiserror::Error;

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EncodingError {
    #[error("line {line}: the text is neither UTF-8 nor GB18030; save the list as UTF-8. Nothing was imported")]
    Neither { line: usize },
    #[error("the text is marked as UTF-16 but is not; save the list as UTF-8. Nothing was imported")]
    BrokenUtf16,
}

/// The text without its byte order mark. Text that is valid UTF-8 is UTF-8: Chinese in GB18030 is practically never that by chance.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, EncodingError> {
    for (mark, encoding) in [(&b"\xff\xfe"[..], UTF_16LE), (&b"\xfe\xff"[..], UTF_16BE)] {
        if let Some(rest) = bytes.strip_prefix(mark) {
            let text = encoding.decode_without_bom_handling_and_without_replacement(rest);
            return text.ok_or(EncodingError::BrokenUtf16);
        }
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let utf8 = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(Cow::Borrowed(text)),
        Err(error) => error,
    };
    GB18030.decode_without_bom_handling_and_without_replacement(bytes).ok_or_else(|| {
        let broken = &bytes[..utf8.valid_up_to()];
        EncodingError::Neither { line: broken.iter().filter(|byte| **byte == b'\n').count() + 1 }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_is_read_from_every_encoding() {
        let text = "部门,名称\n区残联,残疾人证（𠮷）\n";
        let gb = GB18030.encode(text).0.into_owned();
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let marked = format!("\u{feff}{text}");
        for bytes in [text.as_bytes(), marked.as_bytes(), &gb, &utf16] {
            assert_eq!(decode(bytes).as_deref(), Ok(text));
        }
    }

    #[test]
    fn a_text_in_neither_encoding_is_refused_with_its_line() {
        assert_eq!(decode(b"a,b\n\xff\xff\xff,c\n"), Err(EncodingError::Neither { line: 2 }));
    }
}
