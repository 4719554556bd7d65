//! What a curve of speed or of bends has between waves.

use super::milliseconds;
use super::quantile::median;

/// The lowest median over stretches of 20 ms, whatever waves stand beside them; of less than that, the
/// median.
pub(super) fn quiet_level(curve: &[f64]) -> f64 {
    let stretch = milliseconds(20).min(curve.len()).max(1);
    let levels = curve.windows(stretch).map(median);
    levels.min_by(f64::total_cmp).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::quiet_level;

    #[test]
    fn a_wave_beside_the_quiet_does_not_count() {
        let mut curve = vec![1.0; 40];
        curve[..20].fill(9.0);
        assert_eq!(quiet_level(&curve), 1.0);
        assert_eq!(quiet_level(&[3.0]), 3.0);
        assert_eq!(quiet_level(&[]), 0.0);
    }
}
