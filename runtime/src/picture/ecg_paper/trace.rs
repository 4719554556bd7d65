//! A smooth line over a picture.

use crate::picture::rgb_image::RgbImage;

/// Levels of coverage. Few enough that paper and trace together stay within a PNG's palette.
const LEVELS: f64 = 15.0;

/// Draws lines through the points, (column, row) in pixels where whole numbers are the middles of
/// pixels, `width` pixels wide with round ends, so that a pixel takes as
/// much of the colour as the line covers of it. Parts beyond the image are left out.
pub fn draw(image: &mut RgbImage, points: &[(f64, f64)], width: f64, colour: [u8; 3]) {
    let columns = range(points.iter().map(|point| point.0), width, image.width());
    let rows = range(points.iter().map(|point| point.1), width, image.height());
    let across = columns.len();
    let mut coverage = vec![0.0f64; across * rows.len()];
    let lone = points.first().map(|&point| [point, point]);
    let pairs = points.windows(2).map(|pair| [pair[0], pair[1]]);
    for [from, to] in pairs.chain(lone) {
        let ends = [from, to];
        let near_columns = range(ends.iter().map(|point| point.0), width, image.width());
        let near_rows = range(ends.iter().map(|point| point.1), width, image.height());
        for row in near_rows {
            for column in near_columns.clone() {
                let far = distance((column as f64, row as f64), from, to);
                let covered = (0.5 * width + 0.5 - far).clamp(0.0, 1.0);
                let at = (row - rows.start) * across + (column - columns.start);
                coverage[at] = coverage[at].max(covered);
            }
        }
    }
    for (row, line) in rows.zip(coverage.chunks_exact(across.max(1))) {
        for (column, covered) in columns.clone().zip(line) {
            let share = (covered * LEVELS).round() / LEVELS;
            if let Some(pixel) = image.get_mut(column, row).filter(|_| share > 0.0) {
                for (below, above) in pixel.iter_mut().zip(colour) {
                    let mixed = f64::from(*below) * (1.0 - share) + f64::from(above) * share;
                    *below = mixed.round() as u8;
                }
            }
        }
    }
}

/// The pixels that a line of this width about these positions can touch.
fn range(
    positions: impl Iterator<Item = f64> + Clone,
    width: f64,
    length: usize,
) -> std::ops::Range<usize> {
    let margin = 0.5 * width + 0.5;
    let low = positions.clone().fold(f64::INFINITY, f64::min) - margin;
    let high = positions.fold(f64::NEG_INFINITY, f64::max) + margin;
    let limit = length as f64;
    let first = low.ceil().clamp(0.0, limit) as usize;
    let end = (high.floor() + 1.0).clamp(0.0, limit) as usize;
    first..end.max(first)
}

/// Distance of a point from the line between two others.
fn distance(point: (f64, f64), from: (f64, f64), to: (f64, f64)) -> f64 {
    let along = (to.0 - from.0, to.1 - from.1);
    let offset = (point.0 - from.0, point.1 - from.1);
    let squared = along.0 * along.0 + along.1 * along.1;
    let share = if squared > 0.0 {
        ((offset.0 * along.0 + offset.1 * along.1) / squared).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (offset.0 - share * along.0).hypot(offset.1 - share * along.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHITE: [u8; 3] = [255; 3];

    fn ink(image: &RgbImage) -> f64 {
        let dark = |pixel: Option<[u8; 3]>| 1.0 - f64::from(pixel.map_or(255, |p| p[0])) / 255.0;
        let pixels = (0..image.height()).flat_map(|y| (0..image.width()).map(move |x| (x, y)));
        pixels.map(|(x, y)| dark(image.get(x, y))).sum()
    }

    #[test]
    fn a_line_covers_its_length_times_its_width_wherever_it_lies() {
        for shift in [0.0, 0.3, 0.5, 0.8] {
            let mut image = RgbImage::filled(40, 60, WHITE);
            draw(
                &mut image,
                &[(5.0, 20.0 + shift), (55.0, 20.0 + shift)],
                2.0,
                [0; 3],
            );
            // Round ends add about a disc.
            let expected = 50.0 * 2.0 + std::f64::consts::PI;
            assert!(
                (ink(&image) / expected - 1.0).abs() < 0.05,
                "{}",
                ink(&image)
            );
        }
    }

    #[test]
    fn overlapping_parts_are_drawn_once() {
        let mut once = RgbImage::filled(30, 30, WHITE);
        let mut twice = once.clone();
        draw(&mut once, &[(3.0, 3.3), (26.0, 20.7)], 1.5, [0; 3]);
        draw(
            &mut twice,
            &[(3.0, 3.3), (26.0, 20.7), (3.0, 3.3)],
            1.5,
            [0; 3],
        );
        assert_eq!(once, twice);
    }

    #[test]
    fn a_point_is_a_dot_and_what_lies_outside_is_left_out() {
        let mut image = RgbImage::filled(10, 10, WHITE);
        draw(&mut image, &[(4.0, 4.0)], 2.0, [0; 3]);
        assert!((ink(&image) - std::f64::consts::PI).abs() < 1.0);
        let before = image.clone();
        draw(&mut image, &[(-1e9, -50.0), (-1e9, 1e9)], 2.0, [0; 3]);
        draw(&mut image, &[], 2.0, [0; 3]);
        assert_eq!(image, before);
    }
}
