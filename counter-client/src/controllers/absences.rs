//! Handing over when on leave (休假交接): my absences, who stands in (代理人) for me, for whom I stand in.

use jiff::civil::Date;
use protocol::absence::{Absence, NewAbsence, Person};
use protocol::staff::Role;

use crate::clock;
use crate::server::{Answer, Call, RequestId, Trouble};

use super::desk::{Desk, Page};
use super::dialogs::Dialog;
use super::flight::Flight;
use super::notice::Notice;
use super::outside::Outside;

#[derive(Debug, Default)]
pub struct Absences {
    list: Vec<Absence>,
    selected: usize,
    reading: Option<RequestId>,
    /// Something changed while an answer was on its way.
    stale: bool,
    changing: Flight,
    pub form: AbsenceForm,
}

/// The form as it is filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AbsenceForm {
    /// Who goes: the place among [`Desk::may_go`].
    pub person: usize,
    /// Who stands in: the place among [`Desk::may_stand_in`].
    pub substitute: usize,
    pub from: String,
    pub until: String,
    pub reason: String,
}

/// Whether an absence is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Course {
    Now,
    Coming,
    Past,
    /// Ended early, or called off.
    Ended,
}

impl Course {
    pub fn of(absence: &Absence, today: &str) -> Self {
        if absence.ended {
            Course::Ended
        } else if absence.current {
            Course::Now
        } else if absence.until.as_str() < today {
            Course::Past
        } else {
            Course::Coming
        }
    }

    fn is_over(self) -> bool {
        matches!(self, Course::Past | Course::Ended)
    }
}

/// What became of an answer.
#[derive(Debug, PartialEq)]
pub enum Left {
    NotMine,
    Changed,
    Arranged,
    Ended,
    Failed(Notice),
    /// The list could not be read.
    Unread(Notice),
}

impl Absences {
    /// What is under way first, then what is to come, then what is over, the newest of it first.
    pub fn list(&self) -> &[Absence] {
        &self.list
    }

    pub fn selected(&self) -> usize {
        self.selected
    }

    pub fn select(&mut self, index: usize) {
        self.selected = index.min(self.list.len().saturating_sub(1));
    }

    pub fn current(&self) -> Option<&Absence> {
        self.list.get(self.selected)
    }

    pub fn loading(&self) -> bool {
        self.reading.is_some()
    }

    pub fn busy(&self) -> bool {
        self.changing.busy()
    }

    /// Those for whom this person stands in today.
    pub fn stood_in_for<'a>(&'a self, username: &'a str) -> impl Iterator<Item = &'a Absence> {
        self.list.iter().filter(move |absence| absence.current && absence.substitute.username == username)
    }

    /// This person's own absence, where it is under way.
    pub fn away<'a>(&'a self, username: &str) -> Option<&'a Absence> {
        self.list.iter().find(|absence| absence.current && absence.person.username == username)
    }

    pub fn clear(&mut self) {
        *self = Absences::default();
    }

    /// Reads them again; several reasons at once make one more call, not several.
    pub fn refresh(&mut self, outside: &mut impl Outside) {
        if self.reading.is_some() {
            self.stale = true;
        } else {
            self.reading = Some(outside.ask(Call::Absences, None));
        }
    }

    pub fn landed(&mut self, outside: &mut impl Outside, id: RequestId, result: &Result<Answer, Trouble>) -> Left {
        if self.reading == Some(id) {
            self.reading = None;
            if std::mem::take(&mut self.stale) && result.is_ok() {
                self.refresh(outside);
            }
            return match result {
                Ok(Answer::Absences(list)) => {
                    let keep = self.current().map(|absence| absence.id);
                    self.list.clone_from(list);
                    let today = clock::day(outside.now());
                    self.list.sort_by(|a, b| {
                        let (of_a, of_b) = (Course::of(a, &today), Course::of(b, &today));
                        let days = if of_a.is_over() { b.from.cmp(&a.from) } else { a.from.cmp(&b.from) };
                        of_a.is_over()
                            .cmp(&of_b.is_over())
                            .then(of_a.min(Course::Past).cmp(&of_b.min(Course::Past)))
                            .then(days)
                    });
                    let place = keep.and_then(|id| self.list.iter().position(|absence| absence.id == id));
                    self.select(place.unwrap_or(self.selected));
                    Left::Changed
                }
                Ok(_) => Left::Unread(Notice::Unreadable),
                Err(trouble) => Left::Unread(trouble.clone().into()),
            };
        }
        let Some(call) = self.changing.land(id, result) else { return Left::NotMine };
        self.refresh(outside);
        match (result, call) {
            (Ok(_), Call::EndAbsence(_)) => Left::Ended,
            (Ok(_), _) => Left::Arranged,
            (Err(trouble), _) => Left::Failed(trouble.clone().into()),
        }
    }
}

impl<O: Outside> Desk<O> {
    fn me(&self) -> Option<Person> {
        let user = self.session.user()?;
        Some(Person { username: user.username.clone(), name: user.name.clone() })
    }

    /// Those whose absence this person may arrange: oneself, and to a leader the whole department.
    pub fn may_go(&self) -> Vec<Person> {
        let mut people: Vec<Person> = self.me().into_iter().collect();
        if self.session.is(Role::Leader) || self.session.is(Role::Administrator) {
            people.extend(self.colleagues_but(&people));
        }
        people
    }

    /// Those who may stand in for whoever goes.
    pub fn may_stand_in(&self) -> Vec<Person> {
        let going: Vec<Person> = self.may_go().into_iter().nth(self.absences.form.person).into_iter().collect();
        let mut people = self.colleagues_but(&going);
        if let Some(me) = self.me().filter(|me| !going.contains(me) && !people.contains(me)) {
            people.insert(0, me);
        }
        people
    }

