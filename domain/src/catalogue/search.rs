//! Finding an item as people type on the kiosk: pinyin initials (`spjy`), full or unfinished pinyin (`shipinjing`),
//! characters (`食品`), a mixture (`食pin`), Latin letters and digits; English names by the start of their words; everyday words
//! for published names (社保卡 for 社会保障卡), themes and departments.
//!
//! The index is built once for a catalogue; a search scans it without allocating for the items that do not match.
//! All readings of a character count, so 行 answers to `xing` and `hang`; the less usual ones only rank lower.

mod everyday;
mod fold;
mod matcher;
mod readings;

#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;

use protocol::catalogue::Catalogue;

use self::fold::Query;
use self::matcher::{Letters, Matcher, Names, Place};

/// Only so many characters of what was typed count; more than the longest name anybody types out in full.
pub const LONGEST_QUERY: usize = 120;

/// One item as the index takes it in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Searchable<'a> {
    pub code: &'a str,
    /// The Chinese name.
    pub name: &'a str,
    /// The English name; may be empty.
    pub english: &'a str,
    /// The Chinese name of the answering department; may be empty.
    pub department: &'a str,
    /// Chinese names of its themes.
    pub themes: &'a [&'a str],
}

/// Which text of the item was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    Name,
    English,
    /// An everyday word for what the name says.
    Everyday,
    Theme,
    Department,
    Code,
}

/// An item found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    pub code: String,
    /// The text that `ranges` point into.
    pub field: Field,
    /// Byte ranges of the matched parts, ascending, on character boundaries, in a name or a department's name; else empty.
    pub ranges: Vec<Range<usize>>,
}

/// How well an item matches: the smaller the better. Compared in the order of the fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// Kind of match, see [`Tier`], with a half step for a less usual reading.
    tier: u8,
    start: u32,
    length: u32,
    /// Position in the list given: keeps the order stable.
    entry: u32,
}

/// Kinds of match, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tier {
    Exact,
    Prefix,
    WholeWord,
    WordStart,
    Inside,
    Everyday,
    /// Every space-separated part is somewhere in the name.
    Parts,
    Theme,
    Department,
    /// With one gap, such as 食品许可 in 食品经营许可.
    Gapped,
    Code,
}

#[derive(Debug, Clone)]
struct Entry {
    code: Box<str>,
    department: u32,
    themes: Box<[u32]>,
    everyday: Box<[u32]>,
    english: Letters,
    /// The code's letters and digits.
    folded_code: Box<[u8]>,
}

/// The searchable form of a list of items.
#[derive(Debug, Clone)]
pub struct Index {
    entries: Vec<Entry>,
    names: Names,
    departments: Names,
    themes: Names,
    everyday: Names,
    /// How often each character stands in the names, for the keyboard.
    frequency: HashMap<char, u32>,
}

impl Default for Index {
    fn default() -> Self {
        Index::new([])
    }
}

