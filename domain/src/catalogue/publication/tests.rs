//! A restaurant's permit that may be published, and one slip at a time that keeps it from being so.

use protocol::catalogue::*;

use super::*;
use crate::catalogue::situations::condition::ConditionError;

fn permit() -> Item {
    let choice = |key: &str| Choice { key: key.to_owned(), text: Text::new(key, "") };
    let question = |key: &str, when: &str| Question {
        key: key.to_owned(),
        text: Text::new(key, ""),
        choices: vec![choice("yes"), choice("no")],
        when: when.to_owned(),
    };
    let document = |key: &str, when: &str| RequiredDocument {
        key: key.to_owned(),
        name: Text::new(key, ""),
        when: when.to_owned(),
        ..RequiredDocument::default()
    };
    Item {
        code: "P-1".to_owned(),
        name: Text::new("食品经营许可", "Food business permit"),
        department: "food".to_owned(),
        statutory_days: 20,
        promised_days: 10,
        review_days: 6,
        decision_days: 3,
        questions: vec![question("rented", ""), question("company", "answers.rented == \"yes\"")],
        documents: vec![
            RequiredDocument { deferrable: true, shared_source: "registry".to_owned(), ..document("licence", "") },
            document("lease", "answers.rented == \"yes\""),
        ],
        deferred_days: 5,
        fees: vec![Fee {
            name: Text::new("费", ""),
            amount: 100,
            when: "answers.company == \"no\"".to_owned(),
            ..Fee::default()
        }],
        form: vec![FormField { key: "area".to_owned(), name: Text::new("面积", ""), ..FormField::default() }],
        branches: vec![
            BranchRule { days: 5, ..BranchRule::of("health") },
            BranchRule {
                system: "water".to_owned(),
                when: "answers.rented == \"no\"".to_owned(),
                ..BranchRule::of("water")
            },
        ],
        special_procedures: vec![SpecialRule { kind: SpecialKind::Testing, basis: Text::default(), longest_days: 20 }],
        extension_days: 10,
        ..Item::default()
    }
}

fn check_it(item: &Item) -> Vec<Fault> {
    check(
        item,
        &Surroundings {
            department: &|code| ["food", "health", "water", "fire"].contains(&code),
            member: &|code| match code {
                "A" | "B" => Standing::Single,
                "old" => Standing::Retired,
                "P-2" => Standing::Package,
                _ => Standing::Unknown,
            },
            shared_source: &|name| name == "registry",
            system: &|name| name == "water",
        },
    )
}

/// The one reason for which the changed permit is refused, and its place.
fn refused(change: impl FnOnce(&mut Item)) -> (String, Unfit) {
    let mut item = permit();
    change(&mut item);
    let mut faults = check_it(&item);
    assert_eq!(faults.len(), 1, "{faults:?}");
    let fault = faults.remove(0);
    let sentence = fault.sentence();
    assert!(!sentence.zh.is_empty() && !sentence.en.is_empty());
    assert!(
        !sentence.en.chars().any(|ch| ('一'..='龥').contains(&ch)) || sentence.en.contains("即办件"),
        "{sentence:?}"
    );
    (fault.place, fault.reason)
}

fn at(place: &str, reason: Unfit) -> (String, Unfit) {
    (place.to_owned(), reason)
}

#[test]
fn a_whole_item_may_be_published() {
    assert_eq!(check_it(&permit()), []);
}

#[test]
fn a_limit_of_zero_is_refused_but_not_for_an_item_handled_at_once() {
    let zero = |item: &mut Item| {
        (item.promised_days, item.statutory_days, item.review_days, item.decision_days) = (0, 0, 0, 0);
        item.branches[0].days = 0;
    };
    assert_eq!(refused(zero), at("promised_days", Unfit::LimitZero));
    let mut immediate = permit();
    zero(&mut immediate);
    immediate.handling = Handling::Immediate;
    immediate.one_pair_of_eyes = true;
    assert_eq!(check_it(&immediate), []);
}

#[test]
fn limits_fit_into_the_whole() {
    let step = |days, whole| Unfit::StepTooLong { days, whole };
    assert_eq!(refused(|i| i.review_days = 11), at("review_days", step(11, 10)));
    assert_eq!(refused(|i| i.decision_days = 12), at("decision_days", step(12, 10)));
    assert_eq!(refused(|i| i.decision_days = 5), at("decision_days", Unfit::StepsTooLong { days: 11, whole: 10 }));
    assert_eq!(refused(|i| i.branches[1].days = 11), at("branches.1.days", step(11, 10)));
    let over = item::ItemError::PromiseOverStatute { promised: 10, statutory: 9 };
    assert_eq!(refused(|i| i.statutory_days = 9), at("promised_days", Unfit::Item(over)));
}

