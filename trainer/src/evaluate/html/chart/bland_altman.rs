//! The difference of two measurements against their mean (Bland and Altman, Lancet 1986;327:307).

use super::axis::Axis;
use super::plane::Plane;
use super::scatter::diameter;
use crate::evaluate::html::palette;
use crate::evaluate::html::svg::{Canvas, Dot, Svg};

/// Pairs of measurements of one quantity with their bias and limits of agreement.
#[derive(Debug, Clone, PartialEq)]
pub struct BlandAltman {
    /// The quantity, such as `LVEDV`.
    pub quantity: String,
    /// Its unit.
    pub unit: String,
    /// Estimate and truth of each subject; pairs with a number that is not finite are left out.
    pub pairs: Vec<[f64; 2]>,
}

/// Standard deviations from the mean to a limit of agreement: 95 % of a normal distribution lie between both.
const LIMITS: f64 = 1.96;

impl BlandAltman {
    /// The mean difference, estimate minus truth, with the lower and upper limit of agreement. NaN of fewer than two
    /// pairs.
    pub fn bias_and_limits(&self) -> [f64; 3] {
        let differences: Vec<f64> = self.points().map(|[_, difference]| difference).collect();
        let count = differences.len() as f64;
        if differences.len() < 2 {
            return [f64::NAN; 3];
        }
        let bias = differences.iter().sum::<f64>() / count;
        let squares: f64 = differences.iter().map(|value| (value - bias).powi(2)).sum();
        let deviation = (squares / (count - 1.0)).sqrt();
        [bias, bias - LIMITS * deviation, bias + LIMITS * deviation]
    }

    /// Mean and difference of each pair.
    fn points(&self) -> impl Iterator<Item = [f64; 2]> {
        let finite = |pair: &&[f64; 2]| pair.iter().all(|value| value.is_finite());
        self.pairs
            .iter()
            .filter(finite)
            .map(|[estimate, truth]| [(estimate + truth) / 2.0, estimate - truth])
    }

    /// The drawing, 340 by 270.
    pub fn svg(&self, description: &str) -> Svg {
        let size = [340.0, 270.0];
        let mut canvas = Canvas::new(size[0], size[1]);
        let levels = self.bias_and_limits();
        let x = Axis::around(
            &format!(
                "mean of estimate and truth, {} in {}",
                self.quantity, self.unit
            ),
            self.points().map(|point| point[0]),
        );
        let y = Axis::around(
            &format!("estimate \u{2212} truth in {}", self.unit),
            self.points().map(|point| point[1]).chain(levels),
        );
        let plane = Plane::new(x, y, size, 0.0);
        plane.draw(&mut canvas);
        let places = plane.places(self.points());
        canvas.dots(
            &places,
            Dot::Round,
            diameter(places.len()),
            palette::category(0),
            0.5,
        );
        for (level, name) in levels
            .into_iter()
            .zip(["bias", "\u{2212}1.96 SD", "+1.96 SD"])
        {
            let value = format!("{level:.1}").replacen('-', "\u{2212}", 1);
            plane.level(&mut canvas, level, &format!("{name}: {value}"));
        }
        canvas.finish(description)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bias_and_limits_by_hand() {
        let chart = BlandAltman {
            quantity: "LVEDV".to_owned(),
            unit: "ml".to_owned(),
            pairs: vec![[11.0, 10.0], [22.0, 20.0], [33.0, 30.0], [f64::NAN, 1.0]],
        };
        // Differences 1, 2, 3: mean 2, standard deviation 1.
        let [bias, low, high] = chart.bias_and_limits();
        assert!((bias - 2.0).abs() < 1e-12);
        assert!((low - 0.04).abs() < 1e-12 && (high - 3.96).abs() < 1e-12);
        assert!(chart.svg("").as_str().contains("bias: 2.0"));
    }
}
