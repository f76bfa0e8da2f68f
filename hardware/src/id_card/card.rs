//! The 256-byte text block (UTF-16LE, space padded) of the four kinds of card.

use std::fmt;
use std::ops::Range;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::nations::nation_name;

/// Bytes of the text block.
pub const TEXT_LEN: usize = 256;

/// Where the letter that names the kind of card stands.
const KIND: Range<usize> = 248..250;

/// Sex, GB/T 2261.1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sex {
    #[default]
    Unknown,
    Male,
    Female,
    NotStated,
}

impl Sex {
    fn from_code(code: &str) -> Self {
        match code {
            "1" => Sex::Male,
            "2" => Sex::Female,
            "9" => Sex::NotStated,
            _ => Sex::Unknown,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Sex::Unknown => "0",
            Sex::Male => "1",
            Sex::Female => "2",
            Sex::NotStated => "9",
        }
    }
}

/// How long a card is valid.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ValidUntil {
    /// 长期.
    #[default]
    LongTerm,
    #[serde(untagged)]
    Date(Date),
}

/// The resident's identity card (居民身份证).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResidentCard {
    pub name: String,
    #[serde(default)]
    pub sex: Sex,
    /// GB/T 3304; see [`nation_name`]. 0 where the card gives none.
    #[serde(default = "han")]
    pub nation: u8,
    pub birth: Date,
    #[serde(default)]
    pub address: String,
    pub id_number: String,
    #[serde(default)]
    pub issuer: String,
    #[serde(default)]
    pub valid_from: Option<Date>,
    #[serde(default)]
    pub valid_until: ValidUntil,
}

fn han() -> u8 {
    1
}

impl ResidentCard {
    pub fn nation_name(&self) -> Option<&'static str> {
        nation_name(self.nation)
    }
}

/// The residence permit for Hong Kong, Macao and Taiwan residents (港澳台居民居住证), flag J.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResidencePermit {
    pub name: String,
    #[serde(default)]
    pub sex: Sex,
    pub birth: Date,
    #[serde(default)]
    pub address: String,
    pub id_number: String,
    #[serde(default)]
    pub issuer: String,
    #[serde(default)]
    pub valid_from: Option<Date>,
    #[serde(default)]
    pub valid_until: ValidUntil,
    /// Number of the travel permit (通行证), 9 characters.
    #[serde(default)]
    pub travel_permit: String,
    #[serde(default)]
    pub times_issued: u8,
}

/// The foreigner's permanent residence card before 2023, flag I.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignerCard {
    pub name_en: String,
    #[serde(default)]
    pub name_zh: String,
    #[serde(default)]
    pub sex: Sex,
    /// 15 characters.
    pub permit_number: String,
    /// ISO 3166, three letters.
    pub country: String,
    pub birth: Date,
    #[serde(default)]
    pub valid_from: Option<Date>,
    #[serde(default)]
    pub valid_until: ValidUntil,
    #[serde(default)]
    pub version: String,
    #[serde(default)]
    pub office: String,
}

/// The foreigner's permanent residence card from 2023 on ("five-star card"), flag Y.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiveStarCard {
    #[serde(default)]
    pub name_zh: String,
    pub name_en: String,
    #[serde(default)]
    pub sex: Sex,
    #[serde(default)]
    pub times_renewed: u8,
    pub birth: Date,
    /// 18 characters.
    pub id_number: String,
    pub country: String,
    #[serde(default)]
    pub valid_from: Option<Date>,
    #[serde(default)]
    pub valid_until: ValidUntil,
    /// Three characters that link to the old 15-character number.
    #[serde(default)]
    pub old_number_link: String,
}

/// A card as read.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Card {
    Resident(ResidentCard),
    ResidencePermit(ResidencePermit),
    Foreigner(ForeignerCard),
    FiveStar(FiveStarCard),
}

/// Kind of card, as its flag says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CardKind {
    Resident,
    ResidencePermit,
    Foreigner,
    FiveStar,
}

