//! Absences (休假) and who stands in (代理人): whoever is on leave hands over to one colleague, for whole days.
//!
//! What a substitute may do in a case is said in [`crate::cases`]; nothing here moves a due date.

use jiff::civil::Date;
use protocol::staff::{Role, User};
use thiserror::Error;

/// Somebody's absence, from one day to another, both included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// User name of whoever is away.
    pub person: String,
    /// User name of whoever stands in.
    pub substitute: String,
    pub from: Date,
    pub until: Date,
    /// Ended early, or called off before it began.
    pub ended: bool,
}

/// Why an absence is not arranged, or not ended.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AbsenceRefusal {
    #[error("only the person, and leaders and administrators of the department, may do this")]
    Forbidden,
    #[error("nobody stands in for themselves")]
    Oneself,
    #[error("the substitute is of another department or hall")]
    OtherDepartment,
    #[error("the substitute lacks the role {0:?}")]
    LacksRole(Role),
    #[error("the absence would end before it begins")]
    UntilBeforeFrom,
    #[error("the absence would begin before today, {0}")]
    InThePast(Date),
    #[error("the person is away from {from} to {until} already")]
    Overlaps { from: Date, until: Date },
    #[error("the substitute is away from {from} to {until}")]
    SubstituteAbsent { from: Date, until: Date },
    #[error("the person stands in for {person} from {from} to {until}")]
    StandsIn { person: String, from: Date, until: Date },
    #[error("the absence was ended already")]
    EndedAlready,
    #[error("the absence was over on {0}")]
    Over(Date),
}

impl Absence {
    /// Whether the substitute acts on this day.
    pub fn is_current(&self, today: Date) -> bool {
        !self.ended && self.from <= today && today <= self.until
    }

    fn stands_between(&self, from: Date, until: Date) -> bool {
        !self.ended && self.from <= until && from <= self.until
    }
}

/// Whether somebody arranges absences of a person: the person, and leaders and administrators of the person's department. An
/// administrator without a department is everybody's.
pub fn may_arrange(asker: &User, person: &User) -> bool {
    let of_department = asker.department.is_some() && asker.department == person.department;
    let has = |role| asker.roles.contains(&role);
    asker.username == person.username
        || of_department && (has(Role::Leader) || has(Role::Administrator))
        || asker.department.is_none() && has(Role::Administrator)
}

/// Arranges an absence. `standing` are the absences of the person and of the substitute, and those in which either stands in.
///
/// The substitute has every role of the person, so that nobody gets a right by standing in, and is there all the time: a chain of
/// substitutes would leave nobody who answers.
pub fn arrange(
    asker: &User,
    person: &User,
    substitute: &User,
    days: (Date, Date),
    today: Date,
    standing: &[Absence],
) -> Result<Absence, AbsenceRefusal> {
    let (from, until) = days;
    if !may_arrange(asker, person) {
        return Err(AbsenceRefusal::Forbidden);
    }
    if person.username == substitute.username {
        return Err(AbsenceRefusal::Oneself);
    }
    if person.department != substitute.department || person.hall != substitute.hall {
        return Err(AbsenceRefusal::OtherDepartment);
    }
    if let Some(role) = person.roles.iter().find(|role| !substitute.roles.contains(role)) {
        return Err(AbsenceRefusal::LacksRole(*role));
    }
    if until < from {
        return Err(AbsenceRefusal::UntilBeforeFrom);
    }
    if from < today {
        return Err(AbsenceRefusal::InThePast(today));
    }
    for other in standing.iter().filter(|other| other.stands_between(from, until)) {
        let (from, until) = (other.from, other.until);
        if other.person == person.username {
            return Err(AbsenceRefusal::Overlaps { from, until });
        }
        if other.person == substitute.username {
            return Err(AbsenceRefusal::SubstituteAbsent { from, until });
        }
        if other.substitute == person.username {
            return Err(AbsenceRefusal::StandsIn { person: other.person.clone(), from, until });
        }
    }
    Ok(Absence { person: person.username.clone(), substitute: substitute.username.clone(), from, until, ended: false })
}