    fn colleagues_but(&self, but: &[Person]) -> Vec<Person> {
        let person = |colleague: &protocol::staff::Colleague| Person {
            username: colleague.username.clone(),
            name: colleague.name.clone(),
        };
        let others = self.colleagues.list().iter().map(person);
        others.filter(|other| but.iter().all(|known| known.username != other.username)).collect()
    }

    pub fn today(&self) -> String {
        clock::day(self.outside.now())
    }

    /// The form of a new absence, beginning today.
    pub fn open_absence(&mut self) {
        if self.absences.busy() {
            return;
        }
        self.open_dialog(Dialog::Absence);
        self.colleagues.refresh(&mut self.outside);
        self.absences.form = AbsenceForm { from: self.today(), ..AbsenceForm::default() };
    }

    /// Whoever goes is picked; a stand-in who was picked for another is not carried over.
    pub fn pick_who_goes(&mut self, place: usize) {
        self.absences.form.person = place;
        self.absences.form.substitute = 0;
    }

    pub(super) fn arrange_absence(&mut self) -> Result<(), Notice> {
        let form = self.absences.form.clone();
        let today: Date = self.today().parse().map_err(|_| Notice::DayNeeded)?;
        let person = self.may_go().into_iter().nth(form.person).ok_or(Notice::ColleagueNeeded)?;
        let substitute = self.may_stand_in().into_iter().nth(form.substitute).ok_or(Notice::ColleagueNeeded)?;
        let from = day_typed(&form.from, today).ok_or(Notice::DayNeeded)?;
        let until = day_typed(&form.until, today).ok_or(Notice::DayNeeded)?;
        if until < from {
            return Err(Notice::DaysReversed);
        }
        if from < today {
            return Err(Notice::DayPast);
        }
        let reason = form.reason.trim();
        let absence = NewAbsence {
            person: Some(person.username).filter(|username| self.me().is_none_or(|me| me.username != *username)),
            substitute: substitute.username,
            from: from.to_string(),
            until: until.to_string(),
            reason: (!reason.is_empty()).then(|| reason.to_owned()),
        };
        self.absences.changing.send(&mut self.outside, Call::ArrangeAbsence(absence));
        Ok(())
    }

    /// Whether the selected absence can still be ended.
    pub fn may_end_absence(&self) -> bool {
        let today = self.today();
        let me = self.session.user().map(|user| user.username.as_str()).unwrap_or_default();
        let heads = self.session.is(Role::Leader) || self.session.is(Role::Administrator);
        !self.absences.busy()
            && self.absences.current().is_some_and(|absence| {
                !Course::of(absence, &today).is_over() && (heads || absence.person.username == me)
            })
    }

    /// Asks once more before an absence is ended.
    pub fn open_end_absence(&mut self) {
        if self.may_end_absence() {
            self.open_dialog(Dialog::EndAbsence);
        }
    }

    pub(super) fn end_absence(&mut self) {
        if let Some(id) = self.absences.current().map(|absence| absence.id) {
            self.absences.changing.send(&mut self.outside, Call::EndAbsence(id));
        }
    }

    pub(super) fn left(&mut self, left: Left) {
        match left {
            Left::NotMine | Left::Changed => {}
            Left::Arranged => self.notice = Some(Notice::AbsenceArranged),
            Left::Ended => self.notice = Some(Notice::AbsenceEnded),
            Left::Failed(notice) => self.failed(notice),
            // On other pages nobody asked for the list.
            Left::Unread(notice) => {
                if self.page == Page::Absences {
                    self.failed(notice);
                }
            }
        }
        // Other people's tasks come and go with their absences.
        if matches!(self.notice, Some(Notice::AbsenceArranged | Notice::AbsenceEnded)) {
            self.tasks.refresh(&mut self.outside);
        }
    }
}

/// A day as people type it: `2026-12-01`, `12-01`, `12.1`, `12/1` or `1201`, the next such day from today on where the year is left out.
pub fn day_typed(text: &str, today: Date) -> Option<Date> {
    let text = text.trim();
    let parts: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let (year, month, day) = match parts.as_slice() {
        [year, month, day] if year.len() == 4 => (Some(*year), *month, *day),
        [month, day] => (None, *month, *day),
        [digits] if digits.len() == 4 => (None, &digits[..2], &digits[2..]),
        [digits] if digits.len() == 8 => (Some(&digits[..4]), &digits[4..6], &digits[6..]),
        _ => return None,
    };
    let of = |year: i16| Date::new(year, month.parse().ok()?, day.parse().ok()?).ok();
    match year {
        Some(year) => of(year.parse().ok()?),
        None => of(today.year()).filter(|day| *day >= today).or_else(|| of(today.year() + 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_people_write_them() {
        let today = jiff::civil::date(2026, 11, 25);
        let read = |text: &str| day_typed(text, today).map(|day| day.to_string());
        for text in ["2026-12-01", " 2026/12/1 ", "20261201", "12-01", "12.1", "1201", "12月1日", "2026年12月1日"]
        {
            assert_eq!(read(text).as_deref(), Some("2026-12-01"), "{text}");
        }
        assert_eq!(read("11-25").as_deref(), Some("2026-11-25"), "today itself");
        assert_eq!(read("1-5").as_deref(), Some("2027-01-05"), "the next one");
        for wrong in ["", "12", "13-01", "2-30", "12-1-2026", "tomorrow", "1-2-3-4"] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
    }
}
