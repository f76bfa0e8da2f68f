//! Checks `deny.toml` against the dependencies that are really built: licences, banned crates, sources.
//! cargo-deny reads the same file and checks more, but takes longer to build than this project's own tests to run.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::shell::{Failure, cargo, failed, output, root};

const REGISTRY: &str = "registry+";

/// What `deny.toml` says.
#[derive(Debug, Default)]
struct Rules {
    allowed: BTreeSet<String>,
    exceptions: BTreeMap<String, BTreeSet<String>>,
    banned: BTreeSet<String>,
    targets: Vec<String>,
}

pub(crate) fn check() -> Result<(), Failure> {
    let path = root().join("deny.toml");
    let text = std::fs::read_to_string(&path).map_err(failed("deny.toml cannot be read"))?;
    let rules = Rules::read(&text)?;
    let mut command = cargo();
    command.args(["metadata", "--format-version", "1", "--all-features", "--locked"]);
    for target in &rules.targets {
        command.args(["--filter-platform", target]);
    }
    let metadata: Value = serde_json::from_str(&output(&mut command)?).map_err(failed("cargo's metadata"))?;
    let packages = reachable(&metadata);
    let wrong: Vec<String> = packages.iter().filter_map(|package| rules.objection(package)).collect();
    println!("{} packages looked at", packages.len());
    if wrong.is_empty() { Ok(()) } else { Err(Failure(wrong.join("\n"))) }
}

/// The packages in the resolved graph: `packages` also lists those for other platforms.
fn reachable(metadata: &Value) -> Vec<&Value> {
    let nodes = metadata["resolve"]["nodes"].as_array().map_or(&[][..], Vec::as_slice);
    let used: BTreeSet<&str> = nodes.iter().filter_map(|node| node["id"].as_str()).collect();
    let all = metadata["packages"].as_array().map_or(&[][..], Vec::as_slice);
    all.iter().filter(|package| package["id"].as_str().is_some_and(|id| used.contains(id))).collect()
}

impl Rules {
    fn read(text: &str) -> Result<Self, Failure> {
        let table: toml::Table = text.parse().map_err(failed("deny.toml"))?;
        let strings = |value: Option<&toml::Value>| -> Vec<String> {
            let list = value.and_then(toml::Value::as_array).map_or(&[][..], Vec::as_slice);
            list.iter().filter_map(toml::Value::as_str).map(str::to_owned).collect()
        };
        let tables = |value: Option<&toml::Value>| -> Vec<toml::Table> {
            let list = value.and_then(toml::Value::as_array).map_or(&[][..], Vec::as_slice);
            list.iter().filter_map(toml::Value::as_table).cloned().collect()
        };
        let licenses = table.get("licenses").and_then(toml::Value::as_table).cloned().unwrap_or_default();
        let allowed: BTreeSet<String> = strings(licenses.get("allow")).into_iter().collect();
        if allowed.is_empty() {
            return Err(Failure("deny.toml allows no licence at all.".into()));
        }
        let name =
            |table: &toml::Table| table.get("crate").and_then(toml::Value::as_str).unwrap_or_default().to_owned();
        Ok(Rules {
            allowed,
            exceptions: tables(licenses.get("exceptions"))
                .iter()
                .map(|exception| (name(exception), strings(exception.get("allow")).into_iter().collect()))
                .collect(),
            banned: tables(table.get("bans").and_then(|bans| bans.get("deny"))).iter().map(name).collect(),
            targets: strings(table.get("graph").and_then(|graph| graph.get("targets"))),
        })
    }

    /// Why this package may not be used, if it may not.
    fn objection(&self, package: &Value) -> Option<String> {
        let name = package["name"].as_str().unwrap_or_default();
        let version = package["version"].as_str().unwrap_or_default();
        if self.banned.contains(name) {
            return Some(format!("{name} {version} is banned"));
        }
        if let Some(source) = package["source"].as_str().filter(|source| !source.starts_with(REGISTRY)) {
            return Some(format!("{name} {version} comes from {source}, not from the registry"));
        }
        let Some(licence) = package["license"].as_str() else {
            return Some(format!("{name} {version} names no licence"));
        };
        let extra = self.exceptions.get(name);
        let permitted = |term: &str| self.allowed.contains(term) || extra.is_some_and(|terms| terms.contains(term));
        match Expression::new(licence).permitted(&permitted) {
            Some(true) => None,
            Some(false) => Some(format!("{name} {version} is under {licence}, which deny.toml does not allow")),
            None => Some(format!("{name} {version} has a licence expression that cannot be read: {licence}")),
        }
    }
}

