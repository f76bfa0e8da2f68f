use std::path::PathBuf;

/// Why a paper could not be made.
#[derive(Debug, thiserror::Error)]
pub enum NoticeError {
    #[error(
        "没有找到中文字体，不能打印文书。请安装 fonts-noto-cjk。No font on this machine has Chinese letters; install fonts-noto-cjk."
    )]
    NoChineseFont {
        /// How many fonts were found, none of them with Chinese.
        seen: usize,
        extra_folder: Option<PathBuf>,
    },
    #[error("文书缺少“{zh}”，不能出具。The paper cannot be issued without: {en}.", zh = missing.zh, en = missing.en)]
    Incomplete {
        /// What is not there, in both languages.
        missing: protocol::catalogue::Text,
    },
    #[error(
        "本机字体没有以下字符，印出来会是空框：{letters}。No font on this machine can print these letters: {letters}."
    )]
    MissingLetters { letters: String },
    #[error("核验地址放不进二维码。The verification address does not fit into a QR code.")]
    Address(#[source] qrcode::types::QrError),
    #[error("文书排版失败。The paper could not be typeset.")]
    Typesetting { detail: String },
}
