//! The papers of a case under way: special procedure, extension.

use jiff::civil::Date;
use protocol::catalogue::Text;

use super::{Body, case_facts, fact, needs, reason_block};
use crate::error::NoticeError;
use crate::notice::{Due, Notice, Period};
use crate::paper::Block;
use crate::words;

/// How the clock stands still during a special procedure.
pub(super) struct Pause {
    pub(super) from: Date,
    pub(super) planned: Period,
    pub(super) until: Option<Date>,
    pub(super) used: Period,
    pub(super) budget: Period,
}

pub(super) fn special_procedure(
    notice: &Notice,
    procedure: &Text,
    basis: &[Text],
    pause: &Pause,
) -> Result<Body, NoticeError> {
    needs(&procedure.zh, "特别程序的种类", "kind of special procedure")?;
    let under = words::under(basis);
    let from = words::date(pause.from);
    let (planned, used, budget) =
        (words::period(pause.planned), words::period(pause.used), words::period(pause.budget));
    let mut facts = case_facts(notice);
    facts.push(fact("特别程序", "Special procedure", procedure.clone()));
    facts.push(fact("开始日期", "From", from.clone()));
    facts.push(fact("计划所需时间", "Time planned", planned));
    if let Some(until) = pause.until {
        facts.push(fact("预计结束日期", "Expected to end on", words::date(until)));
    }
    facts.push(fact(
        "已用办理时限",
        "Time used so far",
        Text::new(format!("{}（共{}）", used.zh, budget.zh), format!("{} of {}", used.en, budget.en)),
    ));
    let blocks = vec![
        Block::paragraph(
            format!(
                "你（单位）申请的“{}”，在办理过程中需要进行{}。{}现将有关事项告知如下：",
                notice.case.item.zh, procedure.zh, under.zh
            ),
            format!(
                "Your application for {} requires a special procedure: {}. {} hereby told:",
                notice.case.item.pick(true),
                procedure.pick(true),
                words::capital(&format!("{}you are", under.en))
            ),
        ),
        Block::Facts { facts },
        Block::paragraph(
            format!("自{}起至特别程序结束之日止，所需时间不计入办理时限；程序结束后，时限继续计算。", from.zh),
            format!(
                "From {} until the procedure ends the clock stands still; afterwards it goes on from where it stopped.",
                from.en
            ),
        ),
    ];
    Ok(Body { title: Text::new("特别程序告知书", "Notice of Special Procedure"), blocks })
}

pub(super) fn extension(
    notice: &Notice,
    reason: &Text,
    basis: &[Text],
    approved_by: &Text,
    by: Period,
    former_due: Date,
    due: Due,
) -> Result<Body, NoticeError> {
    needs(&approved_by.zh, "批准人", "who approved it")?;
    let under = words::under(basis);
    let (by, former, due) = (words::period(by), words::date(former_due), words::due(due));
    let mut facts = case_facts(notice);
    facts.push(fact("原办结期限", "Formerly due by", former.clone()));
    facts.push(fact("延长时间", "Extended by", by.clone()));
    facts.push(fact("延长后办结期限", "Now due by", due.clone()));
    let mut blocks = vec![Block::paragraph(
        format!("你（单位）申请的“{}”，不能在{}前作出决定。", notice.case.item.zh, former.zh),
        format!("No decision on your application for {} can be made by {}.", notice.case.item.pick(true), former.en),
    )];
    blocks.push(Block::Facts { facts });
    blocks.push(reason_block(reason)?);
    blocks.push(Block::paragraph(
        format!("{}经{}批准，办理时限延长{}，延长后的办结期限为{}。", under.zh, approved_by.zh, by.zh, due.zh),
        words::capital(&format!(
            "{}and with the approval of {}, the time limit is extended by {}; the case is now due by {}.",
            under.en,
            approved_by.pick(true),
            by.en,
            due.en
        )),
    ));
    Ok(Body { title: Text::new("延期告知书", "Notice of Extension"), blocks })
}
