//! A received file becomes a stored one: bytes in their place, then the row, in one transaction with whatever belongs to it.

use protocol::Millis;
use protocol::files::File;
use protocol::problem::Code;
use sqlx::AnyConnection;

use super::FileSettings;
use super::kind::Kind;
use super::receive::{Received, Refused, size_text};
use super::vault::Vault;
use crate::engine::RequestKey;
use crate::http::problem::ApiError;
use crate::identity::{secrets, sessions};
use crate::store::Store;
use crate::store::files::{self, FileRow};
use crate::store::requests::{self, Answered};

/// The longest name, in characters; longer ones keep their beginning and their ending.
const LONGEST_NAME: usize = 120;

/// Who gives a file, what for, and under which name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// `ticket:ID` or `case:NO`.
    pub subject: String,
    /// `user:NAME` or `ticket:ID`.
    pub by: String,
    pub name: String,
}

/// A name without folders and control characters, of bounded length; never empty.
pub fn tidy_name(name: &str, kind: Kind) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String = base.chars().filter(|c| !c.is_control() && !is_bidi_control(*c)).collect();
    let shown = shown.trim().trim_start_matches('.');
    if shown.is_empty() {
        return format!("file.{}", kind.name().to_ascii_lowercase());
    }
    let length = shown.chars().count();
    if length <= LONGEST_NAME {
        return shown.to_owned();
    }
    let ending: String = shown.chars().skip(length - 12).collect();
    let beginning: String = shown.chars().take(LONGEST_NAME - 13).collect();
    format!("{beginning}…{ending}")
}

/// Characters that turn the direction of writing, and with it what a name seems to end with.
fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The file of a request that was answered before under the same key. Keeps repetitions waiting until the transaction ends.
pub async fn answered_before(
    connection: &mut AnyConnection,
    by: &str,
    key: Option<&RequestKey>,
) -> Result<Option<FileRow>, ApiError> {
    let Some(key) = key else { return Ok(None) };
    let scope = scope(by);
    files::lock(connection, &format!("{scope} {}", key.key)).await?;
    let found = requests::find(connection, &[(&scope, &key.key)]).await?;
    let Some((fingerprint, id)) = found.into_values().next() else { return Ok(None) };
    if fingerprint != key.fingerprint {
        return Err(ApiError::new(Code::IdempotencyKeyReused));
    }
    let row = files::one(connection, &id).await?;
    // It was taken back meanwhile: the repetition of the old request does not bring it again.
    row.map(Some).ok_or_else(|| ApiError::new(Code::UnknownFile))
}

/// The keys of uploads are apart from those of commands, whose answers have another form.
fn scope(by: &str) -> String {
    format!("files {by}")
}

/// Refuses a file for which its holder, a ticket or a submission, has no room left. Whoever asks holds the holder's lock.
pub async fn has_room(
    connection: &mut AnyConnection,
    subject: &str,
    settings: &FileSettings,
    size: u64,
) -> Result<(), ApiError> {
    let (count, bytes) = files::total(connection, subject).await?;
    let full = ApiError::new(Code::FilesFull);
    if count >= i64::from(settings.most_per_ticket) {
        let most = settings.most_per_ticket;
        return Err(full.detail(format!("最多 {most} 个文件"), format!("At most {most} files")));
    }
    if u64::try_from(bytes).unwrap_or_default() + size > settings.largest_per_ticket {
        let most = size_text(settings.largest_per_ticket);
        return Err(full.detail(format!("全部文件合计最大 {most}"), format!("All files together have at most {most}")));
    }
    Ok(())
}

/// Writes a received file: its bytes in their place first, then its row, then the answer for a repetition.
pub async fn keep(
    connection: &mut AnyConnection,
    vault: &Vault,
    received: &Received,
    given: Given,
    key: Option<&RequestKey>,
    now: Millis,
) -> Result<FileRow, ApiError> {
    // Nobody may remove these bytes as nobody's between their placing and the row.
    files::lock(connection, &received.digest).await?;
    vault.place(&received.incoming, &received.digest).await.map_err(Refused::Storage)?;
    let row = FileRow {
        id: secrets::code(22).map_err(sessions::no_randomness)?,
        digest: received.digest.clone(),
        size: received.incoming.size() as i64,
        media_type: received.kind.media_type().to_owned(),
        name: tidy_name(&given.name, received.kind),
        subject: given.subject,
        uploaded_at: now,
        uploaded_by: given.by,
    };
    files::add(connection, &row).await?;
    if let Some(key) = key {
        let answered = Answered {
            scope: scope(&row.uploaded_by),
            key: key.key.clone(),
            fingerprint: key.fingerprint.clone(),
            answer: row.id.clone(),
            at: now,
        };
        requests::add(connection, &[answered]).await?;
    }
    Ok(row)
}

/// Removes bytes that no file refers to any more. A crash before it leaves them to `hall-server sweep`.
pub async fn let_go(store: &Store, vault: &Vault, digest: &str) -> Result<(), ApiError> {
    let mut tx = store.begin_write().await?;
    files::lock(&mut tx, digest).await?;
    if !files::refers_to(&mut tx, digest).await? {
        vault.remove(digest).await.map_err(Refused::Storage)?;
    }
    tx.rollback().await?;
    Ok(())
}

/// As it travels.
pub fn view(row: FileRow) -> File {
    File {
        has_preview: Kind::of_media_type(&row.media_type).is_some_and(Kind::has_preview),
        id: row.id,
        name: row.name,
        media_type: row.media_type,
        size: row.size,
        sha256: row.digest,
        subject: row.subject,
        uploaded_at: row.uploaded_at,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_lose_their_folders_and_keep_their_endings() {
        assert_eq!(tidy_name("../../etc/passwd", Kind::Pdf), "passwd");
        assert_eq!(tidy_name(r"C:\fakepath\营业执照.jpg", Kind::Jpeg), "营业执照.jpg");
        assert_eq!(tidy_name("..", Kind::Pdf), "file.pdf");
        assert_eq!(tidy_name("", Kind::Heif), "file.heic");
        assert_eq!(tidy_name("invoice\u{202e}fdp.exe", Kind::Pdf), "invoicefdp.exe");
        let long = tidy_name(&format!("{}.pdf", "租".repeat(300)), Kind::Pdf);
        assert!(long.chars().count() == LONGEST_NAME && long.ends_with("租.pdf"), "{long}");
    }

    proptest! {
        #[test]
        fn a_tidy_name_names_no_folder_and_is_tidy_already(name in any::<String>()) {
            let tidy = tidy_name(&name, Kind::Png);
            prop_assert!(!tidy.is_empty() && tidy.chars().count() <= LONGEST_NAME);
            prop_assert!(!tidy.contains(['/', '\\', '\0', '\n', '\r']) && !tidy.starts_with('.'));
            prop_assert_eq!(tidy_name(&tidy, Kind::Png), tidy);
        }
    }
}
