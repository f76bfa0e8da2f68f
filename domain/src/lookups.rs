//! Data instead of papers (数据共享、免提交): who may look up what, for which case. Whatever is not allowed here is refused.
//!
//! A lookup is for one case at hand, for one document that the item's version says can be had from a provider, by somebody
//! who has to act on the case now, about a number that the case itself holds.

use jiff::civil::Date;
use protocol::staff::{Role, User};
use thiserror::Error;

use crate::identity::{ResidentId, check_credit_code};

/// The shortest and the longest purpose, in characters.
const PURPOSE: std::ops::RangeInclusive<usize> = 4..=200;

/// By which number a provider is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberKind {
    /// 统一社会信用代码
    CreditCode,
    /// 公民身份号码
    IdNumber,
}

impl NumberKind {
    /// The number as a provider is asked by it, where the text is one of this kind.
    fn of(self, text: &str, today: Date) -> Option<String> {
        let text = text.trim();
        match self {
            NumberKind::CreditCode => check_credit_code(text).ok(),
            NumberKind::IdNumber => ResidentId::parse(text, today).ok().map(|id| id.as_str().to_owned()),
        }
    }
}

/// What of a case decides about a lookup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing<'a> {
    /// The hall that took it in.
    pub hall: &'a str,
    /// A document can be pulled for it now.
    pub open: bool,
    pub accepted: bool,
    /// The departments that have or will have to do with it.
    pub departments: Vec<&'a str>,
    /// Those whose review is open now.
    pub reviewing: Vec<&'a str>,
    pub applicant_name: &'a str,
    /// The applicant's own number.
    pub applicant_number: &'a str,
    /// What the form holds.
    pub form: Vec<&'a str>,
}

/// A lookup as somebody wants it.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    pub asker: &'a User,
    pub purpose: &'a str,
    /// The provider of the document by the case's item version, empty for none; `None` where the case has no such document.
    pub shared_source: Option<&'a str>,
    /// By what the document's provider is asked; `None` where the server has no such provider.
    pub provider: Option<NumberKind>,
    /// The number that the asker named.
    pub number: Option<&'a str>,
}

/// For whom the asker acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Office {
    Hall(String),
    Department(String),
}

/// A lookup that may be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    pub number: String,
    pub office: Office,
}

/// Why a lookup is refused. Nobody has been asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LookupRefusal {
    #[error("the asker has nothing to do in this case now")]
    Forbidden,
    #[error("the case is closed, or decided on")]
    CaseClosed,
    #[error("a lookup needs a purpose of {} to {} characters", PURPOSE.start(), PURPOSE.end())]
    NoPurpose,
    #[error("the purpose names a person or a number; it is read on a page that names nobody")]
    PersonalPurpose,
    #[error("the case has no such document")]
    UnknownDocument,
    #[error("the item's version does not have this document from shared data")]
    NotShared,
    #[error("the document's provider is not connected to this server")]
    NotConnected,
    #[error("the case has no number that the provider can be asked by")]
    NoNumber,
    #[error("the case has several numbers that fit: one must be named")]
    WhichNumber,
    #[error("the number is not of this case")]
    ForeignNumber,
}

impl LookupRefusal {
    /// As stored and sent.
    pub fn code(self) -> &'static str {
        match self {
            LookupRefusal::Forbidden => "forbidden",
            LookupRefusal::CaseClosed => "case-closed",
            LookupRefusal::NoPurpose => "no-purpose",
            LookupRefusal::PersonalPurpose => "personal-purpose",
            LookupRefusal::UnknownDocument => "unknown-document",
            LookupRefusal::NotShared => "not-shared",
            LookupRefusal::NotConnected => "not-connected",
            LookupRefusal::NoNumber => "no-number",
            LookupRefusal::WhichNumber => "which-number",
            LookupRefusal::ForeignNumber => "foreign-number",
        }
    }
}

/// Whether a lookup may be made; the first reason against it where not.
pub fn check(standing: &Standing<'_>, wanted: &Wanted<'_>, today: Date) -> Result<Allowed, LookupRefusal> {
    let office = office(standing, wanted.asker).ok_or(match standing.open {
        true => LookupRefusal::Forbidden,
        false if concerns(standing, wanted.asker) => LookupRefusal::CaseClosed,
        false => LookupRefusal::Forbidden,
    })?;
    if !PURPOSE.contains(&wanted.purpose.trim().chars().count()) {
        return Err(LookupRefusal::NoPurpose);
    }
    if names_somebody(wanted.purpose, standing.applicant_name) {
        return Err(LookupRefusal::PersonalPurpose);
    }
    if wanted.shared_source.ok_or(LookupRefusal::UnknownDocument)?.is_empty() {
        return Err(LookupRefusal::NotShared);
    }
    let kind = wanted.provider.ok_or(LookupRefusal::NotConnected)?;
    Ok(Allowed { number: number(standing, kind, wanted.number, today)?, office })
}

