//! Reads QR codes from pictures, with a decoder that shares nothing with our encoder.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use crate::Result;

/// The texts of every QR code in a PNG.
pub fn read(picture: &Path) -> Result<Vec<String>> {
    let mut decoder = png::Decoder::new(BufReader::new(File::open(picture)?));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info()?;
    let mut pixels = vec![0; reader.output_buffer_size().ok_or("the picture is too large")?];
    let info = reader.next_frame(&mut pixels)?;
    let (width, height) = (info.width as usize, info.height as usize);
    let channels = info.color_type.samples();
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        // A grey pixel's only channel, or green, which stands for brightness well enough.
        pixels[(y * width + x) * channels + usize::from(channels > 2)]
    });
    let codes: Result<Vec<String>, _> =
        image.detect_grids().iter().map(|grid| grid.decode().map(|(_, text)| text)).collect();
    Ok(codes?)
}

/// The one text that the picture's QR code holds.
pub fn read_one(picture: &Path) -> Result<String> {
    let mut texts = read(picture)?;
    match (texts.pop(), texts.is_empty()) {
        (Some(text), true) => Ok(text),
        (None, _) => Err(format!("{} shows no QR code", picture.display()).into()),
        (Some(_), false) => Err(format!("{} shows several QR codes", picture.display()).into()),
    }
}