/// What every kind of card has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Common<'a> {
    pub kind: CardKind,
    /// The Chinese name, or the English one where there is no other.
    pub name: &'a str,
    /// The number that identifies the person: 18 characters, or 15 on a foreigner's card before 2023.
    pub id_number: &'a str,
    pub sex: Sex,
    pub birth: Date,
    pub valid_until: ValidUntil,
}

// Personal data stays out of logs: debug output names the kind only.
macro_rules! debug_without_content {
    ($($card:ident),*) => {$(
        impl fmt::Debug for $card {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($card)).finish_non_exhaustive()
            }
        }
    )*};
}
debug_without_content!(ResidentCard, ResidencePermit, ForeignerCard, FiveStarCard);

impl fmt::Debug for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Card({:?}, …)", self.common().kind)
    }
}

impl fmt::Debug for Common<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Common").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Why a text block is not a card. It names the field, never its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    #[error("the text block has {0} bytes instead of 256")]
    Length(usize),
    #[error("the field {0} is not UTF-16 text")]
    Text(&'static str),
    #[error("the field {0} is empty")]
    Empty(&'static str),
    #[error("the field {0} is not a date")]
    Date(&'static str),
    #[error("the field {0} is not a number")]
    Number(&'static str),
    #[error("the field {0} is longer than the card has room for")]
    TooLong(&'static str),
    #[error("the kind of card {0:?} is not known")]
    UnknownKind(char),
}

impl Card {
    /// The fields every card has.
    pub fn common(&self) -> Common<'_> {
        match self {
            Card::Resident(card) => Common {
                kind: CardKind::Resident,
                name: &card.name,
                id_number: &card.id_number,
                sex: card.sex,
                birth: card.birth,
                valid_until: card.valid_until,
            },
            Card::ResidencePermit(card) => Common {
                kind: CardKind::ResidencePermit,
                name: &card.name,
                id_number: &card.id_number,
                sex: card.sex,
                birth: card.birth,
                valid_until: card.valid_until,
            },
            Card::Foreigner(card) => Common {
                kind: CardKind::Foreigner,
                name: if card.name_zh.is_empty() { &card.name_en } else { &card.name_zh },
                id_number: &card.permit_number,
                sex: card.sex,
                birth: card.birth,
                valid_until: card.valid_until,
            },
            Card::FiveStar(card) => Common {
                kind: CardKind::FiveStar,
                name: if card.name_zh.is_empty() { &card.name_en } else { &card.name_zh },
                id_number: &card.id_number,
                sex: card.sex,
                birth: card.birth,
                valid_until: card.valid_until,
            },
        }
    }

    /// Reads the text block.
    ///
    /// # Errors
    /// [`CardError`] names the first field that cannot be read.
    pub fn decode(block: &[u8]) -> Result<Self, CardError> {
        if block.len() != TEXT_LEN {
            return Err(CardError::Length(block.len()));
        }
        let block = Block(block);
        match block.text(KIND, "kind")?.chars().next() {
            None => Ok(Card::Resident(ResidentCard {
                name: block.required(0..30, "name")?,
                sex: Sex::from_code(&block.text(30..32, "sex")?),
                nation: block.number(32..36, "nation")?,
                birth: block.date(36..52, "birth")?,
                address: block.text(52..122, "address")?,
                id_number: block.required(122..158, "id number")?,
                issuer: block.text(158..188, "issuer")?,
                valid_from: block.optional_date(188..204, "valid from")?,
                valid_until: block.valid_until(204..220)?,
            })),
            Some('J') => Ok(Card::ResidencePermit(ResidencePermit {
                name: block.required(0..30, "name")?,
                sex: Sex::from_code(&block.text(30..32, "sex")?),
                birth: block.date(36..52, "birth")?,
                address: block.text(52..122, "address")?,
                id_number: block.required(122..158, "id number")?,
                issuer: block.text(158..188, "issuer")?,
                valid_from: block.optional_date(188..204, "valid from")?,
                valid_until: block.valid_until(204..220)?,
                travel_permit: block.text(220..238, "travel permit")?,
                times_issued: block.number(238..242, "times issued")?,
            })),
            Some('I') => Ok(Card::Foreigner(ForeignerCard {
                name_en: block.required(0..120, "English name")?,
                sex: Sex::from_code(&block.text(120..122, "sex")?),
                permit_number: block.required(122..152, "permit number")?,
                country: block.text(152..158, "country")?,
                name_zh: block.text(158..188, "Chinese name")?,
                valid_from: block.optional_date(188..204, "valid from")?,
                valid_until: block.valid_until(204..220)?,
                birth: block.date(220..236, "birth")?,
                version: block.text(236..240, "version")?,
                office: block.text(240..248, "office")?,
            })),
            Some('Y') => Ok(Card::FiveStar(FiveStarCard {
                name_zh: block.text(0..30, "Chinese name")?,
                sex: Sex::from_code(&block.text(30..32, "sex")?),
                times_renewed: block.number(32..36, "times renewed")?,
                birth: block.date(36..52, "birth")?,
                // The name runs on: a space at the seam belongs to it.
                name_en: block.joined_text(52..122, 220..242, "English name")?,
                id_number: block.required(122..158, "id number")?,
                valid_from: block.optional_date(188..204, "valid from")?,
                valid_until: block.valid_until(204..220)?,
                country: block.text(242..248, "country")?,
                old_number_link: block.text(250..256, "old number")?,
            })),
            Some(letter) => Err(CardError::UnknownKind(letter)),
        }
    }

    /// Writes the text block, as a card holds it.
    ///
    /// # Errors
    /// [`CardError::TooLong`] names the field without room.
    pub fn encode(&self) -> Result<[u8; TEXT_LEN], CardError> {
        let mut block = BlockWriter::new();
        match self {
            Card::Resident(card) => {
                block.text(0..30, "name", &card.name)?;
                block.text(30..32, "sex", card.sex.code())?;
                block.text(32..36, "nation", &format!("{:02}", card.nation))?;
                block.date(36..52, Some(card.birth))?;
                block.text(52..122, "address", &card.address)?;
                block.text(122..158, "id number", &card.id_number)?;
                block.text(158..188, "issuer", &card.issuer)?;
                block.date(188..204, card.valid_from)?;
                block.valid_until(204..220, card.valid_until)?;
            }
            Card::ResidencePermit(card) => {
                block.text(0..30, "name", &card.name)?;
                block.text(30..32, "sex", card.sex.code())?;
                block.date(36..52, Some(card.birth))?;
                block.text(52..122, "address", &card.address)?;
                block.text(122..158, "id number", &card.id_number)?;
                block.text(158..188, "issuer", &card.issuer)?;
                block.date(188..204, card.valid_from)?;
                block.valid_until(204..220, card.valid_until)?;
                block.text(220..238, "travel permit", &card.travel_permit)?;
                block.text(238..242, "times issued", &format!("{:02}", card.times_issued))?;
                block.text(KIND, "kind", "J")?;
            }
            Card::Foreigner(card) => {
                block.text(0..120, "English name", &card.name_en)?;
                block.text(120..122, "sex", card.sex.code())?;
                block.text(122..152, "permit number", &card.permit_number)?;
                block.text(152..158, "country", &card.country)?;
                block.text(158..188, "Chinese name", &card.name_zh)?;
                block.date(188..204, card.valid_from)?;
                block.valid_until(204..220, card.valid_until)?;
                block.date(220..236, Some(card.birth))?;
                block.text(236..240, "version", &card.version)?;
                block.text(240..248, "office", &card.office)?;
                block.text(KIND, "kind", "I")?;
            }
            Card::FiveStar(card) => {
                block.text(0..30, "Chinese name", &card.name_zh)?;
                block.text(30..32, "sex", card.sex.code())?;
                block.text(32..36, "times renewed", &format!("{:02}", card.times_renewed))?;
                block.date(36..52, Some(card.birth))?;
                let seam = card.name_en.char_indices().nth(35).map_or(card.name_en.len(), |(at, _)| at);
                block.text(52..122, "English name", &card.name_en[..seam])?;
                block.text(220..242, "English name", &card.name_en[seam..])?;
                block.text(122..158, "id number", &card.id_number)?;
                block.date(188..204, card.valid_from)?;
                block.valid_until(204..220, card.valid_until)?;
                block.text(242..248, "country", &card.country)?;
                block.text(KIND, "kind", "Y")?;
                block.text(250..256, "old number", &card.old_number_link)?;
            }
        }
        Ok(block.0)
    }
}

struct Block<'a>(&'a [u8]);

impl Block<'_> {
    fn raw(&self, range: Range<usize>, field: &'static str) -> Result<String, CardError> {
        let units: Vec<u16> =
            self.0[range].chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        String::from_utf16(&units).map_err(|_| CardError::Text(field))
    }

    fn text(&self, range: Range<usize>, field: &'static str) -> Result<String, CardError> {
        Ok(trim(&self.raw(range, field)?))
    }

    fn joined_text(&self, first: Range<usize>, second: Range<usize>, field: &'static str) -> Result<String, CardError> {
        Ok(trim(&(self.raw(first, field)? + &self.raw(second, field)?)))
    }

    fn required(&self, range: Range<usize>, field: &'static str) -> Result<String, CardError> {
        let text = self.text(range, field)?;
        if text.is_empty() { Err(CardError::Empty(field)) } else { Ok(text) }
    }

    fn number(&self, range: Range<usize>, field: &'static str) -> Result<u8, CardError> {
        let text = self.text(range, field)?;
        if text.is_empty() { Ok(0) } else { text.parse().map_err(|_| CardError::Number(field)) }
    }

    fn optional_date(&self, range: Range<usize>, field: &'static str) -> Result<Option<Date>, CardError> {
        let text = self.text(range, field)?;
        if text.is_empty() {
            return Ok(None);
        }
        let number: u32 = text.parse().ok().filter(|_| text.len() == 8).ok_or(CardError::Date(field))?;
        let part = |value: u32| i8::try_from(value).unwrap_or(0);
        let year = i16::try_from(number / 10_000).map_err(|_| CardError::Date(field))?;
        Date::new(year, part(number / 100 % 100), part(number % 100)).map(Some).map_err(|_| CardError::Date(field))
    }

    fn date(&self, range: Range<usize>, field: &'static str) -> Result<Date, CardError> {
        self.optional_date(range, field)?.ok_or(CardError::Empty(field))
    }

    fn valid_until(&self, range: Range<usize>) -> Result<ValidUntil, CardError> {
        if self.text(range.clone(), "valid until")? == "长期" {
            return Ok(ValidUntil::LongTerm);
        }
        self.date(range, "valid until").map(ValidUntil::Date)
    }
}

fn trim(text: &str) -> String {
    text.trim_matches([' ', '\0', '\u{3000}']).to_owned()
}

struct BlockWriter([u8; TEXT_LEN]);

impl BlockWriter {
    fn new() -> Self {
        let mut block = [0; TEXT_LEN];
        for pair in block.chunks_exact_mut(2) {
            pair[0] = b' ';
        }
        BlockWriter(block)
    }

    fn text(&mut self, range: Range<usize>, field: &'static str, text: &str) -> Result<(), CardError> {
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let room = &mut self.0[range];
        room.get_mut(..bytes.len()).ok_or(CardError::TooLong(field))?.copy_from_slice(&bytes);
        Ok(())
    }

    fn date(&mut self, range: Range<usize>, date: Option<Date>) -> Result<(), CardError> {
        let text = date.map_or(String::new(), |date| date.strftime("%Y%m%d").to_string());
        self.text(range, "date", &text)
    }

    fn valid_until(&mut self, range: Range<usize>, until: ValidUntil) -> Result<(), CardError> {
        match until {
            ValidUntil::LongTerm => self.text(range, "valid until", "长期"),
            ValidUntil::Date(date) => self.date(range, Some(date)),
        }
    }
}
