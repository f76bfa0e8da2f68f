//! An absence arranged or ended: its row, and an event in every hall's chain, in one transaction. It takes every hall's turn, so that
//! whoever takes a step afterwards is allowed or refused by what stands then.

use domain::absences::{self as rules, AbsenceRefusal};
use domain::civil;
use jiff::civil::Date;
use protocol::problem::Code;
use protocol::staff::User;
use serde::Serialize;

use crate::AppState;
use crate::engine::RequestKey;
use crate::engine::outside::{self, Occurrence};
use crate::http::problem::ApiError;
use crate::store::absences::{self, AbsenceRow};
use crate::store::requests::{self, Answered};
use crate::store::{Tx, identity};

/// What is wanted, with its days read.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    /// The asker where absent.
    pub person: Option<String>,
    pub substitute: String,
    pub from: Date,
    pub until: Date,
    pub reason: String,
}

/// The event in every hall's chain. Why somebody is away is nobody else's business.
#[derive(Debug, Serialize)]
struct Arranged<'a> {
    kind: &'static str,
    absence: i64,
    person: &'a str,
    substitute: &'a str,
    from: String,
    until: String,
}

#[derive(Debug, Serialize)]
struct Ended<'a> {
    kind: &'static str,
    absence: i64,
    person: &'a str,
    substitute: &'a str,
}

const ARRANGED: &str = "absence-arranged";
const ENDED: &str = "absence-ended";

pub(super) async fn arrange(
    state: &AppState,
    asker: &User,
    actor: &str,
    key: Option<&RequestKey>,
    wanted: Wanted,
) -> Result<AbsenceRow, ApiError> {
    let person = match wanted.person.as_deref().filter(|person| *person != asker.username) {
        Some(other) => staff(state, other).await?,
        None => asker.clone(),
    };
    let substitute = staff(state, &wanted.substitute).await?;
    let now = state.clock.now();
    let mut tx = state.store.begin_write().await?;
    let turns = outside::take_all_turns(&mut tx).await?;
    if let Some(before) = answered_before(&mut tx, actor, key).await? {
        return Ok(before);
    }
    let today = civil::day(now);
    let standing = absences::standing(&mut tx, [&person.username, &substitute.username], today).await?;
    let days = (wanted.from, wanted.until);
    let absence = rules::arrange(asker, &person, &substitute, days, today, &standing)?;
    let id = absences::add(&mut tx, &absence, &wanted.reason, now, actor).await?;
    let body = Arranged {
        kind: ARRANGED,
        absence: id,
        person: &absence.person,
        substitute: &absence.substitute,
        from: absence.from.to_string(),
        until: absence.until.to_string(),
    };
    for (hall, turn) in &turns {
        let occurrence = Occurrence { at: now, kind: ARRANGED, actor, subject: format!("absence:{id}"), body: &body };
        outside::record(&mut tx, hall, turn, occurrence).await?;
    }
    if let Some(key) = key {
        let answered = Answered {
            scope: scope(actor),
            key: key.key.clone(),
            fingerprint: key.fingerprint.clone(),
            answer: id.to_string(),
            at: now,
        };
        requests::add(&mut tx, &[answered]).await?;
    }
    let row = absences::one(&mut tx, id).await?.ok_or_else(|| ApiError::new(Code::UnknownAbsence))?;
    tx.commit().await?;
    Ok(row)
}

pub(super) async fn end(state: &AppState, asker: &User, actor: &str, id: i64) -> Result<AbsenceRow, ApiError> {
    let unknown = || ApiError::new(Code::UnknownAbsence);
    let now = state.clock.now();
    let mut tx = state.store.begin_write().await?;
    let turns = outside::take_all_turns(&mut tx).await?;
    let row = absences::one(&mut tx, id).await?.ok_or_else(unknown)?;
    let account = identity::user(&state.store, &row.absence.person).await?.ok_or_else(unknown)?;
    rules::may_end(asker, &account.user, &row.absence, civil::day(now))?;
    absences::end(&mut tx, id, now, actor).await?;
    let body = Ended { kind: ENDED, absence: id, person: &row.absence.person, substitute: &row.absence.substitute };
    for (hall, turn) in &turns {
        let occurrence = Occurrence { at: now, kind: ENDED, actor, subject: format!("absence:{id}"), body: &body };
        outside::record(&mut tx, hall, turn, occurrence).await?;
    }
    let row = absences::one(&mut tx, id).await?.ok_or_else(unknown)?;
    tx.commit().await?;
    Ok(row)
}