#[test]
fn departments_sources_and_systems_are_known() {
    let unknown = |code: &str| Unfit::Item(item::ItemError::UnknownDepartment(code.to_owned()));
    assert_eq!(refused(|i| i.department.clear()), at("department", unknown("")));
    assert_eq!(refused(|i| i.department = "x".to_owned()), at("department", unknown("x")));
    let reviewing = Unfit::Item(item::ItemError::UnknownReviewDepartment("x".to_owned()));
    assert_eq!(refused(|i| i.branches[1].department = "x".to_owned()), at("branches.1.department", reviewing));
    assert_eq!(
        refused(|i| i.documents[0].shared_source = "moon".to_owned()),
        at("documents.0.shared_source", Unfit::UnknownSource("moon".to_owned()))
    );
    assert_eq!(
        refused(|i| i.branches[0].system = "moon".to_owned()),
        at("branches.0.system", Unfit::UnknownSystem("moon".to_owned()))
    );
}

#[test]
fn conditions_name_what_there_is() {
    let unknown = Unfit::Condition(ConditionError::UnknownQuestion("weather".to_owned()));
    let when = || "answers.weather == \"rain\"".to_owned();
    assert_eq!(refused(|i| i.documents[1].when = when()), at("documents.1.when", unknown.clone()));
    assert_eq!(refused(|i| i.fees[0].when = when()), at("fees.0.when", unknown.clone()));
    assert_eq!(refused(|i| i.form[0].when = when()), at("form.0.when", unknown.clone()));
    assert_eq!(refused(|i| i.branches[0].when = when()), at("branches.0.when", unknown));
    let later = Unfit::Condition(ConditionError::UnknownQuestion("company".to_owned()));
    assert_eq!(
        refused(|i| i.questions[0].when = "answers.company == \"yes\"".to_owned()),
        at("questions.0.when", later)
    );
}

#[test]
fn what_no_answers_reach_is_refused() {
    assert_eq!(
        refused(|i| i.documents[1].when = "answers.rented == \"no\" && answers.company == \"yes\"".to_owned()),
        at("documents.1.when", Unfit::NeverApplies)
    );
    assert_eq!(
        refused(|i| i.branches[1].when = "answers.company == \"yes\" && answers.company == \"no\"".to_owned()),
        at("branches.1.when", Unfit::NeverApplies)
    );
    let mut never = permit();
    never.questions[1].when = "answers.rented == \"yes\" && answers.rented == \"no\"".to_owned();
    let faults = check_it(&never);
    assert!(faults.contains(&Fault { place: "questions.1.when".to_owned(), reason: Unfit::NeverAsked }), "{faults:?}");
    assert!(faults.contains(&Fault { place: "fees.0.when".to_owned(), reason: Unfit::NeverApplies }), "{faults:?}");
}

#[test]
fn questions_have_two_choices_and_keys_of_their_own() {
    assert_eq!(
        refused(|i| {
            i.questions[1].choices.remove(0);
        }),
        at("questions.1.choices", Unfit::Choices(1))
    );
    assert_eq!(
        refused(|i| i.questions[1].choices[0].key = "no".to_owned()),
        at("questions.1.choices.1.key", Unfit::KeyTwice("no".to_owned()))
    );
    assert_eq!(
        refused(|i| i.form.push(FormField { name: Text::new("又", ""), ..i.form[0].clone() })),
        at("form.1.key", Unfit::KeyTwice("area".to_owned()))
    );
    assert_eq!(refused(|i| i.form[0].key = "the area".to_owned()), at("form.0.key", Unfit::Key("the area".to_owned())));
    assert_eq!(refused(|i| i.questions[0].text.zh.clear()), at("questions.0.text.zh", Unfit::WordsMissing));
}

#[test]
fn too_many_situations_are_not_guessed_at() {
    let mut item = permit();
    for n in 0..9 {
        let mut question = item.questions[0].clone();
        question.key = format!("q{n}");
        for c in 2..4 {
            question.choices.push(Choice { key: format!("c{c}"), text: Text::new("c", "") });
        }
        item.questions.push(question);
    }
    let reasons: Vec<_> = check_it(&item).into_iter().map(|fault| fault.reason).collect();
    assert!(matches!(reasons.as_slice(), [Unfit::TooManySituations(_)]), "{reasons:?}");
}

