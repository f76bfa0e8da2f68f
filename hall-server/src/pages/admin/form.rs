//! The editor's form: an item as fields with names such as `documents.2.name.zh`, the same paths that faults name.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;

use protocol::catalogue::*;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The most rows of one list that a form may hold: more than any item may have, so that a draft can be cut down.
const MOST_ROWS: usize = 200;

/// A field that could not be read; the item keeps what stood there before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unread {
    pub(super) place: String,
    pub(super) typed: String,
}

/// What was sent.
#[derive(Debug)]
pub(super) struct Sent {
    fields: HashMap<String, String>,
    unread: Vec<Unread>,
}

impl Sent {
    pub(super) fn new(pairs: Vec<(String, String)>) -> Self {
        Sent { fields: pairs.into_iter().collect(), unread: Vec::new() }
    }

    pub(super) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map(String::as_str).unwrap_or_default()
    }

    /// The item as it was sent, over `before` for what the form does not hold, and what could not be read.
    pub(super) fn item(mut self, before: &Item) -> (Item, Vec<Unread>) {
        let s = &mut self;
        let item = Item {
            name: s.text("name"),
            department: s.word("department"),
            item_type: s.choice("item_type", before.item_type),
            themes: words(s.field("themes")),
            main_item: s.word("main_item"),
            handling: s.choice("handling", before.handling),
            identity: s.choice("identity", before.identity),
            statutory_days: s.number("statutory_days", before.statutory_days),
            promised_days: s.number("promised_days", before.promised_days),
            conditions: s.text("conditions"),
            documents: s.rows("documents", &before.documents, Sent::document),
            fees: s.rows("fees", &before.fees, Sent::fee),
            hours: s.text("hours"),
            branches: s.rows("branches", &before.branches, Sent::branch),
            join: s.join(),
            unit: s.choice("unit", before.unit),
            review_days: s.number("review_days", before.review_days),
            decision_days: s.number("decision_days", before.decision_days),
            special_procedures: s.special_procedures(),
            extension_days: s.number("extension_days", before.extension_days),
            extender: s.choice("extender", before.extender),
            deferred_days: s.number("deferred_days", before.deferred_days),
            grant_before_deferred: s.flag("grant_before_deferred"),
            lapse_days: s.number("lapse_days", before.lapse_days),
            department_accepts: s.flag("department_accepts"),
            one_pair_of_eyes: s.flag("one_pair_of_eyes"),
            bulk: s.flag("bulk"),
            online: s.flag("online"),
            questions: s.rows("questions", &before.questions, Sent::question),
            form: s.rows("form", &before.form, Sent::form_field),
            members: words(s.field("members")),
            legal_basis: s.text("legal_basis"),
            result: s.text("result"),
            usual_minutes: s.number("usual_minutes", before.usual_minutes),
            ..before.clone()
        };
        (item, self.unread)
    }

    fn word(&self, name: &str) -> String {
        self.field(name).trim().to_owned()
    }

    fn text(&self, name: &str) -> Text {
        // Browsers send line breaks as CR LF.
        let part = |language: &str| self.word(&format!("{name}.{language}")).replace("\r\n", "\n");
        Text { zh: part("zh"), en: part("en") }
    }

    fn flag(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    fn number<T: FromStr + Default>(&mut self, name: &str, before: T) -> T {
        let typed = self.word(name);
        if typed.is_empty() {
            return T::default();
        }
        typed.parse().unwrap_or_else(|_| {
            self.unread.push(Unread { place: name.to_owned(), typed });
            before
        })
    }

    /// One of the names that an enum has in JSON.
    fn choice<T: DeserializeOwned>(&mut self, name: &str, before: T) -> T {
        let typed = self.word(name);
        if typed.is_empty() {
            return before;
        }
        serde_json::from_value(Value::from(typed.clone())).unwrap_or_else(|_| {
            self.unread.push(Unread { place: name.to_owned(), typed });
            before
        })
    }

    fn rows<T: Default + Clone>(&mut self, list: &str, before: &[T], read: fn(&mut Self, &str, &T) -> T) -> Vec<T> {
        let count = self.field(&format!("{list}.count")).parse().unwrap_or(0).min(MOST_ROWS);
        (0..count)
            .map(|n| {
                let there = before.get(n).cloned().unwrap_or_default();
                read(self, &format!("{list}.{n}"), &there)
            })
            .collect()
    }

    fn document(&mut self, at: &str, before: &RequiredDocument) -> RequiredDocument {
        RequiredDocument {
            key: self.word(&format!("{at}.key")),
            name: self.text(&format!("{at}.name")),
            mandatory: self.flag(&format!("{at}.mandatory")),
            originals: self.number(&format!("{at}.originals"), before.originals),
            copies: self.number(&format!("{at}.copies"), before.copies),
            note: self.text(&format!("{at}.note")),
            when: self.word(&format!("{at}.when")),
            deferrable: self.flag(&format!("{at}.deferrable")),
            commitment: self.flag(&format!("{at}.commitment")),
            shared_source: self.word(&format!("{at}.shared_source")),
            material: self.word(&format!("{at}.material")),
        }
    }

    fn fee(&mut self, at: &str, before: &Fee) -> Fee {
        Fee {
            name: self.text(&format!("{at}.name")),
            amount: self.number(&format!("{at}.amount"), before.amount),
            standard: self.text(&format!("{at}.standard")),
            when: self.word(&format!("{at}.when")),
        }
    }

    fn branch(&mut self, at: &str, before: &BranchRule) -> BranchRule {
        BranchRule {
            department: self.word(&format!("{at}.department")),
            days: self.number(&format!("{at}.days"), before.days),
            voice: self.choice(&format!("{at}.voice"), before.voice),
            when: self.word(&format!("{at}.when")),
            system: self.word(&format!("{at}.system")),
        }
    }

    fn question(&mut self, at: &str, before: &Question) -> Question {
        Question {
            key: self.word(&format!("{at}.key")),
            text: self.text(&format!("{at}.text")),
            choices: self.rows(&format!("{at}.choices"), &before.choices, Sent::one_choice),
            when: self.word(&format!("{at}.when")),
        }
    }

    fn one_choice(&mut self, at: &str, _: &Choice) -> Choice {
        Choice { key: self.word(&format!("{at}.key")), text: self.text(&format!("{at}.text")) }
    }

    fn form_field(&mut self, at: &str, before: &FormField) -> FormField {
        FormField {
            key: self.word(&format!("{at}.key")),
            name: self.text(&format!("{at}.name")),
            kind: self.choice(&format!("{at}.kind"), before.kind),
            mandatory: self.flag(&format!("{at}.mandatory")),
            when: self.word(&format!("{at}.when")),
        }
    }

    fn join(&mut self) -> JoinRule {
        match self.field("join.rule") {
            "any" => JoinRule::Any,
            "at-least" => JoinRule::AtLeast { approvals: self.number("join.approvals", 0) },
            "lead" => JoinRule::Lead { department: self.word("join.department") },
            _ => JoinRule::All,
        }
    }

    fn special_procedures(&mut self) -> Vec<SpecialRule> {
        let count = self.field("special_procedures.count").parse().unwrap_or(0_usize).min(MOST_ROWS);
        (0..count)
            .map(|n| {
                let at = format!("special_procedures.{n}");
                SpecialRule {
                    kind: self.choice(&format!("{at}.kind"), SpecialKind::Hearing),
                    basis: self.text(&format!("{at}.basis")),
                    longest_days: self.number(&format!("{at}.longest_days"), 0),
                }
            })
            .collect()
    }
}

