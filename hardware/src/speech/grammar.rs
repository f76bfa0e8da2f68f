use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A language that calls are spoken in, by its ISO 639-3 code where it has one of its own here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SpokenLanguage {
    /// 普通话
    #[default]
    #[serde(rename = "cmn")]
    Mandarin,
    /// 粤语
    #[serde(rename = "yue")]
    Cantonese,
    #[serde(rename = "en")]
    English,
}

impl SpokenLanguage {
    pub const ALL: [SpokenLanguage; 3] = [SpokenLanguage::Mandarin, SpokenLanguage::Cantonese, SpokenLanguage::English];

    /// The code, which is also the folder's name.
    pub fn code(self) -> &'static str {
        match self {
            SpokenLanguage::Mandarin => "cmn",
            SpokenLanguage::Cantonese => "yue",
            SpokenLanguage::English => "en",
        }
    }
}

impl fmt::Display for SpokenLanguage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Why a text is not a spoken language.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a spoken language here; there are cmn, yue and en")]
pub struct UnknownLanguage(pub String);

impl FromStr for SpokenLanguage {
    type Err = UnknownLanguage;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        SpokenLanguage::ALL
            .into_iter()
            .find(|language| language.code() == code)
            .ok_or_else(|| UnknownLanguage(code.to_owned()))
    }
}

/// Who is called where.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Call {
    /// `A001`: letters and digits; anything else in it is not spoken.
    pub number: String,
    /// From 1; from 1000 on read digit by digit.
    pub window: u32,
}

impl Call {
    pub fn new(number: impl Into<String>, window: u32) -> Self {
        Call { number: number.into(), window }
    }
}

/// One recorded piece of sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Clip {
    Chime,
    /// `A` to `Z`.
    Letter(char),
    /// 0 to 9.
    Digit(u8),
    /// 10 and 100; in English also 11 to 19 and the tens.
    Number(u8),
    Please,
    GoTo,
    Window,
}

impl Clip {
    /// The clip's file within its language's folder.
    pub fn path(self) -> PathBuf {
        PathBuf::from(match self {
            Clip::Chime => "chime.wav".to_owned(),
            Clip::Letter(letter) => format!("letters/{letter}.wav"),
            Clip::Digit(digit) => format!("digits/{digit}.wav"),
            Clip::Number(number) => format!("numbers/{number}.wav"),
            Clip::Please => "words/please.wav".to_owned(),
            Clip::GoTo => "words/go-to.wav".to_owned(),
            Clip::Window => "words/window.wav".to_owned(),
        })
    }