impl Index {
    /// Builds the index. The order of `items` decides between equally good matches.
    pub fn new<'a>(items: impl IntoIterator<Item = Searchable<'a>>) -> Self {
        let mut index = Index {
            entries: Vec::new(),
            names: Names::default(),
            departments: Names::default(),
            themes: Names::default(),
            everyday: Names::default(),
            frequency: HashMap::new(),
        };
        for (word, _) in everyday::WORDS {
            index.everyday.push(word);
        }
        let mut departments: HashMap<&'a str, u32> = HashMap::new();
        let mut themes: HashMap<&'a str, u32> = HashMap::new();
        for item in items {
            index.names.push(item.name);
            for ch in item.name.chars().filter(|ch| fold::is_han(*ch)) {
                *index.frequency.entry(ch).or_default() += 1;
            }
            index.entries.push(Entry {
                code: item.code.into(),
                department: number_of(&mut departments, &mut index.departments, item.department),
                themes: item.themes.iter().map(|theme| number_of(&mut themes, &mut index.themes, theme)).collect(),
                everyday: everyday::words_for(item.name).collect(),
                english: Letters::new(item.english),
                folded_code: item
                    .code
                    .bytes()
                    .filter(u8::is_ascii_alphanumeric)
                    .map(|b| b.to_ascii_lowercase())
                    .collect(),
            });
        }
        index
    }

    /// The index of everything in a hall's catalogue.
    pub fn of_catalogue(catalogue: &Catalogue) -> Self {
        let departments: HashMap<&str, &str> =
            catalogue.departments.iter().map(|d| (d.code.as_str(), d.name.zh.as_str())).collect();
        let themes: HashMap<&str, &str> =
            catalogue.themes.iter().map(|t| (t.code.as_str(), t.name.zh.as_str())).collect();
        let themes_of: Vec<Vec<&str>> = catalogue
            .items
            .iter()
            .map(|item| item.themes.iter().filter_map(|code| themes.get(code.as_str()).copied()).collect())
            .collect();
        Self::new(catalogue.items.iter().zip(&themes_of).map(|(item, themes)| Searchable {
            code: &item.code,
            name: &item.name.zh,
            english: &item.name.en,
            department: departments.get(item.department.as_str()).copied().unwrap_or_default(),
            themes,
        }))
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The best `limit` items for what was typed, best first. Anything may be typed; punctuation is ignored, spaces and
    /// apostrophes part words or syllables. Nothing that can be searched for finds nothing.
    pub fn find(&self, typed: &str, limit: usize) -> Vec<Hit> {
        let query = Query::new(typed);
        if query.is_empty() || limit == 0 {
            return Vec::new();
        }
        let mut found = self.contiguous(&query);
        if found.len() < limit {
            self.add_weaker(&query, &mut found);
        }
        if found.len() > limit {
            found.select_nth_unstable(limit);
            found.truncate(limit);
        }
        found.sort_unstable();
        found.into_iter().map(|rank| self.hit(&query, rank)).collect()
    }

    /// Characters of the item names that the typed pinyin offers (`shi` → 市, 食, 施 …): a whole or begun syllable, the
    /// most frequent first.
    pub fn candidates(&self, typed: &str) -> Vec<char> {
        let letters: String = typed.chars().filter_map(fold::fold).filter(char::is_ascii_lowercase).collect();
        if letters.is_empty() {
            return Vec::new();
        }
        let mut offered: Vec<(bool, Reverse<u32>, char)> = self
            .frequency
            .iter()
            .filter_map(|(ch, count)| {
                let all = readings::of(*ch);
                let whole = all.iter().any(|r| *r.letters == *letters);
                let begun = whole || all.iter().any(|r| r.letters.starts_with(&letters));
                begun.then_some((!whole, Reverse(*count), *ch))
            })
            .collect();
        offered.sort_unstable();
        offered.into_iter().map(|(_, _, ch)| ch).collect()
    }

    /// Pieces of item names that the typed pinyin offers (`spjy` → 食品经营), the most frequent first: what a keyboard shows
    /// above its keys when more than one syllable was typed.
    pub fn phrases(&self, typed: &str, limit: usize) -> Vec<String> {
        let query = Query::new(typed);
        if query.is_empty() || !query.has_letters() {
            return Vec::new();
        }
        let mut matcher = Matcher::new(query.chars());
        let mut counts: HashMap<String, u32> = HashMap::new();
        for name in 0..self.names.len() {
            matcher.each(&self.names, name, |place| {
                let piece = self.names.piece(name, place);
                if piece.chars().all(fold::is_han) {
                    *counts.entry(piece.to_owned()).or_default() += 1;
                }
            });
        }
        let mut pieces: Vec<(Reverse<u32>, String)> =
            counts.into_iter().map(|(piece, n)| (Reverse(n), piece)).collect();
        pieces.sort_unstable();
        pieces.truncate(limit);
        pieces.into_iter().map(|(_, piece)| piece).collect()
    }

    /// Items whose Chinese or English name holds the query in one piece.
    fn contiguous(&self, query: &Query) -> Vec<Rank> {
        let mut matcher = Matcher::new(query.chars());
        let letters = query.ascii();
        let mut found = Vec::new();
        for (number, entry) in (0u32..).zip(&self.entries) {
            let mut best = self.best_place(&mut matcher, number).map(|(tier, place)| self.rank(tier, place, number));
            if let Some((tier, at)) = letters.and_then(|letters| entry.english.find(letters)) {
                let english =
                    Rank { tier: tier as u8 * 2, start: at.start, length: entry.english.len(), entry: number };
                best = Some(best.map_or(english, |name| name.min(english)));
            }
            found.extend(best);
        }
        found
    }

    fn best_place(&self, matcher: &mut Matcher<'_>, number: u32) -> Option<(Tier, Place)> {
        let mut best: Option<(u8, Tier, Place)> = None;
        matcher.each(&self.names, number, |place| {
            let tier = self.names.tier(number, place);
            let value = tier as u8 * 2 + u8::from(place.unusual);
            if best.as_ref().is_none_or(|(known, _, _)| value < *known) {
                best = Some((value, tier, place));
            }
        });
        best.map(|(_, tier, place)| (tier, place))
    }

    fn rank(&self, tier: Tier, place: Place, entry: u32) -> Rank {
        Rank {
            tier: tier as u8 * 2 + u8::from(place.unusual),
            start: place.start,
            length: self.names.units(entry),
            entry,
        }
    }

    /// Items that match less directly, looked for only when the direct matches do not fill the page.
    fn add_weaker(&self, query: &Query, found: &mut Vec<Rank>) {
        let mut known = vec![false; self.entries.len()];
        for rank in found.iter() {
            known[rank.entry as usize] = true;
        }
        let departments = places(query, &self.departments);
        // A beginning of two characters at least: one letter would find half the catalogue.
        let beginnings = |names| -> Vec<bool> {
            let begun = |place: Option<Place>| query.chars().len() >= 2 && place.is_some_and(|place| place.start == 0);
            places(query, names).into_iter().map(begun).collect()
        };
        let (themes, everyday) = (beginnings(&self.themes), beginnings(&self.everyday));
        let mut parts: Vec<Matcher<'_>> = if query.parts().len() > 1 {
            query.parts().iter().map(|part| Matcher::new(part)).collect()
        } else {
            Vec::new()
        };
        let mut gapped = Matcher::new(query.chars());
        let letters = query.ascii().filter(|letters| letters.len() >= 4);
        for (number, entry) in (0u32..).zip(&self.entries) {
            if known[number as usize] {
                continue;
            }
            let length = self.names.units(number);
            let rank = |tier: Tier, start: u32| Rank { tier: tier as u8 * 2, start, length, entry: number };
            let has = |among: &[bool], numbers: &[u32]| numbers.iter().any(|n| among[*n as usize]);
            let weaker = has(&everyday, &entry.everyday)
                .then(|| rank(Tier::Everyday, 0))
                .or_else(|| self.parts_start(&mut parts, query, number).map(|start| rank(Tier::Parts, start)))
                .or_else(|| has(&themes, &entry.themes).then(|| rank(Tier::Theme, 0)))
                .or_else(|| departments[entry.department as usize].map(|place| rank(Tier::Department, place.start)))
                .or_else(|| gapped.gapped(&self.names, number).map(|(first, _)| rank(Tier::Gapped, first.start)))
                .or_else(|| letters.filter(|l| entry.folded_code.starts_with(l)).map(|_| rank(Tier::Code, 0)));
            found.extend(weaker);
        }
    }

    fn parts_start(&self, parts: &mut [Matcher<'_>], query: &Query, number: u32) -> Option<u32> {
        if parts.is_empty() {
            return None;
        }
        let in_name =
            parts.iter_mut().map(|part| part.first(&self.names, number).map(|p| p.start)).collect::<Option<Vec<_>>>();
        in_name
            .and_then(|starts| starts.into_iter().min())
            .or_else(|| self.english_parts(query, number)?.first().map(|r| r.start))
    }

    fn english_parts(&self, query: &Query, number: u32) -> Option<Vec<Range<u32>>> {
        let english = &self.entries[number as usize].english;
        let mut ranges: Vec<Range<u32>> = query
            .parts()
            .iter()
            .map(|part| english.find(&fold::ascii(part)?).map(|(_, at)| at))
            .collect::<Option<_>>()?;
        ranges.sort_unstable_by_key(|r| r.start);
        Some(ranges)
    }

    /// Finds the places again for the few items that are shown, so that the scan need not keep them.
    fn hit(&self, query: &Query, rank: Rank) -> Hit {
        let number = rank.entry;
        let entry = &self.entries[number as usize];
        let mut matcher = Matcher::new(query.chars());
        let tier = rank.tier / 2;
        let (field, ranges) = if tier == Tier::Code as u8 {
            (Field::Code, Vec::new())
        } else if tier == Tier::Everyday as u8 {
            (Field::Everyday, Vec::new())
        } else if tier == Tier::Theme as u8 {
            (Field::Theme, Vec::new())
        } else if tier == Tier::Department as u8 {
            let place = matcher.first(&self.departments, entry.department);
            (Field::Department, place.map(|p| self.departments.bytes(entry.department, p)).into_iter().collect())
        } else if tier == Tier::Gapped as u8 {
            let places = matcher.gapped(&self.names, number).map(|(a, b)| vec![a, b]).unwrap_or_default();
            (Field::Name, places.into_iter().map(|p| self.names.bytes(number, p)).collect())
        } else if tier == Tier::Parts as u8 {
            self.parts_hit(query, number)
        } else {
            match self.best_place(&mut matcher, number) {
                Some((found, place)) if self.rank(found, place, number) == rank => {
                    (Field::Name, vec![self.names.bytes(number, place)])
                }
                _ => {
                    let at = query.ascii().and_then(|letters| entry.english.find(letters));
                    (Field::English, at.map(|(_, at)| entry.english.bytes(at)).into_iter().collect())
                }
            }
        };
        Hit { code: entry.code.to_string(), field, ranges }
    }

    fn parts_hit(&self, query: &Query, number: u32) -> (Field, Vec<Range<usize>>) {
        let places: Option<Vec<Place>> =
            query.parts().iter().map(|part| Matcher::new(part).first(&self.names, number)).collect();
        if let Some(places) = places {
            let ranges = places.into_iter().map(|place| self.names.bytes(number, place)).collect();
            return (Field::Name, joined(ranges));
        }
        let english = &self.entries[number as usize].english;
        let ranges = self.english_parts(query, number).unwrap_or_default();
        (Field::English, joined(ranges.into_iter().map(|at| english.bytes(at)).collect()))
    }
}

/// The number of a text among `names`, which takes it in when it is new.
fn number_of<'a>(known: &mut HashMap<&'a str, u32>, names: &mut Names, text: &'a str) -> u32 {
    *known.entry(text).or_insert_with(|| {
        names.push(text);
        names.len() - 1
    })
}

/// Where the query stands first in each of a few names.
fn places(query: &Query, names: &Names) -> Vec<Option<Place>> {
    let mut matcher = Matcher::new(query.chars());
    (0..names.len()).map(|name| matcher.first(names, name)).collect()
}

/// Ascending, with those that touch or overlap made one.
fn joined(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|r| r.start);
    let mut out: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match out.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => out.push(range),
        }
    }
    out
}
