//! The card's 256-byte text block.

use hardware::id_card::{
    Card, CardError, CardKind, FiveStarCard, ForeignerCard, ResidencePermit, ResidentCard, Sex, TEXT_LEN, ValidUntil,
};
use jiff::civil::date;
use proptest::prelude::*;

/// Writes a field at its published place, independent of the crate's own writer.
fn put(block: &mut [u8], at: usize, text: &str) {
    for (pair, unit) in block[at..].chunks_exact_mut(2).zip(text.encode_utf16()) {
        pair.copy_from_slice(&unit.to_le_bytes());
    }
}

fn blank() -> Vec<u8> {
    [0x20, 0].repeat(TEXT_LEN / 2)
}

fn resident_block() -> Vec<u8> {
    let mut block = blank();
    for (at, text) in [
        (0, "王芳"),
        (30, "2"),
        (32, "05"),
        (36, "19900307"),
        (52, "广东省深圳市福田区福中三路"),
        (122, "440304199003070022"),
        (158, "深圳市公安局福田分局"),
        (188, "20200101"),
        (204, "20400101"),
    ] {
        put(&mut block, at, text);
    }
    block
}

#[test]
fn a_residents_card_is_read_field_by_field() {
    let Card::Resident(card) = Card::decode(&resident_block()).unwrap() else { panic!("not a resident") };
    assert_eq!((card.name.as_str(), card.sex, card.nation_name()), ("王芳", Sex::Female, Some("维吾尔")));
    assert_eq!(card.birth, date(1990, 3, 7));
    assert_eq!(card.address, "广东省深圳市福田区福中三路");
    assert_eq!(card.id_number, "440304199003070022");
    assert_eq!(card.issuer, "深圳市公安局福田分局");
    assert_eq!(card.valid_from, Some(date(2020, 1, 1)));
    assert_eq!(card.valid_until, ValidUntil::Date(date(2040, 1, 1)));
}

#[test]
fn a_permit_from_hong_kong_macao_or_taiwan_carries_its_travel_permit_and_no_nation() {
    let mut block = resident_block();
    for (at, text) in [(122, "830000199706020042"), (204, "长期      "), (220, "123456789"), (238, "02"), (248, "J")]
    {
        put(&mut block, at, text);
    }
    let card = Card::decode(&block).unwrap();
    assert_eq!(card.common().kind, CardKind::ResidencePermit);
    let Card::ResidencePermit(card) = card else { panic!("not a permit") };
    assert_eq!(
        (card.travel_permit.as_str(), card.times_issued, card.valid_until),
        ("123456789", 2, ValidUntil::LongTerm)
    );
}

#[test]
fn a_foreigners_older_card_has_fifteen_characters_and_an_english_name() {
    let mut block = blank();
    for (at, text) in [
        (0, "SMITH, JOHN"),
        (120, "1"),
        (122, "USA110080010101"),
        (152, "USA"),
        (158, "史密斯"),
        (188, "20150101"),
        (204, "20250101"),
        (220, "19800101"),
        (236, "01"),
        (240, "1500"),
        (248, "I"),
    ] {
        put(&mut block, at, text);
    }
    let card = Card::decode(&block).unwrap();
    let common = card.common();
    assert_eq!((common.name, common.id_number, common.birth), ("史密斯", "USA110080010101", date(1980, 1, 1)));
}

#[test]
fn a_five_star_cards_english_name_is_joined_over_its_two_places() {
    let name = "ALEXANDRA CHRISTINA VON HOHENBERG-SCHILLER";
    let mut block = blank();
    for (at, text) in [
        (30, "2"),
        (32, "00"),
        (36, "19850505"),
        (52, &name[..35]),
        (122, "911124198505050022"),
        (188, "20240101"),
        (204, "20340101"),
        (220, &name[35..]),
        (242, "DEU"),
        (248, "Y"),
    ] {
        put(&mut block, at, text);
    }
    let Card::FiveStar(card) = Card::decode(&block).unwrap() else { panic!("not a five-star card") };
    assert_eq!((card.name_en.as_str(), card.country.as_str()), (name, "DEU"));
    assert_eq!(Card::FiveStar(card).common().name, name);
}

