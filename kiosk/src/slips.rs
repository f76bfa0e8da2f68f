//! What the kiosk prints: a ticket, and the guide of a service. The words on paper stand here, Chinese beside English, as the
//! printer's fixed words do; the screens' words stand in `ui/` and `lang/`.

use hardware::Language;
use hardware::printer::{GuideSlip, TicketSlip};
use protocol::catalogue::{Handling, Item, Text};
use protocol::queue::{Ticket, Wait};

use crate::clock::civil;
use crate::shelf::{Shelf, week};

fn text(text: &Text, language: Language) -> String {
    text.pick(language == Language::En).to_owned()
}

/// The language a ticket was taken in is the language it is printed in.
pub fn ticket(ticket: &Ticket, hall: &Text, language: Language, reprint: bool) -> TicketSlip {
    TicketSlip {
        language,
        hall: text(hall, language),
        number: ticket.number.clone(),
        service: text(&ticket.item_name, language),
        ahead: u32::try_from(ticket.ahead).ok(),
        wait: wait(ticket.wait, language),
        taken_at: civil(ticket.taken_at).strftime("%Y-%m-%d %H:%M").to_string(),
        notes: vec![
            language
                .pick(
                    "请留意大屏和叫号，过号请到导办台。",
                    "Please watch the board. If you miss your call, ask at the information desk.",
                )
                .to_owned(),
        ],
        url: ticket.follow_url.clone(),
        reprint,
    }
}

fn wait(wait: Wait, language: Language) -> String {
    match (wait.from_minutes, wait.to_minutes) {
        (Some(from), Some(to)) if from < to => match language {
            Language::Zh => format!("约 {from}–{to} 分钟"),
            Language::En => format!("about {from}–{to} minutes"),
        },
        (_, Some(to)) => match language {
            Language::Zh => format!("约 {to} 分钟"),
            Language::En => format!("about {to} minutes"),
        },
        // No window works for the line yet: said plainly rather than left out.
        _ => language.pick("暂无法预计", "not known yet").to_owned(),
    }
}

pub fn guide(item: &Item, shelf: &Shelf, language: Language) -> GuideSlip {
    let english = language == Language::En;
    let bring = item
        .documents
        .iter()
        .map(|document| {
            let mut line = document.name.pick(english).to_owned();
            let counts = [
                (document.originals, language.pick("原件", "originals")),
                (document.copies, language.pick("复印件", "copies")),
            ];
            for (count, kind) in counts.into_iter().filter(|(count, _)| *count > 0) {
                line += &match language {
                    Language::Zh => format!("，{kind}{count}份"),
                    Language::En => format!(", {kind}: {count}"),
                };
            }
            if !document.mandatory {
                line += language.pick("（视情况）", " (if applicable)");
            }
            line
        })
        .collect();
    let days = |zh: &str, en: &str, days: u16| match language {
        Language::Zh => format!("{zh} {days} 个工作日"),
        Language::En => format!("{en}: {days} working days"),
    };
    let mut limits = Vec::new();
    if item.handling == Handling::Immediate {
        limits.push(language.pick("当场办结", "Handled on the spot").to_owned());
    }
    if item.statutory_days > 0 {
        limits.push(days("法定", "Statutory", item.statutory_days));
    }
    if item.promised_days > 0 && item.handling == Handling::Promised {
        limits.push(days("承诺", "Promised", item.promised_days));
    }
    let fee = if item.fees.is_empty() {
        language.pick("不收费", "Free of charge").to_owned()
    } else {
        let lines: Vec<String> = item
            .fees
            .iter()
            .map(|fee| {
                let standard = fee.standard.pick(english);
                let amount = match (fee.amount, language) {
                    (0, _) => String::new(),
                    (fen, Language::Zh) => format!(" {} 元", yuan(fen)),
                    (fen, Language::En) => format!(" CNY {}", yuan(fen)),
                };
                format!("{}{amount} {standard}", fee.name.pick(english)).trim_end().to_owned()
            })
            .collect();
        lines.join(language.pick("；", "; "))
    };
    let windows = shelf.offer(&item.code).map(|offer| windows(&offer.windows, language)).unwrap_or_default();
    let place = match (windows.is_empty(), language) {
        (true, _) => language.pick("请咨询导办台", "Ask at the information desk").to_owned(),
        (false, Language::Zh) => format!("{windows}号窗口"),
        (false, Language::En) => format!("Window {windows}"),
    };
    GuideSlip {
        language,
        hall: text(&shelf.catalogue().hall.name, language),
        item: text(&item.name, language),
        bring,
        limits,
        fee,
        place,
        hours: hours(item, shelf, language),
        url: String::new(),
    }
}

