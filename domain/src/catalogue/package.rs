//! One matter (一件事): an item whose members' questions, documents, fees and form are asked for once, in one application.
//!
//! [`Joined::item`] is what faces show: the package with the union of its members. Its keys carry the member's number
//! (`m2_premises`), so that two members may use one key for different things. What is the same in several members is there once:
//! a question with the same key, words and choices, a document with the same `material`, a form field with the same key, name and
//! kind. What was answered and brought is led back to each member by [`Joined::answers_of`] and [`Joined::document_sources`].

use std::collections::BTreeMap;

use protocol::catalogue::{Fee, FormField, Item, Question, RequiredDocument};
use thiserror::Error;

use super::situations::{self, Answers, condition::ConditionError};

/// Why members do not make a package.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PackageError {
    #[error("the item {0} is not a package: it has no members")]
    NotAPackage(String),
    #[error("the member {0} of the package is not there")]
    MemberMissing(String),
    #[error("the member {0} is itself a package")]
    MemberIsPackage(String),
    #[error("a condition of the member {member} cannot be read")]
    Condition { member: String, source: ConditionError },
}

/// A key of one member: the item's code, and the key within it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MemberKey {
    pub item: String,
    pub key: String,
}

/// A package with the union of its members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// The package as faces show it.
    pub item: Item,
    questions: BTreeMap<String, Vec<MemberKey>>,
    documents: BTreeMap<String, Vec<MemberKey>>,
    fields: BTreeMap<String, Vec<MemberKey>>,
}

/// Joins a package with its members: the versions in force of the items that it names, in any order.
pub fn join(package: &Item, members: &[Item]) -> Result<Joined, PackageError> {
    if package.members.is_empty() {
        return Err(PackageError::NotAPackage(package.code.clone()));
    }
    // What it asks for is its members' to say; so one that is joined already is joined again to the same.
    let bare =
        Item { questions: Vec::new(), documents: Vec::new(), form: Vec::new(), fees: Vec::new(), ..package.clone() };
    let mut joined =
        Joined { item: bare, questions: BTreeMap::new(), documents: BTreeMap::new(), fields: BTreeMap::new() };
    let mut asked_when = AskedWhen::default();
    for (number, code) in (1..).zip(&package.members) {
        let member = members.iter().find(|item| item.code == *code);
        let member = member.ok_or_else(|| PackageError::MemberMissing(code.clone()))?;
        if !member.members.is_empty() {
            return Err(PackageError::MemberIsPackage(code.clone()));
        }
        joined.take(number, member, &mut asked_when)?;
    }
    for document in &mut joined.item.documents {
        document.when = any_of(asked_when.documents.remove(&document.key).unwrap_or_default());
    }
    for field in &mut joined.item.form {
        field.when = any_of(asked_when.fields.remove(&field.key).unwrap_or_default());
    }
    Ok(joined)
}

/// The conditions of all members that ask for one thing, by the package's key.
#[derive(Debug, Default)]
struct AskedWhen {
    documents: BTreeMap<String, Vec<String>>,
    fields: BTreeMap<String, Vec<String>>,
}

/// Where one of them holds; the empty condition always does.
fn any_of(mut conditions: Vec<String>) -> String {
    if conditions.iter().any(String::is_empty) {
        return String::new();
    }
    conditions.sort_unstable();
    conditions.dedup();
    match conditions.as_slice() {
        [one] => one.clone(),
        several => several.iter().map(|one| format!("({one})")).collect::<Vec<_>>().join(" || "),
    }
}

impl Joined {
    /// Which members ask for the package's document, and under which key. Empty for a key that the package does not have.
    pub fn document_sources(&self, key: &str) -> &[MemberKey] {
        self.documents.get(key).map(Vec::as_slice).unwrap_or_default()
    }

    /// The member's own answers, of those given to the package's questions.
    pub fn answers_of(&self, member: &str, answers: &Answers) -> Answers {
        own(&self.questions, member, answers)
    }

    /// The member's own form, of the package's form as it was filled in (field's key → text).
    pub fn form_of(&self, member: &str, form: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        own(&self.fields, member, form)
    }

