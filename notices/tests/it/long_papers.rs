//! Long lists and long names stay inside the page.

use notices::{Kind, Request};

use crate::samples;
use crate::support::{Pdf, close, every_paper, printed, says};

/// The template's margins: 28 mm left, 26 mm right; above and below, head line and page number stand outside of them.
const MARGINS: [f64; 4] = [28.0, 26.0, 10.0, 10.0];
const A4: [f64; 2] = [210.0, 297.0];

#[test]
fn sixty_documents_go_over_pages_under_the_same_head() {
    let mut notice = samples::correction();
    let Kind::Correction { requests, .. } = &mut notice.kind else { unreachable!() };
    *requests = (1..=60)
        .map(|number| Request {
            document: samples::text(&format!("第{number}号材料"), &format!("Document no. {number}")),
            reason: samples::text(
                &format!("第{number}号材料缺少签字和日期，请补签。"),
                "Signature and date are missing.",
            ),
        })
        .collect();
    let paper = printed(&notice);
    let pages = paper.pages();
    assert!(pages >= 3, "{pages} pages");
    for page in 1..=pages {
        let text = close(&paper.page_text(page));
        assert!(text.contains(&format!("第{page}页共{pages}页")), "{text}");
        assert!(
            text.contains("榕市监许〔2026〕第00128号"),
            "page {page} does not say which paper it belongs to: {text}"
        );
        let has_rows = text.contains("缺少签字和日期");
        assert_eq!(has_rows, text.contains("需要补正的内容和理由"), "page {page}: {text}");
    }
    let text = close(&paper.text());
    for number in 1..=60 {
        assert_eq!(text.matches(&format!("第{number}号材料缺少签字和日期")).count(), 1, "document {number}");
    }
    assert!(text.contains("共60项"));
    stays_inside(&paper);
}

#[test]
fn the_last_page_of_a_long_paper_holds_more_than_the_seal() {
    // Whatever number of rows: department and date never stand on a page without text of the paper.
    for rows in 1..=10 {
        let mut notice = samples::correction();
        let Kind::Correction { requests, .. } = &mut notice.kind else { unreachable!() };
        *requests = vec![requests[0].clone(); rows];
        let paper = printed(&notice);
        let last = close(&paper.page_text(paper.pages()));
        assert!(last.contains("（盖章）") && last.contains("不再要求补正其他内容"), "{rows} rows: {last}");
        assert!(last.contains("核验方法"), "{rows} rows: {last}");
    }
}

#[test]
fn names_of_110_characters_are_whole_and_inside_the_page() {
    let chinese =
        "深圳市榕江区沙头街道综合行政执法和应急管理服务中心食品经营".repeat(4).chars().take(110).collect::<String>();
    let latin = "W".repeat(110);
    let words = "Extraordinarily long establishment name ".repeat(3).chars().take(110).collect::<String>();
    let kinds = samples::every_kind();
    // Chinese in every kind; letters without a space, and long English words, in the kinds whose shapes differ.
    let all = kinds.iter().map(|(_, notice)| (chinese.as_str(), notice));
    let some = kinds.iter().filter(|(name, _)| ["receipt", "grant", "delivery"].contains(name));
    let latin = some.flat_map(|(_, notice)| [(latin.as_str(), notice), (words.trim(), notice)]);
    for (name, notice) in all.chain(latin) {
        let mut notice = notice.clone();
        notice.addressee.name = name.into();
        notice.addressee.agent = Some(name.into());
        notice.case.item = samples::text(name, name);
        notice.department = samples::text(name, name);
        notice.handler = Some(name.into());
        let paper = printed(&notice);
        says(&paper, &[&format!("{name}：")]);
        if !matches!(notice.kind, Kind::Delivery { .. }) {
            says(&paper, &[&format!("“{name}”")]);
        }
        stays_inside(&paper);
    }
}

#[test]
fn every_kind_stays_inside_the_page() {
    for paper in every_paper() {
        stays_inside(&paper.pdf);
    }
}

#[track_caller]
fn stays_inside(paper: &Pdf) {
    for page in 1..=paper.pages() {
        let [left, right, top, bottom] = paper.picture(page, 72).ink().map(|points| points / 72.0 * 25.4);
        // A millimetre for the stop that hangs into the margin at the end of a line.
        let inside = left > MARGINS[0] - 1.0
            && right < A4[0] - MARGINS[1] + 1.0
            && top > MARGINS[2]
            && bottom < A4[1] - MARGINS[3];
        assert!(inside, "page {page}: {left:.1} to {right:.1} mm, {top:.1} to {bottom:.1} mm");
    }
}
