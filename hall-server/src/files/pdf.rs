//! The first page of a PDF as a picture: what a clerk looks at to know which paper it is.

use std::sync::Arc;

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{RenderCache, RenderSettings};
use image::RgbImage;

/// Why there is no picture of it.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoPage {
    #[error("it cannot be read as a PDF: {0}")]
    Unreadable(String),
    #[error("it has no page with a size")]
    NoPage,
}

/// The first page, its longer side so many pixels. It takes as long as the file makes it.
pub(super) fn first_page(bytes: Vec<u8>, side: u16) -> Result<RgbImage, NoPage> {
    let pdf = Pdf::new(Arc::new(bytes)).map_err(|error| NoPage::Unreadable(format!("{error:?}")))?;
    let page = pdf.pages().first().ok_or(NoPage::NoPage)?;
    let (width, height) = page.render_dimensions();
    let longer = width.max(height);
    if !(longer.is_finite() && width > 0.0 && height > 0.0) {
        return Err(NoPage::NoPage);
    }
    let scale = f32::from(side) / longer;
    // Strips thinner than a pixel are shown a pixel wide.
    let pixels = |length: f32| ((length * scale).round() as u16).clamp(1, side);
    let settings = RenderSettings {
        x_scale: scale,
        y_scale: scale,
        width: Some(pixels(width)),
        height: Some(pixels(height)),
        bg_color: WHITE,
    };
    let picture = hayro::render(page, &RenderCache::new(), &InterpreterSettings::default(), &settings);
    let (width, height) = (u32::from(picture.width()), u32::from(picture.height()));
    // On white paper nothing shines through.
    let colours = picture.data_as_u8_slice().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    RgbImage::from_raw(width, height, colours).ok_or(NoPage::NoPage)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A PDF of one page, 200 by 100 points, with this drawn on it.
    fn pdf(drawn: &str) -> Vec<u8> {
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R >>".to_owned(),
            format!("<< /Length {} >>\nstream\n{drawn}\nendstream", drawn.len()),
        ];
        let mut file = "%PDF-1.4\n".to_owned();
        let mut places = Vec::new();
        for (number, object) in objects.iter().enumerate() {
            places.push(file.len());
            file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", number + 1));
        }
        let table = file.len();
        file.push_str("xref\n0 5\n0000000000 65535 f \n");
        places.iter().for_each(|place| file.push_str(&format!("{place:010} 00000 n \n")));
        file.push_str(&format!("trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n"));
        file.into_bytes()
    }

    #[test]
    fn the_first_page_is_drawn_to_the_asked_size_on_white() {
        let red_on_the_left = first_page(pdf("1 0 0 rg 0 0 100 100 re f"), 1200).unwrap();
        assert_eq!(red_on_the_left.dimensions(), (1200, 600));
        assert_eq!(red_on_the_left.get_pixel(100, 300).0, [255, 0, 0]);
        assert_eq!(red_on_the_left.get_pixel(1100, 300).0, [255, 255, 255]);
    }

    #[test]
    fn what_is_no_pdf_has_no_page() {
        assert!(first_page(b"%PDF-1.7 and nothing more".to_vec(), 1200).is_err());
        assert!(first_page(Vec::new(), 1200).is_err());
    }
}