/// Whether somebody may end an absence now: from then on nobody stands in.
pub fn may_end(asker: &User, person: &User, absence: &Absence, today: Date) -> Result<(), AbsenceRefusal> {
    if !may_arrange(asker, person) {
        return Err(AbsenceRefusal::Forbidden);
    }
    if absence.ended {
        return Err(AbsenceRefusal::EndedAlready);
    }
    if absence.until < today { Err(AbsenceRefusal::Over(absence.until)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const TODAY: Date = date(2026, 11, 24);

    fn user(username: &str, roles: &[Role], department: Option<&str>) -> User {
        User {
            username: username.into(),
            name: username.into(),
            roles: roles.to_vec(),
            hall: None,
            department: department.map(str::to_owned),
        }
    }

    fn reviewer(username: &str) -> User {
        user(username, &[Role::Reviewer], Some("market"))
    }

    fn day(n: i8) -> Date {
        date(2026, 12, n)
    }

    fn away(person: &str, substitute: &str, from: i8, until: i8) -> Absence {
        Absence {
            person: person.into(),
            substitute: substitute.into(),
            from: day(from),
            until: day(until),
            ended: false,
        }
    }

    fn wang_for_li(days: (Date, Date), standing: &[Absence]) -> Result<Absence, AbsenceRefusal> {
        arrange(&reviewer("li"), &reviewer("li"), &reviewer("wang"), days, TODAY, standing)
    }

    #[test]
    fn a_colleague_stands_in_on_every_day_named_and_on_no_other() {
        let absence = wang_for_li((day(1), day(5)), &[]).unwrap();
        assert_eq!(absence, away("li", "wang", 1, 5));
        let current = |n| absence.is_current(day(n));
        assert!(!absence.is_current(date(2026, 11, 30)) && current(1) && current(5) && !current(6));
        assert!(!Absence { ended: true, ..absence.clone() }.is_current(day(3)), "who is back is back");
    }

    #[test]
    fn others_arrange_it_only_for_their_own_department() {
        let arranged =
            |asker: &User| arrange(asker, &reviewer("li"), &reviewer("wang"), (day(1), day(5)), TODAY, &[]).map(|_| ());
        assert_eq!(arranged(&user("chief", &[Role::Leader], Some("market"))), Ok(()));
        assert_eq!(arranged(&user("office", &[Role::Administrator], Some("market"))), Ok(()));
        assert_eq!(arranged(&user("admin", &[Role::Administrator], None)), Ok(()));
        for other in [
            reviewer("wang"),
            user("chief", &[Role::Leader], Some("health")),
            user("office", &[Role::Administrator], Some("health")),
            user("chief", &[Role::Leader], None),
        ] {
            assert_eq!(arranged(&other), Err(AbsenceRefusal::Forbidden), "{other:?}");
        }
    }

    #[test]
    fn the_substitute_is_a_colleague_with_every_role_of_the_person() {
        let both = user("li", &[Role::Reviewer, Role::Signer], Some("market"));
        let arranged =
            |person: &User, substitute: &User| arrange(person, person, substitute, (day(1), day(5)), TODAY, &[]);
        assert_eq!(arranged(&both, &reviewer("wang")), Err(AbsenceRefusal::LacksRole(Role::Signer)));
        let more = user("wang", &[Role::Leader, Role::Signer, Role::Reviewer], Some("market"));
        assert!(arranged(&both, &more).is_ok());
        let elsewhere = user("wang", &[Role::Reviewer], Some("health"));
        assert_eq!(arranged(&reviewer("li"), &elsewhere), Err(AbsenceRefusal::OtherDepartment));
        let clerk =
            |username: &str, hall: &str| User { hall: Some(hall.into()), ..user(username, &[Role::Clerk], None) };
        assert_eq!(arranged(&clerk("liu", "district"), &clerk("chen", "futian")), Err(AbsenceRefusal::OtherDepartment));
        assert!(arranged(&clerk("liu", "district"), &clerk("chen", "district")).is_ok());
        assert_eq!(arranged(&reviewer("li"), &reviewer("li")), Err(AbsenceRefusal::Oneself));
    }

    #[test]
    fn an_absence_ends_after_it_begins_and_begins_today_at_the_earliest() {
        assert_eq!(wang_for_li((day(5), day(4)), &[]), Err(AbsenceRefusal::UntilBeforeFrom));
        assert_eq!(wang_for_li((date(2026, 11, 23), day(4)), &[]), Err(AbsenceRefusal::InThePast(TODAY)));
        assert!(wang_for_li((TODAY, TODAY), &[]).is_ok());
    }

    #[test]
    fn nobody_is_away_twice_and_no_chain_of_substitutes_is_made() {
        let (from, until) = (day(5), day(9));
        let refused = |other: Absence| wang_for_li((day(1), day(5)), &[other]).unwrap_err();
        assert_eq!(refused(away("li", "zhao", 5, 9)), AbsenceRefusal::Overlaps { from, until });
        assert_eq!(refused(away("wang", "zhao", 5, 9)), AbsenceRefusal::SubstituteAbsent { from, until });
        let stands_in = AbsenceRefusal::StandsIn { person: "zhao".into(), from, until };
        assert_eq!(refused(away("zhao", "li", 5, 9)), stands_in);
        for fine in [away("li", "zhao", 6, 9), away("zhao", "wang", 1, 9)] {
            assert!(wang_for_li((day(1), day(5)), &[fine]).is_ok(), "wang may stand in for two");
        }
        let ended = Absence { ended: true, ..away("li", "zhao", 1, 9) };
        assert!(wang_for_li((day(1), day(5)), &[ended]).is_ok());
    }

    #[test]
    fn it_is_ended_once_and_by_those_who_could_arrange_it() {
        let absence = away("li", "wang", 1, 5);
        let end = |asker: &User, absence: &Absence, today| may_end(asker, &reviewer("li"), absence, today);
        assert_eq!(end(&reviewer("li"), &absence, day(3)), Ok(()));
        assert_eq!(end(&reviewer("li"), &absence, TODAY), Ok(()), "called off before it began");
        assert_eq!(end(&reviewer("wang"), &absence, day(3)), Err(AbsenceRefusal::Forbidden));
        assert_eq!(end(&reviewer("li"), &absence, day(6)), Err(AbsenceRefusal::Over(day(5))));
        let ended = Absence { ended: true, ..absence };
        assert_eq!(end(&reviewer("li"), &ended, day(3)), Err(AbsenceRefusal::EndedAlready));
    }

    proptest! {
        /// Whatever is arranged in whatever order: on any day, whoever stands in for somebody is not away.
        #[test]
        fn on_no_day_is_a_substitute_away(
            wanted in proptest::collection::vec((0usize..5, 0usize..5, 1i8..28, 0i8..10, any::<bool>()), 0..40)
        ) {
            let names = ["a", "b", "c", "d", "e"];
            let mut standing: Vec<Absence> = Vec::new();
            for (person, substitute, from, length, end) in wanted {
                let (person, substitute) = (reviewer(names[person]), reviewer(names[substitute]));
                let days = (day(from), day((from + length).min(31)));
                if let Ok(absence) = arrange(&person, &person, &substitute, days, TODAY, &standing) {
                    standing.push(Absence { ended: end, ..absence });
                }
            }
            for n in 1..=31 {
                let current: Vec<&Absence> = standing.iter().filter(|absence| absence.is_current(day(n))).collect();
                for absence in &current {
                    prop_assert!(current.iter().all(|other| other.person != absence.substitute));
                    prop_assert_eq!(current.iter().filter(|other| other.person == absence.person).count(), 1);
                }
            }
        }
    }
}
