//! Text in columns: an ASCII character takes one, every other takes two (a Chinese printer draws all two-byte characters in a
//! full cell, Greek and dashes as well).

/// Columns of one character.
pub(crate) fn char_columns(c: char) -> usize {
    if c.is_ascii() { 1 } else { 2 }
}

/// Columns of a text.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().map(char_columns).sum()
}

/// Characters that must not begin a line (标点避头).
const NOT_FIRST: &str = "，。、；：？！）》」』】〉”’…,.;:?!)]}%";
/// Characters that must not end a line (标点避尾).
const NOT_LAST: &str = "（《「『【〈“‘([{";

/// Breaks a text into lines of at most `room` columns: between Chinese characters anywhere but against punctuation, between Latin
/// words at spaces; a word longer than a line is broken. Control characters become spaces, so that no text can command a printer.
pub(crate) fn wrap(text: &str, room: usize) -> Vec<String> {
    let room = room.max(2);
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        let fits = columns(&line) + columns(piece.trim_end()) <= room;
        if !fits && !line.trim().is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        let piece = if line.is_empty() { piece.trim_start() } else { &piece };
        if columns(piece.trim_end()) <= room {
            line.push_str(piece);
            continue;
        }
        for c in piece.chars() {
            if columns(&line) + char_columns(c) > room {
                lines.push(std::mem::take(&mut line));
            }
            line.push(c);
        }
    }
    lines.push(line);
    for line in &mut lines {
        line.truncate(line.trim_end().len());
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// What must stay together on a line: a Latin word with the spaces behind it, or a Chinese character with its punctuation.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut previous: Option<char> = None;
    for c in text.chars() {
        let c = if c.is_control() { ' ' } else { c };
        let joins = previous.is_some_and(|previous| {
            NOT_FIRST.contains(c)
                || NOT_LAST.contains(previous)
                || c == ' '
                || (previous.is_ascii() && c.is_ascii() && previous != ' ')
        });
        match pieces.last_mut() {
            Some(piece) if joins => piece.push(c),
            _ => pieces.push(c.to_string()),
        }
        previous = Some(c);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn chinese_breaks_between_characters_and_never_before_punctuation() {
        assert_eq!(wrap("食品经营许可，新办", 12), ["食品经营许", "可，新办"]);
        assert_eq!(wrap("（一）营业执照", 8), ["（一）营", "业执照"]);
    }

    #[test]
    fn latin_words_stay_whole_and_too_long_ones_are_cut() {
        assert_eq!(wrap("Please wait in Hall B", 12), ["Please wait", "in Hall B"]);
        assert_eq!(wrap("abcdefghijkl", 5), ["abcde", "fghij", "kl"]);
    }

    #[test]
    fn control_characters_cannot_reach_the_printer() {
        assert_eq!(wrap("a\u{1b}@\u{1d}V", 20), ["a @ V"]);
    }

    proptest! {
        #[test]
        fn no_line_is_too_wide_and_no_character_is_lost(text in "[ a-z，。（）A-Z0-9食品经营许可㐂𠮷\\-]{0,160}", room in 4usize..60) {
            let lines = wrap(&text, room);
            for line in &lines {
                prop_assert!(columns(line) <= room, "{line:?}");
            }
            let bare = |text: &str| text.replace(' ', "");
            prop_assert_eq!(bare(&lines.concat()), bare(&text));
        }
    }
}