    fn take(&mut self, number: usize, member: &Item, asked_when: &mut AskedWhen) -> Result<(), PackageError> {
        let prefixed = |key: &str| format!("m{number}_{key}");
        let source = |key: &str| MemberKey { item: member.code.clone(), key: key.to_owned() };
        // Member's question → the package's.
        let mut names: BTreeMap<&str, String> = BTreeMap::new();
        for (place, question) in (0..).zip(&member.questions) {
            let asked = Question {
                key: prefixed(&question.key),
                when: renamed(&question.when, &member.questions[..place], &names, member)?,
                ..question.clone()
            };
            let same = self.item.questions.iter().find(|there| {
                let one = self.questions[&there.key].iter().all(|known| known.key == question.key);
                one && (&there.text, &there.choices, &there.when) == (&asked.text, &asked.choices, &asked.when)
            });
            let key = same.map_or_else(|| asked.key.clone(), |there| there.key.clone());
            if same.is_none() {
                self.item.questions.push(asked);
            }
            self.questions.entry(key.clone()).or_default().push(source(&question.key));
            names.insert(&question.key, key);
        }
        let when = |text: &str| renamed(text, &member.questions, &names, member);
        for document in &member.documents {
            let wanted = RequiredDocument { key: prefixed(&document.key), ..document.clone() };
            let there = &mut self.item.documents;
            let same = |known: &&mut RequiredDocument| !wanted.material.is_empty() && known.material == wanted.material;
            let key = match there.iter_mut().find(same) {
                Some(known) => {
                    merge(known, &wanted);
                    known.key.clone()
                }
                None => {
                    there.push(wanted.clone());
                    wanted.key
                }
            };
            asked_when.documents.entry(key.clone()).or_default().push(when(&document.when)?);
            self.documents.entry(key).or_default().push(source(&document.key));
        }
        for field in &member.form {
            let wanted = FormField { key: prefixed(&field.key), ..field.clone() };
            let sources = &self.fields;
            let same = |known: &&mut FormField| {
                let one = sources[&known.key].iter().all(|source| source.key == field.key);
                one && (&known.name, known.kind) == (&wanted.name, wanted.kind)
            };
            let key = match self.item.form.iter_mut().find(same) {
                Some(known) => {
                    known.mandatory |= wanted.mandatory;
                    known.key.clone()
                }
                None => {
                    self.item.form.push(wanted.clone());
                    wanted.key
                }
            };
            asked_when.fields.entry(key.clone()).or_default().push(when(&field.when)?);
            self.fields.entry(key).or_default().push(source(&field.key));
        }
        for fee in &member.fees {
            self.item.fees.push(Fee { when: when(&fee.when)?, ..fee.clone() });
        }
        Ok(())
    }
}

fn own(keys: &BTreeMap<String, Vec<MemberKey>>, member: &str, given: &BTreeMap<String, String>) -> Answers {
    given
        .iter()
        .flat_map(|(key, value)| {
            let sources = keys.get(key).map(Vec::as_slice).unwrap_or_default();
            sources.iter().filter(|source| source.item == member).map(|source| (source.key.clone(), value.clone()))
        })
        .collect()
}

/// The condition over the package's questions instead of the member's.
fn renamed(
    when: &str,
    questions: &[Question],
    names: &BTreeMap<&str, String>,
    member: &Item,
) -> Result<String, PackageError> {
    let read = situations::compile(when, questions)
        .map_err(|source| PackageError::Condition { member: member.code.clone(), source })?;
    // Compiled against the member's questions, so every key has its name here.
    Ok(read.map_or_else(String::new, |condition| {
        condition.text(&|key| names.get(key).cloned().unwrap_or_else(|| key.to_owned()))
    }))
}