/// A reader of SPDX licence expressions: `OR` binds weaker than `AND`; `/` is an old way to write `OR`.
struct Expression<'a> {
    words: Vec<&'a str>,
    next: usize,
}

impl<'a> Expression<'a> {
    fn new(text: &'a str) -> Self {
        let mut words = Vec::new();
        for word in text.split_whitespace() {
            let mut rest = word;
            while let Some(at) = rest.find(['(', ')', '/']) {
                if at > 0 {
                    words.push(&rest[..at]);
                }
                words.push(&rest[at..=at]);
                rest = &rest[at + 1..];
            }
            if !rest.is_empty() {
                words.push(rest);
            }
        }
        Expression { words, next: 0 }
    }

    /// `None` where the text is no expression.
    fn permitted(mut self, term: &dyn Fn(&str) -> bool) -> Option<bool> {
        let answer = self.any(term)?;
        (self.next == self.words.len()).then_some(answer)
    }

    fn any(&mut self, term: &dyn Fn(&str) -> bool) -> Option<bool> {
        let mut answer = self.all(term)?;
        while self.take("OR") || self.take("/") {
            answer |= self.all(term)?;
        }
        Some(answer)
    }

    fn all(&mut self, term: &dyn Fn(&str) -> bool) -> Option<bool> {
        let mut answer = self.one(term)?;
        while self.take("AND") {
            answer &= self.one(term)?;
        }
        Some(answer)
    }

    fn one(&mut self, term: &dyn Fn(&str) -> bool) -> Option<bool> {
        if self.take("(") {
            let answer = self.any(term)?;
            return self.take(")").then_some(answer);
        }
        let id = self.words.get(self.next).copied().filter(|word| !["OR", "AND", "WITH", ")", "/"].contains(word))?;
        self.next += 1;
        if self.take("WITH") {
            let exception = self.words.get(self.next)?;
            self.next += 1;
            return Some(term(&format!("{id} WITH {exception}")));
        }
        Some(term(id))
    }

    fn take(&mut self, word: &str) -> bool {
        let here = self.words.get(self.next) == Some(&word);
        self.next += usize::from(here);
        here
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rules() -> Rules {
        Rules::read(
            r#"
            [licenses]
            allow = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "Unicode-3.0"]
            exceptions = [{ crate = "slint", allow = ["GPL-3.0-only"] }]
            [bans]
            deny = [{ crate = "openssl" }]
            "#,
        )
        .unwrap()
    }

    fn objection(name: &str, licence: &str) -> Option<String> {
        rules().objection(&json!({ "name": name, "version": "1.0.0", "license": licence, "source": "registry+x" }))
    }

    #[test]
    fn one_allowed_choice_is_enough() {
        for licence in ["MIT", "GPL-2.0 OR MIT", "MIT/GPL-2.0", "Apache-2.0 WITH LLVM-exception OR BSD-9"] {
            assert_eq!(objection("some", licence), None, "{licence}");
        }
    }

    #[test]
    fn every_part_of_a_combination_must_be_allowed() {
        assert_eq!(objection("some", "(MIT OR Apache-2.0) AND Unicode-3.0"), None);
        assert!(objection("some", "(MIT OR Apache-2.0) AND GPL-3.0-only").is_some());
        assert!(objection("some", "MIT AND (GPL-3.0-only OR BSD-9)").is_some());
    }

    #[test]
    fn an_exception_holds_for_its_crate_alone() {
        assert_eq!(objection("slint", "GPL-3.0-only OR LicenseRef-Slint-Software-3.0"), None);
        assert!(objection("other", "GPL-3.0-only").is_some());
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for licence in ["", "MIT OR", "(MIT", "MIT MIT", "AND"] {
            assert!(objection("some", licence).is_some(), "{licence:?} was let through");
        }
    }

    #[test]
    fn a_banned_crate_and_a_foreign_source_are_refused() {
        assert!(objection("openssl", "Apache-2.0").is_some_and(|text| text.contains("banned")));
        let foreign =
            json!({ "name": "a", "version": "1.0.0", "license": "MIT", "source": "git+https://example.org/a" });
        assert!(rules().objection(&foreign).is_some_and(|text| text.contains("not from the registry")));
    }
}