/// The applicant's name, or digits enough for a telephone or an ID.
fn names_somebody(purpose: &str, applicant: &str) -> bool {
    let digits = purpose.split(|c: char| !c.is_ascii_digit()).any(|run| run.len() >= 7);
    digits || (!applicant.is_empty() && purpose.contains(applicant))
}

/// For whom the asker acts on the case now; `None` for nobody.
fn office(standing: &Standing<'_>, asker: &User) -> Option<Office> {
    if !standing.open {
        return None;
    }
    if !standing.accepted && is_clerk_of(asker, standing.hall) {
        return Some(Office::Hall(standing.hall.to_owned()));
    }
    let department = asker.department.as_deref().filter(|_| asker.roles.contains(&Role::Reviewer))?;
    let reviews = standing.accepted && standing.reviewing.contains(&department);
    reviews.then(|| Office::Department(department.to_owned()))
}

fn is_clerk_of(asker: &User, hall: &str) -> bool {
    asker.roles.contains(&Role::Clerk) && asker.hall.as_deref() == Some(hall)
}

/// Those who once had to do with the case are told that it is closed; others learn nothing.
fn concerns(standing: &Standing<'_>, asker: &User) -> bool {
    is_clerk_of(asker, standing.hall)
        || asker.department.as_deref().is_some_and(|department| standing.departments.contains(&department))
}

