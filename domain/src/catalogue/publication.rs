//! What an item must be before an editor's draft may be published: stricter than [`item::check`], which imported lists pass as well.

mod faults;
mod reach;

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use protocol::catalogue::{DayUnit, Extender, Handling, Item, JoinRule, Question, SpecialKind, Text};

pub use self::faults::{Fault, Unfit};
use super::item;
use super::situations;

/// The most questions of one item; two or three are what a person answers gladly.
pub const MOST_QUESTIONS: usize = 12;
/// The most choices of one question.
pub const MOST_CHOICES: usize = 20;
/// The most members of a package.
pub const MOST_MEMBERS: usize = 20;
/// The longest key of a question, choice, document or field, in bytes.
pub const LONGEST_KEY: usize = 40;
/// The longest extension by the head of the agency, in working days (行政许可法 42).
pub const LONGEST_EXTENSION: u16 = 10;
/// The longest extension of a joint approval, by the head of the government, in working days (行政许可法 42).
pub const LONGEST_JOINT_EXTENSION: u16 = 15;

/// What an item is, for a package that wants it as a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Unknown,
    Retired,
    Package,
    Single,
}

/// What the item is published into.
pub struct Surroundings<'a> {
    /// Whether there is a department of that code.
    pub department: &'a dyn Fn(&str) -> bool,
    /// What the item of that code is.
    pub member: &'a dyn Fn(&str) -> Standing,
    /// Whether the server knows a provider of shared data by that name.
    pub shared_source: &'a dyn Fn(&str) -> bool,
    /// Whether the server knows a department's own system by that name.
    pub system: &'a dyn Fn(&str) -> bool,
}

impl std::fmt::Debug for Surroundings<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surroundings").finish_non_exhaustive()
    }
}

/// Everything that keeps the item from being published, each at its place.
pub fn check(item: &Item, around: &Surroundings<'_>) -> Vec<Fault> {
    let mut faults = Faults::default();
    for error in item::check(item, around.department) {
        faults.add(faults::place_of(&error, item), Unfit::Item(error));
    }
    check_questions(item, &mut faults);
    check_documents(item, around, &mut faults);
    check_form(item, &mut faults);
    for (n, fee) in (0..).zip(&item.fees) {
        faults.condition(format!("fees.{n}.when"), &fee.when, &item.questions);
    }
    check_limits(item, &mut faults);
    check_branches(item, around, &mut faults);
    check_procedures(item, &mut faults);
    check_members(item, around, &mut faults);
    // What can be reached is asked only where the questions mean something.
    if !faults.questions {
        reach::check(item, &mut faults);
    }
    faults.all
}

/// The faults found so far.
#[derive(Debug, Default)]
struct Faults {
    all: Vec<Fault>,
    /// A question is among them: then the combinations of answers mean nothing.
    questions: bool,
}

impl Faults {
    fn add(&mut self, place: impl Into<String>, reason: Unfit) {
        self.all.push(Fault { place: place.into(), reason });
    }

    fn condition(&mut self, place: String, text: &str, questions: &[Question]) {
        if let Err(error) = situations::compile(text, questions) {
            // Elsewhere a condition that cannot be read counts as none, which is never out of reach.
            self.questions |= place.starts_with("questions.");
            self.add(place, Unfit::Condition(error));
        }
    }

    fn key(&mut self, place: String, key: &str) {
        let good = (1..=LONGEST_KEY).contains(&key.len())
            && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        if !good {
            self.questions |= place.starts_with("questions.");
            self.add(place, Unfit::Key(key.to_owned()));
        }
    }

    fn words(&mut self, place: String, text: &Text) {
        if text.zh.trim().is_empty() {
            self.add(place, Unfit::WordsMissing);
        }
    }
}

fn check_questions(item: &Item, faults: &mut Faults) {
    if item.questions.len() > MOST_QUESTIONS {
        faults.questions = true;
        faults.add("questions", Unfit::TooMany(MOST_QUESTIONS));
    }
    let mut keys = HashSet::new();
    for (n, question) in (0..).zip(&item.questions) {
        let at = format!("questions.{n}");
        faults.key(format!("{at}.key"), &question.key);
        if !keys.insert(&question.key) {
            faults.questions = true;
            faults.add(format!("{at}.key"), Unfit::KeyTwice(question.key.clone()));
        }
        faults.words(format!("{at}.text.zh"), &question.text);
        faults.condition(format!("{at}.when"), &question.when, &item.questions[..n]);
        if !(2..=MOST_CHOICES).contains(&question.choices.len()) {
            faults.questions = true;
            faults.add(format!("{at}.choices"), Unfit::Choices(question.choices.len()));
        }
        let mut choices = HashSet::new();
        for (c, choice) in (0..).zip(&question.choices) {
            faults.key(format!("{at}.choices.{c}.key"), &choice.key);
            if !choices.insert(&choice.key) {
                faults.questions = true;
                faults.add(format!("{at}.choices.{c}.key"), Unfit::KeyTwice(choice.key.clone()));
            }
            faults.words(format!("{at}.choices.{c}.text.zh"), &choice.text);
        }
    }
}

fn check_documents(item: &Item, around: &Surroundings<'_>, faults: &mut Faults) {
    for (n, document) in (0..).zip(&item.documents) {
        let at = format!("documents.{n}");
        faults.key(format!("{at}.key"), &document.key);
        faults.condition(format!("{at}.when"), &document.when, &item.questions);
        if !document.shared_source.is_empty() && !(around.shared_source)(&document.shared_source) {
            faults.add(format!("{at}.shared_source"), Unfit::UnknownSource(document.shared_source.clone()));
        }
        if document.deferrable && item.deferred_days == 0 {
            faults.add(format!("{at}.deferrable"), Unfit::DeferrableWithoutDays);
        }
    }
    if item.deferred_days > item.promised_days && item.promised_days > 0 {
        let (days, promised) = (item.deferred_days, item.promised_days);
        faults.add("deferred_days", Unfit::DeferredOverPromise { days, promised });
    }
}