#[test]
fn a_join_can_be_fulfilled_in_every_situation() {
    let out_of_reach =
        Unfit::JoinOutOfReach { approvals: 2, branches: 1, situation: "rented=yes, company=yes".to_owned() };
    assert_eq!(refused(|i| i.join = JoinRule::AtLeast { approvals: 2 }), at("join.approvals", out_of_reach));
    assert_eq!(refused(|i| i.join = JoinRule::AtLeast { approvals: 0 }), at("join.approvals", Unfit::JoinOfNone));
    let opinion = |i: &mut Item| {
        i.branches[0].voice = Voice::Advisory;
        i.join = JoinRule::AtLeast { approvals: 1 };
    };
    let uncounted =
        Unfit::JoinOutOfReach { approvals: 1, branches: 0, situation: "rented=yes, company=yes".to_owned() };
    assert_eq!(refused(opinion), at("join.approvals", uncounted));
    let lead = |department: &str| JoinRule::Lead { department: department.to_owned() };
    assert_eq!(refused(|i| i.join = lead("fire")), at("join.department", Unfit::LeadNotABranch("fire".to_owned())));
    let absent =
        Unfit::LeadMayBeAbsent { department: "water".to_owned(), situation: "rented=yes, company=yes".to_owned() };
    assert_eq!(refused(|i| i.join = lead("water")), at("join.department", absent));
    let mut good = permit();
    good.join = lead("health");
    assert_eq!(check_it(&good), []);
}

#[test]
fn special_procedures_and_extensions_keep_to_the_law() {
    let notice = SpecialRule { kind: SpecialKind::PublicNotice, basis: Text::default(), longest_days: 7 };
    assert_eq!(
        refused(|i| i.special_procedures.push(notice.clone())),
        at("special_procedures.1.basis.zh", Unfit::NoticeWithoutBasis)
    );
    assert_eq!(
        refused(|i| i.special_procedures.push(i.special_procedures[0].clone())),
        at("special_procedures.1.kind", Unfit::ProcedureTwice(SpecialKind::Testing))
    );
    let too_long = |days, longest| Unfit::ExtensionTooLong { days, longest };
    assert_eq!(refused(|i| i.extension_days = 11), at("extension_days", too_long(11, 10)));
    let government = |days| move |i: &mut Item| (i.extension_days, i.extender) = (days, Extender::GovernmentHead);
    assert_eq!(refused(government(16)), at("extension_days", too_long(16, 15)));
    let alone = |i: &mut Item| {
        i.branches.truncate(1);
        government(15)(i);
    };
    assert_eq!(refused(alone), at("extender", Unfit::GovernmentHeadAlone));
}

#[test]
fn deferred_papers_have_a_time_within_the_promise() {
    assert_eq!(refused(|i| i.deferred_days = 0), at("documents.0.deferrable", Unfit::DeferrableWithoutDays));
    assert_eq!(
        refused(|i| i.deferred_days = 11),
        at("deferred_days", Unfit::DeferredOverPromise { days: 11, promised: 10 })
    );
    assert_eq!(refused(|i| i.one_pair_of_eyes = true), at("one_pair_of_eyes", Unfit::OnePairOfEyes));
    let negative = Unfit::Item(item::ItemError::FeeNegative(1));
    assert_eq!(refused(|i| i.fees[0].amount = -1), at("fees.0.amount", negative));
}

#[test]
fn a_package_has_members_and_nothing_of_its_own() {
    let package = |members: &[&str]| Item {
        code: "P-1".to_owned(),
        name: Text::new("开餐馆一件事", ""),
        department: "food".to_owned(),
        promised_days: 10,
        extension_days: 15,
        extender: Extender::GovernmentHead,
        members: members.iter().map(|code| (*code).to_owned()).collect(),
        ..Item::default()
    };
    let reasons = |item: &Item| check_it(item).into_iter().map(|f| (f.place, f.reason)).collect::<Vec<_>>();
    assert_eq!(reasons(&package(&["A", "B"])), []);
    assert_eq!(reasons(&package(&["A"])), [at("members", Unfit::Members(1))]);
    assert_eq!(
        reasons(&package(&["A", "old", "P-2", "x", "A", "P-1"])),
        [
            at("members.1", Unfit::MemberRetired("old".to_owned())),
            at("members.2", Unfit::MemberIsPackage("P-2".to_owned())),
            at("members.3", Unfit::MemberUnknown("x".to_owned())),
            at("members.4", Unfit::MemberTwice("A".to_owned())),
            at("members.5", Unfit::MemberIsPackage("P-1".to_owned())),
        ]
    );
    let own = Item { form: permit().form, ..package(&["A", "B"]) };
    assert_eq!(reasons(&own), [at("form", Unfit::PackageHasOwn)]);
}
