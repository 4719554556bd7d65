//! Sizes and shapes of the labelled cavities.

use crate::picture::{LV_BLOOD, Picture};
use crate::{MUSCLE, RV_BLOOD};

/// The figures, in a fixed order.
pub fn figures(picture: &Picture) -> Vec<(String, f64)> {
    let area = |wanted: u8| {
        let pixels = picture.labels.iter().filter(|label| **label == wanted);
        pixels.count() as f64 * picture.pixel_mm.powi(2) / 100.0
    };
    let (lv, wall, rv) = (area(LV_BLOOD), area(MUSCLE), area(RV_BLOOD));
    vec![
        ("LV cavity, cm2".to_owned(), lv),
        ("muscle / LV cavity, area".to_owned(), wall / lv),
        ("RV cavity / LV cavity, area".to_owned(), rv / lv),
        (
            "length / width of the RV cavity".to_owned(),
            elongation(picture, RV_BLOOD),
        ),
        (
            "middle of the RV to middle of the LV, mm".to_owned(),
            distance(picture),
        ),
    ]
}

/// Ratio of the longest to the shortest SD of the pixels' positions; NaN where there are none.
fn elongation(picture: &Picture, wanted: u8) -> f64 {
    let Some((column, row)) = picture.centre_of(|label| label == wanted) else {
        return f64::NAN;
    };
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for (pixel, _) in (picture.labels.iter().enumerate()).filter(|(_, label)| **label == wanted) {
        let x = (pixel % picture.width) as f64 - column;
        let y = (pixel / picture.width) as f64 - row;
        xx += x * x;
        xy += x * y;
        yy += y * y;
    }
    let middle = 0.5 * (xx + yy);
    let spread = (0.25 * (xx - yy).powi(2) + xy * xy).sqrt();
    ((middle + spread) / (middle - spread)).sqrt()
}

fn distance(picture: &Picture) -> f64 {
    let centre = |wanted: u8| picture.centre_of(|label| label == wanted);
    match (centre(LV_BLOOD), centre(RV_BLOOD)) {
        (Some(lv), Some(rv)) => picture.pixel_mm * (lv.0 - rv.0).hypot(lv.1 - rv.1),
        _ => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phantom::{Phantom, figure};

    #[test]
    fn areas_and_distances_are_the_phantoms() {
        let all = figures(&Phantom::default().picture());
        let (inner, outer) = (Phantom::INNER_MM, Phantom::OUTER_MM);
        let cavity = std::f64::consts::PI * inner * inner / 100.0;
        let wall = (outer / inner).powi(2) - 1.0;
        assert!((figure(&all, "LV cavity, cm2") / cavity - 1.0).abs() < 0.02);
        assert!((figure(&all, "muscle / LV cavity") / wall - 1.0).abs() < 0.04);
        // A crescent is longer than it is wide.
        assert!((1.5..4.0).contains(&figure(&all, "length / width")));
        assert!(figure(&all, "middle of the RV") > outer);
    }
}
