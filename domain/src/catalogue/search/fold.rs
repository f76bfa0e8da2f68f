//! What was typed, and what the names hold, brought to one form: lower case, half-width, no punctuation.

use super::LONGEST_QUERY;

/// The searchable form of a character: `None` for punctuation and white space.
pub(super) fn fold(ch: char) -> Option<char> {
    let half = match ch {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(ch as u32 - 0xfee0).unwrap_or(ch),
        other => other,
    };
    match half {
        // Typed for ü, as on every Chinese keyboard.
        'ü' | 'Ü' => Some('v'),
        _ if half.is_ascii() => half.is_ascii_alphanumeric().then(|| half.to_ascii_lowercase()),
        _ => half.is_alphanumeric().then(|| half.to_lowercase().next().unwrap_or(half)),
    }
}

/// A Chinese character, of any plane.
pub(super) fn is_han(ch: char) -> bool {
    matches!(ch, '\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The letters and digits, where there is nothing else.
pub(super) fn ascii(chars: &[char]) -> Option<Vec<u8>> {
    chars.iter().map(|ch| u8::try_from(*ch).ok().filter(u8::is_ascii)).collect()
}

/// What was typed.
#[derive(Debug)]
pub(super) struct Query {
    chars: Vec<char>,
    parts: Vec<Vec<char>>,
    ascii: Option<Vec<u8>>,
}

impl Query {
    pub(super) fn new(typed: &str) -> Self {
        let mut parts: Vec<Vec<char>> = vec![Vec::new()];
        // Looks at no more than it needs: somebody may have pasted a book.
        for ch in typed.chars().take(LONGEST_QUERY * 4) {
            match fold(ch) {
                Some(folded) => parts.last_mut().into_iter().for_each(|part| part.push(folded)),
                None if ch.is_whitespace() || matches!(ch, '\'' | '’' | '-') => parts.push(Vec::new()),
                None => {}
            }
        }
        parts.retain(|part| !part.is_empty());
        let mut chars = parts.concat();
        chars.truncate(LONGEST_QUERY);
        let ascii = ascii(&chars);
        Query { chars, parts, ascii }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.chars.is_empty()
    }

    /// Everything, without the spaces.
    pub(super) fn chars(&self) -> &[char] {
        &self.chars
    }

    pub(super) fn parts(&self) -> &[Vec<char>] {
        &self.parts
    }

    pub(super) fn ascii(&self) -> Option<&[u8]> {
        self.ascii.as_deref()
    }

    pub(super) fn has_letters(&self) -> bool {
        self.chars.iter().any(char::is_ascii_lowercase)
    }
}