#[test]
fn a_block_that_is_no_card_names_its_first_bad_field() {
    let spoilt = |at: usize, text: &str| {
        let mut block = resident_block();
        put(&mut block, at, text);
        Card::decode(&block).unwrap_err()
    };
    assert_eq!(spoilt(36, "19901307"), CardError::Date("birth"));
    assert_eq!(spoilt(36, "        "), CardError::Empty("birth"));
    assert_eq!(spoilt(32, "XX"), CardError::Number("nation"));
    assert_eq!(spoilt(0, &" ".repeat(15)), CardError::Empty("name"));
    assert_eq!(spoilt(248, "Q"), CardError::UnknownKind('Q'));
    assert_eq!(Card::decode(&[0; 255]).unwrap_err(), CardError::Length(255));
    let mut block = resident_block();
    block[0..2].copy_from_slice(&[0x00, 0xD8]);
    assert_eq!(Card::decode(&block).unwrap_err(), CardError::Text("name"));
}

#[test]
fn a_card_in_the_log_shows_nothing_of_its_person() {
    let card = Card::decode(&resident_block()).unwrap();
    let shown = format!("{card:?} {:?}", card.common());
    for secret in ["王芳", "440304199003070022", "1990", "福中三路"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn a_field_without_room_is_refused() {
    let Card::Resident(card) = Card::decode(&resident_block()).unwrap() else { panic!("not a resident") };
    let long = Card::Resident(ResidentCard { name: "长".repeat(16), ..card });
    assert_eq!(long.encode().unwrap_err(), CardError::TooLong("name"));
}

prop_compose! {
    fn day()(year in 1900i16..2100, month in 1i8..=12, day in 1i8..=28) -> jiff::civil::Date { date(year, month, day) }
}

fn until() -> impl Strategy<Value = ValidUntil> {
    prop_oneof![Just(ValidUntil::LongTerm), day().prop_map(ValidUntil::Date)]
}

fn sex() -> impl Strategy<Value = Sex> {
    prop_oneof![Just(Sex::Unknown), Just(Sex::Male), Just(Sex::Female), Just(Sex::NotStated)]
}

fn card() -> impl Strategy<Value = Card> {
    let name = "[王㐂𠮷芳·]{1,7}";
    prop_oneof![
        (name, sex(), 1u8..=56, day(), "[福田区0-9]{0,30}", "[0-9X]{18}", proptest::option::of(day()), until())
            .prop_map(|(name, sex, nation, birth, address, id_number, valid_from, valid_until)| Card::Resident(
                ResidentCard {
                    name,
                    sex,
                    nation,
                    birth,
                    address,
                    id_number,
                    issuer: "公安局".into(),
                    valid_from,
                    valid_until
                }
            )),
        (name, sex(), day(), "[0-9]{18}", "[A-Z0-9]{0,9}", 0u8..100, until()).prop_map(
            |(name, sex, birth, id_number, travel_permit, times_issued, valid_until)| Card::ResidencePermit(
                ResidencePermit {
                    name,
                    sex,
                    birth,
                    address: String::new(),
                    id_number,
                    issuer: String::new(),
                    valid_from: None,
                    valid_until,
                    travel_permit,
                    times_issued,
                }
            )
        ),
        ("[A-Z]{1,20}, [A-Z]{1,20}", sex(), "[A-Z]{3}[0-9]{12}", day(), until()).prop_map(
            |(name_en, sex, permit_number, birth, valid_until)| Card::Foreigner(ForeignerCard {
                name_en,
                name_zh: String::new(),
                sex,
                permit_number,
                country: "USA".into(),
                birth,
                valid_from: None,
                valid_until,
                version: "01".into(),
                office: "1500".into(),
            })
        ),
        ("[A-Z]{1,22} [A-Z]{1,22}", sex(), "[0-9]{18}", day(), until()).prop_map(
            |(name_en, sex, id_number, birth, valid_until)| Card::FiveStar(FiveStarCard {
                name_zh: String::new(),
                name_en,
                sex,
                times_renewed: 1,
                birth,
                id_number,
                country: "DEU".into(),
                valid_from: None,
                valid_until,
                old_number_link: "123".into(),
            })
        ),
    ]
}

proptest! {
    #[test]
    fn every_card_reads_back_as_it_was_written(card in card()) {
        let block = card.encode().unwrap();
        prop_assert!(Card::decode(&block).unwrap() == card);
        let json = serde_json::to_string(&card).unwrap();
        prop_assert!(serde_json::from_str::<Card>(&json).unwrap() == card, "{json}");
    }

    #[test]
    fn no_block_makes_the_decoder_panic(block in proptest::collection::vec(any::<u8>(), TEXT_LEN)) {
        let _ = Card::decode(&block);
        let mut valid = resident_block();
        valid[40..60].copy_from_slice(&block[..20]);
        let _ = Card::decode(&valid);
    }
}
