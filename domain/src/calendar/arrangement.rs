//! One year's arrangement of days off and make-up workdays, as the State Council's General Office announces it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The longest span off that is not taken for a slip of the pen, in days.
const LONGEST_SPAN: i32 = 31;

/// Years for which an arrangement can be: weekends of two days began in 1995.
const YEARS: std::ops::RangeInclusive<i16> = 1995..=2200;

/// A year's arrangement (节假日安排).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arrangement {
    pub year: i16,
    pub notice: Notice,
    /// Days off (放假), weekends within them included.
    pub off: Vec<DaysOff>,
    /// Weekend days that are worked (调休上班).
    #[serde(default)]
    pub makeup: Vec<Date>,
}

/// The notice that announces an arrangement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// Such as 国办发明电〔2024〕12号.
    pub number: String,
    pub date: Date,
}

/// A span of days off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DaysOff {
    /// Such as 国庆节; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    pub from: Date,
    /// The last day off.
    pub to: Date,
}

/// What is wrong with an arrangement.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ArrangementFault {
    #[error("{0} is not a year that can have an arrangement")]
    Year(i16),
    #[error("the notice has no number: an arrangement is loaded from the notice alone, never from a forecast")]
    NoNotice,
    #[error("the notice is dated {0}, after the year that it arranges")]
    NoticeTooLate(Date),
    #[error("no day is off, which no year has had")]
    NothingOff,
    #[error("the days off from {from} to {to} end before they begin")]
    Backwards { from: Date, to: Date },
    #[error("the days off from {from} to {to} are more than {LONGEST_SPAN}")]
    TooLong { from: Date, to: Date },
    #[error("{0} is neither in the year nor in the month before or after it")]
    OutsideYear(Date),
    #[error("no day of the span from {from} to {to} is in the year")]
    SpanOutsideYear { from: Date, to: Date },
    #[error("{0} is off twice")]
    OffTwice(Date),
    #[error("{0} is a make-up workday twice")]
    MakeupTwice(Date),
    #[error("{0} is both off and a make-up workday")]
    OffAndMakeup(Date),
    #[error("{0} is a {weekday:?}: only a weekend day can be a make-up workday", weekday = .0.weekday())]
    MakeupOnWeekday(Date),
    #[error("{day} is {this} here, but {other} by the arrangement of {year}")]
    Contradiction { day: Date, this: &'static str, other: &'static str, year: i16 },
}

impl DaysOff {
    pub fn days(&self) -> impl Iterator<Item = Date> + use<> {
        let to = self.to;
        self.from.series(1.day()).take_while(move |day| *day <= to)
    }

    /// From the first day to the last, both counted; negative where they are the wrong way round.
    fn length(&self) -> i32 {
        (self.to - self.from).get_days() + 1
    }
}

impl Arrangement {
    /// Everything that is wrong with it, a sentence each; nothing where it can be used.
    pub fn faults(&self) -> Vec<ArrangementFault> {
        let mut faults = Vec::new();
        if !YEARS.contains(&self.year) {
            faults.push(ArrangementFault::Year(self.year));
            return faults;
        }
        if self.notice.number.trim().is_empty() {
            faults.push(ArrangementFault::NoNotice);
        }
        if self.notice.date.year() > self.year {
            faults.push(ArrangementFault::NoticeTooLate(self.notice.date));
        }
        if self.off.is_empty() {
            faults.push(ArrangementFault::NothingOff);
        }
        let off = self.check_off(&mut faults);
        self.check_makeup(&off, &mut faults);
        faults
    }

    fn check_off(&self, faults: &mut Vec<ArrangementFault>) -> BTreeSet<Date> {
        let mut off = BTreeSet::new();
        for span in &self.off {
            let (from, to) = (span.from, span.to);
            if to < from {
                faults.push(ArrangementFault::Backwards { from, to });
                continue;
            }
            if span.length() > LONGEST_SPAN {
                faults.push(ArrangementFault::TooLong { from, to });
                continue;
            }
            if !span.days().any(|day| day.year() == self.year) {
                faults.push(ArrangementFault::SpanOutsideYear { from, to });
                continue;
            }
            for day in span.days() {
                if !self.may_touch(day) {
                    faults.push(ArrangementFault::OutsideYear(day));
                }
                if !off.insert(day) {
                    faults.push(ArrangementFault::OffTwice(day));
                }
            }
        }
        off
    }

    fn check_makeup(&self, off: &BTreeSet<Date>, faults: &mut Vec<ArrangementFault>) {
        let mut makeup = BTreeSet::new();
        for day in &self.makeup {
            if !makeup.insert(*day) {
                faults.push(ArrangementFault::MakeupTwice(*day));
                continue;
            }
            if off.contains(day) {
                faults.push(ArrangementFault::OffAndMakeup(*day));
            }
            if !is_weekend(*day) {
                faults.push(ArrangementFault::MakeupOnWeekday(*day));
            }
            if !self.may_touch(*day) {
                faults.push(ArrangementFault::OutsideYear(*day));
            }
        }
    }

    /// A notice may move days of the December before its year, or of the January after it.
    fn may_touch(&self, day: Date) -> bool {
        date(self.year - 1, 12, 1) <= day && day <= date(self.year + 1, 1, 31)
    }

    /// Where the two say different things of one day: neighbours may both name days around New Year.
    pub(super) fn contradictions(&self, other: &Arrangement) -> Vec<ArrangementFault> {
        const OFF: &str = "a day off";
        const WORKED: &str = "a make-up workday";
        let (ours, theirs) = (self.named_days(), other.named_days());
        let differs = |(day, off): (&Date, &bool)| {
            let other_off = theirs.get(day)?;
            let word = |off| if off { OFF } else { WORKED };
            (off != other_off).then(|| ArrangementFault::Contradiction {
                day: *day,
                this: word(*off),
                other: word(*other_off),
                year: other.year,
            })
        };
        ours.iter().filter_map(differs).collect()
    }

    /// Every day that it names, and whether it is off.
    pub(super) fn named_days(&self) -> BTreeMap<Date, bool> {
        let off = self.off.iter().flat_map(DaysOff::days).map(|day| (day, true));
        off.chain(self.makeup.iter().map(|day| (*day, false))).collect()
    }
}

pub(super) fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}
