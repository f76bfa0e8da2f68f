//! The fonts of this machine, looked up once.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use fontdb::{Database, Source};
use typst::foundations::Bytes;
use typst::text::{Font, FontBook, FontInfo};
use typst::utils::LazyHash;

use crate::error::NoticeError;

/// Families for the body, the best first: Song (宋体) before Hei (黑体).
const PREFERRED: &[&str] = &[
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Noto Serif SC",
    "SimSun",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
];

/// The same letters in the shapes of other regions; in a simplified Chinese paper they would look foreign.
const OTHER_REGIONS: &[&str] = &["TC", "HK", "JP", "KR"];

/// A font has Chinese if it has these.
const CHINESE: &str = "中华人民共和国政务服务大厅第页，。：（）";

/// Every font that a paper may need. Looking takes a while, so a program does it once; the files are read when a paper first
/// needs them and stay in memory (about 25 MB for each weight of Noto Serif CJK).
pub struct Fonts {
    pub(crate) book: LazyHash<FontBook>,
    files: Vec<File>,
    faces: Vec<Face>,
    /// The families to set in, the body's first.
    pub(crate) families: Vec<String>,
}

struct File {
    path: PathBuf,
    bytes: OnceLock<Option<Bytes>>,
}

struct Face {
    file: usize,
    index: u32,
    font: OnceLock<Option<Font>>,
}

impl Fonts {
    /// Looks through the system's font folders and, if given, through another one.
    ///
    /// # Errors
    /// [`NoticeError::NoChineseFont`] if no font that can be read has Chinese letters.
    pub fn find(extra_folder: Option<&Path>) -> Result<Self, NoticeError> {
        let mut database = Database::new();
        database.load_system_fonts();
        Self::of(database, extra_folder)
    }

    /// Looks through one folder only, whatever the system has.
    ///
    /// # Errors
    /// As [`Fonts::find`].
    pub fn within(folder: &Path) -> Result<Self, NoticeError> {
        Self::of(Database::new(), Some(folder))
    }

    fn of(mut database: Database, extra_folder: Option<&Path>) -> Result<Self, NoticeError> {
        if let Some(folder) = extra_folder {
            database.load_fonts_dir(folder);
        }
        let mut found: Vec<(FontInfo, PathBuf, u32)> = database
            .faces()
            // By name first: to look into a face that has all of Chinese takes a while.
            .filter(|face| !face.families.iter().any(|(name, _)| is_of_another_region(name)))
            .filter_map(|face| {
                let (Source::File(path) | Source::SharedFile(path, _)) = &face.source else { return None };
                let info = database.with_face_data(face.id, FontInfo::new)??;
                Some((info, path.clone(), face.index))
            })
            .collect();
        // Folders list their files in no order; the same machine must always choose the same font.
        found.sort_by(|a, b| (&a.0.family, &a.1, a.2).cmp(&(&b.0.family, &b.1, b.2)));
        let mut fonts = Fonts {
            book: LazyHash::new(FontBook::from_infos(found.iter().map(|(info, _, _)| info.clone()))),
            files: Vec::new(),
            faces: Vec::new(),
            families: Vec::new(),
        };
        for (_, path, index) in &found {
            let known = fonts.files.iter().position(|file| file.path == *path);
            let file = known.unwrap_or_else(|| {
                fonts.files.push(File { path: path.clone(), bytes: OnceLock::new() });
                fonts.files.len() - 1
            });
            fonts.faces.push(Face { file, index: *index, font: OnceLock::new() });
        }
        let mut chinese: Vec<(usize, &str)> = found
            .iter()
            .enumerate()
            .filter(|(_, (info, _, _))| CHINESE.chars().all(|letter| info.coverage.contains(letter.into())))
            .map(|(index, (info, _, _))| (index, info.family.as_str()))
            .collect();
        let rank = |family: &str| PREFERRED.iter().position(|name| *name == family).unwrap_or(PREFERRED.len());
        chinese.sort_by_key(|(index, family)| (rank(family), *index));
        for (index, family) in chinese {
            // One that cannot be read would only be noticed as empty boxes on paper.
            if !fonts.families.iter().any(|known| known == family) && fonts.font(index).is_some() {
                fonts.families.push(family.to_owned());
            }
            if fonts.families.len() == 2 {
                break;
            }
        }
        if fonts.families.is_empty() {
            let extra_folder = extra_folder.map(Path::to_owned);
            return Err(NoticeError::NoChineseFont { seen: found.len(), extra_folder });
        }
        Ok(fonts)
    }

    /// The family that papers are set in.
    pub fn family(&self) -> &str {
        self.families.first().map_or("", String::as_str)
    }

    pub(crate) fn font(&self, index: usize) -> Option<Font> {
        let face = self.faces.get(index)?;
        let load = || {
            let file = self.files.get(face.file)?;
            let bytes = file.bytes.get_or_init(|| std::fs::read(&file.path).ok().map(Bytes::new));
            Font::new(bytes.clone()?, face.index)
        };
        face.font.get_or_init(load).clone()
    }
}

fn is_of_another_region(family: &str) -> bool {
    OTHER_REGIONS.iter().any(|region| family.strip_suffix(region).is_some_and(|name| name.ends_with(" CJK ")))
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Fonts").field("families", &self.families).field("faces", &self.faces.len()).finish()
    }
}
