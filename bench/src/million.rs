//! A database with a million open cases and finished ones beside them, for what must take no longer among so many.
//!
//! It is filled once a day into the folder of results and kept there (3 GB) for further runs on that day: what is due
//! when depends on the day. Another day's or version's is removed. Its cases have no history: nothing measured here reads it.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use domain::calendar::Calendar;
use domain::cases::{TaskFor, case_number};
use domain::civil;
use domain::supervision::Rules;
use hall_server::catalogue::sample;
use hall_server::clock::{Clock, SystemClock};
use hall_server::identity::secrets::page_code;
use hall_server::store::cases::{self, CaseRow};
use hall_server::store::{Store, catalogue, halls};
use jiff::civil::Date;
use protocol::case::Applicant;
use protocol::supervision::Rule;
use serde::{Deserialize, Serialize};
use tests::Result;

use crate::templates::{REVIEWER, Stage, Template, templates};

/// Of what is filled in; a cached database of another version is filled anew.
const VERSION: u32 = 1;

pub(crate) const OPEN: usize = 1_000_000;
const FINISHED: usize = 200_000;
/// Open cases on which something is due on the first of the two days.
const DUE_FIRST: usize = 100;
/// The same on the second: one in a hundred.
const DUE_SECOND: usize = OPEN / 100;
/// Cases of one reviewer.
pub(crate) const OF_ONE: usize = 200;
/// The reviewer who is measured.
pub(crate) const MEASURED: &str = "market.reviewer";
const LARGEST_DEPARTMENT: &str = "SAMPLE-440304-01";
const ITEMS_OF_DEPARTMENT: usize = 3;
/// Rows of one transaction.
const AT_ONCE: usize = 10_000;

/// What was filled in, as the sweep's figures are held against.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Filled {
    pub(crate) file: PathBuf,
    /// The working days after the day of filling.
    pub(crate) first: Date,
    pub(crate) second: Date,
    /// Firings of the rules in force until the first day, after it until the second.
    pub(crate) fire_first: usize,
    pub(crate) fire_second: usize,
    /// Firings until the second day of a rule that an office loads.
    pub(crate) fire_loaded: usize,
    /// A case that is due on the first day and will be made unreadable; its firings are not counted.
    pub(crate) one_due: String,
    pub(crate) cases: usize,
    /// Open cases that the largest department answers for.
    pub(crate) of_department: usize,
}

/// The database of today, filled where it is not there.
pub(crate) async fn filled(results: &Path, loaded: &Rule) -> Result<Filled> {
    let today = civil::day(SystemClock.now());
    let name = format!("million-v{VERSION}-{today}");
    let (file, description) = (results.join(format!("{name}.db")), results.join(format!("{name}.json")));
    fs::create_dir_all(results)?;
    if let Ok(text) = fs::read_to_string(&description) {
        // What a measured server left in the log goes into the file.
        Store::connect(&address(&file)).await?.close().await;
        return Ok(serde_json::from_str(&text)?);
    }
    for entry in fs::read_dir(results)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("million-") {
            fs::remove_file(entry.path())?;
        }
    }
    let started = Instant::now();
    eprintln!("filling {} with {OPEN} open and {FINISHED} finished cases", file.display());
    let filled = fill(&file, today, loaded).await?;
    fs::write(description, serde_json::to_string_pretty(&filled)?)?;
    eprintln!("filled within {:.0} s", started.elapsed().as_secs_f64());
    Ok(filled)
}