/// One paper for both: where either asks for it, as strictly as the stricter one; it may be left for later only where both allow.
fn merge(known: &mut RequiredDocument, other: &RequiredDocument) {
    known.mandatory |= other.mandatory;
    known.originals = known.originals.max(other.originals);
    known.copies = known.copies.max(other.copies);
    known.deferrable &= other.deferrable;
    known.commitment &= other.commitment;
    if known.shared_source.is_empty() {
        known.shared_source.clone_from(&other.shared_source);
    }
    if known.note.zh.is_empty() {
        known.note.clone_from(&other.note);
    }
}

#[cfg(test)]
mod tests {
    use protocol::catalogue::{Choice, Text};

    use super::*;
    use crate::catalogue::situations::Situations;

    fn question(key: &str, words: &str, choices: &[&str], when: &str) -> Question {
        let choices = choices.iter().map(|key| Choice { key: (*key).to_owned(), text: Text::new(*key, "") }).collect();
        Question { key: key.to_owned(), text: Text::new(words, ""), choices, when: when.to_owned() }
    }

    fn document(key: &str, material: &str, when: &str) -> RequiredDocument {
        RequiredDocument {
            key: key.to_owned(),
            name: Text::new(format!("{key} {material}"), ""),
            material: material.to_owned(),
            when: when.to_owned(),
            ..RequiredDocument::default()
        }
    }

    fn food() -> Item {
        Item {
            code: "food".to_owned(),
            questions: vec![
                question("premises", "租的还是自有？", &["owned", "rented"], ""),
                question("size", "多大？", &["small", "large"], "answers.premises == \"rented\""),
            ],
            documents: vec![
                RequiredDocument { mandatory: true, copies: 1, deferrable: true, ..document("d1", "licence", "") },
                document("d2", "lease", "answers.premises == \"rented\""),
                document("d3", "", "answers.size in [\"large\"] && !has(answers.premises)"),
            ],
            fees: vec![Fee { when: "answers.size == \"large\"".to_owned(), amount: 100, ..Fee::default() }],
            form: vec![FormField { key: "area".to_owned(), ..FormField::default() }],
            ..Item::default()
        }
    }

    fn fire() -> Item {
        Item {
            code: "fire".to_owned(),
            questions: vec![
                question("premises", "租的还是自有？", &["owned", "rented"], ""),
                question("size", "几层？", &["one", "more"], ""),
            ],
            documents: vec![
                RequiredDocument { copies: 2, ..document("d1", "licence", "") },
                document("lease", "lease", "answers.size == \"more\""),
                document("d3", "", "answers[\"size\"] == \"more\" ? true : answers.premises != \"owned\""),
            ],
            form: vec![FormField { key: "area".to_owned(), mandatory: true, ..FormField::default() }],
            ..Item::default()
        }
    }

    fn package() -> Item {
        Item { code: "open".to_owned(), members: vec!["food".to_owned(), "fire".to_owned()], ..Item::default() }
    }

    #[test]
    fn what_several_members_ask_for_is_asked_for_once() {
        let joined = join(&package(), &[fire(), food()]).unwrap();
        let questions: Vec<&str> = joined.item.questions.iter().map(|q| q.key.as_str()).collect();
        assert_eq!(questions, ["m1_premises", "m1_size", "m2_size"], "the premises once; sizes are two questions");
        let documents: Vec<&str> = joined.item.documents.iter().map(|d| d.key.as_str()).collect();
        assert_eq!(documents, ["m1_d1", "m1_d2", "m1_d3", "m2_d3"], "licence and lease once");
        let licence = &joined.item.documents[0];
        assert_eq!((licence.mandatory, licence.copies, licence.deferrable), (true, 2, false));
        assert_eq!(
            joined.item.documents[1].when,
            "(answers.m1_premises == \"rented\") || (answers.m2_size == \"more\")"
        );
        assert_eq!(joined.item.form.len(), 1);
        assert!(joined.item.form[0].mandatory);
        assert_eq!(joined.item.fees[0].when, "answers.m1_size == \"large\"");
    }