    /// What is said in it; `None` for the chime.
    pub fn text(self, language: SpokenLanguage) -> Option<String> {
        const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
        const ENGLISH: [&str; 20] = [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ];
        const TENS: [&str; 10] =
            ["", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
        let english = language == SpokenLanguage::English;
        Some(match self {
            Clip::Chime => return None,
            Clip::Letter(letter) => letter.to_string(),
            Clip::Digit(digit) if english => ENGLISH.get(usize::from(digit))?.to_string(),
            Clip::Digit(digit) => DIGITS.get(usize::from(digit))?.to_string(),
            Clip::Number(100) => if english { "hundred" } else { "百" }.to_owned(),
            Clip::Number(number) if !english => (number == 10).then_some("十")?.to_owned(),
            Clip::Number(number @ ..20) => ENGLISH.get(usize::from(number))?.to_string(),
            Clip::Number(number) => TENS.get(usize::from(number / 10))?.to_string(),
            Clip::Please => match language {
                SpokenLanguage::Mandarin => "请",
                SpokenLanguage::Cantonese => "請",
                SpokenLanguage::English => "number",
            }
            .to_owned(),
            Clip::GoTo => match language {
                SpokenLanguage::Mandarin => "号，到",
                SpokenLanguage::Cantonese => "號，到",
                SpokenLanguage::English => "please go to window",
            }
            .to_owned(),
            Clip::Window => match language {
                SpokenLanguage::Mandarin => "号窗口",
                SpokenLanguage::Cantonese => "號窗口",
                SpokenLanguage::English => return None,
            }
            .to_owned(),
        })
    }
}

/// The clips of a call, in order.
pub fn clips(language: SpokenLanguage, call: &Call) -> Vec<Clip> {
    let number = call.number.chars().filter_map(|c| match c.to_ascii_uppercase() {
        letter @ 'A'..='Z' => Some(Clip::Letter(letter)),
        digit @ '0'..='9' => Some(Clip::Digit(digit as u8 - b'0')),
        _ => None,
    });
    let mut clips = vec![Clip::Chime, Clip::Please];
    clips.extend(number);
    clips.push(Clip::GoTo);
    window(language, call.window, &mut clips);
    if language != SpokenLanguage::English {
        clips.push(Clip::Window);
    }
    clips
}

/// A window's number as people say it.
fn window(language: SpokenLanguage, number: u32, clips: &mut Vec<Clip>) {
    let digit = |value: u32| Clip::Digit((value % 10) as u8);
    let (hundreds, tens, ones) = (number / 100, number / 10 % 10, number % 10);
    if number >= 1000 {
        clips.extend(number.to_string().bytes().map(|byte| Clip::Digit(byte - b'0')));
        return;
    }
    if hundreds > 0 {
        clips.extend([digit(hundreds), Clip::Number(100)]);
    }
    if language == SpokenLanguage::English {
        match number % 100 {
            0 if hundreds > 0 => {}
            rest @ 10..20 => clips.push(Clip::Number(rest as u8)),
            _ => {
                if tens > 0 {
                    clips.push(Clip::Number((tens * 10) as u8));
                }
                if ones > 0 || tens == 0 {
                    clips.push(digit(ones));
                }
            }
        }
        return;
    }
    match tens {
        // 一百零五
        0 if hundreds > 0 && ones > 0 => clips.push(Clip::Digit(0)),
        0 => {}
        // 十二, but 一百一十二
        1 if hundreds == 0 => clips.push(Clip::Number(10)),
        _ => clips.extend([digit(tens), Clip::Number(10)]),
    }
    if ones > 0 || number == 0 {
        clips.push(digit(ones));
    }
}

/// Every clip of a language: what has to be recorded.
pub fn all_clips(language: SpokenLanguage) -> Vec<Clip> {
    let mut clips = vec![Clip::Chime, Clip::Please, Clip::GoTo];
    if language == SpokenLanguage::English {
        clips.extend((10..20).chain((20..100).step_by(10)).map(Clip::Number));
    } else {
        clips.extend([Clip::Window, Clip::Number(10)]);
    }
    clips.push(Clip::Number(100));
    clips.extend((0..10).map(Clip::Digit));
    clips.extend(('A'..='Z').map(Clip::Letter));
    clips
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The call as said, without the chime.
    fn said(language: SpokenLanguage, number: &str, window: u32) -> String {
        let clips = clips(language, &Call::new(number, window));
        assert_eq!(clips[0], Clip::Chime);
        clips.iter().filter_map(|clip| clip.text(language)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn mandarin_reads_tickets_by_digit_and_windows_as_numbers() {
        use SpokenLanguage::Mandarin;
        assert_eq!(said(Mandarin, "A001", 3), "请 A 零 零 一 号，到 三 号窗口");
        assert_eq!(said(Mandarin, "B120", 12), "请 B 一 二 零 号，到 十 二 号窗口");
        for (window, words) in [
            (10, "十"),
            (20, "二 十"),
            (56, "五 十 六"),
            (100, "一 百"),
            (105, "一 百 零 五"),
            (112, "一 百 一 十 二"),
            (120, "一 百 二 十"),
        ] {
            assert_eq!(said(Mandarin, "7", window), format!("请 七 号，到 {words} 号窗口"));
        }
    }

    #[test]
    fn cantonese_follows_the_same_order() {
        assert_eq!(said(SpokenLanguage::Cantonese, "A001", 21), "請 A 零 零 一 號，到 二 十 一 號窗口");
    }

    #[test]
    fn english_reads_digits_and_numbers() {
        use SpokenLanguage::English;
        assert_eq!(said(English, "A001", 3), "number A zero zero one please go to window three");
        for (window, words) in [
            (12, "twelve"),
            (20, "twenty"),
            (21, "twenty one"),
            (100, "one hundred"),
            (110, "one hundred ten"),
            (105, "one hundred five"),
        ] {
            assert_eq!(said(English, "7", window), format!("number seven please go to window {words}"));
        }
    }

    #[test]
    fn every_clip_that_a_call_can_need_is_in_the_list_to_record() {
        for language in SpokenLanguage::ALL {
            let recorded = all_clips(language);
            for window in 0..1200 {
                for clip in clips(language, &Call::new("AZ-0123456789", window)) {
                    assert!(recorded.contains(&clip), "{language} {window}: {clip:?}");
                    assert!(clip == Clip::Chime || clip.text(language).is_some(), "{language}: {clip:?} says nothing");
                }
            }
        }
    }
}