pub(crate) fn address(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

async fn fill(file: &Path, today: Date, loaded: &Rule) -> Result<Filled> {
    let store = Store::connect(&address(file)).await?;
    store.migrate().await?;
    sample::load(&store, sample::Options { always_open: true }, SystemClock.now()).await?;
    let calendar = Calendar::published();
    let first = calendar.due(today, 1).date;
    let second = calendar.due(first, 1).date;
    let mut filler = Filler {
        pools: Pools::of(&store, [today, first, second], &calendar).await?,
        loaded: Rules::new(vec![loaded.clone()]).map_err(|errors| format!("{errors:?}"))?,
        calendar,
        halls: halls::all(&store).await?.into_iter().map(|hall| hall.code).collect(),
        serials: HashMap::new(),
        reviewed: HashMap::new(),
        chance: 1,
        filled: Filled { file: file.to_owned(), first, second, ..Filled::default() },
    };
    let mut written = 0;
    while written < OPEN + FINISHED {
        let rows: Vec<CaseRow> = (written..written + AT_ONCE).map(|place| filler.row(place)).collect::<Result<_>>()?;
        let mut tx = store.begin_write().await?;
        cases::put(&mut tx, &rows.iter().collect::<Vec<_>>()).await?;
        tx.commit().await?;
        written += AT_ONCE;
    }
    store.close().await;
    Ok(filler.filled)
}

/// Templates by when something is due on them.
struct Pools {
    /// Not before the third day: by department, the largest first, and stage.
    later: Vec<HashMap<Stage, Vec<Template>>>,
    first: Vec<Template>,
    second: Vec<Template>,
    finished: Vec<Template>,
}

impl Pools {
    async fn of(store: &Store, [today, first, second]: [Date; 3], calendar: &Calendar) -> Result<Self> {
        let rules = Rules::default();
        let mut connection = store.reader().acquire().await?;
        let mut items = catalogue::offered_items(&mut connection, "district").await?;
        items.sort_by_key(|item| (item.department != LARGEST_DEPARTMENT, item.code.clone()));
        let mut pools = Pools { later: Vec::new(), first: Vec::new(), second: Vec::new(), finished: Vec::new() };
        let mut departments: Vec<(String, usize)> = Vec::new();
        for item in &items {
            let of_item = templates(item, today, calendar, &rules)?;
            if of_item.is_empty() {
                continue;
            }
            let place = match departments.iter().position(|(code, _)| *code == item.department) {
                Some(place) => place,
                None => {
                    departments.push((item.department.clone(), 0));
                    pools.later.push(HashMap::new());
                    departments.len() - 1
                }
            };
            departments[place].1 += 1;
            if departments[place].1 > ITEMS_OF_DEPARTMENT {
                continue;
            }
            for template in of_item {
                let own = [today, first, second].iter().any(|day| template.row.case.own_step(*day, calendar).is_some());
                let next = template.firings.iter().min().copied();
                match next {
                    _ if template.stage == Stage::Delivered => pools.finished.push(template),
                    // The hall's to do, or what would have been swept before today.
                    _ if own => {}
                    Some(day) if day <= today => {}
                    Some(day) if day <= first => pools.first.push(template),
                    Some(day) if day <= second => pools.second.push(template),
                    _ => pools.later[place].entry(template.stage).or_default().push(template),
                }
            }
        }
        if pools.first.is_empty() || pools.second.is_empty() || pools.finished.is_empty() {
            return Err("no case of the sample's items would be due on these days".into());
        }
        Ok(pools)
    }

    /// Departments differ: the second has about 70 % of the largest one's cases, the ninth a third.
    fn later(&self, chance: &mut u64) -> Option<&Template> {
        let weight = |place: usize| (1000.0 / ((place + 1) as f64).sqrt()) as u64;
        let all: u64 = (0..self.later.len()).map(weight).sum();
        for _ in 0..1000 {
            let mut left = random(chance) % all;
            let department = (0..self.later.len()).find(|place| {
                let here = left < weight(*place);
                left = left.saturating_sub(weight(*place));
                here
            })?;
            let mut left = random(chance) % 100;
            let (stage, _) = Stage::SHARES.iter().find(|(_, share)| {
                let here = left < *share;
                left = left.saturating_sub(*share);
                here
            })?;
            if let Some(found) = self.later[department].get(stage).and_then(|templates| any(templates, chance)) {
                return Some(found);
            }
        }
        None
    }
}

struct Filler {
    pools: Pools,
    loaded: Rules,
    calendar: Calendar,
    halls: Vec<String>,
    /// The last serial of each hall and day.
    serials: HashMap<(usize, Date), u32>,
    /// Cases in review of each department.
    reviewed: HashMap<String, usize>,
    chance: u64,
    filled: Filled,
}

impl Filler {
    fn row(&mut self, place: usize) -> Result<CaseRow> {
        let (day, chance) = (self.filled.second, &mut self.chance);
        let template = match place {
            place if place >= OPEN => any(&self.pools.finished, chance),
            place if place.is_multiple_of(OPEN / DUE_FIRST) => any(&self.pools.first, chance),
            place if place % (OPEN / DUE_SECOND) == 1 => any(&self.pools.second, chance),
            _ => self.pools.later(chance),
        };
        let template = template.ok_or("there is no template for a case")?;
        let mut row = template.row.clone();
        // Half of all cases are the district hall's, the others its streets'.
        let hall = (random(chance) % (2 * self.halls.len() as u64)) as usize;
        let hall = if hall < self.halls.len() { hall } else { 0 };
        let serial = self.serials.entry((hall, template.received)).or_default();
        *serial += 1;
        let case = &mut row.case;
        case.case_no = case_number("440304", u16::try_from(hall + 1)?, template.received, *serial);
        case.application.clone_from(&case.case_no);
        case.hall.clone_from(&self.halls[hall]);
        for (task, _) in &mut row.tasks {
            if let TaskFor::Hall(code) = &mut task.falls_to {
                code.clone_from(&self.halls[hall]);
            }
        }
        self.filled.cases += 1;
        if place == 0 {
            self.filled.one_due.clone_from(&case.case_no);
        } else if place < OPEN {
            self.filled.fire_first += template.firings.iter().filter(|on| **on <= self.filled.first).count();
            self.filled.fire_second +=
                template.firings.iter().filter(|on| **on > self.filled.first && **on <= day).count();
            let fire = self.loaded.firings(&row.case, &self.calendar);
            self.filled.fire_loaded += fire.iter().filter(|raise| raise.on <= day).count();
        }
        if place < OPEN && row.case.department == LARGEST_DEPARTMENT {
            self.filled.of_department += 1;
        }
        if template.stage == Stage::InReview {
            let count = self.reviewed.entry(row.case.department.clone()).or_default();
            *count += 1;
            assign(&mut row, *count);
        }
        row.query_code = page_code(row.case.received_at).map_err(|error| error.to_string())?;
        row.applicant = applicant(place, chance);
        Ok(row)
    }
}

/// Gives a case to one of its department's reviewers; the one who is measured has theirs among all the others.
fn assign(row: &mut CaseRow, count: usize) {
    let measured = row.case.department == LARGEST_DEPARTMENT && count.is_multiple_of(100) && count <= 100 * OF_ONE;
    let name = match measured {
        true => MEASURED.to_owned(),
        false => format!("{}.{}", row.case.department, count / OF_ONE),
    };
    for branch in row.case.branches.iter_mut().filter(|branch| branch.reviewer.as_deref() == Some(REVIEWER)) {
        branch.reviewer = Some(name.clone());
    }
    for (task, _) in row.tasks.iter_mut().filter(|(task, _)| task.person.as_deref() == Some(REVIEWER)) {
        task.person = Some(name.clone());
    }
}

fn applicant(place: usize, chance: &mut u64) -> Applicant {
    const SURNAMES: [&str; 12] = ["王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙"];
    const GIVEN: [&str; 12] =
        ["伟", "芳", "晓梅", "建国", "雨桐", "子轩", "丽华", "志明", "秀英", "海燕", "若兰", "文博"];
    let mut pick = |names: [&'static str; 12]| names[(random(chance) % 12) as usize];
    let name = format!("{}{}{}", pick(SURNAMES), pick(GIVEN), pick(GIVEN));
    let (year, month, day) = (1950 + place % 55, 1 + place / 55 % 12, 1 + place / 660 % 28);
    let digits = format!("440304{year}{month:02}{day:02}{:03}", place / 18_480 % 1000);
    Applicant { name, id_number: tests::people::id_number(&digits), phone: "13800138000".to_owned(), agent: None }
}

fn any<'a>(templates: &'a [Template], chance: &mut u64) -> Option<&'a Template> {
    templates.get((random(chance) % templates.len().max(1) as u64) as usize)
}

/// The same numbers at every filling (splitmix64).
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
