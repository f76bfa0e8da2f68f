//! The readings (读音) of a character, without tones.

use pinyin::ToPinyinMulti;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading {
    /// Lower-case letters; ü is `v`, and there is a second entry with `u`, because both are typed.
    pub(super) letters: Box<str>,
    /// Not the character's first reading.
    pub(super) unusual: bool,
}

/// All readings, the most usual first; none for anything but a Chinese character.
pub(super) fn of(ch: char) -> Vec<Reading> {
    let mut all: Vec<Reading> = Vec::new();
    let mut add = |letters: String, unusual: bool| {
        if letters.bytes().all(|b| b.is_ascii_lowercase()) && !all.iter().any(|r| *r.letters == *letters) {
            all.push(Reading { letters: letters.into(), unusual });
        }
    };
    for (number, reading) in ch.to_pinyin_multi().into_iter().flatten().enumerate() {
        let plain = reading.plain();
        add(plain.replace('ü', "v"), number > 0);
        if plain.contains('ü') {
            add(plain.replace('ü', "u"), number > 0);
        }
    }
    all
}
