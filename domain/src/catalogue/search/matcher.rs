//! Names taken apart into units (a character, a letter, a digit), and the walk of a query along them.
//!
//! A unit with readings takes from the query its character itself, a whole syllable, its initial (`s` or `sh` of `shi`), or, at the
//! end of the query, any beginning of a syllable. The walk keeps every way the query may have been consumed so far, because
//! `xian` is 县 or 西安 and only what follows tells.

use std::collections::HashMap;
use std::ops::Range;

use super::readings::{self, Reading};
use super::{Tier, fold};

/// A matched stretch of units of one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) start: u32,
    /// Exclusive.
    pub(super) end: u32,
    /// Rests on a less usual reading.
    pub(super) unusual: bool,
}

#[derive(Debug, Clone, Copy)]
struct Unit {
    ch: char,
    /// Index into [`Names::readings`]; 0 for none.
    readings: u16,
    starts_word: bool,
    ends_word: bool,
    from: u32,
    to: u32,
}

/// What a name holds at all, to pass over most names at a glance.
#[derive(Debug, Clone, Copy, Default)]
struct Glance {
    units_from: u32,
    units_to: u32,
    /// Letters a–z that a unit can begin with.
    initials: u32,
    /// Letters a–z that stand in any reading.
    letters: u32,
    /// One bit of 64 for each other character.
    others: u64,
}

/// Many names, in flat arrays: the scan reads `glances` for all names and `firsts` for those that may match.
#[derive(Debug, Clone)]
pub(super) struct Names {
    texts: Vec<Box<str>>,
    glances: Vec<Glance>,
    /// For each unit the letters a–z it can begin with.
    firsts: Vec<u32>,
    units: Vec<Unit>,
    readings: Vec<Vec<Reading>>,
    known: HashMap<char, u16>,
}

impl Default for Names {
    fn default() -> Self {
        Names {
            texts: Vec::new(),
            glances: Vec::new(),
            firsts: Vec::new(),
            units: Vec::new(),
            readings: vec![Vec::new()],
            known: HashMap::new(),
        }
    }
}

fn letter_bit(ch: char) -> u32 {
    if ch.is_ascii_lowercase() { 1 << (ch as u32 - 'a' as u32) } else { 0 }
}

fn other_bit(ch: char) -> u64 {
    if ch.is_ascii_lowercase() { 0 } else { 1 << (ch as u32).wrapping_mul(0x9e37_79b1).wrapping_shr(26) }
}

impl Names {
    pub(super) fn push(&mut self, text: &str) {
        let mut glance = Glance { units_from: self.units.len() as u32, ..Glance::default() };
        let mut after_gap = true;
        for (at, original) in text.char_indices() {
            let Some(ch) = fold::fold(original) else {
                after_gap = true;
                if let Some(last) = self.units.get_mut(glance.units_from as usize..).and_then(<[Unit]>::last_mut) {
                    last.ends_word = true;
                }
                continue;
            };
            let readings = self.readings_of(ch);
            let mut first = letter_bit(ch);
            for reading in &self.readings[usize::from(readings)] {
                first |= reading.letters.chars().next().map_or(0, letter_bit);
                glance.letters |= reading.letters.chars().map(letter_bit).fold(0, |all, bit| all | bit);
            }
            glance.initials |= first;
            glance.letters |= first;
            glance.others |= other_bit(ch);
            self.firsts.push(first);
            self.units.push(Unit {
                ch,
                readings,
                starts_word: after_gap,
                ends_word: false,
                from: at as u32,
                to: (at + original.len_utf8()) as u32,
            });
            after_gap = false;
        }
        glance.units_to = self.units.len() as u32;
        if let Some(last) = self.units.get_mut(glance.units_from as usize..).and_then(<[Unit]>::last_mut) {
            last.ends_word = true;
        }
        self.glances.push(glance);
        self.texts.push(text.into());
    }

    fn readings_of(&mut self, ch: char) -> u16 {
        if let Some(known) = self.known.get(&ch) {
            return *known;
        }
        let all = if fold::is_han(ch) { readings::of(ch) } else { Vec::new() };
        // Past 65,535 different characters the rest go without readings; Unicode has fewer with any.
        let number = if all.is_empty() { 0 } else { u16::try_from(self.readings.len()).unwrap_or(0) };
        if number > 0 {
            self.readings.push(all);
        }
        self.known.insert(ch, number);
        number
    }

    pub(super) fn len(&self) -> u32 {
        self.glances.len() as u32
    }

    /// How many units the name has.
    pub(super) fn units(&self, name: u32) -> u32 {
        let glance = self.glances[name as usize];
        glance.units_to - glance.units_from
    }

    fn units_of(&self, name: u32) -> &[Unit] {
        let glance = self.glances[name as usize];
        &self.units[glance.units_from as usize..glance.units_to as usize]
    }

    pub(super) fn bytes(&self, name: u32, place: Place) -> Range<usize> {
        let units = self.units_of(name);
        units[place.start as usize].from as usize..units[place.end as usize - 1].to as usize
    }