    #[test]
    fn the_papers_lead_back_to_the_members() {
        let joined = join(&package(), &[food(), fire()]).unwrap();
        let key = |item: &str, key: &str| MemberKey { item: item.to_owned(), key: key.to_owned() };
        assert_eq!(joined.document_sources("m1_d1"), [key("food", "d1"), key("fire", "d1")]);
        assert_eq!(joined.document_sources("m1_d2"), [key("food", "d2"), key("fire", "lease")]);
        assert_eq!(joined.document_sources("m2_d3"), [key("fire", "d3")]);
        assert_eq!(joined.document_sources("d1"), []);
        let every: usize = joined.item.documents.iter().map(|d| joined.document_sources(&d.key).len()).sum();
        assert_eq!(every, food().documents.len() + fire().documents.len());
    }

    /// Whatever is answered, the package asks for exactly the papers that its members would ask for one by one.
    #[test]
    fn the_package_asks_for_what_its_members_ask_for() {
        let members = [food(), fire()];
        let joined = join(&package(), &members).unwrap();
        for premises in ["owned", "rented", ""] {
            for (first, second) in [("small", "one"), ("large", "more"), ("large", "one"), ("", "more")] {
                let answers: Answers = [("m1_premises", premises), ("m1_size", first), ("m2_size", second)]
                    .into_iter()
                    .filter(|(_, choice)| !choice.is_empty())
                    .map(|(key, choice)| (key.to_owned(), choice.to_owned()))
                    .collect();
                let by_package: Vec<MemberKey> = Situations::of(&joined.item)
                    .applies(&answers)
                    .documents
                    .into_iter()
                    .flat_map(|place| joined.document_sources(&joined.item.documents[place].key).to_vec())
                    .collect();
                let by_members: Vec<MemberKey> = members
                    .iter()
                    .flat_map(|member| {
                        let own = joined.answers_of(&member.code, &answers);
                        let documents = Situations::of(member).applies(&own).documents;
                        documents.into_iter().map(|place| MemberKey {
                            item: member.code.clone(),
                            key: member.documents[place].key.clone(),
                        })
                    })
                    .collect();
                // A shared paper that one member needs stands for the other's too.
                let wanted = |key: &MemberKey| by_members.contains(key) || shared(&joined, key, &by_members);
                assert!(by_package.iter().all(wanted), "too much: {answers:?}");
                assert!(by_members.iter().all(|key| by_package.contains(key)), "too little: {answers:?}");
            }
        }
    }

    fn shared(joined: &Joined, key: &MemberKey, needed: &[MemberKey]) -> bool {
        let group = joined.item.documents.iter().map(|d| joined.document_sources(&d.key)).find(|s| s.contains(key));
        group.is_some_and(|group| group.iter().any(|other| needed.contains(other)))
    }

    #[test]
    fn members_get_their_own_answers_and_form() {
        let joined = join(&package(), &[food(), fire()]).unwrap();
        let answers: Answers = [("m1_premises", "rented"), ("m2_size", "more"), ("other", "x")]
            .map(|(key, choice)| (key.to_owned(), choice.to_owned()))
            .into();
        let of = |member: &str| joined.answers_of(member, &answers).into_iter().collect::<Vec<_>>();
        let pair = |key: &str, choice: &str| (key.to_owned(), choice.to_owned());
        assert_eq!(of("food"), [pair("premises", "rented")]);
        assert_eq!(of("fire"), [pair("premises", "rented"), pair("size", "more")]);
        let form = [pair("m1_area", "80")].into();
        assert_eq!(joined.form_of("fire", &form), [pair("area", "80")].into());
    }

    #[test]
    fn a_package_that_is_joined_already_is_joined_again_to_the_same() {
        let members = [food(), fire()];
        let once = join(&package(), &members).unwrap();
        assert_eq!(join(&once.item, &members).unwrap(), once);
    }

    #[test]
    fn a_package_without_its_members_is_refused() {
        assert_eq!(join(&package(), &[food()]), Err(PackageError::MemberMissing("fire".to_owned())));
        assert_eq!(join(&food(), &[]), Err(PackageError::NotAPackage("food".to_owned())));
        let nested = Item { members: vec!["x".to_owned()], ..fire() };
        assert_eq!(join(&package(), &[food(), nested]), Err(PackageError::MemberIsPackage("fire".to_owned())));
    }
}