/// The number to ask by: the one named where it is the case's own; else the applicant's, else the only one of the form.
fn number(
    standing: &Standing<'_>,
    kind: NumberKind,
    named: Option<&str>,
    today: Date,
) -> Result<String, LookupRefusal> {
    let own = kind.of(standing.applicant_number, today);
    let mut of_form: Vec<String> = standing.form.iter().filter_map(|text| kind.of(text, today)).collect();
    of_form.sort_unstable();
    of_form.dedup();
    if let Some(named) = named {
        let named = kind.of(named, today).filter(|named| own.as_ref() == Some(named) || of_form.contains(named));
        return named.ok_or(LookupRefusal::ForeignNumber);
    }
    match (own, of_form.len()) {
        (Some(own), _) => Ok(own),
        (None, 0) => Err(LookupRefusal::NoNumber),
        (None, 1) => of_form.pop().ok_or(LookupRefusal::NoNumber),
        (None, _) => Err(LookupRefusal::WhichNumber),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 24);
    const PERSON: &str = "11010519491231002X";
    const FIRM: &str = "91350100M000100Y43";
    const OTHER_FIRM: &str = "91440300MA5DA1232B";

    fn user(role: Role, hall: Option<&str>, department: Option<&str>) -> User {
        User {
            username: "u".to_owned(),
            name: "某".to_owned(),
            roles: vec![role],
            hall: hall.map(str::to_owned),
            department: department.map(str::to_owned),
        }
    }

    fn received() -> Standing<'static> {
        Standing {
            hall: "district",
            open: true,
            accepted: false,
            departments: vec!["market", "fire"],
            reviewing: Vec::new(),
            applicant_name: "王小明",
            applicant_number: FIRM,
            form: Vec::new(),
        }
    }

    fn in_review() -> Standing<'static> {
        Standing { accepted: true, reviewing: vec!["market", "fire"], ..received() }
    }

    const LICENCE: Option<&str> = Some("business-registration");

    fn ask(standing: &Standing<'_>, asker: &User) -> Result<Allowed, LookupRefusal> {
        let wanted = Wanted {
            asker,
            purpose: "核对营业执照",
            shared_source: LICENCE,
            provider: Some(NumberKind::CreditCode),
            number: None,
        };
        check(standing, &wanted, TODAY)
    }

    #[test]
    fn the_halls_clerk_looks_before_acceptance_and_the_reviewers_after_it() {
        let clerk = user(Role::Clerk, Some("district"), None);
        let reviewer = user(Role::Reviewer, None, Some("fire"));
        let hall = Allowed { number: FIRM.to_owned(), office: Office::Hall("district".to_owned()) };
        let fire = Allowed { number: FIRM.to_owned(), office: Office::Department("fire".to_owned()) };
        assert_eq!(ask(&received(), &clerk), Ok(hall));
        assert_eq!(ask(&in_review(), &clerk), Err(LookupRefusal::Forbidden));
        assert_eq!(ask(&in_review(), &reviewer), Ok(fire));
        assert_eq!(ask(&received(), &reviewer), Err(LookupRefusal::Forbidden));
    }

    #[test]
    fn nobody_else_looks() {
        for asker in [
            user(Role::Clerk, Some("meilin"), None),
            user(Role::Reviewer, None, Some("police")),
            user(Role::Signer, None, Some("market")),
            user(Role::Supervisor, None, None),
            user(Role::Administrator, None, None),
        ] {
            assert_eq!(ask(&received(), &asker), Err(LookupRefusal::Forbidden), "{asker:?}");
            assert_eq!(ask(&in_review(), &asker), Err(LookupRefusal::Forbidden), "{asker:?}");
        }
    }

    #[test]
    fn a_closed_case_is_said_to_be_closed_to_those_it_concerned_alone() {
        let closed = Standing { open: false, reviewing: Vec::new(), ..in_review() };
        assert_eq!(ask(&closed, &user(Role::Clerk, Some("district"), None)), Err(LookupRefusal::CaseClosed));
        assert_eq!(ask(&closed, &user(Role::Reviewer, None, Some("market"))), Err(LookupRefusal::CaseClosed));
        assert_eq!(ask(&closed, &user(Role::Clerk, Some("meilin"), None)), Err(LookupRefusal::Forbidden));
    }

    #[test]
    fn it_needs_a_purpose_and_a_document_from_a_connected_provider() {
        let clerk = user(Role::Clerk, Some("district"), None);
        let good = Wanted {
            asker: &clerk,
            purpose: "核对营业执照",
            shared_source: LICENCE,
            provider: Some(NumberKind::CreditCode),
            number: None,
        };
        let refused = |wanted: Wanted<'_>| check(&received(), &wanted, TODAY).unwrap_err();
        let long = "长".repeat(201);
        for purpose in ["", "  \n ", "查一下", long.as_str()] {
            assert_eq!(refused(Wanted { purpose, ..good }), LookupRefusal::NoPurpose);
        }
        for purpose in ["核对王小明的执照", "核对 13800138000 的执照", "核对 91350100M000100Y43"] {
            assert_eq!(refused(Wanted { purpose, ..good }), LookupRefusal::PersonalPurpose);
        }
        assert_eq!(refused(Wanted { shared_source: None, ..good }), LookupRefusal::UnknownDocument);
        assert_eq!(refused(Wanted { shared_source: Some(""), ..good }), LookupRefusal::NotShared);
        assert_eq!(refused(Wanted { provider: None, ..good }), LookupRefusal::NotConnected);
    }

    #[test]
    fn only_numbers_of_the_case_are_asked_by() {
        let clerk = user(Role::Clerk, Some("district"), None);
        let number = |applicant_number, form: &[&'static str], kind, named| {
            let standing = Standing { applicant_number, form: form.to_vec(), ..received() };
            let wanted = Wanted {
                asker: &clerk,
                purpose: "核对营业执照",
                shared_source: LICENCE,
                provider: Some(kind),
                number: named,
            };
            check(&standing, &wanted, TODAY).map(|allowed| allowed.number)
        };
        use NumberKind::{CreditCode, IdNumber};
        let lower = FIRM.to_lowercase();
        assert_eq!(number(FIRM, &[], CreditCode, None), Ok(FIRM.to_owned()));
        assert_eq!(number(PERSON, &["某餐饮店", FIRM, FIRM], CreditCode, None), Ok(FIRM.to_owned()));
        let two = [FIRM, OTHER_FIRM];
        assert_eq!(number(PERSON, &two, CreditCode, None), Err(LookupRefusal::WhichNumber));
        assert_eq!(number(PERSON, &two, CreditCode, Some(OTHER_FIRM)), Ok(OTHER_FIRM.to_owned()));
        assert_eq!(number(FIRM, &two, CreditCode, None), Ok(FIRM.to_owned()), "the applicant's own comes first");
        assert_eq!(number(FIRM, &[], CreditCode, Some(OTHER_FIRM)), Err(LookupRefusal::ForeignNumber));
        assert_eq!(number(PERSON, &[], CreditCode, None), Err(LookupRefusal::NoNumber));
        assert_eq!(number(PERSON, &[FIRM], IdNumber, None), Ok(PERSON.to_owned()));
        assert_eq!(number(PERSON, &[FIRM], CreditCode, Some(&lower)), Ok(FIRM.to_owned()));
        assert_eq!(number(FIRM, &[], IdNumber, Some(PERSON)), Err(LookupRefusal::ForeignNumber));
        assert_eq!(number(FIRM, &[], CreditCode, Some("")), Err(LookupRefusal::ForeignNumber));
    }
}
