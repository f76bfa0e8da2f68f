//! A paper's data from its row, its case, and the names of the catalogue.

use domain::civil;
use domain::notices::{Facts, received_on};
use jiff::civil::Date;
use notices::{
    Addressee, CaseFacts, Contact, Deferred, Delivered, Document, Due, Ending, Ground, Kind, Notice, Period, Remedies,
    Remedy, Request, Unit, Verification,
};
use protocol::catalogue::{DayUnit, Hall, Item, RequiredDocument, Text};

use super::number;
use super::settings::NoticeSettings;
use crate::store::cases::CaseRow;
use crate::store::notices::NoticeRow;

/// Everything that a paper is composed of.
pub(super) struct Parts<'a> {
    pub row: &'a NoticeRow,
    pub case: &'a CaseRow,
    pub item: &'a Item,
    pub department: Text,
    pub hall: &'a Hall,
    pub settings: &'a NoticeSettings,
    pub public_url: &'a str,
}

pub(super) fn compose(parts: &Parts<'_>) -> Notice {
    let Parts { row, case, item, .. } = parts;
    let applicant = &case.applicant;
    Notice {
        department: parts.department.clone(),
        number: number(row),
        issued: civil::day(row.issued_at),
        addressee: Addressee {
            name: applicant.name.clone(),
            identity: Some(domain::identity::mask_number(&applicant.id_number)),
            agent: applicant.agent.as_ref().map(|agent| agent.name.clone()),
        },
        case: CaseFacts {
            number: case.case.case_no.clone(),
            item: item.name.clone(),
            matter: Text::new("行政许可", "licence"),
            received: received_on(&case.case),
            query_code: Some(case.query_code.clone()),
        },
        kind: kind(parts),
        english: false,
        handler: None,
        contact: Some(Contact { place: parts.hall.name.clone(), phone: parts.hall.phone.clone() }),
        verification: Some(Verification {
            address: format!("{}/n/{}", parts.public_url, row.code),
            code: row.code.clone(),
        }),
        sample: item.sample,
    }
}

fn kind(parts: &Parts<'_>) -> Kind {
    let Parts { row, case, item, settings, .. } = parts;
    let terms = &case.case.terms;
    let unit = match terms.unit {
        DayUnit::WorkingDays => Unit::WorkingDays,
        DayUnit::NaturalDays => Unit::Days,
    };
    let period = |days: u16| Period { count: u32::from(days), unit };
    let basis = || if item.legal_basis.zh.is_empty() { Vec::new() } else { vec![item.legal_basis.clone()] };
    let issued = civil::day(row.issued_at);
    let remedies = || remedies(settings);
    let plain = |text: &str| Text::new(text, "");
    let ending = |ending: Ending, reason: &str, law: &str| Kind::Ending {
        ending,
        on: issued,
        reason: plain(reason),
        basis: if law.is_empty() { Vec::new() } else { vec![plain(law)] },
        consequences: Vec::new(),
        remedies: remedies(),
    };
    match &row.facts {
        Facts::Receipt => Kind::Receipt {
            documents: documents(item, |key| case.case.documents.iter().any(|d| d.key == key)),
            answer_within: Some(Period::working_days(u32::from(domain::cases::INTAKE_DAYS))),
            silence_accepts: true,
        },
        Facts::Correction { documents, note, due } => Kind::Correction {
            requests: requests(item, documents, note),
            basis: basis(),
            due: *due,
            otherwise: due
                .map_or_else(Text::default, |_| Text::new("视为撤回申请", "the application counts as withdrawn")),
        },
        Facts::Acceptance { due, provisional, deemed, deferred, deferred_due } => Kind::Acceptance {
            accepted: case.case.accepted_at.map_or(issued, civil::day),
            deemed: *deemed,
            basis: basis(),
            statutory: (terms.statutory_days > 0).then(|| period(terms.statutory_days)),
            promised: (terms.promised_days > 0).then(|| period(terms.promised_days)),
            due: Due { date: due.unwrap_or(issued), provisional: *provisional },
            documents: documents(item, |key| {
                case.case.documents.iter().any(|d| d.key == key && !d.status.is_lacking())
            }),
            deferred: deferred
                .iter()
                .map(|key| Deferred { document: name_of(item, key), due: deferred_due.unwrap_or(issued) })
                .collect(),
        },
        Facts::NonAcceptance { reason, authority } => Kind::NonAcceptance {
            ground: if authority.is_empty() {
                Ground::Other
            } else {
                Ground::NotCompetent { competent: plain(authority) }
            },
            reason: plain(reason),
            basis: basis(),
            remedies: remedies(),
        },
        Facts::NotRequired { reason } => Kind::NonAcceptance {
            ground: Ground::NotRequired,
            reason: plain(reason),
            basis: basis(),
            remedies: remedies(),
        },
        Facts::SpecialProcedure { special, from, planned_days, until, used, days, .. } => Kind::SpecialProcedure {
            procedure: special.name(),
            basis: special_basis(item, *special),
            from: *from,
            planned: period(*planned_days),
            until: Some(*until),
            used: Period { count: *used, unit },
            budget: Period { count: *days, unit },
        },
        Facts::Extension { days, reason, former_due, due, provisional, by_government } => Kind::Extension {
            reason: plain(reason),
            basis: basis(),
            approved_by: if *by_government {
                Text::new("本级人民政府负责人", "the head of the government")
            } else {
                Text::new("本机关负责人", "the head of this office")
            },
            by: period(*days),
            former_due: *former_due,
            due: Due { date: *due, provisional: *provisional },
        },
        Facts::Grant { opinion } => Kind::Grant {
            decided: issued,
            basis: basis(),
            content: plain(opinion),
            certificates: Vec::new(),
            conditions: Vec::new(),
            deliver_within: Some(Period::working_days(u32::from(domain::cases::DELIVERY_DAYS))),
            remedies: remedies(),
        },
        Facts::Refusal { reason } => {
            Kind::Refusal { decided: issued, reason: plain(reason), basis: basis(), remedies: remedies() }
        }
        Facts::Delivery => Kind::Delivery {
            papers: vec![Delivered { name: result_name(item), number: number(row), copies: 1 }],
            method: Text::new("直接送达", "handed over"),
            place: parts.hall.name.clone(),
            delivered: Some(issued),
        },
        Facts::Withdrawn { reason } => ending(Ending::Withdrawn, reason, ""),
        Facts::Lapsed => ending(Ending::Lapsed, "在规定期限内未补正材料", ""),
        Facts::Terminated { reason, basis } => ending(Ending::Terminated, reason, basis),
        Facts::Revoked { reason, basis } => {
            ending(Ending::Revoked { decision: case.case.case_no.clone() }, reason, basis)
        }
    }
}