fn check_form(item: &Item, faults: &mut Faults) {
    if item.form.len() > item::MOST_ENTRIES {
        faults.add("form", Unfit::TooMany(item::MOST_ENTRIES));
    }
    let mut keys = HashSet::new();
    for (n, field) in (0..).zip(&item.form) {
        faults.key(format!("form.{n}.key"), &field.key);
        if !keys.insert(&field.key) {
            faults.add(format!("form.{n}.key"), Unfit::KeyTwice(field.key.clone()));
        }
        faults.words(format!("form.{n}.name.zh"), &field.name);
        faults.condition(format!("form.{n}.when"), &field.when, &item.questions);
    }
}

/// The limit that the steps must fit into: the promised one, else the statutory one.
fn whole(item: &Item) -> u16 {
    if item.promised_days > 0 { item.promised_days } else { item.statutory_days }
}

fn check_limits(item: &Item, faults: &mut Faults) {
    if item.handling == Handling::Promised && item.promised_days == 0 {
        faults.add("promised_days", Unfit::LimitZero);
    }
    if item.one_pair_of_eyes && item.handling != Handling::Immediate {
        faults.add("one_pair_of_eyes", Unfit::OnePairOfEyes);
    }
    let whole = whole(item);
    let steps = [("review_days", item.review_days), ("decision_days", item.decision_days)];
    for (place, days) in steps.into_iter().filter(|(_, days)| *days > whole) {
        faults.add(place, Unfit::StepTooLong { days, whole });
    }
    let together = item.review_days.saturating_add(item.decision_days);
    if together > whole && steps.iter().all(|(_, days)| *days <= whole) {
        faults.add("decision_days", Unfit::StepsTooLong { days: together, whole });
    }
    for (n, branch) in (0..).zip(&item.branches) {
        if branch.days > whole {
            faults.add(format!("branches.{n}.days"), Unfit::StepTooLong { days: branch.days, whole });
        }
    }
}

/// Several departments, or several items, decide together.
fn is_joint(item: &Item) -> bool {
    item.branches.len() > 1 || !item.members.is_empty()
}

fn check_branches(item: &Item, around: &Surroundings<'_>, faults: &mut Faults) {
    for (n, branch) in (0..).zip(&item.branches) {
        faults.condition(format!("branches.{n}.when"), &branch.when, &item.questions);
        if !branch.system.is_empty() && !(around.system)(&branch.system) {
            faults.add(format!("branches.{n}.system"), Unfit::UnknownSystem(branch.system.clone()));
        }
    }
    match &item.join {
        JoinRule::AtLeast { approvals: 0 } => faults.add("join.approvals", Unfit::JoinOfNone),
        JoinRule::Lead { department } if item.branches.iter().all(|branch| branch.department != *department) => {
            faults.add("join.department", Unfit::LeadNotABranch(department.clone()));
        }
        _ => {}
    }
}

fn check_procedures(item: &Item, faults: &mut Faults) {
    let mut kinds = HashSet::new();
    for (n, rule) in (0..).zip(&item.special_procedures) {
        if !kinds.insert(rule.kind) {
            faults.add(format!("special_procedures.{n}.kind"), Unfit::ProcedureTwice(rule.kind));
        }
        if rule.kind == SpecialKind::PublicNotice && rule.basis.zh.trim().is_empty() {
            faults.add(format!("special_procedures.{n}.basis.zh"), Unfit::NoticeWithoutBasis);
        }
    }
    let longest = match item.extender {
        Extender::AgencyHead => LONGEST_EXTENSION,
        Extender::GovernmentHead => LONGEST_JOINT_EXTENSION,
    };
    // The bound is in working days; so many working days are at least as many natural days.
    if item.extension_days > longest && item.unit == DayUnit::WorkingDays {
        faults.add("extension_days", Unfit::ExtensionTooLong { days: item.extension_days, longest });
    }
    if item.extension_days > 0 && item.extender == Extender::GovernmentHead && !is_joint(item) {
        faults.add("extender", Unfit::GovernmentHeadAlone);
    }
}

fn check_members(item: &Item, around: &Surroundings<'_>, faults: &mut Faults) {
    if item.members.is_empty() {
        return;
    }
    if !(2..=MOST_MEMBERS).contains(&item.members.len()) {
        faults.add("members", Unfit::Members(item.members.len()));
    }
    let mut codes = HashSet::new();
    for (n, code) in (0..).zip(&item.members) {
        let place = format!("members.{n}");
        if !codes.insert(code) {
            faults.add(place, Unfit::MemberTwice(code.clone()));
            continue;
        }
        let standing = if *code == item.code { Standing::Package } else { (around.member)(code) };
        match standing {
            Standing::Single => {}
            Standing::Unknown => faults.add(place, Unfit::MemberUnknown(code.clone())),
            Standing::Retired => faults.add(place, Unfit::MemberRetired(code.clone())),
            Standing::Package => faults.add(place, Unfit::MemberIsPackage(code.clone())),
        }
    }
    let own = [
        ("questions", !item.questions.is_empty()),
        ("documents", !item.documents.is_empty()),
        ("fees", !item.fees.is_empty()),
        ("form", !item.form.is_empty()),
        ("branches", !item.branches.is_empty()),
    ];
    for (place, _) in own.into_iter().filter(|(_, there)| *there) {
        faults.add(place, Unfit::PackageHasOwn);
    }
}
