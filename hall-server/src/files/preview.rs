//! Previews: pictures scaled down for screens, and the first pages of PDFs; made one at a time, kept beside the files.

use std::io::{self, BufReader, Cursor};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use image::{DynamicImage, ImageDecoder, ImageEncoder, ImageFormat, ImageReader, Limits, RgbImage};
use protocol::problem::Code;
use tokio::sync::Semaphore;

use super::kind::Kind;
use super::pdf::{self, NoPage};
use super::serve::guard;
use super::vault::{Vault, unblocked};
use crate::http::problem::ApiError;
use crate::identity::secrets;
use crate::store::files::FileRow;

/// The longer side of a preview, in pixels.
const SIDE: u16 = 1200;

/// The most pixels that are decoded: phones make up to 50 million; more may be a small file that unfolds into all memory.
const MOST_PIXELS: u64 = 64_000_000;

/// The most memory that a decoder may ask for, in bytes.
const MOST_MEMORY: u64 = 320 * 1024 * 1024;

/// How long somebody waits for a preview. A PDF can be made so that drawing it takes for ever.
const PATIENCE: Duration = Duration::from_secs(20);

/// Decoding takes up to [`MOST_MEMORY`]: one at a time.
#[derive(Debug, Clone)]
pub struct Previews(Arc<Semaphore>);

impl Default for Previews {
    fn default() -> Self {
        Previews(Arc::new(Semaphore::new(1)))
    }
}

