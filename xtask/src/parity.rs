//! Things that must say the same in two places.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::shell::{Failure, failed, root};

/// Both engines have the same migrations: the same numbers and names.
pub(crate) fn migrations() -> Result<(), Failure> {
    let folder = root().join("migrations");
    let (sqlite, postgres) = (names(&folder.join("sqlite"))?, names(&folder.join("postgres"))?);
    if sqlite.is_empty() {
        return Err(Failure("There are no migrations in migrations/sqlite.".into()));
    }
    differences("migrations/sqlite", &sqlite, "migrations/postgres", &postgres)
}

/// The two forms of the design system hold the same values.
pub(crate) fn design() -> Result<(), Failure> {
    let read = |name: &str| {
        let path = root().join("design").join(name);
        fs::read_to_string(&path).map_err(failed(format!("{} cannot be read", path.display())))
    };
    let (slint, css) = (slint_values(&read("theme.slint")?), css_values(&read("theme.css")?));
    if slint.is_empty() {
        return Err(Failure("design/theme.slint holds no values.".into()));
    }
    differences("design/theme.slint", &slint, "design/theme.css", &css)
}

fn names(folder: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let mut names = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(failed(format!("{} cannot be read", folder.display())))? {
        let name = entry.map_err(failed("a folder's entry cannot be read"))?.file_name().to_string_lossy().into_owned();
        if let Some((number, rest)) = name.split_once('_')
            && let Some(twin) = names.insert(number.to_owned(), rest.to_owned())
        {
            return Err(Failure(format!("{}: number {number} is {twin} and {rest}.", folder.display())));
        }
    }
    Ok(names)
}

/// `out property <color> primary: #0b4a6b;` is `primary` = `#0b4a6b`. What varies while running (`in-out`) is not a value.
fn slint_values(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| line.trim().strip_prefix("out property <")?.split_once("> ")?.1.strip_suffix(';'))
        .filter_map(|rest| rest.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// `--primary: #0b4a6b;` is `primary` = `#0b4a6b`. The font is left out: pages name stand-ins that Slint finds by itself.
fn css_values(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| line.trim().strip_prefix("--")?.strip_suffix(';')?.split_once(": "))
        .filter(|(name, _)| *name != "font")
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn differences(
    left_name: &str,
    left: &BTreeMap<String, String>,
    right_name: &str,
    right: &BTreeMap<String, String>,
) -> Result<(), Failure> {
    let mut found = Vec::new();
    for (key, value) in left {
        match right.get(key) {
            None => found.push(format!("{key} ({value}) is in {left_name} alone")),
            Some(other) if other != value => {
                found.push(format!("{key} is {value} in {left_name}, {other} in {right_name}"));
            }
            Some(_) => {}
        }
    }
    found.extend(
        right
            .iter()
            .filter(|(key, _)| !left.contains_key(*key))
            .map(|(key, value)| format!("{key} ({value}) is in {right_name} alone")),
    );
    if found.is_empty() { Ok(()) } else { Err(Failure(found.join("\n"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_values_in_slint_and_css_agree() {
        let slint = slint_values(
            "export global Theme {\n    out property <color> ink: #10222e;\n    in-out property <float> scale: 1.0;\n}",
        );
        let css = css_values(":root {\n  --ink: #10222e;\n  --font: \"Noto\", sans-serif;\n}");
        assert!(differences("slint", &slint, "css", &css).is_ok());
    }

    #[test]
    fn a_colour_that_differs_is_named_with_both_values() {
        let slint = slint_values("    out property <color> ink: #10222e;\n    out property <color> paper: #ffffff;");
        let css = css_values("  --ink: #000000;");
        let Err(Failure(text)) = differences("slint", &slint, "css", &css) else {
            panic!("the difference was not found")
        };
        assert!(text.contains("ink is #10222e in slint, #000000 in css"), "{text}");
        assert!(text.contains("paper (#ffffff) is in slint alone"), "{text}");
    }

    #[test]
    fn a_migration_number_used_twice_is_refused() {
        let folder = std::env::temp_dir().join(format!("hall-parity-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for name in ["0001_halls.sql", "0001_users.sql"] {
            fs::write(folder.join(name), "").unwrap();
        }
        let outcome = names(&folder);
        fs::remove_dir_all(&folder).unwrap();
        assert!(outcome.is_err_and(|Failure(text)| text.contains("number 0001")));
    }
}