/// Somebody who may sign in.
async fn staff(state: &AppState, username: &str) -> Result<User, ApiError> {
    let account = identity::user(&state.store, username).await?.filter(|account| account.active);
    account.map(|account| account.user).ok_or_else(|| not_a_colleague(username))
}

fn not_a_colleague(username: &str) -> ApiError {
    ApiError::new(Code::NotAColleague)
        .detail(format!("{username} 不是在岗人员"), format!("{username} is not one of the staff"))
}

/// The absence of a request that was answered before under the same key.
async fn answered_before(tx: &mut Tx, actor: &str, key: Option<&RequestKey>) -> Result<Option<AbsenceRow>, ApiError> {
    let Some(key) = key else { return Ok(None) };
    let found = requests::find(tx, &[(&scope(actor), &key.key)]).await?;
    let Some((fingerprint, id)) = found.into_values().next() else { return Ok(None) };
    if fingerprint != key.fingerprint {
        return Err(ApiError::new(Code::IdempotencyKeyReused));
    }
    match id.parse() {
        Ok(id) => Ok(absences::one(tx, id).await?),
        Err(_) => Ok(None),
    }
}

/// The keys of absences are apart from those of commands, whose answers have another form.
fn scope(actor: &str) -> String {
    format!("absences {actor}")
}

impl From<AbsenceRefusal> for ApiError {
    fn from(refusal: AbsenceRefusal) -> Self {
        let new = ApiError::new;
        match refusal {
            AbsenceRefusal::Forbidden => new(Code::Forbidden).detail(
                "只有本人、本部门负责人或管理员可以登记和结束休假",
                "Only the person, and leaders and administrators of the department, may do this",
            ),
            AbsenceRefusal::Oneself => new(Code::SubstituteIsOneself),
            AbsenceRefusal::OtherDepartment => new(Code::NotAColleague).detail(
                "代理人须与休假人同一部门、同一大厅",
                "The substitute must be of the person's own department and hall",
            ),
            AbsenceRefusal::LacksRole(role) => {
                let role = role.name();
                new(Code::SubstituteLacksRole)
                    .detail(format!("代理人不是{}", role.zh), format!("The substitute lacks the role: {}", role.en))
            }
            AbsenceRefusal::UntilBeforeFrom => new(Code::AbsenceDates)
                .field("until", "before from")
                .detail("结束日期早于开始日期", "It would end before it begins"),
            AbsenceRefusal::InThePast(today) => new(Code::AbsenceDates).field("from", "in the past").detail(
                format!("开始日期不能早于今天（{today}）"),
                format!("It begins today ({today}) at the earliest"),
            ),
            AbsenceRefusal::Overlaps { from, until } => new(Code::AbsenceOverlaps)
                .detail(format!("{from} 至 {until} 已登记"), format!("{from} to {until} is registered")),
            AbsenceRefusal::SubstituteAbsent { from, until } => new(Code::SubstituteAbsent)
                .detail(format!("代理人 {from} 至 {until} 休假"), format!("The substitute is away {from} to {until}")),
            AbsenceRefusal::StandsIn { person, from, until } => new(Code::StandsIn).detail(
                format!("{from} 至 {until} 代理 {person}"),
                format!("The person stands in for {person} from {from} to {until}"),
            ),
            AbsenceRefusal::EndedAlready => {
                new(Code::AlreadyDone).detail("该休假已结束", "The absence was ended already")
            }
            AbsenceRefusal::Over(until) => new(Code::AlreadyDone)
                .detail(format!("该休假已于 {until} 期满"), format!("The absence was over on {until}")),
        }
    }
}