/// `12.50`, or `12` for whole yuan.
pub fn yuan(fen: i64) -> String {
    if fen % 100 == 0 { (fen / 100).to_string() } else { format!("{}.{:02}", fen / 100, fen % 100) }
}

/// `3、4、5` or `3, 4, 5`.
pub fn windows(numbers: &[i64], language: Language) -> String {
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    numbers.join(language.pick("、", ", "))
}

fn hours(item: &Item, shelf: &Shelf, language: Language) -> String {
    if !item.hours.zh.is_empty() {
        return text(&item.hours, language);
    }
    const ZH: [&str; 7] = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
    const EN: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let name =
        |day: i8| language.pick(ZH[usize::from(day.unsigned_abs()) - 1], EN[usize::from(day.unsigned_abs()) - 1]);
    let lines: Vec<String> = week(&shelf.catalogue().hall.hours)
        .iter()
        .map(|run| match (run.from_day == run.to_day, language) {
            (true, _) => format!("{} {}", name(run.from_day), run.spans),
            (false, Language::Zh) => format!("{}至{} {}", name(run.from_day), name(run.to_day), run.spans),
            (false, Language::En) => format!("{}–{} {}", name(run.from_day), name(run.to_day), run.spans),
        })
        .collect();
    lines.join(language.pick("；", "; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::visit::sample;

    #[test]
    fn the_guide_on_paper_says_what_to_bring_in_both_languages() {
        let shelf = Shelf::new(sample::catalogue());
        let item = shelf.item("food").unwrap();
        let zh = guide(item, &shelf, Language::Zh);
        assert_eq!(zh.bring, ["申请表，原件1份", "营业执照，原件1份，复印件2份（视情况）"]);
        assert_eq!(zh.limits, ["法定 20 个工作日", "承诺 8 个工作日"]);
        assert_eq!((zh.fee.as_str(), zh.place.as_str()), ("工本费 12.50 元", "3、4号窗口"));
        assert_eq!(zh.hours, "周一至周五 09:00–12:00 14:00–18:00");
        let en = guide(item, &shelf, Language::En);
        assert_eq!(en.bring[0], "Application form, originals: 1");
        assert_eq!((en.place.as_str(), en.fee.as_str()), ("Window 3, 4", "Licence fee CNY 12.50"));
        assert_eq!(en.hours, "Mon–Fri 09:00–12:00 14:00–18:00");
    }

    #[test]
    fn a_ticket_on_paper_carries_number_wait_and_address_and_says_when_it_is_a_copy() {
        let taken = sample::ticket("A007", 3);
        let slip = ticket(&taken, &Text::new("福田区行政服务大厅", "Futian Hall"), Language::Zh, true);
        assert_eq!((slip.number.as_str(), slip.ahead, slip.wait.as_str()), ("A007", Some(3), "约 6–12 分钟"));
        assert_eq!(slip.taken_at, "2026-11-24 09:30");
        assert!(slip.reprint && slip.url == taken.follow_url);
        let early = Ticket { wait: Wait::default(), ..taken };
        assert_eq!(ticket(&early, &Text::default(), Language::Zh, false).wait, "暂无法预计");
    }
}