    pub(super) fn piece(&self, name: u32, place: Place) -> &str {
        &self.texts[name as usize][self.bytes(name, place)]
    }

    pub(super) fn tier(&self, name: u32, place: Place) -> Tier {
        let units = self.units_of(name);
        let (starts, ends) = (units[place.start as usize].starts_word, units[place.end as usize - 1].ends_word);
        match (place.start, starts, ends) {
            (0, _, _) if place.end as usize == units.len() => Tier::Exact,
            (0, _, _) => Tier::Prefix,
            (_, true, true) => Tier::WholeWord,
            (_, true, false) => Tier::WordStart,
            _ => Tier::Inside,
        }
    }
}

/// A way the query may have been consumed: so many characters of it, with usual readings or not.
type Way = (u8, bool);

/// A way on one of the two sides of a gap.
#[derive(Debug, Clone, Copy)]
struct GapWay {
    eaten: u8,
    first: Place,
    /// The stretch behind the gap, once it has begun.
    second: Option<Place>,
}

/// A query on its walk. Keeps its working memory from name to name.
#[derive(Debug)]
pub(super) struct Matcher<'q> {
    query: &'q [char],
    first_letter: u32,
    letters: u32,
    others: u64,
    ways: Vec<Way>,
    next: Vec<Way>,
    gap: GapWalk,
}

/// Working memory of the walk with a gap.
#[derive(Debug, Default)]
struct GapWalk {
    ways: Vec<GapWay>,
    next: Vec<GapWay>,
    /// Ways that have left their first stretch and wait for the second one to begin.
    waiting: Vec<(u8, Place)>,
}

impl<'q> Matcher<'q> {
    /// `query` holds at most [`super::LONGEST_QUERY`] folded characters, and at least one.
    pub(super) fn new(query: &'q [char]) -> Self {
        let query = &query[..query.len().min(super::LONGEST_QUERY)];
        Matcher {
            query,
            first_letter: query.first().map_or(0, |ch| letter_bit(*ch)),
            letters: query.iter().fold(0, |all, ch| all | letter_bit(*ch)),
            others: query.iter().fold(0, |all, ch| all | other_bit(*ch)),
            ways: Vec::new(),
            next: Vec::new(),
            gap: GapWalk::default(),
        }
    }

    fn may_match(&self, glance: Glance) -> bool {
        glance.initials & self.first_letter == self.first_letter
            && glance.letters & self.letters == self.letters
            && glance.others & self.others == self.others
    }

    /// The earliest place.
    pub(super) fn first(&mut self, names: &Names, name: u32) -> Option<Place> {
        let mut first = None;
        self.each(names, name, |place| {
            first.get_or_insert(place);
        });
        first
    }

    /// Every place of the name where the query begins, each with its shortest end.
    pub(super) fn each(&mut self, names: &Names, name: u32, mut found: impl FnMut(Place)) {
        let glance = names.glances[name as usize];
        if !self.may_match(glance) {
            return;
        }
        let firsts = &names.firsts[glance.units_from as usize..glance.units_to as usize];
        let units = names.units_of(name);
        for start in 0..units.len() {
            let begins = if self.first_letter == 0 {
                units[start].ch == self.query[0]
            } else {
                firsts[start] & self.first_letter != 0
            };
            if begins && let Some((units_taken, unusual)) = self.walk(names, &units[start..]) {
                found(Place { start: start as u32, end: (start + units_taken) as u32, unusual });
            }
        }
    }

    /// How many units from the first one take up the whole query.
    fn walk(&mut self, names: &Names, units: &[Unit]) -> Option<(usize, bool)> {
        let whole = self.query.len() as u8;
        self.ways.clear();
        self.ways.push((0, false));
        for (number, unit) in units.iter().enumerate() {
            self.next.clear();
            for (eaten, unusual) in &self.ways {
                let next = &mut self.next;
                advance(names, *unit, self.query, *eaten, |to, by_unusual| {
                    let way = (to, *unusual || by_unusual);
                    match next.iter_mut().find(|known| known.0 == to) {
                        Some(known) => known.1 &= way.1,
                        None => next.push(way),
                    }
                });
            }
            if let Some(done) = self.next.iter().find(|way| way.0 == whole) {
                return Some((number + 1, done.1));
            }
            if self.next.is_empty() {
                return None;
            }
            std::mem::swap(&mut self.ways, &mut self.next);
        }
        None
    }

