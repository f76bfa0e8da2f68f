//! The English file is whole: every text of the screens is in it, and nothing is left over.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn is_chinese(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

fn texts_on_screen(folder: &Path, texts: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts_on_screen(&path, texts);
            continue;
        }
        let source = fs::read_to_string(&path).unwrap();
        for call in source.split("@tr(\"").skip(1) {
            texts.insert(call.split('"').next().unwrap().to_owned());
        }
        let untranslated: Vec<&str> = source
            .lines()
            .filter(|line| !line.trim_start().starts_with("//") && !line.contains("@tr("))
            // The other language's own name is the same in both.
            .filter(|line| !line.contains("\"中文\""))
            .filter(|line| line.chars().any(is_chinese))
            .collect();
        assert!(untranslated.is_empty(), "{}: {untranslated:#?}", path.display());
    }
}

#[test]
fn every_text_on_screen_has_an_english_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut on_screen = BTreeSet::new();
    texts_on_screen(&root.join("ui"), &mut on_screen);
    let file = fs::read_to_string(root.join("lang/en/LC_MESSAGES/counter-client.po")).unwrap();
    let mut translated = BTreeSet::new();
    for entry in file.split("\n\n").filter(|entry| !entry.contains("msgid \"\"")) {
        let of =
            |field: &str| entry.lines().find_map(|line| line.strip_prefix(field)).map(|text| text.trim_matches('"'));
        let Some(text) = of("msgid ") else { continue };
        let english = of("msgstr ").or_else(|| of("msgstr[1] ")).unwrap_or_default();
        assert!(!english.is_empty() && !english.chars().any(is_chinese), "{text}: {english:?}");
        let holes = |text: &str| text.matches("{}").count();
        assert_eq!(holes(text), holes(english), "{text}");
        translated.insert(text.to_owned());
    }
    assert_eq!(on_screen, translated);
}
