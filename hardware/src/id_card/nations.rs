//! Nations (民族) by their two-digit codes, GB/T 3304, with the codes 97 and 98 of the card.

const NATIONS: [&str; 56] = [
    "汉",
    "蒙古",
    "回",
    "藏",
    "维吾尔",
    "苗",
    "彝",
    "壮",
    "布依",
    "朝鲜",
    "满",
    "侗",
    "瑶",
    "白",
    "土家",
    "哈尼",
    "哈萨克",
    "傣",
    "黎",
    "傈僳",
    "佤",
    "畲",
    "高山",
    "拉祜",
    "水",
    "东乡",
    "纳西",
    "景颇",
    "柯尔克孜",
    "土",
    "达斡尔",
    "仫佬",
    "羌",
    "布朗",
    "撒拉",
    "毛南",
    "仡佬",
    "锡伯",
    "阿昌",
    "普米",
    "塔吉克",
    "怒",
    "乌孜别克",
    "俄罗斯",
    "鄂温克",
    "德昂",
    "保安",
    "裕固",
    "京",
    "塔塔尔",
    "独龙",
    "鄂伦春",
    "赫哲",
    "门巴",
    "珞巴",
    "基诺",
];

/// The nation's name without 族; `None` for a code that is not in use.
pub fn nation_name(code: u8) -> Option<&'static str> {
    match code {
        97 => Some("其他"),
        98 => Some("外国血统中国籍人士"),
        _ => NATIONS.get(usize::from(code).checked_sub(1)?).copied(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nations_are_numbered_from_one_without_gaps() {
        for (code, name) in
            [(1, "汉"), (5, "维吾尔"), (18, "傣"), (29, "柯尔克孜"), (46, "德昂"), (56, "基诺"), (97, "其他")]
        {
            assert_eq!(nation_name(code), Some(name));
        }
        assert_eq!([0, 57, 96, 99].map(nation_name), [None; 4]);
    }
}