    /// The query in two stretches of at least two units each, with something between them.
    pub(super) fn gapped(&mut self, names: &Names, name: u32) -> Option<(Place, Place)> {
        let glance = names.glances[name as usize];
        if self.query.len() < 4 || !self.may_match(glance) {
            return None;
        }
        let units = names.units_of(name);
        let whole = self.query.len() as u8;
        let GapWalk { ways, next, waiting } = &mut self.gap;
        ways.clear();
        waiting.clear();
        for (number, unit) in (0u32..).zip(units) {
            let stretch = |start: u32| Place { start, end: number + 1, unusual: false };
            next.clear();
            let mut reach = |way: GapWay| {
                let length = |place: Option<Place>| place.map_or(0, |p| (p.end - p.start).min(2));
                let same = |k: &GapWay| {
                    k.eaten == way.eaten
                        && k.second.is_some() == way.second.is_some()
                        && length(k.second) == length(way.second)
                        && length(Some(k.first)) == length(Some(way.first))
                };
                if !next.iter().any(same) {
                    next.push(way);
                }
            };
            for way in ways.iter() {
                advance(names, *unit, self.query, way.eaten, |eaten, _| {
                    reach(match way.second {
                        None => GapWay { eaten, first: stretch(way.first.start), second: None },
                        Some(second) => GapWay { eaten, first: way.first, second: Some(stretch(second.start)) },
                    });
                });
            }
            for (eaten, first) in waiting.iter() {
                advance(names, *unit, self.query, *eaten, |eaten, _| {
                    reach(GapWay { eaten, first: *first, second: Some(stretch(number)) });
                });
            }
            if names.firsts[glance.units_from as usize + number as usize] & self.first_letter != 0
                || unit.ch == self.query[0]
            {
                advance(names, *unit, self.query, 0, |eaten, _| {
                    reach(GapWay { eaten, first: stretch(number), second: None });
                });
            }
            for way in ways.iter() {
                if way.second.is_none()
                    && way.first.end - way.first.start >= 2
                    && !waiting.iter().any(|w| w.0 == way.eaten)
                {
                    waiting.push((way.eaten, way.first));
                }
            }
            let done = next.iter().find_map(|way| {
                let second = way.second.filter(|s| way.eaten == whole && s.end - s.start >= 2)?;
                Some((way.first, second))
            });
            if done.is_some() {
                return done;
            }
            next.retain(|way| way.eaten < whole);
            std::mem::swap(ways, next);
        }
        None
    }
}

/// Tells `reach` every position of the query that the unit can bring it to from `eaten`, and whether by a less usual reading.
fn advance(names: &Names, unit: Unit, query: &[char], eaten: u8, mut reach: impl FnMut(u8, bool)) {
    let rest = &query[usize::from(eaten)..];
    let Some(next) = rest.first() else { return };
    if *next == unit.ch {
        reach(eaten + 1, false);
        return;
    }
    if !next.is_ascii_lowercase() {
        return;
    }
    for reading in &names.readings[usize::from(unit.readings)] {
        let letters = reading.letters.as_bytes();
        let common = letters.iter().zip(rest).take_while(|(letter, typed)| char::from(**letter) == **typed).count();
        if common == 0 {
            continue;
        }
        let begun = common == rest.len();
        let whole = common == letters.len();
        if begun || whole {
            reach(eaten + common as u8, reading.unusual);
        }
        reach(eaten + 1, reading.unusual);
        if common >= 2 && matches!(letters, [b'z' | b'c' | b's', b'h', ..]) {
            reach(eaten + 2, reading.unusual);
        }
    }
}

/// An English name: its letters and digits in one row, and where words begin.
#[derive(Debug, Clone, Default)]
pub(super) struct Letters {
    folded: Box<[u8]>,
    /// Byte position of each letter in the name.
    at: Box<[u16]>,
    words: Box<[u16]>,
}

impl Letters {
    /// Takes in at most the first 65,535 bytes.
    pub(super) fn new(text: &str) -> Self {
        let (mut folded, mut at, mut words) = (Vec::new(), Vec::new(), Vec::new());
        let mut inside = false;
        for (position, byte) in text.bytes().enumerate().take(usize::from(u16::MAX)) {
            if byte.is_ascii_alphanumeric() {
                if !inside {
                    words.push(folded.len() as u16);
                }
                folded.push(byte.to_ascii_lowercase());
                at.push(position as u16);
            }
            inside = byte.is_ascii_alphanumeric() || byte == b'\'';
        }
        Letters { folded: folded.into(), at: at.into(), words: words.into() }
    }

    pub(super) fn len(&self) -> u32 {
        self.folded.len() as u32
    }

    /// The first word that the query begins, the query reaching over the following words where it is longer.
    pub(super) fn find(&self, query: &[u8]) -> Option<(Tier, Range<u32>)> {
        let mut best: Option<(Tier, Range<u32>)> = None;
        for start in self.words.iter().map(|word| usize::from(*word)) {
            if !self.folded[start..].starts_with(query) {
                continue;
            }
            let end = start + query.len();
            let range = start as u32..end as u32;
            if start == 0 {
                return Some((if end == self.folded.len() { Tier::Exact } else { Tier::Prefix }, range));
            }
            let ends_word = end == self.folded.len() || self.words.iter().any(|word| usize::from(*word) == end);
            let tier = if ends_word { Tier::WholeWord } else { Tier::WordStart };
            if best.as_ref().is_none_or(|(known, _)| (tier as u8) < *known as u8) {
                best = Some((tier, range));
            }
        }
        best
    }

    pub(super) fn bytes(&self, range: Range<u32>) -> Range<usize> {
        usize::from(self.at[range.start as usize])..usize::from(self.at[range.end as usize - 1]) + 1
    }
}
