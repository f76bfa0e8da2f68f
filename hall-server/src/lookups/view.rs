//! Lookups as staff and as the citizen see them.

use std::collections::HashMap;

use protocol::Millis;
use protocol::catalogue::Text;
use protocol::lookup::{Lookup, LookupAnswer, LookupOutcome, PulledField};
use sqlx::AnyConnection;

use crate::store::lookups::{LoggedLookup, LookupRow};
use crate::store::{StoreError, catalogue, halls, identity, lookups};

/// A lookup as the citizen sees it: which office, not which person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CitizenLookup {
    pub at: Millis,
    pub office: Text,
    pub data: Text,
    pub purpose: String,
    pub outcome: LookupOutcome,
}

pub async fn for_staff(connection: &mut AnyConnection, logged: Vec<LoggedLookup>) -> Result<Vec<Lookup>, StoreError> {
    let askers: Vec<&str> = logged.iter().map(|one| one.lookup.asker.as_str()).collect();
    let names = identity::names(connection, &askers).await?;
    let offices = offices(connection, &logged).await?;
    logged.into_iter().map(|one| staff_view(one, &names, &offices)).collect()
}

fn staff_view(
    one: LoggedLookup,
    names: &HashMap<String, String>,
    offices: &HashMap<String, Text>,
) -> Result<Lookup, StoreError> {
    let outcome = one.outcome();
    let fields: Vec<PulledField> = match &one.content {
        Some(content) => serde_json::from_str(content).map_err(|e| StoreError::Inconsistent {
            table: "pulled_documents",
            row: one.lookup.id.clone(),
            what: e.to_string(),
        })?,
        None => Vec::new(),
    };
    let lookup = one.lookup;
    Ok(Lookup {
        office: office_name(&lookup, offices),
        by: names.get(&lookup.asker).cloned().unwrap_or_else(|| lookup.asker.clone()),
        id: lookup.id,
        document: lookup.document,
        provider: lookup.provider,
        data: lookup.data,
        purpose: lookup.purpose,
        asked_at: lookup.asked_at,
        outcome,
        refusal: lookup.refusal,
        answer: one.answer.map(|answer| LookupAnswer {
            answered_at: answer.answered_at,
            duration_ms: answer.duration_ms,
            request_digest: answer.request_digest,
            response_digest: answer.response_digest,
        }),
        fields,
        advice: advice(outcome),
    })
}

/// What the clerk does next.
fn advice(outcome: LookupOutcome) -> Text {
    match outcome {
        LookupOutcome::Found => {
            Text::new("已取得，申请人不必提交该材料", "Obtained: the applicant need not bring this document")
        }
        LookupOutcome::Asked => Text::new("正在查询，尚无结果", "Still being looked up"),
        LookupOutcome::NotFound => Text::new(
            "对方没有相应记录，请核对号码或向申请人收取材料",
            "No such record: check the number, or ask the applicant for the document",
        ),
        LookupOutcome::NoAnswer => Text::new(
            "对方系统暂无应答，请向申请人收取材料",
            "The register does not answer: ask the applicant for the document",
        ),
        LookupOutcome::WrongAnswer => Text::new(
            "对方返回的数据有误，未采用，请向申请人收取材料",
            "The register's answer was wrong and is not used: ask the applicant for the document",
        ),
        LookupOutcome::CaseClosed => {
            Text::new("办件已经结束，未采用", "The case has been closed: nothing was attached")
        }
        LookupOutcome::Refused => Text::new("查询未获准，未向对方查询", "Not allowed: nobody was asked"),
        LookupOutcome::Unknown => Text::default(),
    }
}

/// Who looked at what for a case, as its citizen may know; what was refused told nobody anything and is left out.
pub async fn for_citizen(connection: &mut AnyConnection, case_no: &str) -> Result<Vec<CitizenLookup>, StoreError> {
    let mut logged = lookups::of_case(connection, case_no).await?;
    logged.retain(|one| one.lookup.refusal.is_empty());
    let offices = offices(connection, &logged).await?;
    let view = |one: LoggedLookup| CitizenLookup {
        at: one.lookup.asked_at,
        office: office_name(&one.lookup, &offices),
        outcome: one.outcome(),
        data: one.lookup.data,
        purpose: one.lookup.purpose,
    };
    Ok(logged.into_iter().map(view).collect())
}

/// The names of the halls and departments that asked.
async fn offices(connection: &mut AnyConnection, logged: &[LoggedLookup]) -> Result<HashMap<String, Text>, StoreError> {
    let mut names = HashMap::new();
    if logged.iter().any(|one| !one.lookup.department.is_empty()) {
        let departments = catalogue::departments(connection).await?;
        names.extend(departments.into_iter().map(|d| (d.department.code, d.department.name)));
    }
    for hall in logged.iter().map(|one| &one.lookup.hall).filter(|hall| !hall.is_empty()) {
        if !names.contains_key(hall)
            && let Some(described) = halls::one(connection, hall).await?
        {
            names.insert(hall.clone(), described.name);
        }
    }
    Ok(names)
}

fn office_name(lookup: &LookupRow, offices: &HashMap<String, Text>) -> Text {
    let code = if lookup.department.is_empty() { &lookup.hall } else { &lookup.department };
    offices.get(code).cloned().unwrap_or_else(|| Text::new(code, ""))
}