/// Why there is no preview.
#[derive(Debug, thiserror::Error)]
enum NoPreview {
    #[error("{width} × {height} pixels are too many")]
    TooLarge { width: u32, height: u32 },
    #[error("the picture is damaged")]
    Damaged(#[from] image::ImageError),
    #[error("the file could not be read")]
    Read(#[from] io::Error),
    #[error("the document has no picture")]
    Document(#[from] NoPage),
}

/// The preview of a picture or a PDF, as JPEG.
pub async fn preview(vault: &Vault, previews: &Previews, row: &FileRow) -> Result<Response, ApiError> {
    let none = || ApiError::new(Code::UnknownFile).detail("该文件没有预览", "There is no preview of this file");
    let kind = Kind::of_media_type(&row.media_type).filter(|kind| kind.has_preview()).ok_or_else(none)?;
    let kept = vault.preview_of(&row.digest);
    let bytes = match tokio::fs::read(&kept).await {
        Ok(bytes) => bytes,
        Err(_) => {
            let path = vault.path_of(&row.digest);
            let turn = previews.0.clone().acquire_owned();
            let made = async {
                let turn = turn.await.map_err(io::Error::other)?;
                unblocked(move || {
                    // Whoever no longer waits leaves the turn with what is being made: there is never a second at the same time.
                    let _turn = turn;
                    let picture = made(&path, kind).map_err(io::Error::other)?;
                    keep(&kept, &picture);
                    Ok(picture)
                })
                .await
            };
            let made = tokio::time::timeout(PATIENCE, made).await.map_err(|_| ApiError::new(Code::Busy))?;
            made.map_err(|error| {
                tracing::warn!(error = &error as &dyn std::error::Error, file = row.id, "no preview could be made");
                none()
            })?
        }
    };
    let mut response = Body::from(bytes).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
    guard(response.headers_mut());
    Ok(response)
}

/// Keeps a preview for the next time; where that fails it is made again.
fn keep(path: &Path, picture: &[u8]) {
    let beside = path.with_extension(secrets::code(8).unwrap_or_else(|_| "new".to_owned()));
    if let Err(error) = std::fs::write(&beside, picture).and_then(|()| std::fs::rename(&beside, path)) {
        let _ = std::fs::remove_file(&beside);
        tracing::debug!(%error, "a preview could not be kept");
    }
}

fn made(path: &Path, kind: Kind) -> Result<Vec<u8>, NoPreview> {
    match kind.picture() {
        Some(format) => scaled(BufReader::new(std::fs::File::open(path)?), format),
        None => jpeg(&pdf::first_page(std::fs::read(path)?, SIDE)?),
    }
}

/// Decodes, turns upright as the camera noted (EXIF), scales and encodes.
fn scaled(reader: impl io::BufRead + io::Seek, format: ImageFormat) -> Result<Vec<u8>, NoPreview> {
    let mut reader = ImageReader::with_format(reader, format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(NoPreview::TooLarge { width, height });
    }
    let upright = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    let side = u32::from(SIDE);
    if width.max(height) > side {
        picture = picture.thumbnail(side, side);
    }
    picture.apply_orientation(upright);
    jpeg(&on_white(&picture))
}

fn jpeg(picture: &RgbImage) -> Result<Vec<u8>, NoPreview> {
    let mut jpeg = Cursor::new(Vec::new());
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 82).write_image(
        picture.as_raw(),
        picture.width(),
        picture.height(),
        image::ExtendedColorType::Rgb8,
    )?;
    Ok(jpeg.into_inner())
}

/// JPEG knows no transparency: what shines through is paper.
fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let rgba = picture.to_rgba8();
    RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [r, g, b, a] = rgba.get_pixel(x, y).0.map(u32::from);
        let over = |c: u32| u8::try_from((c * a + 255 * (255 - a)) / 255).unwrap_or(u8::MAX);
        image::Rgb([over(r), over(g), over(b)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(picture: &DynamicImage) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    /// A JPEG, left half red and right half blue, with an EXIF note that the camera was turned (orientation 6: rotate by 90°).
    fn turned_jpeg(width: u32, height: u32) -> Vec<u8> {
        let halves = RgbImage::from_fn(width, height, |x, _| {
            if x < width / 2 { image::Rgb([220, 20, 20]) } else { image::Rgb([20, 20, 220]) }
        });
        let mut jpeg = Cursor::new(Vec::new());
        DynamicImage::from(halves).write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
        let jpeg = jpeg.into_inner();
        let exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        [&jpeg[..2], &[0xff, 0xe1], &length, exif, &jpeg[2..]].concat()
    }

    #[test]
    fn a_photograph_is_scaled_and_stands_upright() {
        let preview = scaled(Cursor::new(turned_jpeg(2400, 1600)), ImageFormat::Jpeg).unwrap();
        let picture = image::load_from_memory(&preview).unwrap().to_rgb8();
        assert_eq!(picture.dimensions(), (800, 1200));
        let (top, bottom) = (picture.get_pixel(400, 100).0, picture.get_pixel(400, 1100).0);
        assert!(top[0] > 150 && bottom[2] > 150, "red is above blue: {top:?} {bottom:?}");
    }

    #[test]
    fn a_small_picture_keeps_its_size_and_its_paper_is_white() {
        let picture = DynamicImage::from(image::RgbaImage::from_pixel(40, 30, image::Rgba([0, 0, 0, 0])));
        let preview = image::load_from_memory(&scaled(Cursor::new(png(&picture)), ImageFormat::Png).unwrap()).unwrap();
        assert_eq!((preview.width(), preview.height()), (40, 30));
        assert!(preview.to_rgb8().pixels().all(|p| p.0.iter().all(|c| *c > 250)));
    }

    #[test]
    fn a_small_file_that_unfolds_into_all_memory_is_not_unfolded() {
        let mut bomb = png(&DynamicImage::new_luma8(8, 8));
        // Width and height stand in the header (IHDR) from byte 16; its checksum is over type and content.
        bomb[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
        let checksum = crc32(&bomb[12..29]).to_be_bytes();
        bomb[29..33].copy_from_slice(&checksum);
        let refused = scaled(Cursor::new(bomb), ImageFormat::Png).unwrap_err();
        assert!(
            matches!(
                refused,
                NoPreview::TooLarge { width: 60_000, .. } | NoPreview::Damaged(image::ImageError::Limits(_))
            ),
            "{refused:?}"
        );
    }

    #[test]
    fn a_damaged_picture_has_no_preview() {
        let mut jpeg = turned_jpeg(64, 64);
        jpeg.truncate(60);
        assert!(scaled(Cursor::new(jpeg), ImageFormat::Jpeg).is_err());
        assert!(scaled(Cursor::new(b"\xff\xd8\xff nothing more".to_vec()), ImageFormat::Jpeg).is_err());
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
        })
    }
}
