//! Reading papers back.

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

use notices::{Fonts, Notice};

static FONTS: LazyLock<Fonts> = LazyLock::new(|| Fonts::find(None).unwrap());

/// Every kind of paper, set once for all stories that only look.
static EVERY_PAPER: LazyLock<Vec<Paper>> = LazyLock::new(|| {
    let papers = crate::samples::every_kind().into_iter();
    papers
        .map(|(name, notice)| {
            let bytes = notices::render(&notice, fonts()).unwrap();
            Paper { name, notice, pdf: Pdf::of(&bytes), bytes }
        })
        .collect()
});

pub(crate) struct Paper {
    pub(crate) name: &'static str,
    pub(crate) notice: Notice,
    pub(crate) bytes: Vec<u8>,
    pub(crate) pdf: Pdf,
}

pub(crate) fn every_paper() -> &'static [Paper] {
    &EVERY_PAPER
}

pub(crate) fn fonts() -> &'static Fonts {
    &FONTS
}

pub(crate) fn printed(notice: &Notice) -> Pdf {
    Pdf::of(&notices::render(notice, fonts()).unwrap())
}

/// A paper in a file of its own, which goes when the paper goes.
pub(crate) struct Pdf {
    file: tempfile::NamedTempFile,
}

/// A page as a picture, one byte for each pixel.
pub(crate) struct Picture {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) grey: Vec<u8>,
}

impl Pdf {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut file = tempfile::Builder::new().suffix(".pdf").tempfile().unwrap();
        file.write_all(bytes).unwrap();
        Pdf { file }
    }

    fn poppler(&self, program: &str, arguments: &[&str]) -> String {
        let mut command = Command::new(program);
        command.args(arguments).arg(self.file.path());
        if program == "pdftotext" {
            command.arg("-");
        }
        let output =
            command.output().unwrap_or_else(|error| panic!("{program} (Debian package poppler-utils): {error}"));
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn text(&self) -> String {
        self.poppler("pdftotext", &[])
    }

    /// The lines as they stand on paper, without how far apart they stand.
    pub(crate) fn lines(&self) -> String {
        let lines = self.poppler("pdftotext", &["-layout"]);
        let lines: Vec<String> =
            lines.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn page_text(&self, page: usize) -> String {
        let page = page.to_string();
        self.poppler("pdftotext", &["-f", &page, "-l", &page])
    }

    pub(crate) fn pages(&self) -> usize {
        self.fact("Pages").parse().unwrap()
    }

    /// What pdfinfo says under this name.
    pub(crate) fn fact(&self, name: &str) -> String {
        let facts = self.poppler("pdfinfo", &["-isodates"]);
        let line = facts.lines().find_map(|line| line.strip_prefix(&format!("{name}:")));
        line.unwrap_or_else(|| panic!("no {name} in {facts}")).trim().to_owned()
    }

    pub(crate) fn metadata(&self) -> String {
        self.poppler("pdfinfo", &["-meta"])
    }

    /// A line for each font in the PDF.
    pub(crate) fn fonts(&self) -> Vec<String> {
        self.poppler("pdffonts", &[]).lines().skip(2).map(str::to_owned).collect()
    }

    pub(crate) fn picture(&self, page: usize, dots_per_inch: u32) -> Picture {
        let folder = tempfile::tempdir().unwrap();
        let stem: PathBuf = folder.path().join("page");
        let (page, resolution) = (page.to_string(), dots_per_inch.to_string());
        let mut command = Command::new("pdftoppm");
        command.args(["-gray", "-png", "-singlefile", "-f", &page, "-l", &page, "-r", &resolution]);
        assert!(command.arg(self.file.path()).arg(&stem).status().unwrap().success());
        let file = std::fs::File::open(stem.with_extension("png")).unwrap();
        let mut decoder = png::Decoder::new(std::io::BufReader::new(file));
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        let grey = pixels.into_iter().step_by(info.color_type.samples()).collect();
        Picture { width: info.width as usize, height: info.height as usize, grey }
    }
}

impl Picture {
    pub(crate) fn qr(&self) -> Vec<String> {
        let mut image =
            rqrr::PreparedImage::prepare_from_greyscale(self.width, self.height, |x, y| self.grey[y * self.width + x]);
        image.detect_grids().iter().map(|grid| grid.decode().unwrap().1).collect()
    }
}

impl Picture {
    /// Left, right, top and bottom of all that is printed, in points.
    pub(crate) fn ink(&self) -> [f64; 4] {
        const A4: [f64; 2] = [595.28, 841.89];
        let mut ink = [f64::MAX, 0.0, f64::MAX, 0.0];
        for (index, _) in self.grey.iter().enumerate().filter(|(_, grey)| **grey < 200) {
            let x = (index % self.width) as f64 * A4[0] / self.width as f64;
            let y = (index / self.width) as f64 * A4[1] / self.height as f64;
            ink = [ink[0].min(x), ink[1].max(x), ink[2].min(y), ink[3].max(y)];
        }
        ink
    }
}

/// Where lines break is the paper's business: texts are compared without white space.
pub(crate) fn close(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}

#[track_caller]
pub(crate) fn says(pdf: &Pdf, expected: &[&str]) {
    let text = pdf.text();
    for sentence in expected {
        assert!(close(&text).contains(&close(sentence)), "“{sentence}” is not on the paper:\n{text}");
    }
}
