//! The PDF itself: its fonts, its data, its QR, and that it is always the same.

use notices::{Fonts, NoticeError};

use crate::samples;
use crate::support::{Paper, every_paper, fonts, printed, says};

#[test]
fn the_same_notice_gives_the_same_bytes_whoever_asks_and_how_often() {
    let mine = Fonts::find(None).unwrap();
    for Paper { name, notice, bytes: first, .. } in every_paper() {
        let others: Vec<Vec<u8>> = std::thread::scope(|scope| {
            let both = [fonts(), &mine].map(|fonts| scope.spawn(|| notices::render(notice, fonts).unwrap()));
            both.into_iter().map(|other| other.join().unwrap()).collect()
        });
        assert!(others.iter().all(|other| other == first), "{name}");
        let kept = serde_json::to_string(notice).unwrap();
        assert_eq!(serde_json::from_str::<notices::Notice>(&kept).unwrap(), *notice, "{name}");
    }
}

#[test]
fn the_pdf_says_what_it_is_in_which_language_and_from_which_day() {
    let paper = printed(&samples::grant());
    assert_eq!(paper.fact("Title"), "准予行政许可决定书");
    assert_eq!(paper.fact("Author"), "榕江区市场监督管理局");
    assert_eq!(paper.fact("Subject"), "榕市监许〔2026〕第00128号");
    assert!(paper.fact("CreationDate").starts_with("2026-09-30"), "{}", paper.fact("CreationDate"));
    assert!(paper.fact("Page size").contains("A4"));
    assert_eq!(paper.fact("Tagged"), "yes");
    let metadata = paper.metadata();
    assert!(metadata.contains("<rdf:li>zh-CN</rdf:li>") || metadata.contains("<rdf:li>zh"), "{metadata}");
    assert!(metadata.contains("pdfaid:part") && metadata.contains("pdfuaid:part"), "{metadata}");
}

#[test]
fn fonts_are_embedded_as_subsets_and_the_paper_stays_small() {
    for Paper { name, bytes, pdf, .. } in every_paper() {
        assert!(bytes.len() < 200_000, "{name} has {} bytes", bytes.len());
        let used = pdf.fonts();
        assert!(!used.is_empty());
        for font in used {
            let columns: Vec<&str> = font.split_whitespace().collect();
            // … embedded, subset, unicode, object number and generation.
            assert_eq!(columns[columns.len() - 5..columns.len() - 2], ["yes", "yes", "yes"], "{name}: {font}");
        }
    }
}

#[test]
fn the_qr_on_the_printed_page_is_the_verification_address() {
    for Paper { name, notice, pdf, .. } in every_paper() {
        let address = notice.verification.clone().unwrap().address;
        assert_eq!(pdf.picture(1, 150).qr(), [address], "{name}");
    }
}

#[test]
fn without_verification_there_is_no_qr_and_no_word_of_it() {
    let mut notice = samples::receipt();
    notice.verification = None;
    let paper = printed(&notice);
    assert!(paper.picture(1, 150).qr().is_empty());
    assert!(!paper.text().contains("核验方法"));
}

#[test]
fn an_address_that_no_qr_can_hold_is_refused_by_name() {
    let mut notice = samples::receipt();
    notice.verification.as_mut().unwrap().address = "https://hall.example/".to_owned() + &"a".repeat(4000);
    assert!(matches!(notices::render(&notice, fonts()), Err(NoticeError::Address(_))));
}

#[test]
fn rare_letters_in_names_are_printed_and_can_be_copied() {
    let mut notice = samples::receipt();
    notice.addressee.name = "𠮷野㐂太（䶮彧喆𬭎𫖯）".into();
    says(&printed(&notice), &["𠮷野㐂太（䶮彧喆𬭎𫖯）："]);
}

#[test]
fn a_letter_that_no_font_has_is_named_instead_of_printed_as_a_box() {
    let mut notice = samples::receipt();
    notice.addressee.name = "王\u{e123}明".into();
    match notices::render(&notice, fonts()) {
        Err(NoticeError::MissingLetters { letters }) => assert_eq!(letters, "\u{e123}"),
        other => panic!("{:?}", other.map(|pdf| pdf.len())),
    }
}

#[test]
fn a_machine_without_chinese_fonts_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("broken.ttf"), b"no font at all").unwrap();
    let error = Fonts::within(folder.path()).unwrap_err();
    assert!(matches!(error, NoticeError::NoChineseFont { seen: 0, .. }), "{error:?}");
    assert!(error.to_string().contains("fonts-noto-cjk"));
}

#[test]
fn any_chinese_font_will_do_where_the_preferred_one_is_missing() {
    let installed = std::path::Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc");
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(installed, folder.path().join("only.ttc")).unwrap();
    let fonts = Fonts::within(folder.path()).unwrap();
    assert_eq!(fonts.family(), "Noto Sans CJK SC");
    let pdf = crate::support::Pdf::of(&notices::render(&samples::correction(), &fonts).unwrap());
    says(&pdf, &["补正告知书", "厨师王㐂的健康证明"]);
}
