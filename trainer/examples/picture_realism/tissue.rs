//! Signal by tissue, relative to the blood in the left ventricle.

use crate::picture::{LV_BLOOD, Picture};
use crate::table::quantile;
use crate::{MUSCLE, RV_BLOOD};

/// Quantiles of each tissue's histogram.
const QUANTILES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];
/// The ring round the heart that shows its surroundings, mm from the nearest labelled pixel.
const RING_MM: [f64; 2] = [3.0, 8.0];
/// Where lung and fat are looked for, mm from the nearest labelled pixel.
const FAR_MM: [f64; 2] = [8.0, 45.0];
/// Sectors of the wall whose means show shading from coil and disease.
const SECTORS: usize = 6;

/// The figures, in a fixed order.
pub fn figures(picture: &Picture) -> Vec<(String, f64)> {
    let blood = picture.blood();
    let inside = |label: u8| -> Vec<f64> { inner(picture, label, blood) };
    let (lv, wall, rv) = (inside(LV_BLOOD), inside(MUSCLE), inside(RV_BLOOD));
    let distance = distance_to_heart(picture, FAR_MM[1]);
    let around = |[from, to]: [f64; 2]| -> Vec<f64> {
        (picture.signal.iter().zip(&distance))
            .filter(|(_, mm)| (from..=to).contains(*mm))
            .map(|(signal, _)| f64::from(*signal) / blood)
            .collect()
    };
    let ring = around(RING_MM);
    let far = around(FAR_MM);

    let mut all = vec![
        ("muscle / LV blood".to_owned(), quantile(&wall, 0.5)),
        ("RV blood / LV blood".to_owned(), quantile(&rv, 0.5)),
        (
            "variation within LV blood, SD / mean".to_owned(),
            variation(&lv),
        ),
        (
            "variation within RV blood, SD / mean".to_owned(),
            variation(&rv),
        ),
        (
            "variation within muscle, SD / mean".to_owned(),
            variation(&wall),
        ),
        (
            format!("variation between {SECTORS} sectors of the wall, SD / mean"),
            variation(&sector_means(picture, blood)),
        ),
        (
            "surroundings 3-8 mm outside, mean / LV blood".to_owned(),
            mean(&ring),
        ),
        (
            "surroundings 3-8 mm outside, SD / LV blood".to_owned(),
            deviation(&ring),
        ),
        (
            "8-45 mm outside, 5 % quantile (lung) / LV blood".to_owned(),
            quantile(&far, 0.05),
        ),
        (
            "8-45 mm outside, 95 % quantile (fat) / LV blood".to_owned(),
            quantile(&far, 0.95),
        ),
    ];
    for (name, values) in [("LV blood", &lv), ("muscle", &wall), ("RV blood", &rv)] {
        for fraction in QUANTILES {
            all.push((
                format!("{name}, {:.0} % quantile / LV blood", 100.0 * fraction),
                quantile(values, fraction),
            ));
        }
    }
    all
}

/// Signal relative to blood of the pixels whose four neighbours have the same label, so that
/// neither partial volume nor an inexact contour counts as texture.
fn inner(picture: &Picture, label: u8, blood: f64) -> Vec<f64> {
    inner_pixels(picture, label)
        .map(|pixel| f64::from(picture.signal[pixel]) / blood)
        .collect()
}

/// The pixels of [`inner`].
pub fn inner_pixels(picture: &Picture, label: u8) -> impl Iterator<Item = usize> {
    let (width, labels) = (picture.width, &picture.labels);
    (width..labels.len().saturating_sub(width)).filter(move |&pixel| {
        [pixel, pixel - 1, pixel + 1, pixel - width, pixel + width]
            .iter()
            .all(|&neighbour| labels[neighbour] == label)
    })
}

/// Mean signal of the wall in sectors about the cavity's centre.
fn sector_means(picture: &Picture, blood: f64) -> Vec<f64> {
    let Some((column, row)) = picture.centre_of(|label| label == LV_BLOOD) else {
        return Vec::new();
    };
    let mut sums = [(0.0, 0.0); SECTORS];
    for pixel in inner_pixels(picture, MUSCLE) {
        let x = (pixel % picture.width) as f64 - column;
        let y = (pixel / picture.width) as f64 - row;
        let turn = y.atan2(x) / std::f64::consts::TAU + 0.5;
        let sector = ((turn * SECTORS as f64) as usize).min(SECTORS - 1);
        sums[sector].0 += f64::from(picture.signal[pixel]) / blood;
        sums[sector].1 += 1.0;
    }
    sums.iter()
        .filter(|(_, count)| *count > 0.0)
        .map(|(sum, count)| sum / count)
        .collect()
}

/// Distance of every unlabelled pixel to the nearest labelled one, mm; 0 within the heart and
/// infinite beyond `most_mm`.
fn distance_to_heart(picture: &Picture, most_mm: f64) -> Vec<f64> {
    let reach = (most_mm / picture.pixel_mm).ceil() as isize;
    let (width, height) = (picture.width as isize, picture.height as isize);
    let mut distance = vec![f64::INFINITY; picture.labels.len()];
    // Only the heart's border can be nearest to anything outside.
    let label = |x: isize, y: isize| picture.labels[(y * width + x) as usize];
    for y in 0..height {
        for x in 0..width {
            if label(x, y) == 0 {
                continue;
            }
            distance[(y * width + x) as usize] = 0.0;
            let border = [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)]
                .iter()
                .any(|&(i, j)| i < 0 || j < 0 || i >= width || j >= height || label(i, j) == 0);
            if !border {
                continue;
            }
            for j in (y - reach).max(0)..=(y + reach).min(height - 1) {
                for i in (x - reach).max(0)..=(x + reach).min(width - 1) {
                    let mm = picture.pixel_mm * ((i - x) as f64).hypot((j - y) as f64);
                    let nearest = &mut distance[(j * width + i) as usize];
                    if mm <= most_mm && mm < *nearest {
                        *nearest = mm;
                    }
                }
            }
        }
    }
    distance
}

/// Mean; NaN of nothing.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Standard deviation; NaN of nothing.
pub fn deviation(values: &[f64]) -> f64 {
    let middle = mean(values);
    let squares = values.iter().map(|value| (value - middle).powi(2));
    (squares.sum::<f64>() / values.len() as f64).sqrt()
}

fn variation(values: &[f64]) -> f64 {
    deviation(values) / mean(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phantom::{Phantom, figure};

    #[test]
    fn each_tissue_has_the_signal_it_was_given() {
        let all = figures(&Phantom::default().picture());
        for (name, expected) in [
            ("muscle / LV blood", 0.35),
            ("RV blood / LV blood", 0.9),
            ("surroundings 3-8 mm outside, mean", 0.1),
            ("8-45 mm outside, 5 %", 0.1),
            ("muscle, 50 %", 0.35),
        ] {
            let found = figure(&all, name);
            assert!((found - expected).abs() < 0.03, "{name}: {found}");
        }
        assert!(figure(&all, "variation within LV blood") < 0.05);
        assert!(figure(&all, "variation between") < 0.05);
    }
}
