//! The hall's catalogue as the kiosk keeps it: the published catalogue with what the screens look up in it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use domain::catalogue::search::Index;
use protocol::catalogue::{Catalogue, Item, Offer, Opening, Text};
use serde::{Deserialize, Serialize};

/// How the services are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    Themes,
    Departments,
}

/// A theme or a department with the number of its services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub code: String,
    pub name: Text,
    pub services: usize,
}

/// The catalogue with its look-ups. Immutable: a newer catalogue makes a new shelf.
pub struct Shelf {
    catalogue: Catalogue,
    items: HashMap<String, usize>,
    offers: HashMap<String, usize>,
    departments: HashMap<String, Text>,
    index: Index,
}

impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shelf").field("revision", &self.catalogue.revision).finish_non_exhaustive()
    }
}

impl Shelf {
    /// Takes some tens of milliseconds for a thousand items, for the pinyin: not for the screen's thread.
    pub fn new(catalogue: Catalogue) -> Self {
        let index = Index::of_catalogue(&catalogue);
        let items = catalogue.items.iter().enumerate().map(|(i, item)| (item.code.clone(), i)).collect();
        let offers = catalogue.offers.iter().enumerate().map(|(i, offer)| (offer.item.clone(), i)).collect();
        let departments = catalogue.departments.iter().map(|d| (d.code.clone(), d.name.clone())).collect();
        Shelf { catalogue, items, offers, departments, index }
    }

    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    pub fn item(&self, code: &str) -> Option<&Item> {
        self.items.get(code).map(|i| &self.catalogue.items[*i])
    }

    pub fn offer(&self, code: &str) -> Option<&Offer> {
        self.offers.get(code).map(|i| &self.catalogue.offers[*i])
    }

    /// True where the hall takes tickets for it.
    pub fn is_open(&self, code: &str) -> bool {
        self.offer(code).is_some_and(|offer| offer.open)
    }

    pub fn department(&self, code: &str) -> Text {
        self.departments.get(code).cloned().unwrap_or_default()
    }

    /// The services of the first page, in the hall's order.
    pub fn common(&self) -> Vec<&Item> {
        let mut offers: Vec<&Offer> = self.catalogue.offers.iter().filter(|o| o.common > 0 && o.open).collect();
        offers.sort_by_key(|offer| offer.common);
        offers.iter().filter_map(|offer| self.item(&offer.item)).take(FrontPage::MOST).collect()
    }

    /// Themes or departments that have services, in the catalogue's order.
    pub fn groups(&self, grouping: Grouping) -> Vec<Group> {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for item in &self.catalogue.items {
            match grouping {
                Grouping::Departments => *counts.entry(&item.department).or_default() += 1,
                // A theme named twice by an item is still one.
                Grouping::Themes => {
                    for theme in item.themes.iter().collect::<BTreeSet<_>>() {
                        *counts.entry(theme).or_default() += 1;
                    }
                }
            }
        }
        let all: Vec<(&str, &Text)> = match grouping {
            Grouping::Themes => self.catalogue.themes.iter().map(|t| (t.code.as_str(), &t.name)).collect(),
            Grouping::Departments => self.catalogue.departments.iter().map(|d| (d.code.as_str(), &d.name)).collect(),
        };
        all.into_iter()
            .filter_map(|(code, name)| {
                let services = counts.get(code).copied()?;
                Some(Group { code: code.to_owned(), name: name.clone(), services })
            })
            .collect()
    }

    /// The services of a theme or department; those that tickets are taken for come first.
    pub fn services_of(&self, grouping: Grouping, group: &str) -> Vec<&Item> {
        let mut services: Vec<&Item> = self
            .catalogue
            .items
            .iter()
            .filter(|item| match grouping {
                Grouping::Themes => item.themes.iter().any(|theme| theme == group),
                Grouping::Departments => item.department == group,
            })
            .collect();
        services.sort_by_key(|item| !self.is_open(&item.code));
        services
    }

    /// The best matches for what was typed, best first.
    pub fn find(&self, typed: &str, limit: usize) -> Vec<&Item> {
        self.index.find(typed, limit).iter().filter_map(|hit| self.item(&hit.code)).collect()
    }

    /// What the letters typed may stand for: pieces of names first, then single characters.
    pub fn candidates(&self, letters: &str, limit: usize) -> Vec<String> {
        if letters.is_empty() {
            return Vec::new();
        }
        let mut offered = Vec::new();
        let pieces = self.index.phrases(letters, limit);
        let characters = self.index.candidates(letters).into_iter().map(String::from);
        // A whole syllable is most often meant as one character; several initials as a piece.
        let (first, second): (Vec<String>, Vec<String>) =
            if letters.chars().count() > 1 { (pieces, characters.collect()) } else { (characters.collect(), pieces) };
        for word in first.into_iter().chain(second) {
            if offered.len() == limit {
                break;
            }
            if !offered.contains(&word) {
                offered.push(word);
            }
        }
        offered
    }

    /// What the first page shows, small enough to be read before the first frame.
    pub fn front_page(&self) -> FrontPage {
        FrontPage {
            hall: self.catalogue.hall.name.clone(),
            hours: self.catalogue.hall.hours.clone(),
            common: self.common().iter().map(|item| (item.code.clone(), item.name.clone())).collect(),
        }
    }
}

/// The first page's content, kept on disk beside the catalogue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrontPage {
    pub hall: Text,
    pub hours: Vec<Opening>,
    /// Codes and names.
    pub common: Vec<(String, Text)>,
}

impl FrontPage {
    /// More would not fit in reach at a size that everybody can read.
    pub const MOST: usize = 6;

    /// Today's spans, such as `09:00–12:00 14:00–18:00`; empty where the hall stays shut.
    pub fn hours_on(&self, weekday: i8) -> String {
        spans(&self.hours, weekday).join(" ")
    }
}

fn spans(hours: &[Opening], weekday: i8) -> Vec<String> {
    let today = u8::try_from(weekday).unwrap_or_default();
    hours.iter().filter(|o| o.weekdays.contains(&today)).map(|o| format!("{}–{}", o.from, o.to)).collect()
}

/// A run of weekdays with the same hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeekHours {
    pub from_day: i8,
    pub to_day: i8,
    pub spans: String,
}

/// A week's hours with equal neighbouring days put together; days without hours are left out.
pub fn week(hours: &[Opening]) -> Vec<WeekHours> {
    let mut week: Vec<WeekHours> = Vec::new();
    for day in 1..=7 {
        let spans = spans(hours, day).join(" ");
        match week.last_mut() {
            _ if spans.is_empty() => {}
            Some(last) if last.to_day == day - 1 && last.spans == spans => last.to_day = day,
            _ => week.push(WeekHours { from_day: day, to_day: day, spans }),
        }
    }
    week
}

/// A shelf that several threads hold.
pub type SharedShelf = Arc<Shelf>;