/// Words with spaces, commas or line breaks between them.
fn words(text: &str) -> Vec<String> {
    text.split(|ch: char| ch.is_whitespace() || matches!(ch, ',' | '，' | '、' | ';' | '；'))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// What a button of a row does: `add:documents`, `remove:documents.2`, `up:branches.1`, `down:questions.0.choices.1`. An action that
/// means nothing changes nothing.
pub(super) fn apply(item: &mut Item, action: &str) {
    let Some((verb, path)) = action.split_once(':') else { return };
    let mut parts = path.split('.');
    let list = parts.next().unwrap_or_default();
    let mut number = || parts.next().and_then(|part| part.parse::<usize>().ok());
    let row = number();
    match list {
        "questions" if path.contains(".choices") => {
            let (Some(question), row) = (row, path.rsplit('.').next().and_then(|part| part.parse().ok())) else {
                return;
            };
            if let Some(question) = item.questions.get_mut(question) {
                let key = fresh_key("c", question.choices.iter().map(|choice| choice.key.as_str()));
                change(&mut question.choices, verb, row, || Choice { key, ..Choice::default() });
            }
        }
        "questions" => {
            let key = fresh_key("q", item.questions.iter().map(|question| question.key.as_str()));
            let choice = |key: &str| Choice { key: key.to_owned(), ..Choice::default() };
            let choices = vec![choice("yes"), choice("no")];
            change(&mut item.questions, verb, row, || Question { key, choices, ..Question::default() });
        }
        "documents" => {
            let key = fresh_key("d", item.documents.iter().map(|document| document.key.as_str()));
            let fresh = || RequiredDocument { key, mandatory: true, originals: 1, ..RequiredDocument::default() };
            change(&mut item.documents, verb, row, fresh);
        }
        "form" => {
            let key = fresh_key("f", item.form.iter().map(|field| field.key.as_str()));
            change(&mut item.form, verb, row, || FormField { key, ..FormField::default() });
        }
        "fees" => change(&mut item.fees, verb, row, Fee::default),
        "branches" => change(&mut item.branches, verb, row, BranchRule::default),
        "special_procedures" => {
            let used = |kind: &SpecialKind| item.special_procedures.iter().all(|rule| rule.kind != *kind);
            let kind = SpecialKind::ALL.into_iter().find(used).unwrap_or(SpecialKind::Hearing);
            change(&mut item.special_procedures, verb, row, || SpecialRule {
                kind,
                basis: Text::default(),
                longest_days: 0,
            });
        }
        _ => {}
    }
}

fn change<T>(rows: &mut Vec<T>, verb: &str, row: Option<usize>, fresh: impl FnOnce() -> T) {
    match (verb, row) {
        ("add", _) if rows.len() < MOST_ROWS => rows.push(fresh()),
        ("remove", Some(row)) if row < rows.len() => drop(rows.remove(row)),
        ("up", Some(row)) if row > 0 && row < rows.len() => rows.swap(row, row - 1),
        ("down", Some(row)) if row + 1 < rows.len() => rows.swap(row, row + 1),
        _ => {}
    }
}

/// The first of `d1`, `d2` … that is free.
fn fresh_key<'a>(prefix: &str, used: impl Iterator<Item = &'a str>) -> String {
    let used: HashSet<&str> = used.collect();
    let mut number = 1;
    loop {
        let key = format!("{prefix}{number}");
        if !used.contains(key.as_str()) {
            return key;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_added_removed_and_moved() {
        let mut item = Item::default();
        for action in ["add:documents", "add:documents", "add:questions", "add:questions.0.choices", "add:branches"] {
            apply(&mut item, action);
        }
        let keys = |item: &Item| item.documents.iter().map(|d| d.key.clone()).collect::<Vec<_>>();
        assert_eq!(keys(&item), ["d1", "d2"]);
        apply(&mut item, "up:documents.1");
        assert_eq!(keys(&item), ["d2", "d1"]);
        apply(&mut item, "remove:documents.0");
        assert_eq!(keys(&item), ["d1"]);
        apply(&mut item, "add:documents");
        assert_eq!(keys(&item), ["d1", "d2"]);
        let choices = |item: &Item| item.questions[0].choices.iter().map(|c| c.key.clone()).collect::<Vec<_>>();
        assert_eq!(choices(&item), ["yes", "no", "c1"]);
        apply(&mut item, "down:questions.0.choices.0");
        apply(&mut item, "remove:questions.0.choices.2");
        assert_eq!(choices(&item), ["no", "yes"]);
        let before = item.clone();
        for nonsense in [
            "",
            "add",
            "up:documents.0",
            "down:documents.1",
            "remove:documents.9",
            "remove:questions.7.choices.0",
            "remove:name",
            "add:nothing",
            "remove:documents.x",
            "up:questions.choices",
        ] {
            apply(&mut item, nonsense);
        }
        assert_eq!(item, before);
    }

    #[test]
    fn a_number_that_is_none_is_named_and_what_stood_there_stays() {
        let before = Item { promised_days: 10, ..Item::default() };
        let sent = Sent::new(vec![
            ("promised_days".to_owned(), "ten".to_owned()),
            ("statutory_days".to_owned(), " 20 ".to_owned()),
        ]);
        let (item, unread) = sent.item(&before);
        assert_eq!((item.promised_days, item.statutory_days), (10, 20));
        assert_eq!(unread, [Unread { place: "promised_days".to_owned(), typed: "ten".to_owned() }]);
    }
}
