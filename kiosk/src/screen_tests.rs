//! What every screen must keep to, checked in its source: words in both languages, colours that can be read, letters large enough.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn slint_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            slint_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "slint") {
            found.push(path);
        }
    }
}

fn sources() -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    slint_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("ui"), &mut files);
    files.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

/// The text between quotes at the start of `rest`.
fn quoted(rest: &str) -> &str {
    let rest = rest.trim_start().strip_prefix('"').expect("a quoted text");
    &rest[..rest.find('"').expect("a closing quote")]
}

/// The words of the English translation by their Chinese source.
fn english() -> BTreeMap<String, String> {
    let po = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("lang/en/LC_MESSAGES/kiosk.po")).unwrap();
    let mut words = BTreeMap::new();
    let mut source = String::new();
    for line in po.lines() {
        if let Some(rest) = line.strip_prefix("msgid") {
            source = quoted(rest).to_owned();
        } else if let Some(rest) = line.strip_prefix("msgstr")
            && !source.is_empty()
        {
            assert!(words.insert(source.clone(), quoted(rest).to_owned()).is_none(), "{source} is translated twice");
        }
    }
    words
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

#[test]
fn every_word_on_the_screens_is_in_both_languages() {
    let english = english();
    let mut used = BTreeSet::new();
    for (path, source) in sources() {
        for part in source.split("@tr(").skip(1) {
            let word = quoted(part);
            let translated = english.get(word).unwrap_or_else(|| panic!("{}: {word} has no English", path.display()));
            assert!(!translated.is_empty(), "{word} has an empty translation");
            used.insert(word.to_owned());
        }
    }
    let unused: Vec<_> = english.keys().filter(|word| !used.contains(*word)).collect();
    assert!(unused.is_empty(), "translations that no screen uses: {unused:?}");
}

#[test]
fn translations_keep_the_numbers_of_their_source() {
    let holes = |text: &str| {
        let mut holes: Vec<&str> = text.split('{').skip(1).map(|part| &part[..part.find('}').unwrap()]).collect();
        holes.sort_unstable();
        holes.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    for (source, translated) in english() {
        assert_eq!(holes(&source), holes(&translated), "{source}");
    }
}

#[test]
fn no_chinese_word_stands_outside_the_translations() {
    for (path, source) in sources() {
        for (number, line) in source.lines().enumerate() {
            let code = line.split("//").next().unwrap();
            let outside: String =
                code.split("@tr(")
                    .enumerate()
                    .map(|(i, part)| {
                        if i == 0 { part } else { part.trim_start().get(quoted(part).len() + 2..).unwrap_or_default() }
                    })
                    .collect();
            assert!(!outside.contains(is_han), "{}:{}: {line}", path.display(), number + 1);
        }
    }
}

/// The colours of the design system by name.
fn colours() -> BTreeMap<String, [f64; 3]> {
    let theme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../design/theme.slint")).unwrap();
    let mut colours = BTreeMap::from([("white".to_owned(), [1.0; 3])]);
    for line in theme.lines() {
        if let Some((left, right)) = line.split_once(": #")
            && let Some(name) = left.strip_prefix("    out property <color> ")
        {
            let channel = |at: usize| f64::from(u8::from_str_radix(&right[at..at + 2], 16).unwrap()) / 255.0;
            colours.insert(name.to_owned(), [channel(0), channel(2), channel(4)]);
        }
    }
    colours
}

/// Contrast by WCAG 2's formula.
fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let luminance = |colour: [f64; 3]| {
        let linear = colour.map(|c| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    };
    let (light, dark) = (luminance(a).max(luminance(b)), luminance(a).min(luminance(b)));
    (light + 0.05) / (dark + 0.05)
}

#[test]
fn text_stands_at_seven_to_one_on_every_ground_it_is_used_on() {
    let colours = colours();
    let pairs = [
        ("white", "primary"),
        ("white", "primary-deep"),
        ("white", "accent"),
        ("primary", "paper"),
        ("primary", "primary-soft"),
        ("primary-deep", "primary-soft"),
        ("primary-deep", "line"),
        ("ink", "paper"),
        ("ink", "ground"),
        ("ink", "primary-soft"),
        ("ink-soft", "paper"),
        ("ink-soft", "ground"),
        ("ink-soft", "primary-soft"),
        ("primary-deep", "accent-soft"),
        ("accent", "ground"),
        ("good", "good-soft"),
        ("warn", "warn-soft"),
        ("warn", "paper"),
        ("bad", "bad-soft"),
        ("bad", "paper"),
        ("bad", "ground"),
    ];
    for (text, ground) in pairs {
        let ratio = contrast(colours[text], colours[ground]);
        assert!(ratio >= 7.0, "{text} on {ground}: {ratio:.2}");
    }
}

#[test]
fn every_size_of_letters_is_a_step_of_the_scale_and_grows_in_large_text_mode() {
    for (path, source) in sources().iter().filter(|(path, _)| !path.ends_with("globals/scale.slint")) {
        for (number, line) in source.lines().enumerate() {
            for property in ["font-size:", "letters:"] {
                let Some((_, size)) = line.split_once(property) else { continue };
                assert!(!size.contains("px"), "{}:{}: {}", path.display(), number + 1, line.trim());
            }
        }
    }
}

#[test]
fn no_step_of_the_scale_is_smaller_than_28_pixels_or_stays_small_in_large_text_mode() {
    let scale = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/globals/scale.slint")).unwrap();
    let steps: Vec<&str> = scale.split(';').filter(|step| step.contains("px")).collect();
    assert!(steps.len() > 10, "{steps:?}");
    for step in steps {
        for part in step.split("px").filter(|part| part.ends_with(|c: char| c.is_ascii_digit())) {
            let size: u32 = part.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap();
            assert!(size >= 28, "{step}: {size} px");
        }
        let figure = step.contains("clock:") || step.contains("ticket-number");
        assert!(figure || step.contains("Theme.scale"), "{step}");
    }
}