fn remedies(settings: &NoticeSettings) -> Remedies {
    Remedies {
        review: Some(Remedy {
            authority: settings.review_authority.clone(),
            within: Period::days(settings.review_days),
        }),
        litigation: Some(Remedy { authority: settings.court.clone(), within: Period::months(settings.court_months) }),
    }
}

fn documents(item: &Item, chosen: impl Fn(&str) -> bool) -> Vec<Document> {
    let of = |document: &RequiredDocument| Document {
        name: document.name.clone(),
        form: match (document.originals > 0, document.copies > 0) {
            (true, true) => Text::new("原件和复印件", "original and copy"),
            (false, true) => Text::new("复印件", "copy"),
            _ => Text::new("原件", "original"),
        },
        copies: u32::from(document.originals) + u32::from(document.copies),
        remark: Text::default(),
    };
    item.documents.iter().filter(|document| chosen(&document.key)).map(of).collect()
}

/// What is asked for, each with why; where only a note was given, it stands for itself.
fn requests(item: &Item, keys: &[String], note: &str) -> Vec<Request> {
    let missing = Text::new("未提供或不符合要求", "missing, or not as required");
    let mut requests: Vec<Request> =
        keys.iter().map(|key| Request { document: name_of(item, key), reason: missing.clone() }).collect();
    if !note.trim().is_empty() {
        requests.push(Request { document: Text::new("其他", "Other"), reason: Text::new(note, "") });
    }
    requests
}

fn name_of(item: &Item, key: &str) -> Text {
    let document = item.documents.iter().find(|document| document.key == key);
    document.map_or_else(|| Text::new(key, ""), |document| document.name.clone())
}

fn result_name(item: &Item) -> Text {
    if item.result.zh.is_empty() { item.name.clone() } else { item.result.clone() }
}

fn special_basis(item: &Item, kind: protocol::catalogue::SpecialKind) -> Vec<Text> {
    let rule = item.special_procedures.iter().find(|rule| rule.kind == kind);
    rule.map(|rule| rule.basis.clone()).filter(|basis| !basis.zh.is_empty()).into_iter().collect()
}

/// The day a paper was issued, for its file's name.
pub(super) fn issued(row: &NoticeRow) -> Date {
    civil::day(row.issued_at)
}
